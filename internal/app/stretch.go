package app

import (
	"context"
	"slices"
	"strings"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// What a stretch can be of.
const (
	SeatStretch    = "seat"    // a seat assigned to a user
	SessionStretch = "session" // a user logged in
	ModuleStretch  = "module"  // a module switched on
	RentalStretch  = "rental"  // a number, line or device rented
)

// Begin is a seat assigned, a session opened, a module switched on or a thing
// rented.
type Begin struct {
	Contract id.ID         `json:"contract"`
	What     string        `json:"what"`            // seat, session, module, rental
	Of       string        `json:"of"`              // user, module or item
	Type     string        `json:"type,omitempty"`  // of a seat or session: agent, supervisor, robot ...
	State    usage.State   `json:"state,omitempty"` // of a session
	At       timex.Instant `json:"at,omitzero"`     // now if absent
}

// Begin writes the fact that something goes on from a moment. The same user,
// module or item a second time is a Conflict, and so is a module the plan does
// not have, one that needs another that is off, or one that excludes one that is
// on.
func (s *System) Begin(ctx context.Context, c id.Company, in Begin) (out Stretch, err error) {
	defer fault.Wrap(&err, "begin %s of %s", in.What, fault.Shorten(in.Of, 40))
	if in.Of == "" || len(in.Of) > maxName {
		return out, fault.New(fault.Invalid, "a user, module or item of 1 to %d characters was expected", maxName)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, in.Contract)
		if err != nil {
			return err
		}
		if a.Life.State != life.Running && a.Life.State != life.Notice {
			return fault.New(fault.Conflict, "contract %s is %s: it must be running", a.Contract, a.Life.State)
		}
		out = Stretch{What: in.What, Of: in.Of, Type: in.Type, State: string(in.State), Contract: a.ID, From: in.At}
		if out.From == 0 {
			out.From = tx.Now()
		}
		if in.What == ModuleStretch {
			if err := s.moduleFits(tx, c, of, &out); err != nil {
				return err
			}
		}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		if err := addStretch(tx, c, &out, 0); err != nil {
			return err
		}
		err = save(tx, &store.Record{Company: c, Kind: KindOpen, ID: out.ID, Unique: []store.Key{{Name: "stretch", Value: out.key()}},
			Index: []store.Key{{Name: "contract", Value: a.ID.String()}}}, &out)
		if err != nil && fault.KindOf(err) == fault.Conflict {
			return fault.New(fault.Conflict, "it goes on already on contract %s: end it first", a.Contract)
		}
		return err
	})
	s.costs.forget(out.Contract)
	return out, err
}

// key is what there can be one of at a time.
func (x *Stretch) key() string {
	return strings.Join([]string{x.Contract.String(), x.What, x.Of, x.State}, "/")
}

// moduleFits checks a module against the plan and those that are on.
func (s *System) moduleFits(tx store.Tx, c id.Company, of *agreed, x *Stretch) error {
	m, ok := of.plan.Module(x.Of)
	if !ok {
		return fault.New(fault.Conflict, "plan %s has no module %q", of.plan.ID, x.Of)
	}
	on := []string{}
	for _, t := range of.contract.Modules {
		on = append(on, t.Module)
	}
	open, err := all[Stretch](tx, c, KindOpen, store.Key{Name: "contract", Value: x.Contract.String()})
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.What == ModuleStretch {
			on = append(on, o.Of)
		}
	}
	for _, need := range m.Requires {
		if !slices.Contains(on, need) {
			return fault.New(fault.Conflict, "module %s needs %s, which is off", m.ID, need)
		}
	}
	for _, not := range m.Excludes {
		if slices.Contains(on, not) {
			return fault.New(fault.Conflict, "module %s cannot be on together with %s", m.ID, not)
		}
	}
	return nil
}

// End ends what goes on at a moment (0: now). What has ended already is NotFound.
func (s *System) End(ctx context.Context, c id.Company, stretch id.ID, at timex.Instant) (out Stretch, err error) {
	defer fault.Wrap(&err, "end stretch %s", stretch)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		if out, _, err = get[Stretch](tx, c, KindOpen, stretch); err != nil {
			return err
		}
		end := at
		if end == 0 {
			end = tx.Now()
		}
		if end <= out.From {
			return fault.New(fault.Invalid, "it began on %s and cannot end on %s", out.From, end)
		}
		if err := addStretch(tx, c, &out, end); err != nil {
			return err
		}
		return tx.Records().Delete(c, KindOpen, stretch)
	})
	s.costs.forget(out.Contract)
	return out, err
}

// Open lists what goes on under a contract.
func (s *System) Open(ctx context.Context, c id.Company, contract id.ID) (out []Stretch, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[Stretch](tx, c, KindOpen, store.Key{Name: "contract", Value: contract.String()})
		return err
	})
	return out, err
}

// ownSource names the facts the service writes itself.
const ownSource = "waihu"

// addStretch writes the fact, with or without its end.
func addStretch(tx store.Tx, c id.Company, x *Stretch, end timex.Instant) error {
	if err := here(tx, c); err != nil {
		return err
	}
	var f usage.Fact
	switch i := x.ID.String(); x.What {
	case SeatStretch:
		f = &usage.Seat{ID: i, Source: ownSource, User: x.Of, Type: x.Type, From: x.From, To: end}
	case SessionStretch:
		f = &usage.Session{ID: i, Source: ownSource, User: x.Of, Type: x.Type, State: usage.State(x.State), From: x.From, To: end}
	case ModuleStretch:
		f = &usage.Module{ID: i, Source: ownSource, Module: x.Of, From: x.From, To: end}
	case RentalStretch:
		f = &usage.Rental{ID: i, Source: ownSource, Item: x.Of, From: x.From, To: end}
	default:
		return fault.New(fault.Invalid, "%q: seat, session, module or rental was expected", x.What)
	}
	got, err := tx.Usage().AddStretches(c, []store.Stretch{{Fact: f, Contract: x.Contract}})
	if err == nil && got[0] != store.Added && got[0] != store.Ended {
		return fault.New(fault.Conflict, "the %s of %s is there with other content: %s", x.What, x.Of, got[0])
	}
	return err
}

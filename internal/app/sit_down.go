package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// KindSitting holds a Sitting; unique "user", index "node".
const KindSitting store.Kind = "sitting"

// Sitting is an agent who is logged in to a campaign, with a seat of a contract.
type Sitting struct {
	ID       id.ID         `json:"id"` // of this log-in: the newer takes the place of the older
	User     string        `json:"user"`
	Campaign id.ID         `json:"campaign"`
	Contract id.ID         `json:"contract"`
	Seat     string        `json:"seat"` // type of it
	Node     string        `json:"node"` // that looks after the agent
	State    agent.State   `json:"state"`
	Since    timex.Instant `json:"since"` // of the state
	Logged   timex.Instant `json:"logged"`
	Seen     timex.Instant `json:"seen"` // the node was alive then, or later: see lookedAfter

	Zone *time.Location `json:"-"` // whose days the agent's are, of the contract; told by SitDown
}

// SeatReason is why somebody cannot log in to a campaign, or not go on.
type SeatReason string

// Reasons.
const (
	NotServed    SeatReason = "contract" // none serves, or nobody said which
	ModuleIsOff  SeatReason = "module"   // the contract does not have what the campaign needs
	NoSeat       SeatReason = "no_seat"  // seats are assigned, and this user has none
	SeatsFull    SeatReason = "seats_full"
	CampaignOver SeatReason = "campaign_over"
)

// SeatRefused says that somebody cannot sit down, and what to do.
type SeatRefused struct {
	Reason SeatReason
	Err    error
}

func (r *SeatRefused) Error() string { return r.Err.Error() }
func (r *SeatRefused) Unwrap() error { return r.Err }

func noSeat(why SeatReason, form string, args ...any) error {
	return &SeatRefused{why, fault.New(fault.Conflict, form, args...)}
}

// SitDown logs an agent in to a campaign. The contract of the campaign must serve,
// have the modules that the campaign uses, and a seat for the user: with seats that
// are assigned, theirs; with a number of seats that was bought, one that is free. Who
// is logged in already is logged in anew: the older log-in is over.
func (s *System) SitDown(ctx context.Context, c id.Company, of id.ID, user string) (out Sitting, err error) {
	defer fault.Wrap(&err, "log in")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		camp, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		if st := camp.Status.State; st == campaign.Finished || st == campaign.Archived {
			return noSeat(CampaignOver, "campaign %q is %s: choose another", camp.Name, st)
		}
		held, err := s.license(ctx, tx, c, &camp)
		if err != nil {
			return err
		}
		before, r, err := find[Sitting](tx, c, KindSitting, "user", user)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if r != nil { // what the older log-in did until now is kept with it
			if err := s.standUp(ctx, tx, c, &before, r, tx.Now()); err != nil {
				return err
			}
		}
		seat, err := s.seatFor(ctx, tx, c, held, user)
		if err != nil {
			return err
		}
		now := tx.Now()
		out = Sitting{User: user, Campaign: camp.ID, Contract: held.agreement.ID, Seat: seat, Node: s.Node, State: agent.Paused, Since: now, Logged: now, Seen: now, Zone: held.of.loc}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		return putSitting(tx, &store.Record{Company: c, Kind: KindSitting, ID: out.ID}, &out)
	})
	return out, err
}

func putSitting(tx store.Tx, r *store.Record, x *Sitting) error {
	r.Unique = []store.Key{{Name: "user", Value: x.User}}
	r.Index = []store.Key{{Name: "node", Value: x.Node}}
	return save(tx, r, x)
}

// standUp ends a log-in: the stretch it was in becomes usage.
func (s *System) standUp(ctx context.Context, tx store.Tx, c id.Company, x *Sitting, r *store.Record, at timex.Instant) error {
	change := agent.Change{User: x.User, Seat: x.Seat, From: x.State, Since: x.Since, To: agent.Out, At: max(at, x.Since)}
	if session, ok := change.Session(CallingSource); ok {
		if _, err := s.Ingest(store.Within(ctx, tx), c, []usage.Fact{&session}); err != nil {
			return err
		}
	}
	return tx.Records().Delete(c, KindSitting, r.ID)
}

// held is a contract that serves a campaign, on a day.
type held struct {
	agreement Agreement
	of        *agreed
	terms     *contract.Terms
	open      []Stretch
}

// license is the contract under which a campaign calls, which must have what the
// campaign uses.
func (s *System) license(ctx context.Context, tx store.Tx, c id.Company, camp *Campaign) (*held, error) {
	h, err := s.contractOfCampaign(tx, c, camp)
	if err != nil {
		return nil, err
	}
	b, err := h.agreement.periodOn(h.of, tx.Now().DateIn(h.of.loc))
	if err != nil {
		return nil, err
	}
	if h.terms, err = h.of.terms(b.First, b.After, invoice.Inputs{End: h.agreement.ends()}); err != nil {
		return nil, err
	}
	if h.open, err = all[Stretch](tx, c, KindOpen, store.Key{Name: "contract", Value: h.agreement.ID.String()}); err != nil {
		return nil, err
	}
	needs := []string{string(camp.Mode.Usage())}
	if camp.Record {
		needs = append(needs, "recording")
	}
	for _, module := range needs {
		if _, sold := h.of.plan.Module(module); sold && !h.isOn(module, tx.Now()) {
			return nil, noSeat(ModuleIsOff, "campaign %q needs the module %s, which is off under contract %s: switch it on, or change the campaign", camp.Name, module, h.agreement.Contract)
		}
	}
	return h, nil
}

// contractOfCampaign is the one the campaign names, else the only one that serves.
func (s *System) contractOfCampaign(tx store.Tx, c id.Company, camp *Campaign) (*held, error) {
	if !camp.Contract.IsZero() {
		a, of, err := s.serving(tx, c, camp.Contract)
		if fault.KindOf(err) == fault.Conflict && err != nil {
			return nil, noSeat(NotServed, "campaign %q: %v", camp.Name, err)
		}
		return &held{agreement: a, of: of}, err
	}
	var found []Agreement
	for _, state := range []life.State{life.Running, life.Notice} {
		err := each(tx, c, KindContract, store.Key{Name: "state", Value: string(state)}, func(a Agreement, _ *store.Record) error {
			found = append(found, a)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(found) != 1 {
		return nil, noSeat(NotServed, "%d contracts serve, and campaign %q names none: one was expected", len(found), camp.Name)
	}
	a, of, err := s.serving(tx, c, found[0].ID)
	if fault.KindOf(err) == fault.Conflict && err != nil {
		return nil, noSeat(NotServed, "campaign %q: %v", camp.Name, err)
	}
	return &held{agreement: a, of: of}, err
}

// isOn tells whether a module is on, by the contract or by a stretch that goes on.
func (h *held) isOn(module string, now timex.Instant) bool {
	return slices.ContainsFunc(h.terms.Modules, func(m usage.Module) bool {
		return strings.EqualFold(m.Module, module) && m.From <= now && (m.To == 0 || now < m.To)
	}) || slices.ContainsFunc(h.open, func(o Stretch) bool { return o.What == ModuleStretch && strings.EqualFold(o.Of, module) })
}

// seatFor is the type of the seat a user gets.
func (s *System) seatFor(ctx context.Context, tx store.Tx, c id.Company, h *held, user string) (string, error) {
	for _, o := range h.open {
		if o.What == SeatStretch && o.Of == user {
			return seatType(o.Type), nil
		}
	}
	assigned, bought := h.seats()
	if assigned {
		b, err := h.agreement.periodOn(h.of, tx.Now().DateIn(h.of.loc))
		if err != nil {
			return "", err
		}
		w, err := s.watched(ctx, tx, c, &h.agreement, h.of, b) // a seat another system told of
		if err != nil {
			return "", err
		}
		if p := w.people[user]; p != nil && p.Seat {
			return seatType(p.Type), nil
		}
		return "", noSeat(NoSeat, "no seat of contract %s is assigned to this user: assign one, then log in again", h.agreement.Contract)
	}
	if bought.Sign() == 0 {
		return usage.AgentSeat, nil
	}
	taken := 0
	nodes, err := lookedAfter(tx, c)
	if err != nil {
		return "", err
	}
	err = each(tx, c, KindSitting, store.Key{}, func(x Sitting, _ *store.Record) error {
		if x.Contract == h.agreement.ID && tx.Now().Sub(nodes.seen(&x)) < lostAfter {
			taken++
		}
		return nil
	})
	if err == nil && bought.Cmp(exact.Int(int64(taken))) <= 0 {
		err = noSeat(SeatsFull, "all %s seats of contract %s are taken: somebody must log out, or more be bought", bought, h.agreement.Contract)
	}
	return usage.AgentSeat, err
}

// seats tells whether each seat is somebody's, and else how many were bought; zero:
// as many as log in are charged for.
func (h *held) seats() (assigned bool, bought exact.Number) {
	p := h.terms.Plan
	for i := range p.Components {
		k := &p.Components[i]
		if !countsSeats(p, k) {
			continue
		}
		n, fixed := h.terms.Quantities[k.ID]
		if k.Measure == catalog.Recurring && !fixed {
			n, fixed = exact.One, true
			if k.Quantity.Sign() > 0 {
				n = k.Quantity
			}
		}
		if fixed {
			bought = bought.Add(n)
		}
		assigned = assigned || k.Measure.OfPlaces() && !fixed
	}
	return assigned && bought.Sign() == 0, bought
}

func seatType(t string) string {
	if t == "" {
		return usage.AgentSeat
	}
	return t
}

// StandUp ends a log-in, if it is still there.
func (s *System) StandUp(ctx context.Context, c id.Company, sitting id.ID) (err error) {
	defer fault.Wrap(&err, "log out")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		x, r, err := get[Sitting](tx, c, KindSitting, sitting)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		} else if err != nil {
			return err
		}
		return s.standUp(ctx, tx, c, &x, r, tx.Now())
	})
}

// moveSittings notes the states agents went to, in the transaction that keeps what they did.
func (s *System) moveSittings(tx store.Tx, c id.Company, of id.ID, changes []agent.Change) error {
	last := map[string]*agent.Change{}
	for i := range changes {
		last[changes[i].User] = &changes[i]
	}
	for user, change := range last {
		x, r, err := find[Sitting](tx, c, KindSitting, "user", user)
		if fault.KindOf(err) == fault.NotFound {
			continue
		} else if err != nil {
			return err
		}
		if x.Campaign != of || x.Node != s.Node {
			continue // they logged in elsewhere since
		}
		if change.To == agent.Out {
			if err := tx.Records().Delete(c, KindSitting, r.ID); err != nil {
				return err
			}
			continue
		}
		x.State, x.Since, x.Seen = change.To, change.At, tx.Now()
		if err := putSitting(tx, r, &x); err != nil {
			return err
		}
	}
	return nil
}

// Sittings are the agents of a company who are logged in, in the order they came.
func (s *System) Sittings(ctx context.Context, c id.Company) (out []Sitting, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[Sitting](tx, c, KindSitting, store.Key{})
		return err
	})
	return out, err
}

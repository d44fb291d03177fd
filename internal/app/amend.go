package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Amend is a contract with a change in it.
type Amend struct {
	Contract  id.ID      `json:"contract"`
	Amendment string     `json:"amendment"` // its identifier in the text
	File      string     `json:"file"`      // the whole text, with the amendment
	On        timex.Date `json:"on,omitzero"`
}

// Amend takes a new text of a contract in the place of the old one. Plan and
// word of the contract stay; what was billed stays as well: a text that changes
// the terms of a billed period is a Conflict, since corrections of what was
// billed are credit notes.
func (s *System) Amend(ctx context.Context, c id.Company, in Amend) (out Agreement, err error) {
	defer fault.Wrap(&err, "amend contract")
	return s.change(ctx, c, in.Contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		next, err := s.agreedOn(tx, a.Plan, in.File)
		if err != nil {
			return err
		}
		switch {
		case next.contract.ID != a.Contract || next.contract.Plan != a.Plan:
			return fault.New(fault.Conflict, "the text is of contract %s on %s, this one is %s on %s: another plan is another contract", next.contract.ID, next.contract.Plan, a.Contract, a.Plan)
		case next.contract.Start != of.contract.Start:
			return fault.New(fault.Conflict, "the contract began on %s, the text says %s", of.contract.Start, next.contract.Start)
		case !hasAmendment(next, in.Amendment):
			return fault.New(fault.Invalid, "the text has no amendment %q", in.Amendment)
		}
		if err := s.keepsBilled(tx, c, a, of, next); err != nil {
			return err
		}
		if err := a.Life.Amend(next.contract, today(tx, of, in.On), in.Amendment); err != nil {
			return err
		}
		a.File = in.File
		return s.tell(tx, c, "contract.amended", a.brief())
	})
}

func hasAmendment(a *agreed, name string) bool {
	for i := range a.contract.Amendments {
		if a.contract.Amendments[i].ID == name {
			return true
		}
	}
	return false
}

// keepsBilled compares the terms of every billed period under both texts.
func (s *System) keepsBilled(tx store.Tx, c id.Company, a *Agreement, old, next *agreed) error {
	periods, err := all[BilledPeriod](tx, c, KindBilled, store.Key{Name: "contract", Value: a.ID.String()})
	if err != nil {
		return err
	}
	for i := range periods {
		b := &periods[i]
		was, err := old.terms(b.First, b.After, b.Inputs)
		if err != nil {
			return err
		}
		is, err := next.terms(b.First, b.After, b.Inputs)
		if err != nil {
			return err
		}
		if was.Digest != is.Digest {
			return fault.New(fault.Conflict, "the text changes the terms of %s to %s, which invoice %s billed: let the change begin on %s, and correct the past by a credit note", b.First, b.After-1, b.Number, a.BilledTo)
		}
	}
	return nil
}

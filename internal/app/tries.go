package app

import (
	"context"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// leadOf is a lead of one of a campaign's lists.
func leadOf(tx store.Tx, c id.Company, of *Campaign, i id.ID) (*store.Lead, error) {
	l, err := tx.Leads().Get(c, i)
	if err != nil {
		return nil, err
	}
	for _, share := range of.Lists {
		if share.List == l.List {
			return l, nil
		}
	}
	return nil, fault.New(fault.Conflict, "lead %s is in none of the lists of campaign %q", l.ID, of.Name)
}

// conclude takes the outcome into the lead.
func (s *System) conclude(tx store.Tx, c id.Company, of *Campaign, a *attempt.Attempt, d attempt.Disposition, callback *lead.Appointment) error {
	l, err := tx.Leads().Get(c, a.Lead)
	if err != nil {
		return err
	}
	if err := l.Conclude(lead.Outcome{At: a.Ended, Attempt: a.ID, Result: a.Result, SIP: a.SIP, Cause: a.Cause, Disposition: d, Callback: callback}, &of.Retry); err != nil {
		return err
	}
	if err := tx.Leads().Put(c, l); err != nil {
		return err
	}
	if err := s.tally(tx, c, of, a); err != nil || !d.Flags.Refuse {
		return err
	}
	list := make([]store.Barred, len(l.Numbers))
	for i, n := range l.Numbers {
		list[i] = store.Barred{Number: n.Number, Rule: lead.Refused, Source: "try " + a.ID.Named("try"), Reason: fault.Shorten(a.Notes, maxName), By: a.By, At: a.Ended}
	}
	_, err = bar(tx, c, list)
	return err
}

// LoseTries closes the tries of a campaign that nobody looks after any more, as
// when the process that did is gone; each counts. It tells how many.
func (s *System) LoseTries(ctx context.Context, c id.Company, of id.ID) (n int, err error) {
	defer fault.Wrap(&err, "lose tries")
	lost, _ := attempt.Find(nil, attempt.Lost)
	for { // each round closes what it reads
		round := 0
		err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
			campaign, _, err := campaignOf(tx, c, of)
			if err != nil {
				return err
			}
			open, err := tx.Attempts().Open(c, of, id.ID{}, pageSize)
			if err != nil {
				return err
			}
			for i := range open {
				a := &open[i]
				if err := a.Lose(tx.Now()); err != nil {
					return err
				}
				if err := tx.Attempts().Put(c, a); err != nil {
					return err
				}
				if err := s.conclude(tx, c, &campaign, a, lost, nil); err != nil {
					return err
				}
			}
			round = len(open)
			return nil
		})
		if n += round; err != nil || round < pageSize {
			return n, err
		}
	}
}

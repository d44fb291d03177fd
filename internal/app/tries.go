package app

import (
	"context"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
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
	if err := settleSheet(tx, c, a); err != nil {
		return err
	}
	if err := concludeRecordings(tx, c, a); err != nil {
		return err
	}
	l, err := tx.Leads().Get(c, a.Lead)
	if err != nil {
		return err
	}
	if err := l.Conclude(lead.Outcome{At: a.Ended, Attempt: a.ID, Result: a.Result, SIP: a.SIP, Cause: a.Cause, Disposition: d, Callback: callback, Inbound: a.Inbound}, &of.Retry); err != nil {
		return err
	}
	if err := tx.Leads().Put(c, l); err != nil {
		return err
	}
	if err := s.tally(tx, c, of, a); err != nil || !d.Flags.Refuse {
		return err
	}
	return barRefusal(tx, c, l, a.ID, a.Notes, a.By, a.Ended)
}

// barRefusal puts every number of a lead who refused in a try on the do-not-call list.
func barRefusal(tx store.Tx, c id.Company, l *store.Lead, try id.ID, why, by string, at timex.Instant) error {
	list := make([]store.Barred, len(l.Numbers))
	for i, n := range l.Numbers {
		list[i] = store.Barred{Number: n.Number, Rule: lead.Refused, Source: "try " + try.Named("try"), Reason: fault.Shorten(why, maxName), By: by, At: at}
	}
	_, err := bar(tx, c, list)
	return err
}

// LoseTries closes the tries of a campaign that nobody looks after any more, as
// when the process that did is gone; each counts. It tells how many.
func (s *System) LoseTries(ctx context.Context, c id.Company, of id.ID) (n int, err error) {
	defer fault.Wrap(&err, "lose tries")
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
				if err := s.lose(tx, c, &campaign, &open[i]); err != nil {
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

func (s *System) lose(tx store.Tx, c id.Company, of *Campaign, a *attempt.Attempt) error {
	d, err := a.Lose(tx.Now())
	if err != nil {
		return err
	}
	if err := tx.Attempts().Put(c, a); err != nil {
		return err
	}
	return s.conclude(tx, c, of, a, d, lead.Wished(&a.Wish))
}

// OpenReturns are the tries of a campaign that are people who called back before a
// moment, and are not over.
func (s *System) OpenReturns(ctx context.Context, c id.Company, of id.ID, before timex.Instant) (out []id.ID, err error) {
	defer fault.Wrap(&err, "who called back and is on the line")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		for after := (id.ID{}); ; { // bounded: after goes on
			open, err := tx.Attempts().Open(c, of, after, pageSize)
			if err != nil {
				return err
			}
			for i := range open {
				if a := &open[i]; a.Inbound && a.Decided < before {
					out = append(out, a.ID)
				}
			}
			if len(open) < pageSize {
				return nil
			}
			after = open[len(open)-1].ID
		}
	})
	return out, err
}

// LoseTry closes one try that nobody looks after any more, as LoseTries does all; one that
// is over stays as it is.
func (s *System) LoseTry(ctx context.Context, c id.Company, of, try id.ID) (err error) {
	defer fault.Wrap(&err, "lose a try")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		campaign, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		a, err := tx.Attempts().Get(c, try)
		if err != nil || !a.State.Open() {
			return err
		}
		return s.lose(tx, c, &campaign, a)
	})
}

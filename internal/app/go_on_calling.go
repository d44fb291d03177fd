package app

import (
	"cmp"
	"context"
	"errors"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// GoingOn is what is known of a call that goes on.
type GoingOn struct {
	Call     string
	Trunk    string        // it goes over, and
	From     string        // the calling number it shows there; empty: not known yet
	Answered timex.Instant // 0: it was not
	Seconds  int64         // of talk that are to be paid for in all
}

// GoOnCalling notes that a call lives, and what is known of it: all that its fact
// will say if nobody is there to end it. What there is may not be enough for
// that: Seconds of the answer says for how much it is, and the call is cut there.
// A call that was given up meanwhile is not found: it is to be ended.
func (s *System) GoOnCalling(ctx context.Context, c id.Company, in GoingOn) (out Attempt, err error) {
	defer fault.Wrap(&err, "go on calling")
	if in.Seconds < 0 || in.Seconds > LongestTalk {
		return out, fault.New(fault.Invalid, "%d seconds of talk: 0 to %d were expected", in.Seconds, LongestTalk)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		a, r, err := find[Attempt](tx, c, KindAttempt, "call", in.Call)
		if err != nil {
			return err
		}
		now := tx.Now()
		a.Seen, a.Until, a.Revision = now, now.Add(attemptLease), r.Revision
		if a.Answered == 0 {
			a.Answered = in.Answered
		}
		a.Trunk, a.From = cmp.Or(in.Trunk, a.Trunk), cmp.Or(in.From, a.From)
		if in.Seconds > a.Seconds {
			err = s.payFor(tx, c, &a, in.Seconds)
		}
		if err != nil {
			return err
		}
		out = a
		return save(tx, r, &a)
	})
	return out, err
}

// payFor puts more aside for a call that runs; as it was, where there is no more.
func (s *System) payFor(tx store.Tx, c id.Company, a *Attempt, seconds int64) error {
	agreement, _, of, err := s.contractOf(tx, c, a.Contract)
	if err != nil {
		return err
	}
	p, err := s.pricerAt(&agreement, of, a.Begun)
	if err != nil {
		return err
	}
	k, _, err := callingOf(tx, c)
	if err != nil {
		return err
	}
	cur := p.terms.Plan.Currency
	_, held, err := openAttempts(tx, c, cur)
	if err != nil {
		return err
	}
	if a.Held.Currency() == cur {
		if held, err = held.Sub(a.Held); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	more := *a
	if err := s.afford(tx, c, &k, held, &more, p, seconds); err != nil {
		var refused *CallRefused
		if !errors.As(err, &refused) {
			return err
		}
		a.Longest = a.Seconds // what was put aside stays
		return nil
	}
	if more.Seconds > a.Seconds {
		*a = more
		return nil
	}
	a.Longest = a.Seconds
	if a.Wallet == "" {
		return nil
	}
	return tx.Holds().Put(c, store.Hold{Wallet: a.Wallet, Call: a.Call, Money: a.Held, Seconds: a.Seconds, Until: more.Until.Add(holdSlack)})
}

package app

import (
	"context"
	"errors"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// GoOnCalling notes that a call lives: when it was answered, where it was, and
// how much talk in all is to be paid for. What there is may not be enough for
// that: Seconds of the answer says for how much it is, and the call is cut there.
// A call that was given up meanwhile is not found: it is to be ended.
func (s *System) GoOnCalling(ctx context.Context, c id.Company, call string, answered timex.Instant, seconds int64) (out Attempt, err error) {
	defer fault.Wrap(&err, "go on calling")
	if seconds < 0 || seconds > LongestTalk {
		return out, fault.New(fault.Invalid, "%d seconds of talk: 0 to %d were expected", seconds, LongestTalk)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		a, r, err := find[Attempt](tx, c, KindAttempt, "call", call)
		if err != nil {
			return err
		}
		now := tx.Now()
		a.Seen, a.Until, a.Revision = now, now.Add(attemptLease), r.Revision
		if a.Answered == 0 {
			a.Answered = answered
		}
		if seconds > a.Seconds {
			err = s.payFor(tx, c, &a, seconds)
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

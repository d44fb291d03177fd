package app

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// EndedCall is what a call came to.
type EndedCall struct {
	Call string       `json:"call"`
	Cost money.Amount `json:"cost"` // tax included, at list price; nought where the period's quantity decides
}

// EndCall ends an attempt with its fact: it is kept and charged once, whoever
// tells it how often, and what was put aside is given back. Where two tell it
// differently, the first stands. A call without an attempt was ended before.
func (s *System) EndCall(ctx context.Context, c id.Company, fact *usage.Call) (out EndedCall, err error) {
	defer fault.Wrap(&err, "end call %s", fact.ID)
	var a Attempt
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		a, _, err = find[Attempt](tx, c, KindAttempt, "call", fact.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	own := *fact
	// The moment it was written down is its start, also for whoever ends it after
	// a crash: two facts of one call would be two calls where a month ends between.
	own.ID, own.Source, own.Start = a.Call, ownSource, a.Begun
	own.Account, own.Agent, own.Campaign = a.Account, cmp.Or(fact.Agent, a.Agent), a.Campaign // who talked may be another than was expected
	own.End = max(own.End, own.Start)
	own.Total = own.End.Sub(own.Start)
	receipt, err := s.Ingest(ctx, c, []usage.Fact{&own})
	if err != nil {
		return out, err
	}
	if got := receipt.Outcomes[0]; got.Outcome == Rejected {
		return out, fault.New(fault.Invalid, "the fact cannot be kept: %s", got.Reason)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out = EndedCall{Call: a.Call}
		return s.forget(tx, c, &a, &out)
	})
	return out, err
}

// forget takes an attempt away whose fact is kept, and counts what it spent.
func (s *System) forget(tx store.Tx, c id.Company, a *Attempt, out *EndedCall) error {
	if _, _, err := get[Attempt](tx, c, KindAttempt, a.ID); err != nil {
		if fault.KindOf(err) == fault.NotFound { // somebody was faster, and counted it
			return nil
		}
		return err
	}
	kept, err := tx.Usage().CallByID(c, ownSource, a.Call, store.MonthOf(a.Begun))
	if err != nil {
		return err
	}
	if out.Cost, err = s.attemptCost(tx, c, a, kept.Call.Seconds()); err != nil {
		return err
	}
	if a.Wallet != "" {
		if err := tx.Holds().Delete(c, a.Wallet, a.Call); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	if err := tx.Records().Delete(c, KindAttempt, a.ID); err != nil {
		return err
	}
	k, r, err := callingOf(tx, c)
	if err != nil {
		return err
	}
	if err := k.spend(tx.Now(), out.Cost); err != nil {
		return fault.New(fault.Overflow, "%v", err)
	}
	return save(tx, r, &k)
}

// attemptCost is what a call came to, tax included; nought where it cannot be said of
// one call alone.
func (s *System) attemptCost(tx store.Tx, c id.Company, a *Attempt, seconds int64) (money.Amount, error) {
	agreement, _, of, err := s.contractOf(tx, c, a.Contract)
	if err != nil {
		return money.Amount{}, err
	}
	p, err := s.pricerAt(&agreement, of, a.Begun)
	if err != nil {
		return money.Amount{}, err
	}
	cost := money.Zero(p.terms.Plan.Currency)
	if seconds > 0 {
		if cost, err = p.cost(a.call(), seconds); fault.KindOf(err) == fault.Unpriced && err != nil {
			return money.Zero(p.terms.Plan.Currency), nil
		}
	}
	return cost, err
}

// Interrupted is how a call ended of which nothing more is known.
const Interrupted = "interrupted"

// temporaryFailure is its cause (Q.850): our side failed.
const temporaryFailure = 41

// CutOffCalls ends what was left of calls: of an owner who begins anew and has
// none any more, and of anybody whose last sign of life is too long ago. Such a
// call becomes a fact as far as it is known: answered calls talked until their
// last sign of life, and what was recorded of it is finished. It tells how many there were.
func (s *System) CutOffCalls(ctx context.Context, c id.Company, owner string) (n int, err error) {
	defer fault.Wrap(&err, "cut off calls")
	var left []Attempt
	err = s.DB.View(ctx, func(tx store.Tx) error {
		left = nil
		return each(tx, c, KindAttempt, store.Key{}, func(a Attempt, _ *store.Record) error {
			if a.Owner == owner || a.Until < tx.Now() {
				left = append(left, a)
			}
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	for i := range left {
		fact := left[i].interrupted()
		if fact.Course.Recording, fact.Course.RecordingSHA256, err = s.mendRecordingOf(ctx, c, fact.ID); err != nil {
			return n, err
		}
		if _, err := s.EndCall(ctx, c, fact); err != nil && fault.KindOf(err) != fault.NotFound {
			return n, err
		}
		n++
	}
	return n, nil
}

// CutOffLostCalls ends what was left of calls of every company whose books are
// open. A company that fails does not stop the others.
func (s *System) CutOffLostCalls(ctx context.Context) (n int, err error) {
	var failed []error
	err = s.EachCompany(ctx, func(c Company) error {
		of := id.Company{ID: c.ID}
		left, err := s.left(ctx, of)
		if err == nil && !left {
			var ended int
			ended, err = s.CutOffCalls(ctx, of, "")
			n += ended
		}
		if err != nil {
			failed = append(failed, fault.New(fault.KindOf(err), "company %s: %v", c.ID, err))
		}
		return ctx.Err()
	})
	return n, errors.Join(append(failed, err)...)
}

// interrupted is the fact of a call that nobody ended.
func (a *Attempt) interrupted() *usage.Call {
	f := a.call()
	f.Mode, f.Result, f.Cause, f.End = usage.Manual, usage.Failed, strconv.Itoa(temporaryFailure), a.Seen
	f.Course = &usage.Course{EndedBy: usage.OurSide, Cause: temporaryFailure, Why: Interrupted}
	if a.Answered != 0 {
		f.Result, f.Answer, f.End = usage.Answered, a.Answered, max(a.Answered, a.Seen)
		f.Talk = f.End.Sub(f.Answer)
	}
	return f
}

// OpenCalls are the calls of a company that are going on, the oldest first.
func (s *System) OpenCalls(ctx context.Context, c id.Company) (out []Attempt, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = all[Attempt](tx, c, KindAttempt, store.Key{})
		return err
	})
	return out, err
}

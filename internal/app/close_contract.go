package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// maxPeriods bounds how many periods of one contract a run bills.
const maxPeriods = 4_000

// closeContract bills every period of a contract that is over; ready is the draft
// of the first, if it was made ahead.
func (s *System) closeContract(ctx context.Context, in *ClosePeriod, run *Run, c id.Company, contract id.ID, ready *issuing) error {
	if ready == nil || ready.moves(in.Until) {
		if _, err := s.advance(ctx, c, contract, in.Until); err != nil {
			return err
		}
	}
	for range maxPeriods {
		more, err := s.closeNext(ctx, in, run, c, contract, ready)
		ready = nil
		if err != nil || !more {
			return err
		}
	}
	return fault.New(fault.Conflict, "more than %d periods are not billed", maxPeriods)
}

// errMoved says that the contract, or usage its last invoice must have, changed
// between draft and issue.
var errMoved = errors.New("the contract or its usage changed meanwhile")

// maxTries bounds how often a draft is made again because of that.
const maxTries = 5

// closeNext bills the next period of a contract if it is over: the draft is made
// beside other work, then issued in one short transaction, if the contract is
// still what the draft was made from; a last one, if its usage is too. What cannot
// be billed for a reason in the contract or its usage is held, and does not stop
// the run.
func (s *System) closeNext(ctx context.Context, in *ClosePeriod, run *Run, c id.Company, contract id.ID, x *issuing) (more bool, err error) {
	var last Step
	for range maxTries {
		if x == nil {
			if x, err = s.prepare(ctx, in, c, contract); err != nil {
				return false, s.holdFor(ctx, run, c, Step{Contract: contract}, err)
			}
			if x == nil {
				return false, nil
			}
		}
		if why := heldFor(in, x); why != "" {
			return false, s.holdBack(ctx, c, run, x.step(stepHeld, why))
		}
		err = s.finish(ctx, run, x)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, errMoved) {
			return false, s.holdFor(ctx, run, c, x.step(stepHeld, ""), err)
		}
		last, x = x.step(stepHeld, "it changed while it was drafted, time after time: run again when less usage comes in"), nil
	}
	return false, s.holdBack(ctx, c, run, last)
}

// step is what becomes of the draft in a run.
func (x *issuing) step(state, why string) Step {
	return Step{Contract: x.a.ID, First: x.d.inv.First, After: x.d.inv.After, State: state, Why: why}
}

// holdFor holds a period for an error that lies in what is billed; any other, as
// of a database that is gone, is the run's.
func (s *System) holdFor(ctx context.Context, run *Run, c id.Company, step Step, err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	step.State, step.Why = stepHeld, err.Error()
	return s.holdBack(ctx, c, run, step)
}

// holdBack notes why a period is not billed.
func (s *System) holdBack(ctx context.Context, c id.Company, run *Run, step Step) error {
	return s.DB.Update(ctx, func(tx store.Tx) error { return s.putStep(tx, c, run, &step) })
}

// putStep keeps what became of a period in a run, in the place of what became of
// it in an earlier attempt.
func (s *System) putStep(tx store.Tx, c id.Company, run *Run, step *Step) error {
	step.Run = run.ID
	key := store.Key{Name: "step", Value: fmt.Sprintf("%s/%s/%s", run.ID, step.Contract, step.First)}
	r, err := tx.Records().ByKey(c, KindStep, key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err != nil {
		r = &store.Record{Company: c, Kind: KindStep, Unique: []store.Key{key}}
		if r.ID, err = s.newID(tx); err != nil {
			return err
		}
	}
	r.Index = []store.Key{{Name: "run", Value: run.ID.String()}}
	return save(tx, r, step)
}

// prepare drafts the next period that is over; nil: there is none.
func (s *System) prepare(ctx context.Context, in *ClosePeriod, c id.Company, contract id.ID) (x *issuing, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, r, of, err := s.contractOf(tx, c, contract)
		if err != nil {
			return err
		}
		periods, err := a.periods(of, max(a.BilledTo, of.contract.Start), in.Until)
		if err != nil || len(periods) == 0 || periods[0].ServedTo > in.Until || periods[0].After > in.Until && a.ends() != periods[0].ServedTo {
			return err
		}
		d, err := s.draft(ctx, tx, c, &a, of, periods[0], s.billed)
		if err != nil {
			return err
		}
		series, err := seriesOf(tx, c)
		if err != nil {
			return err
		}
		x = &issuing{company: c, series: series, record: r, a: &a, of: of, d: d, on: in.Issue}
		if err := x.asOf(tx); err != nil {
			return err
		}
		x.strays, x.why, err = strays(tx, c, d.inv.First, d.inv.After)
		return err
	})
	return x, err
}

// asOf notes what calls had accrued, or taken from a wallet, when the draft was
// made: usage that comes before it is issued is not on it.
func (x *issuing) asOf(tx store.Tx) (err error) {
	inv := x.d.inv
	if x.a.Wallet != "" {
		w, _, err := find[Purse](tx, x.company, KindWallet, "name", x.a.Wallet)
		if err != nil {
			return err
		}
		x.taken = w.takenTo(inv.First)
	}
	x.accrued, err = accruedTo(tx, x.company, x.a.ID, inv.First, inv.Currency)
	return err
}

// strays counts a company's facts that belong to no contract and touch the months
// (UTC) of some local days, with the reason of the most. No invoice shows them, so
// a bill run must: they would be free by accident. Those that somebody left
// uncharged are free on purpose.
func strays(tx store.Tx, c id.Company, first, after timex.Date) (n int64, why string, err error) {
	y, m, _ := first.Civil()
	months := timex.Period{From: timex.NewDate(y, m, 1).Start(time.UTC)}
	y, m, _ = (after - 1).Civil()
	months.To = timex.NewDate(y, m, 1).AddMonths(1).Start(time.UTC)
	sums, err := tx.Usage().StraySums(c, store.StrayQuery{Touches: months, Waived: new(bool)})
	for i := range sums { // the most come first
		n += sums[i].Count
	}
	if n > 0 {
		why = sums[0].Reason
	}
	return n, why, err
}

// finish issues a prepared draft, with its step of the run.
func (s *System) finish(ctx context.Context, run *Run, x *issuing) error {
	return s.DB.Update(ctx, func(tx store.Tx) error {
		now, err := tx.Records().Get(x.company, KindContract, x.a.ID)
		if err != nil {
			return err
		}
		if now.Revision != x.record.Revision {
			return errMoved
		}
		if err := x.overtaken(tx); err != nil {
			return err
		}
		doc, err := s.issue(ctx, tx, x.again())
		if err != nil {
			return err
		}
		step := x.step(stepIssued, "")
		step.Invoice, step.Number, step.Total = doc.ID, doc.Number, doc.Total
		return s.putStep(tx, x.company, run, &step)
	})
}

// isLast tells whether no invoice of the contract comes behind this one.
func (x *issuing) isLast() bool {
	end := x.a.ends()
	return end != 0 && x.d.period.ServedTo >= end
}

// overtaken refuses a last invoice that usage came for since its draft: on another
// it would be late usage, and there is none to come.
func (x *issuing) overtaken(tx store.Tx) error {
	if !x.isLast() {
		return nil
	}
	late, err := tx.Usage().Late(x.company, x.a.ID, x.d.position)
	if err == nil && len(late) > 0 {
		err = errMoved
	}
	return err
}

// again is a copy that a transaction can change, and change again if it is run
// again.
func (x *issuing) again() *issuing {
	y, a, d, inv, r := *x, *x.a, *x.d, *x.d.inv, *x.record
	a.Claims = append([]string(nil), a.Claims...)
	a.Ahead = append([]Ahead(nil), a.Ahead...)
	d.inv = &inv
	y.a, y.d, y.record = &a, &d, &r
	return &y
}

// Steps of a run end as one of these.
const (
	stepIssued = "issued"
	stepHeld   = "held"
)

// heldFor says why an invoice must not go out without somebody's decision.
func heldFor(in *ClosePeriod, x *issuing) string {
	inv := x.d.inv
	switch {
	case len(inv.Unknown) > 0:
		return "a price nobody knows: " + strings.Join(inv.Unknown, ", ")
	case len(inv.Unpriced) > 0 && !in.Unpriced:
		return fmt.Sprintf("usage without a price: %d %s, %s", inv.Unpriced[0].Count, inv.Unpriced[0].Facts, inv.Unpriced[0].Reason)
	case x.strays > 0 && !in.Unpriced:
		return fmt.Sprintf("usage that belongs to no contract: %d facts touch the months of this period, %s; assign them to one, or leave them uncharged (/v1/strays)", x.strays, x.why)
	}
	if err := inv.Guard(x.a.Claims); err != nil {
		return err.Error()
	}
	return ""
}

// moves tells whether the calendar changes the contract by a day.
func (x *issuing) moves(on timex.Date) bool {
	l := x.a.Life
	l.Steps = slices.Clone(l.Steps)
	changed, err := l.Advance(x.of.contract, on)
	return changed || err != nil
}

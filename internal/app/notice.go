package app

import (
	"cmp"
	"context"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// GiveNotice ends a contract on the first day it can end without a fee, or on a
// later one that is wished for.
func (s *System) GiveNotice(ctx context.Context, c id.Company, contract id.ID, on, wished timex.Date) (out Agreement, err error) {
	defer fault.Wrap(&err, "give notice")
	return s.change(ctx, c, contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		if _, err := a.Life.GiveNotice(of.contract, today(tx, of, on), wished); err != nil {
			return err
		}
		return s.tell(tx, c, "contract.notice", a.brief())
	})
}

// Cancel ends a contract on a day before it can end without a fee: what the
// early-termination clause asks is on its last invoice. A day that was billed
// is a Conflict.
func (s *System) Cancel(ctx context.Context, c id.Company, contract id.ID, on, ends timex.Date) (out Agreement, err error) {
	defer fault.Wrap(&err, "cancel contract")
	return s.change(ctx, c, contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		if a.BilledTo != 0 && ends <= a.BilledTo {
			return fault.New(fault.Conflict, "the contract is billed until %s: it can end on %s at the soonest, so that a last invoice says what leaving costs", a.BilledTo-1, a.BilledTo+1)
		}
		if err := a.Life.EndEarly(of.contract, today(tx, of, on), ends); err != nil {
			return err
		}
		return s.tell(tx, c, "contract.canceled", a.brief())
	})
}

// Advanced is what the calendar did to contracts.
type Advanced struct {
	Renewed int `json:"renewed"`
	Ended   int `json:"ended"`
}

// AdvanceContracts renews and ends what is due by a day, for one company. Run
// again it does nothing.
func (s *System) AdvanceContracts(ctx context.Context, c id.Company, on timex.Date) (out Advanced, err error) {
	defer fault.Wrap(&err, "advance contracts")
	for _, state := range []life.State{life.Running, life.Notice} {
		list, err := s.Contracts(ctx, c, state)
		if err != nil {
			return out, err
		}
		for i := range list {
			a, err := s.advance(ctx, c, list[i].ID, on)
			if err != nil {
				return out, err
			}
			out.Renewed += a.Life.Renewals - list[i].Life.Renewals
			if a.Life.State == life.Ended {
				out.Ended++
			}
		}
	}
	return out, nil
}

// advance does what the calendar does to one contract.
func (s *System) advance(ctx context.Context, c id.Company, contract id.ID, on timex.Date) (Agreement, error) {
	return s.change(ctx, c, contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		changed, err := a.Life.Advance(of.contract, today(tx, of, on))
		if err != nil || !changed {
			return cmp.Or(err, errUnchanged)
		}
		topic := "contract.renewed"
		if a.Life.State == life.Ended {
			topic = "contract.ended"
		}
		return s.tell(tx, c, topic, a.brief())
	})
}

package app

import (
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
		if ends < a.BilledTo {
			return fault.New(fault.Conflict, "the contract is billed until %s: it cannot end on %s", a.BilledTo-1, ends)
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
			_, err := s.change(ctx, c, list[i].ID, func(tx store.Tx, a *Agreement, of *agreed) error {
				before := a.Life.Renewals
				changed, err := a.Life.Advance(of.contract, today(tx, of, on))
				if err != nil || !changed {
					return err
				}
				out.Renewed += a.Life.Renewals - before
				topic := "contract.renewed"
				if a.Life.State == life.Ended {
					out.Ended++
					topic = "contract.ended"
				}
				return s.tell(tx, c, topic, a.brief())
			})
			if err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

package app

import (
	"context"
	"encoding/json"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// BudgetState is a budget with what was spent of it in the running period.
type BudgetState struct {
	Budget
	Spent money.Amount
}

// BudgetStates lists a contract's budgets as they stand now. Where the contract
// does not serve today, nothing was spent.
func (s *System) BudgetStates(ctx context.Context, c id.Company, contract id.ID) (out []BudgetState, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []BudgetState{}
		a, _, of, err := s.contractOf(tx, c, contract)
		if err != nil {
			return err
		}
		spent := map[id.ID]money.Amount{}
		if err := s.budgetsOf(ctx, tx, c, &a, of, costKept, func(b *Budget, r *store.Record, sum money.Amount) error { spent[r.ID] = sum; return nil }); err != nil {
			return err
		}
		return each(tx, c, KindBudget, store.Key{Name: "contract", Value: contract.String()}, func(b Budget, r *store.Record) error {
			b.Revision = r.Revision
			sum, known := spent[r.ID]
			if !known {
				sum = money.Zero(b.Amount.Currency())
			}
			out = append(out, BudgetState{b, sum})
			return nil
		})
	})
	return out, err
}

// SentAlert is an alert of a budget that went out.
type SentAlert struct {
	BudgetAlert
	At    timex.Instant
	State string // of the message to webhooks: waiting, sent, dead
}

// alertsRead bounds how many messages are looked through for alerts.
const alertsRead = 1000

// SentAlerts lists the alerts of a contract's budgets among the company's newest
// 1,000 messages, the newest first.
func (s *System) SentAlerts(ctx context.Context, c id.Company, contract id.ID) (out []SentAlert, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []SentAlert{}
		list, err := tx.Outbox().List(c, "", store.Page{Limit: alertsRead, Down: true})
		if err != nil {
			return err
		}
		for i := range list {
			m := &list[i]
			if m.Topic != "budget.reached" || m.Channel != "webhook" || m.To != "" {
				continue // those to one receiver are copies
			}
			x := SentAlert{At: m.Created, State: m.State}
			if err := json.Unmarshal(m.Body, &x.BudgetAlert); err != nil {
				return fault.New(fault.Internal, "message %s cannot be read: %v", m.ID, err)
			}
			if x.Contract == contract {
				out = append(out, x)
			}
		}
		return nil
	})
	return out, err
}

package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Choice says which strays are meant. Zero fields do not narrow.
type Choice struct {
	Kind    store.FactKind `json:"kind,omitempty"`
	Reason  string         `json:"reason,omitempty"` // no_contract, several_contracts, contract_settled
	Source  string         `json:"source,omitempty"`
	Account *string        `json:"account,omitempty"` // "" is those that name none
	IDs     []string       `json:"ids,omitempty"`     // of facts, at most store.MaxStrayIDs
	From    timex.Instant  `json:"from,omitzero"`     // what touches [From, Until)
	Until   timex.Instant  `json:"until,omitzero"`
	Waived  bool           `json:"waived,omitempty"` // those that are left uncharged; else those nobody decided about
}

// query is the choice as the store is asked; one end of a time may be open.
func (x *Choice) query() (store.StrayQuery, error) {
	q := store.StrayQuery{Kind: x.Kind, Reason: x.Reason, Source: x.Source, Account: x.Account, IDs: x.IDs, Waived: &x.Waived}
	if x.From == 0 && x.Until == 0 {
		return q, nil
	}
	q.Touches = timex.Period{From: x.From, To: x.Until}
	if x.Until == 0 {
		q.Touches.To = endOfTime
	}
	if q.Touches.IsEmpty() {
		return q, fault.New(fault.Invalid, "facts until %s and from %s on: a time after the first was expected", x.Until, x.From)
	}
	return q, nil
}

// endOfTime is behind whatever a fact can tell.
var endOfTime = timex.MustDate("2200-01-01").Start(time.UTC)

// StrayGroup is strays that are alike, and the contracts that could take them.
type StrayGroup struct {
	store.StraySum
	Takers []Taker
}

// Taker is a contract that serves in the time of some strays.
type Taker struct {
	Contract id.ID
	Word     string // the customer's
	Plan     string
	Start    timex.Date
	End      timex.Date // 0: open
	All      bool       // it serves all the time of them
}

// Strays adds up a company's facts that belong to no contract, by why, kind,
// source and account, the most first; and names for each the contracts that serve
// in their time, which is what somebody needs who decides whose they are.
func (s *System) Strays(ctx context.Context, c id.Company, in Choice) (out []StrayGroup, err error) {
	defer fault.Wrap(&err, "strays")
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		sums, err := tx.Usage().StraySums(c, q)
		if err != nil {
			return err
		}
		prices, err := s.servedOf(tx, c)
		if err != nil {
			return err
		}
		out = make([]StrayGroup, len(sums))
		for i, sum := range sums {
			out[i] = StrayGroup{sum, prices.takers(&sum)}
		}
		return nil
	})
	return out, err
}

// takers are the contracts that could be given some strays.
func (p *pricing) takers(sum *store.StraySum) (out []Taker) {
	for _, s := range p.contracts {
		if s.settled() || !s.within(store.StretchKey{From: sum.First, To: sum.Last + 1}) {
			continue
		}
		out = append(out, Taker{s.agreement.ID, s.agreement.Contract, s.agreement.Plan, s.start, s.end, s.serves(sum.First) && s.serves(sum.Last)})
	}
	return out
}

// settled tells that the last invoice of a contract is issued: nothing would charge
// what it were given.
func (s *served) settled() bool { return s.end != 0 && s.agreement.BilledTo >= s.end }

// StrayFacts lists such facts in the order of their coming, those behind a position.
func (s *System) StrayFacts(ctx context.Context, c id.Company, in Choice, after int64, limit int) (out []store.Stray, err error) {
	defer fault.Wrap(&err, "stray facts")
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.After, q.Limit = after, limit
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = tx.Usage().Strays(c, q)
		return err
	})
	return out, err
}

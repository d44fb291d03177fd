package app

import (
	"context"
	"errors"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Rejected is the outcome of a fact that cannot be kept.
const Rejected store.Outcome = "rejected"

// MaxIngest bounds the facts of one batch.
const MaxIngest = 10_000

// FactOutcome is what became of one fact.
type FactOutcome struct {
	Outcome store.Outcome `json:"outcome"` // added, same, ended, conflict, rejected
	Reason  string        `json:"reason,omitempty"`
}

// Receipt is what became of a batch, in its order. When it is given, everything
// that was added is on disk.
type Receipt struct {
	Outcomes []FactOutcome `json:"outcomes"`
	Position int64         `json:"position"` // the company's last, with this batch in it
}

// Count tells how many facts had an outcome.
func (r *Receipt) Count(o store.Outcome) int {
	n := 0
	for i := range r.Outcomes {
		if r.Outcomes[i].Outcome == o {
			n++
		}
	}
	return n
}

// Ingest keeps facts of a company: the one way usage comes into the books. New
// calls are priced at list price by the contract that serves on their day, their
// charges and running totals kept beside them, and what they came to is booked
// as not yet invoiced, or taken from the wallet of a prepaid contract; all in
// one transaction. A fact that is there already changes nothing, so a batch can
// be sent again. Facts that no contract is for, or several without an account that
// decides, are kept as strays with the reason: see Assign.
func (s *System) Ingest(ctx context.Context, c id.Company, facts []usage.Fact) (_ *Receipt, err error) {
	defer fault.Wrap(&err, "ingest")
	return s.ingestAll(ctx, []*handed{{company: c, facts: facts}})
}

// handed is one batch on its way into the books.
type handed struct {
	company id.Company
	facts   []usage.Fact
	receipt *Receipt

	prices  *pricing
	calls   []store.ChargedCall
	places  []pricedAt // of each call: where it was priced
	callAt  []int      // of each call: its place in facts
	other   []store.Stretch
	otherAt []int
}

// pricedAt is the contract and period of a call; both nil: it has none.
type pricedAt struct {
	contract *served
	period   *period
}

// maxStale bounds how often a batch is priced again because a contract changed
// meanwhile.
const maxStale = 5

var errStale = errors.New("a contract changed while usage was priced")

// ingestAll keeps batches in one transaction, and gives the receipt of the first.
func (s *System) ingestAll(ctx context.Context, batches []*handed) (*Receipt, error) {
	for try := 1; ; try++ {
		for _, b := range batches {
			if err := s.ready(ctx, b); err != nil {
				return nil, err
			}
		}
		all := byCompany(batches)
		if len(all) == 1 {
			ctx = store.For(ctx, batches[0].company)
		}
		err := s.DB.Update(ctx, func(tx store.Tx) error {
			for _, of := range all {
				if err := s.keepBatches(tx, of[0].company, of); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, errStale) || try == maxStale {
			s.forgetCosts(batches)
			return batches[0].receipt, err
		}
		for _, b := range batches {
			s.priced.forget(b.company)
		}
	}
}

// forgetCosts drops the costs of contracts that got seats, sessions or modules:
// only a draft knows what those come to.
func (s *System) forgetCosts(batches []*handed) {
	for _, b := range batches {
		for i := range b.other {
			s.costs.forget(b.other[i].Contract)
		}
	}
}

// ready sorts out what cannot be kept and prices the calls. It needs no
// transaction that writes, so one batch is made ready while another is written;
// and none at all where the company's prices are known: whether they are still
// the newest is asked when the batch is kept.
func (s *System) ready(ctx context.Context, b *handed) error {
	if len(b.facts) == 0 || len(b.facts) > MaxIngest {
		return fault.New(fault.Invalid, "a batch has %d facts: 1 to %d were expected", len(b.facts), MaxIngest)
	}
	known := s.priced.look(b.company)
	if known != nil && known == b.prices {
		return nil
	}
	if b.prices = known; known != nil && b.price(s.DB.Now()) == nil {
		return nil
	}
	return s.DB.View(ctx, func(tx store.Tx) error {
		version, err := contractsVersion(tx, b.company)
		if err != nil {
			return err
		}
		if b.prices == nil || b.prices.version != version {
			if b.prices, err = s.servedOf(tx, b.company); err != nil {
				return err
			}
			s.priced.keep(b.company, b.prices)
		}
		return b.price(tx.Now())
	})
}

// price fills in calls and stretches with their contracts and charges.
func (b *handed) price(now timex.Instant) error {
	b.receipt = &Receipt{Outcomes: make([]FactOutcome, len(b.facts))}
	n := len(b.facts)
	b.calls, b.places, b.callAt = make([]store.ChargedCall, 0, n), make([]pricedAt, 0, n), make([]int, 0, n)
	b.other, b.otherAt = nil, nil
	charges := make([]store.Charge, 0, n+n/2)
	b.prices.mu.Lock()
	defer b.prices.mu.Unlock()
	for i, f := range b.facts {
		if why := refusal(f, now); why != "" {
			b.receipt.Outcomes[i] = FactOutcome{Rejected, why}
			continue
		}
		call, is := f.(*usage.Call)
		if !is {
			if err := b.place(i, f); err != nil {
				return err
			}
			continue
		}
		var charged store.ChargedCall
		var at pricedAt
		var err error
		if charged, at, charges, err = b.prices.price(call, charges); err != nil {
			return err
		}
		b.calls, b.places, b.callAt = append(b.calls, charged), append(b.places, at), append(b.callAt, i)
	}
	return nil
}

// place finds the contract of a fact that is not a call.
func (b *handed) place(i int, f usage.Fact) error {
	k, err := store.KeyOf(f)
	if err != nil {
		return err
	}
	s := store.Stretch{Fact: f}
	of, why := b.prices.contractOf(f, k)
	if s.Reason = why; of != nil {
		s.Contract = of.agreement.ID
	}
	b.other, b.otherAt = append(b.other, s), append(b.otherAt, i)
	return nil
}

// byCompany puts batches of one company together, in the order of their coming.
func byCompany(batches []*handed) [][]*handed {
	var out [][]*handed
	at := map[id.Company]int{}
	for _, b := range batches {
		i, known := at[b.company]
		if !known {
			i, at[b.company] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], b)
	}
	return out
}

// keepBatches writes batches of one company that are ready, as if they were one.
// It may be run again.
func (s *System) keepBatches(tx store.Tx, c id.Company, batches []*handed) error {
	version, err := contractsVersion(tx, c)
	if err != nil {
		return err
	}
	var calls []store.ChargedCall
	var other []store.Stretch
	for _, b := range batches {
		if version != b.prices.version {
			return errStale
		}
		if len(batches) == 1 {
			calls, other = b.calls, b.other
			break
		}
		calls, other = append(calls, b.calls...), append(other, b.other...)
	}
	fresh, err := keepCalls(tx, c, calls, batches)
	if err != nil {
		return err
	}
	if err := keepStretches(tx, c, other, batches); err != nil {
		return err
	}
	position, err := tx.Usage().Head(c)
	if err != nil {
		return err
	}
	for _, b := range batches {
		b.receipt.Position = position
	}
	if len(fresh.sums) == 0 {
		return nil
	}
	if err := tx.Usage().AddTallies(c, fresh.sums.tallies()); err != nil {
		return err
	}
	if err := s.bookUsage(tx, c, position, fresh.sums); err != nil {
		return err
	}
	if err := s.bookCarrier(tx, c, position, fresh.carrier); err != nil {
		return err
	}
	return s.bookPrepaid(tx, c, fresh.prepaid)
}

// keepCalls adds the calls of all batches, tells each what became of its own,
// and sums up those that are new.
func keepCalls(tx store.Tx, c id.Company, calls []store.ChargedCall, batches []*handed) (*fresh, error) {
	all := &fresh{sums: sums{}, carrier: carrierSums{}}
	if len(calls) == 0 {
		return all, nil
	}
	out, err := tx.Usage().AddCalls(c, calls)
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		for i, at := range b.callAt {
			told := FactOutcome{Outcome: out[i]}
			if call := &b.calls[i]; out[i] == store.Added {
				if err := all.add(call, b.places[i]); err != nil {
					return nil, err
				}
				if call.Contract.IsZero() {
					told.Reason = call.Charges[0].Reason
				}
			}
			b.receipt.Outcomes[at] = told
		}
		out = out[len(b.callAt):]
	}
	return all, nil
}

// keepStretches does the same for other facts, which are priced with their
// period and not before.
func keepStretches(tx store.Tx, c id.Company, list []store.Stretch, batches []*handed) error {
	if len(list) == 0 {
		return nil
	}
	out, err := tx.Usage().AddStretches(c, list)
	if err != nil {
		return err
	}
	for _, b := range batches {
		for i, at := range b.otherAt {
			b.receipt.Outcomes[at] = FactOutcome{Outcome: out[i]}
			if out[i] == store.Added {
				b.receipt.Outcomes[at].Reason = b.other[i].Reason
			}
		}
		out = out[len(b.otherAt):]
	}
	return nil
}

package app

import (
	"context"
	"slices"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Assign gives strays, facts that belong to no contract, to one.
type Assign struct {
	Key      string `json:"-"` // idempotency key; not of a preview
	Contract id.ID  `json:"contract"`
	Choice
	Note    string `json:"note"`              // why, in the words of who decided
	Preview bool   `json:"preview,omitempty"` // say what it would do, and do nothing
}

// Assignment is what giving strays to a contract did. The facts never change: it
// is the assignment that says whose they are since when. They have the positions
// from First to Last, as if they had come at that moment.
type Assignment struct {
	ID        id.ID         `json:"id"`
	Contract  id.ID         `json:"contract"`
	At        timex.Instant `json:"at"`
	Choice    Choice        `json:"choice"`
	Note      string        `json:"note"`
	First     int64         `json:"first"` // position of the first; 0: a preview
	Last      int64         `json:"last"`
	Calls     int64         `json:"calls"`
	Stretches int64         `json:"stretches"`
	Seconds   int64         `json:"seconds"`  // talked
	Cost      money.Amount  `json:"cost"`     // of the calls at list price, before tax
	Unpriced  int64         `json:"unpriced"` // calls that the contract has no price for
	Late      int64         `json:"late"`     // facts of periods that are billed: adjustments of the next invoice
	Left      int64         `json:"left"`     // strays of the choice that are still there: assign again
}

// MaxAssigned bounds the facts of one assignment: it is one transaction.
const MaxAssigned = store.MaxStrays

// Assign gives strays to a running contract: rates the calls, books what they come
// to and keeps their totals, as if they had come now and named it; all in one
// transaction. Usage of a period that is billed becomes late usage: a difference
// on the next invoice. It takes the first MaxAssigned of the choice and says how
// many are left. A contract takes calls of its days only, and stretches that share
// one with its service: a choice with others in it is a Conflict that names one.
func (s *System) Assign(ctx context.Context, c id.Company, in Assign) (out Assignment, err error) {
	defer fault.Wrap(&err, "assign usage")
	if in.Note == "" || len(in.Note) > maxNote {
		return out, fault.New(fault.Invalid, "a note of 1 to %d characters was expected: why it is this contract's", maxNote)
	}
	if in.Preview {
		err = s.DB.View(ctx, func(tx store.Tx) error {
			x, err := s.assigning(tx, c, &in)
			out = x.out
			return err
		})
		return out, err
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		out, err = once(tx, c, "assign", in.Key, in, func() (Assignment, error) { return s.assign(tx, c, &in) })
		return err
	})
	s.costs.forget(in.Contract)
	return out, err
}

// assigning is strays on their way to a contract.
type assigning struct {
	out       Assignment
	contract  *served
	calls     []store.ChargedCall
	places    []pricedAt // of each call
	reasons   []string   // why each call had none
	stretches []store.Stretch
}

// assigning reads the strays of a choice and prices them by the contract.
func (s *System) assigning(tx store.Tx, c id.Company, in *Assign) (*assigning, error) {
	x := &assigning{out: Assignment{Contract: in.Contract, At: tx.Now(), Choice: in.Choice, Note: in.Note}}
	q, err := in.query()
	if err != nil {
		return x, err
	}
	prices, err := s.servedOf(tx, c)
	if err != nil {
		return x, err
	}
	if x.contract, err = prices.taker(in.Contract); err != nil {
		return x, err
	}
	x.out.Cost = money.Zero(x.contract.of.plan.Currency)
	q.Limit = MaxAssigned
	list, err := tx.Usage().Strays(c, q)
	if err != nil {
		return x, err
	}
	if len(list) == 0 {
		return x, fault.New(fault.NotFound, "no usage without a contract is of this choice")
	}
	for i := range list {
		if err := x.take(prices, &list[i]); err != nil {
			return x, err
		}
	}
	sums, err := tx.Usage().StraySums(c, q)
	for i := range sums {
		x.out.Left += sums[i].Count
	}
	x.out.Left -= int64(len(list))
	return x, err
}

// taker finds the contract, if it can be given usage.
func (p *pricing) taker(contract id.ID) (*served, error) {
	i := slices.IndexFunc(p.contracts, func(s *served) bool { return s.agreement.ID == contract })
	if i < 0 {
		return nil, fault.New(fault.Conflict, "the contract does not run and never did: one that is %s or in %s was expected", life.Running, life.Notice)
	}
	s := p.contracts[i]
	if s.settled() {
		return nil, fault.New(fault.Conflict, "contract %s ended on %s and its last invoice is issued: nothing would charge what it is given", s.agreement.Contract, s.end)
	}
	return s, nil
}

// take adds one stray.
func (x *assigning) take(prices *pricing, stray *store.Stray) error {
	call, is := stray.Fact.(*usage.Call)
	if !is {
		return x.takeStretch(stray)
	}
	s := x.contract
	if !s.serves(call.Start) {
		return s.cannotTake("call", call.ID, call.Start)
	}
	charged, at, _, err := prices.priceBy(s, call, nil)
	if err != nil {
		return err
	}
	if at.period.terms == nil {
		return fault.New(fault.Conflict, "the terms of contract %s on %s cannot be made: see its draft invoice", s.agreement.Contract, call.Start.DateIn(s.of.loc))
	}
	charged.Position = stray.Position
	x.calls, x.places, x.reasons = append(x.calls, charged), append(x.places, at), append(x.reasons, stray.Reason)
	x.out.Calls++
	x.out.Seconds += call.Seconds()
	x.late(call.Start)
	bare := false
	for i := range charged.Charges {
		ch := &charged.Charges[i]
		bare = bare || ch.Reason != ""
		if ch.Cost.Currency() != x.out.Cost.Currency() {
			continue
		}
		if x.out.Cost, err = x.out.Cost.Add(ch.Cost); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	if bare {
		x.out.Unpriced++
	}
	return nil
}

func (x *assigning) takeStretch(stray *store.Stray) error {
	k, err := store.KeyOf(stray.Fact)
	if err != nil {
		return err
	}
	if s := x.contract; k.Kind == store.EventFact && !s.serves(k.From) || !s.within(k) {
		return s.cannotTake(k.Kind.String(), k.ID, k.From)
	}
	x.stretches = append(x.stretches, store.Stretch{Fact: stray.Fact, Contract: x.out.Contract, Position: stray.Position})
	x.out.Stretches++
	x.late(k.From)
	return nil
}

// late counts a fact that begins in a billed period.
func (x *assigning) late(from timex.Instant) {
	if s := x.contract; from.DateIn(s.of.loc) < s.agreement.BilledTo {
		x.out.Late++
	}
}

func (s *served) cannotTake(kind, name string, at timex.Instant) error {
	until := "on"
	if s.end != 0 {
		until = "to the day before " + s.end.String()
	}
	return fault.New(fault.Conflict, "%s %s of %s: contract %s serves from %s %s; choose a narrower time, or another contract", kind, fault.Shorten(name, 80), at, s.agreement.Contract, s.start, until)
}

// assign does it.
func (s *System) assign(tx store.Tx, c id.Company, in *Assign) (Assignment, error) {
	x, err := s.assigning(tx, c, in)
	if err != nil {
		return x.out, err
	}
	if err := tx.Usage().Assign(c, in.Contract, x.calls, x.stretches); err != nil {
		return x.out, err
	}
	if x.out.Last, err = tx.Usage().Head(c); err != nil {
		return x.out, err
	}
	x.out.First = x.out.Last - x.out.Calls - x.out.Stretches + 1
	if err := s.bookAssigned(tx, c, x); err != nil {
		return x.out, err
	}
	if x.out.ID, err = s.newID(tx); err != nil {
		return x.out, err
	}
	return x.out, save(tx, &store.Record{Company: c, Kind: KindAssignment, ID: x.out.ID, Index: []store.Key{{Name: "contract", Value: in.Contract.String()}}}, &x.out)
}

// bookAssigned moves the running totals and books what the calls come to. What
// carriers ask for them was booked when they came.
func (s *System) bookAssigned(tx store.Tx, c id.Company, x *assigning) error {
	now, before := fresh{sums: sums{}, carrier: carrierSums{}}, sums{}
	for i := range x.calls {
		call := x.calls[i]
		call.Call.Cost = money.Amount{}
		if err := now.add(&call, x.places[i]); err != nil {
			return err
		}
		was, _ := unpriced(&call.Call, x.reasons[i], nil)
		if err := before.add(&was, pricedAt{}); err != nil {
			return err
		}
	}
	gone := before.tallies()
	for i := range gone {
		gone[i].Calls, gone[i].Raw = -gone[i].Calls, -gone[i].Raw
	}
	if err := tx.Usage().AddTallies(c, append(gone, now.sums.tallies()...)); err != nil {
		return err
	}
	if err := s.bookUsage(tx, c, x.out.Last, now.sums); err != nil {
		return err
	}
	return s.bookPrepaid(tx, c, now.prepaid)
}

// Assignments lists what was given to a contract, a page of it; to any, if none is
// named.
func (s *System) Assignments(ctx context.Context, c id.Company, contract id.ID, page store.Page) (out []Assignment, err error) {
	defer fault.Wrap(&err, "assignments")
	key := store.Key{}
	if !contract.IsZero() {
		key = store.Key{Name: "contract", Value: contract.String()}
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Records().List(c, KindAssignment, key, page)
		if err != nil {
			return err
		}
		out = make([]Assignment, len(list))
		for i := range list {
			if out[i], _, err = load[Assignment](&list[i], nil); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

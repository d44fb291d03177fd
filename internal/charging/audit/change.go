package audit

import (
	"maps"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// change is one hypothesis: the contract with one rule, one figure or one kind
// of fact changed. Every function that is nil changes nothing.
type change struct {
	cause  Cause
	key    string // audit.why.KEY tells it
	args   map[string]string
	weight int    // how far-fetched it is, from 1; sums decide between explanations
	of     string // component it is about

	component func(*catalog.Component)
	plan      func(*catalog.Plan)
	terms     func(*contract.Terms)
	gathered  func(*meter.Gathered)
	facts     func(usage.Sink) usage.Sink
	amount    func(*rating.Line) exact.Number // of a line, instead of its exact amount, before it is rounded
	mode      exact.Mode                      // other rounding of the line
	recount   bool                            // calls have to be counted again
}

// variant is one or more changes, and what the contract's side comes to under
// them.
type variant struct {
	changes []change
	rated   *rating.Rated
	lines   []*rating.Line // of the line that is explained
	amount  exact.Number   // theirs
	missed  int            // stated quantities and prices it does not come to
}

// weight is how far-fetched a variant is.
func (v *variant) weight() int {
	sum := 0
	for i := range v.changes {
		sum += v.changes[i].weight
	}
	return sum
}

// engine prices the contract's side, under the contract or under changes of it.
type engine struct {
	in   *Inputs
	base *meter.Gathered
}

// maxTogether bounds how many hypotheses are counted in one reading of the
// records: their meters share it.
const maxTogether = 64

// price prices variants of a line. What changes how calls are counted takes a
// reading of the records, shared by up to maxTogether variants.
func (e *engine) price(key string, vs []*variant) error {
	var again []*variant
	for _, v := range vs {
		if v.recounts() {
			again = append(again, v)
			continue
		}
		if err := e.finish(key, v, nil); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(again, maxTogether) {
		counted, err := e.recount(batch)
		if err != nil {
			return err
		}
		for i, v := range batch {
			if err := e.finish(key, v, counted[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *variant) recounts() bool {
	return slices.ContainsFunc(v.changes, func(c change) bool { return c.recount || c.facts != nil })
}

// termsFor are the terms under a variant's changes.
func (e *engine) termsFor(v *variant) *contract.Terms {
	t := *e.in.Terms
	p := *t.Plan
	p.Components = slices.Clone(p.Components)
	p.Packages = slices.Clone(p.Packages)
	p.Discounts = slices.Clone(p.Discounts)
	t.Quantities, t.Changes = maps.Clone(t.Quantities), maps.Clone(t.Changes)
	if t.Quantities == nil {
		t.Quantities = map[string]exact.Number{}
	}
	t.Plan = &p
	for i := range v.changes {
		c := &v.changes[i]
		if comp, ok := p.Component(c.of); ok && c.component != nil {
			comp.Rates = slices.Clone(comp.Rates)
			c.component(comp)
		}
		if c.plan != nil {
			c.plan(&p)
		}
		if c.terms != nil {
			c.terms(&t)
		}
	}
	return &t
}

// recount counts the calls of the components that variants change.
func (e *engine) recount(vs []*variant) ([]*meter.Gathered, error) {
	all := callsOnly{}
	meters := make([]*meter.Meter, len(vs))
	for i, v := range vs {
		t := e.termsFor(v)
		kept := *t.Plan
		kept.Components = nil
		for j := range v.changes {
			if comp, ok := t.Plan.Component(v.changes[j].of); ok && comp.Measure.OfCalls() && !has(kept.Components, comp.ID) {
				kept.Components = append(kept.Components, *comp)
			}
		}
		t.Plan = &kept
		m, err := meter.New(t, meter.Options{})
		if err != nil {
			return nil, err
		}
		meters[i] = m
		var sink usage.Sink = m
		for j := range v.changes {
			if f := v.changes[j].facts; f != nil {
				sink = f(sink)
			}
		}
		all = append(all, sink)
	}
	if err := e.in.Facts(all); err != nil {
		return nil, err
	}
	out := make([]*meter.Gathered, len(vs))
	for i, m := range meters {
		var err error
		if out[i], err = m.Finish(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func has(list []catalog.Component, id string) bool {
	return slices.ContainsFunc(list, func(c catalog.Component) bool { return c.ID == id })
}

// finish prices a variant; counted has the calls that were counted again.
func (e *engine) finish(key string, v *variant, counted *meter.Gathered) error {
	g := *e.base
	g.Terms = e.termsFor(v)
	if counted != nil {
		g.Calls = maps.Clone(g.Calls)
		maps.Copy(g.Calls, counted.Calls)
	}
	for i := range v.changes {
		if f := v.changes[i].gathered; f != nil {
			f(&g)
		}
	}
	var err error
	if v.rated, err = rating.Rate(&g); err != nil {
		return err
	}
	v.take(key)
	return nil
}

// take finds the lines of a key and what they come to.
func (v *variant) take(key string) {
	v.lines, v.amount = nil, exact.Zero
	for i := range v.rated.Lines {
		l := &v.rated.Lines[i]
		if keyOf(l) != key {
			continue
		}
		v.lines = append(v.lines, l)
		v.amount = v.amount.Add(v.of(l))
	}
}

// of is the amount of a line under the changes that are about its amount alone.
func (v *variant) of(l *rating.Line) exact.Number {
	n, mode, touched := l.Exact, exact.HalfAway, false
	for i := range v.changes {
		c := &v.changes[i]
		if c.of != keyOf(l) {
			continue
		}
		if c.amount != nil {
			n, touched = c.amount(l), true
		}
		if c.mode != "" {
			mode, touched = c.mode, true
		}
	}
	if !touched {
		return l.Amount.Exact()
	}
	return n.Round(mode, l.Amount.Currency().Exponent())
}

// callsOnly hands calls to many sinks and drops everything else.
type callsOnly []usage.Sink

func (s callsOnly) Call(c *usage.Call) error {
	for _, to := range s {
		if err := to.Call(c); err != nil {
			return err
		}
	}
	return nil
}

func (callsOnly) Seat(usage.Seat) error       { return nil }
func (callsOnly) Session(usage.Session) error { return nil }
func (callsOnly) Module(usage.Module) error   { return nil }
func (callsOnly) Rental(usage.Rental) error   { return nil }
func (callsOnly) Event(usage.Event) error     { return nil }

// retold hands calls on as a hypothesis tells them.
type retold struct {
	usage.Sink
	tell func(*usage.Call)
	call usage.Call
}

func (r *retold) Call(c *usage.Call) error {
	r.call = *c
	r.tell(&r.call)
	return r.Sink.Call(&r.call)
}

// retelling makes the facts of a change from what it does to each call.
func retelling(tell func(*usage.Call)) func(usage.Sink) usage.Sink {
	return func(to usage.Sink) usage.Sink { return &retold{Sink: to, tell: tell} }
}

package audit

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// Weights of what is not a hypothesis: an amount that contradicts the bill's own
// quantity and price, and each stated figure an explanation does not come to.
const (
	weightArithmetic = 2
	weightMissed     = 5
	weightPair       = 2 // of two plain hypotheses: nothing cheaper is looked for in pairs
)

// explanation is how a line is explained: the changes in the order in which
// they are put in place, and whether the bill contradicts itself in what is left.
type explanation struct {
	steps      []*variant // step i has the first i+1 changes
	arithmetic bool
	cost       int
}

// explain finds the changes under which a component comes to what the bill asks
// for it: the fewest and least far-fetched. nil: there are none.
func (e *engine) explain(c *catalog.Component, lines []Line, accepted []change) (*explanation, error) {
	billed := billedAmount(lines)
	due := &variant{}
	if err := e.price(c.ID, []*variant{due}); err != nil {
		return nil, err
	}
	due.missed = missed(due, lines)
	changes := e.candidates(c, lines, due, accepted)
	singles := make([]*variant, len(changes))
	for i := range changes {
		singles[i] = &variant{changes: changes[i : i+1 : i+1]}
	}
	if err := e.price(c.ID, singles); err != nil {
		return nil, err
	}
	best := e.best(nil, append([]*variant{due}, singles...), lines, billed)
	if best == nil || best.cost > weightPair {
		pairs := append(pairsOf(changes, singles), e.beside(c, singles, lines)...)
		if err := e.price(c.ID, pairs); err != nil {
			return nil, err
		}
		best = e.best(best, pairs, lines, billed)
	}
	if best == nil {
		return nil, nil
	}
	return best, e.inOrder(c.ID, best)
}

// candidates are all hypotheses about a line.
func (e *engine) candidates(c *catalog.Component, lines []Line, due *variant, accepted []change) []change {
	out := hypotheses(e.in.Terms.Plan, c)
	out = append(out, e.ofSeatCounts(c, lines, due)...)
	out = append(out, e.ofPrices(c, lines, due)...)
	out = append(out, e.ofStatedQuantity(c, lines, due)...)
	rounding := ofRounding(c)
	for i := range rounding {
		rounding[i].of = c.ID
	}
	out = append(out, rounding...)
	for _, a := range accepted { // an error in seats shows in what is sold for each seat
		if a.of != c.ID && !c.Measure.OfCalls() {
			out = append(out, a)
		}
	}
	return out
}

// best is the cheapest of an explanation so far and variants. Of equal ones the
// first stays.
func (e *engine) best(so *explanation, vs []*variant, lines []Line, billed exact.Number) *explanation {
	for _, v := range vs {
		v.missed = missed(v, lines)
		x := &explanation{steps: []*variant{v}, cost: v.weight() + v.missed*weightMissed}
		if !v.amount.Equal(billed) {
			if v.missed > 0 || !contradicts(lines) {
				continue
			}
			x.arithmetic = true
			x.cost += weightArithmetic
		}
		if so == nil || x.cost < so.cost {
			so = x
		}
	}
	return so
}

// contradicts tells whether a line's quantity times its price is not its amount.
func contradicts(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool {
		if l.Quantity == nil || l.UnitPrice == nil {
			return false
		}
		apart := l.Quantity.Mul(*l.UnitPrice).Sub(l.Amount)
		// A quantity may be shown with fewer decimals than it was priced with.
		slack := exact.Scaled(1, 2).Add(exact.Scaled(1, decimalsOf(*l.Quantity)).Mul(*l.UnitPrice))
		if l.Quantity.IsInt() {
			slack = exact.Scaled(1, 2)
		}
		return exact.Max(apart, apart.Neg()).Cmp(slack) > 0
	})
}

// missed counts the stated quantities and prices that a variant does not come to.
func missed(v *variant, lines []Line) int {
	n := 0
	for i := range lines {
		l := &lines[i]
		if l.Quantity != nil && !v.hasQuantity(l, lines) {
			n++
		}
		if l.UnitPrice != nil && !v.hasPrice(l) {
			n++
		}
	}
	return n
}

// hasQuantity tells whether the lines of a variant have the quantity a line of
// the bill states: as charged, or before what is included, as exactly as the
// bill writes it.
func (v *variant) hasQuantity(l *Line, lines []Line) bool {
	if len(v.lines) == 0 {
		return l.Quantity.IsZero()
	}
	same := func(n exact.Number) bool {
		d := decimalsOf(*l.Quantity)
		return n.Round(exact.HalfAway, d).Equal(*l.Quantity) || d == 0 && n.Equal(*l.Quantity)
	}
	if l.Part != "" {
		p, ok := partOf(v.lines[0], l.Part)
		return ok && same(p.Quantity)
	}
	charged, billed := exact.Zero, exact.Zero
	for _, x := range v.lines {
		if same(x.Charged) || same(x.Billed) {
			return true
		}
		charged, billed = charged.Add(x.Charged), billed.Add(x.Billed)
	}
	if q, ok := statedQuantity(lines); ok && len(lines) > 1 {
		return q.Equal(charged) || q.Equal(billed)
	}
	return same(charged) || same(billed)
}

// hasPrice tells whether a part of the variant's lines has the price a line of
// the bill states.
func (v *variant) hasPrice(l *Line) bool {
	for _, x := range v.lines {
		for i := range x.Parts {
			p := &x.Parts[i]
			if (l.Part == "" || p.Key == "row:"+l.Part) && p.UnitPrice.Equal(*l.UnitPrice) {
				return true
			}
		}
	}
	return len(v.lines) == 0
}

// maxPairs bounds how many pairs of hypotheses are priced for one line.
const maxPairs = 400

// pairsOf joins hypotheses about different causes, those first that come to more
// of what the bill states.
func pairsOf(changes []change, singles []*variant) []*variant {
	var out []*variant
	for i := range changes {
		for j := i + 1; j < len(changes); j++ {
			a, b := changes[i], changes[j]
			if a.cause == b.cause && (a.cause != Rate || a.args["row"] == b.args["row"]) {
				continue
			}
			if b.cause.rank() < a.cause.rank() {
				a, b = b, a
			}
			out = append(out, &variant{changes: []change{a, b}, missed: min(singles[i].missed, singles[j].missed)})
		}
	}
	slices.SortStableFunc(out, func(a, b *variant) int { return a.missed*8 + a.weight() - b.missed*8 - b.weight() })
	return out[:min(len(out), maxPairs)]
}

// beside adds seats to another proration: how many are too many shows only once
// the parts of the period are as the vendor has them.
func (e *engine) beside(c *catalog.Component, singles []*variant, lines []Line) []*variant {
	var out []*variant
	for _, v := range singles {
		if v.changes[0].cause != Proration {
			continue
		}
		for _, seats := range e.ofSeatCounts(c, lines, v) {
			out = append(out, &variant{changes: []change{seats, v.changes[0]}})
		}
	}
	return out
}

// inOrder prices the steps of an explanation one by one, in the order of causes.
func (e *engine) inOrder(key string, x *explanation) error {
	last := x.steps[0]
	x.steps = nil
	if len(last.changes) == 0 {
		return nil // nothing was changed: the bill contradicts itself
	}
	for i := range last.changes[:len(last.changes)-1] {
		step := &variant{changes: last.changes[: i+1 : i+1]}
		if err := e.price(key, []*variant{step}); err != nil {
			return err
		}
		x.steps = append(x.steps, step)
	}
	x.steps = append(x.steps, last)
	return nil
}

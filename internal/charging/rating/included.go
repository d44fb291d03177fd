package rating

import (
	"slices"
	"sort"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// bucket is one grant of an included quantity, in whole seconds of talk time or
// whole units of anything else.
type bucket struct {
	pack    *catalog.Package
	seat    string // of packages of each seat
	granted timex.Date
	from    timex.Date // first day it can be used
	expires timex.Date // day after the last
	left    exact.Number
	size    exact.Number
	order   int  // place in the plan
	carried bool // left over by an earlier period
}

// pots are the included quantities of one period.
type pots struct {
	terms   *contract.Terms
	buckets []*bucket
	used    map[string]map[int32]exact.Number // component -> slot -> used, base units
	perPack map[string]map[string]exact.Number
	covered *Coverage // told of each call that was covered; nil: nobody asks
}

// scaleOf is how many base units one unit of a component has: seconds for
// talk and system time, 1 otherwise.
func scaleOf(c *catalog.Component) exact.Number {
	if c.Measure.OfTime() {
		return exact.Int(c.Unit.Seconds())
	}
	return exact.One
}

// openPots lays out the grants of the period: what earlier periods left, then
// this period's own. seatsOf gives the billed seats of a component; seatNames
// the agents a package of each seat may meet.
func openPots(t *contract.Terms, seatsOf func(string) exact.Number, seatNames []string) *pots {
	p := &pots{terms: t, used: map[string]map[int32]exact.Number{}, perPack: map[string]map[string]exact.Number{}}
	packs := t.Plan.AllPackages()
	for i := range packs {
		pk := &packs[i]
		comp, ok := t.Plan.Component(pk.AppliesTo[0])
		if !ok || !comp.Measure.OfCalls() {
			continue // what is included with anything but calls is one subtraction on its line
		}
		scale := scaleOf(comp)
		for _, o := range t.Opening {
			if o.Package == pk.ID && o.Expires > t.First && (o.Left.Sign() > 0 || dated(pk)) {
				p.buckets = append(p.buckets, &bucket{pack: pk, seat: o.Seat, granted: o.Granted, from: o.Granted, expires: o.Expires, left: o.Left.Mul(scale), size: o.Left.Mul(scale), order: i, carried: true})
			}
		}
		p.grant(pk, i, scale, seatsOf, seatNames)
	}
	slices.SortStableFunc(p.buckets, p.before)
	return p
}

func (p *pots) grant(pk *catalog.Package, order int, scale exact.Number, seatsOf func(string) exact.Number, seatNames []string) {
	t := p.terms
	from, to := t.Service()
	if dated(pk) {
		p.grantDated(pk, order, scale)
		return
	}
	size := pk.Quantity.Mul(scale)
	if pk.Prorate {
		size = size.Mul(exact.Frac(int64(to-from), int64(t.After-t.First))).Round(exact.Ceiling, 0)
	}
	expires := t.After
	if pk.Rollover != nil {
		for range min(pk.Rollover.Periods, maxRollover) {
			expires = t.NextBoundary(expires)
		}
	}
	b := bucket{pack: pk, granted: t.First, from: from, expires: expires, order: order}
	if pk.Scope == catalog.PerSeat {
		for _, name := range seatNames {
			if name == "" {
				continue // calls without an agent have no seat
			}
			one := b
			one.seat, one.left, one.size = name, size, size
			p.buckets = append(p.buckets, &one)
		}
		return
	}
	if pk.Per == catalog.PerSeatCount {
		size = size.Mul(seatsOf(pk.SeatsOf))
	}
	b.left, b.size = size, size
	p.buckets = append(p.buckets, &b)
}

// maxRollover bounds how many periods a quantity lives on.
const maxRollover = 36

// dated tells whether a package has dates of its own. It is handed on from
// period to period even when it is used up: what is not handed on is given anew.
func dated(pk *catalog.Package) bool { return pk.From != 0 || pk.To != 0 }

// grantDated gives a package with dates of its own once: in the period in which
// it begins; later periods get what was left as an opening.
func (p *pots) grantDated(pk *catalog.Package, order int, scale exact.Number) {
	t := p.terms
	from, to := pk.From, pk.To
	if to == 0 {
		to = t.After
	}
	begins := from >= t.First && from < t.After || from < t.First && !t.Opened(pk.ID)
	if !begins || to <= t.First {
		return
	}
	size := pk.Quantity.Mul(scale)
	p.buckets = append(p.buckets, &bucket{pack: pk, granted: max(from, 0), from: max(from, t.First), expires: to, left: size, size: size, order: order})
}

// before orders buckets as the plan wants them used up.
func (p *pots) before(a, b *bucket) int {
	byDate := func(x, y timex.Date) int { return int(x) - int(y) }
	switch p.terms.Plan.PackOrder {
	case catalog.Listed:
		return a.order - b.order
	case catalog.Oldest:
		if d := byDate(a.granted, b.granted); d != 0 {
			return d
		}
	default:
		if d := byDate(a.expires, b.expires); d != 0 {
			return d
		}
		if d := byDate(a.granted, b.granted); d != 0 {
			return d
		}
	}
	return a.order - b.order
}

// take uses up to want of what a component may use on a day, in order, and
// says how much it got.
func (p *pots) take(comp string, slot int32, on timex.Date, seat string, want exact.Number) exact.Number {
	got := exact.Zero
	for _, b := range p.buckets {
		if want.Sign() <= 0 {
			break
		}
		if b.left.Sign() <= 0 || on < b.from || on >= b.expires || b.seat != "" && b.seat != seat || b.pack.Scope == catalog.PerSeat && b.seat != seat || !slices.Contains(b.pack.AppliesTo, comp) {
			continue
		}
		n := exact.Min(want, b.left)
		b.left = b.left.Sub(n)
		want = want.Sub(n)
		got = got.Add(n)
		if p.perPack[b.pack.ID] == nil {
			p.perPack[b.pack.ID] = map[string]exact.Number{}
		}
		p.perPack[b.pack.ID][comp] = p.perPack[b.pack.ID][comp].Add(n)
	}
	if got.Sign() > 0 {
		if p.used[comp] == nil {
			p.used[comp] = map[int32]exact.Number{}
		}
		p.used[comp][slot] = p.used[comp][slot].Add(got)
	}
	return got
}

// empty tells whether nothing is left that any of the components could use.
func (p *pots) empty() bool {
	for _, b := range p.buckets {
		if b.left.Sign() > 0 {
			return false
		}
	}
	return true
}

// demand is billed base units of one slot of one component.
type demand struct {
	comp  string
	slot  int32
	units exact.Number
	price exact.Number // of a base unit, for orders by price
}

// burnCalls uses up included talk time and calls: one by one in time order
// where the order matters, else by the price of the rates.
func (p *pots) burnCalls(g *meter.Gathered) {
	var queues []queue
	var sums []demand
	for i := range p.terms.Plan.Components {
		c := &p.terms.Plan.Components[i]
		cc := g.Calls[c.ID]
		if cc == nil || len(p.terms.Plan.IncludedFor(c.ID)) == 0 {
			continue
		}
		if len(cc.Burns) > 0 {
			queues = append(queues, queue{cc.Burns, c.ID, cc.Seats})
			continue
		}
		for _, s := range cc.Slots {
			units := exact.Int(s.Linear)
			if c.Measure == catalog.Calls {
				units = exact.Int(s.Calls)
			}
			sums = append(sums, demand{c.ID, s.Index, units, s.Rate.UnitPrice()})
		}
	}
	wall := dayOf{loc: p.terms.Loc}
	for q := earliest(queues); q != nil && !p.empty(); q = earliest(queues) {
		b := q.burns[0]
		q.burns = q.burns[1:]
		got := p.take(q.comp, b.Slot, wall.of(b.At), q.seats[b.Seat], exact.Int(int64(b.Seconds)))
		p.covered.add(q.comp, b, q.seats[b.Seat], got)
	}
	p.burnSums(sums)
	for i := range sums {
		p.covered.share(sums[i].comp, sums[i].slot, g.Calls[sums[i].comp], p.used[sums[i].comp][sums[i].slot])
	}
}

// queue is the calls of one component in time order. They are as the meter keeps
// them, 24 bytes a call: only plans where their order matters have any.
type queue struct {
	burns []meter.Burn
	comp  string
	seats []string
}

// earliest is the queue whose next call is the earliest; of equals the first in
// the plan. nil: all are empty.
func earliest(queues []queue) *queue {
	var best *queue
	for i := range queues {
		if q := &queues[i]; len(q.burns) > 0 && (best == nil || q.burns[0].At < best.burns[0].At) {
			best = q
		}
	}
	return best
}

// burnSums uses up by sums: the dearest or cheapest rate first as the packages
// say; with one price the order does not matter.
func (p *pots) burnSums(sums []demand) {
	cheapest := map[string]bool{}
	for _, b := range p.buckets {
		for _, id := range b.pack.AppliesTo {
			cheapest[id] = cheapest[id] || b.pack.Burn == catalog.BurnCheapest
		}
	}
	sort.SliceStable(sums, func(i, j int) bool {
		a, b := &sums[i], &sums[j]
		if cheapest[a.comp] != cheapest[b.comp] {
			return cheapest[b.comp] // they share no package: which comes first does not matter
		}
		if cheapest[a.comp] {
			return a.price.Less(b.price)
		}
		return b.price.Less(a.price)
	})
	on, _ := p.terms.Service()
	for _, d := range sums {
		p.take(d.comp, d.slot, on, "", d.units)
	}
}

// leftovers are the grants that live on after the period, capped as the plan says.
func (p *pots) leftovers() []Left {
	var out []Left
	room := map[[2]string]exact.Number{} // what of a cap is not filled yet, by package and seat
	for _, b := range p.buckets {
		if b.expires <= p.terms.After || b.left.Sign() <= 0 && !dated(b.pack) {
			continue
		}
		comp, _ := p.terms.Plan.Component(b.pack.AppliesTo[0])
		left := b.left.Div(scaleOf(comp))
		if r := b.pack.Rollover; r != nil && r.Cap.Sign() > 0 {
			key := [2]string{b.pack.ID, b.seat}
			if _, begun := room[key]; !begun {
				room[key] = r.Cap
			}
			left = exact.Min(left, room[key])
			room[key] = room[key].Sub(left)
			if left.IsZero() {
				continue
			}
		}
		out = append(out, Left{Opening: contract.Opening{Package: b.pack.ID, Seat: b.seat, Granted: b.granted, Expires: b.expires, Left: left}, Unit: unitOf(comp)})
	}
	return out
}

// expired is what ends unused with the period, by package, in the component's unit.
func (p *pots) expired() map[string]exact.Number {
	out := map[string]exact.Number{}
	for _, b := range p.buckets {
		if b.expires <= p.terms.After && b.left.Sign() > 0 {
			comp, _ := p.terms.Plan.Component(b.pack.AppliesTo[0])
			out[b.pack.ID] = out[b.pack.ID].Add(b.left.Div(scaleOf(comp)))
		}
	}
	return out
}

// Left is what an included quantity leaves for later periods.
type Left struct {
	contract.Opening
	Unit string
}

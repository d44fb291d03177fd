package compare

import (
	"slices"
	"sync"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// ledger makes and keeps the bills of one offer under one load.
type ledger struct {
	c      *candidate
	l      *load
	months []month
	tax    TaxBasis

	gathered map[gatherKey]*meter.Gathered
	bills    map[billKey]*bill
	own      map[ownKey]*bill // of periods that are no months
}

type gatherKey struct {
	v *variant
	m int
}

type billKey struct {
	v   *variant
	m   int
	age int // months of service before; -1: service always was
}

// bill is what a comparison keeps of an invoice, in the offer's own currency.
type bill struct {
	total   exact.Number
	lines   []rating.Line
	tax     exact.Number // of total
	unknown []string
	missed  bool // usage it should have charged has no price: see uncovered
	invoice *invoice.Invoice
}

// open tells whether the total is only what is known of it.
func (b *bill) open() bool { return len(b.unknown) > 0 || b.missed }

func newLedger(c *candidate, l *load, months []month, tax TaxBasis) *ledger {
	return &ledger{c: c, l: l, months: months, tax: tax, gathered: map[gatherKey]*meter.Gathered{}, bills: map[billKey]*bill{}, own: map[ownKey]*bill{}}
}

// always is the age of a service that has been there for as long as it matters.
const always = -1

// bill makes the bill of a real month for a contract of an age in months.
// Opening is what the month before left.
func (g *ledger) bill(v *variant, m, age int, opening []contract.Opening) (*bill, error) {
	key := billKey{v, m, age}
	if v.ageless {
		key.age = always
	}
	if b := g.bills[key]; b != nil && len(opening) == 0 {
		return b, nil
	}
	gathered, err := g.gather(v, m)
	if err != nil {
		return nil, err
	}
	terms := *gathered.Terms
	if key.age != always {
		terms.Start = g.months[m].first.AddMonths(-age)
	}
	terms.Opening = opening
	again, err := gathered.Regather(&terms)
	if err != nil {
		return nil, err
	}
	b, err := g.drafted(again)
	if err == nil && len(opening) == 0 {
		g.bills[key] = b
	}
	return b, err
}

func (g *ledger) gather(v *variant, m int) (*meter.Gathered, error) {
	key := gatherKey{v, m}
	if got := g.gathered[key]; got != nil {
		return got, nil
	}
	got, err := g.l.gather(v, g.months[m])
	if err != nil {
		return nil, err
	}
	g.gathered[key] = got
	return got, nil
}

// chain makes the bills of n months on end, service beginning after age months
// already; real months repeat in their order. Own periods begin with service: at
// age 0, or always.
func (g *ledger) chain(end offer.End, fees bool, n, age int) ([]*bill, error) {
	if g.c.own {
		return g.ownChain(end, fees, n, age == always)
	}
	var out []*bill
	var opening []contract.Opening
	for i := range n {
		m := i % len(g.months)
		aged := age != always && g.c.term > 0 && i+age >= g.c.term
		v := g.c.at[which{end, fees, aged}]
		old := i + age
		if age == always {
			old = always
		}
		b, err := g.bill(v, m, old, opening)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		opening = nil
		if v.carries {
			opening = g.carry(b, m, (i+1)%len(g.months))
		}
	}
	return out, nil
}

// carry is what a bill hands on to the next; where the real months begin again,
// its dates go back with them.
func (g *ledger) carry(b *bill, from, to int) []contract.Opening {
	back := monthsBetween(g.months[to].first, g.months[from].after)
	var out []contract.Opening
	for _, c := range b.invoice.Carry {
		out = append(out, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted.AddMonths(-back), Expires: c.Expires.AddMonths(-back), Left: c.Left})
	}
	return out
}

// monthsBetween counts months from a to b; both are first days of months.
func monthsBetween(a, b timex.Date) int {
	ay, am, _ := a.Civil()
	by, bm, _ := b.Civil()
	return (by-ay)*12 + int(bm) - int(am)
}

// sum adds bills up.
func sum(bills []*bill) exact.Number {
	n := exact.Zero
	for _, b := range bills {
		n = n.Add(b.total)
	}
	return n
}

func isOpen(bills []*bill) bool {
	return slices.ContainsFunc(bills, (*bill).open)
}

// uncovered tells whether usage of a kind without a price keeps a bill from being
// a total: calls and events cost something somewhere, seats and log-ins where the
// plan goes by them. A module an offer does not have is a function it lacks, and
// no price.
func uncovered(p *catalog.Plan, facts string) bool {
	switch facts {
	case "calls", "events":
		return true
	case "seats":
		return measures(p, catalog.Measure.OfPlaces)
	case "sessions":
		return measures(p, catalog.Measure.OfLogins)
	}
	return false
}

// piece is a part of a cost in the offer's currency.
type piece struct {
	component string
	name      lang.Text
	kind      string
	amount    exact.Number
}

// pieces sums the lines of bills by component, and their tax.
func pieces(bills []*bill) []piece {
	var out []piece
	add := func(component, kind string, name lang.Text, n exact.Number) {
		if n.IsZero() {
			return
		}
		at := slices.IndexFunc(out, func(p piece) bool { return p.component == component && p.kind == kind })
		if at < 0 {
			at = len(out)
			out = append(out, piece{component: component, name: name, kind: kind, amount: exact.Zero})
		}
		out[at].amount = out[at].amount.Add(n)
	}
	for _, b := range bills {
		rest := b.total
		for i := range b.lines {
			l := &b.lines[i]
			add(l.Component, kindOf(l), l.Name, l.Amount.Exact())
			rest = rest.Sub(l.Amount.Exact())
		}
		add("", "tax", lang.Text{}, rest) // added to prices without it, or taken out of prices that contain it
	}
	return out
}

// kindOf sorts lines into the few kinds a buyer thinks in.
func kindOf(l *rating.Line) string {
	switch {
	case len(l.Component) > 4 && l.Component[:4] == offer.FeePrefix:
		return "fee"
	case l.Kind == rating.MinSpend:
		return "minimum"
	case l.Kind == rating.MaxSpend || l.Kind == rating.DiscountOf:
		return "discount"
	case l.Measure.OfSeats():
		return "seats"
	case l.Measure.OfTime():
		return "time"
	}
	switch l.Measure {
	case catalog.ModuleDays:
		return "module"
	case catalog.Calls:
		return "volume"
	case catalog.OneOff:
		return "once"
	case catalog.Events:
		return "events"
	}
	return "fixed"
}

// each runs work for 0 to n-1 on so many goroutines, and waits for all of them.
// The error is that of the lowest number.
func each(n, workers int, work func(i int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(n, max(workers, 1)) {
		wait.Go(func() {
			for i := range next {
				errs[i] = work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

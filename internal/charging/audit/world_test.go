package audit_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// world is a plan and the facts of a month, the same for the same seed.
type world struct {
	*rand.Rand
	plan     catalog.Plan
	calls    []usage.Call
	seats    []usage.Seat
	sessions []usage.Session
	rentals  []usage.Rental
	modules  []usage.Module
	events   []usage.Event
	first    timex.Date
	after    timex.Date
}

var cny = money.MustCurrency("CNY")

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func percent(n int64) catalog.Percent { return catalog.Percent{Number: exact.Scaled(n, 2)} }

// newWorld has seats, talk time (by one price or by rows), calls as events,
// modules, numbers and a base fee.
func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 23)), first: timex.MustDate("2026-03-01"), after: timex.MustDate("2026-04-01")}
	r := w.Rand
	cents := func(least, most int64, decimals int) catalog.Price {
		return catalog.PriceOf(exact.Scaled(least+r.Int64N(most-least), decimals))
	}
	inc := pick(r, catalog.Increment{First: 60, Next: 60}, catalog.Increment{First: 6, Next: 6}, catalog.Increment{First: 30, Next: 6}, catalog.Increment{First: 1, Next: 1})
	talk := catalog.Component{ID: "talk", Measure: catalog.TalkTime, TaxClass: "voice", Increment: inc}
	if r.IntN(3) == 0 {
		talk.Rates = []catalog.RateRow{{ID: "rest", Default: true, UnitPrice: cents(60, 160, 3)},
			{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: cents(160, 400, 3)}}
	} else {
		talk.UnitPrice = cents(60, 400, 3)
		if r.IntN(3) == 0 {
			talk.Included = &catalog.Included{Quantity: exact.Int(10 + r.Int64N(20))}
		}
	}
	seats := catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: cents(80, 300, 0), Proration: pick(r, catalog.ByDay, catalog.ByDay, catalog.Fixed30)}
	if r.IntN(3) == 0 {
		d := percent(5 + r.Int64N(20))
		seats.Discount = &catalog.Discount{ID: "year", Percent: &d}
	}
	w.plan = catalog.Plan{ID: "audited", Version: 1, Currency: cny, Zone: "Asia/Shanghai", Home: "CN",
		Tax:     catalog.Tax{Default: "software", Classes: []catalog.TaxClass{{ID: "software", Rates: []catalog.TaxRate{{Rate: percent(6)}}}, {ID: "voice", Rates: []catalog.TaxRate{{Rate: percent(9)}}}}},
		Modules: []catalog.Module{{ID: "recording"}},
		Components: []catalog.Component{seats, talk,
			{ID: "answered", Measure: catalog.Calls, Where: catalog.Filter{Result: []usage.Result{usage.Answered}}, UnitPrice: cents(11, 90, 3)},
			{ID: "recording", Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, UnitPrice: cents(200, 900, 0)},
			{ID: "numbers", Measure: catalog.Rentals, UnitPrice: cents(20, 90, 0)},
			{ID: "base", Measure: catalog.Recurring, UnitPrice: cents(300, 2000, 0)},
		}}
	w.facts()
	return w
}

// at is a moment of the month.
func (w *world) at(day, second int) timex.Instant {
	loc, _ := timex.LoadZone(w.plan.Zone)
	return (w.first + timex.Date(day)).Start(loc).Add(time.Duration(second) * time.Second)
}

func (w *world) facts() {
	for i := range 60 + w.IntN(60) {
		c := usage.Call{ID: "c" + strconv.Itoa(i), Source: "switch", Direction: usage.Outbound, Line: pick(w.Rand, usage.Mobile, usage.Mobile, usage.Landline),
			To: fmt.Sprintf("86138%08d", w.IntN(100_000_000)), Agent: "a" + strconv.Itoa(i%7), Start: w.at(w.IntN(31), 8*3600+w.IntN(10*3600)), Result: usage.NoAnswer}
		ring := time.Duration(2+w.IntN(30)) * time.Second
		c.End, c.Total = c.Start.Add(ring), ring
		if w.IntN(5) > 0 {
			c.Result, c.Answer, c.Talk = usage.Answered, c.Start.Add(ring), time.Duration(1+w.IntN(300))*time.Second
			c.End, c.Total = c.Answer.Add(c.Talk), ring+c.Talk
		}
		w.calls = append(w.calls, c)
	}
	for i := range 4 + w.IntN(12) {
		s := usage.Seat{ID: "s" + strconv.Itoa(i), Source: "desk", User: "u" + strconv.Itoa(i), From: w.at(-10, 0)}
		if w.IntN(4) == 0 {
			s.From = w.at(2+w.IntN(26), 0)
		}
		w.seats = append(w.seats, s)
	}
	w.modules = []usage.Module{{ID: "m1", Source: "desk", Module: "recording", From: w.at(1+w.IntN(20), 0)}}
	for i := range 1 + w.IntN(4) {
		w.rentals = append(w.rentals, usage.Rental{ID: "n" + strconv.Itoa(i), Source: "desk", Item: "number", From: w.at(-5, 0)})
	}
	w.events = []usage.Event{{ID: "e1", Source: "desk", Kind: "sms", Quantity: exact.Int(40), At: w.at(5, 9*3600)}}
}

func (w *world) tell(to usage.Sink) error {
	for i := range w.calls {
		c := w.calls[i]
		if err := to.Call(&c); err != nil {
			return err
		}
	}
	for _, f := range w.seats {
		if err := to.Seat(f); err != nil {
			return err
		}
	}
	for _, f := range w.sessions {
		if err := to.Session(f); err != nil {
			return err
		}
	}
	for _, f := range w.modules {
		if err := to.Module(f); err != nil {
			return err
		}
	}
	for _, f := range w.rentals {
		if err := to.Rental(f); err != nil {
			return err
		}
	}
	for _, f := range w.events {
		if err := to.Event(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) terms(t testing.TB, p *catalog.Plan) *contract.Terms {
	t.Helper()
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: p, First: w.first, After: w.after})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return terms
}

// draft is the invoice of a world under a plan.
func (w *world) draft(t testing.TB, p *catalog.Plan, detail func(*meter.Charged)) *invoice.Invoice {
	t.Helper()
	m, err := meter.New(w.terms(t, p), meter.Options{Detail: detail})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.tell(m); err != nil {
		t.Fatal(err)
	}
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	inv, err := invoice.Draft(g, invoice.Heading{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// copy is a world whose facts and plan can be changed without the other's.
func (w *world) copy() *world {
	out := *w
	out.calls = append([]usage.Call(nil), w.calls...)
	out.seats = append([]usage.Seat(nil), w.seats...)
	out.rentals = append([]usage.Rental(nil), w.rentals...)
	out.plan.Components = append([]catalog.Component(nil), w.plan.Components...)
	for i := range out.plan.Components {
		c := &out.plan.Components[i]
		c.Rates = append([]catalog.RateRow(nil), c.Rates...)
	}
	return &out
}

func (w *world) component(id string) *catalog.Component {
	c, _ := w.plan.Component(id)
	return c
}

// billLines writes an invoice as a vendor would: a line for each component, or
// for each of its rows.
func billLines(inv *invoice.Invoice) []audit.Line {
	var out []audit.Line
	for i := range inv.Lines {
		out = append(out, linesOf(&inv.Lines[i])...)
	}
	return out
}

func linesOf(l *rating.Line) []audit.Line {
	if len(l.Parts) == 1 {
		q, p := l.Charged, l.Parts[0].UnitPrice
		return []audit.Line{{Text: l.ID, Component: l.Component, Quantity: &q, UnitPrice: &p, Amount: l.Amount.Exact()}}
	}
	same := len(l.Parts) > 0
	for i := range l.Parts {
		same = same && l.Parts[i].UnitPrice.Equal(l.Parts[0].UnitPrice)
	}
	if same { // runs of days at one price
		q, p := l.Charged, l.Parts[0].UnitPrice
		return []audit.Line{{Text: l.ID, Component: l.Component, Quantity: &q, UnitPrice: &p, Amount: l.Amount.Exact()}}
	}
	return []audit.Line{{Text: l.ID, Component: l.Component, Amount: l.Amount.Exact()}}
}

// total puts taxes and total under the lines.
func total(t testing.TB, b *audit.Bill, p *catalog.Plan, on timex.Date) {
	t.Helper()
	var all []invoice.Taxed
	sum := exact.Zero
	for _, l := range b.Lines {
		class := p.Tax.Default
		if c, ok := p.Component(l.Component); ok && c.TaxClass != "" {
			class = c.TaxClass
		}
		rate, _ := p.Tax.RateOn(class, on)
		a, err := money.ToMinor(l.Amount, cny)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, invoice.Taxed{Amount: a, Rate: rate})
		sum = sum.Add(l.Amount)
	}
	totals, err := invoice.Taxes(all, false, p.Tax.Rounding, cny)
	if err != nil {
		t.Fatal(err)
	}
	b.Taxes = nil
	with := sum
	for i := range totals {
		b.Taxes = append(b.Taxes, audit.Tax{Rate: &totals[i].Rate, Amount: totals[i].Tax.Exact()})
		with = with.Add(totals[i].Tax.Exact())
	}
	b.Subtotal, b.Total = &sum, &with
}

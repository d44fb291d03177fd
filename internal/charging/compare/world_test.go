package compare_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func day(s string) timex.Date { return timex.MustDate(s) }

func price(s string) catalog.Price {
	p, err := catalog.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return p
}

func num(s string) exact.Number { return exact.MustParse(s) }

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// plan is a plan of the components given, in CNY and UTC.
func plan(id string, components ...catalog.Component) *catalog.Plan {
	return &catalog.Plan{ID: id, Version: 1, Name: lang.Text{En: "Plan " + id}, Currency: money.MustCurrency("CNY"), Zone: "UTC", Home: "CN", Components: components,
		Offer: &catalog.OfferNote{Vendor: "Vendor " + id, Source: "quotation", ReadOn: day("2026-11-01"), Confidence: "A"}}
}

// candidate is the offer a plan alone makes.
func candidate(p *catalog.Plan) compare.Candidate {
	return compare.Candidate{Offer: offer.FromPlan(p), Plan: p}
}

// facts are a world's usage, to be given to several sinks.
type facts struct {
	calls    []usage.Call
	sessions []usage.Session
	seats    []usage.Seat
	modules  []usage.Module
	rentals  []usage.Rental
	events   []usage.Event
}

func (f *facts) give(t testing.TB, to usage.Sink) {
	t.Helper()
	var errs []error
	for i := range f.calls {
		errs = append(errs, to.Call(&f.calls[i]))
	}
	for _, x := range f.sessions {
		errs = append(errs, to.Session(x))
	}
	for _, x := range f.seats {
		errs = append(errs, to.Seat(x))
	}
	for _, x := range f.modules {
		errs = append(errs, to.Module(x))
	}
	for _, x := range f.rentals {
		errs = append(errs, to.Rental(x))
	}
	for _, x := range f.events {
		errs = append(errs, to.Event(x))
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// bill is the plain way: every fact into one meter, one draft.
func (f *facts) bill(t testing.TB, in contract.Inputs) *invoice.Invoice {
	t.Helper()
	terms, problems := contract.TermsFor(in)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.give(t, m)
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

// talked adds answered calls of so many seconds, a minute apart, from a moment.
func (f *facts) talked(from timex.Instant, seconds ...int64) {
	for i, s := range seconds {
		at := from.Add(time.Duration(i) * time.Minute)
		c := usage.Call{ID: fmt.Sprint("c", len(f.calls)), Source: "test", Direction: usage.Outbound, Result: usage.NoAnswer, To: "13800138000", From: "02161234567", Start: at}
		if s > 0 {
			c.Result, c.Answer, c.Talk = usage.Answered, at, time.Duration(s)*time.Second
		}
		f.calls = append(f.calls, c)
	}
}

// randomFacts are a few months of everything, around the edges of months too.
func randomFacts(r *rand.Rand, months int) *facts {
	f := &facts{}
	from := day("2026-01-01").Start(time.UTC)
	length := day("2026-01-01").AddMonths(months).Start(time.UTC).Sub(from)
	at := func() timex.Instant { return from.Add(time.Duration(r.Int64N(int64(length)))) }
	for i := range 150 + r.IntN(250) {
		c := usage.Call{ID: fmt.Sprint("c", i), Source: pick(r, "a", "b"), Start: at(), Direction: pick(r, usage.Outbound, usage.Inbound, usage.Callback),
			Agent: pick(r, "ann", "bob", "cai", ""), To: pick(r, "13800138000", "02161234567", "8613900139000", "95555", "x", "00442071234567"), From: pick(r, "02161234567", "8001", ""),
			Line: pick(r, usage.Mobile, usage.Landline, ""), Result: pick(r, usage.NoAnswer, usage.Busy), Outcome: pick(r, "", "sale", "Sale"), Campaign: pick(r, "x", "y"),
			Purpose: pick(r, usage.Sales, usage.Survey), LegB: r.IntN(5) == 0}
		if r.IntN(4) > 0 {
			c.Result, c.Answer, c.Talk = usage.Answered, c.Start.Add(7*time.Second), time.Duration(r.Int64N(400)+1)*time.Second
			if r.IntN(6) == 0 {
				c.Talk = time.Duration(r.Int64N(90_000)+1) * time.Millisecond
			}
		}
		f.calls = append(f.calls, c)
	}
	for i := range 30 {
		from := at()
		f.sessions = append(f.sessions, usage.Session{ID: fmt.Sprint("l", i), Source: "a", User: fmt.Sprint("u", i%5), State: pick(r, "", usage.Ready, usage.Paused), From: from, To: from.Add(time.Duration(r.Int64N(9)+1) * time.Hour)})
		until := pick(r, 0, from.Add(time.Duration(r.Int64N(900))*time.Hour))
		f.seats = append(f.seats, usage.Seat{ID: fmt.Sprint("s", i%6), Source: "a", User: fmt.Sprint("u", i%5), From: from, To: until})
		f.events = append(f.events, usage.Event{ID: fmt.Sprint("e", i), Source: "a", Kind: pick(r, "sms", "storage"), Quantity: exact.Scaled(r.Int64N(4000), 2), At: at()})
		if i%6 == 0 {
			f.modules = append(f.modules, usage.Module{ID: fmt.Sprint("m", i), Source: "a", Module: pick(r, "recording", "quality"), From: from, To: until})
			f.rentals = append(f.rentals, usage.Rental{ID: fmt.Sprint("r", i), Source: "a", Item: "number", From: from, To: until})
		}
	}
	return f
}

// shuffled is the same facts in another order.
func (f *facts) shuffled(r *rand.Rand) *facts {
	out := *f
	out.calls = append([]usage.Call(nil), f.calls...)
	r.Shuffle(len(out.calls), func(i, j int) { out.calls[i], out.calls[j] = out.calls[j], out.calls[i] })
	out.sessions = append([]usage.Session(nil), f.sessions...)
	r.Shuffle(len(out.sessions), func(i, j int) { out.sessions[i], out.sessions[j] = out.sessions[j], out.sessions[i] })
	out.seats = append([]usage.Seat(nil), f.seats...)
	r.Shuffle(len(out.seats), func(i, j int) { out.seats[i], out.seats[j] = out.seats[j], out.seats[i] })
	return &out
}

// randomPlan has what plans can see of calls: kinds, hours, prefixes, legs,
// packages in the order of calls, and much else.
func randomPlan(r *rand.Rand, id string) compare.Candidate {
	increment := func() catalog.Increment {
		return pick(r, catalog.Increment{First: 60, Next: 60}, catalog.Increment{First: 30, Next: 6}, catalog.Increment{First: 1, Next: 1}, catalog.Increment{})
	}
	amount := func(decimals int) catalog.Price { return catalog.PriceOf(exact.Scaled(r.Int64N(9_999), decimals)) }
	out := catalog.Component{ID: "out", Measure: catalog.TalkTime, TaxClass: "voice", Increment: increment(), Legs: pick(r, "", catalog.FirstLeg, catalog.LegBOnly),
		Where: catalog.Filter{Direction: []usage.Direction{usage.Outbound, usage.Callback}}, Crossing: pick(r, "", catalog.CrossingIncrementStart, catalog.CrossingCallStart), ConnectFee: amount(5),
		Rates: []catalog.RateRow{{ID: "rest", Default: true, UnitPrice: amount(4)}, {ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: amount(4), LegFactor: r.IntN(3)},
			{ID: "day", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}, Schedule: []string{"day"}}, UnitPrice: amount(4)}}}
	in := catalog.Component{ID: "in", Measure: catalog.TalkTime, Where: catalog.Filter{Direction: []usage.Direction{usage.Inbound}}, Increment: increment()}
	bounded := out.Crossing == catalog.CrossingCallStart && r.IntN(2) == 0
	if bounded {
		out.Rates[0].MinEach = exact.Scaled(r.Int64N(9)+1, 1)
	}
	switch r.IntN(4) {
	case 0:
		in.Increment = catalog.Increment{}
		in.Rates = []catalog.RateRow{{ID: "long", Default: true, Bands: []catalog.Band{{UnitPrice: amount(4), Step: catalog.Duration(time.Minute)}, {From: catalog.Duration(90 * time.Second), UnitPrice: amount(4), Step: catalog.Duration(6 * time.Second)}}}}
	case 1:
		in.Deck, in.Increment = "world", catalog.Increment{}
	case 2:
		in.UnitPrice, in.RoundEach = amount(4), &catalog.Rounding{Decimals: r.IntN(4)}
	default:
		bound := exact.Int(1 + r.Int64N(90))
		in.Tiers = &catalog.Tiers{Mode: pick(r, catalog.Graduated, catalog.Volume), Rows: []catalog.Tier{{UpTo: &bound, UnitPrice: amount(4)}, {UnitPrice: amount(4)}}}
	}
	p := plan(id, out, in,
		catalog.Component{ID: "won", Measure: catalog.Calls, Where: catalog.Filter{Outcome: []string{"sale"}, LongerThan: catalog.Duration(pick(r, 0, 1500*time.Millisecond, 20*time.Second))}, UnitPrice: amount(2)},
		catalog.Component{ID: "hours", Measure: catalog.Calls, Where: catalog.Filter{Schedule: []string{"day"}}, UnitPrice: amount(3)},
		catalog.Component{ID: "peak", Measure: pick(r, catalog.SeatsConcurrentPeak, catalog.SeatsConcurrentP95, catalog.SeatsActive, catalog.SeatsNamed, catalog.SeatsAssigned), UnitPrice: amount(1)},
		catalog.Component{ID: "days", Measure: catalog.SeatDays, UnitPrice: amount(2)},
		catalog.Component{ID: "modules", Measure: catalog.ModuleDays, UnitPrice: amount(2)},
		catalog.Component{ID: "numbers", Measure: catalog.Rentals, UnitPrice: amount(2), Proration: pick(r, catalog.ByDay, catalog.AnyUse)},
		catalog.Component{ID: "sms", Measure: catalog.Events, UnitPrice: amount(4)},
		catalog.Component{ID: "base", Measure: catalog.Recurring, UnitPrice: amount(1)},
		catalog.Component{ID: "yearly", Measure: catalog.Recurring, UnitPrice: amount(1), Every: timex.Year, Timing: catalog.Advance},
		catalog.Component{ID: "setup", Measure: catalog.OneOff, UnitPrice: amount(1)})
	p.Zone = pick(r, "Asia/Shanghai", "America/New_York", "UTC")
	p.Tax = catalog.Tax{Prices: pick(r, catalog.TaxExclusive, catalog.TaxInclusive), Default: "software", Classes: []catalog.TaxClass{
		{ID: "software", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: num("0.06")}}}}, {ID: "voice", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: num("0.09")}}}}}}
	p.Schedules = []catalog.Schedule{{ID: "day", Windows: []catalog.Window{{Days: []catalog.DayWord{catalog.Workday}, From: catalog.Clock{Minute: 540, Set: true}, To: catalog.Clock{Minute: 1080, Set: true}}}}}
	p.Modules = []catalog.Module{{ID: "recording"}, {ID: "quality"}}
	p.Decks = []catalog.Deck{{ID: "world", Rows: []catalog.DeckRow{{Prefix: "86", UnitPrice: price("0.1")}}}}
	if in.RoundEach == nil && !bounded && r.IntN(2) == 0 {
		p.Packages = []catalog.Package{{ID: "pack", AppliesTo: []string{"out", "in"}, Included: catalog.Included{Quantity: exact.Int(r.Int64N(300)), Burn: pick(r, "", catalog.BurnDearest), Rollover: pick(r, nil, &catalog.Rollover{Periods: 2})}}}
		if r.IntN(3) == 0 {
			p.Packages[0].Burn, p.Packages[0].Scope = "", catalog.PerSeat
		}
	}
	if r.IntN(2) == 0 {
		p.Minimums = []catalog.Limit{{ID: "least", Amount: exact.Int(r.Int64N(30_000))}}
	}
	c := candidate(p)
	rows, _ := deck.Build([]deck.Entry{{Prefix: "86", Rate: deck.Rate{Price: 120_000_000, Per: 60, First: 60, Next: 6}}, {Prefix: "8613", Name: "mobile", Rate: deck.Rate{Price: 200_000_000, Per: 60, First: 6, Next: 6}},
		{Prefix: "44", Name: "far", Rate: deck.Rate{Price: 900_000_000, Per: 60, First: 60, Next: 60, Connect: 50_000_000}}})
	c.Decks = map[string]*deck.Deck{"world": rows}
	return c
}

package invoice_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// dice makes plans and facts of a seed.
type dice struct{ *rand.Rand }

func newDice(seed uint64) *dice { return &dice{rand.New(rand.NewPCG(seed, 17))} }

func (d *dice) chance(oneIn int) bool { return d.IntN(oneIn) == 0 }

// price is up to 9.999, sometimes unknown where that is asked for.
func (d *dice) price(decimals int, unknown bool) catalog.Price {
	if unknown && d.chance(12) {
		return catalog.Price{Set: true, Unknown: true}
	}
	return catalog.PriceOf(exact.Scaled(d.Int64N(10_000), decimals))
}

func pick[T any](d *dice, of ...T) T { return of[d.IntN(len(of))] }

// percent is a share of 0 to 49 %.
func (d *dice) percent() *catalog.Percent {
	return &catalog.Percent{Number: exact.Scaled(d.Int64N(50), 2)}
}

func whole(n int64) *exact.Number {
	out := exact.Int(n)
	return &out
}

// tiers are of either mode, with bounds a few units apart.
func (d *dice) tiers(mode catalog.TierMode) *catalog.Tiers {
	due := d.chance(2)
	out := &catalog.Tiers{Mode: mode, FlatAtZero: &due}
	bound := int64(0)
	for range 1 + d.IntN(3) {
		bound += 1 + d.Int64N(20)
		out.Rows = append(out.Rows, catalog.Tier{UpTo: whole(bound), UnitPrice: d.price(3, true), Flat: exact.Int(d.Int64N(30))})
	}
	out.Rows = append(out.Rows, catalog.Tier{UnitPrice: d.price(3, false)})
	return out
}

// plan has every kind of component, with rules by chance.
func (d *dice) plan() *catalog.Plan {
	p := &catalog.Plan{ID: "dice", Version: 1, Currency: money.MustCurrency("CNY"), Zone: pick(d, "Asia/Shanghai", "America/New_York", "UTC"), Home: "CN",
		PackOrder: pick(d, "", catalog.Oldest, catalog.Listed),
		Tax: catalog.Tax{Prices: pick(d, catalog.TaxExclusive, catalog.TaxInclusive), Rounding: pick(d, catalog.TaxOncePerRate, catalog.TaxPerLine), Default: "software",
			Classes: []catalog.TaxClass{{ID: "software", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: exact.Scaled(6, 2)}}}}, {ID: "voice", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: exact.Scaled(9, 2)}}}}}},
		Schedules: []catalog.Schedule{{ID: "day", Windows: []catalog.Window{{From: catalog.Clock{Minute: 540, Set: true}, To: catalog.Clock{Minute: 1080, Set: true}}}}},
		Decks:     []catalog.Deck{{ID: "world", Rows: []catalog.DeckRow{{Prefix: "86", UnitPrice: catalog.PriceOf(exact.Scaled(12, 2))}}}},
		Modules:   []catalog.Module{{ID: "recording"}, {ID: "quality"}, {ID: "core", Class: catalog.Base}},
	}
	p.Components = append(p.Components, d.places()...)
	p.Components = append(p.Components, d.talk()...)
	p.Components = append(p.Components, d.counted()...)
	p.Components = append(p.Components, d.fees()...)
	d.over(p)
	return p
}

// places are seats, modules and rentals.
func (d *dice) places() []catalog.Component {
	proration := func() catalog.Proration {
		return pick(d, catalog.ByDay, catalog.BySecond, catalog.Fixed30, catalog.Thirty360, catalog.NoProration, catalog.AnyUse)
	}
	assigned := catalog.Component{ID: "assigned", Measure: catalog.SeatsAssigned, SeatIncrease: pick(d, "", catalog.WholePeriod), SeatDecrease: pick(d, "", catalog.CreditDays),
		PaidPeak: pick(d, "", catalog.EveryIncrease), SameDay: pick(d, catalog.EndOfDay, catalog.MaxOfDay, catalog.EveryChange), Proration: proration()}
	if mode := pick(d, "", catalog.Graduated, catalog.Volume); mode != "" {
		assigned.Tiers = d.tiers(mode)
	} else {
		assigned.UnitPrice = d.price(2, true)
	}
	merge := d.chance(2)
	modules := catalog.Component{ID: "modules", Measure: catalog.ModuleDays, UnitPrice: d.price(2, false), Proration: proration(), OffDay: pick(d, "", catalog.OffDayCharged)}
	if d.chance(2) {
		modules.PerSeatOf = "active"
	}
	return []catalog.Component{
		assigned,
		{ID: "active", Measure: pick(d, catalog.SeatsActive, catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage), Tiers: d.tiers(catalog.Volume), Commitment: exact.Int(d.Int64N(4))},
		{ID: "peak", Measure: pick(d, catalog.SeatsConcurrentPeak, catalog.SeatsConcurrentP95), UnitPrice: d.price(1, false), MergeUser: &merge, Discount: &catalog.Discount{ID: "launch", Percent: d.percent()}},
		{ID: "seat-days", Measure: catalog.SeatDays, UnitPrice: d.price(2, false), Included: &catalog.Included{Quantity: exact.Int(d.Int64N(30))}},
		{ID: "logged-in", Measure: catalog.SystemTime, Unit: pick(d, catalog.Hour, catalog.Minute), UnitPrice: d.price(4, false), RoundTotal: &catalog.Multiple{Mode: exact.Up, To: exact.One}},
		modules,
		{ID: "lines", Measure: catalog.Rentals, UnitPrice: d.price(2, false), Proration: proration()},
	}
}

// talk is calls by time: outbound by rows and hours, inbound by bands or deck.
func (d *dice) talk() []catalog.Component {
	increment := func() catalog.Increment {
		return pick(d, catalog.Increment{First: 60, Next: 60}, catalog.Increment{First: 30, Next: 6}, catalog.Increment{First: 1, Next: 1})
	}
	out := catalog.Component{ID: "out", Measure: catalog.TalkTime, TaxClass: "voice", Where: catalog.Filter{Direction: []usage.Direction{usage.Outbound}},
		Increment: increment(), Crossing: pick(d, "", catalog.CrossingIncrementStart, catalog.CrossingCallStart), ConnectFee: d.price(4, false)}
	out.Rates = []catalog.RateRow{
		{ID: "rest", Default: true, UnitPrice: d.price(4, true)},
		{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: d.price(4, false), LegFactor: d.IntN(3)},
		{ID: "mobile-day", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}, Schedule: []string{"day"}}, UnitPrice: d.price(4, false)},
	}
	in := catalog.Component{ID: "in", Measure: catalog.TalkTime, TaxClass: "voice", Where: catalog.Filter{Direction: []usage.Direction{usage.Inbound}}}
	switch d.IntN(4) {
	case 0:
		in.Rates = []catalog.RateRow{{ID: "long", Default: true, Bands: []catalog.Band{{UnitPrice: d.price(4, false), Step: catalog.Duration(time.Minute)}, {From: catalog.Duration(90 * time.Second), UnitPrice: d.price(4, false), Step: catalog.Duration(6 * time.Second)}}}}
	case 1:
		in.Deck = "world"
	case 2:
		in.Tiers, in.Increment = d.tiers(catalog.Graduated), increment()
	default:
		in.UnitPrice, in.Increment, in.RoundEach = d.price(4, false), increment(), &catalog.Rounding{Decimals: d.IntN(5)}
	}
	whole := catalog.Component{ID: "by-call", Measure: catalog.Calls, Where: catalog.Filter{Result: []usage.Result{usage.Answered}}, UnitPrice: d.price(3, false)}
	return []catalog.Component{out, in, whole}
}

// counted are events, summed and one by one.
func (d *dice) counted() []catalog.Component {
	each := catalog.Component{ID: "payments", Measure: catalog.Events, Where: catalog.Filter{Kind: []string{"payment"}}, UnitPrice: d.price(4, false), FeeEach: exact.Scaled(d.Int64N(200), 2),
		MinEach: exact.Scaled(d.Int64N(100), 2), MaxEach: exact.Int(3 + d.Int64N(20)), Included: &catalog.Included{Quantity: exact.Int(d.Int64N(40))}}
	return []catalog.Component{
		{ID: "messages", Measure: catalog.Events, Where: catalog.Filter{Kind: []string{"SMS"}}, Block: &catalog.Block{Size: exact.Int(1 + d.Int64N(20)), Price: d.price(2, true)}},
		each,
	}
}

// fees are fixed, due once, and a share of others.
func (d *dice) fees() []catalog.Component {
	return []catalog.Component{
		{ID: "base", Measure: catalog.Recurring, UnitPrice: d.price(1, false), Minimum: exact.Int(d.Int64N(200)), Order: []catalog.Step{catalog.StepMinimum}},
		{ID: "yearly", Measure: catalog.Recurring, UnitPrice: d.price(1, false), Every: timex.Year, Timing: catalog.Advance},
		{ID: "weekly", Measure: catalog.Recurring, UnitPrice: d.price(2, false), Every: timex.Week},
		{ID: "setup", Measure: catalog.OneOff, UnitPrice: d.price(1, false), Maximum: exact.Int(100 + d.Int64N(500))},
		{ID: "support", Measure: catalog.PercentOf, Of: []string{"base", "assigned", "out"}, Percent: d.percent()},
	}
}

// over adds what is about several components.
func (d *dice) over(p *catalog.Plan) {
	in, _ := p.Component("in")
	if in.RoundEach == nil {
		burn := pick(d, "", catalog.BurnDearest, catalog.BurnCheapest) // one for all: they meet in "out"
		each := catalog.Included{Quantity: exact.Int(d.Int64N(20)), Burn: burn, Per: catalog.PerSeatCount, SeatsOf: "active"}
		if d.chance(2) {
			each = catalog.Included{Quantity: each.Quantity, Scope: catalog.PerSeat}
			burn = ""
		}
		p.Packages = []catalog.Package{
			{ID: "month", AppliesTo: []string{"out", "in"}, Included: catalog.Included{Quantity: exact.Int(d.Int64N(60)), Burn: burn, Rollover: &catalog.Rollover{Periods: 1 + d.IntN(3), Cap: exact.Int(1 + d.Int64N(29))}}},
			{ID: "each", AppliesTo: []string{"out"}, Included: each},
		}
	}
	p.Cheapest = []catalog.Cheapest{{ID: "best", Options: []catalog.CheapestOption{{ID: "by-seat", Components: []string{"assigned"}}, {ID: "by-peak", Components: []string{"peak"}}, {ID: "by-hour", Components: []string{"logged-in"}}}}}
	p.Discounts = []catalog.Discount{{ID: "volume", Percent: d.percent(), Components: []string{"out", "in"}}, {ID: "gift", Amount: exact.Scaled(d.Int64N(5000), 2)}}
	if d.chance(2) {
		p.Minimums = []catalog.Limit{{ID: "least", Amount: exact.Int(1 + d.Int64N(900)), Prorate: d.chance(2), Base: pick(d, "", catalog.ExactLines)}}
	}
	if d.chance(2) {
		p.Maximums = []catalog.Limit{{ID: "most", Amount: exact.Int(1 + d.Int64N(900)), Components: []string{"out", "in", "base"}, Prorate: d.chance(2)}}
	}
}

// terms are a month of the plan, sometimes with a contract that begins in it.
func (d *dice) terms(t testing.TB, p *catalog.Plan) *contract.Terms {
	t.Helper()
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	rows, found := deck.Build([]deck.Entry{{Prefix: "86", Rate: deck.Rate{Price: 120_000_000, Per: 60, First: 60, Next: 6}}, {Prefix: "8613", Name: "mobile", Rate: deck.Rate{Price: 200_000_000, Per: 60, First: 6, Next: 6}}})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	in := contract.Inputs{Plan: p, Decks: map[string]*deck.Deck{"world": rows}, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")}
	in.Stated.Start = pick(d, 0, timex.MustDate("2026-03-01"), timex.MustDate("2026-03-11"), timex.MustDate("2025-11-20"))
	if d.chance(3) {
		in.Opening = []contract.Opening{{Package: "month", Granted: timex.MustDate("2026-02-01"), Expires: timex.MustDate("2026-05-01"), Left: exact.Int(d.Int64N(20))}}
	}
	terms, problems := contract.TermsFor(in)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return terms
}

// facts are of every kind, some of them outside the month, some at the same time.
func (d *dice) facts(terms *contract.Terms) []any {
	var out []any
	at := func() timex.Instant {
		return terms.Period.From.Add(time.Duration(d.Int64N(33*24*60)-24*60) * time.Minute)
	}
	for i := range 60 + d.IntN(60) {
		c := &usage.Call{ID: fmt.Sprint("c", i), Source: pick(d, "a", "b"), Start: at(), Direction: pick(d, usage.Outbound, usage.Inbound), Agent: pick(d, "ann", "bob", "cai"),
			To: pick(d, "13800138000", "02161234567", "8613900139000", "95555", "x"), Line: pick(d, usage.Mobile, usage.Landline, ""), Result: usage.NoAnswer}
		if !d.chance(4) {
			c.Result, c.Answer, c.Talk = usage.Answered, c.Start.Add(7*time.Second), time.Duration(d.Int64N(900_000))*time.Millisecond
		}
		out = append(out, c)
	}
	for i := range 8 {
		from := at()
		until := pick(d, 0, from.Add(time.Duration(d.Int64N(400))*time.Hour))
		out = append(out, usage.Seat{ID: fmt.Sprint("s", i%6), Source: "a", User: fmt.Sprint("u", i), From: from, To: until},
			usage.Session{ID: fmt.Sprint("l", i), Source: "a", User: fmt.Sprint("u", i%4), State: pick(d, "", usage.Ready, usage.Paused, usage.Offline), From: from, To: from.Add(time.Duration(d.Int64N(9)) * time.Hour)},
			usage.Module{ID: fmt.Sprint("m", i), Source: "a", Module: pick(d, "recording", "quality", "core", "other"), From: from, To: until},
			usage.Rental{ID: fmt.Sprint("r", i), Source: "a", Item: pick(d, "number", "device"), From: from, To: until},
			usage.Event{ID: fmt.Sprint("e", i), Source: pick(d, "a", "ab"), Kind: pick(d, "sms", "payment", "storage"), Quantity: exact.Scaled(d.Int64N(4000), 2), At: pick(d, from, terms.Period.From)})
	}
	return out
}

// give hands facts to a meter.
func give(t testing.TB, m *meter.Meter, facts []any) {
	t.Helper()
	for _, f := range facts {
		var err error
		switch f := f.(type) {
		case *usage.Call:
			err = m.Call(f)
		case usage.Seat:
			err = m.Seat(f)
		case usage.Session:
			err = m.Session(f)
		case usage.Module:
			err = m.Module(f)
		case usage.Rental:
			err = m.Rental(f)
		case usage.Event:
			err = m.Event(f)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func newMeter(t testing.TB, terms *contract.Terms) *meter.Meter {
	t.Helper()
	m, err := meter.New(terms, meter.Options{Evidence: true})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// draft ends a meter and bills it.
func draft(t testing.TB, m *meter.Meter) *invoice.Invoice {
	t.Helper()
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	inv, err := invoice.Draft(g, invoice.Heading{Contract: "dice", Seller: invoice.Party{Name: "Seller"}, Buyer: invoice.Party{Name: "Buyer"}})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func asJSON(t testing.TB, inv *invoice.Invoice) string {
	t.Helper()
	b, err := json.MarshalIndent(inv, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

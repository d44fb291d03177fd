package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const (
	comparedCalls = 1_000_000
	comparedUsers = 60
	comparedFirst = "2025-01-01" // twelve months
)

// logged is a call of the comparison, packed.
type logged struct {
	start timex.Instant
	talk  int32 // seconds; 0: not answered
	line  uint8 // 0 mobile, 1 landline
	user  uint8
	to    uint32
}

// callYear is a year of calling: a million attempts on working days and hours,
// 45 % of them answered, for 75 seconds on average, by sixty people.
type callYear struct{ calls []logged }

func newCallYear() *callYear {
	r := rand.New(rand.NewPCG(21, 22))
	first := timex.MustDate(comparedFirst)
	var days []timex.Date
	for d := first; d < first.AddMonths(12); d++ {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			days = append(days, d)
		}
	}
	y := &callYear{calls: make([]logged, comparedCalls)}
	for i := range y.calls {
		c := &y.calls[i]
		day := days[i*len(days)/comparedCalls]
		c.start = day.Start(time.UTC).Add(8*time.Hour + time.Duration(r.Int64N(11*3600))*time.Second)
		c.line, c.user, c.to = uint8(r.IntN(10)/7), uint8(r.IntN(comparedUsers)), uint32(r.IntN(400_000))
		if r.Float64() < 0.45 {
			c.talk = int32(math.Ceil(r.ExpFloat64() * 75))
			c.talk = max(c.talk, 1)
		}
	}
	return y
}

// give hands every call and log-in over, as readers of records do it.
func (y *callYear) give(to usage.Sink) error {
	lines := [2]usage.Line{usage.Mobile, usage.Landline}
	agents, numbers := make([]string, comparedUsers), make([]byte, 0, 16)
	for i := range agents {
		agents[i] = fmt.Sprint("agent-", i)
	}
	c := usage.Call{Source: "bench", ID: "1", Direction: usage.Outbound, From: "+862150000000"}
	for i := range y.calls {
		l := &y.calls[i]
		numbers = fmt.Appendf(numbers[:0], "+8613%09d", l.to)
		c.Start, c.Answer, c.Result, c.Talk, c.Line, c.Agent, c.To = l.start, 0, usage.NoAnswer, seconds(int(l.talk)), lines[l.line], agents[l.user], string(numbers)
		if l.talk > 0 {
			c.Answer, c.Result = l.start, usage.Answered
		}
		if err := to.Call(&c); err != nil {
			return err
		}
	}
	first := timex.MustDate(comparedFirst)
	for d := first; d < first.AddMonths(12); d++ {
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
			continue
		}
		for i, user := range agents {
			from := d.Start(time.UTC).Add(8 * time.Hour)
			if err := to.Session(usage.Session{ID: fmt.Sprint(d, i), Source: "bench", User: user, From: from, To: from.Add(11 * time.Hour)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// tariff is one offer of the comparison, with what a database is asked for it:
// the billed seconds, or calls, of each month and row.
type tariff struct {
	id     string
	plan   *catalog.Plan
	sum    string         // SQL expression over one call; empty: seats, not calls
	rows   string         // SQL expression of the row; "0": one
	prices []exact.Number // of a second, or call, by row
	free   int64          // seconds included a month
	seats  exact.Number   // a user and month, beside
	base   exact.Number   // a month, beside
}

// billedSQL is the SQL of first/next increments, counted from the end of the
// first.
func billedSQL(first, next int32) string {
	return fmt.Sprintf("CASE WHEN talk <= %d THEN %d ELSE %d + (talk - %d + %d) / %d * %d END", first, first, first, first, next-1, next, next)
}

// tariffs are twenty offers of all methods.
func tariffs() []tariff {
	price := func(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }
	plan := func(id string, comps ...catalog.Component) *catalog.Plan {
		return &catalog.Plan{ID: id, Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Home: "CN", Components: comps, Unmetered: []string{"calls", "sessions", "seats"},
			Offer:     &catalog.OfferNote{Vendor: id, Source: "bench", ReadOn: timex.MustDate("2026-11-01"), Confidence: "A"},
			Schedules: []catalog.Schedule{{ID: "busy", Windows: []catalog.Window{{From: catalog.Clock{Minute: 540, Set: true}, To: catalog.Clock{Minute: 1020, Set: true}}}}}}
	}
	second := func(s string) exact.Number { return exact.MustParse(s).Div(exact.Int(60)) }
	var out []tariff
	for i, inc := range []catalog.Increment{{First: 60, Next: 60}, {First: 30, Next: 6}, {First: 6, Next: 6}, {First: 1, Next: 1}, {First: 60, Next: 1}, {First: 30, Next: 30}} {
		p := fmt.Sprintf("0.%d", 10+i*3)
		id := fmt.Sprint("minutes-", i)
		out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: inc, UnitPrice: price(p)}), sum: billedSQL(inc.First, inc.Next), rows: "0", prices: []exact.Number{second(p)}})
		id = fmt.Sprint("lines-", i)
		if i < 4 {
			out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: inc, Rates: []catalog.RateRow{{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: price(p)}, {ID: "rest", Default: true, UnitPrice: price("0.08")}}}),
				sum: billedSQL(inc.First, inc.Next), rows: "line", prices: []exact.Number{second(p), second("0.08")}})
		}
	}
	for i, inc := range []catalog.Increment{{First: 60, Next: 60}, {First: 6, Next: 6}} {
		id := fmt.Sprint("hours-", i)
		out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: inc, Crossing: catalog.CrossingCallStart,
			Rates: []catalog.RateRow{{ID: "busy", Match: catalog.Filter{Schedule: []string{"busy"}}, UnitPrice: price("0.15")}, {ID: "rest", Default: true, UnitPrice: price("0.09")}}}),
			sum: billedSQL(inc.First, inc.Next), rows: "CASE WHEN hour >= 9 AND hour < 17 THEN 0 ELSE 1 END", prices: []exact.Number{second("0.15"), second("0.09")}})
	}
	for i := range 3 {
		id, included := fmt.Sprint("packages-", i), int64(10_000*(i+1))
		out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "base", Measure: catalog.Recurring, UnitPrice: price(fmt.Sprint(900 * (i + 1)))},
			catalog.Component{ID: "talk", Measure: catalog.TalkTime, Included: &catalog.Included{Quantity: exact.Int(included)}, UnitPrice: price("0.12")}),
			sum: billedSQL(60, 60), rows: "0", prices: []exact.Number{second("0.12")}, free: included * 60, base: exact.Int(int64(900 * (i + 1)))})
	}
	out = append(out, tariff{id: "calls", plan: plan("calls", catalog.Component{ID: "answered", Measure: catalog.Calls, Where: catalog.Filter{Result: []usage.Result{usage.Answered}}, UnitPrice: price("0.2")}), sum: "1", rows: "0", prices: []exact.Number{exact.MustParse("0.2")}})
	for i, m := range []catalog.Measure{catalog.SeatsActive, catalog.SeatsConcurrentPeak} {
		id := fmt.Sprint("seats-", i)
		out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "seats", Measure: m, UnitPrice: price("120")}), seats: exact.Int(120)})
	}
	for i := range 2 {
		id := fmt.Sprint("seats-and-minutes-", i)
		out = append(out, tariff{id: id, plan: plan(id, catalog.Component{ID: "seats", Measure: catalog.SeatsActive, UnitPrice: price("60")}, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 6, Next: 6}, UnitPrice: price("0.07")}),
			sum: billedSQL(6, 6), rows: "0", prices: []exact.Number{second("0.07")}, seats: exact.Int(60)})
	}
	return out
}

func candidates(list []tariff) []compare.Candidate {
	var out []compare.Candidate
	for _, t := range list {
		out = append(out, compare.Candidate{Offer: offer.FromPlan(t.plan), Plan: t.plan})
	}
	return out
}

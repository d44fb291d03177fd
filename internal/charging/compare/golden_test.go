package compare_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/usage"
)

// result compares and gives everything.
func result(t *testing.T, in compare.Input, f *facts) *compare.Result {
	t.Helper()
	cmp, err := compare.New(in)
	if err != nil {
		t.Fatal(err)
	}
	f.give(t, cmp)
	r, err := cmp.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func seatPlan(id, price1 string) *catalog.Plan {
	p := plan(id, catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price(price1)})
	p.Unmetered = []string{"calls", "sessions"}
	return p
}

func minutePlan(id, price1, increment string) *catalog.Plan {
	inc, err := catalog.ParseIncrement(increment)
	if err != nil {
		panic(err)
	}
	p := plan(id, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: inc, UnitPrice: price(price1)})
	p.Unmetered = []string{"seats", "sessions"}
	return p
}

// seated gives so many people a seat in April 2026, and a log-in of nine hours
// every day.
func seated(n int) *facts {
	f := &facts{}
	for i := range n {
		user := string(rune('a'+i/26)) + string(rune('a'+i%26))
		for d := day("2026-04-01"); d < day("2026-05-01"); d++ {
			from := d.Start(time.UTC).Add(9 * time.Hour)
			f.sessions = append(f.sessions, usage.Session{ID: user + d.String(), Source: "test", User: user, From: from, To: from.Add(9 * time.Hour)})
		}
		f.seats = append(f.seats, usage.Seat{ID: user, Source: "test", User: user, From: day("2026-04-01").Start(time.UTC), To: day("2026-05-01").Start(time.UTC)})
	}
	return f
}

// Thirty seats at 300 against minutes at 0.1, 300 minutes a seat and day over
// thirty days: 9,000 against 27,000, and even at 3,000 minutes a seat and month.
func TestSeatsAgainstMinutes(t *testing.T) {
	f := seated(30)
	for d := day("2026-04-01"); d < day("2026-05-01"); d++ {
		f.talked(d.Start(time.UTC).Add(10*time.Hour), repeat(300*60, 30)...) // each seat talks for 300 minutes on end
	}
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(seatPlan("seats", "300")), candidate(minutePlan("minutes", "0.1", "60/60"))}, Months: []int{1}}, f)
	if got := r.Offers[0].Horizons[0].Total.Low.Decimal() + " " + r.Offers[1].Horizons[0].Total.Low.Decimal(); r.Offers[0].Offer != "seats" || got != "9000.00 27000.00" {
		t.Errorf("seats and minutes: %s first, %s; want 9000.00 27000.00", r.Offers[0].Offer, got)
	}
	b := breakEven(t, r, compare.MinutesPerSeat)
	if len(b.Points) != 1 || !b.Points[0].At.Equal(num("3000")) || !b.Points[0].Exact || b.Points[0].Below != "minutes" || b.Points[0].Above != "seats" {
		t.Errorf("break-even %+v, want one exact point at 3000 minutes a seat, minutes cheaper below", b.Points)
	}
	if !b.Now.Equal(num("9000")) {
		t.Errorf("now at %s minutes a seat, want 9000", b.Now)
	}
	if u := breakEven(t, r, compare.Utilisation); len(u.Points) != 1 || !u.Points[0].At.Equal(exact.Frac(3000, 30*9*60)) {
		t.Errorf("utilisation %+v, want 3000 of 16200 minutes logged in", u.Points)
	}
}

func repeat(seconds int64, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = seconds
	}
	return out
}

func breakEven(t *testing.T, r *compare.Result, axis compare.Axis) *compare.BreakEven {
	t.Helper()
	for i := range r.BreakEvens {
		if r.BreakEvens[i].Axis == axis {
			return &r.BreakEvens[i]
		}
	}
	t.Fatalf("no break-even on %s", axis)
	return nil
}

// Baidu's lanes: eleven cost less than ten, and so they do along the axis of
// seats; 800 against 0.2 a minute is even at 4,000 minutes a lane.
func TestLanesAndTheirCliff(t *testing.T) {
	five, ten := exact.Int(5), exact.Int(10)
	lanes := plan("lanes", catalog.Component{ID: "lanes", Measure: catalog.SeatsActive, Tiers: &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{{UpTo: &five, UnitPrice: price("800")}, {UpTo: &ten, UnitPrice: price("720")}, {UnitPrice: price("640")}}}})
	lanes.Unmetered = []string{"calls", "seats"}
	f := seated(5)
	f.talked(day("2026-04-02").Start(time.UTC), repeat(3600, 300)...) // 18,000 minutes
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(lanes), candidate(minutePlan("minutes", "0.2", "60/60"))}, Months: []int{1}}, f)
	if got := r.Offers[1].Horizons[0].Total.Low.Decimal(); r.Offers[1].Offer != "lanes" || got != "4000.00" {
		t.Errorf("five lanes cost %s (%s), want 4000.00", got, r.Offers[1].Offer)
	}
	b := breakEven(t, r, compare.SeatCount)
	costs := map[string]string{}
	for _, p := range b.Curve {
		lane := p.A
		if b.A != "lanes" {
			lane = p.B
		}
		costs[p.At.String()] = lane.Decimal()
	}
	for seats, want := range map[string]string{"5": "4000.00", "6": "4320.00", "10": "7200.00", "11": "7040.00"} {
		if costs[seats] != "" && costs[seats] != want {
			t.Errorf("%s lanes cost %s, want %s", seats, costs[seats], want)
		}
	}
	if m := breakEven(t, r, compare.MinutesPerSeat); len(m.Points) != 1 || !m.Points[0].At.Equal(num("4000")) || !m.Points[0].Exact {
		t.Errorf("break-even %+v, want exactly 4000 minutes a lane", m.Points)
	}
}

// A price nobody knows makes a total that cannot be told, a stated range makes a
// range; neither is zero, and neither wins by being small.
func TestUnknownIsNeverZero(t *testing.T) {
	f := seated(2)
	f.talked(day("2026-04-02").Start(time.UTC), 60, 60, 60, 60)
	ranged := candidate(minutePlan("ranged", "unknown", "60/60"))
	ranged.Offer.Prices = []offer.PriceRange{{Component: "talk", Low: num("0.1"), High: num("0.5")}}
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("open", "unknown", "60/60")), ranged, candidate(minutePlan("known", "0.4", "60/60"))}, Months: []int{1, 12}}, f)
	var order []string
	for _, o := range r.Offers {
		order = append(order, o.Offer)
	}
	if got := strings.Join(order, " "); got != "ranged known open" {
		t.Errorf("in the order %s; the middle of the range is cheaper than the known price, and what cannot be totalled comes last", got)
	}
	if h := r.Offers[0].Horizons[0].Total; h.Low.Decimal() != "0.40" || h.High.Decimal() != "2.00" || h.Open {
		t.Errorf("the range is %+v", h)
	}
	if h := r.Offers[2].Horizons[0]; !h.Total.Open || h.BestHigh || len(r.Offers[2].Unknown) != 1 {
		t.Errorf("the open offer: %+v", h)
	}
	if r.Recommendation.Offer != "ranged" || r.Recommendation.Certain {
		t.Errorf("recommended %+v, want ranged, not certain", r.Recommendation)
	}
	only := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("open", "unknown", "60/60"))}, Months: []int{1}}, f)
	if only.Recommendation.Offer != "" || only.Answer[0].Key != "compare.answer.open" {
		t.Errorf("an offer that cannot be totalled was recommended: %+v", only.Recommendation)
	}
}

// Hidden fees are bills too: one-off, monthly, for each seat and minute, on an
// occasion, on renewal; what is only listed is not summed.
func TestHiddenFees(t *testing.T) {
	f := seated(3)
	f.talked(day("2026-04-02").Start(time.UTC), 61, 30)
	c := candidate(seatPlan("seats", "100"))
	low, high, rise := num("10"), num("20"), catalog.Percent{Number: num("0.1")}
	c.Offer.Fees = []offer.Fee{
		{Category: offer.SetUp, Answer: offer.Charged, Amount: price("500"), Per: offer.Once},
		{Category: offer.InvoiceFee, Answer: offer.Charged, Low: &low, High: &high, Per: offer.EachMonth},
		{Category: offer.AdminLicences, Answer: offer.Charged, Amount: price("7"), Per: offer.EachSeat},
		{Category: offer.LineRent, Answer: offer.Charged, Amount: price("0.5"), Per: offer.EachMinute},
		{Category: offer.Training, Answer: offer.Charged, Amount: price("120"), Per: offer.Occasion, Times: num("2")},
		{Category: offer.PlanChange, Answer: offer.Charged, Amount: price("1000"), Per: offer.Occasion},
		{Category: offer.RenewalUplift, Answer: offer.Charged, Percent: &rise, Per: offer.OnRenewal},
		{Category: offer.NumberRent, Answer: offer.Included},
	}
	var err error
	if c.Offer.Term, err = contract.ParseTerm("12 months"); err != nil {
		t.Fatal(err)
	}
	if err := c.Offer.Check(c.Plan).Err(); err != nil {
		t.Fatal(err)
	}
	r := result(t, compare.Input{Candidates: []compare.Candidate{c}, Months: []int{1, 12, 24}}, f)
	// a month: 300 seats, 10..20 invoice, 21 licences, 3 x 0.5 line, 20 training
	for i, want := range []string{"852.50 862.50", "4730.00 4850.00", "9320.00 9560.00"} { // renewal: 10 % of 300 for 12 months
		h := r.Offers[0].Horizons[i]
		if got := h.Total.Low.Decimal() + " " + h.Total.High.Decimal(); got != want {
			t.Errorf("%d months cost %s, want %s", h.Months, got, want)
		}
	}
	if got := r.Offers[0].Horizons[0].Plan.Low.Decimal(); got != "300.00" {
		t.Errorf("the plan alone costs %s, want 300.00", got)
	}
	if got := r.Offers[0].Horizons[0].Setup.Low.Decimal(); got != "500.00" {
		t.Errorf("coming costs %s, want 500.00", got)
	}
	s := r.HiddenFees[0]
	if s.Known != 8 || s.Asked != len(offer.Categories()) || len(s.Answers) != s.Asked {
		t.Errorf("%d of %d answered, %d told", s.Known, s.Asked, len(s.Answers))
	}
	for _, a := range s.Answers {
		if a.Category == offer.PlanChange && (!a.Listed || a.Cost != nil) {
			t.Errorf("a fee on an occasion nobody expects was summed: %+v", a)
		}
		if a.Category == offer.LineRent && a.Cost.Low.Decimal() != "18.00" {
			t.Errorf("line rent over a year: %s, want 18.00", a.Cost.Low.Decimal())
		}
	}
}

// Rounding alone: short calls make the increment worth more than the rate.
func TestRoundingCost(t *testing.T) {
	f := seated(1)
	f.talked(day("2026-04-02").Start(time.UTC), 10, 31, 8, 5)
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("coarse", "0.6", "60/60")), candidate(minutePlan("fine", "0.6", "6/6"))}, Months: []int{1}}, f)
	want := map[string]int64{"60/60": 240, "30/6": 126, "6/6": 66, "1/1": 54}
	for _, b := range r.Rounding.Billed {
		if b.Seconds != want[b.Increment] {
			t.Errorf("%s bills %d seconds, want %d", b.Increment, b.Seconds, want[b.Increment])
		}
	}
	for _, o := range r.Rounding.Offers {
		own := map[string]string{"coarse": "2.40", "fine": "0.66"}[o.Offer]
		for _, c := range o.Costs {
			w := map[string]string{"60/60": "2.40", "30/6": "1.26", "6/6": "0.66", "1/1": "0.54"}[c.Increment]
			if c.Total.Low.Decimal() != w {
				t.Errorf("%s at %s costs %s, want %s", o.Offer, c.Increment, c.Total.Low.Decimal(), w)
			}
			if c.Increment == o.Own[0] && c.Total.Low.Decimal() != own {
				t.Errorf("%s at its own increment costs %s, want %s", o.Offer, c.Total.Low.Decimal(), own)
			}
		}
	}
}

// names in three languages come with every phrase a comparison makes.
func checkPhrases(t *testing.T, r *compare.Result) {
	t.Helper()
	var all []compare.Phrase
	all = append(all, r.Answer...)
	all = append(all, r.Notes...)
	all = append(append(append(all, r.Recommendation.Reasons...), r.Recommendation.But...), r.Recommendation.Next...)
	for _, d := range r.Differences {
		for _, x := range d.Drivers {
			all = append(all, x.Why)
		}
	}
	for _, s := range r.WhatIf {
		all = append(all, s.Name)
	}
	for _, x := range r.Refused {
		all = append(all, x.Why)
	}
	for _, x := range r.Flexibility {
		all = append(all, x.Notes...)
	}
	for _, p := range all {
		for _, tag := range lang.Tags() {
			if s := p.In(tag); strings.ContainsAny(s, "{}[") {
				t.Errorf("%s in %s has a gap: %s", p.Key, tag, s)
			}
		}
	}
}

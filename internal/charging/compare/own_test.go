package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// ownPeriods are billing periods that are no month.
var ownPeriods = []catalog.Cycle{{Every: timex.Quarter}, {Every: timex.Year}, {Every: timex.Week}, {Every: timex.Day, Count: 30}, {Every: timex.Month, Count: 2},
	{Every: timex.Quarter, Anchor: catalog.ContractAnchor}, {Every: timex.Day, Count: 30, Anchor: catalog.ContractAnchor}, {Every: timex.Year, Anchor: catalog.ContractAnchor}}

// ownBills sums the plain bills of a plan's own periods from a day on: each is
// what waihu bill makes of the period, with service from the first day until the
// last.
func ownBills(t *testing.T, f *facts, c compare.Candidate, start, stop timex.Date) exact.Number {
	t.Helper()
	cycle := (&contract.Terms{Plan: c.Plan, Start: start}).Cycle()
	total := exact.Zero
	var opening []contract.Opening
	for n := cycle.Index(start); cycle.Boundary(n) < stop; n++ {
		in := contract.Inputs{Plan: c.Plan, Decks: c.Decks, First: cycle.Boundary(n), After: cycle.Boundary(n + 1), Opening: opening, Stated: contract.Stated{Start: start}}
		if stop < in.After {
			in.Stated.End = stop
		}
		inv := f.bill(t, in)
		total, opening = total.Add(inv.Net.Exact()), nil
		for _, x := range inv.Carry {
			opening = append(opening, contract.Opening{Package: x.Package, Seat: x.Seat, Granted: x.Granted, Expires: x.Expires, Left: x.Left})
		}
	}
	return total
}

// before leaves out what comes after a day: what a horizon does not reach.
func (f *facts) before(d timex.Date, loc *time.Location) *facts {
	out, end := *f, d.Start(loc)
	out.calls = slices.DeleteFunc(slices.Clone(f.calls), func(c usage.Call) bool { return c.Start >= end })
	out.events = slices.DeleteFunc(slices.Clone(f.events), func(e usage.Event) bool { return e.At >= end })
	return &out
}

// Offers with a period of their own are the sum of the bills of these periods, to
// the last digit, whether the horizon cuts one or not.
func TestOwnPeriodsAreTheirBills(t *testing.T) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 11))
		world := randomFacts(r, 5)
		c := randomPlan(r, "p")
		c.Plan.Period = ownPeriods[int(seed)%len(ownPeriods)]
		if c.Plan.Period.Count > 1 { // no fee has a period of its own there
			c.Plan.Components = slices.DeleteFunc(c.Plan.Components, func(x catalog.Component) bool { return x.Every != "" })
		}
		if err := c.Plan.Validate().Err(); err != nil {
			t.Fatal(err)
		}
		loc, err := timex.LoadZone(c.Plan.Zone)
		if err != nil {
			t.Fatal(err)
		}
		first := day("2026-01-01")
		if seed >= 12 {
			first = day("2026-02-01") // within a quarter
		}
		world.calls = slices.DeleteFunc(world.calls, func(c usage.Call) bool { return c.Start < first.Start(loc) })
		world.events = slices.DeleteFunc(world.events, func(e usage.Event) bool { return e.At < first.Start(loc) })
		cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{c}, Months: []int{1, 3}, First: first, After: first.AddMonths(3), Only: []compare.Answer{"none"}})
		if err != nil {
			t.Fatal(err)
		}
		world.shuffled(r).give(t, cmp)
		res, err := cmp.Result()
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{1, 3} {
			stop := first.AddMonths(n)
			want := ownBills(t, world.before(stop, loc), c, first, stop)
			h := res.Offers[0].Horizons[i]
			if got := h.Total.Low.Exact(); !got.Equal(want) {
				t.Errorf("seed %d, %+v: %d months cost %s, the bills sum to %s", seed, c.Plan.Period, n, got, want)
			}
			parts := exact.Zero
			for _, p := range h.Parts {
				parts = parts.Add(p.Amount.Exact())
			}
			if !parts.Equal(want) {
				t.Errorf("seed %d: the parts sum to %s, the total is %s", seed, parts, want)
			}
		}
	}
}

// Months that repeat are billed as if what was used in them were used again on
// the same days of later months.
func TestOwnPeriodsOfRepeatedMonths(t *testing.T) {
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 13))
		world := &facts{}
		first := day("2026-01-01")
		for m := range 2 { // January has days February has not
			for i := range 40 {
				at := first.AddMonths(m).Start(time.UTC).Add(time.Duration(r.IntN(28*24*3600)) * time.Second)
				world.calls = append(world.calls, usage.Call{ID: fmt.Sprint("c", m, i), Source: "a", Start: at, Answer: at, Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Line: usage.Mobile,
					Talk: time.Duration(r.IntN(300)+1) * time.Second})
			}
			world.events = append(world.events, usage.Event{ID: fmt.Sprint("e", m), Source: "a", Kind: "sms", Quantity: exact.Int(3), At: first.AddMonths(m).Start(time.UTC).Add(time.Hour)})
		}
		late := (day("2026-01-31")).Start(time.UTC).Add(10 * time.Hour) // of the last day, in a shorter month too
		world.calls = append(world.calls, usage.Call{ID: "late", Source: "a", Start: late, Answer: late, Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Talk: time.Minute})
		world.seats = []usage.Seat{{ID: "s1", Source: "a", User: "ann", From: first.Start(time.UTC)}, {ID: "s2", Source: "a", User: "bob", From: day("2026-02-10").Start(time.UTC)}}
		c := randomPlan(r, "p")
		c.Plan.Zone, c.Plan.Period = "UTC", ownPeriods[int(seed)%len(ownPeriods)]
		cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{c}, Months: []int{7}, First: first, After: day("2026-03-01"), Only: []compare.Answer{"none"}})
		if err != nil {
			t.Fatal(err)
		}
		world.give(t, cmp)
		res, err := cmp.Result()
		if err != nil {
			t.Fatal(err)
		}
		again := world.repeated(first, 2, 7)
		if want, got := ownBills(t, again, c, first, first.AddMonths(7)), res.Offers[0].Horizons[0].Total.Low.Exact(); !got.Equal(want) {
			t.Errorf("seed %d, %+v: seven months cost %s, the bills sum to %s", seed, c.Plan.Period, got, want)
		}
	}
}

// repeated is usage of so many months made into more, by hand.
func (f *facts) repeated(first timex.Date, real, months int) *facts {
	out := &facts{}
	move := func(at timex.Instant, v int) timex.Instant {
		from, to := first.AddMonths(v%real), first.AddMonths(v)
		d := at.DateIn(time.UTC)
		day := min(to+(d-from), to.AddMonths(1)-1)
		return day.Start(time.UTC).Add(at.Sub(d.Start(time.UTC)))
	}
	for v := range months {
		from := first.AddMonths(v % real)
		in := timex.Days(from, from.AddMonths(1), time.UTC)
		for _, c := range f.calls {
			if in.Contains(c.Start) {
				c.ID = fmt.Sprint(c.ID, "@", v)
				c.Start = move(c.Start, v)
				c.Answer = c.Start
				out.calls = append(out.calls, c)
			}
		}
		for _, e := range f.events {
			if in.Contains(e.At) {
				e.ID, e.At = fmt.Sprint(e.ID, "@", v), move(e.At, v)
				out.events = append(out.events, e)
			}
		}
	}
	ann, end := f.seats[0], first.AddMonths(months).Start(time.UTC)
	ann.To = end
	out.seats = append(out.seats, ann)
	for v := 1; v < months; v += real { // bob came on the tenth of each second month
		bob := f.seats[1]
		bob.From, bob.To = (first.AddMonths(v) + 9).Start(time.UTC), first.AddMonths(v+1).Start(time.UTC)
		out.seats = append(out.seats, bob)
	}
	return out
}

// What the months add sums to the bills, and every answer is given or says why
// not.
func TestOwnPeriodsBesideMonths(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 17))
	world := randomFacts(r, 7)
	own, monthly := randomPlan(r, "own"), randomPlan(r, "monthly")
	own.Plan.Period = catalog.Cycle{Every: timex.Quarter}
	cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{own, monthly}, First: day("2026-01-01"), After: day("2026-07-01"), Replicates: 20})
	if err != nil {
		t.Fatal(err)
	}
	world.give(t, cmp)
	res, err := cmp.Result()
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Offers) != 2 || len(res.Refused) != 0 {
		t.Fatalf("%d offers, refused %+v", len(res.Offers), res.Refused)
	}
	for _, b := range res.BreakEvens {
		if b.Months != 6 || b.Axis == compare.SeatCount {
			t.Errorf("a break-even in a month that has no bill: %+v", b)
		}
	}
	if v := res.Volatility; v == nil || len(v.Offers) != 2 {
		t.Errorf("volatility %+v", v)
	}
	for _, o := range res.Offers {
		if len(o.Monthly) != 6 || len(o.Horizons) != 3 {
			t.Errorf("%s: %d months, %d horizons", o.Offer, len(o.Monthly), len(o.Horizons))
		}
		if o.Offer == "own" && (o.Exact != "one_by_one" || o.Why != "period") {
			t.Errorf("%s does not say how its calls were counted: %q", o.Offer, o.Why)
		}
	}
	step, err := cmp.Under([]compare.Change{{Kind: compare.VolumeChange, By: num("0.5")}}, 12)
	if err != nil || len(step.Costs) != 2 {
		t.Errorf("%+v, %v", step, err)
	}
}

// A hidden fee a month stays one a month, whatever the period of the bill.
func TestMonthlyFeesOfOwnPeriods(t *testing.T) {
	for _, period := range ownPeriods {
		world := &facts{}
		world.talked(day("2026-01-10").Start(time.UTC), 60, 60)
		p := plan("p", catalog.Component{ID: "base", Measure: catalog.Recurring, UnitPrice: price("0")}, catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0.1")})
		p.Period = period
		c := candidate(p)
		c.Offer.Fees = []offer.Fee{{Category: offer.NumberRent, Answer: offer.Charged, Per: offer.EachMonth, Amount: price("10")}}
		cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{c}, Months: []int{12}, First: day("2026-01-01"), After: day("2026-02-01"), Only: []compare.Answer{"none"}})
		if err != nil {
			t.Fatal(err)
		}
		world.give(t, cmp)
		res, err := cmp.Result()
		if err != nil {
			t.Fatal(err)
		}
		if h := res.Offers[0].Horizons[0]; h.Fees.Low.Decimal() != "120.00" || h.Plan.Low.Decimal() != "2.40" {
			t.Errorf("%+v: fees of a year %s, the plan %s", period, h.Fees.Low, h.Plan.Low)
		}
	}
}

// Where an offer billed by the quarter meets one billed by the month, all real
// months cost the same under both; a call a month less, or more, and one of them
// is cheaper. Each side is billed.
func TestBreakEvenOfOwnPeriodsIsBilledOnBothSides(t *testing.T) {
	quarter := plan("quarter", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("45")}, catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0")})
	quarter.Period = catalog.Cycle{Every: timex.Quarter}
	minutes := minutePlan("minutes", "0.1", "60/60")
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutes), candidate(quarter)}}, yearOf(100, 100, 100, 100, 100, 100))
	at := slices.IndexFunc(r.BreakEvens, func(b compare.BreakEven) bool { return b.Axis == compare.MinutesPerSeat })
	if at < 0 || len(r.BreakEvens[at].Points) != 1 {
		t.Fatalf("%+v", r.BreakEvens)
	}
	b := &r.BreakEvens[at]
	p := b.Points[0]
	if !p.Exact || p.Below != "minutes" || p.Cost.Decimal() != "90.00" || !p.At.Equal(b.Now.Mul(num("1.5"))) || b.Months != 6 {
		t.Errorf("%+v of %d months, now %s", p, b.Months, b.Now)
	}
	for calls, want := range map[int]int{149: -1, 150: 0, 151: 1} {
		f := yearOf(calls, calls, calls, calls, calls, calls)
		monthly, own := exact.Zero, exact.Zero
		for m := range 6 {
			first := day("2026-01-01").AddMonths(m)
			monthly = monthly.Add(f.bill(t, contract.Inputs{Plan: minutes, First: first, After: first.AddMonths(1)}).Net.Exact())
			if m%3 == 0 {
				own = own.Add(f.bill(t, contract.Inputs{Plan: quarter, First: first, After: first.AddMonths(3)}).Net.Exact())
			}
		}
		if got := monthly.Cmp(own); got != want {
			t.Errorf("%d calls a month: %s by the month, %s by the quarter", calls, monthly, own)
		}
	}
}

package rating_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// byLine is talk time of which mobile calls cost 1 a minute and others 0.1.
func byLine(id string) catalog.Component {
	return catalog.Component{ID: id, Measure: catalog.TalkTime, Rates: []catalog.RateRow{{ID: "rest", Default: true, UnitPrice: price("0.1")},
		{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: price("1")}}}
}

func minutes(w *world, day int, line usage.Line, agent string, n int64) {
	w.call(usage.Call{Start: w.at(day, 9), Line: line, Agent: agent, Talk: time.Duration(n) * time.Minute})
}

func TestBurnOrder(t *testing.T) {
	for _, c := range []struct {
		burn catalog.Burn
		want string
		why  string
	}{
		{"", "8.1", "the landline call came first: 6 free; 4 of the mobile minutes, 8 + 1 left"},
		{catalog.BurnTime, "8.1", "the same"},
		{catalog.BurnDearest, "2.7", "mobile first: 10 free, 2 + 7 x 0.1"},
		{catalog.BurnCheapest, "9", "7 of the others first, then 3"},
	} {
		w := newWorld(byLine("talk"))
		w.plan.Home = "CN"
		w.plan.Components[0].Included = &catalog.Included{Quantity: num("10"), Burn: c.burn}
		minutes(w, 3, usage.Mobile, "", 12)
		minutes(w, 2, usage.Landline, "", 6)
		minutes(w, 9, usage.Landline, "", 1)
		l := w.line(t, "talk")
		wants(t, string(c.burn)+": "+c.why, l.Exact, c.want)
		wants(t, "included", l.Included, "10")
		wants(t, "charged", l.Charged, "9")
	}
}

func TestPackageOfSeveralComponents(t *testing.T) {
	out, in := talkTime("out"), talkTime("in")
	out.Where, in.Where = catalog.Filter{Direction: []usage.Direction{usage.Outbound}}, catalog.Filter{Direction: []usage.Direction{usage.Inbound}}
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("10")}, out, in)
	w.plan.Packages = []catalog.Package{{ID: "month", AppliesTo: []string{"out", "in"}, Included: catalog.Included{Quantity: num("5"), Per: catalog.PerSeatCount, SeatsOf: "seats", Prorate: true}}}
	w.hold("seats", 2)
	w.start = timex.MustDate("2026-03-17") // 15 of 31 days: so much is included, for each of the two seats
	w.call(usage.Call{Start: w.at(20, 1), Direction: usage.Inbound, Talk: time.Minute})
	w.call(usage.Call{Start: w.at(19, 1), Direction: usage.Outbound, Talk: 10 * time.Minute})
	rated := w.rate(t)
	size := num("146").Mul(num("2")).Div(num("60")) // 5 minutes for 15 of 31 days: 146 whole seconds a seat
	first := find(t, rated, "out")
	if !first.Included.Equal(size) {
		t.Errorf("%s minutes were free, want %s", first.Included, size)
	}
	wants(t, "nothing is left for the later call", find(t, rated, "in").Included, "0")
	if r := rule(first, "included_per_seat"); r["package"] != "month" || r["scope"] != "pool" {
		t.Errorf("%v", r)
	}
}

// TestRollover: what is left lives on for the periods named, oldest first, and
// no more than the cap.
func TestRollover(t *testing.T) {
	var opening []contract.Opening
	months := timex.CalendarCycle(timex.Month)
	begin := months.Index(timex.MustDate("2026-01-01"))
	for i, c := range []struct {
		talk            int64
		charged, handed string
	}{
		{100, "0", "150"},  // 200 left, capped
		{0, "0", "150"},    // this month's, capped; January's are no more
		{500, "50", "0"},   // 150 + 300
		{300, "0", "0"},    // exactly
		{0, "0", "150"},    // a new start
		{1000, "550", "0"}, // 150 + 300
	} {
		comp := talkTime("talk")
		comp.Included = &catalog.Included{Quantity: num("300"), Rollover: &catalog.Rollover{Periods: 1, Cap: num("150")}}
		w := newWorld(comp)
		w.plan.PackOrder = catalog.Oldest
		w.first, w.after, w.opening = months.Boundary(begin+i), months.Boundary(begin+i+1), opening
		w.talk(c.talk * 60)
		rated := w.rate(t)
		l := find(t, rated, "talk")
		wants(t, "charged", l.Charged, c.charged)
		handed := exact.Zero
		opening = nil
		for _, left := range rated.Carry {
			handed = handed.Add(left.Left)
			opening = append(opening, left.Opening)
			if left.Unit != "minute" || left.Granted != w.first || left.Expires != months.Boundary(begin+i+2) {
				t.Errorf("month %d: %+v", i+1, left)
			}
		}
		wants(t, "handed on", handed, c.handed)
		if i == 1 && rule(l, "rollover")["quantity"] != "150" {
			t.Errorf("%v", l.Rules)
		}
	}
}

// TestDatedPackageIsGivenOnce: also when it was used up before.
func TestDatedPackageIsGivenOnce(t *testing.T) {
	var opening []contract.Opening
	months := timex.CalendarCycle(timex.Month)
	begin := months.Index(timex.MustDate("2026-01-01"))
	for i, c := range []struct {
		pack  catalog.Included
		talk  int64
		over  string
		notes int
	}{
		{talk: 250, over: "0"},
		{talk: 400, over: "150"}, // the year's 500 are gone
		{talk: 200, over: "200"},
		{talk: 10, over: "10"},
	} {
		w := newWorld(talkTime("talk"))
		w.plan.Packages = []catalog.Package{{ID: "year", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("500"), From: timex.MustDate("2026-01-01"), To: timex.MustDate("2027-01-01")}}}
		w.first, w.after, w.opening = months.Boundary(begin+i), months.Boundary(begin+i+1), opening
		w.talk(c.talk * 60)
		rated := w.rate(t)
		wants(t, w.first.String(), find(t, rated, "talk").Charged, c.over)
		opening = nil
		for _, left := range rated.Carry {
			opening = append(opening, left.Opening)
		}
	}
}

func TestDatedPackageBeginsAndEnds(t *testing.T) {
	w := newWorld(talkTime("talk"))
	w.plan.Packages = []catalog.Package{
		{ID: "open", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("10"), From: timex.MustDate("2026-03-10")}},
		{ID: "later", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("10"), From: timex.MustDate("2026-05-10")}},
		{ID: "over", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("10"), From: timex.MustDate("2026-01-10"), To: timex.MustDate("2026-02-10")}},
		{ID: "short", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("5"), From: timex.MustDate("2026-02-20"), To: timex.MustDate("2026-03-05")}},
	}
	minutes(w, 4, "", "", 2)  // short
	minutes(w, 9, "", "", 3)  // none: short is over, open has not begun
	minutes(w, 10, "", "", 4) // open
	rated := w.rate(t)
	l := find(t, rated, "talk")
	wants(t, "of day 9", l.Charged, "3")
	if len(rated.Notes) != 2 || rated.Notes[0].Args["package"] != "open" || rated.Notes[0].Args["quantity"] != "6" || rated.Notes[1].Args["quantity"] != "3" {
		t.Errorf("expired: %+v", rated.Notes)
	}
	for _, r := range l.Rules {
		if r.Key == "included" && (r.Args["package"] == "later" || r.Args["package"] == "over") {
			t.Errorf("%v is not of this month", r)
		}
	}
}

func TestPackOrder(t *testing.T) {
	for order, want := range map[catalog.PackOrder][2]string{"": {"4", "0"}, catalog.SoonestExpiry: {"4", "0"}, catalog.Oldest: {"0", "4"}, catalog.Listed: {"0", "4"}} {
		w := newWorld(talkTime("talk"))
		w.plan.PackOrder = order
		w.plan.Packages = []catalog.Package{
			{ID: "long", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("4"), From: timex.MustDate("2026-03-01"), To: timex.MustDate("2026-06-01")}},
			{ID: "brief", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: num("4"), From: timex.MustDate("2026-03-02"), To: timex.MustDate("2026-05-01")}},
		}
		minutes(w, 5, "", "", 4)
		left := map[string]exact.Number{}
		for _, c := range w.rate(t).Carry {
			left[c.Package] = c.Left
		}
		wants(t, string(order)+": long", left["long"], want[0])
		wants(t, string(order)+": brief", left["brief"], want[1])
	}
}

func TestIncludedOfThePeriod(t *testing.T) {
	w := newWorld(
		catalog.Component{ID: "seats", Measure: catalog.SeatsHighest, UnitPrice: price("10"), Included: &catalog.Included{Quantity: num("3")}},
		catalog.Component{ID: "sms", Measure: catalog.Events, UnitPrice: price("0.1"), Included: &catalog.Included{Quantity: num("100"), Per: catalog.PerSeatCount, SeatsOf: "seats"}})
	w.hold("seats", 5)
	w.events = []usage.Event{{ID: "1", Kind: "sms", Quantity: num("620"), At: w.at(3, 3)}}
	rated := w.rate(t)
	wants(t, "two seats more", find(t, rated, "seats").Exact, "20")
	l := find(t, rated, "sms")
	wants(t, "100 for each of 5", l.Exact, "12")
	if rule(l, "included_per_seat")["seats"] != "5" || rule(find(t, rated, "seats"), "included")["quantity"] != "3" {
		t.Errorf("%v", l.Rules)
	}
}

// TestSeatScopeSplitsACall: a call that overruns what its agent has is split.
func TestSeatScopeSplitsACall(t *testing.T) {
	c := talkTime("talk")
	c.Included = &catalog.Included{Quantity: num("10"), Per: catalog.PerSeatCount, Scope: catalog.PerSeat, Rollover: &catalog.Rollover{Periods: 1}}
	w := newWorld(c)
	minutes(w, 2, "", "ann", 13)
	minutes(w, 2, "", "bob", 4)
	rated := w.rate(t)
	wants(t, "ann's last 3 minutes", find(t, rated, "talk").Charged, "3")
	var of []rating.Left
	for _, c := range rated.Carry {
		of = append(of, c)
	}
	if len(of) != 1 || of[0].Seat != "bob" || !of[0].Left.Equal(num("6")) {
		t.Errorf("handed on: %+v", of)
	}
	w.opening = []contract.Opening{of[0].Opening}
	w.first, w.after, w.calls = w.after, w.after+30, nil
	minutes(w, 2, "", "bob", 17)
	minutes(w, 2, "", "ann", 11)
	wants(t, "bob's 6 and 10, ann's 10", w.line(t, "talk").Charged, "2")
}

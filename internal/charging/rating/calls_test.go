package rating_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/usage"
)

func talkTime(id string) catalog.Component {
	return catalog.Component{ID: id, Measure: catalog.TalkTime, UnitPrice: price("0.2"), Increment: catalog.Increment{First: 60, Next: 60}}
}

func TestNoCallsIsALineOfNothing(t *testing.T) {
	l := newWorld(talkTime("talk")).line(t, "talk")
	if !l.Exact.IsZero() || l.Unknown || len(l.Parts) != 1 || l.Evidence.Count != 0 {
		t.Errorf("%+v", l)
	}
}

func TestCallRulesAreNamed(t *testing.T) {
	c := talkTime("talk")
	c.Grid, c.Grace, c.GraceRule, c.MinDuration, c.ConnectFee, c.Legs = catalog.MultipleFromZero, span(5), catalog.SubtractGrace, span(30), price("0.01"), catalog.FirstLeg
	c.Where = catalog.Filter{Direction: []usage.Direction{usage.Outbound, usage.Callback}}
	w := newWorld(c)
	w.plan.Unmetered = []string{"calls"}
	w.call(usage.Call{Direction: usage.Outbound, Talk: 70 * time.Second})
	w.call(usage.Call{Direction: usage.Outbound, Talk: 70 * time.Second, LegB: true})
	w.call(usage.Call{Direction: usage.Inbound, Talk: 70 * time.Second})
	l := w.line(t, "talk")
	wants(t, "one call of 65 s and its fee", l.Exact, "0.41")
	for key, want := range map[string]string{"where_direction": "outbound,callback", "grid": "multiple_from_zero", "grace": "5", "min_duration": "30", "connect_fee": "0.01", "legs": "first", "increment": "60/60"} {
		args := rule(l, key)
		found := false
		for _, v := range args {
			found = found || v == want
		}
		if !found {
			t.Errorf("rule %s: %v, want %s", key, args, want)
		}
	}
}

func TestBoundsOfACallAreCounted(t *testing.T) {
	c := talkTime("talk")
	c.MinEach, c.MaxEach = num("0.5"), num("1")
	w := newWorld(c)
	for _, s := range []int64{10, 180, 3600, 3600} {
		w.talk(s)
	}
	l := w.line(t, "talk")
	wants(t, "0.5 + 0.6 + 1 + 1", l.Exact, "3.1")
	if min, max := rule(l, "each_min"), rule(l, "each_max"); min["calls"] != "1" || max["calls"] != "2" || max["maximum"] != "1" {
		t.Errorf("%v, %v", min, max)
	}
	c.UnitPrice, c.Rates = catalog.Price{}, []catalog.RateRow{{ID: "all", Name: lang.Text{En: "All calls"}, Default: true, UnitPrice: price("0.2")}}
	w.plan.Components[0] = c
	if byRow := w.line(t, "talk"); !byRow.Exact.Equal(l.Exact) || byRow.Parts[0].Name.En != "All calls" || byRow.Parts[0].Key != "row:all" {
		t.Errorf("as a row: %+v", byRow)
	}
}

func TestPriceNobodyKnows(t *testing.T) {
	one := talkTime("talk")
	one.UnitPrice = price("unknown")
	rounded := one
	rounded.RoundEach = &catalog.Rounding{Decimals: 2}
	fee := talkTime("talk")
	fee.ConnectFee = price("unknown")
	rows := talkTime("talk")
	rows.UnitPrice, rows.Rates = catalog.Price{}, []catalog.RateRow{{ID: "all", Default: true, UnitPrice: price("unknown")}}
	calls := catalog.Component{ID: "talk", Measure: catalog.Calls, UnitPrice: price("unknown")}
	for name, c := range map[string]catalog.Component{"unit price": one, "each call rounded": rounded, "connect fee": fee, "row": rows, "calls": calls} {
		w := newWorld(c)
		if l := w.line(t, "talk"); l.Unknown {
			t.Errorf("%s: unknown without usage", name)
		}
		w.talk(60)
		w.talk(120)
		l := w.line(t, "talk")
		said := 0
		for _, r := range l.Rules {
			if r.Key == "unknown_price" {
				said++
			}
		}
		if !l.Unknown || said != 1 {
			t.Errorf("%s: unknown %v, said %d times", name, l.Unknown, said)
		}
	}
}

func TestDeckLine(t *testing.T) {
	built, found := deck.Build([]deck.Entry{{Prefix: "86", Rate: deck.Rate{Price: 100_000_000, Per: 60, First: 60, Next: 60}},
		{Prefix: "8613", Name: "Mobile", Rate: deck.Rate{Price: 200_000_000, Per: 60, First: 60, Next: 60}}})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(catalog.Component{ID: "talk", Measure: catalog.TalkTime, Deck: "cn", ConnectFee: price("0.05")})
	w.plan.Decks = []catalog.Deck{{ID: "cn", File: "cn.csv"}}
	w.decks = map[string]*deck.Deck{"cn": built}
	w.call(usage.Call{To: "+8613800138000", Talk: time.Minute})
	w.call(usage.Call{To: "+862161234567", Talk: time.Minute})
	l := w.line(t, "talk")
	wants(t, "both calls and their fees", l.Exact, "0.4")
	if len(l.Parts) != 2 || l.Parts[0].Key != "prefix:86" || l.Parts[1].Name.En != "8613 Mobile" {
		t.Errorf("%+v", l.Parts)
	}
}

func TestBandsAndHoursRoundedOnce(t *testing.T) {
	banded := catalog.Component{ID: "talk", Measure: catalog.TalkTime, ConnectFee: price("0.4"), RoundEach: &catalog.Rounding{Decimals: 2},
		Rates: []catalog.RateRow{{ID: "b", Default: true, Bands: []catalog.Band{{UnitPrice: price("0.014"), Step: span(60)}, {From: span(60), UnitPrice: price("0.014"), Step: span(60)}, {From: span(120), UnitPrice: price("0.014"), Step: span(60)}}}}}
	w := newWorld(banded)
	w.talk(180)
	l := w.line(t, "talk")
	wants(t, "0.4 + 3 x 0.014, rounded once, the fee paid once", l.Exact, "0.44")
	if len(l.Parts) != 3 || l.Parts[0].Key != "row:b@0s" || l.Parts[2].Key != "row:b@120s" {
		t.Errorf("%+v", l.Parts)
	}

	hours := catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 1, Next: 1}, Crossing: catalog.CrossingSplit, ConnectFee: price("0.1"), RoundEach: &catalog.Rounding{Decimals: 1, Mode: exact.Up},
		Rates: []catalog.RateRow{{ID: "night", Default: true, UnitPrice: price("0.03")}, {ID: "day", Match: catalog.Filter{Schedule: []string{"day"}}, UnitPrice: price("0.06")}}}
	w = newWorld(hours)
	w.plan.Schedules = []catalog.Schedule{{ID: "day", Windows: []catalog.Window{{From: catalog.Clock{Minute: 480, Set: true}, To: catalog.Clock{Minute: 1200, Set: true}}}}}
	w.call(usage.Call{Start: w.at(2, 8).Add(-time.Minute), Talk: 2 * time.Minute})
	l = w.line(t, "talk")
	wants(t, "0.1 + 0.03 + 0.06, up to a tenth once", l.Exact, "0.2")
	if rule(l, "crossing")["crossing"] != "split" || rule(l, "round_each")["mode"] != "up" {
		t.Errorf("%v", l.Rules)
	}
}

func TestCountedCalls(t *testing.T) {
	rows := catalog.Component{ID: "calls", Measure: catalog.Calls, Where: catalog.Filter{LongerThan: span(30)},
		Rates: []catalog.RateRow{{ID: "sale", Match: catalog.Filter{Outcome: []string{"SALE"}}, UnitPrice: price("2")}, {ID: "other", Default: true, UnitPrice: price("0.1")}}}
	w := newWorld(rows)
	w.plan.Unmetered = []string{"calls"}
	w.call(usage.Call{Outcome: "sale", Talk: time.Minute})
	w.call(usage.Call{Outcome: "sale", Talk: 30 * time.Second}) // not longer than
	w.call(usage.Call{Outcome: "no", Talk: time.Minute})
	w.call(usage.Call{Outcome: "no", Talk: time.Minute})
	l := w.line(t, "calls")
	wants(t, "2 + 2 x 0.1", l.Exact, "2.2")
	wants(t, "three calls", l.Charged, "3")
	if rule(l, "where_longer_than")["value"] != "30s" {
		t.Errorf("%v", l.Rules)
	}

	w.plan.Components[0].Included = &catalog.Included{Quantity: num("2"), Burn: catalog.BurnCheapest}
	if l = w.line(t, "calls"); rule(l, "burn")["order"] != "cheapest_first" || rule(l, "included")["used"] != "2" {
		t.Errorf("%v", l.Rules)
	}
	wants(t, "the cheap ones are free", l.Exact, "2")

	w.plan.Components[0] = catalog.Component{ID: "calls", Measure: catalog.Calls, UnitPrice: price("0.1"), RoundTotal: &catalog.Multiple{To: num("10")}, Commitment: num("15")}
	l = w.line(t, "calls")
	wants(t, "4 calls are 10, and 15 are agreed", l.Exact, "1.5")
	if rule(l, "round_total")["from"] != "4" || rule(l, "commitment")["actual"] != "10" {
		t.Errorf("%v", l.Rules)
	}
}

// TestCallsIncludedForEachSeat: what one agent leaves another cannot use.
func TestCallsIncludedForEachSeat(t *testing.T) {
	w := newWorld(catalog.Component{ID: "calls", Measure: catalog.Calls, UnitPrice: price("1"), Included: &catalog.Included{Quantity: num("2"), Per: catalog.PerSeatCount, Scope: catalog.PerSeat}})
	w.plan.Unmetered = []string{"calls"}
	for _, agent := range []string{"ann", "ann", "ann", "bob"} {
		w.call(usage.Call{Agent: agent, Talk: time.Minute})
	}
	l := w.line(t, "calls")
	wants(t, "ann's third", l.Exact, "1")
	if r := rule(l, "included_per_seat"); r["seats"] != "2" || r["scope"] != "per_seat" || r["used"] != "3" {
		t.Errorf("%v", r)
	}
}

func TestSinglePriceOfThePeriod(t *testing.T) {
	c := talkTime("talk")
	c.RoundTotal, c.Commitment, c.ConnectFee = &catalog.Multiple{To: num("10")}, num("25"), price("0.5")
	w := newWorld(c)
	w.talk(61)
	w.talk(600)
	l := w.line(t, "talk")
	wants(t, "12 minutes are 20, 25 are agreed, two fees", l.Exact, "6")
	wants(t, "billed", l.Billed, "25")
	if len(l.Parts) != 2 || l.Parts[1].Key != "fees" || l.Parts[0].Count != 2 {
		t.Errorf("%+v", l.Parts)
	}

	c = talkTime("talk")
	c.UnitPrice, c.Block, c.Unit = catalog.Price{}, &catalog.Block{Size: num("2"), Price: price("3")}, catalog.Hour
	w.plan.Components[0] = c
	l = w.line(t, "talk")
	wants(t, "12 minutes are one block of two hours", l.Exact, "3")
	if rule(l, "block")["blocks"] != "1" || l.Unit != "hour" {
		t.Errorf("%v, unit %s", l.Rules, l.Unit)
	}
}

package dispute

import (
	"slices"
	"testing"

	"waihu/internal/charging/audit"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var (
	cny = money.MustCurrency("CNY")
	day = timex.MustDate("2026-04-10")
)

func yuan(n int64) money.Amount { return money.Micros(n*money.Micro, cny) }

func raised(t *testing.T) Dispute {
	t.Helper()
	d, err := Raise([]Line{{"talk", yuan(100)}, {"seats", yuan(50)}}, Duration, "calls are too long", day)
	if err != nil || d.State != Open || d.Amount != yuan(150) || d.AnswerBy != day+14 {
		t.Fatalf("%+v, %v", d, err)
	}
	d.Worth = yuan(163)
	return d
}

// TestReasonsAreCausesOfAnAudit: what an audit found can be disputed by its name.
func TestReasonsAreCausesOfAnAudit(t *testing.T) {
	for _, r := range Reasons() {
		if !slices.Contains(audit.Causes(), audit.Cause(r)) {
			t.Errorf("%s is no cause of an audit", r)
		}
	}
}

func TestRaise(t *testing.T) {
	usd := money.MustCurrency("USD")
	for what, lines := range map[string][]Line{
		"no line": nil, "no name": {{"", yuan(1)}}, "nothing": {{"talk", yuan(0)}}, "below nought": {{"talk", yuan(-1)}},
		"twice": {{"talk", yuan(1)}, {"talk", yuan(2)}}, "two currencies": {{"talk", yuan(1)}, {"seats", money.Micros(1, usd)}}, "too many": make([]Line, maxLines+1),
	} {
		if _, err := Raise(lines, Rate, "x", day); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	one := []Line{{"talk", yuan(1)}}
	if _, err := Raise(one, "weather", "x", day); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a reason nobody knows: %v", err)
	}
	if _, err := Raise(one, Rate, "", day); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no words: %v", err)
	}
	if _, err := Raise([]Line{{"a", money.Micros(1<<63-1, cny)}, {"b", yuan(1)}}, Rate, "x", day); fault.KindOf(err) != fault.Overflow {
		t.Errorf("beyond counting: %v", err)
	}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		granted []Line
		state   State
		given   int64
	}{
		{nil, Rejected, 0},
		{[]Line{{"talk", yuan(100)}}, Partly, 100},
		{[]Line{{"talk", yuan(99)}, {"seats", yuan(50)}}, Partly, 149},
		{[]Line{{"seats", yuan(50)}, {"talk", yuan(100)}}, Accepted, 150},
	} {
		d := raised(t)
		if err := d.Decide(c.granted, "we looked", day+3); err != nil || d.State != c.state || d.Given != yuan(c.given) || d.AnsweredOn != day+3 {
			t.Errorf("%v: %+v, %v", c.granted, d, err)
		}
		if err := d.Decide(nil, "again", day+4); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it ends once: %v", err)
		}
		if err := d.Withdraw(day + 4); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it ends once: %v", err)
		}
	}
	d := raised(t)
	for what, bad := range map[string]struct {
		granted []Line
		answer  string
		kind    fault.Kind
	}{
		"more than was disputed": {[]Line{{"talk", yuan(101)}}, "x", fault.Conflict},
		"another line":           {[]Line{{"setup", yuan(1)}}, "x", fault.Conflict},
		"no answer":              {nil, "", fault.Invalid},
		"nothing of a line":      {[]Line{{"talk", yuan(0)}}, "x", fault.Invalid},
		"another currency":       {[]Line{{"talk", money.Micros(1, money.MustCurrency("USD"))}}, "x", fault.Invalid},
	} {
		before := d
		if err := d.Decide(bad.granted, bad.answer, day); fault.KindOf(err) != bad.kind || d.State != before.State {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestReminders: what is open is not reminded of, and days that were lost to an
// objection are given back.
func TestReminders(t *testing.T) {
	d := raised(t)
	if d.Held() != yuan(163) || d.Delay(day) != 0 || d.Late(day+14) || !d.Late(day+15) || !d.About("talk") || d.About("setup") {
		t.Errorf("open: %+v", d)
	}
	d.Whole = true
	if err := d.Withdraw(day + 10); err != nil || d.State != Withdrawn || !d.Held().IsZero() || d.Late(day+30) {
		t.Errorf("withdrawn: %+v, %v", d, err)
	}
	for due, want := range map[timex.Date]timex.Date{day - 5: 10, day + 4: 6, day + 10: 0, day + 20: 0} {
		if got := d.Delay(due); got != want {
			t.Errorf("due %s: %d days, want %d", due, got, want)
		}
	}
	if d.Whole = false; d.Delay(day) != 0 {
		t.Error("reminders of the rest went on")
	}
}

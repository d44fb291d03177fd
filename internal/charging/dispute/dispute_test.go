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
	if d.Held() != yuan(163) || d.Late(day+14) || !d.Late(day+15) || !d.About("talk") || d.About("setup") {
		t.Errorf("open: %+v", d)
	}
	if err := d.Withdraw(day + 10); err != nil || d.State != Withdrawn || !d.Held().IsZero() || d.Late(day+30) {
		t.Errorf("withdrawn: %+v, %v", d, err)
	}
}

// TestWaited: a day behind the due day on which all that was open was disputed is
// given back, once; one on which a part was not, is not.
func TestWaited(t *testing.T) {
	held := func(worth int64, from, to timex.Date) Dispute {
		d := Dispute{Worth: yuan(worth), State: Rejected, RaisedOn: day + from, AnsweredOn: day + to}
		if to == 0 {
			d.State, d.AnsweredOn = Open, 0
		}
		return d
	}
	paid := func(amount int64, on timex.Date) Fall { return Fall{day + on, yuan(amount)} }
	for what, c := range map[string]struct {
		list  []Dispute
		falls []Fall
		open  int64
		due   timex.Date
		want  timex.Date
	}{
		"nothing disputed":                 {nil, nil, 100, 0, 0},
		"all, raised when it was due":      {[]Dispute{held(100, 5, 15)}, nil, 100, 0, 10},
		"all, raised before":               {[]Dispute{held(100, 5, 15)}, nil, 100, 9, 6},
		"answered on the due day":          {[]Dispute{held(100, 5, 15)}, nil, 100, 15, 0},
		"due later than today":             {[]Dispute{held(100, 5, 15)}, nil, 100, 40, 0},
		"a part":                           {[]Dispute{held(99, 5, 15)}, nil, 100, 0, 0},
		"all of it, still":                 {[]Dispute{held(100, 5, 0)}, nil, 100, 0, 25},
		"a part, the rest is paid":         {[]Dispute{held(40, 5, 15)}, []Fall{paid(60, 8)}, 40, 0, 7},
		"the rest is paid in two":          {[]Dispute{held(40, 5, 15)}, []Fall{paid(30, 8), paid(30, 12)}, 40, 0, 3},
		"the rest was paid before":         {[]Dispute{held(40, 5, 15)}, []Fall{paid(60, 2)}, 40, 0, 10},
		"the rest is paid after":           {[]Dispute{held(40, 5, 15)}, []Fall{paid(60, 15)}, 40, 0, 0},
		"granted in part, by a note":       {[]Dispute{held(100, 5, 15)}, []Fall{paid(30, 15)}, 70, 0, 10},
		"two beside each other":            {[]Dispute{held(60, 5, 15), held(40, 7, 20)}, nil, 100, 0, 8},
		"two, each of all, over some days": {[]Dispute{held(100, 5, 15), held(100, 10, 20)}, nil, 100, 0, 15},
	} {
		if got := Waited(c.list, c.falls, yuan(c.open), day+c.due, day+30); got != c.want {
			t.Errorf("%s: %d days, want %d", what, got, c.want)
		}
	}
}

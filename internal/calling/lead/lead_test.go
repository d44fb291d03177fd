package lead

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const start = timex.Instant(1_790_000_000_000_000)

func number(s string) phone.Number {
	n, ok := phone.Parse(s)
	if !ok {
		panic(s)
	}
	return n
}

var (
	mobile = number("8613800138000")
	home   = number("862161234567")
	rules  = DefaultRules()
)

func pending() Lead {
	return Lead{ID: id.ID{9}, List: id.ID{8}, Numbers: []Number{{Number: mobile, Label: "mobile"}, {Number: home, Label: "home"}}, State: Pending}
}

func disposition(t testing.TB, code string) attempt.Disposition {
	t.Helper()
	d, ok := attempt.Find(nil, code)
	if !ok {
		t.Fatal(code)
	}
	return d
}

// try begins a try of the next number and concludes it.
func try(t *testing.T, l *Lead, at timex.Instant, code string, result usage.Result) {
	t.Helper()
	if err := l.Begin(id.ID{1}, l.Next(), at, false); err != nil {
		t.Fatal(err)
	}
	o := Outcome{At: at, Attempt: id.ID{1}, Result: result, Disposition: disposition(t, code)}
	if o.Disposition.Flags.Callback {
		o.Callback = &Appointment{At: at.Add(time.Hour), Zone: "Asia/Shanghai", Agent: "li"}
	}
	if err := l.Conclude(o, &rules); err != nil {
		t.Fatal(err)
	}
}

func TestWhatAnOutcomeDoes(t *testing.T) {
	for code, want := range map[string]struct {
		state State
		due   time.Duration // after the try; -1: none
	}{
		"sale":         {Connected, -1},
		"done":         {Connected, -1},
		"refused":      {Forbidden, -1},
		"callback":     {Callback, time.Hour},
		"busy":         {Pending, 15 * time.Minute},
		"no_answer":    {Pending, -1}, // at once, at the other number
		"wrong_number": {Pending, 24 * time.Hour},
		"abandoned":    {Exhausted, -1}, // once is all
		"not_there":    {Pending, 24 * time.Hour},
	} {
		l := pending()
		try(t, &l, start, code, usage.Answered)
		due := timex.Instant(0)
		if want.due >= 0 {
			due = start.Add(want.due)
		}
		if l.State != want.state || l.Due != due || l.Outcome != code || l.Attempts != 1 {
			t.Errorf("%s: %+v", code, l)
		}
	}
	l := pending()
	try(t, &l, start, "refused", usage.Answered)
	if l.Rule != Refused {
		t.Errorf("forbidden by %q", l.Rule)
	}
}

// TestNumbersTakeTurns: no answer goes to the other number at once, a number that
// is nobody's is not tried again, and with none left the lead is exhausted.
func TestNumbersTakeTurns(t *testing.T) {
	l := pending()
	try(t, &l, start, "no_answer", usage.NoAnswer)
	if l.Next() != home || l.Due != 0 {
		t.Fatalf("%+v", l)
	}
	try(t, &l, start+1, "unassigned", usage.Unassigned)
	if l.Next() != mobile || l.Numbers[1].Usable() {
		t.Fatalf("%+v", l)
	}
	try(t, &l, start.Add(30*time.Hour), "wrong_number", usage.Answered)
	if l.State != Exhausted || l.Why != NoNumbers {
		t.Errorf("%+v", l)
	}
}

// TestADispositionSaysWhatFollows: where no rule names it, before whatever is less
// specific; once may be never again.
func TestADispositionSaysWhatFollows(t *testing.T) {
	mine := attempt.Disposition{Code: "ill", Name: "Ill", Again: attempt.Again{After: 7 * 24 * 60, Most: 2}}
	r := Rules{Retries: []Retry{{On: "*", After: 1}, {On: "answered", After: 2}, {On: "ill", After: 3}}}
	o := Outcome{Result: usage.Answered, Disposition: mine}
	if got := r.For(&o); got.After != 3 {
		t.Errorf("a campaign's own rule stands over it: %+v", got)
	}
	r.Without([]attempt.Disposition{mine})
	if got := r.For(&o); got != (Retry{On: "ill", After: 7 * 24 * 60, Most: 2}) || len(r.Retries) != 2 {
		t.Errorf("%+v", got)
	}
	for _, d := range []attempt.Disposition{{Code: "x", Name: "x", Again: attempt.Again{After: -1}}, {Code: "x", Name: "x", Again: attempt.Again{Most: 101}}, {Code: "x", Name: "x", Flags: attempt.Flags{Refuse: true, Done: true}, Again: attempt.Again{Most: 1}}} {
		if ps := attempt.Problems([]attempt.Disposition{d}, "d"); len(ps) != 1 {
			t.Errorf("%+v: %v", d, ps)
		}
	}
}

// TestMostSpecificRule: a disposition before a SIP status before a cause before a result.
func TestMostSpecificRule(t *testing.T) {
	r := Rules{Retries: []Retry{{On: "*", After: 1}, {On: "failed", After: 2}, {On: "cause:34", After: 3}, {On: "sip:503", After: 4}, {On: "lost", After: 5}}}
	o := Outcome{Result: usage.Failed, SIP: 503, Cause: 34, Disposition: attempt.Disposition{Code: "lost"}}
	for want := 5; want >= 1; want-- {
		if got := r.For(&o).After; got != want {
			t.Errorf("rule %d, want %d", got, want)
		}
		switch want {
		case 5:
			o.Disposition.Code = "other"
		case 4:
			o.SIP = 486
		case 3:
			o.Cause = 0
		case 2:
			o.Result = usage.Busy
		}
	}
	r = Rules{Attempts: 101, Retries: []Retry{{On: "", After: 1}, {On: "x", After: -1}, {On: "x", Most: 101}}}
	if ps := r.Problems("retry"); len(ps) != 5 {
		t.Errorf("%v", ps)
	}
	if ps := rules.Problems("retry"); len(ps) != 0 {
		t.Errorf("the default: %v", ps)
	}
}

// TestACallbackSurvives tries that reach nobody, until its own limit, and is
// early only for its agent.
func TestACallbackSurvives(t *testing.T) {
	l := pending()
	try(t, &l, start, "callback", usage.Answered)
	if err := l.Begin(id.ID{2}, mobile, start+1, false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("before its time: %v", err)
	}
	early := l.Clone()
	if err := early.Begin(id.ID{2}, mobile, start+1, true); err != nil {
		t.Error(err)
	}
	at := l.Due
	for n := range 2 {
		try(t, &l, at, "no_answer", usage.NoAnswer)
		if l.State != Callback || l.Callback.Missed != n+1 || l.Callback.Agent != "li" {
			t.Fatalf("%+v", l)
		}
		at = l.Due
	}
	try(t, &l, at, "no_answer", usage.NoAnswer)
	if l.State != Pending || l.Callback != nil {
		t.Errorf("%+v", l)
	}
}

// TestARefusalDuringACall forbids when the call ends, whatever it came to.
func TestARefusalDuringACall(t *testing.T) {
	l := pending()
	if err := l.Begin(id.ID{1}, mobile, start, false); err != nil {
		t.Fatal(err)
	}
	if err := l.ForbidNumber(mobile, OnDNC); err != nil || l.Rule != "" {
		t.Errorf("with another number it goes on: %v, %+v", err, l)
	}
	if err := l.Forbid(Refused); err != nil || l.State != Executing {
		t.Errorf("%v, %+v", err, l)
	}
	if err := l.Conclude(Outcome{At: start + 9, Attempt: id.ID{1}, Disposition: disposition(t, "sale")}, &rules); err != nil || l.State != Forbidden || l.Rule != Refused {
		t.Errorf("%v, %+v", err, l)
	}
	if err := l.Permit("another"); err != nil || l.State != Forbidden {
		t.Errorf("another rule's permission: %v, %+v", err, l)
	}
	if err := l.Permit(Refused); err != nil || l.State != Pending || l.Next() != home {
		t.Errorf("%v, %+v", err, l)
	}
}

// TestNoWalkBreaksALead takes random steps; what the room says always holds,
// holds after each, and what is refused changes nothing.
func TestNoWalkBreaksALead(t *testing.T) {
	codes := attempt.Builtin()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 55))
		l, at, tryID := pending(), start, byte(0)
		for range 60 {
			before := l.Clone()
			at = at.Add(time.Duration(r.IntN(90)) * time.Minute)
			var err error
			switch r.IntN(10) {
			case 0, 1, 2:
				tryID++
				err = l.Begin(id.ID{tryID}, l.Next(), at, r.IntN(4) == 0)
			case 3, 4, 5:
				o := Outcome{At: at, Attempt: id.ID{tryID}, Result: usage.Failed, SIP: 486, Disposition: codes[r.IntN(len(codes))]}
				if r.IntN(3) > 0 {
					o.Callback = &Appointment{At: at.Add(time.Hour), Zone: "Asia/Taipei", Number: home}
				}
				err = l.Conclude(o, &rules)
			case 6:
				err = l.Withhold(id.ID{tryID}, []string{"", "hours"}[r.IntN(2)], at)
			case 7:
				if r.IntN(5) == 0 {
					err = l.Forbid(Refused)
				} else if r.IntN(5) == 0 {
					err = l.ForbidNumber(home, OnDNC)
				} else {
					err = l.Permit([]string{Refused, OnDNC, "hours"}[r.IntN(3)])
				}
			case 8:
				err = l.Agree(Appointment{At: at.Add(time.Hour), Zone: "Asia/Taipei"})
			case 9:
				if r.IntN(3) == 0 {
					err = l.Abort("moved away")
				} else {
					err = l.Again(at)
				}
			}
			if err != nil && !reflect.DeepEqual(l, before) {
				t.Fatalf("seed %d: refused (%v), and changed\n%+v\n%+v", seed, err, before, l)
			}
			hold(t, seed, &l, &before)
		}
	}
}

func hold(t *testing.T, seed uint64, l, before *Lead) {
	t.Helper()
	wrong := ""
	switch {
	case (l.State == Executing) != (!l.Attempt.IsZero() && !l.Trying.IsZero()):
		wrong = "executing is being in a try"
	case l.State == Forbidden && l.Rule == "", l.State != Forbidden && l.State != Executing && l.Rule != "":
		wrong = "forbidden names its rule, and nothing else does"
	case (l.State == Callback) && (l.Callback == nil || l.Due.IsZero()), !l.State.Waits() && l.State != Executing && l.Callback != nil:
		wrong = "a callback has its appointment"
	case !l.State.Waits() && !l.Due.IsZero():
		wrong = "nothing is due that does not wait"
	case l.State.Waits() && l.Next().IsZero():
		wrong = "what waits has a number"
	case (l.State == Exhausted || l.State == Aborted) != (l.Why != ""):
		wrong = "an end says why"
	case before.State == Forbidden && l.State != Forbidden && l.Rule == before.Rule:
		wrong = "what is forbidden stays so"
	case l.Attempts < 0 || l.Attempts > rules.attempts()+rules.missed()*30:
		wrong = "tries are counted"
	}
	if wrong != "" {
		t.Fatalf("seed %d: %s\n%+v\n%+v", seed, wrong, before, l)
	}
}

// TestZones: by number and by address, each once.
func TestZones(t *testing.T) {
	york, vancouver := number("12125550123"), number("16045550123")
	for what, c := range map[string]struct {
		l    Lead
		n    phone.Number
		want []string
	}{
		"the number alone":            {Lead{}, york, []string{"America/New_York"}},
		"a country of many zones":     {Lead{Address: Address{Country: "US"}}, york, []string{"America/New_York"}},
		"a country the number left":   {Lead{Address: Address{Country: "CN"}}, york, []string{"America/New_York", "Asia/Shanghai"}},
		"the list says so":            {Lead{Zone: "America/Denver", Address: Address{Country: "US"}}, york, []string{"America/New_York", "America/Denver"}},
		"both say the same":           {Lead{Zone: "America/Vancouver"}, vancouver, []string{"America/Vancouver"}},
		"a number that does not tell": {Lead{Address: Address{Country: "TW"}}, number("80012345678"), []string{"Asia/Taipei"}},
	} {
		if got := c.l.Zones(c.n); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}

package attempt

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const start = timex.Instant(1_790_000_000_000_000)

func decided(t testing.TB) Attempt {
	t.Helper()
	n, _ := phone.Parse("8613800138000")
	a := Attempt{ID: id.ID{1}, Campaign: id.ID{2}, Lead: id.ID{3}, Number: n, Ordinal: 1}
	if err := a.Decide(start); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAWholeTry(t *testing.T) {
	a := decided(t)
	sale, _ := Find(nil, "sale")
	for _, step := range []func() error{
		func() error { return a.Dial(start + 1) },
		func() error { return a.Ring(start + 2) },
		func() error { return a.Ring(start + 3) },
		func() error { return a.Answer(usage.Person, start+4) },
		func() error { return a.Join("li", start+5) },
		func() error { return a.End("", 200, 16, start+60) },
		func() error { return a.Dispose(sale, "two of them", "li", start+70) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if a.State != Closed || a.Result != usage.Answered || a.Rang != start+2 || !a.Flags.Sale || a.IsAbandoned() || a.Agent != "li" {
		t.Errorf("%+v", a)
	}
	for _, c := range []struct {
		answered, ended timex.Instant
		billed, want    int64
	}{{0, start, 0, 0}, {start, 0, 0, 0}, {start, start + 1, 0, 1}, {start, start.Add(60 * time.Second), 0, 60}, {start, start.Add(60*time.Second + time.Microsecond), 0, 61}, {start, start.Add(60*time.Second + time.Microsecond), 60, 60}} {
		if got := (&Attempt{Answered: c.answered, Ended: c.ended, Billed: c.billed}).Seconds(); got != c.want {
			t.Errorf("%+v: %d seconds", c, got)
		}
	}
	if err := a.Dispose(sale, "", "li", start+80); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second disposition: %v", err)
	}
}

// TestProposed: what the system says where no agent chooses, and who counts as abandoned.
func TestProposed(t *testing.T) {
	for what, c := range map[string]struct {
		run       func(a *Attempt) error
		code      string
		abandoned bool
	}{
		"busy": {func(a *Attempt) error { return a.End(usage.Busy, 486, 17, start+9) }, "busy", false},
		"a person nobody spoke to": {func(a *Attempt) error {
			_ = a.Answer(usage.Person, start+3)
			return a.End("", 0, 0, start+9)
		}, Abandoned, true},
		"somebody, nobody knows who": {func(a *Attempt) error {
			_ = a.Answer("", start+3)
			return a.End("", 0, 0, start+9)
		}, Abandoned, true},
		"a machine": {func(a *Attempt) error {
			_ = a.Answer(usage.Machine, start+3)
			return a.End("", 0, 0, start+9)
		}, ByMachine, false},
		"a message": {func(a *Attempt) error {
			_ = a.Answer(usage.Person, start+3)
			_ = a.Join("", start+4)
			return a.End("", 0, 0, start+9)
		}, Message, false},
		"an agent who said nothing": {func(a *Attempt) error {
			_ = a.Answer(usage.Person, start+3)
			_ = a.Join("li", start+4)
			return a.End("", 0, 0, start+9)
		}, NoCode, false},
	} {
		a := decided(t)
		if err := a.Dial(start + 1); err != nil {
			t.Fatal(err)
		}
		if err := c.run(&a); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if a.Proposed() != c.code || a.IsAbandoned() != c.abandoned {
			t.Errorf("%s: %s, abandoned %v", what, a.Proposed(), a.IsAbandoned())
		}
		if _, known := Find(nil, a.Proposed()); !known {
			t.Errorf("%s: no disposition has the code %s", what, a.Proposed())
		}
	}
}

// TestNoWalkBreaksATry takes random steps, most of them not allowed: what the
// room says always holds, holds after each.
func TestNoWalkBreaksATry(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 54))
		a, at := decided(t), start
		set := Builtin()
		for range 40 {
			before, was := a, a.State
			at += timex.Instant(r.IntN(5) - 1)
			var err error
			switch r.IntN(9) {
			case 0:
				err = a.Dial(at)
			case 1:
				err = a.Ring(at)
			case 2:
				err = a.Answer([]usage.AnsweredBy{"", usage.Person, usage.Machine}[r.IntN(3)], at)
			case 3:
				err = a.Join([]string{"", "li"}[r.IntN(2)], at)
			case 4:
				err = a.End([]usage.Result{"", usage.Busy, usage.NoAnswer, usage.Canceled}[r.IntN(4)], 486, 17, at)
			case 5:
				err = a.Dispose(set[r.IntN(len(set))], "", "li", at)
			case 6:
				err = a.Withhold("hours", at)
			case 7:
				err = a.Decide(at)
			case 8:
				if r.IntN(8) == 0 {
					_, err = a.Lose(at)
				}
			}
			if err != nil && a != before {
				t.Fatalf("seed %d: refused (%v), and changed\n%+v\n%+v", seed, err, before, a)
			}
			if !was.Open() && a.State != was {
				t.Fatalf("seed %d: %s is an end and became %s", seed, was, a.State)
			}
			hold(t, seed, &a)
		}
	}
}

func hold(t *testing.T, seed uint64, a *Attempt) {
	t.Helper()
	last := timex.Instant(0)
	for _, i := range []timex.Instant{a.Decided, a.Dialed, a.Rang, a.Answered, a.Joined, a.Ended, a.Closed} {
		if !i.IsZero() && i < last {
			t.Fatalf("seed %d: time goes back in %+v", seed, a)
		}
		last = max(last, i)
	}
	if (a.State == Closed) != (a.Disposition != "") || (a.State == Withheld) != (a.Rule != "") {
		t.Fatalf("seed %d: %+v", seed, a)
	}
	if a.State == Closed && a.Result == "" || !a.Joined.IsZero() && a.Answered.IsZero() || a.State == Withheld && !a.Dialed.IsZero() {
		t.Fatalf("seed %d: %+v", seed, a)
	}
}

func TestDispositions(t *testing.T) {
	if ps := Problems(Builtin(), "d"); len(ps) != 0 {
		t.Errorf("the built-in ones: %v", ps)
	}
	for what, d := range map[string]Disposition{
		"a code in capitals":   {Code: "SALE", Name: "x"},
		"no name":              {Code: "x"},
		"a key too many":       {Code: "x", Name: "x", Key: 10},
		"a sale that refuses":  {Code: "x", Name: "x", Flags: Flags{Sale: true, Refuse: true}},
		"a machine that talks": {Code: "x", Name: "x", Flags: Flags{Human: true, Machine: true}},
		"busy that is a sale":  {Code: "busy", Name: "x", Auto: true, Flags: Flags{Sale: true}},
	} {
		if ps := Problems([]Disposition{d}, "d"); len(ps) == 0 {
			t.Errorf("%s was taken", what)
		}
	}
	mine := Disposition{Code: "sale", Name: "Verkauft", Flags: Flags{Human: true, Sale: true, Done: true}, Key: 1}
	set := Over(Builtin(), []Disposition{mine, {Code: "later", Name: "Later"}})
	if got, _ := Find(set, "sale"); got != mine || len(set) != len(Builtin())+1 {
		t.Errorf("%+v of %d", got, len(set))
	}
	if _, known := Find(set, "weather"); known {
		t.Error("a code nobody has was found")
	}
}

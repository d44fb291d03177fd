package retention_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/voice/retention"
)

const day = 24 * time.Hour

var made = timex.At(time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC))

func terms(t *testing.T, rules ...retention.Rule) retention.Terms {
	t.Helper()
	r, err := retention.Begin(made, rules)
	if err != nil {
		t.Fatal(err)
	}
	r.State = retention.Kept
	return r
}

// TestTheLongestRuleCounts, and a later one can only lengthen.
func TestTheLongestRuleCounts(t *testing.T) {
	r := terms(t, retention.Rule{Name: "consent (CN)", Days: 30}, retention.Rule{Name: "contract", Days: 90})
	if err := r.Add(retention.Rule{Name: "short", Days: 1}); err != nil || r.Until != made.Add(90*day) || len(r.Rules) != 3 {
		t.Errorf("%v, %+v", err, r)
	}
	if r.Due(made.Add(90*day)-1) || !r.Due(made.Add(90*day)) {
		t.Error("it is due at another time than 90 days later")
	}
	if err := r.Delete(made.Add(90*day)-1, "over"); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "2026-05-30") {
		t.Errorf("before its time: %v", err)
	}
	if err := r.Delete(made.Add(90*day), "over"); err != nil || r.State != retention.Leaving || r.Why != "over" {
		t.Errorf("%v, %+v", err, r)
	}
	for name, err := range map[string]error{"delete": r.Delete(made.Add(99*day), "again"), "hold": r.Hold(retention.Hold{Name: "a", Reason: "b"}), "add": r.Add(retention.Rule{Name: "late", Days: 1})} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s, after it was deleted: %v", name, err)
		}
	}
}

// TestAHoldStopsDeleting until the last one is released.
func TestAHoldStopsDeleting(t *testing.T) {
	r := terms(t, retention.Rule{Name: "contract", Days: 1})
	late := made.Add(1000 * day)
	for _, name := range []string{"dispute 1", "court"} {
		if err := r.Hold(retention.Hold{Name: name, Reason: "asked for", Since: made}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Hold(retention.Hold{Name: "court", Reason: "twice"}); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	for _, name := range []string{"court", "dispute 1"} {
		if err := r.Delete(late, "over"); r.Due(late) || fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "asked for") {
			t.Errorf("deleted under a hold: %v", err)
		}
		if err := r.Release(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Release("court"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if !r.Due(late) {
		t.Error("nothing holds it, and it is not due")
	}
}

// TestAnOpenRecording is not deleted while its call may go on.
func TestAnOpenRecording(t *testing.T) {
	r := terms(t, retention.Rule{Name: "none", Days: 0})
	r.State = retention.Open
	if r.Due(made.Add(5*time.Hour)) || !r.Due(made.Add(2*day)) {
		t.Error("an open recording is due at the wrong time")
	}
}

// TestWhatMakesNoSense is refused and changes nothing.
func TestWhatMakesNoSense(t *testing.T) {
	for _, rules := range [][]retention.Rule{nil, {{Name: "", Days: 1}}, {{Name: "a", Days: -1}}, {{Name: "a", Days: retention.MaxDays + 1}}, make([]retention.Rule, 17)} {
		if _, err := retention.Begin(made, rules); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", rules, err)
		}
	}
	r := terms(t, retention.Rule{Name: "a", Days: 0})
	if err := r.Hold(retention.Hold{Name: "a"}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if err := r.Delete(made, ""); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	for n := range retention.MaxHolds {
		if err := r.Hold(retention.Hold{Name: strings.Repeat("x", n+1), Reason: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Hold(retention.Hold{Name: "y", Reason: "r"}); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

// TestNeverBeforeItsTime: whatever is done in whatever order, nothing is deleted
// before the longest rule, nor under a hold.
func TestNeverBeforeItsTime(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		x := terms(t, retention.Rule{Name: "first", Days: r.IntN(50)})
		least := x.Until
		now := made
		for range 60 {
			now = now.Add(time.Duration(r.IntN(5)) * day)
			held := len(x.Holds) > 0
			switch r.IntN(4) {
			case 0:
				if x.Add(retention.Rule{Name: "more", Days: r.IntN(200)}) == nil {
					least = max(least, x.Until)
				}
			case 1:
				_ = x.Hold(retention.Hold{Name: string(rune('a' + r.IntN(3))), Reason: "r"})
			case 2:
				_ = x.Release(string(rune('a' + r.IntN(3))))
			default:
				if x.Delete(now, "over") == nil && (now < least || held) {
					t.Fatalf("seed %d: deleted at %s, kept until %s, held %v", seed, now, least, held)
				}
			}
			if x.Until < least {
				t.Fatalf("seed %d: the time was shortened", seed)
			}
		}
	}
}

// TestDropping: only what was begun, and what nobody holds.
func TestDropping(t *testing.T) {
	begun := func() retention.Terms {
		r := terms(t, retention.Rule{Name: "law", Days: 30})
		r.State = retention.Open
		return r
	}
	x := begun()
	if err := x.Drop(5, false); err != nil || x.State != retention.Leaving || x.Gone != 5 || x.Why == "" {
		t.Errorf("%+v, %v", x, err)
	}
	if err := x.Drop(6, false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	held := begun()
	if err := held.Hold(retention.Hold{Name: "court", Reason: "a case"}); err != nil {
		t.Fatal(err)
	}
	if err := held.Drop(5, false); fault.KindOf(err) != fault.Conflict || held.State != retention.Open {
		t.Errorf("held: %v", err)
	}
	kept := begun()
	kept.State = retention.Kept
	if err := kept.Drop(5, false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("kept: %v", err)
	}
}

package dunning

import (
	"testing"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

func TestStepsByDay(t *testing.T) {
	s, due, taken := Usual(), timex.MustDate("2026-03-31"), 0
	var got []string
	for d := due - 3; d < due+40; d++ {
		for range 2 { // looked at twice
			step, now, ok := s.Next(due, d, taken)
			if ok {
				got = append(got, d.String()+" "+string(step.Action))
			}
			taken = now
		}
		if want := d >= due+21; s.Suspended(taken) != want {
			t.Errorf("%s: suspended is not %v", d, want)
		}
	}
	want := []string{"2026-04-01 remind", "2026-04-07 remind", "2026-04-14 warn", "2026-04-21 suspend"}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s, want %s", got[i], want[i])
		}
	}
	if s.SuspendsOn(due) != timex.MustDate("2026-04-21") || (Schedule{{1, Remind}}).SuspendsOn(due) != 0 {
		t.Error("the day it suspends")
	}
}

// TestDaysNobodyLookedAt: after a month of silence one letter goes out, the last.
func TestDaysNobodyLookedAt(t *testing.T) {
	step, taken, ok := Usual().Next(0, 30, 1)
	if !ok || step.Action != Suspend || taken != 4 {
		t.Errorf("%+v, %d, %v", step, taken, ok)
	}
	if _, taken, ok = Usual().Next(0, 300, 4); ok || taken != 4 {
		t.Errorf("all steps were taken: %d, %v", taken, ok)
	}
}

func TestScheduleRefuses(t *testing.T) {
	for what, s := range map[string]Schedule{"day nought": {{0, Remind}}, "order": {{5, Remind}, {5, Warn}}, "a word": {{1, "shout"}}, "too many": make(Schedule, maxSteps+1)} {
		if err := s.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := Usual().Check(); err != nil {
		t.Error(err)
	}
}

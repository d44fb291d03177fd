package campaign

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const start = timex.Instant(1_790_000_000_000_000)

func planned() Campaign {
	c := New("Spring", usage.Sales, Predictive, start)
	n, _ := phone.Parse("862161234567")
	c.Lists = []Share{{List: id.ID{1}, Share: 3}, {List: id.ID{2}, Share: 1}}
	c.CallerIDs = []CallerID{{Number: n}}
	return c
}

func TestStates(t *testing.T) {
	c := planned()
	empty := New("Empty", usage.Survey, Preview, start)
	if err := empty.Start("wu", start); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "lists") || !strings.Contains(err.Error(), "caller_ids") {
		t.Errorf("a plan without lists: %v", err)
	}
	if ps := empty.DraftProblems(); len(ps) != 0 {
		t.Errorf("a draft may be unfinished: %v", ps)
	}
	for _, step := range []func() error{
		func() error { return c.Start("wu", start+1) },
		func() error { return c.Pause("", ByBudget, "the day's budget is used up", start+2) },
		func() error { return c.Resume(ByBudget, start+3) },
		func() error { return c.Pause("wu", ByPerson, "lunch", start+4) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if c.Status != (Status{State: Paused, Since: start + 4, By: "wu", Cause: ByPerson, Why: "lunch", First: start + 1}) {
		t.Errorf("%+v", c.Status)
	}
	if err := c.Resume(ByPerson, start+5); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what a person paused: %v", err)
	}
	if err := c.Finish("wu", "", start+6); err != nil || c.CanChange() == nil {
		t.Errorf("%v, %+v", err, c.Status)
	}
	if err := c.Archive("wu", start+7); err != nil || c.Start("wu", start+8) == nil {
		t.Errorf("%v, %+v", err, c.Status)
	}
}

// TestNoWalkBreaksACampaign takes random steps along the arrows and beside them.
func TestNoWalkBreaksACampaign(t *testing.T) {
	arrows := map[State][]State{Draft: {Running, Archived}, Running: {Paused, Finished}, Paused: {Running, Finished}, Finished: {Archived}}
	causes := Cause("").Choices()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 56))
		c, at := planned(), start
		for range 20 {
			before := c.Status
			at += timex.Instant(r.IntN(4) - 1)
			var err error
			switch r.IntN(6) {
			case 0, 1:
				err = c.Start("wu", at)
			case 2:
				err = c.Pause("wu", Cause(causes[r.IntN(len(causes))]), "why", at)
			case 3:
				err = c.Resume(Cause(causes[r.IntN(len(causes))]), at)
			case 4:
				if r.IntN(3) == 0 {
					err = c.Finish("wu", "enough", at)
				}
			case 5:
				if r.IntN(3) == 0 {
					err = c.Archive("wu", at)
				}
			}
			if err != nil && c.Status != before {
				t.Fatalf("seed %d: refused (%v), and changed", seed, err)
			}
			if c.Status.State != before.State && !contains(arrows[before.State], c.Status.State) || c.Status.Since < before.Since ||
				(c.Status.State == Paused) != (c.Status.Cause != "") || c.Status.State == Running && c.Status.First.IsZero() {
				t.Fatalf("seed %d: %+v after %+v", seed, c.Status, before)
			}
		}
	}
}

func contains(list []State, s State) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestNamesAreCountedInCharacters, as a page counts them: Chinese has three bytes to each.
func TestNamesAreCountedInCharacters(t *testing.T) {
	for n, want := range map[int]int{MaxName: 0, MaxName + 1: 1} {
		c := planned()
		c.Name = strings.Repeat("春", n)
		if ps := c.Problems(); len(ps) != want {
			t.Errorf("%d characters: %v", n, ps)
		}
	}
}

// TestProblems: every wrong field is named by its path.
func TestProblems(t *testing.T) {
	for path, spoil := range map[string]func(*Campaign){
		"name":                  func(c *Campaign) { c.Name = "" },
		"purpose":               func(c *Campaign) { c.Purpose = "fun" },
		"mode":                  func(c *Campaign) { c.Mode = "magic" },
		"mix":                   func(c *Campaign) { c.Mix = "shaken" },
		"ring_seconds":          func(c *Campaign) { c.RingSeconds = 14 },
		"goal.abandon":          func(c *Campaign) { c.Goal.Abandon = 1001 },
		"budget":                func(c *Campaign) { c.Budget.Daily = money.Micros(-1, money.MustCurrency("CNY")) },
		"lists[1].list":         func(c *Campaign) { c.Lists[1].List = c.Lists[0].List },
		"lists[0].share":        func(c *Campaign) { c.Mix, c.Lists[0].Share = ByShare, 0 },
		"caller_ids[0]":         func(c *Campaign) { c.CallerIDs[0].Number = 0 },
		"hours.windows":         func(c *Campaign) { c.Hours.Windows = nil },
		"hours.windows[0]":      func(c *Campaign) { c.Hours.Windows = []Window{{[]int{1}, "20:00", "09:00"}} },
		"hours.windows[0].days": func(c *Campaign) { c.Hours.Windows = []Window{{[]int{8}, "09:00", "24:00"}} },
		"dispositions[0].code":  func(c *Campaign) { c.Dispositions = []attempt.Disposition{{Code: "!", Name: "x"}} },
		"retry.attempts":        func(c *Campaign) { c.Retry.Attempts = -1 },
		"form[0].kind":          func(c *Campaign) { c.Form = []Field{{Name: "a", Label: "b", Kind: "c"}} },
		"form[0].choices":       func(c *Campaign) { c.Form = []Field{{Name: "a", Label: "b", Kind: "choice"}} },
		"asked[0]":              func(c *Campaign) { c.Asked = []AskedList{{List: "us.national"}} },
		"lifted[0]":             func(c *Campaign) { c.Lifted = []Lift{{Rule: "cn.hours", Reason: "no"}} },
		"targets[0]":            func(c *Campaign) { c.Targets = []Target{{Name: "Desk"}} },
		"message":               func(c *Campaign) { c.Mode = Broadcast },
		"robot.url":             func(c *Campaign) { c.Mode = Robot },
		"robot":                 func(c *Campaign) { c.Robot.URL = "ftp://x" },
		"rate":                  func(c *Campaign) { c.Rate.Channels = MaxChannels + 1 },
		"menu.patience":         func(c *Campaign) { c.Menu.Patience = -1 },
		"menu.steps[0].next":    func(c *Campaign) { c.Menu.Steps = []MenuStep{{ID: "a", Next: "b"}} },
		"menu.steps[1].prompt":  func(c *Campaign) { c.Menu.Steps = []MenuStep{{ID: "a"}, {ID: "b"}} },
		"menu.steps[0].digits":  func(c *Campaign) { c.Menu.Steps = []MenuStep{{ID: "a", Digits: 4}} },
		"menu.steps[0].answer":  func(c *Campaign) { c.Menu.Steps = []MenuStep{{ID: "a", Answer: "q"}} },
		"menu.steps[0].keys[1].key": func(c *Campaign) {
			c.Menu.Steps = []MenuStep{{ID: "a", Keys: []KeyAct{{Key: "1", Does: KeyEnd}, {Key: "1", Does: KeyAgent}}}}
		},
		"menu.steps[0].keys[0].does": func(c *Campaign) { c.Menu.Steps = []MenuStep{{ID: "a", Keys: []KeyAct{{Key: "1", Does: KeyAnswer}}}} },
		"menu.steps[0].keys[0].to": func(c *Campaign) {
			c.Menu.Steps = []MenuStep{{ID: "a", Keys: []KeyAct{{Key: "1", Does: KeyEnd, To: "a"}}}}
		},
		"script.steps[0].ask[0]": func(c *Campaign) { c.Script.Steps = []Step{{ID: "a", Text: "b", Ask: []string{"c"}}} },
		"script.steps[0].answers[0].to": func(c *Campaign) {
			c.Script.Steps = []Step{{ID: "a", Text: "b", Answers: []Answer{{Text: "yes", To: "nowhere"}}}}
		},
		"script.steps[0].answers[0].disposition": func(c *Campaign) {
			c.Script.Steps = []Step{{ID: "a", Text: "b", Answers: []Answer{{Text: "yes", Disposition: "weather"}}}}
		},
	} {
		c := planned()
		spoil(&c)
		ps := c.Problems()
		if len(ps) != 1 || ps[0].Path != path {
			t.Errorf("%s: %v", path, ps)
		}
	}
	c := planned()
	if ps := c.Problems(); len(ps) != 0 {
		t.Errorf("the plan: %v", ps)
	}
}

func TestHours(t *testing.T) {
	shanghai, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	york, err := timex.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	h := DefaultHours()
	off := timex.NewCalendar("x", map[timex.Date]bool{timex.MustDate("2026-03-03"): true})
	h.Off = []timex.Date{timex.MustDate("2026-03-04")}
	for _, c := range []struct {
		at, next string
		zone     *time.Location
	}{
		{"2026-03-02T09:00:00+08:00", "2026-03-02T09:00:00+08:00", shanghai},
		{"2026-03-02T08:59:59+08:00", "2026-03-02T09:00:00+08:00", shanghai},
		{"2026-03-02T12:00:00+08:00", "2026-03-02T14:00:00+08:00", shanghai},
		{"2026-03-02T20:00:00+08:00", "2026-03-05T09:00:00+08:00", shanghai}, // a holiday, a day off
		{"2026-03-07T19:59:00+08:00", "2026-03-07T19:59:00+08:00", shanghai},
		{"2026-03-07T20:00:00-05:00", "2026-03-09T09:00:00-04:00", york}, // over a Sunday on which the clocks change
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Next(timex.At(at), c.zone, off).In(c.zone).Format(time.RFC3339); got != c.next {
			t.Errorf("from %s: %s, want %s", c.at, got, c.next)
		}
	}
	never := Hours{Windows: []Window{{nil, "09:00", "10:00"}}}
	if got := never.Next(start, shanghai, nil); got != 0 {
		t.Errorf("hours on no day: %s", got)
	}
}

// TestAWindowTheClocksSkip: two to three in the morning does not exist on the day
// the clocks go forward, so the next day's is next.
func TestAWindowTheClocksSkip(t *testing.T) {
	york, err := timex.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	h := Hours{Windows: []Window{{[]int{1, 2, 3, 4, 5, 6, 7}, "02:00", "03:00"}}}
	at := timex.At(time.Date(2026, 3, 8, 0, 0, 0, 0, york))
	if got := h.Next(at, york, nil).In(york).Format("01-02 15:04"); got != "03-09 02:00" {
		t.Errorf("%s", got)
	}
}

// TestSharesHold: at every moment each list has had its share to within one.
func TestSharesHold(t *testing.T) {
	c := planned()
	c.Mix = ByShare
	c.Lists = []Share{{List: id.ID{1}, Share: 5}, {List: id.ID{2}, Share: 3}, {List: id.ID{3}, Share: 2}}
	m, all := c.Mixer(), func(int) bool { return true }
	taken := make([]int, 3)
	for n := 1; n <= 1000; n++ {
		taken[m.Next(all)]++
		for i, s := range c.Lists {
			if d := taken[i]*10 - n*s.Share; d > 10 || d < -10 {
				t.Fatalf("after %d: %v", n, taken)
			}
		}
	}
	if m.Next(func(int) bool { return false }) != -1 {
		t.Error("something came out of nothing")
	}
	one := func(i int) bool { return i == 2 }
	for range 50 {
		if m.Next(one) != 2 {
			t.Fatal("the list that has something was not taken")
		}
	}
	taken = make([]int, 3)
	for range 100 {
		taken[m.Next(all)]++
	}
	if !reflect.DeepEqual(taken, []int{50, 30, 20}) {
		t.Errorf("lists that came back are owed nothing: %v", taken)
	}
	c.Mix = InOrder
	if m := c.Mixer(); m.Next(all) != 0 || m.Next(one) != 2 {
		t.Error("in order")
	}
}

package budget

import (
	"math/rand/v2"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var cny = money.MustCurrency("CNY")

func yuan(n int64) money.Amount { return money.Micros(n*money.Micro, cny) }

func TestLevels(t *testing.T) {
	b := Budget{Amount: yuan(1000)}
	told := 0
	for _, step := range []struct {
		spent int64
		level int
		news  bool
	}{{499, 0, false}, {500, 50, true}, {799, 50, false}, {1200, 100, true}, {1300, 100, false}} {
		level, news := b.Reached(yuan(step.spent), told)
		if level != step.level || news != step.news {
			t.Errorf("at %d: level %d, news %v", step.spent, level, news)
		}
		told = level
	}
	for what, b := range map[string]Budget{"nothing": {Amount: yuan(0)}, "order": {Amount: yuan(1), Levels: []int{80, 50}}, "twice": {Amount: yuan(1), Levels: []int{50, 50}}, "below one": {Amount: yuan(1), Levels: []int{0}}} {
		if err := b.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestHardStop(t *testing.T) {
	b := Budget{Amount: yuan(100), HardStop: true}
	for _, c := range []struct {
		spent, next int64
		want        bool
	}{{99, 1, true}, {99, 2, false}, {100, 0, true}, {101, 0, false}} {
		if got, err := b.Allows(yuan(c.spent), yuan(c.next)); err != nil || got != c.want {
			t.Errorf("%d and then %d: %v, %v", c.spent, c.next, got, err)
		}
	}
	b.HardStop = false
	if got, err := b.Allows(yuan(500), yuan(1)); err != nil || !got {
		t.Errorf("a budget without a stop only tells: %v", err)
	}
}

func TestForecast(t *testing.T) {
	first, after := timex.MustDate("2026-03-01"), timex.MustDate("2026-04-01") // a Sunday
	var days []Day
	spent := yuan(0)
	for d := first; d < timex.MustDate("2026-03-15"); d++ {
		n := yuan(100)
		if restDay(d) {
			n = yuan(10)
		}
		days = append(days, Day{d, n})
		spent, _ = spent.Add(n)
	}
	f, err := Until(spent, days, timex.MustDate("2026-03-15"), after)
	if err != nil || f.Method != ByKindOfDay || f.Left != 17 {
		t.Fatalf("%+v, %v", f, err)
	}
	// 15 to 31 March: twelve working days and five rest days.
	if want := yuan(10*100 + 4*10 + 12*100 + 5*10); f.Likely != want || f.Low != want || f.High != want {
		t.Errorf("days that do not vary leave nothing open: %+v, want %s", f, want)
	}
	if f, err = Until(yuan(5), nil, first, after); err != nil || f.Method != Unseen || f.Likely != yuan(5) {
		t.Errorf("nothing was seen: %+v, %v", f, err)
	}
	if f, err = Until(yuan(20), days[:1], first+1, after); err != nil || f.Method != ByMean || f.Likely != yuan(20+30*10) || f.High.Cmp(f.Likely) <= 0 {
		t.Errorf("one day: %+v, %v", f, err)
	}
	if _, err := Until(money.Zero(money.MustCurrency("USD")), days, first, after); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two currencies: %v", err)
	}
}

// TestIntervalHolds: of many random months about four in five end within the
// interval, and the forecast is never below what was spent.
func TestIntervalHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	first, half, after := timex.MustDate("2026-03-01"), timex.MustDate("2026-03-16"), timex.MustDate("2026-04-01")
	within := 0
	const months = 400
	for range months {
		var days []Day
		spent, end := yuan(0), yuan(0)
		for d := first; d < after; d++ {
			n := money.Micros(50*money.Micro+r.Int64N(100*money.Micro), cny)
			if d < half {
				days = append(days, Day{d, n})
				spent, _ = spent.Add(n)
			}
			end, _ = end.Add(n)
		}
		f, err := Until(spent, days, half, after)
		if err != nil || f.Low.Cmp(spent) < 0 || f.Low.Cmp(f.Likely) > 0 || f.Likely.Cmp(f.High) > 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		if f.Low.Cmp(end) <= 0 && end.Cmp(f.High) <= 0 {
			within++
		}
	}
	if share := within * 100 / months; share < 60 || share > 90 {
		t.Errorf("%d %% of the months ended within an interval of 80 %%", share)
	}
}

func TestBeyondCounting(t *testing.T) {
	most := money.Micros(1<<63-1, cny)
	b := Budget{Amount: most, HardStop: true}
	if _, err := b.Allows(most, most); fault.KindOf(err) != fault.Overflow {
		t.Errorf("%v", err)
	}
	days := []Day{{timex.MustDate("2026-03-02"), most}, {timex.MustDate("2026-03-03"), most}}
	if _, err := Until(most, days, timex.MustDate("2026-03-04"), timex.MustDate("2026-03-07")); fault.KindOf(err) != fault.Overflow {
		t.Errorf("%v", err)
	}
	if err := (&Budget{Amount: yuan(1), Levels: make([]int, maxLevels+1)}).Check(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too many levels: %v", err)
	}
	if err := (&Budget{Amount: yuan(1), Levels: []int{10, 90}}).Check(); err != nil {
		t.Error(err)
	}
}

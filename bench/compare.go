package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"waihu/internal/charging/compare"
)

// measureComparing measures twenty offers under a year of a million calls, beside
// databases that rate the same calls twenty times.
func measureComparing(r *report, o options) error {
	list := tariffs()
	year := newCallYear()
	if len(list) != 20 {
		return fmt.Errorf("%d offers, not twenty", len(list))
	}
	defer debug.SetGCPercent(debug.SetGCPercent(25)) // as cmd/waihu has it
	b := &comparing{list: list, year: year}
	found, err := b.times(o)
	if err != nil {
		return err
	}
	r.table("Twenty offers under a million calls of twelve months", found)
	return b.besideSQL(r, o)
}

type comparing struct {
	list   []tariff
	year   *callYear
	result *compare.Result
	cmp    *compare.Comparison
	took   time.Duration
}

func (b *comparing) input(only ...compare.Answer) compare.Input {
	return compare.Input{Candidates: candidates(b.list), Months: []int{12}, Only: only}
}

// costs gathers the calls and costs every offer.
func (b *comparing) costs() (err error) {
	if b.cmp, err = compare.New(b.input("costs")); err != nil {
		return err
	}
	if err = b.year.give(b.cmp); err != nil {
		return err
	}
	b.result, err = b.cmp.Result()
	return err
}

func (b *comparing) times(o options) ([]finding, error) {
	handing, err := measure(func() error { return b.year.give(nothing{}) })
	if err != nil {
		return nil, err
	}
	all, err := compareRuns(o.runs, b.costs)
	if err != nil {
		return nil, err
	}
	b.took = all.wall
	out := []finding{{"handing the calls over, doing nothing", ms(handing.wall), "", false},
		{"20 offers, 12 months, file order to totals", fmt.Sprintf("%s (%s of processors)", ms(all.wall), ms(all.cpu)), "under 2 s", all.wall < 2*time.Second},
		{"kinds of call and length that are left of a million calls", fmt.Sprint(b.result.Basis.Usage.Cells), "", false}}
	step, err := b.slider(o)
	if err != nil {
		return nil, err
	}
	out = append(out, step...)
	more, err := b.bootstrap(o)
	if err != nil {
		return nil, err
	}
	return append(out, more...), nil
}

// slider moves one what-if of one offer, as a hand would.
func (b *comparing) slider(o options) ([]finding, error) {
	var out []finding
	for _, s := range []string{"volume=+37%", "length=-12%", "answer_rate=+5%", "seats=+20%"} {
		ch, err := compare.ParseChange(s)
		if err != nil {
			return nil, err
		}
		worst := time.Duration(0)
		for _, t := range b.list {
			took, err := compareRuns(min(o.runs, 3), func() error { _, _, err := b.cmp.WhatIf(t.id, ch, 12); return err })
			if err != nil {
				return nil, err
			}
			worst = max(worst, took.wall)
		}
		out = append(out, finding{"what-if step, one offer, " + s + ", slowest of twenty", ms(worst), "under 100 ms", worst < 100*time.Millisecond})
	}
	return out, nil
}

// bootstrap resamples a thousand times and makes every other answer too.
func (b *comparing) bootstrap(o options) ([]finding, error) {
	spread, err := compareRuns(min(o.runs, 3), func() error {
		c, err := compare.New(b.input(compare.AnswerVolatility))
		if err != nil {
			return err
		}
		if err := b.year.give(c); err != nil {
			return err
		}
		_, err = c.Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	b.cmp, b.result = nil, nil
	before := liveHeap()
	debug.FreeOSMemory()
	resident := residentMB()
	everything, err := measure(func() (err error) {
		if b.cmp, err = compare.New(b.input()); err != nil {
			return err
		}
		if err = b.year.give(b.cmp); err != nil {
			return err
		}
		b.result, err = b.cmp.Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	held := liveHeap() - before
	peak := residentMB()
	return []finding{
		{"the same with 1,000 bootstrap replicates of 12 months", ms(spread.wall), "under 5 s", spread.wall < 5*time.Second},
		{"every answer at once, single calls kept", fmt.Sprintf("%s (%s of processors)", ms(everything.wall), ms(everything.cpu)), "", false},
		{"what it holds then", fmt.Sprintf("%d MB", held>>20), "", false},
		{"most memory of the program (the bench's own calls included)", fmt.Sprintf("%d MB, %d MB before", peak, resident), "under 500 MB", peak < 500},
	}, nil
}

// compareRuns is the median of so many runs, after one that does not count.
func compareRuns(runs int, f func() error) (cost, error) {
	took, err := takeTurns(runs, []contender{{"it", f}})
	return took["it"], err
}

// residentMB is the most memory the program has held so far.
func residentMB() int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		runtime.GC()
		return int(liveHeap() >> 20)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return kb >> 10
		}
	}
	return 0
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"sync"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
)

const (
	worldRows  = 200_000
	tapedCalls = 1 << 21
	plainCalls = 1 << 17 // the plain way is slow: a part is enough
)

// measureRating measures calls in memory over a large deck.
func measureRating(r *report, o options) error {
	entries := worldDeck(worldRows)
	if err := loading(r, o, entries); err != nil {
		return err
	}
	terms, err := termsOf(entries)
	if err != nil {
		return err
	}
	b := &rater{terms: terms, tape: newTape(entries, tapedCalls)}
	if err := b.agrees(entries); err != nil {
		return err
	}
	var found []finding
	one := func() error { found, err = b.oneCore(o, entries); return err }
	if err := single(one); err != nil {
		return err
	}
	two, err := b.twoCores(o)
	if err != nil {
		return err
	}
	r.table("Rating in memory, 200,000 prefixes", append(found, two))
	return nil
}

// loading measures reading a deck from CSV and building it.
func loading(r *report, o options, entries []deck.Entry) error {
	var file bytes.Buffer
	if err := deck.WriteCSV(&file, entries); err != nil {
		return err
	}
	var kept *deck.Deck
	before := liveHeap()
	load := func() error {
		rows, problems := deck.ReadCSV(bytes.NewReader(file.Bytes()), "deck.csv", deck.Rate{Per: 60, First: 60, Next: 60})
		if err := problems.Err(); err != nil {
			return err
		}
		kept, problems = deck.Build(rows)
		return problems.Err()
	}
	var took map[string]cost
	err := single(func() (err error) {
		took, err = takeTurns(o.runs, []contender{{"load", load}})
		return err
	})
	if err != nil {
		return err
	}
	size := liveHeap() - before
	runtime.KeepAlive(kept)
	runtime.KeepAlive(&file) // it was there before as well
	r.table("Loading 200,000 prefixes from CSV", []finding{
		{"time, one core", ms(took["load"].cpu), "under 1 s", took["load"].cpu < seconds(1)},
		{"memory of the deck", fmt.Sprintf("%.1f MB", float64(size)/1e6), "under 20 MB", size < 20e6},
	})
	return nil
}

// rater rates a tape.
type rater struct {
	terms *contract.Terms
	tape  *tape
}

func (b *rater) meter() (*meter.Meter, error) { return meter.New(b.terms, meter.Options{}) }

// play rates a stretch of the tape with a meter of its own.
func (b *rater) play(m *meter.Meter, from, to, talk int) error {
	return b.tape.play(m, b.terms.Period.From, from, to, talk)
}

// agrees compares the engine with the reference before anything is timed.
func (b *rater) agrees(entries []deck.Entry) error {
	m, err := b.meter()
	if err != nil {
		return err
	}
	ref := newReference(entries)
	for i := range plainCalls {
		ref.call(b.tape.number(i)[1:], int64(b.tape.calls[i].talk))
	}
	if err := b.play(m, 0, plainCalls, 0); err != nil {
		return err
	}
	got, err := totalsOf(m)
	if err == nil && !got.same(ref.totals) {
		err = fmt.Errorf("rating in memory: %v, the reference has %v", got, ref.totals)
	}
	return err
}

// totalsOf ends a meter and prices what it counted.
func totalsOf(m *meter.Meter) (totals, error) {
	g, err := m.Finish()
	if err != nil {
		return totals{}, err
	}
	rated, err := rating.Rate(g)
	if err != nil {
		return totals{}, err
	}
	t := totals{exact: new(big.Rat)}
	for _, u := range g.Unpriced {
		t.unpriced += u.Count
	}
	for _, s := range g.Calls["talk"].Slots {
		t.priced += s.Calls
		t.billed += s.Billed
	}
	if _, ok := t.exact.SetString(rated.Lines[0].Exact.String()); !ok {
		return totals{}, errors.New("the line's amount is no number")
	}
	return t, nil
}

// oneCore measures calls a second, allocations, and long calls beside short ones.
func (b *rater) oneCore(o options, entries []deck.Entry) ([]finding, error) {
	m, err := b.meter()
	if err != nil {
		return nil, err
	}
	ref := newReference(entries)
	took, err := takeTurns(o.runs, []contender{
		{"mixed", func() error { return b.play(m, 0, tapedCalls, 0) }},
		{"second", func() error { return b.play(m, 0, tapedCalls, 1) }},
		{"hour", func() error { return b.play(m, 0, tapedCalls, 3600) }},
		{"plain", func() error {
			for i := range plainCalls {
				ref.call(b.tape.number(i)[1:], int64(b.tape.calls[i].talk))
			}
			return nil
		}},
	})
	if err != nil {
		return nil, err
	}
	before := allocated()
	if err := b.play(m, 0, tapedCalls, 0); err != nil {
		return nil, err
	}
	each := float64(allocated()-before) / tapedCalls
	rate := tapedCalls / took["mixed"].cpu.Seconds()
	long := ratio(took["hour"].cpu, took["second"].cpu)
	plain := plainCalls / took["plain"].cpu.Seconds()
	return []finding{
		{"calls a second and core", fmt.Sprintf("%.1f million", rate/1e6), "at least 5 million", rate >= 5e6},
		{"beside a map and fractions", fmt.Sprintf("%.0f times", rate/plain), "", true},
		{"allocations a call", fmt.Sprintf("%.4f", each), "none", each < 0.0001},
		{"calls of an hour, beside one second", fmt.Sprintf("%.2f times the time", long), "no slower (1.00, 5 % for noise)", long <= 1.05},
	}, nil
}

// twoCores measures the same calls on one meter and on two that are merged.
func (b *rater) twoCores(o options) (finding, error) {
	if runtime.NumCPU() < 2 {
		return finding{what: "two cores", measured: "there is one only"}, nil
	}
	took, err := takeTurns(o.runs, []contender{
		{"one", func() error { return b.share(1) }},
		{"two", func() error { return b.share(2) }},
	})
	gain := ratio(took["one"].wall, took["two"].wall)
	return finding{"two cores, two meters, merged", fmt.Sprintf("%.2f times as fast", gain), "at least 1.8", gain >= 1.8}, err
}

// share rates the tape on so many meters at once and merges them.
func (b *rater) share(workers int) error {
	meters := make([]*meter.Meter, workers)
	for i := range meters {
		var err error
		if meters[i], err = b.meter(); err != nil {
			return err
		}
	}
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for i, m := range meters {
		wait.Go(func() { errs[i] = b.play(m, tapedCalls*i/workers, tapedCalls*(i+1)/workers, 0) })
	}
	wait.Wait()
	for _, m := range meters[1:] {
		if err := meters[0].Merge(m); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/sqlite"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const (
	batchCalls   = 1000
	sqliteGoal   = 100_000 // calls a second, durable, rated and booked
	serverGoal   = 60_000
	batchGoal    = 25 * time.Millisecond // 99 of 100 batches, SQLite with one writer
	singleGoal   = 5 * time.Millisecond  // 99 of 100 single calls
	singleRate   = 500                   // a second
	singleCalls  = 3000
	singleRounds = 5
	pageGoal     = 50 * time.Millisecond
	callEvery    = 500 * time.Microsecond // of the calls that are made up
)

// storePlan is talk time by kind of line, seats beside it.
const storePlan = `plan: bench
version: 1
currency: CNY
time_zone: Asia/Shanghai
home_region: CN
tax: {default: voice, classes: [{id: voice, rates: [{rate: 9%}]}]}
unmetered: [seats, sessions, modules]
components:
  - id: talk
    measure: talk_time
    category: voice
    increment: 60/6
    rates:
      - {id: mobile, match: {line: [mobile]}, unit_price: 0.12}
      - {id: landline, match: {line: [landline]}, unit_price: 0.08}
      - {id: other, default: true, unit_price: 0.30}
`

// measureStores keeps usage in both databases as a service does.
func measureStores(r *report, o options) error {
	dir, err := os.MkdirTemp(o.dir, "stores")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(filepath.Join(dir, "books.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	bare, err := bareSync(filepath.Join(dir, "sync"))
	if err != nil {
		return err
	}
	if err := measureStore(r, o, "SQLite, synchronous=FULL", db, 1, sqliteGoal, bare); err != nil {
		return err
	}
	cluster, dsn, err := startPostgres()
	if err != nil {
		return err
	}
	defer cluster.Close()
	server, err := postgres.Open(context.Background(), dsn, postgres.Options{})
	if err != nil {
		return err
	}
	return measureStore(r, o, "PostgreSQL, synchronous_commit=on", server, 1, serverGoal, bare)
}

// startPostgres starts a server of its own with an empty database.
func startPostgres() (*storetest.Cluster, string, error) {
	cluster, err := storetest.StartCluster("shared_buffers=512MB", "max_wal_size=4GB", "wal_compression=off")
	if err != nil {
		return nil, "", err
	}
	dsn, err := cluster.Database("bench")
	return cluster, dsn, err
}

// bareSync is the median time to write 4 KiB to a file and to disk: what no
// commit can beat.
func bareSync(path string) (time.Duration, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var all []time.Duration
	block := make([]byte, 4096)
	for range 100 {
		begin := time.Now()
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(begin))
	}
	return quantile(all, 0.5), nil
}

func quantile(all []time.Duration, q float64) time.Duration {
	slices.Sort(all)
	return all[min(int(math.Ceil(q*float64(len(all)))), len(all))-1]
}

func measureStore(r *report, o options, name string, db store.DB, lanes int, goal float64, bare time.Duration) (err error) {
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	s := &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "bench"}
	company, err := openBooks(s)
	if err != nil {
		return err
	}
	g := newGenerator(firstCall, callEvery)
	if _, _, _, err := ingestMany(s, company, g, 20, 2); err != nil { // tables, caches, statements
		return err
	}
	one, cpu, oneTimes, err := ingestMany(s, company, g, o.batches, 1)
	if err != nil {
		return err
	}
	cpu /= time.Duration(o.batches * batchCalls)
	two, _, twoTimes, err := ingestMany(s, company, g, o.batches, 2)
	if err != nil {
		return err
	}
	rate := func(d time.Duration) float64 { return float64(o.batches*batchCalls) / d.Seconds() }
	single, err := ingestSingly(s, company, g, lanes)
	if err != nil {
		return err
	}
	pages, err := readPages(s, company, g)
	if err != nil {
		return err
	}
	batch := finding{"one sender, a batch: median, 99 of 100", quantile(oneTimes, 0.5).String() + ", " + quantile(oneTimes, 0.99).String(), "", false}
	if goal == sqliteGoal {
		batch.goal, batch.met = "under "+batchGoal.String(), quantile(oneTimes, 0.99) < batchGoal
	}
	r.table(fmt.Sprintf("%s: %d batches of %d calls, rated, booked and on disk", name, o.batches, batchCalls), []finding{
		{"a bare write of 4 KiB to disk, median", bare.String(), "", false},
		{"processor time a call, of this program", cpu.String(), "", false},
		{"one sender, calls a second", fmt.Sprintf("%.0f", rate(one)), fmt.Sprintf("at least %.0f", goal), rate(one) >= goal},
		batch,
		{"two senders, calls a second", fmt.Sprintf("%.0f", rate(two)), "", false},
		{"two senders, a batch: median, 99 of 100", quantile(twoTimes, 0.5).String() + ", " + quantile(twoTimes, 0.99).String(), "", false},
		{fmt.Sprintf("single calls, %d a second: median, 99 of 100", singleRate), quantile(single, 0.5).String() + ", " + quantile(single, 0.99).String(), "under " + singleGoal.String(), quantile(single, 0.99) < singleGoal},
	})
	r.table(fmt.Sprintf("%s: reading among %d calls of a month, median", name, g.n.Load()), pages)
	return nil
}

// readPages measures what pages and endpoints ask for.
func readPages(s *app.System, c id.Company, g *generator) ([]finding, error) {
	month := timex.Days(timex.MustDate("2026-03-01"), timex.MustDate("2026-04-01"), time.UTC)
	middle := firstCall.Add(time.Duration(g.n.Load()/2) * callEvery)
	ask := func(q store.CallQuery) func(store.Tx) error {
		q.Period, q.Limit = month, 50
		return func(tx store.Tx) error { _, err := tx.Usage().Calls(c, q); return err }
	}
	var out []finding
	for _, m := range []struct {
		what string
		read func(store.Tx) error
	}{
		{"the newest 50 calls", ask(store.CallQuery{})},
		{"50 calls from the middle on", ask(store.CallQuery{Before: store.CallCursor{Start: middle, Position: 1}})},
		{"50 calls of an agent", ask(store.CallQuery{Agent: "agent7"})},
		{"calls of an agent who made none (5,000 looked at)", ask(store.CallQuery{Agent: "nobody"})},
		{"a call by its identifier", func(tx store.Tx) error {
			at := middle.Add(callEvery) // its identifier is made of its start and number
			k := int64(at.Sub(firstCall) / callEvery)
			_, err := tx.Usage().CallByID(c, "asterisk/pbx1", fmt.Sprintf("%d.%d", int64(at)/1_000_000, k), timex.MustDate("2026-03-01"))
			return err
		}},
		{"months with late usage", func(tx store.Tx) error { _, err := tx.Usage().Late(c, id.ID{}, 5); return err }},
		{"all balances", func(tx store.Tx) error { _, err := tx.Journal().Balances(c); return err }},
	} {
		var times []time.Duration
		for range 9 {
			at := time.Now()
			if err := s.DB.View(context.Background(), m.read); err != nil {
				return nil, fmt.Errorf("%s: %w", m.what, err)
			}
			times = append(times, time.Since(at))
		}
		mid := quantile(times, 0.5)
		out = append(out, finding{m.what, mid.String(), "under " + pageGoal.String(), mid < pageGoal})
	}
	return out, nil
}

// openBooks makes a company with a running contract.
func openBooks(s *app.System) (id.Company, error) {
	ctx := context.Background()
	if _, err := s.PublishPlan(ctx, app.PublishPlan{File: storePlan}); err != nil {
		return id.Company{}, err
	}
	c, err := s.AddCompany(ctx, app.Company{Name: "bench", Email: "bench@example.com"})
	if err != nil {
		return id.Company{}, err
	}
	company := id.Company{ID: c.ID}
	text := "contract: c1\nplan: bench@1\nstart: 2026-01-01\nseller: {name: S}\nbuyer: {name: B}\n"
	q, err := s.Quote(ctx, company, app.Quote{File: text, On: timex.MustDate("2025-12-01")})
	if err != nil {
		return company, err
	}
	if _, err := s.Sign(ctx, company, app.Sign{Contract: q.ID, Document: fmt.Sprintf("%064x", 1), On: timex.MustDate("2025-12-02")}); err != nil {
		return company, err
	}
	_, err = s.Start(ctx, company, q.ID, timex.MustDate("2026-01-01"))
	return company, err
}

// generator makes calls as a dialer does: identifiers of a switch, one after
// another in time.
type generator struct {
	first timex.Instant
	every time.Duration // between two calls
	rng   *mrand.Rand
	n     atomic.Int64
	mu    sync.Mutex
}

func newGenerator(first timex.Instant, every time.Duration) *generator {
	return &generator{first: first, every: every, rng: mrand.New(mrand.NewPCG(1, 2))}
}

var firstCall = timex.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))

func (g *generator) batch(n int) []usage.Fact {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]usage.Fact, n)
	calls := make([]usage.Call, n)
	for i := range calls {
		k := g.n.Add(1)
		start := g.first.Add(time.Duration(k) * g.every)
		talk := time.Duration(g.rng.IntN(180)) * time.Second
		c := usage.Call{ID: fmt.Sprintf("%d.%d", int64(start)/1_000_000, k), Source: "asterisk/pbx1", Direction: usage.Outbound, Result: usage.Answered, Mode: usage.Predictive,
			From: "02161234567", To: fmt.Sprintf("138%08d", g.rng.IntN(100_000_000)), Agent: fmt.Sprint("agent", g.rng.IntN(200)), Campaign: fmt.Sprint("spring-", g.rng.IntN(5)), Trunk: "PJSIP/carrier-a", Cause: "16",
			Start: start, Answer: start.Add(8 * time.Second), End: start.Add(8*time.Second + talk), Total: 8*time.Second + talk, Talk: talk}
		if g.rng.IntN(10) < 6 {
			c.Result, c.Answer, c.Talk, c.Cause = usage.NoAnswer, 0, 0, "19"
		}
		calls[i] = c
		out[i] = &calls[i]
	}
	return out
}

// roundBatches is how many batches are made ahead: making them is not what is
// measured, and what lies about in memory costs the collector.
const roundBatches = 50

// ingestMany hands in batches from so many senders at once.
func ingestMany(s *app.System, c id.Company, g *generator, batches, senders int) (took time.Duration, cpu time.Duration, times []time.Duration, err error) {
	for len(times) < batches {
		all := make([][]usage.Fact, min(roundBatches, batches-len(times)))
		for i := range all {
			all[i] = g.batch(batchCalls)
		}
		busy, begin := cpuTime(), time.Now()
		round, err := ingestRound(s, c, all, senders)
		if err != nil {
			return 0, 0, nil, err
		}
		took, cpu = took+time.Since(begin), cpu+cpuTime()-busy
		times = append(times, round...)
	}
	return took, cpu, times, nil
}

func ingestRound(s *app.System, c id.Company, all [][]usage.Fact, senders int) ([]time.Duration, error) {
	var next atomic.Int64
	times, errs := make([]time.Duration, len(all)), make([]error, senders)
	var wg sync.WaitGroup
	for w := range senders {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				at := time.Now()
				r, err := s.Ingest(context.Background(), c, all[i])
				if err == nil && r.Count(store.Added) != batchCalls {
					err = fmt.Errorf("%d of %d calls were added: %v", r.Count(store.Added), batchCalls, r.Outcomes[0])
				}
				if errs[w] = err; err != nil {
					return
				}
				times[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	return times, errors.Join(errs...)
}

// ingestSingly hands in one call at a time, so many a second, from the outside.
func ingestSingly(s *app.System, c id.Company, g *generator, lanes int) ([]time.Duration, error) {
	in := app.NewIntake(s, lanes)
	defer in.Close()
	facts := g.batch(singleCalls)
	times, errs := make([]time.Duration, singleCalls), make([]error, singleCalls)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / singleRate)
	defer tick.Stop()
	for i := range facts {
		<-tick.C
		wg.Go(func() {
			at := time.Now()
			_, errs[i] = in.Ingest(context.Background(), c, facts[i:i+1])
			times[i] = time.Since(at)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return times, nil
}

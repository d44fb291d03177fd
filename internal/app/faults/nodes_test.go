package faults

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// In the environment of a node that is to die in the middle of a bill run: the
// database, its clock, after how many transactions, and the run.
const closerEnv = "WAIHU_FAULT_CLOSER"

// node is a System over a database that others use as well.
func node(dsn, name string, clock *atomic.Int64, wrap func(store.DB) store.DB) (*app.System, *postgres.DB, error) {
	db, err := postgres.Open(context.Background(), dsn, postgres.Options{Conns: 6, Clock: func() timex.Instant { return timex.Instant(clock.Add(1)) }})
	if err != nil {
		return nil, nil, err
	}
	return &app.System{DB: wrap(db), IDs: id.NewMaker(rand.Reader), Node: name}, db, nil
}

// dying kills its own process in the middle of a transaction that writes, the
// last of so many.
type dying struct {
	store.DB
	left *atomic.Int64
}

func (d dying) Update(ctx context.Context, f func(store.Tx) error) error {
	if d.left.Add(-1) != 0 {
		return d.DB.Update(ctx, f)
	}
	return d.DB.Update(ctx, func(tx store.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		return errors.Join(err, errors.New("still alive"))
	})
}

func run(until timex.Date) app.ClosePeriod { return app.ClosePeriod{Until: until, Issue: until + 1} }

// closer is the node that dies.
func closer(dsn, now, left, until string) error {
	var clock, n atomic.Int64
	for text, to := range map[string]*atomic.Int64{now: &clock, left: &n} {
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		to.Store(v)
	}
	s, _, err := node(dsn, "dying", &clock, func(db store.DB) store.DB { return dying{db, &n} })
	if err != nil {
		return err
	}
	_, err = s.ClosePeriod(context.Background(), run(timex.MustDate(until)))
	return err
}

// halting stops before a transaction of a run, and goes on when it is told to.
type halting struct {
	store.DB
	left    *atomic.Int64
	reached chan struct{}
	goOn    chan struct{}
}

func (h halting) Update(ctx context.Context, f func(store.Tx) error) error {
	if h.left.Add(-1) == 0 {
		close(h.reached)
		<-h.goOn
	}
	return h.DB.Update(ctx, f)
}

const (
	nodeCompanies = 12
	nodeBatches   = 3 // of each node, company and month
)

// TestTwoNodesOneDatabase: two nodes keep usage of different companies and of
// one together; both start the bill run and one does it; a third is killed in
// the middle of the next, three times, and another node goes on when the dead
// one's lease is over. Every contract is billed once a month, what it used, and
// numbers have no gaps.
func TestTwoNodesOneDatabase(t *testing.T) {
	server, err := storetest.StartCluster("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dsn, err := server.Database("nodes")
	if err != nil {
		t.Fatal(err)
	}
	twoNodes(t, dsn)
}

func twoNodes(t *testing.T, dsn string) {
	w := &world{t: t, dsn: dsn, months: []timex.Date{timex.MustDate("2026-03-01")}}
	w.clock.Store(int64(timex.MustDate("2026-03-01").Start(time.UTC)))
	halt := halting{left: &atomic.Int64{}, reached: make(chan struct{}), goOn: make(chan struct{})}
	for i := range w.nodes {
		s, db, err := node(dsn, fmt.Sprint("n", i+1), &w.clock, func(db store.DB) store.DB {
			if i == 0 {
				halt.DB = db
				return halt
			}
			return db
		})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		w.nodes[i] = s
	}
	publish(t, w.nodes[0])
	for i := range nodeCompanies {
		c, _ := customer(t, w.nodes[i%2], fmt.Sprint("c", i))
		w.companies = append(w.companies, id.Company{ID: c})
	}
	w.ingest()
	w.both(halt)
	rng := mrand.New(mrand.NewPCG(3, 9))
	for range 3 {
		w.months = append(w.months, w.months[len(w.months)-1].AddMonths(1))
		w.ingest()
		w.killed(int64(2 + rng.IntN(nodeCompanies)))
	}
}

// world is two nodes and what they were given.
type world struct {
	t         *testing.T
	dsn       string
	clock     atomic.Int64
	nodes     [2]*app.System
	companies []id.Company
	months    []timex.Date
	used      map[id.Company]int64 // micros in the last month
}

// ingest has both nodes keep usage of the last month: the first company's by
// both, the others' in turn.
func (w *world) ingest() {
	w.t.Helper()
	month := w.months[len(w.months)-1]
	w.used = map[id.Company]int64{}
	var wg sync.WaitGroup
	for n, s := range w.nodes {
		for i, c := range w.companies {
			if i != 0 && i%2 != n {
				continue
			}
			for k := range nodeBatches {
				w.used[c] += costOf(n*nodeBatches + k)
			}
		}
		wg.Go(func() {
			for k := range nodeBatches {
				for i, c := range w.companies {
					if i != 0 && i%2 != n {
						continue
					}
					if _, err := s.Ingest(context.Background(), c, moved(batch(n*nodeBatches+k), month)); err != nil {
						w.t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// moved are calls of March in another month.
func moved(facts []usage.Fact, month timex.Date) []usage.Fact {
	by := month.Start(time.UTC).Sub(timex.MustDate("2026-03-01").Start(time.UTC))
	for _, f := range facts {
		c := f.(*usage.Call)
		c.Start, c.Answer, c.End = c.Start.Add(by), c.Answer.Add(by), c.End.Add(by)
	}
	return facts
}

// over sets the clock behind the last month, and gives the day.
func (w *world) over() timex.Date {
	until := w.months[len(w.months)-1].AddMonths(1)
	w.clock.Store(int64((until + 1).Start(time.UTC)))
	return until
}

// both starts a run on each node while the other is in the middle of it.
func (w *world) both(halt halting) {
	w.t.Helper()
	until := w.over()
	halt.left.Store(nodeCompanies / 2)
	done := make(chan error, 1)
	go func() {
		_, err := w.nodes[0].ClosePeriod(context.Background(), run(until))
		done <- err
	}()
	<-halt.reached
	if _, err := w.nodes[1].ClosePeriod(context.Background(), run(until)); err == nil || fault.KindOf(err) != fault.Conflict {
		w.t.Errorf("a second node bills while the first does: %v", err)
	}
	close(halt.goOn)
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
	again, err := w.nodes[1].ClosePeriod(context.Background(), run(until))
	if err != nil || again.State != "done" {
		w.t.Errorf("a run that is done, on another node: %s, %v", again.State, err)
	}
	w.check("both nodes")
}

// killed lets a node die in the middle of a run, which another finishes.
func (w *world) killed(after int64) {
	w.t.Helper()
	until := w.over()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), closerEnv+"="+w.dsn, closerEnv+"_NOW="+fmt.Sprint(w.clock.Load()), closerEnv+"_LEFT="+fmt.Sprint(after), closerEnv+"_UNTIL="+until.String())
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() >= 0 {
		w.t.Fatalf("the node ended by itself: %v: %s", err, out)
	}
	if _, err := w.nodes[1].ClosePeriod(context.Background(), run(until)); err == nil || fault.KindOf(err) != fault.Conflict {
		w.t.Errorf("a node bills while the dead one's lease is good: %v", err)
	}
	w.clock.Add((2 * time.Minute).Microseconds())
	r, err := w.nodes[1].ClosePeriod(context.Background(), run(until))
	if err != nil || r.Counts.Issued != nodeCompanies || r.Counts.Held != 0 {
		w.t.Fatalf("after a node died in its transaction %d: %+v, %v", after, r.Counts, err)
	}
	w.check(fmt.Sprintf("a node that died in its transaction %d", after))
}

var lastDigits = regexp.MustCompile(`\d+$`)

// check holds the invoices to the usage, and the books to their own rules.
func (w *world) check(what string) {
	w.t.Helper()
	ctx := context.Background()
	numbers := map[int]bool{}
	month := w.months[len(w.months)-1]
	for i, c := range w.companies {
		var docs []store.Document
		err := w.nodes[i%2].DB.View(ctx, func(tx store.Tx) (err error) {
			docs, err = tx.Documents().List(c, store.DocumentQuery{Page: store.Page{Limit: store.MaxPage}})
			return err
		})
		if err != nil || len(docs) != len(w.months) {
			w.t.Fatalf("%s: company %d has %d invoices for %d months, %v", what, i, len(docs), len(w.months), err)
		}
		for _, d := range docs {
			n, err := strconv.Atoi(lastDigits.FindString(d.Number))
			if err != nil || numbers[n] {
				w.t.Errorf("%s: number %s, %v", what, d.Number, err)
			}
			numbers[n] = true
			// The plan has no tax: a month's total is its usage to the cent.
			if want := (w.used[c] + 5_000) / 10_000 * 10_000; d.First == month && d.Total.Micros() != want {
				w.t.Errorf("%s: company %d pays %s for %d micros of calls", what, i, d.Total, w.used[c])
			}
		}
	}
	for i, n := range slices.Sorted(maps.Keys(numbers)) {
		if n != i+1 {
			w.t.Fatalf("%s: number %d stands where %d was expected", what, n, i+1)
		}
	}
	x, err := w.nodes[0].Examine(ctx)
	if err != nil || len(x.Findings) > 0 {
		w.t.Errorf("%s: %+v, %v", what, x, err)
	}
}

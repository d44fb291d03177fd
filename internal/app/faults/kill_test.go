package faults

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// In the environment of a child: the database it works on, the company, and the
// batch it begins with.
const childEnv = "WAIHU_FAULT_CHILD"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(closerEnv); dsn != "" {
		if err := closer(dsn, os.Getenv(closerEnv+"_NOW"), os.Getenv(closerEnv+"_LEFT"), os.Getenv(closerEnv+"_UNTIL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if path := os.Getenv(billerEnv); path != "" {
		if err := billUntilKilled(path, os.Getenv(billerEnv+"_COMPANY"), os.Getenv(billerEnv+"_FROM")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if path := os.Getenv(childEnv); path != "" {
		if err := child(path, os.Getenv(childEnv+"_COMPANY"), os.Getenv(childEnv+"_FROM")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const (
	batchCalls = 50
	planText   = `plan: p
version: 1
currency: CNY
time_zone: Asia/Shanghai
components:
  - {id: talk, measure: talk_time, increment: 60/60, unit_price: 0.12, category: voice}
`
)

func system(path string) (*app.System, *sqlite.DB, error) {
	db, err := sqlite.Open(path, sqlite.Options{})
	return &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "n"}, db, err
}

// batch is the n-th of a run: the same calls whenever it is made.
func batch(n int) []usage.Fact {
	rng := mrand.New(mrand.NewPCG(uint64(n), 7))
	out := make([]usage.Fact, batchCalls)
	for i := range out {
		start := timex.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)).Add(time.Duration(n*batchCalls+i) * time.Second)
		talk := time.Duration(1+rng.IntN(300)) * time.Second
		out[i] = &usage.Call{ID: fmt.Sprintf("%d-%d", n, i), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "8613800138000",
			Start: start, Answer: start, End: start.Add(talk), Talk: talk, Total: talk}
	}
	return out
}

// costOf is what a batch comes to.
func costOf(n int) (micros int64) {
	for _, f := range batch(n) {
		micros += (f.(*usage.Call).Seconds() + 59) / 60 * 120_000
	}
	return micros
}

// child hands in batches until it is killed, and says of each when it is
// acknowledged. A commit is on disk before that.
func child(path, company, from string) error {
	s, _, err := system(path)
	if err != nil {
		return err
	}
	c, err := id.Parse(company)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(from)
	if err != nil {
		return err
	}
	for ; ; n++ {
		if _, err := s.Ingest(context.Background(), id.Company{ID: c}, batch(n)); err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

// begin makes a company with a running contract.
func begin(t *testing.T, path string) (company, contract id.ID) {
	t.Helper()
	s, db, err := system(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	publish(t, s)
	return customer(t, s, "a")
}

func publish(t *testing.T, s *app.System) {
	t.Helper()
	if _, err := s.PublishPlan(context.Background(), app.PublishPlan{File: planText}); err != nil {
		t.Fatal(err)
	}
}

// customer is a company with a running contract.
func customer(t *testing.T, s *app.System, name string) (company, contract id.ID) {
	t.Helper()
	ctx := context.Background()
	c, err1 := s.AddCompany(ctx, app.Company{Name: name, Email: name + "@example.com"})
	in := id.Company{ID: c.ID}
	text := "contract: c\nplan: p@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n"
	q, err2 := s.Quote(ctx, in, app.Quote{File: text, On: timex.MustDate("2026-02-01")})
	sum := sha256.Sum256([]byte(text))
	_, err3 := s.Sign(ctx, in, app.Sign{Contract: q.ID, Document: hex.EncodeToString(sum[:]), On: timex.MustDate("2026-02-02")})
	_, err4 := s.Start(ctx, in, q.ID, timex.MustDate("2026-03-01"))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return c.ID, q.ID
}

// TestKilledAtAnyMoment kills a program while it keeps usage, again and again on
// one database. What it acknowledged is there, once; books and chain are whole;
// the next one goes on where it was.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 20
	if s := os.Getenv("WAIHU_SOAK"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("WAIHU_SOAK is %q: a number from 1 on was expected", s)
		}
		kills *= n
	}
	path := filepath.Join(t.TempDir(), "books.db")
	company, contract := begin(t, path)
	rng := mrand.New(mrand.NewPCG(8, 15))
	next, dirty := 0, 0
	for n := range kills {
		acked := killOnce(t, path, company, next, time.Duration(rng.Int64N(int64(60*time.Millisecond))))
		if acked >= next {
			next = acked + 1
		}
		there := check(t, path, company, contract)
		if there < next {
			t.Fatalf("kill %d: %d batches were acknowledged, %d are there", n, next, there)
		}
		if there > next {
			dirty++ // kept, and killed before it could say so: it is handed in again
		}
	}
	if next < kills {
		t.Errorf("%d batches in %d kills: the program was killed before it worked", next, kills)
	}
	t.Logf("%d kills, %d batches of %d calls acknowledged, %d batches kept whose acknowledgement was killed: none lost, none twice", kills, next, batchCalls, dirty)
}

// killOnce runs a child from a batch on, kills it a moment after its first
// acknowledgement, and gives the last one it gave; -1: none.
func killOnce(t *testing.T, path string, company id.ID, from int, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+path, childEnv+"_COMPANY="+company.String(), childEnv+"_FROM="+strconv.Itoa(from))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := -1
	var timer *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
	}
	if timer == nil {
		_ = cmd.Process.Kill()
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return last
}

// seen counts calls by batch.
type seen struct {
	usage.Sink
	batches map[int]int
}

func (s *seen) Call(c *usage.Call) error {
	var n, i int
	if _, err := fmt.Sscanf(c.ID, "%d-%d", &n, &i); err != nil {
		return err
	}
	s.batches[n]++
	return nil
}

// check opens the database as the next program would and holds the books to the
// batches that are there, whose number it gives.
func check(t *testing.T, path string, company, contract id.ID) int {
	t.Helper()
	_, db, err := system(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	c := id.Company{ID: company}
	s := &seen{batches: map[int]int{}}
	err = db.View(context.Background(), func(tx store.Tx) error {
		if err := tx.Usage().Each(context.Background(), c, id.ID{}, timex.Period{From: 1, To: 4_000_000_000_000_000}, 0, s); err != nil {
			return err
		}
		want := int64(0)
		for n, calls := range s.batches {
			if calls != batchCalls || n >= len(s.batches) {
				return fmt.Errorf("batch %d of %d has %d calls", n, len(s.batches), calls)
			}
			want += costOf(n)
		}
		var all []ledger.Entry
		for {
			part, err := tx.Journal().Entries(c, "", int64(len(all)), store.MaxPage)
			if err != nil {
				return err
			}
			if all = append(all, part...); len(part) < store.MaxPage {
				break
			}
		}
		if _, err := ledger.Verify(all, 0, ledger.Hash{}); err != nil {
			return err
		}
		var sums ledger.Balances
		for i := range all {
			if err := sums.Book(&all[i]); err != nil {
				return err
			}
		}
		cny := money.MustCurrency("CNY")
		account := ledger.Accruing(contract.String(), timex.MustDate("2026-03-01"), "voice")
		if got := sums.Of(account, cny); got.Micros() != want || sums.Of(ledger.Revenue("voice"), cny).Micros() != -want {
			return fmt.Errorf("%s accrued, the calls came to %s", got, money.Micros(want, cny))
		}
		head, err := tx.Usage().Head(c)
		if err == nil && head != int64(len(s.batches)*batchCalls) {
			err = fmt.Errorf("position %d with %d batches", head, len(s.batches))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(s.batches)
}

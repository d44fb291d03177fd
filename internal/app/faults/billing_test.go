package faults

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

// In the environment of a child that bills: the database, the company, and the
// month it begins with.
const billerEnv = "WAIHU_FAULT_BILLER"

// What a biller does of a month, in order; it says each when it has been answered.
const (
	usedStep = iota
	billedStep
	partStep
	paidStep
	steps
)

var stepNames = [steps]string{"use", "bill run", "part payment", "payment"}

// killsOfABook is after how many kills a new database is begun, so that a month
// late in a long run costs no more than an early one.
const killsOfABook = 20

// monthOf is the first day of the n-th month, and when it is billed.
func monthOf(n int) (first, until timex.Date) {
	first = timex.MustDate("2026-03-01").AddMonths(n)
	return first, first.AddMonths(1)
}

// biller keeps use of month after month, bills it, and is paid in two parts; every
// request has the key it would have if it were sent again.
type biller struct {
	s       *app.System
	db      *sqlite.DB
	clock   *atomic.Int64
	company id.Company
}

func openBiller(path string, company id.ID) (biller, error) {
	var clock atomic.Int64
	clock.Store(int64(timex.MustDate("2026-03-01").Start(time.UTC)))
	db, err := sqlite.Open(path, sqlite.Options{Clock: func() timex.Instant { return timex.Instant(clock.Add(1)) }})
	return biller{&app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "n"}, db, &clock, id.Company{ID: company}}, err
}

// billUntilKilled is the child.
func billUntilKilled(path, company, from string) error {
	c, err := id.Parse(company)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(from)
	if err != nil {
		return err
	}
	b, err := openBiller(path, c)
	if err != nil {
		return err
	}
	for ; ; n++ {
		if err := b.month(n); err != nil {
			return fmt.Errorf("month %d: %w", n, err)
		}
	}
}

func (b biller) month(n int) error {
	ctx := context.Background()
	first, until := monthOf(n)
	b.clock.Store(int64((until + 1).Start(time.UTC)))
	if _, err := b.s.Ingest(ctx, b.company, moved(batch(n), first)); err != nil {
		return err
	}
	fmt.Println(n*steps + usedStep)
	if _, err := b.s.ClosePeriod(ctx, run(until)); err != nil {
		return err
	}
	fmt.Println(n*steps + billedStep)
	docs, err := b.invoices(first)
	if err != nil || len(docs) != 1 {
		return fmt.Errorf("%d invoices, %w", len(docs), err)
	}
	part := docs[0].Total.Micros() / 20_000 * 10_000 // half, in whole cents
	for i, micros := range []int64{part, docs[0].Total.Micros() - part} {
		_, err := b.s.Pay(ctx, b.company, app.Pay{Key: fmt.Sprintf("%d-%d", n, i), Invoice: docs[0].ID, Amount: money.Micros(micros, docs[0].Total.Currency()), On: until})
		if err != nil {
			return err
		}
		fmt.Println(n*steps + partStep + i)
	}
	return nil
}

// invoices are those of a month; of all months where first is none.
func (b biller) invoices(first timex.Date) (out []store.Document, err error) {
	err = b.s.DB.View(context.Background(), func(tx store.Tx) error {
		for q := (store.DocumentQuery{Page: store.Page{Limit: store.MaxPage}}); ; { // ends: each page begins behind the one before
			docs, err := tx.Documents().List(b.company, q)
			if err != nil || len(docs) == 0 {
				return err
			}
			q.Page.After = docs[len(docs)-1].ID
			for _, d := range docs {
				if first == 0 || d.First == first {
					out = append(out, d)
				}
			}
		}
	})
	return out, err
}

// TestKilledWhileBilling kills a program behind each of its steps in turn: while it
// keeps use, runs the bills, and books payments. The next one sends again what was
// not answered. Each month has one invoice with the next number, for its use to
// the cent, paid once; nothing answered is lost, and the books' own rules hold.
func TestKilledWhileBilling(t *testing.T) {
	kills := 20
	if s := os.Getenv("WAIHU_SOAK"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("WAIHU_SOAK is %q: a number from 1 on was expected", s)
		}
		kills *= n
	}
	rng := mrand.New(mrand.NewPCG(4, 23))
	var fell [steps]int
	months, unanswered := 0, 0
	for begun := 0; begun < kills; begun += killsOfABook {
		path := filepath.Join(t.TempDir(), "books.db")
		company := beginBilling(t, path)
		answered := -1
		for n := range min(killsOfABook, kills-begun) {
			last := killBiller(t, path, company, (answered+1)/steps, n%steps, time.Duration(rng.Int64N(int64(12*time.Millisecond))))
			answered = max(answered, last)
			fell[(last+1+steps)%steps]++
			there := checkBilling(t, path, company, answered)
			unanswered += there - answered - 1
		}
		months += (answered + 1) / steps
	}
	t.Logf("%d kills: %d while keeping use, %d in a bill run, %d and %d in a payment; %d months billed and paid, %d steps kept whose answer was killed: none lost, none twice",
		kills, fell[usedStep], fell[billedStep], fell[partStep], fell[paidStep], months, unanswered)
}

func beginBilling(t *testing.T, path string) id.ID {
	t.Helper()
	b, err := openBiller(path, id.ID{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.db.Close()
	publish(t, b.s)
	company, _ := customer(t, b.s, "a")
	return company
}

// killBiller runs a child from a month on and kills it a while after it has said a
// step of that kind; it gives the last step the child said, at least one.
func killBiller(t *testing.T, path string, company id.ID, from, kind int, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), billerEnv+"="+path, billerEnv+"_COMPANY="+company.String(), billerEnv+"_FROM="+strconv.Itoa(from))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := -1
	aimed := false
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
		if !aimed && last%steps == kind {
			aimed = true
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	if !aimed {
		_ = cmd.Process.Kill()
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() >= 0 {
		t.Fatalf("the child ended by itself after step %d: %v", last, err)
	}
	return last
}

// checkBilling opens the books as the next program would and holds them to what
// was answered. It gives how many steps are there.
func checkBilling(t *testing.T, path string, company id.ID, answered int) (there int) {
	t.Helper()
	b, err := openBiller(path, company)
	if err != nil {
		t.Fatal(err)
	}
	defer b.db.Close()
	ctx := context.Background()
	if err := b.db.Check(ctx); err != nil {
		t.Fatal(err)
	}
	x, err := b.s.Examine(ctx)
	if err != nil || len(x.Findings) > 0 {
		t.Fatalf("after step %d: %+v, %v", answered, x, err)
	}
	docs, err := b.invoices(0)
	if err != nil {
		t.Fatal(err)
	}
	open, there := int64(0), 0
	for n, d := range docs {
		first, _ := monthOf(n)
		want := (costOf(n) + 5_000) / 10_000 * 10_000
		part := want / 20_000 * 10_000
		got := d.Paid.Micros()
		if d.First != first || d.Number != fmt.Sprintf("INV-%06d", n+1) || d.Total.Micros() != want || got != 0 && got != part && got != want || got != want && n != len(docs)-1 {
			t.Fatalf("after step %d, invoice %d: %s from %s on, %s for %d micros of calls, paid %s", answered, n+1, d.Number, d.First, d.Total, costOf(n), d.Paid)
		}
		open += want - got
		there = n*steps + billedStep + 1
		if got != 0 {
			there++
		}
		if got == want {
			there++
		}
	}
	var receivable money.Amount
	var used int64
	err = b.s.DB.View(ctx, func(tx store.Tx) (err error) {
		if used, err = tx.Usage().Head(b.company); err != nil || len(docs) == 0 {
			return err
		}
		receivable, err = tx.Journal().Balance(b.company, ledger.Receivable, docs[0].Total.Currency())
		return err
	})
	if err != nil || receivable.Micros() != open {
		t.Fatalf("after step %d: %s is receivable, %d micros are open, %v", answered, receivable, open, err)
	}
	if whole := int64(len(docs)); used == (whole+1)*batchCalls {
		there = len(docs)*steps + usedStep + 1
	} else if used != whole*batchCalls {
		t.Fatalf("after step %d: %d calls with %d invoices", answered, used, whole)
	}
	if there < answered+1 || there > answered+2 {
		t.Fatalf("%d steps were answered, %d are there", answered+1, there)
	}
	return there
}

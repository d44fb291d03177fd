package app_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestAYearOfBills runs a year for some companies: use, late use, use that comes
// between a draft and its issue, amendments, payments of every kind, crashes of
// bill runs, voids. A naive ledger beside it,
// in whole fen and written on its own, says what every invoice and balance must
// be. WAIHU_SOAK=n makes it 20 n companies, WAIHU_SEED=n another year.
func TestAYearOfBills(t *testing.T) {
	companies, seed := 8, uint64(2026)
	for name, into := range map[string]func(uint64){"WAIHU_SOAK": func(n uint64) { companies = int(20 * n) }, "WAIHU_SEED": func(n uint64) { seed = n }} {
		if v := os.Getenv(name); v != "" {
			into(must(strconv.ParseUint(v, 10, 32)))
		}
	}
	t.Logf("%d companies, seed %d", companies, seed)
	newYear(t, newBooks(t), companies, seed).run()
}

// run lives twelve months and compares after each.
func (y *year) run() {
	for m := range 12 {
		y.live(m)
		y.bill(m)
		y.check(m)
		y.pay(m)
		y.check(m)
	}
	y.sound()
}

// year is the system and the naive ledgers beside it.
type year struct {
	*books
	*rand.Rand
	list []*account
}

// account is one company as a clerk would keep it: in fen, by month.
type account struct {
	customer
	name       string
	seats      [13]int64 // in force in each month
	amendments string
	minutes    [12]int64 // billed minutes known so far
	billed     [12]int64 // fen for calls on invoices so far
	before     [12]int64 // the same without the newest invoice
	accrued    int64     // fen at list price of calls that no invoice has yet
	invoices   []bill
	cash       int64
	credit     int64 // paid too much
	calls      int
}

// bill is an invoice as the clerk has it.
type bill struct {
	number      string
	total, open int64
	void        bool
}

func newYear(t *testing.T, b *books, companies int, seed uint64) *year {
	y := &year{books: b, Rand: rand.New(rand.NewPCG(seed, 1))}
	y.publish(planText)
	for i := range companies {
		a := &account{name: fmt.Sprintf("c%03d", i)}
		n := 1 + y.Int64N(9)
		for m := range a.seats {
			a.seats[m] = n
		}
		a.customer = y.customer(a.name, a.text())
		y.list = append(y.list, a)
	}
	return y
}

func (a *account) text() string {
	out := fmt.Sprintf("quantities: {seats: %d}\n", a.seats[0])
	if a.amendments != "" {
		out += "amendments:\n" + a.amendments
	}
	return out
}

// firstOf is the first day of the m-th month from March 2026 on.
func firstOf(m int) timex.Date { return day("2026-03-01").AddMonths(m) }

// live makes a month's use, some of it for months before, and an amendment now
// and then.
func (y *year) live(m int) {
	y.clock.Store(int64(firstOf(m + 1).Start(shanghai)))
	for _, a := range y.list {
		y.use(a, m, 1+y.IntN(6))
		if m > 0 && y.IntN(3) == 0 {
			y.use(a, y.IntN(m), 1+y.IntN(3)) // late
		}
		if m < 11 && y.IntN(5) == 0 {
			y.amend(a, m+1)
		}
	}
}

// use adds calls to a month.
func (y *year) use(a *account, month, n int) { a.minutes[month] += y.send(a, month, n) }

// send hands in calls of a month and gives their billed minutes.
func (y *year) send(a *account, month, n int) (minutes int64) {
	from := firstOf(month).Start(shanghai)
	length := firstOf(month + 1).Start(shanghai).Sub(from)
	var seconds []int
	at := from.Add(time.Duration(y.Int64N(int64(length - time.Hour))))
	for range n {
		s := 1 + y.IntN(900)
		seconds = append(seconds, s)
		minutes += int64(s+59) / 60
	}
	a.calls++
	var facts []usage.Fact
	for _, c := range answered(fmt.Sprintf("%s-%d", a.name, a.calls), at, seconds...) {
		facts = append(facts, c)
	}
	for range 1 + y.IntN(2) { // some are sent twice
		must(y.Ingest(context.Background(), a.company, facts))
	}
	return minutes
}

// amend changes the seats from a month on.
func (y *year) amend(a *account, from int) {
	n := 1 + y.Int64N(9)
	name := fmt.Sprint("a", from)
	a.amendments += fmt.Sprintf("  - {id: %s, on: %s, quantities: {seats: %d}}\n", name, firstOf(from), n)
	for m := from; m < len(a.seats); m++ {
		a.seats[m] = n
	}
	must(y.Amend(context.Background(), a.company, app.Amend{Contract: a.contract, Amendment: name, File: contractText(a.name, a.text()), On: firstOf(from) - 1}))
}

// bill closes a month: on a system that crashes somewhere, then on one that does
// not; and voids an invoice now and then, which is then billed again.
func (y *year) bill(m int) {
	until := firstOf(m + 1)
	y.clock.Store(int64(until.Start(shanghai).Add(3 * time.Hour)))
	ctx, request := context.Background(), app.ClosePeriod{Until: until, Issue: until}
	for range y.IntN(3) {
		db := &failing{DB: y.DB, at: 1 + y.Int64N(int64(20*len(y.list)))}
		if _, err := (&app.System{DB: db, IDs: y.IDs, Node: "crashing"}).ClosePeriod(ctx, request); err != nil && !errors.Is(err, errCrash) {
			y.t.Fatal(err)
		}
		y.clock.Add(3600e6)
	}
	meanwhile := y.meanwhile(m)
	must(y.ClosePeriod(ctx, request))
	for _, a := range y.list {
		a.clerkBills(m)
	}
	meanwhile()
	a := y.list[y.IntN(len(y.list))]
	last := a.invoices[len(a.invoices)-1]
	if last.open != last.total || last.total <= 0 {
		return
	}
	docs := y.documents(a.company)
	must(y.Void(ctx, a.company, app.Void{Key: fmt.Sprint("void", m), Invoice: docs[len(docs)-1].ID, Reason: "drill"}))
	a.invoices[len(a.invoices)-1].void = true
	a.billed = a.before
	y.clock.Add(3600e6)
	must(y.ClosePeriod(ctx, app.ClosePeriod{Until: until, Issue: until + 1}))
	a.clerkBills(m)
}

// meanwhile bills some companies with usage coming in between draft and issue,
// for this month or one before. What it gives lets the clerk know of it, which is
// after he wrote the invoice.
func (y *year) meanwhile(m int) (known func()) {
	known = func() {}
	for _, a := range y.list {
		if y.IntN(3) > 0 {
			continue
		}
		month, n := y.IntN(m+1), 1+y.IntN(3)
		minutes := int64(0)
		must(y.AdvanceContracts(context.Background(), a.company, firstOf(m+1))) // else the run does, and drafts again
		y.closeWith(a.company, firstOf(m+1).String(), func() { minutes = y.send(a, month, n) })
		before := known
		known = func() {
			before()
			a.minutes[month] += minutes
			a.accrued = minutes * 12
		}
	}
	return known
}

// voice is what the calls of every month come to by what is known: ten minutes
// free in a month, what is left of them good for the next.
func (a *account) voice() (out [12]int64) {
	carried := int64(0)
	for m, n := range a.minutes {
		fromCarry := min(n, carried)
		fromOwn := min(n-fromCarry, 10)
		out[m] = (n - fromCarry - fromOwn) * 12
		carried = 10 - fromOwn
	}
	return out
}

// clerkBills writes the invoice of a month: what is new, and what earlier months
// turn out to be.
func (a *account) clerkBills(m int) {
	right := a.voice()
	a.before, a.accrued = a.billed, 0
	software, voice := a.seats[m]*100_00, int64(0)
	if m == 0 {
		software += 1200_00 + 50_00
	}
	for k := 0; k <= m; k++ {
		voice += right[k] - a.billed[k]
		a.billed[k] = right[k]
	}
	total := software + percent(software, 6) + voice + percent(voice, 9)
	b := bill{total: total, open: total}
	use := min(a.credit, b.open)
	a.credit, b.open = a.credit-use, b.open-use
	a.invoices = append(a.invoices, b)
}

// unbilled is what accrued for months up to one and no invoice took back, in
// micros.
func (y *year) unbilled(a *account, m int) int64 {
	sum := int64(0)
	y.view(func(tx store.Tx) error {
		list, err := tx.Journal().Balances(a.company)
		for _, b := range list {
			if first, _, ok := ledger.AccruedIn(b.Account, a.contract.String()); ok && first <= firstOf(m) {
				sum += b.Amount.Micros()
			}
		}
		return err
	})
	return sum
}

// percent rounds half away from zero to a fen.
func percent(n, p int64) int64 {
	if n < 0 {
		return -percent(-n, p)
	}
	return (n*p + 50) / 100
}

// pay pays invoices in full, in part, too much, twice with one key, or not.
func (y *year) pay(m int) {
	for _, a := range y.list {
		docs := y.documents(a.company)
		for i := range a.invoices {
			b := &a.invoices[i]
			if b.void || b.open <= 0 || y.IntN(3) == 0 {
				continue
			}
			n := b.open
			switch y.IntN(4) {
			case 0:
				n = 1 + y.Int64N(n)
			case 1:
				n += y.Int64N(300_00)
			}
			in := app.Pay{Key: fmt.Sprintf("pay-%d-%d", m, i), Invoice: docs[i].ID, Amount: fen(n), On: firstOf(m + 1)}
			for range 1 + y.IntN(2) {
				must(y.Pay(context.Background(), a.company, in))
			}
			pays := min(n, b.open)
			a.cash, b.open, a.credit = a.cash+n, b.open-pays, a.credit+n-pays
		}
	}
}

func fen(n int64) money.Amount { return money.Micros(n*10_000, cny) }

// check compares every invoice and balance with the clerk's.
func (y *year) check(m int) {
	y.t.Helper()
	for _, a := range y.list {
		if n := y.unbilled(a, m); n != fen(a.accrued).Micros() {
			y.t.Fatalf("month %d, %s: %d micros of use are unbilled, the clerk has %s", m, a.name, n, fen(a.accrued))
		}
		docs := y.documents(a.company)
		if len(docs) != len(a.invoices) {
			y.t.Fatalf("month %d, %s: %d invoices, the clerk has %d", m, a.name, len(docs), len(a.invoices))
		}
		receivable := int64(0)
		for i := range docs {
			d, b := &docs[i], &a.invoices[i]
			open := money.Micros(d.Total.Micros()-d.Paid.Micros(), cny)
			if d.Total != fen(b.total) || open != fen(b.open) || (d.Status == store.Voided) != b.void {
				y.t.Fatalf("month %d, %s, %s: total %s open %s %s, the clerk has %s open %s\n%s", m, a.name, d.Number, d.Total, open, d.Status, fen(b.total), fen(b.open), short(y.invoice(d)))
			}
			if !b.void {
				receivable += b.open
			}
		}
		for acc, want := range map[ledger.Account]int64{ledger.Receivable: receivable, ledger.Cash: a.cash, ledger.Unapplied: -a.credit} {
			if got := y.balance(a.company, acc); got != fen(want).Decimal() {
				y.t.Fatalf("month %d, %s: %s is %s, the clerk has %s", m, a.name, acc, got, fen(want).Decimal())
			}
		}
	}
}

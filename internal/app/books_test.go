package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/ledger"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var cny = money.MustCurrency("CNY")

func day(s string) timex.Date { return timex.MustDate(s) }

func yuan(s string) money.Amount {
	a, err := money.Parse(s, cny)
	if err != nil {
		panic(err)
	}
	return a
}

// dice reads random bytes of a seed, for identifiers.
type dice struct{ *rand.ChaCha8 }

func seeded(seed byte) dice { return dice{rand.NewChaCha8([32]byte{seed})} }

// books is a system over a database in memory, with a clock of its own.
type books struct {
	*app.System
	t     testing.TB
	clock atomic.Int64
}

func newBooks(t testing.TB) *books { return newBooksIn(t, memory) }

// opener opens a database with a clock.
type opener func(clock func() timex.Instant) (store.DB, error)

func memory(clock func() timex.Instant) (store.DB, error) {
	return sqlite.Memory(sqlite.Options{Clock: clock})
}

// newBooksIn is a system over another database.
func newBooksIn(t testing.TB, open opener) *books {
	t.Helper()
	b := &books{t: t}
	b.at("2026-03-01 00:00:00")
	db, err := open(func() timex.Instant { return timex.Instant(b.clock.Add(1)) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	b.System = &app.System{DB: db, IDs: id.NewMaker(seeded(1)), Node: "n1"}
	return b
}

// at sets the clock, UTC.
func (b *books) at(s string) {
	t, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		b.t.Fatal(err)
	}
	b.clock.Store(int64(timex.At(t)))
}

// must is for what a test only needs; what it is about is checked.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func wantKind(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v; an error of kind %s was expected", what, err, kind)
	}
}

// planText is minutes, seats bought, a yearly fee ahead and a one-off fee.
const planText = `plan: p
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: software, classes: [{id: software, rates: [{rate: 6%}]}, {id: voice, rates: [{rate: 9%}]}]}
unmetered: [seats, modules]
components:
  - {id: seats, measure: recurring, unit_price: 100, category: seats}
  - {id: support, measure: recurring, unit_price: 1200, every: year, timing: advance, category: support}
  - {id: setup, measure: one_off, unit_price: 50, category: setup}
  - {id: talk, measure: talk_time, tax: voice, increment: 60/60, unit_price: 0.12, category: voice, included: {quantity: 10, rollover: {periods: 1}}}
`

func contractText(word string, more string) string {
	return "contract: " + word + "\nplan: p@1\nstart: 2026-03-01\nterm: 12 months\npayment_terms_days: 10\nrenewal: {auto: true, notice_days: 30}\nseller: {name: Seller}\nbuyer: {name: Buyer " + word + "}\n" + more
}

const fiveSeats = "quantities: {seats: 5}\n"

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// customer is a company with a running contract.
type customer struct {
	company  id.Company
	contract id.ID
}

func (b *books) publish(text string) {
	b.t.Helper()
	must(b.PublishPlan(context.Background(), app.PublishPlan{File: text}))
}

func (b *books) company(name string) id.Company {
	b.t.Helper()
	c, err := b.AddCompany(context.Background(), app.Company{Name: name, Email: name + "@example.com"})
	if err != nil {
		b.t.Fatal(err)
	}
	return id.Company{ID: c.ID}
}

func (b *books) contractIn(c id.Company, text, wallet string) id.ID {
	b.t.Helper()
	ctx := context.Background()
	q := must(b.Quote(ctx, c, app.Quote{File: text, Wallet: wallet, On: day("2026-02-20")}))
	must(b.Sign(ctx, c, app.Sign{Contract: q.ID, Document: sha(text), On: day("2026-02-25")}))
	must(b.Start(ctx, c, q.ID, day("2026-03-01")))
	return q.ID
}

func (b *books) customer(name, more string) customer {
	b.t.Helper()
	c := b.company(name)
	return customer{c, b.contractIn(c, contractText(name, more), "")}
}

// calls adds answered calls of so many seconds, one a minute from an instant on.
func (b *books) calls(who customer, from string, seconds ...int) {
	b.t.Helper()
	start, err := time.Parse("2006-01-02 15:04:05", from)
	if err != nil {
		b.t.Fatal(err)
	}
	b.callsAt(who, from, timex.At(start), seconds...)
}

func (b *books) callsAt(who customer, name string, start timex.Instant, seconds ...int) {
	b.t.Helper()
	var list []store.ChargedCall
	for _, c := range answered(name, start, seconds...) {
		list = append(list, store.ChargedCall{Contract: who.contract, Call: *c})
	}
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddCalls(who.company, list)
		return err
	})
}

// answered are calls of so many seconds of talk, one a minute.
func answered(name string, start timex.Instant, seconds ...int) (out []*usage.Call) {
	for i, n := range seconds {
		at := start.Add(time.Duration(i) * time.Minute)
		talk := time.Duration(n) * time.Second
		out = append(out, &usage.Call{ID: fmt.Sprint(name, "/", i), Source: "test", Direction: usage.Outbound, Result: usage.Answered,
			To: "8613800138000", Start: at, Answer: at.Add(time.Second), End: at.Add(time.Second + talk), Talk: talk, Total: talk + time.Second})
	}
	return out
}

func (b *books) update(f func(store.Tx) error) {
	b.t.Helper()
	if err := b.DB.Update(context.Background(), f); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) view(f func(store.Tx) error) {
	b.t.Helper()
	if err := b.DB.View(context.Background(), f); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) close(until string) app.Run {
	b.t.Helper()
	run, err := b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day(until), Issue: day(until) + 1})
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

func (b *books) documents(c id.Company) (out []store.Document) {
	b.t.Helper()
	b.view(func(tx store.Tx) (err error) {
		out, err = tx.Documents().List(c, store.DocumentQuery{Page: store.Page{Limit: 1000}})
		return err
	})
	return out
}

func (b *books) invoice(d *store.Document) *invoice.Invoice {
	b.t.Helper()
	inv := &invoice.Invoice{}
	if err := json.Unmarshal(d.Body, inv); err != nil {
		b.t.Fatal(err)
	}
	return inv
}

// balance is what stands in an account, in yuan.
func (b *books) balance(c id.Company, a ledger.Account) (out string) {
	b.t.Helper()
	b.view(func(tx store.Tx) error {
		sum, err := tx.Journal().Balance(c, a, cny)
		out = sum.Decimal()
		return err
	})
	return out
}

// sound checks every rule of the books.
func (b *books) sound() {
	b.t.Helper()
	found, err := b.Examine(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found.Findings {
		b.t.Errorf("%s %s: %s", f.Rule, f.Company, f.What)
	}
}

// short is an invoice in a line for each of its lines.
func short(inv *invoice.Invoice) string {
	var w strings.Builder
	for _, l := range inv.Lines {
		fmt.Fprintf(&w, "%s %s\n", l.ID, l.Amount.Decimal())
	}
	fmt.Fprintf(&w, "total %s", inv.Total.Decimal())
	return w.String()
}

func event(kind, at string) *usage.Event {
	t, err := time.Parse("2006-01-02 15:04:05", at)
	if err != nil {
		panic(err)
	}
	return &usage.Event{ID: kind + at, Source: "test", Kind: kind, Quantity: exact.One, At: timex.At(t)}
}

func decode[T any](t testing.TB, b []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNamesThatCannotBePrinted: a party that no font can write is refused when its
// contract is quoted, not when its first invoice is due; so is what a plan calls
// what it charges, and the reason of a credit note.
func TestNamesThatCannotBePrinted(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("one")
	text := "contract: one\nplan: p@1\nstart: 2026-03-01\nseller: {name: Seller}\nbuyer: {name: Buyer %s}\n"
	_, err := b.Quote(context.Background(), c, app.Quote{File: fmt.Sprintf(text, "😀")})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "U+1F600") || !strings.Contains(err.Error(), "Buyer 😀") {
		t.Errorf("a sign no font has: %v", err)
	}
	must(b.Quote(context.Background(), c, app.Quote{File: fmt.Sprintf(text, "外呼 Ünal")}))
	_, err = b.PublishPlan(context.Background(), app.PublishPlan{File: strings.Replace(planText, "version:", "name: Seats 😀\nversion:", 1)})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "U+1F600") {
		t.Errorf("a plan's name that no font has: %v", err)
	}
	_, err = b.Credit(context.Background(), c, app.Credit{On: timex.MustDate("2026-04-01"), Reason: "한"})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "U+D55C") {
		t.Errorf("a reason that no font has: %v", err)
	}
}

package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// aCall is an answered call of so many seconds.
func aCall(n int, from string, seconds int) *usage.Call {
	start, err := time.Parse("2006-01-02 15:04:05", from)
	if err != nil {
		panic(err)
	}
	at := timex.At(start)
	talk := time.Duration(seconds) * time.Second
	return &usage.Call{ID: fmt.Sprint("c", n), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "8613800138000",
		Start: at, Answer: at.Add(time.Second), End: at.Add(time.Second + talk), Talk: talk, Total: talk + time.Second}
}

func (b *books) ingest(c id.Company, facts ...usage.Fact) *app.Receipt {
	b.t.Helper()
	r, err := b.Ingest(context.Background(), c, facts)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func outcomes(r *app.Receipt) string {
	var out []string
	for _, o := range r.Outcomes {
		out = append(out, strings.TrimSuffix(string(o.Outcome)+":"+o.Reason, ":"))
	}
	return strings.Join(out, " ")
}

func tallied(b *books, who customer, first string) string {
	var w strings.Builder
	b.view(func(tx store.Tx) error {
		ts, err := tx.Usage().Tallies(who.company, who.contract, day(first))
		for _, t := range ts {
			fmt.Fprintf(&w, "%s %s %d %d/%d %s; ", t.Component, t.Label, t.Calls, t.Raw, t.Billed, t.Cost.Decimal())
		}
		return err
	})
	return w.String()
}

func TestIngest(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	b.at("2026-03-20 00:00:00")
	changed := aCall(1, "2026-03-10 08:00:00", 62)
	r := b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 61), aCall(2, "2026-03-10 09:00:00", 60), aCall(1, "2026-03-10 08:00:00", 61), changed,
		aCall(3, "2026-04-10 08:00:00", 60), aCall(4, "2026-02-10 08:00:00", 60), &usage.Call{ID: "x"},
		&usage.Seat{ID: "s", Source: "hr", User: "li", From: timex.Instant(b.clock.Load()) - 1}, &usage.Seat{ID: "s", Source: "hr", User: "li", From: timex.Instant(b.clock.Load()) - 1, To: timex.Instant(b.clock.Load())})
	got := outcomes(r)
	for _, want := range []string{"added added same conflict rejected:it starts at 2026-04-10T08:00:00Z, in the future", "added:no_contract rejected:a call needs source", "added ended"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nhas no %q", got, want)
		}
	}
	if r.Position != 5 || r.Count(store.Added) != 4 {
		t.Errorf("position %d, %d added", r.Position, r.Count(store.Added))
	}
	if got := tallied(b, who, "2026-03-01"); got != "talk row:talk 2 121/180 0.36; " {
		t.Errorf("tallies: %s", got)
	}
	if got := tallied(b, customer{who.company, id.ID{}}, "2026-02-01"); !strings.Contains(got, "unpriced:no_contract 1 60/0") {
		t.Errorf("calls without a contract: %q", got)
	}
	account := ledger.Accruing(who.contract.String(), day("2026-03-01"), "voice")
	if got := b.balance(who.company, account); got != "0.36" {
		t.Errorf("accrued: %s", got)
	}
	again := b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 61), aCall(2, "2026-03-10 09:00:00", 60))
	if outcomes(again) != "same same" || b.balance(who.company, account) != "0.36" || again.Position != 5 {
		t.Errorf("the same again: %s", outcomes(again))
	}
	b.at("2026-04-02 00:00:00")
	b.close("2026-04-01")
	if got := b.balance(who.company, account); got != "0.00" {
		t.Errorf("accrued after the invoice: %s", got)
	}
	b.ingest(who.company, aCall(7, "2026-03-11 08:00:00", 61)) // late
	if got := b.balance(who.company, account); got != "0.24" {
		t.Errorf("accrued late: %s", got)
	}
	b.at("2026-05-02 00:00:00")
	b.close("2026-05-01")
	if got := b.balance(who.company, account); got != "0.00" {
		t.Errorf("late usage after the next invoice: %s", got)
	}
	b.sound()
	docs := b.documents(who.company)
	if _, err := b.Void(context.Background(), who.company, app.Void{Key: "k", Invoice: docs[len(docs)-1].ID, Reason: "wrong buyer"}); err != nil {
		t.Fatal(err)
	}
	if got := b.balance(who.company, account); got != "0.24" {
		t.Errorf("accrued again after a void: %s", got)
	}
	if _, err := b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-03")}); err != nil {
		t.Fatal(err)
	}
	if got := b.balance(who.company, account); got != "0.00" {
		t.Errorf("after it was billed again: %s", got)
	}
	b.sound()
	for _, n := range []int{0, app.MaxIngest + 1} {
		_, err := b.Ingest(context.Background(), who.company, make([]usage.Fact, n))
		wantKind(t, fmt.Sprint(n, " facts"), err, fault.Invalid)
	}
}

// TestIngestFollowsContracts: a contract that begins, ends or gets a sister is
// seen by the next batch.
func TestIngestFollowsContracts(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	b.at("2026-03-20 00:00:00")
	if got := outcomes(b.ingest(c, aCall(1, "2026-03-10 08:00:00", 60))); got != "added:no_contract" {
		t.Errorf("without a contract: %s", got)
	}
	first := b.contractIn(c, contractText("first", fiveSeats), "")
	if got := outcomes(b.ingest(c, aCall(2, "2026-03-10 08:00:00", 60))); got != "added" {
		t.Errorf("with one: %s", got)
	}
	b.contractIn(c, contractText("second", fiveSeats), "")
	named := aCall(4, "2026-03-10 08:00:00", 60)
	named.Account = "first"
	if got := outcomes(b.ingest(c, aCall(3, "2026-03-10 08:00:00", 60), named)); got != "added:several_contracts added" {
		t.Errorf("with two: %s", got)
	}
	if got := tallied(b, customer{c, first}, "2026-03-01"); !strings.HasPrefix(got, "talk row:talk 2 ") {
		t.Errorf("tallies of the first: %s", got)
	}
}

// TestIngestAfterTheEnd: a call behind the end of a contract is not its own, also
// where one before the end was priced in the same period.
func TestIngestAfterTheEnd(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	first := b.contractIn(c, contractText("first", fiveSeats), "")
	must(b.Cancel(context.Background(), c, first, day("2026-03-05"), day("2026-03-15")))
	b.at("2026-03-20 00:00:00")
	if got := outcomes(b.ingest(c, aCall(1, "2026-03-14 15:59:59", 60), aCall(2, "2026-03-14 16:00:00", 60))); got != "added added:no_contract" {
		t.Errorf("the last second and the first behind it: %s", got)
	}
	if got := tallied(b, customer{c, first}, "2026-03-01"); got != "talk row:talk 1 60/60 0.12; " {
		t.Errorf("tallies: %s", got)
	}
}

// TestIngestPrepaid: calls of a prepaid contract are taken from its wallet, each
// once.
func TestIngestPrepaid(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	b.update(func(tx store.Tx) error { return putPurse(tx, c, "main", "10.00") })
	contract := b.contractIn(c, contractText("a", fiveSeats), "main")
	b.at("2026-03-20 00:00:00")
	b.update(func(tx store.Tx) error {
		return tx.Holds().Put(c, store.Hold{Wallet: "main", Call: "c1", Money: yuan("1")})
	})
	b.ingest(c, aCall(1, "2026-03-10 08:00:00", 61), aCall(2, "2026-03-10 09:00:00", 60))
	b.ingest(c, aCall(2, "2026-03-10 09:00:00", 60), aCall(3, "2026-03-10 09:00:00", 60))
	// 0.24, 0.12 and 0.12 with 9 % tax
	if got := b.balance(c, ledger.Consumed(contract.String())); got != "-0.5232" {
		t.Errorf("consumed: %s", got)
	}
	if got := b.balance(c, ledger.Accruing(contract.String(), day("2026-03-01"), "voice")); got != "0.00" {
		t.Errorf("accrued: %s", got)
	}
	b.view(func(tx store.Tx) error {
		_, err := tx.Holds().Get(c, "main", "c1")
		wantKind(t, "the hold of a call that came in", err, fault.NotFound)
		return nil
	})
}

// TestIntake: many at once, singly and in batches, one of them twice.
func TestIntake(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who, other := b.customer("a", fiveSeats), b.customer("b", fiveSeats)
	b.at("2026-03-20 00:00:00")
	in := app.NewIntake(b.System, 3)
	var wg sync.WaitGroup
	var mu sync.Mutex
	added := map[id.Company]int{}
	for n := range 120 {
		wg.Go(func() {
			company := []id.Company{who.company, other.company}[n%2]
			r, err := in.Ingest(context.Background(), company, []usage.Fact{aCall(n/4, "2026-03-10 08:00:00", 60), aCall(1000+n, "2026-03-10 09:00:00", 60)})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			added[company] += r.Count(store.Added)
		})
	}
	_, err := in.Ingest(context.Background(), who.company, nil)
	wantKind(t, "an empty batch", err, fault.Invalid)
	wg.Wait()
	in.Close()
	in.Close()
	_, err = in.Ingest(context.Background(), who.company, []usage.Fact{aCall(1, "2026-03-10 08:00:00", 60)})
	wantKind(t, "after it was closed", err, fault.Conflict)
	for _, x := range []customer{who, other} {
		if added[x.company] != 90 { // 60 of its own, 30 that two asked for
			t.Errorf("%d added", added[x.company])
		}
		if got := b.balance(x.company, ledger.Accruing(x.contract.String(), day("2026-03-01"), "voice")); got != "10.80" {
			t.Errorf("accrued: %s", got)
		}
	}
	b.sound()
}

// TestShuffledDuplicates: many calls in random batches, a third of them more
// than once: the books are those of each call once, to the last cent.
func TestShuffledDuplicates(t *testing.T) {
	calls, times := 30_000, 1 // times as large: WAIHU_SOAK
	if s := os.Getenv("WAIHU_SOAK"); s != "" {
		times = must(strconv.Atoi(s))
		calls = 100_000 * times
	}
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	b.at("2026-03-31 00:00:00")
	rng := rand.New(rand.NewPCG(3, 9))
	start := timex.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	var all []usage.Fact
	cost := int64(0)
	for n := range calls {
		c := aCall(n, "2026-03-01 00:00:00", rng.IntN(200))
		move := timex.Instant(n)*(22_000_000/timex.Instant(times)) - c.Start + start
		c.Start, c.Answer, c.End = c.Start+move, c.Answer+move, c.End+move
		all = append(all, c)
		if rng.IntN(10) < 3 {
			all = append(all, c)
		}
		cost += (c.Seconds() + 59) / 60 * 120_000
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	added := 0
	for len(all) > 0 {
		n := min(len(all), 1+rng.IntN(min(2000*times, app.MaxIngest)))
		added += b.ingest(who.company, all[:n]...).Count(store.Added)
		all = all[n:]
	}
	if added != calls {
		t.Errorf("%d added of %d", added, calls)
	}
	account := ledger.Accruing(who.contract.String(), day("2026-03-01"), "voice")
	b.view(func(tx store.Tx) error {
		got, err := tx.Journal().Balance(who.company, account, cny)
		if got.Micros() != cost {
			t.Errorf("accrued %d, the calls sum to %d", got.Micros(), cost)
		}
		return err
	})
	b.sound()
}

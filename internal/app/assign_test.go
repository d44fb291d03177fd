package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// two is a company with two running contracts, each with a hundred a seat and
// twelve fen a minute beyond ten.
func two(b *books) (c id.Company, first, second id.ID) {
	b.t.Helper()
	b.publish(planText)
	c = b.company("a")
	first = b.contractIn(c, contractText("first", fiveSeats), "")
	second = b.contractIn(c, contractText("second", fiveSeats), "")
	b.at("2026-03-20 00:00:00")
	return c, first, second
}

func (b *books) assign(c id.Company, key string, to id.ID, choice app.Choice) app.Assignment {
	b.t.Helper()
	out, err := b.Assign(context.Background(), c, app.Assign{Key: key, Contract: to, Choice: choice, Note: "the north team's"})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// TestAssign: stray calls are listed with who could take them, given to one, and
// are then on its invoice and hold no run.
func TestAssign(t *testing.T) {
	b := newBooks(t)
	c, first, second := two(b)
	ctx := context.Background()
	long, short3 := aCall(1, "2026-03-10 08:00:00", 1200), aCall(2, "2026-03-11 08:00:00", 60)
	north := aCall(3, "2026-03-12 08:00:00", 60)
	north.Account = "north"
	long.Cost = money.Micros(500_000, cny)
	b.ingest(c, long, short3, north)
	groups := must(b.Strays(ctx, c, app.Choice{}))
	if len(groups) != 2 || groups[0].Count != 2 || groups[0].Reason != app.SeveralContracts || groups[0].Seconds != 1260 || groups[1].Account != "north" ||
		len(groups[0].Takers) != 2 || groups[0].Takers[1].Contract != second || !groups[0].Takers[1].All || groups[0].Takers[0].Word != "first" {
		t.Errorf("%+v", groups)
	}
	if list := must(b.StrayFacts(ctx, c, app.Choice{Kind: store.CallFact, From: day("2026-03-11").Start(shanghai)}, 0, 10)); len(list) != 2 {
		t.Errorf("from the eleventh on: %+v", list)
	}
	none := ""
	choice := app.Choice{Account: &none}
	thought := must(b.Assign(ctx, c, app.Assign{Contract: second, Choice: choice, Note: "x", Preview: true}))
	if thought.Calls != 2 || thought.Cost != yuan("2.52") || thought.Left != 0 || thought.First != 0 {
		t.Errorf("in thought: %+v", thought)
	}
	if got := must(b.Strays(ctx, c, app.Choice{})); len(got) != 2 {
		t.Errorf("a preview changed something: %+v", got)
	}
	done := b.assign(c, "k", second, choice)
	if done.Calls != 2 || done.Seconds != 1260 || done.Cost != yuan("2.52") || done.Late != 0 || done.First != 4 || done.Last != 5 {
		t.Errorf("%+v", done)
	}
	if again := b.assign(c, "k", second, choice); again.ID != done.ID {
		t.Errorf("the same key: %+v", again)
	}
	_, err := b.Assign(ctx, c, app.Assign{Key: "l", Contract: first, Choice: choice, Note: "x"})
	wantKind(t, "what is given already", err, fault.NotFound)
	_, err = b.Assign(ctx, c, app.Assign{Key: "k", Contract: first, Choice: choice, Note: "x"})
	wantKind(t, "the key for another contract", err, fault.Conflict)
	if got := tallied(b, customer{c, second}, "2026-03-01"); got != "talk row:talk 2 1260/1260 2.52; " {
		t.Errorf("totals of the contract: %s", got)
	}
	if got := tallied(b, customer{c, id.ID{}}, "2026-03-01"); !strings.HasPrefix(got, " unpriced:several_contracts 1 60/0 ") {
		t.Errorf("totals without a contract: %q", got)
	}
	account := ledger.Accruing(second.String(), day("2026-03-01"), "voice")
	if got := b.balance(c, account); got != "2.52" || b.balance(c, ledger.CarrierOwed) != "-0.50" {
		t.Errorf("accrued %s, carriers ask %s: once", got, b.balance(c, ledger.CarrierOwed))
	}
	if got := outcomes(b.ingest(c, long, short3)); got != "same same" {
		t.Errorf("handed in again: %s", got)
	}
	b.at("2026-04-01 03:00:00")
	if run := b.close("2026-04-01"); run.Counts.Held != 2 {
		t.Errorf("with one stray left: %+v", run.Counts)
	}
	b.assign(c, "m", first, app.Choice{IDs: []string{"c3"}})
	if run := b.close("2026-04-01"); run.Counts.Issued != 2 {
		t.Errorf("without strays: %+v", run.Counts)
	}
	docs := b.documents(c)
	if got := short(b.invoice(&docs[1])); !strings.Contains(got, "talk 1.32") { // 21 minutes, ten of them included
		t.Errorf("the second's invoice\n%s", got)
	}
	if list := must(b.Assignments(ctx, c, id.ID{}, store.Page{Limit: 10})); len(list) != 2 || list[0].ID != done.ID || list[0].Note != "the north team's" || *list[0].Choice.Account != "" {
		t.Errorf("%+v", list)
	}
	if got := b.balance(c, account); got != "0.00" {
		t.Errorf("accrued after the invoice: %s", got)
	}
	b.sound()
}

// TestAssignToABilledPeriod: it becomes late usage, a difference on the next
// invoice.
func TestAssignToABilledPeriod(t *testing.T) {
	b := newBooks(t)
	c, first, _ := two(b)
	b.ingest(c, aCall(1, "2026-03-10 08:00:00", 1200))
	b.at("2026-04-01 03:00:00")
	if run := must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01"), Unpriced: true})); run.Counts.Issued != 2 {
		t.Fatalf("%+v", run.Counts)
	}
	if done := b.assign(c, "k", first, app.Choice{}); done.Late != 1 {
		t.Errorf("%+v", done)
	}
	account := ledger.Accruing(first.String(), day("2026-03-01"), "voice")
	if got := b.balance(c, account); got != "2.40" {
		t.Errorf("accrued late: %s", got)
	}
	b.at("2026-05-01 03:00:00")
	if run := b.close("2026-05-01"); run.Counts.Issued != 2 {
		t.Errorf("%+v", run.Counts)
	}
	adjusted := ""
	for _, d := range b.documents(c) {
		for _, l := range b.invoice(&d).Lines {
			if l.Kind == "adjustment" {
				adjusted += d.Contract.String() + " " + l.Amount.Decimal() + "; "
			}
		}
	}
	if adjusted != first.String()+" 1.20; " || b.balance(c, account) != "0.00" {
		t.Errorf("adjusted %s, accrued still %s", adjusted, b.balance(c, account))
	}
	b.sound()
}

// TestAssignRefuses: a contract takes what is of its time, and there must be an
// invoice to come.
func TestAssignRefuses(t *testing.T) {
	b := newBooks(t)
	c, first, second := two(b)
	ctx := context.Background()
	must(b.Cancel(ctx, c, first, day("2026-03-05"), day("2026-03-15")))
	b.ingest(c, aCall(1, "2026-02-10 08:00:00", 60), &usage.Seat{ID: "s", Source: "hr", User: "li", From: day("2026-02-10").Start(shanghai), To: day("2026-02-12").Start(shanghai)})
	try := func(what string, kind fault.Kind, in app.Assign) {
		t.Helper()
		in.Key = what
		_, err := b.Assign(ctx, c, in)
		wantKind(t, what, err, kind)
		if strings.Contains(what, "before") && !strings.Contains(err.Error(), "contract second serves from 2026-03-01 on") {
			t.Errorf("%s: it does not say when the contract serves: %v", what, err)
		}
	}
	try("a call before the first day", fault.Conflict, app.Assign{Contract: second, Choice: app.Choice{Kind: store.CallFact}, Note: "x"})
	try("a seat before the first day", fault.Conflict, app.Assign{Contract: second, Choice: app.Choice{Kind: store.SeatFact}, Note: "x"})
	try("no note", fault.Invalid, app.Assign{Contract: second})
	try("no such contract", fault.Conflict, app.Assign{Contract: id.ID{9}, Note: "x"})
	try("times turned round", fault.Invalid, app.Assign{Contract: second, Note: "x", Choice: app.Choice{From: 5, Until: 5}})
	b.at("2026-04-01 03:00:00")
	must(b.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01"), Unpriced: true}))
	try("a contract whose last invoice is out", fault.Conflict, app.Assign{Contract: first, Note: "x"})
	if groups := must(b.Strays(ctx, c, app.Choice{})); len(groups) != 2 || len(groups[0].Takers)+len(groups[1].Takers) != 0 {
		t.Errorf("nobody serves in February: %+v", groups)
	}
}

const seatPlan = `plan: s
version: 1
currency: CNY
time_zone: Asia/Shanghai
unmetered: [calls]
components:
  - {id: seats, measure: seats_assigned, unit_price: 310, seat_decrease: credit}
`

// TestStrayStretches: seats of a company with two contracts go where their account
// says, or are kept aside, hold the run and are given to one; one that was there
// before its only contract is the contract's from its first day.
func TestStrayStretches(t *testing.T) {
	b := newBooks(t)
	b.publish(seatPlan)
	c := b.company("a")
	text := func(word, start string) string {
		return "contract: " + word + "\nplan: s@1\nstart: " + start + "\nseller: {name: S}\nbuyer: {name: B}\n"
	}
	b.at("2026-03-20 00:00:00")
	north := b.contractIn(c, text("north", "2026-03-01"), "")
	seat := func(name, account string, from, to timex.Instant) usage.Fact {
		return &usage.Seat{ID: name, Source: "hr", User: name, Account: account, From: from, To: to}
	}
	february, march := day("2026-02-10").Start(shanghai), day("2026-03-01").Start(shanghai)
	if got := outcomes(b.ingest(c, seat("before", "", february, 0), seat("gone", "", february, february+1))); got != "added added:no_contract" {
		t.Errorf("with one contract: %s", got)
	}
	south := b.contractIn(c, text("south", "2026-03-01"), "")
	if got := outcomes(b.ingest(c, seat("named", "south", march, 0), seat("whose", "", march, 0), seat("early", "", february, 0))); got != "added added:several_contracts added:several_contracts" {
		t.Errorf("with two: %s", got)
	}
	b.at("2026-04-01 03:00:00")
	if run := b.close("2026-04-01"); run.Counts.Held != 2 {
		t.Errorf("with stray seats: %+v", run.Counts)
	}
	if done := b.assign(c, "k", south, app.Choice{Kind: store.SeatFact, Reason: app.SeveralContracts}); done.Stretches != 2 || done.Calls != 0 || !done.Cost.IsZero() {
		t.Errorf("%+v", done)
	}
	// The end of an assigned seat, handed in as before, is its contract's.
	if got := outcomes(b.ingest(c, seat("whose", "", march, day("2026-03-16").Start(shanghai)))); got != "ended" {
		t.Errorf("its end: %s", got)
	}
	if run := b.close("2026-04-01"); run.Counts.Issued != 2 { // the seat that ended in February touches no day of March
		t.Errorf("without: %+v", run.Counts)
	}
	for contract, want := range map[id.ID]string{north: "seats 310.00", south: "seats 770.00"} { // one whole, one whole, 15 of 31 days
		for _, d := range b.documents(c) {
			if got := short(b.invoice(&d)); d.Contract == contract && !strings.HasPrefix(got, want) {
				t.Errorf("%s\nwas expected to begin with %s", got, want)
			}
		}
	}
}

// TestAssignToAWallet: what is given to a prepaid contract is taken from its wallet.
func TestAssignToAWallet(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	b.at("2026-03-20 00:00:00")
	must(b.OpenWallet(t.Context(), c, app.OpenWallet{Name: "main", Currency: cny}))
	must(b.TopUp(t.Context(), c, app.Fund{Key: "top-up", Wallet: "main", Amount: yuan("10")}))
	call := aCall(1, "2026-03-10 08:00:00", 61)
	call.Cost = money.Micros(20_000, cny)
	b.ingest(c, call)
	contract := b.contractIn(c, contractText("a", fiveSeats), "main")
	for range 2 {
		b.assign(c, "k", contract, app.Choice{})
	}
	if got := b.balance(c, ledger.Consumed(contract.String())); got != "-0.2616" { // two minutes with tax
		t.Errorf("consumed: %s", got)
	}
	if got := b.balance(c, ledger.CarrierOwed); got != "-0.02" {
		t.Errorf("carriers ask %s: once", got)
	}
	b.sound()
}

// TestUsageAfterTheLastInvoice: what comes for a contract whose last invoice is
// issued is on no invoice to come. It is a stray that says so, until that invoice
// is void; a seat that goes on is the next contract's.
func TestUsageAfterTheLastInvoice(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	ctx := context.Background()
	contract := b.contractIn(c, contractText("first", fiveSeats), "")
	must(b.Cancel(ctx, c, contract, day("2026-03-05"), day("2026-04-01")))
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	late := aCall(1, "2026-03-10 08:00:00", 1200)
	seat := &usage.Seat{ID: "s", Source: "hr", User: "li", From: day("2026-03-10").Start(shanghai)}
	if got := outcomes(b.ingest(c, late, seat)); got != "added:contract_settled added:contract_settled" {
		t.Errorf("after the last invoice: %s", got)
	}
	if got := b.balance(c, ledger.Accruing(contract.String(), day("2026-03-01"), "voice")); got != "0.00" {
		t.Errorf("accrued for an invoice that will not come: %s", got)
	}
	docs := b.documents(c)
	must(b.Void(ctx, c, app.Void{Key: "v", Invoice: docs[0].ID, Reason: "a call came late"}))
	if done := b.assign(c, "k", contract, app.Choice{}); done.Calls != 1 || done.Stretches != 1 || done.Late != 0 {
		t.Errorf("%+v", done)
	}
	must(b.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-03")}))
	if got := short(b.invoice(&b.documents(c)[1])); !strings.Contains(got, "talk 1.20") {
		t.Errorf("billed again\n%s", got)
	}
	text := strings.Replace(contractText("second", fiveSeats), "start: 2026-03-01", "start: 2026-04-01", 1)
	second := must(b.Quote(ctx, c, app.Quote{File: text, On: day("2026-03-20")}))
	must(b.Sign(ctx, c, app.Sign{Contract: second.ID, Document: sha(text), On: day("2026-03-20")}))
	must(b.Start(ctx, c, second.ID, day("2026-04-01")))
	on := &usage.Seat{ID: "t", Source: "hr", User: "wu", From: day("2026-03-10").Start(shanghai)}
	if got := outcomes(b.ingest(c, on, &usage.Seat{ID: "u", Source: "hr", User: "xi", From: on.From, To: on.From + 1})); got != "added added:contract_settled" {
		t.Errorf("a seat that goes on, and one that ended: %s", got)
	}
	b.sound()
}

// TestOneAssignment: of many who give the same strays away one does.
func TestOneAssignment(t *testing.T) { oneAssignment(t, newBooks(t)) }

func oneAssignment(t *testing.T, b *books) {
	c, first, second := two(b)
	var facts []usage.Fact
	for n := range 40 {
		facts = append(facts, aCall(n, "2026-03-10 08:00:00", 60))
	}
	b.ingest(c, facts...)
	var done, refused atomic.Int64
	var group sync.WaitGroup
	for n := range 12 {
		group.Go(func() {
			_, err := b.Assign(context.Background(), c, app.Assign{Key: fmt.Sprint("k", n), Contract: []id.ID{first, second}[n%2], Note: "x"})
			switch {
			case err == nil:
				done.Add(1)
			case fault.KindOf(err) == fault.NotFound:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
		group.Go(func() { // usage goes on
			one := aCall(1000+n, "2026-03-10 08:00:00", 60)
			one.Account = "first"
			if _, err := b.Ingest(context.Background(), c, []usage.Fact{one}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if done.Load() != 1 || refused.Load() != 11 {
		t.Errorf("%d did, %d were refused", done.Load(), refused.Load())
	}
	accrued := money.Zero(cny)
	for _, contract := range []id.ID{first, second} {
		accrued = must(accrued.Add(yuan(b.balance(c, ledger.Accruing(contract.String(), day("2026-03-01"), "voice")))))
	}
	if accrued != yuan("6.24") { // 52 minutes
		t.Errorf("accrued %s", accrued)
	}
	b.sound()
}

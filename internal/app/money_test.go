package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/fx"
	"waihu/internal/charging/ledger"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
)

var usd = money.MustCurrency("USD")

// billed is a customer with the invoice of March: 500 for seats, 1,200 of
// support, 50 of set-up and 6 % tax: 1,855.
func billed(t *testing.T) (*books, customer, *store.Document) {
	t.Helper()
	return billedIn(t, newBooks(t))
}

func billedIn(t *testing.T, b *books) (*books, customer, *store.Document) {
	t.Helper()
	b.publish(planText)
	who := b.customer("one", fiveSeats)
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	docs := b.documents(who.company)
	return b, who, &docs[0]
}

func (b *books) messages(c id.Company) map[string]int {
	b.t.Helper()
	out := map[string]int{}
	b.view(func(tx store.Tx) error {
		list, err := tx.Outbox().List(c, "", store.Page{Limit: 1000})
		for _, m := range list {
			out[m.Channel+" "+m.Topic]++
		}
		return err
	})
	return out
}

// letter is the body of the newest mail of a topic in the outbox.
func (b *books) letter(c id.Company, topic string, tag lang.Tag) (out string) {
	b.t.Helper()
	b.view(func(tx store.Tx) error {
		list, err := tx.Outbox().List(c, "", store.Page{Limit: 1000})
		for _, m := range list {
			if m.Channel == "mail" && m.Topic == topic {
				body := decode[struct {
					Lang lang.Tag
					Args map[string]string
				}](b.t, m.Body)
				out = lang.Phrase(tag, "mail."+topic+".body", body.Args)
			}
		}
		return err
	})
	return out
}

func TestPayments(t *testing.T) {
	b, who, doc := billed(t)
	b.at("2026-04-09 03:00:00")
	ctx := context.Background()
	part := must(b.Pay(ctx, who.company, app.Pay{Key: "a", Invoice: doc.ID, Amount: yuan("855"), On: day("2026-04-05")}))
	if part.Status != store.Partly || part.Open != yuan("1000") || !part.Over.IsZero() {
		t.Errorf("in part: %+v", part)
	}
	if again := must(b.Pay(ctx, who.company, app.Pay{Key: "a", Invoice: doc.ID, Amount: yuan("855"), On: day("2026-04-05")})); again != part {
		t.Errorf("the same key: %+v", again)
	}
	_, err := b.Pay(ctx, who.company, app.Pay{Key: "a", Invoice: doc.ID, Amount: yuan("856"), On: day("2026-04-05")})
	wantKind(t, "the same key, another amount", err, fault.Conflict)
	_, err = b.Pay(ctx, who.company, app.Pay{Invoice: doc.ID, Amount: yuan("856"), On: day("2026-04-05")})
	wantKind(t, "no key", err, fault.Invalid)
	over := must(b.Pay(ctx, who.company, app.Pay{Key: "b", Invoice: doc.ID, Amount: yuan("1300"), On: day("2026-04-06")}))
	if over.Status != store.Paid || !over.Open.IsZero() || over.Over != yuan("300") {
		t.Errorf("too much: %+v", over)
	}
	if got := b.balance(who.company, ledger.Unapplied); got != "-300.00" {
		t.Errorf("%s is the customer's", got)
	}
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01") // 530, of which 300 are there
	next := b.documents(who.company)[1]
	if next.Paid != yuan("300") || next.Status != store.Partly {
		t.Errorf("April: paid %s, %s", next.Paid, next.Status)
	}
	_, err = b.Pay(ctx, who.company, app.Pay{Key: "d", Invoice: next.ID, Amount: money.Micros(20*money.Micro, usd), On: day("2026-05-01")})
	wantKind(t, "no rate is known", err, fault.Unknown)
	rate := fx.Rate{From: usd, To: cny, On: day("2026-05-01"), Rate: exact.MustParse("7.25"), Source: "central bank"}
	if err := b.AddRate(ctx, rate); err != nil {
		t.Fatal(err)
	}
	dollars := must(b.Pay(ctx, who.company, app.Pay{Key: "d", Invoice: next.ID, Amount: money.Micros(20*money.Micro, usd), On: day("2026-05-01")}))
	if dollars.Open != yuan("85") || dollars.At == nil || dollars.At.Worth != yuan("145") {
		t.Errorf("20 dollars are 145: %+v", dollars)
	}
	rate.Rate = exact.MustParse("7.30")
	wantKind(t, "another rate of the day", b.AddRate(ctx, rate), fault.Conflict)
	b.sound()
	st := must(b.Statement(ctx, who.company, cny, day("2026-04-01"), day("2026-06-01"), ""))
	gone := must(b.WriteOff(ctx, who.company, app.WriteOff{Key: "f", Invoice: next.ID, Reason: "the rate moved", Fx: true}))
	if !gone.Open.IsZero() || b.balance(who.company, ledger.FxResult) != "85.00" || b.balance(who.company, ledger.BadDebt) != "0.00" {
		t.Errorf("lost on the rate: %+v", gone)
	}
	if st.Closing != yuan("85") || len(st.Open) != 1 || len(st.Rows) != 5 || st.Ages[1] != yuan("85") {
		t.Errorf("%+v", st)
	}
}

// TestPaidAheadBehindTheEnd: a year paid ahead is earned by the last invoice of a
// contract that ends before, and deferred again when that is void.
func TestPaidAheadBehindTheEnd(t *testing.T) {
	b, who, _ := billed(t)
	ctx := context.Background()
	must(b.Cancel(ctx, who.company, who.contract, day("2026-05-05"), day("2026-06-01")))
	b.at("2026-06-01 03:00:00")
	b.close("2026-06-01")
	docs := b.documents(who.company)
	if got := b.balance(who.company, ledger.Deferred("support")); got != "0.00" || b.balance(who.company, ledger.Revenue("support")) != "-1200.00" {
		t.Errorf("deferred with nothing left to serve: %s", got)
	}
	must(b.Void(ctx, who.company, app.Void{Key: "v", Invoice: docs[len(docs)-1].ID, Reason: "x"}))
	if got := b.balance(who.company, ledger.Deferred("support")); got != "-999.45" { // two months of twelve served
		t.Errorf("deferred again: %s", got)
	}
	must(b.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-06-01"), Issue: day("2026-06-03")}))
	if got := b.balance(who.company, ledger.Deferred("support")); got != "0.00" {
		t.Errorf("and earned again: %s", got)
	}
	b.sound()
}

// TestStatementByValue: a payment that is told in May and came in April is April's
// by value, and May's by booking, with a credit note and money paid ahead beside.
func TestStatementByValue(t *testing.T) {
	b, who, doc := billed(t) // dated 2 April, booked on the first
	ctx := context.Background()
	b.at("2026-05-03 00:00:00")
	must(b.Credit(ctx, who.company, app.Credit{Key: "c", Invoice: doc.ID, On: day("2026-05-02"), Reason: "x", Items: []app.CreditItem{{Line: "seats", Amount: yuan("10")}}}))
	must(b.Pay(ctx, who.company, app.Pay{Key: "p", Invoice: doc.ID, Amount: yuan("100"), On: day("2026-04-20")}))
	must(b.PayAhead(ctx, who.company, app.PayAhead{Key: "a", Amount: yuan("7"), On: day("2026-04-10")}))
	rows := func(first, after string, by app.DatedBy) string {
		t.Helper()
		st := must(b.Statement(ctx, who.company, cny, day(first), day(after), by))
		out := fmt.Sprintf("%s %s;", st.By, st.Opening.Decimal())
		for _, r := range st.Rows {
			out += fmt.Sprintf(" %s %s %s;", r.On, r.Kind, r.Balance.Decimal())
		}
		return out
	}
	for _, c := range []struct {
		first, after string
		by           app.DatedBy
		want         string
	}{
		{"2026-04-01", "2026-05-01", "", "booking 0.00; 2026-04-01 invoice 1855.00;"},
		{"2026-05-01", "2026-06-01", app.ByBooking, "booking 1855.00; 2026-05-03 credit_note 1844.40; 2026-05-03 payment 1744.40; 2026-05-03 paid_ahead 1737.40;"},
		{"2026-04-01", "2026-05-01", app.ByValue, "value 0.00; 2026-04-02 invoice 1855.00; 2026-04-10 paid_ahead 1848.00; 2026-04-20 payment 1748.00;"},
		{"2026-05-01", "2026-06-01", app.ByValue, "value 1748.00; 2026-05-02 credit_note 1737.40;"},
	} {
		if got := rows(c.first, c.after, c.by); got != c.want {
			t.Errorf("%s by %q:\n%s\nwant\n%s", c.first, c.by, got, c.want)
		}
	}
	if st := must(b.Statement(ctx, who.company, cny, day("2026-03-01"), day("2026-04-01"), "")); len(st.Open) != 0 {
		t.Errorf("what was issued later stands on a statement of March: %+v", st.Open)
	}
	_, err := b.Statement(ctx, who.company, cny, day("2026-04-01"), day("2026-05-01"), "mood")
	wantKind(t, "by another day", err, fault.Invalid)
}

// TestOneKeyOneEffect: 64 ask at once with one key.
func TestOneKeyOneEffect(t *testing.T) { oneKey(t, newBooks(t)) }

func oneKey(t *testing.T, b *books) {
	b, who, doc := billedIn(t, b)
	var group sync.WaitGroup
	seen := make([]id.ID, 64)
	for i := range seen {
		group.Go(func() {
			out, err := b.Pay(context.Background(), who.company, app.Pay{Key: "k", Invoice: doc.ID, Amount: yuan("1"), On: day("2026-04-01")})
			if err != nil {
				t.Error(err)
			}
			seen[i] = out.Payment
		})
	}
	group.Wait()
	for _, p := range seen {
		if p != seen[0] || p.IsZero() {
			t.Fatalf("payments %s and %s", p, seen[0])
		}
	}
	if got := b.balance(who.company, ledger.Cash); got != "1.00" {
		t.Errorf("%s came in", got)
	}
}

func TestCreditNotes(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	must(b.Pay(ctx, who.company, app.Pay{Key: "p", Invoice: doc.ID, Amount: yuan("1700"), On: day("2026-04-01")}))
	note := must(b.Credit(ctx, who.company, app.Credit{Key: "c", Invoice: doc.ID, On: day("2026-04-07"), Reason: "agreed", Items: []app.CreditItem{{Line: "seats", Amount: yuan("200")}}}))
	if note.Total != yuan("212") || note.Number != "CN-INV-000001" || !note.Open.IsZero() {
		t.Errorf("%+v", note)
	}
	for account, want := range map[ledger.Account]string{ledger.Unapplied: "-57.00", ledger.Revenue("seats"): "-300.00", ledger.Receivable: "0.00"} {
		if got := b.balance(who.company, account); got != want {
			t.Errorf("%s: %s, want %s", account, got, want)
		}
	}
	_, err := b.Credit(ctx, who.company, app.Credit{Key: "d", Invoice: doc.ID, On: day("2026-04-07"), Reason: "too much", Items: []app.CreditItem{{Line: "seats", Amount: yuan("301")}}})
	wantKind(t, "more than is left", err, fault.Conflict)
	rest := must(b.Credit(ctx, who.company, app.Credit{Key: "e", Invoice: doc.ID, On: day("2026-04-08"), Reason: "all of it"}))
	if rest.Total != yuan("1643") || b.balance(who.company, ledger.Tax) != "0.00" {
		t.Errorf("the rest: %+v, tax %s", rest, b.balance(who.company, ledger.Tax))
	}
	b.sound()
}

func TestVoidIsBilledAgain(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	if got := must(b.Void(ctx, who.company, app.Void{Key: "v", Invoice: doc.ID, Reason: "wrong address"})); got != store.Voided {
		t.Errorf("%s", got)
	}
	for _, a := range []ledger.Account{ledger.Receivable, ledger.Tax, ledger.Revenue("seats"), ledger.Deferred("support")} {
		if got := b.balance(who.company, a); got != "0.00" {
			t.Errorf("%s: %s is left", a, got)
		}
	}
	_, err := b.Pay(ctx, who.company, app.Pay{Key: "p", Invoice: doc.ID, Amount: yuan("1"), On: day("2026-04-01")})
	wantKind(t, "paying what is void", err, fault.Conflict)
	again := must(b.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-03")}))
	docs := b.documents(who.company)
	if again.Counts.Issued != 1 || len(docs) != 2 || docs[1].Number != "INV-000002" || docs[1].Total != doc.Total {
		t.Errorf("%+v", again.Counts)
	}
	must(b.Pay(ctx, who.company, app.Pay{Key: "q", Invoice: docs[1].ID, Amount: yuan("1"), On: day("2026-04-01")}))
	_, err = b.Void(ctx, who.company, app.Void{Key: "w", Invoice: docs[1].ID, Reason: "x"})
	wantKind(t, "voiding what is paid in part", err, fault.Conflict)
	b.sound()
}

func TestDunningSuspendsAndReleases(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	steps := 0
	for d := doc.DueOn; d < doc.DueOn+30; d++ {
		for range 2 {
			steps += must(b.MarkOverdue(ctx, who.company, d)).Steps
		}
		if status := b.documents(who.company)[0].Status; (status == store.Overdue) != (d > doc.DueOn) {
			t.Fatalf("%s: %s, due on %s", d, status, doc.DueOn)
		}
		if got, want := must(b.GetCompany(ctx, who.company)).Suspended, d >= doc.DueOn+21; got != want {
			t.Fatalf("%s: suspended is %v", d, got)
		}
	}
	if steps != 4 {
		t.Errorf("%d steps", steps)
	}
	for topic, want := range map[string]int{"mail dunning.remind": 2, "mail dunning.warn": 1, "webhook dunning.suspend": 1, "webhook invoice.overdue": 1, "webhook service.suspended": 1, "mail invoice.issued": 1} {
		if got := b.messages(who.company)[topic]; got != want {
			t.Errorf("%s: %d messages, want %d", topic, got, want)
		}
	}
	if got := b.letter(who.company, "dunning.warn", lang.Simplified); got != "账单 INV-000001 已于 2026年4月12日到期，尚欠 1855.00 CNY。 / 若未付款，自 2026年5月3日起将无法拨打新通话。" {
		t.Errorf("the letter says %q", got)
	}
	b.at("2026-05-20 03:00:00")
	must(b.Pay(ctx, who.company, app.Pay{Key: "a", Invoice: doc.ID, Amount: yuan("1854"), On: day("2026-05-20")}))
	if !must(b.GetCompany(ctx, who.company)).Suspended {
		t.Error("released with 1.00 open")
	}
	gone := must(b.WriteOff(ctx, who.company, app.WriteOff{Key: "w", Invoice: doc.ID, Reason: "rounding"}))
	if gone.Status != store.Paid || must(b.GetCompany(ctx, who.company)).Suspended || b.balance(who.company, ledger.BadDebt) != "1.00" {
		t.Errorf("written off: %+v", gone)
	}
	b.sound()
}

// TestLateUsage: calls that come after their month was billed are charged on the
// next invoice, and what they use up of a package moves the month between.
func TestLateUsage(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	b.calls(who, "2026-03-10 02:00:00", 120)      // 2 of 10 minutes: 8 roll over
	b.calls(who, "2026-04-10 02:00:00", 600, 300) // 15 of 18
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	b.calls(who, "2026-03-20 02:00:00", 600) // March used 12: 2 too many, nothing rolls over
	b.at("2026-06-01 03:00:00")
	b.close("2026-06-01")
	docs := b.documents(who.company)
	if len(docs) != 3 {
		t.Fatalf("%d invoices", len(docs))
	}
	inv := b.invoice(&docs[2])
	want := "seats 100.00\ntalk 0.00\nadjustment/INV-000001/talk 0.24\nadjustment/INV-000002/talk 0.60\ntotal 106.92"
	if got := short(inv); got != want {
		t.Errorf("May\n%s\nwant\n%s", got, want)
	}
	if len(inv.Inputs.Adjusted) != 2 || inv.Inputs.Adjusted[0].Invoice != "INV-000001" {
		t.Errorf("inputs %+v", inv.Inputs.Adjusted)
	}
	b.at("2026-07-01 03:00:00")
	b.close("2026-07-01")
	if got := len(b.invoice(&b.documents(who.company)[3]).Inputs.Adjusted); got != 0 {
		t.Errorf("what was corrected is corrected once, %d times", got)
	}
	b.sound()

	last := b.documents(who.company)[3]
	must(b.Void(context.Background(), who.company, app.Void{Key: "v", Invoice: last.ID, Reason: "x"}))
	third := b.documents(who.company)[2]
	must(b.Void(context.Background(), who.company, app.Void{Key: "w", Invoice: third.ID, Reason: "x"}))
	must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-06-01"), Issue: day("2026-07-02")}))
	if got := short(b.invoice(&b.documents(who.company)[4])); got != want {
		t.Errorf("May, voided and billed again\n%s\nwant\n%s", got, want)
	}
	b.sound()
}

// TestLateUsageRunsOn: a late call of March takes what March carried to April;
// April charges the same, but carries less to May, which then charges more.
func TestLateUsageRunsOn(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	b.calls(who, "2026-03-10 02:00:00", 120)
	b.calls(who, "2026-04-10 02:00:00", 300)
	b.calls(who, "2026-05-10 02:00:00", 1200)
	for _, until := range []string{"2026-04-01", "2026-05-01", "2026-06-01"} {
		b.at(until + " 03:00:00")
		b.close(until)
	}
	b.calls(who, "2026-03-20 02:00:00", 600)
	b.at("2026-07-01 03:00:00")
	b.close("2026-07-01")
	inv := b.invoice(&b.documents(who.company)[3])
	if got, want := short(inv), "seats 100.00\ntalk 0.00\nadjustment/INV-000001/talk 0.24\nadjustment/INV-000003/talk 0.60\ntotal 106.92"; got != want {
		t.Errorf("June\n%s\nwant\n%s", got, want)
	}
	for on, want := range map[string]string{"2026-03-15": "talk 0.24", "2026-05-15": "talk 0.60"} {
		if got := short(must(b.DraftInvoice(context.Background(), who.company, who.contract, day(on)))); !strings.Contains(got, want+"\n") {
			t.Errorf("the month of %s by what is known now:\n%s", on, got)
		}
	}
	b.sound()
}

// withUnpriced is two customers of whom the first has usage without a price.
func withUnpriced(t *testing.T) (b *books, one, two customer) {
	t.Helper()
	b = newBooks(t)
	b.publish(planText)
	one, two = b.customer("one", ""), b.customer("two", "")
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(one.company, []store.Stretch{{Contract: one.contract, Fact: event("sms", "2026-03-05 00:00:00")}})
		return err
	})
	b.at("2026-04-01 03:00:00")
	return b, one, two
}

// TestUnpricedIsHeld: usage without a price stops its own invoice, no other.
func TestUnpricedIsHeld(t *testing.T) {
	b, one, two := withUnpriced(t)
	run := b.close("2026-04-01")
	if run.Counts.Issued != 1 || run.Counts.Held != 1 || len(b.documents(two.company)) != 1 {
		t.Fatalf("%+v", run.Counts)
	}
	decided := must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-03"), Company: one.company.ID, Unpriced: true}))
	if again := must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-03"), Company: one.company.ID, Unpriced: true})); again.ID != decided.ID {
		t.Error("the same run for one company was run twice")
	}
	if decided.Counts.Issued != 1 || decided.Counts.Contracts != 1 || decided.Counts.Held != 0 {
		t.Errorf("once it was decided: %+v", decided.Counts)
	}
	b.sound()
	if fmt.Sprint(decided.Counts.Totals) != "[1431.00 CNY]" {
		t.Errorf("%s", decided.Counts.Totals)
	}
}

// TestHeldIsLookedAtAgain: the same run with the decision made bills what it held.
func TestHeldIsLookedAtAgain(t *testing.T) {
	b, one, _ := withUnpriced(t)
	request := app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-02")}
	held := must(b.ClosePeriod(context.Background(), request))
	request.Unpriced = true
	for range 2 {
		run := must(b.ClosePeriod(context.Background(), request))
		if run.ID != held.ID || run.Counts.Issued != 2 || run.Counts.Held != 0 || run.Counts.Contracts != 2 || len(b.documents(one.company)) != 1 {
			t.Errorf("held %+v, once it was decided %+v", held.Counts, run.Counts)
		}
	}
	b.sound()
}

// TestTheDayIsThatOfTheContract: service is late when it is the next day where the
// contract is, neither before nor when it is the next day at Greenwich.
func TestTheDayIsThatOfTheContract(t *testing.T) {
	for zone, late := range map[string]string{"Asia/Shanghai": "2026-04-11 16:00:00", "America/Los_Angeles": "2026-04-12 07:00:00"} {
		b := newBooks(t)
		b.publish(strings.Replace(planText, "Asia/Shanghai", zone, 1))
		who := b.customer("one", fiveSeats)
		b.at("2026-04-01 12:00:00")
		must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01")}))
		b.at(late)
		b.clock.Add(-1e6)
		for _, want := range []store.Status{store.Issued, store.Overdue} {
			must(b.Daily(context.Background(), 0))
			if doc := b.documents(who.company)[0]; doc.Status != want || doc.DueOn != day("2026-04-11") {
				t.Errorf("%s, at %s: %s, due on %s; %s was expected", zone, late, doc.Status, doc.DueOn, want)
			}
			b.clock.Add(2e6)
		}
	}
}

// TestADayIsBilledOnce: whatever made the service forget that it billed a month,
// the month is not billed again. The guard of the invoice refuses, and the
// store behind it; both hold that contract alone.
func TestADayIsBilledOnce(t *testing.T) {
	for _, forgets := range []string{"when", "when and what"} {
		b := newBooks(t)
		b.publish(planText)
		one, two := b.customer("one", ""), b.customer("two", "")
		b.at("2026-04-01 03:00:00")
		b.close("2026-04-01")
		b.update(func(tx store.Tx) error {
			r, err := tx.Records().Get(one.company, app.KindContract, one.contract)
			if err != nil {
				return err
			}
			a := decode[app.Agreement](t, r.Body)
			a.BilledTo = 0
			if forgets != "when" {
				a.Claims = nil
			}
			r.Body, err = json.Marshal(a)
			if err != nil {
				return err
			}
			r.Unique, r.Index = []store.Key{{Name: "contract", Value: a.Contract}}, []store.Key{{Name: "state", Value: string(a.Life.State)}}
			return tx.Records().Put(r)
		})
		b.at("2026-05-01 03:00:00")
		run := b.close("2026-05-01")
		if run.Counts.Held != 1 || run.Counts.Issued != 1 || len(b.documents(one.company)) != 1 || len(b.documents(two.company)) != 2 {
			t.Errorf("forgetting %s: %+v, %d documents", forgets, run.Counts, len(b.documents(one.company)))
		}
		b.view(func(tx store.Tx) error {
			list, err := tx.Records().List(one.company, app.KindStep, store.Key{Name: "run", Value: run.ID.String()}, store.Page{Limit: 10})
			if err != nil || len(list) != 1 {
				return errors.Join(err, fmt.Errorf("%d steps", len(list)))
			}
			step := decode[app.Step](t, list[0].Body)
			if guard := strings.Contains(step.Why, "safety bound"); step.State != "held" || guard != (forgets == "when") {
				t.Errorf("forgetting %s: %+v", forgets, step)
			}
			return nil
		})
		found := must(b.Examine(context.Background())).Findings
		if len(found) != 1 || found[0].Rule != "I7" || !strings.Contains(found[0].What, "billed up to") {
			t.Errorf("forgetting %s: %+v", forgets, found)
		}
	}
}

// TestPaymentsAreInCoins: what cannot change hands is not booked.
func TestPaymentsAreInCoins(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	fine := money.Micros(10_001_000, doc.Total.Currency())
	if _, err := b.Pay(ctx, who.company, app.Pay{Key: "f", Invoice: doc.ID, Amount: fine, On: day("2026-04-05")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("10.001 was paid: %v", err)
	}
	if _, err := b.PayAhead(ctx, who.company, app.PayAhead{Key: "g", Amount: fine, On: day("2026-04-05")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("10.001 was paid ahead: %v", err)
	}
	if out := must(b.Pay(ctx, who.company, app.Pay{Key: "h", Invoice: doc.ID, Amount: yuan("10.01"), On: day("2026-04-01")})); out.Open.Micros()%10_000 != 0 {
		t.Errorf("10.01 leaves %s open", out.Open)
	}
}

// TestStraysHoldABillRun: calls that could be of two contracts stand on no
// invoice; a run says so, and goes on when it was decided to leave them.
func TestStraysHoldABillRun(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	c := b.company("a")
	b.contractIn(c, contractText("first", fiveSeats), "")
	b.contractIn(c, contractText("second", fiveSeats), "")
	b.at("2026-03-20 00:00:00")
	b.ingest(c, aCall(1, "2026-03-10 08:00:00", 60))
	b.at("2026-04-01 03:00:00")
	ctx := context.Background()
	in := app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01")}
	run := must(b.ClosePeriod(ctx, in))
	if run.Counts.Held != 2 || run.Counts.Issued != 0 {
		t.Errorf("with a stray call: %+v", run.Counts)
	}
	b.view(func(tx store.Tx) error {
		list, err := tx.Records().List(c, app.KindStep, store.Key{Name: "run", Value: run.ID.String()}, store.Page{Limit: 10})
		for i := range list {
			if why := decode[app.Step](t, list[i].Body).Why; !strings.Contains(why, "belongs to no contract: 1 facts") || !strings.Contains(why, app.SeveralContracts) {
				t.Errorf("it says %q", why)
			}
		}
		return err
	})
	in.Unpriced = true
	if run := must(b.ClosePeriod(ctx, in)); run.Counts.Issued != 2 {
		t.Errorf("when it was decided: %+v", run.Counts)
	}
}

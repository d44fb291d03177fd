package app_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/charging/wallet"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

const prepaidPlan = `plan: pre
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, rates: [{rate: 9%}]}]}
decks:
  - id: world
    rows:
      - {prefix: "86", unit_price: 0.10, increment: 60/60}
      - {prefix: "8613", unit_price: 0.20, increment: 60/60, connect_fee: 0.05}
      - {prefix: "87", blocked: true}
components:
  - {id: talk, measure: talk_time, deck: world, category: voice, included: {quantity: 2}}
`

const mobile, landline = "8613800138000", "862161234567"

// prepaid is a customer with a wallet.
func prepaid(t *testing.T) (*books, customer) {
	t.Helper()
	return prepaidIn(t, newBooks(t))
}

func prepaidIn(t *testing.T, b *books) (*books, customer) {
	t.Helper()
	b.publish(prepaidPlan)
	c := b.company("one")
	must(b.OpenWallet(context.Background(), c, app.OpenWallet{Name: "main", Currency: cny, Levels: []money.Amount{yuan("5"), yuan("1")}, Rule: &wallet.TopUpRule{Below: yuan("2"), Amount: yuan("50"), Most: 2}}))
	text := "contract: one\nplan: pre@1\nstart: 2026-03-01\nseller: {name: Seller}\nbuyer: {name: Buyer}\n"
	return b, customer{c, b.contractIn(c, text, "main")}
}

func (b *books) topUp(c id.Company, key, amount string) app.Funds {
	b.t.Helper()
	return must(b.TopUp(context.Background(), c, app.Fund{Key: key, Wallet: "main", Amount: yuan(amount)}))
}

// replays checks that the wallet is what its journal says.
func (b *books) replays(c id.Company) {
	b.t.Helper()
	b.view(func(tx store.Tx) error {
		entries, err := tx.Journal().Entries(c, ledger.Wallet("main"), 0, 1000)
		if err != nil {
			return err
		}
		again := wallet.NewPurse(cny)
		if err := again.Replay("main", entries); err != nil {
			return err
		}
		r, err := tx.Records().ByKey(c, app.KindWallet, store.Key{Name: "name", Value: "main"})
		if err != nil {
			return err
		}
		kept := decode[app.Purse](b.t, r.Body).Purse
		if len(kept.Lots)+len(again.Lots) > 0 && !reflect.DeepEqual(kept, again) || kept.Short != again.Short {
			b.t.Errorf("the wallet keeps\n%+v\nits journal says\n%+v", kept, again)
		}
		return nil
	})
}

// TestThirtyReservations: credit for one call, thirty asked at once.
func TestThirtyReservations(t *testing.T) { thirty(t, newBooks(t)) }

func thirty(t *testing.T, b *books) {
	b, who := prepaidIn(t, b)
	b.topUp(who.company, "k", "0.30") // one mobile minute is 0.25 and 9 %
	var placed, refused atomic.Int64
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			_, err := b.Reserve(context.Background(), who.company, app.Reserve{Contract: who.contract, Call: fmt.Sprint(i), To: mobile})
			switch {
			case err == nil:
				placed.Add(1)
			case fault.KindOf(err) == fault.Conflict:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if placed.Load() != 1 || refused.Load() != 29 {
		t.Errorf("%d placed, %d refused", placed.Load(), refused.Load())
	}
}

func TestLifeOfAPrepaidCall(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.topUp(who.company, "k", "1.00")
	in := app.Reserve{Contract: who.contract, Call: "a", To: mobile}
	r := must(b.Reserve(ctx, who.company, in))
	// 0.05 to connect and 0.20 a minute, with 9 %: 1.00 pays for four minutes.
	if r.Held != yuan("0.2725") || r.Seconds != 60 || r.Longest != 240 {
		t.Errorf("%+v", r)
	}
	if again := must(b.Reserve(ctx, who.company, in)); again.Held != r.Held {
		t.Errorf("the same call: %+v", again)
	}
	start := timex.Instant(b.clock.Load())
	more := must(b.Extend(ctx, who.company, app.Reserve{Contract: who.contract, Call: "a", To: mobile, Start: start, Seconds: 600}))
	if more.Seconds != 240 || more.Held != yuan("0.9265") {
		t.Errorf("extended to ten minutes there is money for four: %+v", more)
	}
	end := app.Settle{Contract: who.contract, Call: "a", To: mobile, Start: start, Seconds: 61, Carrier: money.Micros(10_000, usd)}
	got := must(b.Settle(ctx, who.company, end))
	if got.Cost != yuan("0.4905") || got.Funds.Available != yuan("0.5095") {
		t.Errorf("two minutes: %+v", got)
	}
	if again := must(b.Settle(ctx, who.company, end)); again.Funds.Balance != got.Funds.Balance {
		t.Errorf("the same end: %+v", again)
	}
	end.Seconds = 121
	_, err := b.Settle(ctx, who.company, end)
	wantKind(t, "another end", err, fault.Conflict)
	_, err = b.Reserve(ctx, who.company, in)
	wantKind(t, "a call that is over", err, fault.Conflict)
	_, err = b.Reserve(ctx, who.company, app.Reserve{Contract: who.contract, Call: "x", To: "8712345678"})
	wantKind(t, "a blocked number", err, fault.Unpriced)
	_, err = b.Reserve(ctx, who.company, app.Reserve{Contract: who.contract, Call: "x", To: "4412345678"})
	wantKind(t, "a number no deck has", err, fault.Unpriced)
	must(b.Reserve(ctx, who.company, app.Reserve{Contract: who.contract, Call: "n", To: landline}))
	if err := b.Release(ctx, who.company, "main", "n"); err != nil {
		t.Error(err)
	}
	if f := must(b.Balance(ctx, who.company, "main")); f.Held.Sign() != 0 {
		t.Errorf("a call that was not answered holds %s", f.Held)
	}
	long := must(b.Settle(ctx, who.company, app.Settle{Contract: who.contract, Call: "l", To: landline, Start: start, Seconds: 3600}))
	if long.Funds.Balance.Sign() >= 0 {
		t.Errorf("a call that was made is booked beyond the balance: %+v", long)
	}
	for topic, want := range map[string]int{"webhook wallet.low": 2, "webhook wallet.top_up_due": 2} {
		if got := b.messages(who.company)[topic]; got != want {
			t.Errorf("%s: %d messages, want %d", topic, got, want)
		}
	}
	b.replays(who.company)
}

func TestGrantsExpire(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.topUp(who.company, "k", "1.00")
	until := timex.At(day("2026-03-05").Start(timexUTC).Time())
	must(b.Grant(ctx, who.company, app.Fund{Key: "g", Wallet: "main", Amount: yuan("3.00"), Expires: until}))
	must(b.Settle(ctx, who.company, app.Settle{Contract: who.contract, Call: "a", To: landline, Start: timex.Instant(b.clock.Load()), Seconds: 60})) // 0.109, of the grant
	must(b.Reserve(ctx, who.company, app.Reserve{Contract: who.contract, Call: "lost", To: landline}))
	b.at("2026-03-05 00:00:01")
	if f := must(b.Balance(ctx, who.company, "main")); f.Balance != yuan("1.00") {
		t.Errorf("after its end a grant pays for nothing: %+v", f)
	}
	lots, holds, err := b.SweepWallets(ctx, who.company)
	if err != nil || lots != 1 || holds != 1 {
		t.Errorf("%d lots, %d holds, %v", lots, holds, err)
	}
	if lots, holds, err = b.SweepWallets(ctx, who.company); err != nil || lots != 0 || holds != 0 {
		t.Errorf("swept again: %d lots, %d holds, %v", lots, holds, err)
	}
	for account, want := range map[ledger.Account]string{ledger.Granted: "0.109", ledger.Breakage: "0.00", ledger.Wallet("main"): "-1.00"} {
		if got := b.balance(who.company, account); got != want {
			t.Errorf("%s: %s, want %s", account, got, want)
		}
	}
	b.replays(who.company)
}

// TestInvoicePaidByItsCalls: the month's invoice is the truth. Two minutes were
// included, so calls took more than it asks, and the rest goes back.
func TestInvoicePaidByItsCalls(t *testing.T) {
	b, who := prepaid(t)
	b.topUp(who.company, "k", "10.00")
	b.calls(who, "2026-03-10 02:00:00", 60, 60, 60)
	for i := range 3 {
		start := timex.Instant(b.clock.Load())
		must(b.Settle(context.Background(), who.company, app.Settle{Contract: who.contract, Call: fmt.Sprint(i), To: mobile, Start: start, Seconds: 60}))
	}
	if got := b.balance(who.company, ledger.Consumed(who.contract.String())); got != "-0.8175" {
		t.Errorf("calls took %s", got)
	}
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	doc := b.documents(who.company)[0]
	// Three connect fees and one minute: 0.35, with 9 % 0.38.
	if doc.Total != yuan("0.38") || doc.Status != store.Paid {
		t.Errorf("total %s, %s", doc.Total, doc.Status)
	}
	if got := b.balance(who.company, ledger.Consumed(who.contract.String())); got != "0.00" {
		t.Errorf("%s is neither invoiced nor given back", got)
	}
	if f := must(b.Balance(context.Background(), who.company, "main")); f.Balance != yuan("9.62") {
		t.Errorf("balance %s: 10 less the invoice", f.Balance)
	}
	b.replays(who.company)
	b.sound()
}

func TestSuspendedCompaniesPlaceNoCalls(t *testing.T) {
	b, who := prepaid(t)
	b.publish(planText)
	ctx := context.Background()
	b.topUp(who.company, "k", "10.00")
	second := b.contractIn(who.company, contractText("two", ""), "")
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	must(b.MarkOverdue(ctx, who.company, day("2026-06-01")))
	_, err := b.Reserve(ctx, who.company, app.Reserve{Contract: who.contract, Call: "a", To: mobile})
	wantKind(t, "a call while suspended", err, fault.Conflict)
	wantKind(t, "a call paid later", b.MayCall(ctx, who.company, second), fault.Conflict)
}

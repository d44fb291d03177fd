package app_test

import (
	"context"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// TestWalletsAndTheirPast: what is listed adds up to the balance, page by page.
func TestWalletsAndTheirPast(t *testing.T) {
	b := newBooks(t)
	c := b.company("one")
	ctx := context.Background()
	for _, name := range []string{"", ".", ".."} {
		if _, err := b.OpenWallet(ctx, c, app.OpenWallet{Name: name, Currency: cny}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a wallet %q: %v", name, err)
		}
	}
	must(b.OpenWallet(ctx, c, app.OpenWallet{Name: "main", Currency: cny, Levels: []money.Amount{yuan("500"), yuan("100"), yuan("20")}}))
	for _, key := range []string{"a", "b", "c"} {
		b.topUp(c, key, "10")
	}
	must(b.Grant(ctx, c, app.Fund{Key: "g", Wallet: "main", Amount: yuan("5")}))
	list := must(b.Wallets(ctx, c))
	if len(list) != 1 || list[0].Funds.Balance != yuan("35") || list[0].Low == nil || *list[0].Low != yuan("100") || len(list[0].Purse.Purse.Lots) != 4 {
		t.Fatalf("%+v", list)
	}
	sum := money.Zero(cny)
	var kinds []string
	for before, n := int64(0), 0; n < 10; n++ {
		page, next, err := b.WalletHistory(ctx, c, "main", before, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			sum = must(sum.Add(e.Amount))
			kinds = append(kinds, e.Entry.Kind)
		}
		if before = next; next == 0 {
			break
		}
	}
	if sum != yuan("35") || len(kinds) != 4 || kinds[0] != ledger.KindGrant || kinds[3] != ledger.KindTopUp {
		t.Errorf("%s by %v", sum, kinds)
	}
	_, _, err := b.WalletHistory(ctx, c, "nothing", 0, 3)
	wantKind(t, "no such wallet", err, fault.NotFound)
}

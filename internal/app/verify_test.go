package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"waihu/internal/app"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/planfile"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage/cdr"
)

// TestIssuedInvoicesVerify makes invoices of the service again as a customer
// does: from the texts of plan and contract, the facts of the period, and what
// the invoice states. One of them corrects earlier ones.
func TestIssuedInvoicesVerify(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", fiveSeats)
	b.calls(who, "2026-03-10 02:00:00", 120)
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	b.calls(who, "2026-03-20 02:00:00", 900)
	b.calls(who, "2026-04-20 02:00:00", 700, 80)
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	files := fstest.MapFS{"plan.yaml": {Data: []byte(planText)}, "contract.yaml": {Data: []byte(contractText("one", fiveSeats))}}
	bundle, problems := planfile.Load(files, "contract.yaml")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		doc := b.documents(who.company)[i]
		inv := b.invoice(&doc)
		facts := b.export(who, inv, doc.Position)
		verify := func(inv *invoice.Invoice) *app.Verified {
			terms := termsOf(t, bundle, inv)
			return must(app.Verify(context.Background(), inv, app.Billing{Terms: terms, Heading: invoice.Heading{Contract: inv.Contract, Seller: inv.Seller, Buyer: inv.Buyer},
				Inputs: inv.Inputs, Files: []string{facts}, Intake: cdr.Options{Zone: terms.Loc}}))
		}
		if v := verify(inv); !v.Identical() {
			t.Errorf("%s: sealed %v, %+v", inv.Number, v.Sealed, v.Differences)
		}
		spoilt := *inv
		spoilt.Lines = append(spoilt.Lines[:0:0], inv.Lines...)
		spoilt.Lines[len(spoilt.Lines)-1].Amount = yuan("0.01")
		if v := verify(&spoilt); v.Identical() || len(v.Differences) == 0 {
			t.Errorf("%s with another amount is said to be identical", inv.Number)
		}
	}
	if n := len(b.invoice(&b.documents(who.company)[1]).Inputs.Adjusted); n != 1 {
		t.Errorf("the second corrects %d invoices", n)
	}
}

// export writes the facts of an invoice as known when it was made.
func (b *books) export(who customer, inv *invoice.Invoice, position int64) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "facts.jsonl")
	f := must(os.Create(path))
	w := cdr.NewWriter(f)
	b.view(func(tx store.Tx) error {
		return tx.Usage().Each(context.Background(), who.company, who.contract, inv.Period, position, w)
	})
	if err := w.Flush(); err != nil {
		b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func termsOf(t *testing.T, bundle planfile.Bundle, inv *invoice.Invoice) *contract.Terms {
	t.Helper()
	var opening []contract.Opening
	for _, c := range inv.Inputs.Opening {
		opening = append(opening, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: bundle.Plan, Decks: bundle.Decks, Contract: bundle.Contract, Loc: must(timex.LoadZone(inv.Zone)),
		First: inv.First, After: inv.After, Holidays: must(holiday.Calendars()), Opening: opening, Before: inv.Inputs.Standing, Stated: contract.Stated{End: inv.Inputs.End}})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return terms
}

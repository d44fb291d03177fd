package invoice_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// prepaidBill is a bill of fees for March under a contract with a prepayment.
func prepaidBill(t *testing.T, price, paid string, before *contract.Standing) (*invoice.Invoice, error) {
	t.Helper()
	p := &catalog.Plan{ID: "p", Version: 1, Currency: cny, Zone: "UTC", Components: []catalog.Component{fee("base", price)}}
	c := &contract.Contract{ID: "c", Start: timex.MustDate("2026-03-01"), Prepayment: &contract.Prepayment{Amount: exact.MustParse(paid), Every: timex.Month}}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: p, Contract: c, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01"), Before: before})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	g, err := newMeter(t, terms).Finish()
	if err != nil {
		t.Fatal(err)
	}
	return invoice.Draft(g, invoice.Heading{})
}

// TestPrepaid: what was there and what came in is what was used and what is
// left, and the total is what was used and what is to pay.
func TestPrepaid(t *testing.T) {
	for _, c := range []struct{ price, paid, before, used, left, payable string }{
		{"100", "30", "20", "50", "0", "50"},
		{"100", "300", "0", "100", "200", "0"},
		{"0", "30", "20.05", "0", "50.05", "0"},
		{"100", "0", "12.34", "12.34", "0", "87.66"},
	} {
		inv, err := prepaidBill(t, c.price, c.paid, &contract.Standing{Prepaid: exact.MustParse(c.before)})
		if err != nil {
			t.Fatal(err)
		}
		p := inv.Prepaid
		if p.Used != yuan(t, c.used) || p.Left != yuan(t, c.left) || p.Payable != yuan(t, c.payable) || inv.ToPay() != p.Payable || inv.Total != yuan(t, c.price) {
			t.Errorf("%+v: %+v", c, p)
		}
		if left := yuan(t, c.left); left.IsZero() != (inv.Standing == nil) || inv.Standing != nil && !inv.Standing.Prepaid.Equal(left.Exact()) {
			t.Errorf("%+v: %+v is handed on", c, inv.Standing)
		}
	}
	inv, err := prepaidBill(t, "7", "0", nil)
	if err != nil || inv.Prepaid != nil || inv.ToPay() != inv.Total {
		t.Errorf("nothing was paid ahead: %+v, %v", inv.Prepaid, err)
	}
	if _, err := prepaidBill(t, "7", "9999999999999", nil); fault.KindOf(err) != fault.Overflow {
		t.Errorf("more than money can be: %v", err)
	}
}

// TestNoService: a period without service has an invoice without lines.
func TestNoService(t *testing.T) {
	p := &catalog.Plan{Components: []catalog.Component{fee("a", "1")}}
	g := gather(t, p)
	terms := *g.Terms
	terms.Start = terms.After
	inv, err := invoice.Draft(&meter.Gathered{Terms: &terms}, invoice.Heading{})
	if err != nil || len(inv.Lines) != 0 || !inv.Total.IsZero() {
		t.Errorf("%+v, %v", inv, err)
	}
}

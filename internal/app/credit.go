package app

import (
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// ParseCreditItem reads what to credit of an invoice: "talk" is all that is left of
// the line talk, "talk=12.50" an amount, "talk=25%" a share of what was billed.
func ParseCreditItem(inv *invoice.Invoice, words string) (invoice.Item, error) {
	at := strings.LastIndexByte(words, '=')
	if at < 0 {
		return invoice.Item{Line: words, Whole: true}, nil
	}
	item := invoice.Item{Line: words[:at]}
	value, err := words[at+1:], error(nil)
	if !strings.HasSuffix(value, "%") {
		if item.Amount, err = money.Parse(value, inv.Currency); err != nil {
			return item, fault.New(fault.Invalid, "%q: %v; write line=amount, line=25%% or the line alone", words, err)
		}
		return item, nil
	}
	share, err := catalog.ParsePercent(value)
	if err != nil || share.Sign() <= 0 || exact.One.Less(share.Number) {
		return item, fault.New(fault.Invalid, "%q: not a share above 0%% and up to 100%%", words)
	}
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.ID == item.Line {
			item.Amount, err = money.ToMinor(l.Amount.Exact().Mul(share.Number), inv.Currency)
			return item, err
		}
	}
	return item, fault.New(fault.NotFound, "the invoice has no line %q", item.Line)
}

// VerifyNote makes a credit note again from its invoice and the notes before it,
// and compares every figure.
func VerifyNote(given *invoice.CreditNote, inv *invoice.Invoice, earlier []*invoice.CreditNote) (sealed bool, _ []Difference, err error) {
	defer fault.Wrap(&err, "verify")
	seal, err := given.Digest()
	if err != nil {
		return false, nil, err
	}
	sealed = seal == given.Seal
	again, err := invoice.NewCreditNote(inv, given.Asked(earlier))
	if err != nil {
		return sealed, nil, err
	}
	again.Seal = given.Seal
	a, err := tree(given)
	if err != nil {
		return sealed, nil, err
	}
	b, err := tree(again)
	if err != nil {
		return sealed, nil, err
	}
	var out []Difference
	compareInvoices("", a, b, &out)
	return sealed, out, nil
}

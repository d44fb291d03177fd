package document

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// labelled is a fact with its label.
type labelled struct {
	label, value string
}

// facts are the head of an invoice: number, dates, plan, contract.
func facts(tag lang.Tag, inv *invoice.Invoice) []labelled {
	out := []labelled{
		{say(tag, "doc.number"), cmp.Or(clean(inv.Number), say(tag, "doc.number_none"))},
		{say(tag, "doc.period"), lang.Dates(tag, inv.First, inv.After)},
	}
	if inv.IssuedOn != 0 {
		out = append(out, labelled{say(tag, "doc.issued_on"), lang.Date(tag, inv.IssuedOn)})
	}
	if inv.DueOn != 0 {
		out = append(out, labelled{say(tag, "doc.due_on"), lang.Date(tag, inv.DueOn)})
	}
	plan := say(tag, "doc.plan_version", "name", clean(cmp.Or(inv.Plan.Name.In(tag), inv.Plan.ID)), "n", strconv.Itoa(inv.Plan.Version))
	out = append(out, labelled{say(tag, "doc.plan"), plan})
	if inv.Contract != "" {
		out = append(out, labelled{say(tag, "doc.contract"), clean(inv.Contract)})
	}
	return append(out, labelled{say(tag, "doc.currency"), inv.Currency.String()}, labelled{say(tag, "doc.zone"), clean(inv.Zone)})
}

// partyFields are what is known of a seller or buyer below the name.
func partyFields(tag lang.Tag, p invoice.Party) []labelled {
	var out []labelled
	tax := "doc.tax_id"
	if lang.Has("doc.tax_id_" + p.Country) {
		tax = "doc.tax_id_" + p.Country
	}
	for _, f := range []struct{ key, value string }{
		{tax, p.TaxID}, {"doc.address", p.Address}, {"doc.phone", p.Phone}, {"doc.email", p.Email},
	} {
		if f.value != "" {
			out = append(out, labelled{lang.Phrase(tag, f.key, nil), clean(f.value)})
		}
	}
	return out
}

// totalRow is a row of the block of totals.
type totalRow struct {
	label, value string
	strong       bool
}

// totals are the sums of an invoice, from the subtotal to what is to be paid.
func totals(tag lang.Tag, inv *invoice.Invoice) []totalRow {
	key := "doc.subtotal"
	if inv.TaxInclusive {
		key = "doc.subtotal_inclusive"
	}
	out := []totalRow{{lang.Phrase(tag, key, nil), lang.Decimal(tag, inv.Subtotal), false}}
	for _, t := range inv.Taxes {
		if inv.TaxInclusive {
			out = append(out, totalRow{say(tag, "doc.tax_within", "rate", t.Rate.String()), lang.Decimal(tag, t.Tax), false})
		} else {
			out = append(out, totalRow{say(tag, "doc.tax_at", "rate", t.Rate.String(), "net", lang.Decimal(tag, t.Net)), lang.Decimal(tag, t.Tax), false})
		}
	}
	if inv.TaxInclusive {
		out = append(out, totalRow{say(tag, "doc.net"), lang.Decimal(tag, inv.Net), false})
	}
	sum := lang.Money(tag, inv.Total)
	if len(inv.Unknown) > 0 {
		sum = "≥ " + sum
	}
	out = append(out, totalRow{totalLabel(tag, inv), sum, true})
	return append(out, paidRows(tag, inv)...)
}

// totalLabel is what the total is called: of a draft, or where a price is not
// known, it is nothing to pay.
func totalLabel(tag lang.Tag, inv *invoice.Invoice) string {
	switch {
	case len(inv.Unknown) > 0:
		return say(tag, "doc.total_at_least")
	case inv.Status == invoice.Drafted:
		return say(tag, "doc.total_draft")
	}
	return say(tag, "doc.total")
}

// paidRows show what of the total is paid from what was paid ahead.
func paidRows(tag lang.Tag, inv *invoice.Invoice) []totalRow {
	p := inv.Prepaid
	if p == nil {
		return nil
	}
	row := func(key string, a money.Amount, strong bool) totalRow {
		return totalRow{lang.Phrase(tag, key, nil), lang.Decimal(tag, a), strong}
	}
	var out []totalRow
	if !p.Before.IsZero() {
		out = append(out, row("doc.paid_before", p.Before, false))
	}
	for _, pay := range p.Payments {
		out = append(out, totalRow{say(tag, "doc.paid_ahead", "on", pay.On.String()), lang.Decimal(tag, pay.Amount), false})
	}
	return append(out, row("doc.paid_used", p.Used.Neg(), false), row("doc.paid_left", p.Left, false), row("doc.to_pay", p.Payable, true))
}

// standingRows tell how far commitments longer than a period have come.
func standingRows(tag lang.Tag, inv *invoice.Invoice) []string {
	if inv.Standing == nil {
		return nil
	}
	var out []string
	for _, t := range inv.Standing.Toward {
		out = append(out, say(tag, "doc.standing_row", "name", clean(t.Commitment), "reached", t.Reached.String(), "first", t.First.String()))
	}
	return out
}

// totalInWords is the total as Chinese documents repeat it; empty in English
// and for currencies without such a form.
func totalInWords(tag lang.Tag, inv *invoice.Invoice) string {
	if tag == lang.English || len(inv.Unknown) > 0 {
		return "" // what is not known cannot be written out
	}
	s, err := InWords(tag, inv.Total)
	if err != nil {
		return ""
	}
	return s
}

// amountText is the amount of a line; where a price in it is not known it is
// the least the line costs, and says so.
func amountText(tag lang.Tag, l *rating.Line) string {
	if l.Unknown {
		return "≥ " + lang.Decimal(tag, l.Amount)
	}
	return lang.Decimal(tag, l.Amount)
}

// unknownNote names the lines whose price nobody knows.
func unknownNote(tag lang.Tag, inv *invoice.Invoice) string {
	var names []string
	for i := range inv.Lines {
		if slices.Contains(inv.Unknown, inv.Lines[i].ID) {
			names = append(names, lineName(tag, &inv.Lines[i]))
		}
	}
	return say(tag, "doc.unknown_note", "lines", clean(lang.List(tag, names)))
}

func alternativeName(tag lang.Tag, a *invoice.Alternative) string {
	return cmp.Or(a.Name.In(tag), a.Group+" / "+a.Option)
}

// dialled is what somebody dialled: what is beyond plain letters is written
// by its number, so that no record can make a document unprintable.
func dialled(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= ' ' && r <= '~' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "U+%04X", r)
		}
	}
	return b.String()
}

// unpricedRow says what usage had no price, and names a few examples.
func unpricedRow(tag lang.Tag, u *invoice.Unpriced) []string {
	clock := ""
	if u.Seconds > 0 {
		clock = lang.Clock(u.Seconds)
	}
	out := []string{say(tag, "doc.unpriced_row", "records", records(tag, u.Facts, u.Count), "clock", clock, "reason", lang.Choice(tag, "unpriced", clean(u.Reason)))}
	if len(u.Examples) > 0 {
		out = append(out, say(tag, "doc.examples", "ids", dialled(strings.Join(u.Examples, ", "))))
	}
	return out
}

func carryRow(tag lang.Tag, c *invoice.Carry) string {
	return say(tag, "doc.carry_row", "package", clean(c.Name.Or(c.Package).In(tag)), "seat", clean(c.Seat),
		"left", lang.Quantity(tag, c.Left, c.Unit), "expires", c.Expires.String())
}

// factsRow counts the records an invoice was made from.
func factsRow(tag lang.Tag, f *invoice.Facts) string {
	var out []string
	for _, k := range []struct {
		name string
		n    int64
	}{{"calls", f.Calls}, {"sessions", f.Sessions}, {"seats", f.Seats}, {"modules", f.Modules}, {"rentals", f.Rentals}, {"events", f.Events}} {
		if k.n > 0 {
			out = append(out, records(tag, k.name, k.n))
		}
	}
	if f.Outside > 0 {
		out = append(out, say(tag, "doc.outside", "n", lang.Count(tag, f.Outside)))
	}
	if len(out) == 0 {
		out = []string{say(tag, "doc.none")}
	}
	return say(tag, "doc.colon", "label", say(tag, "doc.facts"), "text", strings.Join(out, say(tag, "doc.comma")))
}

// digests are what a check compares: of the terms, of the records, of the
// invoice itself.
func digests(tag lang.Tag, inv *invoice.Invoice, own string) []labelled {
	return []labelled{
		{say(tag, "doc.plan_digest"), clean(inv.Plan.Digest)},
		{say(tag, "doc.facts_digest"), clean(inv.Facts.Digest)},
		{say(tag, "doc.invoice_digest"), own},
	}
}

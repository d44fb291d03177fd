package document

import (
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// invoice is the sheet with the parties, the dates and the totals.
func (b *workbook) invoice(inv *invoice.Invoice) {
	b.begin(b.say("doc.title"), []float64{30, 60})
	status := lang.Choice(b.tag, "status", string(inv.Status))
	b.put(b.bold(b.say("doc.title")), b.bold(status))
	for _, f := range facts(b.tag, inv) {
		b.put(cell(f.label), cell(f.value))
	}
	b.parties(inv)
	b.put(b.bold(b.say("doc.amount")), b.bold(inv.Currency.String()))
	b.put(b.say("doc.subtotal"), b.amount(inv.Subtotal))
	b.put(b.say("doc.net"), b.amount(inv.Net))
	b.put(b.say("doc.tax"), b.amount(inv.Tax))
	b.put(totalLabel(b.tag, inv), b.amount(inv.Total))
	if p := inv.Prepaid; p != nil {
		b.put(b.say("doc.paid_before"), b.amount(p.Before))
		for _, pay := range p.Payments {
			b.put(b.say("doc.paid_ahead", "on", pay.On.String()), b.amount(pay.Amount))
		}
		b.put(b.say("doc.paid_used"), b.amount(p.Used))
		b.put(b.say("doc.paid_left"), b.amount(p.Left))
		b.put(b.say("doc.to_pay"), b.amount(p.Payable))
	}
	for _, s := range standingRows(b.tag, inv) {
		b.put(b.say("doc.standing"), cell(s))
	}
	if len(inv.Unknown) > 0 {
		b.put(b.bold(b.say("doc.unknown")), cell(unknownNote(b.tag, inv)))
	}
	if words := totalInWords(b.tag, inv); words != "" {
		b.put(b.say("doc.total_in_words"), words)
	}
	b.notes(inv)
	own, err := inv.Digest()
	b.check(err)
	for _, d := range digests(b.tag, inv, own) {
		b.put(cell(d.label), cell(d.value))
	}
	b.end()
}

func (b *workbook) parties(inv *invoice.Invoice) {
	for _, p := range []struct {
		title string
		party invoice.Party
	}{{b.say("doc.seller"), inv.Seller}, {b.say("doc.buyer"), inv.Buyer}} {
		b.put(b.bold(p.title), b.bold(p.party.Name))
		for _, f := range partyFields(b.tag, p.party) {
			b.put(cell(f.label), cell(f.value))
		}
		if p.party.Bank != "" {
			b.put(b.say("doc.bank"), cell(p.party.Bank))
		}
	}
}

// notes are the sentences about the whole invoice, what is carried over, and
// the ways to charge that were tried.
func (b *workbook) notes(inv *invoice.Invoice) {
	for _, s := range sentences(b.tag, inv.Notes) {
		b.put(b.say("doc.notes"), cell(s))
	}
	for i := range inv.Carry {
		b.put(b.say("doc.carry"), cell(carryRow(b.tag, &inv.Carry[i])))
	}
	for i := range inv.Alternatives {
		a := &inv.Alternatives[i]
		mark := b.say("doc.not_chosen")
		if a.Chosen {
			mark = b.say("doc.chosen")
		}
		b.put(b.say("doc.alternatives"), cell(alternativeName(b.tag, a)+" — "+mark), b.amount(a.Total))
	}
}

func (b *workbook) lines(inv *invoice.Invoice) {
	b.begin(b.say("doc.sheet_lines"), []float64{7, 18, 34, 14, 14, 11, 12, 12, 12, 12, 12, 14, 12, 12, 12, 16, 14, 10, 10, 70, 12, 14},
		b.say("doc.no"), "ID", b.say("doc.description"), b.say("doc.category"), b.say("doc.kind"), b.say("doc.unit"), b.say("doc.first"), b.say("doc.last"),
		b.say("doc.raw"), b.say("doc.billed_head"), b.say("doc.included_head"), b.say("doc.charged_head"),
		b.say("doc.gross"), b.say("doc.discount"), b.say("doc.raised"), b.say("doc.capped"), b.say("doc.exact"), b.say("doc.amount"),
		b.say("doc.tax_rate"), b.say("doc.rules"), b.say("doc.count"), "SHA-256")
	for i := range inv.Lines {
		l := &inv.Lines[i]
		var last any
		if l.After > l.First {
			last = b.date(l.After - 1)
		}
		b.put(i+1, cell(l.ID), cell(lineName(b.tag, l)), cell(lang.Choice(b.tag, "category", l.Category)), lang.Choice(b.tag, "kind", string(l.Kind)),
			unitName(b.tag, l.Unit), b.date(l.First), last,
			b.number(l.Raw), b.number(l.Billed), b.number(l.Included), b.number(l.Charged),
			b.number(l.Gross), b.number(l.Discount), b.number(l.Raised), b.number(l.Capped), b.number(l.Exact), b.amount(l.Amount),
			b.share(l.TaxRate), cell(strings.Join(sentences(b.tag, l.Rules), "; ")), l.Evidence.Count, cell(l.Evidence.Digest))
	}
	b.end()
}

func (b *workbook) parts(inv *invoice.Invoice) {
	b.begin(b.say("doc.sheet_parts"), []float64{7, 18, 26, 30, 10, 14, 11, 14, 14, 10, 10, 20, 18},
		b.say("doc.no"), "ID", b.say("doc.part"), b.say("doc.description"), b.say("doc.count"), b.say("doc.quantity"), b.say("doc.unit"),
		b.say("doc.unit_price"), b.say("doc.fixed"), b.say("doc.share"), "/", b.say("doc.basis"), b.say("doc.exact"))
	for i := range inv.Lines {
		l := &inv.Lines[i]
		for j := range l.Parts {
			p := &l.Parts[j]
			var of, in, basis any
			if p.Proration != nil {
				of, in, basis = b.number(p.Proration.Num), b.number(p.Proration.Den), lang.Choice(b.tag, "proration", string(p.Proration.Basis))
			}
			b.put(i+1, cell(l.ID), cell(p.Key), cell(partName(b.tag, l, p)), p.Count, b.number(p.Quantity), unitName(b.tag, l.Unit),
				b.unitPrice(p), b.number(p.Flat), of, in, basis, b.exact(p))
		}
	}
	b.end()
}

func (b *workbook) taxes(inv *invoice.Invoice) {
	b.begin(b.say("doc.sheet_taxes"), []float64{14, 18, 18, 18}, b.say("doc.tax_rate"), b.say("doc.net"), b.say("doc.tax"), b.say("doc.gross_tax"))
	for _, t := range inv.Taxes {
		sum, err := t.Net.Add(t.Tax)
		b.check(err)
		b.put(b.share(t.Rate), b.amount(t.Net), b.amount(t.Tax), b.amount(sum))
	}
	b.end()
}

func (b *workbook) unpriced(inv *invoice.Invoice) {
	b.begin(b.say("doc.sheet_unpriced"), []float64{20, 12, 14, 60, 60}, b.say("doc.records"), b.say("doc.count"), b.say("doc.seconds"), b.say("doc.reason"), b.say("doc.example_head"))
	for _, u := range inv.Unpriced {
		b.put(lang.Choice(b.tag, "facts", u.Facts), u.Count, b.number(exact.Int(u.Seconds)), cell(lang.Choice(b.tag, "unpriced", u.Reason)), cell(strings.Join(u.Examples, ", ")))
	}
	if len(inv.Unpriced) == 0 {
		b.put(b.say("doc.none"), 0)
	}
	b.end()
}

// unitPrice is the unit price of a part; a word where it is not known.
func (b *workbook) unitPrice(p *rating.Part) any {
	if p.Unknown {
		return "?"
	}
	return b.number(p.UnitPrice)
}

// exact is the exact amount of a part; a word where nothing of it is known.
func (b *workbook) exact(p *rating.Part) any {
	if p.Unknown && p.Exact.IsZero() {
		return "?"
	}
	return b.number(p.Exact)
}

package document

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// NoteJSON writes a credit note as indented JSON, the same bytes each time.
func NoteJSON(w io.Writer, n *invoice.CreditNote) error {
	data, err := marshal(n)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// ReadNoteJSON reads what NoteJSON wrote, as strictly as ReadJSON.
func ReadNoteJSON(r io.Reader) (*invoice.CreditNote, error) {
	n := new(invoice.CreditNote)
	if err := decodeStrict(r, n); err != nil {
		return nil, fault.New(fault.Invalid, "this is not a credit note of version %d as JSON: %v", invoice.Version, err)
	}
	if n.Document != invoice.NoteDocument || n.Version != invoice.Version {
		return nil, fault.New(fault.Invalid, "this is a %q of version %d, not a credit note of version %d", n.Document, n.Version, invoice.Version)
	}
	return n, nil
}

// IsNote tells whether JSON is that of a credit note.
func IsNote(data []byte) bool {
	var head struct {
		Document string `json:"document"`
	}
	return json.Unmarshal(data, &head) == nil && head.Document == invoice.NoteDocument
}

// asInvoice is a credit note as the pages of an invoice show it: its lines are
// what is given back, its totals are the note's.
func asInvoice(n *invoice.CreditNote) *invoice.Invoice {
	inv := &invoice.Invoice{Version: n.Version, Status: invoice.Issued, Number: n.Number, Contract: n.Contract, Seller: n.Seller, Buyer: n.Buyer,
		Currency: n.Currency, Zone: n.Zone, First: n.First, After: n.After, IssuedOn: n.IssuedOn, TaxInclusive: n.TaxInclusive,
		Subtotal: n.Subtotal, Taxes: n.Taxes, Net: n.Net, Tax: n.Tax, Total: n.Total, Seal: n.Seal}
	for i := range n.Lines {
		l := &n.Lines[i]
		inv.Lines = append(inv.Lines, rating.Line{ID: l.Line, Name: l.Name, Category: l.Category, Unit: "amount", First: l.First, After: l.After,
			Charged: l.Amount.Exact(), Exact: l.Amount.Exact(), Amount: l.Amount, TaxClass: l.TaxClass, TaxRate: l.TaxRate})
	}
	return inv
}

// noteFacts are the head of a credit note.
func noteFacts(tag lang.Tag, n *invoice.CreditNote) []labelled {
	out := []labelled{
		{say(tag, "note.number"), clean(n.Number)},
		{say(tag, "doc.issued_on"), lang.Date(tag, n.IssuedOn)},
		{say(tag, "note.of"), say(tag, "note.of_value", "number", clean(n.Of.Number), "date", n.Of.IssuedOn.String())},
		{say(tag, "doc.period"), lang.Dates(tag, n.First, n.After)},
		{say(tag, "note.reason"), clean(n.Reason)},
	}
	if n.Contract != "" {
		out = append(out, labelled{say(tag, "doc.contract"), clean(n.Contract)})
	}
	return append(out, labelled{say(tag, "doc.currency"), n.Currency.String()})
}

// noteTotals are the sums of a credit note.
func noteTotals(tag lang.Tag, n *invoice.CreditNote) []totalRow {
	out := totals(tag, asInvoice(n))
	out[len(out)-1].label = say(tag, "note.total")
	return out
}

// noteRemark says what a line was and what was given back of it before.
func noteRemark(tag lang.Tag, l *invoice.NoteLine) string {
	before := ""
	if !l.Credited.IsZero() {
		before = lang.Decimal(tag, l.Credited)
	}
	return say(tag, "note.remark", "billed", lang.Decimal(tag, l.Billed), "before", before)
}

// noteFoot names what a check compares.
func noteFoot(tag lang.Tag, n *invoice.CreditNote) []labelled {
	out := []labelled{{say(tag, "note.seal_of", "number", clean(n.Of.Number)), clean(n.Of.Seal)}}
	for _, e := range n.Earlier {
		out = append(out, labelled{say(tag, "note.earlier", "number", clean(e.Number), "total", lang.Decimal(tag, e.Total)), clean(e.Seal)})
	}
	return append(out, labelled{say(tag, "note.digest"), clean(n.Seal)})
}

// noteColumns are the columns of a credit note as CSV; the keys never change.
var noteColumns = []string{"record", "line", "id", "name", "first", "last", "billed", "credited_before", "amount", "currency", "tax_class", "tax_rate", "net", "tax"}

// NoteCSV writes a credit note as one table: records of the kinds note, line,
// tax and total, in the form of CSV.
func NoteCSV(w io.Writer, n *invoice.CreditNote, tag lang.Tag) error {
	var b bytes.Buffer
	b.WriteString(utf8Mark)
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	rows := []csvRow{{"record": "note", "id": guard(n.Number), "name": guard(n.Reason), "first": n.IssuedOn.String(), "line": guard(n.Of.Number)}}
	for i := range n.Lines {
		l := &n.Lines[i]
		rows = append(rows, csvRow{"record": "line", "line": strconv.Itoa(i + 1), "id": guard(l.Line), "name": guard(l.Name.In(tag)), "first": l.First.String(), "last": (l.After - 1).String(),
			"billed": l.Billed.Decimal(), "credited_before": l.Credited.Decimal(), "amount": l.Amount.Decimal(), "currency": n.Currency.String(), "tax_class": guard(l.TaxClass), "tax_rate": decimal(l.TaxRate)})
	}
	for _, t := range n.Taxes {
		rows = append(rows, csvRow{"record": "tax", "tax_rate": decimal(t.Rate), "net": t.Net.Decimal(), "tax": t.Tax.Decimal(), "currency": n.Currency.String()})
	}
	rows = append(rows, csvRow{"record": "total", "amount": n.Total.Decimal(), "net": n.Net.Decimal(), "tax": n.Tax.Decimal(), "currency": n.Currency.String()})
	cells := make([]string, len(noteColumns))
	for i, r := range append([]csvRow{nil}, rows...) {
		for j, c := range noteColumns {
			if cells[j] = r[c]; i == 0 {
				cells[j] = c
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// NoteXLSX writes a credit note as a workbook: the note, its lines, its taxes.
func NoteXLSX(w io.Writer, n *invoice.CreditNote, tag lang.Tag) error {
	b := newWorkbook(tag)
	defer b.file.Close()
	b.begin(b.say("note.title"), []float64{30, 60})
	b.put(b.bold(b.say("note.title")), b.bold(n.Number))
	for _, f := range noteFacts(tag, n) {
		b.put(cell(f.label), cell(f.value))
	}
	inv := asInvoice(n)
	b.parties(inv)
	b.put(b.say("doc.net"), b.amount(n.Net))
	b.put(b.say("doc.tax"), b.amount(n.Tax))
	b.put(b.bold(b.say("note.total")), b.amount(n.Total))
	if words := totalInWords(tag, inv); words != "" {
		b.put(b.say("doc.total_in_words"), words)
	}
	for _, d := range noteFoot(tag, n) {
		b.put(cell(d.label), cell(d.value))
	}
	b.end()
	b.begin(b.say("doc.sheet_lines"), []float64{7, 18, 34, 11, 11, 16, 16, 16, 10}, b.say("doc.no"), "ID", b.say("doc.description"), b.say("doc.first"), b.say("doc.last"),
		b.say("note.billed"), b.say("note.before"), b.say("note.amount"), b.say("doc.tax_rate"))
	for i := range n.Lines {
		l := &n.Lines[i]
		b.put(i+1, cell(l.Line), cell(l.Name.In(tag)), b.date(l.First), b.date(l.After-1), b.amount(l.Billed), b.amount(l.Credited), b.amount(l.Amount), b.share(l.TaxRate))
	}
	b.end()
	b.taxes(inv)
	if b.err != nil {
		return b.err
	}
	return b.save(w, say(tag, "note.title")+" "+clean(n.Number), madeAt(inv))
}

// NoteText writes a credit note as plain text.
func NoteText(w io.Writer, n *invoice.CreditNote, o TextOptions) error {
	var out bytes.Buffer
	t := newTextPage(&out, asInvoice(n), o)
	t.put(boldText, t.say("note.title"))
	t.rule()
	for _, f := range noteFacts(o.Tag, n) {
		t.field(f.label, f.value)
	}
	t.parties()
	t.rule()
	for i := range n.Lines {
		l := &t.inv.Lines[i]
		t.o.Brief = true
		t.line(i+1, l)
		t.wrapped(dimText, noWidth+3, noteRemark(o.Tag, &n.Lines[i]))
	}
	t.rule()
	for _, r := range noteTotals(o.Tag, n) {
		s := plainText
		if r.strong {
			s = boldText
		}
		t.sum(s, r.label, r.value)
	}
	if words := totalInWords(o.Tag, t.inv); words != "" {
		t.put(plainText, padLeft(t.say("doc.colon", "label", t.say("doc.total_in_words"), "text", words), textWidth))
	}
	t.rule()
	for _, d := range noteFoot(o.Tag, n) {
		t.wrapped(dimText, 0, say(o.Tag, "doc.colon", "label", d.label, "text", d.value))
	}
	if err := t.out.Flush(); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

package document

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// utf8Mark tells spreadsheets that a CSV file is UTF-8.
const utf8Mark = "\uFEFF"

// csvColumns are the columns of an invoice as CSV. The keys never change with
// the language, so that programs can read them.
var csvColumns = []string{
	"record", "line", "id", "kind", "name", "category", "unit", "first", "last",
	"raw", "billed", "included", "charged",
	"part", "count", "unit_price", "share_of", "share_in", "share_basis", "flat",
	"gross", "discount", "raised", "capped", "exact", "amount", "currency",
	"tax_class", "tax_rate", "evidence", "digest",
}

// csvRow is one row by column.
type csvRow map[string]string

// CSV writes an invoice as one table: records of the kinds line, part (of the
// line before it), tax, total and unpriced. It is UTF-8 with its mark and CRLF.
// Numbers are plain decimals; one without end is rounded to 12 decimals (the
// JSON form has it exactly). Text that a spreadsheet would run as a formula
// gets an apostrophe in front.
func CSV(w io.Writer, inv *invoice.Invoice, tag lang.Tag) error {
	if _, err := io.WriteString(w, utf8Mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := []csvRow{}
	for i := range inv.Lines {
		rows = append(rows, lineRow(tag, i+1, &inv.Lines[i]))
		for j := range inv.Lines[i].Parts {
			rows = append(rows, partRow(tag, i+1, &inv.Lines[i], &inv.Lines[i].Parts[j]))
		}
	}
	rows = append(rows, sumRows(inv)...)
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	cells := make([]string, len(csvColumns))
	for _, r := range rows {
		for i, c := range csvColumns {
			cells[i] = r[c]
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func lineRow(tag lang.Tag, no int, l *rating.Line) csvRow {
	r := csvRow{"record": "line", "line": strconv.Itoa(no), "id": guard(l.ID), "kind": guard(string(l.Kind)),
		"name": guard(lineName(tag, l)), "category": guard(l.Category), "unit": guard(l.Unit),
		"raw": decimal(l.Raw), "billed": decimal(l.Billed), "included": decimal(l.Included), "charged": decimal(l.Charged),
		"gross": decimal(l.Gross), "discount": decimal(l.Discount), "raised": decimal(l.Raised), "capped": decimal(l.Capped),
		"exact": decimal(l.Exact), "amount": l.Amount.Decimal(), "currency": l.Amount.Currency().String(),
		"tax_class": guard(l.TaxClass), "tax_rate": decimal(l.TaxRate),
		"evidence": guard(l.Evidence.Facts), "count": strconv.FormatInt(l.Evidence.Count, 10), "digest": guard(l.Evidence.Digest)}
	if l.After > l.First {
		r["first"], r["last"] = l.First.String(), (l.After - 1).String()
	}
	share(r, l.Proration)
	return r
}

func partRow(tag lang.Tag, no int, l *rating.Line, p *rating.Part) csvRow {
	r := csvRow{"record": "part", "line": strconv.Itoa(no), "id": guard(l.ID), "name": guard(partName(tag, l, p)), "unit": guard(l.Unit),
		"part": guard(p.Key), "count": strconv.FormatInt(p.Count, 10), "raw": decimal(p.Raw), "charged": decimal(p.Quantity),
		"unit_price": unitPrice(p), "flat": decimal(p.Flat), "exact": partExact(p), "currency": l.Amount.Currency().String()}
	share(r, p.Proration)
	return r
}

func share(r csvRow, f *rating.Fraction) {
	if f != nil {
		r["share_of"], r["share_in"], r["share_basis"] = decimal(f.Num), decimal(f.Den), guard(string(f.Basis))
	}
}

func sumRows(inv *invoice.Invoice) []csvRow {
	var out []csvRow
	c := inv.Currency.String()
	for _, t := range inv.Taxes {
		out = append(out, csvRow{"record": "tax", "tax_rate": decimal(t.Rate), "gross": t.Net.Decimal(), "amount": t.Tax.Decimal(), "currency": c})
	}
	sums := []struct{ id, amount string }{
		{"subtotal", inv.Subtotal.Decimal()}, {"net", inv.Net.Decimal()}, {"tax", inv.Tax.Decimal()}, {"total", inv.Total.Decimal()},
	}
	if p := inv.Prepaid; p != nil {
		sums = append(sums, []struct{ id, amount string }{{"prepaid_used", p.Used.Decimal()}, {"prepaid_left", p.Left.Decimal()}, {"to_pay", p.Payable.Decimal()}}...)
	}
	for _, s := range sums {
		out = append(out, csvRow{"record": "total", "id": s.id, "amount": s.amount, "currency": c})
	}
	for _, u := range inv.Unpriced {
		out = append(out, csvRow{"record": "unpriced", "name": guard(u.Reason), "evidence": guard(u.Facts), "count": strconv.FormatInt(u.Count, 10),
			"raw": strconv.FormatInt(u.Seconds, 10), "unit": string(timeUnit), "digest": guard(strings.Join(u.Examples, " "))})
	}
	return out
}

// timeUnit is what the seconds of unpriced usage are counted in.
const timeUnit = "second"

// decimalPlaces bounds what CSV and XLSX write of a number without end.
const decimalPlaces = 12

// decimal is a number as plain digits.
func decimal(n exact.Number) string {
	s := n.String()
	if point := strings.IndexByte(s, '.'); strings.IndexByte(s, '/') >= 0 || point >= 0 && len(s)-point-1 > decimalPlaces {
		s = strings.TrimSuffix(strings.TrimRight(n.Text(decimalPlaces), "0"), ".")
	}
	return s
}

// guard makes a text safe for a spreadsheet, which runs a cell that begins
// with = + - @, a tab or a line break as a formula: such text gets an
// apostrophe. A signed number, as telephone numbers are written, stays.
func guard(s string) string {
	s = clean(s)
	trimmed := strings.TrimLeft(s, " ")
	if trimmed == "" || !strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) {
		return s
	}
	if body := trimmed[1:]; (trimmed[0] == '+' || trimmed[0] == '-') && body != "" && strings.Trim(body, "0123456789") == "" {
		return s
	}
	return "'" + s
}

// unitPrice is the unit price of a part as a cell; a word where it is not known.
func unitPrice(p *rating.Part) string {
	if p.Unknown {
		return "unknown"
	}
	return decimal(p.UnitPrice)
}

// partExact is the exact amount of a part as a cell; a word where nothing of it
// is known.
func partExact(p *rating.Part) string {
	if p.Unknown && p.Exact.IsZero() {
		return "unknown"
	}
	return decimal(p.Exact)
}

// SafeCell is a text of people's as a cell of a CSV file that a spreadsheet may
// open: one line, and no formula.
func SafeCell(s string) string { return guard(s) }

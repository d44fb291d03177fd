package vendorbill

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

// lines reads the table of lines.
func (r *reader) lines(src sheet.Source) error {
	t, err := sheet.Open(src, r.m.Lines.Sheet)
	if err != nil {
		return err
	}
	defer t.Close()
	c := r.m.Lines.Columns
	text, quantity, price, amount := &wanted{name: c.Text}, &wanted{name: c.Quantity}, &wanted{name: c.UnitPrice}, &wanted{name: c.Amount}
	currency, first, last := &wanted{name: c.Currency}, &wanted{name: c.First}, &wanted{name: c.Last}
	if err := columns(t, src.Name, r.m.Lines.Header, []*wanted{text, quantity, price, amount, currency, first, last}); err != nil {
		return err
	}
	counts := &r.report.Lines
	for {
		cells, row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		counts.Read++
		if cellOf(cells, amount.at) == "" || cellOf(cells, text.at) == "" && cellOf(cells, quantity.at) == "" {
			counts.Ignored++ // a heading, a note, an empty row
			continue
		}
		before := r.rejected
		line := audit.Line{Row: row, Text: fault.Shorten(cellOf(cells, text.at), maxText)}
		line.Amount = r.numberIn(src.Name, t, cells, row, amount)
		line.Quantity = r.optional(src.Name, t, cells, row, quantity)
		line.UnitPrice = r.optional(src.Name, t, cells, row, price)
		if s := cellOf(cells, currency.at); s != "" {
			if err := r.currency(s); err != nil {
				r.reject(src.Name, row, currency.at, err, "amounts in the currency of the mapping")
			}
		}
		line.First, line.After = r.datesIn(src.Name, t, cells, row, first, last)
		if r.rejected > before {
			counts.Rejected++
			continue
		}
		if counts.Accepted++; counts.Accepted > maxLines {
			return fault.Problem{File: src.Name, Line: row, What: fmt.Sprintf("more than %d lines", maxLines), Expected: "a bill", Fix: "map a list of calls under calls, not under lines"}
		}
		r.put(line)
	}
	if counts.Read == counts.Ignored {
		return fault.Problem{File: src.Name, What: "no row below the names of the columns has an amount", Expected: "priced lines", Fix: "check sheet, header and amount in the mapping"}
	}
	return r.refused(src.Name)
}

// maxText bounds a line's text, in characters.
const maxText = 300

func (r *reader) numberIn(file string, t sheet.Table, cells []string, row int, w *wanted) exact.Number {
	n, err := r.m.number(cellOf(cells, w.at), t.Serial())
	if err == nil && decimals(n) > maxDecimals {
		err = fmt.Errorf("%q has more than %d decimals", cellOf(cells, w.at), maxDecimals)
	}
	if err != nil {
		r.reject(file, row, w.at, err, "a number in column "+w.name)
	}
	return n
}

// maxDecimals is the most an amount of a bill may have.
const maxDecimals = 6

func decimals(n exact.Number) int {
	_, after, _ := strings.Cut(n.String(), ".")
	return len(after)
}

// optional reads a number that may be absent. Quantities and prices may have
// more decimals than amounts.
func (r *reader) optional(file string, t sheet.Table, cells []string, row int, w *wanted) *exact.Number {
	s := cellOf(cells, w.at)
	if s == "" || s == "-" || s == "—" {
		return nil
	}
	n, err := r.m.number(s, t.Serial())
	if err != nil {
		r.reject(file, row, w.at, err, "a number in column "+w.name)
		return nil
	}
	return &n
}

func (r *reader) datesIn(file string, t sheet.Table, cells []string, row int, first, last *wanted) (from, after timex.Date) {
	a, b := cellOf(cells, first.at), cellOf(cells, last.at)
	if a == "" || b == "" {
		return 0, 0
	}
	from, err := r.m.date(a, t.Serial())
	if err != nil {
		r.reject(file, row, first.at, err, "a date in column "+first.name)
	}
	to, err := r.m.date(b, t.Serial())
	if err != nil {
		r.reject(file, row, last.at, err, "a date in column "+last.name)
	}
	return from, to + 1
}

// put books a row as what its item says it is.
func (r *reader) put(l audit.Line) {
	items := r.m.Lines.Items
	i := slices.IndexFunc(items, func(it Item) bool { return it.fits(l.Text) })
	if i < 0 {
		r.bill.Lines = append(r.bill.Lines, l)
		return
	}
	it := &items[i]
	switch it.Is {
	case TaxRow:
		t := audit.Tax{Row: l.Row, Amount: l.Amount}
		if it.Rate != nil {
			t.Rate = &it.Rate.Number
		}
		r.bill.Taxes = append(r.bill.Taxes, t)
	case SubtotalRow:
		r.bill.Subtotal = &l.Amount
	case TotalRow:
		r.bill.Total = &l.Amount
	case NoteRow:
		r.report.Lines.Accepted--
		r.report.Lines.Ignored++
	default:
		l.Component, l.Part, l.Usage = it.Component, it.Part, it.Usage
		r.bill.Lines = append(r.bill.Lines, l)
	}
}

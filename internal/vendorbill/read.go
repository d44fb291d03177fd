package vendorbill

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

const (
	maxLines    = 100_000 // of a bill; calls have no bound
	maxProblems = 50      // kept for a message
)

// Counts is what became of the rows below a header.
type Counts struct {
	Read, Accepted, Rejected, Ignored int64
}

// String shows the counts for messages.
func (c Counts) String() string {
	return fmt.Sprintf("%d read = %d accepted + %d rejected + %d ignored", c.Read, c.Accepted, c.Rejected, c.Ignored)
}

// Report is what became of a bill.
type Report struct {
	Lines Counts
	Calls []Counts // of each list
}

// Files are what a vendor sent: the bill, and a file of calls of its own where
// the bill is no workbook that has them.
type Files struct {
	Bill  Source
	Calls *Source
}

// Read reads a bill. The zone is that of the contract, for times of calls. Rows
// that cannot be read are Problems: a bill is audited whole or not at all.
func Read(files Files, m *Mapping, zone *time.Location) (*audit.Bill, Report, error) {
	r := &reader{m: m, zone: zone, bill: &audit.Bill{Name: files.Bill.Name, Currency: m.Currency}}
	if m.Zone != "" {
		loc, err := timex.LoadZone(m.Zone)
		if err != nil {
			return nil, r.report, fault.New(fault.Invalid, "%v", err)
		}
		r.zone = loc
	}
	if err := r.head(files.Bill); err != nil {
		return nil, r.report, err
	}
	if m.Lines != nil {
		if err := r.lines(files.Bill); err != nil {
			return nil, r.report, err
		}
	}
	for i := range m.Calls {
		src := files.Bill
		if files.Calls != nil {
			src = *files.Calls
		} else if m.Lines != nil && m.Calls[i].Sheet == "" {
			return nil, r.report, fault.Problem{File: files.Bill.Name, Path: fmt.Sprintf("calls[%d]", i), What: "the mapping has a list of calls, and it is not said where it stands",
				Expected: "a sheet in the mapping, or a file", Fix: "name the file of calls with --calls"}
		}
		if err := r.calls(src, &m.Calls[i]); err != nil {
			return nil, r.report, err
		}
	}
	return r.bill, r.report, nil
}

// reader reads one bill.
type reader struct {
	m        *Mapping
	zone     *time.Location
	wall     *timex.Wall // of zone; made when a list of calls needs it
	bill     *audit.Bill
	report   Report
	problems fault.Problems
	rejected int64
}

// reject notes a cell that cannot be read.
func (r *reader) reject(file string, row, column int, err error, expected string) {
	r.rejected++
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, fault.Problem{File: file, Line: row, Column: column + 1, What: err.Error(), Expected: expected, Fix: "mend the cell, or its column in the mapping"})
	}
}

// refused is the error of rejected rows.
func (r *reader) refused(file string) error {
	if r.rejected == 0 {
		return nil
	}
	out := r.problems
	if more := r.rejected - int64(len(out)); more > 0 {
		out = append(out, fault.Problem{File: file, What: fmt.Sprintf("%d more cells cannot be read", more)})
	}
	return out
}

// head reads the cells beside the lines.
func (r *reader) head(src Source) error {
	h := r.m.Head
	if h == (Head{}) {
		return nil
	}
	sheet := ""
	if r.m.Lines != nil {
		sheet = r.m.Lines.Sheet
	}
	t, err := open(src, sheet)
	if err != nil {
		return err
	}
	defer t.close()
	rows := map[int][]string{}
	for range maxHeadRows {
		cells, row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row <= maxHeadRows {
			rows[row] = slices.Clone(cells)
		}
	}
	var last timex.Date
	for _, f := range []struct {
		cell string
		take func(string) error
	}{
		{h.Number, func(s string) error { r.bill.Number = s; return nil }},
		{h.IssuedOn, func(s string) (err error) { r.bill.IssuedOn, err = r.m.date(s, t.serial()); return err }},
		{h.First, func(s string) (err error) { r.bill.First, err = r.m.date(s, t.serial()); return err }},
		{h.Last, func(s string) (err error) { last, err = r.m.date(s, t.serial()); return err }},
		{h.Currency, r.currency},
	} {
		if f.cell == "" {
			continue
		}
		column, row, _ := cellAt(f.cell) // checked with the mapping
		value := cellOf(rows[row], column-1)
		if value == "" {
			return fault.Problem{File: src.Name, Line: row, Column: column, What: "the mapping names cell " + f.cell + ", and it is empty", Fix: "mend head in the mapping"}
		}
		if err := f.take(value); err != nil {
			return fault.Problem{File: src.Name, Line: row, Column: column, What: err.Error(), Fix: "mend head in the mapping"}
		}
	}
	if last != 0 {
		r.bill.After = last + 1
	}
	if (r.bill.First == 0) != (r.bill.After == 0) || r.bill.After != 0 && r.bill.After <= r.bill.First {
		return fault.Problem{File: src.Name, What: "the period of the bill has no first or no last day, or ends before it begins", Fix: "name both cells in head of the mapping"}
	}
	return nil
}

// currency refuses an amount of another currency.
func (r *reader) currency(s string) error {
	code := strings.ToUpper(strings.TrimSpace(s))
	if c, err := money.ParseCurrency(code); err == nil && c == r.m.Currency {
		return nil
	}
	for _, sign := range signed() {
		if (code == sign[0] || code == "人民币" || code == "人民幣") && slices.Contains(append(sign[1:], "CNY"), r.m.Currency.String()) {
			return nil
		}
	}
	return fmt.Errorf("%q is not %s", s, r.m.Currency)
}

func cellOf(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// wanted are columns by what they are for, and which of them must be there.
type wanted struct {
	name string
	must bool
	at   int // index; -1: the file does not have it
}

// columns finds the row that names the columns. Rows before it are skipped.
func columns(t table, file string, header int, want []*wanted) error {
	nearest, missing := 0, []string{}
	for {
		cells, row, err := t.next()
		if errors.Is(err, io.EOF) || row > maxHeadRows {
			return noHeader(file, header, nearest, missing, want)
		}
		if err != nil {
			return err
		}
		if header > 0 && row < header {
			continue
		}
		var lacks []string
		for _, w := range want {
			w.at = -1
			if w.name == "" {
				continue
			}
			w.at = slices.IndexFunc(cells, func(c string) bool { return sameName(c, w.name) })
			if w.at < 0 {
				lacks = append(lacks, w.name)
			}
		}
		if len(lacks) == 0 {
			return nil
		}
		if missing == nil || nearest == 0 || len(lacks) < len(missing) {
			nearest, missing = row, lacks
		}
		if header > 0 {
			return noHeader(file, header, nearest, missing, want)
		}
	}
}

func sameName(a, b string) bool {
	clean := func(s string) string {
		return strings.ToLower(strings.Join(strings.Fields(strings.Trim(narrow(s), "\ufeff ")), " "))
	}
	return clean(a) == clean(b)
}

func noHeader(file string, header, nearest int, missing []string, want []*wanted) error {
	var names []string
	for _, w := range want {
		if w.name != "" {
			names = append(names, w.name)
		}
	}
	p := fault.Problem{File: file, Line: max(header, nearest), What: "no row names the columns of the mapping", Expected: strings.Join(names, ", "),
		Fix: "write the names in the mapping as they stand in the file, or name the row with header"}
	if nearest > 0 {
		p.What = fmt.Sprintf("the row that fits best lacks the columns %s", strings.Join(missing, ", "))
	}
	return p
}

// lines reads the table of lines.
func (r *reader) lines(src Source) error {
	t, err := open(src, r.m.Lines.Sheet)
	if err != nil {
		return err
	}
	defer t.close()
	c := r.m.Lines.Columns
	text, quantity, price, amount := &wanted{name: c.Text}, &wanted{name: c.Quantity}, &wanted{name: c.UnitPrice}, &wanted{name: c.Amount}
	currency, first, last := &wanted{name: c.Currency}, &wanted{name: c.First}, &wanted{name: c.Last}
	if err := columns(t, src.Name, r.m.Lines.Header, []*wanted{text, quantity, price, amount, currency, first, last}); err != nil {
		return err
	}
	counts := &r.report.Lines
	for {
		cells, row, err := t.next()
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

func (r *reader) numberIn(file string, t table, cells []string, row int, w *wanted) exact.Number {
	n, err := r.m.number(cellOf(cells, w.at), t.serial())
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
func (r *reader) optional(file string, t table, cells []string, row int, w *wanted) *exact.Number {
	s := cellOf(cells, w.at)
	if s == "" || s == "-" || s == "—" {
		return nil
	}
	n, err := r.m.number(s, t.serial())
	if err != nil {
		r.reject(file, row, w.at, err, "a number in column "+w.name)
		return nil
	}
	return &n
}

func (r *reader) datesIn(file string, t table, cells []string, row int, first, last *wanted) (from, after timex.Date) {
	a, b := cellOf(cells, first.at), cellOf(cells, last.at)
	if a == "" || b == "" {
		return 0, 0
	}
	from, err := r.m.date(a, t.serial())
	if err != nil {
		r.reject(file, row, first.at, err, "a date in column "+first.name)
	}
	to, err := r.m.date(b, t.serial())
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

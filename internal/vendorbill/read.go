package vendorbill

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

const (
	maxLines    = 100_000 // of a bill; calls have no bound
	maxHeadRows = 1_000   // in which head cells and column names are looked for
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
	Bill  sheet.Source
	Calls *sheet.Source
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
func (r *reader) head(src sheet.Source) error {
	h := r.m.Head
	if h == (Head{}) {
		return nil
	}
	name := ""
	if r.m.Lines != nil {
		name = r.m.Lines.Sheet
	}
	t, err := sheet.Open(src, name)
	if err != nil {
		return err
	}
	defer t.Close()
	rows := map[int][]string{}
	for range maxHeadRows {
		cells, row, err := t.Next()
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
		{h.IssuedOn, func(s string) (err error) { r.bill.IssuedOn, err = r.m.date(s, t.Serial()); return err }},
		{h.First, func(s string) (err error) { r.bill.First, err = r.m.date(s, t.Serial()); return err }},
		{h.Last, func(s string) (err error) { last, err = r.m.date(s, t.Serial()); return err }},
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
func columns(t sheet.Table, file string, header int, want []*wanted) error {
	nearest, missing := 0, []string{}
	for {
		cells, row, err := t.Next()
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

package vendorbill

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

// defaultTolerance is by how much clocks may differ where a mapping is silent.
const defaultTolerance = 5 * time.Second

// calls reads a list of calls once, so that a cell that cannot be read is found
// before anything is compared, and leaves it to be read again.
func (r *reader) calls(src sheet.Source, m *Calls) error {
	at := len(r.report.Calls)
	r.report.Calls = append(r.report.Calls, Counts{})
	counts := &r.report.Calls[at]
	if err := r.scan(src, m, counts, func(*audit.CallRow) error { return nil }); err != nil {
		return err
	}
	if err := r.refused(src.Name); err != nil {
		return err
	}
	if counts.Accepted == 0 {
		return fault.Problem{File: src.Name, What: "no row below the names of the columns is a call of " + m.Component, Expected: "calls", Fix: "check sheet, header and where in the mapping"}
	}
	tolerance := time.Duration(m.Tolerance)
	if tolerance == 0 {
		tolerance = defaultTolerance
	}
	name := src.Name
	if m.Sheet != "" {
		name += " (" + m.Sheet + ")"
	}
	r.bill.Calls = append(r.bill.Calls, audit.CallList{Name: name, Component: m.Component, Tolerance: tolerance, Read: func(take func(*audit.CallRow) error) error {
		again := &reader{m: r.m, zone: r.zone}
		if err := again.scan(src, m, &Counts{}, take); err != nil {
			return err
		}
		return again.refused(src.Name)
	}})
	return nil
}

// callColumns are the columns of a list, found.
type callColumns struct {
	id, from, to, start, seconds, minutes, clock, amount *wanted
	where                                                []*wanted
	values                                               []string
}

func (m *Calls) columns() (callColumns, []*wanted) {
	c := m.Columns
	out := callColumns{id: &wanted{name: c.ID}, from: &wanted{name: c.From}, to: &wanted{name: c.To}, start: &wanted{name: c.Start}, seconds: &wanted{name: c.Seconds},
		minutes: &wanted{name: c.Minutes}, clock: &wanted{name: c.Clock}, amount: &wanted{name: c.Amount}}
	all := []*wanted{out.id, out.from, out.to, out.start, out.seconds, out.minutes, out.clock, out.amount}
	for _, name := range slices.Sorted(maps.Keys(m.Where)) {
		w := &wanted{name: name}
		out.where, out.values = append(out.where, w), append(out.values, m.Where[name])
		all = append(all, w)
	}
	return out, all
}

// scan reads every call of a list, one at a time.
func (r *reader) scan(src sheet.Source, m *Calls, counts *Counts, take func(*audit.CallRow) error) error {
	t, err := sheet.Open(src, m.Sheet)
	if err != nil {
		return err
	}
	defer t.Close()
	c, all := m.columns()
	if err := columns(t, src.Name, m.Header, all); err != nil {
		return err
	}
	var row audit.CallRow
	for {
		cells, at, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		counts.Read++
		if cellOf(cells, c.amount.at) == "" || !c.takes(cells) {
			counts.Ignored++
			continue
		}
		before := r.rejected
		r.call(src.Name, t, cells, at, &c, &row)
		if r.rejected > before {
			counts.Rejected++
			continue
		}
		counts.Accepted++
		if err := take(&row); err != nil {
			return err
		}
	}
}

// takes tells whether a row is of the list.
func (c *callColumns) takes(cells []string) bool {
	for i, w := range c.where {
		if !glob(c.values[i], cellOf(cells, w.at)) {
			return false
		}
	}
	return true
}

// call reads one row.
func (r *reader) call(file string, t sheet.Table, cells []string, at int, c *callColumns, row *audit.CallRow) {
	*row = audit.CallRow{Row: at, ID: cellOf(cells, c.id.at), From: cellOf(cells, c.from.at), To: cellOf(cells, c.to.at), Seconds: audit.NoSeconds}
	if n, ok := plainMicros(cellOf(cells, c.amount.at)); ok && r.m.Decimal != Comma {
		row.Micros = n
	} else {
		micros, err := r.numberIn(file, t, cells, at, c.amount).Mul(exact.Int(money.Micro)).Int64()
		if err != nil {
			r.reject(file, at, c.amount.at, err, "an amount of one call")
		}
		row.Micros = micros
	}
	if s := cellOf(cells, c.start.at); s != "" {
		if r.wall == nil {
			r.wall = timex.NewWall(r.zone)
		}
		if when, ok := plainStamp(s, r.wall); ok && len(r.m.Times) == 0 {
			row.Start = when
		} else if when, err := r.m.moment(s, r.zone, t.Serial()); err != nil {
			r.reject(file, at, c.start.at, err, "a time in column "+c.start.name)
		} else {
			row.Start = timex.At(when)
		}
	}
	if row.ID == "" && (row.To == "" || row.Start == 0) {
		r.reject(file, at, c.amount.at, fmt.Errorf("a call without identifier, and without number or start"), "what tells which call it is")
	}
	seconds, column, err := r.length(t, cells, c)
	if err != nil {
		r.reject(file, at, column.at, err, "a duration in column "+column.name)
		return
	}
	row.Seconds = seconds
}

// length is the charged duration of a row in seconds, from whichever column has
// it.
func (r *reader) length(t sheet.Table, cells []string, c *callColumns) (int64, *wanted, error) {
	if s := cellOf(cells, c.clock.at); s != "" {
		n, err := clock(s)
		return n, c.clock, err
	}
	for _, f := range []struct {
		column *wanted
		per    int64
	}{{c.seconds, 1}, {c.minutes, 60}} {
		s := cellOf(cells, f.column.at)
		if s == "" {
			continue
		}
		if n, ok := plainMicros(s); ok && n%money.Micro == 0 && n/money.Micro*f.per <= maxSeconds {
			return n / money.Micro * f.per, f.column, nil
		}
		n, err := r.m.number(s, t.Serial())
		if err != nil {
			return 0, f.column, err
		}
		v, err := wholeSeconds(n, f.per, s)
		return v, f.column, err
	}
	return audit.NoSeconds, c.seconds, nil
}

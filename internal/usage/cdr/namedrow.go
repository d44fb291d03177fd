package cdr

import (
	"strconv"
	"strings"

	"waihu/internal/fault"
)

// namedRow is a record whose columns have names.
type namedRow struct {
	at    map[string]int // name -> index in cells
	cells []string
}

// text is the value of a column; empty if there is no such column, or it is
// NULL as MySQL exports it.
func (r *namedRow) text(name string) string {
	i, ok := r.at[name]
	if !ok || i >= len(r.cells) || r.cells[i] == `\N` || r.cells[i] == "NULL" {
		return ""
	}
	return r.cells[i]
}

// has tells whether there is such a column.
func (r *namedRow) has(name string) bool {
	_, ok := r.at[name]
	return ok
}

// cutRow is the problem of a row that has fewer values than columns were named,
// nil if it has enough: what is missing must not pass for nothing.
func (r *namedRow) cutRow() *fault.Problem {
	width := 0
	for _, i := range r.at {
		width = max(width, i+1)
	}
	if len(r.cells) >= width {
		return nil
	}
	return &fault.Problem{What: "the row has fewer values than there are columns", Value: strconv.Itoa(len(r.cells)), Expected: strconv.Itoa(width)}
}

// columnName makes one name of the ways to write one: "Call SID", "call_sid"
// and "CallSid" differ, "Call SID" and "call sid " do not.
func columnName(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(strings.TrimPrefix(s, "\ufeff")) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
	}
	return b.String()
}

// indexColumns is where each name stands; aliases gives a column its name
// where systems call it otherwise. Of two columns of one name the first counts.
func indexColumns(names []string, aliases map[string]string) map[string]int {
	at := make(map[string]int, len(names))
	for i, s := range names {
		name := columnName(s)
		if canon, ok := aliases[name]; ok {
			name = canon
		}
		if _, taken := at[name]; !taken && name != "" {
			at[name] = i
		}
	}
	return at
}

// countColumns tells how many of the names a header has.
func countColumns(at map[string]int, names ...string) int {
	n := 0
	for _, name := range names {
		if _, ok := at[name]; ok {
			n++
		}
	}
	return n
}

// missingColumns is the error of a file whose columns cannot be told.
func (f *foreign) missingColumns(line int, found []string, needed string) error {
	return fault.Problem{File: f.in.Name, Line: line, Value: strings.Join(found, ","),
		What: "columns that a record needs are missing", Expected: needed,
		Fix: "name the columns in their order with columns=, or convert the file"}
}

// cut rejects a record that is no row of separated values.
func (f *foreign) cut(s *splitter) {
	f.rejected(s.row(), fault.Problem{What: s.wrong, Expected: "separated values, quoted as RFC 4180 says"})
}

// locate adds to what was found the column it stands in.
func (r *namedRow) locate(v *finding) {
	if v.bad != nil {
		if i, ok := r.at[v.bad.Path]; ok {
			v.bad.Column = i + 1
		}
	}
	for i := range v.flags {
		if at, ok := r.at[v.flags[i].Path]; ok {
			v.flags[i].Column = at + 1
		}
	}
}

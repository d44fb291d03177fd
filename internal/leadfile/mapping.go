package leadfile

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/phone"
)

// Column says what a column of a list is.
type Column struct {
	// Of is the column's name in the header, or where there is none #1, #2, ...
	Of    string `json:"of"`
	Field string `json:"field"` // one of Fields, or field: and a name of one's own
}

// Mapping says how lists of one source are read. It is guessed, confirmed and
// remembered.
type Mapping struct {
	Name     string   `json:"name"` // of the source
	NoHeader bool     `json:"no_header,omitempty"`
	Sheet    string   `json:"sheet,omitempty"`   // of a workbook; empty: the first
	Country  string   `json:"country,omitempty"` // numbers without a country code are of it; empty: all have one
	Columns  []Column `json:"columns"`
}

// Bounds of a mapping.
const (
	MaxColumns = 300
	MaxName    = 120
)

// Problems tells what is wrong with a mapping.
func (m *Mapping) Problems() (ps fault.Problems) {
	bad := func(path, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
	}
	if len(m.Name) > MaxName || len(m.Sheet) > MaxName {
		bad("name", m.Name, "a name is long", fmt.Sprintf("at most %d bytes", MaxName))
	}
	if m.Country != "" {
		if phone.ZonesIn(m.Country) == nil || strings.ToUpper(m.Country) != m.Country {
			bad("country", m.Country, "no such country is known", "two letters of ISO 3166, such as CN or TW")
		}
	}
	if len(m.Columns) == 0 || len(m.Columns) > MaxColumns {
		bad("columns", fmt.Sprint(len(m.Columns)), "there are no columns, or too many", fmt.Sprintf("1 to %d", MaxColumns))
		return ps
	}
	phones := 0
	for i, c := range m.Columns {
		at := fmt.Sprintf("columns[%d]", i)
		custom, own := strings.CutPrefix(c.Field, customOf)
		switch {
		case c.Of == "" || slices.ContainsFunc(m.Columns[:i], func(o Column) bool { return o.Of == c.Of }):
			bad(at+".of", c.Of, "a column has no name, or stands there twice", "each column once")
		case m.NoHeader && position(c.Of) < 0:
			bad(at+".of", c.Of, "a list without a header has no named columns", "#1, #2 and so on")
		case own && (custom == "" || len(custom) > MaxName) || !own && !slices.Contains(Fields(), c.Field):
			bad(at+".field", c.Field, "no such field", strings.Join(Fields(), ", ")+", or field: and a name")
		case c.Field != Phone && c.Field != Ignored && slices.ContainsFunc(m.Columns[:i], func(o Column) bool { return o.Field == c.Field }):
			bad(at+".field", c.Field, "another column is this field already", "each field once; only phone can be several")
		}
		if c.Field == Phone {
			phones++
		}
	}
	if phones == 0 {
		bad("columns", "", "no column has telephone numbers", "at least one column with the field phone")
	}
	return ps
}

// position is the place a column without a name has, -1 if it is none.
func position(of string) int {
	digits, ok := strings.CutPrefix(of, "#")
	if !ok || digits == "" || len(digits) > 4 {
		return -1
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n - 1
}

// Fits tells whether a header has every column a mapping names, but those it
// ignores.
func (m *Mapping) Fits(header []string) bool {
	if m.NoHeader {
		return false
	}
	for _, c := range m.Columns {
		if c.Field != Ignored && find(header, c.Of) < 0 {
			return false
		}
	}
	return true
}

// find is the place of a column by its name, as it stands or else without marks
// and capitals; -1 if it is not there.
func find(header []string, of string) int {
	if i := slices.Index(header, of); i >= 0 {
		return i
	}
	return slices.IndexFunc(header, func(h string) bool { return plain(h) != "" && plain(h) == plain(of) })
}

package leadfile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/sheet"
)

// looked is how many rows a guess is made from.
const looked = 50

// Guess is what a list seems to be.
type Guess struct {
	Mapping Mapping    `json:"mapping"`
	Layout  string     `json:"layout"` // table, vicidial
	Header  []string   `json:"header,omitempty"`
	Rows    [][]string `json:"rows"`             // the first, for somebody to look at
	Unsure  []string   `json:"unsure,omitempty"` // columns that are what they are by their content alone
}

// vicidialColumns is the order of VICIdial's standard lead file, which has no
// header: tabs, bars or commas between the columns.
var vicidialColumns = []string{Key, Origin, Ignored, Code, Phone, Custom("title"), First, Custom("middle_initial"), Last, Street, Custom("address2"), Custom("address3"),
	City, Region, Custom("province"), Postcode, Country, Custom("gender"), Custom("date_of_birth"), Phone, Custom("email"), Custom("security_phrase"), Custom("comments"), Priority, Owner}

// vicidialLeast is how many of them a row has at the least: behind the number of
// the telephone, VICIdial lets all be left out.
const vicidialLeast = 20

// Look reads the first rows of a list and guesses what its columns are. country is
// that of numbers without a country code.
func Look(src sheet.Source, sheetName, country string) (*Guess, error) {
	rows, err := firstRows(src, sheetName)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.Problem{File: src.Name, What: "the list has no rows", Expected: "a header, and a row for each lead"}
	}
	g := &Guess{Layout: "table", Mapping: Mapping{Sheet: sheetName, Country: country}}
	switch {
	case isVicidial(rows, country):
		g.Layout, g.Mapping.NoHeader, g.Rows = "vicidial", true, rows
		for i, f := range vicidialColumns[:min(len(vicidialColumns), len(rows[0]))] {
			g.Mapping.Columns = append(g.Mapping.Columns, Column{fmt.Sprint("#", i+1), f})
		}
	case isHeader(rows[0], country):
		g.Header, g.Rows = rows[0], rows[1:]
		g.byHeader(country)
	default:
		g.Mapping.NoHeader, g.Rows = true, rows
		g.byContent(country)
	}
	return g, nil
}

func firstRows(src sheet.Source, name string) (rows [][]string, err error) {
	t, err := sheet.Open(src, name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	for len(rows) <= looked {
		cells, _, err := t.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if !blank(cells) {
			rows = append(rows, cells)
		}
	}
	return rows, nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// isHeader tells that a first row names columns: none of its cells is a number to
// call.
func isHeader(cells []string, country string) bool {
	for _, c := range cells {
		if _, ok := number(c, country); ok {
			return false
		}
	}
	return true
}

// isVicidial tells VICIdial's layout by its fourth and fifth column.
func isVicidial(rows [][]string, country string) bool {
	for _, r := range rows {
		if len(r) < vicidialLeast || len(r) > len(vicidialColumns)+2 {
			return false
		}
		code := strings.TrimSpace(r[3])
		if len(code) == 0 || len(code) > 4 || strings.Trim(code, "0123456789") != "" {
			return false
		}
		if _, ok := coded(code, r[4]); !ok {
			if _, ok := number(r[4], country); !ok {
				return false
			}
		}
	}
	return true
}

// byHeader names columns by what they are called; a column nobody knows is a phone
// if its cells are, else a field of the list's own.
func (g *Guess) byHeader(country string) {
	taken := map[string]bool{}
	for i, h := range g.Header {
		name := strings.TrimSpace(h)
		if name == "" {
			continue
		}
		field := byName[plain(h)]
		switch {
		case field == Phone || field == Ignored:
		case field == "" && g.phones(i, country):
			field = Phone
			g.Unsure = append(g.Unsure, name)
		case field == "" || taken[field]:
			field = Custom(cut(name, MaxName))
		}
		if find(g.Header, h) != i || taken[field] && field != Phone && field != Ignored { // a name that stands there twice
			g.Unsure = append(g.Unsure, name)
			continue
		}
		taken[field] = true
		g.Mapping.Columns = append(g.Mapping.Columns, Column{h, field})
	}
	if !taken[Phone] {
		g.Unsure = append(g.Unsure, "phone")
	}
}

// byContent names columns of a list without a header: numbers by what they look
// like, the first other text as the name, the rest by their place.
func (g *Guess) byContent(country string) {
	named := false
	for i := range g.Rows[0] {
		of, field := fmt.Sprint("#", i+1), Custom(fmt.Sprint("column ", i+1))
		switch {
		case g.phones(i, country):
			field = Phone
		case !named && g.words(i):
			field, named = Name, true
		}
		g.Unsure = append(g.Unsure, of)
		g.Mapping.Columns = append(g.Mapping.Columns, Column{of, field})
	}
}

// phones tells whether four in five of a column's cells are numbers to call.
func (g *Guess) phones(column int, country string) bool {
	filled, good := 0, 0
	for _, r := range g.Rows {
		if column < len(r) && strings.TrimSpace(r[column]) != "" {
			filled++
			if _, ok := number(r[column], country); ok {
				good++
			}
		}
	}
	return filled > 0 && good*5 >= filled*4
}

// words tells whether no cell of a column has a digit.
func (g *Guess) words(column int) bool {
	any := false
	for _, r := range g.Rows {
		if column < len(r) && strings.TrimSpace(r[column]) != "" {
			if strings.ContainsAny(r[column], "0123456789") {
				return false
			}
			any = true
		}
	}
	return any
}

// number reads a number somebody can be called at.
func number(s, country string) (phone.Number, bool) {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(s, ".0") // as some programs write whole numbers
	n, ok := phone.Normalize(s, country)
	if !ok || n.Len() < 7 {
		return 0, false
	}
	switch phone.Classify(n).Kind {
	case phone.Short, phone.Premium:
		return 0, false
	}
	return n, true
}

// coded reads a national number behind its country code.
func coded(code, s string) (phone.Number, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "+") {
		return number(s, "")
	}
	return number("+"+strings.Trim(code, "+ ")+strings.TrimLeft(s, "0"), "")
}

// cut is a text of at most so many bytes, whole characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xC0 == 0x80 {
		most--
	}
	return s[:most]
}

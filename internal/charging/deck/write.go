package deck

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// formulaMarks begin what a spreadsheet takes for a formula; the last one is the
// mark against it.
const formulaMarks = "=+-@'"

// WriteCSV writes rows so that ReadCSV reads the same ones: comma, a header, one
// prefix a row, "*" for the default row. Amounts are in units of the currency.
// Names are written with single spaces; a mark keeps those that look like a
// formula from being one.
func WriteCSV(w io.Writer, entries []Entry) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"prefix", "name", "price", "per", "first", "next", "minimum", "grace", "connect", "min_cost", "max_cost", "from"})
	if err != nil {
		return err
	}
	for i := range entries {
		if err := out.Write(record(&entries[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func record(e *Entry) []string {
	prefix, name, from, r := e.Prefix, strings.Join(strings.Fields(e.Name), " "), "", &e.Rate
	switch {
	case prefix == "":
		prefix = "*"
	case strings.HasPrefix(prefix, "00"): // would be taken off
		prefix = "+" + prefix
	}
	if name != "" && strings.IndexByte(formulaMarks, name[0]) >= 0 {
		name = "'" + name
	}
	if e.From != 0 {
		from = e.From.String()
	}
	price := formatNano(r.Price)
	switch r.Status {
	case Blocked:
		price = "blocked"
	case Unknown:
		price = "unknown"
	}
	connect := formatNano(r.Connect)
	if r.Connect == 0 && !r.ConnectFree {
		connect = ""
	}
	return []string{prefix, name, price, seconds(r.Per), seconds(r.First), seconds(r.Next), seconds(r.Minimum), seconds(r.Grace),
		connect, formatNano(r.MinCost), formatNano(r.MaxCost), from}
}

func seconds(n int32) string { return strconv.Itoa(int(n)) }

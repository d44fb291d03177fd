package compliance

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// Writer writes entries one after another; Flush must be called at the end.
type Writer struct {
	csv  *csv.Writer
	json *json.Encoder
}

// NewJSON writes one JSON object a line.
func NewJSON(w io.Writer) *Writer {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return &Writer{json: e}
}

// columns are the headings of the CSV form.
var columns = []string{"at", "company", "campaign", "list", "lead", "attempt", "number", "line", "caller", "purpose", "mode", "by_number", "by_address",
	"zones", "basis", "edition", "rules", "lifted", "allowed", "until", "again", "held_by", "causes"}

// NewCSV writes comma-separated values with a heading line; cells that hold several
// things part them with blanks or semicolons. Instants are UTC.
func NewCSV(w io.Writer) (*Writer, error) {
	c := csv.NewWriter(w)
	return &Writer{csv: c}, c.Write(columns)
}

// Write writes one entry.
func (w *Writer) Write(e *Entry) error {
	if w.json != nil {
		return w.json.Encode(e)
	}
	var held, causes, lifted []string
	for _, h := range e.Holds {
		held, causes = append(held, h.Rule), append(causes, string(h.Cause))
	}
	for _, s := range e.Lifted {
		lifted = append(lifted, s.Rule+" ("+s.By+": "+s.Reason+")")
	}
	cells := []string{e.At.String(), e.Company, e.Campaign, e.List, e.Lead, e.Attempt, e.Number, string(e.Line), e.Caller, string(e.Purpose), string(e.Mode),
		e.ByNumber, e.ByAddress, strings.Join(e.Zones, " "), string(e.Basis), e.Edition, strings.Join(e.Rules, " "), strings.Join(lifted, "; "), strconv.FormatBool(e.Allowed),
		e.Until.String(), e.Again.String(), strings.Join(held, " "), strings.Join(causes, " ")}
	for i := range cells {
		cells[i] = safe(cells[i])
	}
	return w.csv.Write(cells)
}

// Flush hands on what is written and tells what went wrong.
func (w *Writer) Flush() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}

// safe keeps a spreadsheet from running a cell: one that begins, blanks aside, with
// what begins a formula gets an apostrophe, and it has one line.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if t := strings.TrimLeft(s, " "); t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

package console

import (
	"bytes"
	"net/http"
	"strconv"

	"waihu/internal/access"
	"waihu/internal/document"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// exportRows bounds the rows of a list that is given as a file.
const exportRows = 50_000

// exports lets a list be taken as CSV and as XLSX, in the order and with the filter of
// the address; title is a phrase.
func (s *Server) exports(at string, may access.Permission, name, title string, fill func(*visit) (*sheet, error)) {
	for _, ext := range []string{"csv", "xlsx"} {
		s.page("GET "+at+"."+ext, may, func(w http.ResponseWriter, _ *http.Request, v *visit) error {
			t, err := fill(v)
			if err != nil {
				return err
			}
			return s.sendSheet(w, v, name, ext, v.say(title), t)
		})
	}
}

// sheet is a list on its way into a file.
type sheet struct {
	explain.Table
	tag lang.Tag
}

// sheet begins a list with the phrases of its columns.
func (v *visit) sheet(columns ...string) *sheet {
	t := &sheet{tag: v.Tag}
	for _, key := range columns {
		t.Head = append(t.Head, v.say(key))
	}
	return t
}

// add puts a row below the others: amounts and counts are numbers in the file,
// days are as programs read them.
func (t *sheet) add(cells ...any) {
	words, values := make([]string, len(t.Head)), make([]*explain.Value, len(t.Head))
	for i, c := range cells {
		switch c := c.(type) {
		case money.Amount:
			if !c.Currency().IsZero() {
				words[i], values[i] = lang.Decimal(t.tag, c), &explain.Value{Number: c.Exact()}
			}
		case int64:
			words[i], values[i] = strconv.FormatInt(c, 10), &explain.Value{Number: exact.Int(c)}
		case timex.Date:
			if c != 0 {
				words[i] = c.String()
			}
		case int:
			words[i], values[i] = strconv.Itoa(c), &explain.Value{Number: exact.Int(int64(c))}
		case string:
			words[i] = c
		}
	}
	t.Rows, t.Values = append(t.Rows, words), append(t.Values, values)
}

// exportFull says that more was asked for than a file holds.
func (v *visit) exportFull(most int) string {
	return v.say("export.full", "n", lang.Count(v.Tag, int64(most)))
}

// full says so in the last row where a list was cut at a bound.
func (t *sheet) full(v *visit, more bool) {
	if more {
		t.add(v.exportFull(exportRows))
	}
}

// sendDocument gives a document, or the one table in it, as a file of the kind
// its name ends in.
func (s *Server) sendDocument(w http.ResponseWriter, name, ext string, d *explain.Document, t *explain.Table) error {
	var b bytes.Buffer
	err := fault.New(fault.NotFound, "there is no such file")
	switch ext {
	case "csv":
		err = document.TableCSV(&b, t)
	case "xlsx":
		err = document.ReportXLSX(&b, d)
	case "pdf":
		err = document.ReportPDF(&b, d)
	}
	if err != nil {
		return err
	}
	sendFile(w, name, ext, name+"."+ext, fileKind(ext), b.Bytes())
	return nil
}

// sendSheet gives a list as a file.
func (s *Server) sendSheet(w http.ResponseWriter, v *visit, name, ext, title string, t *sheet) error {
	d := &explain.Document{Language: v.Tag, Title: title, Kind: v.about.Name, Sections: []explain.Section{{Title: title, Table: &t.Table}}}
	return s.sendDocument(w, name, ext, d, &t.Table)
}

// listFiles are the links to a list as files.
func listFiles(href, query string, exts ...string) (out []Link) {
	for _, ext := range exts {
		out = append(out, Link{ext, href + "." + ext + query})
	}
	return out
}

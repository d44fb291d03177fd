package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

//go:embed page.css
var style string

//go:embed page.tmpl
var pageSource string

// Widths of pictures on a page: for screens and paper, and for phones.
const (
	largeWidth = 860.0
	smallWidth = 340.0
)

// page is what the template writes.
type page struct {
	*explain.Document
	Style    template.CSS
	Answer   string
	Limits   []string
	Contents string
	Sections []section
}

type section struct {
	*explain.Section
	ID     string
	Table  *table
	Charts []chart
}

type chart struct {
	*explain.Chart
	Note         string
	Large, Small template.HTML
	AsTable      string
	Twin         table
}

type table struct {
	Name string
	Head []tableCell
	Rows [][]tableCell
}

type tableCell struct {
	Text    string
	Numeric bool
}

// HTML writes a document as one file that needs nothing else: words, tables,
// pictures. Errors are the writer's.
func HTML(w io.Writer, d *explain.Document) (err error) {
	defer fault.Wrap(&err, "report")
	shape, err := template.New("page").Parse(pageSource)
	if err != nil {
		return err
	}
	return shape.Execute(w, pageOf(d))
}

func pageOf(d *explain.Document) *page {
	say := func(key string) string { return lang.Phrase(d.Language, key, nil) }
	p := &page{Document: d, Style: template.CSS(style), Contents: say("report.contents")}
	for i := range d.Sections {
		s := &d.Sections[i]
		if i == 0 && s.Title == "" && len(s.Sentences) > 0 {
			p.Answer, p.Limits = s.Sentences[0], s.Sentences[1:]
			continue
		}
		out := section{Section: s, ID: identifier(s.Path)}
		if s.Table != nil {
			t := tableOf(s.Table, s.Title)
			out.Table = &t
		}
		for k := range s.Charts {
			c := &s.Charts[k]
			gap := " "
			if d.Language != lang.English {
				gap = ""
			}
			out.Charts = append(out.Charts, chart{Chart: c, Note: strings.Join(c.Notes, gap), AsTable: say("report.as_table"), Twin: tableOf(c.Twin, c.Title),
				Large: picture(c, d.Language, largeWidth), Small: picture(c, d.Language, smallWidth)})
		}
		p.Sections = append(p.Sections, out)
	}
	return p
}

// identifier makes the path of a section into one of a page.
func identifier(path string) string {
	return "s-" + strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, path), "-")
}

func tableOf(t *explain.Table, name string) table {
	out := table{Name: name}
	for i, h := range t.Head {
		out.Head = append(out.Head, tableCell{h, t.Numeric(i)})
	}
	for _, row := range t.Rows {
		cells := make([]tableCell, len(row))
		for i, s := range row {
			cells[i] = tableCell{s, t.Numeric(i)}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func picture(c *explain.Chart, tag lang.Tag, width float64) template.HTML {
	return template.HTML(Picture(c, tag, width))
}

// Picture is a chart as SVG, for a page that has the inks. Its words are told by
// the caption and the table beside it, so it is one image to who cannot see it.
func Picture(c *explain.Chart, tag lang.Tag, width float64) string {
	d := Draw(c, tag, width, roughly)
	return d.SVG(c.Title)
}

// roughly measures a text as most fonts of screens would set it, a little on the
// wide side: what is laid out by it has room in any of them.
func roughly(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x2E80:
			w += 1
		case strings.ContainsRune("ijl.,:;'|!() ", r):
			w += 0.33
		case r >= 'A' && r <= 'Z', strings.ContainsRune("mw–…%≥+", r):
			w += 0.7
		default:
			w += 0.57
		}
	}
	return w * size
}

package document

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/report"
	"waihu/internal/timex"
)

// ReportXLSX writes a document as a workbook: an overview with all words, a
// sheet for each table and for the figures of each chart, with numbers as
// numbers, and the charts as the spreadsheet draws them. The same document gives
// the same bytes.
func ReportXLSX(w io.Writer, d *explain.Document) (err error) {
	defer func() {
		if err != nil {
			err = fault.New(fault.Internal, "XLSX: %v", err)
		}
	}()
	b := &reportBook{workbook: newWorkbook(d.Language), names: map[string]bool{}}
	defer b.file.Close()
	b.overview(d)
	for i := range d.Sections {
		if s := &d.Sections[i]; s.Table != nil {
			b.table(s.Title, s.Table)
		}
	}
	for i := range d.Sections {
		for k := range d.Sections[i].Charts {
			c := &d.Sections[i].Charts[k]
			b.drawn = append(b.drawn, drawn{c, b.table(c.Title, c.Twin)})
		}
	}
	b.charts()
	if b.err != nil {
		return b.err
	}
	on := d.On
	if on == 0 {
		on = timex.NewDate(2000, time.January, 1)
	}
	return b.save(w, clean(d.Title), on.Start(time.UTC).Time())
}

// reportBook is a workbook with the charts still to be drawn.
type reportBook struct {
	*workbook
	names map[string]bool
	drawn []drawn
}

// drawn is a chart and the sheet its figures are on.
type drawn struct {
	chart *explain.Chart
	sheet string
}

// sheetMost is the longest name of a sheet.
const sheetMost = 31

// refused are the characters a sheet's name must not have, with what stands for
// them.
var refused = strings.NewReplacer(": ", " - ", ":", "-", `\`, " ", "/", " ", "?", "", "*", " ", "[", "(", "]", ")", "'", "’")

// sheetName makes a title into the name of a sheet that no other has.
func (b *reportBook) sheetName(title string) string {
	base := []rune(strings.TrimSpace(refused.Replace(clean(title))))
	for n := 1; ; n++ {
		end := ""
		if n > 1 {
			end = " " + strconv.Itoa(n)
		}
		name := string(base) + end
		if room := sheetMost - len(end); len(base) > room {
			name = strings.TrimSpace(string(base[:room-1])) + "…" + end
		}
		if key := strings.ToLower(name); name != "" && !b.names[key] {
			b.names[key] = true
			return name
		}
	}
}

// overview has the answer, the figures, and the words of every section.
func (b *reportBook) overview(d *explain.Document) {
	b.begin(b.sheetName(d.Title), []float64{92, 22, 46})
	b.put(b.bold(d.Title))
	for i := range d.Sections {
		s := &d.Sections[i]
		if len(s.Sentences) == 0 {
			continue
		}
		if s.Title != "" {
			b.put()
			b.put(b.bold(s.Title))
		}
		for _, sentence := range s.Sentences {
			b.put(b.wrapped(sentence))
		}
		if i > 0 || len(d.Figures) == 0 {
			continue
		}
		b.put()
		for _, f := range d.Figures {
			var value any = cell(f.Value)
			if f.Amount != nil {
				value = b.figureOf(f.Amount.Currency().String()+" ", f.Amount.Decimal())
			}
			b.put(cell(f.Label), value, b.wrapped(f.Note))
		}
	}
	b.put()
	b.put(b.wrapped(d.Foot))
	b.end()
}

// table writes a table on a sheet of its own and gives the sheet's name.
func (b *reportBook) table(title string, t *explain.Table) string {
	name := b.sheetName(title)
	widths, heading := make([]float64, len(t.Head)), make([]string, len(t.Head))
	for i, h := range t.Head {
		heading[i] = cell(h)
		most := columns(clean(h))
		for _, row := range t.Rows {
			most = max(most, columns(clean(row[i])))
		}
		widths[i] = float64(min(max(most+2, 10), 48))
	}
	b.begin(name, widths, heading...)
	for i, row := range t.Rows {
		cells := make([]any, len(row))
		for k, s := range row {
			cells[k] = excelize.Cell{StyleID: b.styled(look{format: asText, wrap: true, right: t.Numeric(k)}), Value: cell(s)}
			if v := t.Value(i, k); v != nil && v.Form == explain.Share {
				cells[k] = b.share(v.Number)
			} else if v != nil {
				cells[k] = b.number(v.Number.Round(exact.HalfAway, 6))
			}
		}
		b.put(cells...)
	}
	b.end()
	return name
}

// charts draws bars and curves on one sheet, one below the other.
func (b *reportBook) charts() {
	const rows = 27 // of a picture
	name, row := "", 1
	for _, d := range b.drawn {
		made := d.native()
		if made == nil || b.err != nil {
			continue
		}
		if name == "" {
			name = b.sheetName(b.say("report.charts"))
			_, err := b.file.NewSheet(name)
			b.check(err)
			b.paper(name, nil)
		}
		b.check(b.file.AddChart(name, "A"+strconv.Itoa(row), made))
		row += rows
	}
}

// native is a chart in the terms of a spreadsheet; nil: it has none for it.
func (d *drawn) native() *excelize.Chart {
	c, t := d.chart, d.chart.Twin
	out := &excelize.Chart{Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: clean(c.Title)}}}, Dimension: excelize.ChartDimension{Width: 860, Height: 440}, Legend: excelize.ChartLegend{Position: "bottom"}}
	one := false // a colour for each bar
	out.VaryColors = &one
	out.XAxis.Font.Color, out.YAxis.Font.Color = "404040", "404040"
	last := len(t.Rows) + 1
	if c.Bars != nil && !c.Bars.Apart { // offers without a total come last; a bar of what is known would pass for one
		for last = 1; last <= len(c.Bars.Rows) && !c.Bars.Rows[last-1].Open; last++ {
		}
	}
	cells := func(column int) string {
		col, err := excelize.ColumnNumberToName(column + 1)
		if err != nil {
			return ""
		}
		return "'" + d.sheet + "'!$" + col + "$2:$" + col + "$" + strconv.Itoa(last)
	}
	name := func(column int) string {
		col, err := excelize.ColumnNumberToName(column + 1)
		if err != nil {
			return ""
		}
		return "'" + d.sheet + "'!$" + col + "$1"
	}
	add := func(column, colour int) {
		s := excelize.ChartSeries{Name: name(column), Categories: cells(0), Values: cells(column)}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colourOf(colour)}}
		s.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 2, Fill: s.Fill}
		s.Marker = excelize.ChartMarker{Symbol: "none"}
		out.Series = append(out.Series, s)
	}
	switch {
	case c.Bars != nil:
		out.Type = excelize.BarStacked
		if c.Bars.Apart {
			out.Type = excelize.Bar
		}
		for _, k := range c.Bars.Keys {
			if k.Column > 0 {
				add(k.Column, k.Colour)
			}
		}
		if c.Bars.Between > 0 {
			add(c.Bars.Between, report.Colours) // what an open price adds at the most
		}
		out.XAxis.ReverseOrder = true
	case c.Curves != nil:
		out.Type = excelize.Scatter
		for i, l := range c.Curves.Lines {
			add(i+1, l.Colour)
		}
		if c.Curves.Share {
			out.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "0%"}
		}
	}
	if len(out.Series) == 0 || last < 2 {
		return nil
	}
	return out
}

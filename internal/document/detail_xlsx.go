package document

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// sheetRows is the most rows a sheet of a workbook has, its heading included
// (ECMA-376 as spreadsheets implement it).
const sheetRows = 1_048_576

// detailXLSX lists calls as a workbook, written straight into the zip archive:
// the workbook library keeps temporary files and a copy of the whole archive,
// a month of calls does not need either. A full sheet is followed by another.
type detailXLSX struct {
	longXLSX
	tag lang.Tag
}

// longXLSX writes one long table, sheet after sheet.
type longXLSX struct {
	zip      *zip.Writer
	sheet    *bufio.Writer
	title    string // of the sheets
	headings []string
	widths   []int // of the columns, in characters
	zone     *time.Location
	limit    int // rows of a sheet
	rows     int // written to this one
	sheets   int
	err      error
}

// NewDetailXLSX begins a workbook of rated calls.
func NewDetailXLSX(w io.Writer, o DetailOptions) Detail {
	d := &detailXLSX{tag: o.Tag, longXLSX: longXLSX{zip: zip.NewWriter(w), zone: zoneOr(o.Zone), limit: sheetRows, title: lang.Phrase(o.Tag, "detail.sheet", nil),
		headings: headingsOf(o.Tag, "detail.", detailColumns), widths: []int{26, 18, 19, 11, 17, 17, 12, 9, 9, 16, 22, 14, 9, 40}}}
	d.nextSheet()
	return d
}

// headingsOf are the headings of columns in a language.
func headingsOf(tag lang.Tag, prefix string, columns []string) []string {
	out := make([]string, len(columns))
	for i, key := range columns {
		out[i] = lang.Phrase(tag, prefix+key, nil)
	}
	return out
}

// Styles of cells: 0 general, 1 heading, 2 date and time.
const (
	styleHead = 1
	styleTime = 2
)

func (d *longXLSX) nextSheet() {
	d.endSheet()
	if d.err != nil {
		return
	}
	d.sheets++
	part, err := d.zip.Create("xl/worksheets/sheet" + strconv.Itoa(d.sheets) + ".xml")
	if d.err = err; err != nil {
		return
	}
	d.sheet, d.rows = bufio.NewWriterSize(part, 64<<10), 0
	d.put(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	for i, w := range d.widths {
		n := strconv.Itoa(i + 1)
		d.put(`<col min="` + n + `" max="` + n + `" width="` + strconv.Itoa(w) + `" customWidth="1"/>`)
	}
	d.put(`</cols><sheetData>`)
	d.beginRow()
	for _, heading := range d.headings {
		d.text(heading, styleHead)
	}
	d.put("</row>")
}

func (d *longXLSX) endSheet() {
	if d.sheet == nil || d.err != nil {
		return
	}
	d.put("</sheetData></worksheet>")
	if err := d.sheet.Flush(); d.err == nil {
		d.err = err
	}
}

func (d *longXLSX) put(s string) {
	if d.err == nil {
		_, d.err = d.sheet.WriteString(s)
	}
}

func (d *longXLSX) beginRow() {
	d.rows++
	d.put(`<row r="` + strconv.Itoa(d.rows) + `">`)
}

// text writes a cell that is text whatever it looks like.
func (d *longXLSX) text(s string, style int) {
	if s = cell(s); s == "" && style == 0 {
		d.put("<c/>")
		return
	}
	d.put("<c")
	if style != 0 {
		d.put(` s="` + strconv.Itoa(style) + `"`)
	}
	d.put(` t="inlineStr"><is><t xml:space="preserve">`)
	if d.err == nil {
		d.err = xml.EscapeText(d.sheet, []byte(s))
	}
	d.put("</t></is></c>")
}

// number writes a cell with digits that are a number.
func (d *longXLSX) number(digits string, style int) {
	d.put("<c")
	if style != 0 {
		d.put(` s="` + strconv.Itoa(style) + `"`)
	}
	d.put("><v>" + digits + "</v></c>")
}

func (d *detailXLSX) Write(r *Row) error {
	if d.rows >= d.limit {
		d.nextSheet()
	}
	d.beginRow()
	d.text(r.CallID, 0)
	d.text(r.Source, 0)
	d.time(r.Start)
	direction := ""
	if r.Direction != "" {
		direction = lang.Choice(d.tag, "direction", string(r.Direction))
	}
	d.text(direction, 0)
	for _, s := range [...]string{r.From, r.To, r.Agent} {
		d.text(s, 0)
	}
	d.number(strconv.FormatInt(r.Talk, 10), 0)
	d.number(strconv.FormatInt(r.Billed, 10), 0)
	d.text(r.Component, 0)
	d.text(r.Rate, 0)
	d.amount(r.amountDigits())
	d.amount(decimal(r.Included))
	d.text(r.Rule, 0)
	d.put("</row>")
	return d.err
}

// amount is a number where a spreadsheet's float holds it, else text.
func (d *longXLSX) amount(s string) {
	if s == "" || !floatHolds(s) {
		d.text(s, 0)
		return
	}
	d.number(s, 0)
}

// time writes a moment as spreadsheets count it: days since 30 December 1899
// on the local clock.
func (d *longXLSX) time(at timex.Instant) {
	if at.IsZero() {
		d.text("", 0)
		return
	}
	local := at.In(d.zone)
	day := timex.DateOf(local) - timex.NewDate(1899, time.December, 30)
	seconds := local.Hour()*3600 + local.Minute()*60 + local.Second()
	fraction := strconv.FormatFloat(float64(seconds)/86400, 'f', 10, 64)
	d.number(strconv.Itoa(int(day))+strings.TrimPrefix(fraction, "0"), styleTime)
}

func (d *longXLSX) Close() error {
	d.endSheet()
	for _, p := range d.parts() {
		if d.err != nil {
			break
		}
		var w io.Writer
		if w, d.err = d.zip.Create(p.name); d.err == nil {
			_, d.err = io.WriteString(w, xml.Header+p.body)
		}
	}
	if d.err != nil {
		return fault.New(fault.Internal, "the list as XLSX: %v", d.err)
	}
	return d.zip.Close()
}

type zipPart struct{ name, body string }

// parts are the rest of a workbook, which name its sheets.
func (d *longXLSX) parts() []zipPart {
	const types, office = "http://schemas.openxmlformats.org/package/2006/", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const form = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const plainXF = ` numFmtId="0" fontId="0" fillId="0" borderId="0"`
	var overrides, sheets, relations strings.Builder
	for i := 1; i <= d.sheets; i++ {
		n := strconv.Itoa(i)
		overrides.WriteString(`<Override PartName="/xl/worksheets/sheet` + n + `.xml" ContentType="` + form + `worksheet+xml"/>`)
		sheets.WriteString(`<sheet name="` + escaped(d.title) + ` ` + n + `" sheetId="` + n + `" r:id="rId` + n + `"/>`)
		relations.WriteString(`<Relationship Id="rId` + n + `" Type="` + office + `/worksheet" Target="worksheets/sheet` + n + `.xml"/>`)
	}
	relations.WriteString(`<Relationship Id="rIdStyles" Type="` + office + `/styles" Target="styles.xml"/>`)
	return []zipPart{
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + types + `relationships">` + relations.String() + `</Relationships>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + main + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
			`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
			`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf` + plainXF + `/></cellStyleXfs>` +
			`<cellXfs count="3"><xf` + plainXF + ` xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
			`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`},
		{"_rels/.rels", `<Relationships xmlns="` + types + `relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", `<Types xmlns="` + types + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + form + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + form + `styles+xml"/>` +
			overrides.String() + `</Types>`},
	}
}

// escaped is a text as XML writes it in an attribute.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

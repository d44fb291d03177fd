package document

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// XLSX writes an invoice as a workbook: the invoice, its lines, their parts,
// the taxes, and usage without a price. Numbers are numbers with a format,
// dates are dates, text is never run as a formula.
func XLSX(w io.Writer, inv *invoice.Invoice, tag lang.Tag) (err error) {
	defer func() {
		if err != nil {
			err = fault.New(fault.Internal, "XLSX: %v", err)
		}
	}()
	b := newWorkbook(tag)
	defer b.file.Close()
	b.invoice(inv)
	b.lines(inv)
	b.parts(inv)
	b.taxes(inv)
	b.unpriced(inv)
	if b.err != nil {
		return b.err
	}
	return b.save(w, say(tag, "doc.title")+" "+clean(inv.Number), madeAt(inv))
}

func newWorkbook(tag lang.Tag) *workbook {
	return &workbook{file: excelize.NewFile(), tag: tag, styles: map[look]int{}, wraps: map[int]bool{}}
}

// save writes the workbook, the same bytes each time.
func (b *workbook) save(w io.Writer, title string, at time.Time) error {
	made := at.Format(time.RFC3339)
	if err := b.file.SetDocProps(&excelize.DocProperties{Creator: "Waihu", LastModifiedBy: "Waihu", Created: made, Modified: made,
		Title: title, Language: string(b.tag)}); err != nil {
		return err
	}
	b.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		return &sortedZip{to: zip.NewWriter(w), parts: map[string]*bytes.Buffer{}}
	})
	_, err := b.file.WriteTo(w)
	return err
}

// handOver writes a sheet of fields and a sheet of lines, all as text: a tax
// system reads digits, and numbers of 19 digits must not become floats.
func handOver(w io.Writer, title, rows string, head [][2]string, lines [][]string) error {
	b := newWorkbook("")
	defer b.file.Close()
	b.begin(title, []float64{26, 60})
	for _, h := range head {
		b.put(b.bold(h[0]), cell(h[1]))
	}
	b.end()
	b.begin(rows, []float64{34, 14, 14, 14, 14, 14, 14, 14, 24, 14, 14}, lines[0]...)
	for _, l := range lines[1:] {
		cells := make([]any, len(l))
		for i, s := range l {
			cells[i] = cell(s)
		}
		b.put(cells...)
	}
	b.end()
	if b.err != nil {
		return fault.New(fault.Internal, "XLSX: %v", b.err)
	}
	return b.save(w, title, time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC))
}

// sortedZip writes the parts of a workbook by name: the library's own order
// changes from run to run.
type sortedZip struct {
	to    *zip.Writer
	parts map[string]*bytes.Buffer
}

func (z *sortedZip) Create(name string) (io.Writer, error) {
	z.parts[name] = new(bytes.Buffer)
	return z.parts[name], nil
}

func (z *sortedZip) AddFS(fsys fs.FS) error { return z.to.AddFS(fsys) }

func (z *sortedZip) Close() error {
	for _, name := range slices.Sorted(maps.Keys(z.parts)) {
		w, err := z.to.Create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(inOrder(z.parts[name].Bytes())); err != nil {
			return err
		}
	}
	return z.to.Close()
}

// byExtension are the kinds of parts a workbook may have, which the library lists
// in another order each time once there is a chart.
var byExtension = regexp.MustCompile(`(?:<Default [^>]*></Default>)+`)

// inOrder sorts those kinds; other parts have none.
func inOrder(part []byte) []byte {
	return byExtension.ReplaceAllFunc(part, func(list []byte) []byte {
		kinds := strings.SplitAfter(string(list), "</Default>")
		slices.Sort(kinds)
		return []byte(strings.Join(kinds, ""))
	})
}

// workbook writes sheets one after the other and keeps the first error.
type workbook struct {
	file   *excelize.File
	tag    lang.Tag
	sheet  *excelize.StreamWriter
	row    int
	sheets int
	styles map[look]int
	wraps  map[int]bool // styles whose text is broken into lines
	widths []float64    // of the sheet's columns
	err    error
}

func (b *workbook) say(key string, pairs ...string) string { return say(b.tag, key, pairs...) }

func (b *workbook) check(err error) {
	if b.err == nil {
		b.err = err
	}
}

// begin opens a sheet with its columns, in characters, and a heading that stays.
func (b *workbook) begin(name string, widths []float64, heading ...string) {
	if b.sheets++; b.sheets == 1 {
		b.check(b.file.SetSheetName("Sheet1", name))
	} else {
		_, err := b.file.NewSheet(name)
		b.check(err)
	}
	b.paper(name, widths)
	sheet, err := b.file.NewStreamWriter(name)
	if err != nil {
		b.check(err)
		return
	}
	b.sheet, b.row, b.widths = sheet, 0, widths
	for i, w := range widths {
		b.check(sheet.SetColWidth(i+1, i+1, w))
	}
	if len(heading) == 0 {
		return
	}
	b.check(sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	cells := make([]any, len(heading))
	for i, h := range heading {
		cells[i] = excelize.Cell{StyleID: b.style(asText, true), Value: h}
	}
	b.put(cells...)
}

// paper has a sheet printed as wide as a page, lying where it is a wide one. A
// stream takes this before its first row.
func (b *workbook) paper(name string, widths []float64) {
	const upright = 95 // characters
	sum, a4, one, any, yes, way := 0.0, 9, 1, 0, true, "portrait"
	for _, w := range widths {
		sum += w
	}
	if sum > upright {
		way = "landscape"
	}
	b.check(b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}))
	b.check(b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &way, FitToWidth: &one, FitToHeight: &any}))
}

// put writes a row.
func (b *workbook) put(cells ...any) {
	if b.err != nil {
		return
	}
	b.row++
	var rows []excelize.RowOpts
	if n := b.broken(cells); n > 1 {
		rows = append(rows, excelize.RowOpts{Height: min(15.5*float64(n), 409)}) // the tallest a row can be
	}
	b.check(b.sheet.SetRow("A"+strconv.Itoa(b.row), cells, rows...))
}

// broken is how many lines the text of a row is broken into: not every program
// makes a row as tall as its text by itself.
func (b *workbook) broken(cells []any) int {
	most := 1
	for i, c := range cells {
		c, _ := c.(excelize.Cell)
		words, ok := c.Value.(string)
		if ok && b.wraps[c.StyleID] && i < len(b.widths) {
			most = max(most, len(wrap(words, int(100*b.widths[i]), wideOf)))
		}
	}
	return most
}

// wideOf is how wide a character is in hundredths of a column, which are as wide
// as a figure.
func wideOf(r rune) int {
	if columnsOf(r) == 2 {
		return 210
	}
	return 88 * columnsOf(r)
}

func (b *workbook) end() {
	if b.err == nil {
		b.check(b.sheet.Flush())
	}
}

// look is how a cell looks; text may be broken into lines, or stand to the right.
type look struct {
	format  string
	heading bool
	wrap    bool
	right   bool
}

// asText is the format of cells with words.
const asText = "@"

// style is the style of a number format, made once.
func (b *workbook) style(format string, heading bool) int {
	return b.styled(look{format: format, heading: heading, wrap: heading})
}

func (b *workbook) styled(l look) int {
	if id, ok := b.styles[l]; ok {
		return id
	}
	s := &excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Bold: l.heading}, Alignment: &excelize.Alignment{WrapText: l.wrap, Vertical: "top"}}
	if l.format != asText {
		s.CustomNumFmt = &l.format
	}
	if l.heading {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E6EDEF"}}
	}
	if l.right {
		s.Alignment.Horizontal = "right"
	}
	id, err := b.file.NewStyle(s)
	b.check(err)
	b.styles[l], b.wraps[id] = id, l.wrap
	return id
}

// sureDigits is how many decimal digits a float64 holds for certain.
const sureDigits = 15

// number is a cell with a number. A spreadsheet keeps floats: a decimal that a
// float does not hold is written as text instead of as another number.
func (b *workbook) number(n exact.Number) any { return b.figure(decimal(n)) }

func (b *workbook) amount(a money.Amount) any { return b.figure(a.Decimal()) }

// floatHolds tells whether a plain decimal reads back from a float as it is.
func floatHolds(s string) bool {
	digits := 0
	for i := range len(s) {
		if c := s[i]; c >= '1' && c <= '9' || c == '0' && digits > 0 {
			digits++
		}
	}
	return digits <= sureDigits
}

func (b *workbook) figure(s string) any { return b.figureOf("", s) }

// figureOf is a cell with a number behind a sign, such as that of its currency.
func (b *workbook) figureOf(sign, s string) any {
	if !floatHolds(s) {
		return sign + s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return sign + s
	}
	format := "#,##0"
	if sign != "" {
		format = `"` + sign + `"#,##0`
	}
	if d := len(decimals(s)); d > 1 {
		format += "." + strings.Repeat("0", d-1)
	}
	return excelize.Cell{StyleID: b.style(format, false), Value: f}
}

func (b *workbook) share(n exact.Number) any {
	f, err := strconv.ParseFloat(decimal(n), 64)
	if err != nil {
		return decimal(n)
	}
	return excelize.Cell{StyleID: b.style("0.##%", false), Value: f}
}

// date is a cell with a day; none is empty.
func (b *workbook) date(d timex.Date) any {
	if d == 0 {
		return nil
	}
	return excelize.Cell{StyleID: b.style("yyyy-mm-dd", false), Value: d.Start(time.UTC).Time()}
}

// wrapped is a cell with text that is broken into lines.
func (b *workbook) wrapped(s string) any {
	return excelize.Cell{StyleID: b.styled(look{format: asText, wrap: true}), Value: cell(s)}
}

func (b *workbook) bold(s string) any {
	return excelize.Cell{StyleID: b.style(asText, true), Value: cell(s)}
}

// cellMost is the longest text a cell takes.
const cellMost = 32_767

// cell is a text as a cell takes it; it is written as text, so that nothing in
// it is run.
func cell(s string) string { return fault.Shorten(clean(s), cellMost-1) }

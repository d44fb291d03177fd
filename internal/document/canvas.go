package document

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"

	"waihu/internal/fault"
	"waihu/internal/lang"
)

// A4 in millimetres.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	pointMM    = 25.4 / 72
)

// ink is a colour, red green blue.
type ink struct{ r, g, b int }

// pen is how text looks. Sizes are in points.
type pen struct {
	size float64
	bold bool
	ink  ink
}

// canvas puts text and lines on pages. It checks each character against the
// fonts: the main face, then the other one; what neither has is gathered in
// missing and makes the document fail.
type canvas struct {
	pdf     *fpdf.Fpdf
	faces   [2]*face // main, other; the other is loaded when a character needs it
	other   func() (*face, error)
	known   [2]bool // the PDF library has it
	missing map[rune]string
	err     error
	family  string
	size    float64
	ink     ink
	latin   bool // an English document
}

func newCanvas(tag lang.Tag, made time.Time) (*canvas, error) {
	main, other := hongKong, mainland
	if tag == lang.Simplified {
		main, other = mainland, hongKong
	}
	first, err := main()
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true) // the same invoice gives the same bytes
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetProducer("Waihu", true)
	pdf.SetCreator("Waihu", true)
	pdf.SetLang(string(tag))
	return &canvas{pdf: pdf, faces: [2]*face{first}, other: other, missing: map[rune]string{}, ink: ink{-1, 0, 0}, latin: tag == lang.English}, nil
}

// output writes the document, or fails with every character no font has.
func (c *canvas) output(w io.Writer) (err error) {
	defer func() {
		if p := recover(); p != nil { // the PDF library indexes by character; the guard should make this impossible
			err = fault.New(fault.Internal, "the PDF library failed: %v", p)
		}
	}()
	if err := c.problems(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := c.pdf.Output(&b); err != nil {
		return fault.New(fault.Internal, "PDF: %v", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// problems names the characters that cannot be printed, with a text each stands in.
func (c *canvas) problems() error {
	if c.err != nil {
		return c.err
	}
	var ps fault.Problems
	for _, r := range slices.Sorted(maps.Keys(c.missing)) {
		ps = append(ps, fault.Problem{Value: c.missing[r], What: fmt.Sprintf("character %q (U+%04X) is in none of the fonts", r, r),
			Expected: "Chinese, Latin, Greek, Cyrillic, kana or a common sign", Fix: "write the name without it"})
	}
	return ps.Err()
}

// run is a stretch of text in one face, in the characters of the fonts.
type run struct {
	face int
	text string
	orig string // as it is written, where that differs
}

// runs splits a text by face.
func (c *canvas) runs(s string) []run {
	var out []run
	from := 0
	cur, moved := -1, false
	var b strings.Builder
	flush := func(to int) {
		if cur >= 0 && b.Len() > 0 {
			r := run{face: cur, text: b.String()}
			if moved {
				r.orig = s[from:to]
			}
			out = append(out, r)
		}
		b.Reset()
		from, moved = to, false
	}
	for i, r := range s {
		at, shown := c.find(r, s)
		if at != cur {
			flush(i)
			cur = at
		}
		moved = moved || shown != r
		b.WriteRune(shown)
	}
	flush(len(s))
	return out
}

// find is the face that has a character, and the character it has it under.
func (c *canvas) find(r rune, context string) (int, rune) {
	shown := shownAs(r)
	if c.latin {
		shown = narrowQuote(shown)
	}
	if c.faces[0].has(shown) {
		return 0, shown
	}
	if c.faces[1] == nil && c.err == nil {
		c.faces[1], c.err = c.other()
	}
	if c.faces[1] != nil && c.faces[1].has(shown) {
		return 1, shown
	}
	if len(c.missing[r]) < len(context) { // the longest text it stands in tells most
		c.missing[r] = context
	}
	return 0, '〓' // the printers' mark for a missing character; the document fails anyway
}

// narrowQuote is the straight form of a curly quotation mark: the faces are
// Chinese, and theirs are as wide as a character, which tears English words.
func narrowQuote(r rune) rune {
	switch r {
	case '‘', '’':
		return '\''
	case '“', '”':
		return '"'
	}
	return r
}

// wide is the width of a character in millimetres.
func (c *canvas) wide(r rune, size float64) float64 {
	at, shown := c.find(r, string(r))
	f := c.faces[at]
	return float64(f.advance[shown]) / float64(f.units) * size * pointMM
}

// width is the width of a text in millimetres.
func (c *canvas) width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += c.wide(r, size)
	}
	return w
}

// wrap breaks a text into lines of at most w millimetres.
func (c *canvas) wrap(s string, w, size float64) []string {
	// wrap counts in whole units: a thousandth of a millimetre, rounded up.
	return wrap(s, int(w*1000), func(r rune) int { return int(c.wide(r, size)*1000) + 1 })
}

// text writes a line with its baseline at y.
func (c *canvas) text(x, y float64, s string, p pen) {
	for _, r := range c.runs(s) {
		c.use(r.face, p)
		if p.bold {
			// Stroked as well as filled: a second face would weigh as much as the first.
			c.pdf.RawWriteStr(fmt.Sprintf("q 2 Tr %.3f w %s RG", p.size*0.028, rgb(p.ink)))
		}
		if r.orig != "" {
			c.pdf.RawWriteStr("/Span<</ActualText<" + utf16Hex(r.orig) + ">>>BDC") // so that copied text is right
		}
		c.pdf.Text(x, y, r.text)
		if r.orig != "" {
			c.pdf.RawWriteStr("EMC")
		}
		if p.bold {
			c.pdf.RawWriteStr("Q")
		}
		x += c.runWidth(r, p.size)
	}
}

func (c *canvas) runWidth(r run, size float64) float64 {
	f, w := c.faces[r.face], 0
	for _, ch := range r.text {
		w += int(f.advance[ch])
	}
	return float64(w) / float64(f.units) * size * pointMM
}

// right writes a line that ends at x.
func (c *canvas) right(x, y float64, s string, p pen) { c.text(x-c.width(s, p.size), y, s, p) }

// centre writes a line in the middle of x and x+w.
func (c *canvas) centre(x, w, y float64, s string, p pen) {
	c.text(x+(w-c.width(s, p.size))/2, y, s, p)
}

// point writes a number with its decimal point at x.
func (c *canvas) point(x, y float64, s string, p pen) {
	whole, _, _ := strings.Cut(s, ".")
	c.text(x-c.width(whole, p.size), y, s, p)
}

// use selects a face, a size and a colour, telling the PDF library only what changes.
func (c *canvas) use(at int, p pen) {
	f := c.faces[at]
	if !c.known[at] {
		c.pdf.AddUTF8FontFromBytes(f.family, "", f.ttf)
		c.known[at] = true
	}
	if c.family != f.family || c.size != p.size {
		c.pdf.SetFont(f.family, "", p.size)
		c.family, c.size = f.family, p.size
	}
	if c.ink != p.ink {
		c.pdf.SetTextColor(p.ink.r, p.ink.g, p.ink.b)
		c.ink = p.ink
	}
}

// page begins a page; page numbers count from 1.
func (c *canvas) page() {
	c.pdf.AddPage()
	c.family = ""
}

// turnTo goes back to a page.
func (c *canvas) turnTo(n int) {
	c.pdf.SetPage(n)
	c.family = ""
}

// line draws a line, box a filled box.
func (c *canvas) line(x1, y1, x2, y2, width float64, i ink) {
	c.pdf.SetDrawColor(i.r, i.g, i.b)
	c.pdf.SetLineWidth(width)
	c.pdf.Line(x1, y1, x2, y2)
}

func (c *canvas) box(x, y, w, h float64, fill ink) {
	c.pdf.SetFillColor(fill.r, fill.g, fill.b)
	c.pdf.Rect(x, y, w, h, "F")
}

// fill fills a polygon, stroke draws a line through points. Places are in
// millimetres.
func (c *canvas) fill(points [][2]float64, i ink) {
	c.pdf.SetFillColor(i.r, i.g, i.b)
	list := make([]fpdf.PointType, len(points))
	for k, p := range points {
		list[k] = fpdf.PointType{X: p[0], Y: p[1]}
	}
	c.pdf.Polygon(list, "F")
}

func (c *canvas) stroke(points [][2]float64, width float64, dashed bool, i ink) {
	if len(points) < 2 {
		return
	}
	c.pdf.SetDrawColor(i.r, i.g, i.b)
	c.pdf.SetLineWidth(width)
	if dashed {
		c.pdf.SetDashPattern([]float64{0.9, 0.9}, 0)
		defer c.pdf.SetDashPattern([]float64{}, 0)
	}
	c.pdf.MoveTo(points[0][0], points[0][1])
	for _, p := range points[1:] {
		c.pdf.LineTo(p[0], p[1])
	}
	c.pdf.DrawPath("D")
}

// mark writes large text across the middle of the page, to stand behind the rest.
func (c *canvas) mark(s string, p pen) {
	c.pdf.TransformBegin()
	c.pdf.TransformRotate(35, pageWidth/2, pageHeight/2)
	c.centre(0, pageWidth, pageHeight/2+p.size*pointMM/3, s, p)
	c.pdf.TransformEnd()
	c.family = "" // the state before the mark is back
}

func rgb(i ink) string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(i.r)/255, float64(i.g)/255, float64(i.b)/255)
}

// utf16Hex is a text as PDF wants it in ActualText: UTF-16 with its mark.
func utf16Hex(s string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

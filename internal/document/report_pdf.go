package document

import (
	"io"
	"time"

	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// reportPage lays out what package explain tells.
type reportPage struct {
	flow
	doc   *explain.Document
	again func() // draws the heading of the running table on a new page
}

var (
	lead   = pen{15.5, true, dark}
	titled = pen{11.5, true, accent}
	value  = pen{11.5, true, dark}
)

// ReportPDF writes a document as A4 pages: the answer, its figures, sections
// with their tables and charts, and at the end the figures of all charts as
// tables. The same document gives the same bytes. A character that no font has
// is an Invalid error that names it.
func ReportPDF(w io.Writer, d *explain.Document) (err error) {
	defer func() {
		if r := recover(); r != nil { // see canvas.output
			err = fault.New(fault.Internal, "the PDF library failed: %v", r)
		}
	}()
	on := d.On
	if on == 0 {
		on = timex.NewDate(2000, time.January, 1)
	}
	c, err := newCanvas(d.Language, on.Start(time.UTC).Time())
	if err != nil {
		return err
	}
	p := &reportPage{flow: flow{canvas: c}, doc: d}
	p.turn = p.newPage
	p.pdf.SetTitle(clean(d.Title), true)
	p.pdf.SetLineJoinStyle("round")
	p.turn()
	sections := p.head()
	for i := range sections {
		p.section(&sections[i])
	}
	p.twins(sections)
	p.again = nil
	p.feet(d.Language, clean(d.Foot), pen{5.8, false, grey})
	return p.output(w)
}

func (p *reportPage) newPage() {
	p.page()
	p.y = top
	if p.pdf.PageNo() == 1 {
		return
	}
	p.text(left, p.y, p.fitted(clean(p.doc.Title), 90, small.size), small)
	p.right(right, p.y, p.fitted(clean(p.doc.Kind), 80, small.size), small)
	p.line(left, p.y+2, right, p.y+2, 0.15, pale)
	p.y += 8
	if p.again != nil {
		p.again()
	}
}

// head writes the answer and its figures, and gives the sections that follow.
func (p *reportPage) head() []explain.Section {
	p.paragraph(left, content, clean(p.doc.Kind), pen{8.6, true, accent})
	p.paragraph(left, content, clean(p.doc.Title), pen{10.5, false, grey})
	p.y += 1.6
	rest := p.doc.Sections
	var limits []string
	if len(rest) > 0 && rest[0].Title == "" && len(rest[0].Sentences) > 0 {
		p.paragraph(left, content, clean(rest[0].Sentences[0]), lead)
		limits, rest = rest[0].Sentences[1:], rest[1:]
	}
	p.y += 2
	p.box(left, p.y, content, 0.7, accent)
	p.y += 5
	if len(limits) > 0 {
		p.limits(limits)
	}
	p.figures()
	return rest
}

// limits are what the answer does not know: a box that must not be overlooked.
func (p *reportPage) limits(list []string) {
	const pad = 2.4
	h := 2 * pad
	for _, s := range list {
		h += float64(len(p.wrap(clean(s), content-2*pad-2, body.size))) * leading(body.size)
	}
	p.room(h)
	p.box(left, p.y, content, h, cream)
	p.box(left, p.y, 1.1, h, amber)
	p.y += pad
	for _, s := range list {
		p.paragraph(left+pad+1.5, content-2*pad-2, clean(s), body)
	}
	p.y += pad + 4
}

// figures are numbers in boxes beside each other.
func (p *reportPage) figures() {
	list := p.doc.Figures
	if len(list) == 0 {
		return
	}
	const between, pad = 3.0, 2.6
	wide := (content - between*float64(len(list)-1)) / float64(len(list))
	high := 0.0
	inside := func(f *explain.Figure, draw bool, x float64) float64 {
		y := p.y
		p.y += pad
		for _, part := range []struct {
			text string
			look pen
		}{{f.Label, label}, {f.Value, value}, {f.Note, small}} {
			if part.text == "" {
				continue
			}
			lines := p.wrap(clean(part.text), wide-2*pad, part.look.size)
			for _, s := range lines {
				if draw {
					p.text(x+pad, p.y+part.look.size*pointMM, s, part.look)
				}
				p.y += leading(part.look.size)
			}
			p.y += 0.5
		}
		h := p.y - y + pad - 0.5
		p.y = y
		return h
	}
	for i := range list {
		high = max(high, inside(&list[i], false, 0))
	}
	p.room(high)
	for i := range list {
		x := left + float64(i)*(wide+between)
		p.box(x, p.y, wide, high, tint)
		p.box(x, p.y, wide, 0.6, accent)
		inside(&list[i], true, x)
	}
	p.y += high + 3
}

// mostEmpty is how much of a page is left empty so that a heading with much to
// read stands beside its picture: a third. The words begin before that, and the
// picture follows on the next page.
const mostEmpty = (bottom - top) / 3

// section writes one part: words, table, charts.
func (p *reportPage) section(s *explain.Section) {
	if len(s.Charts) > 0 { // a heading stands on the page of its first picture
		d := p.draw(&s.Charts[0])
		words, picture := p.heights(&s.Charts[0], &d)
		for _, sentence := range s.Sentences {
			words += leading(body.size)*float64(len(p.wrap(clean(sentence), content-4, body.size))) + 0.5
		}
		if len(s.Sentences) < 2 || bottom-p.y < mostEmpty {
			p.room(words + shrinks*picture + 14)
		}
	}
	p.heading(s.Title)
	for _, sentence := range s.Sentences {
		if len(s.Sentences) == 1 {
			p.paragraph(left, content, clean(sentence), body)
			continue
		}
		p.room(leading(body.size))
		p.box(left+0.6, p.y+body.size*pointMM*0.55, 1, 1, accent)
		p.paragraph(left+4, content-4, clean(sentence), body)
		p.y += 0.5
	}
	for i := range s.Charts {
		p.chart(&s.Charts[i])
	}
	if s.Table != nil {
		p.y += 1.5
		p.grid(s.Table)
	}
}

func (p *reportPage) heading(title string) {
	p.y += 5
	p.room(22)
	p.paragraph(left, content, clean(title), titled)
	p.y += 1.4
}

// twins are the figures of all charts, at the end.
func (p *reportPage) twins(sections []explain.Section) {
	first := true
	for i := range sections {
		for k := range sections[i].Charts {
			c := &sections[i].Charts[k]
			if first {
				p.heading(lang.Phrase(p.doc.Language, "report.as_table", nil))
				first = false
			}
			p.room(20)
			p.y += 1.5
			p.paragraph(left, content, clean(c.Title), strong)
			p.y += 1
			p.grid(c.Twin)
			p.y += 2
		}
	}
}

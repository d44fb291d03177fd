package document

import (
	"strconv"
	"strings"

	"waihu/internal/charging/rating"
	"waihu/internal/lang"
)

// how writes the second part: every line from what was measured to what is
// charged, with the rules that decided and the evidence behind it.
func (p *pdfPage) how() {
	p.newPage()
	p.paragraph(left, content, p.say("doc.how"), pen{14, true, accent})
	p.y += 1
	inclusive := "no"
	if p.inv.TaxInclusive {
		inclusive = "yes"
	}
	p.paragraph(left, content, p.say("doc.how_note", "currency", p.inv.Currency.String(), "inclusive", inclusive), small)
	p.y += 3
	for i := range p.inv.Lines {
		p.story(i+1, &p.inv.Lines[i])
	}
	facts, sums := pen{7.8, false, dark}, digests(p.tag, p.inv, p.digest)
	p.room(leading(facts.size) + 1 + float64(len(sums)+1)*leading(small.size))
	p.paragraph(left, content, factsRow(p.tag, &p.inv.Facts), facts)
	p.y += 1
	for _, d := range sums {
		p.paragraph(left, content, say(p.tag, "doc.colon", "label", d.label, "text", d.value), small)
	}
	p.paragraph(left, content, p.say("doc.digest_note"), small)
}

// story is one line.
func (p *pdfPage) story(no int, l *rating.Line) {
	p.room(30)
	h := leading(body.size) + 1.8
	p.box(left, p.y, content, h, tint)
	y := p.y + 0.9 + body.size*pointMM
	amount := amountText(p.tag, l)
	name := p.fitted(clean(lineName(p.tag, l)), content-p.width(amount, body.size)-noWide-8, body.size)
	p.text(left+1.5, y, strconv.Itoa(no), pen{body.size, true, grey})
	p.text(left+noWide, y, name, strong)
	p.right(right-1.5, y, amount, strong)
	p.y += h + 1.2
	at := left + noWide
	if l.First != p.inv.First || l.After != p.inv.After {
		dates := say(p.tag, "doc.colon", "label", p.say("doc.period"), "text", lang.Dates(p.tag, l.First, l.After))
		p.paragraph(at, right-at, dates, pen{7.8, false, dark})
	}
	if s := chain(p.tag, l); s != "" {
		p.paragraph(at, right-at, say(p.tag, "doc.colon", "label", p.say("doc.quantity"), "text", s), pen{7.8, false, dark})
	}
	p.partTable(l)
	for _, s := range sentences(p.tag, l.Rules) {
		p.paragraph(at, right-at, "· "+s, small)
	}
	if s := evidence(p.tag, l.Evidence); s != "" {
		p.paragraph(at, right-at, s, pen{6.4, false, grey})
	}
	p.y += 3.5
}

// column is a column of the table of parts: numbers with their points below
// each other, at point; the heading ends at right.
type column struct {
	title string
	cells []string
	point float64
	right float64
	whole float64
	rest  float64
}

// partTable writes the parts of a line as figures, then the steps to the
// amount below the same point.
func (p *pdfPage) partTable(l *rating.Line) {
	if len(shownParts(l)) == 0 {
		return
	}
	shown, more, sum := restOfParts(l.Parts)
	cols := p.partColumns(l, shown)
	last := &cols[len(cols)-1]
	last.cells = append(last.cells, lang.Number(p.tag, sum))
	tail := steps(p.tag, l)
	for _, s := range tail {
		last.cells = append(last.cells, s.value)
	}
	x := p.place(cols)
	look := pen{7.6, false, dark}
	h := leading(look.size)
	p.y += 0.6
	p.again = func() { p.partHead(cols) }
	p.room(3 * h)
	p.partHead(cols)
	for i := range shown {
		p.room(h)
		y := p.y + look.size*pointMM
		p.text(left+noWide, y, p.fitted(partTitle(p.tag, l, &shown[i]), x-left-noWide-2, look.size), look)
		for k := range cols {
			p.point(cols[k].point, y, cols[k].cells[i], look)
		}
		p.y += h
		if i < len(shown)-1 {
			p.line(left+noWide, p.y-0.25, right-1.5, p.y-0.25, 0.1, pale)
		}
	}
	p.again = nil
	if more > 0 {
		p.room(h)
		y := p.y + look.size*pointMM
		p.text(left+noWide, y, p.say("doc.more_parts", "n", strconv.Itoa(more)), pen{look.size, false, grey})
		p.point(last.point, y, lang.Number(p.tag, sum), look)
		p.y += h
	}
	p.stepRows(tail, last, look)
	p.y += 1.4
}

// stepRows writes the steps from gross to amount, the amount in bold.
func (p *pdfPage) stepRows(tail []step, last *column, look pen) {
	h := leading(look.size)
	for i, s := range tail {
		p.room(h)
		if i == 0 {
			p.line(right-72, p.y+0.7, right-1.5, p.y+0.7, 0.15, pale)
			p.y += 1
		}
		now := look
		if i == len(tail)-1 {
			now.bold = true
		}
		y := p.y + look.size*pointMM
		p.text(right-72, y, p.fitted(s.label, 70-last.whole-last.rest-2, look.size), now)
		p.point(last.point, y, s.value, now)
		p.y += h
	}
}

func (p *pdfPage) partHead(cols []column) {
	y := p.y + small.size*pointMM
	for _, c := range cols {
		p.right(c.right, y, c.title, small)
	}
	p.y += leading(small.size)
}

// partColumns are the columns a line needs: those of which every cell is empty
// are left out.
func (p *pdfPage) partColumns(l *rating.Line, parts []rating.Part) []column {
	cols := []column{{title: p.say("doc.count")}, {title: p.say("doc.quantity") + p.say("doc.bracket", "text", unitName(p.tag, l.Unit))},
		{title: p.say("doc.unit_price")}, {title: p.say("doc.share")}, {title: p.say("doc.fixed")}, {title: p.say("doc.amount")}}
	used := make([]bool, len(cols))
	for i := range parts {
		q := &parts[i]
		f := figuresOf(l, q)
		cells := [...]string{"", lang.Number(p.tag, f.quantity), partPrice(p.tag, q), "", "", partAmount(p.tag, q)}
		if q.Count > 0 {
			cells[0] = lang.Count(p.tag, q.Count)
		}
		if f.share != nil {
			cells[3] = lang.Number(p.tag, f.share.Num) + "/" + lang.Number(p.tag, f.share.Den)
		}
		if !q.Flat.IsZero() {
			cells[4] = lang.Number(p.tag, q.Flat)
		}
		for k, s := range cells {
			cols[k].cells = append(cols[k].cells, s)
			used[k] = used[k] || s != ""
		}
	}
	var out []column
	for k := range cols {
		if used[k] {
			out = append(out, cols[k])
		}
	}
	return out
}

// partTitle is the name of a part with the fraction its quantity contains.
func partTitle(tag lang.Tag, l *rating.Line, q *rating.Part) string {
	name := partName(tag, l, q)
	if f := figuresOf(l, q); f.within != nil {
		name += say(tag, "doc.bracket", "text", fraction(tag, f.within))
	} else if f.unit != l.Unit {
		name += say(tag, "doc.bracket", "text", lang.Quantity(tag, f.quantity, f.unit))
	}
	return strings.TrimSpace(clean(name))
}

// place sets the columns from the right edge to the left and returns where the
// first one begins.
func (p *pdfPage) place(cols []column) float64 {
	x := right - 1.5
	for k := len(cols) - 1; k >= 0; k-- {
		c := &cols[k]
		for _, s := range c.cells {
			a, b := p.halves(s, 7.6)
			c.whole, c.rest = max(c.whole, a), max(c.rest, b)
		}
		wide := max(c.whole+c.rest, p.width(c.title, small.size))
		c.right = x
		c.point = x - c.rest
		x -= wide + 4
	}
	return x
}

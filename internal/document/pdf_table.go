package document

import (
	"strconv"
	"strings"

	"waihu/internal/charging/rating"
	"waihu/internal/lang"
)

// grid is where the columns of the table of lines stand, in millimetres:
// the points of quantities and prices, so that decimals stand below each other.
type grid struct {
	name, nameWide  float64
	qtyPoint        float64
	unit, unitWide  float64
	pricePoint      float64
	priceRight      float64
	qtyWide, prWide float64
}

const (
	noWide  = 8.0
	gap     = 3.0
	qtyMost = 30.0 // widest quantity, unit, price and amount: what is longer is set smaller
	unMost  = 20.0
	prMost  = 26.0
	amWide  = 29.0
)

// unitName is the name of a unit in the heading of a column.
func unitName(tag lang.Tag, unit string) string {
	if key := "unit." + unit; lang.Has(key) {
		return lang.Phrase(tag, key, nil)
	}
	return clean(unit)
}

// measureTable finds the columns from what stands in them.
func (p *pdfPage) measureTable() grid {
	var qi, qf, un, pi, pf float64
	for i := range p.inv.Lines {
		l := &p.inv.Lines[i]
		if quantity(p.tag, l) == "" {
			continue
		}
		a, b := p.halves(quantityText(p.tag, charged(l)), body.size)
		qi, qf = max(qi, a), max(qf, b)
		un = max(un, p.width(unitWord(p.tag, charged(l), l.Unit), body.size))
		a, b = p.halves(priceText(p.tag, l), body.size)
		pi, pf = max(pi, a), max(pf, b)
	}
	head := p.width(p.say("doc.unit_price"), label.size)
	g := grid{name: left + noWide, qtyWide: min(qi+qf, qtyMost), unitWide: min(un, unMost), prWide: max(min(pi+pf, prMost), head)}
	g.priceRight = right - amWide - gap
	g.pricePoint = g.priceRight - min(pf, g.prWide)
	g.unit = g.priceRight - g.prWide - gap - g.unitWide
	g.qtyPoint = g.unit - 1.2 - min(qf, g.qtyWide)
	g.nameWide = g.unit - 1.2 - g.qtyWide - gap - g.name
	return g
}

// halves are the widths of a number before its point and from it on.
func (p *pdfPage) halves(s string, size float64) (whole, rest float64) {
	d := decimals(s)
	return p.width(strings.TrimSuffix(s, d), size), p.width(d, size)
}

// squeezed is the look in which a text is no wider than w.
func (p *pdfPage) squeezed(s string, w float64, look pen) pen {
	if wide := p.width(s, look.size); wide > w {
		look.size = max(look.size*w/wide, 3)
	}
	return look
}

// table writes the lines of the invoice.
func (p *pdfPage) table() {
	g := p.measureTable()
	p.again = func() { p.tableHead(g) }
	p.room(24)
	p.again()
	category := ""
	for i := range p.inv.Lines {
		l := &p.inv.Lines[i]
		if l.Category != category && lang.Has("choice.category."+l.Category) {
			p.room(16)
			p.y += 1
			p.paragraph(left, content, lang.Choice(p.tag, "category", l.Category), pen{7.4, true, accent})
			p.y += 0.4
		}
		category = l.Category
		p.row(g, i+1, l)
	}
	p.again = nil
	p.line(left, p.y, right, p.y, 0.3, dark)
}

func (p *pdfPage) tableHead(g grid) {
	y := p.y + label.size*pointMM
	p.text(left, y, p.say("doc.no"), label)
	p.text(g.name, y, p.say("doc.description"), label)
	p.right(g.unit-1.2, y, p.say("doc.quantity"), label)
	p.right(g.priceRight, y, p.say("doc.unit_price"), label)
	p.right(right, y, p.say("doc.amount_in", "currency", p.inv.Currency.String()), label)
	p.y += leading(label.size) + 1
	p.line(left, p.y, right, p.y, 0.3, dark)
	p.y += 1.2
}

// row writes one line: name, quantity, unit, price, amount, and in small
// letters what was counted.
func (p *pdfPage) row(g grid, no int, l *rating.Line) {
	names := p.wrap(clean(lineName(p.tag, l)), g.nameWide, body.size)
	note := clean(summary(p.tag, l))
	if p.note != nil {
		note = clean(noteRemark(p.tag, &p.note.Lines[no-1]))
	}
	if l.First != p.inv.First || l.After != p.inv.After {
		note = strings.TrimSuffix(lang.Dates(p.tag, l.First, l.After)+" · "+note, " · ")
	}
	var notes []string
	if note != "" {
		notes = p.wrap(note, right-amWide-gap-g.name, small.size)
	}
	p.room(float64(len(names))*leading(body.size) + float64(len(notes))*leading(small.size) + 3)
	y := p.y + body.size*pointMM
	p.text(left, y, strconv.Itoa(no), pen{body.size, false, grey})
	if quantity(p.tag, l) != "" {
		qty, unit, price := quantityText(p.tag, charged(l)), unitWord(p.tag, charged(l), l.Unit), priceText(p.tag, l)
		p.point(g.qtyPoint, y, qty, p.squeezed(qty, g.qtyWide, body))
		p.text(g.unit, y, unit, p.squeezed(unit, g.unitWide, body))
		if _, one := onePrice(l); one {
			p.point(g.pricePoint, y, price, p.squeezed(price, g.prWide, body))
		} else {
			p.right(g.priceRight, y, price, p.squeezed(price, g.prWide, pen{body.size, false, grey}))
		}
	}
	amount := amountText(p.tag, l)
	p.right(right, y, amount, p.squeezed(amount, amWide, body))
	for _, s := range names {
		p.room(leading(body.size))
		p.text(g.name, p.y+body.size*pointMM, s, body)
		p.y += leading(body.size)
	}
	for _, s := range notes {
		p.room(leading(small.size))
		p.text(g.name, p.y+small.size*pointMM, s, small)
		p.y += leading(small.size)
	}
	p.y += 1.3
	p.line(left, p.y, right, p.y, 0.12, pale)
	p.y += 1.1
}

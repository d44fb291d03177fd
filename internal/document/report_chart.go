package document

import (
	"fmt"

	"waihu/internal/explain"
	"waihu/internal/report"
)

// chartUnits is how many units of a drawing are as wide as the page's content:
// type of 12 units is then 8 points.
const chartUnits = 740.0

// colours of series, as in package report's page.
var colours = [report.Colours]ink{{11, 110, 121}, {168, 80, 0}, {91, 75, 183}, {44, 125, 63}, {176, 48, 106}, {95, 107, 115}, {138, 106, 0}, {33, 103, 184}}

func inkOf(i report.Ink) ink {
	if n, ok := i.SeriesOf(); ok {
		return colours[n]
	}
	switch i {
	case report.Muted:
		return grey
	case report.Faint:
		return pale
	case report.Paper:
		return ink{255, 255, 255}
	case report.Alert:
		return ink{180, 35, 31}
	}
	return dark
}

// chart draws a picture with its title and how to read it, all on one page.
func (p *reportPage) chart(c *explain.Chart) {
	unit := content / chartUnits
	d := report.Draw(c, p.doc.Language, chartUnits, func(s string, size float64) float64 { return p.width(clean(s), size*unit/pointMM) / unit })
	h := 2 + leading(strong.size)*float64(len(p.wrap(clean(c.Title), content, strong.size))) + d.Height*unit
	for _, s := range c.Notes {
		h += leading(small.size) * float64(len(p.wrap(clean(s), content, small.size)))
	}
	p.y += 3
	if p.y+h > bottom && p.y > top+10 {
		p.turn()
	}
	p.paragraph(left, content, clean(c.Title), strong)
	for _, s := range c.Notes {
		p.paragraph(left, content, clean(s), small)
	}
	p.y += 2
	scale := min(unit, (bottom-p.y)/max(d.Height, 1)) // a picture taller than a page is drawn smaller
	for i := range d.Shapes {
		p.shape(&d.Shapes[i], scale)
	}
	p.y += d.Height*scale + 2
}

func (p *reportPage) shape(s *report.Shape, unit float64) {
	if s.Text != "" {
		x, y := left+s.Points[0].X*unit, p.y+s.Points[0].Y*unit
		look := pen{s.Size * unit / pointMM, s.Bold, inkOf(s.Fill)}
		switch text := clean(s.Text); s.Anchor {
		case report.Middle:
			p.centre(x, 0, y, text, look)
		case report.End:
			p.right(x, y, text, look)
		default:
			p.text(x, y, text, look)
		}
		return
	}
	points := make([][2]float64, len(s.Points))
	for i, q := range s.Points {
		points[i] = [2]float64{left + q.X*unit, p.y + q.Y*unit}
	}
	if s.Fill != report.NoInk {
		p.fill(points, inkOf(s.Fill))
	}
	if s.Stroke != report.NoInk {
		p.stroke(points, s.Width*unit, s.Dashed, inkOf(s.Stroke))
	}
}

// colourOf is a colour of series in hexadecimal; beyond the last they are grey.
func colourOf(n int) string {
	i := inkOf(report.Series(n))
	return fmt.Sprintf("%02X%02X%02X", i.r, i.g, i.b)
}

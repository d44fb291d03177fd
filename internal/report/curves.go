package report

import (
	"math"
	"slices"

	"waihu/internal/explain"
)

// plotHigh is the height of a plot of curves: wide ones are seen from afar.
func plotHigh(width float64) float64 { return min(max(width*0.42, 190), 300) }

// plot is where curves are drawn.
type plot struct {
	x, y          scale
	top, bottom   float64
	right         float64 // end of the names of lines
	namesBeside   bool
	share, inside bool
}

// curves draws lines over one input.
func (a *artist) curves(c *explain.Curves, values string) {
	p := a.plotOf(c, values)
	a.axes(&p, c, values)
	for i := range c.Lines {
		l := &c.Lines[i]
		points := make([]explain.Point, len(l.Points))
		for k, v := range l.Points {
			points[k] = at(p.x.place(v.X), p.y.place(v.Y))
		}
		a.line(Series(l.Colour), 2.4, false, points...)
	}
	for _, m := range c.Marks {
		a.mark(&p, m)
	}
	if p.namesBeside {
		a.ends(&p, c)
	}
}

// plotOf finds the scales: below, from the least to the most of the input; left,
// from zero.
func (a *artist) plotOf(c *explain.Curves, values string) plot {
	var lowX, highX, lowY, highY float64
	for _, l := range c.Lines {
		for _, v := range l.Points {
			lowX, highX = min(lowX, v.X), max(highX, v.X)
			lowY, highY = min(lowY, v.Y), max(highY, v.Y)
		}
	}
	if c.Now != nil {
		highX = max(highX, *c.Now)
	}
	p := plot{x: newScale(lowX, highX, max(int(a.Width/110), 3), false), y: newScale(lowY, highY, 5, true), share: c.Share, namesBeside: a.Width >= narrow}
	y, right := edge, a.Width-edge-8
	if p.namesBeside {
		names := 0.0
		for _, l := range c.Lines {
			names = max(names, a.measure(l.Name, labelSize))
		}
		right = a.Width - edge - min(names, 0.25*a.Width) - 10
	} else {
		keys := make([]explain.Key, len(c.Lines))
		for i, l := range c.Lines {
			keys[i] = explain.Key{Colour: l.Colour, Name: l.Name}
		}
		y = a.legend(keys, y)
	}
	ticks := 0.0
	for _, v := range p.y.ticks() {
		ticks = max(ticks, a.measure(p.y.name(a.tag, v, false), tickSize))
	}
	p.top = y + lineStep + 12
	p.bottom = p.top + plotHigh(a.Width)
	p.right = a.Width - edge
	p.x.from, p.x.to = edge+max(ticks, 8)+8, right
	p.y.from, p.y.to = p.bottom, p.top
	a.Height = p.bottom + 2*lineStep + 10
	return p
}

// axes draws the grid, its names, and where the usage is now.
func (a *artist) axes(p *plot, c *explain.Curves, values string) {
	a.text(edge, p.top-lineStep, values, tickSize, Muted, Start, false)
	for _, v := range p.y.ticks() {
		y := p.y.place(v)
		ink := Faint
		if v == 0 {
			ink = Muted
		}
		a.line(ink, 1, false, at(p.x.from, y), at(p.x.to, y))
		a.text(p.x.from-7, y+4, p.y.name(a.tag, v, false), tickSize, Muted, End, false)
	}
	last := math.Inf(-1)
	for _, v := range p.x.ticks() {
		x, name := p.x.place(v), p.x.name(a.tag, v, p.share)
		if p.share && v > 0 {
			name = "+" + name
		}
		half := a.measure(name, tickSize) / 2
		a.line(Muted, 1, false, at(x, p.bottom), at(x, p.bottom+4))
		if x-half > last+8 && x+half <= a.Width && x-half >= 0 {
			a.text(x, p.bottom+16, name, tickSize, Muted, Middle, false)
			last = x + half
		}
	}
	a.text(p.x.to, p.bottom+16+lineStep, a.fit(c.Input, p.x.to-edge, tickSize), tickSize, Muted, End, false)
	if c.Now != nil {
		x := p.x.place(*c.Now)
		a.line(Muted, 1.4, true, at(x, p.top-6), at(x, p.bottom))
		half := a.measure(c.NowName, labelSize) / 2
		left := edge + a.measure(values, tickSize) + 8
		a.text(min(max(x, left+half), p.right-half), p.top-11, c.NowName, labelSize, Muted, Middle, false)
	}
}

// corners of a dot.
const corners = 20

func (a *artist) dot(ink Ink, x, y, r float64) {
	points := make([]explain.Point, corners)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		points[i] = at(x+r*cos, y+r*sin)
	}
	a.area(ink, points...)
}

// mark draws a named point, with a line down to what it is of the input. Its name
// stands above to the left, where two lines that cross leave room, or below to
// the right.
func (a *artist) mark(p *plot, m explain.Mark) {
	x, y := p.x.place(m.X), p.y.place(m.Y)
	a.line(Strong, 1, true, at(x, y), at(x, p.bottom))
	a.dot(Paper, x, y, 6)
	a.dot(Strong, x, y, 4.5)
	wide := a.measure(m.Name, labelSize+1)
	if x-wide-12 > p.x.from && y-labelSize-10 > p.top {
		a.box(Paper, x-wide-12, y-22, x-7, y-6)
		a.text(x-9, y-9, m.Name, labelSize+1, Strong, End, true)
		return
	}
	x, y = min(x+9, p.right-wide), min(y+20, p.bottom-6)
	a.text(x, y, m.Name, labelSize+1, Strong, Start, true)
}

// ends names lines at their ends, none over another.
func (a *artist) ends(p *plot, c *explain.Curves) {
	type end struct {
		y     float64
		lines []string
		ink   Ink
	}
	var list []end
	for i := range c.Lines {
		l := &c.Lines[i]
		if len(l.Points) == 0 {
			continue
		}
		y := p.y.place(l.Points[len(l.Points)-1].Y)
		list = append(list, end{y, a.lines(l.Name, p.right-p.x.to-10), Series(l.Colour)})
	}
	slices.SortStableFunc(list, func(a, b end) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	free := p.top - 6
	for i := range list {
		high := float64(len(list[i].lines)) * lineStep
		list[i].y = max(list[i].y-high/2, free)
		free = list[i].y + high + 3
	}
	if over := free - (a.Height - edge); over > 0 { // from below up again
		limit := a.Height - edge
		for i := len(list) - 1; i >= 0; i-- {
			high := float64(len(list[i].lines)) * lineStep
			list[i].y = min(list[i].y, limit-high)
			limit = list[i].y - 3
		}
	}
	for _, e := range list {
		for k, s := range e.lines {
			a.text(p.x.to+9, e.y+float64(k)*lineStep+11.5, s, labelSize, e.ink, Start, true)
		}
	}
}

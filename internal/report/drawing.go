package report

import (
	"waihu/internal/explain"
	"waihu/internal/lang"
)

// Drawing is a chart laid out. Units are those of the width it was asked for, y
// goes down.
type Drawing struct {
	Width, Height float64
	Shapes        []Shape // later ones lie above
}

// Shape is a line, an area or a text.
type Shape struct {
	Points []explain.Point // of the line or area; of a text where it is anchored, on its baseline
	Fill   Ink             // NoInk: not filled
	Stroke Ink             // NoInk: no line
	Width  float64         // of the line
	Dashed bool
	Text   string // not empty: it is a text in the ink of Fill
	Size   float64
	Anchor Anchor
	Bold   bool
}

// Ink names a colour by what it is for; pages and PDFs have their own.
type Ink int

// Inks. Series(n) are further ones.
const (
	NoInk  Ink = iota
	Strong     // text, axes
	Muted      // text beside
	Faint      // lines of the grid
	Paper      // the ground
	Alert      // limits
	firstSeries
)

// Colours is how many colours of series there are.
const Colours = 8

// Series is the colour of a series; beyond the last they are greys.
func Series(n int) Ink {
	if n < 0 || n >= Colours {
		return Muted
	}
	return firstSeries + Ink(n)
}

// SeriesOf tells the place of a colour of series; false: it is another ink.
func (i Ink) SeriesOf() (int, bool) { return int(i - firstSeries), i >= firstSeries }

// Anchor is which end of a text stands at its point.
type Anchor int

const (
	Start Anchor = iota
	Middle
	End
)

// Measure is the width of a text at a size, in the units of a drawing.
type Measure func(s string, size float64) float64

// Sizes, in units of a drawing.
const (
	labelSize = 12.0
	tickSize  = 11.0
	lineStep  = 15.0
	narrow    = 520.0 // below this width names stand above what they name
	edge      = 4.0
)

// artist lays a chart out from top to bottom.
type artist struct {
	Drawing
	tag     lang.Tag
	measure Measure
}

// Draw lays a chart out in a width; the height follows from what is in it. The
// same chart, width and measure give the same drawing.
func Draw(c *explain.Chart, tag lang.Tag, width float64, measure Measure) Drawing {
	a := &artist{Drawing: Drawing{Width: width}, tag: tag, measure: measure}
	switch {
	case c.Curves != nil:
		a.curves(c.Curves, c.Values)
	case c.Bars != nil:
		a.bars(c.Bars, c.Values)
	case c.Strips != nil:
		a.strips(c.Strips, c.Values)
	}
	return a.Drawing
}

func at(x, y float64) explain.Point { return explain.Point{X: x, Y: y} }

func (a *artist) put(s Shape) { a.Shapes = append(a.Shapes, s) }

func (a *artist) line(ink Ink, width float64, dashed bool, points ...explain.Point) {
	a.put(Shape{Points: points, Stroke: ink, Width: width, Dashed: dashed})
}

func (a *artist) area(ink Ink, points ...explain.Point) { a.put(Shape{Points: points, Fill: ink}) }

func (a *artist) box(ink Ink, x1, y1, x2, y2 float64) {
	a.area(ink, at(x1, y1), at(x2, y1), at(x2, y2), at(x1, y2))
}

func (a *artist) text(x, y float64, s string, size float64, ink Ink, anchor Anchor, bold bool) {
	a.put(Shape{Points: []explain.Point{at(x, y)}, Text: s, Size: size, Fill: ink, Anchor: anchor, Bold: bold})
}

// hatchStep is how far the lines of a hatching are apart.
const hatchStep = 5.0

// hatch fills a box with slanting lines.
func (a *artist) hatch(ink Ink, x1, y1, x2, y2 float64) {
	h := y2 - y1
	for x := x1 - h + hatchStep; x < x2; x += hatchStep { // from (x, y2) up to (x+h, y1)
		from, to := at(x, y2), at(x+h, y1)
		if from.X < x1 {
			from = at(x1, y2-(x1-x))
		}
		if to.X > x2 {
			to = at(x2, y1+(to.X-x2))
		}
		a.line(ink, 1.2, false, from, to)
	}
}

// fit shortens a text to a width, and shows that it did.
func (a *artist) fit(s string, width, size float64) string {
	if a.measure(s, size) <= width {
		return s
	}
	rs := []rune(s)
	for len(rs) > 1 && a.measure(string(rs)+"…", size) > width {
		rs = rs[:len(rs)-1]
	}
	return string(rs) + "…"
}

// lines sets a name in at most two lines of a width.
func (a *artist) lines(s string, width float64) []string {
	if a.measure(s, labelSize) <= width {
		return []string{s}
	}
	rs := []rune(s)
	cut, space := 0, 0
	for i := range rs {
		if a.measure(string(rs[:i+1]), labelSize) > width {
			break
		}
		cut = i + 1
		if rs[i] == ' ' {
			space = i + 1
		}
	}
	if space > 0 && cut < len(rs) && rs[cut-1] < 0x2E80 { // words of letters are not cut
		cut = space
	}
	if cut == 0 || cut == len(rs) {
		return []string{a.fit(s, width, labelSize)}
	}
	return []string{string(rs[:cut]), a.fit(string(rs[cut:]), width, labelSize)}
}

// legend names colours in rows from a height down and gives the height below.
func (a *artist) legend(keys []explain.Key, y float64) float64 {
	x := edge
	for _, k := range keys {
		name := a.fit(k.Name, a.Width-2*edge-16, labelSize)
		w := 16 + a.measure(name, labelSize) + 18
		if x+w-18 > a.Width-edge && x > edge {
			x, y = edge, y+lineStep+3
		}
		a.swatch(k.Colour, x, y, x+11, y+11)
		a.text(x+16, y+10, name, labelSize, Muted, Start, false)
		x += w
	}
	return y + lineStep + 7
}

// swatch fills a box with a colour of series; beyond those, greys: solid, then
// crossed.
func (a *artist) swatch(colour int, x1, y1, x2, y2 float64) {
	if colour > Colours {
		a.hatch(Muted, x1, y1, x2, y2)
		return
	}
	a.box(Series(colour), x1, y1, x2, y2)
}

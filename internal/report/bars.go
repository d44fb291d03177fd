package report

import (
	"waihu/internal/explain"
)

const (
	barHigh  = 16.0
	rowGap   = 13.0
	openLong = 34.0 // how far an end nobody knows is drawn
)

// rowNames is the place of names left of rows: how wide, and how high a row is.
type rowNames struct {
	wide  float64 // 0: names stand above their rows
	lines [][]string
}

// names sets the names of rows: beside them where there is room.
func (a *artist) names(names []string) rowNames {
	out := rowNames{}
	if a.Width >= narrow {
		for _, n := range names {
			out.wide = max(out.wide, a.measure(n, labelSize))
		}
		out.wide = min(out.wide, 0.27*a.Width)
	}
	for _, n := range names {
		if out.wide > 0 {
			out.lines = append(out.lines, a.lines(n, out.wide+0.5))
		} else {
			out.lines = append(out.lines, []string{a.fit(n, a.Width-2*edge, labelSize)})
		}
	}
	return out
}

// begin writes the name of a row at y and gives where its bar begins and where
// the next row does.
func (r *rowNames) begin(a *artist, i int, y float64) (bar, next float64) {
	lines := r.lines[i]
	if r.wide == 0 {
		a.text(edge, y+11, lines[0], labelSize, Strong, Start, false)
		return y + lineStep + 1, y + lineStep + 1 + barHigh + rowGap
	}
	high := max(barHigh, float64(len(lines))*lineStep)
	for k, s := range lines {
		a.text(edge+r.wide, y+(high-float64(len(lines))*lineStep)/2+float64(k)*lineStep+11.5, s, labelSize, Strong, End, false)
	}
	return y + (high-barHigh)/2, y + high + rowGap
}

// height of all rows.
func (r *rowNames) height() float64 {
	h := 0.0
	for _, lines := range r.lines {
		if r.wide == 0 {
			h += lineStep + 1 + barHigh + rowGap
		} else {
			h += max(barHigh, float64(len(lines))*lineStep) + rowGap
		}
	}
	return h
}

// grid draws the marks of a scale over rows from top to bottom, and their names
// below with what they count.
func (a *artist) grid(s scale, top, bottom float64, values string) {
	last := -1e9
	for _, v := range s.ticks() {
		x := s.place(v)
		ink := Faint
		if v == 0 {
			ink = Muted
		}
		a.line(ink, 1, false, at(x, top), at(x, bottom))
		name := s.name(a.tag, v, false)
		half := a.measure(name, tickSize) / 2
		if x-half > last+8 && x+half <= a.Width-edge-a.measure(values, tickSize)-10 { // what would touch its neighbour goes without
			a.text(x, bottom+15, name, tickSize, Muted, Middle, false)
			last = x + half
		}
	}
	a.text(a.Width-edge, bottom+15, values, tickSize, Muted, End, false)
	a.Height = bottom + 24
}

// bars draws sums of parts.
func (a *artist) bars(b *explain.Bars, values string) {
	y := a.legend(b.Keys, edge)
	var low, high, label float64
	names := make([]string, len(b.Rows))
	for i := range b.Rows {
		r := &b.Rows[i]
		names[i] = r.Name
		high = max(high, r.High, r.Low)
		label = max(label, a.measure(r.Label, labelSize))
		off := 0.0
		for _, p := range r.Parts {
			off += min(p.Value, 0)
		}
		low = min(low, off)
	}
	if b.Most > 0 {
		high = min(high, b.Most)
	}
	rows := a.names(names)
	s := newScale(low, high, 5, false)
	s.from = edge + 2
	if rows.wide > 0 {
		s.from = edge + rows.wide + 12
	}
	s.to = max(a.Width-label-edge-8-openLong, s.from+40)
	a.grid(s, y, y+rows.height(), values)
	for i := range b.Rows {
		var at float64
		at, y = rows.begin(a, i, y)
		a.bar(&b.Rows[i], s, at)
	}
}

// bar draws one sum at a height: what is taken off to the left of zero, what is
// certain solid, what is open hatched.
func (a *artist) bar(r *explain.Bar, s scale, y float64) {
	zero := s.place(0)
	left, right := 0.0, 0.0
	for _, p := range r.Parts {
		if p.Value < 0 {
			a.swatch(p.Colour, s.place(left+p.Value), y, s.place(left), y+barHigh)
			left += p.Value
			continue
		}
		from, to := s.place(right), s.place(right+p.Value)
		a.swatch(p.Colour, from, y, to, y+barHigh)
		if right > 0 && to-from > 2 {
			a.line(Paper, 1, false, at(from, y), at(from, y+barHigh))
		}
		right += p.Value
	}
	end := max(zero, s.place(right), s.place(r.Low))
	cut := right > s.high || r.Low > s.high
	switch {
	case r.Open && !cut:
		a.open(end, y)
		end += openLong
	case r.High > r.Low && end < s.place(r.High):
		to := s.place(r.High)
		a.hatch(Muted, end, y, to, y+barHigh)
		a.line(Muted, 1, false, at(end, y), at(to, y), at(to, y+barHigh), at(end, y+barHigh))
		end, cut = to, r.High > s.high
	}
	if cut {
		a.cut(end, y)
	}
	a.text(end+7, y+12.5, r.Label, labelSize, Strong, Start, true)
}

// open draws an end nobody knows: hatched, without a border, with a tip.
func (a *artist) open(x, y float64) {
	to := x + openLong - 8
	a.hatch(Muted, x, y, to, y+barHigh)
	a.line(Muted, 1.4, false, at(to+1, y), at(x+openLong-1, y+barHigh/2), at(to+1, y+barHigh))
}

// cut shows that a bar goes on beyond the picture: two gaps in it.
func (a *artist) cut(x, y float64) {
	for _, off := range []float64{16, 10} {
		a.line(Paper, 2.4, false, at(x-off-3, y+barHigh), at(x-off+3, y))
	}
}

// strips draws spreads: nine in ten thin, the middle half thick, a stroke in the
// middle.
func (a *artist) strips(c *explain.Strips, values string) {
	y := edge
	var high, label float64
	names := make([]string, len(c.Rows))
	for i := range c.Rows {
		names[i] = c.Rows[i].Name
		high = max(high, c.Rows[i].At[4])
		label = max(label, a.measure(c.Rows[i].Label, labelSize))
	}
	if c.Most > 0 {
		high = min(high, c.Most)
	}
	if c.Limit != nil {
		high = max(high, *c.Limit)
		y += lineStep + 4
	}
	rows := a.names(names)
	s := newScale(0, high, 5, false)
	s.from = edge + 2
	if rows.wide > 0 {
		s.from = edge + rows.wide + 12
	}
	s.to = max(a.Width-label-edge-14, s.from+40)
	top, bottom := y, y+rows.height()
	a.grid(s, top, bottom, values)
	for i := range c.Rows {
		var at float64
		at, y = rows.begin(a, i, y)
		a.strip(&c.Rows[i], s, at)
	}
	if c.Limit != nil {
		x := s.place(*c.Limit)
		a.line(Alert, 1.6, true, at(x, top-4), at(x, bottom))
		name, half := c.LimitName, a.measure(c.LimitName, labelSize)/2
		a.text(min(max(x, edge+half), a.Width-edge-half), top-8, name, labelSize, Alert, Middle, true)
	}
}

func (a *artist) strip(r *explain.Strip, s scale, y float64) {
	ink, mid := Series(0), y+barHigh/2
	if r.Open {
		ink = Muted
	}
	end := s.place(r.At[4])
	a.line(ink, 2, false, at(s.place(r.At[0]), mid), at(end, mid))
	from, to := s.place(r.At[1]), s.place(r.At[3])
	if to-from < 3 {
		from, to = (from+to)/2-1.5, (from+to)/2+1.5
	}
	if r.Open {
		a.hatch(ink, from, mid-5, to, mid+5)
		a.line(ink, 1, false, at(from, mid-5), at(to, mid-5), at(to, mid+5), at(from, mid+5), at(from, mid-5))
	} else {
		a.box(ink, from, mid-5, to, mid+5)
	}
	x := s.place(r.At[2])
	a.line(Strong, 2, false, at(x, mid-8), at(x, mid+8))
	if r.At[4] > s.high {
		a.cut(end, y)
	}
	a.text(max(end, to)+8, mid+4, r.Label, labelSize, Strong, Start, true)
}

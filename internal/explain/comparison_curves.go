package explain

import (
	"slices"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// pairs are the curves of offers that cost the same somewhere; where none do,
// those of the first pair, which then never meet. Utilisation is minutes a seat
// on another scale and is not drawn again.
func (t *teller) pairs() []Chart {
	var out []Chart
	var apart *compare.BreakEven
	for i := range t.r.BreakEvens {
		b := &t.r.BreakEvens[i]
		switch {
		case b.Axis == compare.Utilisation || len(b.Curve) < 2 || len(out) == mostCurves:
		case len(b.Points) > 0:
			out = append(out, t.pair(b))
		case apart == nil:
			apart = b
		}
	}
	if len(out) == 0 && apart != nil {
		out = append(out, t.pair(apart))
	}
	for i := range out {
		out[i].ID = "break-even-" + digits(int64(i+1))
	}
	return out
}

func (t *teller) pair(b *compare.BreakEven) Chart {
	now := b.Now.Float()
	c := &Curves{Input: t.say("report.axis." + string(b.Axis)), Now: &now, NowName: t.say("report.now", "at", t.short(b.Now, 1)),
		Lines: []Line{{Name: t.name(b.A), Colour: 0}, {Name: t.name(b.B), Colour: 1}}}
	end := 1.25 * now
	for _, p := range b.Points {
		end = max(end, min(2*p.At.Float(), 2*now), 1.25*p.At.Float())
		c.Marks = append(c.Marks, Mark{Point{p.At.Float(), float(p.Cost)}, t.crossing(b, &p)})
	}
	twin := &Table{Head: []string{c.Input, t.name(b.A), t.name(b.B)}}
	for i, p := range b.Curve {
		twin.add(numeric(t.short(p.At, 1), p.At), t.sum(compare.Range{Low: p.A, High: p.A}), t.sum(compare.Range{Low: p.B, High: p.B}))
		if x := p.At.Float(); i < 2 || b.Curve[i-1].At.Float() < end { // the first beyond the end as well: the line is cut there
			c.Lines[0].Points = append(c.Lines[0].Points, Point{x, float(p.A)})
			c.Lines[1].Points = append(c.Lines[1].Points, Point{x, float(p.B)})
		}
	}
	c.cutAt(end)
	return Chart{Title: t.say("report.pair", "a", t.name(b.A), "b", t.name(b.B)), Notes: []string{t.reads(b)}, Values: t.currency(), Curves: c, Twin: twin}
}

// reads says whose bills a pair of curves is of.
func (t *teller) reads(b *compare.BreakEven) string {
	if b.Months > 1 {
		return t.say("report.pair.read_all", "months", months(b.Months), "month", monthOf(b.Month))
	}
	return t.say("report.pair.read", "month", monthOf(b.Month))
}

func monthOf(d timex.Date) string { return d.String()[:len("2026-01")] }

// crossing names a break-even point: the point, or the bracket where only that
// is sure.
func (t *teller) crossing(b *compare.BreakEven, p *compare.Crossing) string {
	if b.Axis == compare.SeatCount && !p.Exact {
		return t.short(p.Low, 0) + "–" + t.short(p.High, 0)
	}
	return t.short(p.At, 1)
}

// cutAt ends all lines at a place, on the straight between its neighbours.
func (c *Curves) cutAt(x float64) {
	for i := range c.Lines {
		list := c.Lines[i].Points
		for k := 1; k < len(list); k++ {
			if a, b := list[k-1], list[k]; b.X > x && a.X < x {
				list[k] = Point{x, a.Y + (b.Y-a.Y)*(x-a.X)/(b.X-a.X)}
				list = list[:k+1]
			}
		}
		c.Lines[i].Points = list
	}
}

// spreads are the resampled months of each offer.
func (t *teller) spreads() []Chart {
	v := t.r.Volatility
	s := &Strips{}
	twin := &Table{Head: []string{t.say("compare.head.offer"), "5%", "25%", "50%", "75%", "95%", t.say("report.known_only")}}
	for i := range v.Offers[:min(len(v.Offers), mostBars)] {
		o := &v.Offers[i]
		five := [5]money.Amount{o.Monthly.P5, o.Monthly.P25, o.Monthly.P50, o.Monthly.P75, o.Monthly.P95}
		if o.Open && o.Monthly.P95.IsZero() {
			continue // nothing of it is known: there is nothing to draw
		}
		strip := Strip{Name: t.name(o.Offer), Open: o.Open, Label: t.sum(compare.Range{Low: five[2], High: five[2], Open: o.Open}).text}
		row := []cell{words(strip.Name)}
		for k, a := range five {
			strip.At[k] = float(a)
			row = append(row, t.sum(compare.Range{Low: a, High: a}))
		}
		only := ""
		if o.Open {
			only = t.say("report.unknown")
		}
		s.Rows = append(s.Rows, strip)
		twin.add(append(row, words(only))...)
	}
	if v.Budget != nil {
		limit := float(*v.Budget)
		s.Limit, s.LimitName = &limit, t.say("report.budget", "amount", lang.Decimal(t.tag, *v.Budget))
	}
	if len(s.Rows) == 0 {
		return nil
	}
	var ends []float64
	for _, r := range s.Rows {
		ends = append(ends, r.At[4])
	}
	s.Most = longest(ends)
	return []Chart{{ID: "volatility", Title: t.say("report.spread"), Notes: t.reading(t.say("report.spread.read"), s.Most), Values: t.currency(), Strips: s, Twin: twin}}
}

// slopes are the costs of what can be totalled as the volume of calls changes.
func (t *teller) slopes() []Chart {
	c := &Curves{Input: t.say("report.axis.volume"), Share: true}
	twin := &Table{Head: []string{c.Input}}
	type step struct {
		at    exact.Number
		costs []compare.Range // in the order of offers
	}
	var steps []step
	now := step{at: exact.Zero}
	for i := range t.r.Offers {
		now.costs = append(now.costs, t.r.Offers[i].Horizons[t.decides()].Total)
	}
	steps = append(steps, now)
	for _, w := range t.r.WhatIf {
		if change, err := compare.ParseChange(w.Kind + "=" + w.Value); err == nil && w.Kind == string(compare.VolumeChange) && w.Note == "" {
			s := step{at: change.By}
			for _, x := range w.Costs {
				s.costs = append(s.costs, x.Total)
			}
			steps = append(steps, s)
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Cmp(b.at) })
	rows := make([][]cell, len(steps))
	for i, s := range steps {
		rows[i] = []cell{portion(t.signed(s.at), s.at)}
	}
	least := exact.Zero // of those drawn: the offers come cheapest first
	for i := range t.r.Offers {
		total := now.costs[i].Low.Exact()
		if least.IsZero() {
			least = total
		}
		if len(c.Lines) == mostSlopes || least.Mul(exact.Int(farAway)).Less(total) || slices.ContainsFunc(steps, func(s step) bool { return i >= len(s.costs) || !s.costs[i].IsPoint() }) {
			continue
		}
		line := Line{Name: t.name(t.r.Offers[i].Offer), Colour: len(c.Lines)}
		twin.Head = append(twin.Head, line.Name)
		for k, s := range steps {
			line.Points = append(line.Points, Point{s.at.Float(), float(s.costs[i].Low)})
			rows[k] = append(rows[k], t.sum(s.costs[i]))
		}
		c.Lines = append(c.Lines, line)
	}
	if len(steps) < 2 || len(c.Lines) == 0 {
		return nil
	}
	for _, row := range rows {
		twin.add(row...)
	}
	zero := 0.0
	c.Now, c.NowName = &zero, t.say("report.today")
	return []Chart{{ID: "what-if", Title: t.say("report.slopes", "months", months(t.r.Basis.Decides)), Notes: []string{t.say("report.slopes.read")}, Values: t.currency(), Curves: c, Twin: twin}}
}

package explain

import (
	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// bound tells the smallest bill possible, and what the advice is above it.
func (t *teller) bound() Section {
	b := t.r.Bound
	s := Section{Path: "bound", Title: t.say("report.section.bound")}
	if b == nil {
		return s
	}
	s.Sentences = []string{t.say("report.bound", "offer", t.name(b.Offer), "months", months(b.Months), "currency", t.currency(), "total", t.amount(b.Total), "mix", t.mix(b.Mix))}
	if b.Proven {
		s.Sentences = append(s.Sentences, t.say("report.bound.proven"))
	} else {
		s.Sentences = append(s.Sentences, t.say("report.bound.found"))
	}
	if rec := t.r.Recommendation.Offer; rec != "" && !b.Gap.Open {
		s.Sentences = append(s.Sentences, t.say("report.bound.gap", "offer", t.name(rec), "currency", t.currency(), "gap", t.amount(b.Gap)))
	}
	for _, n := range b.Notes {
		s.Sentences = append(s.Sentences, n.In(t.tag))
	}
	if len(b.Offers) > 0 {
		s.Table = &Table{Head: []string{t.say("compare.head.offer"), t.say("report.bound.as_is"), t.say("report.bound.own"), t.say("report.bound.sizes"), t.say("report.bound.regret")}}
	}
	for i := range b.Offers {
		o := &b.Offers[i]
		sizes := t.say("report.bound.as_offered")
		if len(o.Mix) > 0 {
			sizes = t.mix(o.Mix)
		}
		s.Table.add(words(t.name(o.Offer)), t.sum(o.AsIs), t.sum(o.Own), words(sizes), t.sum(o.Regret))
	}
	return s
}

// mix writes sizes: "Seats 20".
func (t *teller) mix(list []compare.Choice) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Of.In(t.tag)+" "+t.short(c.Take, 0))
	}
	return lang.List(t.tag, out)
}

// sizes tells changes of size that would have saved, and the seats the calls
// need.
func (t *teller) sizes() Section {
	s := Section{Path: "right_size", Title: t.say("report.section.sizes")}
	for _, a := range t.r.RightSize {
		what := a.What.In(t.tag)
		if a.Offer != "" {
			what = t.say("report.advice", "offer", t.name(a.Offer), "what", what)
		}
		s.Sentences = append(s.Sentences, what)
	}
	return s
}

// ahead is a table of the months to come: minutes, seats, bills.
func (t *teller) ahead() Section {
	f := t.r.Forecast
	s := Section{Path: "forecast", Title: t.say("report.section.ahead")}
	if f == nil || len(f.Months) == 0 {
		return s
	}
	s.Sentences = []string{t.say("report.ahead", "method", t.say("forecast.method."+f.Method))}
	for _, n := range f.Notes {
		s.Sentences = append(s.Sentences, n.In(t.tag))
	}
	s.Table = &Table{Head: []string{t.say("report.month"), t.say("report.ahead.minutes"), t.say("report.ahead.seats")}}
	for _, c := range f.Months[0].Costs {
		s.Table.Head = append(s.Table.Head, t.name(c.Offer))
	}
	for _, m := range f.Months {
		row := []cell{words(monthOf(m.First)), t.spread(m.Minutes), t.spread(m.Seats)}
		for _, first := range f.Months[0].Costs {
			row = append(row, t.costAhead(&m, first.Offer))
		}
		s.Table.add(row...)
	}
	return s
}

// spread writes low, expected and high, or the one they are.
func (t *teller) spread(n [3]exact.Number) cell {
	if n[0].Equal(n[2]) {
		return numeric(t.short(n[1], 0), n[1].Round(exact.HalfAway, 0))
	}
	return words(t.say("report.three", "low", t.short(n[0], 0), "mid", t.short(n[1], 0), "high", t.short(n[2], 0)))
}

func (t *teller) costAhead(m *compare.ForecastMonth, offer string) cell {
	for _, c := range m.Costs {
		if c.Offer == offer {
			write := func(a money.Amount) string { return lang.Decimal(t.tag, a) }
			if c.Low == c.High {
				return numeric(write(c.Expected), c.Expected.Exact())
			}
			return words(t.say("report.three", "low", write(c.Low), "mid", write(c.Expected), "high", write(c.High)))
		}
	}
	return words(t.say("report.unknown"))
}

package explain

import (
	"slices"
	"strconv"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// mostBreakEvens bounds how many break-even points are told in words, mostApart
// how many pairs that have none.
const (
	mostBreakEvens = 8
	mostApart      = 4
)

func (t *teller) breakEvens() Section {
	s := Section{Path: "break_evens", Title: t.say("compare.section.break_even"), Charts: t.pairs()}
	if len(t.r.BreakEvens) == 0 {
		return s
	}
	for i := range t.r.Offers {
		o := &t.r.Offers[i]
		at := slices.IndexFunc(t.r.BreakEvens, func(b compare.BreakEven) bool { return b.A == o.Offer || b.B == o.Offer })
		if o.Why != "period" || at < 0 {
			continue
		}
		told := t.say("compare.break_even.period", "offer", t.name(o.Offer), "months", months(t.r.BreakEvens[at].Months))
		if t.r.BreakEvens[at].Why == "many" {
			told = t.say("compare.break_even.many", "offer", t.name(o.Offer))
		}
		s.Sentences = append(s.Sentences, told)
	}
	var met, apart []string
	for i := range t.r.BreakEvens {
		b := &t.r.BreakEvens[i]
		for _, p := range b.Points {
			met = append(met, t.breakEven(b, &p))
		}
		if len(b.Points) == 0 && len(b.Curve) > 1 && b.Axis != compare.Utilisation { // utilisation is minutes a seat on another scale
			apart = append(apart, t.apart(b))
		}
	}
	s.Sentences = append(s.Sentences, met[:min(len(met), mostBreakEvens)]...)
	s.Sentences = append(s.Sentences, apart[:min(len(apart), mostApart)]...)
	return s
}

// apart says that two offers cost the same nowhere that was looked at.
func (t *teller) apart(b *compare.BreakEven) string {
	less, more := 0, 0
	for _, p := range b.Curve {
		switch c := p.A.Cmp(p.B); {
		case c < 0:
			less++
		case c > 0:
			more++
		}
	}
	args := []string{"a", t.name(b.A), "b", t.name(b.B), "from", t.short(b.From, 0), "to", t.short(b.To, 0)}
	switch {
	case less > 0 && more == 0:
		args = append(args, "cheaper", t.name(b.A))
	case more > 0 && less == 0:
		args = append(args, "cheaper", t.name(b.B))
	}
	return t.say("compare.break_even.none."+string(b.Axis), args...)
}

func (t *teller) breakEven(b *compare.BreakEven, p *compare.Crossing) string {
	pair := []string{"a", t.name(b.A), "b", t.name(b.B), "below", t.name(p.Below)}
	switch b.Axis {
	case compare.SeatCount:
		return t.say("compare.break_even.seats", append(pair, "low", p.Low.String(), "high", p.High.String(), "now", t.short(b.Now, 0))...)
	case compare.Utilisation:
		return t.say("compare.break_even.utilisation", append(pair, "at", p.At.Round(exact.HalfAway, 3).String(), "now", b.Now.Round(exact.HalfAway, 3).String())...)
	}
	return t.say("compare.break_even.minutes_per_seat", append(pair, "at", t.short(p.At, 1), "now", t.short(b.Now, 1))...)
}

func (t *teller) rounding() Section {
	r := &t.r.Rounding
	s := Section{Path: "rounding", Title: t.say("compare.section.rounding")}
	if r.Calls == 0 {
		return s
	}
	var ratios []string
	for _, b := range r.Billed {
		ratios = append(ratios, t.say("compare.rounding.ratio", "increment", b.Increment, "ratio", t.short(b.Ratio, 2)))
	}
	s.Sentences = append(s.Sentences, t.say("compare.rounding.lengths", "mean", t.short(r.Mean, 0), "list", t.join(ratios)))
	table := &Table{Head: []string{t.say("compare.head.offer"), t.say("compare.rounding.own")}}
	for _, b := range r.Billed {
		table.Head = append(table.Head, b.Increment)
	}
	for i := range r.Offers {
		o := &r.Offers[i]
		if o.Note != "" {
			continue
		}
		row := []cell{words(t.name(o.Offer)), words(t.join(o.Own))}
		for _, c := range o.Costs {
			row = append(row, t.sum(c.Total))
		}
		table.add(row...)
	}
	if len(table.Rows) > 0 {
		s.Table = table
	}
	return s
}

func (t *teller) waste() Section {
	s := Section{Path: "waste", Title: t.say("compare.section.waste")}
	for i := range t.r.Waste {
		w := &t.r.Waste[i]
		if w.Total.IsZero() && w.Expired.IsZero() {
			continue
		}
		seats, expired := "", ""
		if w.IdleSeats.Sign() > 0 {
			seats = t.short(w.IdleSeats, 1)
		}
		if w.Expired.Sign() > 0 {
			expired = t.short(w.Expired, 0)
		}
		s.Sentences = append(s.Sentences, t.say("compare.waste", "offer", t.name(w.Offer), "currency", t.currency(), "total", some(w.Total), "share", w.Share.Round(exact.HalfAway, 3).String(),
			"seats", seats, "minimum", some(w.Minimum), "modules", some(w.ModuleFee), "expired", expired))
	}
	if len(s.Sentences) == 0 && len(t.r.Waste) > 0 {
		s.Sentences = []string{t.say("compare.waste.none")}
	}
	return s
}

func (t *teller) volatility() Section {
	v := t.r.Volatility
	s := Section{Path: "volatility", Title: t.say("compare.section.volatility")}
	if v == nil {
		return s
	}
	if v.Why != "" {
		s.Sentences = []string{t.say("compare.volatility." + v.Why)}
		return s
	}
	s.Sentences = []string{t.say("compare.volatility.how", "replicates", months(v.Replicates), "months", months(v.Months), "blocks", months(v.Blocks), "block", v.Block, "seed", strconv.FormatUint(v.Seed, 10))}
	s.Table = &Table{Head: []string{t.say("compare.head.offer"), t.say("compare.head.low"), t.say("compare.head.mid"), t.say("compare.head.high"), t.say("compare.head.cv"), t.say("compare.head.wins")}}
	if v.Undecided > 0 {
		s.Table.Head = append(s.Table.Head, t.say("compare.head.leads"))
	}
	if v.Budget != nil {
		s.Table.Head = append(s.Table.Head, t.say("compare.head.exceeds"))
	}
	for i := range v.Offers {
		o := &v.Offers[i]
		row := []cell{words(t.name(o.Offer))}
		for _, a := range []money.Amount{o.Monthly.P5, o.Monthly.P50, o.Monthly.P95} {
			row = append(row, t.sum(compare.Range{Low: a, High: a, Open: o.Open}))
		}
		row = append(row, t.float(o.CV), t.float(o.Wins))
		if v.Undecided > 0 {
			row = append(row, t.float(o.Leads))
		}
		if o.Exceeds != nil {
			row = append(row, t.float(*o.Exceeds))
		}
		s.Table.add(row...)
	}
	s.Charts = t.spreads()
	return s
}

// float writes a statistic as a percentage.
func (t *teller) float(f float64) cell {
	n := exact.MustParse(percent(f))
	return portion(lang.Percent(t.tag, n), n)
}

func (t *teller) whatIf() Section {
	s := Section{Path: "what_if", Title: t.say("compare.section.what_if", "months", months(t.r.Basis.Decides))}
	if len(t.r.WhatIf) == 0 {
		return s
	}
	const shown = 3 // offers beside the change and the cheapest
	undecided := false
	s.Table = &Table{Head: []string{t.say("compare.head.change"), t.say("compare.head.best")}}
	for i := range t.r.Offers[:min(len(t.r.Offers), shown)] {
		s.Table.Head = append(s.Table.Head, t.name(t.r.Offers[i].Offer))
	}
	for i := range t.r.WhatIf {
		w := &t.r.WhatIf[i]
		if w.Note != "" {
			s.Table.add(append([]cell{words(w.Name.In(t.tag)), words(lang.Choice(t.tag, "change_note", w.Note))}, make([]cell, len(s.Table.Head)-2)...)...)
			continue
		}
		best := t.say("compare.undecided")
		switch {
		case !w.Undecided:
			best = t.name(w.Best)
		case w.Best != "":
			best, undecided = t.say("compare.undecided.but", "offer", t.name(w.Best)), true
		}
		row := []cell{words(w.Name.In(t.tag)), words(best)}
		for _, c := range w.Costs[:min(len(w.Costs), shown)] {
			row = append(row, t.sum(c.Total))
		}
		s.Table.add(row...)
	}
	if s.Sentences = t.elastic(); undecided {
		s.Sentences = append(s.Sentences, t.say("compare.undecided.read"))
	}
	s.Charts = t.slopes()
	return s
}

// elastic says by how much the cost of the cheapest offers rises with the calls,
// in one figure each: the change of the cost for the least rise that was billed.
func (t *teller) elastic() (out []string) {
	const shown = 5
	for i := range t.r.WhatIf {
		w := &t.r.WhatIf[i]
		change, err := compare.ParseChange(w.Kind + "=" + w.Value)
		if err != nil || w.Kind != string(compare.VolumeChange) || w.Note != "" || change.By.Sign() <= 0 {
			continue
		}
		for k := range t.r.Offers[:min(len(t.r.Offers), len(w.Costs), shown)] {
			now, then := t.r.Offers[k].Horizons[t.decides()].Total, w.Costs[k].Total
			if !now.IsPoint() || now.Open || !then.IsPoint() || then.Open || now.Low.Sign() <= 0 {
				continue
			}
			more := then.Low.Exact().Div(now.Low.Exact()).Sub(exact.One)
			out = append(out, t.say("compare.elastic", "offer", t.name(t.r.Offers[k].Offer), "more", t.signed(change.By), "cost", t.signed(more), "each", t.short(more.Div(change.By), 2)))
		}
		return out
	}
	return nil
}

func (t *teller) flexibility() Section {
	s := Section{Path: "flexibility", Title: t.say("compare.section.flexibility")}
	if len(t.r.Flexibility) == 0 {
		return s
	}
	s.Table = &Table{}
	for _, key := range []string{"offer", "term", "downsize", "exit", "exit_cost", "switch"} {
		s.Table.Head = append(s.Table.Head, t.say("compare.head."+key))
	}
	unsaid := t.say("compare.unsaid")
	day := func(d timex.Date) string {
		if d == 0 {
			return unsaid
		}
		return lang.Date(t.tag, d)
	}
	some := func(r *compare.Range) cell {
		if r == nil {
			return words(unsaid)
		}
		return t.sum(*r)
	}
	for i := range t.r.Flexibility {
		f := &t.r.Flexibility[i]
		term := unsaid
		if f.TermKnown {
			if term = t.say("compare.term.none"); f.TermMonths > 0 {
				term = t.say("compare.term", "months", months(f.TermMonths))
			}
		}
		s.Table.add(words(t.name(f.Offer)), words(term), words(day(f.DownsizeOn)), words(day(f.ExitOn)), some(f.ExitCost), some(f.SwitchCost))
	}
	return s
}

func (t *teller) service() Section {
	q := t.r.Service
	s := Section{Path: "service", Title: t.say("compare.section.service")}
	if q == nil || q.Short+q.Redials+q.Dropped == 0 {
		return s
	}
	s.Sentences = append(s.Sentences, t.say("compare.service", "short", strconv.FormatInt(q.Short, 10), "seconds", strconv.FormatInt(q.ShortSeconds, 10), "redials", strconv.FormatInt(q.Redials, 10),
		"within", strconv.FormatInt(q.RedialWithin, 10), "dropped", strconv.FormatInt(q.Dropped, 10)))
	for i := range q.Offers {
		if o := &q.Offers[i]; !o.All.IsZero() {
			s.Sentences = append(s.Sentences, t.say("compare.service.cost", "offer", t.name(o.Offer), "currency", t.currency(), "all", o.All.Decimal()))
		}
	}
	return s
}

func (t *teller) scores() Section {
	r := t.r.Scores
	s := Section{Path: "scores"}
	if r == nil {
		return s
	}
	var weights []string
	for _, k := range compare.Criteria() {
		weights = append(weights, lang.Choice(t.tag, "criterion", string(k))+" "+months(r.Weights[k])+"%")
	}
	s.Title = t.say("compare.section.scores", "weights", lang.List(t.tag, weights))
	s.Table = &Table{Head: []string{t.say("compare.head.offer"), t.say("report.score")}}
	for _, k := range compare.Criteria() {
		s.Table.Head = append(s.Table.Head, lang.Choice(t.tag, "criterion", string(k)))
	}
	for i := range r.Offers {
		o := &r.Offers[i]
		row := []cell{words(t.name(o.Offer)), t.marks(o.Low, o.High)}
		for _, k := range compare.Criteria() {
			row = append(row, t.marks(o.Marks[k].Low, o.Marks[k].High))
		}
		s.Table.add(row...)
	}
	for _, w := range r.Switches {
		s.Sentences = append(s.Sentences, t.say("compare.score.switch", "criterion", string(w.Criterion), "to", months(w.To), "from", months(w.From), "best", t.name(w.Best)))
	}
	return s
}

// marks are points of a hundred.
func (t *teller) marks(low, high exact.Number) cell {
	s := t.short(low, 0)
	if low.Equal(high) {
		return numeric(s, low)
	}
	return words(s + "–" + t.short(high, 0))
}

// firmness tells what it takes for another offer to win, and what each choice
// can cost at worst.
func (t *teller) firmness() Section {
	s := Section{Path: "sensitivity", Title: t.say("compare.section.sensitivity")}
	for i := range t.r.Sensitivity {
		x := &t.r.Sensitivity[i]
		key := "compare.sensitivity.holds"
		switch {
		case x.Input == "price":
			key = "compare.sensitivity.price"
		case x.Input == "exchange_rate":
			key = "compare.sensitivity.exchange_rate"
		case x.Moves:
			key = "compare.sensitivity.moves"
		}
		move := compare.Phrase{Key: key, Args: map[string]string{"input": x.Input, "move": t.signed(x.Move), "best": t.name(x.Best), "currency": x.Currency}}
		s.Sentences = append(s.Sentences, move.In(t.tag))
	}
	for i := range t.r.Regret[:min(len(t.r.Regret), 3)] {
		g := &t.r.Regret[i]
		if g.Open {
			continue
		}
		in := lang.Choice(t.tag, "scenario", g.In)
		if at := slices.IndexFunc(t.r.WhatIf, func(w compare.Scenario) bool { return w.ID == g.In }); at >= 0 {
			in = t.r.WhatIf[at].Name.In(t.tag)
		}
		s.Sentences = append(s.Sentences, t.say("compare.regret", "offer", t.name(g.Offer), "currency", t.currency(), "most", g.Most.Decimal(), "in", in))
	}
	return s
}

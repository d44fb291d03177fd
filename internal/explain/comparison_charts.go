package explain

import (
	"slices"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Bounds of what is drawn: more would not be read.
const (
	mostBars   = 30
	mostCurves = 6 // pairs of offers
	mostSlopes = 8 // one for each colour
)

// kinds of cost, each with its colour in every picture.
var kinds = []string{"seats", "time", "volume", "module", "fee", "fixed", "once", "minimum", "events", "tax", "discount"}

// figures are the numbers of the answer.
func (t *teller) figures() []Figure {
	r := t.r
	at := slices.IndexFunc(r.Offers, func(c compare.Cost) bool { return c.Offer == r.Recommendation.Offer })
	if at < 0 {
		return nil
	}
	best, horizon := &r.Offers[at], t.decides()
	monthly := mean(best.Monthly)
	out := []Figure{
		t.figure("report.figure.cost", t.amount(best.Horizons[horizon].Total), best.Horizons[horizon].Total, t.name(best.Offer), "months", months(r.Basis.Decides)),
		t.figure("report.figure.month", t.unit(monthly, r.Basis.Currency.Exponent()).text, monthly, t.say("report.figure.months_seen", "months", months(r.Basis.Periods))),
	}
	if !best.PerSeat.High.IsZero() {
		out = append(out, t.figure("compare.head.per_seat", t.unit(best.PerSeat, 2).text, best.PerSeat, ""))
	}
	if s := r.Recommendation.Saving; !s.Open && s.Low.Sign() >= 0 && s.High.Sign() > 0 {
		out = append(out, t.figure("report.figure.saving", t.amount(s), s, t.say("compare.head.months", "months", months(r.Basis.Decides))))
	}
	if b := r.Bound; b != nil && !b.Total.Open {
		out = append(out, t.figure("report.figure.bound", t.amount(b.Total), b.Total, t.say("compare.head.months", "months", months(b.Months))))
	}
	return out
}

// figure is an amount worth a place of its own; one that is no range is a number
// in a sheet.
func (t *teller) figure(label, text string, r compare.Range, note string, pairs ...string) Figure {
	f := Figure{Label: t.say(label, pairs...), Value: t.currency() + " " + text, Note: note}
	if a, err := money.ToMinor(r.Low.Exact(), t.r.Basis.Currency); err == nil && !r.Open && r.IsPoint() {
		f.Amount = &a
	}
	return f
}

// mean is the mean of monthly bills, to the minor unit.
func mean(list []compare.Month) (out compare.Range) {
	if len(list) == 0 {
		return out
	}
	var low, high exact.Number
	for _, m := range list {
		low, high, out.Open = low.Add(m.Total.Low.Exact()), high.Add(m.Total.High.Exact()), out.Open || m.Total.Open
	}
	n, c := exact.Int(int64(len(list))), list[0].Total.Low.Currency()
	out.Low, _ = money.ToMinor(low.Div(n), c) // a mean is no larger than its parts
	out.High, _ = money.ToMinor(high.Div(n), c)
	return out
}

func (t *teller) foot() string {
	b := &t.r.Basis
	return t.say("report.foot", "calls", digits(b.Usage.Calls), "dates", lang.Dates(t.tag, b.First, b.After), "seed", digits(int64(b.Seed)))
}

// costBars are the costs over the deciding horizon by kind.
func (t *teller) costBars() []Chart {
	at := t.decides()
	bars, used := &Bars{}, map[string]bool{}
	for i := range t.r.Offers[:min(len(t.r.Offers), mostBars)] {
		h := &t.r.Offers[i].Horizons[at]
		bar := Bar{Name: t.name(t.r.Offers[i].Offer), Low: float(h.Total.Low), High: float(h.Total.High), Open: h.Total.Open, Label: t.sum(h.Total).text}
		sums := byKind(h.Parts)
		for colour, kind := range kinds {
			if a, ok := sums[kind]; ok && !a.IsZero() {
				used[kind] = true
				bar.Parts = append(bar.Parts, BarPart{colour, a.Float()})
			}
		}
		bars.Rows = append(bars.Rows, bar)
	}
	twin := &Table{Head: []string{t.say("compare.head.offer")}}
	for colour, kind := range kinds {
		if used[kind] {
			bars.Keys = append(bars.Keys, Key{colour, lang.Choice(t.tag, "cost_kind", kind), len(twin.Head)})
			twin.Head = append(twin.Head, lang.Choice(t.tag, "cost_kind", kind))
		}
	}
	twin.Head = append(twin.Head, t.say("report.known"), t.say("report.up_to"), t.say("report.between"))
	bars.Between = len(twin.Head) - 1
	for i := range bars.Rows {
		twin.add(t.costRow(&t.r.Offers[i], at, used)...)
	}
	var ends []float64
	for _, b := range bars.Rows {
		ends = append(ends, max(b.Low, b.High))
	}
	bars.Most = longest(ends)
	return []Chart{{ID: "costs", Title: t.say("report.costs", "months", months(t.r.Basis.Decides)), Notes: t.reading(t.say("report.costs.read"), bars.Most), Values: t.currency(), Bars: bars, Twin: twin}}
}

// farAway is how many times the middle of all values one may be and still set the
// axis: beyond it one value would make all others unreadable.
const farAway = 4

// longest is where an axis ends so that most values can be read; 0: at the
// largest.
func longest(values []float64) float64 {
	var known []float64
	for _, v := range values {
		if v > 0 {
			known = append(known, v)
		}
	}
	if len(known) < 3 {
		return 0
	}
	slices.Sort(known)
	limit := farAway * known[len(known)/2]
	if known[len(known)-1] <= limit {
		return 0
	}
	i, _ := slices.BinarySearch(known, limit)
	return known[i-1]
}

// reading says how to read bars, and that some are longer than the picture.
func (t *teller) reading(how string, most float64) []string {
	if most == 0 {
		return []string{how}
	}
	return []string{how, t.say("report.cut")}
}

func (t *teller) costRow(o *compare.Cost, at int, used map[string]bool) []cell {
	h := &o.Horizons[at]
	row, sums := []cell{words(t.name(o.Offer))}, byKind(h.Parts)
	for _, kind := range kinds {
		if used[kind] {
			n := sums[kind]
			if n.IsZero() {
				row = append(row, words("–"))
				continue
			}
			row = append(row, numeric(lang.Fixed(t.tag, n, t.r.Basis.Currency.Exponent()), n))
		}
	}
	amount := func(n exact.Number) cell { return numeric(lang.Fixed(t.tag, n, t.r.Basis.Currency.Exponent()), n) }
	low, high := h.Total.Low.Exact(), h.Total.High.Exact()
	if h.Total.Open {
		unknown := words(t.say("report.unknown"))
		return append(row, amount(low), unknown, unknown)
	}
	return append(row, amount(low), amount(high), amount(high.Sub(low)))
}

func byKind(parts []compare.Part) map[string]exact.Number {
	out := map[string]exact.Number{}
	for _, p := range parts {
		out[p.Kind] = out[p.Kind].Add(p.Amount.Exact())
	}
	return out
}

func float(a money.Amount) float64 { return a.Exact().Float() }

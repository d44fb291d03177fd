package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// recommend says what to do, in one sentence and its reasons.
func (c *Comparison) recommend(r *Result, at int) error {
	best := &r.Offers[0]
	h := &best.Horizons[at]
	if h.Total.Open {
		r.Answer = []Phrase{{Key: "compare.answer.open", Args: map[string]string{"offers": strconv.Itoa(len(r.Offers)), "unknown": strconv.Itoa(len(best.Unknown) + openKinds(best))}}}
		r.Recommendation = Recommendation{Saving: Range{Low: money.Zero(c.in.Currency), High: money.Zero(c.in.Currency)}, Next: c.questions(r, 0)}
		return nil
	}
	rec := Recommendation{Offer: best.Offer, Certain: h.BestHigh, Saving: Range{Low: money.Zero(c.in.Currency), High: money.Zero(c.in.Currency)}}
	second := 0
	if len(r.Offers) > 1 && !r.Offers[1].Horizons[at].Total.Open {
		second = 1
		rec.Saving = apart(r.Offers[1].Horizons[at].Total, h.Total)
	}
	rec.Reasons = c.reasonsFor(r, at, second)
	rec.But = c.against(r, at)
	rec.Next = c.questions(r, 0)
	r.Recommendation = rec
	r.Answer = c.sentence(r, at, second)
	return nil
}

// openKinds counts the kinds of usage whose price an offer leaves out.
func openKinds(o *Cost) (n int) {
	for _, u := range o.Unpriced {
		if u.Open {
			n++
		}
	}
	return n
}

// args are pairs of names and values.
func args(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// named adds an offer's name to the arguments.
func named(a map[string]string, key string, name lang.Text) map[string]string {
	lang.Put(a, key, name)
	return a
}

// amountArgs writes a range: its ends, and the higher one only where it differs.
func amountArgs(a map[string]string, key string, r Range) map[string]string {
	a[key] = r.Low.Decimal()
	if r.High != r.Low {
		a[key+"_high"] = r.High.Decimal()
	}
	a["currency"] = r.Low.Currency().String()
	return a
}

// sentence is the answer in one sentence, and a second one where something
// limits it.
func (c *Comparison) sentence(r *Result, at, second int) []Phrase {
	best := &r.Offers[0]
	h := best.Horizons[at]
	a := named(amountArgs(args("months", strconv.Itoa(h.Months)), "total", h.Total), "offer", best.Name)
	if second > 0 && r.Recommendation.Saving.Low.Sign() > 0 {
		next := &r.Offers[second]
		a = named(a, "next", next.Name)
		a["less"] = r.Recommendation.Saving.Low.Decimal()
		if t := next.Horizons[at].Total.Low; t.Sign() > 0 {
			a["share"] = r.Recommendation.Saving.Low.Exact().Div(t.Exact()).Round(exact.HalfAway, 3).String()
		}
	}
	out := []Phrase{{Key: "compare.answer.best", Args: a}}
	if c.source == fromNowhere && measures(c.cands[0].Plan, catalog.Measure.OfSeats) {
		out = append(out, Phrase{Key: "compare.answer.no_seats", Args: named(map[string]string{}, "offer", best.Name)})
	}
	open := 0
	for _, o := range r.Offers {
		if o.Horizons[at].Total.Open {
			open++
		}
	}
	if open > 0 {
		out = append(out, Phrase{Key: "compare.answer.some_open", Args: args("offers", strconv.Itoa(open))})
	}
	if mayBeat(r, at) {
		out = append(out, Phrase{Key: "compare.answer.overlap"})
	}
	return out
}

// mayBeat tells whether an offer that can be totalled can still turn out cheaper
// than the first, by prices of either that are only known as ranges.
func mayBeat(r *Result, at int) bool {
	first := r.Offers[0].Horizons[at].Total
	return slices.ContainsFunc(r.Offers[1:], func(o Cost) bool {
		t := o.Horizons[at].Total
		return !t.Open && t.Low.Cmp(first.High) < 0
	})
}

// reasonsFor lists what speaks for the first offer.
func (c *Comparison) reasonsFor(r *Result, at, second int) []Phrase {
	best := &r.Offers[0]
	var out []Phrase
	if second > 0 {
		for _, d := range r.Differences[second-1].Drivers {
			if d.More.Sign() > 0 {
				out = append(out, Phrase{Key: "compare.reason.driver", Args: named(args("kind", d.Kind, "more", d.More.Decimal(), "currency", c.in.Currency.String()), "next", r.Offers[second].Name)})
				break
			}
		}
	}
	out = append(out, holding(r, best.Offer)...)
	long := len(c.in.Months) - 1
	if best.Horizons[long].BestHigh && long != at {
		out = append(out, Phrase{Key: "compare.reason.long", Args: args("months", strconv.Itoa(c.in.Months[long]))})
	}
	return out
}

// holding says how often the first offer stays the cheapest under what-ifs and
// in resampled periods. Where open prices leave that undecided it says so, and how
// often it leads what can be totalled: never being sure to win is not losing.
func holding(r *Result, best string) (out []Phrase) {
	holds, leads, tried, undecided := 0, 0, 0, 0
	for i := range r.WhatIf {
		s := &r.WhatIf[i]
		if len(s.Costs) == 0 {
			continue
		}
		tried++
		if s.Best == best {
			leads++
		}
		switch {
		case s.Undecided:
			undecided++
		case s.Best == best:
			holds++
		}
	}
	add := func(key string, pairs ...string) {
		out = append(out, Phrase{Key: "compare.reason." + key, Args: args(pairs...)})
	}
	if tried > undecided {
		add("holds", "holds", strconv.Itoa(holds), "tried", strconv.Itoa(tried))
	}
	if undecided > 0 {
		add("holds_open", "undecided", strconv.Itoa(undecided), "tried", strconv.Itoa(tried), "leads", strconv.Itoa(leads))
	}
	if v := r.Volatility; v != nil && len(v.Offers) > 0 && len(r.Offers) > 1 {
		if v.Replicates > v.Undecided {
			add("wins", "share", share(v.Offers[0].Wins))
		}
		if v.Undecided > 0 {
			add("wins_open", "undecided", strconv.Itoa(v.Undecided), "replicates", strconv.Itoa(v.Replicates), "leads", share(v.Offers[0].Leads))
		}
	}
	return out
}

// share writes a float of a statistic in thousandths.
func share(f float64) string { return exact.MustParse(fmt.Sprintf("%.3f", f)).String() }

// against lists what speaks against the first offer.
func (c *Comparison) against(r *Result, at int) []Phrase {
	best := &r.Offers[0]
	var out []Phrase
	add := func(key string, a map[string]string) { out = append(out, Phrase{Key: "compare.but." + key, Args: a}) }
	if !best.Fact {
		add("illustrative", args("confidence", string(cmpOr(best.Confidence, "D"))))
	}
	for _, u := range best.Unpriced {
		if u.Facts == "seats" || u.Facts == "sessions" {
			continue // an offer that does not go by seats leaves nothing out
		}
		add("unpriced", args("facts", u.Facts, "count", strconv.FormatInt(u.Count, 10), "reason", u.Reason))
	}
	if o := c.cands[0]; slices.Contains(o.Plan.Unmetered, "calls") && o.Offer.FeeOf(offer.LineRent).Answer == offer.Unknown {
		add("unmetered", nil)
	}
	if s := &r.HiddenFees[0]; s.Known < s.Asked {
		add("unasked", args("unknown", strconv.Itoa(s.Asked-s.Known), "asked", strconv.Itoa(s.Asked)))
	}
	for h, m := range c.in.Months {
		if h != at && !isCheapest(r.Offers, h) {
			add("other_horizon", args("months", strconv.Itoa(m)))
		}
	}
	if r.Scores != nil && r.Scores.Best != best.Offer {
		for i := range r.Offers {
			if r.Offers[i].Offer == r.Scores.Best {
				add("score", named(args(), "offer", r.Offers[i].Name))
			}
		}
	}
	for _, f := range r.Flexibility {
		if f.Offer == best.Offer && f.TermMonths > 12 {
			add("term", args("months", strconv.Itoa(f.TermMonths)))
		}
	}
	return out
}

// isCheapest tells whether the first offer is the cheapest at a horizon, of those
// that can be totalled.
func isCheapest(costs []Cost, h int) bool {
	first := middle(costs[0].Horizons[h].Total)
	for i := range costs {
		if t := costs[i].Horizons[h].Total; !t.Open && middle(t).Less(first) {
			return false
		}
	}
	return true
}

// mostQuestions is how many questions to a vendor are listed.
const mostQuestions = 8

// questions are those of the checklist an offer leaves unknown, most telling
// first: the order of the checklist.
func (c *Comparison) questions(r *Result, i int) []Phrase {
	var out []Phrase
	for _, id := range r.Offers[i].Unknown {
		if fee, ok := strings.CutPrefix(id, offer.FeePrefix); ok {
			out = append(out, Phrase{Key: "compare.ask.price_fee", Args: args("category", fee)})
			continue
		}
		out = append(out, Phrase{Key: "compare.ask.price", Args: args("line", id)})
	}
	for _, u := range r.Offers[i].Unpriced {
		if u.Open {
			out = append(out, Phrase{Key: "compare.ask.usage", Args: args("facts", u.Facts, "count", strconv.FormatInt(u.Count, 10), "reason", u.Reason)})
		}
	}
	for _, a := range r.HiddenFees[i].Answers {
		if a.Answer == offer.Unknown && len(out) < mostQuestions {
			out = append(out, Phrase{Key: "compare.ask.fee", Args: args("category", string(a.Category))})
		}
	}
	return out
}

package explain

import (
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Comparison tells a comparison to a manager: the answer first, then why, for how
// long, and what is hidden.
func Comparison(r *compare.Result, tag lang.Tag) *Document {
	t := &teller{r: r, tag: tag, names: map[string]lang.Text{}}
	for i := range r.Offers {
		t.names[r.Offers[i].Offer] = r.Offers[i].Name
	}
	d := &Document{Language: tag, Kind: t.say("report.kind"), Title: t.say("compare.title"), On: r.Basis.After, Foot: t.foot(), Figures: t.figures()}
	answer := Section{Path: "answer"}
	for _, p := range r.Answer {
		answer.Sentences = append(answer.Sentences, p.In(tag))
	}
	d.Sections = append(d.Sections, answer)
	for _, s := range []Section{t.usage(), t.costs(), t.drivers(), t.advice(), t.breakEvens(), t.fees(), t.rounding(), t.waste(), t.volatility(),
		t.whatIf(), t.flexibility(), t.service(), t.scores(), t.firmness(), t.bound(), t.sizes(), t.ahead(), t.refused(), t.notes()} {
		if len(s.Sentences) > 0 || s.Table != nil {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

// teller says things about a comparison in one language.
type teller struct {
	r     *compare.Result
	tag   lang.Tag
	names map[string]lang.Text
}

// say is a phrase with pairs of argument names and values; an empty value is an
// argument that is not there.
func (t *teller) say(key string, pairs ...string) string {
	w := writer{tag: t.tag}
	return w.say(key, pairs...)
}

func (t *teller) name(id string) string { return t.names[id].Or(id).In(t.tag) }

func (t *teller) currency() string { return t.r.Basis.Currency.String() }

// amount writes a range without its currency.
func (t *teller) amount(r compare.Range) string {
	if r.Open {
		return t.say("compare.amount_open", "low", r.Low.Decimal())
	}
	if r.IsPoint() {
		return t.say("compare.amount", "low", r.Low.Decimal())
	}
	return t.say("compare.amount", "low", r.Low.Decimal(), "high", r.High.Decimal())
}

// some is an amount for a phrase that leaves nothing out of nothing.
func some(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.Decimal()
}

// short is a number with so many decimals at the most.
func (t *teller) short(n exact.Number, decimals int) string {
	return lang.Number(t.tag, n.Round(exact.HalfAway, decimals))
}

// signed is a share as a percentage with its sign.
func (t *teller) signed(share exact.Number) string {
	s := lang.Percent(t.tag, share.Round(exact.HalfAway, 3))
	if share.Sign() > 0 {
		s = "+" + s
	}
	return s
}

// percent writes a share of a statistic for a phrase.
func percent(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }

func months(n int) string { return strconv.Itoa(n) }

func (t *teller) usage() Section {
	b := &t.r.Basis
	u := &b.Usage
	s := Section{Path: "usage", Title: t.say("compare.section.usage")}
	s.Sentences = append(s.Sentences, t.say("compare.usage", "months", months(b.Periods), "first", b.First.String(), "calls", strconv.FormatInt(u.Calls, 10),
		"answered", strconv.FormatInt(u.Answered, 10), "minutes", exact.Frac(u.Seconds, 60).Round(exact.HalfAway, 0).String(), "seats", strconv.FormatInt(u.Seats, 10), "source", u.SeatSource),
		t.say("compare.basis", "currency", t.currency(), "tax", string(b.Tax)))
	for _, r := range b.Rates {
		s.Sentences = append(s.Sentences, t.say("compare.rate", "from", r.From.String(), "rate", r.Rate.String(), "to", t.currency(), "on", date(r.On)))
	}
	return s
}

// costs is the table of all offers.
func (t *teller) costs() Section {
	table := &Table{Head: []string{t.say("compare.head.offer")}}
	for _, m := range t.r.Basis.Months {
		table.Head = append(table.Head, t.say("compare.head.months", "months", months(m)))
	}
	table.Head = append(table.Head, t.say("compare.head.per_seat"), t.say("compare.head.per_minute"), t.say("compare.head.confidence"))
	for i := range t.r.Offers {
		o := &t.r.Offers[i]
		row := []cell{words(t.name(o.Offer))}
		for _, h := range o.Horizons {
			row = append(row, t.sum(h.Total))
		}
		table.add(append(row, t.unit(o.PerSeat, 2), t.unit(o.PerMinute, 4), words(string(o.Confidence)+" "+date(o.ReadOn)))...)
	}
	s := Section{Path: "offers", Title: t.say("compare.section.costs"), Table: table, Charts: t.costBars()}
	if slices.ContainsFunc(t.r.Offers, func(o compare.Cost) bool { return o.Horizons[t.decides()].Total.Open }) {
		s.Sentences = append([]string{t.say("report.least")}, t.openOffers()...)
	}
	return s
}

// openOffers say of each offer that cannot be totalled what is missing.
func (t *teller) openOffers() (out []string) {
	for i := range t.r.Offers {
		o := &t.r.Offers[i]
		var why []string
		for _, id := range o.Unknown {
			if fee, ok := strings.CutPrefix(id, offer.FeePrefix); ok {
				why = append(why, t.say("compare.open.fee", "category", fee))
				continue
			}
			why = append(why, t.say("compare.open.line", "line", id))
		}
		for _, u := range o.Unpriced {
			if u.Open {
				why = append(why, t.say("compare.open.usage", "facts", u.Facts, "count", strconv.FormatInt(u.Count, 10), "reason", u.Reason))
			}
		}
		if len(why) > 0 {
			out = append(out, t.say("compare.open", "offer", t.name(o.Offer), "list", lang.List(t.tag, why)))
		}
	}
	return out
}

// sum is the cell of a range; only one known amount is a number.
func (t *teller) sum(r compare.Range) cell {
	switch {
	case r.IsPoint():
		return numeric(t.amount(r), r.Low.Exact())
	case r.Open && r.Low.IsZero():
		return words(t.say("report.unknown"))
	case r.Open:
		return words("≥ " + lang.Decimal(t.tag, r.Low))
	}
	return words(lang.Decimal(t.tag, r.Low) + "–" + lang.Decimal(t.tag, r.High))
}

// unit is a unit cost, its lower end, with so many decimals.
func (t *teller) unit(r compare.Range, decimals int) cell {
	s := lang.Fixed(t.tag, r.Low.Exact(), decimals)
	switch {
	case r.Low.IsZero() && r.High.IsZero():
		return words("–")
	case r.Open:
		return words("≥ " + s)
	}
	return numeric(s, r.Low.Exact())
}

// mostDifferences bounds how many offers are held against the cheapest in words.
const mostDifferences = 5

func (t *teller) drivers() Section {
	s := Section{Path: "differences", Title: t.say("compare.section.drivers", "months", months(t.r.Basis.Decides))}
	for i, d := range t.r.Differences {
		if i == mostDifferences {
			break
		}
		if d.More.Open {
			continue
		}
		if d.More.Low.IsZero() && d.More.High.IsZero() {
			s.Sentences = append(s.Sentences, t.say("compare.difference_none", "offer", t.name(d.Offer), "against", t.name(d.Against)))
			continue
		}
		var words []string
		for _, x := range d.Drivers {
			more := lang.Decimal(t.tag, x.More)
			if x.More.Sign() > 0 {
				more = "+" + more
			}
			words = append(words, t.say("compare.driver_short", "kind", x.Kind, "more", more))
		}
		if !d.More.Open && d.More.Low.Sign() < 0 && d.More.High.Sign() > 0 { // its open price decides
			s.Sentences = append(s.Sentences, t.say("compare.difference_either", "offer", t.name(d.Offer), "against", t.name(d.Against), "currency", t.currency(),
				"less", lang.Decimal(t.tag, d.More.Low.Neg()), "more", lang.Decimal(t.tag, d.More.High), "drivers", lang.List(t.tag, words)))
			continue
		}
		s.Sentences = append(s.Sentences, t.say("compare.difference", "offer", t.name(d.Offer), "against", t.name(d.Against), "currency", t.currency(), "more", t.amount(d.More), "drivers", lang.List(t.tag, words)))
	}
	return s
}

func (t *teller) advice() Section {
	rec := &t.r.Recommendation
	s := Section{Path: "recommendation", Title: t.say("compare.section.advice")}
	for _, list := range [][]compare.Phrase{rec.Reasons, rec.But, rec.Next} {
		for _, p := range list {
			s.Sentences = append(s.Sentences, p.In(t.tag))
		}
	}
	return s
}

// fees is a table of totals with and without, and what is charged extra.
func (t *teller) fees() Section {
	s := Section{Path: "hidden_fees", Title: t.say("compare.section.fees")}
	if len(t.r.HiddenFees) == 0 {
		return s
	}
	at, least := t.decides(), &t.r.HiddenFees[0]
	s.Table = &Table{Head: []string{t.say("compare.head.offer"), t.say("compare.head.settled"), t.say("compare.head.without", "months", months(t.r.Basis.Decides)), t.say("compare.head.with"), t.say("compare.head.charged")}}
	for i := range t.r.HiddenFees {
		f := &t.r.HiddenFees[i]
		s.Table.add(words(t.name(f.Offer)), words(t.say("compare.fees.settled", "known", months(f.Known), "asked", months(f.Asked))),
			t.sum(f.Totals[at].Without), t.sum(f.Totals[at].With), words(t.categories(f, offer.Charged)))
		if f.Known < least.Known {
			least = f
		}
	}
	if least.Known < least.Asked {
		s.Sentences = append(s.Sentences, t.say("compare.fees.unknown", "offer", t.name(least.Offer), "list", t.categories(least, offer.Unknown)))
	}
	return s
}

// mostListed is how many of a list are named before the rest is counted.
const mostListed = 6

func (t *teller) categories(f *compare.FeeSheet, answer offer.Answer) string {
	var words []string
	for _, a := range f.Answers {
		if a.Answer == answer {
			words = append(words, lang.Choice(t.tag, "fee_category", string(a.Category)))
		}
	}
	if len(words) <= mostListed {
		return lang.List(t.tag, words)
	}
	return t.say("compare.list_more", "list", lang.List(t.tag, words[:mostListed]), "more", months(len(words)-mostListed))
}

// decides is the place of the deciding horizon.
func (t *teller) decides() int {
	for i, m := range t.r.Basis.Months {
		if m == t.r.Basis.Decides {
			return i
		}
	}
	return 0
}

func (t *teller) refused() Section {
	s := Section{Path: "refused", Title: t.say("compare.section.refused")}
	for _, x := range t.r.Refused {
		s.Sentences = append(s.Sentences, t.say("compare.refused_row", "offer", x.Name.Or(x.Offer).In(t.tag), "why", x.Why.In(t.tag)))
	}
	return s
}

func (t *teller) notes() Section {
	s := Section{Path: "notes", Title: t.say("compare.section.notes")}
	for _, p := range t.r.Notes {
		s.Sentences = append(s.Sentences, p.In(t.tag))
	}
	for i := range t.r.Offers {
		switch o := &t.r.Offers[i]; o.Why {
		case "":
		case "period":
			s.Sentences = append(s.Sentences, t.say("compare.exact_period", "offer", t.name(o.Offer)))
		default:
			s.Sentences = append(s.Sentences, t.say("compare.exact", "offer", t.name(o.Offer), "component", o.Why))
		}
	}
	return s
}

// join puts lists of the language into one line.
func (t *teller) join(words []string) string { return strings.TrimSpace(lang.List(t.tag, words)) }

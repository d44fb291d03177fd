package explain

import (
	"strconv"
	"strings"

	"waihu/internal/charging/cheapest"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Bound is what a report on the smallest bill is made of.
type Bound struct {
	Answer   *cheapest.Answer
	Currency money.Currency // of every amount
	Months   int
	Parts    []string // names of the parts of the usage
	Bills    int      // bound of the search
}

// Cheapest tells the smallest bill possible, what each offer is above it, and
// what was left out.
func Cheapest(b *Bound, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("cheapest.title")}
	out.Sections = append(out.Sections, Section{Path: "best", Title: w.say("cheapest.answer"), Sentences: w.best(b)})
	if len(b.Answer.Offers) > 0 {
		out.Sections = append(out.Sections, w.offers(b))
	}
	if len(b.Answer.Refused) > 0 {
		s := Section{Path: "refused", Title: w.say("cheapest.left_out")}
		for _, r := range b.Answer.Refused {
			s.Sentences = append(s.Sentences, w.say("cheapest.refused."+string(r.Reason), "offer", r.Offer, "what", r.What, "count", digits(r.Count)))
		}
		out.Sections = append(out.Sections, s)
	}
	return out
}

// amount is a total to the currency's minor unit.
func (b *Bound) amount(tag lang.Tag, m cheapest.Money) string {
	return lang.Fixed(tag, m.Number, b.Currency.Exponent())
}

func (w *writer) best(b *Bound) []string {
	a := b.Answer
	if len(a.Best) == 0 {
		return []string{w.say("cheapest.none")}
	}
	months, currency := strconv.Itoa(b.Months), b.Currency.String()
	var out []string
	for _, s := range a.Best {
		if len(a.Best) == 1 {
			out = append(out, w.say("cheapest.best", "name", w.mixOf(&s.Found), "currency", currency, "total", b.amount(w.tag, s.Total), "months", months))
			break
		}
		var names []string
		for _, part := range s.Segments {
			names = append(names, b.Parts[part])
		}
		out = append(out, w.say("cheapest.best.part", "parts", lang.List(w.tag, names), "name", w.mixOf(&s.Found), "currency", currency, "total", b.amount(w.tag, s.Total)))
	}
	if len(a.Best) > 1 {
		out = append(out, w.say("cheapest.sum", "currency", currency, "total", b.amount(w.tag, a.Total), "months", months))
	}
	if a.Proven {
		return append(out, w.say("cheapest.proven"))
	}
	return append(out, w.say("cheapest.cut", "bills", strconv.Itoa(b.Bills)))
}

// mixOf names an offer and what is chosen in it.
func (w *writer) mixOf(f *cheapest.Found) string {
	name := f.Name.Or(f.Offer).In(w.tag)
	if picks := w.picks(f); picks != "" {
		return name + " (" + picks + ")"
	}
	return name
}

func (w *writer) picks(f *cheapest.Found) string {
	var words []string
	for _, p := range f.Mix {
		words = append(words, p.ChoiceName.In(w.tag)+" "+p.OptionName.In(w.tag))
	}
	return strings.Join(words, ", ")
}

func (w *writer) offers(b *Bound) Section {
	a := b.Answer
	s := Section{Path: "offers", Title: w.say("cheapest.offers"), Table: &Table{Head: []string{w.say("cheapest.head.offer"), w.say("cheapest.head.total"), w.say("cheapest.head.over"),
		w.say("cheapest.head.most"), w.say("cheapest.head.mean"), w.say("cheapest.head.mix")}}}
	names := map[string]string{}
	for i := range a.Offers {
		f, r := &a.Offers[i], a.Regrets[i]
		names[f.Offer] = f.Name.Or(f.Offer).In(w.tag)
		amount := func(m cheapest.Money) string { return b.amount(w.tag, m) }
		s.Table.Rows = append(s.Table.Rows, []string{names[f.Offer], amount(f.Total), amount(r.Over), amount(r.Most), amount(r.Mean), w.picks(f)})
	}
	if b.Months > 1 && len(a.Offers) > 1 {
		for _, r := range a.Regrets {
			if r.Offer == a.Safest() {
				s.Sentences = append(s.Sentences, w.say("cheapest.safest", "name", names[r.Offer], "currency", b.Currency.String(), "most", b.amount(w.tag, r.Most)))
			}
			if r.Offer == a.Likely() {
				s.Sentences = append(s.Sentences, w.say("cheapest.likely", "name", names[r.Offer], "currency", b.Currency.String(), "mean", b.amount(w.tag, r.Mean)))
			}
		}
	}
	return s
}

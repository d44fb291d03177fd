package explain

import (
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Plan tells a plan that passed Validate.
func Plan(p *catalog.Plan, tag lang.Tag) *Document {
	w := &writer{p: p, tag: tag}
	out := &Document{Language: tag, Title: w.say("plan.title", "name", w.name(p.Name, p.ID), "n", strconv.Itoa(max(p.Version, 1)))}
	out.Sections = append(out.Sections, w.head())
	for i := range p.Components {
		s := w.component(&p.Components[i])
		s.Path = "components[" + strconv.Itoa(i) + "]"
		out.Sections = append(out.Sections, s)
	}
	for _, s := range []Section{w.packages(), w.groups(), w.totals(), w.schedules(), w.modules(), w.offer(), w.notices()} {
		if len(s.Sentences) > 0 {
			out.Sections = append(out.Sections, s)
		}
	}
	return out
}

// writer says things about a plan in one language.
type writer struct {
	p   *catalog.Plan
	tag lang.Tag
}

// say is a phrase with pairs of argument names and values; an empty value is an
// argument that is not there.
func (w *writer) say(key string, pairs ...string) string {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			args[pairs[i]] = pairs[i+1]
		}
	}
	return lang.Phrase(w.tag, key, args)
}

// name is a text in the language of the document, or the identifier.
func (w *writer) name(t lang.Text, id string) string { return t.Or(id).In(w.tag) }

// price is a price with its currency, or the word for one nobody knows.
func (w *writer) price(p catalog.Price) string {
	if p.Unknown {
		return w.say("plan.unknown")
	}
	return w.money(p.Number)
}

func (w *writer) money(n exact.Number) string {
	return w.p.Currency.String() + " " + lang.Number(w.tag, n)
}

// unit is the word for a unit.
func (w *writer) unit(name string) string { return w.say("unit." + name) }

// date is a day for a phrase that writes it; 0 is none.
func date(d timex.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// number is a number for a phrase that writes it; 0 is none.
func number(n exact.Number) string {
	if n.IsZero() {
		return ""
	}
	return n.String()
}

// or is a choice, or its default.
func or[T ~string](v, absent T) string {
	if v == "" {
		return string(absent)
	}
	return string(v)
}

func (w *writer) names(ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id
		if c, ok := w.p.Component(id); ok {
			words[i] = w.name(c.Name, id)
		}
	}
	return lang.List(w.tag, words)
}

// head tells what holds for the whole plan.
func (w *writer) head() Section {
	p := w.p
	s := Section{Path: "plan", Title: w.say("plan.overview")}
	add := func(line string) { s.Sentences = append(s.Sentences, line) }
	if text := p.Description.In(w.tag); text != "" {
		add(text)
	}
	add(w.say("plan.prices", "currency", p.Currency.String(), "prices", or(p.Tax.Prices, catalog.TaxExclusive)))
	count := ""
	if p.Period.Count > 1 {
		count = strconv.Itoa(p.Period.Count)
	}
	add(w.say("plan.cycle", "every", or(p.Period.Every, timex.Month), "count", count, "anchor", or(p.Period.Anchor, catalog.CalendarAnchor)))
	add(w.say("plan.zone", "zone", p.Zone))
	if p.Effective != 0 {
		add(w.say("plan.effective", "date", date(p.Effective)))
	}
	for i := range p.Tax.Classes {
		add(w.taxClass(&p.Tax.Classes[i]))
	}
	if len(p.Tax.Classes) > 0 {
		add(w.say("plan.tax_rounding", "rounding", or(p.Tax.Rounding, catalog.TaxOncePerRate)))
	}
	if len(p.Unmetered) > 0 {
		add(w.say("rule.unmetered", "facts", strings.Join(p.Unmetered, ",")))
	}
	if p.Termination != nil {
		add(w.termination(p.Termination))
	}
	return s
}

// termination tells what leaving before the term costs.
func (w *writer) termination(t *catalog.Termination) string {
	args := t.Args()
	if args["amount"] != "" {
		args["amount"] = w.money(t.Amount)
	}
	return lang.Phrase(w.tag, "plan.termination", args)
}

// some is an amount with its currency, empty if it is nothing.
func (w *writer) some(n exact.Number) string {
	if n.IsZero() {
		return ""
	}
	return w.money(n)
}

// taxClass tells the rates of a class, each from its day.
func (w *writer) taxClass(t *catalog.TaxClass) string {
	words := make([]string, len(t.Rates))
	for i, r := range t.Rates {
		words[i] = w.say("plan.tax_rate", "rate", r.Rate.Number.String(), "from", date(r.From))
	}
	return w.say("plan.tax_class", "class", w.name(t.Name, t.ID), "rates", lang.List(w.tag, words))
}

// className is the name of a tax class.
func (w *writer) className(id string) string {
	for i := range w.p.Tax.Classes {
		if w.p.Tax.Classes[i].ID == id {
			return w.name(w.p.Tax.Classes[i].Name, id)
		}
	}
	return id
}

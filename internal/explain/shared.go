package explain

import (
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/lang"
)

// packages tells quantities that several components share.
func (w *writer) packages() Section {
	s := Section{Path: "packages", Title: w.say("plan.packages")}
	for i := range w.p.Packages {
		pk := &w.p.Packages[i]
		unit := "amount"
		if c, ok := w.p.Component(pk.AppliesTo[0]); ok {
			unit = c.PricedUnit()
		}
		lines := w.includedIn(&pk.Included, unit)
		head := w.say("plan.package", "package", w.name(pk.Name, pk.ID), "of", w.names(pk.AppliesTo), "included", lines[0])
		s.Sentences = append(append(s.Sentences, head), lines[1:]...)
		if len(pk.Sizes) > 0 {
			s.Sentences = append(s.Sentences, w.sizes(pk, unit))
		}
	}
	if len(w.p.AllPackages()) > 1 {
		s.Sentences = append(s.Sentences, w.say("plan.package_order", "order", or(w.p.PackOrder, catalog.SoonestExpiry)))
	}
	return s
}

// sizes tells what a package is sold in, and which size holds by itself.
func (w *writer) sizes(pk *catalog.Package, unit string) string {
	var words []string
	for i := range pk.Sizes {
		s := &pk.Sizes[i]
		price := ""
		if !s.Price.Unknown {
			price = w.money(s.Price.Number)
		}
		words = append(words, w.say("plan.size", "size", w.name(s.Name, s.ID), "quantity", s.Quantity.String(), "unit", unit, "price", price))
	}
	taken := ""
	if t := pk.Taken(); t != nil {
		taken = w.name(t.Name, t.ID)
	}
	return w.say("plan.sizes", "package", w.name(pk.Name, pk.ID), "sizes", strings.Join(words, w.say("plan.semicolon")), "taken", taken)
}

// includedIn tells a free quantity; the first sentence is how much.
func (w *writer) includedIn(in *catalog.Included, unit string) []string {
	var out []string
	switch {
	case in.Scope == catalog.PerSeat:
		out = append(out, w.say("plan.included_own", "quantity", in.Quantity.String(), "unit", unit))
	case in.Per == catalog.PerSeatCount:
		out = append(out, w.say("plan.included_per_seat", "quantity", in.Quantity.String(), "unit", unit, "of", w.names([]string{in.SeatsOf})))
	default:
		out = append(out, w.say("plan.included", "quantity", in.Quantity.String(), "unit", unit))
	}
	if in.From != 0 || in.To != 0 {
		out = append(out, w.say("plan.dated", "from", date(in.From), "to", date(in.To)))
	}
	if r := in.Rollover; r != nil {
		out = append(out, w.say("plan.rollover", "periods", strconv.Itoa(r.Periods), "cap", number(r.Cap), "unit", unit))
	}
	if in.Burn != "" {
		out = append(out, w.say("rule.burn", "order", string(in.Burn)))
	}
	if in.Prorate {
		out = append(out, w.say("plan.included_prorated"))
	}
	return out
}

// groups tells "the cheaper of".
func (w *writer) groups() Section {
	s := Section{Path: "cheapest", Title: w.say("plan.cheapest")}
	for i := range w.p.Cheapest {
		g := &w.p.Cheapest[i]
		words := make([]string, len(g.Options))
		for j, o := range g.Options {
			words[j] = w.say("plan.option", "option", w.name(o.Name, o.ID), "of", w.names(o.Components))
		}
		s.Sentences = append(s.Sentences, w.say("plan.cheapest_of", "group", w.name(g.Name, g.ID), "options", strings.Join(words, w.say("plan.semicolon"))))
	}
	return s
}

// totals tells discounts and limits on several components.
func (w *writer) totals() Section {
	s := Section{Path: "discounts", Title: w.say("plan.totals")}
	for i := range w.p.Discounts {
		s.Sentences = append(s.Sentences, w.discount(&w.p.Discounts[i]))
	}
	for i := range w.p.Minimums {
		s.Sentences = append(s.Sentences, w.limit(&w.p.Minimums[i], true))
	}
	for i := range w.p.Maximums {
		s.Sentences = append(s.Sentences, w.limit(&w.p.Maximums[i], false))
	}
	return s
}

// limit tells a minimum spend (least), or a maximum.
func (w *writer) limit(l *catalog.Limit, least bool) string {
	if least {
		return w.say("plan.minimum_spend", "minimum", w.money(l.Amount), "of", w.names(l.Components), "prorate", yes(l.Prorate), "base", string(l.Base))
	}
	return w.say("plan.maximum_spend", "maximum", w.money(l.Amount), "of", w.names(l.Components), "prorate", yes(l.Prorate))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// discount tells one discount.
func (w *writer) discount(d *catalog.Discount) string {
	percent := ""
	if d.Percent != nil {
		percent = d.Percent.Number.String()
	}
	return w.say("plan.discount", "name", d.Name.In(w.tag), "percent", percent, "amount", w.some(d.Amount), "of", w.names(d.Components), "from", date(d.From), "to", date(d.To))
}

// schedules tells the named times of the week.
func (w *writer) schedules() Section {
	s := Section{Path: "schedules", Title: w.say("plan.schedules")}
	for i := range w.p.Schedules {
		sc := &w.p.Schedules[i]
		words := make([]string, len(sc.Windows))
		for j := range sc.Windows {
			words[j] = w.window(&sc.Windows[j])
		}
		calendar := ""
		if sc.Calendar != "none" {
			calendar = sc.Calendar
		}
		s.Sentences = append(s.Sentences, w.say("plan.schedule", "name", w.name(sc.Name, sc.ID), "windows", strings.Join(words, w.say("plan.semicolon")), "calendar", calendar))
	}
	return s
}

func (w *writer) window(x *catalog.Window) string {
	days := make([]string, len(x.Days))
	for i, d := range x.Days {
		days[i] = string(d)
	}
	switch {
	case len(x.Dates) == 0 && len(days) == 0:
		days = []string{string(catalog.AllDays)}
	case len(x.Dates) > 0 && slices.Contains(x.Days, catalog.AllDays): // the dates alone decide
		days = nil
	}
	dates := make([]string, len(x.Dates))
	for i, d := range x.Dates {
		dates[i] = d.String()
	}
	hours := ""
	if x.From.Set || x.To.Set {
		to := catalog.Clock{Minute: 24 * 60}
		if x.To.Set {
			to = x.To
		}
		hours = x.From.String() + "–" + to.String()
	}
	return strings.TrimSpace(w.say("plan.window", "days", strings.Join(days, ","), "dates", lang.List(w.tag, dates), "hours", hours))
}

// modules tells which modules there are and what they need.
func (w *writer) modules() Section {
	s := Section{Path: "modules", Title: w.say("plan.modules")}
	for i := range w.p.Modules {
		m := &w.p.Modules[i]
		s.Sentences = append(s.Sentences, w.say("plan.module", "module", w.name(m.Name, m.ID), "class", or(m.Class, catalog.ValueAdded),
			"requires", w.moduleNames(m.Requires), "excludes", w.moduleNames(m.Excludes)))
	}
	return s
}

func (w *writer) moduleNames(ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id
		for j := range w.p.Modules {
			if w.p.Modules[j].ID == id {
				words[i] = w.name(w.p.Modules[j].Name, id)
			}
		}
	}
	return lang.List(w.tag, words)
}

// offer tells where a market offer was read.
func (w *writer) offer() Section {
	s := Section{Path: "offer", Title: w.say("plan.offer")}
	if o := w.p.Offer; o != nil {
		s.Sentences = append([]string{w.say("plan.offer_of", "vendor", o.Vendor, "source", o.Source, "on", date(o.ReadOn), "confidence", o.Confidence)}, o.Notes...)
	}
	return s
}

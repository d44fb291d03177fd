package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// telling is the section of one component as it grows.
type telling struct {
	*writer
	c *catalog.Component
	Section
}

func (t *telling) add(lines ...string) { t.Sentences = append(t.Sentences, lines...) }

// component tells one component in the order of its pipeline.
func (w *writer) component(c *catalog.Component) Section {
	t := &telling{writer: w, c: c, Section: Section{Title: w.name(c.Name, c.ID)}}
	t.add(w.say("plan.basis", "measure", string(c.Measure)))
	t.add(w.filter(&c.Where)...)
	t.source()
	t.eachCall()
	t.total()
	t.priced()
	t.line()
	t.when()
	return t.Section
}

// filter tells which usage counts, a sentence a key.
func (w *writer) filter(f *catalog.Filter) []string {
	var out []string
	for _, word := range f.Words() {
		key, values, _ := strings.Cut(word, "=")
		value := strings.ReplaceAll(values, "|", ",") // words of the plan language: the phrase translates them
		switch key {
		case "schedule":
			value = w.scheduleNames(f.Schedule)
		case "module":
			value = w.moduleNames(f.Module)
		case "longer_than":
			value = lang.Duration(w.tag, catalog.Span(f.LongerThan))
		case "outcome", "campaign", "account", "trunk", "region", "seat_type", "item", "kind":
			value = lang.List(w.tag, strings.Split(values, "|"))
		}
		out = append(out, w.say("rule.where_"+key, "value", value))
	}
	return out
}

func (w *writer) scheduleNames(ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id
		if s, ok := w.p.Schedule(id); ok {
			words[i] = w.name(s.Name, id)
		}
	}
	return lang.List(w.tag, words)
}

// source tells how places and fixed quantities are counted.
func (t *telling) source() {
	c := t.c
	switch c.Measure {
	case catalog.Recurring, catalog.OneOff:
		n := c.Quantity
		if !n.IsGiven() {
			n = exact.One
		}
		t.add(t.say("plan.quantity", "quantity", n.String()))
	case catalog.PercentOf:
		if c.Percent != nil {
			t.add(t.say("plan.percent_of", "percent", c.Percent.Number.String(), "of", t.names(c.Of)))
		}
	case catalog.SeatsAssigned:
		t.add(t.say("rule.seat_increase", "rule", or(c.SeatIncrease, catalog.DaysLeft)),
			t.say("rule.seat_decrease", "rule", or(c.SeatDecrease, catalog.AtPeriodEnd)),
			t.say("rule.paid_peak", "rule", or(c.PaidPeak, catalog.OnlyAbove)),
			t.say("rule.same_day", "rule", or(c.SameDay, catalog.EndOfDay)))
	case catalog.SeatsConcurrentPeak, catalog.SeatsConcurrentP95, catalog.SystemTime:
		merge := "yes"
		if c.MergeUser != nil && !*c.MergeUser {
			merge = "no"
		}
		t.add(t.say("rule.merge_same_user", "merge", merge))
		if c.IgnoreBelow > 0 {
			t.add(t.say("rule.ignore_below", "seconds", seconds(c.IgnoreBelow)))
		}
	case catalog.ModuleDays, catalog.Rentals:
		t.add(t.baseModules()...)
		t.add(t.say("plan.off_day", "rule", or(c.OffDay, catalog.OffDayFree)))
	}
	if c.PerSeatOf != "" {
		t.add(t.say("plan.per_seat", "of", t.names([]string{c.PerSeatOf})))
	}
}

// baseModules tells which modules of the component are charged whole whether
// they are on or not.
func (t *telling) baseModules() []string {
	var out []string
	for i := range t.p.Modules {
		m := &t.p.Modules[i]
		if m.Class == catalog.Base && t.c.Measure == catalog.ModuleDays && (len(t.c.Where.Module) == 0 || slices.Contains(t.c.Where.Module, m.ID)) {
			out = append(out, t.say("rule.base_module", "module", t.name(m.Name, m.ID)))
		}
	}
	return out
}

func seconds(d catalog.Duration) string { return strconv.FormatInt(catalog.Span(d), 10) }

// eachCall tells how each call is counted and bounded.
func (t *telling) eachCall() {
	c := t.c
	if c.Measure == catalog.TalkTime && c.Deck == "" {
		inc := c.Increment
		if inc.IsZero() {
			inc = catalog.Increment{First: 60, Next: 60}
		}
		t.add(t.say("rule.increment", "increment", inc.String()))
	}
	if c.Grid == catalog.MultipleFromZero {
		t.add(t.say("rule.grid", "grid", string(c.Grid)))
	}
	if c.Grace > 0 {
		t.add(t.say("rule.grace", "seconds", seconds(c.Grace), "rule", or(c.GraceRule, catalog.FreeIfWithin)))
	}
	if c.MinDuration > 0 {
		t.add(t.say("rule.min_duration", "seconds", seconds(c.MinDuration)))
	}
	if c.ConnectFee.Unknown {
		t.add(t.say("plan.connect_fee_unknown"))
	} else if c.ConnectFee.Sign() > 0 {
		t.add(t.say("rule.connect_fee", "fee", c.ConnectFee.String()))
	}
	if c.FeeEach.Sign() > 0 {
		t.add(t.say("plan.fee_each", "fee", t.money(c.FeeEach)))
	}
	if c.MinEach.Sign() > 0 {
		t.add(t.say("rule.each_min", "minimum", c.MinEach.String()))
	}
	if c.MaxEach.Sign() > 0 {
		t.add(t.say("rule.each_max", "maximum", c.MaxEach.String()))
	}
	if c.Measure.OfCalls() {
		t.add(t.say("rule.legs", "legs", or(c.Legs, catalog.EachLeg)))
	}
	if c.Measure == catalog.TalkTime && t.hourly() {
		t.add(t.say("rule.crossing", "crossing", or(c.Crossing, catalog.CrossingSplit)))
	}
	if r := c.RoundEach; r != nil {
		t.add(t.say("rule.round_each", "mode", or(r.Mode, exact.HalfAway), "decimals", fmt.Sprint(r.Decimals)))
	}
}

// hourly tells whether a price depends on the hour.
func (t *telling) hourly() bool {
	if len(t.c.Where.Schedule) > 0 {
		return true
	}
	for i := range t.c.Rates {
		if len(t.c.Rates[i].Match.Schedule) > 0 {
			return true
		}
	}
	return false
}

// total tells what happens to the quantity of a period.
func (t *telling) total() {
	c, unit := t.c, t.c.PricedUnit()
	if r := c.RoundTotal; r != nil {
		t.add(t.say("rule.round_total", "mode", or(r.Mode, exact.Up), "to", r.To.String(), "unit", unit))
	}
	if c.Commitment.Sign() > 0 {
		t.add(t.say("rule.commitment", "quantity", c.Commitment.String(), "unit", unit))
	}
	if c.Included != nil {
		t.add(t.includedIn(c.Included, unit)...)
	}
	for _, pk := range t.p.Packages {
		for _, id := range pk.AppliesTo {
			if id == c.ID {
				t.add(t.say("plan.uses_package", "package", t.name(pk.Name, pk.ID)))
			}
		}
	}
}

// line tells the last steps: discount, bounds, tax.
func (t *telling) line() {
	c := t.c
	if c.Discount != nil {
		t.add(t.discount(c.Discount))
	}
	if c.Minimum.Sign() > 0 {
		t.add(t.say("plan.minimum", "minimum", t.money(c.Minimum)))
	}
	if c.Maximum.Sign() > 0 {
		t.add(t.say("plan.maximum", "maximum", t.money(c.Maximum)))
	}
	if len(c.Order) > 0 {
		words := make([]string, len(c.Order))
		for i, s := range c.Order {
			words[i] = string(s)
		}
		t.add(t.say("rule.order", "steps", strings.Join(words, ",")))
	}
	class := c.TaxClass
	if class == "" {
		class = t.p.Tax.Default
	}
	if class != "" {
		t.add(t.say("plan.tax", "class", t.className(class)))
	}
}

// when tells when the component falls due and what part of a period costs.
func (t *telling) when() {
	c := t.c
	if c.Measure == catalog.OneOff {
		t.add(t.say("plan.one_off", "on", date(c.On)))
	}
	if c.Every != "" {
		t.add(t.say("plan.own_period", "every", string(c.Every), "timing", or(c.Timing, catalog.Arrears)))
	}
	if c.Measure.Prorates() {
		t.add(t.say("plan.proration", "basis", or(c.Proration, catalog.ByDay)))
	}
	if c.Trial > 0 {
		t.add(t.say("rule.trial", "days", strconv.FormatInt(catalog.Span(c.Trial)/86400, 10)))
		if c.TrialIncluded != nil {
			t.add(t.say("plan.trial_included", "quantity", c.TrialIncluded.String(), "unit", c.PricedUnit()))
		}
	}
}

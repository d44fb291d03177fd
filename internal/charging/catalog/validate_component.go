package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// measures that take a key of a component; keys that stand in no row are for
// all of them.
var (
	callMeasures  = []Measure{TalkTime, Calls}
	placeMeasures = []Measure{SeatsAssigned, SeatsHighest, SeatsNamed, SeatsAtEnd, SeatsAverage}
	loginMeasures = []Measure{SeatsActive, SeatsConcurrentPeak, SeatsConcurrentP95, SeatDays}
)

// takenBy lists, for a key of a component, the measures that use it; nil is all.
// It is the table behind "increment is not used by seats": a key that would be
// ignored in silence is a misunderstanding of the plan.
func takenBy(key string) []Measure {
	counted := slices.Concat(callMeasures, placeMeasures, loginMeasures, []Measure{SystemTime, Events, ModuleDays, Rentals, Recurring})
	switch key {
	case "unit":
		return []Measure{TalkTime, SystemTime}
	case "where":
		return slices.DeleteFunc(counted, func(m Measure) bool { return m == Recurring })
	case "quantity":
		return []Measure{Recurring, OneOff}
	case "of", "percent":
		return []Measure{PercentOf}
	case "ignore_below":
		return []Measure{SeatsConcurrentPeak}
	case "merge_same_user":
		return []Measure{SeatsConcurrentPeak, SeatsConcurrentP95, SystemTime}
	case "seat_increase", "seat_decrease", "paid_peak", "same_day":
		return []Measure{SeatsAssigned, Recurring}
	case "off_day":
		return []Measure{ModuleDays, Rentals}
	case "increment", "grid", "grace", "grace_rule", "minimum_duration", "connect_fee", "crossing", "round_each":
		return []Measure{TalkTime}
	case "legs", "rates":
		return callMeasures
	case "deck":
		return []Measure{TalkTime}
	case "minimum_each", "maximum_each":
		return []Measure{TalkTime, Events}
	case "fee_each":
		return []Measure{Events}
	case "round_total", "included", "commitment":
		return counted
	case "per_seat_of":
		return []Measure{ModuleDays, Recurring, Rentals}
	case "unit_price", "tiers", "block":
		return append(counted, OneOff)
	case "every":
		return []Measure{Recurring}
	case "timing", "proration":
		return prorating()
	case "trial":
		return append(prorating(), SeatDays, SystemTime, TalkTime, Calls)
	case "trial_included":
		return callMeasures
	case "on":
		return []Measure{OneOff}
	}
	return nil
}

func prorating() []Measure {
	var out []Measure
	for _, word := range Measure("").Choices() {
		if m := Measure(word); m.Prorates() {
			out = append(out, m)
		}
	}
	return out
}

// components checks each component.
func (c *check) components() {
	list := c.p.Components
	switch {
	case len(list) == 0:
		c.bad("components", "nothing is charged", "at least one component")
	case len(list) > MaxComponents:
		c.bad("components", fmt.Sprintf("%d components", len(list)), fmt.Sprintf("at most %d", MaxComponents))
		return
	}
	rows := 0
	for i := range list {
		rows += len(list[i].Rates)
	}
	if rows > maxAllRates {
		c.bad("components", fmt.Sprintf("%d rate rows in all", rows), fmt.Sprintf("at most %d; prices by prefix belong in a deck", maxAllRates))
		return
	}
	seen := map[string]string{}
	for i := range list {
		path := index("components", i)
		c.id(path+".id", list[i].ID, seen)
		c.one(path, &list[i])
	}
}

func (c *check) one(path string, comp *Component) {
	if !slices.Contains(comp.Measure.Choices(), string(comp.Measure)) {
		c.put(fault.Problem{Path: path + ".measure", Value: string(comp.Measure), What: "no such measure", Expected: "one of " + strings.Join(comp.Measure.Choices(), ", ")})
		return
	}
	c.fits(path, comp)
	c.filter(path+".where", &comp.Where, comp.Measure)
	c.priceForm(path, comp)
	c.numbers(path, comp)
	c.combinations(path, comp)
	c.taxClass(path+".tax", comp.TaxClass)
	if comp.TaxClass == "" && c.p.Tax.Default == "" && len(c.p.Tax.Classes) > 0 {
		c.warn(path, "no tax class: it is charged without tax", "name one, or a default under tax")
	}
	c.discount(path+".discount", comp.Discount)
	if comp.Discount != nil && len(comp.Discount.Components) > 0 {
		c.bad(path+".discount.components", "a component's own discount is for that component", "no list; discounts on several components stand under discounts")
	}
	c.steps(path, comp)
	c.times(path, comp)
	c.included(path+".included", comp.Included, comp.Measure)
	c.rates(path, comp)
}

// fits refuses keys the measure does not use.
func (c *check) fits(path string, comp *Component) {
	v := reflect.ValueOf(comp).Elem()
	for _, k := range KeysOf(v.Type()) {
		f := v.FieldByIndex(k.Index)
		if k.Name == "where" || !IsGiven(f) { // a filter is checked key by key
			continue
		}
		if takers := takenBy(k.Name); takers != nil && !slices.Contains(takers, comp.Measure) {
			c.put(fault.Problem{Path: path + "." + k.Name, What: fmt.Sprintf("%s does not use %s", comp.Measure, k.Name),
				Expected: "a measure that does: " + measureWords(takers), Fix: "remove it"})
		}
	}
}

// measureWords lists measures for a message, the first eight of them.
func measureWords(list []Measure) string {
	if len(list) > 8 {
		return strings.Join(texts(list[:8]), ", ") + " ..."
	}
	return strings.Join(texts(list), ", ")
}

// priceForm wants one way to price and not two.
func (c *check) priceForm(path string, comp *Component) {
	var forms []string
	for _, f := range []struct {
		key   string
		given bool
	}{{"unit_price", comp.UnitPrice.Set}, {"tiers", comp.Tiers != nil}, {"block", comp.Block != nil}, {"rates", len(comp.Rates) > 0}, {"deck", comp.Deck != ""}} {
		if f.given {
			forms = append(forms, f.key)
		}
	}
	switch {
	case comp.Measure == PercentOf:
	case len(forms) == 0:
		c.bad(path, "no price", "one of unit_price, tiers, block, rates or deck; unit_price: unknown if nobody knows it")
	case len(forms) > 1:
		c.bad(path+"."+forms[1], "two prices: "+strings.Join(forms, " and "), "one of unit_price, tiers, block, rates or deck")
	}
}

// numbers checks the bounds of every number of a component.
func (c *check) numbers(path string, comp *Component) {
	c.known(path+".unit_price", comp.UnitPrice, comp.Measure)
	c.known(path+".connect_fee", comp.ConnectFee, comp.Measure)
	c.nano(path+".minimum_each", comp.MinEach, comp.Measure)
	c.nano(path+".maximum_each", comp.MaxEach, comp.Measure)
	c.price(path+".fee_each", comp.FeeEach)
	c.quantity(path+".quantity", comp.Quantity)
	c.quantity(path+".commitment", comp.Commitment)
	c.amount(path+".minimum", comp.Minimum)
	c.amount(path+".maximum", comp.Maximum)
	c.atMost(path+".minimum", comp.Minimum, comp.Maximum, "maximum")
	c.atMost(path+".minimum_each", comp.MinEach, comp.MaxEach, "maximum_each")
	if r := comp.RoundEach; r != nil && (r.Decimals < 0 || r.Decimals > 9) {
		c.bad(path+".round_each.decimals", fmt.Sprintf("%d decimals", r.Decimals), "0 to 9")
	}
	if m := comp.RoundTotal; m != nil {
		c.quantity(path+".round_total.to", m.To)
		if m.To.IsZero() {
			c.bad(path+".round_total.to", "a multiple of nothing", "a number above 0, in the component's unit")
		}
	}
	if b := comp.Block; b != nil {
		c.known(path+".block.price", b.Price, comp.Measure)
		c.quantity(path+".block.size", b.Size)
		if b.Size.IsZero() {
			c.bad(path+".block.size", "a block of nothing", "a number above 0")
		}
	}
	c.most(path+".maximum", comp.Maximum)
	c.most(path+".maximum_each", comp.MaxEach)
	c.tiers(path+".tiers", comp)
}

// most refuses a most of nothing: absent is no most, and what is free has no
// price.
func (c *check) most(path string, n exact.Number) {
	if n.IsGiven() && n.IsZero() {
		c.bad(path, "a most of nothing", "an amount above 0; leave it out for no most, and write unit_price: 0 for what is free")
	}
}

// atMost checks a least against a most; a most of zero is none.
func (c *check) atMost(path string, least, most exact.Number, key string) {
	if most.Sign() > 0 && most.Less(least) {
		c.bad(path, fmt.Sprintf("%s is more than %s, which is %s", least, key, most), "a least that is not above the most")
	}
}

// known checks a price; where calls are counted it must fit billionths.
func (c *check) known(path string, p Price, m Measure) {
	if !p.Set || p.Unknown {
		return
	}
	c.nano(path, p.Number, m)
}

// nano checks a price of calls: they are counted in billionths of the unit.
func (c *check) nano(path string, n exact.Number, m Measure) {
	c.price(path, n)
	if m.OfCalls() && !n.Round(exact.Down, 9).Equal(n) {
		c.bad(path, n.String()+" has more than nine decimals", "at most nine")
	}
}

// longest is the longest duration a rule about calls may name.
const longest = Duration(24 * time.Hour)

// callTime checks a duration within a call.
func (c *check) callTime(path string, d Duration) {
	if d > longest {
		c.bad(path, "longer than a day", "at most 24h")
	}
}

// times checks durations, dates and the periods of a component.
func (c *check) times(path string, comp *Component) {
	c.callTime(path+".grace", comp.Grace)
	c.callTime(path+".minimum_duration", comp.MinDuration)
	if comp.GraceRule != "" && comp.Grace == 0 {
		c.bad(path+".grace_rule", "a rule for a grace time that is not there", "grace with a duration")
	}
	if comp.Trial%Duration(24*time.Hour) != 0 {
		c.bad(path+".trial", "a trial of "+comp.Trial.String(), "whole days, such as 14d")
	}
	if n := comp.TrialIncluded; n != nil {
		c.quantity(path+".trial_included", *n)
		if comp.Trial == 0 {
			c.bad(path+".trial_included", "an allowance for a trial that is not there", "trial with its days")
		}
	}
	if comp.Every != "" && c.p.Period.Count > 1 {
		c.bad(path+".every", "a fee with its own period in a plan whose period has several units", "period.count: 1")
	}
	if comp.Timing == Advance && comp.Every == "" {
		c.warn(path+".timing", "advance moves only fees that have a period of their own", "name it with every")
	}
}

// steps checks the stated order of the last steps.
func (c *check) steps(path string, comp *Component) {
	if len(comp.Order) == 0 {
		return
	}
	for i, s := range comp.Order {
		if slices.Index(comp.Order, s) < i {
			c.bad(index(path+".order", i), "the step is there twice", "each once")
		}
	}
	for _, s := range []struct {
		step  Step
		given bool
	}{{StepDiscount, comp.Discount != nil}, {StepMinimum, !comp.Minimum.IsZero()}, {StepMaximum, !comp.Maximum.IsZero()}} {
		if s.given && !slices.Contains(comp.Order, s.step) {
			c.bad(path+".order", fmt.Sprintf("the component has a %s that the order leaves out", s.step), "every step the component uses")
		}
	}
}

// discount checks one discount; nil is none.
func (c *check) discount(path string, d *Discount) {
	if d == nil {
		return
	}
	c.percent(path+".percent", d.Percent, exact.One)
	c.amount(path+".amount", d.Amount)
	if (d.Percent == nil) == d.Amount.IsZero() {
		c.bad(path, "a discount needs a percent or an amount", "one of the two")
	}
	c.dates(path, d.From, d.To)
	c.references(path+".components", d.Components)
}

// Takes tells whether a component of the measure uses a key of the plan language,
// for whoever offers keys to fill in.
func (m Measure) Takes(key string) bool {
	takers := takenBy(key)
	return takers == nil || slices.Contains(takers, m)
}

// Filters lists the keys under where that the measure looks at.
func (m Measure) Filters() []string { return filterKeys(m) }

// ComponentKeys lists the keys of a component in the order of the language.
func ComponentKeys() []string {
	var out []string
	for _, k := range KeysOf(reflect.TypeFor[Component]()) {
		out = append(out, k.Name)
	}
	return out
}

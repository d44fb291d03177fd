package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// rates checks the rows of a call-type matrix.
func (c *check) rates(path string, comp *Component) {
	if comp.Deck != "" {
		c.deck(path+".deck", comp.Deck)
	}
	rows := comp.Rates
	if len(rows) == 0 || !comp.Measure.OfCalls() {
		c.hours(path, comp)
		return
	}
	if len(rows) > maxRates {
		c.bad(path+".rates", fmt.Sprintf("%d rows", len(rows)), fmt.Sprintf("at most %d; prices by prefix belong in a deck", maxRates))
		return
	}
	seen := map[string]string{}
	for i := range rows {
		at := index(path+".rates", i)
		if rows[i].ID != "" {
			c.id(at+".id", rows[i].ID, seen)
		}
		c.row(at, comp, &rows[i])
	}
	c.ties(path+".rates", rows)
	c.hours(path, comp)
}

// row checks one row of a matrix.
func (c *check) row(path string, comp *Component, r *RateRow) {
	c.filter(path+".match", &r.Match, comp.Measure)
	given := len(givenKeys(&r.Match))
	switch {
	case r.Default && given > 0:
		c.bad(path+".match", "the default row takes what no other row takes", "no match keys, or no default")
	case !r.Default && given == 0:
		c.bad(path+".match", "the row takes every call", "match keys, or default: true if that is meant")
	}
	c.rowPrice(path, comp, r)
	c.known(path+".unit_price", r.UnitPrice, comp.Measure)
	c.known(path+".connect_fee", r.ConnectFee, comp.Measure)
	c.nano(path+".minimum_each", r.MinEach, comp.Measure)
	c.nano(path+".maximum_each", r.MaxEach, comp.Measure)
	c.most(path+".maximum_each", r.MaxEach)
	c.atMost(path+".minimum_each", r.MinEach, r.MaxEach, "maximum_each")
	c.callTime(path+".minimum_duration", r.Shortest(comp))
	if r.LegFactor < 0 || r.LegFactor > 9 {
		c.bad(path+".leg_factor", fmt.Sprintf("%d legs", r.LegFactor), "1 to 9")
	}
	if comp.Measure == Calls {
		c.rowOfCalls(path, r)
	}
	c.bands(path, comp, r)
}

// rowPrice wants one way to price a row.
func (c *check) rowPrice(path string, comp *Component, r *RateRow) {
	var forms []string
	for _, f := range []struct {
		key   string
		given bool
	}{{"unit_price", r.UnitPrice.Set}, {"deck", r.Deck != ""}, {"bands", len(r.Bands) > 0}, {"blocked", r.Blocked}} {
		if f.given {
			forms = append(forms, f.key)
		}
	}
	switch {
	case len(forms) == 0:
		c.bad(path, "no price", "one of unit_price, deck, bands or blocked: true")
	case len(forms) > 1:
		c.bad(path+"."+forms[1], "two prices: "+strings.Join(forms, " and "), "one of unit_price, deck, bands or blocked")
	}
	if r.Deck != "" {
		c.deck(path+".deck", r.Deck)
		if !r.Increment.IsZero() {
			c.bad(path+".increment", "increment does nothing here: the rows of a deck have their own", "increment on the deck")
		}
		if comp.Measure == Calls {
			c.bad(path+".deck", "calls does not use deck: its prices are for time", "unit_price")
		}
	}
}

// rowOfCalls refuses what has no meaning where calls are counted, not timed.
func (c *check) rowOfCalls(path string, r *RateRow) {
	v := reflect.ValueOf(r).Elem()
	for _, k := range KeysOf(v.Type()) {
		switch k.Name {
		case "increment", "connect_fee", "minimum_duration", "maximum_each", "minimum_each", "bands":
			if IsGiven(v.FieldByIndex(k.Index)) {
				c.put(fault.Problem{Path: path + "." + k.Name, What: "calls does not use " + k.Name, Expected: "a measure that does: talk_time", Fix: "remove it"})
			}
		}
	}
}

// bands checks prices that change as a call goes on.
func (c *check) bands(path string, comp *Component, r *RateRow) {
	if len(r.Bands) == 0 {
		return
	}
	at := path + ".bands"
	if len(r.Bands) > maxItems {
		c.bad(at, fmt.Sprintf("%d bands", len(r.Bands)), fmt.Sprintf("at most %d", maxItems))
		return
	}
	for i, b := range r.Bands {
		c.known(index(at, i)+".unit_price", b.UnitPrice, comp.Measure)
		c.callTime(index(at, i)+".from", b.From)
		c.callTime(index(at, i)+".step", b.Step)
		if i == 0 && b.From != 0 {
			c.bad(index(at, i)+".from", "the seconds before the first band have no price", "a first band from 0s, or without from")
		}
		if i > 0 && b.From <= r.Bands[i-1].From {
			c.bad(index(at, i)+".from", "bands out of order", "later than "+r.Bands[i-1].From.String())
		}
	}
	least, most := first(r.MinEach, comp.MinEach), first(r.MaxEach, comp.MaxEach)
	for _, k := range []struct {
		key   string
		given bool
	}{{"increment", !r.Increment.IsZero()}, {"minimum_duration", r.Shortest(comp) != 0}, {"minimum_each", !least.IsZero()}, {"maximum_each", !most.IsZero()}} {
		if k.given {
			c.bad(path+"."+k.key, k.key+" cannot be combined with bands", "step in each band")
		}
	}
	if c.timed(comp) && comp.Crossing != CrossingCallStart {
		c.bad(at, "bands in a component whose rows depend on the hour", "crossing: call_start, so that one row holds for the whole call")
	}
}

func first(a, b exact.Number) exact.Number {
	if !a.IsGiven() {
		return b
	}
	return a
}

// timed tells whether any row of a component depends on the time of day.
func (c *check) timed(comp *Component) bool {
	return len(comp.Where.Schedule) > 0 || slices.ContainsFunc(comp.Rates, func(r RateRow) bool { return len(r.Match.Schedule) > 0 })
}

// givenKeys are the keys of a filter with the words each asks for, in small
// letters: the operator's own words are compared so. A threshold has no words.
func givenKeys(f *Filter) map[string][]string {
	out := map[string][]string{}
	v := reflect.ValueOf(f).Elem()
	for _, k := range KeysOf(v.Type()) {
		field := v.FieldByIndex(k.Index)
		if !IsGiven(field) {
			continue
		}
		words := []string{}
		if field.Kind() == reflect.Slice {
			for i := range field.Len() {
				words = append(words, strings.ToLower(field.Index(i).String()))
			}
		}
		out[k.Name] = words
	}
	return out
}

// ties refuses two rows that are equally specific and can take the same call:
// which of them holds would be chance.
func (c *check) ties(path string, rows []RateRow) {
	keys := make([]map[string][]string, len(rows))
	for i := range rows {
		keys[i] = givenKeys(&rows[i].Match)
	}
	for i := range rows {
		for j := range i {
			if len(keys[i]) == len(keys[j]) && rows[i].Default == rows[j].Default && canMeet(keys[i], keys[j]) {
				what := fmt.Sprintf("the row and %s can take the same call, with equally many match keys", index(path, j))
				if rows[i].Default {
					what = "the row and " + index(path, j) + " are both the default"
				}
				c.put(fault.Problem{Path: index(path, i), What: what, Expected: "one row that is more specific, or words that exclude each other", Fix: "add a key to one of them"})
				break // one tie a row is enough to see
			}
		}
	}
}

// canMeet tells whether a call can pass two filters.
func canMeet(a, b map[string][]string) bool {
	for key, words := range a {
		other, both := b[key]
		if both && len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(other, w) }) {
			return false
		}
	}
	return true
}

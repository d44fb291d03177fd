package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"waihu/internal/fault"
)

// combinations refuses rules of a component that cannot hold together.
func (c *check) combinations(path string, comp *Component) {
	bounds := comp.RoundEach != nil || !comp.MinEach.IsZero() || !comp.MaxEach.IsZero() || slices.ContainsFunc(comp.Rates, func(r RateRow) bool {
		return !r.MinEach.IsZero() || !r.MaxEach.IsZero()
	})
	stepped := comp.Tiers != nil || comp.Block != nil
	several := len(comp.Rates) > 0 || comp.Deck != ""
	timed := c.timed(comp) && comp.Measure == TalkTime && comp.Crossing != CrossingCallStart // a call can have several parts
	banded := slices.ContainsFunc(comp.Rates, func(r RateRow) bool { return len(r.Bands) > 0 })
	rowSchedule := slices.ContainsFunc(comp.Rates, func(r RateRow) bool { return len(r.Match.Schedule) > 0 })
	rowBounds := slices.ContainsFunc(comp.Rates, func(r RateRow) bool {
		return !r.MinEach.IsZero() || !r.MaxEach.IsZero() || r.MinDuration != nil && *r.MinDuration > 0
	})
	grace := comp.Grace > 0 && (comp.GraceRule == SubtractGrace || comp.GraceRule == AddGrace)
	byDay := comp.Tiers != nil && (comp.Measure == SeatsAssigned || comp.Measure == Recurring)
	for _, r := range []struct {
		key   string
		given bool
		clash bool
		why   string
	}{
		{"round_total", comp.RoundTotal != nil, several, "prices of several call types have no total quantity to round"},
		{"commitment", !comp.Commitment.IsZero(), several, "prices of several call types have no one quantity to commit to; use minimum"},
		{"round_total", comp.RoundTotal != nil, comp.RoundEach != nil, "each call is rounded already"},
		{"commitment", !comp.Commitment.IsZero(), comp.RoundEach != nil, "each call is rounded and charged alone; use minimum"},
		{"round_each", comp.RoundEach != nil, stepped, "tiers and blocks price the sum of the calls, not each of them"},
		{"minimum_each", !comp.MinEach.IsZero(), stepped, "tiers and blocks price the sum, not each call or event"},
		{"maximum_each", !comp.MaxEach.IsZero(), stepped, "tiers and blocks price the sum, not each call or event"},
		{"fee_each", !comp.FeeEach.IsZero(), stepped, "tiers and blocks price the sum, not each event"},
		{"round_total", comp.RoundTotal != nil, comp.Measure == Events && comp.PricesEach(), "each event is priced alone"},
		{"commitment", !comp.Commitment.IsZero(), comp.Measure == Events && comp.PricesEach(), "each event is priced alone; use minimum"},
		{"included", comp.Included != nil, comp.Measure.OfCalls() && bounds, "a bound or rounding of each call and a free quantity contradict each other"},
		{"trial_included", comp.TrialIncluded != nil, comp.Measure.OfCalls() && bounds, "a bound or rounding of each call and a free quantity contradict each other"},
		{"included", comp.Included != nil, byDay, "tiers of a level that changes from day to day have no total to take it from; make the first tier free"},
		{"commitment", !comp.Commitment.IsZero(), byDay, "tiers of a level that changes from day to day have no total to raise; use minimum"},
		{"round_total", comp.RoundTotal != nil, byDay, "tiers price each day's level"},
		{"per_seat_of", comp.PerSeatOf != "", byDay, "tiers price each day's level"},
		{"minimum_each", !comp.MinEach.IsZero(), timed, "a call over a change of price has several parts; use crossing: call_start"},
		{"maximum_each", !comp.MaxEach.IsZero(), timed, "a call over a change of price has several parts; use crossing: call_start"},
		{"rates", rowBounds, timed, "minimum_each, maximum_each and minimum_duration of a row are for whole calls, and a call over a change of price has several parts; use crossing: call_start"},
		{"minimum_duration", comp.MinDuration > 0, timed, "a call over a change of price has several parts; use crossing: call_start"},
		{"grace", grace, timed, "a call over a change of price has several parts; use grace_rule: free_if_within, or crossing: call_start"},
		{"grid", comp.Grid == MultipleFromZero, timed && comp.Crossing == CrossingIncrementStart, "increments that run through start at the call"},
		{"grace", comp.Grace > 0, banded, "bands count from the first second"},
		{"grid", comp.Grid == MultipleFromZero, banded, "bands have steps of their own"},
		{"commitment", !comp.Commitment.IsZero(), bounds && comp.Measure.OfCalls(), "calls at a bound have no seconds to count; use minimum"},
		{"where.schedule", len(comp.Where.Schedule) > 0, rowSchedule, "its rows name schedules of their own"},
		{"increment", !comp.Increment.IsZero(), comp.Deck != "", "the rows of a deck have their own; name it on the deck"},
	} {
		if r.given && r.clash {
			c.bad(path+"."+r.key, r.key+" does nothing here: "+r.why, "one of the two")
		}
	}
	c.perSeat(path, comp)
}

// perSeat checks what a price is for each seat of.
func (c *check) perSeat(path string, comp *Component) {
	if comp.PerSeatOf == "" {
		return
	}
	of, ok := c.component(path+".per_seat_of", comp.PerSeatOf)
	if ok {
		c.seats(path+".per_seat_of", of)
	}
}

// seats refuses components that have no billed seats when they are asked.
func (c *check) seats(path string, of *Component) {
	if !(of.Measure.OfSeats() && of.Measure != SeatDays || of.Measure == Recurring) || of.PerSeatOf != "" {
		c.put(fault.Problem{Path: path, Value: of.ID, What: "the component has no seats to count", Expected: "a component of measure " + measureWords(slices.Concat(placeMeasures, loginMeasures[:3])) + " or recurring, without per_seat_of"})
	}
}

// filterKeys are the keys of a filter that a measure looks at.
func filterKeys(m Measure) []string {
	switch m {
	case TalkTime, Calls:
		return []string{"direction", "line", "reach", "mode", "purpose", "result", "answered_by", "outcome", "campaign", "account", "trunk", "region", "longer_than", "schedule"}
	case SeatsAssigned, SeatsHighest, SeatsNamed, SeatsAtEnd, SeatsAverage:
		return []string{"seat_type"}
	case SeatsActive, SeatsConcurrentPeak, SeatsConcurrentP95, SeatDays, SystemTime:
		return []string{"seat_type", "state"}
	case ModuleDays:
		return []string{"module"}
	case Rentals:
		return []string{"item"}
	case Events:
		return []string{"kind"}
	}
	return nil
}

// filter checks the keys of a filter and what they refer to.
func (c *check) filter(path string, f *Filter, m Measure) {
	v := reflect.ValueOf(f).Elem()
	allowed := filterKeys(m)
	for _, k := range KeysOf(v.Type()) {
		field := v.FieldByIndex(k.Index)
		if !IsGiven(field) {
			continue
		}
		if !slices.Contains(allowed, k.Name) {
			expected := "one of " + strings.Join(allowed, ", ")
			if len(allowed) == 0 {
				expected = "no filter"
			}
			c.put(fault.Problem{Path: path + "." + k.Name, What: fmt.Sprintf("%s does not look at %s", m, k.Name), Expected: expected, Fix: "remove it"})
		}
		if field.Kind() == reflect.Slice {
			c.filterWords(path+"."+k.Name, field)
		}
	}
	for i, r := range f.Region {
		if !regionPattern.MatchString(r) {
			c.put(fault.Problem{Path: index(path+".region", i), Value: r, What: "not an ISO region", Expected: "two capitals such as HK"})
		}
	}
	for i, id := range f.Schedule {
		c.schedule(index(path+".schedule", i), id)
	}
	for i, id := range f.Module {
		c.module(index(path+".module", i), id)
	}
	if c.p.Home == "" && !c.used["home"] && (len(f.Line) > 0 || len(f.Reach) > 0 || len(f.Region) > 0) {
		c.used["home"] = true
		c.warn(path, "the kind of line called is asked, and the plan has no home_region", "name it, or numbers without country code fall in no row")
	}
}

// filterWords checks the words of one key: none empty, none twice.
func (c *check) filterWords(path string, list reflect.Value) {
	seen := map[string]bool{}
	for i := range list.Len() {
		word := strings.ToLower(list.Index(i).String())
		switch {
		case strings.TrimSpace(word) == "":
			c.bad(index(path, i), "an empty word", "a word")
		case seen[word]:
			c.bad(index(path, i), "the word is there twice", "each once")
		}
		seen[word] = true
	}
}

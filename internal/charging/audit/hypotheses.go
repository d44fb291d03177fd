package audit

import (
	"slices"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// increments are the steps a vendor may have used: the ones seen in offers and
// carriers' decks, and their neighbours.
var increments = []catalog.Increment{{First: 60, Next: 60}, {First: 6, Next: 6}, {First: 1, Next: 1}, {First: 30, Next: 6}, {First: 30, Next: 30},
	{First: 60, Next: 1}, {First: 60, Next: 6}, {First: 10, Next: 10}, {First: 10, Next: 1}, {First: 30, Next: 1}, {First: 18, Next: 6}, {First: 60, Next: 30},
	{First: 15, Next: 15}, {First: 20, Next: 20}, {First: 12, Next: 12}, {First: 60, Next: 10}, {First: 30, Next: 10}, {First: 60, Next: 15}, {First: 120, Next: 60}, {First: 180, Next: 60}}

// usualIncrements is how many of them are usual enough to be thought of before a
// longer duration, where both come to the same.
const usualIncrements = 5

// addedSeconds are what a vendor's clock may run longer in each call.
var addedSeconds = []int64{1, 2, 3, 5, 10}

// hypotheses lists what a vendor may have done to the quantity of a component.
func hypotheses(p *catalog.Plan, c *catalog.Component) []change {
	out := byMeasure(c)
	if len(p.IncludedFor(c.ID)) > 0 {
		out = append(out, ofIncluded(c)...)
	}
	if c.Discount != nil || slices.ContainsFunc(p.Discounts, func(d catalog.Discount) bool { return discounts(&d, c.ID) }) {
		out = append(out, ofDiscounts(c)...)
	}
	for i := range out {
		out[i].of = c.ID
	}
	return out
}

// byMeasure lists what can go wrong in counting a component's measure.
func byMeasure(c *catalog.Component) []change {
	switch {
	case c.Measure == catalog.TalkTime:
		steps := ofIncrements(c)
		usual := min(usualIncrements, len(steps))
		return slices.Concat(steps[:usual], ofDurations(), ofCounting(c), steps[usual:])
	case c.Measure == catalog.Calls, c.Measure == catalog.SystemTime:
		return ofCounting(c)
	case c.Measure.OfSeats():
		return slices.Concat(ofProration(c), ofSeatRules(c))
	case c.Measure.Prorates():
		return ofProration(c)
	}
	return nil
}

// discounts tells whether a discount is on a component.
func discounts(d *catalog.Discount, id string) bool {
	return len(d.Components) == 0 || slices.Contains(d.Components, id)
}

// ofIncrements bills calls by other steps. Rows of a deck keep their own.
func ofIncrements(c *catalog.Component) []change {
	now := c.Increment
	if now.IsZero() {
		now = catalog.Increment{First: 60, Next: 60}
	}
	own := slices.ContainsFunc(c.Rates, func(r catalog.RateRow) bool { return !r.Increment.IsZero() })
	var out []change
	for _, inc := range increments {
		if inc == now && !own {
			continue
		}
		out = append(out, change{cause: Increment, key: "increment", args: pairs("by", inc.String(), "due", now.String()), weight: 1, recount: true,
			component: func(c *catalog.Component) {
				c.Increment = inc
				for i := range c.Rates {
					c.Rates[i].Increment = inc
				}
			}})
	}
	if c.RoundTotal != nil || len(c.Rates) > 0 || c.Deck != "" {
		return out
	}
	for _, to := range []int64{1, 10} {
		out = append(out, change{cause: Increment, key: "round_total", args: pairs("to", strconv.FormatInt(to, 10), "unit", c.PricedUnit()), weight: 1, of: c.ID,
			component: func(c *catalog.Component) {
				c.RoundTotal = &catalog.Multiple{Mode: exact.Up, To: exact.Int(to)}
			}})
	}
	return out
}

// ofDurations bills calls longer than they talked.
func ofDurations() []change {
	out := []change{{cause: Duration, key: "ring", weight: 1, recount: true, facts: retelling(func(c *usage.Call) {
		if c.IsAnswered() && c.Talk > 0 {
			c.Talk += ringOf(c)
		}
	})}}
	for _, n := range addedSeconds {
		out = append(out, change{cause: Duration, key: "seconds_each", args: pairs("seconds", strconv.FormatInt(n, 10)), weight: 1, recount: true,
			facts: retelling(func(c *usage.Call) {
				if c.IsAnswered() && c.Talk > 0 {
					c.Talk += time.Duration(n) * time.Second
				}
			})})
	}
	return out
}

// ringOf is how long a call rang before it was answered.
func ringOf(c *usage.Call) time.Duration {
	if !c.Answer.IsZero() && c.Answer > c.Start {
		return c.Answer.Sub(c.Start)
	}
	return max(c.Total-c.Talk, 0)
}

// ofCounting counts what the filter of the component leaves out.
func ofCounting(c *catalog.Component) []change {
	calls := c.Measure.OfCalls()
	var out []change
	drop := func(key string, given bool, f func(*catalog.Component)) {
		if given {
			out = append(out, change{cause: Counting, key: key, weight: 1, recount: calls, component: f})
		}
	}
	drop("all_results", len(c.Where.Result) > 0, func(c *catalog.Component) { c.Where.Result = nil })
	drop("all_answerers", len(c.Where.AnsweredBy) > 0, func(c *catalog.Component) { c.Where.AnsweredBy = nil })
	drop("all_outcomes", len(c.Where.Outcome) > 0, func(c *catalog.Component) { c.Where.Outcome = nil })
	drop("all_directions", len(c.Where.Direction) > 0, func(c *catalog.Component) { c.Where.Direction = nil })
	drop("all_states", c.Measure == catalog.SystemTime && len(c.Where.State) > 0, func(c *catalog.Component) { c.Where.State = nil })
	drop("all_legs", calls && c.Legs != "" && c.Legs != catalog.EachLeg, func(c *catalog.Component) { c.Legs = catalog.EachLeg })
	drop("longer_than", c.Where.LongerThan > 0, func(c *catalog.Component) { c.Where.LongerThan = 0 })
	drop("grace", calls && c.Grace > 0, func(c *catalog.Component) { c.Grace = 0 })
	if c.Measure == catalog.TalkTime {
		out = append(out, change{cause: Counting, key: "unanswered", weight: 1, recount: true, facts: retelling(func(c *usage.Call) {
			if !c.IsAnswered() && c.Total > 0 {
				c.Result, c.Talk = usage.Answered, c.Total
			}
		})})
	}
	return out
}

// ofIncluded forgets what is included.
func ofIncluded(c *catalog.Component) []change {
	return []change{{cause: Included, key: "included", weight: 1, component: func(c *catalog.Component) { c.Included = nil }, plan: func(p *catalog.Plan) {
		for i := range p.Packages {
			p.Packages[i].AppliesTo = slices.DeleteFunc(slices.Clone(p.Packages[i].AppliesTo), func(id string) bool { return id == c.ID })
		}
		p.Packages = slices.DeleteFunc(p.Packages, func(k catalog.Package) bool { return len(k.AppliesTo) == 0 })
	}}}
}

// ofDiscounts forgets discounts.
func ofDiscounts(c *catalog.Component) []change {
	return []change{{cause: Discount, key: "discount", weight: 1, component: func(c *catalog.Component) { c.Discount = nil }, plan: func(p *catalog.Plan) {
		p.Discounts = slices.DeleteFunc(p.Discounts, func(d catalog.Discount) bool { return discounts(&d, c.ID) })
	}}}
}

// ofProration charges another part of the period.
func ofProration(c *catalog.Component) []change {
	var out []change
	put := func(key, to string, f func(*catalog.Component)) {
		out = append(out, change{cause: Proration, key: key, args: pairs("to", to), weight: 1, component: f})
	}
	now := c.Proration
	if now == "" {
		now = catalog.ByDay
	}
	for _, way := range []catalog.Proration{catalog.NoProration, catalog.AnyUse, catalog.Fixed30, catalog.Thirty360, catalog.ByDay, catalog.BySecond} {
		if way != now {
			put("proration", string(way), func(c *catalog.Component) { c.Proration = way })
		}
	}
	if c.Measure == catalog.SeatsAssigned || c.Measure == catalog.Recurring {
		if c.SeatIncrease != catalog.WholePeriod {
			put("seat_increase", string(catalog.WholePeriod), func(c *catalog.Component) { c.SeatIncrease = catalog.WholePeriod })
		} else {
			put("seat_increase", string(catalog.DaysLeft), func(c *catalog.Component) { c.SeatIncrease = catalog.DaysLeft })
		}
		if c.SeatDecrease == catalog.CreditDays {
			put("seat_decrease", string(catalog.AtPeriodEnd), func(c *catalog.Component) { c.SeatDecrease = catalog.AtPeriodEnd })
		}
		if c.PaidPeak != catalog.EveryIncrease {
			put("paid_peak", string(catalog.EveryIncrease), func(c *catalog.Component) { c.PaidPeak = catalog.EveryIncrease })
		}
	}
	if c.OffDay != catalog.OffDayCharged && (c.Measure == catalog.ModuleDays || c.Measure == catalog.Rentals) {
		put("off_day", string(catalog.OffDayCharged), func(c *catalog.Component) { c.OffDay = catalog.OffDayCharged })
	}
	if c.Trial > 0 {
		put("trial", "", func(c *catalog.Component) { c.Trial = 0 })
	}
	return out
}

// ofSeatRules counts seats by another rule.
func ofSeatRules(c *catalog.Component) []change {
	var out []change
	put := func(key, to string, f func(*catalog.Component)) {
		out = append(out, change{cause: Seats, key: key, args: pairs("to", to), weight: 1, component: f})
	}
	if c.IgnoreBelow > 0 {
		put("ignore_below", "", func(c *catalog.Component) { c.IgnoreBelow = 0 })
	}
	if c.MergeUser == nil || *c.MergeUser {
		each := false
		put("merge", "", func(c *catalog.Component) { c.MergeUser = &each })
	}
	if len(c.Where.SeatType) > 0 {
		put("all_seat_types", "", func(c *catalog.Component) { c.Where.SeatType = nil })
	}
	places := []catalog.Measure{catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage}
	logins := []catalog.Measure{catalog.SeatsConcurrentPeak, catalog.SeatsActive, catalog.SeatsConcurrentP95}
	ways := places
	if c.Measure.OfLogins() {
		ways = logins
	}
	for _, m := range ways {
		if m != c.Measure && c.Measure != catalog.SeatDays {
			put("measure", string(m), func(c *catalog.Component) { c.Measure = m })
		}
	}
	return out
}

// ofRounding rounds money in other ways.
func ofRounding(c *catalog.Component) []change {
	var out []change
	for _, mode := range []exact.Mode{exact.Up, exact.Down, exact.HalfEven} {
		out = append(out, change{cause: Rounding, key: "line_rounding", args: pairs("mode", string(mode)), weight: 1, mode: mode})
	}
	out = append(out, change{cause: Rounding, key: "parts_rounded", weight: 1, amount: func(l *rating.Line) exact.Number {
		sum := l.Exact
		for _, p := range l.Parts {
			sum = sum.Sub(p.Exact).Add(p.Exact.Round(exact.HalfAway, l.Amount.Currency().Exponent()))
		}
		return sum
	}})
	if c.Measure != catalog.TalkTime || c.RoundEach != nil || c.Tiers != nil || c.Block != nil || c.Included != nil {
		return out
	}
	for _, r := range []catalog.Rounding{{Mode: exact.HalfAway, Decimals: 2}, {Mode: exact.Up, Decimals: 2}, {Mode: exact.HalfAway, Decimals: 3}, {Mode: exact.HalfAway, Decimals: 4}} {
		out = append(out, change{cause: Rounding, key: "each_rounded", args: pairs("mode", string(r.Mode), "decimals", strconv.Itoa(r.Decimals)), weight: 1, recount: true,
			component: func(c *catalog.Component) { c.RoundEach = &r }})
	}
	return out
}

// pairs makes arguments of a sentence.
func pairs(kv ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] != "" {
			out[kv[i]] = kv[i+1]
		}
	}
	return out
}

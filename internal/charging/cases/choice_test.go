package cases

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var choiceOperations = map[string]adapter{
	"compare_offers":          compareOffers,
	"break_even_minutes":      breakEvenMinutes,
	"break_even_packages":     breakEvenPackages,
	"break_even_duration":     breakEvenDuration,
	"expected_rounding_ratio": roundingRatio,
	"payback_month":           paybackMonth,
}

// offer is how cases write what a vendor offers; fees are for a month.
type offer struct {
	ID            string         `json:"id"`
	Fixed         num            `json:"fixed"`
	SeatPrice     num            `json:"seat_price"`
	Rate          num            `json:"rate"`
	First         int32          `json:"first_s"`
	Next          int32          `json:"next_s"`
	Included      num            `json:"included_minutes"`
	PerAnswered   num            `json:"per_answered"`
	PerMonthExtra map[string]num `json:"per_month_extra"`
	MinimumSpend  num            `json:"minimum_spend"`
	Yearly        num            `json:"yearly"`
	YearlyShare   num            `json:"yearly_share_of_one_off"`
	OneOff        num            `json:"one_off"`
}

// yearly is a fee for a year, due when the year begins.
func yearly(id string, price catalog.Price) catalog.Component {
	return catalog.Component{ID: id, Measure: catalog.Recurring, UnitPrice: price, Every: timex.Year, Timing: catalog.Advance}
}

// components are what the offer charges.
func (o *offer) components() []catalog.Component {
	var out []catalog.Component
	add := func(n num, c catalog.Component) {
		if n.given {
			out = append(out, c)
		}
	}
	add(o.Fixed, fee("fixed", o.Fixed.price()))
	add(o.SeatPrice, catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: o.SeatPrice.price()})
	talk := catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: o.Rate.price()}
	if o.First > 0 {
		talk.Increment = catalog.Increment{First: o.First, Next: o.Next}
	}
	if o.Included.given {
		talk.Included = &catalog.Included{Quantity: o.Included.Number}
	}
	add(o.Rate, talk)
	add(o.PerAnswered, catalog.Component{ID: "answered", Measure: catalog.Calls, UnitPrice: o.PerAnswered.price(), Where: catalog.Filter{Result: []usage.Result{usage.Answered}}})
	for i, name := range slices.Sorted(maps.Keys(o.PerMonthExtra)) {
		add(o.PerMonthExtra[name], fee("extra-"+strconv.Itoa(i), o.PerMonthExtra[name].price()))
	}
	add(o.Yearly, yearly("yearly", o.Yearly.price()))
	add(o.OneOff, catalog.Component{ID: "one-off", Measure: catalog.OneOff, UnitPrice: o.OneOff.price()})
	add(o.YearlyShare, yearly("yearly-share", known(o.OneOff.Mul(o.YearlyShare.Number))))
	return out
}

// total bills the offer month after month. It is not complete where a price
// nobody knows is in it.
func (o *offer) total(months int, seats num, list calls) (sum money.Amount, complete bool, err error) {
	sum, complete = money.Zero(currency), true
	calendar := timex.CalendarCycle(timex.Month)
	begin := calendar.Index(timex.MustDate("2026-01-01"))
	for i := range months {
		w := newWorld(o.components()...)
		w.first, w.after, w.start = calendar.Boundary(begin+i), calendar.Boundary(begin+i+1), calendar.Boundary(begin)
		if o.SeatPrice.given {
			w.hold("seats", seats.Number)
		}
		if o.MinimumSpend.given {
			w.plan.Minimums = []catalog.Limit{{ID: "least", Amount: o.MinimumSpend.Number}}
		}
		if err := list.put(w); err != nil {
			return sum, false, err
		}
		inv, err := w.draft()
		if err != nil {
			return sum, false, err
		}
		complete = complete && len(inv.Unknown) == 0
		if sum, err = sum.Add(inv.Net); err != nil {
			return sum, false, err
		}
	}
	return sum, complete, nil
}

func compareOffers(c *charge) (answer, error) {
	var price struct {
		Kind   string  `json:"kind"`
		Offers []offer `json:"offers"`
	}
	var use struct {
		Seats  num   `json:"seats"`
		Calls  calls `json:"calls"`
		Months int   `json:"months"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("rounding_scope", "per_call", ""); err != nil {
		return nil, err
	}
	totals := map[string]any{}
	var cheapest []string
	var least money.Amount
	for i := range price.Offers {
		o := &price.Offers[i]
		sum, complete, err := o.total(use.Months, use.Seats, use.Calls)
		if err != nil {
			return nil, fmt.Errorf("offer %s: %w", o.ID, err)
		}
		if !complete {
			totals[o.ID] = "cannot_total"
			continue
		}
		totals[o.ID] = sum
		switch {
		case len(cheapest) == 0 || sum.Cmp(least) < 0:
			cheapest, least = []string{o.ID}, sum
		case sum == least:
			cheapest = append(cheapest, o.ID)
		}
	}
	if cheapest == nil {
		cheapest = []string{}
	}
	return answer{"totals": totals, "cheapest": cheapest}, nil
}

// roundingRatio weighs the billed seconds of every length of call by how likely
// it is. Part seconds are billed whole, so seconds are fine enough.
func roundingRatio(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Step int32  `json:"increment_s"`
	}
	var use struct {
		Mean float64 `json:"mean_s"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	rate := deck.Rate{Per: 60, First: price.Step, Next: price.Step}
	expected, longest := 0.0, int64(50*use.Mean) // one call in 5e21 is longer
	for s := int64(1); s <= longest; s++ {
		likely := math.Exp(-float64(s-1)/use.Mean) - math.Exp(-float64(s)/use.Mean)
		expected += likely * float64(rate.Billed(s, deck.Count{}))
	}
	var r rounding
	c.optionInto("rounding", &r)
	mode, err := r.mode()
	if err != nil {
		return nil, err
	}
	ratio, err := exact.Parse(strconv.FormatFloat(expected/use.Mean, 'f', 12, 64))
	return answer{"ratio": ratio.Round(mode, r.Decimals)}, err
}

// paybackMonth is the first month in which paying monthly has cost no less than
// a year ahead.
func paybackMonth(c *charge) (answer, error) {
	var price struct {
		Kind    string `json:"kind"`
		Monthly num    `json:"monthly"`
		Yearly  num    `json:"yearly_prepaid"`
	}
	if err := c.read(&price, nil, nil); err != nil {
		return nil, err
	}
	for m := 1; m <= 12; m++ {
		byMonth, _, err := (&offer{ID: "monthly", Fixed: price.Monthly}).total(m, num{}, nil)
		if err != nil {
			return nil, err
		}
		ahead, _, err := (&offer{ID: "ahead", Yearly: price.Yearly}).total(m, num{}, nil)
		if err != nil {
			return nil, err
		}
		if ahead.Cmp(byMonth) <= 0 {
			return answer{"months": m}, nil
		}
	}
	return nil, fmt.Errorf("a year of months costs less than a year ahead")
}

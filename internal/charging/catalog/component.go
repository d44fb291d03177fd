package catalog

import (
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Component is one thing a plan charges.
type Component struct {
	ID       string    `plan:"id,required" doc:"Identifier, unique in the plan."`
	Name     lang.Text `plan:"name" doc:"Name for people."`
	Category string    `plan:"category" doc:"Heading of the invoice it stands under, and the hidden-fee category it answers."`
	Measure  Measure   `plan:"measure,required" doc:"Where the quantity comes from."`
	Unit     UnitOf    `plan:"unit" doc:"For durations: what prices and included quantities are for; minute if absent."`
	TaxClass string    `plan:"tax" doc:"Tax class; the plan's default if absent."`

	Where    Filter       `plan:"where" doc:"Which usage counts; absent: all of it."`
	Quantity exact.Number `plan:"quantity" doc:"For recurring and one_off: how many, 1 if absent; a contract may set it."`
	Of       []string     `plan:"of" doc:"For percent_of: the components."`
	Percent  *Percent     `plan:"percent" doc:"For percent_of: the share."`

	// Seats and sessions.
	IgnoreBelow  Duration     `plan:"ignore_below" doc:"Concurrent peak: levels held for less than this in total are ignored."`
	MergeUser    *bool        `plan:"merge_same_user" doc:"Two log-ins of one user at a time are one; true if absent."`
	SeatIncrease SeatIncrease `plan:"seat_increase" doc:"A seat added within a period: days_left (default) or full_period."`
	SeatDecrease SeatDecrease `plan:"seat_decrease" doc:"A seat given back within a period: period_end (default) or credit."`
	PaidPeak     PaidPeak     `plan:"paid_peak" doc:"A seat added again up to a paid level: only_above (default) or every_increase."`
	SameDay      SameDay      `plan:"same_day" doc:"Level of a day with several changes: end_of_day (default), max_of_day, every_change."`
	OffDay       OffDay       `plan:"off_day" doc:"Day a module or rental ends: free (default) or charged."`

	// Each call.
	Increment   Increment    `plan:"increment" doc:"First and next increment in seconds: 60/60 (default), 30/6, 6/6, 1/1 ..."`
	Grid        Grid         `plan:"grid" doc:"first_then_next (default) or multiple_from_zero."`
	Grace       Duration     `plan:"grace" doc:"Short talk time treated by grace_rule."`
	GraceRule   GraceRule    `plan:"grace_rule" doc:"free_if_within (default), subtract or add."`
	MinDuration Duration     `plan:"minimum_duration" doc:"Shortest billed duration of an answered call."`
	ConnectFee  Price        `plan:"connect_fee" doc:"Fee for each answered call."`
	MinEach     exact.Number `plan:"minimum_each" doc:"Least an answered call (or an event) costs."`
	MaxEach     exact.Number `plan:"maximum_each" doc:"Most a call (or an event) costs."`
	FeeEach     exact.Number `plan:"fee_each" doc:"Events: fixed fee for each, beside the price of its quantity."`
	RoundEach   *Rounding    `plan:"round_each" doc:"Round the cost of each call to so many decimals; absent: calls stay exact until the line."`
	Legs        Legs         `plan:"legs" doc:"Two-leg conversations: each (default), first, second."`
	Crossing    Crossing     `plan:"crossing" doc:"Calls over a boundary of schedules: split (default), increment_start, call_start."`

	// Over the period.
	RoundTotal *Multiple    `plan:"round_total" doc:"Round the quantity of the period, for example up to 10 minutes."`
	Included   *Included    `plan:"included" doc:"Free quantity of this component alone; share one with packages."`
	PerSeatOf  string       `plan:"per_seat_of" doc:"The price is for each billed seat of this component: a module at 5 a seat."`
	Commitment exact.Number `plan:"commitment" doc:"Least quantity charged in a period, used or not."`

	// Price: exactly one of these.
	UnitPrice Price     `plan:"unit_price" doc:"Price of one unit; unknown is possible and makes the total unknown."`
	Tiers     *Tiers    `plan:"tiers" doc:"Prices by quantity."`
	Block     *Block    `plan:"block" doc:"Price of a started block of units: 200 for each started 1,000 calls."`
	Rates     []RateRow `plan:"rates" doc:"Call types: the most specific row that matches."`
	Deck      string    `plan:"deck" doc:"Rate deck by called prefix."`

	// The line.
	Discount *Discount    `plan:"discount" doc:"Discount on this component."`
	Minimum  exact.Number `plan:"minimum" doc:"Least the component costs in a period."`
	Maximum  exact.Number `plan:"maximum" doc:"Most the component costs in a period."`
	Order    []Step       `plan:"order" doc:"Order of discount, minimum, maximum; as listed here if absent."`

	// When.
	Every     timex.Unit `plan:"every" doc:"Own period of a recurring fee; the plan's if absent."`
	Timing    Timing     `plan:"timing" doc:"arrears (default) or advance."`
	Proration Proration  `plan:"proration" doc:"Part of a period: day (default), second, fixed_30, thirty_360, none, any_use."`
	On        timex.Date `plan:"on" doc:"For one_off: the local day it falls due; absent: when the contract starts."`
	Trial     Duration   `plan:"trial" doc:"Free days at the start of the contract, for example 14d."`

	TrialIncluded *exact.Number `plan:"trial_included" doc:"With trial, for talk_time and calls: so much is free in it instead of all."`
}

// Filter says which usage a component or rate row takes. Lists are "any of";
// different keys must all hold.
type Filter struct {
	Direction  []usage.Direction  `plan:"direction" doc:"outbound, inbound, internal, callback."`
	Line       []usage.Line       `plan:"line" doc:"mobile, landline, toll_free, shared_cost, premium, voip, short."`
	Reach      []usage.Reach      `plan:"reach" doc:"local, long_distance, international."`
	Mode       []usage.Mode       `plan:"mode" doc:"manual, preview, progressive, predictive, robot."`
	Purpose    []usage.Purpose    `plan:"purpose" doc:"sales, service, survey."`
	Result     []usage.Result     `plan:"result" doc:"answered, busy, no_answer ..."`
	AnsweredBy []usage.AnsweredBy `plan:"answered_by" doc:"person, machine, fax."`
	Outcome    []string           `plan:"outcome" doc:"Disposition codes: sale, appointment ..."`
	Campaign   []string           `plan:"campaign" doc:"Campaigns."`
	Account    []string           `plan:"account" doc:"Account codes."`
	Trunk      []string           `plan:"trunk" doc:"Trunks."`
	Region     []string           `plan:"region" doc:"ISO regions of the called number."`
	LongerThan Duration           `plan:"longer_than" doc:"Talk time longer than this."`
	Schedule   []string           `plan:"schedule" doc:"Schedules the call (or part of it) falls in."`
	SeatType   []string           `plan:"seat_type" doc:"agent, supervisor, robot or your own."`
	State      []usage.State      `plan:"state" doc:"Session states that count; absent: all but offline."`
	Module     []string           `plan:"module" doc:"Modules."`
	Item       []string           `plan:"item" doc:"Rented things: number, line, device ..."`
	Kind       []string           `plan:"kind" doc:"Event kinds: sms, storage_gb_day ..."`
}

// RateRow is one row of a call-type matrix. The row with the most keys that all
// match wins; a tie is an error of the plan.
type RateRow struct {
	ID          string       `plan:"id" doc:"Identifier, shown on the line; made from the keys if absent."`
	Name        lang.Text    `plan:"name" doc:"Name for people."`
	Default     bool         `plan:"default" doc:"The explicit row for calls no other row takes."`
	Match       Filter       `plan:"match" doc:"Which calls it is for."`
	UnitPrice   Price        `plan:"unit_price" doc:"Price of a unit; unknown is possible."`
	Deck        string       `plan:"deck" doc:"Rate deck instead of a price."`
	Blocked     bool         `plan:"blocked" doc:"Such calls may not be made; if one was, it is refused loudly."`
	Increment   Increment    `plan:"increment" doc:"The component's if absent."`
	ConnectFee  Price        `plan:"connect_fee" doc:"Fee for each answered call; the component's if absent."`
	MinDuration *Duration    `plan:"minimum_duration" doc:"Shortest billed duration; the component's if absent, 0s: none."`
	MaxEach     exact.Number `plan:"maximum_each" doc:"Most a call costs."`
	MinEach     exact.Number `plan:"minimum_each" doc:"Least an answered call costs."`
	Bands       []Band       `plan:"bands" doc:"Prices that change as a call goes on."`
	LegFactor   int          `plan:"leg_factor" doc:"Legs billed for one record, 1 if absent; 2 where a callback is recorded once."`
}

// Shortest is the shortest billed duration of a call of the row.
func (r *RateRow) Shortest(of *Component) Duration {
	if r.MinDuration != nil {
		return *r.MinDuration
	}
	return of.MinDuration
}

// Band is a price from a moment of a call on.
type Band struct {
	From      Duration `plan:"from" doc:"Talk time from which it holds."`
	UnitPrice Price    `plan:"unit_price,required" doc:"Price of a unit."`
	Step      Duration `plan:"step" doc:"Increment within the band; 1s if absent."`
}

// Tiers price a quantity by how large it is. Bounds are up to and including.
type Tiers struct {
	Mode       TierMode `plan:"mode,required" doc:"graduated or volume."`
	FlatAtZero *bool    `plan:"flat_at_zero" doc:"The first tier's flat fee is due at zero usage; true if absent."`
	Rows       []Tier   `plan:"rows,required" doc:"From small to large; the last one without up_to."`
}

// Tier is one step of a price.
type Tier struct {
	UpTo      *exact.Number `plan:"up_to" doc:"Largest quantity of the tier, itself included; absent: no end."`
	UnitPrice Price         `plan:"unit_price" doc:"Price of a unit in the tier."`
	Flat      exact.Number  `plan:"flat" doc:"Fee once the tier is reached."`
	Block     exact.Number  `plan:"block" doc:"Units of a started block that unit_price is for; 1 unit and no blocks if absent."`
}

// Block prices started blocks.
type Block struct {
	Size  exact.Number `plan:"size,required" doc:"Units in a block."`
	Price Price        `plan:"price,required" doc:"Price of a started block."`
}

// Rounding is a named rounding to so many decimals.
type Rounding struct {
	Mode     exact.Mode `plan:"mode" doc:"half_away (default), half_even, up, down, ceiling, floor."`
	Decimals int        `plan:"decimals,required" doc:"0 to 9."`
}

// Multiple rounds a quantity to a multiple.
type Multiple struct {
	Mode exact.Mode   `plan:"mode" doc:"up (default) or another rounding."`
	To   exact.Number `plan:"to,required" doc:"Multiple, in the component's unit."`
}

// Span is the length of a duration in whole seconds, rounded up.
func Span(d Duration) int64 { return int64((time.Duration(d) + time.Second - 1) / time.Second) }

// Words lists what a filter asks for, key by key: "direction=outbound",
// "line=mobile|landline".
func (f *Filter) Words() []string {
	var out []string
	add := func(key string, values []string) {
		if len(values) > 0 {
			out = append(out, key+"="+strings.Join(values, "|"))
		}
	}
	add("direction", texts(f.Direction))
	add("line", texts(f.Line))
	add("reach", texts(f.Reach))
	add("mode", texts(f.Mode))
	add("purpose", texts(f.Purpose))
	add("result", texts(f.Result))
	add("answered_by", texts(f.AnsweredBy))
	add("outcome", f.Outcome)
	add("campaign", f.Campaign)
	add("account", f.Account)
	add("trunk", f.Trunk)
	add("region", f.Region)
	if f.LongerThan > 0 {
		add("longer_than", []string{f.LongerThan.String()})
	}
	add("schedule", f.Schedule)
	add("seat_type", f.SeatType)
	add("state", texts(f.State))
	add("module", f.Module)
	add("item", f.Item)
	add("kind", f.Kind)
	return out
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}

// PricesEach tells whether the events of a component are priced one by one, not
// as a sum.
func (c *Component) PricesEach() bool {
	return !c.FeeEach.IsZero() || !c.MinEach.IsZero() || !c.MaxEach.IsZero()
}

package contract

import (
	"maps"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Terms are what holds for one billing period: a plan as a contract changed it.
// Metering and rating read Terms alone; they know neither files nor contracts.
type Terms struct {
	Plan     *catalog.Plan         // with price overrides, discounts and limits of the contract applied
	Digest   string                // SHA-256 over everything below and the plan, canonical
	Decks    map[string]*deck.Deck // by deck id
	Loc      *time.Location        // zone of billing days
	Holidays map[string]*timex.Calendar
	Period   timex.Period
	First    timex.Date // local dates of the period
	After    timex.Date
	// Start is the first local day of service, End the day after the last; 0 is
	// "since before the period" and "open".
	Start timex.Date
	End   timex.Date

	Quantities map[string]exact.Number // fixed quantities by component: seats bought, devices rented
	Changes    map[string][]Change     // changes of a fixed quantity within the period, by component
	Modules    []usage.Module          // modules the contract itself switches on
	Opening    []Opening               // what earlier periods left over
	Before     *Standing               // what ran on from the bill before; nil: nobody says
	Promises   []Promise               // commitments for longer than a period that count in this one
	Prepay     []Payment               // what is paid ahead in the period
	Levels     []Level                 // service levels that were missed
	Leaving    *Leaving                // nil unless the contract ends in the period, before its term

	// history gives quantities and changes of other days; nil: they do not change.
	history func(first, after timex.Date) (map[string]exact.Number, map[string][]Change)
	stated  map[string]bool // components whose quantity was stated, over the contract's
}

// Change is a new level of a fixed quantity from a local day on.
type Change struct {
	On       timex.Date   `plan:"on,required" doc:"First day it holds."`
	Quantity exact.Number `plan:"quantity,required" doc:"How many from then on."`
}

// Opening is what an earlier period left of a package.
type Opening struct {
	Package string
	Seat    string
	Granted timex.Date
	Expires timex.Date // day after the last
	Left    exact.Number
}

// Within are the terms of other days than the bill's: of a fee with a period of
// its own. What was stated for the bill holds there too.
func (t *Terms) Within(first, after timex.Date) *Terms {
	own := *t
	own.First, own.After, own.Period = first, after, timex.Days(first, after, t.Loc)
	if t.history == nil {
		return &own
	}
	quantities, changes := t.history(first, after)
	own.Quantities, own.Changes = maps.Clone(t.Quantities), maps.Clone(t.Changes)
	for id, n := range quantities {
		if !t.stated[id] {
			own.Quantities[id], own.Changes[id] = n, changes[id]
		}
	}
	return &own
}

// State makes a quantity one that is stated: on all days it takes the place of what
// the contract says, changes and all. Copies of the terms are left as they are.
func (t *Terms) State(id string, n exact.Number) {
	t.Quantities, t.Changes, t.stated = maps.Clone(t.Quantities), maps.Clone(t.Changes), maps.Clone(t.stated)
	if t.Quantities == nil {
		t.Quantities = map[string]exact.Number{}
	}
	if t.stated == nil {
		t.stated = map[string]bool{}
	}
	t.Quantities[id], t.stated[id] = n, true
	delete(t.Changes, id)
}

// Service is the part of the period in which the contract serves.
func (t *Terms) Service() (first, after timex.Date) {
	first, after = t.First, t.After
	if t.Start != 0 {
		first = max(first, t.Start)
	}
	if t.End != 0 {
		after = min(after, t.End)
	}
	return first, max(first, after)
}

// Cycle is the chain of billing periods the terms belong to.
func (t *Terms) Cycle() timex.Cycle {
	every := t.Plan.Period.Every
	if every == "" {
		every = timex.Month
	}
	c := timex.CalendarCycle(every)
	c.Count = max(t.Plan.Period.Count, 1)
	if t.Plan.Period.Anchor == catalog.ContractAnchor && t.Start != 0 {
		c.Anchor = t.Start
	}
	return c
}

// NextBoundary is the first billing boundary after a day.
func (t *Terms) NextBoundary(d timex.Date) timex.Date {
	_, after := t.Cycle().Containing(d)
	return after
}

// Opened tells whether an earlier period handed over anything of a package.
func (t *Terms) Opened(pack string) bool {
	for _, o := range t.Opening {
		if o.Package == pack {
			return true
		}
	}
	return false
}

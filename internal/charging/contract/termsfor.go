package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Inputs are what the terms of a period are made of.
type Inputs struct {
	Plan     *catalog.Plan // checked
	Decks    map[string]*deck.Deck
	Contract *Contract      // checked; nil: the plan as it is
	Loc      *time.Location // zone of billing days; nil: the contract's, else the plan's
	First    timex.Date     // local dates of the period
	After    timex.Date     // day after the last
	Holidays map[string]*timex.Calendar
	Opening  []Opening // what earlier periods left over
	Before   *Standing // what runs on from the bill before; nil: nobody says
	Stated   Stated
}

// Stated is what is said beside plan and contract, for a bill by a plan alone or
// for a what-if. It takes the place of what the contract says.
type Stated struct {
	Start      timex.Date // 0: the contract's, or since before the period
	End        timex.Date // day after the last; 0: the contract's, or open
	Quantities map[string]exact.Number
	Modules    []ModuleTerm
	Levels     map[string]string // what was measured of a service level, by metric: "99.5%"
}

// TermsFor works out what holds in a billing period. Problems have paths of the
// contract; with an error there are no terms. Prices that change within the
// period hold from the next one, and a warning says so.
func TermsFor(in Inputs) (*Terms, fault.Problems) { return termsOf(in, false) }

// TermsAsIf are terms of a period that is looked at and not billed: nobody need
// say what came before it, and commitments for longer than it do not count.
func TermsAsIf(in Inputs) (*Terms, fault.Problems) {
	t, problems := termsOf(in, true)
	if t != nil {
		t.Promises = nil
	}
	return t, problems
}

// termsOf is TermsFor; asIf are terms of a period that will not be.
func termsOf(in Inputs, asIf bool) (*Terms, fault.Problems) {
	k := &check{}
	if in.Plan == nil || in.After <= in.First {
		k.put("", in.First.String()+" to "+in.After.String(), "no plan, or a period that ends before it begins", "a plan, and a day after the first")
		return nil, k.found
	}
	t := &Terms{Plan: in.Plan, Decks: in.Decks, Holidays: in.Holidays, Opening: in.Opening, Before: in.Before, First: in.First, After: in.After,
		Start: in.Stated.Start, End: in.Stated.End, Quantities: map[string]exact.Number{}, Changes: map[string][]Change{}}
	if in.Contract != nil {
		k.underContract(&in, t)
	}
	t.Plan = trialPackages(t.Plan, t.Start, t.First)
	if t.Loc = in.Loc; t.Loc == nil {
		loc, err := timex.LoadZone(t.Plan.Zone)
		if err != nil {
			k.put("time_zone", t.Plan.Zone, "not an IANA time zone", "a name such as Asia/Shanghai")
			return nil, k.found
		}
		t.Loc = loc
	}
	t.Period = timex.Days(t.First, t.After, t.Loc)
	if first, after := t.Service(); first == after {
		k.put("", t.First.String()+" to "+t.After.String(), "the contract does not serve in this period", "a period between its first day of service and its last")
		return nil, k.found
	}
	k.stated(&in, t)
	t.Modules = moduleFacts(&in, t)
	k.aligned(t)
	t.Promises = k.promises(&in, t, asIf)
	t.Prepay = k.paidAhead(&in, t)
	t.Levels = k.levels(&in, t)
	if !asIf {
		t.Leaving = k.leaving(&in, t)
	}
	if k.found.Err() != nil {
		return nil, k.found
	}
	t.Digest = t.digest()
	return t, k.found
}

// underContract takes dates, plan and quantities from the contract.
func (k *check) underContract(in *Inputs, t *Terms) {
	c := in.Contract
	start, end := c.Service()
	if t.Start == 0 {
		t.Start = start
	}
	if t.End == 0 {
		t.End = end
	}
	t.Plan = c.PlanOn(in.Plan, in.First)
	k.found = append(k.found, c.located(in.Plan, t.Plan)...)
	t.Quantities, t.Changes = c.quantitiesIn(in.First, in.After)
	t.history = c.quantitiesIn
	for _, s := range c.stages()[1:] {
		if s.on > in.First && s.on < in.After && s.changesPrices() {
			k.warn(s.path, fmt.Sprintf("prices change on %s, within the period from %s", s.on, in.First), "they hold from the next period, "+in.After.String()+"; date changes of price on a first day of a period")
		}
	}
}

// changesPrices tells whether an agreement has more than quantities and modules.
func (a *Agreement) changesPrices() bool {
	return len(a.Prices)+len(a.Discounts)+len(a.Commitments)+len(a.Minimums)+len(a.Maximums)+len(a.Packs)+len(a.Sizes) > 0
}

// stated puts stated quantities over the contract's.
func (k *check) stated(in *Inputs, t *Terms) {
	for _, id := range slices.Sorted(maps.Keys(in.Stated.Quantities)) {
		n := in.Stated.Quantities[id]
		comp, ok := t.Plan.Component(id)
		switch {
		case !ok:
			k.put("quantities."+id, "", "the plan has no component "+strconv.Quote(id), "one of its components")
		case !holdsQuantity(comp.Measure):
			k.put("quantities."+id, n.String(), fmt.Sprintf("%s is counted, its quantity cannot be stated", comp.Measure), "a component of seats assigned, rentals, recurring or one_off")
		case n.Sign() < 0:
			k.put("quantities."+id, n.String(), "a negative quantity", "0 or more")
		}
		t.State(id, n)
	}
	if t.End != 0 && t.Start != 0 && t.End <= t.Start {
		k.put("end", t.End.String(), "service ends before it begins", "a day after "+t.Start.String())
	}
}

// holdsQuantity tells whether a contract can fix the quantity of a measure.
func holdsQuantity(m catalog.Measure) bool {
	switch m {
	case catalog.SeatsAssigned, catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage, catalog.Rentals, catalog.Recurring, catalog.OneOff:
		return true
	}
	return false
}

// moduleFacts are the modules that contract or statement switch on, as far as
// they touch the period.
func moduleFacts(in *Inputs, t *Terms) []usage.Module {
	var spans []moduleSpan
	source := "stated"
	if in.Contract != nil {
		spans, source = in.Contract.moduleSpans(), "contract "+in.Contract.ID
	}
	for _, m := range in.Stated.Modules {
		spans = append(spans, moduleSpan{module: m.Module, from: m.From, to: m.To})
	}
	var out []usage.Module
	for i, s := range spans {
		from := max(s.from, t.Start)
		if from == 0 {
			from = t.First
		}
		if from >= t.After || s.to != 0 && (s.to <= t.First || s.to <= from) {
			continue
		}
		m := usage.Module{ID: strconv.Itoa(i + 1), Source: source, Module: s.module, From: from.Start(t.Loc)}
		if s.to != 0 && s.to < t.After { // an end after the period is none of its business
			m.To = s.to.Start(t.Loc)
		}
		out = append(out, m)
	}
	return out
}

// aligned warns where a period is not one of the contract's.
func (k *check) aligned(t *Terms) {
	if first, after := t.Cycle().Containing(t.First); first != t.First || after != t.After {
		k.warn("period", fmt.Sprintf("%s to %s is not a billing period of the plan", t.First, t.After-1), fmt.Sprintf("the one around its first day is %s to %s; parts of a period are charged as if it were whole", first, after-1))
	}
}

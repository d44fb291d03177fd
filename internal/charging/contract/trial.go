package contract

import (
	"maps"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Trial is a time at the start of a contract in which service is free, or free
// up to an allowance.
type Trial struct {
	For        Term                    `plan:"for,required" doc:"How long it lasts, for example 14 days or 1 month."`
	Components []string                `plan:"components" doc:"What is free in it; absent: all that can be. A component's own trial goes before."`
	Included   map[string]exact.Number `plan:"included" doc:"For components of talk_time or calls: so much is free in it instead of all, in the component's unit."`
}

const dayLong = catalog.Duration(24 * time.Hour)

// apply gives components of a plan the trial of the contract.
func (t *Trial) apply(p *catalog.Plan, start timex.Date) {
	if t == nil {
		return
	}
	length := catalog.Duration(t.For.From(start)-start) * dayLong
	for i := range p.Components {
		c := &p.Components[i]
		allowance, limited := t.Included[c.ID]
		asked := limited || len(t.Components) == 0 || slices.Contains(t.Components, c.ID)
		if !asked || c.Trial > 0 || !c.Measure.Trials() {
			continue
		}
		if c.Trial = length; limited {
			c.TrialIncluded = &allowance
		}
	}
}

// trialPackages turns allowances of trials that touch the period into packages
// with dates: they are used up, split and told as every package is. A trial
// without a start never is.
func trialPackages(p *catalog.Plan, start, first timex.Date) *catalog.Plan {
	if !slices.ContainsFunc(p.Components, func(c catalog.Component) bool { return c.TrialIncluded != nil }) {
		return p
	}
	out := *p
	out.Components, out.Packages = slices.Clone(p.Components), slices.Clone(p.Packages)
	for i := range out.Components {
		c := &out.Components[i]
		if c.TrialIncluded == nil {
			continue
		}
		after := start + timex.Date(c.Trial/dayLong)
		if start != 0 && after > first && !c.TrialIncluded.IsZero() {
			out.Packages = append(out.Packages, catalog.Package{ID: "trial-" + c.ID, Name: trialName, AppliesTo: []string{c.ID},
				Included: catalog.Included{Quantity: *c.TrialIncluded, From: start, To: after}})
		}
		c.Trial, c.TrialIncluded = 0, nil
	}
	return &out
}

var trialName = lang.Text{En: "Trial", Hant: "試用", Hans: "试用"}

// trial checks what a trial refers to.
func (k *check) trial(t *Trial, p *catalog.Plan) {
	if t == nil {
		return
	}
	for i, id := range t.Components {
		if c, ok := k.component(at("trial.components", i), id, p); ok && !c.Measure.Trials() {
			k.put(at("trial.components", i), id, string(c.Measure)+" has no trial", "a component of seats, time, modules, calls, rentals or recurring")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Included)) {
		path := key("trial", "included", id)
		if c, ok := k.component(path, id, p); ok && !c.Measure.OfCalls() {
			k.put(path, id, string(c.Measure)+" has no allowance for a trial", "a component of talk_time or calls")
		}
		if n := t.Included[id]; n.Sign() < 0 {
			k.put(path, n.String(), "a negative quantity", "0 or more")
		}
	}
}

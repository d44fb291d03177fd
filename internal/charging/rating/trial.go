package rating

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
)

// trialCalls tells what a free trial took: those calls are in no price.
func (r *rater) trialCalls(c *catalog.Component, cc *meter.CallCount, l *Line) {
	if c.Trial == 0 {
		return
	}
	served := meter.Served(c, r.terms)
	if served.First == l.First {
		return
	}
	l.rule("trial_calls", "days", fmt.Sprint(int64(served.First-l.First)), "until", served.First.String(), "calls", fmt.Sprint(cc.TrialCalls), "seconds", fmt.Sprint(cc.TrialSeconds))
	l.First, l.After = served.First, served.After
}

// trialShare is the part of the period that is not a free trial: a commitment is
// for that part.
func (r *rater) trialShare(c *catalog.Component) exact.Number {
	if c.Trial == 0 {
		return exact.One
	}
	first, after := r.terms.Service()
	return exact.Frac(meter.Served(c, r.terms).Days(), int64(after-first))
}

package contract

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/timex"
)

// Leaving is what the fee for ending a contract before its term depends on.
type Leaving struct {
	Clause catalog.Termination
	End    timex.Date // day after the last of service
	Bound  timex.Date // day after the last the contract would have bound
	// Rest are the terms of the periods up to Bound as if the contract went on,
	// the one it ends in first. Next is the whole period after that one, without
	// commitments for longer than a period.
	Rest []*Terms
	Next *Terms
}

// Bound is the day after the last day the contract binds: the end of the term,
// or of the renewal, in which service ends. 0 is a contract without a term.
// A contract that renews itself without saying for how long is free to end once
// its first term is over.
func (c *Contract) Bound(end timex.Date) timex.Date {
	if c.Term.IsZero() {
		return 0
	}
	bound := c.Term.From(c.Start)
	if c.Renewal == nil || !c.Renewal.Auto || c.Renewal.Term.IsZero() || end <= bound {
		return bound
	}
	renewals := timex.Cycle{Unit: c.Renewal.Term.Unit, Count: c.Renewal.Term.Count, Anchor: bound}
	_, after := renewals.Containing(end - 1)
	return after
}

// leaving works out the rest of the term where the contract ends in the period
// before it.
func (k *check) leaving(in *Inputs, t *Terms) *Leaving {
	clause := t.Plan.Termination
	if in.Contract == nil || clause == nil || t.End == 0 || t.End <= t.First || t.End > t.After {
		return nil
	}
	out := &Leaving{Clause: *clause, End: t.End, Bound: in.Contract.Bound(t.End)}
	if out.Bound <= out.End {
		return nil
	}
	as := *in
	as.Opening, as.Before, as.Stated.Levels = nil, in.Before, nil
	as.First, as.After, as.Stated.End = t.First, t.After, out.Bound
	for as.First < out.Bound && len(out.Rest) < maxPeriods {
		out.Rest = append(out.Rest, k.asIf(as))
		as.First, as.After = as.After, t.NextBoundary(as.After)
	}
	as.First, as.After = t.After, t.NextBoundary(t.After)
	as.Stated.End = as.After
	out.Next = k.asIf(as)
	if k.found.Err() != nil {
		return nil
	}
	out.Next.Promises = nil // of a year, not of a month
	return out
}

// asIf are the terms of a period that will not be.
func (k *check) asIf(in Inputs) *Terms {
	t, problems := termsOf(in, true)
	k.found = append(k.found, problems.Errors()...)
	return t
}

package compare

import (
	"strings"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// usual are the what-ifs that are always tried.
func usual() []Change {
	var out []Change
	add := func(kind ChangeKind, percents ...int64) {
		for _, p := range percents {
			out = append(out, Change{Kind: kind, By: exact.Frac(p, 100)})
		}
	}
	add(VolumeChange, -50, -20, 20, 50, 100)
	add(LengthChange, -50, 50)
	add(AnswerChange, -10, 10)
	add(SeatsChange, -20, 20, 100)
	return out
}

// whatIfs costs every offer under each change, at the deciding horizon.
func (c *Comparison) whatIfs(r *Result, at int) error {
	for _, ch := range append(usual(), c.in.Changes...) {
		s, err := c.scenario(ch, c.in.Months[at], r)
		if err != nil {
			return err
		}
		r.WhatIf = append(r.WhatIf, s)
	}
	return nil
}

func (c *Comparison) scenario(ch Change, months int, r *Result) (Scenario, error) {
	out := Scenario{ID: ch.ID(), Kind: string(ch.Kind), Value: ch.Value(), Months: months,
		Name: Phrase{Key: "compare.change." + string(ch.Kind), Args: args("value", ch.Value())}}
	if ch.Kind == AnswerChange { // points of a rate, not a share of it
		out.Name.Args["value"] = strings.TrimSuffix(ch.Value(), "%")
	}
	if err := ch.Validate(); err != nil {
		return out, err
	}
	l, note := c.changed(c.load, ch)
	if out.Note = note; note != "" {
		return out, nil
	}
	ranges, err := c.under(l, months, nil)
	if err != nil {
		return out, err
	}
	for i := range c.cands {
		base := horizonOf(r.Offers[i].Horizons, months).Total
		s := ScenarioCost{Offer: c.cands[i].Offer.ID, Total: ranges[i], Change: sub(ranges[i].Low, base.Low)}
		if base.Low.Sign() > 0 && ch.Kind != ModuleChange && ch.By.Sign() != 0 {
			s.Elasticity = float64(s.Change.Micros()) / float64(base.Low.Micros()) / ch.By.Float()
		}
		out.Costs = append(out.Costs, s)
	}
	best := cheapestOf(c.cands, ranges)
	if !ranges[best].Open {
		out.Best = c.cands[best].Offer.ID
	}
	out.Undecided = !surelyCheapest(ranges, best)
	return out, nil
}

func horizonOf(hs []Horizon, months int) *Horizon {
	for i := range hs {
		if hs[i].Months == months {
			return &hs[i]
		}
	}
	return &hs[len(hs)-1]
}

// under is what offers cost under a load: those at some places, or all of them.
func (c *Comparison) under(l *load, months int, places []int) ([]Range, error) {
	cands := c.cands
	if places != nil {
		cands = nil
		for _, p := range places {
			cands = append(cands, c.cands[p])
		}
	}
	out := make([]Range, len(cands))
	err := each(len(cands), c.in.Workers, func(i int) (err error) {
		out[i], err = c.totalUnder(cands[i], l, months)
		return err
	})
	return out, err
}

// WhatIf is what one offer costs over some months under a change: the step of a
// slider. Note says why a change cannot be made.
func (c *Comparison) WhatIf(offerID string, ch Change, months int) (total Range, note string, err error) {
	if err := c.begin(); err != nil {
		return total, "", err
	}
	if err := ch.Validate(); err != nil {
		return total, "", err
	}
	l, note := c.changed(c.load, ch)
	if note != "" {
		return total, note, nil
	}
	for _, cand := range c.cands {
		if cand.Offer.ID == offerID {
			total, err = c.totalUnder(cand, l, months)
			return total, "", err
		}
	}
	return total, "", noOffer(offerID)
}

func noOffer(id string) error {
	return fault.New(fault.NotFound, "no offer %q among those compared", id)
}

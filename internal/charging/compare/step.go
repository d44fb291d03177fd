package compare

import (
	"waihu/internal/fault"
)

// Step is what all offers cost under several changes at once: one position of
// the sliders.
type Step struct {
	Months  int            `json:"months"`
	Costs   []ScenarioCost `json:"costs"` // in the order of Offers
	Best    string         `json:"best"`
	Skipped []Skipped      `json:"skipped,omitempty"`
}

// Skipped is a change that could not be made, and why: no_seats, no_unanswered,
// no_answered, no_module. The other changes were made.
type Skipped struct {
	Change string `json:"change"`
	Why    string `json:"why"`
}

// maxChanges bounds the changes of one step.
const maxChanges = 20

// Under costs offers over some months with every change made, one after
// another: those named, or all where none is. Many may ask at once, after
// Result. Errors are of kind Invalid for changes and months that make no sense,
// NotFound for offers that are not among those compared.
func (c *Comparison) Under(changes []Change, months int, offers ...string) (_ *Step, err error) {
	defer fault.Wrap(&err, "what if")
	if c.load == nil || c.costs == nil {
		return nil, fault.New(fault.Conflict, "the comparison has not answered yet: ask for its result first")
	}
	if months < 1 || months > maxHorizon {
		return nil, fault.New(fault.Invalid, "%d months: from 1 to %d", months, maxHorizon)
	}
	if len(changes) > maxChanges {
		return nil, fault.New(fault.Invalid, "%d changes: at most %d at a time", len(changes), maxChanges)
	}
	if err := validated(changes); err != nil {
		return nil, err
	}
	out := &Step{Months: months}
	l := c.load
	for i := range changes {
		next, why := c.changed(l, changes[i])
		if why != "" {
			out.Skipped = append(out.Skipped, Skipped{changes[i].ID(), why})
			continue
		}
		l = next
	}
	places, err := c.placesOf(offers)
	if err != nil {
		return nil, err
	}
	return out, c.costStep(out, l, places)
}

// costStep costs the offers at some places of the order.
func (c *Comparison) costStep(out *Step, l *load, places []int) error {
	out.Costs = make([]ScenarioCost, len(places))
	err := each(len(places), c.in.Workers, func(i int) error {
		cand := c.cands[places[i]]
		now, err := c.totalUnder(cand, l, out.Months)
		if err != nil {
			return err
		}
		was, err := c.base(places[i], out.Months)
		out.Costs[i] = ScenarioCost{Offer: cand.Offer.ID, Total: now, Change: sub(now.Low, was.Low)}
		return err
	})
	if err != nil {
		return err
	}
	best := &out.Costs[0]
	for i := range out.Costs {
		if s := &out.Costs[i]; cmpRange(s.Total, best.Total, s.Offer, best.Offer) < 0 {
			best = s
		}
	}
	out.Best = best.Offer
	return nil
}

// placesOf are the places of offers in the order of the costs.
func (c *Comparison) placesOf(offers []string) (out []int, err error) {
	for i := range c.cands {
		if len(offers) == 0 {
			out = append(out, i)
		}
	}
	for _, id := range offers {
		found := false
		for i := range c.cands {
			if c.cands[i].Offer.ID == id {
				out, found = append(out, i), true
			}
		}
		if !found {
			return nil, noOffer(id)
		}
	}
	return out, nil
}

func (c *Comparison) totalUnder(cand *candidate, l *load, months int) (Range, error) {
	s, err := c.ledger(cand, l).total(months)
	if err != nil {
		return Range{}, err
	}
	return c.rangeOf(cand, s)
}

// base is what an offer costs without any change; horizons are known already.
func (c *Comparison) base(place, months int) (Range, error) {
	for _, h := range c.costs[place].Horizons {
		if h.Months == months {
			return h.Total, nil
		}
	}
	return c.totalUnder(c.cands[place], c.load, months)
}

package compare

import (
	"slices"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// Again asks another question of the usage that was gathered: another currency,
// budget, horizon, weights or number of seats, with the same offers and months.
// The usage is not read again and not copied. Errors are of kind Conflict where
// the question needs usage gathered for it: make a new comparison then.
func (c *Comparison) Again(in Input) (_ *Comparison, err error) {
	defer fault.Wrap(&err, "compare again")
	if !c.sealed {
		return nil, fault.New(fault.Conflict, "the usage is still being gathered")
	}
	if err := in.complete(); err != nil {
		return nil, err
	}
	if in.First != c.in.First || in.After != c.in.After || in.Profile != c.in.Profile || in.wants(AnswerService) && !c.in.wants(AnswerService) {
		return nil, fault.New(fault.Conflict, "other months or other answers need the usage gathered anew")
	}
	out := &Comparison{in: in, Usage: c.Usage.asGathered()}
	for _, one := range in.Candidates {
		ready, err := out.ready(one)
		if err != nil {
			out.refuse(one, err)
			continue
		}
		if !slices.Contains(c.seen, one.Offer) {
			return nil, fault.New(fault.Conflict, "the usage was not gathered for offer %s", one.Offer.ID)
		}
		out.cands = append(out.cands, ready)
		out.seen = append(out.seen, one.Offer)
	}
	return out, nil
}

// gathered is what the records told of seats and log-ins, before anything was
// made up where they are silent.
type gathered struct {
	sessions []usage.Session
	seats    []usage.Seat
	shifts   map[shiftKey]*usage.Session
}

// asGathered is the usage as it was before seats were worked out.
func (u *Usage) asGathered() *Usage {
	out := *u
	out.sessions, out.seats, out.shifts = slices.Clone(u.told.sessions), slices.Clone(u.told.seats), u.told.shifts
	return &out
}

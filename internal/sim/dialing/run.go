package dialing

import "waihu/internal/calling/pacing"

// maker makes a policy for a floor of so many agents.
type maker func(f *floor, agents int) policy

// play runs a campaign of so many shifts; a share of answers may be abandoned.
func play(c *Case, agents, shifts int, seed uint64, share float64, make maker) Tally {
	f := &floor{c: c, seed: seed}
	f.state.Ledger = &pacing.Ledger{Share: share}
	if c.Detects {
		f.state.Ledger.Misses = personTaken
	}
	p := make(f, agents)
	for f.shift = range shifts {
		f.begin(agents)
		f.run(p)
	}
	return f.Tally
}

// add sums tallies up.
func (t *Tally) add(o *Tally) {
	t.Busy, t.Ready, t.Wasted = t.Busy+o.Busy, t.Ready+o.Ready, t.Wasted+o.Wasted
	t.Dials, t.Persons, t.Abandoned, t.Conversations = t.Dials+o.Dials, t.Persons+o.Persons, t.Abandoned+o.Abandoned, t.Conversations+o.Conversations
	t.Cancelled, t.Early, t.Over, t.Shifts = t.Cancelled+o.Cancelled, t.Early+o.Early, t.Over+o.Over, t.Shifts+o.Shifts
	t.Debt, t.Worst = max(t.Debt, o.Debt), max(t.Worst, o.Worst)
}

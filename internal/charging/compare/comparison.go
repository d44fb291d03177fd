package compare

import (
	"errors"
	"time"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Comparison takes usage, then answers. It is a usage.Sink until it is asked.
type Comparison struct {
	*Usage
	in      Input
	cands   []*candidate
	refused []Refusal
	months  []month
	source  string // where seats come from
	notes   []Phrase
	load    *load // the usage as it is
	known   UsageSummary
	ledgers []*ledger      // beside cands, of the usage as it is
	costs   []Cost         // beside cands
	seen    []*offer.Offer // that the usage was gathered for
}

var _ usage.Sink = (*Comparison)(nil)

// New makes the offers ready. An offer that cannot be compared is refused with
// its reason and the others go on; an error is about the whole comparison.
func New(in Input) (_ *Comparison, err error) {
	defer fault.Wrap(&err, "compare")
	if err := in.complete(); err != nil {
		return nil, err
	}
	c := &Comparison{in: in}
	keep := in.wants(AnswerService) && !in.Profile
	var terms []*contract.Terms
	var zones []*time.Location
	for _, one := range in.Candidates {
		ready, err := c.ready(one)
		if err != nil {
			c.refuse(one, err)
			continue
		}
		c.cands = append(c.cands, ready)
		c.seen = append(c.seen, one.Offer)
		zones = append(zones, ready.loc)
		for _, v := range ready.variants {
			keep = keep || v.oneByOne != ""
			terms = append(terms, v.base)
		}
	}
	loc := time.UTC
	if len(zones) > 0 {
		loc = zones[0]
	}
	c.Usage, err = NewUsage(c.boundaries(zones), terms, keep, loc)
	return c, err
}

// ready makes a candidate for the months compared, or for a year its calendars
// know where the months are not known yet.
func (c *Comparison) ready(one Candidate) (*candidate, error) {
	if c.in.First != 0 {
		return newCandidate(one, &c.in, c.in.First)
	}
	var first error
	for _, year := range []int{2026, 2025, 2027, 2024, 2023} {
		ready, err := newCandidate(one, &c.in, timex.NewDate(year, time.March, 1))
		if err == nil {
			return ready, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// refuse notes an offer that cannot be compared.
func (c *Comparison) refuse(one Candidate, err error) {
	why := Phrase{Key: "compare.refused.other", Args: map[string]string{"error": err.Error()}}
	var r *refusal
	if errors.As(err, &r) {
		why = Phrase{Key: "compare.refused." + r.key, Args: r.args}
	}
	c.refused = append(c.refused, Refusal{Offer: one.Offer.ID, Name: one.Offer.Name, Why: why, Error: err.Error()})
}

// boundaries are the first instants of the months in each zone, where bills of
// any offer can begin: of those compared, or from 1990 to 2099 where they are
// not known yet.
func (c *Comparison) boundaries(zones []*time.Location) []timex.Instant {
	from, to := timex.NewDate(1990, time.January, 1), timex.NewDate(2100, time.January, 1)
	if c.in.First != 0 && c.in.After != 0 {
		from, to = c.in.First, min(c.in.After, c.in.First.AddMonths(maxMonths))
	}
	var out []timex.Instant
	seen := map[string]bool{}
	for _, loc := range zones {
		if seen[loc.String()] {
			continue
		}
		seen[loc.String()] = true
		for d := from; d <= to; d = d.AddMonths(1) {
			out = append(out, d.Start(loc))
		}
	}
	return out
}

// begin ends the gathering: months, seats, the load as it is.
func (c *Comparison) begin() error {
	if c.load != nil {
		return nil
	}
	c.seal()
	if c.in.Profile {
		c.notes = append(c.notes, Phrase{Key: "compare.note.profile"})
	}
	if len(c.cands) == 0 {
		return fault.New(fault.Invalid, "no offer can be compared: %s", c.reasons())
	}
	if err := c.setMonths(); err != nil {
		return err
	}
	recorded := len(c.seats) > 0
	c.setSeats()
	c.load = &load{u: c.Usage, sessions: c.sessions, places: c.seats, modules: c.modules, derivedSessions: c.source != fromSessions, derivedPlaces: !recorded}
	return nil
}

func (c *Comparison) reasons() string {
	out := ""
	for i, r := range c.refused {
		if i > 0 {
			out += "; "
		}
		out += r.Error
	}
	return out
}

// setMonths finds the real months: those asked for, or those from the first
// call to the last. Months without a call in between are told, not hidden.
func (c *Comparison) setMonths() error {
	first, after := c.in.First, c.in.After
	if first == 0 || after == 0 {
		from, to := c.span()
		if from.IsZero() {
			return fault.New(fault.Invalid, "there is no usage: not one call, log-in, seat, event, module or rental; give records, or a profile")
		}
		cycle := timex.CalendarCycle(timex.Month)
		if first == 0 {
			first, _ = cycle.Containing(from.DateIn(c.loc))
		}
		if after == 0 {
			_, after = cycle.Containing(to.DateIn(c.loc))
		}
	}
	for d := first; d < after; d = d.AddMonths(1) {
		if _, m, day := d.Civil(); day != 1 || m == 0 {
			return fault.New(fault.Invalid, "months are compared whole: from the first day of a month, not %s", d)
		}
		if len(c.months) == maxMonths {
			return fault.New(fault.Invalid, "more than %d months from %s to %s: say --period", maxMonths, first, after)
		}
		c.months = append(c.months, month{d, d.AddMonths(1)})
	}
	if len(c.months) == 0 {
		return fault.New(fault.Invalid, "no month from %s to %s", first, after)
	}
	c.thinMonths()
	return nil
}

// span is from the first call to the last; where there is none of log-ins and
// seats, then events, then what stood: modules and rentals.
func (c *Comparison) span() (from, to timex.Instant) {
	from, to = c.first, c.last
	if !from.IsZero() {
		return from, to
	}
	take := func(first, last timex.Instant) {
		if from.IsZero() || first < from {
			from = first
		}
		to = max(to, first, last)
	}
	for i := range c.sessions {
		take(c.sessions[i].From, 0)
	}
	for i := range c.seats {
		take(c.seats[i].From, 0)
	}
	for i := range c.events {
		if len(c.sessions)+len(c.seats) == 0 {
			take(c.events[i].At, 0)
		}
	}
	if !from.IsZero() {
		return from, to
	}
	for i := range c.modules {
		take(c.modules[i].From, c.modules[i].To-1) // an end is the first moment without it
	}
	for i := range c.rentals {
		take(c.rentals[i].From, c.rentals[i].To-1)
	}
	return from, to
}

// thinMonths tells which months have no call or a single one, and whether the
// first or the last seems cut off.
func (c *Comparison) thinMonths() {
	for _, m := range c.months {
		n := int64(0)
		from, to := c.within(timex.Days(m.first, m.after, c.loc))
		for i := from; i < to; i++ {
			n += c.cells[i].count
		}
		if n <= 1 && c.calls > 0 {
			key := "compare.note.empty_month"
			if n == 1 {
				key = "compare.note.one_call"
			}
			c.notes = append(c.notes, Phrase{key, map[string]string{"month": m.first.String()}})
		}
	}
	const cutDays = 7
	if c.calls == 0 {
		c.notes = append(c.notes, Phrase{Key: "compare.note.no_calls"})
		return
	}
	if d := c.first.DateIn(c.loc); c.in.First == 0 && d >= c.months[0].first+cutDays {
		c.notes = append(c.notes, Phrase{"compare.note.cut", map[string]string{"month": c.months[0].first.String(), "day": d.String()}})
	}
	last := c.months[len(c.months)-1]
	if d := c.last.DateIn(c.loc); c.in.After == 0 && d+cutDays < last.after {
		c.notes = append(c.notes, Phrase{"compare.note.cut", map[string]string{"month": last.first.String(), "day": d.String()}})
	}
}

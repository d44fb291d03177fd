package meter

import (
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// CountSeats is how many seats a component of a seat measure counts, in seats
// (seat_days: in seat days). A quantity the contract fixes takes the place of
// seat facts, never of sessions.
//
// Seats are told apart by source and identifier: one place that changes hands
// is one seat. Users are told apart by name alone, so a user logged in on two
// systems is one user. A log-in of no length is a log-in, but no time.
//
// Facts that cannot be counted are Problems; another measure, or a fixed
// quantity that is no whole number where whole seats are counted, is Invalid.
func CountSeats(c *catalog.Component, seats []usage.Seat, sessions []usage.Session, terms *contract.Terms) (_ Quantity, err error) {
	defer fault.Wrap(&err, "component %s", c.ID)
	switch c.Measure {
	case catalog.SeatsAssigned:
		levels, count, err := AssignedLevels(c, seats, terms)
		if err != nil {
			return Quantity{}, err
		}
		q := ChargeAssigned(c, levels, terms)
		q.Count = count
		if isFixed(c, terms) {
			q.Steps = append(q.Steps, fixedStep(c, terms))
		}
		return q, nil
	case catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage:
		return countPlaces(c, seats, terms)
	case catalog.SeatsActive, catalog.SeatsConcurrentPeak, catalog.SeatsConcurrentP95, catalog.SeatDays:
		return countUsers(c, sessions, terms)
	}
	return Quantity{}, fault.New(fault.Invalid, "%q is no measure of seats", c.Measure)
}

// places is the assigned seats of a component.
type places struct {
	level Level
	named int64 // distinct seats
	count int64 // facts
	steps []Step
}

// countPlaces counts assigned seats by their level.
func countPlaces(c *catalog.Component, seats []usage.Seat, terms *contract.Terms) (Quantity, error) {
	p := Served(c, terms).in(terms.Loc)
	var in places
	var err error
	if isFixed(c, terms) {
		in, err = fixedPlaces(c, terms, p)
	} else {
		in, err = gatherPlaces(c, seats, p)
	}
	if err != nil {
		return Quantity{}, err
	}
	q := Quantity{Unit: "seat", Count: in.count, Steps: in.steps}
	switch c.Measure {
	case catalog.SeatsHighest:
		n, at := in.level.Highest(p)
		q.Raw = exact.Int(n)
		q.Steps = append(q.Steps, step("seats_highest", "level", text(n), "at", at.String()))
	case catalog.SeatsNamed:
		q.Raw = exact.Int(in.named)
		q.Steps = append(q.Steps, step("seats_named", "seats", text(in.named)))
	case catalog.SeatsAtEnd:
		n := in.level.AtEnd(p)
		q.Raw = exact.Int(n)
		q.Steps = append(q.Steps, step("seats_at_end", "level", text(n), "at", p.To.String()))
	default:
		q.Raw = in.level.Mean(p)
		n, _ := in.level.Highest(p)
		q.Steps = append(q.Steps, step("seats_average", "mean", q.Raw.String(), "highest", text(n)))
	}
	return q, nil
}

// gatherPlaces finds the seats of a component's types. Facts of one seat that
// overlap are one seat.
func gatherPlaces(c *catalog.Component, seats []usage.Seat, p timex.Period) (places, error) {
	byID := map[string][]between[timex.Instant]{}
	var problems fault.Problems
	var out places
	for i := range seats {
		s := &seats[i]
		if !anyFold(c.Where.SeatType, s.Type) {
			continue
		}
		if found, ok := endsEarly("seat", s.Source, s.ID, s.From, s.To); ok {
			problems = append(problems, found)
			continue
		}
		if in := clip(s.From, s.To, p); in.from < in.to {
			key := factKey(s.Source, s.ID, i)
			byID[key] = append(byID[key], in)
			out.count++
		}
	}
	var all []timex.Period
	for _, list := range byID {
		for _, s := range unite(list) {
			all = append(all, timex.Period{From: s.from, To: s.to})
		}
	}
	out.level, out.named = Overlaps(all), int64(len(byID))
	return out, problems.Err()
}

// factKey tells facts of one thing; a fact without identifier stands alone.
func factKey(source, id string, index int) string {
	if id == "" {
		return "\x00" + strconv.Itoa(index)
	}
	return source + "\x00" + id
}

// countUsers counts users logged in.
func countUsers(c *catalog.Component, sessions []usage.Session, terms *contract.Terms) (Quantity, error) {
	p := Served(c, terms).in(terms.Loc)
	in, err := gatherLogins(c, sessions, p)
	if err != nil {
		return Quantity{}, err
	}
	q := Quantity{Unit: "seat", Count: in.count, Steps: in.steps}
	q.Steps = append(q.Steps, step("users", "users", text(int64(len(in.users)))))
	switch c.Measure {
	case catalog.SeatsActive:
		q.Raw = exact.Int(int64(len(in.users)))
	case catalog.SeatDays:
		q.Unit = "seat_day"
		q.Raw = exact.Int(in.userDays(terms.Loc))
	case catalog.SeatsConcurrentP95:
		n := in.level().Percentile(p, 95)
		q.Raw = exact.Int(n)
		q.Steps = append(q.Steps, percentileStep(in.level(), p, n))
	default:
		q.Raw = exact.Int(in.level().Peak(p, time.Duration(c.IgnoreBelow)))
		q.Steps = append(q.Steps, peakSteps(in.level(), p, c.IgnoreBelow)...)
	}
	return q, nil
}

// peakSteps tell when the peak was reached and what was above it but too short.
func peakSteps(l Level, p timex.Period, ignoreBelow catalog.Duration) []Step {
	n := l.Peak(p, time.Duration(ignoreBelow))
	at, found := p.From, false
	l.each(p, func(s timex.Period, here int64) {
		if here >= n && !found {
			at, found = s.From, true
		}
	})
	out := []Step{step("peak", "level", text(n), "at", at.String(), "held", l.TimeAtOrAbove(p, n).String())}
	if top, first := l.Highest(p); top > n {
		out = append(out, step("peak_ignored", "level", text(top), "at", first.String(),
			"held", l.TimeAtOrAbove(p, n+1).String(), "bound", ignoreBelow.String()))
	}
	return out
}

// percentileStep tells how long the level was above the one charged.
func percentileStep(l Level, p timex.Period, n int64) Step {
	top, at := l.Highest(p)
	return step("percentile", "level", text(n), "above", l.TimeAtOrAbove(p, n+1).String(),
		"period", p.Length().String(), "highest", text(top), "at", at.String())
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

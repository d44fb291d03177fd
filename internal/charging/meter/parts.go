package meter

import (
	"math"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
)

// Calls in several parts: those whose price changes as they go on, and those that
// run into other hours.

// isGrace tells whether a whole call is short enough to be free.
func (m *callMeter) isGrace(seconds int64) bool {
	g := catalog.Span(m.comp.Grace)
	return g > 0 && seconds <= g && !m.steps.Add && !m.steps.Subtract
}

// addBands charges a call whose price changes as it goes on: in each band the
// talk time there, in the band's own steps.
func (m *callMeter) addBands(r *row, v *view) {
	at := int64(0)
	for i, b := range r.bands {
		end := int64(math.MaxInt64)
		if i+1 < len(r.bands) {
			end = r.bands[i+1].from
		}
		at = max(at, b.from)
		part := min(v.seconds, end) - at
		if part <= 0 {
			continue
		}
		billed := (part + b.step - 1) / b.step * b.step
		m.add(r, i, &r.rates[i], v, billed, part, i == 0)
		at += billed
	}
}

// takeByTime charges a call whose price depends on the time of day.
func (m *callMeter) takeByTime(v *view) outcome {
	begin := v.call.Answer
	if begin.IsZero() {
		begin = v.call.Start
	}
	schedule, until := m.clock.at(begin)
	if m.comp.Crossing == catalog.CrossingCallStart {
		return m.takeWhole(v, schedule)
	}
	if m.isGrace(v.seconds) {
		return outcome{took: true}
	}
	out, first := outcome{}, true
	defer func() { m.done = 0 }()
	var grid deck.Rate // increment_start: the grid of the call's first row
	for done := int64(0); done < v.seconds; {
		left := v.seconds - done
		// A stretch ends at a change of price; equal neighbours are one.
		here := m.best(v, schedule)
		next, end := schedule, until
		part := secondsUntil(begin, until) - done
		for part < left {
			if next, end = m.clock.at(end); m.best(v, next) != here {
				break
			}
			part = secondsUntil(begin, end) - done
		}
		part = min(max(part, 1), left)
		r, i, o := m.find(v, schedule)
		out.took = out.took || o.took
		if r != nil {
			rate := r.rateOf(i)
			rate.Grace = 0 // it was asked of the whole call
			m.done = done
			billed := int64(0)
			if m.comp.Crossing == catalog.CrossingIncrementStart {
				if grid.First == 0 {
					grid = rate
				}
				billed = startedIn(&grid, done, done+part)
			} else {
				billed = rate.Billed(part, m.steps)
			}
			m.add(r, i, &rate, v, billed, part, first)
			if first {
				m.matched += v.times
			}
			first = false
		} else if o.reason != "" {
			return o
		} else {
			out.left += part
		}
		done += part
		schedule, until = next, end
	}
	return out
}

// startedIn is the billed seconds of the increments of a grid that start within
// [from, to) of a call.
func startedIn(r *deck.Rate, from, to int64) int64 {
	first, next := int64(r.First), int64(r.Next)
	billed := int64(0)
	if from == 0 {
		billed = first
	}
	lo := max(from-first+next-1, 0) / next // increments after the first that start before from
	hi := max(to-first+next-1, 0) / next
	return billed + (hi-lo)*next
}

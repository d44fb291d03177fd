package reach

import (
	"math"
	"time"
)

// Bounds and pace of learning.
const (
	Hours    = 7 * 24
	MaxAreas = 4_096 // known by name; those that come later share one
	Leaning  = 25.0  // calls that what is known elsewhere counts for
	HalfLife = 60 * 24 * time.Hour
	usual    = 0.25 // chance of an answer before anything was seen
)

// seen is how many calls there were, and how many were answered by a person; both
// grow old.
type seen struct {
	calls, answers float64
	at             int64 // hour of the last call, from 1970
}

// add counts a call in an hour.
func (s *seen) add(hour int64, answered bool) {
	if s.calls > 0 && hour > s.at {
		keep := math.Exp2(-float64(hour-s.at) / HalfLife.Hours())
		s.calls *= keep
		s.answers *= keep
	}
	s.at = max(s.at, hour)
	s.calls++
	if answered {
		s.answers++
	}
}

// leaning is the chance of what was seen, drawn to another by so many calls.
func (s *seen) leaning(to float64) float64 { return (s.answers + Leaning*to) / (s.calls + Leaning) }

// area is what was seen of one area.
type area struct {
	all   seen
	hours [Hours]seen
}

// Book is what was seen. The zero value has seen nothing. It belongs to one goroutine.
type Book struct {
	all   seen
	hours [Hours]seen
	areas map[string]*area
}

// See takes in a call: its area, its beginning on the clock of whoever was called, and
// whether a person answered. Calls that no trunk carried, or that were taken back, tell
// nothing and are not to be taken in.
func (b *Book) See(name string, local time.Time, answered bool) {
	hour, cell := local.Unix()/3600, cellOf(local)
	b.all.add(hour, answered)
	b.hours[cell].add(hour, answered)
	a := b.areas[name]
	if a == nil {
		if len(b.areas) >= MaxAreas {
			return // all and the hour have learned from it
		}
		if b.areas == nil {
			b.areas = map[string]*area{}
		}
		a = &area{}
		b.areas[name] = a
	}
	a.all.add(hour, answered)
	a.hours[cell].add(hour, answered)
}

// Calls is how many calls were seen, old ones counting less.
func (b *Book) Calls() float64 { return b.all.calls }

// Chance is that of an answer in an area at a local time.
func (b *Book) Chance(name string, local time.Time) float64 { return b.chance(name, cellOf(local)) }

func (b *Book) chance(name string, cell int) float64 {
	all := b.all.leaning(usual)
	hour := b.hours[cell].leaning(all)
	a := b.areas[name]
	if a == nil {
		return hour
	}
	// How an hour differs from others and how an area does are taken to add up, as log-odds.
	both := odds(logit(hour) + logit(a.all.leaning(all)) - logit(all))
	return a.hours[cell].leaning(both)
}

func cellOf(local time.Time) int { return int(local.Weekday())*24 + local.Hour() }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
func odds(x float64) float64  { return 1 / (1 + math.Exp(-x)) }

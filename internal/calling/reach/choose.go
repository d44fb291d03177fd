package reach

import (
	"time"
)

// Bounds of a choice.
const (
	MaxAhead = 7 * 24 // hours that are looked at
	nearly   = 0.95   // of the best chance: as good as the best
	patience = 0.998  // what an hour of waiting costs, as a factor
)

// Wish is who is to be tried again.
type Wish struct {
	Area        string
	From, Until time.Time            // not before, and not after; in the zone of the person
	May         func(time.Time) bool // whether calling is allowed at an hour; nil: always
	Lot         uint64               // of the lead: hours that are nearly as good are shared out by it
}

// Choose is when to try: within the wish, the hour in which an answer is likeliest, a
// little less for each hour of waiting. Of hours that are nearly as good the lot picks
// one, so that not everybody is called in the same. Where no hour is allowed it is From.
func (b *Book) Choose(w Wish) time.Time {
	var times [MaxAhead + 1]time.Time
	var worth [MaxAhead + 1]float64
	n, best := 0, 0.0
	at := w.From
	for range MaxAhead + 1 {
		if n > 0 && at.After(w.Until) {
			break
		}
		if at.Equal(w.From) || !at.After(w.Until) {
			if w.May == nil || w.May(at) {
				times[n], worth[n] = at, b.Chance(w.Area, at)*discount(at.Sub(w.From))
				best = max(best, worth[n])
				n++
			}
		}
		at = at.Truncate(time.Hour).Add(time.Hour)
		if at.After(w.Until) {
			break
		}
	}
	if n == 0 {
		return w.From
	}
	good := 0
	for i := range n {
		if worth[i] >= nearly*best {
			times[good] = times[i]
			good++
		}
	}
	if b.all.calls == 0 {
		return times[0]
	}
	return spread(times[w.Lot%uint64(good)], w)
}

// discount is what waiting leaves of a chance.
func discount(wait time.Duration) float64 {
	d := 1.0
	for range int(wait / time.Hour) {
		d *= patience
	}
	return d
}

// spread puts leads of one hour into its minutes.
func spread(at time.Time, w Wish) time.Time {
	if at.Equal(w.From) {
		return at
	}
	later := at.Add(time.Duration(w.Lot/MaxAhead%60) * time.Minute)
	if later.After(w.Until) || w.May != nil && !w.May(later) {
		return at
	}
	return later
}

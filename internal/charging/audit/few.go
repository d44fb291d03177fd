package audit

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
)

// What a vendor does to some calls of a list and not to most of them. One such
// call may be chance, so it takes a few, and a share of what differs at all.
const (
	fewCalls  = 3  // of a kind
	coarser   = 10 // times the vendor's usual steps: a longer duration falls on them by chance once in ten calls at most
	centShare = 5  // one in so many amounts that differ
)

// learnFew finds out whether some calls were rounded up by much longer steps,
// and whether some amounts were rounded to cents in a list that is more exact.
func (s *sheetOf) learnFew(found []paired) {
	longer, steps := 0, map[catalog.Increment]int{}
	other, whole := 0, 0
	for i := range found {
		o, r := found[i].own, found[i].row
		if o == nil || found[i].twice || o.standing != priced || o.rate == nil || o.talk == 0 || r.Seconds == NoSeconds {
			continue
		}
		if r.Seconds > max(o.due, s.billed(o, s.usual, o.talk)) && s.billed(o, s.usual, r.Seconds) == r.Seconds {
			longer++
			for _, inc := range increments {
				if s.coarserThanUsual(o, inc) && s.billed(o, inc, o.talk) == r.Seconds {
					steps[inc]++
				}
			}
		}
		if !s.charges(o.rate, r.Seconds, r.Micros) {
			other++
			if s.wholeCents(o.rate, r.Seconds, r.Micros) {
				whole++
			}
		}
	}
	best := 0
	for _, inc := range increments {
		if n := steps[inc]; n > best && n >= fewCalls && 2*n >= longer {
			s.coarse, best = inc, n
		}
	}
	s.cents = whole >= fewCalls && centShare*whole >= other
}

// coarserThanUsual tells whether steps are so much longer than those the call is
// usually billed by that a longer duration seldom falls on them.
func (s *sheetOf) coarserThanUsual(o *ownCall, inc catalog.Increment) bool {
	next := o.rate.Next
	if !s.usual.IsZero() {
		next = s.usual.Next
	}
	return int64(inc.Next) >= coarser*int64(next)
}

// wholeCents tells whether an amount is what so many seconds cost, rounded to
// the currency's digits while the list has more.
func (s *sheetOf) wholeCents(r *deck.Rate, billed, micros int64) bool {
	digits := s.sum.Currency().Exponent()
	if s.decimals <= digits {
		return false
	}
	for _, mode := range []exact.Mode{exact.HalfAway, exact.Up, exact.Down} {
		if microsOf(s.at(r, billed).exact, mode, digits) == micros {
			return true
		}
	}
	return false
}

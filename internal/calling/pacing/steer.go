package pacing

import "math"

// How the allowed risk follows the ledger.
const (
	firstRisk = 0.08
	leastRisk = 0.004
	mostRisk  = 0.7
	pull      = 0.5  // how strongly the room acts on the risk at once
	learning  = 0.25 // and how much it is remembered
	surely    = 2.33 // standard deviations: a confidence of 99 %
	usually   = 1.5  // of what is in flight; its worst is held dial by dial (short.go)
	steady    = 7200 // seconds over which room is saved and spent
	occupied  = 0.8  // share of agents busy, roughly
)

// steer holds the risk that spends what the ledger allows: no more, and little
// less.
type steer struct {
	level float64 // logarithm of the risk while the room is where it should be
	seen  int     // answers in the ledger when level was last changed
}

// allowed is the risk allowed now, and whether the ledger forbids any.
//
// Room is kept for what is in flight and for what nobody sees, which do not go
// wrong together, and for chance: about as much as two hours of calling may
// swing. Without the first nothing is risked; above, the risk rises with the room,
// and its level drifts until room is neither hoarded nor short.
func (t *steer) allowed(l *Ledger, agents int, handling, answering float64) (risk float64, spent bool) {
	if l == nil {
		return 0, true
	}
	answered, _ := l.Totals()
	room, beside := l.expects()
	swing := math.Sqrt(max(l.share()*steady*occupied*float64(agents)/handling, 1))
	lost := answering * min(math.Exp(t.level), mostRisk)
	bound := math.Hypot(1+lost+usually*math.Sqrt(lost), beside)
	off := min(max((room-bound-swing)/swing, -3), 3)
	if fresh := answered - t.seen; fresh > 0 && t.seen > 0 {
		t.level += learning * off * l.share() * float64(fresh) / (swing * swing)
	}
	t.level = min(max(t.level, math.Log(leastRisk)), math.Log(mostRisk))
	t.seen = answered
	if room < bound {
		return 0, true
	}
	risk = math.Exp(t.level + pull*max(off, 0))
	if off < 0 { // nothing at the bound
		risk *= 1 + off
	}
	return min(risk, mostRisk), false
}

package compliance

import (
	"slices"
	"time"

	"waihu/internal/phone"
	"waihu/internal/timex"
)

// keeper asks one rule at one instant.
type keeper struct {
	e      *eye
	r      *ready
	t      timex.Instant
	s      *sight
	change timex.Instant // when the rule by itself stops holding: its dates, a switch
}

// hold tells that the rule holds the call back until an instant; zero: until
// something else than time changes it.
func (k *keeper) hold(h Hold, until timex.Instant) {
	if until == 0 || until > k.change {
		until = k.change
	}
	s := k.s
	s.held = true
	if until >= far {
		until, s.forever = 0, true
	}
	s.release = max(s.release, until)
	if k.e.holds != nil {
		h.Rule, h.Until = k.r.Rule, until
		*k.e.holds = append(*k.e.holds, h)
	}
}

// until tells that the rule may begin to hold at an instant.
func (k *keeper) until(t timex.Instant) {
	if t != 0 {
		k.s.until = min(k.s.until, t)
	}
}

func (k *keeper) hours() {
	for i := range k.e.zones[:k.e.n] {
		w := &k.e.zones[i]
		open, edge := k.r.hours.at(w, k.t)
		switch {
		case open && k.e.quick:
		case open:
			if edge < k.s.until { // what closes later changes nothing
				edge = k.r.hours.closes(w, edge, k.s.until)
			}
			k.until(edge)
		case k.e.quick:
			k.hold(Hold{Cause: Closed, Zone: w.loc}, 0)
		default:
			cause := Closed
			if day, _ := w.day(k.t); !k.r.hours.covers(day) {
				cause = NoCalendar
			}
			k.hold(Hold{Cause: cause, Zone: w.loc}, k.opening(w, edge))
		}
	}
}

// opening is when hours open; far if that is not within Horizon.
func (k *keeper) opening(w *wall, edge timex.Instant) timex.Instant {
	if at := k.r.hours.opens(w, edge, k.s.limit); at != 0 {
		return at
	}
	return far
}

// counts tells whether a call made before counts for the rule.
func (k *keeper) counts(p *Past) bool {
	if !k.r.Whole && p.Number != k.e.q.Number {
		return false
	}
	return k.r.Counted == Dialed || k.r.Counted == Talked && p.Talked || k.r.Counted == Abandoned && p.Abandoned
}

func (k *keeper) attempts() {
	if !k.r.EachDay {
		k.used(k.t.Add(-k.r.Within.duration()), func(oldest timex.Instant) timex.Instant { return oldest.Add(k.r.Within.duration()) }, nil)
		return
	}
	for i := range k.e.zones[:k.e.n] {
		loc := k.e.zones[i].loc
		today := k.t.DateIn(loc)
		k.used(today.Start(loc)-1, func(timex.Instant) timex.Instant { return (today + 1).Start(loc) }, loc)
	}
}

// used counts the calls after an instant, the newest first. At the limit the rule
// lets go when the oldest of the newest Most no longer counts.
func (k *keeper) used(after timex.Instant, release func(oldest timex.Instant) timex.Instant, loc *time.Location) {
	n, last, oldest := 0, timex.Instant(0), timex.Instant(0)
	past := k.e.q.Past
	for i := len(past) - 1; i >= 0; i-- { // all of them: a list out of order must not hide one
		if past[i].At <= after || !k.counts(&past[i]) {
			continue
		}
		n++
		last = max(last, past[i].At)
		if n == k.r.Most {
			oldest = past[i].At
		}
	}
	if n >= k.r.Most {
		k.hold(Hold{Cause: UsedUp, Count: n, Since: last, Zone: loc}, release(oldest))
	}
}

func (k *keeper) spacing() {
	last := timex.Instant(0)
	for i := range k.e.q.Past {
		if p := &k.e.q.Past[i]; p.At > last && k.counts(p) {
			last = p.At
		}
	}
	if until := last.Add(k.r.Within.duration()); last != 0 && k.t < until {
		k.hold(Hold{Cause: TooSoon, Since: last}, until)
	}
}

func (k *keeper) consent() {
	c := &k.e.q.Consent
	h := Hold{Basis: c.Basis, Since: c.At}
	switch {
	case c.Basis == NoBasis:
		h.Cause = NoConsent
	case !slices.Contains(k.r.Bases, c.Basis):
		h.Cause = WrongBasis
	case k.r.Evidence && !c.Evidence:
		h.Cause = NoEvidence
	case k.t < c.At:
		h.Cause = NotYet
		k.hold(h, c.At)
		return
	case c.Until != 0 && k.t >= c.Until:
		h.Cause, h.Since = RunOut, c.Until
	default:
		k.until(c.Until)
		return
	}
	k.hold(h, 0)
}

func (k *keeper) list() {
	q := k.e.q
	for i := range q.Marks {
		m := &q.Marks[i]
		switch {
		case m.List != k.r.List || m.Until != 0 && k.t >= m.Until:
		case k.t < m.Since:
			k.until(m.Since)
		default:
			k.hold(Hold{Cause: Listed, Source: m.Source, Since: m.Since}, m.Until)
		}
	}
	if k.r.Fresh == 0 {
		return
	}
	asked := timex.Instant(0)
	for i := range q.Asked {
		if q.Asked[i].List == k.r.List && q.Asked[i].At <= k.t {
			asked = max(asked, q.Asked[i].At)
		}
	}
	stale := asked.Add(time.Duration(k.r.Fresh) * 24 * time.Hour)
	switch {
	case asked == 0:
		k.hold(Hold{Cause: NotAsked, Source: k.r.List}, 0)
	case k.t >= stale:
		k.hold(Hold{Cause: Stale, Source: k.r.List, Since: asked}, 0)
	default:
		k.until(stale)
	}
}

func (k *keeper) refusal() {
	r := &k.e.q.Refused
	switch {
	case !r.Yes && r.At == 0:
	case k.t < r.At:
		k.until(r.At)
	default:
		k.hold(Hold{Cause: Said, Source: r.Source, Since: r.At}, 0)
	}
}

func (k *keeper) caller() {
	c := &k.e.q.Caller
	for _, need := range k.r.Caller {
		switch {
		case need == Visible && (!c.Shown || c.Number == phone.Number(0)):
			k.hold(Hold{Cause: Hidden}, 0)
		case need == Owned && !c.Owned:
			k.hold(Hold{Cause: NotOwned}, 0)
		case need == Callable && !c.Callable:
			k.hold(Hold{Cause: NotCallable}, 0)
		}
	}
}

func (k *keeper) place() {
	q := k.e.q
	if q.ByNumber.Code == "" && q.ByAddress.Code == "" {
		k.hold(Hold{Cause: NoPlace}, 0)
	}
	for _, at := range [...]*Place{&q.ByNumber, &q.ByAddress} {
		if at.Code == "" {
			continue
		}
		if g, ok := k.e.b.at[at.Code]; !ok || !g.known {
			k.hold(Hold{Cause: NoPack, Place: at.Code}, 0)
		}
		if len(at.Zones) == 0 {
			k.hold(Hold{Cause: NoZone, Place: at.Code}, 0)
		}
	}
}

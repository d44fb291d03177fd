package app

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/reach"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// maxLearned bounds the tries that are read to learn when people answer.
const maxLearned = 50_000

// LearnWhenTheyAnswer lets the rules of a campaign learn from its last tries when
// people answer, as whoever begins to run it does. From then on they learn by what is
// kept.
func (s *System) LearnWhenTheyAnswer(ctx context.Context, c id.Company, of id.ID, rules *CallingRules) (err error) {
	defer fault.Wrap(&err, "learn when people answer")
	var tries []attempt.Attempt
	err = s.DB.View(ctx, func(tx store.Tx) error {
		q := store.AttemptQuery{Campaign: of, Limit: pageSize}
		for len(tries) < maxLearned {
			page, err := tx.Attempts().List(c, q)
			if err != nil {
				return err
			}
			tries = append(tries, page...)
			if len(page) < pageSize {
				return nil
			}
			q.Before = page[len(page)-1].ID
		}
		return nil
	})
	slices.Reverse(tries) // the oldest first
	for i := range tries {
		rules.saw(&tries[i])
	}
	return err
}

// saw learns from a try: whether a person answered at that hour. Those the trunks
// failed, that were taken back or came in tell nothing.
func (r *CallingRules) saw(a *attempt.Attempt) {
	if a.Inbound || a.Dialed.IsZero() {
		return
	}
	switch a.Result {
	case usage.Answered, usage.NoAnswer, usage.Busy, usage.Rejected:
		if zone := r.zoneOf(a.Number, nil); zone != nil {
			r.reach.See(area(a.Number), a.Dialed.In(zone), a.Result == usage.Answered && a.AnsweredBy == usage.Person)
		}
	}
}

// zoneOf is the zone of whoever is called; nil: nobody knows.
func (r *CallingRules) zoneOf(n phone.Number, l *lead.Lead) *time.Location {
	zones := phone.Zones(n)
	if l != nil {
		zones = l.Zones(n)
	}
	if len(zones) == 0 {
		return nil
	}
	zone, err := r.packs.Zone(zones[0])
	if err != nil {
		return nil
	}
	return zone
}

// bestTime is when a lead that waits for its next try is best tried: from when it is
// due on, within the hours the campaign's retry rules leave, and its calling hours.
// Other rules are asked when it is due. A callback is due when it was agreed.
func (r *CallingRules) bestTime(l *lead.Lead) timex.Instant {
	within := r.plan.Retry.Best
	if l.State != lead.Pending || l.Due.IsZero() || within == 0 {
		return l.Due
	}
	n := l.Next()
	zone := r.zoneOf(n, l)
	if zone == nil {
		return l.Due
	}
	from := l.Due.In(zone)
	return timex.At(r.reach.Choose(reach.Wish{Area: area(n), From: from, Until: from.Add(time.Duration(within) * time.Hour), Lot: binary.BigEndian.Uint64(l.ID[8:]),
		May: func(at time.Time) bool { return r.plan.Hours.Open(at, nil) }}))
}

// later puts a lead off to its best time.
func (k *callKeeper) later(i id.ID) error {
	l, err := k.tx.Leads().Get(k.c, i)
	if err != nil {
		return err
	}
	due := k.rules.bestTime(&l.Lead)
	if due <= l.Due {
		return nil
	}
	if err := l.Wait(due); err != nil {
		return err
	}
	return k.tx.Leads().Put(k.c, l)
}

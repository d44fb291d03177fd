package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/compliance"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// What holds a lead back beside rules: its own next time.
const (
	HeldRetry    = "own.retry"    // it was tried, and waits for its next try
	HeldCallback = "own.callback" // it is called at the instant that was agreed
	HeldNumbers  = "own.numbers"  // no number of it is left to be tried
)

// maxOutlook bounds the leads one outlook asks about.
const maxOutlook = 3_000

// Held is leads that one rule holds back.
type Held struct {
	Rule  string
	Count int
	Next  timex.Instant // when the first of them is let go; zero: waiting does not help
}

// PlaceCount is leads whose number is of a place, as the rules name it; empty: of
// none they know.
type PlaceCount struct {
	Place string
	Count int
}

// CampaignOutlook is how many leads of a campaign may be called, and when, by the
// rules, the campaign's hours and its retry rules. Agents, trunks and pacing are not
// looked at. Now, Day, Week, Later and Never sum to Looked.
type CampaignOutlook struct {
	At                           timex.Instant
	Waiting                      int64 // leads that wait to be called
	Looked                       int   // of them were asked about: those that are due first
	Now, Day, Week, Later, Never int   // may be called now; within 24 hours; within 7 days; later; not by waiting
	Held                         []Held
	Places                       []PlaceCount
	Counts                       []store.LeadCount // all leads of its lists by state and rule
}

// OutlookOf looks at the leads of a campaign, a draft too.
func (s *System) OutlookOf(ctx context.Context, c id.Company, i id.ID, packs *compliance.Packs) (out CampaignOutlook, err error) {
	defer fault.Wrap(&err, "campaign outlook")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		of, _, err := campaignOf(tx, c, i)
		if err != nil {
			return err
		}
		rules, err := NewCallingRules(packs, &of)
		if err != nil {
			return err
		}
		out = CampaignOutlook{At: tx.Now()}
		l := &outlooking{tx: tx, c: c, rules: rules, out: &out, held: map[string]*Held{}, places: map[string]int{}}
		for _, share := range of.Lists {
			if err := l.list(share.List, maxOutlook/len(of.Lists)); err != nil {
				return err
			}
		}
		l.sum()
		return nil
	})
	return out, err
}

// outlooking is one look.
type outlooking struct {
	tx     store.Tx
	c      id.Company
	rules  *CallingRules
	out    *CampaignOutlook
	held   map[string]*Held
	places map[string]int
}

// list looks at up to most leads of a list: callbacks, then what is due first.
func (l *outlooking) list(list id.ID, most int) error {
	counts, err := l.tx.Leads().Counts(l.c, list)
	if err != nil {
		return err
	}
	l.out.Counts = append(l.out.Counts, counts...)
	for _, n := range counts {
		if n.State.Waits() {
			l.out.Waiting += n.Count
		}
	}
	for _, state := range []lead.State{lead.Callback, lead.Pending} {
		after := store.DueCursor{}
		for most > 0 {
			page, err := l.tx.Leads().List(l.c, list, state, after, min(most, pageSize))
			if err != nil {
				return err
			}
			for i := range page {
				if err := l.lead(&page[i].Lead); err != nil {
					return err
				}
				after = store.DueCursor{Due: page[i].Due, ID: page[i].ID}
			}
			if most -= len(page); len(page) < pageSize {
				break
			}
		}
	}
	return nil
}

func (l *outlooking) lead(x *lead.Lead) error {
	l.out.Looked++
	n := x.Next()
	l.places[l.rules.packs.OfNumber(n).Code]++
	if n.IsZero() {
		l.hold(HeldNumbers, 0)
		return nil
	}
	rule, at, err := l.ask(x, n)
	if err != nil {
		return err
	}
	if rule == "" {
		l.out.Now++
		return nil
	}
	l.hold(rule, at)
	return nil
}

// ask is what holds a lead back now, and until when. One that waits for its next
// time is asked about at that time: a rule that holds it then is named, for it is
// what matters.
func (l *outlooking) ask(x *lead.Lead, n phone.Number) (rule string, at timex.Instant, err error) {
	q, err := l.rules.query(l.tx, l.c, x, n)
	if err != nil {
		return "", 0, err
	}
	now := l.out.At
	if x.Due <= now {
		rule, at = l.rules.ask(&q, x, now)
		return rule, at, nil
	}
	if rule, at = l.rules.ask(&q, x, x.Due); rule == "" {
		rule, at = HeldRetry, x.Due
		if x.State == lead.Callback {
			rule = HeldCallback
		}
	}
	return rule, at, nil
}

// hold counts a lead under what holds it back and when that lets go.
func (l *outlooking) hold(rule string, until timex.Instant) {
	h := l.held[rule]
	if h == nil {
		h = &Held{Rule: rule}
		l.held[rule] = h
	}
	h.Count++
	if until != 0 && (h.Next == 0 || until < h.Next) {
		h.Next = until
	}
	const day = 24 * time.Hour
	switch wait := until.Sub(l.out.At); {
	case until == 0:
		l.out.Never++
	case wait <= day:
		l.out.Day++
	case wait <= 7*day:
		l.out.Week++
	default:
		l.out.Later++
	}
}

// sum puts what holds most first.
func (l *outlooking) sum() {
	for _, h := range l.held {
		l.out.Held = append(l.out.Held, *h)
	}
	slices.SortFunc(l.out.Held, func(a, b Held) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Rule, b.Rule))
	})
	for _, p := range slices.Sorted(maps.Keys(l.places)) {
		l.out.Places = append(l.out.Places, PlaceCount{p, l.places[p]})
	}
	slices.SortStableFunc(l.out.Places, func(a, b PlaceCount) int { return cmp.Compare(b.Count, a.Count) })
}

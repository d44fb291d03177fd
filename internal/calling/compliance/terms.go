package compliance

import (
	"slices"
	"time"

	"waihu/internal/timex"
)

// Terms are what a call must keep to while and after it is made: of every rule that
// holds in either place the strictest.
type Terms struct {
	Ring      time.Duration    // let it ring at least so long before giving up; 0: no rule
	Message   time.Duration    // after the greeting, an agent or a message within so long; 0: no rule
	Limits    []AbandonedLimit // each must be kept to, by campaign
	Recording RecordingNeed    // what recording needs; empty: no rule asks for anything
	Keep      map[Kept]int     // days
	Tell      []Told           // in the order of Told.Choices
	TellIn    time.Duration    // the shortest time within which anything of it must be said; 0: no rule names one
	Rules     []*Rule          // where all of this comes from, in the order of the book
}

// AbandonedLimit is the most that may be abandoned of the calls people answer.
type AbandonedLimit struct {
	Share Share
	Days  int // the window
	Rule  *Rule
}

// Terms are what a call to a number at an instant must keep to.
func (b *Book) Terms(q *Query, at timex.Instant) Terms {
	t := Terms{Keep: map[Kept]int{}}
	first, second := b.groups(q)
	for i := range b.terms {
		r := &b.terms[i]
		if !slices.Contains(first.terms, int32(i)) && !slices.Contains(second.terms, int32(i)) || !r.binds(q, at) {
			continue
		}
		t.add(r.Rule)
	}
	slices.SortFunc(t.Tell, func(a, b Told) int {
		return slices.Index(a.Choices(), string(a)) - slices.Index(b.Choices(), string(b))
	})
	return t
}

// binds tells whether a rule holds for a number at an instant, whatever it says.
func (r *ready) binds(q *Query, at timex.Instant) bool {
	on, _ := r.active(at)
	if !on || len(r.Lines) > 0 && q.Line != AnyLine && !slices.Contains(r.Lines, q.Line) {
		return false
	}
	return !slices.Contains(r.Unless, q.Consent.Basis) || !q.Consent.valid(at)
}

// valid tells whether a basis there is holds at an instant.
func (c *Consent) valid(at timex.Instant) bool {
	return at >= c.At && (c.Until == 0 || at < c.Until)
}

// shorter is the shorter of two lengths, of which 0 is none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func (t *Terms) add(r *Rule) {
	t.Rules = append(t.Rules, r)
	switch r.Kind {
	case Ring:
		t.Ring = max(t.Ring, r.Within.duration())
	case Message:
		t.Message = shorter(t.Message, r.Within.duration())
	case Abandonment:
		t.Limits = append(t.Limits, AbandonedLimit{Share: r.Share, Days: r.Days, Rule: r})
	case Recording:
		if t.Recording != ConsentNeed {
			t.Recording = r.Record
		}
	case Retention:
		for _, kept := range r.Keep {
			t.Keep[kept] = max(t.Keep[kept], r.Days)
		}
	case Tell:
		t.TellIn = shorter(t.TellIn, r.ToldMax.duration())
		for _, what := range r.Told {
			if !slices.Contains(t.Tell, what) {
				t.Tell = append(t.Tell, what)
			}
		}
	}
}

// Bound lists every rule that was asked about a number at an instant, or binds its
// call: what the record of the call names. Rules that are lifted are not among them.
func (b *Book) Bound(q *Query, at timex.Instant) (out []*Rule) {
	first, second := b.groups(q)
	for i := range b.asked {
		if r := &b.asked[i]; (slices.Contains(first.asked, int32(i)) || slices.Contains(second.asked, int32(i))) && r.binds(q, at) {
			out = append(out, r.Rule)
		}
	}
	return append(out, b.Terms(q, at).Rules...)
}

// Lifted lists the switches that are on at an instant.
func (b *Book) Lifted(at timex.Instant) (out []Switch) {
	for _, s := range b.campaign.Switches {
		if s.From <= at && (s.To == 0 || at < s.To) {
			out = append(out, s)
		}
	}
	return out
}

package cdr

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/fault"
)

const (
	// sampleSize is how many problems of one kind are kept to be shown.
	sampleSize = 20
	// maxReasons bounds how many kinds of problem are told apart.
	maxReasons = 500
	otherwise  = "further reasons"
)

// Outcome is what became of a record, in the words of a tally.
type Outcome string

const (
	Rejected  Outcome = "rejected"
	Flagged   Outcome = "flagged"
	Ignored   Outcome = "ignored"
	Duplicate Outcome = "duplicate"
)

// Tally is how often one thing was said about records, with the first few.
type Tally struct {
	Outcome Outcome         `json:"outcome"`
	Reason  string          `json:"reason"`
	Count   int64           `json:"count"`
	Sample  []fault.Problem `json:"sample,omitempty"` // the first 20
}

type tallyKey struct {
	outcome Outcome
	reason  string
}

// tallies counts by outcome and reason.
type tallies struct {
	by map[tallyKey]*Tally
}

// add counts a problem; it keeps copies, never parts of a reader's buffer.
func (t *tallies) add(outcome Outcome, p fault.Problem) {
	y := t.find(outcome, p.What)
	y.Count++
	if len(y.Sample) < sampleSize {
		p.Value = strings.Clone(fault.Shorten(p.Value, 200))
		p.What = y.Reason
		y.Sample = append(y.Sample, p)
	}
}

func (t *tallies) find(outcome Outcome, reason string) *Tally {
	if y := t.by[tallyKey{outcome, reason}]; y != nil {
		return y
	}
	if t.by == nil {
		t.by = map[tallyKey]*Tally{}
	}
	if len(t.by) >= maxReasons {
		reason = otherwise
		if y := t.by[tallyKey{outcome, reason}]; y != nil {
			return y
		}
	}
	y := &Tally{Outcome: outcome, Reason: strings.Clone(reason)}
	t.by[tallyKey{outcome, y.Reason}] = y
	return y
}

// list is all tallies, rejected first, the most frequent first.
func (t *tallies) list() []Tally {
	out := make([]Tally, 0, len(t.by))
	for _, y := range t.by {
		out = append(out, *y)
	}
	order := []Outcome{Rejected, Flagged, Duplicate, Ignored}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Outcome), slices.Index(order, b.Outcome)),
			cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// OtherContent begins the finding about a record whose identifier came before
// with other content.
const OtherContent = "this record came before with other content"

package app

import (
	"context"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// TrailQuery is which entries of an audit log are looked for.
type TrailQuery struct {
	Actor  string // part of who did it
	Action string // the action, or its noun: "invoice" takes invoice.issue too
	Target string // part of what it was done to
	Period timex.Period
	Up     bool  // oldest first
	Before int64 // entries before this number, with Up those behind it; 0: from the first on
	Limit  int
}

// Trail is a part of an audit log. More is the number to go on before, or behind; 0:
// there is nothing more.
type Trail struct {
	Entries []store.AuditEntry
	More    int64
	Length  int64 // entries there are
	Head    [32]byte
}

// maxTrail bounds how many entries one question looks at; the next goes on.
const maxTrail = 50_000

// AuditTrail reads the audit log of a company, or that of the platform. Numbers have
// no gaps and are in order of time, so that a period is found by halving.
func (s *System) AuditTrail(ctx context.Context, c id.Company, q TrailQuery) (out Trail, err error) {
	defer fault.Wrap(&err, "audit trail")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = Trail{}
		var err error
		if out.Length, out.Head, err = tx.Audit().Head(c); err != nil {
			return err
		}
		first, last, err := q.span(tx, c, out.Length)
		for looked := int64(0); err == nil && first <= last; {
			if looked >= maxTrail {
				if out.More = last + 1; q.Up {
					out.More = first - 1
				}
				return nil
			}
			from, n := first, min(last-first+1, pageSize)
			if !q.Up {
				from = last - n + 1
			}
			var list []store.AuditEntry
			if list, err = tx.Audit().List(c, from-1, int(n)); err != nil {
				return err
			}
			if !q.Up {
				slices.Reverse(list)
			}
			for i := range list {
				if !q.takes(&list[i]) {
					continue
				}
				if len(out.Entries) == q.Limit {
					out.More = out.Entries[len(out.Entries)-1].Seq
					return nil
				}
				out.Entries = append(out.Entries, list[i])
			}
			looked += n
			if q.Up {
				first += n
			} else {
				last -= n
			}
		}
		return err
	})
	return out, err
}

// span is the first and the last number that can be asked for.
func (q *TrailQuery) span(tx store.Tx, c id.Company, length int64) (first, last int64, err error) {
	first, last = 1, length
	if q.Period.From != 0 {
		if first, err = sinceEntry(tx, c, length, q.Period.From); err != nil {
			return 0, 0, err
		}
	}
	if q.Period.To != 0 {
		if last, err = sinceEntry(tx, c, length, q.Period.To); err != nil {
			return 0, 0, err
		}
		last--
	}
	switch {
	case q.Before > 0 && q.Up:
		first = max(first, q.Before+1)
	case q.Before > 0:
		last = min(last, q.Before-1)
	}
	return first, last, nil
}

// sinceEntry is the first number at an instant or later, length+1 if there is none.
func sinceEntry(tx store.Tx, c id.Company, length int64, at timex.Instant) (int64, error) {
	low, high := int64(1), length+1
	for low < high { // ends: they come nearer
		middle := low + (high-low)/2
		one, err := tx.Audit().List(c, middle-1, 1)
		if err != nil {
			return 0, err
		}
		if len(one) == 1 && one[0].At < at {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

func (q *TrailQuery) takes(e *store.AuditEntry) bool {
	return has(e.Actor, q.Actor) && has(e.Target, q.Target) && (q.Action == "" || e.Action == q.Action || strings.HasPrefix(e.Action, q.Action+"."))
}

func has(text, part string) bool {
	return part == "" || strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// CheckTrail follows the chain of an audit log from its beginning and gives the
// number of the first entry that does not follow; 0: it is whole.
func (s *System) CheckTrail(ctx context.Context, c id.Company) (broken, length int64, err error) {
	defer fault.Wrap(&err, "check audit trail")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		broken, length, err = chainOf(tx, c)
		return err
	})
	return broken, length, err
}

// chainOf follows the chain of an audit log.
func chainOf(tx store.Tx, c id.Company) (broken, length int64, err error) {
	var prev [32]byte
	for { // bounded: length rises with every page
		list, err := tx.Audit().List(c, length, pageSize)
		if err != nil {
			return 0, length, err
		}
		for i := range list {
			if !list[i].Follows(length, prev) && broken == 0 {
				broken = list[i].Seq
			}
			length, prev = list[i].Seq, list[i].Hash
		}
		if len(list) < pageSize {
			break
		}
	}
	head, hash, err := tx.Audit().Head(c)
	if err == nil && broken == 0 && (head != length || hash != prev) {
		broken = head + 1
	}
	return broken, length, err
}

package app

import (
	"context"
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
	Before int64 // entries before this number; 0: from the newest on
	Limit  int
}

// Trail is a part of an audit log, newest first. More is the number to go on
// before; 0: there is nothing more.
type Trail struct {
	Entries []store.AuditEntry
	More    int64
	Length  int64 // entries there are
	Head    [32]byte
}

// maxTrail bounds how many entries one question looks at; the next goes on.
const maxTrail = 50_000

// AuditTrail reads the audit log of a company, or that of the platform.
func (s *System) AuditTrail(ctx context.Context, c id.Company, q TrailQuery) (out Trail, err error) {
	defer fault.Wrap(&err, "audit trail")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = Trail{}
		var err error
		if out.Length, out.Head, err = tx.Audit().Head(c); err != nil {
			return err
		}
		last := out.Length // numbers have no gaps: the newest is the last
		if q.Before > 0 {
			last = min(last, q.Before-1)
		}
		for looked := 0; last > 0; {
			first := max(last-pageSize+1, 1)
			list, err := tx.Audit().List(c, first-1, int(last-first+1))
			if err != nil {
				return err
			}
			for i := len(list) - 1; i >= 0; i-- {
				e := &list[i]
				if q.Period.From != 0 && e.At < q.Period.From {
					return nil // it is in order of time
				}
				if !q.takes(e) {
					continue
				}
				if len(out.Entries) == q.Limit {
					out.More = out.Entries[len(out.Entries)-1].Seq
					return nil
				}
				out.Entries = append(out.Entries, *e)
			}
			last = first - 1
			if looked += len(list); looked >= maxTrail && last > 0 {
				out.More = first
				return nil
			}
		}
		return nil
	})
	return out, err
}

func (q *TrailQuery) takes(e *store.AuditEntry) bool {
	return has(e.Actor, q.Actor) && has(e.Target, q.Target) && (q.Action == "" || e.Action == q.Action || strings.HasPrefix(e.Action, q.Action+".")) && (q.Period.To == 0 || e.At < q.Period.To)
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

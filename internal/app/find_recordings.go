package app

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/retention"
)

// What a list of recordings can be sorted by; the newest come first otherwise.
const (
	ByLength = "length" // the longest first
	ByScore  = "score"  // the lowest first; those without one are left out
)

// RecordingQuery is which recordings are looked for. Fields that are empty do not
// narrow.
type RecordingQuery struct {
	Period      timex.Period // in which they began; zero ends are open
	Agent       string
	Campaign    string
	Number      string // of the customer, its beginning
	Disposition string
	Direction   usage.Direction
	Least, Most int64 // seconds; Most 0: any
	ScoreMost   *int  // tenths of a percent
	Held        bool
	State       retention.State
	Sort        string
	Before      id.ID // newest first: those older than this
	Limit       int   // 1 to store.MaxPage
}

// FoundRecordings is a page of them.
type FoundRecordings struct {
	List []Recording
	Next id.ID // to go on before; zero: there are no more
	Cut  bool  // more than MaxLooked were looked at: what is older is not in it
}

// MaxLooked bounds the recordings one search looks at.
const MaxLooked = 20_000

// FindRecordings looks recordings up, the newest first, or sorted.
func (s *System) FindRecordings(ctx context.Context, c id.Company, q RecordingQuery) (FoundRecordings, error) {
	return s.findWithin(ctx, c, q, MaxLooked)
}

// findWithin looks at so many at most.
func (s *System) findWithin(ctx context.Context, c id.Company, q RecordingQuery, look int) (out FoundRecordings, err error) {
	defer fault.Wrap(&err, "recordings")
	if err := store.CheckLimit(q.Limit); err != nil {
		return out, err
	}
	if q.Sort != "" && q.Sort != ByLength && q.Sort != ByScore {
		return out, fault.New(fault.Invalid, "recordings are sorted by %s or %s, not by %q", ByLength, ByScore, fault.Shorten(q.Sort, 40))
	}
	most := q.Limit
	if q.Sort != "" {
		most = look // sorted when all are there
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = findRecordings(tx, c, &q, most, look)
		return err
	})
	if err == nil && q.Sort != "" {
		out.sort(&q)
	}
	return out, err
}

// findRecordings goes back in time over those with the key that narrows most, and looks at
// so many.
func findRecordings(tx store.Tx, c id.Company, q *RecordingQuery, most, look int) (out FoundRecordings, err error) {
	page := store.Page{After: q.Before, Limit: pageSize, Down: true}
	if page.After.IsZero() && q.Period.To != 0 {
		page.After = firstOf(q.Period.To)
	}
	var last id.ID // that was looked at
	for looked := 0; ; {
		list, err := tx.Records().List(c, KindRecording, q.key(), page)
		if err != nil {
			return out, err
		}
		for i := range list {
			if q.Period.From != 0 && list[i].ID.Made() < firstOf(q.Period.From).Made() {
				return out, nil
			}
			if len(out.List) == most {
				out.Next = out.List[most-1].ID
				return out, nil
			}
			if looked++; looked > look {
				out.Next, out.Cut = last, true
				return out, nil
			}
			last = list[i].ID
			r, rec, err := load[Recording](&list[i], nil)
			if err != nil {
				return out, err
			}
			if r.Revision = rec.Revision; q.takes(&r) {
				out.List = append(out.List, r)
			}
		}
		if len(list) < pageSize {
			return out, nil
		}
		page.After = list[len(list)-1].ID
	}
}

// firstOf is before every identifier of an instant's millisecond and behind all before.
func firstOf(at timex.Instant) (i id.ID) {
	binary.BigEndian.PutUint64(i[:8], uint64(at/1000)<<16)
	return i
}

// key is the index that is read: that of which fewest are to be expected.
func (q *RecordingQuery) key() store.Key {
	for _, k := range []store.Key{{Name: "agent", Value: q.Agent}, {Name: "campaign", Value: q.Campaign}, {Name: "disposition", Value: q.Disposition}} {
		if k.Value != "" {
			return k
		}
	}
	if q.Held {
		return heldKey
	}
	return store.Key{}
}

// takes tells whether a recording is one that is looked for.
func (q *RecordingQuery) takes(r *Recording) bool {
	a, seconds := &r.About, r.Millis/1000
	switch {
	case q.Period.From != 0 && r.Made < q.Period.From || q.Period.To != 0 && r.Made >= q.Period.To,
		q.Agent != "" && a.Agent != q.Agent, q.Campaign != "" && a.Campaign != q.Campaign, q.Disposition != "" && a.Disposition != q.Disposition,
		!strings.HasPrefix(strings.TrimPrefix(a.Number, "+"), strings.TrimPrefix(q.Number, "+")), q.Direction != "" && a.Direction != q.Direction,
		seconds < q.Least, q.Most > 0 && seconds > q.Most,
		q.ScoreMost != nil && (r.Score == nil || *r.Score > *q.ScoreMost), q.Sort == ByScore && r.Score == nil,
		q.Held && len(r.Holds) == 0, q.State != "" && r.State != q.State:
		return false
	}
	return true
}

// sort puts what was found in order and keeps the first of it.
func (f *FoundRecordings) sort(q *RecordingQuery) {
	slices.SortStableFunc(f.List, func(a, b Recording) int {
		if q.Sort == ByLength {
			return cmp.Compare(b.Millis, a.Millis)
		}
		return cmp.Compare(*a.Score, *b.Score)
	})
	f.Next = id.ID{}
	if len(f.List) > q.Limit {
		f.List, f.Cut = f.List[:q.Limit], true
	}
}

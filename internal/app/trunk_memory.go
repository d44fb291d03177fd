package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/trunk"
)

// KindLines is what all nodes together know of calling numbers and trunks, of the
// platform: one of each pool (callersDay), and one of the trunks that rest (restingTrunks).
const KindLines store.Kind = "lines"

// callersDay is the numbers of a pool on their latest day.
type callersDay struct {
	Day  timex.Date   `json:"day"`
	Used []trunk.Used `json:"used"` // with what nodes borrowed, as if it had been placed
}

// maxCallersKept bounds the numbers of a pool that are kept, of all files that name it.
const maxCallersKept = 20_000

// ShareCallers notes what a node did with the numbers of a pool, and lends it calls of
// them as far as their day goes. All nodes together never place more than that: what was
// lent counts as placed, until it is given back.
func (s *System) ShareCallers(ctx context.Context, in trunk.Borrow) (out []trunk.Lent, err error) {
	defer fault.Wrap(&err, "share calling numbers of pool %s", in.Pool)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		var d callersDay
		r, err := linesOf(tx, "callers "+in.Pool, &d)
		if err != nil {
			return err
		}
		if d.Day > in.Day {
			out = nil
			return nil // the node's clock is behind: that day is over for the others
		}
		if d.Day < in.Day {
			d = callersDay{Day: in.Day}
		}
		got := d.take(&in)
		if len(d.Used) > maxCallersKept {
			return fault.New(fault.Conflict, "%d numbers are in the pool, more than %d", len(d.Used), maxCallersKept)
		}
		out = out[:0]
		for _, u := range d.Used {
			out = append(out, trunk.Lent{Used: u, Got: got[u.Number]})
		}
		return putLines(tx, r, &d)
	})
	return out, err
}

// take enters what a node tells, and returns what it gets of each number.
func (d *callersDay) take(in *trunk.Borrow) map[string]int {
	at := map[string]int{}
	for i := range d.Used {
		at[d.Used[i].Number] = i
	}
	got := map[string]int{}
	for _, n := range in.Numbers {
		i, known := at[n.Number]
		if !known {
			i = len(d.Used)
			d.Used = append(d.Used, trunk.Used{Number: n.Number})
		}
		u := &d.Used[i]
		u.Answered, u.Short, u.Alarms, u.Resting = u.Answered+n.Answered, u.Short+n.Short, u.Alarms+n.Alarms, u.Resting || n.Resting
		switch {
		case n.Calls < 0:
			u.Calls = max(0, u.Calls+n.Calls)
		case !u.Resting:
			got[n.Number] = max(0, min(n.Calls, in.Daily-u.Calls))
			u.Calls += got[n.Number]
		}
	}
	return got
}

// restingTrunks are the trunks some node lets rest.
type restingTrunks struct {
	Trunks []trunk.Remembered `json:"trunks"`
}

// ShareRests notes which trunks a node lets rest, and tells which any does. Nothing is
// written where all is known.
func (s *System) ShareRests(ctx context.Context, mine []trunk.Remembered) (out []trunk.Remembered, err error) {
	defer fault.Wrap(&err, "share which trunks rest")
	merge := func(tx store.Tx) (r *store.Record, all restingTrunks, changed bool, err error) {
		if r, err = linesOf(tx, "resting trunks", &all); err != nil {
			return r, all, false, err
		}
		for _, m := range mine {
			i := slices.IndexFunc(all.Trunks, func(t trunk.Remembered) bool { return t.Name == m.Name })
			switch {
			case i < 0:
				all.Trunks, changed = append(all.Trunks, m), true
			case m.Rests > all.Trunks[i].Rests:
				all.Trunks[i], changed = m, true
			}
		}
		all.Trunks = slices.DeleteFunc(all.Trunks, func(t trunk.Remembered) bool { return t.Rests <= tx.Now() })
		slices.SortFunc(all.Trunks, func(a, b trunk.Remembered) int { return strings.Compare(a.Name, b.Name) })
		return r, all, changed, nil
	}
	news := false
	err = s.DB.View(ctx, func(tx store.Tx) error {
		_, all, changed, err := merge(tx)
		out, news = all.Trunks, changed
		return err
	})
	if err != nil || !news {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		r, all, _, err := merge(tx)
		if err != nil {
			return err
		}
		out = all.Trunks
		return putLines(tx, r, &all)
	})
	return out, err
}

// linesOf reads a record of lines into body; one that is not there yet is new.
func linesOf(tx store.Tx, name string, body any) (*store.Record, error) {
	sum := sha256.Sum256([]byte("lines " + name))
	at := id.ID(sum[:len(id.ID{})])
	r, err := tx.Records().Get(id.Platform, KindLines, at)
	if fault.KindOf(err) == fault.NotFound {
		return &store.Record{Company: id.Platform, Kind: KindLines, ID: at}, nil
	}
	if err == nil {
		err = json.Unmarshal(r.Body, body)
	}
	return r, err
}

func putLines(tx store.Tx, r *store.Record, body any) (err error) {
	if r.Body, err = json.Marshal(body); err != nil {
		return err
	}
	return tx.Records().Put(r)
}

package tables

import (
	"cmp"
	"slices"

	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

type reports struct{ *Tx }

// What is counted stands twice: under its slot, and under its day of UTC, so that a
// month is read by its days and only its two ends by their slots.
const (
	spanSlot   = 1
	spanDay    = 2
	slotsOfDay = 48
)

// sumsAtOnce is how many rows of counts one statement reads or writes: what a call
// adds to fits, so that it is asked for once and written once.
const sumsAtOnce = 16

// spanned is where counts are kept.
type spanned struct {
	report.Key
	span int64
}

func byKey(a, b spanned) int {
	return cmp.Or(cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.span, b.span), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Value, b.Value))
}

// dayOf is the first slot of the day of a slot.
func dayOf(slot int64) int64 {
	into := slot % slotsOfDay
	if into < 0 {
		into += slotsOfDay
	}
	return slot - into
}

// count keeps what facts added up to, beside what is there: whoever writes to a company
// has locked it, so nobody writes in between. Keys are in their order, as neighbours
// are then written one after another.
func (t *Tx) count(c id.Company, counts *report.Counts) error {
	if counts.IsEmpty() {
		return nil
	}
	all := map[spanned]*report.Entry{}
	for k, e := range counts.Entries() {
		day := k
		day.Slot = dayOf(k.Slot)
		for _, at := range []spanned{{k, spanSlot}, {day, spanDay}} {
			if all[at] == nil {
				all[at] = &report.Entry{}
			}
			all[at].Add(e)
		}
	}
	keys := make([]spanned, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, byKey)
	for lot := range slices.Chunk(keys, sumsAtOnce) {
		if err := t.countLot(c, lot, all); err != nil {
			return err
		}
	}
	return nil
}

// The statements for so many keys. Each key is found along the index; one condition
// with OR would read the whole table in SQLite.
var (
	counted = repeated(sumsAtOnce, "", "SELECT dim, span, slot, campaign, value, body FROM report_sums WHERE company = ? AND dim = ? AND span = ? AND slot = ? AND campaign = ? AND value = ?", " UNION ALL ", "")
	keep    = repeated(sumsAtOnce, "INSERT INTO report_sums (company, dim, span, slot, campaign, value, body) VALUES ", "(?, ?, ?, ?, ?, ?, ?)", ", ",
		" ON CONFLICT (company, dim, span, slot, campaign, value) DO UPDATE SET body = excluded.body")
)

// countLot adds to at most sumsAtOnce rows.
func (t *Tx) countLot(c id.Company, keys []spanned, all map[spanned]*report.Entry) error {
	args := make([]any, 0, 7*len(keys))
	for _, k := range keys {
		args = append(args, c, string(k.Dim), k.span, k.Slot, k.Campaign, k.Value)
	}
	err := t.query(counted[len(keys)], args, func(r Row) error {
		k := spanned{report.Key{Dim: report.Dim(r.Text(0)), Slot: r.Int(2), Campaign: r.Text(3), Value: r.Text(4)}, r.Int(1)}
		return all[k].AddBody(r.Bytes(5))
	})
	if err != nil {
		return err
	}
	args = args[:0]
	for _, k := range keys {
		args = append(args, c, string(k.Dim), k.span, k.Slot, k.Campaign, k.Value, all[k].AppendBody(nil))
	}
	return t.later(keep[len(keys)], args...)
}

// countCall counts a call with its charges.
func countCall(to *report.Counts, k *store.ChargedCall, again bool) {
	var costs []money.Amount
	unpriced := false
	for i := range k.Charges {
		h := &k.Charges[i]
		unpriced = unpriced || h.Reason != ""
		if h.Cost.Currency().IsZero() {
			continue
		}
		at := slices.IndexFunc(costs, func(a money.Amount) bool { return a.Currency() == h.Cost.Currency() })
		if at < 0 {
			costs = append(costs, h.Cost)
		} else if sum, err := costs[at].Add(h.Cost); err == nil {
			costs[at] = sum
		}
	}
	if again {
		to.Priced(&k.Call, costs, unpriced)
		return
	}
	to.Call(&k.Call, costs, unpriced)
}

// slotRange is slots that are read by one span.
type slotRange struct{ span, first, after int64 }

// ranges cuts slots into days that are whole and what is left at both ends.
func ranges(first, after int64, bySlot bool) []slotRange {
	from, to := dayOf(first+slotsOfDay-1), dayOf(after)
	if bySlot || from >= to {
		return []slotRange{{spanSlot, first, after}}
	}
	return []slotRange{{spanSlot, first, from}, {spanDay, from, to}, {spanSlot, to, after}}
}

func (t reports) Sums(c id.Company, q store.SumQuery) ([]store.Summed, error) {
	at := map[report.Key]*report.Entry{}
	for _, x := range ranges(q.First, q.After, q.BySlot) {
		if x.first >= x.after {
			continue
		}
		sql := "SELECT slot, campaign, value, body FROM report_sums WHERE company = ? AND dim = ? AND span = ? AND slot >= ? AND slot < ?"
		args := []any{c, string(q.Dim), x.span, x.first, x.after}
		if q.Campaign != "" {
			sql, args = sql+" AND campaign = ?", append(args, q.Campaign)
		}
		if q.Value != nil {
			sql, args = sql+" AND value = ?", append(args, *q.Value)
		}
		if err := t.scan(sql, args, func(r Row) error { return addTo(at, &q, r) }); err != nil {
			return nil, err
		}
	}
	out := make([]store.Summed, 0, len(at))
	for k, e := range at {
		out = append(out, store.Summed{Slot: k.Slot, Row: report.Row{Campaign: k.Campaign, Value: k.Value, Sums: e.Sums, Costs: e.Costs}})
	}
	slices.SortFunc(out, func(a, b store.Summed) int {
		return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Value, b.Value))
	})
	for i := range out {
		slices.SortFunc(out[i].Costs, func(a, b report.CostOf) int {
			return cmp.Compare(a.Total.Currency().String(), b.Total.Currency().String())
		})
	}
	return out, nil
}

// addTo adds a row to the one of the answer it belongs to.
func addTo(at map[report.Key]*report.Entry, q *store.SumQuery, r Row) error {
	var k report.Key
	if q.BySlot {
		k.Slot = r.Int(0)
	}
	if q.ByCampaign {
		k.Campaign = r.Text(1)
	}
	if !q.WholeValues {
		k.Value = r.Text(2)
	}
	e := at[k]
	if e == nil {
		if len(at) == store.MaxSums {
			return fault.New(fault.Invalid, "more than %d rows of a report: fewer days or one campaign were expected", store.MaxSums)
		}
		e = &report.Entry{}
		at[k] = e
	}
	return e.AddBody(r.Bytes(3))
}

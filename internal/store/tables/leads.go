package tables

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type leads struct{ *Tx }

// leadsAtOnce is how many rows one INSERT has; what is left of them goes in one
// by one, so that there are two statements and not as many as there are rests.
const leadsAtOnce = 50

// stateNumber is the place of a state, from 1 on; 0: it is none.
func stateNumber(s lead.State) int64 { return int64(slices.Index(lead.States(), s) + 1) }

func stateOf(n int64) lead.State {
	all := lead.States()
	if n < 1 || n > int64(len(all)) {
		return ""
	}
	return all[n-1]
}

func (t leads) Add(c id.Company, lot *store.LeadLot) error {
	list := lot.Leads
	if err := t.lock(c); err != nil {
		return err
	}
	rows, numbers := rows{t.Tx, "leads", "company, id, list, state, due, key, revision, body", 8, nil, 0, 0},
		rows{t.Tx, "lead_numbers", "company, number, lead, list", 4, nil, 0, 0}
	counts, ordered := leadCounts{}, make([]store.NumberInList, 0, len(list))
	for i := range list {
		l := &list[i]
		if err := rows.add(c, l.ID, l.List, stateNumber(l.State), l.Due, l.Key, int64(1), lot.Body(i)); err != nil {
			return err
		}
		for _, n := range l.Numbers {
			ordered = append(ordered, store.NumberInList{Number: n.Number, List: l.List, Lead: l.ID})
		}
		counts.add(l, 1)
	}
	if err := rows.flush(); err != nil {
		return err
	}
	if rows.written != int64(len(list)) {
		return fault.New(fault.Conflict, "%d of %d new leads have an identifier that is there already", int64(len(list))-rows.written, len(list))
	}
	slices.SortFunc(ordered, byNumber) // neighbours in the index are written one after another
	for _, n := range ordered {
		if err := numbers.add(c, int64(n.Number), n.Lead, n.List); err != nil {
			return err
		}
	}
	if err := numbers.flush(); err != nil {
		return err
	}
	return t.count(c, counts)
}

func byNumber(a, b store.NumberInList) int {
	switch {
	case a.Number < b.Number:
		return -1
	case a.Number > b.Number:
		return 1
	}
	return bytes.Compare(a.Lead[:], b.Lead[:])
}

// rows gathers rows for INSERTs of leadsAtOnce.
type rows struct {
	*Tx
	table, columns string
	width          int
	args           []any
	n              int
	written        int64
}

func (r *rows) add(values ...any) error {
	r.args = append(r.args, values...)
	if r.n++; r.n < leadsAtOnce {
		return nil
	}
	return r.insert(leadsAtOnce)
}

func (r *rows) flush() error {
	for r.n > 0 {
		if err := r.insert(1); err != nil {
			return err
		}
	}
	return nil
}

// insert writes the first rows. What is there already is left as it is.
func (r *rows) insert(n int) error {
	values := "(" + strings.Repeat("?, ", r.width-1) + "?)"
	changed, err := r.exec("INSERT INTO "+r.table+" ("+r.columns+") VALUES "+values+strings.Repeat(", "+values, n-1)+" ON CONFLICT DO NOTHING", r.args[:n*r.width]...)
	r.args = r.args[:copy(r.args, r.args[n*r.width:])]
	r.n -= n
	r.written += changed
	return err
}

// leadCounts are changes of how many leads are in a state.
type leadCounts map[countKey]int64

type countKey struct {
	list  id.ID
	state int64
	rule  string
}

func (m leadCounts) add(l *lead.Lead, n int64) {
	k := countKey{l.List, stateNumber(l.State), ""}
	if l.State == lead.Forbidden {
		k.rule = l.Rule
	}
	m[k] += n
}

func (t leads) count(c id.Company, changes leadCounts) error {
	for k, n := range changes {
		if n == 0 {
			continue
		}
		if err := t.later(`INSERT INTO lead_counts (company, list, state, rule, n) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (company, list, state, rule) DO UPDATE SET n = lead_counts.n + excluded.n`, c, k.list, k.state, k.rule, n); err != nil {
			return err
		}
	}
	return nil
}

func (t leads) Put(c id.Company, l *store.Lead) error {
	if err := t.lock(c); err != nil {
		return err
	}
	old, err := t.Get(c, l.ID)
	if err != nil {
		return err
	}
	switch {
	case old.Revision != l.Revision:
		return store.Outdated("lead "+l.ID.String(), old.Revision, l.Revision, 0)
	case old.List != l.List:
		return fault.New(fault.Conflict, "lead %s belongs to list %s and cannot go to %s", l.ID, old.List, l.List)
	case stateNumber(l.State) == 0 || len(l.Numbers) == 0:
		return fault.New(fault.Invalid, "lead %s has state %q and %d numbers", l.ID, l.State, len(l.Numbers))
	}
	body, err := store.LeadBody(&l.Lead)
	if err != nil {
		return err
	}
	if err := t.later("UPDATE leads SET state = ?, due = ?, key = ?, revision = ?, body = ? WHERE company = ? AND id = ?",
		stateNumber(l.State), l.Due, l.Key, l.Revision+1, body, c, l.ID); err != nil {
		return err
	}
	if err := t.changeNumbers(c, &old.Lead, &l.Lead); err != nil {
		return err
	}
	changes := leadCounts{}
	changes.add(&old.Lead, -1)
	changes.add(&l.Lead, 1)
	l.Revision++
	return t.count(c, changes)
}

func (t leads) changeNumbers(c id.Company, old, l *lead.Lead) error {
	for _, n := range old.Numbers {
		if !l.Has(n.Number) {
			if err := t.later("DELETE FROM lead_numbers WHERE company = ? AND number = ? AND lead = ?", c, int64(n.Number), l.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range l.Numbers {
		if !old.Has(n.Number) {
			if err := t.later("INSERT INTO lead_numbers (company, number, lead, list) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", c, int64(n.Number), l.ID, l.List); err != nil {
				return err
			}
		}
	}
	return nil
}

const leadColumns = "l.id, l.list, l.revision, l.body"

func readLead(r Row) (out store.Lead, err error) {
	if err = json.Unmarshal(r.Bytes(3), &out.Lead); err != nil {
		return out, fmt.Errorf("lead %s: %w", r.ID(0), err)
	}
	out.ID, out.List, out.Revision = r.ID(0), r.ID(1), r.Int(2)
	return out, nil
}

func (t leads) read(sql string, args ...any) (out []store.Lead, err error) {
	err = t.query(sql, args, func(r Row) error {
		l, err := readLead(r)
		out = append(out, l)
		return err
	})
	return out, err
}

func (t leads) Get(c id.Company, i id.ID) (*store.Lead, error) {
	out, err := t.read("SELECT "+leadColumns+" FROM leads l WHERE company = ? AND id = ?", c, i)
	if err != nil || len(out) == 0 {
		return nil, orMissing(err, "lead %s", i)
	}
	return &out[0], nil
}

func (t leads) ByNumber(c id.Company, n phone.Number, limit int) ([]store.Lead, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	return t.read("SELECT "+leadColumns+" FROM lead_numbers n JOIN leads l ON l.company = n.company AND l.id = n.lead WHERE n.company = ? AND n.number = ? ORDER BY n.lead LIMIT ?", c, int64(n), limit)
}

func (t leads) ByKey(c id.Company, key string, limit int) ([]store.Lead, error) {
	if err := store.CheckLimit(limit); err != nil || key == "" {
		return nil, err
	}
	return t.read("SELECT "+leadColumns+" FROM leads l"+By("leads_key")+" WHERE company = ? AND key = ? AND key <> '' ORDER BY id LIMIT ?", c, key, limit)
}

// numbersAtOnce is how many numbers one look-up has; the last has some twice.
const numbersAtOnce = 100

// ask runs a statement that ends in so many marks for lots of numbers.
func (t *Tx) ask(c id.Company, sql string, ns []phone.Number, each func(Row) error) error {
	if len(ns) > store.MaxNumbers {
		return fault.New(fault.Invalid, "%d numbers at once: at most %d were expected", len(ns), store.MaxNumbers)
	}
	ns = slices.Clone(ns)
	slices.Sort(ns)
	ns = slices.Compact(ns)
	sql += " AND number IN (?" + strings.Repeat(", ?", numbersAtOnce-1) + ")"
	for lot := range slices.Chunk(ns, numbersAtOnce) {
		args := make([]any, numbersAtOnce+1)
		args[0] = c
		for i := range numbersAtOnce {
			args[i+1] = int64(lot[min(i, len(lot)-1)])
		}
		if err := t.query(sql, args, each); err != nil {
			return err
		}
	}
	return nil
}

func (t leads) Numbers(c id.Company, list id.ID, ns []phone.Number) (out []store.NumberInList, err error) {
	err = t.ask(c, "SELECT number, list, lead FROM lead_numbers WHERE company = ?", ns, func(r Row) error {
		if n := (store.NumberInList{Number: phone.Number(r.Int(0)), List: r.ID(1), Lead: r.ID(2)}); list.IsZero() || n.List == list {
			out = append(out, n)
		}
		return nil
	})
	slices.SortFunc(out, byNumber)
	return out, err
}

func (t leads) Due(c id.Company, list id.ID, s lead.State, until timex.Instant, after store.DueCursor, limit int) ([]store.Lead, error) {
	if !s.Waits() {
		return nil, fault.New(fault.Invalid, "leads that are %q are never due", s)
	}
	return t.inState(c, list, s, until, after, limit)
}

func (t leads) List(c id.Company, list id.ID, s lead.State, after store.DueCursor, limit int) ([]store.Lead, error) {
	return t.inState(c, list, s, timex.Instant(1<<63-1), after, limit)
}

func (t leads) inState(c id.Company, list id.ID, s lead.State, until timex.Instant, after store.DueCursor, limit int) ([]store.Lead, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	return t.read("SELECT "+leadColumns+" FROM leads l WHERE company = ? AND list = ? AND state = ? AND due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?",
		c, list, stateNumber(s), until, after.Due, after.ID, limit)
}

func (t leads) Counts(c id.Company, list id.ID) (out []store.LeadCount, err error) {
	sql, args := "SELECT list, state, rule, n FROM lead_counts WHERE company = ?", []any{c}
	if !list.IsZero() {
		sql, args = sql+" AND list = ?", append(args, list)
	}
	err = t.query(sql+" ORDER BY list, state, rule", args, func(r Row) error {
		if r.Int(3) > 0 {
			out = append(out, store.LeadCount{List: r.ID(0), State: stateOf(r.Int(1)), Rule: r.Text(2), Count: r.Int(3)})
		}
		return nil
	})
	return out, err
}

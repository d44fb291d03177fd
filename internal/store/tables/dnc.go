package tables

import (
	"cmp"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

type dnc struct{ *Tx }

func (t dnc) Add(c id.Company, list []store.Barred) (int, error) {
	if len(list) > store.MaxNumbers {
		return 0, fault.New(fault.Invalid, "%d numbers at once: at most %d were expected", len(list), store.MaxNumbers)
	}
	if err := t.lock(c); err != nil {
		return 0, err
	}
	rows := rows{t.Tx, "dnc", "company, number, rule, source, reason, actor, at, added", 8, nil, 0, 0}
	for i := range list {
		b := &list[i]
		if b.Number.IsZero() || b.Rule == "" || b.Source == "" {
			return 0, fault.New(fault.Invalid, "number %q: a number, a rule and a source were expected", b.Number)
		}
		if b.Added = t.now; b.At.IsZero() {
			b.At = t.now
		}
		if err := rows.add(c, int64(b.Number), b.Rule, b.Source, b.Reason, b.By, b.At, b.Added); err != nil {
			return 0, err
		}
	}
	err := rows.flush()
	return int(rows.written), err
}

const dncColumns = "number, rule, source, reason, actor, at, added"

func readBarred(r Row) store.Barred {
	return store.Barred{Number: phone.Number(r.Int(0)), Rule: r.Text(1), Source: r.Text(2), Reason: r.Text(3), By: r.Text(4), At: r.Instant(5), Added: r.Instant(6)}
}

func (t dnc) Find(c id.Company, ns []phone.Number) (out []store.Barred, err error) {
	err = t.ask(c, "SELECT "+dncColumns+" FROM dnc WHERE company = ?", ns, func(r Row) error { out = append(out, readBarred(r)); return nil })
	slices.SortFunc(out, func(a, b store.Barred) int { return cmp.Compare(a.Number, b.Number) })
	return out, err
}

func (t dnc) List(c id.Company, after phone.Number, limit int) (out []store.Barred, err error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	err = t.query("SELECT "+dncColumns+" FROM dnc WHERE company = ? AND number > ? ORDER BY number LIMIT ?", []any{c, int64(after), limit},
		func(r Row) error { out = append(out, readBarred(r)); return nil })
	return out, err
}

func (t dnc) Remove(c id.Company, n phone.Number) error {
	if err := t.lock(c); err != nil {
		return err
	}
	gone, err := t.exec("DELETE FROM dnc WHERE company = ? AND number = ?", c, int64(n))
	if err == nil && gone == 0 {
		return orMissing(nil, "number %s on the do-not-call list", n)
	}
	return err
}

func (t dnc) Any(c id.Company) (has bool, err error) {
	err = t.query("SELECT 1 FROM dnc WHERE company = ? LIMIT 1", []any{c}, func(Row) error { has = true; return nil })
	return has, err
}

package tables

import (
	"bytes"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

type documents struct{ *Tx }

const documentColumns = "id, kind, contract, of, first, after, status, series, number, currency, total, paid, credited, issued_on, due_on, dunned, position, revision, body, seal, created, updated"

// putDocument replaces every column but the key and created.
var putDocument = func() string {
	names := strings.Split(documentColumns, ", ")
	set := make([]string, 0, len(names))
	for _, n := range names[1:] {
		if n != "created" {
			set = append(set, n+" = excluded."+n)
		}
	}
	return "INSERT INTO documents (company, " + documentColumns + ") VALUES (?" + strings.Repeat(", ?", len(names)) + ") ON CONFLICT (company, id) DO UPDATE SET " + strings.Join(set, ", ")
}()

func (t documents) Put(d *store.Document) error {
	if err := d.Check(); err != nil {
		return err
	}
	if err := t.lock(d.Company); err != nil {
		return err
	}
	old, err := t.Get(d.Company, d.ID)
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	case err != nil && d.Revision != 0:
		return fault.New(fault.Conflict, "document %s is not there: revision %d of it was to be replaced", d.ID, d.Revision)
	case err == nil && d.Revision != old.Revision:
		return store.Outdated("document "+d.ID.String(), old.Revision, d.Revision, old.Updated)
	}
	created := t.now
	if old != nil {
		if err := d.CheckChange(old); err != nil {
			return err
		}
		created = old.Created
	}
	if err := t.free(d); err != nil {
		return err
	}
	if err := t.later(putDocument,
		d.Company, d.ID, string(d.Kind), d.Contract, d.Of, d.First, d.After, string(d.Status), d.Series, d.Number, d.Total.Currency(), d.Total.Micros(), d.Paid.Micros(), d.Credited.Micros(),
		d.IssuedOn, d.DueOn, d.Dunned, d.Position, d.Revision+1, d.Body, d.Seal, created, t.now); err != nil {
		return err
	}
	d.Revision, d.Created, d.Updated = d.Revision+1, created, t.now
	return nil
}

// free sees to it that nobody else has the number, and no other invoice the days.
func (t documents) free(d *store.Document) error {
	if d.Number != "" {
		other, err := t.ByNumber(d.Company, d.Number)
		if err == nil && other.ID != d.ID {
			return fault.New(fault.Conflict, "another document has number %s already", d.Number)
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	if !d.Bills() {
		return nil
	}
	// Stored invoices do not overlap, so the last to begin before this one ends
	// is the only one that can reach into it, besides those that begin later.
	return t.query(`SELECT id, first, after, number FROM documents WHERE company = ? AND contract = ? AND kind = 'invoice' AND status <> 'void'
		AND first < ? AND after > first AND id <> ? ORDER BY first DESC LIMIT 1`, []any{d.Company, d.Contract, d.After, d.ID}, func(r Row) error {
		if r.Date(2) <= d.First {
			return nil
		}
		return fault.New(fault.Conflict, "invoice %s%s bills %s to %s of this contract already: two invoices may not cover one day", r.Text(3), r.ID(0), r.Date(1), r.Date(2)-1)
	})
}

func (t documents) Get(c id.Company, i id.ID) (*store.Document, error) {
	var out *store.Document
	err := t.one("SELECT "+documentColumns+" FROM documents WHERE company = ? AND id = ?", []any{c, i}, func(r Row) (err error) {
		out, err = readDocument(c, r)
		return err
	})
	return out, missing(err, "document %s", i)
}

func (t documents) ByNumber(c id.Company, number string) (*store.Document, error) {
	var out *store.Document
	err := t.one("SELECT "+documentColumns+" FROM documents WHERE company = ? AND number = ? AND number <> ''", []any{c, number}, func(r Row) (err error) {
		out, err = readDocument(c, r)
		return err
	})
	return out, missing(err, "document number %s", number)
}

// List asks once for each status, since an index has them apart, and joins what
// comes in the order of identifiers.
func (t documents) List(c id.Company, q store.DocumentQuery) ([]store.Document, error) {
	if err := store.CheckLimit(q.Page.Limit); err != nil {
		return nil, err
	}
	statuses := slices.Compact(slices.Sorted(slices.Values(q.Status)))
	if q.Page.By != "" {
		return t.ordered(c, q, statuses)
	}
	if !q.Contract.IsZero() || len(statuses) == 0 {
		return t.list(c, q, statuses)
	}
	var out []store.Document
	for _, s := range statuses {
		part, err := t.list(c, q, []store.Status{s})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.SortFunc(out, func(a, b store.Document) int {
		if q.Page.Down {
			a, b = b, a
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
	return out[:min(len(out), q.Page.Limit)], nil
}

func (t documents) list(c id.Company, q store.DocumentQuery, statuses []store.Status) ([]store.Document, error) {
	sql, args := "SELECT "+documentColumns+" FROM documents WHERE company = ?", []any{c}
	if !q.Contract.IsZero() {
		sql, args = sql+" AND contract = ?", append(args, q.Contract)
	}
	if len(statuses) > 0 {
		sql += " AND status IN (?"
		for range statuses[1:] {
			sql += ", ?"
		}
		sql += ")"
		for _, s := range statuses {
			args = append(args, string(s))
		}
	}
	if q.Kind != "" {
		sql, args = sql+" AND kind = ?", append(args, string(q.Kind))
	}
	if q.DueUntil != 0 {
		sql, args = sql+" AND due_on <= ? AND due_on <> 0", append(args, q.DueUntil)
	}
	where, order, more := paged("id", q.Page)
	return t.read(c, sql+where+order, append(args, more...))
}

func (t documents) read(c id.Company, sql string, args []any) ([]store.Document, error) {
	var out []store.Document
	err := t.query(sql, args, func(r Row) error {
		d, err := readDocument(c, r)
		if err == nil {
			out = append(out, *d)
		}
		return err
	})
	return out, err
}

// ordered lists along an index of the order. Statuses are looked at on the way: by
// an index of theirs the rows would have to be sorted.
func (t documents) ordered(c id.Company, q store.DocumentQuery, statuses []store.Status) ([]store.Document, error) {
	columns, place, err := placeOf(store.DocumentOrder(q.Page.By), q.Page)
	if err != nil {
		return nil, err
	}
	if q.Kind == "" || !q.Contract.IsZero() || q.DueUntil != 0 {
		return nil, fault.New(fault.Invalid, "documents in the order of %s: a kind, no contract and no last due day were expected", q.Page.By)
	}
	sql, args := "SELECT "+documentColumns+" FROM documents WHERE company = ? AND kind = ?", []any{c, string(q.Kind)}
	if len(statuses) > 0 {
		sql += " AND status || '' IN (?" + strings.Repeat(", ?", len(statuses)-1) + ")"
		for _, s := range statuses {
			args = append(args, string(s))
		}
	}
	dir, behind := "", ">"
	if q.Page.Down {
		dir, behind = " DESC", "<"
	}
	if !q.Page.After.IsZero() {
		sql += " AND (" + columns + ", id) " + behind + " (?" + strings.Repeat(", ?", len(place)) + ")"
		args = append(append(args, place...), q.Page.After)
	}
	sql += " ORDER BY " + strings.ReplaceAll(columns, ",", dir+",") + dir + ", id" + dir + " LIMIT ?"
	return t.read(c, sql, append(args, int64(q.Page.Limit)))
}

// placeOf gives the columns of an order, and the place in it that a page begins
// behind.
func placeOf(by store.DocumentOrder, p store.Page) (columns string, place []any, err error) {
	switch by {
	case store.ByNumber:
		return "number", []any{p.From}, nil
	case store.ByFirst, store.ByDue:
		columns = map[store.DocumentOrder]string{store.ByFirst: "first", store.ByDue: "due_on"}[by]
		if p.After.IsZero() {
			return columns, nil, nil
		}
		n, err := store.ParseOrderInt(p.From)
		return columns, []any{n}, err
	case store.ByTotal, store.ByOpen:
		columns = "currency, " + string(by)
		if p.After.IsZero() {
			return columns, nil, nil
		}
		currency, n, err := store.ParseOrderMoney(p.From)
		return columns, []any{currency, n}, err
	}
	return "", nil, fault.New(fault.Invalid, "documents are in no order of %q", by)
}

func readDocument(c id.Company, r Row) (*store.Document, error) {
	total, err := r.Amount(10, 9)
	cur := total.Currency()
	return &store.Document{Company: c, ID: r.ID(0), Kind: store.DocumentKind(r.Text(1)), Contract: r.ID(2), Of: r.ID(3), First: r.Date(4), After: r.Date(5),
		Status: store.Status(r.Text(6)), Series: r.Text(7), Number: r.Text(8), Total: total, Paid: money.Micros(r.Int(11), cur), Credited: money.Micros(r.Int(12), cur),
		IssuedOn: r.Date(13), DueOn: r.Date(14), Dunned: int(r.Int(15)), Position: r.Int(16), Revision: r.Int(17), Body: r.Bytes(18), Seal: r.Text(19),
		Created: r.Instant(20), Updated: r.Instant(21)}, err
}

func (t documents) Next(c id.Company, series string) (n int64, err error) {
	if err := t.lock(c); err != nil {
		return 0, err
	}
	err = t.one("INSERT INTO series (company, series, last) VALUES (?, ?, 1) ON CONFLICT (company, series) DO UPDATE SET last = series.last + 1 RETURNING last", []any{c, series},
		func(r Row) error { n = r.Int(0); return nil })
	return n, err
}

package tables

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

type records struct{ *Tx }

const recordColumns = "id, revision, body, keys, created, updated"

// recordKeys is the form of the column keys.
type recordKeys struct {
	Unique []store.Key `json:",omitempty"`
	Index  []store.Key `json:",omitempty"`
}

func (t records) Put(r *store.Record) error {
	if r.Kind == "" || r.ID.IsZero() {
		return fault.New(fault.Invalid, "a record needs a kind and an identifier; it has %q and %s", r.Kind, r.ID)
	}
	if err := t.lock(r.Company); err != nil {
		return err
	}
	old, err := t.Get(r.Company, r.Kind, r.ID)
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	case err != nil && r.Revision != 0:
		return fault.New(fault.Conflict, "%s %s is not there: revision %d of it was to be replaced", r.Kind, r.ID, r.Revision)
	case err == nil && r.Revision != old.Revision:
		return store.Outdated(string(r.Kind)+" "+r.ID.String(), old.Revision, r.Revision, old.Updated)
	}
	if err := t.free(r); err != nil {
		return err
	}
	created := t.now
	if old != nil {
		created = old.Created
	}
	if err := t.replaceKeys(old, r); err != nil {
		return err
	}
	keys, err := json.Marshal(recordKeys{r.Unique, r.Index})
	if err != nil {
		return err
	}
	if err := t.later(`INSERT INTO records (company, kind, id, revision, body, keys, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (company, kind, id) DO UPDATE SET revision = excluded.revision, body = excluded.body, keys = excluded.keys, updated = excluded.updated`,
		r.Company, string(r.Kind), r.ID, r.Revision+1, r.Body, keys, created, t.now); err != nil {
		return err
	}
	r.Revision, r.Created, r.Updated = r.Revision+1, created, t.now
	return nil
}

// free sees to it that nobody else has one of the record's unique keys.
func (t records) free(r *store.Record) error {
	for _, k := range r.Unique {
		var has id.ID
		err := t.one("SELECT id FROM record_unique WHERE company = ? AND kind = ? AND name = ? AND value = ?", []any{r.Company, string(r.Kind), k.Name, k.Value},
			func(found Row) error { has = found.ID(0); return nil })
		if err == nil && has != r.ID {
			return fault.New(fault.Conflict, "another %s has %s %q already", strings.ReplaceAll(string(r.Kind), "_", " "), k.Name, k.Value)
		}
		if err != nil && !isNone(err) {
			return err
		}
	}
	return nil
}

func (t records) replaceKeys(old, r *store.Record) error {
	if old != nil {
		if err := t.dropKeys(old, r); err != nil {
			return err
		}
	}
	for _, set := range []struct {
		table string
		keys  []store.Key
	}{{"record_unique", r.Unique}, {"record_index", r.Index}} {
		for _, k := range set.keys {
			if err := t.later("INSERT INTO "+set.table+" (company, kind, name, value, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", r.Company, string(r.Kind), k.Name, k.Value, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropKeys removes the keys of a record that its next version (nil: none) does
// not have.
func (t records) dropKeys(old, next *store.Record) error {
	if next == nil {
		next = &store.Record{}
	}
	for _, k := range old.Unique {
		if !slices.Contains(next.Unique, k) {
			if err := t.later("DELETE FROM record_unique WHERE company = ? AND kind = ? AND name = ? AND value = ?", old.Company, string(old.Kind), k.Name, k.Value); err != nil {
				return err
			}
		}
	}
	for _, k := range old.Index {
		if !slices.Contains(next.Index, k) {
			if err := t.later("DELETE FROM record_index WHERE company = ? AND kind = ? AND name = ? AND value = ? AND id = ?", old.Company, string(old.Kind), k.Name, k.Value, old.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t records) Get(c id.Company, k store.Kind, i id.ID) (*store.Record, error) {
	var out *store.Record
	err := t.one("SELECT "+recordColumns+" FROM records WHERE company = ? AND kind = ? AND id = ?", []any{c, string(k), i}, func(r Row) (err error) {
		out, err = readRecord(c, k, r)
		return err
	})
	return out, missing(err, "%s %s", k, i)
}

func (t records) ByKey(c id.Company, k store.Kind, key store.Key) (*store.Record, error) {
	var out *store.Record
	err := t.one("SELECT "+recordColumns+` FROM records WHERE company = ? AND kind = ? AND id =
		(SELECT id FROM record_unique WHERE company = ? AND kind = ? AND name = ? AND value = ?)`, []any{c, string(k), c, string(k), key.Name, key.Value}, func(r Row) (err error) {
		out, err = readRecord(c, k, r)
		return err
	})
	return out, missing(err, "%s with %s %q", k, key.Name, key.Value)
}

func (t records) List(c id.Company, k store.Kind, key store.Key, p store.Page) ([]store.Record, error) {
	if err := store.CheckLimit(p.Limit); err != nil {
		return nil, err
	}
	if p.By != "" {
		return t.ordered(c, k, key, p)
	}
	where, order, args := paged("i.id", p)
	sql, base := "SELECT "+recordColumns+" FROM records i WHERE company = ? AND kind = ?", []any{c, string(k)}
	if key != (store.Key{}) {
		sql = `SELECT r.id, revision, body, keys, created, updated FROM record_index i JOIN records r USING (company, kind, id)
			WHERE i.company = ? AND i.kind = ? AND i.name = ? AND i.value = ?`
		base = append(base, key.Name, key.Value)
	}
	return t.read(c, k, sql+where+order, append(base, args...))
}

// ordered lists along the keys of one name, which are in the order of their values.
// A key that narrows is looked up for each, so that a list of any length needs no
// index for each pair of keys.
func (t records) ordered(c id.Company, k store.Kind, key store.Key, p store.Page) ([]store.Record, error) {
	sql := `SELECT r.id, revision, body, keys, created, updated FROM record_index i JOIN records r USING (company, kind, id) WHERE i.company = ? AND i.kind = ? AND i.name = ?`
	args := []any{c, string(k), p.By}
	if key != (store.Key{}) {
		sql += ` AND EXISTS (SELECT 1 FROM record_index f WHERE f.company = i.company AND f.kind = i.kind AND f.name = ? AND f.value = ? AND f.id = i.id)`
		args = append(args, key.Name, key.Value)
	}
	dir, behind := "", ">"
	if p.Down {
		dir, behind = " DESC", "<"
	}
	if !p.After.IsZero() {
		sql, args = sql+" AND (i.value, i.id) "+behind+" (?, ?)", append(args, p.From, p.After)
	}
	return t.read(c, k, sql+" ORDER BY i.value"+dir+", i.id"+dir+" LIMIT ?", append(args, int64(p.Limit)))
}

func (t records) read(c id.Company, k store.Kind, sql string, args []any) ([]store.Record, error) {
	var out []store.Record
	err := t.query(sql, args, func(r Row) error {
		rec, err := readRecord(c, k, r)
		if err == nil {
			out = append(out, *rec)
		}
		return err
	})
	return out, err
}

func (t records) Delete(c id.Company, k store.Kind, i id.ID) error {
	if err := t.lock(c); err != nil {
		return err
	}
	old, err := t.Get(c, k, i)
	if err != nil {
		return err
	}
	if err := t.dropKeys(old, nil); err != nil {
		return err
	}
	return t.later("DELETE FROM records WHERE company = ? AND kind = ? AND id = ?", c, string(k), i)
}

func readRecord(c id.Company, k store.Kind, r Row) (*store.Record, error) {
	var keys recordKeys
	if err := json.Unmarshal(r.Bytes(3), &keys); err != nil {
		return nil, fmt.Errorf("keys of %s %s: %w", k, r.ID(0), err)
	}
	return &store.Record{Company: c, Kind: k, ID: r.ID(0), Revision: r.Int(1), Body: r.Bytes(2), Unique: keys.Unique, Index: keys.Index, Created: r.Instant(4), Updated: r.Instant(5)}, nil
}

// paged is the end of a statement that gives one page in the order of a column
// of identifiers.
func paged(column string, p store.Page) (where, order string, args []any) {
	dir := ""
	if p.Down {
		dir = " DESC"
	}
	if !p.After.IsZero() {
		where, args = " AND "+column+" > ?", []any{p.After}
		if p.Down {
			where = strings.Replace(where, ">", "<", 1)
		}
	}
	return where, " ORDER BY " + column + dir + " LIMIT ?", append(args, int64(p.Limit))
}

package sqlite

import (
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type holds struct{ *tx }

func (t holds) Put(c id.Company, h store.Hold) error {
	_, err := t.exec("INSERT OR REPLACE INTO holds (company, wallet, call, currency, micros, seconds, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
		c, h.Wallet, h.Call, h.Money.Currency(), h.Money.Micros(), h.Seconds, h.Until)
	return err
}

const holdColumns = "wallet, call, currency, micros, seconds, until"

func (t holds) Get(c id.Company, wallet, call string) (*store.Hold, error) {
	out, err := t.read("SELECT "+holdColumns+" FROM holds WHERE company = ? AND wallet = ? AND call = ?", c, wallet, call)
	if err != nil || len(out) == 0 {
		return nil, orMissing(err, "a hold of wallet %s for call %s", wallet, call)
	}
	return &out[0], nil
}

func (t holds) Delete(c id.Company, wallet, call string) error {
	n, err := t.exec("DELETE FROM holds WHERE company = ? AND wallet = ? AND call = ?", c, wallet, call)
	if err != nil || n == 0 {
		return orMissing(err, "a hold of wallet %s for call %s", wallet, call)
	}
	return nil
}

// Sum needs no lock of its own: one transaction writes at a time.
func (t holds) Sum(c id.Company, wallet string, cur money.Currency) (held money.Amount, seconds int64, err error) {
	err = t.one("SELECT coalesce(sum(CASE WHEN currency = ? THEN micros END), 0), coalesce(sum(seconds), 0) FROM holds WHERE company = ? AND wallet = ?", []any{cur, c, wallet},
		func(r row) error { held, seconds = money.Micros(r.int(0), cur), r.int(1); return nil })
	return held, seconds, err
}

func (t holds) Expired(c id.Company, now timex.Instant, limit int) ([]store.Hold, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	return t.read("SELECT "+holdColumns+" FROM holds WHERE company = ? AND until <= ? ORDER BY until LIMIT ?", c, now, limit)
}

func (t holds) read(sql string, args ...any) ([]store.Hold, error) {
	var out []store.Hold
	err := t.query(sql, args, func(r row) error {
		m, err := r.amount(3, 2)
		out = append(out, store.Hold{Wallet: r.text(0), Call: r.text(1), Money: m, Seconds: r.int(4), Until: r.instant(5)})
		return err
	})
	return out, err
}

// orMissing is err, or that something is not there.
func orMissing(err error, format string, args ...any) error {
	if err == nil {
		err = errNone
	}
	return missing(err, format, args...)
}

type once struct{ *tx }

func (t once) Get(c id.Company, key string) (*store.Answer, error) {
	var out *store.Answer
	err := t.one("SELECT request, status, body, at FROM once WHERE company = ? AND key = ?", []any{c, key}, func(r row) error {
		out = &store.Answer{Request: r.hash(0), Status: int(r.int(1)), Body: r.bytes(2), At: r.instant(3)}
		return nil
	})
	return out, missing(err, "an answer for key %q", key)
}

func (t once) Put(c id.Company, key string, a store.Answer) error {
	n, err := t.exec("INSERT INTO once (company, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", c, key, a.Request[:], a.Status, a.Body, t.now)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "key %q was answered already", key)
	}
	return err
}

func (t once) Prune(before timex.Instant, limit int) (int, error) {
	if err := store.CheckLimit(limit); err != nil {
		return 0, err
	}
	n, err := t.exec("DELETE FROM once WHERE (company, key) IN (SELECT company, key FROM once WHERE at < ? ORDER BY at LIMIT ?)", before, limit)
	return int(n), err
}

type outbox struct{ *tx }

const messageColumns = "company, id, channel, recipient, topic, body, due, attempts, error, state, created"

func (t outbox) Add(m *store.Message) error {
	if m.ID.IsZero() || m.Channel == "" {
		return fault.New(fault.Invalid, "a message needs an identifier and a channel; it has %s and %q", m.ID, m.Channel)
	}
	m.State, m.Created, m.Due = store.Waiting, t.now, max(m.Due, t.now)
	n, err := t.exec("INSERT INTO outbox ("+messageColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		m.Company, m.ID, m.Channel, m.To, m.Topic, m.Body, m.Due, m.Attempts, m.Error, m.State, m.Created)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "message %s is there already", m.ID)
	}
	return err
}

func (t outbox) Claim(now timex.Instant, hold time.Duration, limit int) ([]store.Message, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	out, err := t.read("SELECT "+messageColumns+" FROM outbox WHERE state = 'waiting' AND due <= ? ORDER BY due LIMIT ?", now, limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Due = now.Add(hold)
		if _, err := t.exec("UPDATE outbox SET due = ? WHERE company = ? AND id = ?", out[i].Due, out[i].Company, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t outbox) Update(m *store.Message) error {
	if !slices.Contains([]string{store.Waiting, store.Sent, store.Dead}, m.State) {
		return fault.New(fault.Invalid, "%q is no state of a message", m.State)
	}
	n, err := t.exec("UPDATE outbox SET due = ?, attempts = ?, error = ?, state = ? WHERE company = ? AND id = ?", m.Due, m.Attempts, m.Error, m.State, m.Company, m.ID)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "message %s is not there", m.ID)
	}
	return err
}

func (t outbox) List(c id.Company, state string, p store.Page) ([]store.Message, error) {
	if err := store.CheckLimit(p.Limit); err != nil {
		return nil, err
	}
	sql, args := "SELECT "+messageColumns+" FROM outbox WHERE company = ?", []any{c}
	if state != "" {
		sql, args = sql+" AND state = ?", append(args, state)
	}
	where, order, more := paged("id", p)
	return t.read(sql+where+order, append(args, more...)...)
}

func (t outbox) Get(c id.Company, i id.ID) (*store.Message, error) {
	out, err := t.read("SELECT "+messageColumns+" FROM outbox WHERE company = ? AND id = ?", c, i)
	if err != nil || len(out) == 0 {
		return nil, orMissing(err, "message %s", i)
	}
	return &out[0], nil
}

func (t outbox) read(sql string, args ...any) ([]store.Message, error) {
	var out []store.Message
	err := t.query(sql, args, func(r row) error {
		out = append(out, store.Message{Company: id.Company{ID: r.id(0)}, ID: r.id(1), Channel: r.text(2), To: r.text(3), Topic: r.text(4), Body: r.bytes(5),
			Due: r.instant(6), Attempts: int(r.int(7)), Error: r.text(8), State: r.text(9), Created: r.instant(10)})
		return nil
	})
	return out, err
}

type leases struct{ *tx }

func (t leases) Take(name, node string, for_ time.Duration) (store.Lease, error) {
	out := store.Lease{Name: name, Node: node, Until: t.now.Add(for_), Fence: 1}
	var held *store.Lease
	if err := t.query("SELECT name, node, until, fence FROM leases WHERE name = ?", []any{name}, func(r row) error { l := readLease(r); held = &l; return nil }); err != nil {
		return out, err
	}
	if held != nil {
		out.Fence = held.Fence
		if held.Node != node {
			if held.Until > t.now {
				return *held, fault.New(fault.Conflict, "%s is done by %s until %s", name, held.Node, held.Until)
			}
			out.Fence++
		}
	}
	_, err := t.exec("INSERT OR REPLACE INTO leases (name, node, until, fence) VALUES (?, ?, ?, ?)", out.Name, out.Node, out.Until, out.Fence)
	return out, err
}

// Release keeps the row: its fence must go on rising.
func (t leases) Release(name, node string) error {
	n, err := t.exec("UPDATE leases SET until = min(until, ?) WHERE name = ? AND node = ?", t.now, name, node)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "%s is not done by %s", name, node)
	}
	return err
}

func (t leases) List() ([]store.Lease, error) {
	var out []store.Lease
	err := t.query("SELECT name, node, until, fence FROM leases ORDER BY name", nil, func(r row) error { out = append(out, readLease(r)); return nil })
	return out, err
}

func readLease(r row) store.Lease {
	return store.Lease{Name: r.text(0), Node: r.text(1), Until: r.instant(2), Fence: r.int(3)}
}

type audit struct{ *tx }

func (t audit) Append(e *store.AuditEntry) error {
	seq, prev, err := t.Head(e.Company)
	if err != nil {
		return err
	}
	e.At = t.now
	e.Chain(seq+1, prev)
	_, err = t.exec("INSERT INTO audit (company, seq, at, actor, action, target, client, reason, before, after, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.Company, e.Seq, e.At, e.Actor, e.Action, e.Target, e.From, e.Reason, e.Before, e.After, e.Prev[:], e.Hash[:])
	return err
}

func (t audit) List(c id.Company, after int64, limit int) ([]store.AuditEntry, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	var out []store.AuditEntry
	err := t.query("SELECT seq, at, actor, action, target, client, reason, before, after, prev, hash FROM audit WHERE company = ? AND seq > ? ORDER BY seq LIMIT ?", []any{c, after, limit}, func(r row) error {
		out = append(out, store.AuditEntry{Company: c, Seq: r.int(0), At: r.instant(1), Actor: r.text(2), Action: r.text(3), Target: r.text(4), From: r.text(5), Reason: r.text(6),
			Before: r.bytes(7), After: r.bytes(8), Prev: r.hash(9), Hash: r.hash(10)})
		return nil
	})
	return out, err
}

func (t audit) Head(c id.Company) (seq int64, hash [32]byte, err error) {
	err = t.query("SELECT seq, hash FROM audit WHERE company = ? ORDER BY seq DESC LIMIT 1", []any{c}, func(r row) error {
		seq, hash = r.int(0), r.hash(1)
		return nil
	})
	return seq, hash, err
}

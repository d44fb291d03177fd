package tables

import (
	"bytes"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type holds struct{ *Tx }

func (t holds) Put(c id.Company, h store.Hold) error {
	if err := t.lock(c); err != nil {
		return err
	}
	return t.later(`INSERT INTO holds (company, wallet, call, currency, micros, seconds, until) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (company, wallet, call) DO UPDATE SET currency = excluded.currency, micros = excluded.micros, seconds = excluded.seconds, until = excluded.until`,
		c, h.Wallet, h.Call, h.Money.Currency(), h.Money.Micros(), h.Seconds, h.Until)
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
	if err := t.lock(c); err != nil {
		return err
	}
	n, err := t.exec("DELETE FROM holds WHERE company = ? AND wallet = ? AND call = ?", c, wallet, call)
	if err != nil || n == 0 {
		return orMissing(err, "a hold of wallet %s for call %s", wallet, call)
	}
	return nil
}

// Sum locks the whole company: who asks what is held is about to hold more.
func (t holds) Sum(c id.Company, wallet string, cur money.Currency) (held money.Amount, seconds int64, err error) {
	if err := t.lock(c); err != nil {
		return held, 0, err
	}
	err = t.one("SELECT CAST(coalesce(sum(CASE WHEN currency = ? THEN micros END), 0) AS BIGINT), CAST(coalesce(sum(seconds), 0) AS BIGINT) FROM holds WHERE company = ? AND wallet = ?", []any{cur, c, wallet},
		func(r Row) error { held, seconds = money.Micros(r.Int(0), cur), r.Int(1); return nil })
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
	err := t.query(sql, args, func(r Row) error {
		m, err := r.Amount(3, 2)
		out = append(out, store.Hold{Wallet: r.Text(0), Call: r.Text(1), Money: m, Seconds: r.Int(4), Until: r.Instant(5)})
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

type once struct{ *Tx }

func (t once) Get(c id.Company, key string) (*store.Answer, error) {
	var out *store.Answer
	err := t.one("SELECT request, status, body, at FROM once WHERE company = ? AND key = ?", []any{c, key}, func(r Row) error {
		out = &store.Answer{Request: r.Hash(0), Status: int(r.Int(1)), Body: r.Bytes(2), At: r.Instant(3)}
		return nil
	})
	return out, missing(err, "an answer for key %q", key)
}

func (t once) Put(c id.Company, key string, a store.Answer) error {
	if err := t.lock(c); err != nil {
		return err
	}
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

type outbox struct{ *Tx }

const messageColumns = "company, id, channel, recipient, topic, body, due, attempts, error, state, created"

func (t outbox) Add(m *store.Message) error {
	if m.ID.IsZero() || m.Channel == "" {
		return fault.New(fault.Invalid, "a message needs an identifier and a channel; it has %s and %q", m.ID, m.Channel)
	}
	if err := t.lock(m.Company); err != nil {
		return err
	}
	m.State, m.Created, m.Due = store.Waiting, t.now, max(m.Due, t.now)
	n, err := t.exec("INSERT INTO outbox ("+messageColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		m.Company, m.ID, m.Channel, m.To, m.Topic, m.Body, m.Due, m.Attempts, m.Error, m.State, m.Created)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "message %s is there already", m.ID)
	}
	return err
}

// Senders seeks from company to company in the index of turns, twice: behind one,
// and up to it. Where it comes by none that has something due, it reads what
// is due first.
func (t outbox) Senders(channel string, behind id.Company, now timex.Instant, limit int) (out []id.Company, err error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	some := false
	if err := t.query("SELECT 1 FROM outbox WHERE state = 'waiting' AND channel = ? AND due <= ? LIMIT 1", []any{channel, now}, func(Row) error { some = true; return nil }); err != nil || !some {
		return nil, err
	}
	at, around := behind, false
	const seek = "SELECT company, due FROM outbox WHERE state = 'waiting' AND channel = ? AND company > ? ORDER BY company, due LIMIT 1"
	for range store.MaxSenders {
		found := false
		var due timex.Instant
		if err := t.query(seek, []any{channel, at}, func(r Row) error {
			found, at, due = true, id.Company{ID: r.ID(0)}, r.Instant(1)
			return nil
		}); err != nil {
			return nil, err
		}
		switch {
		case around && (!found || bytes.Compare(at.ID[:], behind.ID[:]) > 0):
			return out, nil
		case !found:
			at, around = id.Company{}, true
			if err := t.platformToo(channel, now, &out); err != nil {
				return nil, err
			}
		case due <= now:
			out = append(out, at)
		}
		if len(out) >= limit {
			break
		}
	}
	if len(out) == 0 { // those it came by have messages that wait for later: seeks would never get past them
		err = t.query("SELECT company FROM outbox WHERE state = 'waiting' AND channel = ? AND due <= ? ORDER BY due LIMIT ?", []any{channel, now, store.MaxPage}, func(r Row) error {
			if c := (id.Company{ID: r.ID(0)}); len(out) < limit && !slices.Contains(out, c) {
				out = append(out, c)
			}
			return nil
		})
	}
	return out, err
}

// platformToo adds the platform, which no company's identifier is behind.
func (t outbox) platformToo(channel string, now timex.Instant, out *[]id.Company) error {
	return t.query("SELECT company FROM outbox WHERE state = 'waiting' AND channel = ? AND company = ? AND due <= ? LIMIT 1", []any{channel, id.Platform, now}, func(Row) error {
		*out = append(*out, id.Platform)
		return nil
	})
}

// Claim moves each message that it takes; who takes the same at the same time
// collides with that, and runs again.
func (t outbox) Claim(channel string, c id.Company, now timex.Instant, hold time.Duration, limit int) ([]store.Message, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	out, err := t.read("SELECT "+messageColumns+" FROM outbox WHERE state = 'waiting' AND channel = ? AND company = ? AND due <= ? ORDER BY due LIMIT ?", channel, c, now, limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Due = now.Add(hold)
		if err := t.later("UPDATE outbox SET due = ? WHERE company = ? AND id = ?", out[i].Due, out[i].Company, out[i].ID); err != nil {
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
		sql, args = "SELECT "+messageColumns+" FROM outbox"+By("outbox_state")+" WHERE company = ? AND state = ?", append(args, state)
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
	err := t.query(sql, args, func(r Row) error {
		out = append(out, store.Message{Company: id.Company{ID: r.ID(0)}, ID: r.ID(1), Channel: r.Text(2), To: r.Text(3), Topic: r.Text(4), Body: r.Bytes(5),
			Due: r.Instant(6), Attempts: int(r.Int(7)), Error: r.Text(8), State: r.Text(9), Created: r.Instant(10)})
		return nil
	})
	return out, err
}

type leases struct{ *Tx }

func (t leases) Take(name, node string, for_ time.Duration) (store.Lease, error) {
	out := store.Lease{Name: name, Node: node, Until: t.now.Add(for_), Fence: 1}
	var held *store.Lease
	if err := t.query("SELECT name, node, until, fence FROM leases WHERE name = ?", []any{name}, func(r Row) error { l := readLease(r); held = &l; return nil }); err != nil {
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
	err := t.later(`INSERT INTO leases (name, node, until, fence) VALUES (?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET node = excluded.node, until = excluded.until, fence = excluded.fence`, out.Name, out.Node, out.Until, out.Fence)
	return out, err
}

// Release keeps the row: its fence must go on rising.
func (t leases) Release(name, node string) error {
	var until timex.Instant
	if err := t.one("SELECT until FROM leases WHERE name = ? AND node = ?", []any{name, node}, func(r Row) error { until = r.Instant(0); return nil }); err != nil {
		return missing(err, "a lease of %s for %s", name, node)
	}
	return t.later("UPDATE leases SET until = ? WHERE name = ? AND node = ?", min(until, t.now), name, node)
}

// behindAll is behind every name that goes on after its beginning.
const behindAll = "\U0010FFFF"

func (t leases) List(begins string) ([]store.Lease, error) {
	var out []store.Lease
	err := t.query("SELECT name, node, until, fence FROM leases WHERE name >= ? AND name < ? ORDER BY name", []any{begins, begins + behindAll}, func(r Row) error { out = append(out, readLease(r)); return nil })
	return out, err
}

func readLease(r Row) store.Lease {
	return store.Lease{Name: r.Text(0), Node: r.Text(1), Until: r.Instant(2), Fence: r.Int(3)}
}

type audit struct{ *Tx }

func (t audit) Append(e *store.AuditEntry) error {
	if err := t.lock(e.Company); err != nil {
		return err
	}
	seq, prev, err := t.Head(e.Company)
	if err != nil {
		return err
	}
	e.At = t.now
	e.Chain(seq+1, prev)
	return t.later("INSERT INTO audit (company, seq, at, actor, action, target, client, reason, before, after, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.Company, e.Seq, e.At, e.Actor, e.Action, e.Target, e.From, e.Reason, e.Before, e.After, e.Prev[:], e.Hash[:])
}

func (t audit) List(c id.Company, after int64, limit int) ([]store.AuditEntry, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	var out []store.AuditEntry
	err := t.query("SELECT seq, at, actor, action, target, client, reason, before, after, prev, hash FROM audit WHERE company = ? AND seq > ? ORDER BY seq LIMIT ?", []any{c, after, limit}, func(r Row) error {
		out = append(out, store.AuditEntry{Company: c, Seq: r.Int(0), At: r.Instant(1), Actor: r.Text(2), Action: r.Text(3), Target: r.Text(4), From: r.Text(5), Reason: r.Text(6),
			Before: r.Bytes(7), After: r.Bytes(8), Prev: r.Hash(9), Hash: r.Hash(10)})
		return nil
	})
	return out, err
}

func (t audit) Head(c id.Company) (seq int64, hash [32]byte, err error) {
	err = t.query("SELECT seq, hash FROM audit WHERE company = ? ORDER BY seq DESC LIMIT 1", []any{c}, func(r Row) error {
		seq, hash = r.Int(0), r.Hash(1)
		return nil
	})
	return seq, hash, err
}

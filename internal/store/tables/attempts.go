package tables

import (
	"encoding/json"
	"fmt"
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type attempts struct{ *Tx }

// How far a try has come, as its row says it.
const (
	tryOpen     = 1
	tryOver     = 2
	tryWithheld = 3
)

func tryState(a *attempt.Attempt) int64 {
	switch {
	case a.State.Open():
		return tryOpen
	case a.State == attempt.Withheld:
		return tryWithheld
	}
	return tryOver
}

func (t attempts) Put(c id.Company, a *attempt.Attempt) error {
	if a.ID.IsZero() || a.Campaign.IsZero() || a.Lead.IsZero() || a.Number.IsZero() || a.State == "" {
		return fault.New(fault.Invalid, "a try needs an identifier, a campaign, a lead, a number and a state")
	}
	if err := t.lock(c); err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	n, err := t.exec(`INSERT INTO attempts (company, id, campaign, lead, number, decided, state, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (company, id) DO UPDATE SET state = excluded.state, body = excluded.body
		WHERE attempts.state = 1 AND attempts.campaign = excluded.campaign AND attempts.lead = excluded.lead AND attempts.number = excluded.number`,
		c, a.ID, a.Campaign, a.Lead, int64(a.Number), a.Decided, tryState(a), body)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "try %s is over, or of another campaign, lead or number: it was not changed", a.ID)
	}
	if err != nil || a.State.Open() {
		return err
	}
	counts := report.New() // once: a try that is over is never written again
	counts.Try(a)
	return t.count(c, counts)
}

func (t attempts) read(sql string, args ...any) (out []attempt.Attempt, err error) {
	err = t.query(sql, args, func(r Row) error {
		var a attempt.Attempt
		if err := json.Unmarshal(r.Bytes(1), &a); err != nil {
			return fmt.Errorf("try %s: %w", r.ID(0), err)
		}
		out = append(out, a)
		return nil
	})
	return out, err
}

func (t attempts) Get(c id.Company, i id.ID) (*attempt.Attempt, error) {
	out, err := t.read("SELECT id, body FROM attempts WHERE company = ? AND id = ?", c, i)
	if err != nil || len(out) == 0 {
		return nil, orMissing(err, "try %s", i)
	}
	return &out[0], nil
}

func (t attempts) List(c id.Company, q store.AttemptQuery) ([]attempt.Attempt, error) {
	if err := store.CheckLimit(q.Limit); err != nil {
		return nil, err
	}
	var column string
	var value any
	given := 0
	for _, by := range []struct {
		column string
		value  any
		is     bool
	}{{"lead", q.Lead, !q.Lead.IsZero()}, {"number", int64(q.Number), !q.Number.IsZero()}, {"campaign", q.Campaign, !q.Campaign.IsZero()}} {
		if by.is {
			column, value, given = by.column, by.value, given+1
		}
	}
	if given > 1 {
		return nil, fault.New(fault.Invalid, "tries of a lead, a number or a campaign: at most one of the three was expected")
	}
	where, order, args := paged("id", store.Page{After: q.Before, Limit: q.Limit, Down: true})
	if given == 0 {
		return t.read("SELECT id, body FROM attempts WHERE company = ?"+where+order, append([]any{c}, args...)...)
	}
	return t.read("SELECT id, body FROM attempts"+By("attempts_"+column)+" WHERE company = ? AND "+column+" = ?"+where+order, append([]any{c, value}, args...)...)
}

func (t attempts) Open(c id.Company, campaign, after id.ID, limit int) ([]attempt.Attempt, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	return t.read("SELECT id, body FROM attempts"+By("attempts_open")+" WHERE company = ? AND campaign = ? AND state = 1 AND id > ? ORDER BY id LIMIT ?", c, campaign, after, limit)
}

func (t attempts) Callers(n phone.Number, limit int) (out []id.Company, err error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	err = t.query("SELECT DISTINCT company FROM attempts"+By("attempts_number")+" WHERE number = ? ORDER BY company LIMIT ?", []any{int64(n), int64(limit)},
		func(r Row) error { out = append(out, id.Company{ID: r.ID(0)}); return nil })
	return out, err
}

func (t attempts) Dialed(c id.Company, n phone.Number, since timex.Instant) (out []timex.Instant, err error) {
	err = t.query("SELECT decided FROM attempts"+By("attempts_number")+" WHERE company = ? AND number = ? AND decided >= ? AND state <> 3 ORDER BY id DESC LIMIT ?", []any{c, int64(n), since, store.MaxPage},
		func(r Row) error { out = append(out, r.Instant(0)); return nil })
	slices.Sort(out)
	return out, err
}

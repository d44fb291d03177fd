package tables

import (
	"context"
	"slices"
	"time"

	"waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var utc = time.UTC

func (t facts) AddStretches(c id.Company, list []store.Stretch) ([]store.Outcome, error) {
	company, before, err := t.begin(c, len(list))
	if err != nil {
		return nil, err
	}
	out, head, counts := make([]store.Outcome, len(list)), before, report.New()
	for i := range list {
		if out[i], err = t.addStretch(company, head+1, &list[i]); err != nil {
			return nil, err
		}
		if out[i] == store.Added || out[i] == store.Ended {
			head++
			list[i].Position = head
			if session, is := list[i].Fact.(*usage.Session); is {
				counts.Session(session) // once: when it has its end
			}
		}
	}
	if err := t.count(c, counts); err != nil {
		return nil, err
	}
	return out, t.advance(company, before, head)
}

// addStretch keeps one fact at a position, unless it is there.
func (t facts) addStretch(company firm, position int64, s *store.Stretch) (store.Outcome, error) {
	k, err := store.KeyOf(s.Fact)
	if err != nil {
		return "", err
	}
	owner, err := t.contract(company, s.Contract, true)
	if err != nil {
		return "", err
	}
	source, err := t.number(name{company, sourceName, k.Source}, true)
	if err != nil {
		return "", err
	}
	o, pk, outcome := t.own, int64(0), store.Added
	err = t.one("SELECT pk, ended, fact, contract FROM stretches WHERE "+o.is+"source = ? AND kind = ? AND id = ?", o.args(company, source, int64(k.Kind), []byte(k.ID)), func(r Row) (err error) {
		pk, owner = r.Int(0), r.Int(3) // whose it is stays, whatever it is handed in for
		outcome, err = store.Meet(r.Bytes(2), r.Int(1) != 0, s.Fact)
		return err
	})
	if err != nil && !isNone(err) {
		return "", err
	}
	fact := s.Fact.AppendCanonical(nil)
	changed := timex.Period{From: k.From, To: k.To}
	switch outcome {
	case store.Added:
		pk = company.pk(position)
		err = t.later("INSERT INTO stretches ("+o.column+"pk, source, kind, id, contract, ended, start, stop, fact) VALUES ("+o.mark+"?, ?, ?, ?, ?, 0, ?, ?, ?)",
			o.args(company, pk, source, int64(k.Kind), []byte(k.ID), owner, k.From, k.To, fact)...)
		if err == nil && s.Contract.IsZero() {
			err = t.strays(company, []strayRow{{position: position, kind: k.Kind, source: k.Source, id: k.ID, account: store.AccountOf(s.Fact), reason: s.Reason, start: k.From, stop: k.To}})
		}
	case store.Ended:
		changed = timex.Period{From: k.To, To: t.now}
		if err = t.later("UPDATE stretches SET ended = ?, stop = ?, fact = ? WHERE "+o.is+"pk = ?", slices.Concat([]any{position, k.To, fact}, o.args(company, pk))...); err == nil {
			err = t.later("DELETE FROM stretch_months WHERE "+o.is+"company = ? AND month = ? AND pk = ?", o.args(company, company.n, openMonth, pk)...)
		}
		if err == nil {
			err = t.later("UPDATE strays SET stop = ? WHERE "+o.is+"pk = ?", slices.Concat([]any{k.To}, o.args(company, pk))...)
		}
	default:
		return outcome, nil
	}
	if err != nil {
		return "", err
	}
	if err := t.file(company, pk, k); err != nil {
		return "", err
	}
	if changed.To.IsZero() {
		changed.To = t.now
	}
	for _, m := range store.Months(changed.From, changed.To) {
		if err := t.touch(company, owner, m, position); err != nil {
			return "", err
		}
	}
	return outcome, nil
}

// openMonth is where stretches without an end are filed.
const openMonth = 0

// file puts a stretch where its months find it.
func (t facts) file(company firm, pk int64, k store.StretchKey) error {
	months := []timex.Date{openMonth}
	if !k.To.IsZero() {
		months = store.Months(k.From, k.To)
	}
	for _, m := range months {
		if err := t.later("INSERT INTO stretch_months ("+t.own.column+"company, month, pk) VALUES ("+t.own.mark+"?, ?, ?) ON CONFLICT DO NOTHING", t.own.args(company, company.n, m, pk)...); err != nil {
			return err
		}
	}
	return nil
}

func (t facts) AddTallies(c id.Company, list []store.Tally) error {
	company, err := t.writing(c)
	if err != nil {
		return err
	}
	o := t.own
	add := "INSERT INTO tallies (" + o.column + "contract, first, price, calls, raw, billed, cost) VALUES (" + o.mark + `?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (` + o.column + `contract, first, price) DO UPDATE SET calls = tallies.calls + excluded.calls, raw = tallies.raw + excluded.raw,
		billed = tallies.billed + excluded.billed, cost = tallies.cost + excluded.cost`
	for i := range list {
		s := &list[i]
		owner, err := t.contract(company, s.Contract, true)
		if err != nil {
			return err
		}
		n := store.PriceName{Component: s.Component, Label: s.Label, Currency: s.Cost.Currency()}
		price, err := t.number(name{company, priceName, n.Text()}, true)
		if err != nil {
			return err
		}
		if err := t.later(add, o.args(company, owner, s.First, price, s.Calls, s.Raw, s.Billed, s.Cost.Micros())...); err != nil {
			return err
		}
	}
	return nil
}

func (t facts) Tallies(c id.Company, contract id.ID, first timex.Date) ([]store.Tally, error) {
	company, owner, err := t.owner(c, contract)
	if err != nil || owner == 0 {
		return nil, err
	}
	var out []store.Tally
	sql, args := "SELECT first, price, calls, raw, billed, cost FROM tallies WHERE "+t.own.is+"contract = ?", t.own.args(company, owner)
	if first != 0 {
		sql, args = sql+" AND first = ?", append(args, first)
	}
	err = t.query(sql, args, func(r Row) error {
		text, err := t.called(company, r.Int(1))
		if err != nil {
			return err
		}
		n, err := store.ParsePriceName(text)
		out = append(out, store.Tally{Contract: contract, First: r.Date(0), Component: n.Component, Label: n.Label, Calls: r.Int(2), Raw: r.Int(3), Billed: r.Int(4), Cost: money.Micros(r.Int(5), n.Currency)})
		return err
	})
	store.SortTallies(out)
	return out, err
}

// owner gives a company and the number of a contract that has usage; 0: it has
// none.
func (t facts) owner(c id.Company, contract id.ID) (company firm, owner int64, err error) {
	if company, err = t.company(c, false); err == nil {
		if owner, err = t.contract(company, contract, false); err == nil {
			return company, owner, nil
		}
	}
	if isNone(err) {
		err = nil
	}
	return company, 0, err
}

func (t facts) Late(c id.Company, contract id.ID, after int64) ([]timex.Period, error) {
	company, owner, err := t.owner(c, contract)
	if err != nil || owner == 0 {
		return nil, err
	}
	var out []timex.Period
	err = t.query("SELECT month FROM usage_months WHERE "+t.own.is+"contract = ? AND position > ? ORDER BY month", t.own.args(company, owner, after), func(r Row) error {
		out = append(out, timex.Days(r.Date(0), r.Date(0).AddMonths(1), utc))
		return nil
	})
	return out, err
}

// cancelRows is after how many rows a long reading looks whether it is still
// wanted.
const cancelRows = 1000

func (t facts) Each(ctx context.Context, c id.Company, contract id.ID, p timex.Period, upTo int64, sink usage.Sink) error {
	company, owner, found, err := t.narrow(c, contract)
	if !found || p.IsEmpty() {
		return err
	}
	if upTo <= 0 {
		upTo = positionMask
	}
	if err := t.eachStretch(company, owner, p, upTo, sink); err != nil {
		return err
	}
	months, err := t.months(p)
	if err != nil {
		return err
	}
	for _, m := range months {
		if err := t.eachCall(ctx, Table(m), company, owner, p, upTo, sink); err != nil {
			return err
		}
	}
	return nil
}

// eachIn is the statement that hands out a month's calls in the order of time.
func eachIn(name string, owner int64, by Tenancy) string {
	sql := "SELECT body FROM " + name + " WHERE " + by.all + " AND start >= ? AND start < ? AND pk <= ?"
	if owner != 0 {
		sql += " AND contract = ?"
	}
	return sql + " ORDER BY start, pk"
}

func (t facts) eachCall(ctx context.Context, name string, company firm, owner int64, p timex.Period, upTo int64, sink usage.Sink) error {
	args := []any{t.own.who(company), p.From, p.To, company.pk(upTo)}
	if owner != 0 {
		args = append(args, owner)
	}
	var call usage.Call
	n := 0
	return t.scan(eachIn(name, owner, t.own), args, func(r Row) error {
		if n++; n%cancelRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, fact, err := cutBody(r.Bytes(0))
		if err != nil {
			return err
		}
		if err := usage.DecodeCall(fact, &call); err != nil {
			return err
		}
		return sink.Call(&call)
	})
}

// stretchesIn finds stretches filed under the months of a period, open ones, and
// those that were still open as of a position.
func stretchesIn(by Tenancy) string {
	return "SELECT pk, contract, ended, start, stop, fact FROM stretches WHERE " + by.is + `pk IN (
	SELECT pk FROM stretch_months WHERE ` + by.is + `company = ? AND month BETWEEN ? AND ?
	UNION SELECT pk FROM stretch_months WHERE ` + by.is + `company = ? AND month = 0
	UNION SELECT pk FROM stretches WHERE ` + by.all + ` AND ended > ? AND ended > 0) AND pk <= ? ORDER BY pk`
}

func (t facts) eachStretch(company firm, owner int64, p timex.Period, upTo int64, sink usage.Sink) error {
	o := t.own
	args := slices.Concat(o.args(company), o.args(company, company.n, store.MonthOf(p.From), store.MonthOf(p.To-1)), o.args(company, company.n), []any{o.who(company), upTo, company.pk(upTo)})
	return t.scan(stretchesIn(o), args, func(r Row) error {
		if owner != 0 && r.Int(1) != owner {
			return nil
		}
		fact, err := usage.DecodeCanonical(r.Bytes(5))
		if err != nil {
			return err
		}
		from, to := r.Instant(3), r.Instant(4)
		if r.Int(2) > upTo {
			fact, to = store.Opened(fact), 0
		}
		if _, event := fact.(*usage.Event); event && !p.Contains(from) || from >= p.To || !to.IsZero() && to < p.From {
			return nil
		}
		return store.Hand(fact, sink)
	})
}

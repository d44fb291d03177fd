package tables

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// strayRow is what is noted of a fact that belongs to no contract.
type strayRow struct {
	position    int64
	kind        store.FactKind
	source, id  string
	account     string
	reason      string
	start, stop timex.Instant
	seconds     int64
}

// straysAtOnce is how many rows one INSERT has; what is left of them goes in one
// by one, so that there are two statements and not as many as there are rests.
const straysAtOnce = 50

func (t facts) strays(company firm, rows []strayRow) error {
	for len(rows) > 0 {
		n := 1
		if len(rows) >= straysAtOnce {
			n = straysAtOnce
		}
		var args []any
		for _, s := range rows[:n] {
			args = append(args, t.own.args(company, company.pk(s.position), int64(s.kind), []byte(s.source), []byte(s.id), []byte(s.account), s.reason, s.start, s.stop, s.seconds)...)
		}
		values := "(" + t.own.mark + "?, ?, ?, ?, ?, ?, ?, ?, ?)"
		if err := t.later("INSERT INTO strays ("+t.own.column+"pk, kind, source, id, account, reason, start, stop, seconds) VALUES "+values+strings.Repeat(", "+values, n-1), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// strayCall is what is noted of a call.
func strayCall(c *store.ChargedCall) strayRow {
	s := strayRow{position: c.Position, kind: store.CallFact, source: c.Call.Source, id: c.Call.ID, account: c.Call.Account, start: c.Call.Start, stop: c.Call.Start, seconds: c.Call.Seconds()}
	if len(c.Charges) > 0 {
		s.reason = c.Charges[0].Reason
	}
	return s
}

// straysFrom is the end of a statement about a company's strays, and what is
// handed in for it.
func (t facts) straysFrom(company firm, q *store.StrayQuery) (sql string, args []any) {
	sql, args = " FROM strays WHERE "+t.own.is+"pk > ? AND pk <= ?", t.own.args(company, company.pk(q.After), company.pk(positionMask))
	and := func(condition string, values ...any) {
		sql, args = sql+" AND "+condition, append(args, values...)
	}
	if !q.Touches.IsEmpty() {
		and("start < ? AND (stop >= ? OR stop = 0)", q.Touches.To, q.Touches.From)
	}
	if q.Kind != 0 {
		and("kind = ?", int64(q.Kind))
	}
	if q.Reason != "" {
		and("reason = ?", q.Reason)
	}
	if q.Source != "" {
		and("source = ?", []byte(q.Source))
	}
	if q.Waived != nil && *q.Waived {
		and("length(waiver) > 0")
	}
	if q.Waived != nil && !*q.Waived {
		and("length(waiver) = 0")
	}
	if q.Account != nil {
		and("account = ?", []byte(*q.Account))
	}
	if len(q.IDs) > 0 { // always as many marks, so that it is one statement
		ids := make([]any, store.MaxStrayIDs)
		for i := range ids {
			ids[i] = []byte(q.IDs[min(i, len(q.IDs)-1)])
		}
		and("id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
	}
	return sql, args
}

func (t facts) Strays(c id.Company, q store.StrayQuery) (out []store.Stray, err error) {
	if q.Limit < 1 || q.Limit > store.MaxStrays {
		return nil, fault.New(fault.Invalid, "%d strays were asked for: 1 to %d were expected", q.Limit, store.MaxStrays)
	}
	if err := checkIDs(&q); err != nil {
		return nil, err
	}
	company, err := t.company(c, false)
	if err != nil {
		return nil, noneIsNothing(err)
	}
	type row struct {
		pk     int64
		kind   store.FactKind
		start  timex.Instant
		reason string
		waiver id.ID
	}
	var rows []row
	sql, args := t.straysFrom(company, &q)
	err = t.query("SELECT pk, kind, start, reason, waiver"+sql+" ORDER BY pk LIMIT ?", append(args, q.Limit), func(r Row) error {
		next := row{r.Int(0), store.FactKind(r.Int(1)), r.Instant(2), r.Text(3), id.ID{}}
		copy(next.waiver[:], r.Bytes(4))
		rows = append(rows, next)
		return nil
	})
	for _, r := range rows {
		if err != nil {
			break
		}
		s := store.Stray{Reason: r.reason, Position: r.pk & positionMask, Waiver: r.waiver}
		s.Fact, err = t.strayFact(company, r.pk, r.kind, r.start)
		out = append(out, s)
	}
	return out, err
}

// strayFact reads the fact of a row.
func (t facts) strayFact(company firm, pk int64, kind store.FactKind, start timex.Instant) (f usage.Fact, err error) {
	if kind != store.CallFact {
		err = t.one("SELECT fact FROM stretches WHERE "+t.own.is+"pk = ?", t.own.args(company, pk), func(r Row) (err error) {
			f, err = usage.DecodeCanonical(r.Bytes(0))
			return err
		})
		return f, missing(err, "the fact at %d of a company", pk&positionMask)
	}
	err = t.one("SELECT body FROM "+Table(store.MonthOf(start))+" WHERE "+t.own.all+" AND start = ? AND pk = ?", []any{t.own.who(company), start, pk}, func(r Row) error {
		_, fact, err := cutBody(r.Bytes(0))
		if err == nil {
			f, err = usage.DecodeCanonical(fact)
		}
		return err
	})
	return f, missing(err, "the call at %d of a company", pk&positionMask)
}

func (t facts) StraySums(c id.Company, q store.StrayQuery) (out []store.StraySum, err error) {
	if err := checkIDs(&q); err != nil {
		return nil, err
	}
	company, err := t.company(c, false)
	if err != nil {
		return nil, noneIsNothing(err)
	}
	q.After = 0
	sql, args := t.straysFrom(company, &q)
	err = t.query("SELECT reason, kind, source, account, count(*), CAST(sum(seconds) AS BIGINT), min(start), max(start)"+sql+
		" GROUP BY reason, kind, source, account", args, func(r Row) error {
		out = append(out, store.StraySum{Reason: r.Text(0), Kind: store.FactKind(r.Int(1)), Source: r.Text(2), Account: r.Text(3),
			Count: r.Int(4), Seconds: r.Int(5), First: r.Instant(6), Last: r.Instant(7)})
		return nil
	})
	slices.SortFunc(out, func(a, b store.StraySum) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Account, b.Account))
	})
	return out[:min(len(out), store.MaxPage)], err
}

func checkIDs(q *store.StrayQuery) error {
	if len(q.IDs) > store.MaxStrayIDs {
		return fault.New(fault.Invalid, "%d identifiers: at most %d were expected", len(q.IDs), store.MaxStrayIDs)
	}
	return nil
}

// noneIsNothing: a company that never had a fact has no strays.
func noneIsNothing(err error) error {
	if isNone(err) {
		return nil
	}
	return err
}

func (t facts) Assign(c id.Company, contract id.ID, calls []store.ChargedCall, stretches []store.Stretch) error {
	company, before, err := t.begin(c, len(calls)+len(stretches))
	if err != nil {
		return err
	}
	owner, err := t.contract(company, contract, true)
	if err != nil {
		return err
	}
	head, counts := before, report.New()
	touched := map[timex.Date]bool{}
	for i := range calls {
		head++
		if err := t.assignCall(company, owner, head, &calls[i]); err != nil {
			return err
		}
		touched[store.MonthOf(calls[i].Call.Start)] = true
		countCall(counts, &calls[i], true)
	}
	if err := t.count(c, counts); err != nil {
		return err
	}
	for i := range stretches {
		head++
		months, err := t.assignStretch(company, owner, head, &stretches[i])
		if err != nil {
			return err
		}
		for _, m := range months {
			touched[m] = true
		}
	}
	for m := range touched {
		if err := t.touch(company, owner, m, head); err != nil {
			return err
		}
	}
	return t.advance(company, before, head)
}

func (t facts) Waive(c id.Company, waiver id.ID, positions []int64) error {
	company, err := t.writing(c)
	if err != nil {
		return err
	}
	for _, at := range positions {
		n, err := t.exec("UPDATE strays SET waiver = ? WHERE "+t.own.is+"pk = ? AND length(waiver) = 0", slices.Concat([]any{waiver}, t.own.args(company, company.pk(at)))...)
		if err != nil {
			return err
		}
		if n != 1 {
			return fault.New(fault.Conflict, "the fact at %d belongs to a contract, or is left uncharged already", at)
		}
	}
	return nil
}

// leave takes a fact out of the strays.
func (t facts) leave(company firm, position int64) error {
	n, err := t.exec("DELETE FROM strays WHERE "+t.own.is+"pk = ?", t.own.args(company, company.pk(position))...)
	if err == nil && n != 1 {
		return fault.New(fault.Conflict, "the fact at %d belongs to a contract already", position)
	}
	return err
}

// assignCall moves a call to a contract and a new position.
func (t facts) assignCall(company firm, owner, position int64, c *store.ChargedCall) error {
	if err := t.leave(company, c.Position); err != nil {
		return err
	}
	body, err := t.appendBody(nil, company, c)
	if err != nil {
		return err
	}
	err = t.later("UPDATE "+Table(store.MonthOf(c.Call.Start))+" SET pk = ?, contract = ?, body = ? WHERE "+t.own.all+" AND start = ? AND pk = ?",
		company.pk(position), owner, body, t.own.who(company), c.Call.Start, company.pk(c.Position))
	c.Position = position
	return err
}

// assignStretch does the same for another fact, and gives the months it concerns.
func (t facts) assignStretch(company firm, owner, position int64, s *store.Stretch) ([]timex.Date, error) {
	k, err := store.KeyOf(s.Fact)
	if err != nil {
		return nil, err
	}
	if err := t.leave(company, s.Position); err != nil {
		return nil, err
	}
	o, old, pk := t.own, company.pk(s.Position), company.pk(position)
	if err := t.later("UPDATE stretches SET pk = ?, contract = ? WHERE "+o.is+"pk = ?", slices.Concat([]any{pk, owner}, o.args(company, old))...); err != nil {
		return nil, err
	}
	months, filed := store.Months(k.From, max(k.To, k.From)), []timex.Date{openMonth}
	if k.To.IsZero() {
		months = store.Months(k.From, t.now)
	} else {
		filed = months
	}
	for _, m := range filed {
		if err := t.later("UPDATE stretch_months SET pk = ? WHERE "+o.is+"company = ? AND month = ? AND pk = ?", slices.Concat([]any{pk}, o.args(company, company.n, m, old))...); err != nil {
			return nil, err
		}
	}
	s.Position = position
	return months, nil
}

package audit

import (
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// calls compares a component's lists of calls with our calls, one by one, and
// gives what the bill asks for the component.
func (w *walk) calls(key string, lines []Line, lists []CallList) (exact.Number, error) {
	s := &sheetOf{key: key, lists: lists, mode: exact.HalfAway, apart: map[Cause]exact.Number{}, count: map[Cause]int64{}, kept: map[Cause][]Evidence{},
		rates: map[deck.Rate]*deck.Rate{}, costs: map[rated]*costOf{}, known: true, sum: money.Zero(w.in.Terms.Plan.Currency)}
	s.comp, _ = w.in.Terms.Plan.Component(key)
	s.steps = deck.Count{FromZero: s.comp.Grid == catalog.MultipleFromZero, Subtract: s.comp.GraceRule == catalog.SubtractGrace, Add: s.comp.GraceRule == catalog.AddGrace}
	m := &matcher{byNumber: true}
	if err := s.look(m); err != nil {
		return exact.Zero, err
	}
	most := w.in.Held
	if most <= 0 {
		most = held
	}
	m.shares = uint64((s.rows+w.base.Counts.Calls)/most + 1)
	if w.counts == nil {
		w.counts = &CallCounts{}
	}
	for m.share = 0; m.share < m.shares; m.share++ {
		if err := w.share(s, m); err != nil {
			return exact.Zero, err
		}
	}
	return w.bookCalls(s, lines)
}

// share compares one share of both sides.
func (w *walk) share(s *sheetOf, m *matcher) error {
	m.own, m.rows = nil, nil
	for _, l := range s.lists {
		err := l.Read(func(r *CallRow) error {
			if m.mine(r.ID, r.To) {
				row := *r
				row.ID, row.From, row.To = strings.Clone(r.ID), "", strings.Clone(r.To)
				m.rows = append(m.rows, &row)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := m.gather(w, s); err != nil {
		return err
	}
	found := m.pairs()
	if m.share == 0 {
		s.learn(found)
	}
	for i := range found {
		if err := w.pair(s, &found[i]); err != nil {
			return err
		}
	}
	for _, o := range m.own {
		if o.row == nil && o.standing == priced && !s.due(o).IsZero() {
			w.counts.Missing++
			if err := w.differ(s, Missing, o, nil, s.due(o).Neg()); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair books one row.
func (w *walk) pair(s *sheetOf, p *paired) error {
	w.counts.Rows++
	switch {
	case p.own == nil:
		w.counts.NoRecord++
		return w.differ(s, NoRecord, nil, p.row, p.row.Amount())
	case p.twice:
		w.counts.Duplicates++
		return w.differ(s, Duplicate, p.own, p.row, p.row.Amount())
	}
	w.counts.Matched++
	switch p.own.standing {
	case unpriced:
		return w.differ(s, Unpriced, p.own, p.row, p.row.Amount())
	case free:
		if p.row.Micros == 0 {
			w.counts.Agreed++
			return nil
		}
		return w.differ(s, Counting, p.own, p.row, p.row.Amount())
	}
	return w.priced(s, p.own, p.row)
}

// priced compares a row with the price of its call: seconds first, then what
// the seconds of the row cost.
func (w *walk) priced(s *sheetOf, o *ownCall, r *CallRow) error {
	if o.rate != nil && (r.Seconds == NoSeconds || r.Seconds == o.due) && s.charges(o.rate, o.due, r.Micros) {
		w.counts.Agreed++
		s.at(o.rate, o.due).agreed++
		s.agreed += r.Micros
		return nil
	}
	rest := r.Amount().Sub(s.due(o))
	if o.rate == nil && microsOf(o.cost, s.mode, s.decimals) == r.Micros {
		w.counts.Agreed++
		s.apart[Rounding] = s.apart[Rounding].Add(rest)
		return nil
	}
	if o.rate == nil || s.comp.Measure == catalog.Calls {
		cause := Rate
		if r.Seconds != NoSeconds && r.Seconds != o.due && s.comp.Measure != catalog.Calls {
			cause = Duration
		}
		return w.differ(s, cause, o, r, rest)
	}
	at := o.due
	for _, step := range s.seconds(o, r) {
		apart := o.rate.Cost(step.to).Sub(o.rate.Cost(at))
		if step.to != at {
			if err := w.differ(s, step.cause, o, r, apart); err != nil {
				return err
			}
		}
		rest, at = rest.Sub(apart), step.to
	}
	if s.charges(o.rate, at, r.Micros) {
		s.apart[Rounding] = s.apart[Rounding].Add(rest)
		return nil
	}
	if s.cents && s.wholeCents(o.rate, at, r.Micros) {
		return w.differ(s, Rounding, o, r, rest)
	}
	return w.differ(s, Rate, o, r, rest)
}

// toSeconds is a number of billed seconds, and why it is that.
type toSeconds struct {
	cause Cause
	to    int64
}

// seconds leads from the due seconds of a call to those of a row: by the steps
// the vendor usually bills by, then by a longer duration. What lies off the grid
// of the steps was rounded by others.
func (s *sheetOf) seconds(o *ownCall, r *CallRow) []toSeconds {
	usual := s.billed(o, s.usual, o.talk)
	if r.Seconds == NoSeconds {
		if s.charges(o.rate, o.due, r.Micros) {
			return nil
		}
		if s.fits(r, o, usual) {
			return []toSeconds{{Increment, usual}}
		}
		if ring := s.billed(o, s.usual, o.talk+o.ring); s.fits(r, o, ring) {
			return []toSeconds{{Increment, usual}, {Duration, ring}}
		}
		for _, inc := range increments {
			if other := s.billed(o, inc, o.talk); s.fits(r, o, other) {
				return []toSeconds{{Increment, other}}
			}
		}
		return nil
	}
	switch {
	case r.Seconds == o.due:
		return nil
	case r.Seconds == usual:
		return []toSeconds{{Increment, usual}}
	case !s.coarse.IsZero() && r.Seconds == s.billed(o, s.coarse, o.talk):
		s.coarsely++
		return []toSeconds{{Increment, r.Seconds}}
	case r.Seconds > 0 && s.billed(o, s.usual, r.Seconds) == r.Seconds:
		return []toSeconds{{Increment, usual}, {Duration, r.Seconds}}
	}
	return []toSeconds{{Increment, r.Seconds}}
}

// differ adds an amount to a cause and tells its evidence.
func (w *walk) differ(s *sheetOf, cause Cause, o *ownCall, r *CallRow, apart exact.Number) error {
	if apart.IsZero() {
		return nil
	}
	s.apart[cause] = s.apart[cause].Add(apart)
	ev := Evidence{Cause: cause, Line: s.key, Kind: "call", Talk: NoSeconds, Due: NoSeconds, Billed: NoSeconds}
	if r != nil {
		ev.Row, ev.ID, ev.What, ev.From, ev.Billed, ev.CostBill = r.Row, r.ID, r.To, r.Start, r.Seconds, r.Amount().String()
	}
	if o != nil {
		ev.ID, ev.Source, ev.Who, ev.What, ev.From, ev.To = o.id, o.source, o.agent, o.to, o.start, o.end
		ev.Talk, ev.Due, ev.DueCost = o.talk, o.due, costText(s.due(o))
	}
	kept, count := s.kept[cause], s.count[cause]
	err := w.tell(&ev, &kept, &count)
	s.kept[cause], s.count[cause] = kept, count
	return err
}

// bookCalls books what the calls came to, cause by cause. Where our line is more
// than the sum of its calls (something is included, tiers, a least amount), the
// calls are evidence, and the line is explained as a whole.
func (w *walk) bookCalls(s *sheetOf, lines []Line) (exact.Number, error) {
	billed := s.sum.Exact()
	if lines != nil {
		billed = billedAmount(lines)
	}
	due, err := w.s.amount(s.key)
	if err != nil {
		return billed, err
	}
	at, linear := w.callsSum(s)
	if !linear {
		if lines == nil {
			lines = []Line{{Component: s.key, Amount: billed}}
		}
		if billed.Equal(due.Exact()) {
			return billed, nil
		}
		return billed, w.explainLine(s.key, lines, due)
	}
	for _, cause := range Causes() {
		apart, ok := s.apart[cause]
		if !ok || cause == Rounding {
			continue
		}
		at = at.Add(apart)
		a, err := money.ToMinor(at, due.Currency())
		if err != nil {
			return billed, beyond(err)
		}
		f := Finding{Cause: cause, Line: s.key, Rows: rowsOf(lines), Key: "calls_" + string(cause), Args: pairs("calls", strconv.FormatInt(s.count[cause], 10)), Evidence: s.kept[cause], Count: s.count[cause]}
		if cause == Increment && !s.usual.IsZero() {
			f.Args["by"] = s.usual.String()
		} else if cause == Increment && s.coarsely == s.count[cause] && !s.coarse.IsZero() {
			f.Args["by"] = s.coarse.String()
		}
		if err := w.set(f, a); err != nil {
			return billed, err
		}
	}
	return billed, w.bookSum(s, lines, billed)
}

// bookSum books how the vendor's amounts of calls became the line: roundings,
// or a line that is not their sum.
func (w *walk) bookSum(s *sheetOf, lines []Line, billed exact.Number) error {
	sum := s.sum
	if lines != nil {
		var err error
		if sum, err = money.ToMinor(s.sum.Exact(), s.sum.Currency()); err != nil {
			return beyond(err)
		}
	}
	f := Finding{Cause: Rounding, Line: s.key, Rows: rowsOf(lines), Key: "calls_rounding"}
	if n := s.count[Rounding]; n > 0 {
		f.Key, f.Args, f.Evidence, f.Count = "calls_cents", pairs("calls", strconv.FormatInt(n, 10)), s.kept[Rounding], n
	}
	if err := w.set(f, sum); err != nil {
		return err
	}
	a, err := asMoney(billed, w.in.Terms.Plan.Currency)
	if err != nil {
		return err
	}
	return w.set(Finding{Cause: Arithmetic, Line: s.key, Rows: rowsOf(lines), Key: "calls_sum", Args: pairs("sum", s.sum.Decimal(), "line", billed.String())}, a)
}

// callsSum is what our calls cost one by one, exactly, and whether that is what
// their line costs. What the rows that agree were rounded by is booked on the
// way.
func (w *walk) callsSum(s *sheetOf) (exact.Number, bool) {
	sum, agreed := s.own, exact.Zero
	for _, c := range s.costs {
		sum = sum.Add(c.exact.Mul(exact.Int(c.own)))
		agreed = agreed.Add(c.exact.Mul(exact.Int(c.agreed)))
	}
	s.apart[Rounding] = s.apart[Rounding].Add(exact.Scaled(s.agreed, microDecimals)).Sub(agreed)
	line := exact.Zero
	for i := range w.own.Lines {
		if l := &w.own.Lines[i]; keyOf(l) == s.key {
			line = line.Add(l.Exact)
		}
	}
	return sum, s.known && line.Equal(sum)
}

package audit

import (
	"slices"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// line explains one line of the contract.
func (w *walk) line(key string) error {
	lines, lists := w.lines[key], w.lists(key)
	due, err := w.s.amount(key)
	if err != nil {
		return err
	}
	beside := Compared{Line: key, Name: w.s.names[key], Rows: rowsOf(lines), Expected: due}
	defer func() { w.compared = append(w.compared, beside) }()
	if lines == nil && lists == nil {
		beside.Billed = money.Zero(due.Currency())
		return w.set(Finding{Cause: Missing, Line: key, Key: "missing_line"}, beside.Billed)
	}
	billed := billedAmount(lines)
	if lists != nil {
		if billed, err = w.calls(key, lines, lists); err != nil {
			return err
		}
	} else if !billed.Equal(due.Exact()) {
		if err := w.explainLine(key, lines, due); err != nil {
			return err
		}
	}
	beside.Billed, err = asMoney(billed, due.Currency())
	return err
}

func rowsOf(lines []Line) []int {
	var out []int
	for i := range lines {
		out = append(out, lines[i].Row)
	}
	return out
}

// explainLine books why the lines of a component differ from what is due.
func (w *walk) explainLine(key string, lines []Line, due money.Amount) error {
	kept, twice := duplicates(lines, due.Exact(), len(w.s.lines[key]))
	extra, err := w.twice(key, due, twice)
	if err != nil {
		return err
	}
	billed, err := asMoney(billedAmount(lines), due.Currency())
	if err != nil {
		return err
	}
	rest := Finding{Cause: Unexplained, Line: key, Rows: rowsOf(kept), Key: "unexplained"}
	if c, ok := w.in.Terms.Plan.Component(key); ok && !billedAmount(kept).Equal(due.Exact()) {
		x, err := w.explain(c, kept, w.accepted)
		if err != nil {
			return err
		}
		if x != nil {
			if err := w.steps(key, kept, x, extra); err != nil {
				return err
			}
			if x.arithmetic {
				rest.Cause, rest.Key = Arithmetic, "product"
				rest.Args = pairs("quantity", numberOf(kept[0].Quantity), "price", numberOf(kept[0].UnitPrice))
			}
		} else if !w.charges(key) {
			rest.Cause, rest.Key = NotInContract, "not_due"
		}
	}
	return w.set(rest, billed)
}

func numberOf(n *exact.Number) string {
	if n == nil {
		return ""
	}
	return n.String()
}

// duplicates parts lines that stand on a bill more often than the contract has
// them from the rest. How many are too many is told by the amount that is due:
// a bill may list each seat in a line of its own.
func duplicates(lines []Line, due exact.Number, have int) (kept, twice []Line) {
	apart := func(n exact.Number) exact.Number { return exact.Max(n.Sub(due), due.Sub(n)) }
	sum := billedAmount(lines)
	for i := range lines {
		again := slices.ContainsFunc(kept, func(k Line) bool { return sameLine(&k, &lines[i]) })
		without := sum.Sub(lines[i].Amount)
		if again && len(kept) >= min(have, 1) && lines[i].Amount.Sign() != 0 && apart(without).Less(apart(sum)) {
			twice = append(twice, lines[i])
			sum = without
			continue
		}
		kept = append(kept, lines[i])
	}
	return kept, twice
}

// sameLine tells whether two lines say the same.
func sameLine(a, b *Line) bool {
	equal := func(x, y *exact.Number) bool {
		return x == nil && y == nil || x != nil && y != nil && x.Equal(*y)
	}
	return a.Component == b.Component && a.Part == b.Part && a.First == b.First && a.After == b.After && a.Amount.Equal(b.Amount) &&
		equal(a.Quantity, b.Quantity) && equal(a.UnitPrice, b.UnitPrice)
}

// twice books lines that stand there twice, and gives what they come to.
func (w *walk) twice(key string, due money.Amount, lines []Line) (exact.Number, error) {
	extra := billedAmount(lines)
	a, err := asMoney(due.Exact().Add(extra), due.Currency())
	if err != nil || len(lines) == 0 {
		return extra, err
	}
	return extra, w.set(Finding{Cause: Duplicate, Line: key, Rows: rowsOf(lines), Key: "duplicate_line"}, a)
}

// steps books the changes of an explanation, with what each changes in lines
// that depend on this one.
func (w *walk) steps(key string, lines []Line, x *explanation, extra exact.Number) error {
	evidence, counts, err := w.evidence(key, x)
	if err != nil {
		return err
	}
	for i, v := range x.steps {
		ch := &v.changes[len(v.changes)-1]
		a, err := asMoney(v.amount.Add(extra), w.in.Terms.Plan.Currency)
		if err != nil {
			return err
		}
		f := Finding{Cause: ch.cause, Line: key, Rows: rowsOf(lines), Key: ch.key, Args: ch.args, Evidence: evidence[i], Count: counts[i]}
		rate := w.s.rate(key, w.own)
		err = w.book(f, func() {
			w.s.set(key, a, rate)
			w.follow(key, v)
		})
		if err != nil {
			return err
		}
		w.accepted = append(w.accepted, *ch)
	}
	return nil
}

// follow takes over what a change does to other lines, where the bill has it so:
// a share of the line, what is sold for each seat of it.
func (w *walk) follow(key string, v *variant) {
	for _, other := range w.s.order {
		lines := w.lines[other]
		if other == key || w.done[other] || lines == nil {
			continue
		}
		under := variant{rated: v.rated}
		under.take(other)
		now, err := w.s.amount(other)
		if err != nil || under.amount.Equal(now.Exact()) || !under.amount.Equal(billedAmount(lines)) {
			continue
		}
		if a, err := asMoney(under.amount, now.Currency()); err == nil {
			w.s.set(other, a, w.s.rate(other, w.own))
		}
	}
}

// noLine books a line that nothing of the contract is for.
func (w *walk) noLine(l *Line) error {
	f := Finding{Cause: NotInContract, Rows: []int{l.Row}, Key: "not_in_contract", Args: pairs("text", l.Text)}
	for _, u := range w.own.Unpriced {
		if l.Usage != "" && usageOf(l.Usage) == u.Facts {
			f.Cause, f.Key = Unpriced, "unpriced"
			f.Count = u.Count
		}
	}
	a, err := asMoney(l.Amount, w.in.Terms.Plan.Currency)
	if err != nil {
		return err
	}
	name := lang.Text{En: l.Text}
	key := w.s.open("row:"+rowText(l.Row), name)
	f.Line = key
	w.compared = append(w.compared, Compared{Line: key, Name: name, Rows: f.Rows, Billed: a, Expected: money.Zero(a.Currency())})
	return w.set(f, a)
}

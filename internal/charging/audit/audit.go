package audit

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/usage"
)

// Inputs are a bill and what it is held against.
type Inputs struct {
	Bill    *Bill
	Terms   *contract.Terms // of the period
	List    *contract.Terms // the plan without the contract, for prices charged in spite of it; nil: not known
	Heading invoice.Heading
	// Facts gives all records to a sink, the same each time it is asked: once for
	// the contract's side, and again for what needs other counting.
	Facts func(usage.Sink) error
	// Evidence is told of every call and stretch behind a finding; nil: nobody is.
	Evidence func(*Evidence) error
	// Held is how many calls are kept at once where the bill lists its calls; 0:
	// 600,000. More calls are matched in parts, each with a reading of its own.
	Held int64
}

const held = 600_000

// Run audits a bill. Errors are of kind Invalid where the bill is of another
// currency or period, and those of counting and pricing.
func Run(in Inputs) (_ *Result, err error) {
	defer fault.Wrap(&err, "audit of %s", in.Bill.Name)
	if err := in.check(); err != nil {
		return nil, err
	}
	m, err := meter.New(in.Terms, meter.Options{Evidence: true})
	if err != nil {
		return nil, err
	}
	if err := in.Facts(m); err != nil {
		return nil, err
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	own, err := invoice.Draft(g, in.Heading)
	if err != nil {
		return nil, err
	}
	w := &walk{engine: engine{in: &in, base: g}, own: own, s: newState(own, in.Terms.Plan, len(in.Bill.Taxes) > 0), done: map[string]bool{}, lines: map[string][]Line{}}
	if err := w.run(); err != nil {
		return nil, err
	}
	return w.result()
}

// check refuses a bill that cannot be of the period or the contract.
func (in *Inputs) check() error {
	b, t := in.Bill, in.Terms
	if b.Currency != t.Plan.Currency {
		return fault.New(fault.Invalid, "%s is in %s, the contract is in %s: give the bill of this contract, or name its currency in the mapping", b.Name, b.Currency, t.Plan.Currency)
	}
	if b.First != 0 && (b.First != t.First || b.After != t.After) {
		return fault.New(fault.Invalid, "%s is for %s to %s, the audit for %s to %s: name the bill's own period with --period", b.Name, b.First, b.After-1, t.First, t.After-1)
	}
	for i := range b.Lines {
		if l := &b.Lines[i]; l.First != 0 && (l.After <= t.First || l.First >= t.After) {
			if c, ok := t.Plan.Component(l.Component); ok && c.Timing == catalog.Advance {
				continue
			}
			return fault.New(fault.Invalid, "%s, row %d: %q is for %s to %s, outside the period from %s to %s: name the bill's own period with --period, or take the line out", b.Name, l.Row, l.Text, l.First, l.After-1, t.First, t.After-1)
		}
	}
	if len(b.Lines) == 0 && len(b.Calls) == 0 {
		return fault.New(fault.Invalid, "%s has no priced line: check the columns and the header row of the mapping", b.Name)
	}
	return nil
}

// walk leads from our side to the bill, one figure at a time.
type walk struct {
	engine
	own      *invoice.Invoice
	s        *state
	lines    map[string][]Line // of the bill, by line of the contract
	strange  []Line            // lines for nothing of the contract
	done     map[string]bool
	accepted []change
	findings []Finding
	compared []Compared
	counts   *CallCounts
}

func (w *walk) run() error {
	w.sort()
	for _, key := range w.order() {
		if err := w.line(key); err != nil {
			return err
		}
		w.done[key] = true
	}
	for i := range w.strange {
		if err := w.noLine(&w.strange[i]); err != nil {
			return err
		}
	}
	return w.totals()
}

// sort puts each line of the bill beside the contract's.
func (w *walk) sort() {
	for _, l := range w.in.Bill.Lines {
		_, known := w.s.names[l.Component]
		if _, ok := w.in.Terms.Plan.Component(l.Component); !ok && !known {
			w.strange = append(w.strange, l)
			continue
		}
		w.lines[l.Component] = append(w.lines[l.Component], l)
	}
}

// order is the order in which lines are explained: what depends on others comes
// last.
func (w *walk) order() []string {
	p := w.in.Terms.Plan
	for i := range p.Components {
		c := &p.Components[i]
		if w.lines[c.ID] != nil || w.lists(c.ID) != nil {
			w.s.open(c.ID, c.Name.Or(c.ID))
		}
	}
	out := slices.Clone(w.s.order)
	depends := func(key string) int {
		c, ok := p.Component(key)
		switch {
		case !ok || c.Measure == catalog.PercentOf:
			return 2
		case c.PerSeatOf != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b string) int { return depends(a) - depends(b) })
	return out
}

// lists are the bill's lists of calls of a component.
func (w *walk) lists(key string) []CallList {
	var out []CallList
	for _, l := range w.in.Bill.Calls {
		if l.Component == key {
			out = append(out, l)
		}
	}
	return out
}

// book replaces a figure and notes what the total changed by. A replacement that
// changes nothing is no finding.
func (w *walk) book(f Finding, replace func()) error {
	net, tax, err := w.s.sums()
	if err != nil {
		return err
	}
	replace()
	n, t, err := w.s.sums()
	if err == nil {
		f.Net, err = n.Sub(net)
	}
	if err == nil {
		f.Tax, err = t.Sub(tax)
	}
	if err == nil {
		f.Amount, err = f.Net.Add(f.Tax)
	}
	if err != nil {
		return beyond(err)
	}
	if f.Net.IsZero() && f.Tax.IsZero() {
		return nil
	}
	f.Name = w.s.names[f.Line]
	w.findings = append(w.findings, f)
	return nil
}

// set books a line's new amount.
func (w *walk) set(f Finding, a money.Amount) error {
	rate := w.s.rate(f.Line, w.own)
	return w.book(f, func() { w.s.set(f.Line, a, rate) })
}

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

// charges tells whether our side has a line of a key.
func (w *walk) charges(key string) bool {
	for i := range w.own.Lines {
		if keyOf(&w.own.Lines[i]) == key {
			return true
		}
	}
	return false
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

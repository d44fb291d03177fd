package audit

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/fault"
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

// charges tells whether our side has a line of a key.
func (w *walk) charges(key string) bool {
	for i := range w.own.Lines {
		if keyOf(&w.own.Lines[i]) == key {
			return true
		}
	}
	return false
}

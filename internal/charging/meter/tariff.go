package meter

import (
	"fmt"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// tariff is the compiled price side of one call component: rows in order of
// how specific they are, each with its slots for counting.
type tariff struct {
	comp  *catalog.Component
	rows  []row
	slots int        // how many places there are to count in
	clock *clockwork // nil: no row depends on the time of day
	steps deck.Count
	each  *deck.Rounding // rounding of each call's cost; nil: none
	sees  bool           // needs line, reach or region of the called number

	filtered bool // the component does not take every call
}

// row is one rate row. It owns the slots from slot on: one for a price, one for
// each band, or one for each entry of its deck.
type row struct {
	src       *catalog.RateRow
	match     catalog.Filter
	keys      int
	schedules []int // indexes into clock.schedules; empty: any time
	deck      *deck.Deck
	plain     bool        // the deck's rates hold as they are
	rates     []deck.Rate // of the price or the bands; of a deck, what its rows leave open
	bands     []band
	legs      int64
	slot      int
}

// band is a price from a second of the call on.
type band struct {
	from, step int64
}

// newTariff compiles a component. Terms are validated before; what is still
// wrong here is an error, never a guess.
func newTariff(comp *catalog.Component, terms *contract.Terms) (*tariff, error) {
	t := &tariff{comp: comp, sees: asksNumber(&comp.Where), filtered: keys(&comp.Where) > 0,
		steps: deck.Count{FromZero: comp.Grid == catalog.MultipleFromZero, Subtract: comp.GraceRule == catalog.SubtractGrace, Add: comp.GraceRule == catalog.AddGrace}}
	if comp.RoundEach != nil {
		t.each = &deck.Rounding{Mode: comp.RoundEach.Mode, Decimals: comp.RoundEach.Decimals}
	}
	rows := comp.Rates
	if len(rows) == 0 {
		rows = []catalog.RateRow{{ID: comp.ID, Name: comp.Name, Default: true, UnitPrice: comp.UnitPrice, Deck: comp.Deck}}
	}
	for i := range rows {
		if err := t.addRow(&rows[i], terms); err != nil {
			return nil, fmt.Errorf("component %s, rate row %d: %w", comp.ID, i+1, err)
		}
	}
	return t, t.addClock(terms)
}

func (t *tariff) addRow(r *catalog.RateRow, terms *contract.Terms) error {
	out := row{src: r, match: r.Match, keys: keys(&r.Match), legs: int64(max(r.LegFactor, 1)), slot: t.slots}
	if len(t.comp.Where.Schedule) > 0 && len(out.match.Schedule) == 0 {
		out.match.Schedule = t.comp.Where.Schedule
	}
	t.sees = t.sees || asksNumber(&r.Match)
	base, err := t.rate(r, r.UnitPrice)
	if err != nil {
		return err
	}
	out.rates = []deck.Rate{base}
	n := 1
	if r.Deck != "" {
		d, ok := terms.Decks[r.Deck]
		if !ok {
			return fmt.Errorf("deck %q is not there", r.Deck)
		}
		out.deck, n = d, d.Len()
		out.plain = base.Minimum == 0 && base.Grace == 0 && base.Connect == 0 && base.MinCost == 0 && base.MaxCost == 0 && base.Status == deck.Priced
	} else if len(r.Bands) > 0 {
		out.rates = nil
		for _, b := range r.Bands {
			rate, err := t.rate(r, b.UnitPrice)
			if err != nil {
				return err
			}
			out.bands = append(out.bands, band{catalog.Span(b.From), max(catalog.Span(b.Step), 1)})
			out.rates = append(out.rates, rate)
		}
		n = len(r.Bands)
	}
	t.slots += n
	t.rows = append(t.rows, out)
	return nil
}

// rateOf is the rate of the i-th slot of a row.
func (r *row) rateOf(i int) deck.Rate { return *r.rateAt(i, new(deck.Rate)) }

// rateAt is rateOf without a copy: the rate may be shared, or it is made in full.
func (r *row) rateAt(i int, full *deck.Rate) *deck.Rate {
	if r.deck == nil {
		return &r.rates[i]
	}
	rate := r.deck.Rate(deck.Index(i))
	if r.plain {
		return rate
	}
	*full = withDefaults(*rate, &r.rates[0])
	return full
}

// slotFor is the slot of a row for a call, or the reason why it has no price.
func (r *row) slotFor(v *view) (i int, reason string) {
	if r.deck == nil {
		if r.rates[0].Status == deck.Blocked {
			return 0, BlockedCall
		}
		return 0, ""
	}
	ix, ok := r.deck.Match(v.called(), v.date)
	if !ok || v.called().IsZero() { // a name or an extension is not "every other number"
		return 0, NoPrefix
	}
	if r.deck.Rate(ix).Status == deck.Blocked {
		return 0, BlockedCall
	}
	return int(ix), ""
}

// Label says what a slot is: which row of the plan, which prefix, which rate.
type Label struct {
	Row    string    // key of the rate row
	Prefix string    // of a deck; Deck tells which
	Deck   string    // deck id, empty without one
	From   int64     // second of the call a band starts at
	Banded bool      // the row has bands
	Name   lang.Text // destination or row
	Rate   deck.Rate
}

// label names the i-th slot of a row.
func (r *row) label(i int) Label {
	l := Label{Row: rowKey(r.src), Name: r.src.Name, Rate: r.rateOf(i)}
	switch {
	case r.deck != nil:
		ix := deck.Index(i)
		l.Deck, l.Prefix = r.src.Deck, r.deck.Prefix(ix)
		l.Name = lang.Text{En: r.deck.Name(ix)}
	case len(r.bands) > 0:
		l.From, l.Banded = r.bands[i].from, true
	}
	return l
}

// rowKey is the row's identifier, or its keys in words.
func rowKey(r *catalog.RateRow) string {
	if r.ID != "" {
		return r.ID
	}
	if r.Default {
		return "default"
	}
	return strings.Join(r.Match.Words(), "+")
}

// rate makes the per-call rate of a row with the component's defaults.
func (t *tariff) rate(r *catalog.RateRow, price catalog.Price) (deck.Rate, error) {
	inc := r.Increment
	if inc.IsZero() {
		inc = t.comp.Increment
	}
	if inc.IsZero() {
		inc = catalog.Increment{First: 60, Next: 60}
	}
	fee := r.ConnectFee
	if !fee.Set {
		fee = t.comp.ConnectFee
	}
	least, most := r.MinEach, r.MaxEach
	if !least.IsGiven() {
		least = t.comp.MinEach
	}
	if most.IsZero() {
		most = t.comp.MaxEach
	}
	per := int32(1) // a call
	if t.comp.Measure == catalog.TalkTime {
		per = int32(t.comp.Unit.Seconds())
	}
	out := deck.Rate{Per: per, First: inc.First, Next: inc.Next, Minimum: int32(catalog.Span(r.Shortest(t.comp))), Grace: int32(catalog.Span(t.comp.Grace))}
	if r.Blocked {
		out.Status = deck.Blocked
		return out, nil
	}
	if price.Unknown || fee.Unknown {
		out.Status = deck.Unknown
		return out, nil
	}
	var err error
	for _, m := range []struct {
		to   *int64
		from exact.Number
	}{{&out.Price, price.Number}, {&out.Connect, fee.Number}, {&out.MinCost, least}, {&out.MaxCost, most}} {
		if *m.to, err = m.from.Mul(exact.Int(deck.Nano)).Int64(); err != nil {
			return out, fmt.Errorf("price %s has more than nine decimals or is too large", m.from)
		}
	}
	return out, nil
}

// withDefaults fills what a deck's row leaves to the component.
func withDefaults(r deck.Rate, base *deck.Rate) deck.Rate {
	open := r.Connect == 0 && !r.ConnectFree
	if base.Status == deck.Unknown && r.Status == deck.Priced && open {
		r.Status = deck.Unknown // the connect fee it leaves open is not known
	}
	r.Minimum = max(r.Minimum, base.Minimum)
	if r.Grace == 0 {
		r.Grace = base.Grace
	}
	if open {
		r.Connect = base.Connect
	}
	if r.MinCost == 0 {
		r.MinCost = base.MinCost
	}
	if r.MaxCost == 0 {
		r.MaxCost = base.MaxCost
	}
	return r
}

// addClock gathers the schedules the rows name.
func (t *tariff) addClock(terms *contract.Terms) error {
	index := map[string]int{}
	var used []*catalog.Schedule
	for i := range t.rows {
		for _, id := range t.rows[i].match.Schedule {
			if _, known := index[id]; !known {
				s, ok := terms.Plan.Schedule(id)
				if !ok {
					return fmt.Errorf("component %s: schedule %q is not in the plan", t.comp.ID, id)
				}
				index[id] = len(used)
				used = append(used, s)
			}
			t.rows[i].schedules = append(t.rows[i].schedules, index[id])
		}
	}
	if len(used) == 0 {
		return nil
	}
	var err error
	t.clock, err = newClockwork(terms, used)
	return err
}

// best is the most specific row that takes a call while a schedule is in force;
// rows come in the order of the plan, ties were refused when it was checked.
func (t *tariff) best(v *view, schedule int) *row {
	var out *row
	for i := range t.rows {
		r := &t.rows[i]
		if out != nil && r.keys <= out.keys {
			continue
		}
		if len(r.schedules) > 0 && !contains(r.schedules, schedule) {
			continue
		}
		if r.keys > 0 && !takes(&r.match, v) {
			continue
		}
		out = r
	}
	return out
}

func contains(list []int, x int) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

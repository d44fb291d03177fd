package compare

import (
	"maps"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Candidate is an offer to be compared, with what its bills need.
type Candidate struct {
	Offer *offer.Offer // checked and completed
	Plan  *catalog.Plan
	Decks map[string]*deck.Deck
}

// candidate is a Candidate made ready: its plans at both ends of its open
// prices, with and without hidden fees.
type candidate struct {
	Candidate
	loc      *time.Location
	holidays map[string]*timex.Calendar
	rate     exact.Number // units of the comparison's currency for one of its own
	term     int          // months of its least term; 0: none, or not said
	variants []*variant   // each plan once
	at       map[which]*variant
	plain    *variant // the plan without fees, lower end
	first    timex.Date
	own      bool // its billing period is no month
}

// which names one of an offer's plans.
type which struct {
	end  offer.End
	fees bool
	aged bool
}

// variant is one plan and its terms.
type variant struct {
	plan     *catalog.Plan
	base     *contract.Terms // of the first month; other months are Within it
	oneByOne string          // component that asks for each call; empty: none
	ageless  bool            // no bill depends on how old the contract is
	carries  bool            // what one month leaves, another uses
}

// newCandidate makes an offer ready for months that begin on a day.
func newCandidate(c Candidate, in *Input, first timex.Date) (_ *candidate, err error) {
	defer fault.Wrap(&err, "offer %s", c.Offer.ID)
	out := &candidate{Candidate: c, holidays: in.Holidays, first: first, at: map[which]*variant{}}
	if out.loc, err = timex.LoadZone(c.Plan.Zone); err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	out.own = !c.Plan.ByMonth()
	if out.rate, err = in.rateOf(c.Plan.Currency); err != nil {
		return nil, err
	}
	if err := taxKnown(c, in.Tax); err != nil {
		return nil, err
	}
	if t := c.Offer.Term; !t.IsZero() {
		out.term = monthsOf(t)
	}
	return out, out.addVariants()
}

// addVariants makes every plan the offer can come to, each once.
func (c *candidate) addVariants() error {
	known := map[string]*variant{}
	for _, fees := range []bool{false, true} {
		for _, end := range []offer.End{offer.Low, offer.High} {
			for _, aged := range []bool{false, true} {
				plan, err := c.Offer.PlanAt(c.Plan, end, fees, aged)
				if err != nil {
					return err
				}
				key := string(catalog.Canonical(plan))
				if known[key] == nil {
					if known[key], err = c.variant(plan); err != nil {
						return err
					}
					c.variants = append(c.variants, known[key])
				}
				c.at[which{end, fees, aged}] = known[key]
			}
		}
	}
	c.plain = c.at[which{offer.Low, false, false}]
	return nil
}

func (c *candidate) variant(plan *catalog.Plan) (*variant, error) {
	first, after := timex.CalendarCycle(timex.Month).Containing(c.first)
	terms, problems := contract.TermsFor(contract.Inputs{Plan: plan, Decks: c.Decks, Loc: c.loc, First: first, After: after, Holidays: c.holidays, Stated: c.stated()})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	v := &variant{plan: plan, base: terms, ageless: true}
	for i := range plan.Components {
		comp := &plan.Components[i]
		v.ageless = v.ageless && comp.Measure != catalog.OneOff && comp.Trial == 0 && (comp.Every == "" || comp.Every == timex.Month)
	}
	for _, pk := range plan.AllPackages() {
		v.carries = v.carries || pk.Rollover != nil || pk.From != 0 || pk.To != 0
	}
	if plan.Period.Anchor == catalog.ContractAnchor || v.carries {
		v.ageless = false
	}
	var err error
	if v.oneByOne, err = meter.OneByOne(terms); c.own && v.oneByOne == "" {
		v.oneByOne = ownPeriod
	}
	return v, err
}

// ownPeriod stands for a component where it is the billing period that asks for
// every call: those that look alike are counted by months.
const ownPeriod = "period"

// stated are the quantities and modules an offer comes with.
func (c *candidate) stated() contract.Stated {
	out := contract.Stated{Quantities: c.Offer.Quantities}
	for _, m := range c.Offer.Modules {
		out.Modules = append(out.Modules, contract.ModuleTerm{Module: m, From: longAgo})
	}
	return out
}

// longAgo is before any usage: a module an offer has is on throughout.
var longAgo = timex.NewDate(1990, time.January, 1)

// within are the variant's terms for one month under a load.
func (v *variant) within(m month, l *load) *contract.Terms {
	t := v.base.Within(m.first, m.after)
	v.under(l, t)
	return t
}

// under makes terms those of a load: without modules it switches off, with as
// many seats as a change leaves.
func (v *variant) under(l *load, t *contract.Terms) {
	if len(l.off) > 0 {
		t.Modules = slices.DeleteFunc(slices.Clone(t.Modules), func(m usage.Module) bool { return l.off[lower(m.Module)] })
	}
	if l.seats == nil {
		return
	}
	t.Quantities = maps.Clone(t.Quantities)
	for id, n := range t.Quantities {
		if comp, ok := v.plan.Component(id); ok && comp.Measure.OfSeats() {
			t.Quantities[id] = n.Mul(*l.seats).Round(exact.HalfAway, 0)
		}
	}
}

// monthsOf is a term in months, rounded up where it is counted in days.
func monthsOf(t contract.Term) int {
	if m := t.Unit.Months(); m > 0 {
		return m * t.Count
	}
	start := timex.NewDate(2026, 1, 1)
	end := t.From(start)
	n := 0
	for start.AddMonths(n) < end {
		n++
	}
	return n
}

// taxKnown refuses offers whose tax cannot be told on the basis asked for.
func taxKnown(c Candidate, basis TaxBasis) error {
	bare := len(c.Plan.Tax.Classes) == 0 && c.Offer.Tax == nil
	switch {
	case bare && basis == Inclusive:
		return refuse("no_tax", "amounts are to contain tax, and neither the offer nor its plan says which tax is due: state tax in the offer, 0%% if none is")
	case bare && c.Plan.Tax.Prices == catalog.TaxInclusive:
		return refuse("no_tax", "its prices contain tax, and no rate is stated: state tax in the offer, so that it can be taken out")
	}
	return nil
}

// refusal is an error that is told to the buyer as a sentence too.
type refusal struct {
	key  string
	args map[string]string
	err  error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(key, format string, args ...any) error {
	return &refusal{key: key, err: fault.New(fault.Invalid, format, args...)}
}

package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Bounds of a plan.
const (
	MaxComponents = 500
	maxRates      = 1000 // rows of a call-type matrix; more belong in a deck
	maxAllRates   = 10_000
	maxItems      = 1000 // of any other list
	maxFindings   = 200
	maxPeriods    = 120 // units in one billing period
)

// maxPrice and maxQuantity keep price times quantity within money.Amount, which
// ends at 9.2e12: a price of 1e9 is beyond any, a quantity of 1e12 seconds is
// three hundred centuries.
var (
	maxPrice    = exact.Int(1_000_000_000)
	maxQuantity = exact.Int(1_000_000_000_000)
)

// Validate checks that a plan makes sense. Every finding has the path of what
// it is about; warnings are legal but deserve a look. Findings are in the order
// of the plan's parts, at most two hundred.
func (p *Plan) Validate() fault.Problems {
	c := &check{p: p, used: map[string]bool{}}
	c.head()
	c.taxes()
	c.modules()
	c.decks()
	c.components()
	c.shares()
	c.packages()
	c.groups()
	c.totals()
	c.unused()
	return c.all()
}

// check gathers findings about one plan.
type check struct {
	p     *Plan
	found fault.Problems
	more  int
	lost  bool            // one of them an error
	used  map[string]bool // "deck x", "schedule y": named by something
}

func (c *check) put(p fault.Problem) {
	if len(c.found) >= maxFindings {
		c.more++
		c.lost = c.lost || !p.Warning
		return
	}
	c.found = append(c.found, p)
}

// bad books an error: what is wrong, what would be right.
func (c *check) bad(path, what, expected string) {
	c.put(fault.Problem{Path: path, What: what, Expected: expected})
}

// warn books something legal that deserves a look.
func (c *check) warn(path, what, fix string) {
	c.put(fault.Problem{Path: path, What: what, Fix: fix, Warning: true})
}

func (c *check) all() fault.Problems {
	if c.more > 0 {
		c.found = append(c.found, fault.Problem{What: fmt.Sprintf("and %d more findings", c.more), Warning: c.found.Err() == nil && !c.lost})
	}
	return c.found
}

var (
	idPattern     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	regionPattern = regexp.MustCompile(`^[A-Z]{2}$`)
)

// ValidID tells whether a word can name a plan, a contract or a part of one: 1
// to 64 letters, digits, - _ and dots, a letter or digit first.
func ValidID(s string) bool { return idPattern.MatchString(s) }

const idExpected = "1 to 64 letters, digits, - _ and dots, a letter or digit first"

// id checks an identifier and that nothing of its kind has it yet.
func (c *check) id(path, id string, seen map[string]string) {
	if !ValidID(id) {
		c.put(fault.Problem{Path: path, Value: id, What: "not an identifier", Expected: idExpected})
		return
	}
	if first, twice := seen[id]; twice {
		c.put(fault.Problem{Path: path, Value: id, What: "the identifier is there twice", Expected: "each identifier once", Fix: "the other is " + first})
		return
	}
	seen[id] = path
}

// head checks what a plan says before its lists.
func (c *check) head() {
	p := c.p
	if !ValidID(p.ID) {
		c.put(fault.Problem{Path: "plan", Value: p.ID, What: "not an identifier", Expected: idExpected})
	}
	if p.Version < 0 {
		c.bad("version", "a version below 1", "1 or more")
	}
	if p.Currency.IsZero() {
		c.bad("currency", "no currency", "an ISO 4217 code such as CNY")
	}
	if _, err := timex.LoadZone(p.Zone); err != nil {
		c.put(fault.Problem{Path: "time_zone", Value: p.Zone, What: "not an IANA time zone", Expected: "a name such as Asia/Shanghai"})
	}
	if p.Home != "" && !regionPattern.MatchString(p.Home) {
		c.put(fault.Problem{Path: "home_region", Value: p.Home, What: "not an ISO region", Expected: "two capitals such as CN"})
	}
	if p.Period.Count < 0 || p.Period.Count > maxPeriods {
		c.bad("period.count", "a billing period of "+strconv.Itoa(p.Period.Count)+" units", "1 to "+strconv.Itoa(maxPeriods))
	}
	if t := p.Termination; t != nil {
		c.percent("early_termination.share", &t.Share, exact.One)
		c.price("early_termination.amount", t.Amount)
		c.months("early_termination.months", t.Months)
		c.taxClass("early_termination.tax", t.Tax)
	}
	if o := p.Offer; o != nil && !slices.Contains([]string{"A", "B", "C", "D"}, o.Confidence) {
		c.put(fault.Problem{Path: "offer.confidence", Value: o.Confidence, What: "no such confidence", Expected: "A the vendor's own page, B a dated transcription, C hearsay, D a guess"})
	}
	for i, word := range p.Unmetered {
		known := slices.Contains([]string{"calls", "sessions", "seats", "events", "modules", "rentals"}, word)
		if kind, ok := strings.CutPrefix(word, "events:"); !known && !(ok && kind != "") {
			c.put(fault.Problem{Path: index("unmetered", i), Value: word, What: "no kind of usage", Expected: "calls, sessions, events, modules, rentals, seats, or events:KIND"})
		}
	}
}

// taxes checks the tax classes and their dates.
func (c *check) taxes() {
	t := &c.p.Tax
	seen := map[string]string{}
	for i := range t.Classes {
		class, path := &t.Classes[i], index("tax.classes", i)
		c.id(path+".id", class.ID, seen)
		if len(class.Rates) == 0 {
			c.bad(path+".rates", "no rate", "at least one, such as 6%")
		}
		for j := range class.Rates {
			r, at := &class.Rates[j], index(path+".rates", j)
			c.percent(at+".rate", &r.Rate, exact.One)
			if j > 0 && r.From <= class.Rates[j-1].From {
				c.put(fault.Problem{Path: at + ".from", What: "rates out of order", Expected: "a day after " + class.Rates[j-1].From.String(), Fix: "list rates oldest first, each with its first day"})
			}
		}
		if len(class.Rates) == 0 || class.Rates[0].From == 0 {
			continue
		}
		if from := class.Rates[0].From; c.p.Effective == 0 || c.p.Effective < from {
			c.warn(path+".rates[0].from", "no rate before "+from.String(), "usage before that day cannot be invoiced; leave from out if the rate always held")
		}
	}
	c.taxClass("tax.default", t.Default)
	if t.Prices == TaxInclusive && len(t.Classes) == 0 {
		c.bad("tax.prices", "prices contain tax, but no class says how much", "tax.classes with rates")
	}
}

// taxClass checks a reference; an empty one is none.
func (c *check) taxClass(path, id string) {
	if id == "" {
		return
	}
	if !slices.ContainsFunc(c.p.Tax.Classes, func(t TaxClass) bool { return t.ID == id }) {
		var known []string
		for _, t := range c.p.Tax.Classes {
			known = append(known, t.ID)
		}
		c.missing(path, "tax class", id, known)
	}
}

// missing books a reference to something that is not there.
func (c *check) missing(path, kind, id string, known []string) {
	expected := "one of " + strings.Join(known, ", ")
	if len(known) == 0 {
		expected = "one that the plan has; it has none"
	} else if len(known) > 20 {
		expected = "one of " + strings.Join(known[:20], ", ") + " ..."
	}
	c.put(fault.Problem{Path: path, Value: id, What: "no such " + kind, Expected: expected})
}

// component checks a reference to a component.
func (c *check) component(path, id string) (*Component, bool) {
	comp, ok := c.p.Component(id)
	if !ok {
		known := make([]string, len(c.p.Components))
		for i := range c.p.Components {
			known[i] = c.p.Components[i].ID
		}
		c.missing(path, "component", id, known)
	}
	return comp, ok
}

// references checks a list of components, none of them twice.
func (c *check) references(path string, ids []string) {
	for i, id := range ids {
		c.component(index(path, i), id)
		if slices.Index(ids, id) < i {
			c.put(fault.Problem{Path: index(path, i), Value: id, What: "the component is there twice", Expected: "each once"})
		}
	}
}

// months checks how many months of fees leaving early costs.
func (c *check) months(path string, n int) {
	every := c.p.Period.Every
	switch {
	case n < 0 || n > maxPeriods:
		c.bad(path, strconv.Itoa(n)+" months", "0 to "+strconv.Itoa(maxPeriods))
	case n > 0 && every != "" && every.Months() == 0:
		c.bad(path, "months of a plan that is billed by the "+string(every), "share or amount")
	}
}

// price checks a number that is money.
func (c *check) price(path string, n exact.Number) {
	switch {
	case n.Sign() < 0:
		c.bad(path, "a negative amount "+n.String(), "0 or more; what is taken off is a discount")
	case maxPrice.Less(n):
		c.bad(path, "an amount beyond any price", "at most "+maxPrice.String())
	}
}

// amount is price, for money that stands on the invoice as it is: it cannot be
// finer than the currency.
func (c *check) amount(path string, n exact.Number) {
	c.price(path, n)
	if e := c.p.Currency.Exponent(); !c.p.Currency.IsZero() && !n.Round(exact.Down, e).Equal(n) {
		c.bad(path, fmt.Sprintf("%s has more decimals than %s", n, c.p.Currency), fmt.Sprintf("at most %d", e))
	}
}

// quantity checks a number of things.
func (c *check) quantity(path string, n exact.Number) {
	switch {
	case n.Sign() < 0:
		c.bad(path, "a negative quantity "+n.String(), "0 or more")
	case maxQuantity.Less(n):
		c.bad(path, "a quantity beyond any use", "at most "+maxQuantity.String())
	}
}

// percent checks a share; nil is none.
func (c *check) percent(path string, share *Percent, most exact.Number) {
	if share == nil {
		return
	}
	if share.Sign() < 0 || most.Less(share.Number) {
		c.bad(path, "a share of "+share.String(), "0% to "+Percent{most}.String())
	}
}

// dates checks that a stretch of days is one.
func (c *check) dates(path string, from, to timex.Date) {
	if to != 0 && to <= from {
		c.bad(path+".to", "it ends on "+to.String()+", before it begins", "a day after "+from.String())
	}
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

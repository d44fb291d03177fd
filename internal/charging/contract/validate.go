package contract

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

const (
	maxItems = 1000   // of any list of a contract
	maxDays  = 36_500 // of any notice or payment term
)

var (
	shaPattern     = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Validate checks what a contract says by itself. Check compares it with its
// plan.
func (c *Contract) Validate() fault.Problems {
	k := &check{}
	if !catalog.ValidID(c.ID) {
		k.put("contract", c.ID, "not an identifier", "1 to 64 letters, digits, - _ and dots, a letter or digit first")
	}
	if c.Start == 0 {
		k.put("start", "", "no first day of service", "a date such as 2026-03-01")
	}
	if c.End != 0 && c.End <= c.Start {
		k.put("end", c.End.String(), "the contract ends before it begins", "a day after "+c.Start.String())
	}
	if c.Zone != "" {
		if _, err := timex.LoadZone(c.Zone); err != nil {
			k.put("time_zone", c.Zone, "not an IANA time zone", "a name such as Asia/Shanghai")
		}
	}
	k.party("seller", &c.Seller)
	k.party("buyer", &c.Buyer)
	k.agreement("", &c.Agreement)
	k.clauses(c)
	for i := range c.Ramps {
		k.agreement(at("ramps", i), &c.Ramps[i].Agreement)
		if c.Ramps[i].After.IsZero() {
			k.put(at("ramps", i)+".after", "", "no age", "a term such as 3 months")
		}
	}
	k.amendments(c)
	return k.found
}

// check gathers findings about a contract.
type check struct{ found fault.Problems }

func (k *check) put(path, value, what, expected string) {
	k.found = append(k.found, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
}

func (k *check) warn(path, what, fix string) {
	k.found = append(k.found, fault.Problem{Path: path, What: what, Fix: fix, Warning: true})
}

func (k *check) party(path string, p *Party) {
	if p.Country != "" && !countryPattern.MatchString(p.Country) {
		k.put(path+".country", p.Country, "not an ISO country", "two capitals such as CN")
	}
}

// clauses checks the days, shares and hashes of the other clauses.
func (k *check) clauses(c *Contract) {
	k.days("price_change_notice_days", c.PriceNoticeDays)
	k.days("payment_terms_days", c.PaymentTermsDays)
	k.days("objection_days", c.ObjectionDays)
	k.sha("document_sha256", c.DocumentSHA256)
	k.ofClauses(c.Clauses)
	if t := c.Termination; t != nil {
		k.share("early_termination.share", &t.Share)
		k.amount("early_termination.amount", t.Amount)
		if t.Months > 0 && !c.Term.IsZero() && (Term{Count: t.Months, Unit: timex.Month}).From(c.Start) > c.Term.From(c.Start) {
			k.warn("early_termination.months", fmt.Sprintf("leaving costs %d months, the whole term is %s: leaving costs more than staying", t.Months, c.Term), "ask which of the two holds")
		}
		if c.Term.IsZero() {
			k.warn("early_termination", "a contract without a term never ends before it", "name the term")
		}
	}
	k.renewal(c)
	if p := c.Prepayment; p != nil {
		k.share("prepayment.discount", p.Percent)
		k.amount("prepayment.amount", p.Amount)
	}
	k.serviceLevels(c.ServiceLevels)
}

// renewal checks the notice against the term it must be given in.
func (k *check) renewal(c *Contract) {
	r := c.Renewal
	if r == nil {
		return
	}
	first := timex.Date(0)
	if !c.Term.IsZero() && c.Start != 0 {
		first = c.Term.From(c.Start)
	}
	k.days("renewal.notice_days", r.NoticeDays)
	switch notice := timex.Date(r.NoticeDays); {
	case !r.Auto:
	case c.End == 0 && c.Term.IsZero():
		k.put("renewal.auto", "true", "it renews itself, and has neither a term nor an end to renew at: the two contradict each other", "a term, or auto: false")
	case first != 0 && notice > first-c.Start:
		k.put("renewal.notice_days", strconv.Itoa(r.NoticeDays), "the notice is longer than the term of "+c.Term.String()+": no day is left to give it on", fmt.Sprintf("0 to %d", first-c.Start))
	case first != 0 && !r.Term.IsZero() && notice > r.Term.From(first)-first:
		k.warn("renewal.notice_days", fmt.Sprintf("the notice of %d days is longer than the %s it renews for: once renewed, it renews again before notice can end it", r.NoticeDays, r.Term), "ask for a notice within the renewal")
	}
}

func (k *check) days(path string, n int) {
	if n < 0 || n > maxDays {
		k.put(path, strconv.Itoa(n), "not a number of days", fmt.Sprintf("0 to %d", maxDays))
	}
}

func (k *check) sha(path, s string) {
	if s != "" && !shaPattern.MatchString(s) {
		k.put(path, s, "not a SHA-256", "64 hexadecimal digits")
	}
}

func (k *check) share(path string, p *catalog.Percent) {
	if p != nil && (p.Sign() < 0 || exact.One.Less(p.Number)) {
		k.put(path, p.String(), "not a share", "0% to 100%")
	}
}

func (k *check) amount(path string, n exact.Number) {
	if n.Sign() < 0 {
		k.put(path, n.String(), "a negative amount", "0 or more")
	}
}

// amendments checks that they come in order and each changes something.
func (k *check) amendments(c *Contract) {
	seen := map[string]bool{}
	for i := range c.Amendments {
		a, path := &c.Amendments[i], at("amendments", i)
		switch {
		case !catalog.ValidID(a.ID):
			k.put(path+".id", a.ID, "not an identifier", "1 to 64 letters, digits, - _ and dots, a letter or digit first")
		case seen[a.ID]:
			k.put(path+".id", a.ID, "the identifier is there twice", "each once")
		}
		seen[a.ID] = true
		if a.On < c.Start {
			k.put(path+".on", a.On.String(), "an amendment from before the contract begins", "a day from "+c.Start.String()+" on")
		}
		if i > 0 && a.On < c.Amendments[i-1].On {
			k.put(path+".on", a.On.String(), "amendments out of order", "oldest first: a day from "+c.Amendments[i-1].On.String()+" on")
		}
		if a.End != 0 && a.End < a.On {
			k.put(path+".end", a.End.String(), "service ends before the amendment holds", "a day from "+a.On.String()+" on")
		}
		if a.End == 0 && reflect.ValueOf(a.Agreement).IsZero() {
			k.warn(path, "the amendment changes nothing", "name what it changes, or keep it as a note")
		}
		k.sha(path+".document_sha256", a.DocumentSHA256)
		k.agreement(path, &a.Agreement)
	}
}

// agreement checks prices and quantities as far as they can be without a plan.
func (k *check) agreement(path string, a *Agreement) {
	for _, id := range slices.Sorted(maps.Keys(a.Quantities)) {
		held, where := a.Quantities[id], key(path, "quantities", id)
		if held.Quantity.Sign() < 0 {
			k.put(where, held.Quantity.String(), "a negative quantity", "0 or more")
		}
		for i, ch := range held.Changes {
			if ch.Quantity.Sign() < 0 {
				k.put(at(where+".changes", i)+".quantity", ch.Quantity.String(), "a negative quantity", "0 or more")
			}
			if i > 0 && ch.On <= held.Changes[i-1].On {
				k.put(at(where+".changes", i)+".on", ch.On.String(), "changes out of order", "a day after "+held.Changes[i-1].On.String())
			}
		}
	}
	for i, m := range a.Modules {
		if m.To != 0 && m.From != 0 && m.To <= m.From {
			k.put(at(key(path, "modules", ""), i)+".to", m.To.String(), "the module goes off before it is on", "a day after "+m.From.String())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.Prices)) {
		o := a.Prices[id]
		where := key(path, "prices", id)
		if reflect.ValueOf(o).IsZero() {
			k.warn(where, "nothing is changed", "name a price or a rule")
		}
		if forms := o.forms(); len(forms) > 1 {
			k.put(where+"."+forms[1], "", "two prices: "+forms[0]+" and "+forms[1], "one of unit_price, tiers, block, rates or deck")
		}
	}
	k.commitments(path, a.Commitments)
	for _, list := range []struct {
		name string
		size int
	}{{"modules", len(a.Modules)}, {"discounts", len(a.Discounts)}, {"commitments", len(a.Commitments)}, {"packs", len(a.Packs)}} {
		if list.size > maxItems {
			k.put(key(path, list.name, ""), strconv.Itoa(list.size), "too many", fmt.Sprintf("at most %d", maxItems))
		}
	}
}

func (k *check) commitments(path string, list []Commitment) {
	seen := map[string]bool{}
	for i := range list {
		c, where := &list[i], at(key(path, "commitments", ""), i)
		if !catalog.ValidID(c.ID) || seen[c.ID] {
			k.put(where+".id", c.ID, "not an identifier of its own", "1 to 64 letters, digits, - _ and dots, each once")
		}
		seen[c.ID] = true
		switch {
		case (c.Quantity == nil) == (c.Amount == nil):
			k.put(where, "", "a commitment needs a quantity or an amount", "one of the two")
		case c.Quantity != nil && (c.Component == "" || len(c.Components) > 0):
			k.put(where+".component", c.Component, "a quantity is one component's", "component, and no components")
		case c.Amount != nil && c.Component != "":
			k.put(where+".component", c.Component, "an amount counts several components", "components, a list")
		}
		if c.Quantity != nil && c.Quantity.Sign() < 0 || c.Amount != nil && c.Amount.Sign() < 0 {
			k.put(where, "", "a negative commitment", "0 or more")
		}
		if c.Amount != nil && (c.Overage.Set || c.Price.Set) {
			k.put(where, "", "overage and price are of a unit; an amount has none", "a quantity and its component")
		}
		if c.Price.Unknown || c.Overage.Unknown || c.Price.Sign() < 0 || c.Overage.Sign() < 0 {
			k.put(where, "", "a price of a commitment that is negative or not known", "0 or more")
		}
		if c.To != 0 && c.To <= c.From {
			k.put(where+".to", c.To.String(), "it ends before it begins", "a day after "+c.From.String())
		}
	}
}

// key makes a path: "", list and id of a map.
func key(path, list, id string) string {
	if path != "" {
		list = path + "." + list
	}
	if id == "" {
		return list
	}
	if catalog.ValidID(id) && !strings.Contains(id, ".") {
		return list + "." + id
	}
	return list + "[" + strconv.Quote(id) + "]"
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

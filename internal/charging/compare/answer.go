package compare

import (
	"slices"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Result ends the gathering and answers. Errors are of kind Invalid where the
// usage or the offers leave nothing to compare.
func (c *Comparison) Result() (_ *Result, err error) {
	defer fault.Wrap(&err, "compare")
	if err := c.begin(); err != nil {
		return nil, err
	}
	c.known = c.summary()
	ledgers := make([]*ledger, len(c.cands))
	costs := make([]Cost, len(c.cands))
	failed := make([]error, len(c.cands))
	err = each(len(c.cands), c.in.Workers, func(i int) error {
		ledgers[i] = c.ledger(c.cands[i], c.load)
		costs[i], failed[i] = c.cost(c.cands[i], ledgers[i])
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := c.drop(ledgers, costs, failed); err != nil {
		return nil, err
	}
	r := &Result{Version: Version, Basis: c.basis(), Offers: c.costs, Refused: c.refused, Notes: c.notes}
	at := slices.Index(r.Basis.Months, r.Basis.Decides)
	markBest(r.Offers)
	r.Differences = c.differences(r.Offers, at)
	return r, c.answers(r, at)
}

func (c *Comparison) ledger(cand *candidate, l *load) *ledger {
	return newLedger(cand, l, c.months, c.in.Tax)
}

// drop takes out offers whose bills could not be made, with the reason, and puts
// the others in order.
func (c *Comparison) drop(ledgers []*ledger, costs []Cost, failed []error) error {
	type one struct {
		cand   *candidate
		ledger *ledger
		cost   Cost
	}
	var good []one
	for i, err := range failed {
		if err != nil {
			c.refuse(c.cands[i].Candidate, err)
			continue
		}
		good = append(good, one{c.cands[i], ledgers[i], costs[i]})
	}
	if len(good) == 0 {
		return fault.New(fault.Invalid, "no offer can be compared: %s", c.reasons())
	}
	at := slices.Index(c.in.Months, c.decides())
	slices.SortStableFunc(good, func(a, b one) int {
		return cmpRange(a.cost.Horizons[at].Total, b.cost.Horizons[at].Total, a.cost.Offer, b.cost.Offer)
	})
	c.cands, c.ledgers, c.costs = nil, nil, nil
	for _, g := range good {
		c.cands, c.ledgers, c.costs = append(c.cands, g.cand), append(c.ledgers, g.ledger), append(c.costs, g.cost)
	}
	return nil
}

// decides is the horizon that decides: a year if it was asked for, else the
// longest.
func (c *Comparison) decides() int {
	if slices.Contains(c.in.Months, 12) {
		return 12
	}
	return c.in.Months[len(c.in.Months)-1]
}

func (c *Comparison) basis() Basis {
	b := Basis{Currency: c.in.Currency, Tax: c.in.Tax, Months: c.in.Months, Decides: c.decides(), First: c.months[0].first, After: c.months[len(c.months)-1].after,
		Periods: len(c.months), Seed: c.in.Seed, Usage: c.known, Fees: true, Profile: c.in.Profile, Current: c.in.Current}
	for _, r := range c.in.Rates {
		if slices.ContainsFunc(c.cands, func(x *candidate) bool { return x.Plan.Currency == r.From && r.From != c.in.Currency }) {
			b.Rates = append(b.Rates, r)
		}
	}
	return b
}

// answers fills what was asked for.
func (c *Comparison) answers(r *Result, at int) (err error) {
	steps := []struct {
		of  Answer
		run func(*Result, int) error
	}{
		{AnswerBreakEven, c.breakEvens}, {"", c.feeSheets}, {AnswerRounding, c.rounding}, {AnswerWaste, c.waste}, {AnswerVolatility, c.volatility},
		{AnswerWhatIf, c.whatIfs}, {AnswerFlexibility, c.flexibility}, {AnswerService, c.service}, {AnswerSensitivity, c.sensitivity},
		{"", c.scores}, {"", c.recommend},
	}
	for _, s := range steps {
		if s.of == "" || c.in.wants(s.of) {
			if err := s.run(r, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// Bill is the bill behind one figure: of an offer in a real month, at one end of
// its open prices, with its stated hidden fees or without; age is how many
// months the service has run, -1 for as long as it matters. It is what waihu
// bill makes of the same facts.
func (c *Comparison) Bill(offerID string, monthNumber int, end offer.End, fees bool, age int) (total exact.Number, currency money.Currency, err error) {
	if err := c.begin(); err != nil {
		return total, currency, err
	}
	at := slices.IndexFunc(c.cands, func(x *candidate) bool { return x.Offer.ID == offerID })
	if at < 0 || monthNumber < 0 || monthNumber >= len(c.months) {
		return total, currency, fault.New(fault.NotFound, "no bill of offer %q, month %d", offerID, monthNumber)
	}
	b, err := c.ledger(c.cands[at], c.load).bill(c.cands[at].at[which{end, fees, false}], monthNumber, age, nil)
	if err != nil {
		return total, currency, err
	}
	return b.total, c.cands[at].Plan.Currency, nil
}

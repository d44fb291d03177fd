package compare

import (
	"slices"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
)

// feeSheets answers the checklist for each offer, with what each fee comes to
// over the deciding horizon.
func (c *Comparison) feeSheets(r *Result, at int) error {
	for i, cand := range c.cands {
		s := FeeSheet{Offer: cand.Offer.ID, Asked: len(offer.Categories())}
		for h, hz := range r.Offers[i].Horizons {
			s.Totals = append(s.Totals, FeeTotal{Months: c.in.Months[h], Without: hz.Plan, With: hz.Total})
		}
		for _, cat := range offer.Categories() {
			a, err := c.feeAnswer(i, cat, c.in.Months[at])
			if err != nil {
				return err
			}
			if a.Answer != offer.Unknown {
				s.Known++
			}
			s.Answers = append(s.Answers, a)
		}
		r.HiddenFees = append(r.HiddenFees, s)
	}
	return nil
}

// feeAnswer is one answer, with the lines its fee has on the bills.
func (c *Comparison) feeAnswer(i int, cat offer.Category, months int) (FeeAnswer, error) {
	cand := c.cands[i]
	f := cand.Offer.FeeOf(cat)
	a := FeeAnswer{Category: cat, Answer: f.Answer, InPlan: f.Component, Per: f.Per, Note: f.Note}
	if f.Answer != offer.Charged || f.Per == "" && !f.Amount.Unknown {
		return a, nil
	}
	low, high := f.PriceAt(offer.Low), f.PriceAt(offer.High)
	a.Amount = &FeeAmount{Low: low.Number, High: high.Number, Unknown: low.Unknown, Currency: cand.Plan.Currency}
	if f.Per == offer.OnRenewal {
		a.Amount = &FeeAmount{Low: f.Percent.Number, High: f.Percent.Number, Percent: true, Currency: cand.Plan.Currency}
	}
	if f.Per == offer.Occasion && f.Times.IsZero() {
		a.Listed = true
		return a, nil
	}
	s, err := c.feeSpan(i, cat, months)
	if err != nil {
		return a, err
	}
	cost, err := c.rangeOf(cand, s)
	a.Cost = &cost
	return a, err
}

// feeSpan sums the lines of a fee over the months, before tax.
func (c *Comparison) feeSpan(i int, cat offer.Category, months int) (s span, err error) {
	ends := []offer.End{offer.Low}
	if c.cands[i].Offer.HasRanges() {
		ends = append(ends, offer.High)
	}
	for n, end := range ends {
		bills, err := c.ledgers[i].chain(end, true, months, 0)
		if err != nil {
			return s, err
		}
		total := exact.Zero
		for _, p := range pieces(bills) {
			if p.component == offer.FeeID(cat) {
				total = total.Add(p.amount)
			}
		}
		for _, b := range bills {
			s.open = s.open || slices.Contains(b.unknown, offer.FeeID(cat))
		}
		if n == 0 {
			s.low = total
		}
		s.high = total
	}
	return s, nil
}

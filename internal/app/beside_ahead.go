package app

import (
	"math"
	"strconv"

	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// ahead forecasts the next months where there are enough to judge a forecast by,
// and bills the cheapest offers in them.
func (b *besides) ahead() error {
	o, err := b.observe()
	if err != nil {
		return err
	}
	looks, err := o.Ahead(aheadMonths, nil)
	if err != nil {
		return err
	}
	by := map[forecast.Figure]*forecast.Outlook{}
	for i := range looks {
		by[looks[i].Figure] = &looks[i]
	}
	minutes := by[forecast.Minutes]
	if minutes == nil || minutes.Few {
		return nil
	}
	out := &compare.Forecast{Method: string(minutes.Method)}
	most := 0.0
	for i, m := range minutes.Months {
		seats := by[forecast.PeakSeats].Months[i]
		out.Months = append(out.Months, compare.ForecastMonth{First: m.Month.First(), Minutes: three(m), Seats: three(seats)})
		most = max(most, by[forecast.Attempts].Months[i].High)
	}
	b.r.Forecast = out
	if most > aheadCalls {
		out.Notes = append(out.Notes, compare.Phrase{Key: "report.note.ahead", Args: map[string]string{"calls": strconv.Itoa(aheadCalls)}})
		return nil
	}
	usual, err := o.Describe("usage", "none", b.Input.Holidays)
	if err != nil {
		return err
	}
	priced := 0
	for i := range b.r.Offers {
		c := b.monthly(b.r.Offers[i].Offer)
		if c == nil || priced == aheadOffers {
			continue
		}
		priced++
		if err := b.price(c, usual, looks); err != nil {
			return err
		}
	}
	return nil
}

// price bills one offer in the months ahead.
func (b *besides) price(c *compare.Candidate, usual *forecast.Profile, looks []forecast.Outlook) error {
	p, err := b.plan(c, offer.Low)
	if err != nil {
		return err
	}
	team := *usual
	team.Zone = p.Zone // so that no made call falls into another month of the plan
	stated := contract.Stated{Quantities: c.Offer.Quantities}
	for _, id := range c.Offer.Modules {
		stated.Modules = append(stated.Modules, contract.ModuleTerm{Module: id, From: b.r.Forecast.Months[0].First})
	}
	costs, err := PriceAhead(&team, looks, Outlay{Plan: p, Decks: c.Decks, Stated: stated, Holidays: b.Input.Holidays, Seed: b.r.Basis.Seed, Tax: b.r.Basis.Tax == compare.Inclusive})
	if err != nil {
		return err
	}
	for i, cost := range costs {
		if cost.Open || i >= len(b.r.Forecast.Months) {
			continue
		}
		one := compare.ForecastCost{Offer: c.Offer.ID}
		for scenario, to := range map[forecast.Scenario]*money.Amount{forecast.Low: &one.Low, forecast.Expected: &one.Expected, forecast.High: &one.High} {
			if *to, err = money.ToMinor(cost.Totals[scenario].Exact().Mul(b.rates[p.Currency]), b.r.Basis.Currency); err != nil {
				return err
			}
		}
		m := &b.r.Forecast.Months[i]
		m.Costs = append(m.Costs, one)
	}
	return nil
}

// three are low, expected and high of a forecast, to whole ones.
func three(p forecast.Predicted) (out [3]exact.Number) {
	for i, s := range forecast.Scenarios() {
		out[i] = exact.Int(int64(math.Round(min(p.In(s), 1e15))))
	}
	return out
}

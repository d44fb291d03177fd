package app

import (
	"context"

	"waihu/internal/charging/budget"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Forecast is what a contract's period will cost when it ends, before tax.
type Forecast struct {
	First timex.Date `json:"first"`
	After timex.Date `json:"after"`
	budget.Forecast
}

// Outlook is a forecast with the whole days it was made from.
type Outlook struct {
	Forecast
	ByDay []budget.Day // use at list price
}

// Forecast says what the running period of a contract will cost. What is there
// so far is its draft; the use of the days left is taken from the whole days
// behind, at list price.
func (s *System) Forecast(ctx context.Context, c id.Company, contract id.ID) (Forecast, error) {
	out, err := s.Outlook(ctx, c, contract)
	return out.Forecast, err
}

// Outlook is the forecast of a contract and how its period went so far.
func (s *System) Outlook(ctx context.Context, c id.Company, contract id.ID) (out Outlook, err error) {
	defer fault.Wrap(&err, "forecast")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, of, b, err := s.runningPeriod(tx, c, contract)
		if err != nil {
			return err
		}
		today := tx.Now().DateIn(of.loc)
		cost, err := s.costOf(ctx, tx, c, &a, of, b, 0)
		if err != nil {
			return err
		}
		days, err := s.useByDay(ctx, tx, c, &a, of, b.First, b.After, today)
		if err != nil {
			return err
		}
		out = Outlook{Forecast{First: b.First, After: b.After}, days}
		out.Forecast.Forecast, err = budget.Until(cost.net, days, today, b.ServedTo)
		return err
	})
	return out, err
}

// useByDay is what calls cost on each whole day of a period so far, at list
// price.
func (s *System) useByDay(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, first, after, today timex.Date) ([]budget.Day, error) {
	in, _, err := s.runsOn(tx, c, a, of, periodOf(first, after))
	if err != nil {
		return nil, err
	}
	terms, err := of.terms(first, after, in)
	if err != nil {
		return nil, err
	}
	sums := map[timex.Date]exact.Number{}
	m, err := meter.New(terms, meter.Options{Detail: func(x *meter.Charged) {
		d := x.Call.Start.DateIn(of.loc)
		sums[d] = sums[d].Add(x.Cost)
	}})
	if err != nil {
		return nil, err
	}
	if err := tx.Usage().Each(ctx, c, a.ID, terms.Period, 0, m); err != nil {
		return nil, err
	}
	var out []budget.Day
	from, _ := terms.Service()
	for d := from; d < min(today, after); d++ {
		amount, err := money.ToMinor(sums[d], of.plan.Currency)
		if err != nil {
			return nil, fault.New(fault.Overflow, "%v", err)
		}
		out = append(out, budget.Day{On: d, Amount: amount})
	}
	return out, nil
}

package console

import (
	"strconv"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// outlookPoint is a day of the chart: what was spent by its end, and from today
// on what may be.
type outlookPoint struct {
	Day, Text                string
	Spent, Likely, Low, High *money.Amount
}

// Float is an amount for the chart; empty where there is none.
func (outlookPoint) Float(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return strconv.FormatFloat(float64(a.Micros())/money.Micro, 'f', -1, 64)
}

// fillOutlook draws the period: day by day so far, then to its end.
func (s *Server) fillOutlook(v *visit, b *budgetsBody) error {
	g, _, err := s.d.System.Glance(v.r.Context(), v.company, b.Deal.ID, v.plansSeen(), true)
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	if err != nil {
		b.Why = err.Error()
		return nil
	}
	if b.Outlook = g.Outlook; b.Outlook == nil {
		return nil
	}
	o := g.Outlook
	b.Sentence = v.say("budgets.forecast", "likely", lang.Money(v.Tag, o.Likely), "low", lang.Money(v.Tag, o.Low), "high", lang.Money(v.Tag, o.High), "date", (o.After - 1).String())
	if b.Against != nil && b.Against.Currency() == o.Likely.Currency() {
		switch {
		case o.Low.Cmp(*b.Against) > 0:
			b.Sentence += v.gap() + v.say("budgets.will_pass", "amount", lang.Money(v.Tag, *b.Against))
		case o.High.Cmp(*b.Against) > 0:
			b.Sentence += v.gap() + v.say("budgets.may_pass", "amount", lang.Money(v.Tag, *b.Against))
		default:
			b.Sentence += v.gap() + v.say("budgets.within", "amount", lang.Money(v.Tag, *b.Against))
		}
	}
	return b.points(v, o)
}

// points puts what does not depend on calls before the first day, so that the
// last day so far stands at what was spent.
func (b *budgetsBody) points(v *visit, o *app.Outlook) error {
	sum := o.Spent
	for _, d := range o.ByDay {
		var err error
		if sum, err = sum.Sub(d.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	for _, d := range o.ByDay {
		var err error
		if sum, err = sum.Add(d.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		at := sum
		b.Points = append(b.Points, outlookPoint{Day: itoa(int(d.On - o.First + 1)), Text: lang.Date(v.Tag, d.On), Spent: &at})
	}
	if n := len(b.Points); n > 0 && o.Left > 0 {
		last := &b.Points[n-1]
		last.Likely, last.Low, last.High = last.Spent, last.Spent, last.Spent
		b.Points = append(b.Points, outlookPoint{Day: itoa(int(o.After - o.First)), Text: lang.Date(v.Tag, o.After-1), Likely: &o.Likely, Low: &o.Low, High: &o.High})
	}
	return nil
}

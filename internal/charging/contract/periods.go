package contract

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// BillingPeriod is one period of a contract. Where service begins or ends within
// it, First and After are still those of the whole period, which shares of it
// are counted against.
type BillingPeriod struct {
	First, After         timex.Date // local dates [First, After)
	ServedFrom, ServedTo timex.Date // those of them in which the contract serves
}

// Stub tells whether service is shorter than the period.
func (b BillingPeriod) Stub() bool { return b.ServedFrom != b.First || b.ServedTo != b.After }

// maxPeriods bounds a list of periods: ten years of days.
const maxPeriods = 3_660

// Periods lists the billing periods that have a day of service in [from, to), in
// order. Contract may be nil. A from of 0 is the start of the contract, a to of
// 0 its end. It is Invalid to ask without a beginning or an end, or for more
// than ten years of daily bills.
func Periods(p *catalog.Plan, c *Contract, from, to timex.Date) ([]BillingPeriod, error) {
	t := Terms{Plan: p}
	if c != nil {
		t.Start, t.End = c.Service()
		t.Plan = c.PlanOn(p, from)
	}
	if from == 0 {
		from = t.Start
	}
	if to == 0 {
		to = t.End
	}
	if from == 0 || to == 0 {
		return nil, fault.New(fault.Invalid, "the contract has no beginning or no end: say from when until when")
	}
	from = max(from, t.Start)
	if t.End != 0 {
		to = min(to, t.End)
	}
	cycle := t.Cycle()
	var out []BillingPeriod
	for n := cycle.Index(from); cycle.Boundary(n) < to; n++ {
		if len(out) == maxPeriods {
			return nil, fault.New(fault.Invalid, "more than %d billing periods from %s to %s", maxPeriods, from, to)
		}
		b := BillingPeriod{First: cycle.Boundary(n), After: cycle.Boundary(n + 1)}
		t.First, t.After = b.First, b.After
		b.ServedFrom, b.ServedTo = t.Service()
		out = append(out, b)
	}
	return out, nil
}

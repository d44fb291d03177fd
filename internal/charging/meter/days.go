package meter

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Dates are the local dates [First, After).
type Dates struct{ First, After timex.Date }

// Days is how many there are.
func (d Dates) Days() int64 { return max(int64(d.After)-int64(d.First), 0) }

// Overlap is what two stretches of dates share; it may be empty.
func (d Dates) Overlap(e Dates) Dates { return Dates{max(d.First, e.First), min(d.After, e.After)} }

func (d Dates) in(loc *time.Location) timex.Period { return timex.Days(d.First, d.After, loc) }

// Fraction is a share of a period in the units it was counted in: 16 of 31
// days. Den is never zero.
type Fraction struct{ Num, Den exact.Number }

// Value is Num / Den.
func (f Fraction) Value() exact.Number {
	if f.Den.IsZero() {
		return exact.Zero
	}
	return f.Num.Div(f.Den)
}

// Served is the part of the period a component is charged for: the days of the
// contract, less the component's free trial at the contract's start.
func Served(c *catalog.Component, terms *contract.Terms) Dates {
	first, after := terms.Service()
	if c.Trial > 0 && terms.Start != 0 {
		const day = 24 * time.Hour
		first = max(first, terms.Start+timex.Date((time.Duration(c.Trial)+day-1)/day))
	}
	return Dates{min(first, after), after}
}

// Share is the part of a period that serving some of its days costs. Days of
// service outside the period do not count.
//
//	day         local dates served over local dates of the period
//	second      real seconds served over those of the period: 23 and 25 hour days as they are
//	fixed_30    local dates served over 30 for each month of the period, never
//	            more than 1; the whole period is exactly 1
//	thirty_360  both counted in months of 30 days, the 31st being the 30th
//	none        1 for any day at all
//	any_use     months with a day served over months, counted from the period's
//	            first day; for a period of a month or less it is 1 or 0
//
// Parts of a period add up to the whole under day, second and thirty_360 alone.
func Share(p catalog.Proration, service, period Dates, loc *time.Location) Fraction {
	b := newBasis(p, period, loc)
	var u used
	inside, t := service.Overlap(period), timex.Period{}
	if p == catalog.BySecond {
		t = inside.in(loc)
	}
	b.add(&u, inside, t)
	return b.share(&u)
}

// ShareOfTime is the share of a period by instants, for billing periods that do
// not begin and end with a local day.
func ShareOfTime(service, period timex.Period) Fraction {
	o := service.Overlap(period)
	if o.IsEmpty() {
		o.To = o.From
	}
	return Fraction{seconds(int64(o.To - o.From)), seconds(int64(period.To - period.From))}.whole()
}

// whole keeps the denominator from being zero or less: an empty period has no share.
func (f Fraction) whole() Fraction {
	if f.Den.Sign() <= 0 {
		return Fraction{exact.Zero, exact.One}
	}
	return f
}

func seconds(micros int64) exact.Number { return exact.Scaled(micros, 6) }

// basis is a way to count shares of one period; all of them have one denominator.
type basis struct {
	by     catalog.Proration
	period Dates
	cycle  timex.Cycle // months from the first day of the period
	months int         // whole months in the period, at least 1
	den    exact.Number
}

func newBasis(by catalog.Proration, period Dates, loc *time.Location) *basis {
	b := &basis{by: by, period: period, cycle: timex.Cycle{Unit: timex.Month, Count: 1, Anchor: period.First}}
	b.months = max(b.cycle.Index(period.After), 1)
	switch by {
	case catalog.BySecond:
		t := period.in(loc)
		b.den = seconds(int64(t.To - t.From))
	case catalog.Fixed30:
		b.den = exact.Int(30 * int64(b.months))
	case catalog.Thirty360:
		b.den = exact.Int(max(day360(period.After)-day360(period.First), 1)) // the 30th to the 31st is no day
	case catalog.NoProration:
		b.den = exact.One
	case catalog.AnyUse:
		b.den = exact.Int(int64(b.months))
	default:
		b.by = catalog.ByDay
		b.den = exact.Int(period.Days())
	}
	if b.den.Sign() <= 0 || period.Days() == 0 {
		b.den = exact.One
	}
	return b
}

// day360 numbers the days of a year of twelve months of 30 days.
func day360(d timex.Date) int64 {
	y, m, day := d.Civil()
	return int64(y)*360 + int64(m)*30 + int64(min(day, 30))
}

// used is what was used of a period, in every way a basis may count it.
type used struct {
	dates   Dates // from the first to the last
	days    int64
	days360 int64
	micros  int64
	months  map[int]bool // any_use: months touched, by index
}

// add counts a stretch within the period. Stretches added to one used must not
// share a day, or an instant where seconds count.
func (b *basis) add(u *used, d Dates, t timex.Period) {
	if !t.IsEmpty() {
		u.micros += int64(t.To - t.From)
	}
	if d.Days() == 0 {
		return
	}
	if u.dates.Days() == 0 {
		u.dates = d
	}
	u.dates = Dates{min(u.dates.First, d.First), max(u.dates.After, d.After)}
	u.days += d.Days()
	u.days360 += day360(d.After) - day360(d.First)
	if b.by == catalog.AnyUse {
		if u.months == nil {
			u.months = map[int]bool{}
		}
		for i, last := b.month(d.First), b.month(d.After-1); i <= last; i++ {
			u.months[i] = true
		}
	}
}

// month is the index of the month of the period that holds a day; days beyond
// the last whole month are of that month.
func (b *basis) month(d timex.Date) int { return min(b.cycle.Index(d), b.months-1) }

// share is the fraction of the period that was used.
func (b *basis) share(u *used) Fraction {
	num := exact.Int(u.days)
	switch b.by {
	case catalog.BySecond:
		num = seconds(u.micros)
	case catalog.Fixed30:
		if num = exact.Min(num, b.den); u.days > 0 && u.days >= b.period.Days() {
			num = b.den
		}
	case catalog.Thirty360:
		if num = exact.Int(u.days360); u.days > 0 && u.days >= b.period.Days() {
			num = b.den
		}
	case catalog.NoProration:
		num = exact.Int(min(u.days, 1))
	case catalog.AnyUse:
		num = exact.Int(int64(len(u.months)))
	}
	return Fraction{num, b.den}
}

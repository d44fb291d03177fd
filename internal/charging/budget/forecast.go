package budget

import (
	"math"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Day is what one whole local day cost by use.
type Day struct {
	On     timex.Date   `json:"on"`
	Amount money.Amount `json:"amount"`
}

// Method is how a forecast was made.
type Method string

const (
	// ByKindOfDay takes the mean of the working days seen for each working day
	// left, and that of rest days (Saturday, Sunday) for each rest day left.
	ByKindOfDay Method = "kind_of_day"
	// ByMean takes the mean of all days, where one kind was not seen yet.
	ByMean Method = "mean"
	// Unseen is a period without a whole day: what is there is all that is known.
	Unseen Method = "unseen"
)

// Forecast is what a period will cost when it ends.
type Forecast struct {
	Spent  money.Amount `json:"spent"`
	Likely money.Amount `json:"likely"`
	Low    money.Amount `json:"low"`  // one in ten periods ends below ...
	High   money.Amount `json:"high"` // ... and one in ten above, if days are independent of each other
	Method Method       `json:"method"`
	Days   int          `json:"days"` // whole days it was made from
	Left   int          `json:"left"` // days that are not over
}

// tenth is the deviation beyond which a tenth of a normal distribution lies.
const tenth = 1.2816

// Until says what a period will cost. spent is all of it so far, fixed fees
// included; days are the whole days so far, in any order; today is the first day
// that is not over. The amount of use on the days left is taken from the days
// seen; the interval is the spread of a day times the root of the days left.
func Until(spent money.Amount, days []Day, today, after timex.Date) (Forecast, error) {
	f := Forecast{Spent: spent, Likely: spent, Low: spent, High: spent, Method: Unseen, Days: len(days), Left: int(max(after-today, 0))}
	if f.Left == 0 || len(days) == 0 {
		return f, nil
	}
	c := spent.Currency()
	for i := range days {
		if days[i].Amount.Currency() != c {
			return f, fault.New(fault.Invalid, "day %s is in %s, the rest in %s", days[i].On, days[i].Amount.Currency(), c)
		}
	}
	work, rest := kinds(days)
	f.Method = ByKindOfDay
	leftWork, leftRest := 0, 0
	for d := today; d < after; d++ {
		if restDay(d) {
			leftRest++
		} else {
			leftWork++
		}
	}
	if len(work) == 0 && leftWork > 0 || len(rest) == 0 && leftRest > 0 {
		f.Method = ByMean
		work = append(work, rest...)
		rest = work
	}
	more := mean(work).Mul(exact.Int(int64(leftWork))).Add(mean(rest).Mul(exact.Int(int64(leftRest))))
	spread := tenth * math.Sqrt(variance(work)*float64(leftWork)+variance(rest)*float64(leftRest))
	var err error
	for _, p := range []struct {
		into *money.Amount
		n    exact.Number
	}{{&f.Likely, more}, {&f.Low, exact.Max(more.Sub(exact.Int(int64(spread))), exact.Zero)}, {&f.High, more.Add(exact.Int(int64(spread)))}} {
		if *p.into, err = plus(spent, p.n); err != nil {
			return f, err
		}
	}
	return f, nil
}

// plus adds an exact number of millionths, rounded to the minor unit.
func plus(a money.Amount, micros exact.Number) (money.Amount, error) {
	m, err := money.ToMinor(a.Exact().Add(micros.Div(exact.Int(money.Micro))), a.Currency())
	if err != nil {
		return a, fault.New(fault.Overflow, "%v", err)
	}
	return m, nil
}

func restDay(d timex.Date) bool { w := d.Weekday(); return w == 0 || w == 6 }

// kinds are the amounts of working days and of rest days, in millionths.
func kinds(days []Day) (work, rest []int64) {
	for _, d := range days {
		if restDay(d.On) {
			rest = append(rest, d.Amount.Micros())
		} else {
			work = append(work, d.Amount.Micros())
		}
	}
	return work, rest
}

func mean(list []int64) exact.Number {
	if len(list) == 0 {
		return exact.Zero
	}
	sum := exact.Zero
	for _, n := range list {
		sum = sum.Add(exact.Int(n))
	}
	return sum.Div(exact.Int(int64(len(list))))
}

// variance is that of the sample; of one day it is not known, and taken as the
// square of the day itself.
func variance(list []int64) float64 {
	switch len(list) {
	case 0:
		return 0
	case 1:
		return float64(list[0]) * float64(list[0])
	}
	m := mean(list).Float()
	sum := 0.0
	for _, n := range list {
		sum += (float64(n) - m) * (float64(n) - m)
	}
	return sum / float64(len(list)-1)
}

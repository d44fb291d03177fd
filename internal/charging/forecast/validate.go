package forecast

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// check gathers what is wrong with a profile.
type check struct{ found fault.Problems }

func (k *check) put(path, what, expected string) {
	k.found = append(k.found, fault.Problem{Path: path, What: what, Expected: expected})
}

func (k *check) warn(path, what, fix string) {
	k.found = append(k.found, fault.Problem{Path: path, What: what, Fix: fix, Warning: true})
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// Validate says everything that is wrong with a profile, and what to look at.
func (p *Profile) Validate() fault.Problems {
	k := &check{}
	if !catalog.ValidID(p.ID) {
		k.put("profile", "not an identifier", "letters, digits, - _ and dots")
	}
	if _, err := timex.LoadZone(p.Zone); err != nil {
		k.put("time_zone", "not an IANA time zone", "a name such as Asia/Shanghai")
	}
	if p.Calendar != "" && p.Calendar != "none" && !slices.Contains(holiday.Regions(), p.Calendar) {
		k.put("calendar", "no such holiday calendar", "cn, tw, hk, us or none")
	}
	k.seats("seats", p.Seats.Average, p.Seats.Peak, p.Seats.Minimum)
	for i, s := range p.Seats.ByMonth {
		k.monthOfYear(at("seats.by_month", i)+".month", s.Month, i > 0 && slices.ContainsFunc(p.Seats.ByMonth[:i], func(o SeatMonth) bool { return o.Month == s.Month }))
		k.seats(at("seats.by_month", i), s.Average, s.Peak, s.Minimum)
	}
	k.hours(p)
	k.calls(p)
	k.time(p)
	k.rest(p)
	return k.found
}

// seats are contradictory where the peak is below the average or the minimum
// above it.
func (k *check) seats(path string, average exact.Number, peak, minimum int) {
	switch most := exact.Int(MaxSeats); {
	case average.Sign() < 0 || most.Less(average):
		k.put(path+".average", "not a number of seats", fmt.Sprintf("0 to %d", MaxSeats))
	case peak < 0 || peak > MaxSeats:
		k.put(path+".peak", "not a number of seats", fmt.Sprintf("0 to %d", MaxSeats))
	case minimum < 0:
		k.put(path+".minimum", "not a number of seats", "0 or more")
	case peak > 0 && exact.Int(int64(peak)).Less(average):
		k.put(path+".peak", fmt.Sprintf("the peak is below the average of %s", average), "the average or more")
	case average.Less(exact.Int(int64(minimum))):
		k.put(path+".minimum", fmt.Sprintf("the minimum is above the average of %s", average), "the average or less")
	}
}

func (k *check) monthOfYear(path string, m int, twice bool) {
	if m < 1 || m > 12 {
		k.put(path, "not a month of the year", "1 to 12")
	} else if twice {
		k.put(path, "the month is there twice", "each month once")
	}
}

func (k *check) hours(p *Profile) {
	if len(p.Hours) == 0 {
		k.put("hours", "nobody ever works", "at least one row of hours")
	}
	for i, h := range p.Hours {
		path := at("hours", i)
		if h.To.Minute <= h.From.Minute {
			k.put(path+".to", "the hours end before they begin", "after from; work past midnight is two rows")
		}
		if h.Weight < 0 || h.Weight > 100 {
			k.put(path+".weight", "not a weight", "1 to 100")
		}
		for j, o := range p.Hours[:i] {
			if h.From.Minute < o.To.Minute && o.From.Minute < h.To.Minute && overlapDays(h.Days, o.Days) {
				k.put(path, fmt.Sprintf("the hours overlap those of %s on some days", at("hours", j)), "each hour once")
			}
		}
	}
}

// overlapDays tells whether two lists of day words may name one day. workday and
// holiday exclude each other; either may be any day of the week.
func overlapDays(a, b []catalog.DayWord) bool {
	kind := func(w catalog.DayWord) bool { return w == catalog.Workday || w == catalog.Holiday }
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	for _, x := range a {
		for _, y := range b {
			if x == y || x == catalog.AllDays || y == catalog.AllDays || kind(x) != kind(y) {
				return true
			}
		}
	}
	return false
}

func (k *check) calls(p *Profile) {
	if len(p.Calls) > maxTypes {
		k.put("calls", fmt.Sprintf("%d types of call", len(p.Calls)), fmt.Sprintf("at most %d", maxTypes))
		return
	}
	if p.Length.given() {
		k.length("length", &p.Length)
	}
	for i := range p.Calls {
		c, path := &p.Calls[i], at("calls", i)
		if !catalog.ValidID(c.ID) || slices.ContainsFunc(p.Calls[:i], func(o CallType) bool { return o.ID == c.ID }) {
			k.put(path+".id", "not an identifier of its own", "letters, digits, - _ and dots; each once")
		}
		k.amounts(path, c)
		if c.Length != nil {
			k.length(path+".length", c.Length)
		} else if !p.Length.given() && c.Answered == 0 && c.Minutes.Sign() > 0 {
			k.put(path+".length", "how long these calls talk is not said", "a length here or for the profile, or the number of answered calls")
		}
		k.agree(path, p, c)
	}
}

func (k *check) amounts(path string, c *CallType) {
	most := exact.Int(MaxAttempts)
	switch {
	case c.Minutes.Sign() < 0 || exact.Int(MaxAttempts*longestCall/60).Less(c.Minutes):
		k.put(path+".minutes", "not the talk minutes of a month", fmt.Sprintf("0 to %d: as many calls as a month can have, of four hours", MaxAttempts*longestCall/60))
	case c.Answered < 0 || most.Less(exact.Int(c.Answered)):
		k.put(path+".answered", "not a number of calls of a month", fmt.Sprintf("0 to %d", MaxAttempts))
	case c.Minutes.Mul(exact.Int(60)).Less(exact.Int(c.Answered)):
		k.put(path+".minutes", fmt.Sprintf("%d answered calls talk for less than a second each", c.Answered), "more minutes or fewer answered calls")
	case c.Answered > 0 && exact.Int(c.Answered*longestCall).Less(c.Minutes.Mul(exact.Int(60))):
		k.put(path+".answered", "these calls would talk for more than four hours each", "more answered calls or fewer minutes")
	case c.Attempts < 0 || c.Attempts > MaxAttempts:
		k.put(path+".attempts", "not a number of calls of a month", fmt.Sprintf("0 to %d", MaxAttempts))
	case c.Attempts > 0 && c.Attempts < c.Answered:
		k.put(path+".attempts", fmt.Sprintf("fewer attempts than the %d answered calls", c.Answered), "as many or more")
	}
	if r := c.AnswerRate; r != nil {
		if r.Sign() <= 0 || exact.One.Less(r.Number) {
			k.put(path+".answer_rate", "not a share of attempts", "more than 0% up to 100%")
		} else if c.Attempts > 0 && c.Answered > 0 {
			k.warn(path+".answer_rate", "attempts and answered calls are given: the rate is not used", "leave one of them out")
		}
	}
	if len(c.Numbers) > 15 || !digits(c.Numbers) {
		k.put(path+".numbers", "not the first digits of numbers", "digits with the country code, such as 86138")
	}
}

// agree warns where answered calls and mean length do not make the minutes.
func (k *check) agree(path string, p *Profile, c *CallType) {
	l := c.length(p)
	if c.Answered == 0 || !l.given() || c.Minutes.Sign() <= 0 {
		return
	}
	mean := c.Minutes.Float() * 60 / float64(c.Answered)
	if said := l.MeanSeconds(); said > 0 && (mean > 1.2*said || mean < said/1.2) {
		k.warn(path+".answered", fmt.Sprintf("minutes and answered calls make a mean of %.0f s, the length says %.0f s", mean, said), "the minutes and calls hold; the length keeps its shape alone")
	}
}

func (l *Length) given() bool { return l.Shape != "" || l.Mean != 0 || len(l.Bins) > 0 }

func (k *check) length(path string, l *Length) {
	if l.Shape == Histogram {
		k.bins(path, l.Bins)
		return
	}
	if len(l.Bins) > 0 {
		k.put(path+".bins", "bins belong to a histogram", "shape: histogram")
	}
	if l.Mean <= 0 || time.Duration(l.Mean) > longestCall*time.Second {
		k.put(path+".mean", "not the mean length of a call", "more than nothing, up to 4h")
	}
	if l.CV.Sign() < 0 || exact.Int(5).Less(l.CV) {
		k.put(path+".cv", "not a ratio of deviation to mean", "0 to 5")
	}
}

func (k *check) bins(path string, bins []Bin) {
	sum := exact.Zero
	for i, b := range bins {
		if i > 0 && b.UpTo <= bins[i-1].UpTo || b.UpTo <= 0 || time.Duration(b.UpTo) > longestCall*time.Second {
			k.put(at(path+".bins", i)+".up_to", "bounds do not rise", "from short to long, up to 4h")
		}
		if b.Share.Sign() < 0 {
			k.put(at(path+".bins", i)+".share", "a share below nothing", "0% or more")
		}
		sum = sum.Add(b.Share.Number)
	}
	if !sum.Equal(exact.One) || len(bins) > 1000 {
		k.put(path+".bins", "the shares sum to "+catalog.Percent{Number: sum}.String(), "100%, in at most 1,000 bins")
	}
}

func (k *check) time(p *Profile) {
	for i, s := range p.Season {
		k.monthOfYear(at("season", i)+".month", s.Month, slices.ContainsFunc(p.Season[:i], func(o Season) bool { return o.Month == s.Month }))
		k.factor(at("season", i)+".factor", s.Factor.Number)
	}
	for i, m := range p.Months {
		path := at("months", i)
		if slices.ContainsFunc(p.Months[:i], func(o MonthNeed) bool { return o.Month == m.Month }) {
			k.put(path+".month", "the month is there twice", "each month once")
		}
		if m.Factor != nil {
			k.factor(path+".factor", m.Factor.Number)
		}
		if m.Average != nil {
			k.seats(path, *m.Average, m.Peak, m.Minimum)
		} else if m.Peak != 0 || m.Minimum != 0 {
			k.put(path+".average", "a peak or a minimum without an average", "the mean of seats in use as well")
		}
	}
	if p.Growth.Less(exact.Frac(-9, 10)) || exact.Int(9).Less(p.Growth.Number) {
		k.put("growth", "not the growth of a year", "-90% to 900%")
	}
}

func (k *check) factor(path string, f exact.Number) {
	if f.Sign() < 0 || exact.Int(100).Less(f) {
		k.put(path, "not a share of the usual month", "0% to 10000%")
	}
}

func (k *check) rest(p *Profile) {
	for i, m := range p.Modules {
		if m.Module == "" || slices.ContainsFunc(p.Modules[:i], func(o ModuleNeed) bool { return o.Module == m.Module }) {
			k.put(at("modules", i)+".module", "the module is there twice", "each module once")
		}
	}
	for i, r := range p.Rentals {
		if r.Quantity < 0 || r.Quantity > MaxSeats {
			k.put(at("rentals", i)+".quantity", "not a number of things", fmt.Sprintf("0 to %d", MaxSeats))
		}
	}
	for i, e := range p.Events {
		if e.Quantity.Sign() < 0 {
			k.put(at("events", i)+".quantity", "a quantity below nothing", "0 or more")
		}
	}
	if p.Budget.Sign() < 0 {
		k.put("budget", "a budget below nothing", "0 or more")
	}
	if p.Budget.Sign() > 0 && p.Currency.IsZero() {
		k.put("currency", "the budget has no currency", "an ISO 4217 code such as CNY")
	}
	for _, s := range []struct {
		path string
		of   *catalog.Percent
	}{{"service.level", p.Service.Level}, {"service.occupancy", p.Service.Occupancy}, {"service.abandons", p.Service.Abandons}, {"service.absence", p.Service.Absence}} {
		if s.of != nil && (s.of.Sign() < 0 || exact.One.Less(s.of.Number)) {
			k.put(s.path, "not a share", "0% to 100%")
		}
	}
}

func digits(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return c < '0' || c > '9' })
}

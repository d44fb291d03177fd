package forecast

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/timex"
)

// slots are the half hours of a day.
const slots = 48

// weekendShare is how much of all calls must fall on days off for these to have
// hours of their own.
const weekendShare = 0.02

// openHours are the hours of the day in which calls are made: those half hours
// that have at least a tenth of a usual one, joined.
func (o *Observed) openHours(loc *time.Location, cal *timex.Calendar) []Hours {
	var work, off [slots]int64
	worked, rested := int64(0), int64(0)
	for _, m := range o.Months {
		for _, h := range m.Load {
			at := h.From.In(loc)
			slot, n := at.Hour()*2+at.Minute()/30, h.Calls+h.Attempts
			if isWorkday(timex.DateOf(at), cal) {
				work[slot] += n
				worked += n
			} else {
				off[slot] += n
				rested += n
			}
		}
	}
	if float64(rested) < weekendShare*float64(worked+rested) {
		return hoursOf(work[:], catalog.Workday)
	}
	out := append(hoursOf(work[:], catalog.Mon, catalog.Tue, catalog.Wed, catalog.Thu, catalog.Fri), hoursOf(off[:], catalog.Sat, catalog.Sun)...)
	if len(out) > 0 {
		return out
	}
	return []Hours{{From: catalog.Clock{Set: true}, To: catalog.Clock{Minute: 24 * 60, Set: true}}} // log-ins alone: any hour
}

// hoursOf joins busy half hours of a day into rows, each as heavy as its mean.
func hoursOf(counts []int64, days ...catalog.DayWord) []Hours {
	sum, used, most := int64(0), int64(0), int64(0)
	for _, n := range counts {
		if n > 0 {
			sum, used = sum+n, used+1
		}
		most = max(most, n)
	}
	var out []Hours
	for i := 0; i < slots; i++ {
		if counts[i] == 0 || 10*counts[i]*used < sum {
			continue
		}
		from, calls := i, int64(0)
		for ; i < slots && counts[i] > 0 && 10*counts[i]*used >= sum; i++ {
			calls += counts[i]
		}
		weight := (10*calls/int64(i-from) + most - 1) / most // 1 to 10
		out = append(out, Hours{Days: days, From: clockOf(from), To: clockOf(i), Weight: int(weight)})
	}
	return out
}

func clockOf(slot int) catalog.Clock { return catalog.Clock{Minute: int16(slot * 30), Set: true} }

// isWorkday tells whether people work on a day; without a calendar Monday to
// Friday.
func isWorkday(d timex.Date, cal *timex.Calendar) bool {
	if cal != nil {
		return cal.IsWorkday(d)
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

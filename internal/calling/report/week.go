package report

import (
	"math"
	"strconv"
)

// Hour is one hour of the week: how many dials, how many were answered, and how
// sure that is.
type Hour struct {
	Dialed, Answered, Contacts int64
	Low, High                  float64 // the share answered lies between, 19 times of 20 (Wilson)
	Little                     bool    // too little was dialed to go by it
	Level                      int     // 1 (few answers) to 5 (many) among the hours that are not Little; 0: nothing to tell
}

// wide is how far Low and High may be apart, at the rate of the whole week, before an
// hour is said to be little known. Its own rate must not decide: hours in which few
// answer would be known sooner than those in which many do.
const wide = 0.15

// z95 is the normal deviate of 19 times of 20.
const z95 = 1.959964

// WeekOf lays rows of hours of a week on a map. unknown is what was dialed at
// numbers whose clock nobody knows.
func WeekOf(rows []Row) (week [hoursInWeek]Hour, unknown int64) {
	for i := range rows {
		r := &rows[i]
		n, err := strconv.Atoi(r.Value)
		if err != nil || n < 0 || n >= hoursInWeek {
			unknown += r.Dials()
			continue
		}
		h := &week[n]
		h.Dialed += r.Dials()
		h.Answered += r.Picked()
		h.Contacts += r.Sums[Contacts]
	}
	enough := enoughDials(&week)
	least, most := math.Inf(1), 0.0
	for i := range week {
		h := &week[i]
		h.Low, h.High = Wilson(h.Answered, h.Dialed)
		if h.Little = float64(h.Dialed) < enough; !h.Little {
			least, most = min(least, h.rate()), max(most, h.rate())
		}
	}
	for i := range week {
		if h := &week[i]; !h.Little && h.Dialed > 0 {
			h.Level = 3
			if most > least {
				h.Level = 1 + min(int(5*(h.rate()-least)/(most-least)), 4)
			}
		}
	}
	return week, unknown
}

// enoughDials is how many dials an hour needs to be gone by.
func enoughDials(week *[hoursInWeek]Hour) float64 {
	var all Hour
	for i := range week {
		all.Dialed, all.Answered = all.Dialed+week[i].Dialed, all.Answered+week[i].Answered
	}
	p := min(max(all.rate(), 0.05), 0.95)
	return 4 * z95 * z95 * p * (1 - p) / (wide * wide)
}

func (h *Hour) rate() float64 {
	if h.Dialed == 0 {
		return 0
	}
	return float64(h.Answered) / float64(h.Dialed)
}

// Best are the hours with the surest good rate, the best first: those whose low end
// is highest, at most so many, none that is little known.
func Best(week *[hoursInWeek]Hour, most int) (out []int) {
	for len(out) < most {
		best := -1
		for i := range week {
			if week[i].Level > 0 && (best < 0 || week[i].Low > week[best].Low) && !contains(out, i) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out = append(out, best)
	}
	return out
}

func contains(list []int, n int) bool {
	for _, i := range list {
		if i == n {
			return true
		}
	}
	return false
}

// Wilson is the interval a share lies in 19 times of 20, seen k of n times; all of
// it where n is 0.
func Wilson(k, n int64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	p, m, zz := float64(k)/float64(n), float64(n), z95*z95
	mid := (p + zz/(2*m)) / (1 + zz/m)
	half := z95 * math.Sqrt(p*(1-p)/m+zz/(4*m*m)) / (1 + zz/m)
	return max(mid-half, 0), min(mid+half, 1)
}

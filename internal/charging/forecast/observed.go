package forecast

import (
	"maps"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/meter"
	"waihu/internal/charging/staffing"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Observed is real usage made small. Counts are exact.
type Observed struct {
	Zone    string          `json:"time_zone"`
	Home    string          `json:"home_region,omitempty"`
	Months  []ObservedMonth `json:"months"` // from the first with use to the last, none left out
	Lengths []LengthCount   `json:"lengths,omitempty"`
	SeatsBy SeatsBy         `json:"seats_by"`
	WrapUp  time.Duration   `json:"wrap_up"` // mean after an answered call; 0: no record tells
	Modules []string        `json:"modules,omitempty"`
	Rentals map[string]int  `json:"rentals,omitempty"` // most rented at a time
	Seats   int             `json:"seats_assigned,omitempty"`
}

// SeatsBy says where the seats in use are known from.
type SeatsBy string

const (
	BySessions SeatsBy = "sessions" // log-ins
	ByAgents   SeatsBy = "agents"   // agents named on calls, each day
	ByCalls    SeatsBy = "calls"    // calls in progress at a time
)

// LengthCount is how many answered calls talked for so long.
type LengthCount struct {
	Seconds int64 `json:"seconds"`
	Calls   int64 `json:"calls"`
}

// ObservedMonth is one month.
type ObservedMonth struct {
	Month   Month                   `json:"month"`
	Count   Count                   `json:"count"`
	Kinds   []KindCount             `json:"kinds"`
	Days    []DayCount              `json:"days"`
	Seats   SeatUse                 `json:"seats"`
	Load    []staffing.HalfHour     `json:"-"`
	Events  map[string]exact.Number `json:"events,omitempty"`
	Partial bool                    `json:"partial,omitempty"` // use begins or ends well within the month
}

// KindCount is the calls of one kind.
type KindCount struct {
	Kind
	Count
}

// DayCount is the calls of one day, and the seats in use.
type DayCount struct {
	Date timex.Date `json:"date"`
	Count
	Seats int `json:"seats"` // most at a time
}

// SeatUse is the seats in use of a month, over the days with any.
type SeatUse struct {
	Average  exact.Number  `json:"average"`
	Peak     int           `json:"peak"`
	Minimum  int           `json:"minimum"`
	LoggedIn time.Duration `json:"logged_in"`
	Open     time.Duration `json:"open"` // somebody logged in, or half hours with any call, whichever is more
}

// Finish ends the gathering. Usage without a single call or session is Invalid.
func (g *Gatherer) Finish() (*Observed, error) {
	out := &Observed{Zone: g.loc.String(), Home: g.home, SeatsBy: BySessions, Rentals: map[string]int{}}
	level := g.level()
	if len(g.sessions) == 0 {
		out.SeatsBy = ByCalls
		for _, m := range g.months {
			if len(m.agents) > 0 {
				out.SeatsBy = ByAgents
			}
		}
	}
	months := slices.Collect(maps.Keys(g.months))
	for _, s := range g.sessions {
		months = append(months, MonthOf(s.From.DateIn(g.loc)))
	}
	if len(months) == 0 {
		return nil, fault.New(fault.Invalid, "there is no call and no session in this usage: nothing can be told from it")
	}
	first, last := slices.Min(months), slices.Max(months)
	if last-first >= maxMonthsGathered {
		return nil, fault.New(fault.Invalid, "usage from %s to %s: more than %d months; look at the clocks of the records", first, last, maxMonthsGathered)
	}
	for m := first; m <= last; m++ {
		out.Months = append(out.Months, g.observed(m, level, out.SeatsBy))
	}
	for _, s := range slices.Sorted(maps.Keys(g.lengths)) {
		out.Lengths = append(out.Lengths, LengthCount{s, g.lengths[s]})
	}
	g.standing(out)
	out.markPartial()
	return out, nil
}

// observed makes the counts of one month final.
func (g *Gatherer) observed(m Month, level meter.Level, by SeatsBy) ObservedMonth {
	out := ObservedMonth{Month: m}
	c := g.months[m]
	if c == nil {
		c = &monthCounts{}
	}
	for k, n := range c.kinds {
		out.Kinds = append(out.Kinds, KindCount{k, *n})
		out.Count.add(*n)
	}
	slices.SortFunc(out.Kinds, func(a, b KindCount) int { return strings.Compare(a.Kind.String(), b.Kind.String()) })
	for d := m.First(); d < m.After(); d++ {
		day := DayCount{Date: d}
		if n := c.days[d]; n != nil {
			day.Count = *n
		}
		switch by {
		case BySessions:
			n, _ := level.Highest(timex.Days(d, d+1, g.loc))
			day.Seats = int(n)
		case ByAgents:
			day.Seats = len(c.agents[d])
		}
		if day.Attempts > 0 || day.Seats > 0 {
			out.Days = append(out.Days, day)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(c.halves)) {
		out.Load = append(out.Load, *c.halves[from])
	}
	if by == ByCalls {
		out.seatsByLoad(g.loc)
	}
	out.Events = c.events
	out.useOf(level, m.Period(g.loc))
	return out
}

// seatsByLoad takes the calls in progress for the seats in use, where nothing
// else tells: of each day its busiest half hour, rounded up.
func (m *ObservedMonth) seatsByLoad(loc *time.Location) {
	for _, h := range m.Load {
		n := int((h.Busy + h.Dialed + staffing.Length - 1) / staffing.Length)
		i := slices.IndexFunc(m.Days, func(d DayCount) bool { return d.Date == h.From.DateIn(loc) })
		m.Days[i].Seats = max(m.Days[i].Seats, n)
	}
}

func (m *ObservedMonth) useOf(level meter.Level, p timex.Period) {
	sum, days := int64(0), int64(0)
	for _, d := range m.Days {
		if d.Seats == 0 {
			continue
		}
		sum, days = sum+int64(d.Seats), days+1
		m.Seats.Peak = max(m.Seats.Peak, d.Seats)
		if m.Seats.Minimum == 0 || d.Seats < m.Seats.Minimum {
			m.Seats.Minimum = d.Seats
		}
	}
	if days > 0 {
		m.Seats.Average = exact.Frac(sum, days)
	}
	mean := level.Mean(p).Mul(exact.Int(int64(p.Length()))).Round(exact.HalfAway, 0)
	n, _ := mean.Int64()
	m.Seats.LoggedIn = time.Duration(n)
	m.Seats.Open = max(time.Duration(len(m.Load))*staffing.Length, level.TimeAtOrAbove(p, 1))
}

// standing is what is no count of a month.
func (g *Gatherer) standing(out *Observed) {
	answered := int64(0)
	for i := range out.Months {
		answered += out.Months[i].Count.Answered
	}
	if g.stated && answered > 0 {
		out.WrapUp = (g.wrapUp / time.Duration(answered)).Round(time.Second)
	}
	if g.after > 0 {
		out.WrapUp = g.after
	}
	after := out.AfterCall()
	for i := range out.Months {
		for j := range out.Months[i].Load {
			h := &out.Months[i].Load[j]
			h.Busy += time.Duration(h.Served) * after
			h.Dialed += time.Duration(h.Answered) * after
		}
	}
	for _, m := range g.modules {
		out.Modules = append(out.Modules, m.Module)
	}
	slices.Sort(out.Modules)
	out.Modules = slices.Compact(out.Modules)
	items := map[string][]timex.Period{}
	for _, r := range g.rentals {
		items[r.Item] = append(items[r.Item], open(r.From, r.To))
	}
	all := timex.Period{From: out.Months[0].Month.First().Start(g.loc), To: out.Months[len(out.Months)-1].Month.After().Start(g.loc)}
	for item, list := range items {
		n, _ := meter.Overlaps(list).Highest(all)
		out.Rentals[item] = int(n)
	}
	var seats []timex.Period
	for _, s := range g.seats {
		seats = append(seats, open(s.From, s.To))
	}
	n, _ := meter.Overlaps(seats).Highest(all)
	out.Seats = int(n)
}

// standardWrapUp stands for the work after a call where no record tells it.
const standardWrapUp = 20 * time.Second

// AfterCall is the work counted after each answered call.
func (o *Observed) AfterCall() time.Duration {
	if o.WrapUp > 0 {
		return o.WrapUp
	}
	return standardWrapUp
}

// forever is the end of what has none.
const forever = timex.Instant(1 << 62)

func open(from, to timex.Instant) timex.Period {
	if to.IsZero() {
		to = forever
	}
	return timex.Period{From: from, To: to}
}

// partialDays is how late use may begin, or how early end, in a month that
// counts as whole: a week, for holidays.
const partialDays = 8

// markPartial marks a first month that begins late and a last one that ends
// early: they are no months to forecast from.
func (o *Observed) markPartial() {
	first, last := &o.Months[0], &o.Months[len(o.Months)-1]
	if n := len(first.Days); n > 0 && first.Days[0].Date-first.Month.First() >= partialDays {
		first.Partial = true
	}
	if n := len(last.Days); n > 0 && last.Month.After()-last.Days[n-1].Date > partialDays {
		last.Partial = true
	}
}

// String names a kind: its words, with dashes.
func (k Kind) String() string {
	var words []string
	for _, w := range []string{string(k.Direction), string(k.Line), string(k.Reach), string(k.Mode), string(k.Purpose)} {
		if w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return "calls"
	}
	return strings.ReplaceAll(strings.Join(words, "-"), "_", "-")
}

// direction of a kind whose record names none.
func (k Kind) direction() usage.Direction {
	if k.Direction == "" {
		return usage.Outbound
	}
	return k.Direction
}

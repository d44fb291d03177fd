package forecast

import (
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/meter"
	"waihu/internal/charging/staffing"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Kind tells calls apart that offers price apart.
type Kind struct {
	Direction usage.Direction `json:"direction,omitempty"`
	Line      usage.Line      `json:"line,omitempty"`
	Reach     usage.Reach     `json:"reach,omitempty"`
	Mode      usage.Mode      `json:"mode,omitempty"`
	Purpose   usage.Purpose   `json:"purpose,omitempty"`
}

// Count is calls and their talk time.
type Count struct {
	Attempts int64 `json:"attempts"`
	Answered int64 `json:"answered"`
	Seconds  int64 `json:"seconds"`
}

func (c *Count) add(o Count) {
	c.Attempts += o.Attempts
	c.Answered += o.Answered
	c.Seconds += o.Seconds
}

// Gatherer is a usage.Sink that makes real usage small: counts of every month,
// day and half hour, exactly. Not safe for two goroutines.
type Gatherer struct {
	loc      *time.Location
	home     string
	months   map[Month]*monthCounts
	lengths  map[int64]int64 // talk seconds to calls
	sessions []usage.Session
	seats    []usage.Seat
	wrapUp   time.Duration // of sessions that tell their state
	stated   bool          // some session does
	after    time.Duration // work after a call, where somebody says it; 0: nobody does
	modules  []usage.Module
	rentals  []usage.Rental
	dayFrom  timex.Instant
	dayTo    timex.Instant
	day      timex.Date
}

// monthCounts is a month being gathered.
type monthCounts struct {
	kinds  map[Kind]*Count
	days   map[timex.Date]*Count
	halves map[timex.Instant]*staffing.HalfHour
	agents map[timex.Date]map[string]bool // who was on a call, where no session tells
	events map[string]exact.Number
}

// Gather starts to gather, with days in a zone; home is the region whose numbers
// are written without country code.
func Gather(loc *time.Location, home string) *Gatherer {
	return &Gatherer{loc: loc, home: home, months: map[Month]*monthCounts{}, lengths: map[int64]int64{}}
}

// AfterCall says how much work an answered call brings after it, over what
// sessions tell; 0 leaves it to them.
func (g *Gatherer) AfterCall(d time.Duration) { g.after = d }

// maxMonthsGathered bounds the months of one gathering: fifty years. Records
// with wrong clocks must not grow it without end.
const maxMonthsGathered = 600

func (g *Gatherer) month(m Month) (*monthCounts, error) {
	c := g.months[m]
	if c == nil {
		if len(g.months) == maxMonthsGathered {
			return nil, fault.New(fault.Invalid, "usage of more than %d months: look at the clocks of the records", maxMonthsGathered)
		}
		c = &monthCounts{kinds: map[Kind]*Count{}, days: map[timex.Date]*Count{}, halves: map[timex.Instant]*staffing.HalfHour{},
			agents: map[timex.Date]map[string]bool{}, events: map[string]exact.Number{}}
		g.months[m] = c
	}
	return c, nil
}

func (g *Gatherer) date(at timex.Instant) timex.Date {
	if at < g.dayFrom || at >= g.dayTo {
		g.day = at.DateIn(g.loc)
		g.dayFrom, g.dayTo = g.day.Start(g.loc), (g.day + 1).Start(g.loc)
	}
	return g.day
}

// Call counts one call. The second leg of a bridged conversation is no call of
// its own.
func (g *Gatherer) Call(c *usage.Call) error {
	if c.LegB {
		return nil
	}
	day := g.date(c.Start)
	m, err := g.month(MonthOf(day))
	if err != nil {
		return err
	}
	one := Count{Attempts: 1}
	if c.IsAnswered() && c.Talk > 0 {
		one.Answered, one.Seconds = 1, c.Seconds()
		g.lengths[one.Seconds]++
	}
	k := g.kind(c)
	if m.kinds[k] == nil {
		m.kinds[k.clone()] = &Count{} // its words may point into the reader's buffer
	}
	m.kinds[k].add(one)
	addTo(m.days, day, one)
	g.half(m, c, one)
	if c.Agent != "" && one.Answered > 0 {
		if m.agents[day] == nil {
			m.agents[day] = map[string]bool{}
		}
		m.agents[day][strings.Clone(c.Agent)] = true
	}
	return nil
}

func addTo[K comparable](to map[K]*Count, key K, c Count) {
	if to[key] == nil {
		to[key] = &Count{}
	}
	to[key].add(c)
}

// half counts a call in its half hour of the local day at hand: in zones of odd
// quarters of an hour one counted in UTC would belong to two days.
func (g *Gatherer) half(m *monthCounts, c *usage.Call, one Count) {
	from := c.Start - (c.Start-g.dayFrom)%timex.Instant(staffing.Length/time.Microsecond)
	h := m.halves[from]
	if h == nil {
		h = &staffing.HalfHour{From: from}
		m.halves[from] = h
	}
	talk := time.Duration(one.Seconds) * time.Second
	if c.Direction == usage.Inbound {
		h.Calls++
		h.Busy += talk
		h.Served += one.Answered
		return
	}
	h.Attempts++
	h.Answered += one.Answered
	h.Dialed += talk
}

func (k Kind) clone() Kind {
	return Kind{usage.Direction(strings.Clone(string(k.Direction))), usage.Line(strings.Clone(string(k.Line))), usage.Reach(strings.Clone(string(k.Reach))),
		usage.Mode(strings.Clone(string(k.Mode))), usage.Purpose(strings.Clone(string(k.Purpose)))}
}

// kind tells what a call is, from its record or else from its number.
func (g *Gatherer) kind(c *usage.Call) Kind {
	k := Kind{c.Direction, c.Line, c.Reach, c.Mode, c.Purpose}
	if k.Line != "" && k.Reach != "" || c.Direction == usage.Inbound {
		return k
	}
	to, ok := phone.Normalize(c.To, g.home)
	if !ok {
		return k
	}
	class := phone.Classify(to)
	if k.Line == "" {
		k.Line = usage.Line(class.Kind)
	}
	if k.Reach == "" {
		from, _ := phone.Normalize(c.From, g.home)
		k.Reach = usage.Reach(phone.Reach(from, to))
	}
	if k.Reach == "" && g.home != "" && class.Region != "" && class.Region != g.home {
		k.Reach = usage.International
	}
	return k
}

// maxStretches bounds the log-ins kept to work out who was there at once: a
// thousand agents for ten years, with a state for each.
const maxStretches = 20_000_000

// Session, Seat, Module, Rental and Event keep what is asked of them later.
func (g *Gatherer) Session(s usage.Session) error {
	if len(g.sessions) == maxStretches {
		return fault.New(fault.Invalid, "more than %d sessions: give fewer months at a time", maxStretches)
	}
	if s.State == usage.WrapUp && s.From < s.To { // else it has no end, or none that can be
		g.wrapUp += s.To.Sub(s.From)
	}
	g.stated = g.stated || s.State != ""
	if s.State != usage.Offline && s.From < s.To {
		g.sessions = append(g.sessions, s)
	}
	return nil
}

func (g *Gatherer) Seat(s usage.Seat) error     { g.seats = append(g.seats, s); return nil }
func (g *Gatherer) Module(m usage.Module) error { g.modules = append(g.modules, m); return nil }
func (g *Gatherer) Rental(r usage.Rental) error { g.rentals = append(g.rentals, r); return nil }

func (g *Gatherer) Event(e usage.Event) error {
	m, err := g.month(MonthOf(g.date(e.At)))
	if err == nil {
		m.events[e.Kind] = m.events[e.Kind].Add(e.Quantity)
	}
	return err
}

// level is how many different users are logged in at each instant; two sessions
// of one user at a time are one.
func (g *Gatherer) level() meter.Level {
	byUser := map[string][]timex.Period{}
	for _, s := range g.sessions {
		byUser[s.User] = append(byUser[s.User], timex.Period{From: s.From, To: s.To})
	}
	var all []timex.Period
	for _, list := range byUser {
		slices.SortFunc(list, func(a, b timex.Period) int { return int(min(max(a.From-b.From, -1), 1)) })
		for i := 0; i < len(list); {
			p := list[i]
			for i++; i < len(list) && list[i].From <= p.To; i++ {
				p.To = max(p.To, list[i].To)
			}
			all = append(all, p)
		}
	}
	return meter.Overlaps(all)
}

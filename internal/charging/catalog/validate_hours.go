package catalog

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/timex/holiday"
)

// schedule checks a reference to a schedule.
func (c *check) schedule(path, id string) {
	if _, ok := c.p.Schedule(id); !ok {
		known := make([]string, len(c.p.Schedules))
		for i := range c.p.Schedules {
			known[i] = c.p.Schedules[i].ID
		}
		c.missing(path, "schedule", id, known)
		return
	}
	c.used["schedule "+id] = true
}

// schedules checks each schedule by itself.
func (c *check) schedules() {
	seen := map[string]string{}
	for i := range c.p.Schedules {
		s, path := &c.p.Schedules[i], index("schedules", i)
		c.id(path+".id", s.ID, seen)
		if s.Calendar != "" && s.Calendar != "none" && !slices.Contains(holiday.Regions(), s.Calendar) {
			c.put(fault.Problem{Path: path + ".calendar", Value: s.Calendar, What: "no such holiday calendar", Expected: "one of " + strings.Join(holiday.Regions(), ", ") + ", none"})
		}
		none := s.Calendar == "" || s.Calendar == "none"
		if len(s.Windows) == 0 {
			c.bad(path+".windows", "no window: the schedule never holds", "at least one, such as {days: workday, from: \"09:00\", to: \"18:00\"}")
		}
		for j := range s.Windows {
			w, at := &s.Windows[j], index(path+".windows", j)
			if w.From.Set && w.To.Set && w.From.Minute == w.To.Minute {
				c.warn(at, "the window begins and ends at "+w.From.String()+": it holds a whole day from then", "leave both out for whole days")
			}
			if w.From.Minute == 24*60 {
				c.bad(at+".from", "a window that begins at 24:00", "00:00 to 23:59")
			}
			if none && slices.Contains(w.Days, Holiday) {
				c.bad(at+".days", "holiday without a calendar is no day at all", "calendar: cn, tw, hk or us; or the days under dates")
			}
			if s.Calendar == "" && slices.Contains(w.Days, Workday) {
				c.warn(at+".days", "workday without a calendar is Monday to Friday, holidays too", "name a calendar, or none if that is meant")
			}
		}
	}
}

// hours looks for moments at which two schedules of one component hold with
// equal weight, or at which no row of it holds.
func (c *check) hours(path string, comp *Component) {
	if !comp.Measure.OfCalls() {
		return
	}
	used := c.schedulesOf(comp)
	free := c.alwaysRow(comp)
	if len(used) == 0 {
		if !free && len(comp.Rates) > 0 {
			c.noDefault(path)
		}
		return
	}
	windows := 0
	for _, s := range used {
		windows += len(s.Windows)
	}
	if windows > maxWindows {
		c.bad(path, fmt.Sprintf("%d windows in the schedules of one component", windows), fmt.Sprintf("at most %d", maxWindows))
		return
	}
	found := newHours(used).look()
	if found.tie != nil {
		c.put(fault.Problem{Path: path, What: fmt.Sprintf("schedules %s and %s both hold on %s, with equal weight", found.tie[0].ID, found.tie[1].ID, found.tieAt),
			Expected: "one that holds", Fix: "give the one that should win a higher weight"})
		return
	}
	gap := found.gapAt
	switch hourly := c.hourlyRows(comp); {
	case free:
	case gap != "" && len(comp.Where.Schedule) == 0:
		c.warn(path+".rates", "no schedule of the rows holds on "+gap, "add a row with default: true; until then such calls are listed as unpriced")
	case !hourly:
		c.noDefault(path)
	}
}

func (c *check) noDefault(path string) {
	c.warn(path+".rates", "calls that match no row are listed as unpriced", "add a row with default: true, or leave it so on purpose")
}

// alwaysRow tells whether a component has a row for every call at every hour.
func (c *check) alwaysRow(comp *Component) bool {
	return len(comp.Rates) == 0 || slices.ContainsFunc(comp.Rates, func(r RateRow) bool { return r.Default })
}

// hourlyRows tells whether rows that ask for nothing but the hour take calls
// under each schedule of the component.
func (c *check) hourlyRows(comp *Component) bool {
	for _, s := range c.schedulesOf(comp) {
		if !slices.ContainsFunc(comp.Rates, func(r RateRow) bool {
			return len(givenKeys(&r.Match)) == 1 && slices.Contains(r.Match.Schedule, s.ID)
		}) {
			return false
		}
	}
	return true
}

// schedulesOf are the schedules a component names, in the order of the plan.
func (c *check) schedulesOf(comp *Component) []*Schedule {
	var out []*Schedule
	for i := range c.p.Schedules {
		s := &c.p.Schedules[i]
		if slices.Contains(comp.Where.Schedule, s.ID) || slices.ContainsFunc(comp.Rates, func(r RateRow) bool { return slices.Contains(r.Match.Schedule, s.ID) }) {
			out = append(out, s)
		}
	}
	return out
}

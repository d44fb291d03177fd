package timex

// Calendar tells holidays and make-up working days of a region. A year it does
// not cover has no special days; Covers says so.
type Calendar struct {
	region string
	days   map[Date]bool // true: off though it may be a weekday; false: a working day though it may be a weekend
	first  int           // years covered
	last   int
}

// NewCalendar makes a calendar of special days: true is a day off, false a
// make-up working day.
func NewCalendar(region string, days map[Date]bool) *Calendar {
	c := &Calendar{region: region, days: days}
	for d := range days {
		y, _, _ := d.Civil()
		if c.first == 0 || y < c.first {
			c.first = y
		}
		c.last = max(c.last, y)
	}
	return c
}

// Region is the region's name: cn, tw, hk, us.
func (c *Calendar) Region() string { return c.region }

// Covers tells whether the calendar knows the year of a day.
func (c *Calendar) Covers(d Date) bool {
	y, _, _ := d.Civil()
	return c.first <= y && y <= c.last
}

// IsHoliday tells whether a day is a public holiday.
func (c *Calendar) IsHoliday(d Date) bool { return c.days[d] }

// IsWorkday tells whether people work on a day: Monday to Friday but for
// holidays, and make-up working days.
func (c *Calendar) IsWorkday(d Date) bool {
	if off, special := c.days[d]; special {
		return !off
	}
	wd := d.Weekday()
	return wd != 0 && wd != 6
}

package forecast

import (
	"fmt"
	"time"

	"waihu/internal/timex"
)

// Month is a calendar month: 12 times the year, plus the month from 0. The zero
// value means "not given".
type Month int32

// MonthOf is the month of a day.
func MonthOf(d timex.Date) Month {
	y, m, _ := d.Civil()
	return Month(12*y + int(m) - 1)
}

// ParseMonth reads "2026-03".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 1900 {
		return 0, fmt.Errorf("%q is not a month such as 2026-03", s)
	}
	return Month(12*t.Year() + int(t.Month()) - 1), nil
}

// MustMonth is ParseMonth for constants in code and tests.
func MustMonth(s string) Month {
	m, err := ParseMonth(s)
	if err != nil {
		panic(err)
	}
	return m
}

// First is its first day, After the day after its last.
func (m Month) First() timex.Date { return timex.NewDate(int(m)/12, time.Month(int(m)%12+1), 1) }
func (m Month) After() timex.Date { return (m + 1).First() }

// OfYear is its number in the year, 1 to 12.
func (m Month) OfYear() int { return int(m)%12 + 1 }

// Period is the month in a zone.
func (m Month) Period(loc *time.Location) timex.Period { return timex.Days(m.First(), m.After(), loc) }

func (m Month) String() string {
	if m == 0 {
		return ""
	}
	return m.First().String()[:7]
}

// MarshalText and UnmarshalText make a Month a plain string.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func (m *Month) UnmarshalText(b []byte) error {
	v, err := ParseMonth(string(b))
	*m = v
	return err
}

package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Price is a price that may be unknown or blocked. Set tells whether a plan
// gave one.
type Price struct {
	exact.Number
	Set     bool
	Unknown bool
}

// PriceOf makes a known price.
func PriceOf(n exact.Number) Price { return Price{Number: n, Set: true} }

// ParsePrice reads "0.12" or "unknown".
func ParsePrice(s string) (Price, error) {
	if s == "unknown" {
		return Price{Set: true, Unknown: true}, nil
	}
	n, err := exact.Parse(s)
	if err != nil {
		return Price{}, fmt.Errorf("%q is not a price: write a decimal such as 0.12, or unknown", s)
	}
	return PriceOf(n), nil
}

func (p Price) String() string {
	if p.Unknown {
		return "unknown"
	}
	return p.Number.String()
}

// MarshalText and UnmarshalText make a Price a plain string.
func (p Price) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (p *Price) UnmarshalText(b []byte) error {
	v, err := ParsePrice(string(b))
	*p = v
	return err
}

// Percent is a share, read as "6%" and kept as 0.06.
type Percent struct{ exact.Number }

// ParsePercent reads "6%" or "12.5%". A bare number is refused: 6 and 0.06
// are both written for six per cent, and a guess would be wrong half the time.
func ParsePercent(s string) (Percent, error) {
	body, ok := strings.CutSuffix(s, "%")
	if !ok {
		return Percent{}, fmt.Errorf("%q is not a percentage: write it with the sign, such as 6%%", s)
	}
	n, err := exact.Parse(strings.TrimSpace(body))
	if err != nil {
		return Percent{}, fmt.Errorf("%q is not a percentage such as 6%%", s)
	}
	return Percent{n.Div(exact.Int(100))}, nil
}

func (p Percent) String() string { return p.Mul(exact.Int(100)).String() + "%" }

func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (p *Percent) UnmarshalText(b []byte) error {
	v, err := ParsePercent(string(b))
	*p = v
	return err
}

// Duration is a length of time, read as "30s", "10m", "2h", "14d" or a mix "1m30s".
type Duration time.Duration

// maxDays is the most whole days that time.Duration holds, some 292 years.
const maxDays = 106_751

// ParseDuration reads one. A bare number is refused: its unit would be a guess.
func ParseDuration(s string) (Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > maxDays {
			return 0, fmt.Errorf("%q is not a duration such as 14d", s)
		}
		return Duration(time.Duration(n) * 24 * time.Hour), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 30s, 10m, 2h or 14d", s)
	}
	return Duration(d), nil
}

func (d Duration) String() string {
	if day := Duration(24 * time.Hour); d > 0 && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	*d = v
	return err
}

// Increment is first/next in seconds. Zero means "not given".
type Increment struct{ First, Next int32 }

// maxIncrement bounds an increment: an hour, the longest anyone bills.
const maxIncrement = 3600

// ParseIncrement reads "60/60", or "60" for the same twice.
func ParseIncrement(s string) (Increment, error) {
	a, b, two := strings.Cut(s, "/")
	if !two {
		b = a
	}
	first, err1 := strconv.ParseUint(a, 10, 16)
	next, err2 := strconv.ParseUint(b, 10, 16)
	if err1 != nil || err2 != nil || first < 1 || next < 1 || first > maxIncrement || next > maxIncrement {
		return Increment{}, fmt.Errorf("%q is not an increment: write first/next in seconds, such as 60/60 or 30/6", s)
	}
	return Increment{int32(first), int32(next)}, nil
}

func (i Increment) IsZero() bool   { return i == Increment{} }
func (i Increment) String() string { return fmt.Sprintf("%d/%d", i.First, i.Next) }

func (i Increment) MarshalText() ([]byte, error) {
	if i.IsZero() {
		return nil, nil
	}
	return []byte(i.String()), nil
}

func (i *Increment) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = Increment{}
		return nil
	}
	v, err := ParseIncrement(string(b))
	*i = v
	return err
}

// Clock is a wall-clock time of day in minutes, 00:00 to 24:00. It remembers
// whether it was given.
type Clock struct {
	Minute int16
	Set    bool
}

// ParseClock reads "18:00".
func ParseClock(s string) (Clock, error) {
	h, m, ok := strings.Cut(s, ":")
	hh, err1 := strconv.Atoi(h)
	mm, err2 := strconv.Atoi(m)
	if !ok || len(h) != 2 || len(m) != 2 || err1 != nil || err2 != nil || hh < 0 || mm < 0 || mm > 59 || hh*60+mm > 24*60 {
		return Clock{}, fmt.Errorf("%q is not a time of day such as 18:00", s)
	}
	return Clock{int16(hh*60 + mm), true}, nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Minute/60, c.Minute%60) }

func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	*c = v
	return err
}

// DayWord names days of the week or kinds of days.
type DayWord string

const (
	AllDays DayWord = "all"
	Workday DayWord = "workday"
	Holiday DayWord = "holiday"
	Mon     DayWord = "mon"
	Tue     DayWord = "tue"
	Wed     DayWord = "wed"
	Thu     DayWord = "thu"
	Fri     DayWord = "fri"
	Sat     DayWord = "sat"
	Sun     DayWord = "sun"
)

func (DayWord) Choices() []string {
	return []string{"all", "workday", "holiday", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
}

// DateWord is a date of one year, or of every year where Year is 0.
type DateWord struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDateWord reads "2026-02-17" or "10-01".
func ParseDateWord(s string) (DateWord, error) {
	if len(s) == 5 {
		if t, err := time.Parse("2006-01-02", "2024-"+s); err == nil { // a leap year, so 02-29 is a date
			return DateWord{0, t.Month(), t.Day()}, nil
		}
	}
	d, err := timex.ParseDate(s)
	if err != nil {
		return DateWord{}, fmt.Errorf("%q is not a date such as 2026-02-17 or 10-01", s)
	}
	y, m, day := d.Civil()
	return DateWord{y, m, day}, nil
}

// Is tells whether the word names the day.
func (w DateWord) Is(d timex.Date) bool {
	y, m, day := d.Civil()
	return (w.Year == 0 || w.Year == y) && w.Month == m && w.Day == day
}

func (w DateWord) String() string {
	if w.Year == 0 {
		return fmt.Sprintf("%02d-%02d", w.Month, w.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", w.Year, w.Month, w.Day)
}

func (w DateWord) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

func (w *DateWord) UnmarshalText(b []byte) error {
	v, err := ParseDateWord(string(b))
	*w = v
	return err
}

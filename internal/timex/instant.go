package timex

import (
	"fmt"
	"time"

	"waihu/internal/fault"
)

// Instant is a moment in UTC, in microseconds since 1970. The zero value means
// "not known": no call was made in the first microsecond of 1970.
type Instant int64

// At makes an Instant of a time in any zone.
func At(t time.Time) Instant { return Instant(t.UnixMicro()) }

func (i Instant) IsZero() bool { return i == 0 }

// Time is the instant as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// In is the instant on the wall clock of a zone.
func (i Instant) In(loc *time.Location) time.Time { return time.UnixMicro(int64(i)).In(loc) }

// Sub is the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Microsecond }

// Add moves an instant; parts below a microsecond are cut.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Microsecond) }

// DateIn is the local date of the instant in a zone.
func (i Instant) DateIn(loc *time.Location) Date { return DateOf(i.In(loc)) }

// String is RFC 3339 in UTC, with a fraction only where there is one.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339Nano)
}

// readable refuses to write what could not be read again: a year has four digits.
// A record with such a day in it would be lost, and every list it stands in.
func readable(t time.Time, text string) ([]byte, error) {
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, fault.New(fault.Overflow, "%s is in no year from 0 to 9999", text)
	}
	return []byte(text), nil
}

// MarshalText and UnmarshalText use RFC 3339; empty is the zero Instant. An
// instant of a year without four digits is an Overflow.
func (i Instant) MarshalText() ([]byte, error) { return readable(i.Time(), i.String()) }

func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("%q is not an instant such as 2026-03-01T09:30:00+08:00", b)
	}
	*i = At(t)
	return nil
}

// Date is a day on a wall calendar: days since 1970-01-01.
type Date int32

// DateOf is the day a time.Time shows in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate makes a date; day and month overflow as in time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads "2026-03-01" and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date such as 2026-03-01", s)
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for constants in code and tests.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Civil is the date as year, month, day.
func (d Date) Civil() (int, time.Month, int) { return d.utc().Date() }

func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }
func (d Date) String() string        { return d.utc().Format("2006-01-02") }

// Start is the first instant of the day in a zone. Where the clocks skip
// midnight it is the first instant that exists.
func (d Date) Start(loc *time.Location) Instant {
	y, m, day := d.Civil()
	t := time.Date(y, m, day, 0, 0, 0, 0, loc)
	if DateOf(t) < d { // midnight was skipped: Go answers with the hour before
		t = t.Add(time.Hour)
	}
	return At(t)
}

// AddMonths moves by months and clamps to the last day of the month reached:
// 31 January plus one month is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	first := NewDate(y, m+time.Month(n), 1)
	fy, fm, _ := first.Civil()
	last := NewDate(fy, fm+1, 1) - 1
	return min(first+Date(day-1), last)
}

// MarshalText gives 2026-03-01; a year without four digits is an Overflow.
func (d Date) MarshalText() ([]byte, error) { return readable(d.utc(), d.String()) }

func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}

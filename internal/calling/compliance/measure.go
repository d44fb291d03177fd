package compliance

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a length of time as a rule writes it: 15s, 30m, 24h, 7d.
type Span time.Duration

const maxSpan = 400 * 24 * time.Hour

var spanUnits = []struct {
	letter string
	length time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

func (s Span) duration() time.Duration { return time.Duration(s) }

// Seconds is the length in whole seconds.
func (s Span) Seconds() int64 { return int64(time.Duration(s) / time.Second) }

// String writes it in the largest unit that leaves a whole number.
func (s Span) String() string {
	for _, u := range spanUnits {
		if d := time.Duration(s); d >= u.length && d%u.length == 0 {
			return strconv.FormatInt(int64(d/u.length), 10) + u.letter
		}
	}
	return "0s"
}

func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s *Span) UnmarshalText(b []byte) error {
	text := string(b)
	for _, u := range spanUnits {
		digits, ok := strings.CutSuffix(text, u.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > uint64(maxSpan/u.length) {
			break
		}
		*s = Span(time.Duration(n) * u.length)
		return nil
	}
	return fmt.Errorf("%q is not a length such as 15s, 30m, 24h or 7d, of at most %s", text, Span(maxSpan))
}

// Wall is a time of day in seconds since midnight, written 08:00 or 08:00:30.
type Wall int32

const dayEnd Wall = 24 * 3600

func (w Wall) String() string {
	if w%60 != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", w/3600, w/60%60, w%60)
	}
	return fmt.Sprintf("%02d:%02d", w/3600, w/60%60)
}

func (w Wall) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

func (w *Wall) UnmarshalText(b []byte) error {
	v := Wall(0)
	parts := strings.Split(string(b), ":")
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) != 2 || i > 0 && n > 59 || len(parts) < 2 || len(parts) > 3 {
			return fmt.Errorf("%q is not a time of day such as 08:00", b)
		}
		v = v*60 + Wall(n)
	}
	if len(parts) == 2 {
		v *= 60
	}
	if v > dayEnd {
		return fmt.Errorf("%q is later than 24:00", b)
	}
	*w = v
	return nil
}

// Share is a part of a whole in hundredths of a percent: 300 is 3%.
type Share int32

const whole Share = 10_000

func (s Share) String() string {
	text := strconv.Itoa(int(s / 100))
	if part := s % 100; part != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%02d", part), "0")
	}
	return text + "%"
}

func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s *Share) UnmarshalText(b []byte) error {
	text, ok := strings.CutSuffix(string(b), "%")
	units, part, pointed := strings.Cut(text, ".")
	n, err := strconv.ParseUint(units+(part + "00")[:2], 10, 16)
	if !ok || err != nil || units == "" || pointed == (part == "") || len(part) > 2 || Share(n) > whole {
		return fmt.Errorf("%q is not a share such as 3%% or 2.5%%, of at most two decimals", b)
	}
	*s = Share(n)
	return nil
}

package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a time as a script writes it: 1s, 40ms, 2m.
type Span time.Duration

// MarshalText writes it.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads it.
func (s *Span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is no time; expected one such as 1s, 40ms or 2m", b)
	}
	*s = Span(d)
	return nil
}

// Share is a part of a whole, from 0 to 1, written in percent.
type Share float64

// MarshalText writes it.
func (s Share) MarshalText() ([]byte, error) {
	return []byte(strconv.FormatFloat(float64(s)*100, 'f', -1, 64) + "%"), nil
}

// UnmarshalText reads it.
func (s *Share) UnmarshalText(b []byte) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(string(b)), "%")
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || !percent {
		return fmt.Errorf("%q is no share; expected one such as 5%%", b)
	}
	*s = Share(f / 100)
	return nil
}

package cdr

import (
	"strconv"
	"strings"
	"time"

	"waihu/internal/timex"
)

const (
	// longest is the longest duration a record may claim. It is far beyond any
	// call: what is longer is a broken counter, and would overflow sums.
	longest = 10 * 365 * 24 * time.Hour
	// lastInstant is the end of 2200: a later stamp is a broken clock.
	lastInstant = timex.Instant(7_289_654_400_000_000)
)

// countOf reads "12" as 12 units; a sign, a fraction and more than longest are
// refused.
func countOf(s string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n > uint64(longest/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// secondsOf reads "12" or "12.345" seconds exactly; what is finer than a
// nanosecond is cut.
func secondsOf(s string) (time.Duration, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	d, ok := countOf(whole, time.Second)
	if !ok || !point {
		return d, ok
	}
	if fraction == "" || strings.Trim(fraction, "0123456789") != "" {
		return 0, false
	}
	nano, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 63)
	return d + time.Duration(nano), err == nil
}

// epochOf reads units since 1970. Zero is "not set", which switches write for
// what did not happen.
func epochOf(s string, unit time.Duration) (timex.Instant, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	micros := int64(unit / time.Microsecond)
	if err != nil || n < 0 || n > int64(lastInstant)/micros {
		return 0, false
	}
	return timex.Instant(n * micros), true
}

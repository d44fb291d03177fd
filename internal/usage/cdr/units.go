package cdr

import (
	"strings"
	"time"
)

// DurationUnit is how durations are written.
type DurationUnit string

const (
	Seconds      DurationUnit = "s"        // 62 or 62.5
	Milliseconds DurationUnit = "ms"       // 62500
	MinSec       DurationUnit = "mm:ss"    // 1:02; 75:00 is right
	HourMinSec   DurationUnit = "hh:mm:ss" // 0:01:02
)

// Choices lists them; empty is s.
func (DurationUnit) Choices() []string { return []string{"s", "ms", "mm:ss", "hh:mm:ss"} }

func (u DurationUnit) expected() string {
	switch u {
	case Milliseconds:
		return "whole milliseconds, not negative"
	case MinSec:
		return "minutes and seconds such as 1:02"
	case HourMinSec:
		return "hours, minutes and seconds such as 0:01:02"
	}
	return "seconds such as 62 or 62.5, not negative"
}

// read reads a duration of at most ten years.
func (u DurationUnit) read(text string) (time.Duration, bool) {
	switch u {
	case Milliseconds:
		return countOf(text, time.Millisecond)
	case MinSec:
		return clockTime(text, 2)
	case HourMinSec:
		return clockTime(text, 3)
	}
	return secondsOf(text)
}

// clockTime reads parts separated by colons; the last is seconds, and may have
// a fraction, the one before minutes. All but the first are below 60.
func clockTime(text string, parts int) (time.Duration, bool) {
	split := strings.SplitN(text, ":", parts+1)
	if len(split) != parts {
		return 0, false
	}
	last := len(split) - 1
	total, ok := secondsOf(split[last])
	if !ok || total >= time.Minute {
		return 0, false
	}
	unit := time.Minute
	for i := last - 1; i >= 0; i-- {
		d, ok := countOf(split[i], unit)
		if !ok || i > 0 && d >= 60*unit || total+d > longest {
			return 0, false
		}
		total += d
		unit *= 60
	}
	return total, true
}

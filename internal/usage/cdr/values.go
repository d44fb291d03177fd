package cdr

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// values reads the values of facts from text.
type values struct {
	clock wallClock
	unit  DurationUnit
	times []timeLayout // besides the forms wallClock knows
	note  stampNote    // what is doubtful about the last instant
}

// wrong is what is wrong with a text, and what was expected; empty: nothing.
type wrong struct{ what, expected string }

// set reads text into the field at, which a factField gave.
func (v *values) set(at any, text string) wrong {
	v.note = 0
	switch p := at.(type) {
	case *string:
		*p = text
	case *bool:
		return setBool(p, text)
	case *timex.Instant:
		return v.setInstant(p, text)
	case *time.Duration:
		return v.setDuration(p, text)
	case *exact.Number:
		return setNumber(p, text)
	case *usage.Direction:
		return choose(p, text)
	case *usage.Result:
		return choose(p, text)
	case *usage.AnsweredBy:
		return choose(p, text)
	case *usage.Mode:
		return choose(p, text)
	case *usage.Purpose:
		return choose(p, text)
	case *usage.Line:
		return choose(p, text)
	case *usage.Reach:
		return choose(p, text)
	case *usage.State:
		return choose(p, text)
	case *usage.Side:
		return choose(p, text)
	case *int64:
		return setCount(p, text)
	case *usage.MOS:
		return setMOS(p, text)
	}
	return wrong{}
}

// choose takes one of a few words.
func choose[T interface {
	~string
	Choices() []string
}](p *T, text string) wrong {
	all := (*p).Choices()
	i := slices.Index(all, text)
	if i < 0 {
		return wrong{"this word is not known here", strings.Join(all, ", ")}
	}
	*p = T(all[i])
	return wrong{}
}

func setBool(p *bool, text string) wrong {
	switch text {
	case "true", "yes", "1":
		*p = true
	case "false", "no", "0":
		*p = false
	default:
		return wrong{"this is neither yes nor no", "true or false"}
	}
	return wrong{}
}

// setNumber reads a quantity: a decimal, or the fraction exact.Number writes.
func setNumber(p *exact.Number, text string) wrong {
	n, err := exact.Parse(text)
	if err != nil && strings.Trim(text, "-.0123456789/") == "" {
		err = n.UnmarshalJSON([]byte(`"` + text + `"`))
	}
	if err != nil || n.Sign() < 0 {
		return wrong{"this is no quantity", "a decimal such as 12.5, not negative"}
	}
	*p = n
	return wrong{}
}

// setCount reads a whole number that is not negative.
func setCount(p *int64, text string) wrong {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return wrong{"this is no whole number", "0 or more"}
	}
	*p = n
	return wrong{}
}

// setMOS reads a score from 1 to 5, to a hundredth.
func setMOS(p *usage.MOS, text string) wrong {
	n, err := exact.Parse(text)
	if err == nil {
		hundredths, fraction := n.Mul(exact.Int(100)).Int64()
		if fraction == nil && hundredths >= 100 && hundredths <= 500 {
			*p = usage.MOS(hundredths)
			return wrong{}
		}
	}
	return wrong{"this is no score of a line", "1.00 to 5.00, at most two decimals"}
}

// setInstant reads a stamp with a zone, or on the wall clock; or a date, which
// is its midnight.
func (v *values) setInstant(p *timex.Instant, text string) wrong {
	for _, layout := range v.times {
		if i, note, ok := layout.read(&v.clock, text); ok {
			*p, v.note = i, note
			return wrong{}
		}
	}
	if len(v.times) > 0 {
		return wrong{"this is no time in the form the mapping gives", v.expectedTimes()}
	}
	if i, note, ok := v.clock.read(text); ok {
		*p, v.note = i, note
		return wrong{}
	}
	if d, err := timex.ParseDate(text); err == nil && d.Start(time.UTC) <= lastInstant && d > 365 {
		*p = d.Start(v.clock.wall.Location())
		return wrong{}
	}
	return wrong{"this is no time", "2026-03-01T09:30:00+08:00, 2026-03-01 09:30:00 or 2026-03-01"}
}

func (v *values) expectedTimes() string {
	names := make([]string, len(v.times))
	for i, l := range v.times {
		names[i] = l.pattern
	}
	return strings.Join(names, " or ")
}

func (v *values) setDuration(p *time.Duration, text string) wrong {
	d, ok := v.unit.read(text)
	if !ok {
		return wrong{"this is no duration", v.unit.expected()}
	}
	*p = d
	return wrong{}
}

// doubt says in words what is odd about the last instant read; empty: nothing.
func (v *values) doubt() string {
	switch {
	case v.note&stampSkipped != 0:
		return "the clocks of " + v.clock.zone() + " skipped this time; taken as before the change"
	case v.note&stampRepeated != 0:
		return "the clocks of " + v.clock.zone() + " showed this time twice; taken as the first"
	}
	return ""
}

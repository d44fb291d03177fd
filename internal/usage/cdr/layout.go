package cdr

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/timex"
)

// timeLayout is a form of stamps as a mapping writes it: "DD/MM/YYYY HH:mm:ss",
// "unix", "unix_ms", "iso".
type timeLayout struct {
	pattern string
	unit    time.Duration // of unix stamps; 0: no unix stamp
	layout  string        // of package time; empty: iso, what wallClock reads
	zoned   bool          // the stamp names its zone
}

// timeTokens are the parts of a form, and what package time calls them. Longer
// ones come first.
var timeTokens = []struct{ token, layout string }{
	{"YYYY", "2006"}, {"YY", "06"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"}, {"DD", "02"}, {"D", "2"},
	{"HH", "15"}, {"H", "15"}, {"hh", "03"}, {"h", "3"}, {"mm", "04"}, {"m", "4"}, {"ss", "05"}, {"s", "5"},
	{".SSSSSS", ".000000"}, {".SSS", ".000"}, {"A", "PM"}, {"ZZ", "-0700"}, {"Z", "Z07:00"}, {"T", "T"},
}

// newTimeLayout reads a form. Letters that are no token are refused: a typing
// error would make every stamp unreadable.
func newTimeLayout(pattern string) (timeLayout, error) {
	l := timeLayout{pattern: pattern}
	switch pattern {
	case "iso":
		return l, nil
	case "unix":
		l.unit = time.Second
		return l, nil
	case "unix_ms":
		l.unit = time.Millisecond
		return l, nil
	}
	var b strings.Builder
	for rest := pattern; rest != ""; {
		token, layout := timeToken(rest)
		if token == "" {
			return l, badLayout(pattern)
		}
		b.WriteString(layout)
		l.zoned = l.zoned || token[0] == 'Z'
		rest = rest[len(token):]
	}
	if pattern == "" {
		return l, badLayout(pattern)
	}
	l.layout = b.String()
	return l, nil
}

// timeToken is the token a form begins with, or the mark; empty if it is
// neither.
func timeToken(form string) (token, layout string) {
	for _, t := range timeTokens {
		if strings.HasPrefix(form, t.token) {
			return t.token, t.layout
		}
	}
	if strings.IndexByte(" -/.:,", form[0]) >= 0 || form[0] >= 0x80 {
		return form[:1], form[:1]
	}
	return "", ""
}

func badLayout(pattern string) error {
	return fmt.Errorf("%q is not a form of times: write it with YYYY MM DD HH mm ss, such as DD/MM/YYYY HH:mm:ss, or iso, unix, unix_ms", pattern)
}

// read reads one stamp.
func (l *timeLayout) read(clock *wallClock, text string) (timex.Instant, stampNote, bool) {
	switch {
	case l.unit != 0:
		return l.readUnix(text)
	case l.layout == "":
		return clock.read(text)
	}
	t, err := time.Parse(l.layout, text)
	if err != nil || !civil(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()) {
		return 0, 0, false
	}
	if l.zoned {
		return timex.At(t), 0, true
	}
	wall := t.Unix()
	i := clock.wall.Instant(wall, int64(t.Nanosecond()/1000))
	return i, clock.doubt(wall, i), true
}

// readUnix reads "1772357400" or, in seconds, "1772357400.25".
func (l *timeLayout) readUnix(text string) (timex.Instant, stampNote, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	i, ok := epochOf(whole, l.unit)
	if !ok || !point {
		return i, 0, ok
	}
	p := stampParts{rest: fraction}
	micros := p.fraction()
	return i + timex.Instant(micros), 0, l.unit == time.Second && !p.bad && p.rest == ""
}

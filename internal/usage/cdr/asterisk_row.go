package cdr

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// row makes the call of the record; false if it was rejected.
func (a *asterisk) row() bool {
	if !a.fits() {
		return false
	}
	l, s, c := a.layout, a.rows, &a.call
	result, ok := asteriskResult(s.field(l.disposition))
	if !ok {
		return a.bad(l.disposition, "this is no disposition", "ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION")
	}
	c.Result = result
	c.From, c.To = s.field(l.src), s.field(l.dst)
	c.Account, c.Cause = s.field(l.account), s.field(l.cause)
	if !a.durations(c) || !a.times(c) {
		return false
	}
	a.identify(c)
	a.channels(c)
	return true
}

// fits finds the layout of the record and refuses what is no record of it.
func (a *asterisk) fits() bool {
	s := a.rows
	if s.wrong != "" {
		return a.refuse(s.wrong, "quotes around a field, doubled within it")
	}
	if s.n == a.columns && !a.byCount {
		return true
	}
	if a.byCount {
		a.pick(s.n)
	}
	switch {
	case a.layout != nil && s.n == a.columns:
		return true
	case a.layout != nil && a.loose && s.n < a.columns && s.n > a.lastNeeded():
		for i := s.n; i < a.columns; i++ {
			s.spans[i] = span{}
		}
		return true
	case a.layout != nil && s.n > a.columns && (a.wide || a.emptyFrom(a.columns)):
		return true
	}
	return a.refuse(fmt.Sprintf("the record has %d columns", s.n), a.wantedColumns())
}

func (a *asterisk) wantedColumns() string {
	switch {
	case a.byCount:
		return "16 to 21 columns"
	case a.loose:
		return fmt.Sprintf("%d to %d columns", a.lastNeeded()+1, a.columns)
	}
	return fmt.Sprintf("%d columns", a.columns)
}

// halfWritten refuses a last line without a line end that has fewer columns
// than the line before it, and flags one that may be cut in its last field.
func (a *asterisk) halfWritten(before int) bool {
	s := a.rows
	if before > s.n {
		return !a.refuse(fmt.Sprintf("the record has %d columns, the one before it %d", s.n, before), "a whole line")
	}
	if s.raw[len(s.raw)-1] != '"' {
		a.out.Flag(fault.Problem{File: a.in.Name, Line: s.line, Value: s.raw, Warning: true,
			What: "the file ends without a line end: if this line was still being written, its last field is cut"})
	}
	return false
}

// pick sets the cdr_csv layout for n columns. A lone column for uniqueid or
// userfield is the one it looks like, as often as there is one.
func (a *asterisk) pick(n int) {
	lone := n == 17 || n == 20
	if n == a.columns && (!lone || isUniqueID(a.rows.field(16)) == (a.layout.unique != noColumn)) {
		return
	}
	unique := lone && isUniqueID(a.rows.field(16))
	a.layout, a.columns = nil, n
	if names := asteriskCSVNames(n, unique); names != nil {
		a.layout, _ = newAsteriskLayout(names)
	}
}

// lastNeeded is the last column without which a record is no call.
func (a *asterisk) lastNeeded() int {
	l := a.layout
	return max(l.src, l.dst, l.start, l.duration, l.billsec, l.disposition)
}

func (a *asterisk) emptyFrom(i int) bool {
	for ; i < a.rows.n; i++ {
		if a.rows.field(i) != "" {
			return false
		}
	}
	return true
}

// durations reads how long the call took and talked.
func (a *asterisk) durations(c *usage.Call) bool {
	l, s := a.layout, a.rows
	var ok bool
	if c.Total, ok = wholeSeconds(s.field(l.duration)); !ok {
		return a.bad(l.duration, "this is no number of seconds", "a number such as 62, not negative")
	}
	if c.Talk, ok = wholeSeconds(s.field(l.billsec)); !ok {
		return a.bad(l.billsec, "this is no number of seconds", "a number such as 62, not negative")
	}
	if c.Talk > 0 && c.Result != usage.Answered { // a queue answered, the agent it then rang did not
		a.flagColumn(l.billsec, "talk time on a call that was not answered: it is left out")
		c.Talk = 0
	}
	return true
}

// wholeSeconds reads "62" fast and what secondsOf reads besides.
func wholeSeconds(s string) (time.Duration, bool) {
	if len(s) == 0 || len(s) > 7 {
		return secondsOf(s)
	}
	v := 0
	for i := 0; i < len(s); i++ {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return secondsOf(s)
		}
		v = v*10 + d
	}
	return time.Duration(v) * time.Second, true
}

// times reads start, answer and end, or reckons those that have no column from
// the durations; and where the stamps have no seconds, all but the start.
func (a *asterisk) times(c *usage.Call) bool {
	l := a.layout
	c.Start, c.Answer, c.End, a.rough = 0, 0, 0, false
	if !a.time(l.start, &c.Start) || !a.time(l.end, &c.End) || !a.time(l.answer, &c.Answer) {
		return false
	}
	if c.Start == 0 {
		return a.bad(l.start, "the record does not say when the call started", "2026-03-01 09:30:00")
	}
	if c.End == 0 || a.rough {
		c.End = c.Start.Add(c.Total)
	}
	if c.Result != usage.Answered {
		c.Answer = 0
		return true
	}
	if c.Answer == 0 && l.answer != noColumn {
		a.flagColumn(l.answer, "answered, but no answer time: it is set that long before the end")
	}
	if c.Answer == 0 || a.rough {
		c.Answer = max(c.Start, c.End.Add(-c.Talk))
	}
	return true
}

// time reads a stamp into to; an empty one, or the zero of MySQL, leaves it.
func (a *asterisk) time(column int, to *timex.Instant) bool {
	text := a.rows.field(column)
	if text == "" {
		return true
	}
	i, note, ok := a.stamps.read(text)
	if ok && note == 0 {
		*to = i
		return true
	}
	if text == "0000-00-00 00:00:00" {
		return true
	}
	if !ok {
		if i, note, ok = a.dates.read(&a.stamps.clock, text); !ok {
			return a.badStamp(column, text)
		}
	}
	a.rough = a.rough || note&stampMinute != 0
	a.doubt(column, note)
	*to = i
	return true
}

func (a *asterisk) badStamp(column int, text string) bool {
	if strings.Count(text, "/") == 2 && a.dates == "" {
		return a.bad(column, "this date may be day first or month first", "2026-03-01 09:30:00, or the option dates=dmy or dates=mdy")
	}
	return a.bad(column, "this is no date and time", "a stamp such as 2026-03-01 09:30:00")
}

func (a *asterisk) doubt(column int, note stampNote) {
	zone := a.stamps.clock.zone()
	switch {
	case note&stampSkipped != 0:
		a.flagColumn(column, "the clocks of "+zone+" skipped this time; taken as before the change")
	case note&stampRepeated != 0:
		a.flagColumn(column, "the clocks of "+zone+" showed this time twice; taken as the first")
	}
}

func asteriskResult(disposition string) (usage.Result, bool) {
	switch disposition {
	case "ANSWERED":
		return usage.Answered, true
	case "NO ANSWER":
		return usage.NoAnswer, true
	case "BUSY":
		return usage.Busy, true
	case "FAILED":
		return usage.Failed, true
	case "CONGESTION":
		return usage.Congestion, true
	}
	return "", false
}

// bad rejects the record for what stands in a column.
func (a *asterisk) bad(column int, what, expected string) bool {
	a.out.Reject(fault.Problem{File: a.in.Name, Line: a.rows.line, Column: column + 1, Path: a.layout.name(column),
		Value: a.rows.field(column), What: what, Expected: expected, Fix: a.fix()})
	return false
}

// refuse rejects a record that has no columns to speak of.
func (a *asterisk) refuse(what, expected string) bool {
	a.out.Reject(fault.Problem{File: a.in.Name, Line: a.rows.line, Value: a.rows.raw, What: what, Expected: expected, Fix: a.fix()})
	return false
}

// fix says that a last line without a line end is probably half a line.
func (a *asterisk) fix() string {
	if a.rows.cut {
		return "the file ends within this line: it was half written"
	}
	return ""
}

func (a *asterisk) flagColumn(column int, what string) {
	a.out.Flag(fault.Problem{File: a.in.Name, Line: a.rows.line, Column: column + 1, Path: a.layout.name(column),
		Value: a.rows.field(column), What: what, Warning: true})
}

package cdr

import (
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// foreign is what every reader of another system's records needs: where its
// findings go, the zone of its stamps, the name of its facts' source.
type foreign struct {
	in        *Input
	out       Out
	clock     wallClock
	source    string
	direction usage.Direction // Params["direction"]: overrules the records; empty: it does not
}

// newForeign reads the options all these formats share. A wrong value of one
// is an error of kind Invalid for the input as a whole.
func newForeign(in *Input, out Out, format string) (*foreign, error) {
	f := &foreign{in: in, out: out, clock: newWallClock(in.Zone), source: in.Source}
	if f.source == "" {
		f.source = format
	}
	d, err := f.choice("direction", f.direction.Choices()...)
	f.direction = usage.Direction(d)
	return f, err
}

// directionHelp says what the option direction does.
const directionHelp = "outbound, inbound, internal or callback: what every call is, whatever the records say"

// choice is the value of an option that takes one of a few words; empty: not set.
func (f *foreign) choice(param string, allowed ...string) (string, error) {
	v := f.in.Params[param]
	if v == "" || slices.Contains(allowed, v) {
		return v, nil
	}
	return "", fault.Problem{File: f.in.Name, Path: param, Value: v, What: "this option has no such value",
		Expected: strings.Join(allowed, ", ")}
}

// finding is what one record turned out to be: a call, or a reason why not.
type finding struct {
	call   usage.Call
	flags  fault.Problems
	bad    *fault.Problem
	ignore string
}

// reject sets the record aside; the first reason stands.
func (v *finding) reject(path, value, what, expected string) {
	if v.bad == nil {
		v.bad = &fault.Problem{Path: path, Value: value, What: what, Expected: expected}
	}
}

// flag marks something odd.
func (v *finding) flag(path, value, what string) {
	v.flags = append(v.flags, fault.Problem{Path: path, Value: value, What: what, Warning: true})
}

// report tells out about a record whose finding is complete.
func (f *foreign) report(row Row, v *finding) error {
	f.out.Record(row)
	switch {
	case v.bad != nil:
		f.out.Reject(f.at(row, *v.bad))
		return nil
	case v.ignore != "":
		f.out.Ignore(v.ignore)
		return nil
	}
	for _, p := range v.flags {
		f.out.Flag(f.at(row, p))
	}
	return f.out.Call(&v.call)
}

// ignored reports a record that is no fact.
func (f *foreign) ignored(row Row, reason string) {
	f.out.Record(row)
	f.out.Ignore(reason)
}

// rejected reports a record that cannot be used.
func (f *foreign) rejected(row Row, p fault.Problem) {
	f.out.Record(row)
	f.out.Reject(f.at(row, p))
}

func (f *foreign) at(row Row, p fault.Problem) fault.Problem {
	p.File, p.Line = f.in.Name, row.Line
	return p
}

// steer applies the direction option to a call.
func (f *foreign) steer(c *usage.Call) {
	if f.direction != "" {
		c.Direction = f.direction
	}
}

// stamp reads a date and time into to; empty leaves it zero. It rejects what
// is no stamp and flags what the clocks make doubtful. whole tells whether the
// stamp has seconds.
func (f *foreign) stamp(v *finding, path, text string, to *timex.Instant) (whole bool) {
	if text == "" || text == "0000-00-00 00:00:00" { // MySQL's stamp for none
		return true
	}
	i, note, ok := f.clock.read(text)
	if !ok {
		v.reject(path, text, "this is no date and time", "a stamp such as 2026-03-01 09:30:00")
		return true
	}
	switch {
	case note&stampSkipped != 0:
		v.flag(path, text, "the clocks of "+f.clock.zone()+" skipped this time; taken as before the change")
	case note&stampRepeated != 0:
		v.flag(path, text, "the clocks of "+f.clock.zone()+" showed this time twice; taken as the first")
	}
	*to = i
	return note&stampMinute == 0
}

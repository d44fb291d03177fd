package cdr

import (
	"crypto/sha256"
	"encoding/hex"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// factReader is what the readers of our own files and of mappings share.
type factReader struct {
	in     *Input
	out    Out
	values values
	fact   fact
	source string
}

func newFactReader(in *Input, out Out, source string) *factReader {
	r := &factReader{in: in, out: out, source: in.Source, values: values{clock: newWallClock(in.Zone)}}
	if r.source == "" {
		r.source = source
	}
	return r
}

// complete makes sure that the fact has what its kind needs, and tells what is
// missing. id tells that it must have named itself.
func (r *factReader) complete(id bool) (fault.Problem, bool) {
	if id && !r.fact.hasID() {
		return fault.Problem{Path: "id", What: "the fact has no id", Expected: "one that is unique in its source"}, true
	}
	for _, f := range factFields(r.fact.kind) {
		if f.need && unset(f.at(&r.fact)) {
			return fault.Problem{Path: f.name, What: "facts of kind " + string(r.fact.kind) + " need this field", Expected: "a value"}, true
		}
	}
	if bad := r.fact.priced(); bad != "" {
		return fault.Problem{Path: "cost", Value: r.fact.cost + " " + r.fact.currency, What: bad, Expected: "cost 0.12 and currency CNY"}, true
	}
	if bad := r.fact.call.Course.Wrong(); r.fact.kind == CallFact && bad != "" {
		return fault.Problem{What: bad, Expected: "a course that can be"}, true
	}
	r.fact.name("", r.source)
	return fault.Problem{}, false
}

// unset tells whether a field still has no value. A quantity of 0 is one.
func unset(at any) bool {
	switch p := at.(type) {
	case *string:
		return *p == ""
	case *timex.Instant:
		return *p == 0
	case *exact.Number:
		return *p == exact.Number{}
	}
	return false
}

// derive fills in what a call does not say but what follows from the rest: the
// end from the start and the whole time, or the other way round; talk time and
// answer likewise; a call with talk time was answered, one without was not.
func (r *factReader) derive() {
	c := &r.fact.call
	if c.End == 0 && c.Total > 0 {
		c.End = c.Start.Add(c.Total)
	}
	if c.Total == 0 && c.End > c.Start {
		c.Total = c.End.Sub(c.Start)
	}
	if c.Talk == 0 && c.Answer != 0 && c.End > c.Answer && (c.Result == "" || c.Result == usage.Answered) {
		c.Talk = c.End.Sub(c.Answer)
	}
	if c.Result == "" {
		c.Result = usage.NoAnswer
		if c.Talk > 0 {
			c.Result = usage.Answered
		}
	}
	if c.End == 0 && c.Talk > 0 {
		c.End = max(c.Start, c.Answer).Add(c.Talk)
		c.Total = c.End.Sub(c.Start)
	}
	if c.Answer == 0 && c.Result == usage.Answered {
		c.Answer = max(c.Start, c.End.Add(-c.Talk))
	}
}

// recordID is the ID of a record that names none: a hash over it, so that the
// same record read again is found.
func recordID(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return "record:" + hex.EncodeToString(sum[:16])
}

// flagDoubt flags an instant the clocks make doubtful.
func (r *factReader) flagDoubt(line, column int, path, text string) {
	if doubt := r.values.doubt(); doubt != "" {
		r.out.Flag(fault.Problem{File: r.in.Name, Line: line, Column: column, Path: path, Value: text, What: doubt, Warning: true})
	}
}

package deck

import (
	"fmt"

	"waihu/internal/fault"
	"waihu/internal/phone"
)

// maxFindings bounds a report: after that many of a kind a file is wrong as a
// whole, and only their number is of use.
const maxFindings = 100

// findings collects problems, the first hundred errors and the first hundred
// warnings of them.
type findings struct {
	list             fault.Problems
	errors, warnings int
}

func (f *findings) add(p fault.Problem) {
	count := &f.errors
	if p.Warning {
		count = &f.warnings
	}
	if *count++; *count <= maxFindings {
		f.list = append(f.list, p)
	}
}

// all is the list, with a last word on what was left out.
func (f *findings) all() fault.Problems {
	for _, left := range []struct {
		count   int
		warning bool
	}{{f.errors, false}, {f.warnings, true}} {
		if left.count > maxFindings {
			f.list = append(f.list, fault.Problem{Warning: left.warning,
				What: fmt.Sprintf("and %d more like these", left.count-maxFindings)})
		}
	}
	return f.list
}

// at begins a problem of a row: by its place in a file if it has one, else by
// its place in the list.
func at(i int, e *Entry, field string) fault.Problem {
	path := field
	if e.Line == 0 {
		path = fmt.Sprintf("entries[%d].%s", i, field)
	}
	return fault.Problem{File: e.File, Line: e.Line, Path: path}
}

// check reports what is wrong with one row and reads its prefix.
func check(f *findings, i int, e *Entry) (phone.Number, bool) {
	before := f.errors
	prefix, ok := parsePrefix(e.Prefix)
	if !ok {
		p := at(i, e, "prefix")
		p.What, p.Value = "not a prefix", e.Prefix
		p.Expected = fmt.Sprintf("at most %d digits, or nothing for the default row", phone.MaxDigits)
		p.Fix = "write the country code and the digits after it, without plus and without 00"
		f.add(p)
	}
	if e.From < 0 {
		p := at(i, e, "from")
		p.What, p.Value, p.Expected = "a date before 1970", e.From.String(), "a later date, or none for a rate that always held"
		f.add(p)
	}
	checkRate(f, i, e)
	return prefix, f.errors == before
}

func checkRate(f *findings, i int, e *Entry) {
	r := &e.Rate
	for _, c := range []struct {
		field         string
		value, lowest int64
		unit          string
	}{
		{"price", r.Price, 0, "billionths"},
		{"per", int64(r.Per), 1, "seconds"},
		{"first", int64(r.First), 1, "seconds"},
		{"next", int64(r.Next), 1, "seconds"},
		{"minimum", int64(r.Minimum), 0, "seconds"},
		{"grace", int64(r.Grace), 0, "seconds"},
		{"connect", r.Connect, 0, "billionths"},
		{"min_cost", r.MinCost, 0, "billionths"},
		{"max_cost", r.MaxCost, 0, "billionths"},
	} {
		if c.value < c.lowest {
			p := at(i, e, "rate."+c.field)
			p.What, p.Value = "too small", fmt.Sprint(c.value)
			p.Expected = fmt.Sprintf("at least %d %s", c.lowest, c.unit)
			f.add(p)
		}
	}
	if r.MaxCost > 0 && r.MinCost > r.MaxCost {
		p := at(i, e, "rate.min_cost")
		p.What, p.Value = "the least a call costs is more than the most", fmt.Sprint(r.MinCost)
		p.Expected = fmt.Sprintf("at most max_cost, which is %d billionths", r.MaxCost)
		f.add(p)
	}
	if r.Status > Unknown {
		p := at(i, e, "rate.status")
		p.What, p.Value, p.Expected = "no such status", fmt.Sprint(r.Status), "0 priced, 1 blocked or 2 unknown"
		f.add(p)
	}
}

// checkTwice finds rows of one prefix from one day among the sorted keys.
func checkTwice(f *findings, entries []Entry, keys []key) {
	for i := 1; i < len(keys); i++ {
		k, first := keys[i], keys[i-1]
		if k.prefix != first.prefix || k.from != first.from {
			continue
		}
		e, other := &entries[k.entry], &entries[first.entry]
		p := at(int(k.entry), e, "prefix")
		p.What, p.Value = "the same prefix twice from the same day", e.Prefix
		if e.From != 0 {
			p.What += " " + e.From.String()
		}
		p.Fix = "keep one of the two: the other is " + place(int(first.entry), other)
		f.add(p)
	}
}

func place(i int, e *Entry) string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("entries[%d]", i)
	case e.File == "":
		return fmt.Sprintf("line %d", e.Line)
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// parsePrefix reads digits and nothing else; no digits are the default row.
func parsePrefix(s string) (phone.Number, bool) {
	if len(s) > phone.MaxDigits {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + uint64(c)
	}
	return phone.Of(v, len(s)), true
}

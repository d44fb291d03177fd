package cdr

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// mapping is a Mapping that was checked.
type mapping struct {
	Mapping
	times     []timeLayout
	zone      *time.Location // nil: the input's
	constants []factConstant
}

type factConstant struct {
	field factField
	text  string
}

// Mapped makes a format of a mapping. Its error, of kind Invalid, names every
// mistake in it with its path.
//
// A call needs start, and durations or end; what it does not say is derived:
// the end from start and total, talk from answer and end, the answer from talk
// and end, the result from whether it talked. A record without an id gets a
// hash over it as its ID, so the same file read again is found.
func Mapped(m Mapping) (Format, error) {
	if m.Name == "" {
		m.Name = "mapped"
	}
	c := &mapping{Mapping: m}
	if ps := c.check(); len(ps) > 0 {
		return Format{}, ps
	}
	return Format{Name: m.Name, Title: "records described by the mapping " + m.Name,
		Sniff: c.sniff, Params: map[string]string{}, Read: c.read}, nil
}

// check compiles the mapping and lists what is wrong with it.
func (m *mapping) check() (ps fault.Problems) {
	add := func(path, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
	}
	fields := factFields(m.Fact)
	if fields == nil {
		add("fact", string(m.Fact), "there is no such kind of fact", strings.Join(m.Fact.Choices(), ", "))
		return ps
	}
	m.checkWords(add)
	m.checkColumns(fields, add)
	m.checkValues(fields, add)
	for i, pattern := range m.Times {
		l, err := newTimeLayout(pattern)
		if err != nil {
			add(fmt.Sprintf("times[%d]", i), pattern, "this is no form of times", "YYYY-MM-DD HH:mm:ss, iso, unix or unix_ms")
		}
		m.times = append(m.times, l)
	}
	if m.Zone != "" {
		var err error
		if m.zone, err = timex.LoadZone(m.Zone); err != nil {
			add("zone", m.Zone, "this is no time zone", "an IANA name such as Asia/Shanghai")
		}
	}
	return ps
}

type addProblem func(path, value, what, expected string)

func (m *mapping) checkWords(add addProblem) {
	if m.Separator != "" && !slices.Contains(m.Separator.Choices(), string(m.Separator)) {
		add("separator", string(m.Separator), "there is no such separator", strings.Join(m.Separator.Choices(), ", "))
	}
	if m.Duration != "" && !slices.Contains(m.Duration.Choices(), string(m.Duration)) {
		add("duration", string(m.Duration), "durations are not written so", strings.Join(m.Duration.Choices(), ", "))
	}
	if m.Fact != CallFact && !(m.ToRule.isZero() && m.FromRule.isZero()) {
		add("to_number", "", "only calls have numbers", "no to_number and from_number")
	}
}

func (m *mapping) checkColumns(fields []factField, add addProblem) {
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		at := m.Columns[name]
		if fieldIndex(fields, name, 0) < 0 {
			add("columns."+name, at, "facts of kind "+string(m.Fact)+" have no such field", fieldNames(fields))
		}
		if n, err := strconv.Atoi(at); err == nil && (n < 1 || n > maxColumns) || err != nil && !m.Header {
			add("columns."+name, at, "this is no column", "a number from 1, or a name if the file has a header")
		}
	}
	for _, f := range fields {
		_, column := m.Columns[f.name]
		_, constant := m.Constants[f.name]
		if f.need && !column && !constant {
			add("columns."+f.name, "", "facts of kind "+string(m.Fact)+" need this field", "its column")
		}
	}
	if m.Fact == CallFact && !m.has("talk") && !(m.has("answer") && (m.has("end") || m.has("total"))) {
		add("columns.talk", "", "nothing tells how long a call talked", "talk, or answer and one of end and total")
	}
}

func (m *mapping) has(field string) bool { return m.Columns[field] != "" }

// checkValues tries every constant and every meaning of a value.
func (m *mapping) checkValues(fields []factField, add addProblem) {
	v := values{clock: newWallClock(nil)}
	var scratch fact
	for _, name := range slices.Sorted(maps.Keys(m.Constants)) {
		text, at := m.Constants[name], fieldIndex(fields, name, 0)
		if at < 0 {
			add("constants."+name, text, "facts of kind "+string(m.Fact)+" have no such field", fieldNames(fields))
			continue
		}
		if _, twice := m.Columns[name]; twice {
			add("constants."+name, text, "this field has a column as well", "one or the other")
		}
		if w := v.set(fields[at].at(&scratch), text); w.what != "" {
			add("constants."+name, text, w.what, w.expected)
		}
		m.constants = append(m.constants, factConstant{fields[at], text})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		at := fieldIndex(fields, name, 0)
		if _, column := m.Columns[name]; at < 0 || !column {
			add("values."+name, "", "no column holds this field", "a field under columns")
			continue
		}
		for _, foreign := range slices.Sorted(maps.Keys(m.Values[name])) {
			ours := m.Values[name][foreign]
			if ours == "" {
				continue
			}
			if w := v.set(fields[at].at(&scratch), ours); w.what != "" {
				add("values."+name+"."+foreign, ours, w.what, w.expected)
			}
		}
	}
}

// sniff is sure of a file whose header names all columns of the mapping.
func (m *mapping) sniff(head []byte, _ string) (int, Why) {
	if !m.Header {
		return 0, Why{}
	}
	rows := sampleRows(head, m.separator(head))
	if len(rows) == 0 {
		return 0, Why{}
	}
	named := 0
	for _, at := range m.Columns {
		if _, err := strconv.Atoi(at); err == nil {
			continue
		}
		if columnOf(rows[0], at) < 0 {
			return 0, Why{}
		}
		named++
	}
	if named == 0 {
		return 0, Why{}
	}
	return 98, because("mapped", "columns", strconv.Itoa(named), "mapping", m.Name)
}

func (m *mapping) separator(head []byte) byte {
	if m.Separator == "" {
		return separatorOf(head)
	}
	return m.Separator.byte()
}

func columnOf(names []string, name string) int {
	return slices.IndexFunc(names, func(s string) bool { return headerName(s) == headerName(name) })
}

func (m *mapping) read(in *Input, out Out) error {
	head, rest, err := headOf(in.R)
	if err != nil {
		return err
	}
	t := &table{factReader: newFactReader(in, out, cmp.Or(m.Source, m.Name)), rows: newSplitter(rest, m.separator(head))}
	t.values.unit, t.values.times = m.Duration, m.times
	if m.zone != nil {
		t.values.clock = newWallClock(m.zone)
	}
	if err := m.bind(t); err != nil {
		return err
	}
	for t.rows.next() {
		t.out.Record(t.rows.row())
		p, bad := t.misfit()
		if !bad {
			p, bad = t.fill(m.Fact)
		}
		if bad {
			t.reject(p)
			continue
		}
		for _, c := range m.constants {
			t.values.set(c.field.at(&t.fact), c.text) // was tried when the mapping was checked
		}
		if err := t.finish(); err != nil {
			return err
		}
	}
	return t.rows.err
}

// bind finds the columns of the mapping in the input.
func (m *mapping) bind(t *table) error {
	var names []string
	if m.Header {
		var err error
		if names, err = t.header(); names == nil || err != nil {
			return err
		}
	}
	for _, f := range factFields(m.Fact) {
		at, mapped := m.Columns[f.name]
		if !mapped {
			continue
		}
		n, err := strconv.Atoi(at)
		if err != nil {
			if n = columnOf(names, at) + 1; n == 0 {
				return fault.Problem{File: t.in.Name, Line: t.rows.line, Path: "columns." + f.name, Value: at,
					What: "the header has no such column", Expected: strings.Join(names, ", ")}
			}
		}
		c := column{index: n - 1, field: f, words: m.Values[f.name]}
		switch {
		case m.Fact == CallFact && f.name == "to" && !m.ToRule.isZero():
			c.number = &m.ToRule
		case m.Fact == CallFact && f.name == "from" && !m.FromRule.isZero():
			c.number = &m.FromRule
		}
		t.columns = append(t.columns, c)
	}
	return nil
}

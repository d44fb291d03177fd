package cdr

import (
	"fmt"
	"strings"

	"waihu/internal/fault"
)

// column joins a column of a table to a field of a fact.
type column struct {
	index  int
	field  factField
	words  map[string]string // foreign value -> ours; nil: as it stands
	number *NumberRule
}

// table reads facts from separated values whose columns are known.
type table struct {
	*factReader
	rows    *splitter
	columns []column
	width   int // columns of a whole record; 0: any number
}

// header takes the names of the columns off the input; nil at its end.
func (t *table) header() ([]string, error) {
	if !t.rows.next() {
		return nil, t.rows.err
	}
	if t.rows.wrong != "" {
		return nil, fault.Problem{File: t.in.Name, Line: t.rows.line, Value: t.rows.raw, What: "the header cannot be read: " + t.rows.wrong,
			Expected: "the names of the columns"}
	}
	takeHeader(t.out, t.rows.raw)
	names := t.rows.fields()
	t.width = len(names)
	return names, nil
}

// fill puts a row into the fact of a kind; p says why it cannot.
func (t *table) fill(kind FactKind) (p fault.Problem, bad bool) {
	t.fact.begin(kind)
	for i := range t.columns {
		c := &t.columns[i]
		if c.index >= t.rows.n {
			continue
		}
		text := strings.TrimSpace(t.rows.field(c.index))
		if p, bad := t.put(c, text); bad {
			return p, true
		}
	}
	return fault.Problem{}, false
}

// put sets one field from the text of its column.
func (t *table) put(c *column, text string) (fault.Problem, bool) {
	value := text
	if c.words != nil {
		var known bool
		if value, known = c.words[text]; !known {
			if value, known = c.words["*"]; !known {
				value = text
			}
		}
	}
	if c.number != nil {
		value = c.number.apply(value)
	}
	if value == "" {
		return fault.Problem{}, false
	}
	w := t.values.set(c.field.at(&t.fact), value)
	if w.what != "" {
		return fault.Problem{Column: c.index + 1, Path: c.field.name, Value: text, What: w.what, Expected: w.expected}, true
	}
	t.flagDoubt(t.rows.line, c.index+1, c.field.name, text)
	return fault.Problem{}, false
}

// misfit says why the record cannot be a row of the table.
func (t *table) misfit() (fault.Problem, bool) {
	s := t.rows
	if s.wrong != "" {
		return fault.Problem{Value: s.raw, What: s.wrong, Expected: "quotes around a field, doubled within it"}, true
	}
	if t.width == 0 || s.n == t.width {
		return fault.Problem{}, false
	}
	for i := t.width; i < s.n; i++ {
		if s.field(i) != "" {
			return t.wrongWidth(), true
		}
	}
	return t.wrongWidth(), s.n < t.width
}

func (t *table) wrongWidth() fault.Problem {
	return fault.Problem{Value: t.rows.raw, What: fmt.Sprintf("the record has %d columns", t.rows.n), Expected: fmt.Sprintf("%d columns", t.width)}
}

// reject sets the row aside.
func (t *table) reject(p fault.Problem) {
	p.File, p.Line = t.in.Name, t.rows.line
	if t.rows.cut && p.Fix == "" {
		p.Fix = "the file ends within this line: it may be half written"
	}
	t.out.Reject(p)
}

// finish completes the fact of the row and hands it on.
func (t *table) finish() error {
	if t.fact.kind == CallFact {
		t.derive()
	}
	if p, bad := t.complete(false); bad {
		t.reject(p)
		return nil
	}
	if !t.fact.hasID() {
		t.fact.name(recordID(t.rows.raw), "")
	}
	return t.fact.give(t.out)
}

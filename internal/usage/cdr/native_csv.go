package cdr

import (
	"slices"
	"strings"

	"waihu/internal/fault"
)

// WaihuCSV reads facts written by hand: a table whose header begins with the
// column fact and names further columns as waihu-facts names its fields:
//
//	fact,id,user,type,from,to
//	seat,1,mei,agent,2026-03-01,2026-03-16
//
// Several kinds may stand in one table; a column that a kind does not have must
// be empty there. Times are dates (their midnight), wall-clock times of the
// zone named, or RFC 3339; to is the first moment, or day, that is not part of
// it. A row without an id gets a hash over it: two rows that are alike are one
// fact. What a call does not say is derived as Mapped does.
func WaihuCSV() Format {
	return Format{
		Name: "waihu-csv", Title: "Waihu facts as a table (CSV)",
		Sniff:  sniffWaihuCSV,
		Params: map[string]string{},
		Read: func(in *Input, out Out) error {
			head, rest, err := headOf(in.R)
			if err != nil {
				return err
			}
			t := &table{factReader: newFactReader(in, out, "waihu"), rows: newSplitter(rest, separatorOf(head))}
			return t.readKinds()
		},
	}
}

func sniffWaihuCSV(head []byte, _ string) (int, Why) {
	rows := sampleRows(head, separatorOf(head))
	if len(rows) == 0 || len(rows[0]) < 2 || headerName(rows[0][0]) != "fact" {
		return 0, Why{}
	}
	for _, name := range rows[0][1:] {
		if !isFactField(headerName(name)) {
			return 60, because("waihu_csv_other", "name", name)
		}
	}
	return 99, because("waihu_csv")
}

func headerName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func isFactField(name string) bool {
	return slices.ContainsFunc(FactKind("").Choices(), func(kind string) bool {
		return fieldIndex(factFields(FactKind(kind)), name, 0) >= 0
	})
}

// readKinds reads a table whose first column is the kind of fact.
func (t *table) readKinds() error {
	names, err := t.header()
	if names == nil || err != nil {
		return err
	}
	if p, bad := checkFactHeader(names); bad {
		p.File, p.Line = t.in.Name, t.rows.line
		return p
	}
	bound := map[FactKind][]column{}
	for _, kind := range FactKind("").Choices() {
		bound[FactKind(kind)] = bindKind(FactKind(kind), names)
	}
	for t.rows.next() {
		t.out.Record(t.rows.row())
		if p, bad := t.kindRow(names, bound); bad {
			t.reject(p)
			continue
		}
		if err := t.finish(); err != nil {
			return err
		}
	}
	return t.rows.err
}

// checkFactHeader says what is wrong with a header.
func checkFactHeader(names []string) (fault.Problem, bool) {
	for i, name := range names {
		n := headerName(name)
		p := fault.Problem{Column: i + 1, Value: name}
		switch {
		case i == 0 && n != "fact":
			p.What, p.Expected = "the first column must be the kind of fact", "fact"
			return p, true
		case i > 0 && !isFactField(n):
			p.What, p.Expected = "no kind of fact has this field", "fields such as id, user, type, from, to"
			return p, true
		case slices.IndexFunc(names, func(s string) bool { return headerName(s) == n }) < i:
			p.What = "this column stands twice"
			return p, true
		}
	}
	return fault.Problem{}, false
}

func bindKind(kind FactKind, names []string) []column {
	fields := factFields(kind)
	var out []column
	for i, name := range names {
		if at := fieldIndex(fields, headerName(name), 0); i > 0 && at >= 0 {
			out = append(out, column{index: i, field: fields[at]})
		}
	}
	return out
}

// kindRow fills the fact of the row's own kind.
func (t *table) kindRow(names []string, bound map[FactKind][]column) (fault.Problem, bool) {
	if p, bad := t.misfit(); bad {
		return p, true
	}
	kind := FactKind(headerName(t.rows.field(0)))
	columns, known := bound[kind]
	if !known {
		return fault.Problem{Column: 1, Path: "fact", Value: t.rows.field(0), What: "there is no such kind of fact",
			Expected: strings.Join(kind.Choices(), ", ")}, true
	}
	t.columns = columns
	for i := 1; i < len(names); i++ {
		if t.rows.field(i) != "" && fieldIndex(factFields(kind), headerName(names[i]), 0) < 0 {
			return fault.Problem{Column: i + 1, Path: headerName(names[i]), Value: t.rows.field(i),
				What: "facts of kind " + string(kind) + " have no such field", Expected: "nothing in this column"}, true
		}
	}
	return t.fill(kind)
}

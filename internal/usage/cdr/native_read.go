package cdr

import (
	"bytes"
	"strings"

	"waihu/internal/fault"
)

// WaihuFacts reads what Writer wrote: one fact a line. The id must be there; a
// fact without a source gets Input.Source. Keys that a kind does not have, or
// that stand twice, are errors. Empty lines are no records.
func WaihuFacts() Format {
	return Format{
		Name: "waihu-facts", Title: "Waihu facts (JSON Lines)",
		Sniff:   sniffWaihuFacts,
		Params:  map[string]string{},
		Settled: true,
		Read: func(in *Input, out Out) error {
			n := &native{factReader: newFactReader(in, out, "waihu"), rows: newSplitter(in.R, 0)}
			n.rows.whole = true
			return n.read()
		},
	}
}

func sniffWaihuFacts(head []byte, _ string) (int, Why) {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	pairs, _ := flatObject(string(line), nil)
	if len(pairs) == 0 || pairs[0].key != "fact" || factFields(FactKind(pairs[0].value)) == nil {
		return 0, Why{}
	}
	return 99, because("waihu_facts", "kind", pairs[0].value)
}

// native reads one file of facts.
type native struct {
	*factReader
	rows  *splitter
	pairs []pair
}

func (n *native) read() error {
	for n.rows.next() {
		if strings.TrimLeft(n.rows.raw, " \t") == "" {
			continue
		}
		n.out.Record(n.rows.row())
		if p, bad := n.line(); bad {
			p.Line = n.rows.line
			if n.rows.cut {
				p.Fix = "the file ends within this line: it was half written"
			}
			n.out.Reject(p)
			continue
		}
		if err := n.fact.give(n.out); err != nil {
			return err
		}
	}
	return n.rows.err
}

// line makes the fact of a line, or says why it cannot.
func (n *native) line() (fault.Problem, bool) {
	if n.rows.wrong != "" {
		return fault.Problem{Value: n.rows.raw, What: n.rows.wrong}, true
	}
	var bad string
	if n.pairs, bad = flatObject(n.rows.raw, n.pairs[:0]); bad != "" {
		return fault.Problem{Value: n.rows.raw, What: bad, Expected: `a fact such as {"fact":"call","id":"1",...}`}, true
	}
	kind := FactKind("")
	for _, p := range n.pairs {
		if p.key == "fact" {
			kind = FactKind(p.value)
		}
	}
	fields := factFields(kind)
	if fields == nil {
		return fault.Problem{Path: "fact", Value: string(kind), What: "there is no such kind of fact", Expected: strings.Join(kind.Choices(), ", ")}, true
	}
	n.fact.begin(kind)
	return n.fill(fields)
}

// fill puts the pairs into the fact.
func (n *native) fill(fields []factField) (fault.Problem, bool) {
	var have uint64 // bit i: field i; the highest: the key fact itself
	next := 0
	for _, p := range n.pairs {
		at := 63
		if p.key != "fact" {
			if at = fieldIndex(fields, p.key, next); at < 0 {
				return fault.Problem{Path: p.key, Value: p.value, What: "facts of kind " + string(n.fact.kind) + " have no such field", Expected: fieldNames(fields)}, true
			}
			next = at + 1
		}
		if have&(1<<at) != 0 {
			return fault.Problem{Path: p.key, Value: p.value, What: "this field stands twice"}, true
		}
		have |= 1 << at
		if at == 63 || p.null || p.value == "" {
			continue
		}
		if w := n.values.set(fields[at].at(&n.fact), p.value); w.what != "" {
			return fault.Problem{Path: p.key, Value: p.value, What: w.what, Expected: w.expected}, true
		}
	}
	if n.fact.kind == CallFact && n.fact.call.Result == "" {
		return fault.Problem{Path: "result", What: "the call has no result", Expected: strings.Join(n.fact.call.Result.Choices(), ", ")}, true
	}
	return n.complete(true)
}

// fieldIndex finds a field by name, looking first where the last one stood.
func fieldIndex(fields []factField, name string, from int) int {
	for i := from; i < len(fields); i++ {
		if fields[i].name == name {
			return i
		}
	}
	for i := range min(from, len(fields)) {
		if fields[i].name == name {
			return i
		}
	}
	return -1
}

func fieldNames(fields []factField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

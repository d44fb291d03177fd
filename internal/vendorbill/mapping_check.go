package vendorbill

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Check says what is wrong with a mapping by itself and for a plan.
func (m *Mapping) Check(p *catalog.Plan) fault.Problems {
	var out fault.Problems
	put := func(at, value, what, expected string) {
		out = append(out, fault.Problem{Path: at, Value: value, What: what, Expected: expected})
	}
	if m.Lines == nil && len(m.Calls) == 0 {
		put("", "", "neither lines nor calls", "lines, calls or both")
	}
	if m.Zone != "" {
		if _, err := timex.LoadZone(m.Zone); err != nil {
			put("time_zone", m.Zone, "not an IANA time zone", "a name such as Asia/Shanghai")
		}
	}
	for name, cell := range map[string]string{"number": m.Head.Number, "issued_on": m.Head.IssuedOn, "first": m.Head.First, "last": m.Head.Last, "currency": m.Head.Currency} {
		if _, _, ok := cellAt(cell); cell != "" && !ok {
			put("head."+name, cell, "not a cell", "a column and a row such as B2")
		}
	}
	known := func(at, id string) {
		if _, ok := p.Component(id); !ok && !strings.HasPrefix(id, "minimum_spend") && !strings.HasPrefix(id, "maximum_spend") && !strings.HasPrefix(id, "discount") {
			put(at, id, "the contract has no such component", "one of "+strings.Join(components(p), ", "))
		}
	}
	if m.Lines != nil {
		for i := range m.Lines.Items {
			m.Lines.Items[i].check(fmt.Sprintf("lines.items[%d]", i), put, known)
		}
	}
	for i := range m.Calls {
		m.Calls[i].check(fmt.Sprintf("calls[%d]", i), put, known)
	}
	slices.SortStableFunc(out, func(a, b fault.Problem) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// componentsNamed bounds how many components a message names.
const componentsNamed = 20

func components(p *catalog.Plan) []string {
	var out []string
	for i := range p.Components {
		if i == componentsNamed {
			return append(out, "...")
		}
		out = append(out, p.Components[i].ID)
	}
	return out
}

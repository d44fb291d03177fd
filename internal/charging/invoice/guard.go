package invoice

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
)

// The bounds below refuse to issue an invoice rather than to charge something
// twice, whatever went wrong before (the idea is Kill Bill's, whose invoice
// generator checks its items in the same manner).
const maxLines = 5_000

// Claims are what an invoice charges for once and never again: a component for
// days of service, a one-off fee. They are kept with each issued invoice.
func (inv *Invoice) Claims() []string {
	var out []string
	for i := range inv.Lines {
		l := &inv.Lines[i]
		switch {
		case l.Kind != rating.Charge && l.Kind != rating.EarlyTermination:
			continue
		case l.Kind == rating.EarlyTermination || l.Measure == catalog.OneOff:
			out = append(out, l.ID)
		default:
			out = append(out, l.ID+" "+l.First.String()+" "+l.After.String())
		}
	}
	return out
}

// Guard refuses an invoice that claims something twice, or what an earlier one
// of the contract claimed. An error is of kind Conflict and means that nothing
// was issued.
func (inv *Invoice) Guard(earlier []string) error {
	if len(inv.Lines) > maxLines {
		return fault.New(fault.Conflict, "safety bound: %d lines, at most %d are issued", len(inv.Lines), maxLines)
	}
	ids := map[string]bool{}
	for i := range inv.Lines {
		if id := inv.Lines[i].ID; ids[id] {
			return fault.New(fault.Conflict, "safety bound: line %s is there twice", id)
		}
		ids[inv.Lines[i].ID] = true
	}
	seen := map[string]bool{}
	for _, c := range earlier {
		seen[c] = true
	}
	for _, c := range inv.Claims() {
		if seen[c] {
			return fault.New(fault.Conflict, "safety bound: %s was charged on an earlier invoice; nothing was issued", c)
		}
		seen[c] = true
	}
	return nil
}

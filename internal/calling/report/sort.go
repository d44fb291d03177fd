package report

import (
	"cmp"
	"slices"
)

// Sort puts rows in the order of a figure, the largest first unless up; rows that
// do not know it come last, and equal ones stay in the order of their names. Name
// is a column too: "name"; what rows are called is given.
func (k Kind) Sort(rows []Row, by string, up bool, name func(*Row) string) bool {
	byName := func(a, b *Row) int {
		return cmp.Or(cmp.Compare(name(a), name(b)), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Value, b.Value))
	}
	c, known := k.Find(by)
	if !known {
		slices.SortStableFunc(rows, func(a, b Row) int {
			if up {
				return byName(&a, &b)
			}
			return byName(&b, &a)
		})
		return by == "name"
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		x, y := c.Of(&a), c.Of(&b)
		if x.Known() != y.Known() {
			return cmp.Or(boolCmp(y.Known(), x.Known()), byName(&a, &b))
		}
		order := compare(&x, &y)
		if !up {
			order = -order
		}
		return cmp.Or(order, byName(&a, &b))
	})
	return true
}

func boolCmp(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// compare compares two figures of one column that are known. Money of several
// currencies is compared by its first.
func compare(x, y *Figure) int {
	switch {
	case !x.Known():
		return 0
	case x.Unit == Amount:
		a, b := x.Money[0], y.Money[0]
		if a.Currency() != b.Currency() {
			return cmp.Compare(a.Currency().String(), b.Currency().String())
		}
		return a.Cmp(b)
	case x.Unit == Word:
		return cmp.Compare(x.Word, y.Word)
	case x.Whole == 1 && y.Whole == 1:
		return cmp.Compare(x.Part, y.Part)
	}
	return x.Value().Cmp(y.Value())
}

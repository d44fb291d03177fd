package app

import (
	"reflect"
	"slices"
	"sync"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// figureKey is what a figure was worked out from, beside usage: a period of a
// contract on a plan as read, ending on a day, with the use of a span of time.
type figureKey struct {
	company  id.Company
	contract id.ID
	plan     *catalog.Plan // plans are read-only: another text is another pointer
	zone     string
	first    timex.Date
	after    timex.Date
	ends     timex.Date
	use      timex.Period // empty: none
}

// figure is one result with the rest of what it was worked out from: the terms
// agreed, what the invoice states, and up to which position usage was read.
type figure[T any] struct {
	contract *contract.Contract
	in       invoice.Inputs
	position int64
	over     bool // the span of its use was over when it was read
	value    T
}

// keptFigures keeps what reading all usage of a period gave, for as long as a new
// reading would give the same (ADR 0041). The zero value is ready. What is issued
// is never taken from it.
type keptFigures[T any] struct {
	mu   sync.Mutex
	n    int
	list map[figureKey][]*figure[T]
}

// Bounds of what is kept: figures in all, and those of one key, which differ in
// their terms.
const (
	maxFigures = 2_000
	maxOfOne   = 8
)

// look finds a figure of the same terms whose usage is still all there is.
func (k *keptFigures[T]) look(tx store.Tx, key figureKey, c *contract.Contract, in invoice.Inputs) (value T, there bool, err error) {
	x := k.find(key, c, in)
	if x == nil {
		return value, false, nil
	}
	if same, err := x.stands(tx, key); err != nil || !same {
		return value, false, err
	}
	return x.value, true, nil
}

func (k *keptFigures[T]) find(key figureKey, c *contract.Contract, in invoice.Inputs) *figure[T] {
	k.mu.Lock()
	list := slices.Clone(k.list[key])
	k.mu.Unlock()
	for _, x := range list {
		if (x.contract == c || reflect.DeepEqual(x.contract, c)) && reflect.DeepEqual(x.in, in) {
			return x
		}
	}
	return nil
}

// stands tells whether no usage came that the figure would have to count. Where
// the span was not over when it was read, what is open may count further than the
// months that are noted for it, so nothing at all may have come.
func (x *figure[T]) stands(tx store.Tx, key figureKey) (bool, error) {
	if key.use.IsEmpty() {
		return true, nil
	}
	head, err := tx.Usage().Head(key.company)
	if err != nil || head == x.position {
		return err == nil, err
	}
	if head < x.position || !x.over {
		return false, nil
	}
	months, err := tx.Usage().Late(key.company, key.contract, x.position)
	return !slices.ContainsFunc(months, func(m timex.Period) bool { return !m.Overlap(key.use).IsEmpty() }), err
}

// keep takes the place of a figure of the same terms. It is called in the
// transaction that read the usage.
func (k *keptFigures[T]) keep(tx store.Tx, key figureKey, c *contract.Contract, in invoice.Inputs, value T) error {
	made := &figure[T]{contract: c, in: in, over: key.use.To <= tx.Now(), value: value}
	if !key.use.IsEmpty() {
		var err error
		if made.position, err = tx.Usage().Head(key.company); err != nil {
			return err
		}
	}
	old := k.find(key, c, in)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil || k.n >= maxFigures {
		k.list, k.n = map[figureKey][]*figure[T]{}, 0
	}
	of := k.list[key]
	before := len(of)
	of = slices.DeleteFunc(slices.Clone(of), func(x *figure[T]) bool { return x == old })
	if len(of) == maxOfOne {
		of = of[1:]
	}
	k.list[key] = append(of, made)
	k.n += len(of) + 1 - before
	return nil
}

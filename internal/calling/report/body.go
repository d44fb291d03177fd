package report

import (
	"encoding/binary"

	"waihu/internal/fault"
	"waihu/internal/money"
)

// Entry is what is kept under a key: sums and what rated calls came to.
type Entry struct {
	Sums  Sums
	Costs []CostOf
}

// Add adds another.
func (e *Entry) Add(o *Entry) {
	e.Sums.Add(&o.Sums)
	for _, c := range o.Costs {
		e.Costs = addCost(e.Costs, c)
	}
}

// AppendBody appends the entry as it is stored: measures that are not nought by their
// number, then costs. A measure that is new needs no change of what is stored.
func (e *Entry) AppendBody(dst []byte) []byte {
	for m, v := range e.Sums {
		if v != 0 {
			dst = binary.AppendVarint(binary.AppendUvarint(dst, uint64(m)+1), v)
		}
	}
	dst = append(dst, 0)
	for _, c := range e.Costs {
		code := c.Total.Currency().String()
		dst = append(append(dst, byte(len(code))), code...)
		dst = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(dst, c.Calls), c.Total.Micros()), c.Own.Micros())
	}
	return dst
}

// AddBody adds an entry as it is stored.
func (e *Entry) AddBody(b []byte) error {
	r := bodyReader{b: b}
	for m := r.uint(); m != 0 && !r.bad; m = r.uint() {
		if m > uint64(Measures) {
			r.bad = true
			break
		}
		e.Sums[m-1] += r.int()
	}
	for len(r.b) > 0 && !r.bad {
		var cur money.Currency
		r.bad = cur.UnmarshalText(r.text()) != nil || r.bad
		n, total, own := r.int(), r.int(), r.int()
		if !r.bad {
			e.Costs = addCost(e.Costs, CostOf{n, money.Micros(total, cur), money.Micros(own, cur)})
		}
	}
	if r.bad {
		return fault.New(fault.Internal, "counts of a report are cut off, or of a newer program")
	}
	return nil
}

// bodyReader reads numbers one after another; bad says that they are none.
type bodyReader struct {
	b   []byte
	bad bool
}

func (r *bodyReader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return v * r.cut(n)
}

func (r *bodyReader) int() int64 {
	v, n := binary.Varint(r.b)
	return v * int64(r.cut(n))
}

// cut takes so many bytes off; 0: there were none.
func (r *bodyReader) cut(n int) uint64 {
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return 1
}

func (r *bodyReader) text() []byte {
	if len(r.b) == 0 || int(r.b[0]) >= len(r.b) {
		r.bad = true
		return nil
	}
	n := int(r.b[0]) + 1
	out := r.b[1:n]
	r.b = r.b[n:]
	return out
}

// Entries are counts by key, costs beside sums.
func (c *Counts) Entries() map[Key]*Entry {
	out := make(map[Key]*Entry, len(c.Sums))
	at := func(k Key) *Entry {
		e := out[k]
		if e == nil {
			e = &Entry{}
			out[k] = e
		}
		return e
	}
	for k, s := range c.Sums {
		if !s.IsZero() {
			at(k).Sums.Add(s)
		}
	}
	for k, x := range c.Costs {
		e := at(k.Key)
		e.Costs = addCost(e.Costs, CostOf{x.Calls, money.Micros(x.Micros, k.Currency), money.Micros(x.Own, k.Currency)})
	}
	return out
}

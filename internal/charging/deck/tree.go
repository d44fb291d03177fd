package deck

import (
	"math/bits"
	"slices"

	"waihu/internal/phone"
)

// The tree answers "which row is the latest of the longest prefix of this
// number". Numbers are padded with zeros to 15 digits, so that every prefix is
// a stretch of them; stretches that cover each other are cut into disjoint
// intervals, and the intervals are found by their leading digits: some at once
// in the first table, more in each node below, until at most a bucketful of
// intervals is left. docs/adr/0003-prefix-matching.md has what was measured.

var pow10 = [16]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// padded is the number followed by zeros to 15 digits. It is 1e15 or more only
// for Numbers that package phone does not make.
func padded(n phone.Number) uint64 { return n.Value() * pow10[(phone.MaxDigits-n.Len())&15] }

// interval says that padded numbers from start on, up to the next interval,
// belong to a row; none if no prefix covers them.
type interval struct {
	start uint64
	row   int32
}

// flatten cuts the prefixes of sorted keys into intervals and links each row to
// the one to try when it is not in force.
func flatten(keys []key, rows []row) []interval {
	out := make([]interval, 0, 2*len(keys)+1)
	out = append(out, interval{0, none})
	var open []int32 // rows whose prefixes cover the place reached, shortest first; at most 16
	top := func() int32 {
		if len(open) == 0 {
			return none
		}
		return open[len(open)-1]
	}
	put := func(start uint64, row int32) {
		if last := &out[len(out)-1]; last.start == start {
			last.row = row
		} else if last.row != row {
			out = append(out, interval{start, row})
		}
	}
	closeUntil := func(start uint64) {
		for len(open) > 0 && keys[top()].end() <= start {
			end := keys[top()].end()
			open = open[:len(open)-1]
			put(end, top())
		}
	}
	for i, k := range keys {
		closeUntil(k.start())
		rows[i].next = top()
		if t := top(); t != none && keys[t].prefix == k.prefix { // an older row of the prefix
			open[len(open)-1] = int32(i)
		} else {
			open = append(open, int32(i))
		}
		put(k.start(), int32(i))
	}
	closeUntil(pow10[phone.MaxDigits])
	return out
}

// tree holds slots of four kinds: no row, a row, a node and a bucket.
//
//	0                         no row
//	1 .. 2^30-1               row + 1
//	01 digits:2 offset:28     node: 10^digits slots at offset
//	1  count:5  offset:26     bucket: count bounds at offset
type tree struct {
	slots  []uint32
	bounds []uint64 // start modulo 1e12 (40 bits), row + 1 (22 bits)
	first  uint64   // slots of the first table
}

const (
	tagNode    = 1 << 30
	tagBucket  = 1 << 31
	nodeBits   = 28
	bucketBits = 26
	rowBits    = 22 // MaxRows fits
	rowMask    = 1<<rowBits - 1

	minFirst  = 3    // digits of the first table at the least: bounds keep the other twelve
	boundUnit = 1e12 // 10^(15-minFirst)
	maxBucket = 8    // intervals counted through rather than looked up: a cache line of bounds
	slack     = 8    // slots a node may spend for each one in use
	maxDigits = 3    // of a node below the first table
)

// grow builds the tree over intervals of a deck of so many rows. The first
// table has at most a slot for two rows or so, and 1,000 at the least.
func grow(list []interval, rows int) tree {
	digits := minFirst
	for digits < 5 && rows > 2*int(pow10[digits]) {
		digits++
	}
	t := tree{slots: make([]uint32, pow10[digits]), first: pow10[digits]}
	t.fill(list, 0, 0, digits, 0)
	t.slots, t.bounds = slices.Clone(t.slots), slices.Clone(t.bounds) // without the room left for growing
	return t
}

// fill sets the slots of a node at base, which covers the numbers from start
// that share the first depth digits, and looks at so many digits more. Its
// first interval begins at or before start. Recursion ends after 15 digits.
func (t *tree) fill(list []interval, start uint64, depth, digits, base int) {
	width := pow10[phone.MaxDigits-depth-digits]
	i := 0
	for c := range int(pow10[digits]) {
		from := start + uint64(c)*width
		for i+1 < len(list) && list[i+1].start <= from {
			i++
		}
		j := i + 1
		for j < len(list) && list[j].start < from+width {
			j++
		}
		t.slots[base+c] = t.slot(list[i:j], from, depth+digits)
	}
}

func (t *tree) slot(list []interval, start uint64, depth int) uint32 {
	if len(list) == 1 {
		return uint32(list[0].row + 1)
	}
	if len(list) <= maxBucket {
		offset := len(t.bounds)
		for _, v := range list {
			t.bounds = append(t.bounds, max(v.start, start)%boundUnit<<rowBits|uint64(v.row+1))
		}
		return tagBucket | uint32(len(list))<<bucketBits | uint32(offset)
	}
	digits := 1
	for digits < maxDigits && depth+digits < phone.MaxDigits &&
		int(pow10[digits+1]) <= slack*touched(list, depth+digits+1) {
		digits++
	}
	base := len(t.slots)
	t.slots = append(t.slots, make([]uint32, pow10[digits])...)
	t.fill(list, start, depth, digits, base)
	return tagNode | uint32(digits)<<nodeBits | uint32(base)
}

// touched counts how many different first so-many digits intervals begin with.
func touched(list []interval, digits int) int {
	width := pow10[phone.MaxDigits-digits]
	count, last := 0, uint64(0)
	for _, v := range list {
		if c := v.start / width; count == 0 || c != last {
			count, last = count+1, c
		}
	}
	return count
}

// find is the row of the interval that holds padded number p < 1e15, or none.
func (t *tree) find(p uint64) int32 {
	lead, rest := bits.Mul64(fraction(p), t.first)
	s := t.slots[lead]
	for s >= tagNode { // bounded: each node takes at least one of 15 digits
		if s >= tagBucket {
			offset := s & (1<<bucketBits - 1)
			return t.search(t.bounds[offset:offset+s>>bucketBits&31], p)
		}
		lead, rest = bits.Mul64(rest, pow10[s>>nodeBits&3])
		s = t.slots[uint64(s&(1<<nodeBits-1))+lead]
	}
	return int32(s) - 1
}

// search counts the bounds at or below p, without a branch to mispredict: the
// difference is negative exactly for those. The first bound always is.
func (t *tree) search(bounds []uint64, p uint64) int32 {
	k := p%boundUnit<<rowBits | rowMask
	below := uint64(0)
	for _, b := range bounds {
		below += (b - k - 1) >> 63
	}
	return int32(bounds[(below-1)&31]&rowMask) - 1
}

// unitShift and unit turn padded numbers into fractions of 1e15: unit is
// 2^113 / 1e15, rounded up.
const (
	unitShift = 14
	unit      = 10384593717069655258
)

// fraction is p / 1e15 in units of 2^-64, too large by at most 4 of them. Each
// multiplication by 10^k then moves the next k digits into the high word. The
// error grows with it to at most 4e15 of 2^64 after 15 digits, a 4,600th of the
// last digit: every digit is exact.
func fraction(p uint64) uint64 {
	high, _ := bits.Mul64(p<<unitShift, unit)
	return high<<1 + 2
}

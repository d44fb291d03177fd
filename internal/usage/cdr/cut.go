package cdr

import (
	"encoding/binary"
	"math/bits"
)

// plainCut says where the columns of a plain row end.
type plainCut struct {
	// commas are where the commas between columns stand, 17 of them. What is
	// beyond lets eight be written at once after any number that is not yet too
	// large.
	commas [plainColumns - 1 + 64 + 7]uint32
}

// cutPortable finds the columns of the row that b begins with, and is where its
// line end stands; 0 if the row does not end within n bytes or is not plain: 18
// columns, all but two in quotes, no quote that is out of place, none doubled but
// in the caller's name, no byte below the space. b goes on for slack bytes beyond
// n, which may be anything.
func (c *plainCut) cutPortable(b []byte, n int) int {
	bare, p := 0, 0
	for i := range c.commas[:plainColumns] {
		if b[p] == '"' {
			p = quotedEnd(b[:n+slack], p+1, i == plainCaller)
		} else {
			bare++
			p = bareEnd(b, p)
		}
		if p >= n {
			return 0
		}
		if i == plainColumns-1 {
			break
		}
		if b[p] != ',' {
			return 0
		}
		c.commas[i] = uint32(p)
		p++
	}
	if b[p] != '\n' || bare != plainBare {
		return 0
	}
	return p
}

// quotedEnd is where the column in quotes ends of which the text begins at p;
// len(b) if there is anything wrong with it.
func quotedEnd(b []byte, p int, mayDouble bool) int {
	for {
		q := quoteIn(b, p)
		switch {
		case q+1 >= len(b) || b[q] != '"':
			return len(b)
		case b[q+1] != '"':
			return q + 1
		case !mayDouble:
			return len(b)
		}
		p = q + 2
	}
}

// quoteIn is where the first quote or control byte stands from p on; len(b) if
// that is nowhere, or only in the last bytes, which are no part of the row.
func quoteIn(b []byte, p int) int {
	for ; p+8 <= len(b); p += 8 {
		x := binary.LittleEndian.Uint64(b[p:])
		quote := x ^ '"'*ones
		if m := ((quote-ones)&^quote | (x-' '*ones)&^x) & highs; m != 0 { // its lowest bit is the first
			return p + bits.TrailingZeros64(m)>>3
		}
	}
	return len(b)
}

// bareEnd is where the next quote, comma or control byte stands from p on. One
// stands there if the column is plain.
func bareEnd(b []byte, p int) int {
	for p < len(b) && b[p] != '"' && b[p] != ',' && b[p] >= ' ' {
		p++
	}
	return p
}

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
	bare := 0
	for i, p := 0, 0; p < n; i++ {
		if b[p] == '"' {
			p = quotedEnd(b, p+1, i == plainCaller)
		} else {
			bare++
			p = specialIn(b, p)
		}
		switch {
		case p >= n:
			return 0
		case i == plainColumns-1:
			if b[p] != '\n' || bare != plainBare {
				return 0
			}
			return p
		case b[p] != ',':
			return 0
		}
		c.commas[i] = uint32(p)
		p++
	}
	return 0
}

// quotedEnd is where the column ends of which the text begins at p.
func quotedEnd(b []byte, p int, doubled bool) int {
	for {
		for p = specialIn(b, p); p < len(b) && b[p] == ','; {
			p = specialIn(b, p+1)
		}
		if p+1 >= len(b) || b[p] != '"' {
			return len(b)
		}
		if b[p+1] != '"' {
			return p + 1
		}
		if !doubled {
			return len(b)
		}
		p += 2
	}
}

// specialIn is where the next quote, comma or control byte stands at or after p;
// len(b) if nowhere.
func specialIn(b []byte, p int) int {
	for ; p+8 <= len(b); p += 8 {
		x := binary.LittleEndian.Uint64(b[p:])
		quote, comma := x^'"'*ones, x^','*ones
		if m := ((quote-ones)&^quote | (comma-ones)&^comma | (x-0x20*ones)&^x) & highs; m != 0 { // its lowest bit is the first
			return p + bits.TrailingZeros64(m)>>3
		}
	}
	for ; p < len(b); p++ {
		if b[p] == '"' || b[p] == ',' || b[p] < ' ' {
			return p
		}
	}
	return len(b)
}

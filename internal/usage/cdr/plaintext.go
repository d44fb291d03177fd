package cdr

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// Nearly every block of nearly every input is ASCII without NUL bytes, and then
// there is nothing to decode.

// isPlainText tells whether a text is all ASCII and without NUL bytes.
func isPlainText(b []byte) bool {
	whole := plainVectors(b)
	return whole >= 0 && asciiLen(b[whole:]) == len(b)-whole && bytes.IndexByte(b[whole:], 0) < 0
}

// asciiLen is how many bytes stand before the first one beyond ASCII.
func asciiLen(b []byte) int {
	n := 0
	for ; n+32 <= len(b); n += 32 {
		v := b[n : n+32 : n+32]
		if (binary.LittleEndian.Uint64(v)|binary.LittleEndian.Uint64(v[8:])|
			binary.LittleEndian.Uint64(v[16:])|binary.LittleEndian.Uint64(v[24:]))&0x8080808080808080 != 0 {
			break
		}
	}
	for n < len(b) && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

package cdr

import (
	"math/bits"
	"unsafe"
)

// What the fast lane asks of a row, eight bytes at a time.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// digitsBetween reads one to seven digits between two commas; false if there is
// anything else. There are eight bytes before the second comma.
func digitsBetween(text string, from, to int) (int64, bool) {
	n := to - from - 1
	x := load64(text[to-8:])
	x = (x ^ '0'*ones) >> (64 - 8*n&63) << (64 - 8*n&63) // what stands before the digits becomes zeros
	ok := uint(n-1) < 7 && (x+0x76*ones|x)&highs == 0
	x = (x*10 + x>>8) & 0x00ff00ff00ff00ff
	x = (x*100 + x>>16) & 0x0000ffff0000ffff
	return int64((x*10_000 + x>>32) & 0xffffffff), ok
}

// digitsEnding is how many digits text[:n] ends with, 8 if eight or more, or if
// there are not eight bytes to look at.
func digitsEnding(text string, n int) int {
	if n < 8 {
		return 8
	}
	x := load64(text[n-8:]) ^ '0'*ones
	return bits.LeadingZeros64((x+0x76*ones|x)&highs) >> 3 // beyond a byte that is no digit there may be bits too many
}

// hasByte tells whether one of eight bytes is c.
func hasByte(x uint64, c byte) bool {
	x ^= uint64(c) * ones
	return (x-ones)&^x&highs != 0
}

// view is b as a string, without a copy: it changes with b. usage.Call says that
// its texts may be such.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

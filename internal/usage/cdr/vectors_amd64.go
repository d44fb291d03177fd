package cdr

import "golang.org/x/sys/cpu"

// hasVectors tells whether the processor has the instructions used here: those
// of nearly every one since 2013.
var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT && cpu.X86.HasPCLMULQDQ

//go:noescape
func cutVector(b *byte, n int, c *plainCut) (end int)

// cut is cutPortable by the fastest means there are.
func (c *plainCut) cut(b []byte, n int) int {
	if !hasVectors {
		return c.cutPortable(b, n)
	}
	_ = b[n+slack-1]
	return cutVector(&b[0], n, c)
}

// plainVector is isPlainText of n bytes, a positive multiple of 64.
//
//go:noescape
func plainVector(b *byte, n int) bool

// plainVectors is how much of the beginning of a text it knows to be plain;
// negative if it knows that it is not.
func plainVectors(b []byte) int {
	n := len(b) &^ 63
	if !hasVectors || n == 0 {
		return 0
	}
	if !plainVector(&b[0], n) {
		return -1
	}
	return n
}

// prefetch asks for the memory at p without waiting for it.
//
//go:noescape
func prefetch(p *seenSlot)

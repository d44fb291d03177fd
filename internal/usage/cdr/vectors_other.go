//go:build !amd64

package cdr

func (c *plainCut) cut(b []byte, n int) int { return c.cutPortable(b, n) }

func plainVectors([]byte) int { return 0 }

func prefetch(*seenSlot) {}

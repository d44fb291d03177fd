package cdr

import "io"

// headSize is how much of an input is looked at to tell what it is.
const headSize = 64 << 10

// firstPeek is what is read of it first.
const firstPeek = 2 << 10

// peeker is a reader that can be looked into before it is read.
type peeker struct {
	r    io.Reader
	head []byte // read and not yet given out
	err  error  // met while peeking, given out after head
}

// peek is the next n bytes, fewer at the end of the input. Its error is never
// io.EOF.
func (p *peeker) peek(n int) ([]byte, error) {
	for len(p.head) < n && p.err == nil {
		if len(p.head) == cap(p.head) { // little first: an input is often a single call
			p.head = append(make([]byte, 0, min(n, max(firstPeek, 4*len(p.head)))), p.head...)
		}
		var m int
		m, p.err = p.r.Read(p.head[len(p.head):min(n, cap(p.head))])
		p.head = p.head[:len(p.head)+m]
	}
	if p.err != nil && p.err != io.EOF && len(p.head) == 0 {
		return nil, p.err
	}
	return p.head[:min(n, len(p.head))], nil
}

func (p *peeker) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.r.Read(b)
}

// unread puts bytes back that were read last.
func (p *peeker) unread(b []byte) {
	p.head = append(append(make([]byte, 0, len(b)+len(p.head)), b...), p.head...)
}

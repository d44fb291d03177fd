package cdr

import (
	"math/bits"
	"strings"
)

const (
	wrongUnclosed = "a quote is opened and not closed"
	wrongQuote    = "a closing quote is followed by more text"
	wrongLong     = "the record is longer than 1 MiB"
	wrongColumns  = "the record has more than 256 columns"
)

// record cuts the record at pos into fields; false if the block ends before
// it does. It is one loop, for speed: most of the reading of a file is here.
func (s *splitter) record() bool {
	t, p, sep, spans := s.text, s.pos, s.sep, &s.spans
	end := s.lineEnd(p)
	s.first = [2]int{s.nl, s.cr}
	if s.whole {
		return s.finish(0, end, false)
	}
	first := end
	n := 0
	for {
		if n == maxColumns {
			return s.refuse(wrongColumns)
		}
		if p < len(t) && t[p] == '"' {
			q, from := p+1, p+1
			for {
				i := quoteAt(t, q)
				if i < 0 {
					return s.beyond(wrongUnclosed)
				}
				q = i + 1
				if q == len(t) || t[q] != '"' {
					break
				}
				from = ^(p + 1)
				q++
			}
			spans[n] = span{from, q - 1}
			n++
			if q < len(t) && t[q] == sep {
				p = q + 1
				continue
			}
			if q > end {
				end = s.lineEnd(q)
			}
			for q < end && t[q] == ' ' {
				q++
			}
			if q < end {
				if t[q] != sep {
					return s.refuse(wrongQuote)
				}
				p = q + 1
				continue
			}
			return s.finish(n, end, end != first)
		}
		if p > end { // a quoted field ran over line ends
			end = s.lineEnd(p)
		}
		q := p
		for q < end && t[q] != sep {
			if q++; q == p+shortField {
				q = min(end, indexFrom(t[:end], sep, q))
				break
			}
		}
		if q > p && t[p] == ' ' { // spaces may stand before a quote
			if quote := p + len(t[p:q]) - len(strings.TrimLeft(t[p:q], " ")); quote < q && t[quote] == '"' {
				p = quote
				continue
			}
		}
		spans[n] = span{p, q}
		n++
		if q == end {
			return s.finish(n, end, end != first)
		}
		p = q + 1
	}
}

// quoteAt is where the next quote stands at or after p, negative if nowhere. It
// looks at words of eight bytes first, since most fields are short.
func quoteAt(t string, p int) int {
	const (
		quotes = 0x2222222222222222
		ones   = 0x0101010101010101
		high   = 0x8080808080808080
	)
	for n := 0; n < 4 && p+8 <= len(t); n++ {
		x := load64(t[p:p+8]) ^ quotes
		if m := (x - ones) & ^x & high; m != 0 {
			return p + bits.TrailingZeros64(m)>>3
		}
		p += 8
	}
	if i := strings.IndexByte(t[p:], '"'); i >= 0 {
		return p + i
	}
	return -1
}

// shortField is how long a field may be before a search costs less than a loop.
const shortField = 12

// finish ends the record at end, which is a line end or the end of the text.
// lines says that it holds line ends in quotes.
func (s *splitter) finish(n, end int, lines bool) bool {
	if end == len(s.text) && !s.eof {
		return s.beyond("")
	}
	if end-s.pos >= maxRow {
		return s.refuse(wrongLong)
	}
	s.n, s.line, s.raw, s.wrong = n, s.nextLine, s.text[s.pos:end], ""
	return s.leave(end, lines)
}

// leave goes past the record that ends at end; false if the line end may go on
// in the next block.
func (s *splitter) leave(end int, lines bool) bool {
	start, first := s.pos, s.nextLine
	if s.cut = end == len(s.text); s.cut {
		s.pos = end
		s.nextLine++
	} else if !s.endLine(end) {
		return false
	}
	if lines {
		s.nextLine = first + countLines(s.text[start:end])
	}
	return true
}

// countLines counts the lines of a text that has no line end after its last.
func countLines(t string) int {
	crlf := strings.Count(t, "\r\n")
	return 1 + strings.Count(t, "\n") + strings.Count(t, "\r") - crlf
}

// beyond deals with a record that runs over the end of the block: more is read,
// unless there is no more or the record is too long. wrong is what the record
// is if there is no more.
func (s *splitter) beyond(wrong string) bool {
	switch {
	case len(s.text)-s.pos >= maxRow && wrong == "":
		return s.refuse(wrongLong)
	case len(s.text)-s.pos >= maxRow || s.eof:
		return s.refuse(wrong)
	}
	return false
}

// refuse sets the line at pos aside as a record that cannot be cut.
func (s *splitter) refuse(wrong string) bool {
	s.nl, s.cr = s.first[0], s.first[1] // they may stand behind this line
	end := s.lineEnd(s.pos)
	long := end-s.pos >= maxRow
	if end == len(s.text) && !s.eof && !long {
		return false
	}
	s.n, s.line, s.wrong = 0, s.nextLine, wrong
	if !long {
		s.raw = s.text[s.pos:end]
		return s.leave(end, false)
	}
	s.raw = s.text[s.pos : s.pos+maxRow]
	s.cut = false
	s.pos += maxRow
	s.skip = true
	return true
}

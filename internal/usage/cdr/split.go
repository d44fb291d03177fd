package cdr

import (
	"bytes"
	"io"
	"runtime"
	"strings"
)

const (
	// maxRow bounds one record of separated values, quoted line ends and all. A
	// quote that is opened and never closed must not swallow the file.
	maxRow = 1 << 20
	// maxColumns bounds the columns of a record; the widest known export has 43.
	maxColumns = 256
	// firstBlock and fullBlock are what is read at once: little first, since an
	// input is often a single call and hundreds come in a second, then four times as
	// much each time, up to what makes the cost of a block not matter and still stays
	// in the second cache of a small processor.
	firstBlock = 2 << 10
	fullBlock  = 128 << 10
	// slack is what a block has beyond its end: the fast lane looks at up to 64
	// bytes at once, and there would otherwise be rows too near the end for that.
	slack = 64
)

// splitter cuts separated values into records and fields: RFC 4180 quotes with
// doubled quotes, line ends LF, CRLF and bare CR in any mix, quoted line ends.
//
// It reads blocks and makes each a string once; fields are parts of it, so a
// row costs no allocation. Lines with nothing on them are no records. A record
// with a quote out of place costs its first line only, whatever follows is
// read on.
type splitter struct {
	r     io.Reader
	sep   byte
	whole bool // lines are records, whatever stands in them
	lazy  bool // text is made of a block when next wants it
	buf   []byte
	data  []byte // the block, with what the last one left, and slack
	have  int    // how much of data is the input's
	text  string // the same as a string; empty: not made yet
	pos   int    // where the next record begins in text
	nl    int    // next LF at or after pos; len(text): none
	cr    int    // next CR
	first [2]int // what both were at the beginning of the record
	block int    // bytes to read next
	full  int    // and at most
	eof   bool
	err   error
	skip  bool // within a line that is too long
	again bool // next gives the record it gave last

	nextLine int
	line     int    // first line of the record, from 1
	raw      string // the record without its line end
	wrong    string // why it cannot be cut into fields; empty: it can
	n        int    // how many fields it has
	cut      bool   // the input ends without a line end after it
	spans    [maxColumns + 1]span
}

// span is where a field stands in the text. from is negative (its complement)
// when the field holds doubled quotes. The last span stays empty, for columns
// an input does not have.
type span struct{ from, to int }

// noColumn is the index of a field that is always empty.
const noColumn = maxColumns

func newSplitter(r io.Reader, sep byte) *splitter {
	return &splitter{r: r, sep: sep, block: firstBlock, full: fullBlock, nextLine: 1, nl: -1, cr: -1}
}

// next finds the next record; false at the end of the input or at an error of
// the reader (s.err), which ends it after the last whole record.
func (s *splitter) next() bool {
	if s.again {
		s.again = false
		return true
	}
	for {
		if s.text == "" {
			s.text = string(s.data[:s.have])
		}
		for !s.skip && s.pos < len(s.text) {
			if c := s.text[s.pos]; c != '\n' && c != '\r' {
				if s.record() {
					return true
				}
				break
			}
			if !s.endLine(s.pos) {
				break
			}
		}
		if s.skip && s.leaveLongLine() {
			continue
		}
		if !s.fill() {
			return false
		}
	}
}

// row is the record for messages and rejects.
func (s *splitter) row() Row { return Row{Line: s.line, Raw: s.raw} }

// field is the text of field i, without quotes; i must be below n, or noColumn.
func (s *splitter) field(i int) string {
	if sp := s.spans[i]; sp.from >= 0 {
		return s.text[sp.from:sp.to]
	}
	return s.unquoted(i)
}

// unquoted is the text of a field with doubled quotes.
func (s *splitter) unquoted(i int) string {
	sp := s.spans[i]
	return strings.ReplaceAll(s.text[^sp.from:sp.to], `""`, `"`)
}

// fields are all fields of the record, in a new slice.
func (s *splitter) fields() []string {
	out := make([]string, s.n)
	for i := range out {
		out[i] = s.field(i)
	}
	return out
}

// fill reads the next block behind what is left of the last one; false when
// there is nothing more.
func (s *splitter) fill() bool {
	// On one processor the garbage collector would otherwise wait up to 10 ms for
	// its turn, and every pointer that is stored costs more as long as it waits.
	runtime.Gosched()
	if s.eof {
		return false
	}
	left := s.have - s.pos
	if s.skip {
		left = 0
		s.pos = s.have
	}
	if cap(s.buf) < left+s.block+slack {
		s.buf = make([]byte, left+s.block+slack)
	}
	buf := s.buf[:left+s.block]
	n := copy(buf, s.data[s.pos:s.have])
	for n < len(buf) && !s.eof {
		m, err := s.r.Read(buf[n:])
		n += m
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			s.eof, s.err = true, err
		}
	}
	if s.err != nil { // what it cut off is no record
		n = 1 + max(bytes.LastIndexByte(buf[:n], '\n'), bytes.LastIndexByte(buf[:n], '\r'))
	}
	s.data, s.have, s.text = s.buf[:n+slack], n, ""
	if !s.lazy {
		s.text = string(buf[:n])
	}
	s.pos, s.nl, s.cr = 0, -1, -1
	s.block = min(4*s.block, s.full)
	return n > 0
}

// lineEnd is where the line at p ends, len(text) if it does not.
func (s *splitter) lineEnd(p int) int {
	if s.nl < p {
		s.nl = indexFrom(s.text, '\n', p)
	}
	if s.cr < p {
		s.cr = indexFrom(s.text, '\r', p)
	}
	return min(s.nl, s.cr)
}

func indexFrom(t string, c byte, p int) int {
	if i := strings.IndexByte(t[p:], c); i >= 0 {
		return p + i
	}
	return len(t)
}

// endLine goes past the line end at p; false if the block ends between a CR and
// the LF that may follow it.
func (s *splitter) endLine(p int) bool {
	next := p + 1
	if s.text[p] == '\r' {
		if next == len(s.text) && !s.eof {
			return false
		}
		if next < len(s.text) && s.text[next] == '\n' {
			next++
		}
	}
	s.pos = next
	s.nextLine++
	return true
}

// leaveLongLine goes past the end of a line that was too long, if it is here.
func (s *splitter) leaveLongLine() bool {
	end := s.lineEnd(s.pos)
	if end == len(s.text) || !s.endLine(end) {
		return false
	}
	s.skip = false
	return true
}

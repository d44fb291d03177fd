package cdr

import (
	"bytes"
	"encoding/binary"
	"time"

	"waihu/internal/usage"
)

// Nearly every row of a Master.csv has one shape: 18 columns, all but the two
// durations in quotes, no quote inside but in the caller's name, stamps of 19
// characters or none. Such rows take a fast lane: they are read where they
// stand in the block, without making it a string and without a list of fields.
// Any row that is not certain to be of that shape, or about which there is
// something to say, is left to the readers of all rows, untouched. So the lane
// never changes what is found, only how long it takes.

const (
	plainColumns = 18
	plainMost    = 4096 // bytes of a row; longer ones are not plain
	plainHead    = 9    // columns before the first stamp
	plainCaller  = 4    // among them, the one whose quotes may be doubled
	// plainTail is more than the columns between the first stamp and the
	// disposition need, so that nothing before the row is looked at.
	plainTail = 100
)

// quickOut is an Out that takes a record and its call at once. It asks rows for
// the text of the record, if it needs it, before the method returns.
type quickOut interface {
	recordCall(line int, rows rawRow, c *usage.Call) error
}

// rawRow knows the text of the record at hand.
type rawRow interface{ rawRow() string }

// rawRow is the row that was taken last in the fast lane.
func (a *asterisk) rawRow() string {
	s := a.rows
	return string(s.data[s.pos-1-a.size : s.pos-1])
}

// plainRow is a row of that shape. b is the row with a little of what follows,
// so that eight bytes can be looked at from anywhere in it.
type plainRow struct {
	b      []byte
	before *plainGuess
	quotes int                // that are in place
	ends   [plainHead + 1]int // closing quotes of the first nine columns, from 1 on
	unique []byte

	result               usage.Result
	total, talk          time.Duration
	start, answer, ended int // where the stamps begin; answer is 0 if it is empty
}

// plainGuess is how far it was from each quote to the next in the row before:
// forward in head, back in tail.
type plainGuess struct {
	head [16]int
	tail [3]int
}

// field is the text of one of the first nine columns.
func (r *plainRow) field(i int) []byte { return r.b[r.ends[i]+3 : r.ends[i+1]] }

// plainRows takes rows as long as they are plain. took tells whether there were
// any.
func (a *asterisk) plainRows() (took bool, err error) {
	out, ok := a.out.(quickOut)
	if !ok || !a.byCount || a.rows.sep != ',' {
		return false, nil
	}
	s := a.rows
	for {
		end := s.plainEnd()
		if end < 0 {
			return took, nil
		}
		row := plainRow{b: s.data[s.pos : end+slack], before: &a.before}
		if !a.plainCall(&row, end-s.pos) {
			return took, nil
		}
		a.size, s.pos, took = end-s.pos, end+1, true
		s.nextLine++
		if err := out.recordCall(s.nextLine-1, a, &a.call); err != nil {
			return true, err
		}
	}
}

// plainEnd is where the next row ends, after reading on if need be; negative if
// that is for next to find out.
func (s *splitter) plainEnd() int {
	for !s.skip && !s.again {
		rest := s.data[s.pos:s.have]
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			end := s.pos + i
			if s.cr < s.pos {
				s.cr = s.have
				if k := bytes.IndexByte(rest, '\r'); k >= 0 {
					s.cr = s.pos + k
				}
			}
			if s.cr < end || i > plainMost {
				return -1
			}
			return end
		}
		if len(rest) >= maxRow || !s.fill() {
			return -1
		}
	}
	return -1
}

// shape finds the columns of a row of e bytes. Where the quotes are is guessed
// by the row before, so that the processor need not wait for one to look for the
// next; the number of quotes then tells that there are no others.
func (r *plainRow) shape(e int) bool {
	if e <= plainTail || r.b[0] != '"' || r.b[e-1] != '"' {
		return false
	}
	all := bytes.Count(r.b[:e], quoteMark)
	if r.tail(e) && r.head() && r.quotes == all {
		return true
	}
	*r.before = plainGuess{} // nothing is guessed now
	return r.tail(e) && r.head() && r.quotes == all
}

var quoteMark = []byte{'"'}

// head finds the first nine columns, and that the tenth, which begins at start,
// comes right after them.
func (r *plainRow) head() bool {
	b := r.b
	r.ends[0] = -2
	for i, p, find := 1, 1, 0; i <= plainHead; find++ {
		long := &r.before.head[find%len(r.before.head)]
		q := p + *long
		if q+4 > len(b) || !isBetween(b, q) && (i != plainCaller+1 || !isDoubled(b, q)) {
			if q = quoteIn(b, p); q+4 > len(b) {
				return false
			}
			*long = q - p
		}
		switch {
		case isBetween(b, q):
			r.ends[i] = q
			i++
			p = q + 3
		case i == plainCaller+1 && isDoubled(b, q):
			r.quotes += 2
			p = q + 2
		default:
			return false
		}
	}
	return r.ends[plainHead]+3 == r.start
}

// tail finds the other columns, from the end of the row at e.
func (r *plainRow) tail(e int) bool {
	r.quotes = 2 * (plainColumns - 2)
	user := r.openedBefore(e-1, 0)
	if user < 0 {
		return false
	}
	unique := r.openedBefore(user-2, 1)
	if unique < 0 || unique+1 == user-2 {
		return false
	}
	r.unique = r.b[unique+1 : user-2]
	flags := r.openedBefore(unique-2, 2)
	if flags < 0 {
		return false
	}
	p := r.disposition(flags - 2)
	if p < 0 {
		return false
	}
	talk, p := digitsBefore(r.b, p)
	total, p := digitsBefore(r.b, p)
	if p < 0 || r.b[p-1] != '"' {
		return false
	}
	r.talk, r.total = time.Duration(talk)*time.Second, time.Duration(total)*time.Second
	return r.stamps(p - 1)
}

// openedBefore is the quote that opens the column which the quote at p closes,
// if there is another column right before it; otherwise negative.
func (r *plainRow) openedBefore(p, find int) int {
	long := &r.before.tail[find]
	q := p - *long
	if *long > 0 && q > plainTail && isBetween(r.b, q-2) {
		return q
	}
	if q = quoteBefore(r.b, p); q <= plainTail || !isBetween(r.b, q-2) {
		return -1
	}
	*long = p - q
	return q
}

// stamps finds the columns of the stamps, the last of which ends at the quote
// at p.
func (r *plainRow) stamps(p int) bool {
	b := r.b
	r.ended = p - wholeStamp
	if b[r.ended-1] != '"' || !isBetween(b, r.ended-3) {
		return false
	}
	p = r.ended - 3
	if r.answer = 0; b[p-1] == '"' {
		p--
	} else {
		r.answer = p - wholeStamp
		p = r.answer - 1
	}
	if !isBetween(b, p-2) {
		return false
	}
	r.start = p - 2 - wholeStamp
	return b[r.start-1] == '"'
}

// plainResult is a disposition as its last sixteen bytes, those of its column
// only, and what it means.
type plainResult struct {
	first, firstMask, last, lastMask uint64
	size                             int // 0: there is none in this place
	result                           usage.Result
}

// plainResults are the dispositions by the third byte from their end, of which
// the low four bits differ. There is nothing to choose between, since a choice
// that cannot be foreseen costs as much as all the rest of reading the column.
var plainResults = newPlainResults("ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION")

func newPlainResults(names ...string) (table [16]plainResult) {
	for _, name := range names {
		r := plainResult{size: len(name) + 1}
		r.result, _ = asteriskResult(name)
		var text, mask [16]byte
		for i := range r.size {
			mask[16-r.size+i] = 0xff
		}
		copy(text[16-r.size:], `"`+name)
		r.first, r.last = binary.LittleEndian.Uint64(text[:]), binary.LittleEndian.Uint64(text[8:])
		r.firstMask, r.lastMask = binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:])
		table[name[len(name)-3]&15] = r
	}
	return table
}

// disposition reads the column that ends at the quote at p, and is where the
// comma before it stands; negative if it is no disposition.
func (r *plainRow) disposition(p int) int {
	b := r.b
	d := &plainResults[b[p-3]&15]
	first, last := binary.LittleEndian.Uint64(b[p-16:]), binary.LittleEndian.Uint64(b[p-8:])
	if d.size == 0 || first&d.firstMask != d.first || last&d.lastMask != d.last || b[p-d.size-1] != ',' {
		return -1
	}
	r.result = d.result
	return p - d.size - 1
}

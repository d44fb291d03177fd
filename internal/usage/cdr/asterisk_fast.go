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
	plainBare    = 2    // columns without quotes: the durations
	plainCaller  = 4    // the column whose quotes may be doubled
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

// plainRow is a row of that shape. text is the row with a little of what follows,
// so that eight bytes and more can be looked at from anywhere in it. It is a view
// of the block, not a copy, and so are the texts of the call made of it: both hold
// until the next row is asked for.
type plainRow struct {
	text                 string
	cut                  *plainCut
	start, answer, ended int // where the stamps begin; answer is 0 if it is empty
}

// field is the text of a column in quotes that is not the first.
func (r *plainRow) field(i int) string { return r.text[r.cut.commas[i-1]+2 : r.cut.commas[i]-1] }

// plainRows takes rows as long as they are plain. took tells whether there were
// any.
func (a *asterisk) plainRows() (took bool, err error) {
	out, ok := a.out.(quickOut)
	if !ok || !a.byCount || a.rows.sep != ',' {
		return false, nil
	}
	s := a.rows
	for {
		end := s.plainEnd(&a.cut)
		if end == 0 {
			return took, nil
		}
		row := plainRow{text: view(s.data[s.pos : s.pos+end+slack]), cut: &a.cut}
		if !a.plainCall(&row) {
			return took, nil
		}
		a.size, s.pos, took = end, s.pos+end+1, true
		s.nextLine++
		if err := out.recordCall(s.nextLine-1, a, &a.call); err != nil {
			return true, err
		}
	}
}

// plainEnd cuts the next row, after reading on if need be, and is how long it
// is; 0 if it is for next to find out.
func (s *splitter) plainEnd(c *plainCut) int {
	for !s.skip && !s.again {
		left := s.have - s.pos
		if left > 0 {
			if end := c.cut(s.data[s.pos:], min(left, plainMost)); end > 0 {
				return end
			}
		}
		if left >= plainMost || bytes.IndexByte(s.data[s.pos:s.have], '\n') >= 0 || !s.fill() {
			return 0
		}
	}
	return 0
}

// shape reads the columns that are nothing but their shape: durations and
// disposition, and finds those of the stamps.
func (r *plainRow) shape(call *usage.Call) bool {
	c := &r.cut.commas
	r.start, r.answer, r.ended = int(c[8])+2, int(c[9])+2, int(c[10])+2
	const none = uint32(len(`"",`))
	const stampColumn = none + uint32(wholeStamp)
	if c[9]-c[8] != stampColumn || c[11]-c[10] != stampColumn {
		return false
	}
	if c[10]-c[9] != stampColumn {
		if c[10]-c[9] != none {
			return false
		}
		r.answer = 0
	}
	total, talk, ok := twoNumbers(r.text, int(c[11]), int(c[12]), int(c[13]))
	call.Talk, call.Total = time.Duration(talk)*time.Second, time.Duration(total)*time.Second
	call.Result = r.disposition(int(c[13]), int(c[14]))
	return ok && call.Result != "" && c[16]-c[15] > none
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

// disposition reads the column between two commas; empty if it is none.
func (r *plainRow) disposition(from, to int) usage.Result {
	p := to - 1 // the closing quote
	d := &plainResults[r.text[p-3]&15]
	first, last := load64(r.text[p-16:]), load64(r.text[p-8:])
	if first&d.firstMask != d.first || last&d.lastMask != d.last || from != p-d.size-1 {
		return ""
	}
	return d.result
}

package cdr

import (
	"bytes"
	"io"
)

// sampled is how many records a format looks at to know its own.
const sampled = 20

// sampleRows cuts the first records of a head into fields. The last one is left
// out if the head may have cut it, unless it is all there is; so are records
// that cannot be cut.
func sampleRows(head []byte, sep byte) [][]string {
	s := newSplitter(bytes.NewReader(head), sep)
	s.block = min(firstBlock, len(head)+1)
	var rows [][]string
	for len(rows) < sampled && s.next() {
		if s.wrong == "" && (!s.cut || len(rows) == 0) {
			rows = append(rows, s.fields())
		}
	}
	return rows
}

// headOf is the beginning of an input, and the whole input with it.
func headOf(r io.Reader) ([]byte, io.Reader, error) {
	if p, ok := r.(*peeker); ok {
		head, err := p.peek(headSize)
		return head, r, err
	}
	p := &peeker{r: r}
	head, err := p.peek(headSize)
	return head, p, err
}

// separatorOf is the byte of , ; tab | that cuts the first sound record into
// most fields, quotes minded.
func separatorOf(head []byte) byte {
	best, most := byte(','), 1
	for _, sep := range []byte(",;\t|") {
		if rows := sampleRows(head, sep); len(rows) > 0 && len(rows[0]) > most {
			best, most = sep, len(rows[0])
		}
	}
	return best
}

// looksLikeStamp tells whether a field can be a date and time.
func looksLikeStamp(s string) bool {
	clock := newWallClock(nil)
	_, _, ok := clock.read(s)
	return ok
}

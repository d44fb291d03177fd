package usage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
)

// lanes is the width of a digest: 64 sums of 64 bits, 4096 bits in all.
const lanes = 64

// Element is what one fact adds to a digest: its canonical form blown up to
// 4096 bits. It is made once for a fact and may be added to many digests.
type Element [lanes]uint64

// Fact is what has a canonical form: *Call, *Seat, *Session, *Module, *Rental
// and *Event.
type Fact interface{ AppendCanonical(dst []byte) []byte }

// Elements makes elements, one after another, without an allocation for each.
// The zero value is ready. Not safe for two goroutines at once.
type Elements struct {
	stream  rand.ChaCha8
	buf     []byte
	element Element
}

// Of is the element of a fact. It is valid until the next one is made.
func (m *Elements) Of(f Fact) *Element {
	m.buf = f.AppendCanonical(m.buf[:0])
	return m.OfCanonical(m.buf)
}

// OfCanonical is the element of a canonical form: SHA-256 of it is the seed of
// ChaCha8 (C2SP chacha8rand), whose first 64 numbers are the lanes.
func (m *Elements) OfCanonical(canonical []byte) *Element {
	m.stream.Seed(sha256.Sum256(canonical))
	for i := range m.element {
		m.element[i] = m.stream.Uint64()
	}
	return &m.element
}

// ElementOf is the element of a canonical form, for few facts; Elements makes many.
func ElementOf(canonical []byte) Element {
	var m Elements
	return *m.OfCanonical(canonical)
}

// Digest is a fingerprint of a set of facts. It does not depend on their order,
// and digests of parts can be merged into that of the whole. The zero Digest is
// that of no facts.
//
// It is collision-resistant for sets: facts are distinct, which the pair of
// Source and ID sees to. It counts a fact that is added twice twice, but do not
// rely on it where somebody may repeat facts thousands of times at will (see
// docs/adr/0004-evidence-digest.md).
type Digest struct {
	sums  [lanes]uint64
	count int64
}

// Add adds one fact.
func (d *Digest) Add(e *Element) {
	for i := range d.sums {
		d.sums[i] += e[i]
	}
	d.count++
}

// Merge adds the facts of another digest.
func (d *Digest) Merge(o *Digest) {
	for i := range d.sums {
		d.sums[i] += o.sums[i]
	}
	d.count += o.count
}

// Count is how many facts were added.
func (d *Digest) Count() int64 { return d.count }

// Equal tells whether two digests are of the same facts.
func (d *Digest) Equal(o *Digest) bool { return *d == *o }

// String is the digest as an invoice shows it: "ls4096:" and 64 hex digits,
// SHA-256 of the count and the sums, each eight bytes, the lowest first.
func (d *Digest) String() string {
	var b [8 + 8*lanes]byte
	binary.LittleEndian.PutUint64(b[:], uint64(d.count))
	for i, s := range d.sums {
		binary.LittleEndian.PutUint64(b[8+8*i:], s)
	}
	sum := sha256.Sum256(b[:])
	return "ls4096:" + hex.EncodeToString(sum[:])
}

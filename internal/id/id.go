// Package id makes identifiers that sort by the time they were made.
//
// It owns their bytes and their text. It does not own what they name: a noun is
// put before the text, as in "inv_01jd8...", by whoever shows it.
//
// What always holds: identifiers of one Maker rise; the text sorts as the bytes
// do; the zero ID names nothing.
package id

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// ID is 16 bytes in the layout of UUID version 7 (RFC 9562): 48 bits of
// milliseconds since 1970, then a counter and random bits.
type ID [16]byte

// Company is the identifier of a company. It is a type of its own because every
// key begins with it: what is asked of a store without one does not compile.
type Company struct{ ID }

// Platform is the company of the operator itself: plans, users and keys that
// belong to no customer.
var Platform = Company{}

// alphabet is Crockford's base 32, whose order is that of the values.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// textLen is the length of an ID as text: 130 bits, the two highest unused.
const textLen = 26

func (i ID) IsZero() bool { return i == ID{} }

// String is the ID as 26 letters and digits.
func (i ID) String() string {
	hi, lo := binary.BigEndian.Uint64(i[:8]), binary.BigEndian.Uint64(i[8:])
	var b [textLen]byte
	for n := textLen - 1; n >= 0; n-- {
		b[n] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(b[:])
}

// Parse reads the text of an ID; upper case is understood.
func Parse(s string) (ID, error) {
	if len(s) != textLen || s[0] > '7' {
		return ID{}, fault.New(fault.Invalid, "%q is not an identifier: %d letters and digits were expected", fault.Shorten(s, 40), textLen)
	}
	var hi, lo uint64
	for n := range textLen {
		v := strings.IndexByte(alphabet, lower(s[n]))
		if v < 0 {
			return ID{}, fault.New(fault.Invalid, "%q is not an identifier: %q is none of its letters", s, s[n])
		}
		hi = hi<<5 | lo>>59
		lo = lo<<5 | uint64(v)
	}
	var i ID
	binary.BigEndian.PutUint64(i[:8], hi)
	binary.BigEndian.PutUint64(i[8:], lo)
	return i, nil
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Made is when the ID was made, to the millisecond.
func (i ID) Made() timex.Instant {
	return timex.Instant(binary.BigEndian.Uint64(i[:8])>>16) * 1000
}

// Before is behind every ID that was made before an instant and before those made at
// it, to the millisecond: where a list that goes back in time begins.
func Before(at timex.Instant) (i ID) {
	binary.BigEndian.PutUint64(i[:8], uint64(max(at, 0))/1000<<16)
	return i
}

func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

func (i *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = ID{}
		return nil
	}
	v, err := Parse(string(b))
	*i = v
	return err
}

// Named is the text with a noun before it: "inv_01jd8...".
func (i ID) Named(noun string) string { return noun + "_" + i.String() }

// ParseNamed reads it and refuses another noun.
func ParseNamed(noun, s string) (ID, error) {
	rest, ok := strings.CutPrefix(s, noun+"_")
	if !ok {
		return ID{}, fault.New(fault.Invalid, "%q is not an identifier that begins with %s_", fault.Shorten(s, 40), noun)
	}
	return Parse(rest)
}

// Maker makes identifiers. It is safe for many goroutines at once.
type Maker struct {
	mu      sync.Mutex
	entropy io.Reader
	last    ID
}

// NewMaker makes a Maker over a source of random bytes, crypto/rand.Reader in
// service and a seeded one in simulations.
func NewMaker(entropy io.Reader) *Maker { return &Maker{entropy: entropy} }

// At makes the next identifier of an instant. Where the instant is not after
// that of the one before, the one before is counted up, so that order holds
// even when a clock is set back.
func (m *Maker) At(now timex.Instant) (ID, error) {
	m.mu.Lock() // before the entropy: a seeded source is for one reader at a time
	defer m.mu.Unlock()
	var i ID
	if _, err := io.ReadFull(m.entropy, i[6:]); err != nil {
		return ID{}, fmt.Errorf("id: no random bytes: %w", err)
	}
	ms := uint64(max(now, 0)) / 1000
	binary.BigEndian.PutUint32(i[:4], uint32(ms>>16))
	binary.BigEndian.PutUint16(i[4:6], uint16(ms))
	i[6] = 0x70 | i[6]&0x0f
	i[8] = 0x80 | i[8]&0x3f
	if i.String() <= m.last.String() {
		i = m.last.next(i)
	}
	m.last = i
	return i, nil
}

// next is the following identifier of the same millisecond: the twelve bits
// behind the version and the two bytes behind the variant count up, the last
// bytes are those of fresh.
func (i ID) next(fresh ID) ID {
	count := (uint32(i[6]&0x0f)<<24 | uint32(i[7])<<16 | uint32(i[9])<<8 | uint32(i[10])) + 1
	ms := binary.BigEndian.Uint64(i[:8]) >> 16
	if count >= 1<<28 { // the millisecond is full: the next one begins
		count, ms = 0, ms+1
	}
	out := fresh
	binary.BigEndian.PutUint32(out[:4], uint32(ms>>16))
	binary.BigEndian.PutUint16(out[4:6], uint16(ms))
	out[6], out[7] = 0x70|byte(count>>24), byte(count>>16)
	out[8] = i[8]
	if count == 0 {
		out[8] = 0x80
	}
	out[9], out[10] = byte(count>>8), byte(count)
	return out
}

package usage

import (
	"encoding/binary"
	"time"

	"waihu/internal/money"
	"waihu/internal/timex"
)

// The canonical form of a fact is bytes that two facts share only if they are
// equal in every field: a version, the kind, then the fields in the order of
// the struct. Texts carry their length before them, so no text can pass for
// the end of one and the start of the next; numbers have a fixed width.
//
// The form never changes: a digest on an old invoice must come out the same
// for ever. A new field is written after the others, under a new version, and
// only when it is not empty, so that facts without it keep their bytes.
const (
	canonicalVersion = 1
	withAccount      = 2 // of facts other than calls, which had none at first
	withCourse       = 3 // of calls that tell how they went
)

const (
	kindCall = 1 + iota
	kindSeat
	kindSession
	kindModule
	kindRental
	kindEvent
)

// AppendCanonical appends the canonical form of the call.
func (c *Call) AppendCanonical(dst []byte) []byte {
	tells := !c.Course.IsZero()
	if tells {
		dst = append(dst, withCourse, kindCall)
	} else {
		dst = append(dst, canonicalVersion, kindCall)
	}
	dst = text(dst, c.ID)
	dst = text(dst, c.Source)
	dst = text(dst, c.Session)
	dst = flag(dst, c.LegB)
	dst = text(dst, string(c.Direction))
	dst = text(dst, string(c.Result))
	dst = text(dst, string(c.By))
	dst = text(dst, string(c.Mode))
	dst = text(dst, string(c.Purpose))
	dst = text(dst, string(c.Line))
	dst = text(dst, string(c.Reach))
	dst = text(dst, c.From)
	dst = text(dst, c.To)
	dst = text(dst, c.Account)
	dst = text(dst, c.Agent)
	dst = text(dst, c.Campaign)
	dst = text(dst, c.Trunk)
	dst = text(dst, c.Outcome)
	dst = text(dst, c.Cause)
	dst = instant(dst, c.Start)
	dst = instant(dst, c.Answer)
	dst = instant(dst, c.End)
	dst = duration(dst, c.Total)
	dst = duration(dst, c.Talk)
	dst = amount(dst, c.Cost)
	if tells {
		dst = appendCourse(dst, c.Course)
	}
	return dst
}

// AppendCanonical appends the canonical form of the seat.
func (s *Seat) AppendCanonical(dst []byte) []byte {
	dst = append(dst, versionFor(s.Account), kindSeat)
	dst = text(dst, s.ID)
	dst = text(dst, s.Source)
	dst = text(dst, s.User)
	dst = text(dst, s.Type)
	dst = instant(dst, s.From)
	return account(instant(dst, s.To), s.Account)
}

// AppendCanonical appends the canonical form of the session.
func (s *Session) AppendCanonical(dst []byte) []byte {
	dst = append(dst, versionFor(s.Account), kindSession)
	dst = text(dst, s.ID)
	dst = text(dst, s.Source)
	dst = text(dst, s.User)
	dst = text(dst, s.Type)
	dst = text(dst, string(s.State))
	dst = instant(dst, s.From)
	return account(instant(dst, s.To), s.Account)
}

// AppendCanonical appends the canonical form of the module's stretch.
func (m *Module) AppendCanonical(dst []byte) []byte {
	dst = append(dst, versionFor(m.Account), kindModule)
	dst = text(dst, m.ID)
	dst = text(dst, m.Source)
	dst = text(dst, m.Module)
	dst = instant(dst, m.From)
	return account(instant(dst, m.To), m.Account)
}

// AppendCanonical appends the canonical form of the rental.
func (r *Rental) AppendCanonical(dst []byte) []byte {
	dst = append(dst, versionFor(r.Account), kindRental)
	dst = text(dst, r.ID)
	dst = text(dst, r.Source)
	dst = text(dst, r.Item)
	dst = instant(dst, r.From)
	return account(instant(dst, r.To), r.Account)
}

// AppendCanonical appends the canonical form of the event. Equal quantities are
// equal bytes, however they were written.
func (e *Event) AppendCanonical(dst []byte) []byte {
	dst = append(dst, versionFor(e.Account), kindEvent)
	dst = text(dst, e.ID)
	dst = text(dst, e.Source)
	dst = text(dst, e.Kind)
	dst = text(dst, e.Quantity.String())
	return account(instant(dst, e.At), e.Account)
}

// versionFor is the version of a fact that is not a call: with an account or
// without.
func versionFor(account string) byte {
	if account == "" {
		return canonicalVersion
	}
	return withAccount
}

// account is the last field of such a fact, where it has one.
func account(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	return text(dst, s)
}

func text(dst []byte, s string) []byte {
	switch {
	case s == "":
		return append(dst, 0) // half of the texts of a call
	case len(s) < 0x80:
		dst = append(dst, byte(len(s)))
	default:
		dst = binary.AppendUvarint(dst, uint64(len(s)))
	}
	return append(dst, s...)
}

func flag(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func instant(dst []byte, i timex.Instant) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(i))
}

func number(dst []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(n))
}

func duration(dst []byte, d time.Duration) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(d))
}

func amount(dst []byte, a money.Amount) []byte {
	dst = text(dst, a.Currency().String())
	return binary.BigEndian.AppendUint64(dst, uint64(a.Micros()))
}

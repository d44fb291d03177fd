package usage

import (
	"encoding/binary"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// DecodeCanonical reads a canonical form back. Texts are copied. Bytes that are
// no canonical form are of kind Invalid.
func DecodeCanonical(b []byte) (Fact, error) {
	if len(b) < 2 || b[0] != canonicalVersion && b[0] != later(b[1]) {
		return nil, fault.New(fault.Invalid, "%d bytes are no canonical fact: its version and kind were expected first", len(b))
	}
	r := reading{rest: string(b[2:]), more: b[0] != canonicalVersion}
	var f Fact
	switch b[1] {
	case kindCall:
		c := &Call{}
		r.call(c)
		f = c
	case kindSeat:
		f = &Seat{r.text(), r.text(), r.text(), r.text(), r.instant(), r.instant(), r.account()}
	case kindSession:
		f = &Session{r.text(), r.text(), r.text(), r.text(), State(r.text()), r.instant(), r.instant(), r.account()}
	case kindModule:
		f = &Module{r.text(), r.text(), r.text(), r.instant(), r.instant(), r.account()}
	case kindRental:
		f = &Rental{r.text(), r.text(), r.text(), r.instant(), r.instant(), r.account()}
	case kindEvent:
		f = &Event{r.text(), r.text(), r.text(), r.number(), r.instant(), r.account()}
	default:
		return nil, fault.New(fault.Invalid, "%d is no kind of fact", b[1])
	}
	return f, r.end()
}

// later is the version of a kind of fact that has the field it got later.
func later(kind byte) byte {
	if kind == kindCall {
		return withCourse
	}
	return withAccount
}

// DecodeCall reads the canonical form of a call into c. All its texts share one
// copy of the bytes.
func DecodeCall(b []byte, c *Call) error {
	if len(b) < 2 || b[0] != canonicalVersion && b[0] != withCourse || b[1] != kindCall {
		return fault.New(fault.Invalid, "%d bytes are no canonical call", len(b))
	}
	r := reading{rest: string(b[2:]), more: b[0] == withCourse}
	r.call(c)
	return r.end()
}

// reading takes a canonical form apart. What is cut off reads as zero, and end
// says so.
type reading struct {
	rest string
	bad  bool
	more bool // it has the field that its kind got later
}

func (r *reading) call(c *Call) {
	c.ID, c.Source, c.Session, c.LegB = r.text(), r.text(), r.text(), r.flag()
	c.Direction, c.Result, c.By, c.Mode = Direction(r.text()), Result(r.text()), AnsweredBy(r.text()), Mode(r.text())
	c.Purpose, c.Line, c.Reach = Purpose(r.text()), Line(r.text()), Reach(r.text())
	c.From, c.To, c.Account, c.Agent = r.text(), r.text(), r.text(), r.text()
	c.Campaign, c.Trunk, c.Outcome, c.Cause = r.text(), r.text(), r.text(), r.text()
	c.Start, c.Answer, c.End = r.instant(), r.instant(), r.instant()
	c.Total, c.Talk = time.Duration(r.fixed()), time.Duration(r.fixed())
	c.Cost, c.Course = r.amount(), nil
	if r.more {
		c.Course = r.course()
	}
}

// cut is the next n bytes.
func (r *reading) cut(n uint64) string {
	if uint64(len(r.rest)) < n {
		r.bad, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reading) text() string {
	if len(r.rest) > 0 && r.rest[0] < 0x80 {
		n := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return r.cut(n)
	}
	head := []byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)])
	n, used := binary.Uvarint(head)
	if used <= 0 || used > 1 && head[used-1] == 0 { // a length has one form only
		r.bad, r.rest = true, ""
		return ""
	}
	r.rest = r.rest[used:]
	return r.cut(n)
}

// account is the account of a fact whose version says it has one.
func (r *reading) account() string {
	if !r.more {
		return ""
	}
	s := r.text()
	r.bad = r.bad || s == ""
	return s
}

func (r *reading) flag() bool {
	s := r.cut(1)
	r.bad = r.bad || s != "\x00" && s != "\x01"
	return s == "\x01"
}

func (r *reading) fixed() uint64 {
	s := r.cut(8)
	if len(s) < 8 {
		return 0
	}
	return uint64(s[0])<<56 | uint64(s[1])<<48 | uint64(s[2])<<40 | uint64(s[3])<<32 | uint64(s[4])<<24 | uint64(s[5])<<16 | uint64(s[6])<<8 | uint64(s[7])
}

func (r *reading) instant() timex.Instant { return timex.Instant(r.fixed()) }

func (r *reading) amount() money.Amount {
	var cur money.Currency
	if err := cur.UnmarshalText([]byte(r.text())); err != nil {
		r.bad = true
	}
	return money.Micros(int64(r.fixed()), cur)
}

func (r *reading) number() exact.Number {
	s := r.text()
	n, err := exact.ParseExact(s)
	r.bad = r.bad || err != nil || n.String() != s
	return n
}

func (r *reading) end() error {
	if r.bad || r.rest != "" {
		return fault.New(fault.Invalid, "a canonical fact is cut off or has %d bytes too many", len(r.rest))
	}
	return nil
}

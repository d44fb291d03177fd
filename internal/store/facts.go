package store

import (
	"bytes"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// FactKind is the kind of a fact, as the second byte of its canonical form has it.
type FactKind byte

// StretchKey is what makes a stretch the fact it is, and when it was.
type StretchKey struct {
	Kind   FactKind
	Source string
	ID     string
	From   timex.Instant
	To     timex.Instant // of an event: From; zero: open
}

// The kinds, by number.
const (
	CallFact FactKind = 1 + iota
	SeatFact
	SessionFact
	ModuleFact
	RentalFact
	EventFact
)

// kindNames are their words, as files of facts have them.
var kindNames = [...]string{"", "call", "seat", "session", "module", "rental", "event"}

// String is the word of the kind: call, seat ...
func (k FactKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// MarshalText writes the word of the kind.
func (k FactKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads it; the empty word is no kind.
func (k *FactKind) UnmarshalText(b []byte) (err error) {
	if *k = 0; len(b) > 0 {
		*k, err = ParseFactKind(string(b))
	}
	return err
}

// ParseFactKind reads the word of a kind.
func ParseFactKind(s string) (FactKind, error) {
	if i := slices.Index(kindNames[:], s); i > 0 {
		return FactKind(i), nil
	}
	return 0, fault.New(fault.Invalid, "%q is no kind of fact: call, seat, session, module, rental or event was expected", fault.Shorten(s, 40))
}

// AccountOf is the account a fact names; "": none.
func AccountOf(f usage.Fact) string {
	switch f := f.(type) {
	case *usage.Call:
		return f.Account
	case *usage.Seat:
		return f.Account
	case *usage.Session:
		return f.Account
	case *usage.Module:
		return f.Account
	case *usage.Rental:
		return f.Account
	case *usage.Event:
		return f.Account
	}
	return ""
}

// KeyOf is the key of a fact that is not a call.
func KeyOf(f usage.Fact) (k StretchKey, err error) {
	switch f := f.(type) {
	case *usage.Seat:
		k = StretchKey{0, f.Source, f.ID, f.From, f.To}
	case *usage.Session:
		k = StretchKey{0, f.Source, f.ID, f.From, f.To}
	case *usage.Module:
		k = StretchKey{0, f.Source, f.ID, f.From, f.To}
	case *usage.Rental:
		k = StretchKey{0, f.Source, f.ID, f.From, f.To}
	case *usage.Event:
		k = StretchKey{0, f.Source, f.ID, f.At, f.At}
	default:
		return k, fault.New(fault.Invalid, "%T is not a fact that is kept here", f)
	}
	if k.Source == "" || k.ID == "" || k.From.IsZero() {
		return k, fault.New(fault.Invalid, "a fact needs source, identifier and a beginning; it has %q, %q and %s", k.Source, k.ID, k.From)
	}
	if !k.To.IsZero() && k.To < k.From {
		return k, fault.New(fault.Invalid, "%s of %s ends at %s, before it begins at %s", k.ID, k.Source, k.To, k.From)
	}
	k.Kind = FactKind(f.AppendCanonical(nil)[1])
	return k, nil
}

// CheckCall tells whether a call has what it is found by.
func CheckCall(c *usage.Call) error {
	if c.Source == "" || c.ID == "" || c.Start.IsZero() {
		return fault.New(fault.Invalid, "a call needs source, identifier and a beginning; it has %q, %q and %s", c.Source, c.ID, c.Start)
	}
	return nil
}

// Opened is a stretch as it was before it had an end; an event stays as it is.
func Opened(f usage.Fact) usage.Fact {
	switch f := f.(type) {
	case *usage.Seat:
		return opened(f, func(g *usage.Seat) { g.To = 0 })
	case *usage.Session:
		return opened(f, func(g *usage.Session) { g.To = 0 })
	case *usage.Module:
		return opened(f, func(g *usage.Module) { g.To = 0 })
	case *usage.Rental:
		return opened(f, func(g *usage.Rental) { g.To = 0 })
	}
	return f
}

func opened[T any](f *T, open func(*T)) *T {
	g := *f
	open(&g)
	return &g
}

// Meet says what becomes of a stretch whose key is taken: by stored bytes, and
// wasOpen telling that they had no end once.
func Meet(stored []byte, wasOpen bool, f usage.Fact) (Outcome, error) {
	there, err := usage.DecodeCanonical(stored)
	if err != nil {
		return "", err
	}
	handed := f.AppendCanonical(nil)
	if bytes.Equal(stored, handed) {
		return Same, nil
	}
	before, now := Opened(there).AppendCanonical(nil), Opened(f).AppendCanonical(nil)
	switch {
	case !bytes.Equal(before, now):
		return Differs, nil
	case bytes.Equal(stored, before): // it has no end yet
		return Ended, nil
	case bytes.Equal(handed, now) && wasOpen: // handed in again as it was before
		return Same, nil
	}
	return Differs, nil
}

// Hand hands one fact out.
func Hand(f usage.Fact, sink usage.Sink) error {
	switch f := f.(type) {
	case *usage.Call:
		return sink.Call(f)
	case *usage.Seat:
		return sink.Seat(*f)
	case *usage.Session:
		return sink.Session(*f)
	case *usage.Module:
		return sink.Module(*f)
	case *usage.Rental:
		return sink.Rental(*f)
	case *usage.Event:
		return sink.Event(*f)
	}
	return fault.New(fault.Internal, "%T is not a fact", f)
}

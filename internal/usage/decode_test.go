package usage

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// anyFact makes a fact of random content.
func anyFact(r *rand.Rand) Fact {
	s := func() string {
		b := make([]byte, r.IntN(4)*r.IntN(70))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return string(b)
	}
	at := func() timex.Instant { return timex.Instant(r.Int64()) * timex.Instant(r.IntN(2)) }
	switch r.IntN(7) {
	case 0:
		return &Seat{s(), s(), s(), s(), at(), at(), s()}
	case 1:
		return &Session{s(), s(), s(), s(), State(s()), at(), at(), s()}
	case 2:
		return &Module{s(), s(), s(), at(), at(), s()}
	case 3:
		return &Rental{s(), s(), s(), at(), at(), s()}
	case 4:
		return &Event{s(), s(), s(), exact.Frac(r.Int64()-r.Int64(), 1+r.Int64N(9999)), at(), s()}
	}
	cur := [...]money.Currency{{}, money.MustCurrency("CNY"), money.MustCurrency("JPY")}
	course := func() *Course {
		q := func() Quality {
			if r.IntN(2) == 0 {
				return Quality{}
			}
			return Quality{MOS(r.Int64()), 1, r.Int64(), -r.Int64(), time.Duration(r.Int64())}
		}
		if r.IntN(3) > 0 {
			return nil
		}
		return &Course{Side(s()), r.Int64(), 1 + r.Int64N(700), s(), at(), at(), at(), s(), q(), q(), s(), r.Int64N(101), s(), s()}
	}
	return &Call{s(), s(), s(), r.IntN(2) == 0, Direction(s()), Result(s()), AnsweredBy(s()), Mode(s()), Purpose(s()), Line(s()), Reach(s()), s(), s(), s(), s(), s(), s(), s(), s(),
		at(), at(), at(), time.Duration(r.Int64()), -time.Duration(r.Int64()), money.Micros(-r.Int64(), cur[r.IntN(3)]), course()}
}

// TestCanonicalComesBack: what was written reads as the same fact, and nothing
// shorter, longer or changed in its frame passes for one.
func TestCanonicalComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for range 5000 {
		f := anyFact(r)
		b := f.AppendCanonical(nil)
		got, err := DecodeCanonical(b)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if reflect.TypeOf(got) != reflect.TypeOf(f) || !bytes.Equal(got.AppendCanonical(nil), b) {
			t.Fatalf("%+v came back as %+v", f, got)
		}
		if e, is := f.(*Event); !is && !reflect.DeepEqual(got, f) || is && !e.Quantity.Equal(got.(*Event).Quantity) {
			t.Fatalf("%+v came back as %+v", f, got)
		}
		for _, bad := range [][]byte{b[:r.IntN(len(b))], append(bytes.Clone(b), 0)} {
			if got, err := DecodeCanonical(bad); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%d bytes of %d read as %+v, %v", len(bad), len(b), got, err)
			}
		}
		if c, is := f.(*Call); is {
			var again Call
			if err := DecodeCall(b, &again); err != nil || !reflect.DeepEqual(again, *c) {
				t.Fatalf("%+v came back as %+v, %v", c, again, err)
			}
		} else if DecodeCall(b, new(Call)) == nil {
			t.Fatalf("%T passed for a call", f)
		}
	}
}

// FuzzDecodeCanonical: whatever decodes has exactly these bytes.
func FuzzDecodeCanonical(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add(anyFact(r).AppendCanonical(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fact, err := DecodeCanonical(b)
		if err == nil && !bytes.Equal(fact.AppendCanonical(nil), b) {
			t.Errorf("%x decodes to %+v, whose form is %x", b, fact, fact.AppendCanonical(nil))
		}
	})
}

package usage

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

func sampleCall(i int) *Call {
	start := timex.MustDate("2026-03-01").Start(time.UTC).Add(time.Duration(i) * time.Second)
	return &Call{
		ID: fmt.Sprintf("1772357400.%d", i), Source: "asterisk", Direction: Outbound, Result: Answered,
		From: "8005", To: fmt.Sprintf("138%08d", i), Account: "sales", Trunk: "PJSIP/carrier-a",
		Start: start, Answer: start.Add(8 * time.Second), End: start.Add(70 * time.Second),
		Total: 70 * time.Second, Talk: 62 * time.Second,
	}
}

func digestOf(calls []*Call) *Digest {
	d := new(Digest)
	for _, c := range calls {
		e := ElementOf(c.AppendCanonical(nil))
		d.Add(&e)
	}
	return d
}

func TestDigestIgnoresOrderAndMerges(t *testing.T) {
	calls := make([]*Call, 200)
	for i := range calls {
		calls[i] = sampleCall(i)
	}
	whole := digestOf(calls)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		rng.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		k := rng.IntN(len(calls) + 1)
		part := digestOf(calls[:k])
		part.Merge(digestOf(calls[k:]))
		if part.String() != whole.String() || !part.Equal(whole) || part.Count() != 200 {
			t.Fatalf("split at %d: %s, count %d, want %s", k, part, part.Count(), whole)
		}
	}
	calls[7].Talk++
	if digestOf(calls).Equal(whole) {
		t.Error("one nanosecond of talk more leaves the digest as it was")
	}
	if digestOf(calls[1:]).Equal(whole) {
		t.Error("a fact less leaves the digest as it was")
	}
}

// TestDigestIsStable holds the digest to what invoices already show.
func TestDigestIsStable(t *testing.T) {
	if got, want := new(Digest).String(), emptyDigest; got != want {
		t.Errorf("digest of nothing is %s, want %s", got, want)
	}
	if got, want := digestOf([]*Call{sampleCall(1), sampleCall(2)}).String(), twoCallsDigest; got != want {
		t.Errorf("digest of two calls is %s, want %s", got, want)
	}
}

// TestCanonicalSeesEveryField changes each field in turn: the bytes must change,
// so a field added to a fact cannot be forgotten.
func TestCanonicalSeesEveryField(t *testing.T) {
	canonical := func(v reflect.Value) []byte {
		return v.Addr().Interface().(interface{ AppendCanonical([]byte) []byte }).AppendCanonical(nil)
	}
	for _, fact := range []any{Call{}, Seat{}, Session{}, Module{}, Rental{}, Event{}} {
		typ := reflect.TypeOf(fact)
		seen := map[string]string{}
		seen[string(canonical(reflect.New(typ).Elem()))] = "nothing"
		for i := range typ.NumField() {
			v := reflect.New(typ).Elem()
			f := v.Field(i)
			switch f.Interface().(type) {
			case *Course:
				f.Set(reflect.ValueOf(&Course{Why: "bye"}))
			case money.Amount:
				f.Set(reflect.ValueOf(money.Micros(1, money.MustCurrency("CNY"))))
			case exact.Number:
				f.Set(reflect.ValueOf(exact.Int(7)))
			default:
				switch f.Kind() {
				case reflect.String:
					f.SetString("x")
				case reflect.Bool:
					f.SetBool(true)
				case reflect.Int64:
					f.SetInt(1)
				default:
					t.Fatalf("%s.%s has a type this test does not know", typ, typ.Field(i).Name)
				}
			}
			b := string(canonical(v))
			if other, twice := seen[b]; twice {
				t.Errorf("%s: %s set alone has the canonical form of %s", typ, typ.Field(i).Name, other)
			}
			seen[b] = typ.Field(i).Name
		}
	}
}

// FuzzCanonicalIsInjective moves text between neighbouring fields.
func FuzzCanonicalIsInjective(f *testing.F) {
	f.Add("a", "b", "c", "d")
	f.Add("ab", "", "a", "b")
	f.Add(string(make([]byte, 128)), "x", string(make([]byte, 127)), "\x00x")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		x := (&Call{From: a, To: b}).AppendCanonical(nil)
		y := (&Call{From: c, To: d}).AppendCanonical(nil)
		if bytes.Equal(x, y) != (a == c && b == d) {
			t.Fatalf("%q %q and %q %q: equal bytes is %v", a, b, c, d, bytes.Equal(x, y))
		}
	})
}

func TestDigestDoesNotAllocate(t *testing.T) {
	c, d, m := sampleCall(1), new(Digest), new(Elements)
	if n := testing.AllocsPerRun(100, func() { d.Add(m.Of(c)) }); n != 0 {
		t.Errorf("%v allocations a fact", n)
	}
}

func BenchmarkElement(b *testing.B) {
	c, m := sampleCall(1), new(Elements)
	b.ReportAllocs()
	for b.Loop() {
		m.Of(c)
	}
}

func BenchmarkCanonical(b *testing.B) {
	c, buf := sampleCall(1), make([]byte, 0, 512)
	for b.Loop() {
		buf = c.AppendCanonical(buf[:0])
	}
}

func BenchmarkDigestAdd(b *testing.B) {
	e := ElementOf([]byte("x"))
	d := new(Digest)
	for b.Loop() {
		d.Add(&e)
	}
}

const (
	emptyDigest    = "ls4096:20aa497d9bd4c19e851e3df6e386700faada213db38acf7679f6365832830b3d"
	twoCallsDigest = "ls4096:02699f111f12116141b559945e90a509759413d5857daae56981681b32163754"
)

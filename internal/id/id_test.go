package id

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"testing"

	"waihu/internal/timex"
)

func TestTextKeepsOrderAndComesBack(t *testing.T) {
	m := NewMaker(rand.Reader)
	last := ""
	now := timex.Instant(1_767_225_600_000_000)
	for n := range 5000 {
		switch n % 5 {
		case 3:
			now -= 7_000_000 // the clock is set back
		case 4:
			now += 9_000_000
		}
		i, err := m.At(now)
		if err != nil {
			t.Fatal(err)
		}
		if s := i.String(); s <= last {
			t.Fatalf("%s is not after %s", s, last)
		}
		last = i.String()
		back, err := Parse(last)
		if err != nil || back != i {
			t.Fatalf("%s came back as %s, %v", i, back, err)
		}
		if i[6]>>4 != 7 || i[8]>>6 != 2 {
			t.Fatalf("%x is not a version 7 UUID", i)
		}
	}
}

func TestCountingUp(t *testing.T) {
	i := ID{5: 1, 6: 0x7f, 7: 0xff, 8: 0xbf, 9: 0xff, 10: 0xff}
	n := i.next(ID{15: 9})
	if n.String() <= i.String() || n.Made() != i.Made()+1000 {
		t.Errorf("a full millisecond: %x after %x", n, i)
	}
	if n = (ID{6: 0x70, 8: 0x80}).next(ID{}); n[10] != 1 {
		t.Errorf("%x", n)
	}
}

func TestMade(t *testing.T) {
	at := timex.Instant(1_767_225_600_123_000)
	i, err := NewMaker(rand.Reader).At(at)
	if err != nil || i.Made() != at {
		t.Errorf("made %d, %v; want %d", i.Made(), err, at)
	}
}

func TestWrongTexts(t *testing.T) {
	for _, s := range []string{"", "x", "01234567890123456789012345x", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0123456789012345678901234u", "０1234567890123456789012345"} {
		if i, err := Parse(s); err == nil {
			t.Errorf("%q was read as %s", s, i)
		}
	}
	if _, err := ParseNamed("inv", "co_00000000000000000000000000"); err == nil {
		t.Error("another noun was read")
	}
	if i, err := ParseNamed("inv", ID{15: 3}.Named("inv")); err != nil || i != (ID{15: 3}) {
		t.Errorf("%v, %v", i, err)
	}
	if i, err := Parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"); err != nil || i.String() != "7zzzzzzzzzzzzzzzzzzzzzzzzz" {
		t.Errorf("%v, %v", i, err)
	}
}

func TestJSON(t *testing.T) {
	type box struct {
		C Company `json:"c"`
		I ID      `json:"i"`
	}
	in := box{Company{ID{1}}, ID{2}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out box
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%s came back as %v, %v", b, out, err)
	}
}

// TestManyAtOnce: identifiers of a source that is not safe by itself differ,
// whoever asks.
func TestManyAtOnce(t *testing.T) {
	m := NewMaker(mathrand.NewChaCha8([32]byte{1}))
	var mu sync.Mutex
	seen := map[ID]bool{}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 200 {
				i, err := m.At(1_767_225_600_000_000)
				mu.Lock()
				if err != nil || seen[i] {
					t.Errorf("%s was made twice, or not: %v", i, err)
				}
				seen[i] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

type dry struct{}

func (dry) Read([]byte) (int, error) { return 0, errors.New("dry") }

func TestNoEntropy(t *testing.T) {
	if i, err := NewMaker(dry{}).At(0); err == nil {
		t.Errorf("%s was made of nothing", i)
	}
}

func ExampleID_Named() {
	fmt.Println(ID{15: 1}.Named("inv"))
	// Output: inv_00000000000000000000000001
}

func TestBeforeParts(t *testing.T) {
	m := NewMaker(rand.Reader)
	for _, at := range []timex.Instant{1_773_129_600_000_000, 1_773_129_600_000_999} {
		made, err := m.At(at)
		if err != nil {
			t.Fatal(err)
		}
		if b := Before(at); b.String() >= made.String() || b.Made() != made.Made() {
			t.Errorf("%s is made at %s, %s stands before it", made, made.Made(), b)
		}
	}
	if earlier, err := m.At(1_773_129_700_000_000 - 1000); err != nil || earlier.String() >= Before(1_773_129_700_000_000).String() {
		t.Errorf("%s, %v is not before", earlier, err)
	}
}

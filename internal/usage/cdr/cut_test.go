package cdr

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// sameCuts holds cut to what cutPortable finds in every row of a text, and
// counts the plain ones. What follows the text must not matter.
func sameCuts(t testing.TB, text []byte, beyond byte) (plain int) {
	t.Helper()
	b := append(bytes.Clone(text), bytes.Repeat([]byte{beyond}, slack)...)
	for p := 0; p < len(text); {
		n := len(text) - p
		var fast, slow plainCut
		got, want := fast.cut(b[p:], n), slow.cutPortable(b[p:], n)
		if got != want || want > 0 && !slices.Equal(fast.commas[:plainColumns-1], slow.commas[:plainColumns-1]) {
			t.Fatalf("%q: %d %v, want %d %v", text[p:], got, fast.commas[:plainColumns-1], want, slow.commas[:plainColumns-1])
		}
		if want > 0 {
			plain++
		}
		next := bytes.IndexByte(text[p:], '\n')
		if next < 0 {
			break
		}
		p += next + 1
	}
	return plain
}

// TestCutsAgree compares the ways to find columns over rows changed at random.
func TestCutsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	texts := [][]byte{simRows(t, 12, 1), []byte(`"","","","","","","","","","","","",0,0,"","","",""` + "\n")}
	plain := 0
	for i := range 20_000 {
		plain += sameCuts(t, mutate(r, texts[i%len(texts)], r.IntN(4)), "\n\",a\xff"[i%5])
	}
	if plain < 50_000 {
		t.Errorf("only %d rows were plain", plain)
	}
}

// FuzzCut holds that all ways to find columns find the same.
func FuzzCut(f *testing.F) {
	text := simRows(f, 2, 3)
	f.Add(text, byte('\n'))
	for i, piece := range odd {
		f.Add(bytes.Replace(text, []byte(`"Dial"`), []byte(`"Dial`+piece+`"`), 1+i%2), byte(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, beyond byte) { sameCuts(t, text, beyond) })
}

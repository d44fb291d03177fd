package cdr

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// FuzzPlainText holds isPlainText to what it says, a byte at a time.
func FuzzPlainText(f *testing.F) {
	f.Add([]byte("plain"), 0, byte(0))
	f.Add(bytes.Repeat([]byte("x"), 200), 130, byte(0x80))
	f.Add(bytes.Repeat([]byte("x"), 128), 127, byte(0))
	f.Fuzz(func(t *testing.T, text []byte, at int, odd byte) {
		checkPlainText(t, text)
		if len(text) > 0 {
			b := bytes.Repeat(text, 1+300/len(text))
			b[int(uint(at)%uint(len(b)))] = odd
			checkPlainText(t, b)
		}
	})
}

func checkPlainText(t *testing.T, text []byte) {
	t.Helper()
	want := true
	for _, c := range text {
		want = want && c != 0 && c < 0x80
	}
	if got := isPlainText(text); got != want {
		t.Fatalf("%q: %v, want %v", text, got, want)
	}
}

// TestPlainText puts an odd byte at every place of texts of every length.
func TestPlainText(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for n := range 200 {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(1 + r.IntN(127))
		}
		checkPlainText(t, text)
		for i := range text {
			was := text[i]
			text[i] = []byte{0, 0x80, 0xff}[r.IntN(3)]
			checkPlainText(t, text)
			text[i] = was
		}
	}
}

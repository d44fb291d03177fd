package receive

import "testing"

// FuzzRecords: a text is cut behind whole lines, never beyond its end, and what
// is cut off again is not longer.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("a,b\nc,\"d\ne\"\nf"), false)
	f.Add([]byte("\"open\n"), true)
	f.Add([]byte("\"torn\n\"\",\"a\"\n\"b\n c\"\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, last bool) {
		n := records(text, last)
		if n < 0 || n > len(text) {
			t.Fatalf("%d of %d bytes", n, len(text))
		}
		if !last && n > 0 && len(text) <= oneRecord && text[n-1] != '\n' {
			t.Errorf("cut within a line: %q", text[:n])
		}
		if again := records(text[:n], last); again > n {
			t.Errorf("%d bytes are whole, then %d", n, again)
		}
	})
}

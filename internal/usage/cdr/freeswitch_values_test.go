package cdr

import (
	"fmt"
	"strings"
	"testing"
)

func TestEncodedRecordsAreKnown(t *testing.T) {
	for _, c := range []struct {
		name string
		vars map[string]string
		want bool
	}{
		{"an encoded stamp", map[string]string{"start_stamp": "2026-03-02%2009%3A15%3A04"}, true},
		{"a plain stamp beside an escape", map[string]string{"start_stamp": "2026-03-02 09:15:04", "x": "100%25"}, false},
		{"no stamp, an escape", map[string]string{"uri": "2005%40pbx"}, true},
		{"no stamp, a byte that would be escaped", map[string]string{"uri": "2005%40pbx", "x": "a b"}, false},
		{"no stamp, a plus, which would be escaped", map[string]string{"uri": "%40", "to": "+852"}, false},
		{"no stamp, a percent sign", map[string]string{"x": "50%"}, false},
		{"nothing to tell by", map[string]string{"x": "5"}, false},
	} {
		if got := freeswitchEncoded(c.vars); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

func FuzzPercentDecodeUndoesTheEncoding(f *testing.F) {
	f.Add("a b+%41:")
	f.Add("50%")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		var b strings.Builder
		for i := 0; i < len(text); i++ {
			if c := text[i]; strings.IndexByte(freeswitchUnsafe, c) >= 0 || c < ' ' || c > '~' || c == '%' {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		if got := percentDecode(b.String()); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	})
}

package document

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/invoice"
	"waihu/internal/lang"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file in testdata; -update rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it and run go test -update. Got:\n%s", path, got)
	}
}

func samples(t testing.TB) map[string]*invoice.Invoice {
	return map[string]*invoice.Invoice{"cny": cnyInvoice(t), "twd": twdInvoice(t), "jpy": jpyInvoice(t)}
}

func TestText(t *testing.T) {
	for name, inv := range samples(t) {
		for _, tag := range lang.Tags() {
			var b bytes.Buffer
			if err := Text(&b, inv, TextOptions{Tag: tag}); err != nil {
				t.Fatal(err)
			}
			golden(t, name+"."+string(tag)+".txt", b.Bytes())
			for _, line := range strings.Split(b.String(), "\n") {
				if columns(line) > textWidth && !strings.Contains(line, inv.Facts.Digest) {
					t.Errorf("%s %s: %d columns: %s", name, tag, columns(line), line)
				}
			}
			if strings.Contains(b.String(), "[doc.") || strings.Contains(b.String(), "[rule.") || strings.Contains(b.String(), "{") {
				t.Errorf("%s %s: a phrase or an argument is missing:\n%s", name, tag, b.String())
			}
		}
	}
}

func TestTextColour(t *testing.T) {
	var bare, colour bytes.Buffer
	inv := cnyInvoice(t)
	inv.Lines[0].Name.En = "Seats\x1b[2J\nof evil"
	for _, o := range []struct {
		out *bytes.Buffer
		on  bool
	}{{&bare, false}, {&colour, true}} {
		if err := Text(o.out, inv, TextOptions{Tag: lang.English, Colour: o.on}); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(bare.String(), "\x1b") {
		t.Error("a control character of a name reached the terminal")
	}
	if !strings.Contains(colour.String(), "\x1b[33m! Usage without a price\x1b[0m") {
		t.Error("no colour where it was asked for")
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  []string
	}{
		{"one two three", 8, []string{"one two", "three"}},
		{"外呼系統，按座席收費", 8, []string{"外呼系", "統，按座", "席收費"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a\nb", 10, []string{"a", "b"}},
		{"", 10, []string{""}},
		{"費用（含稅）共計", 6, []string{"費用", "（含", "稅）共", "計"}},
	} {
		got := wrap(c.in, c.limit, columnsOf)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q at %d: %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// FuzzWrap: nothing but spaces at breaks is lost, and a line is only too wide
// when a single character is.
func FuzzWrap(f *testing.F) {
	f.Add("外呼系統, outbound calls (per minute)", 7)
	f.Add("a  b", 1)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 2 || limit > 200 || len(s) > 2000 {
			return
		}
		bare := func(s string) string {
			return strings.NewReplacer(" ", "", "\n", "", "\r", "").Replace(strings.ToValidUTF8(s, "\uFFFD"))
		}
		lines := wrap(strings.ToValidUTF8(s, "\uFFFD"), limit, columnsOf)
		if got := bare(strings.Join(lines, "")); got != bare(s) {
			t.Fatalf("%q became %q", bare(s), got)
		}
		for _, line := range lines {
			if columns(line) > limit {
				t.Fatalf("%q is wider than %d", line, limit)
			}
		}
	})
}

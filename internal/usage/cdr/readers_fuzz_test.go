package cdr

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// coreFormats are the formats of which files stand in testdata/core.
func coreFormats(t testing.TB) []Format {
	byName, err := Mapped(carrier())
	if err != nil {
		t.Fatal(err)
	}
	byNumber, err := Mapped(Mapping{Name: "numbers", Fact: SessionFact, Separator: Comma, Times: []string{"unix", "iso"},
		Columns: map[string]string{"user": "1", "from": "2", "to": "3", "state": "4"}, Values: map[string]map[string]string{"state": {"LOGIN": "ready", "*": ""}}})
	if err != nil {
		t.Fatal(err)
	}
	return []Format{AsteriskCSV(), AsteriskCustom(), AsteriskHeader(), WaihuCSV(), WaihuFacts(), byName, byNumber}
}

// FuzzReaders holds for every reader: no panic; each record has one outcome;
// facts are well-formed; and a record that was refused is not accepted when it
// is fed alone (it may pass for a header, and be refused as that).
func FuzzReaders(f *testing.F) {
	files, _ := filepath.Glob("testdata/core/*/*")
	for i, path := range files {
		if b, err := os.ReadFile(path); err == nil && filepath.Ext(path) != ".facts" {
			f.Add(b, uint8(i), i%2 == 0)
		}
	}
	f.Add([]byte("mei,1772357400,2026-03-08 02:30:00,LOGIN\njun,x,y,z\n"), uint8(6), true)
	formats := coreFormats(f)
	loc := zone("America/New_York")
	f.Fuzz(func(t *testing.T, in []byte, which uint8, dates bool) {
		format := formats[int(which)%len(formats)]
		params := map[string]string{}
		if _, ok := format.Params["dates"]; ok && dates {
			params["dates"] = "dmy"
		}
		read := func(text []byte) *strict {
			out := &strict{}
			if err := format.Read(&Input{Name: "x", R: bytes.NewReader(text), Zone: loc, Params: params}, out); err != nil && out.counts.Read > 0 {
				t.Fatalf("%s: %v after %s", format.Name, err, out.counts)
			}
			if wrong := out.check(); wrong != "" {
				t.Fatalf("%s: %s", format.Name, wrong)
			}
			return out
		}
		whole := read(in)
		if text := string(in); strings.TrimRight(text, "\r\n") == text {
			return // its last line may be refused for being half written only
		}
		for _, raw := range whole.rejected[:min(len(whole.rejected), 20)] {
			text := raw + "\n"
			if whole.header != "" {
				text = whole.header + "\n" + text
			}
			if separatorOf([]byte(text)) != separatorOf(in) {
				continue // alone it passes for another kind of table
			}
			if again := read([]byte(text)); again.counts.Accepted+again.counts.Ignored > 0 || again.counts.Rejected != again.counts.Read {
				t.Fatalf("%s: %q was refused, fed alone it gives %s", format.Name, raw, again.counts)
			}
		}
	})
}

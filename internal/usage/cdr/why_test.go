package cdr

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/lang"
)

// TestReasonsInEachLanguage: every reason this package gives has a sentence in
// each language that takes all it is given, and nothing else.
func TestReasonsInEachLanguage(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	given := regexp.MustCompile(`because\("(\w+)"((?:, "\w+", [^,]+)*)\)`)
	name := regexp.MustCompile(`, "(\w+)", `)
	n := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range given.FindAllStringSubmatch(string(src), -1) {
			n++
			var pairs []string
			for _, arg := range name.FindAllStringSubmatch(m[2]+", ", -1) {
				pairs = append(pairs, arg[1], "<"+arg[1]+">")
			}
			w := because(m[1], pairs...)
			for _, tag := range lang.Tags() {
				got := w.In(tag)
				if !lang.Has("recognised."+m[1]) || got == "" || strings.ContainsAny(got, "{}") || tag != lang.English && got == w.String() {
					t.Errorf("%s: %s in %s: %q", file, m[1], tag, got)
				}
				for i := 1; i < len(pairs); i += 2 {
					if !strings.Contains(got, pairs[i]) {
						t.Errorf("%s: %s in %s leaves out %s: %q", file, m[1], tag, pairs[i], got)
					}
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d reasons found", n)
	}
	if w := (Why{}); w.String() != "" || !w.IsZero() {
		t.Errorf("no reason is told as %q", w)
	}
}

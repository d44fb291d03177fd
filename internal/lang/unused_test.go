package lang

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mention is what may be a key or the beginning of one: in code, pages and scripts.
var mention = regexp.MustCompile("[\"'`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]*)+)")

// looked are families that are looked up by what they are about, and kept to by tests of
// their own.
var looked = []string{"choice.", "said.", "rule."}

// TestPhrasesAreUsed: every phrase is named whole somewhere, or by a beginning that code
// goes on from ("wall.state_" + state).
func TestPhrasesAreUsed(t *testing.T) {
	whole, begun := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		switch filepath.Ext(path) {
		case ".go", ".html", ".js", ".mjs":
		default:
			return nil
		}
		data, err := os.ReadFile(path)
		for _, m := range mention.FindAllStringSubmatch(string(data), -1) {
			if whole[m[1]] = true; strings.HasSuffix(m[1], ".") || strings.HasSuffix(m[1], "_") {
				begun[m[1]] = true
			}
		}
		return err
	})
	if err != nil || len(whole) == 0 {
		t.Fatalf("no key was found in any code: %v", err)
	}
	for key := range catalogue().byKey {
		used := whole[key] || slices.ContainsFunc(looked, func(family string) bool { return strings.HasPrefix(key, family) })
		for i := range key {
			used = used || begun[key[:i+1]]
		}
		if !used {
			t.Errorf("%s: nothing uses this phrase; delete it", key)
		}
	}
}

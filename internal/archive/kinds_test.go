package archive

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"waihu/internal/store"
)

// TestEveryKindOfRecordIsGivenOrLeftOut: a company that takes its data along gets all
// of it; what is left out is left out on purpose.
func TestEveryKindOfRecordIsGivenOrLeftOut(t *testing.T) {
	left := []string{
		"company", "plan", "rate", "support", "brand", "brand_logo", "bill_run", "lines", // the installation's; the company is a file of its own
		"contracts",                     // a revision
		"outage",                        // of the installation too
		"attempt", "planned", "sitting", // over with the process
		"forced_pause", // of somebody at work here
		"lane_secret",  // sealed with the key of the installation: another makes its own
	}
	given := recordKinds()
	files, err := filepath.Glob("../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`store\.Kind = "(\w+)"`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			if slices.Contains(left, m[1]) == slices.Contains(given, store.Kind(m[1])) {
				t.Errorf("%s: records of kind %s are neither given nor left out, or both", filepath.Base(f), m[1])
			}
		}
	}
}

package console

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the list of addresses for the browser tests")

// TestRoutesForTheBrowser keeps the list that the browser tests visit: an address
// that is not on it would be looked at by nobody.
func TestRoutesForTheBrowser(t *testing.T) {
	var lines []string
	for _, r := range server(t).routes {
		lines = append(lines, r.pattern)
	}
	slices.Sort(lines)
	want := strings.Join(slices.Compact(lines), "\n") + "\n"
	file := filepath.Join("..", "..", "browser", "routes.txt")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not the console's addresses: run go test ./internal/console -run TestRoutes -update, and see that browser/visits.mjs leads to the new ones", file)
	}
}

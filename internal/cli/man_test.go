package cli

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write docs/man anew")

func grammarOf(t *testing.T) *kong.Kong {
	t.Helper()
	var g grammar
	p, err := newParser(&g, Streams{Out: io.Discard, Err: io.Discard}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestManualPages: docs/man is what the commands say now, no page more or less.
func TestManualPages(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "man")
	pages := manualPages(grammarOf(t).Model)
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if code := Run(t.Context(), []string{"man", "--out", dir}, Streams{Out: io.Discard, Err: io.Discard}); code != 0 {
			t.Fatalf("waihu man --out: %d", code)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(pages) {
		t.Errorf("%d pages in docs/man, %d commands: go test ./internal/cli -run TestManualPages -update", len(files), len(pages))
	}
	for name, page := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, page) {
			t.Errorf("docs/man/%s is not current (%v): go test ./internal/cli -run TestManualPages -update", name, err)
		}
	}
}

// TestManPrintsOnePage: what man -l reads.
func TestManPrintsOnePage(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Run(t.Context(), []string{"man", "plan"}, Streams{Out: &out, Err: &errs}); code != 0 || !strings.Contains(out.String(), ".TH WAIHU-PLAN 1") || !strings.Contains(out.String(), "exit\\-code") {
		t.Errorf("%d %s %s", code, out.String(), errs.String())
	}
	if code := Run(t.Context(), []string{"man", "nothing"}, Streams{Out: io.Discard, Err: &errs}); code != exitFailed {
		t.Errorf("a command that is none: %d", code)
	}
}

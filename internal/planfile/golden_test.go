package planfile_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/planfile"
)

var update = flag.Bool("update", false, "rewrite golden files and the published schemas")

// golden compares a text with a file, or rewrites the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v): run with -update and review the change\n%s", file, err, got)
	}
}

// lines writes findings as a terminal shows them, warnings marked.
func lines(problems fault.Problems) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Warning {
			b.WriteString("warning: ")
		}
		b.WriteString(p.Error() + "\n")
	}
	return b.String()
}

// TestBadFiles: what is said about each kind of mistake. Files named contract-*
// are contracts of plan.yaml.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.*")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".golden") || name == "plan.yaml" || strings.HasSuffix(name, ".csv") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b, problems := planfile.Load(os.DirFS("testdata/bad"), name)
			if problems.Err() == nil && !strings.HasPrefix(name, "warn-") {
				t.Error("the file was accepted")
			}
			if problems.Err() != nil && (b.Plan != nil || b.Decks != nil || b.Contract != nil) {
				t.Error("something came with an error")
			}
			for _, p := range problems {
				if p.File == "" {
					t.Errorf("no file in %q", p)
				}
			}
			golden(t, file+".golden", lines(problems))
		})
	}
}

func TestGoodFiles(t *testing.T) {
	for folder, pattern := range map[string]string{"testdata/good": "*.*", "testdata/contracts": "*.yaml"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, ".csv") {
				continue
			}
			b, problems := planfile.Load(os.DirFS(folder), filepath.Base(file))
			if problems.Err() != nil {
				t.Errorf("%s:\n%s", file, lines(problems.Errors()))
			}
			if problems.Err() == nil && b.Plan == nil {
				t.Errorf("%s: no plan", file)
			}
		}
	}
}

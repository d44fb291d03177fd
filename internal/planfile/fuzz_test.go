package planfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/fault"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

func seeds(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*", "testdata/contracts/*", "testdata/bad/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, filepath.Ext(file) == ".json")
		}
	}
}

// linesOf is at least how many lines a file has, whatever ends them.
func linesOf(data []byte) int {
	return bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1
}

// inside checks that every problem names the file and a place within it.
func inside(t *testing.T, name string, data []byte, problems fault.Problems) {
	t.Helper()
	lines := linesOf(data)
	for _, p := range problems {
		if p.File != name || p.What == "" || p.Line < 0 || p.Line > lines || p.Column < 0 || p.Column > len(data)+1 {
			t.Errorf("%+v of %d lines", p, lines)
		}
	}
	if len(problems) > 101 {
		t.Errorf("%d problems", len(problems))
	}
}

// FuzzPlan: no input makes reading or checking panic, problems lie within the
// file, and what was read is written and read again as the same plan.
func FuzzPlan(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		name := "x.yaml"
		if json {
			name = "x.json"
		}
		var p catalog.Plan
		where, problems := planfile.Decode(name, data, &p)
		inside(t, name, data, problems)
		if problems != nil {
			return
		}
		found := where.Locate(p.Validate())
		for _, x := range found {
			if x.Path != "" && (x.Line < 1 || x.Line > linesOf(data)) {
				t.Errorf("%+v", x)
			}
		}
		written := catalog.Canonical(&p)
		var again catalog.Plan
		if _, problems := planfile.Decode("again.json", written, &again); problems != nil {
			t.Fatalf("%s cannot be read again: %v", written, problems)
		}
		if got := catalog.Canonical(&again); !bytes.Equal(got, written) {
			t.Errorf("written %s\nread    %s", written, got)
		}
		if d := catalog.Diff(&p, &again); len(d) > 0 {
			t.Errorf("a plan differs from itself: %+v", d)
		}
		if found.Err() == nil {
			terms, problems := contract.TermsFor(contract.Inputs{Plan: &p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
			if terms == nil || terms.Digest == "" {
				t.Errorf("a sound plan has no terms: %v", problems)
			}
		}
	})
}

// FuzzContract does the same for contracts, against one plan.
func FuzzContract(f *testing.F) {
	seeds(f)
	plan, _, problems := planfile.LoadPlan(os.DirFS("testdata/contracts"), "plan.yaml")
	if problems.Err() != nil {
		f.Fatal(problems)
	}
	before := catalog.Canonical(plan)
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		name := "x.yaml"
		if json {
			name = "x.json"
		}
		var c contract.Contract
		_, problems := planfile.Decode(name, data, &c)
		inside(t, name, data, problems)
		if problems != nil || c.Validate().Err() != nil || c.Check(plan).Err() != nil {
			return
		}
		terms, problems := contract.TermsFor(contract.Inputs{Plan: plan, Contract: &c, First: c.Start, After: c.Start + 30})
		if terms == nil && problems.Err() == nil {
			t.Error("neither terms nor an error")
		}
		if !bytes.Equal(before, catalog.Canonical(plan)) {
			t.Fatal("the plan was changed")
		}
	})
}

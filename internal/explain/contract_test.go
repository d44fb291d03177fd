package explain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/contract"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// wholeContract is a contract with every key a bill is made from.
func wholeContract(t *testing.T) *contract.Contract {
	t.Helper()
	c := &contract.Contract{}
	if _, problems := planfile.LoadInto(os.DirFS("testdata"), "contract.yaml", c); problems.Err() != nil {
		t.Fatal(problems)
	}
	problems := append(c.Validate(), c.Check(everything(t))...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContractGolden(t *testing.T) {
	for _, tag := range lang.Tags() {
		got := explain.Contract(wholeContract(t), everything(t), tag).Text()
		file := filepath.Join("testdata", "contract."+string(tag)+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || string(want) != got {
			t.Errorf("%s differs (%v): run with -update and review the change", file, err)
		}
		if i := strings.IndexAny(got, "{}"); i >= 0 || strings.Contains(got, "[agreed.") || strings.Contains(got, "[choice.") {
			t.Errorf("%s: a phrase or a placeholder is left:\n%s", tag, got)
		}
	}
}

// TestSilenceIsTold: what a bare contract does not say about leaving and prices is
// told as not said.
func TestSilenceIsTold(t *testing.T) {
	c := &contract.Contract{ID: "bare", Plan: "p", Start: everything(t).Effective}
	p := *everything(t)
	p.Termination = nil
	text := explain.Contract(c, &p, lang.English).Text()
	for _, want := range []string{"no term and goes on", "before a new price must be announced is not said"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var err error
	if c.Term, err = contract.ParseTerm("2 years"); err != nil {
		t.Fatal(err)
	}
	c.Renewal = &contract.Renewal{Auto: true, NoticeDays: 30}
	text = explain.Contract(c, &p, lang.English).Text()
	for _, want := range []string{"Term: 2 years", "30 days before; for how long is not said", "leaving before the term ends costs is not said"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

package explain_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

var update = flag.Bool("update", false, "rewrite golden files")

// everything is the plan that has every key of the plan language.
func everything(t *testing.T) *catalog.Plan {
	t.Helper()
	return load(t, "../planfile/testdata/good/everything.yaml")
}

func load(t *testing.T, file string) *catalog.Plan {
	t.Helper()
	p, _, problems := planfile.LoadPlan(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return p
}

func TestGolden(t *testing.T) {
	p := everything(t)
	for _, tag := range lang.Tags() {
		got := explain.Plan(p, tag).Text()
		file := filepath.Join("testdata", "everything."+string(tag)+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || string(want) != got {
			t.Errorf("%s differs (%v): run with -update and review the change", file, err)
		}
	}
}

// TestNothingIsLeftOpen: in all examples and languages no phrase is missing, no
// placeholder is left, and each component has a section.
func TestNothingIsLeftOpen(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plans := []*catalog.Plan{everything(t), load(t, "../planfile/testdata/good/short.json")}
	for _, file := range files {
		if !strings.Contains(file, "contract") && !strings.HasSuffix(file, ".offer.yaml") {
			plans = append(plans, load(t, file))
		}
	}
	for _, p := range plans {
		for _, tag := range lang.Tags() {
			doc := explain.Plan(p, tag)
			text := doc.Text()
			if i := strings.IndexAny(text, "{}"); i >= 0 {
				t.Errorf("%s %s: a placeholder is left: %q", p.ID, tag, text[max(0, i-40):min(len(text), i+40)])
			}
			for _, prefix := range []string{"[plan.", "[rule.", "[unit.", "[choice."} {
				if strings.Contains(text, prefix) {
					t.Errorf("%s %s: a phrase is missing:\n%s", p.ID, tag, text)
				}
			}
			for i := range p.Components {
				path := fmt.Sprintf("components[%d]", i)
				seen := false
				for _, s := range doc.Sections {
					seen = seen || s.Path == path && len(s.Sentences) > 1
				}
				if !seen {
					t.Errorf("%s %s: nothing about %s", p.ID, tag, path)
				}
			}
		}
	}
}

// TestEveryPriceIsTold: each price of the plan stands in the text.
func TestEveryPriceIsTold(t *testing.T) {
	text := explain.Plan(everything(t), lang.English).Text()
	for _, want := range []string{"CNY 120 for each seat", "CNY 2.5 for each hour", "CNY 0.12", "CNY 40 for each started 1,000 calls", "CNY 0.05 for each unit", "A fixed fee of CNY 0.01 for each event",
		"CNY 5 for each seat", "CNY 30", "CNY 1,200", "CNY 500", "15% of what these cost: Seats, numbers", "not known", "Such calls may not be made", "deck Carrier deck",
		"CNY 80 for each started 5 seats", "CNY 20", "From 10 minutes on CNY 0.1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestSamePlanSameText(t *testing.T) {
	p := everything(t)
	if a, b := explain.Plan(p, lang.Simplified).Text(), explain.Plan(p, lang.Simplified).Text(); a != b {
		t.Error("two texts")
	}
}

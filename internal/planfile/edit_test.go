package planfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/planfile"
)

const listed = `plan: p # the plan
components:
  # seats first
  - id: seats
    unit_price: 1 # each

  # then talk
  - {id: talk, unit_price: 2}
  - id: last
    tiers:
      rows:
        - {up_to: 1}
# what follows
tax: {}
`

func TestListKeepsTheRest(t *testing.T) {
	open := func(text string) *planfile.List {
		l, err := planfile.OpenList(text, "components")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open(listed)
	if l.Len() != 3 || l.Item(0) != "id: seats\nunit_price: 1 # each\n" || l.Item(1) != "{id: talk, unit_price: 2}\n" || !strings.HasPrefix(l.Item(2), "id: last\ntiers:\n  rows:\n") || l.Item(9) != "" {
		t.Errorf("%d items: %q %q %q", l.Len(), l.Item(0), l.Item(1), l.Item(2))
	}
	for what, c := range map[string]struct{ got, old, new string }{
		"replace": {l.Replace(1, "id: talk\nunit_price: 3\n"), "  - {id: talk, unit_price: 2}\n", "  - id: talk\n    unit_price: 3\n"},
		"remove":  {l.Remove(0), "  # seats first\n  - id: seats\n    unit_price: 1 # each\n", ""},
		"append":  {l.Append("id: more\n"), "        - {up_to: 1}\n", "        - {up_to: 1}\n  - id: more\n"},
		"swap":    {l.Swap(0), "  # seats first\n  - id: seats\n    unit_price: 1 # each\n\n  # then talk\n  - {id: talk, unit_price: 2}\n", "  # then talk\n  - {id: talk, unit_price: 2}\n\n  # seats first\n  - id: seats\n    unit_price: 1 # each\n"},
	} {
		if want := strings.Replace(listed, c.old, c.new, 1); c.got != want {
			t.Errorf("%s:\n%s\nwant\n%s", what, c.got, want)
		}
	}
	if got := open("plan: p\n").Append("id: a\nb: 1\n"); got != "plan: p\ncomponents:\n  - id: a\n    b: 1\n" {
		t.Errorf("a list that is not there: %q", got)
	}
	if got := open("components:\nplan: p\n").Append("id: a\n"); got != "components:\n  - id: a\nplan: p\n" {
		t.Errorf("a list that is empty: %q", got)
	}
	if got := open("components:\n- id: a\nplan: p\r\n").Append("id: b\nc: 1"); got != "components:\n- id: a\n- id: b\n  c: 1\nplan: p\n" {
		t.Errorf("dashes at the edge: %q", got)
	}
}

func TestListThatCannotBeChanged(t *testing.T) {
	for _, text := range []string{"components: [{id: a}]\n", "components: 3\n", `{"components": []}`} {
		if _, err := planfile.OpenList(text, "components"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := planfile.OpenList("a: [", "components"); fault.KindOf(err) == fault.Conflict || err == nil {
		t.Errorf("no YAML: %v", err)
	}
}

// TestItemsOfExamplesStandForThemselves: an item put in its own place changes
// nothing, and two swaps neither.
func TestItemsOfExamplesStandForThemselves(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/plan.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		l, err := planfile.OpenList(text, "components")
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for i := range l.Len() {
			if got := l.Replace(i, l.Item(i)); got != text {
				t.Errorf("%s: item %d is not what it was:\n%s", file, i, got)
			}
			if i+1 < l.Len() {
				once, err := planfile.OpenList(l.Swap(i), "components")
				if err != nil || once.Swap(i) != text {
					t.Errorf("%s: item %d did not come back, %v", file, i, err)
				}
			}
		}
	}
}

package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// adapter makes a plan and facts of a case and says what the engine answers.
type adapter func(c *charge) (answer, error)

// adapters is one for each operation; each topic has a file.
func adapters() map[string]adapter {
	out := map[string]adapter{}
	for _, topic := range []map[string]adapter{callOperations, balanceOperations, quantityOperations, lineOperations, timeOperations,
		seatOperations, moduleOperations, minuteOperations, moneyOperations, lateOperations, choiceOperations} {
		for operation, a := range topic {
			if out[operation] != nil {
				panic("two adapters for " + operation)
			}
			out[operation] = a
		}
	}
	return out
}

// fate is what becomes of a case.
type fate string

const (
	run      fate = "run"
	failing  fate = "known failure"
	unwanted fate = "not offered"
	reading  fate = "read only"
)

// fateOf tells whether a case is run, and why not.
func (c *charge) fateOf() (fate, string) {
	if why := readOnly[c.Operation]; why != "" {
		return reading, why
	}
	for name, raw := range c.Options {
		if why := notOffered[name+" "+string(raw)]; why != "" {
			return unwanted, why
		}
	}
	if why := knownFailures[c.ID]; why != "" {
		return failing, why
	}
	return run, ""
}

// check runs a case and lists what is wrong.
func (c *charge) check(ask adapter) []string {
	got, err := ask(c)
	if err != nil {
		return []string{err.Error()}
	}
	return append(c.differences(got), c.unseen()...)
}

// TestCases runs every case of the corpus.
func TestCases(t *testing.T) {
	asks := adapters()
	for _, c := range readCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			fate, why := c.fateOf()
			if fate == unwanted || fate == reading {
				return // counted by TestEveryCaseHasAFate
			}
			ask := asks[c.Operation]
			if ask == nil {
				t.Fatalf("no adapter for operation %s", c.Operation)
			}
			wrong := c.check(ask)
			if fate == failing {
				if len(wrong) == 0 {
					t.Errorf("the case passes; take it out of knownFailures (%s)", why)
				}
				return
			}
			for _, w := range wrong {
				t.Errorf("%s: %s (%s)", c.Operation, w, c.Note)
			}
		})
	}
}

// TestEveryCaseHasAFate counts the cases and looks for entries of the tables
// that no case needs.
func TestEveryCaseHasAFate(t *testing.T) {
	all := readCases(t)
	asks := adapters()
	counts := map[fate]int{}
	operations, options, reasons := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, c := range all {
		f, why := c.fateOf()
		counts[f]++
		operations[c.Operation]++
		reasons[why] = true
		for name, raw := range c.Options {
			options[name+" "+string(raw)] = true
		}
		if f == run && asks[c.Operation] == nil {
			t.Errorf("%s: no adapter for %s", c.ID, c.Operation)
		}
		if len(c.Expected) == 0 {
			t.Errorf("%s expects nothing", c.ID)
		}
	}
	if sum := counts[run] + counts[failing] + counts[unwanted] + counts[reading]; sum != len(all) || sum != 473 {
		t.Errorf("%d cases have a fate, %d were read, 473 are in the corpus", sum, len(all))
	}
	for operation := range asks {
		if operations[operation] == 0 {
			t.Errorf("no case asks for %s", operation)
		}
	}
	for name, ways := range onlyWay {
		for _, way := range ways {
			if !options[name+" "+way] {
				t.Errorf("onlyWay: no case has %s %s", name, way)
			}
		}
	}
	for _, table := range []map[string]string{readOnly, notOffered, knownFailures} {
		for key, why := range table {
			if !reasons[why] {
				t.Errorf("%s: no case needs the entry (%s)", key, why)
			}
		}
	}
	t.Logf("%d cases of %d operations: %d run and agree, %d known failures, %d of options not offered, %d read only",
		len(all), len(operations), counts[run], counts[failing], counts[unwanted], counts[reading])
}

// TestComparison: a difference of any kind shows.
func TestComparison(t *testing.T) {
	c := &charge{}
	line := `{"id":"x","expected":{"a":"2","b":["1","2"],"c":{"d":"e"},"f":3,"g":"word"}}`
	if err := strictly([]byte(line), c); err != nil {
		t.Fatal(err)
	}
	same := answer{"a": "2.00", "b": []string{"1.0", "2"}, "c": map[string]string{"d": "e"}, "f": "3", "g": "word", "more": 1}
	if wrong := c.differences(same); len(wrong) > 0 {
		t.Errorf("equal values differ: %v", wrong)
	}
	for key, other := range map[string]any{"a": "2.01", "b": []string{"1"}, "c": map[string]string{"d": "f"}, "f": nil, "g": "other"} {
		got := answer{}
		for k, v := range same {
			got[k] = v
		}
		got[key] = other
		if wrong := c.differences(got); len(wrong) != 1 {
			t.Errorf("%s = %v: %v", key, other, wrong)
		}
		delete(got, key)
		if wrong := c.differences(got); len(wrong) != 1 {
			t.Errorf("without %s: %v", key, wrong)
		}
	}
	c.Options = map[string]json.RawMessage{"grid": json.RawMessage(`"other"`), "expiry": json.RawMessage(`"exclusive"`), "tie": json.RawMessage(`"first"`)}
	c.seen = map[string]bool{"grid": true}
	if got := c.unseen(); !slices.Equal(got, []string{fmt.Sprintf("option tie: %s was not looked at", `"first"`)}) {
		t.Errorf("unseen options: %v", got)
	}
}

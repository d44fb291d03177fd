package script_test

import (
	"strings"
	"testing"

	"waihu/internal/voice/script"
)

// TestDefaultIsWhole: every way a call can go has a number in the script that
// comes with the program, and it is valid.
func TestDefaultIsWhole(t *testing.T) {
	s := script.Default()
	if all := s.Validate(); len(all) > 0 {
		t.Error(all)
	}
	seen := map[string]bool{}
	for _, l := range s.Lines {
		seen[string(l.Does)] = true
	}
	for _, d := range script.Does("").Choices() {
		if !seen[d] {
			t.Errorf("no number does %s", d)
		}
	}
	if l := s.For("10002"); l.Does != script.Busy {
		t.Errorf("%+v", l)
	}
	if l := s.For("100021"); l.Does != script.Answer {
		t.Errorf("%+v", l)
	}
	if l := (&script.Script{}).For("1"); l.Code != 404 {
		t.Errorf("%+v", l)
	}
}

// TestValidateFindsEverything, each with its place.
func TestValidateFindsEverything(t *testing.T) {
	s := &script.Script{Lines: []script.Line{{To: "1*2", Does: script.Answer, Code: 200, Reason: "a\nb", Ring: -1, Keys: "x"}}}
	all := s.Validate().Error()
	for _, want := range []string{"lines: ", "lines[0].to", "lines[0].code: not", "lines[0].code: a status", "lines[0].reason", "lines[0].ring", "lines[0].keys"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not found in\n%s", want, all)
		}
	}
}

package planfile_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/planfile"
)

func TestWords(t *testing.T) {
	c := &catalog.Component{Measure: catalog.TalkTime}
	for key, word := range map[string]string{"unit_price": "0.15", "increment": "6/6", "connect_fee": "unknown", "minimum_duration": "30s", "unit": "hour", "of": "a, b", "percent": "5%", "quantity": "0", "on": "2026-03-01", "deck": "world"} {
		if ps := planfile.SetWord(c, key, word); len(ps) > 0 {
			t.Errorf("%s: %v", key, ps)
		}
		if got := planfile.Word(c, key); got != word {
			t.Errorf("%s: %q, want %q", key, got, word)
		}
		if ps := planfile.SetWord(c, key, " "); len(ps) > 0 || planfile.Word(c, key) != "" {
			t.Errorf("%s stays, %v", key, ps)
		}
	}
	for key, word := range map[string]string{"unit_price": "cheap", "increment": "x", "unit": "fortnight", "nothing": "1", "minimum": "1,5"} {
		if ps := planfile.SetWord(c, key, word); len(ps) == 0 {
			t.Errorf("%s takes %q", key, word)
		}
	}
	if got := planfile.Choices(c, "unit"); len(got) != 3 {
		t.Errorf("units %v", got)
	}
	if planfile.Choices(c, "unit_price") != nil || planfile.Word(c, "tiers") != "" || planfile.Choices(c, "nothing") != nil {
		t.Error("a price has choices, or tiers are a word")
	}
}

package lang

import (
	"testing"
)

func TestBookIsSound(t *testing.T) {
	for _, p := range catalogue().problems {
		t.Error(p)
	}
	for key, p := range catalogue().byKey {
		for tag, tree := range p.tree {
			if tree == nil {
				t.Errorf("%s: no %s", key, tag)
			}
		}
	}
}

func TestPhrase(t *testing.T) {
	args := map[string]string{"increment": "60/60", "row": "mobile", "row.zh-Hant": "手機"}
	for tag, want := range map[Tag]string{
		English:     "Billing increment for mobile: 60/60 seconds (rounded up to the full minute); a step begun counts whole",
		Traditional: "計費單位（手機）：60/60 秒（不足一分鐘按一分鐘計）；不足一個單位按一個單位計",
	} {
		if got := Phrase(tag, "rule.increment", args); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	if got := Phrase(English, "no.such_key", nil); got != "[no.such_key]" {
		t.Errorf("missing key: %q", got)
	}
}

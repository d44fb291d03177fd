package document

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/lang"
)

func TestFaces(t *testing.T) {
	hk, err := hongKong()
	if err != nil {
		t.Fatal(err)
	}
	sc, err := mainland()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r      rune
		hk, sc bool
	}{
		{'A', true, true}, {'9', true, true}, {'é', true, true}, {'×', true, true}, {'≈', true, true}, {'，', true, true},
		{'價', true, false}, {'价', true, true}, {'镕', false, true}, {'堃', true, false}, {'喆', true, false}, {'䶮', false, true},
		{'𨋢', true, false}, {'𬱖', false, true}, {'ア', true, true}, {'한', false, false}, {'😀', false, false}, {'\uE000', false, false},
	} {
		if got := hk.has(shownAs(c.r)); got != c.hk {
			t.Errorf("Hong Kong face has %c: %t", c.r, got)
		}
		if got := sc.has(shownAs(c.r)); got != c.sc {
			t.Errorf("mainland face has %c: %t", c.r, got)
		}
	}
	for r := '0'; r <= '9'; r++ {
		if hk.advance[r] != hk.advance['0'] || sc.advance[r] != hk.advance['0'] {
			t.Errorf("figure %c is not as wide as 0: columns of numbers would not stand straight", r)
		}
	}
	if n := len(private()); n != 2365 {
		t.Errorf("%d private-use characters", n)
	}
	if licence, err := fontFiles.ReadFile("fonts/OFL.txt"); err != nil || !strings.Contains(string(licence), "SIL OPEN FONT LICENSE Version 1.1") {
		t.Errorf("the licence of the fonts is not there: %v", err)
	}
}

func TestRuns(t *testing.T) {
	c, err := newCanvas(lang.Traditional, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	got := c.runs("升降機𨋢 朱镕基")
	if len(got) != 3 || got[0].orig != "升降機𨋢 朱" || got[1].face != 1 || got[1].text != "镕" || got[2].text != "基" {
		t.Errorf("%+v", got)
	}
	if c.problems() != nil {
		t.Error(c.problems())
	}
	c.runs("name 한 and 😀")
	err = c.problems()
	if err == nil || !strings.Contains(err.Error(), "U+D55C") || !strings.Contains(err.Error(), "U+1F600") || !strings.Contains(err.Error(), "name 한") {
		t.Errorf("%v", err)
	}
}

// TestQuotesInEnglish: a quotation mark is as wide as in English writing, and is
// copied as it was written. Chinese keeps its own.
func TestQuotesInEnglish(t *testing.T) {
	for tag, want := range map[lang.Tag]string{lang.English: `"a" 'b'`, lang.Simplified: "“a” ‘b’"} {
		c, err := newCanvas(tag, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		got := c.runs("“a” ‘b’")
		if len(got) != 1 || got[0].text != want || tag == lang.English && got[0].orig != "“a” ‘b’" {
			t.Errorf("%s: %+v", tag, got)
		}
	}
}

package explain_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/calling/compliance"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

func callingPacks(t *testing.T) *compliance.Packs {
	t.Helper()
	p, err := compliance.Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// gap finds what a phrase that lacks a key, an argument or a word leaves behind.
func gap(s string) bool { return s == "" || strings.ContainsAny(s, "{}") || strings.HasPrefix(s, "[") }

// Every rule, every pack and all it does not know can be told in each language; so can
// every list a pack names.
func TestEveryRuleIsTold(t *testing.T) {
	p := callingPacks(t)
	for _, tag := range lang.Tags() {
		c := explain.Calling{Tag: tag}
		for _, pack := range p.List() {
			for i := range pack.Rules {
				r := &pack.Rules[i]
				for _, s := range append(c.About(r), c.Rule(r)) {
					if gap(s) {
						t.Errorf("%s: %s is told as %q", tag, r.Name, s)
					}
				}
				if r.List != "" && !lang.Has("choice.call_list."+r.List) {
					t.Errorf("the list %s of %s has no name", r.List, r.Name)
				}
			}
			for i, s := range append(c.Unknown(&pack), c.Pack(&pack, p.Digest(pack.Place))) {
				if gap(s) {
					t.Errorf("%s: the pack of %s says %q at %d", tag, pack.Place, s, i)
				}
			}
		}
	}
}

func TestEveryCauseIsTold(t *testing.T) {
	zone, err := timex.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := timex.At(time.Date(2026, 12, 1, 1, 15, 0, 0, time.UTC))
	rule := &compliance.Rule{Name: "us.x", Most: 3, Within: compliance.Span(24 * time.Hour), Bases: []compliance.Basis{"written"}, List: "us.national", Fresh: 31}
	for _, tag := range lang.Tags() {
		for _, cause := range compliance.Cause("").Choices() {
			h := compliance.Hold{Rule: rule, Cause: compliance.Cause(cause), Zone: zone, Count: 3, Basis: "customer", Source: "registry", Place: "CA", Since: at - 1, Until: at + 1}
			got := explain.Calling{Tag: tag, Zone: zone}.Hold(&h, at)
			if gap(got) || !strings.Contains(got, "us.x") || !strings.Contains(got, "2026-11-30 20:15") {
				t.Errorf("%s: %s is told as %q", tag, cause, got)
			}
		}
	}
}

// What is told, word for word.
func TestCallingInWords(t *testing.T) {
	p := callingPacks(t)
	for _, c := range []struct {
		tag        lang.Tag
		rule, want string
	}{
		{lang.English, "us_tx.hours", "Calls only Monday to Saturday 09:00 to 21:00, Sunday 12:00 to 21:00, on the clock of the called person"},
		{lang.English, "us_al.hours", "Calls only Monday to Saturday 08:00 to 20:00, on the clock of the called person; none on public holidays"},
		{lang.English, "us_fl.attempts", "At most 3 calls to the same person within 24 hours"},
		{lang.English, "us.abandonment", "At most 3% of the calls people answer are abandoned, counted by campaign over 30 days"},
		{lang.English, "cn.attempts_day", "At most 1 call a day to the same number, by the days of the called person"},
		{lang.Traditional, "us.debt_spacing", "距上一次通話未滿 7 天，不再撥打同一人"},
		{lang.Traditional, "cn.hours", "只在每日 09:00 至 12:00、每日 14:00 至 20:00 撥打，以受話人當地時間為準"},
		{lang.Simplified, "us_ca.recording", "须通话各方同意才可录音"},
	} {
		if got := (explain.Calling{Tag: c.tag}).Rule(p.Find(c.rule)); got != c.want {
			t.Errorf("%s is told as %q, expected %q", c.rule, got, c.want)
		}
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/calling/compliance"
	"waihu/internal/explain"
	"waihu/internal/lang"
)

func runCompliance(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Run(t.Context(), append([]string{"compliance"}, args...), Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func TestComplianceCommand(t *testing.T) {
	own := filepath.Join(t.TempDir(), "campaign.json")
	if err := os.WriteFile(own, []byte(`{"switches":[{"rule":"us_fl.hours","reason":"an exempt seller, says counsel","by":"floor","from":"2026-01-01T00:00:00Z"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		say  string
	}{
		{"", 0, "United States: "},
		{"--lang zh-Hans", 0, "美国："},
		{"us-fl", 0, "us_fl.hours\n  Calls only every day 08:00 to 20:00, on the clock of the called person"},
		{"EU", 0, "eu.consent"},
		{"FR --lang zh-Hant", 0, "比 eu.hours 更嚴格"},
		{"ZZ", exitUsage, "no rules are known"},
		{"--number +13055550100 --at 2026-11-30T19:59 --asked us.national", 0, "at least until 2026-11-30 20:00 (America/New_York)"},
		{"--number +13055550100 --at 2026-12-01T01:00:00Z --asked us.national", exitDecide, "it may be called from 2026-12-01 08:00 (America/New_York) on"},
		{"--number +13055550100 --at 2026-11-30T20:15 --asked us.national --campaign " + own, 0, "Lifted for this campaign: us_fl.hours, by floor"},
		{"--number +14155550100 --address US-FL --at 2026-11-30T10:00 --asked us.national", exitDecide, "from 2026-11-30 11:00 (America/New_York) on"},
		{"--number +12125550100 --zone America/Chicago --at 2026-11-30T08:30 --asked us.national", exitDecide, "Time zones: America/New_York, America/Chicago"},
		{"--number +13055550100 --at 2026-11-30T10:00 --listed us.national --asked us.national", exitDecide, "National Do Not Call Registry of the United States"},
		{"--number +13055550100 --at 2026-11-30T10:00 --basis written --evidence --refused --withheld", exitDecide, "By rule all.refusal: the person refused"},
		{"--number +8613800138000 --purpose survey --at 2026-11-30T15:00 --past 2026-11-30T10:00", exitDecide, "By rule cn.attempts_day: 1 call of at most 1"},
		{"--number 12 --at 2026-11-30T10:00", exitUsage, "no telephone number"},
		{"--number +13055550100 --at noon", exitUsage, "no instant"},
		{"--number +13055550100 --zone Mars", exitUsage, "Mars"},
		{"--number +13055550100 US", exitUsage, "one of the two"},
		{"--lang xx", exitUsage, "xx"},
	} {
		code, out, errs := runCompliance(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errs, c.say) {
			t.Errorf("waihu compliance %s: exit %d, expected %d and %q in\n%s%s", c.args, code, c.code, c.say, out, errs)
		}
	}
}

func TestComplianceAsJSON(t *testing.T) {
	_, out, _ := runCompliance(t, "--number", "+13055550100", "--at", "2026-12-01T01:00:00Z", "--asked", "us.national", "--json")
	var e compliance.Entry
	if err := json.Unmarshal([]byte(out), &e); err != nil || e.Allowed || len(e.Holds) != 1 || e.Holds[0].Rule != "us_fl.hours" || e.Again.String() != "2026-12-01T13:00:00Z" {
		t.Errorf("%v: %s", err, out)
	}
	_, out, _ = runCompliance(t, "--json")
	var packs []compliance.Pack
	if err := json.Unmarshal([]byte(out), &packs); err != nil || len(packs) != 7 {
		t.Errorf("%v: %d packs", err, len(packs))
	}
	_, out, _ = runCompliance(t, "HK", "--json")
	var rules []compliance.Rule
	if err := json.Unmarshal([]byte(out), &rules); err != nil || len(rules) < 10 {
		t.Errorf("%v: %d rules", err, len(rules))
	}
}

// The file that docs/compliance.md shows is one the command takes.
func TestComplianceExample(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "compliance.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	text, _, ok := strings.Cut(rest, "```")
	file := filepath.Join(t.TempDir(), "campaign.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil || !ok {
		t.Fatal(err, ok)
	}
	code, out, errs := runCompliance(t, "--number", "+12125550100", "--mode", "predictive", "--asked", "us.national", "--at", "2026-11-30T12:30", "--campaign", file)
	if code != exitDecide || !strings.Contains(out, "By rule own.lunch") || !strings.Contains(out, "us.consent_automatic, by compliance@demo.example") || strings.Contains(out, "By rule us.") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
}

// between puts text between two marks of a page.
func between(t *testing.T, page, mark, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, "<!-- "+mark+" -->\n")
	_, after, end := strings.Cut(rest, "<!-- end of "+mark+" -->")
	if !ok || !end {
		t.Fatalf("docs/compliance.md has no marks for %s", mark)
	}
	return before + "<!-- " + mark + " -->\n" + text + "<!-- end of " + mark + " -->" + after
}

// TestCompliancePage: docs/compliance.md has every rule and every gap as the packs
// have them now.
func TestCompliancePage(t *testing.T) {
	p, err := compliance.Load()
	if err != nil {
		t.Fatal(err)
	}
	told := explain.Calling{Tag: lang.English}
	cell := strings.NewReplacer("|", "\\|").Replace
	var rules, unknown strings.Builder
	for _, k := range p.List() {
		fmt.Fprintf(&rules, "\n### %s\n\n| rule | says | for | dates | source |\n|---|---|---|---|---|\n", told.Pack(&k, p.Digest(k.Place)))
		for i := range k.Rules {
			r := &k.Rules[i]
			about := told.About(r)
			source := strings.Join(about[2:], ". ")
			fmt.Fprintf(&rules, "| `%s` | %s | %s | %s | %s |\n", r.Name, cell(told.Rule(r)), cell(strings.TrimPrefix(about[0], "Holds for: ")), cell(about[1]), cell(source))
		}
		for _, s := range told.Unknown(&k) {
			fmt.Fprintf(&unknown, "- %s: %s\n", k.Place, s)
		}
	}
	path := filepath.Join("..", "..", "docs", "compliance.md")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := between(t, between(t, string(old), "rules", rules.String()+"\n"), "unknown", unknown.String())
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page != string(old) {
		t.Error("docs/compliance.md is not what the packs say: make man")
	}
}

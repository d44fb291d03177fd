package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/staffing"
)

// tiny is a profile of two people, quick to make facts of.
const tiny = `profile: tiny
time_zone: Asia/Shanghai
home_region: CN
calendar: cn
from: 2025-07
seats: {average: 2, peak: 3, minimum: 1}
hours: [{days: [workday], from: 09:00, to: 17:00}]
length: {mean: 2m}
calls:
  - {id: out, line: mobile, reach: local, minutes: 1600, answer_rate: 40%}
  - {id: in, direction: inbound, line: landline, minutes: 800}
modules: [{module: recording}]
`

func chinese(s string) bool { return strings.ContainsAny(s, "的個个月") }

// TestProfileFromEndToEnd: a profile becomes facts, these become a bill, a
// profile again, a forecast with its bill, and seats.
func TestProfileFromEndToEnd(t *testing.T) {
	profile := file(t, "tiny.yaml", tiny)
	facts := filepath.Join(t.TempDir(), "facts.jsonl")
	code, text, errs := run(t, "profile", profile, "--months", "8", "--seed", "7", "--out", facts, "--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var made forecast.Made
	if err := json.Unmarshal([]byte(text), &made); err != nil || made.Seed != 7 || len(made.Months) != 8 || made.Months[0].Sum().Seconds != 2400*60 {
		t.Fatalf("%v: %s", err, text)
	}
	code, text, errs = run(t, "bill", examples+"per-minute/plan.yaml", facts, "--period", "2025-07", "--allow-unpriced")
	if code != 0 || !strings.Contains(errs, "0 rejected") {
		t.Fatalf("exit %d\n%s%s", code, text, errs)
	}
	again := filepath.Join(t.TempDir(), "again.yaml")
	code, _, errs = run(t, "profile", "from", facts, "--zone", "Asia/Shanghai", "--home", "CN", "--calendar", "cn", "--out", again)
	if code != 0 || !strings.Contains(errs, "2,400.0") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if code, text, _ = run(t, "profile", "check", again, profile); code != 0 || strings.Count(text, "0 errors") != 2 {
		t.Errorf("exit %d: %s", code, text)
	}
	for _, lang := range []string{"en", "zh-Hant", "zh-Hans"} {
		args := []string{"profile", "forecast", facts, "--zone", "Asia/Shanghai", "--calendar", "cn", "--months", "2", "--lang", lang}
		if lang == "zh-Hant" { // bills are made again for each scenario and month: once is enough
			args = append(args, "--plan", examples+"per-minute/plan.yaml")
		}
		code, text, errs = run(t, args...)
		if code != 0 || !strings.Contains(text, "2026-03") || strings.Contains(text, "[") || chinese(text) == (lang == "en") {
			t.Errorf("%s: exit %d\n%s%s", lang, code, text, errs)
		}
		code, text, errs = run(t, "seats", profile, "--months", "2", "--absence", "20%", "--paid", "5", "--lang", lang)
		if code != 0 || strings.Contains(text, "[") || chinese(text) == (lang == "en") {
			t.Errorf("%s: exit %d\n%s%s", lang, code, text, errs)
		}
	}
	code, text, errs = run(t, "seats", facts, "--zone", "Asia/Shanghai", "--json", "--level", "90%", "--within", "10s")
	var seats struct {
		Months []staffing.Sized
		Waste  []staffing.Waste
	}
	if err := json.Unmarshal([]byte(text), &seats); code != 0 || err != nil || len(seats.Months) != 8 || seats.Months[0].Seats < 1 || len(seats.Waste) != 8 {
		t.Errorf("exit %d, %v: %s%s", code, err, text, errs)
	}
}

func TestCheapestFromTheCommandLine(t *testing.T) {
	profile := file(t, "tiny.yaml", tiny)
	plans := []string{examples + "per-minute/plan.yaml", examples + "seats-and-minutes/plan.yaml", examples + "robot-lanes/plan.yaml"}
	args := append([]string{"cheapest"}, plans...)
	args = append(args, "--profile", profile, "--months", "2", "--must", "none")
	code, text, errs := run(t, append(args, "--json")...)
	var a cheapest.Answer
	if err := json.Unmarshal([]byte(text), &a); code != 0 || err != nil || !a.Proven || len(a.Offers) != 2 || len(a.Refused) != 1 {
		t.Fatalf("exit %d, %v\n%s%s", code, err, text, errs)
	}
	for _, lang := range []string{"en", "zh-Hant", "zh-Hans"} {
		code, text, errs = run(t, append(args, "--lang", lang, "--split", "direction")...)
		if code != 0 || strings.Contains(text, "[") || chinese(text) == (lang == "en") {
			t.Errorf("%s: exit %d\n%s%s", lang, code, text, errs)
		}
	}
	if code, text, _ = run(t, append(args, "--must", "recording")...); code != 0 || !strings.Contains(text, "recording must be had and is not offered") {
		t.Errorf("exit %d: %s", code, text)
	}
}

func TestBadProfilesAndGoals(t *testing.T) {
	contradictory := file(t, "p.yaml", strings.Replace(tiny, "peak: 3", "peak: 1", 1))
	busy := file(t, "p.yaml", strings.Replace(tiny, "minutes: 1600", "minutes: 90000", 1))
	huge := file(t, "p.yaml", strings.Replace(tiny, "answer_rate: 40%", "attempts: 3000001", 1))
	profile := file(t, "p.yaml", tiny)
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{1, "the peak is below the average", []string{"profile", contradictory}},
		{1, "more seats or hours", []string{"profile", "check", busy}},
		{1, "not a number of calls", []string{"profile", huge}},
		{1, "1 to 120 months", []string{"profile", profile, "--months", "121"}},
		{2, "--from", []string{"profile", profile, "--from", "2026"}},
		{1, "sales, service, survey", []string{"profile", "nobody/nothing"}},
		{2, "--level", []string{"seats", profile, "--months", "1", "--level", "80"}},
		{1, "cannot be planned for", []string{"seats", profile, "--months", "1", "--level", "100%"}},
		{2, "either --profile or --usage", []string{"cheapest", examples + "per-minute/plan.yaml"}},
		{1, "say 1 to 36", []string{"profile", "forecast", examples + "per-minute/usage/Master.csv", "--months", "99"}},
		{1, "offers in one currency", []string{"cheapest", examples + "per-minute/plan.yaml", examples + "market/callfire-grow.yaml", "--profile", profile, "--months", "1"}},
	} {
		code, text, errs := run(t, c.args...)
		if code != c.code || !strings.Contains(text+errs, c.says) {
			t.Errorf("%v: exit %d, want %d and %q\n%s%s", c.args, code, c.code, c.says, text, errs)
		}
	}
}

// TestAMonthOfRecordsIsTooFew: the range is wide and says so.
func TestAMonthOfRecordsIsTooFew(t *testing.T) {
	code, text, errs := run(t, "profile", "forecast", examples+"per-minute/usage/Master.csv", "--zone", "Asia/Shanghai")
	if code != 0 || !strings.Contains(text, "too few to judge any method") {
		t.Errorf("exit %d\n%s%s", code, text, errs)
	}
}

func TestReadyProfilesAreShown(t *testing.T) {
	for _, name := range forecast.Ready() {
		code, text, errs := run(t, "profile", "show", name)
		if code != 0 {
			t.Fatal(errs)
		}
		path := file(t, name+".yaml", text)
		if code, text, _ = run(t, "profile", "check", path); code != 0 {
			t.Errorf("%s: %s", name, text)
		}
		if code, text, errs = run(t, "profile", path, "--months", "2", "--lang", "zh-Hant"); code != 0 || !strings.Contains(text, "範本") {
			t.Errorf("%s: exit %d\n%s%s", name, code, text, errs)
		}
	}
	code, text, _ := run(t, "profile", "schema")
	want, err := os.ReadFile("../../docs/profile.schema.json")
	if code != 0 || err != nil || text != string(want) {
		t.Errorf("the schema is not the one in docs: %v", err)
	}
}

func TestAdvise(t *testing.T) {
	for _, lang := range []string{"en", "zh-Hant", "zh-Hans"} {
		code, text, errs := run(t, "advise", examples+"robot-lanes/plan.yaml", examples+"robot-lanes/usage/sessions.csv", "--period", "2026-03", "--lang", lang)
		if code != 0 || !strings.Contains(text, "160.00") || strings.Contains(text, "[") {
			t.Errorf("%s: exit %d\n%s%s", lang, code, text, errs)
		}
	}
	// Predictive dialing is paid. The records of a switch do not tell how calls
	// were placed, so nothing is said of it; facts that say "by hand" do.
	const heading = "fact,id,direction,result,mode,to,start,talk\n"
	byHand := file(t, "calls.csv", heading+"call,1,outbound,answered,manual,8613800138000,2026-03-02 10:00:00,61\n")
	for _, c := range []struct {
		calls string
		said  bool
	}{{examples + "sales-floor/usage/Master.csv", false}, {byHand, true}} {
		code, text, errs := run(t, "advise", examples+"sales-floor/contract.yaml", c.calls, examples+"sales-floor/usage/modules.csv", "--period", "2026-03", "--json")
		var list []cheapest.Advice
		if err := json.Unmarshal([]byte(text), &list); code != 0 || err != nil {
			t.Fatalf("exit %d, %v\n%s%s", code, err, text, errs)
		}
		found := false
		for _, a := range list {
			found = found || a.Key == "unused_module" && a.Component == "predictive" && a.Amount.Sign() > 0
		}
		if found != c.said {
			t.Errorf("%s: said %v, want %v: %s", c.calls, found, c.said, text)
		}
	}
}

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCallsGoOverTrunks: the cheap one refuses with 503 and the next answers; a
// busy number is not tried again elsewhere; what may not be called is not.
func TestCallsGoOverTrunks(t *testing.T) {
	sick := carrier(t, file(t, "sick.yaml", "carrier: sick\nlines:\n  - {to: \"*\", does: refuse, code: 503, retry: 30s}\n"), "15600-15609")
	well := carrier(t, file(t, "well.yaml", "carrier: well\nlines:\n  - {to: \"139*\", does: busy}\n  - {to: \"*\", does: answer}\n"), "15610-15629")
	trunks := file(t, "trunks.yaml", `home: CN
zone: Asia/Shanghai
allow: [mobile]
trunks:
  - {name: cheap, address: "`+sick+`", channels: 2, rate: 5, price: "0.03", callers: main}
  - {name: dear, address: "`+well+`", channels: 2, rate: 5, price: "0.06", callers: main}
callers:
  - {pool: main, numbers: ["02088880001"], daily: 20}
`)
	facts := filepath.Join(t.TempDir(), "facts.jsonl")
	for _, lang := range []string{"en", "zh-Hant"} {
		code, out, errs := run(t, "call", "13800138000", "--trunks", trunks, "--talk", "100ms", "--facts", facts, "--ports", "15630-15649", "--lang", lang)
		if code != 0 || !strings.Contains(out, "cheap") || !strings.Contains(out, "SIP 503") || !strings.Contains(out, "dear") || !strings.Contains(out, "02088880001") {
			t.Errorf("%d\n%s%s", code, out, errs)
		}
	}
	kept, err := os.ReadFile(facts)
	if err != nil || strings.Count(string(kept), "\n") != 2 || strings.Count(string(kept), `"trunk":"dear"`) != 2 || strings.Count(string(kept), `"result":"answered"`) != 2 {
		t.Errorf("a call over two trunks is not one fact of the one that took it: %v\n%s", err, kept)
	}
	code, out, _ := run(t, "call", "13900139000", "--trunks", trunks, "--json", "--ports", "15630-15649")
	var told struct {
		Trunk string
		Tries []struct {
			Trunk string
			SIP   int
			Retry float64 `json:"retry_after"`
		}
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 3 || told.Trunk != "dear" || len(told.Tries) != 2 || told.Tries[0].SIP != 503 || told.Tries[0].Retry != 30 || told.Tries[1].SIP != 486 {
		t.Errorf("%d %v %+v\n%s", code, err, told, out)
	}
	for number, want := range map[string]string{"02088881234": "blocked", "x": "no number"} {
		if code, _, errs := run(t, "call", number, "--trunks", trunks, "--ports", "15630-15649"); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", number, code, errs)
		}
	}
	state := filepath.Join(t.TempDir(), "state.json")
	for _, want := range []string{"SIP 503", "it rests"} {
		if code, out, errs := run(t, "call", "13800138000", "--trunks", trunks, "--state", state, "--talk", "50ms", "--ports", "15630-15649"); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, want %s\n%s%s", code, want, out, errs)
		}
	}
	if code, _, errs := run(t, "call", "13800138000", "--trunks", trunks, "--state", trunks, "--ports", "15630-15649"); code == 0 || !strings.Contains(errs, "how trunks were left") {
		t.Errorf("a state that is none: %d %s", code, errs)
	}
	only := file(t, "only.yaml", "home: CN\nzone: Asia/Shanghai\nallow: [mobile]\ntrunks:\n  - {name: cheap, address: \""+sick+"\", channels: 1, rate: 1}\n")
	if code, out, _ := run(t, "call", "13800138000", "--trunks", only, "--ports", "15630-15649"); code != 3 || !strings.Contains(out, "congestion") && !strings.Contains(out, "no circuit") {
		t.Errorf("when the last one refuses: %d\n%s", code, out)
	}
	if code, _, errs := run(t, "call", "13800138000", "--trunks", file(t, "bad.yaml", "home: CN\n")); code == 0 || !strings.Contains(errs, "trunks") {
		t.Errorf("a file that is wrong: %d %s", code, errs)
	}
}

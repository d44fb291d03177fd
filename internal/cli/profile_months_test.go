package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/forecast"
	"waihu/internal/timex"
)

// What a ready profile is made into, a bill takes: its months are over. Months
// that are named are made as they are named, and told where they lie ahead.
func TestExpandMakesMonthsABillTakes(t *testing.T) {
	last := forecast.MonthOf(timex.DateOf(time.Now())) - 1
	out := filepath.Join(t.TempDir(), "facts.jsonl")
	code, text, errs := run(t, "profile", "expand", "survey", "--months", "1", "--out", out)
	if code != 0 || !strings.Contains(text, last.String()) || strings.Contains(errs, "days to come") {
		t.Fatalf("exit %d: %s\n%s", code, errs, text)
	}
	if code, text, errs := run(t, "facts", out, "--report"); code != 0 || !strings.Contains(text, `"rejected": 0`) {
		t.Errorf("exit %d: %s", code, errs)
	}
	code, _, errs = run(t, "profile", "expand", "survey", "--months", "1", "--from", (last + 2).String(), "--out", out)
	if code != 0 || !strings.Contains(errs, "usage of days to come: --from "+last.String()+" ends before today") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

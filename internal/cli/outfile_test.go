package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someCalls = "fact,id,direction,result,to,start,talk,agent\n" +
	"call,c1,outbound,answered,8613800138000,2026-03-02 10:00:00,720,a1\n"

// TestOutputMayBeAnInput: the records are read to their end before anything takes
// their place.
func TestOutputMayBeAnInput(t *testing.T) {
	plan := examples + "per-minute/plan.yaml"
	out := t.TempDir()
	if code, _, errs := run(t, "bill", plan, file(t, "calls.csv", someCalls), "--period", "2026-03", "--out", out); code != 0 {
		t.Fatal(errs)
	}
	path := filepath.Join(out, "facts.jsonl")
	first := mustRead(t, path)
	if code, _, errs := run(t, "bill", plan, path, "--period", "2026-03", "--out", out); code != 0 || mustRead(t, path) != first || first == "" {
		t.Errorf("billed into its own folder, exit %d: %s\n%q, was %q", code, errs, mustRead(t, path), first)
	}
	if code, _, errs := run(t, "facts", path, "--out", path); code != 0 || mustRead(t, path) != first {
		t.Errorf("facts onto themselves, exit %d: %s", code, errs)
	}
	nothingInParts(t, out)
}

// TestFailedCommandsLeaveWhatWasThere: a bill that cannot be made leaves no facts
// of its own beside the invoice of another.
func TestFailedCommandsLeaveWhatWasThere(t *testing.T) {
	out := t.TempDir()
	for _, name := range []string{"facts.jsonl", "detail.csv", "invoice.json"} {
		if err := os.WriteFile(filepath.Join(out, name), []byte("before"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	good, bad := file(t, "calls.csv", someCalls), file(t, "picture.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	for _, args := range [][]string{
		{"bill", examples + "per-minute/plan.yaml", good, bad, "--period", "2026-03", "--out", out},
		{"facts", good, bad, "--out", filepath.Join(out, "facts.jsonl")},
	} {
		if code, _, errs := run(t, args...); code != 1 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		for _, name := range []string{"facts.jsonl", "detail.csv", "invoice.json"} {
			if got := mustRead(t, filepath.Join(out, name)); got != "before" {
				t.Errorf("%s: %s holds %q", args[0], name, got)
			}
		}
		nothingInParts(t, out)
	}
	if code, _, errs := run(t, "facts", good, "--out", os.DevNull); code != 0 {
		t.Errorf("to a device: exit %d: %s", code, errs)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device is a file now: %v", err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func nothingInParts(t *testing.T, folder string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %s, %v", strings.Join(left, " "), err)
	}
}

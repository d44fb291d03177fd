package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"waihu/internal/sim/dialing"
)

// TestSimulatePacingWritesWhatItPlayed: a table or JSON, and every form in a folder.
func TestSimulatePacingWritesWhatItPlayed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	if code := Run(t.Context(), []string{"simulate", "pacing", "--sizes", "2", "--seeds", "1", "--shifts", "1", "--json", "--out", dir}, Streams{Out: &out, Err: &errs}); code != exitDone {
		t.Fatalf("%d %s", code, errs.String())
	}
	var r dialing.Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || len(r.Rows) != len(dialing.Policies()) || len(r.Digest) != 64 {
		t.Errorf("%v: %s", err, out.String())
	}
	for _, name := range []string{"pacing.json", "pacing.md"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Contains(b, []byte(r.Digest)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, args := range [][]string{{"--cases", "nonsense"}, {"--seeds", "101"}, {"--sizes", "301"}} {
		if code := Run(t.Context(), append([]string{"simulate", "pacing"}, args...), Streams{Out: &out, Err: &errs}); code != exitUsage {
			t.Errorf("%v: %d", args, code)
		}
	}
}

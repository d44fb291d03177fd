package cdr

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// carrier is a mapping of testdata/core/mapped/carrier.csv.
func carrier() Mapping {
	return Mapping{
		Name: "carrier", Fact: CallFact, Header: true, Zone: "Asia/Shanghai", Duration: MinSec,
		Times: []string{"DD/MM/YYYY HH:mm"},
		Columns: map[string]string{"id": "Call ID", "start": "Date", "from": "caller", "to": "4", "talk": "Length",
			"result": "Status", "cost": "Price"},
		Values:    map[string]map[string]string{"result": {"OK": "answered", "BUSY": "busy"}},
		Constants: map[string]string{"currency": "CNY", "direction": "outbound"},
		ToRule:    NumberRule{Strip: []string{"90", "9"}, Add: "86"},
		FromRule:  NumberRule{Strip: []string{"0086"}, Add: "86"},
	}
}

// account reads one file and writes down all that came of it: the facts as
// Writer has them, the counts, and what was said about records.
func account(t *testing.T, path string, opt Options) string {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	report, err := NewIntake(w, opt).File(context.Background(), path)
	if flushing := w.Flush(); flushing != nil {
		t.Fatal(flushing)
	}
	if check := report.Counts.Check(); check != nil {
		t.Error(check)
	}
	fmt.Fprintf(&out, "-- %s: %s\n-- %s\n", report.Format, report.Reason, report.Counts)
	for _, y := range report.Tallies {
		fmt.Fprintf(&out, "-- %s %d: %s\n", y.Outcome, y.Count, y.Reason)
		for _, p := range y.Sample {
			p.File = ""
			fmt.Fprintf(&out, "   %s\n", p.Error())
		}
	}
	if err != nil {
		fmt.Fprintf(&out, "-- error: %v\n", err)
	}
	return out.String()
}

// TestGolden reads every file of testdata/core and compares what comes of it
// with the .facts beside it; -update writes those.
func TestGolden(t *testing.T) {
	mapped, err := Mapped(carrier())
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/core/*/*")
	if len(files) == 0 {
		t.Fatal("no files in testdata/core")
	}
	for _, path := range files {
		if filepath.Ext(path) == ".facts" {
			continue
		}
		t.Run(path, func(t *testing.T) {
			got := account(t, path, Options{Zone: zone("Asia/Shanghai"), Formats: append(Formats(), mapped)})
			golden := path + ".facts"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

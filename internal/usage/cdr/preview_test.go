package cdr

import (
	"slices"
	"strings"
	"testing"
)

const unknownCSV = "流水号;开始时间;被叫号码;通话时长;结果\na1;05/03/2026 09:00:01;13800138000;0:01:02;接通\na2;25/03/2026 09:05:00;13900139000;0:00:00;未接\n"

func TestTableOfUnknownCSV(t *testing.T) {
	table, err := ReadTable(strings.NewReader(unknownCSV), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	if table.Separator != Semicolon || len(table.Rows) != 3 || !table.Header() {
		t.Fatalf("%+v", table)
	}
	got := table.GuessColumns(CallFact)
	for field, want := range map[string]int{"id": 0, "start": 1, "to": 2, "talk": 3, "result": 4} {
		if at, ok := got[field]; !ok || at != want {
			t.Errorf("%s: column %d, %v; want %d", field, at, ok, want)
		}
	}
	if form := table.GuessTimes(1, true); form != "DD/MM/YYYY HH:mm:ss" {
		t.Errorf("times are %q", form)
	}
	if unit := table.GuessDuration(3, true); unit != HourMinSec {
		t.Errorf("durations are %q", unit)
	}
	if values := table.Values(4, true); !slices.Equal(values, []string{"接通", "未接"}) {
		t.Errorf("%q", values)
	}
}

func TestTableWithoutHeader(t *testing.T) {
	table, err := ReadTable(strings.NewReader("a1,2026-03-05 09:00:00,62\n"), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	if table.Header() || len(table.GuessColumns(CallFact)) != 0 || table.GuessTimes(1, false) != "YYYY-MM-DD HH:mm:ss" || table.GuessTimes(0, false) != "" {
		t.Errorf("%+v", table)
	}
	if none, err := ReadTable(strings.NewReader("just words\n"), "x.txt"); err != nil || len(none.Rows) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
	if _, err := ReadTable(strings.NewReader("%PDF-1.7 ..."), "x.pdf"); err == nil {
		t.Error("a PDF is a table")
	}
	if Fields("nothing") != nil || !Fields(CallFact)[19].Need {
		t.Errorf("%v", Fields(CallFact))
	}
}

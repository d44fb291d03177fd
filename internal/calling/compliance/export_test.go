package compliance

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTheRecordSaysWhatWasAsked(t *testing.T) {
	p := loaded(t)
	at := instant(t, "2026-11-30T02:30:00Z")
	lift := Switch{Rule: "us.caller", Reason: "=HYPERLINK(\"x\") is no reason, but it is long enough", By: "@boss", From: at.Add(-time.Hour)}
	b := book(t, p, Campaign{Purpose: Sales, Mode: Predictive, Switches: []Switch{lift}})
	q := free(t, p, "13055550100", "US", "CA")
	var a Answer
	b.Ask(q, at, &a)
	e := b.Entry(q, at, &a)
	e.Company, e.Campaign, e.Lead, e.Attempt = "company", "-spring", "\t=1+1", "attempt\nof two lines"
	if e.Allowed || e.Edition != b.Edition() || strings.Join(e.Zones, " ") != "America/New_York America/Los_Angeles" || e.Again != a.Again || len(e.Holds) != len(a.Holds) {
		t.Errorf("the record is %+v", e)
	}
	for _, name := range []string{"all.refusal", "us.hours", "us_fl.hours", "us_ca.recording", "us.abandonment"} {
		if !strings.Contains(" "+strings.Join(e.Rules, " ")+" ", " "+name+" ") {
			t.Errorf("%s was asked and is not in the record: %v", name, e.Rules)
		}
	}
	var text, lines bytes.Buffer
	w, err := NewCSV(&text)
	if err != nil {
		t.Fatal(err)
	}
	j := NewJSON(&lines)
	for range 2 {
		if err := w.Write(&e); err != nil {
			t.Fatal(err)
		}
		if err := j.Write(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil || len(rows) != 3 || len(rows[1]) != len(columns) {
		t.Fatalf("%v: %v", err, rows)
	}
	for i, cell := range rows[1] {
		if s := strings.TrimLeft(cell, " "); s != "" && strings.ContainsAny(s[:1], "=+-@") || strings.ContainsAny(cell, "\n\t") {
			t.Errorf("a spreadsheet would run %s: %q", columns[i], cell)
		}
	}
	var back Entry
	first, _, _ := strings.Cut(lines.String(), "\n")
	if err := json.Unmarshal([]byte(first), &back); err != nil || back.Attempt != e.Attempt || back.At != e.At || len(back.Holds) != len(e.Holds) || back.Lifted[0] != e.Lifted[0] {
		t.Errorf("the record does not come back: %v %+v", err, back)
	}
	if err := j.Flush(); err != nil {
		t.Error(err)
	}
}

func TestMeasures(t *testing.T) {
	for _, s := range []string{"15s", "90m", "24h", "7d"} {
		var span Span
		if err := span.UnmarshalText([]byte(s)); err != nil {
			t.Error(err)
		}
		var again Span
		if err := again.UnmarshalText([]byte(span.String())); err != nil || again != span {
			t.Errorf("%s comes back as %s (%v)", s, again, err)
		}
	}
	for s, want := range map[string]Share{"3%": 300, "2.5%": 250, "0.01%": 1, "0%": 0, "99.99%": 9999} {
		var share Share
		if err := share.UnmarshalText([]byte(s)); err != nil || share != want || share.String() != s {
			t.Errorf("%s is %d, %s (%v)", s, share, share, err)
		}
	}
	for _, s := range []string{"", "3", "%", ".5%", "-1%", "3.%", "1e2%", "300%"} {
		var share Share
		if err := share.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is read as %s", s, share)
		}
	}
	for s, want := range map[string]Wall{"08:00": 28800, "00:00": 0, "24:00": dayEnd, "08:00:30": 28830} {
		var w Wall
		if err := w.UnmarshalText([]byte(s)); err != nil || w != want || w.String() != s {
			t.Errorf("%s is %d, %s (%v)", s, w, w, err)
		}
	}
	for _, s := range []string{"", "8:00", "08", "08:60", "25:00", "08:00:00:00", "-1:00"} {
		var w Wall
		if err := w.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is read as %s", s, w)
		}
	}
}

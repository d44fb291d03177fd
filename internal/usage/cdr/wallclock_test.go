package cdr

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/timex"
)

func TestWallClockReadsStamps(t *testing.T) {
	loc, err := timex.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	w := newWallClock(loc)
	for text, want := range map[string]string{
		"2026-03-02 09:15:04":           "2026-03-02T14:15:04Z 0",
		"2026/3/2 9:15":                 "2026-03-02T14:15:00Z 1",
		" 2026-03-02T09:15:04.5 ":       "2026-03-02T14:15:04.5Z 0",
		"2026-03-02T09:15:04.1234567Z":  "2026-03-02T09:15:04.123456Z 0",
		"2026-03-02T09:15:04+08:00":     "2026-03-02T01:15:04Z 0",
		"2026-03-02T09:15:04-0330":      "2026-03-02T12:45:04Z 0",
		"2026-03-08 02:30:00":           "2026-03-08T07:30:00Z 2",
		"2026-03-08 2:30":               "2026-03-08T07:30:00Z 3",
		"2026-03-08 03:00:00":           "2026-03-08T07:00:00Z 0",
		"2026-11-01 00:59:59":           "2026-11-01T04:59:59Z 0",
		"2026-11-01 01:00:00":           "2026-11-01T05:00:00Z 4",
		"2026-11-01 01:59:59":           "2026-11-01T05:59:59Z 4",
		"2026-11-01 02:00:00":           "2026-11-01T07:00:00Z 0",
		"2026-02-29 09:15:04":           "",
		"2026-13-02 09:15:04":           "",
		"2026-03-02 24:00:00":           "",
		"2026-03-02 09:60:00":           "",
		"2026-03/02 09:15:04":           "",
		"2026-03-02 09:15:04 PST":       "",
		"2026-03-02 09:15:04+15:00":     "",
		"2026-03-02":                    "",
		"1969-03-02 09:15:04":           "",
		"0000-00-00 00:00:00":           "",
		"02-03-2026 09:15:04":           "",
		"2026-03-02 09:15:04.":          "",
		"2026-03-02 09:15:04.123+08:0x": "",
	} {
		got := ""
		if i, note, ok := w.read(text); ok {
			got = fmt.Sprintf("%s %d", i, note)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A stamp is doubtful if and only if it shows no moment or two.
func TestWallClockDoubtsWhatTheZoneDoubts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, name := range []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Hong_Kong"} {
		loc, err := timex.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		w := newWallClock(loc)
		base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		for range 5_000 {
			wall := base + r.Int64N(365*daySeconds)
			text := time.Unix(wall, 0).UTC().Format(time.DateTime)
			moments := 0
			for shift := int64(-14 * 3600); shift <= 14*3600; shift += 900 {
				if wall-shift+offsetAt(loc, wall-shift) == wall {
					moments++
				}
			}
			_, note, ok := w.read(text)
			if !ok || (moments == 0) != (note == stampSkipped) || (moments == 2) != (note == stampRepeated) {
				t.Fatalf("%s %s: %d moments, note %d", name, text, moments, note)
			}
		}
	}
}

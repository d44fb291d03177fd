package cdr

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestStampsAgree holds that the fast reader says what the careful one says,
// around changes of clocks above all.
func TestStampsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo"} {
		loc := zone(name)
		fast, careful := newStamps(loc), newWallClock(loc)
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 30_000 {
			text := at.Format(time.DateTime)
			if rng.IntN(100) == 0 {
				text = damage(rng, text)
			}
			i, note, ok := fast.read(text)
			j, wantNote, wantOK := careful.read(text)
			if i != j || note != wantNote || ok != wantOK {
				t.Fatalf("%s %q: %s %d %v, want %s %d %v", name, text, i, note, ok, j, wantNote, wantOK)
			}
			at = at.Add(time.Duration(rng.IntN(3600)) * time.Second)
			if rng.IntN(50) == 0 {
				at = at.AddDate(0, 0, rng.IntN(60)-30)
			}
		}
	}
}

func damage(rng *rand.Rand, text string) string {
	b := []byte(text)
	b[rng.IntN(len(b))] = byte(rng.IntN(256))
	return string(b)
}

func TestStampsKnowSkippedAndRepeatedHours(t *testing.T) {
	s := newStamps(zone("America/New_York"))
	for _, c := range []struct {
		text, want string
		note       stampNote
	}{
		{"2026-03-07 12:00:00", "2026-03-07T17:00:00Z", 0},
		{"2026-03-08 01:59:59", "2026-03-08T06:59:59Z", 0},
		{"2026-03-08 02:30:00", "2026-03-08T07:30:00Z", stampSkipped},
		{"2026-03-08 03:00:00", "2026-03-08T07:00:00Z", 0},
		{"2026-11-01 00:59:59", "2026-11-01T04:59:59Z", 0},
		{"2026-11-01 01:30:00", "2026-11-01T05:30:00Z", stampRepeated},
		{"2026-11-01 02:00:00", "2026-11-01T07:00:00Z", 0},
		{"2026-11-05 02:00:00", "2026-11-05T07:00:00Z", 0},
	} {
		for range 2 {
			i, note, ok := s.read(c.text)
			if !ok || i.String() != c.want || note != c.note {
				t.Errorf("%s: %s %d %v, want %s %d", c.text, i, note, ok, c.want, c.note)
			}
		}
	}
}

func TestSecondOfDay(t *testing.T) {
	for h := range 25 {
		for m := range 61 {
			for s := range 61 {
				text := fmt.Sprintf("%02d:%02d:%02d", h, m, s)
				got, ok := secondOfDay(load64(text))
				if want := h < 24 && m < 60 && s < 60; ok != want || ok && got != int64(h*3600+m*60+s) {
					t.Fatalf("%s: %d %v", text, got, ok)
				}
			}
		}
	}
}

func TestDateOrder(t *testing.T) {
	clock := newWallClock(zone("Asia/Shanghai"))
	for _, c := range []struct{ order, text, want string }{
		{"dmy", "1/9/2017 16:33:01", "2017-09-01T08:33:01Z"},
		{"mdy", "1/9/2017 16:33:01", "2017-01-09T08:33:01Z"},
		{"dmy", "04.09.17 12:39", "2017-09-04T04:39:00Z"},
		{"mdy", "31/12/2026 10:00", ""},
		{"dmy", "31/12-2026 10:00", ""},
		{"dmy", "31/12/206 10:00", ""},
		{"", "1/9/2017 16:33:01", ""},
	} {
		i, _, ok := dateOrder(c.order).read(&clock, c.text)
		if ok != (c.want != "") || ok && i.String() != c.want {
			t.Errorf("%s %s: %s %v, want %q", c.order, c.text, i, ok, c.want)
		}
	}
}

package cdr

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

func TestMappedNamesEveryMistake(t *testing.T) {
	_, err := Mapped(Mapping{
		Fact: CallFact, Separator: "dots", Duration: "hours", Zone: "Mars/Olympus", Times: []string{"iso", "YYYY-XX"},
		Columns:   map[string]string{"start": "Date", "colour": "2", "result": "0"},
		Values:    map[string]map[string]string{"result": {"OK": "fine"}, "by": {"X": "person"}},
		Constants: map[string]string{"direction": "sideways", "start": "2026-03-01", "size": "9"},
	})
	var ps fault.Problems
	if !errors.As(err, &ps) {
		t.Fatal(err)
	}
	want := []string{"separator", "duration", "columns.colour", "columns.result", "columns.start", "columns.talk",
		"constants.direction", "constants.size", "constants.start", "values.by", "values.result.OK", "times[1]", "zone"}
	var got []string
	for _, p := range ps {
		got = append(got, p.Path)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for _, m := range []Mapping{{}, {Fact: "chair"}, {Fact: SeatFact}, {Fact: SeatFact, Columns: map[string]string{"user": "1", "from": "2"}, ToRule: NumberRule{Add: "86"}}} {
		if _, err := Mapped(m); err == nil {
			t.Errorf("%+v is taken", m)
		}
	}
}

func TestMappedReadsColumnsByNumber(t *testing.T) {
	format, err := Mapped(Mapping{Fact: SessionFact, Separator: Bar, Times: []string{"unix_ms"},
		Columns: map[string]string{"user": "2", "from": "3", "to": "4"}, Constants: map[string]string{"state": "talking", "type": "agent"}})
	if err != nil {
		t.Fatal(err)
	}
	out := &kept{}
	in := NewIntake(out, Options{Formats: []Format{format}, Format: "mapped"})
	r := feed(t, in, "x", "x|mei|1772357400000|1772361000500\nx|jun|1772357400000|\nx||1772357400000\n")
	if r.Counts.Accepted != 2 || r.Counts.Rejected != 1 {
		t.Fatalf("%s %+v", r.Counts, r.Tallies)
	}
	if got := fmt.Sprint(out.facts[0]); !strings.Contains(got, "mapped mei agent talking 2026-03-01T09:30:00Z 2026-03-01T10:30:00.5Z") {
		t.Error(got)
	}
}

func TestDurationUnits(t *testing.T) {
	for _, c := range []struct {
		unit DurationUnit
		text string
		want time.Duration // -1: none
	}{
		{"", "62", 62 * time.Second}, {"", "62.25", 62250 * time.Millisecond}, {"", "-1", -1}, {"", "1:02", -1}, {"", "", -1},
		{Seconds, "0.000000001", 1}, {Milliseconds, "62500", 62500 * time.Millisecond}, {Milliseconds, "1.5", -1},
		{MinSec, "1:02", 62 * time.Second}, {MinSec, "75:00", 75 * time.Minute}, {MinSec, "1:60", -1}, {MinSec, "1:02:03", -1},
		{HourMinSec, "1:02:03", 3723 * time.Second}, {HourMinSec, "0:00:07.5", 7500 * time.Millisecond}, {HourMinSec, "1:60:00", -1},
		{HourMinSec, "99999999:00:00", -1},
	} {
		got, ok := c.unit.read(c.text)
		if ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("%q as %q: %s %v", c.text, c.unit, got, ok)
		}
	}
}

func TestTimeLayouts(t *testing.T) {
	clock := newWallClock(zone("Asia/Shanghai"))
	for _, c := range []struct{ pattern, text, want string }{
		{"DD/MM/YYYY HH:mm:ss", "01/03/2026 09:30:15", "2026-03-01T01:30:15Z"},
		{"M/D/YY h:mm A", "3/1/26 9:30 PM", "2026-03-01T13:30:00Z"},
		{"YYYYMMDDHHmmss", "20260301093015", "2026-03-01T01:30:15Z"},
		{"YYYY年MM月DD日 HH:mm", "2026年03月01日 09:30", "2026-03-01T01:30:00Z"},
		{"YYYY-MM-DDTHH:mm:ssZ", "2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00Z"},
		{"DD MMM YYYY HH:mm:ss.SSS", "01 Mar 2026 09:30:15.250", "2026-03-01T01:30:15.25Z"},
		{"iso", "2026-03-01 09:30", "2026-03-01T01:30:00Z"},
		{"unix", "1772328600.25", "2026-03-01T01:30:00.25Z"},
		{"unix_ms", "1772328600250", "2026-03-01T01:30:00.25Z"},
		{"unix_ms", "1772328600250.5", ""},
		{"unix", "soon", ""},
		{"DD/MM/YYYY", "31/02/2026", ""},
	} {
		l, err := newTimeLayout(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		i, _, ok := l.read(&clock, c.text)
		if ok != (c.want != "") || ok && i.String() != c.want {
			t.Errorf("%s %q: %s %v, want %q", c.pattern, c.text, i, ok, c.want)
		}
	}
	for _, bad := range []string{"", "yyyy", "DD/MM/YYYY at HH", "2006-01-02"} {
		if _, err := newTimeLayout(bad); err == nil {
			t.Errorf("%q is taken for a form of times", bad)
		}
	}
}

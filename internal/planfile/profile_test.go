package planfile_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/forecast"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// TestWrittenProfilesAreReadBack: what Write writes, Decode reads to the same.
func TestWrittenProfilesAreReadBack(t *testing.T) {
	for _, name := range forecast.Ready() {
		p := forecast.ReadyProfile(name)
		p.Name = lang.Text{En: `odd: "quotes" # and 'more'` + "\n<line>", Hant: "中文：是", Hans: "- 1"}
		for _, odd := range []string{"true", "1.0e3", "null", "~", "0x10", "2026-03-01", "&a *b", "{x}", "- -", "on", "60/60"} {
			p.Sources = append(p.Sources, lang.Text{En: odd}, lang.Text{En: odd, Hans: odd})
		}
		data, err := planfile.Write(p)
		if err != nil {
			t.Fatal(err)
		}
		got, problems := planfile.LoadProfile(fstest.MapFS{"p.yaml": {Data: data}}, "p.yaml")
		if problems.Err() != nil {
			t.Fatalf("%v\n%s", problems, data)
		}
		again, err := planfile.Write(got)
		if err != nil || string(again) != string(data) {
			t.Errorf("%v: written again it is\n%s\nnot\n%s", err, again, data)
		}
		if !reflect.DeepEqual(p.Sources, got.Sources) || p.Name != got.Name || !reflect.DeepEqual(p.Hours, got.Hours) {
			t.Errorf("%+v\n%+v", p, got)
		}
	}
}

// TestWrittenPlansAreReadBack: the writer knows the plan language as a whole.
func TestWrittenPlansAreReadBack(t *testing.T) {
	p, _, problems := planfile.LoadPlan(os.DirFS("testdata/good"), "everything.yaml")
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	data, err := planfile.Write(p)
	if err != nil {
		t.Fatal(err)
	}
	var got catalog.Plan
	if _, problems := planfile.Decode("plan.yaml", data, &got); problems.Err() != nil {
		t.Fatalf("%v\n%s", problems, data)
	}
	if a, b := string(catalog.Canonical(p)), string(catalog.Canonical(&got)); a != b {
		t.Errorf("read back it is another plan:\n%s\n%s", a, b)
	}
}

func TestProfileProblemsHaveTheirPlace(t *testing.T) {
	const bad = "profile: x\ntime_zone: Asia/Shanghai\nseats: {average: 10, peak: 8}\nhours:\n  - {from: 09:00, to: 08:00}\ncalls:\n  - {id: a, minuts: 3}\n"
	_, problems := planfile.LoadProfile(fstest.MapFS{"p.yaml": {Data: []byte(bad)}}, "p.yaml")
	if err := problems.Err(); err == nil || !strings.Contains(err.Error(), "did you mean minutes?") {
		t.Errorf("%v", err)
	}
	_, problems = planfile.LoadProfile(fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(bad, "minuts", "minutes", 1))}}, "p.yaml")
	err := problems.Err()
	for _, want := range []string{"p.yaml:3:28: seats.peak: the peak is below the average of 10", "p.yaml:5:23: hours[0].to: the hours end before they begin", "calls[0].length"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
}

func TestWriteRefusesWhatNoFileHolds(t *testing.T) {
	if _, err := planfile.Write(3); err == nil {
		t.Error("a number was written as a file")
	}
	if _, err := planfile.Write(struct {
		F float64 `plan:"f"`
	}{1.5}); err == nil {
		t.Error("a float was written")
	}
}

// FuzzProfile: no file makes reading, checking or planning a profile panic, and
// what is read without an error is written and read back.
func FuzzProfile(f *testing.F) {
	for _, name := range forecast.Ready() {
		data, err := planfile.Write(forecast.ReadyProfile(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := planfile.LoadProfile(fstest.MapFS{"p.yaml": {Data: data}}, "p.yaml")
		if problems.Err() != nil {
			return
		}
		_, _ = p.Plan(forecast.Plan{From: forecast.MustMonth("2026-01"), Months: 12}) // an error is an answer
		again, err := planfile.Write(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := planfile.LoadProfile(fstest.MapFS{"p.yaml": {Data: again}}, "p.yaml"); problems.Err() != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", problems, again)
		}
	})
}

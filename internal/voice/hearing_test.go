package voice_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/sip"
)

// TestWhatWasHeardCounts, where it is sure, was heard before the answer and says
// something; else the status does.
func TestWhatWasHeardCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		found  []detect.Finding
		result usage.Result
		cause  string
	}{
		{"nothing", nil, usage.NoAnswer, "18"},
		{"vacant", []detect.Finding{{Kind: detect.Spoken, Detail: "vacant", Confidence: 0.9}}, usage.Unassigned, "1"},
		{"unsure", []detect.Finding{{Kind: detect.Spoken, Detail: "vacant", Confidence: 0.79}}, usage.NoAnswer, "18"},
		{"connecting, then power off", []detect.Finding{{Kind: detect.Spoken, Detail: "connecting", Confidence: 0.9}, {Kind: detect.Spoken, Detail: "power_off", Confidence: 0.9}}, usage.NoAnswer, "20"},
		{"connecting", []detect.Finding{{Kind: detect.Spoken, Detail: "connecting", Confidence: 0.9}}, usage.NoAnswer, "18"},
		{"words before tones", []detect.Finding{{Kind: detect.Spoken, Detail: "suspended", Confidence: 0.9}, {Kind: detect.Busy, Confidence: 0.99}}, usage.Failed, "27"},
		{"busy", []detect.Finding{{Kind: detect.SIT, Detail: "VC", Confidence: 0.9}, {Kind: detect.Busy, Confidence: 0.99}}, usage.Busy, "17"},
		{"no circuit", []detect.Finding{{Kind: detect.SIT, Detail: "NC\"", Confidence: 0.97}}, usage.Congestion, "34"},
		{"no variant", []detect.Finding{{Kind: detect.SIT, Detail: detect.General, Confidence: 0.97}}, usage.NoAnswer, "18"},
		{"ringing", []detect.Finding{{Kind: detect.Ringback, Confidence: 0.97}}, usage.NoAnswer, "18"},
	} {
		r := &voice.Report{Ending: sip.Ending{By: sip.Them, Why: sip.Refused, Code: 480, Cause: 18}, Heard: &detect.Result{Findings: c.found}}
		if f := r.Fact(); f.Result != c.result || f.Cause != c.cause || f.By != "" {
			t.Errorf("%s: %s %s", c.name, f.Result, f.Cause)
		}
		if _, _, over := r.Overruled(); over != (c.cause != "18") {
			t.Errorf("%s: overruled %v", c.name, over)
		}
	}
	r := &voice.Report{Ending: sip.Ending{By: sip.Us, Why: sip.Bye, Code: 200, Cause: 16}, Times: sip.Times{Answered: time.Unix(1, 0)},
		Heard: &detect.Result{Answered: true, Decision: detect.Decision{Party: detect.Fax}, Findings: []detect.Finding{{Kind: detect.Busy, Confidence: 0.99}}}}
	if f := r.Fact(); f.Result != usage.Answered || f.By != usage.Fax {
		t.Errorf("%+v", f)
	}
	for _, c := range detect.Classes() {
		if _, _, says := voice.Means(detect.Finding{Kind: detect.Spoken, Detail: string(c)}); says == (c == detect.Connecting) {
			t.Errorf("%s says something: %v", c, says)
		}
	}
}

// hum is sound that can be a template: a buzz that changes.
func hum(d time.Duration, pitch float64) []int16 {
	out := make([]int16, d*audio.Rate/time.Second)
	for i := range out {
		x := float64(i) / audio.Rate
		for k := 1.0; k < 15; k++ {
			out[i] += int16(3000 / k * math.Sin(2*math.Pi*k*pitch*x+3*math.Sin(2*math.Pi*(1+k/5)*x)))
		}
	}
	return out
}

// TestAnnouncementsInAFolder are kept once, read again, and bounded; what does
// not belong there is said.
func TestAnnouncementsInAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "folder")
	first := hum(2*time.Second, 120)
	path, err := voice.AddAnnouncement(folder, detect.PowerOff, first)
	if err != nil {
		t.Fatal(err)
	}
	again, err := voice.AddAnnouncement(folder, detect.PowerOff, first)
	if err != nil || again != path {
		t.Errorf("%s, then %s, %v", path, again, err)
	}
	if _, err := voice.AddAnnouncement(folder, detect.Vacant, first); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("whose these are"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := voice.LoadAnnouncements(folder)
	if err != nil || len(all) != 1 || all[0].Class != detect.PowerOff || len(all[0].Samples) != len(first) {
		t.Errorf("%d announcements, %v", len(all), err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range detect.MaxTemplates {
		if err := os.WriteFile(filepath.Join(folder, "vacant-"+time.Duration(i).String()+".wav"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := voice.LoadAnnouncements(folder); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "take some away") {
		t.Error(err)
	}
	if _, err := voice.LoadAnnouncements(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that is not there was read")
	}
}

// TestCut: a part of sound, and what is no part of it.
func TestCut(t *testing.T) {
	s := hum(time.Second, 120)
	if p, err := voice.Cut(s, 200*time.Millisecond, 700*time.Millisecond); err != nil || len(p) != 4000 || p[0] != s[1600] {
		t.Errorf("%d %v", len(p), err)
	}
	for _, d := range [][2]time.Duration{{-1, 0}, {time.Second, 0}, {0, 2 * time.Second}, {500 * time.Millisecond, 400 * time.Millisecond}} {
		if _, err := voice.Cut(s, d[0], d[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", d, err)
		}
	}
}

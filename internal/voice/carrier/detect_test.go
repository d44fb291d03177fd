package carrier_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/corpus"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

// speaker is the voice of these tests.
var speaker = corpus.Voice{Name: "cmn+f2", Speed: 330, Pitch: 50}

// say writes what was said, and a rest behind it, into a WAV.
func say(t *testing.T, path, text string, rest time.Duration) []int16 {
	t.Helper()
	said, err := corpus.Say(speaker, text)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, len(said), len(said)+int(rest*audio.Rate/time.Second))
	for i, s := range said {
		out[i] = s / 3
	}
	out = out[:cap(out)]
	data := make([]byte, len(out))
	audio.ALaw.EncodeTo(data, out)
	if err := os.WriteFile(path, append(audio.Header(audio.ALaw, 1, int64(len(data))), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// speaking is a carrier whose lines speak.
func speaking(t *testing.T) *world {
	lines := &script.Script{Name: "speaking", Lines: []script.Line{
		{To: "1", Does: script.Answer, Sound: "person.wav"},
		{To: "2", Does: script.Machine, Sound: "machine.wav"},
		{To: "3", Does: script.Announcement, Sound: "vacant.wav", Ring: script.Span(6 * time.Second), Code: 480, Reason: "Temporarily Unavailable"},
		{To: "*", Does: script.Announcement, Ring: script.Span(1500 * time.Millisecond), Code: 480},
	}}
	return open(t, func(c *carrier.Config) {
		c.Script = lines
		say(t, filepath.Join(c.Folder, "person.wav"), "喂，你好", 6*time.Second)
		say(t, filepath.Join(c.Folder, "machine.wav"), "您好，我现在不能接听电话，请留言", 0)
		say(t, filepath.Join(c.Folder, "vacant.wav"), "您拨打的号码是空号，请核对后再拨", time.Second)
	})
}

// TestAPersonIsSpokenToAtOnce: what is played begins when the person waits for it.
func TestAPersonIsSpokenToAtOnce(t *testing.T) {
	w := speaking(t)
	r, _ := w.call(voice.Order{To: "1", Detect: &detect.Config{}, Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(300 * time.Millisecond)})
	d := r.Heard.Decision
	if d.Party != detect.Person || d.Reason != detect.ShortGreeting || d.Confidence < 0.8 || d.At > 3*time.Second || r.Fact().By != usage.Person {
		t.Errorf("%+v", d)
	}
	if r.Ending.By != sip.Us || r.Fact().Result != usage.Answered {
		t.Errorf("%+v", r.Ending)
	}
}

// TestAMachineIsSpokenToAfterItsBeep, which is found where it is.
func TestAMachineIsSpokenToAfterItsBeep(t *testing.T) {
	w := speaking(t)
	r, ours, theirs := w.recorded(voice.Order{To: "2", Detect: &detect.Config{}, Play: audio.Tone{Hertz: []float64{1500}, Level: 0.4}.Samples(300 * time.Millisecond)})
	beep, ok := r.Heard.Beep()
	if d := r.Heard.Decision; d.Party != detect.Machine || d.Reason != detect.ThenBeep || !ok || r.Fact().By != usage.Machine {
		t.Fatalf("%+v %+v", d, r.Heard.Findings)
	}
	at, message := starts(theirs, 1000), starts(ours, 1500)
	if off := (beep.From - at).Abs(); off > 200*time.Millisecond || beep.Hertz < 990 || beep.Hertz > 1010 {
		t.Errorf("the beep is at %v and was found at %v, %.0f Hz", at, beep.From, beep.Hertz)
	}
	if message < at+400*time.Millisecond {
		t.Errorf("the message begins at %v, the beep at %v", message, at)
	}
}

// starts is where a frequency is first heard for 100 ms.
func starts(samples []int16, hertz float64) time.Duration {
	run := 0
	for f := 0; (f+1)*audio.FrameSamples <= len(samples); f++ {
		part := samples[f*audio.FrameSamples : (f+1)*audio.FrameSamples]
		if run++; audio.Power(part, hertz) < 0.8 || audio.Loudness(part) < 500 {
			run = 0
		}
		if run == 5 {
			return time.Duration(f-4) * 20 * time.Millisecond
		}
	}
	return 0
}

// TestWhatIsAnnouncedCounts for more than the status that follows it: the same
// number without announcements known is one that did not answer.
func TestWhatIsAnnouncedCounts(t *testing.T) {
	w := speaking(t)
	folder := filepath.Join(w.folder, "announcements")
	labelled := say(t, filepath.Join(w.folder, "label.wav"), "您拨打的号码是空号，请核对后再拨", 0)
	if _, err := voice.AddAnnouncement(folder, detect.Vacant, labelled); err != nil {
		t.Fatal(err)
	}
	all, err := voice.LoadAnnouncements(folder)
	if err != nil {
		t.Fatal(err)
	}
	known, err := detect.NewTemplates(all)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := w.call(voice.Order{To: "3", Detect: &detect.Config{Recogniser: known}})
	if f := r.Fact(); f.Result != usage.Unassigned || f.Cause != "1" || r.Ending.Code != 480 || r.Answered() {
		t.Errorf("%s %s %+v", f.Result, f.Cause, r.Heard.Findings)
	}
	r, _ = w.call(voice.Order{To: "4", Detect: &detect.Config{}})
	if f := r.Fact(); f.Result != usage.Unassigned || len(r.Heard.Findings) == 0 || r.Heard.Findings[0].Kind != detect.SIT || r.Heard.Findings[0].Detail != "VC" {
		t.Errorf("%s %+v", f.Result, r.Heard.Findings)
	}
	r, _ = w.call(voice.Order{To: "4"})
	if f := r.Fact(); f.Result != usage.NoAnswer || r.Heard != nil {
		t.Errorf("%s %+v", f.Result, r.Heard)
	}
}

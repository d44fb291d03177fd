package voice_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
	"waihu/internal/voice"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/record"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// TestAFactTellsHowItSoundedAndWhereItIsKept: quality in both directions, as far
// as it is known, and the recording with its digest.
func TestAFactTellsHowItSoundedAndWhereItIsKept(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	r := &voice.Report{ID: "x", To: "100", Ending: sip.Ending{By: sip.Them, Why: sip.Bye, Code: 200, Cause: 16}, Recording: "x.wav", Sum: record.Sum{SHA256: strings.Repeat("0a", 32)},
		Times:   sip.Times{Placed: at, Trying: at.Add(time.Millisecond), Ringing: at.Add(time.Second), Answered: at.Add(2 * time.Second), Ended: at.Add(9 * time.Second)},
		Figures: rtp.Figures{Heard: rtp.Quality{Expected: 350, Lost: 4, Jitter: 5 * time.Millisecond}}}
	c := r.Fact().Course
	if why := c.Wrong(); why != "" || c.EndedBy != usage.TheirSide || c.Trying == 0 || c.Ringing == 0 || c.Early != 0 || c.Heard.MOS < 400 || c.Heard.Lost != 4 ||
		c.Told != (usage.Quality{}) || c.Recording != "x.wav" || c.RecordingSHA256 != r.Sum.SHA256 {
		t.Errorf("%s %+v", why, c)
	}
}

// TestEveryEndingIsAFact: whatever ended an attempt, its fact can be written, and
// its result is what the ending says.
func TestEveryEndingIsAFact(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	w := cdr.NewWriter(io.Discard)
	for _, c := range []struct {
		ending   sip.Ending
		answered bool
		want     usage.Result
	}{
		{sip.Ending{Why: sip.Bye, Code: 200}, true, usage.Answered}, {sip.Ending{Why: sip.Expired, Code: 408}, true, usage.Answered},
		{sip.Ending{Why: sip.NotAnswered, Code: 487}, false, usage.NoAnswer}, {sip.Ending{Why: sip.NoResponse, Code: 408}, false, usage.NoAnswer},
		{sip.Ending{Why: sip.Canceled, Code: 487}, false, usage.Canceled}, {sip.Ending{Why: sip.Unreachable, Code: 503}, false, usage.Congestion},
		{sip.Ending{Why: sip.Refused, Code: 486}, false, usage.Busy}, {sip.Ending{Why: sip.Refused, Code: 600}, false, usage.Busy},
		{sip.Ending{Why: sip.Refused, Code: 480}, false, usage.NoAnswer}, {sip.Ending{Why: sip.Refused, Code: 607}, false, usage.Rejected},
		{sip.Ending{Why: sip.Refused, Code: 404}, false, usage.Unassigned}, {sip.Ending{Why: sip.Refused, Code: 503}, false, usage.Congestion},
		{sip.Ending{Why: sip.Refused, Code: 302}, false, usage.Failed}, {sip.Ending{Why: sip.NotAgreed, Code: 488}, false, usage.Failed},
	} {
		r := &voice.Report{ID: "x", To: "100", Ending: c.ending, Times: sip.Times{Placed: at, Ended: at.Add(10 * time.Second)}}
		if c.answered {
			r.Times.Answered = at.Add(4 * time.Second)
		}
		f := r.Fact()
		if f.Result != c.want || f.Total != 10*time.Second || c.answered != (f.Talk == 6*time.Second) {
			t.Errorf("%+v: %+v", c.ending, f)
		}
		if f.Course == nil || f.Course.Status != int64(c.ending.Code) || f.Course.Why != string(c.ending.Why) || f.Course.Heard.Packets != 0 {
			t.Errorf("%+v: its course is %+v", c.ending, f.Course)
		}
		if err := w.Call(f); err != nil {
			t.Error(err)
		}
	}
}

// TestAFactTellsWhatWasHeard: who answered, or why nobody did.
func TestAFactTellsWhatWasHeard(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r := &voice.Report{ID: "x", To: "100", Times: sip.Times{Placed: at, Ended: at.Add(10 * time.Second)}, Ending: sip.Ending{Why: sip.Refused, Code: 480}}
	r.Heard = &detect.Result{Decision: detect.Decision{Party: detect.Machine, Confidence: 0.985}, Findings: []detect.Finding{{Kind: detect.Spoken, Detail: "vacant", Confidence: 0.93}}}
	if c := r.Fact().Course; c.Detected != "spoken vacant" || c.Sure != 93 {
		t.Errorf("before the answer: %q, %d %%", c.Detected, c.Sure)
	}
	r.Times.Answered = at.Add(4 * time.Second)
	if c := r.Fact().Course; c.Detected != "machine" || c.Sure != 99 {
		t.Errorf("after it: %q, %d %%", c.Detected, c.Sure)
	}
	r.Heard = nil
	if c := r.Fact().Course; c.Detected != "" || c.Sure != 0 {
		t.Errorf("nobody listened: %q, %d %%", c.Detected, c.Sure)
	}
}

package detect_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
)

// sound is put together of tones and rests.
type sound []int16

func (s sound) rest(d time.Duration) sound {
	return append(s, make([]int16, int(d*audio.Rate/time.Second))...)
}

func (s sound) tone(d time.Duration, hz ...float64) sound {
	return append(s, audio.Tone{Hertz: hz, Level: 0.3}.Samples(d)...)
}

// voice is a voice of a kind: a buzz whose pitch glides and whose loudness goes
// up and down four times a second, as syllables do.
func (s sound) voice(d time.Duration) sound {
	var phase float64
	n := int(d * audio.Rate / time.Second)
	for i := range n {
		t := float64(i) / audio.Rate
		phase += 2 * math.Pi * (150 + 40*math.Sin(2*math.Pi*1.7*t)) / audio.Rate
		var v float64
		for k := 1.0; k < 20; k++ {
			v += math.Sin(k*phase) / k
		}
		s = append(s, int16(6000*v*math.Abs(math.Sin(2*math.Pi*2*t))))
	}
	return s
}

const ms = time.Millisecond

// hear lets a detector hear it; answered from the beginning on, or never.
func hear(s sound, answered bool, c detect.Config) detect.Result {
	d := detect.New(c)
	if answered {
		d.Answered()
	}
	for ; len(s) >= audio.FrameSamples; s = s[audio.FrameSamples:] {
		d.Frame(s[:audio.FrameSamples], true)
	}
	return d.Result()
}

// TestCadences: every tone of every plan is told with its plan, though it begins
// anywhere, and a tone that is no plan's is not.
func TestCadences(t *testing.T) {
	for _, c := range []struct {
		kind    detect.Kind
		where   string
		hz      []float64
		cadence []time.Duration
	}{
		{detect.Busy, "CN", []float64{450}, []time.Duration{350 * ms, 350 * ms}},
		{detect.Congestion, "CN", []float64{450}, []time.Duration{700 * ms, 700 * ms}},
		{detect.Ringback, "CN", []float64{450}, []time.Duration{1000 * ms, 4000 * ms}},
		{detect.Busy, "HK TW US", []float64{480, 620}, []time.Duration{500 * ms, 500 * ms}},
		{detect.Congestion, "HK TW US", []float64{480, 620}, []time.Duration{250 * ms, 250 * ms}},
		{detect.Ringback, "US", []float64{440, 480}, []time.Duration{2000 * ms, 4000 * ms}},
		{detect.Ringback, "TW", []float64{440, 480}, []time.Duration{1000 * ms, 2000 * ms}},
		{detect.Ringback, "HK", []float64{440, 480}, []time.Duration{400 * ms, 200 * ms, 400 * ms, 3000 * ms}},
		{detect.Busy, "EU", []float64{425}, []time.Duration{500 * ms, 500 * ms}},
		{detect.Congestion, "GB", []float64{400}, []time.Duration{400 * ms, 350 * ms, 225 * ms, 525 * ms}},
		{detect.Ringback, "GB", []float64{400, 450}, []time.Duration{400 * ms, 200 * ms, 400 * ms, 2000 * ms}},
		{"", "", []float64{700}, []time.Duration{350 * ms, 350 * ms}},
		{"", "", []float64{450}, []time.Duration{100 * ms, 900 * ms}},
	} {
		s := sound{}.rest(130 * ms)
		for range 4 {
			for i, d := range c.cadence {
				if i%2 == 0 {
					s = s.tone(d, c.hz...)
				} else {
					s = s.rest(d)
				}
			}
		}
		got := hear(s, false, detect.Config{}).Findings
		switch {
		case c.kind == "" && len(got) == 0:
		case len(got) != 1 || got[0].Kind != c.kind || got[0].Detail != c.where || got[0].Confidence < 0.85:
			t.Errorf("%s of %s: %+v", c.kind, c.where, got)
		}
	}
}

// TestInformationTones: all variants are told apart, and what falls instead of
// rising is none.
func TestInformationTones(t *testing.T) {
	const low, high, low2, high2 = 913.8, 985.2, 1370.6, 1428.5
	for want, v := range map[string]struct {
		a, b float64
		x, y time.Duration
	}{"IC": {low, low2, 274 * ms, 274 * ms}, "VC": {high, low2, 380 * ms, 274 * ms}, "RO'": {low, high2, 274 * ms, 380 * ms}, "RO\"": {high, low2, 274 * ms, 380 * ms},
		"NC'": {high, high2, 380 * ms, 380 * ms}, "NC\"": {low, low2, 380 * ms, 380 * ms}, "#1": {low, high2, 380 * ms, 274 * ms}, "#2": {high, high2, 274 * ms, 274 * ms},
		detect.General: {950, 1400, 330 * ms, 330 * ms}, "": {high2, low, 380 * ms, 380 * ms}} {
		for _, gap := range []time.Duration{0, 30 * ms} {
			got := hear(sound{}.rest(90*ms).tone(v.x, v.a).rest(gap).tone(v.y, v.b).rest(gap).tone(380*ms, 1776.7).rest(300*ms), false, detect.Config{}).Findings
			if want == "" && len(got) == 0 {
				continue
			}
			if len(got) != 1 || got[0].Kind != detect.SIT || got[0].Detail != want {
				t.Errorf("%s with gaps of %v: %+v", want, gap, got)
			}
		}
	}
}

// TestKeys: all sixteen, pressed for 60 ms; a pair that is no key is none.
func TestKeys(t *testing.T) {
	s := sound{}
	for _, row := range []float64{697, 770, 852, 941} {
		for _, column := range []float64{1209, 1336, 1477, 1633} {
			s = s.tone(60*ms, row, column).rest(80 * ms)
		}
	}
	s = s.tone(100*ms, 697, 1270).rest(80 * ms)
	if got := hear(s, true, detect.Config{}).Keys; got != "123A456B789C*0#D" {
		t.Errorf("heard %q", got)
	}
}

// TestBeeps: a tone of any frequency is a beep when it comes after speech and
// before rest, and nothing else is.
func TestBeeps(t *testing.T) {
	greeting := sound{}.rest(200 * ms).voice(1500 * ms)
	for _, hz := range []float64{425, 700, 1000, 1400, 2000} {
		for _, d := range []time.Duration{160 * ms, 400 * ms, 1000 * ms} {
			r := hear(append(sound{}, greeting...).rest(300*ms).tone(d, hz).rest(1200*ms), true, detect.Config{})
			b, ok := r.Beep()
			if !ok || math.Abs(b.Hertz-hz) > 4 || (b.From-2000*ms).Abs() > 40*ms || (b.To-b.From-d).Abs() > 50*ms || r.Decision.Party != detect.Machine || r.Decision.Reason != detect.ThenBeep {
				t.Errorf("%.0f Hz for %v: %+v", hz, d, r)
			}
		}
	}
	for name, s := range map[string]sound{
		"nothing said":  sound{}.rest(time.Second).tone(400*ms, 1000).rest(time.Second),
		"no rest":       append(sound{}, greeting...).rest(300*ms).tone(400*ms, 1000).voice(time.Second),
		"too long":      append(sound{}, greeting...).rest(300*ms).tone(1500*ms, 1000).rest(time.Second),
		"a key":         append(sound{}, greeting...).rest(300*ms).tone(200*ms, 770, 1336).rest(time.Second),
		"a tune":        append(sound{}, greeting...).rest(300*ms).tone(300*ms, 500).rest(600*ms).tone(300*ms, 600).rest(100*ms).tone(300*ms, 700).rest(100*ms).tone(300*ms, 800).rest(time.Second),
		"a busy tone":   append(sound{}, greeting...).rest(300*ms).tone(350*ms, 450).rest(350*ms).tone(350*ms, 450).rest(350*ms).tone(350*ms, 450).rest(350*ms).tone(350*ms, 450).rest(350 * ms),
		"speech itself": append(sound{}, greeting...).rest(time.Second).voice(400 * ms).rest(time.Second),
	} {
		if r := hear(s, true, detect.Config{}); r.Decision.Party == detect.Machine {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestFax: the tone of a fax that answers, and of one that calls.
func TestFax(t *testing.T) {
	r := hear(sound{}.rest(time.Second).tone(2900*ms, 2100).rest(ms), true, detect.Config{})
	if r.Decision.Party != detect.Fax || r.Findings[0].Detail != "CED" || r.Decision.At > 2200*ms {
		t.Errorf("%+v", r)
	}
	r = hear(sound{}.rest(time.Second).tone(500*ms, 1100).rest(3*time.Second).tone(500*ms, 1100).rest(time.Second), true, detect.Config{})
	if r.Decision.Party != detect.Fax || len(r.Findings) != 1 || r.Findings[0].Detail != "CNG" {
		t.Errorf("%+v", r)
	}
}

// TestWhoAnswered, by time alone, and that what is undecided is a person.
func TestWhoAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		s      sound
		party  detect.Party
		reason detect.Reason
	}{
		"a word, then it waits":   {sound{}.rest(300 * ms).voice(600 * ms).rest(2 * time.Second), detect.Person, detect.ShortGreeting},
		"it talks at once":        {sound{}.voice(700 * ms).rest(2 * time.Second), detect.Person, detect.ShortGreeting},
		"it talks on":             {sound{}.rest(300 * ms).voice(6 * time.Second), detect.Machine, detect.LongGreeting},
		"it talks on at once":     {sound{}.voice(6 * time.Second), detect.Machine, detect.LongGreeting},
		"nobody speaks":           {sound{}.rest(5 * time.Second), detect.Person, detect.NoVoice},
		"hung up before a word":   {sound{}.rest(time.Second), detect.Person, detect.NoVoice},
		"hung up within a word":   {sound{}.rest(300 * ms).voice(400 * ms), detect.Person, detect.Undecided},
		"it talks with waiting":   {sound{}.rest(300 * ms).voice(2500 * ms).rest(750 * ms).voice(2500 * ms).rest(750 * ms).voice(2500 * ms).rest(750 * ms), detect.Person, detect.Undecided},
		"a word, much later":      {sound{}.rest(3 * time.Second).voice(500 * ms).rest(1500 * ms), detect.Person, detect.ShortGreeting},
		"a longer word, it waits": {sound{}.rest(200 * ms).voice(3 * time.Second).rest(2 * time.Second), detect.Person, detect.ShortGreeting},
	} {
		d := hear(c.s, true, detect.Config{}).Decision
		if d.Party != c.party || d.Reason != c.reason || d.Confidence < 0.5 || d.Confidence > 1 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestLostFramesAreNoRest: a busy tone with lost packets is one, and a side that
// sends nothing is silent.
func TestLostFramesAreNoRest(t *testing.T) {
	s := sound{}.rest(100 * ms)
	for range 5 {
		s = s.tone(500*ms, 425).rest(500 * ms)
	}
	d := detect.New(detect.Config{})
	for f := 0; (f+1)*audio.FrameSamples <= len(s); f++ {
		frame := s[f*audio.FrameSamples : (f+1)*audio.FrameSamples]
		if f%9 == 4 {
			d.Frame(make([]int16, audio.FrameSamples), false)
		} else {
			d.Frame(frame, true)
		}
	}
	if r := d.Result(); len(r.Findings) != 1 || r.Findings[0].Kind != detect.Busy {
		t.Errorf("%+v", r)
	}
	d = detect.New(detect.Config{})
	d.Answered()
	for range 250 {
		d.Frame(make([]int16, audio.FrameSamples), false)
	}
	if r := d.Result(); r.Decision.Reason != detect.NoVoice {
		t.Errorf("%+v", r)
	}
}

// TestWhatIsKeptIsBounded, and a finding in early media that says most counts.
func TestWhatIsKeptIsBounded(t *testing.T) {
	s := sound{}.voice(time.Second)
	for range 150 {
		s = s.tone(60*ms, 697, 1209).rest(80 * ms)
	}
	for range 60 {
		s = s.voice(400*ms).rest(100*ms).tone(200*ms, 1000).rest(900 * ms)
	}
	r := hear(s, true, detect.Config{})
	if len(r.Keys) > 100 || len(r.Findings) > 32 {
		t.Errorf("%d keys and %d findings are kept", len(r.Keys), len(r.Findings))
	}
	r = detect.Result{Findings: []detect.Finding{{Kind: detect.SIT, Confidence: 0.9}, {Kind: detect.Spoken, Detail: "vacant", Confidence: 0.9}, {Kind: detect.Busy, Confidence: 0.99},
		{Kind: detect.Spoken, Detail: "talking", Confidence: 0.6}, {Kind: detect.Spoken, Detail: "barred", Confidence: 0.9, Answered: true}}}
	if f, ok := r.Cause(); !ok || f.Detail != "vacant" {
		t.Errorf("%+v", f)
	}
}

// TestTemplatesThatCannotBe say what to do.
func TestTemplatesThatCannotBe(t *testing.T) {
	said := sound{}.voice(2 * time.Second)
	for says, l := range map[string][]detect.Labelled{
		"no class":       {{Class: "singing", Name: "a", Samples: said}},
		"of voice":       {{Class: detect.Vacant, Name: "a", Samples: said[:4000]}},
		"15 s at most":   {{Class: detect.Vacant, Name: "a", Samples: sound{}.voice(16 * time.Second)}},
		"at most 200":    make([]detect.Labelled, 201),
		"0.0 s of voice": {{Class: detect.Vacant, Name: "a", Samples: sound{}.rest(3 * time.Second)}},
	} {
		if _, err := detect.NewTemplates(l); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestAnAnnouncementIsToldOnce each time it is said, and is surer when it is
// said again.
func TestAnAnnouncementIsToldOnce(t *testing.T) {
	said := sound{}.voice(1500 * ms).rest(200 * ms).voice(1700 * ms)
	known, err := detect.NewTemplates([]detect.Labelled{{Class: detect.PowerOff, Name: "a", Samples: said}})
	if err != nil {
		t.Fatal(err)
	}
	twice := append(append(sound{}.rest(300*ms), said...).rest(time.Second), said...).rest(2 * time.Second)
	got := hear(twice, false, detect.Config{Recogniser: known}).Findings
	if len(got) != 2 || got[0].Detail != "power_off" || got[1].Confidence < got[0].Confidence {
		t.Errorf("%+v", got)
	}
}

// FuzzDetector: whatever is heard, nothing breaks, confidences are shares, and
// the same is found again.
func FuzzDetector(f *testing.F) {
	f.Add([]byte("some sound"), true)
	f.Add([]byte{0, 255, 128, 7, 1}, false)
	known, err := detect.NewTemplates([]detect.Labelled{{Class: detect.Vacant, Name: "a", Samples: sound{}.voice(2 * time.Second)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte, answered bool) {
		if len(b) == 0 || len(b) > 4000 {
			return
		}
		s := make(sound, 100*audio.FrameSamples)
		for i := range s {
			s[i] = int16(b[i%len(b)])<<8 | int16(b[(i*7+i/len(b))%len(b)])
		}
		c := detect.Config{Recogniser: known}
		one, two := hear(s, answered, c), hear(s, answered, c)
		if len(one.Findings) != len(two.Findings) || one.Decision != two.Decision || one.Keys != two.Keys {
			t.Errorf("%+v\n%+v", one, two)
		}
		for _, f := range one.Findings {
			if !(f.Confidence > 0 && f.Confidence <= 1) || f.To < f.From || f.From < 0 {
				t.Errorf("%+v", f)
			}
		}
		if d := one.Decision; answered && (d.Party == "" || !(d.Confidence > 0 && d.Confidence <= 1)) {
			t.Errorf("%+v", d)
		}
	})
}

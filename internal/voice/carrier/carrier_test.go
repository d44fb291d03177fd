package carrier_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

func ms(n time.Duration) script.Span { return script.Span(n * time.Millisecond) }

// quick is a script whose calls take little time.
var quick = script.Script{Name: "quick", Lines: []script.Line{
	{To: "1", Does: script.Answer, Ring: ms(20), Talk: ms(900)},
	{To: "2", Does: script.Busy},
	{To: "3", Does: script.NoAnswer},
	{To: "4", Does: script.Machine, Sound: "greeting.wav"},
	{To: "5", Does: script.Announcement, Ring: ms(700)},
	{To: "6", Does: script.Answer, Loss: 0.2, Jitter: ms(15)},
	{To: "7", Does: script.Refuse, Retry: script.Span(30 * time.Second)},
	{To: "*", Does: script.Answer},
}}

// world is a carrier and a telephone that calls it.
type world struct {
	t      *testing.T
	c      *carrier.Carrier
	phone  *sip.Endpoint
	ports  *rtp.Ports
	told   chan carrier.Told
	folder string
}

func open(t *testing.T, change func(*carrier.Config)) *world {
	t.Helper()
	w := &world{t: t, told: make(chan carrier.Told, 10), folder: t.TempDir()}
	home := netip.MustParseAddr("127.0.0.1")
	theirs, err := rtp.NewPorts(home, 15200, 15299)
	if err != nil {
		t.Fatal(err)
	}
	if w.ports, err = rtp.NewPorts(home, 15300, 15399); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, audio.Rate)
	audio.MuLaw.EncodeTo(said, audio.Tone{Hertz: []float64{600}, Level: 0.5}.Samples(time.Second))
	if err := os.WriteFile(filepath.Join(w.folder, "greeting.wav"), append(audio.Header(audio.MuLaw, 1, int64(len(said))), said...), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := carrier.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Ports: theirs, Script: &quick, Folder: w.folder, Tell: func(told carrier.Told) { w.told <- told }}
	if change != nil {
		change(&cfg)
	}
	if w.c, err = carrier.Open(cfg); err != nil {
		t.Fatal(err)
	}
	if w.phone, err = sip.Open(sip.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.phone.Close(); err != nil {
			t.Error(err)
		}
		if err := w.c.Close(); err != nil {
			t.Error(err)
		}
		if n := theirs.Lent() + w.ports.Lent(); n != 0 {
			t.Errorf("%d pairs of ports did not come back", n)
		}
	})
	return w
}

// call places a call and waits for what both sides say of it.
func (w *world) call(o voice.Order) (*voice.Report, carrier.Told) {
	w.t.Helper()
	o.Number = o.To
	o.To = "sip:" + o.To + "@" + w.c.Addr().String()
	r, err := voice.Place(context.Background(), w.phone, w.ports, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r, <-w.told
}

// recorded places a call that is recorded, and reads the two channels.
func (w *world) recorded(o voice.Order) (r *voice.Report, ours, theirs []int16) {
	w.t.Helper()
	path := filepath.Join(w.folder, "call.wav")
	f, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	o.Record = f
	r, _ = w.call(o)
	in, err := os.Open(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer in.Close()
	sound, err := audio.ReadWAV(in)
	if err != nil {
		w.t.Fatal(err)
	}
	if r.Sum.SHA256 == "" || r.Sum.Length != time.Duration(len(sound.Channels[0]))*time.Second/audio.Rate {
		w.t.Errorf("%+v", r.Sum)
	}
	return r, sound.Channels[0], sound.Channels[1]
}

// longest is how many samples in a row have a frequency.
func longest(samples []int16, hertz float64) int {
	run, most := 0, 0
	for ; len(samples) >= audio.FrameSamples; samples = samples[audio.FrameSamples:] {
		part := samples[:audio.FrameSamples]
		if audio.Power(part, hertz) > 0.8 && audio.Loudness(part) > 500 {
			run += audio.FrameSamples
		} else {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// TestACallIsHeardAndKept: what each side said is on its own channel of the
// recording, in both laws; keys arrive; the fact has its times.
func TestACallIsHeardAndKept(t *testing.T) {
	w := open(t, nil)
	for _, law := range []audio.Law{audio.ALaw, audio.MuLaw} {
		r, ours, theirs := w.recorded(voice.Order{To: "1", From: "02012345678", Talk: 5 * time.Second, Law: []audio.Law{law},
			Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(400 * time.Millisecond)})
		if r.Law != law || r.Ending.By != sip.Them || r.Ending.Why != sip.Bye {
			t.Errorf("%s, %+v", r.Law, r.Ending)
		}
		if n := longest(ours, 1000); n < 380*8 || n > 420*8 || longest(theirs, 1000) > 0 {
			t.Errorf("%s: our tone has %d samples of 3200 on our channel", law, n)
		}
		if n := longest(theirs, 440); n < 500*8 || longest(ours, 440) > 0 {
			t.Errorf("%s: their tone has %d samples on theirs", law, n)
		}
		if h := r.Figures.Heard; h.Expected < 20 || h.MOS() < 3 || r.Figures.Injected != 0 {
			t.Errorf("%+v", r.Figures)
		}
		f := r.Fact()
		if f.Result != usage.Answered || f.Talk <= 0 || f.Talk > f.Total || f.Start == 0 || f.Answer < f.Start || f.End < f.Answer || f.To != "1" || f.Cause != "16" {
			t.Errorf("%+v", f)
		}
	}
}

// TestKeysArrive while something is played: they are sent first, and the rest of
// the sound after them.
func TestKeysArrive(t *testing.T) {
	w := open(t, nil)
	r, told := w.call(voice.Order{To: "9", Keys: "1#", Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(600 * time.Millisecond)})
	if told.Keys != "1#" || r.Ending.By != sip.Us || told.Ending.By != sip.Them || told.From != "anonymous" {
		t.Errorf("%+v, %+v", told, r.Ending)
	}
}

// TestWhatACallCanCome to: each with its result, side and cause, and nothing
// half told.
func TestWhatACallCanComeTo(t *testing.T) {
	w := open(t, nil)
	for _, c := range []struct {
		to     string
		result usage.Result
		by     sip.Side
		code   int
		cause  string
	}{{"2", usage.Busy, sip.Them, 486, "17"}, {"3", usage.NoAnswer, sip.Us, 487, "19"}, {"5", usage.Unassigned, sip.Them, 404, "1"}, {"7", usage.Congestion, sip.Them, 503, "34"}} {
		o := voice.Order{To: c.to}
		if c.to == "3" {
			o.Ring = 300 * time.Millisecond
		}
		r, _ := w.call(o)
		f := r.Fact()
		if f.Result != c.result || r.Ending.By != c.by || r.Ending.Code != c.code || f.Cause != c.cause || f.Answer != 0 || f.Talk != 0 || r.Answered() {
			t.Errorf("%s: %+v, %+v", c.to, f, r.Ending)
		}
		if c.to == "7" && r.Ending.Retry != 30*time.Second {
			t.Errorf("%+v", r.Ending)
		}
	}
}

// TestEarlySoundIsKept: what a carrier says before it refuses is heard and
// recorded, and its answer is not an answer.
func TestEarlySoundIsKept(t *testing.T) {
	w := open(t, nil)
	r, _, theirs := w.recorded(voice.Order{To: "5"})
	if r.Times.Early.IsZero() || r.Answered() {
		t.Errorf("%+v", r.Times)
	}
	if audio.Loudness(theirs) < 500 {
		t.Errorf("the announcement is %.0f loud", audio.Loudness(theirs))
	}
}

// TestAMachineGreetsAndBeeps: the greeting is the file of the script, the beep
// comes after it.
func TestAMachineGreetsAndBeeps(t *testing.T) {
	w := open(t, nil)
	_, _, theirs := w.recorded(voice.Order{To: "4", Talk: 2200 * time.Millisecond})
	if n := longest(theirs, 600); n < 900*8 {
		t.Errorf("the greeting has %d samples", n)
	}
	if n := longest(theirs, 1000); n < 300*8 {
		t.Errorf("the beep has %d samples", n)
	}
}

// TestABadLineIsMeasured: a fifth of the packets is lost, and the score says so. It is
// held against the same call without its losses: a busy machine makes packets late on any call.
func TestABadLineIsMeasured(t *testing.T) {
	w := open(t, nil)
	good, _ := w.call(voice.Order{To: "9", Talk: 1500 * time.Millisecond})
	poor, _ := w.call(voice.Order{To: "6", Talk: 1500 * time.Millisecond})
	g, p := good.Figures.Heard, poor.Figures.Heard
	spared := p
	spared.Lost, spared.Gaps = g.Lost, g.Gaps
	if g.Lost != 0 || p.Lost < 5 || p.Lost > 30 || p.MOS() >= spared.MOS()-0.5 || p.Jitter <= 0 {
		t.Errorf("good %+v %.2f\npoor %+v %.2f, without losses %.2f", g, g.MOS(), p, p.MOS(), spared.MOS())
	}
}

// TestLogInIsAsked: without a log-in a call is refused, with it it is taken.
func TestLogInIsAsked(t *testing.T) {
	w := open(t, func(c *carrier.Config) { c.User, c.Secret = "alice", "secret" })
	to := "sip:2@" + w.c.Addr().String()
	r, err := voice.Place(context.Background(), w.phone, w.ports, voice.Order{To: to})
	if err != nil || r.Ending.Code != 401 || r.Fact().Result != usage.Failed {
		t.Errorf("%+v, %v", r, err)
	}
	if r, _ = w.call(voice.Order{To: "2", User: "alice", Secret: "secret"}); r.Ending.Code != 486 {
		t.Errorf("%+v", r.Ending)
	}
}

// TestHoldIsHeardByNobody: while the other side is on hold it sends nothing, the
// recording is silent for as long, and afterwards it is heard again.
func TestHoldIsHeardByNobody(t *testing.T) {
	w := open(t, nil)
	r, _, theirs := w.recorded(voice.Order{To: "9", Hold: 600 * time.Millisecond, Talk: 1500 * time.Millisecond})
	if r.Held != nil || r.Sum.Paused < 500*time.Millisecond || r.Sum.Paused > time.Second {
		t.Errorf("%v, %+v", r.Held, r.Sum)
	}
	last := theirs[len(theirs)-audio.Rate/5:]
	if audio.Power(last, 440) < 0.8 {
		t.Error("after the hold they are not heard again")
	}
	if n := r.Figures.Received; n > 60 { // 75 frames would come without the hold
		t.Errorf("%d packets came", n)
	}
}

// TestStopEndsACall before and after the answer.
func TestStopEndsACall(t *testing.T) {
	w := open(t, nil)
	for _, to := range []string{"3", "9"} {
		ctx, stop := context.WithTimeout(context.Background(), 400*time.Millisecond)
		r, err := voice.Place(ctx, w.phone, w.ports, voice.Order{To: "sip:" + to + "@" + w.c.Addr().String(), Talk: time.Hour})
		stop()
		<-w.told
		if err != nil {
			t.Fatal(err)
		}
		if r.Ending.By != sip.Us || r.Answered() != (to == "9") {
			t.Errorf("%s: %+v", to, r.Ending)
		}
	}
}

// TestWhatCannotBegin says why: no port, no place for a recording, no sound, a
// sound outside the folder.
func TestWhatCannotBegin(t *testing.T) {
	w := open(t, nil)
	few, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), 15400, 15401)
	if err != nil {
		t.Fatal(err)
	}
	held, err := voice.NewLeg(few)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := voice.Place(context.Background(), w.phone, few, voice.Order{To: "sip:1@127.0.0.1"}); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	if sum, err := held.Close(); err != nil || sum.SHA256 != "" {
		t.Error(sum, err)
	}
	closed, err := os.Create(filepath.Join(w.folder, "closed.wav"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	r, err := voice.Place(context.Background(), w.phone, w.ports, voice.Order{To: "sip:9@" + w.c.Addr().String(), Record: closed, Talk: 100 * time.Millisecond})
	<-w.told
	if err == nil && r.Answered() {
		t.Error("a recording that cannot be written is not said")
	}
	for _, name := range []string{"../greeting.wav", "missing.wav"} {
		s := script.Script{Lines: []script.Line{{To: "*", Does: script.Answer, Sound: name}}}
		if _, err := carrier.Open(carrier.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Script: &s, Folder: w.folder}); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(name, "../")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEncryptedCallsAreHeard and kept as any other; who encrypts and who does not
// do not talk to each other.
func TestEncryptedCallsAreHeard(t *testing.T) {
	w := open(t, func(c *carrier.Config) { c.SRTP = true })
	r, ours, theirs := w.recorded(voice.Order{To: "1", SRTP: true, Talk: 5 * time.Second, Keys: "5",
		Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(300 * time.Millisecond)})
	if ours, theirs := audio.Power(ours, 1000), audio.Power(theirs, 440); ours < 0.1 || theirs < 0.2 || r.Figures.Foreign != 0 {
		t.Errorf("our tone is %.2f of our side, theirs %.2f of theirs: %+v", ours, theirs, r.Figures)
	}
	r, told := w.call(voice.Order{To: "1"})
	if r.Ending.Code != 488 || told.Figures.Sent != 0 {
		t.Errorf("a plain call: %+v", r.Ending)
	}
	plain := open(t, nil)
	if r, _ := plain.call(voice.Order{To: "1", SRTP: true}); r.Ending.Code != 488 {
		t.Errorf("a plain carrier: %+v", r.Ending)
	}
}

package exchange_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// tone is the share of a tone where it is heard, at least.
const tone = 0.6

// share is how much of sound is a tone, frame by frame: packets that are late on a
// busy machine do not spoil it.
func share(sound []int16, hertz float64) (sum float64) {
	frames := len(sound) / audio.FrameSamples
	for i := range frames {
		sum += audio.Power(sound[i*audio.FrameSamples:(i+1)*audio.FrameSamples], hertz)
	}
	return sum / float64(max(1, frames))
}

var home = netip.MustParseAddr("127.0.0.1")

func ms(n time.Duration) script.Span { return script.Span(n * time.Millisecond) }

// lines is what the carrier of the tests does.
var lines = script.Script{Name: "quick", Lines: []script.Line{
	{To: "13800000001", Does: script.Answer, Ring: ms(50)},
	{To: "13800000002", Does: script.Busy},
	{To: "13800000003", Does: script.NoAnswer},
	{To: "13800000005", Does: script.Announcement, Ring: ms(700)},
	{To: "*", Does: script.Answer, Talk: ms(600)},
}}

// special counts the frames that are one of the special information tones.
func special(sound []int16) (n int) {
	for ; len(sound) >= audio.FrameSamples; sound = sound[audio.FrameSamples:] {
		for _, hertz := range []float64{914, 985, 1371, 1428, 1777} {
			if audio.Power(sound[:audio.FrameSamples], hertz) > tone {
				n++
				break
			}
		}
	}
	return n
}

// told is what the desk was told.
type told struct {
	order voice.Order
	r     *voice.Report
	err   error
}

// desk lets names of calls through.
type desk struct {
	mu     sync.Mutex
	names  map[string]string // called numbers by names of calls
	lines  voice.Lines
	folder string
	told   chan told
	books  chan struct{} // closed when they are done with a call; nil: at once
}

func (d *desk) connect(_ context.Context, agent, name string, _ bool) (string, exchange.Placing, error) {
	d.mu.Lock()
	number, known := d.names[name]
	d.mu.Unlock()
	if !known {
		return "", nil, fault.New(fault.NotFound, "no call %q", name)
	}
	f, err := os.Create(filepath.Join(d.folder, name+".wav"))
	o := voice.Order{ID: agent + " " + name, Number: number, Record: f}
	return name, func(ctx context.Context, beside func(*sip.Call, *voice.Leg)) (*voice.Report, error) {
		o.Beside = beside
		r, _, err := d.lines.PlaceOver(ctx, o)
		if refused := (*trunk.Refusal)(nil); errors.As(err, &refused) {
			err = fault.New(fault.Invalid, "%v", err)
		}
		_ = f.Close()
		d.told <- told{o, r, err}
		if d.books != nil {
			<-d.books
		}
		return r, err
	}, err
}

// knows lets a name of a call through.
func (d *desk) knows(name, number string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[name] = number
}

// world is an exchange between an agent's telephone and a carrier.
type world struct {
	t     *testing.T
	x     *exchange.Exchange
	desk  *desk
	agent *sip.Endpoint
	ports *rtp.Ports // the agent's
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func open(t *testing.T) *world {
	t.Helper()
	theirs, ours, agents := must(rtp.NewPorts(home, 15400, 15449)), must(rtp.NewPorts(home, 15450, 15499)), must(rtp.NewPorts(home, 15500, 15549))
	c := must(carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: theirs, Script: &lines}))
	cfg := &trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile},
		Trunks: []trunk.Trunk{{Name: "one", Address: c.Addr().String(), Channels: 10, Rate: 100, Dial: trunk.AsGiven}}}
	if problems := cfg.Validate(); problems.Err() != nil {
		t.Fatal(problems)
	}
	w := &world{t: t, ports: agents, desk: &desk{names: map[string]string{}, folder: t.TempDir(), told: make(chan told, 10)}}
	secret := func(user string) (string, bool) { return "a secret", user == "ann" }
	w.x = must(exchange.Open(exchange.Config{SIP: sip.Config{Listen: netip.AddrPortFrom(home, 0), Secret: secret}, Ports: ours, Connect: w.desk.connect}))
	w.desk.lines = voice.Lines{Endpoint: w.x.Phone(), Ports: ours, Board: trunk.NewBoard(cfg, time.UTC, 1)}
	w.agent = must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)}))
	t.Cleanup(func() {
		for _, closer := range []interface{ Close() error }{w.agent, w.x, c} {
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
		}
		if n := theirs.Lent() + ours.Lent() + agents.Lent(); n != 0 {
			t.Errorf("%d pairs of ports did not come back", n)
		}
	})
	return w
}

// call lets the agent call a name; what is heard is gathered.
func (w *world) call(name, number string, talk time.Duration) (*voice.Report, []int16) {
	w.t.Helper()
	if number != "" {
		w.desk.knows(name, number)
	}
	f := must(os.Create(filepath.Join(w.t.TempDir(), "agent.wav")))
	defer f.Close()
	r, err := voice.Place(context.Background(), w.agent, w.ports, voice.Order{To: "sip:" + name + "@" + w.x.Phone().Addr().String(), From: "ann", User: "ann", Secret: "a secret",
		Talk: talk, Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(5 * time.Second), Record: f})
	if err != nil {
		w.t.Fatal(err)
	}
	if r.Sum.SHA256 == "" {
		return r, nil // nothing was agreed, so nothing could be heard
	}
	return r, channel(w.t, f.Name(), 1)
}

// channel is one side of a recording.
func channel(t *testing.T, path string, n int) []int16 {
	t.Helper()
	f := must(os.Open(path))
	defer f.Close()
	sound, err := audio.ReadWAV(f)
	if err != nil {
		t.Fatal(err)
	}
	return sound.Channels[n]
}

// TestAgentAndCustomer: both hear each other, both halves end together, and the
// recording has both.
func TestAgentAndCustomer(t *testing.T) {
	w := open(t)
	r, heard := w.call("c1", "13800000001", 900*time.Millisecond)
	if !r.Answered() || !r.Times.Early.Before(r.Times.Answered) {
		t.Fatalf("%+v %+v", r.Ending, r.Times)
	}
	end := <-w.desk.told
	if end.err != nil || end.order.ID != "ann c1" || !end.r.Answered() || end.r.Ending.By != sip.Us || end.r.Trunk != "one" || end.r.To != "13800000001" {
		t.Fatalf("%+v", end)
	}
	late := heard[len(heard)-2400:]
	if share(late, 440) < tone {
		t.Errorf("of the last 0.3 s the agent heard, %.2f is the customer's tone", share(late, 440))
	}
	path := filepath.Join(w.desk.folder, "c1.wav")
	agent, customer := channel(t, path, 0), channel(t, path, 1)
	if a, c := share(agent[len(agent)-2400:], 1000), share(customer[len(customer)-2400:], 440); a < tone || c < tone || end.r.Sum.SHA256 == "" {
		t.Errorf("recorded: %.2f of the agent's side is its tone, %.2f of the customer's", a, c)
	}
}

// TestWhatIsSaidOnHoldIsNotRecorded: the agent's telephone holds and takes back; the
// recording has silence of its length, and both voices after it.
func TestWhatIsSaidOnHoldIsNotRecorded(t *testing.T) {
	w := open(t)
	w.desk.knows("c1", "13800000001")
	r, err := voice.Place(context.Background(), w.agent, w.ports, voice.Order{To: "sip:c1@" + w.x.Phone().Addr().String(), From: "ann", User: "ann", Secret: "a secret", Hold: 500 * time.Millisecond,
		Talk: 1500 * time.Millisecond, Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(5 * time.Second)})
	if err != nil || r.Held != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	end := <-w.desk.told
	path := filepath.Join(w.desk.folder, "c1.wav")
	for n, hertz := range []float64{1000, 440} {
		side := channel(t, path, n)
		silent := 0
		for at := 0; at+audio.FrameSamples <= len(side); at += audio.FrameSamples {
			if audio.Loudness(side[at:at+audio.FrameSamples]) < 50 {
				silent++
			}
		}
		if late := share(side[len(side)-2400:], hertz); silent < 15 || late < tone {
			t.Errorf("side %d has %d silent frames, and %.2f of its end is its tone", n, silent, late)
		}
	}
	if end.r.Sum.Paused < 300*time.Millisecond || end.r.Sum.Paused > time.Second {
		t.Errorf("a pause of %s is told", end.r.Sum.Paused)
	}
}

// TestTheCustomerHangsUp ends the agent's half, however long the books take to be told.
func TestTheCustomerHangsUp(t *testing.T) {
	w := open(t)
	w.desk.books = make(chan struct{})
	defer close(w.desk.books)
	r, _ := w.call("c9", "13800000009", 0)
	if end := <-w.desk.told; !r.Answered() || r.Ending.By != sip.Them || end.r.Ending.By != sip.Them {
		t.Errorf("the agent's half: %+v, the customer's: %+v", r.Ending, end.r.Ending)
	}
}

// TestWhatTheAgentIsTold: a refusal of the customer's side is the agent's, after
// whatever is said before it; what may not be called is refused before anything
// goes out.
func TestWhatTheAgentIsTold(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		name, number string
		code         int
		placed       bool
	}{{"busy", "13800000002", 486, true}, {"announced", "13800000005", 404, true}, {"13800000001", "", 404, false}, {"land", "01012345678", 403, false}} {
		r, heard := w.call(c.name, c.number, 0)
		if r.Answered() || r.Ending.Code != c.code {
			t.Errorf("%s: %+v", c.name, r.Ending)
		}
		if c.name == "announced" && special(heard) < 20 {
			t.Errorf("%d frames of the announcement were heard", special(heard))
		}
		if c.number == "" {
			continue
		}
		if end := <-w.desk.told; (end.r != nil) != c.placed {
			t.Errorf("%s: the desk was told %+v", c.name, end)
		}
	}
}

// TestTheAgentGivesUp while it rings.
func TestTheAgentGivesUp(t *testing.T) {
	w := open(t)
	w.desk.knows("c3", "13800000003")
	ctx, stop := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer stop()
	r, err := voice.Place(ctx, w.agent, w.ports, voice.Order{To: "sip:c3@" + w.x.Phone().Addr().String(), From: "ann", User: "ann", Secret: "a secret"})
	if err != nil || r.Ending.Why != sip.Canceled {
		t.Fatalf("%+v, %v", r, err)
	}
	if end := <-w.desk.told; end.r == nil || end.r.Ending.Why != sip.Canceled || end.r.Ending.By != sip.Us {
		t.Errorf("the customer's half: %+v", end)
	}
}

// TestStrangersDoNotCall: without a log-in nothing goes out, and the desk is not
// asked.
func TestStrangersDoNotCall(t *testing.T) {
	w := open(t)
	w.desk.knows("c1", "13800000001")
	r, err := voice.Place(context.Background(), w.agent, w.ports, voice.Order{To: "sip:c1@" + w.x.Phone().Addr().String(), From: "ann", User: "bob", Secret: "a secret"})
	if err != nil || r.Answered() || len(w.desk.told) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := exchange.Open(exchange.Config{SIP: sip.Config{Listen: netip.AddrPortFrom(home, 0)}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an exchange for everybody: %v", err)
	}
}

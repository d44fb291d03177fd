// Package carrier plays a carrier: it takes calls and does with each what a
// script says, so that demonstrations and tests have somebody to call.
//
// It owns playing the script. It listens on the address it is given and nowhere
// else; it places no call itself.
package carrier

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

// Config is how a carrier is set up.
type Config struct {
	Listen netip.AddrPort
	Secure netip.AddrPort // listens for TLS too; zero: it does not
	WS     netip.AddrPort // and for WebSockets
	WSS    netip.AddrPort // and for those over TLS
	TLS    *tls.Config    // the certificate it shows
	Ports  *rtp.Ports
	Script *script.Script
	Folder string // of the script, where its sounds lie
	User   string // callers must log in as this, and may register; empty: they need not
	Secret string
	SRTP   bool // sound is encrypted, and calls whose sound is not are refused
	Rate   int  // requests a second of one source; 0: as sip has it
	Calls  int  // at once; 0: as sip has it
	Log    *slog.Logger
	Tell   func(Told) // called at the end of each call; may be nil
}

// Told is what became of a call.
type Told struct {
	From, To string
	Does     script.Does
	Keys     string
	Ending   sip.Ending
	Times    sip.Times
	Figures  rtp.Figures
}

// Carrier takes calls until it is closed.
type Carrier struct {
	cfg    Config
	sip    *sip.Endpoint
	sounds map[string][]int16
	tell   sync.Mutex
	seed   atomic.Uint64
}

// Open reads the sounds and listens.
func Open(cfg Config) (*Carrier, error) {
	c := &Carrier{cfg: cfg, sounds: map[string][]int16{}}
	for _, l := range cfg.Script.Lines {
		if l.Sound == "" || c.sounds[l.Sound] != nil {
			continue
		}
		if !filepath.IsLocal(l.Sound) {
			return nil, fault.New(fault.Invalid, "%q is not a file in the folder of the script", l.Sound)
		}
		s, err := voice.ReadSound(filepath.Join(cfg.Folder, l.Sound))
		if err != nil {
			return nil, err
		}
		c.sounds[l.Sound] = s
	}
	config := sip.Config{Listen: cfg.Listen, ListenTLS: cfg.Secure, ListenWS: cfg.WS, ListenWSS: cfg.WSS, TLS: cfg.TLS, Agent: "Waihu-Carrier", Serve: c.serve, Log: cfg.Log, Rate: cfg.Rate, Burst: 4 * cfg.Rate, MaxCalls: cfg.Calls}
	if cfg.User != "" {
		config.Register = true
		config.Secret = func(user string) (string, bool) { return cfg.Secret, user == cfg.User }
	}
	var err error
	c.sip, err = sip.Open(config)
	return c, err
}

// Addr is where it listens.
func (c *Carrier) Addr() netip.AddrPort { return c.sip.Addr() }

// Registered are where an account can be called that registered here.
func (c *Carrier) Registered(account string) []sip.Phone { return c.sip.Phones(account) }

// Close ends its calls and stops.
func (c *Carrier) Close() error { return c.sip.Close() }

// serve does with one call what the script says.
func (c *Carrier) serve(call *sip.Call) {
	line := c.cfg.Script.For(call.Called())
	p := &played{c: c, call: call, line: line}
	defer p.close()
	switch line.Does {
	case script.Busy:
		p.ring()
		p.wait(line.Ring)
		call.Refuse(486, "Busy Here", 0)
	case script.NoAnswer:
		p.ring()
		p.over()
	case script.Silence:
		p.over()
	case script.Refuse:
		p.wait(line.Ring)
		call.Refuse(or(line.Code, 503), orText(line.Reason, "Service Unavailable"), time.Duration(line.Retry))
	case script.Announcement:
		p.announce()
	case script.Machine:
		p.answer(p.greeting(), false)
	default:
		p.answer(c.sound(line, audio.Tone{Hertz: []float64{440}, Level: 0.4}), true)
	}
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// sound is what a line plays.
func (c *Carrier) sound(l script.Line, otherwise audio.Tone) []int16 {
	if s := c.sounds[l.Sound]; s != nil {
		return s
	}
	return otherwise.Samples(time.Second)
}

// played is one call under way.
type played struct {
	c    *Carrier
	call *sip.Call
	line script.Line
	leg  *voice.Leg
	keys []byte
}

// close gives the ports back and tells what became of it.
func (p *played) close() {
	p.call.Hangup()
	told := Told{From: p.call.Caller(), To: p.call.Called(), Does: p.line.Does}
	if p.leg != nil {
		<-p.call.Done()
		told.Figures = p.leg.Figures()
		if _, err := p.leg.Close(); err != nil && p.c.cfg.Log != nil {
			p.c.cfg.Log.Error("a leg did not close", "error", err)
		}
	}
	if p.c.cfg.Tell == nil {
		return
	}
	told.Keys, told.Ending, told.Times = string(p.keys), p.call.Ending(), p.call.Times()
	p.c.tell.Lock()
	defer p.c.tell.Unlock()
	p.c.cfg.Tell(told)
}

// wait waits for d, or until the call should end; false: it should.
func (p *played) wait(d script.Span) bool {
	t := time.NewTimer(time.Duration(d))
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return true
		case <-p.call.Done():
			return false
		case <-p.call.Quit():
			return false
		case k := <-p.pressed():
			if len(p.keys) < maxKeys {
				p.keys = append(p.keys, k)
			}
		}
	}
}

// maxKeys is how many keys of a call are told.
const maxKeys = 100

// pressed are the keys of the caller; nil before there is any sound.
func (p *played) pressed() <-chan byte {
	if p.leg == nil {
		return nil
	}
	return p.leg.Keys()
}

// over waits for the end of the call.
func (p *played) over() {
	for p.wait(script.Span(time.Hour)) {
	}
}

// ring tells that it rings; a caller that gave up is noticed where we wait.
func (p *played) ring() { _ = p.call.Ring() }

// take gives the call its sound. Without a port the call is refused.
func (p *played) take() bool {
	leg, err := voice.NewLeg(p.c.cfg.Ports)
	if err != nil {
		p.call.Refuse(503, "Service Unavailable", time.Duration(retryPorts))
		return false
	}
	p.leg = leg
	if p.c.cfg.SRTP && leg.Encrypt() != nil {
		p.call.Refuse(500, "Server Internal Error", 0)
		return false
	}
	if p.line.Loss > 0 || p.line.Jitter > 0 {
		leg.Spoil(voice.Spoil{Loss: float64(p.line.Loss), Jitter: time.Duration(p.line.Jitter), Seed: p.c.seed.Add(1)})
	}
	return true
}

// retryPorts is when a caller may try again where no port was free.
const retryPorts = 5 * time.Second

// answer rings, answers and plays, over and over or once, then talks on until
// its time is up or the caller hangs up.
func (p *played) answer(sound []int16, overAndOver bool) {
	p.ring()
	if !p.wait(p.line.Ring) || !p.take() || p.call.Answer(p.leg) != nil {
		return
	}
	go p.leg.Attend(p.call, 0)
	p.leg.Play(sound, overAndOver)
	if p.line.Keys != "" {
		go p.press()
	}
	if p.line.Talk > 0 {
		p.wait(p.line.Talk)
		return
	}
	p.over()
}

// press presses the keys of the line, as long as the call lasts.
func (p *played) press() {
	next := time.NewTicker(time.Duration(cmp.Or(p.line.Every, script.KeyEvery)))
	defer next.Stop()
	for _, key := range p.line.Keys {
		select {
		case <-next.C:
		case <-p.call.Done():
			return
		}
		if p.leg.Press(string(key)) != nil {
			return // the caller takes none
		}
	}
}

// greeting is what an answering machine says: a voice of a kind, then a beep.
func (p *played) greeting() []int16 {
	said := audio.Tone{Hertz: []float64{220, 330, 550}, Level: 0.4, On: 250 * time.Millisecond, Off: 80 * time.Millisecond}.Samples(3 * time.Second)
	if s := p.c.sounds[p.line.Sound]; s != nil {
		said = s
	}
	pause := make([]int16, audio.Rate/2)
	return append(append(append([]int16(nil), said...), pause...), audio.Beep().Samples(400*time.Millisecond)...)
}

// announce says something before any answer, then refuses.
func (p *played) announce() {
	if !p.take() || p.call.Progress(p.leg) != nil {
		return
	}
	said := p.c.sounds[p.line.Sound]
	if said == nil {
		said = information()
	}
	p.leg.Play(said, true)
	if p.wait(p.line.Ring) {
		p.call.Refuse(or(p.line.Code, 404), orText(p.line.Reason, "Not Found"), time.Duration(p.line.Retry))
	}
}

// information is special information tones of the kind "vacant code", and a rest
// where words would be.
func information() (out []int16) {
	for _, t := range []struct {
		hertz float64
		long  time.Duration
	}{{985.2, 380 * time.Millisecond}, {1370.6, 274 * time.Millisecond}, {1776.7, 380 * time.Millisecond}} {
		out = append(out, audio.Tone{Hertz: []float64{t.hertz}, Level: 0.4}.Samples(t.long)...)
	}
	return append(out, make([]int16, audio.Rate)...)
}

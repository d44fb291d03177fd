package detect

import (
	"fmt"
	"time"

	"waihu/internal/voice/audio"
)

// Recogniser knows announcements. It makes a Listener for each call and may be
// used by many calls at once.
type Recogniser interface {
	Listen() Listener
}

// Listener hears one call. It is told frames of audio.FrameSamples and says
// when it knows an announcement.
type Listener interface {
	Hear(samples []int16) (Match, bool)
}

// Match is an announcement that was heard.
type Match struct {
	Class      Class
	Name       string        // of what it was recognised by
	Length     time.Duration // of the announcement, which ends with the last frame
	Confidence float64
}

// Config is how a call is listened to.
type Config struct {
	Limits     Limits     // Usual if zero
	Recogniser Recogniser // nil: announcements are not looked for
}

// Detector listens to one call.
type Detector struct {
	limits   Limits
	listener Listener
	past     past
	tones    tones
	keys     keys
	voice    voice
	frames   int
	answered int // the frame of the answer; -1: not yet
	last     look
	missing  int // frames in a row that were not received
	pending  run // may be a beep, when it is quiet long enough; no frames: none is
	ring     run // may be the first ring, likewise
	result   Result
	before   Decision // what was decided before a beep turned it
	decided  bool
}

// New begins to listen.
func New(c Config) *Detector {
	d := &Detector{limits: c.Limits, answered: -1, last: nothing}
	if d.limits == (Limits{}) {
		d.limits = Usual()
	}
	if c.Recogniser != nil {
		d.listener = c.Recogniser.Listen()
	}
	return d
}

// Answered says that the call was answered; what is heard from now on is the
// other side, not the network.
func (d *Detector) Answered() {
	if d.answered < 0 {
		d.answered, d.result.Answered, d.result.Early = d.frames, true, long(d.frames)
		d.pending, d.ring = run{}, run{}
	}
}

// Frame hears 20 ms. A frame that was not received is taken for the one before
// it. It returns what was found with it; a key is found too.
func (d *Detector) Frame(samples []int16, received bool) (found []Finding) {
	if len(samples) != audio.FrameSamples {
		panic(fmt.Sprintf("a frame has %d samples; expected %d", len(samples), audio.FrameSamples))
	}
	d.past.add(samples)
	l := d.look(samples, received)
	at := d.frames
	d.frames++
	if d.answered >= 0 {
		d.voice.add(l.band)
	}
	find := func(f *Finding) {
		if f != nil {
			d.keep(f)
			found = append(found, *f)
		}
	}
	find(d.key(&l))
	if r := d.tones.add(at, l); r != nil {
		find(d.over(r))
	}
	find(d.lasting())
	find(d.quiet(&l))
	find(d.announcement(samples))
	d.decide(found)
	return found
}

// keep adds a finding to what the call came to.
func (d *Detector) keep(f *Finding) {
	f.Answered = d.answered >= 0
	switch {
	case f.Kind != Key && len(d.result.Findings) < maxFindings:
		d.result.Findings = append(d.result.Findings, *f)
	case f.Kind == Key && len(d.result.Keys) < maxKeys:
		d.result.Keys += f.Detail
	}
}

// nothing is what silence shows.
var nothing = look{db: silent, band: silent}

// held is how many lost frames are taken for the one before them.
const held = 5

// look is what a frame shows.
func (d *Detector) look(samples []int16, received bool) look {
	switch {
	case received:
		s := spectrum(d.past.window())
		d.last, d.missing = look{db: decibels(samples), band: band(&s), peaks: peaks(&s)}, 0
	case d.missing == held:
		d.last = nothing // the other side sends nothing
	default:
		d.missing++
	}
	return d.last
}

// key hears keys.
func (d *Detector) key(l *look) *Finding {
	k := d.keys.add(l)
	if k == 0 {
		return nil
	}
	d.tones.now.key = true
	return &Finding{Kind: Key, Detail: string(k), From: long(d.frames - 2), To: long(d.frames), Confidence: 0.95}
}

// over looks at a tone that is over: is it the last of several, or one that
// means something alone?
func (d *Detector) over(r *run) *Finding {
	r.part(&d.past)
	d.ring, d.pending = run{}, run{}
	if r.key {
		return nil
	}
	if d.answered >= 0 && r.steady() {
		d.voice.tone(d.frames - r.from)
	}
	runs := d.tones.runs
	if name, sure := sit(runs); name != "" {
		return &Finding{Kind: SIT, Detail: name, From: long(runs[len(runs)-3].from), To: long(r.to), Confidence: sure}
	}
	if p, off := cadence(runs); p != nil {
		return d.tone(p, runs[len(runs)-p.often()].from, r.to, 0.99-0.1*off)
	}
	d.ring = *r
	if r.steady() {
		d.retract(r)
	}
	if d.answered >= 0 && r.beeps(runs) && r.level > d.voice.quantile(98)-belowVoice && d.hasSpoken(r.from) {
		d.pending = *r
	}
	return d.fax(r)
}

// tone is a finding of a tone of the network; one that goes on is told once.
func (d *Detector) tone(p *plan, from, to int, confidence float64) *Finding {
	for i := len(d.result.Findings) - 1; i >= 0; i-- {
		if f := &d.result.Findings[i]; f.Kind == p.kind && f.Detail == p.where && f.Answered == (d.answered >= 0) {
			f.To, f.Confidence = long(to), max(f.Confidence, confidence)
			return nil
		}
	}
	return &Finding{Kind: p.kind, Detail: p.where, From: long(from), To: long(to), Confidence: confidence}
}

// announcement hears what is said.
func (d *Detector) announcement(samples []int16) *Finding {
	if d.listener == nil {
		return nil
	}
	m, ok := d.listener.Hear(samples)
	if !ok {
		return nil
	}
	to := long(d.frames)
	return &Finding{Kind: Spoken, Detail: string(m.Class), From: max(0, to-m.Length), To: to, Confidence: m.Confidence}
}

// every is how many frames lie between two looks at who answered.
const every = 5

// decide tells who answered. What was told by time alone is corrected by what
// only a machine does.
func (d *Detector) decide(found []Finding) {
	if d.answered < 0 {
		return
	}
	since := d.frames - d.answered
	for _, f := range found {
		switch {
		case f.Kind == Beep:
			d.turn(Machine, ThenBeep, f.Confidence)
		case f.Kind == FaxTone:
			d.turn(Fax, FaxTones, f.Confidence)
		case f.Kind == Spoken && Class(f.Detail) == Voicemail && f.Confidence >= Sure:
			d.turn(Machine, Announced, f.Confidence)
		}
	}
	if d.decided || since%every != 0 {
		return
	}
	if v, ok := d.limits.decide(d.voice.shape(), long(since)); ok {
		d.result.Decision, d.decided = v, true
	}
}

// turn decides by what was found, unless the same was decided with more
// confidence.
func (d *Detector) turn(p Party, why Reason, confidence float64) {
	if d.decided && d.result.Decision.Party == p && d.result.Decision.Confidence >= confidence {
		return
	}
	h := d.voice.shape()
	d.before = d.result.Decision
	d.result.Decision = Decision{Party: p, Confidence: confidence, Reason: why, At: long(d.frames - d.answered), Silence: h.silence, Greeting: h.greeting, Words: h.words}
	d.decided = true
}

// Decision is who answered; false: that is not known yet.
func (d *Detector) Decision() (Decision, bool) { return d.result.Decision, d.decided }

// Result is what the call came to so far. An answered call that ended before
// anything was decided was answered by a person.
func (d *Detector) Result() Result {
	r := d.result
	r.Findings = append([]Finding(nil), r.Findings...)
	if r.Answered && !d.decided {
		h := d.voice.shape()
		r.Decision = Decision{Party: Person, Confidence: 0.5, Reason: Undecided, At: long(d.frames - d.answered), Silence: h.silence, Greeting: h.greeting, Words: h.words}
		if !h.spoke {
			r.Decision.Reason = NoVoice
		}
	}
	return r
}

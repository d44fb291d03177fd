package telephone

import (
	"bytes"
	"context"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/outbound"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/prompt"
)

// thirdRings is how long somebody outside is rung who is called into a call.
const thirdRings = time.Minute

// Hang is part of floor.Lines.
func (f *floorLines) Hang(try id.ID) {
	if d, err := f.of(try); err == nil {
		d.hang()
	}
}

// Say is part of floor.Lines. A prompt that cannot be had is taken for that nobody is
// free: whoever waits must hear something.
func (f *floorLines) Say(try id.ID, name string) {
	if d, err := f.of(try); err == nil {
		d.play(d.soundOr(name, prompt.Nobody))
	}
}

// Play is part of floor.Lines.
func (f *floorLines) Play(try id.ID, wav []byte) {
	d, err := f.of(try)
	if err != nil {
		return
	}
	sound, err := audio.ReadWAV(bytes.NewReader(wav))
	if err != nil {
		if log := f.t.cfg.Log; log != nil {
			log.Warn("a sound of a dialogue server cannot be played, and is passed over", "error", err)
		}
		d.say(dialer.Said{Try: try})
		return
	}
	d.play(sound.Mono())
}

// play plays to the called person, and tells once it is played or broken off.
func (d *dialed) play(sound []int16) {
	if !d.pickUp() {
		return // they gave up: Over follows
	}
	played := d.line.Say(sound)
	if played == nil {
		return // they are gone: Over follows
	}
	go func() { // it ends with the call, which ends what is played
		<-played
		d.say(dialer.Said{Try: d.o.Try})
	}()
}

// spokenIn is the language of the company, as far as prompts are spoken in it.
func (d *dialed) spokenIn() lang.Tag {
	tag, err := lang.ParseTag(d.lang)
	if err != nil {
		return lang.English
	}
	return tag
}

// sound is a prompt of the company as it was when the call began, or one of the system's
// in the language of the company.
func (d *dialed) sound(name string) ([]int16, error) {
	ctx, stop := context.WithTimeout(d.f.running, asking)
	defer stop()
	sound, err := d.f.t.sys.PlayPrompt(ctx, d.o.Company, app.Spoken{Prompt: name, Lang: d.spokenIn(), Began: timex.At(d.begun)})
	if log := d.f.t.cfg.Log; err != nil && log != nil {
		log.Warn("a prompt cannot be had: hand it in anew, or choose another in the campaign", "company", d.o.Company.Named("co"), "campaign", campaignName(d.o.Campaign), "prompt", name, "error", err)
	}
	return sound, err
}

// soundOr is one of the generated where a prompt cannot be had.
func (d *dialed) soundOr(name string, instead prompt.Key) []int16 {
	sound, err := d.sound(name)
	if err != nil {
		sound, _ = prompt.Generated().Sound(instead, d.spokenIn()) // it has all of prompt.Keys
	}
	return sound
}

// Join is part of floor.Lines.
func (f *floorLines) Join(try id.ID, agent string) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	if !d.pickUp() {
		return nil // they gave up: Over follows
	}
	return d.line.Join(standingName(d.o.Company, agent))
}

// Part is part of floor.Lines.
func (f *floorLines) Part(try id.ID) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	if !d.line.State().Outside {
		return fault.New(fault.Conflict, "nobody else is in the call yet: the customer would be alone")
	}
	return d.line.Part()
}

// Hold is part of floor.Lines.
func (f *floorLines) Hold(try id.ID, on bool) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	return d.line.Hold(on)
}

// PauseRecording is part of floor.Lines.
func (f *floorLines) PauseRecording(try id.ID, on bool) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	return d.line.PauseRecording(on)
}

// Press is part of floor.Lines.
func (f *floorLines) Press(try id.ID, keys string) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	return d.line.Press(keys)
}

// Drop is part of floor.Lines. Nothing else is left on a machine than what was to be.
func (f *floorLines) Drop(try id.ID, name string) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	sound, err := d.sound(name)
	if err != nil {
		return &floor.Refusal{Code: "no_message", Err: fault.New(fault.Conflict, "the message cannot be had, and nothing was left: leave one by voice, and tell whoever runs the campaign")}
	}
	return d.line.Drop(sound)
}

// Transfer is part of floor.Lines.
func (f *floorLines) Transfer(try id.ID, to floor.Target) error { return f.bring(try, to, true) }

// Confer is part of floor.Lines. To nobody: who was called into the call leaves it. A
// transfer that is spoken about first is Confer, and Part once all is said.
func (f *floorLines) Confer(try id.ID, to floor.Target) error {
	if to == (floor.Target{}) {
		d, err := f.of(try)
		if err == nil {
			d.line.LetGo()
		}
		return err
	}
	return f.bring(try, to, false)
}

func (f *floorLines) bring(try id.ID, to floor.Target, hand bool) error {
	d, err := f.of(try)
	switch {
	case err != nil:
		return err
	case (to.Agent == "") == to.Number.IsZero():
		return fault.New(fault.Invalid, "an agent or a number was expected, and one of them alone")
	case to.Agent != "":
		return d.line.Bring(standingName(d.o.Company, to.Agent), hand)
	}
	return d.third(to.Number, hand)
}

// third calls somebody outside into the call: a call of its own, which is paid for. It
// returns once that is begun or refused; what becomes of one that is begun is told.
func (d *dialed) third(n phone.Number, hand bool) error {
	f := d.f
	call, err := f.t.sys.IDs.At(timex.At(time.Now()))
	if err != nil {
		return err
	}
	try := d.o.Try
	beside, over, err := d.line.Third(hand, exchange.Outside{Came: func() { d.say(dialer.Came{Try: try, Number: n}) }, Left: func() { d.say(dialer.Left{Try: try, Number: n}) },
		NotCame: func() { d.say(dialer.NotTaken{Try: try, Number: n}) }})
	if err != nil {
		return err
	}
	if !f.more() {
		over(false)
		return fault.New(fault.Conflict, "the service stops")
	}
	begun, done := &beginning{is: make(chan struct{})}, make(chan error, 1)
	placing, stop := context.WithCancel(f.running)
	w := outbound.Wish{Company: d.o.Company, Contract: d.o.Contract, Call: callName(call), Agent: d.agent(), Campaign: campaignName(d.o.Campaign),
		Order: voice.Order{Number: number(n), From: number(d.o.CallerID), Ring: thirdRings, Beside: beside, OnTrunk: func(string, string) { begun.begin() }},
		Ended: func(out *outbound.Done) {
			out.Fact.Session, out.Fact.Purpose, out.Fact.Mode, out.Fact.Course.OtherLeg = callName(d.o.Try), d.o.Purpose, usage.Manual, callName(d.o.Try)
			over(!begun.refuse())
		}}
	go func() {
		defer f.busy.Done()
		defer stop()
		out, err := f.t.desk.Place(placing, w)
		f.t.count(d.o.Company, w.Order.Number, err)
		if err == nil && out.Report == nil {
			err = &voice.NoWay{Number: w.Order.Number, Tries: out.Tries}
		}
		over(!begun.refuse()) // where the books ended nothing
		done <- f.t.refusedFor(err)
	}()
	return begins(n, begun, done, stop)
}

// beginning is whether a call was begun, or refused before it was: one of the two for
// good, since of one that is refused nothing is told.
type beginning struct {
	mu      sync.Mutex
	is      chan struct{} // closed once it has begun
	refused bool
}

// begin is a trunk that is asked, each after the other.
func (b *beginning) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.refused && !isClosed(b.is) {
		close(b.is)
	}
}

// refuse tells whether it is refused: it is, unless it has begun.
func (b *beginning) refuse() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = b.refused || !isClosed(b.is)
	return b.refused
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// begins waits until a call is begun or refused, and stops one that is neither in time:
// whoever hands a call over waits, and a campaign with them.
func begins(n phone.Number, begun *beginning, done <-chan error, stop func()) error {
	late := time.NewTimer(asking)
	defer late.Stop()
	select {
	case <-begun.is:
		return nil
	case err := <-done:
		if begun.refuse() {
			return err
		}
	case <-late.C:
		if begun.refuse() {
			stop()
			return fault.New(fault.Conflict, "the call to %s could not be begun within %s", n, asking)
		}
	}
	return nil // it had begun at that moment
}

// more takes one more call in, unless the service stops.
func (f *floorLines) more() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running.Err() != nil {
		return false
	}
	f.busy.Add(1)
	return true
}

// roles are how supervisors hear.
var roles = map[floor.Hearing]bridge.Role{floor.Listen: bridge.Listen, floor.Whisper: bridge.Whisper, floor.Barge: bridge.Barge}

// Supervise is part of floor.Lines.
func (f *floorLines) Supervise(try id.ID, who string, how floor.Hearing) error {
	d, err := f.of(try)
	if err != nil {
		return err
	}
	who = standingName(d.o.Company, who)
	if how == floor.None {
		d.line.Unhear(who)
		return nil
	}
	role, known := roles[how]
	if !known {
		return fault.New(fault.Invalid, "nobody can hear a call by %q: none, listen, whisper or barge was expected", fault.Shorten(string(how), 20))
	}
	return d.line.Supervise(who, role)
}

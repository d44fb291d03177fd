package floor

import (
	"context"
	"fmt"
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/dialogue"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/robot"
)

// Bounds of conversations.
const (
	mostHeard  = 64 // things that happened in one and its dialogue has not looked at yet
	mostFailed = 5  // conversations in a row that the dialogue server failed in: then the campaign pauses
)

// robots is how the dialogue server of a campaign does.
type robots struct {
	counts robot.Counts
	failed int // conversations in a row
}

// conversation is a call that a dialogue server leads: a robot.Call. Its functions are
// called by the goroutine of the dialogue, and let the driver do what they say.
type conversation struct {
	d      *driver
	try    id.ID
	with   []lead.Number // of the called person
	events chan dialogue.Event
}

// converse lets the dialogue server speak with who answered.
func (d *driver) converse(v dialer.Converse) {
	x := d.calls[v.Try]
	if x == nil {
		return // it is over already
	}
	t, _ := d.engine.Try(v.Try)
	talk, of := &conversation{d: d, try: v.Try, with: v.Lead.Numbers, events: make(chan dialogue.Event, mostHeard)}, d.plan
	x.talk = talk
	s := dialogue.New(v.Try.Named("try"), d.of.Named("cmp"), dialogue.Limits{Turns: of.Robot.Turns, Fallback: of.Robot.Fallback})
	d.f.group.Go(func() {
		gone := context.AfterFunc(d.life, func() { talk.tell(dialogue.Ended{}) }) // nobody tells of the end then
		defer gone()
		client, err := d.f.cfg.Robots.Client(d.f.ctx, d.c, &of, &d.robots.counts)
		if err != nil {
			d.f.log("the secret of a robot lane cannot be read", "campaign", d.of.Named("cmp"), "error", err)
		}
		robot.Run(d.f.ctx, client, s, calledOf(&v.Lead, &t), talk, talk.events)
		d.post(func() {
			d.happened(dialer.Spoken{Try: v.Try})
			d.conversed(s.HasFailed())
		})
	})
}

// calledOf is who answered, as the dialogue server is told.
func calledOf(l *lead.Lead, t *attempt.Attempt) dialogue.Person {
	return dialogue.Person{Name: l.Name, Key: l.Key, Language: l.Language, Number: t.Number.String(), Fields: l.Fields}
}

// conversed is a conversation that is over for its dialogue. A server that fails again and
// again would be heard to fail by everybody on the list: the campaign pauses.
func (d *driver) conversed(failed bool) {
	if !failed {
		d.robots.failed = 0
		return
	}
	if d.robots.failed++; d.robots.failed < mostFailed || d.over || d.draining {
		return
	}
	c := &d.robots.counts
	d.pause(campaign.BySystem, fmt.Sprintf("the dialogue server failed in %d conversations in a row: of %d turns, %d without a reply in time, %d refused or not reached, %d with a reply that is none", mostFailed, c.Turns.Load(), c.Slow.Load(), c.Failed.Load(), c.Wrong.Load()))
	d.robots.failed = 0
}

// talked is a call that its dialogue does not lead any more.
func (d *driver) talked(try id.ID) {
	if x := d.calls[try]; x != nil && x.talk != nil {
		x.talk.tell(dialogue.Ended{})
		x.talk = nil
	}
}

// unserved is somebody no agent came to: their dialogue goes on.
func (d *driver) unserved(try id.ID) {
	if x := d.calls[try]; x != nil && x.talk != nil {
		x.talk.tell(dialogue.Unserved{})
	}
}

// heard takes what the lines told to the dialogue. Parted and Over end it (driver.talked).
func (t *conversation) heard(ev dialer.Event) {
	switch v := ev.(type) {
	case dialer.Said:
		t.tell(dialogue.Played{})
	case dialer.Pressed:
		if len(t.events) < mostHeard/2 { // whoever presses more than is looked at has pressed enough
			t.tell(dialogue.Pressed{Key: v.Key})
		}
	case dialer.NotTaken:
		t.tell(dialogue.Unserved{})
	}
}

// tell does not wait: there is room for all but keys.
func (t *conversation) tell(ev dialogue.Event) {
	select {
	case t.events <- ev:
	default:
		t.d.f.log("a dialogue does not look at what happens", "try", t.try.Named("try"))
	}
}

// Say is part of robot.Call.
func (t *conversation) Say(prompt string) {
	t.do(func() { t.d.says(t.try); t.d.f.cfg.Lines.Say(t.try, prompt) })
}

// Play is part of robot.Call.
func (t *conversation) Play(wav []byte) {
	t.do(func() { t.d.says(t.try); t.d.f.cfg.Lines.Play(t.try, wav) })
}

// do lets the driver do something while the dialogue leads the call.
func (t *conversation) do(what func()) {
	t.d.post(func() {
		if x := t.d.calls[t.try]; x != nil && x.talk == t {
			what()
		}
	})
}

// errLetGo is of a dialogue whose campaign ended while it said something.
var errLetGo = fault.New(fault.Conflict, "the campaign was let go")

// Settle is part of robot.Call. It returns once the outcome is kept: a refusal is on the
// do-not-call list by then. One that the call cannot take any more, since an agent has it
// or the campaign was let go, is put there all the same.
func (t *conversation) Settle(o dialogue.Outcome) error {
	ctx, stop := context.WithTimeout(t.d.f.ctx, placing)
	defer stop()
	err := t.d.ask(ctx, func() error {
		err := t.d.handle(dialer.Settled{Try: t.try, Wish: attempt.Wish{Code: o.Code, Notes: o.Notes, At: o.CallBack, Zone: o.Zone}})
		if t.d.over {
			return errLetGo
		}
		return err
	})
	if kind := fault.KindOf(err); err == nil || kind == fault.Invalid || ctx.Err() != nil {
		return err
	}
	barred, failed := t.d.bar(ctx, t.try, t.with, o.Code, o.Notes, attempt.ByDialogue)
	if failed == nil && !barred {
		t.d.f.log("what a dialogue said of a call came too late", "try", t.try.Named("try"), "disposition", o.Code, "error", err)
	}
	return failed
}

// Answer is part of robot.Call. It counts as well where the call has ended meanwhile.
func (t *conversation) Answer(answers map[string]string) {
	t.d.post(func() { t.d.happened(dialer.Asked{Try: t.try, Answers: answers}) })
}

// HandOver is part of robot.Call.
func (t *conversation) HandOver(target string) {
	t.do(func() {
		if target == "" {
			if t.d.handle(dialer.ForAgent{Try: t.try}) != nil {
				t.tell(dialogue.Unserved{})
			}
			return
		}
		t.give(target)
	})
}

// give calls a target of the campaign into the call. That takes a while, and others go on.
func (t *conversation) give(target string) {
	i := slices.IndexFunc(t.d.plan.Targets, func(x campaign.Target) bool { return x.Name == target })
	if i < 0 {
		t.tell(dialogue.Unserved{})
		return
	}
	to := t.d.plan.Targets[i].Number
	t.d.f.group.Go(func() {
		if err := t.d.f.cfg.Lines.Transfer(t.try, Target{Number: to}); err != nil { // then the lines tell nothing
			t.d.post(func() { t.d.heard(t.try, dialer.NotTaken{Try: t.try, Number: to}) })
		}
	})
}

// HangUp is part of robot.Call.
func (t *conversation) HangUp() { t.do(func() { t.d.cancel(t.try) }) }

var _ robot.Call = (*conversation)(nil)

package dialer

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Bounds of calls without an agent.
const (
	MaxSaid   = 30               // prompts of a call: whatever is pressed, it ends
	SaidWait  = 3 * time.Minute  // for the end of a prompt nobody tells of
	AloneWait = 30 * time.Minute // of a dialogue, in all

	SpokenWait = 90 * time.Second // after the end of a call, for what its dialogue says of it still
)

// alone is a call that hears a broadcast, a dialogue, or a last word.
type alone struct {
	step    *campaign.MenuStep // what is listened for; nil: nothing
	first   bool               // it is the first one
	plays   int                // of the step
	all     int                // prompts of the call
	until   timex.Instant      // silence counts then; zero: nothing is waited for
	digits  string
	robot   bool // a dialogue server has it
	machine bool
	heard   bool // the first prompt, or the message for a machine, was played to its end
	keyed   bool // a question was answered
	ends    bool // what is played is the last
	queue   bool // an agent was asked for
	waited  bool // until the end
	spoken  bool // the dialogue says nothing more
}

// meet is who answered a call that is for no agent.
func (e *Engine) meet(c *call, by usage.AnsweredBy) error {
	if by == usage.Machine || by == usage.Fax {
		e.learn(c, pacing.Machine, c.Attempt.Answered)
		if by == usage.Fax || e.plan.Menu.Machine == "" {
			e.do(Hang{Try: c.ID})
			return nil
		}
		c.alone = &alone{machine: true}
		if err := c.Join("", e.now); err != nil {
			return err
		}
		e.bye(c, e.plan.Menu.Machine)
		return nil
	}
	e.learn(c, pacing.Person, c.Attempt.Answered)
	if err := c.Join("", e.now); err != nil {
		return err
	}
	if e.plan.Mode == campaign.Robot {
		c.alone = &alone{robot: true, until: e.now.Add(AloneWait)}
		e.do(Converse{Try: c.ID, Lead: c.lead.Clone()})
		return nil
	}
	c.alone = &alone{}
	if len(e.plan.Menu.Steps) == 0 {
		e.play(c, &campaign.MenuStep{Prompt: e.plan.Message}, true)
		return nil
	}
	e.play(c, &e.plan.Menu.Steps[0], true)
	return nil
}

// play says the prompt of a step and listens.
func (e *Engine) play(c *call, step *campaign.MenuStep, first bool) {
	a := c.alone
	if a.step != step {
		a.plays = 0
	}
	a.step, a.first, a.digits = step, first, ""
	a.plays++
	if a.all++; a.all > MaxSaid {
		e.bye(c, "")
		return
	}
	e.utter(c, cmp.Or(step.Prompt, e.plan.Message))
}

// utter says a prompt; what is played is broken off.
func (e *Engine) utter(c *call, prompt string) {
	c.alone.until = e.now.Add(SaidWait)
	e.do(Say{Try: c.ID, Prompt: prompt})
}

// bye says the last word, if there is one, and ends the call.
func (e *Engine) bye(c *call, prompt string) {
	c.alone.ends, c.alone.queue, c.alone.until = true, false, 0
	if prompt == "" {
		e.do(Hang{Try: c.ID})
		return
	}
	e.utter(c, prompt)
}

// said is a prompt that was played to its end.
func (e *Engine) saidAlone(c *call) {
	a := c.alone
	a.heard = a.heard || a.first || a.machine
	switch {
	case a.queue || a.robot && !a.ends:
	case a.ends:
		a.until = 0
		e.do(Hang{Try: c.ID})
	case len(a.step.Keys) == 0 && a.step.Digits == 0:
		e.goOn(c, a.step.Next)
	default:
		a.until = e.now.Add(keyWait(a.step))
	}
}

func keyWait(st *campaign.MenuStep) time.Duration {
	return time.Duration(cmp.Or(st.Wait, campaign.DefaultKeyWait)) * time.Second
}

// goOn plays the next step, or ends.
func (e *Engine) goOn(c *call, next string) {
	for i := range e.plan.Menu.Steps { // of the plan as it is now: a step that is gone ends the call
		if st := &e.plan.Menu.Steps[i]; next != "" && st.ID == next {
			e.play(c, st, i == 0)
			return
		}
	}
	e.bye(c, "")
}

// quiet is a call in which the time ran out for whatever was waited for.
func (e *Engine) quiet(c *call) {
	a := c.alone
	e.keep(c)
	switch {
	case a.queue && a.robot:
		e.unserved(c)
	case a.queue:
		e.noAgent(c)
	case a.ends || a.robot:
		a.until = 0
		e.do(Hang{Try: c.ID})
	case a.digits != "":
		e.number(c)
	default:
		e.again(c)
	}
}

// again plays a step once more, as often as it may be.
func (e *Engine) again(c *call) {
	if c.alone.plays < cmp.Or(c.alone.step.Most, campaign.DefaultPlays) {
		e.play(c, c.alone.step, c.alone.first)
		return
	}
	e.goOn(c, c.alone.step.Next)
}

// press is a key of the called person.
func (e *Engine) press(c *call, key string) error {
	if len(key) != 1 || c.Attempt.Answered.IsZero() {
		return nil
	}
	c.Press(key)
	if c.said && key == RefuseKey {
		e.refuse(c, "pressed "+key)
	}
	a := c.alone
	if c.Inbound && a != nil && a.ends && key == RefuseKey { // who hears that they are called back
		e.refuse(c, "pressed "+key)
	}
	if a == nil || a.ends || a.queue || a.machine || a.step == nil || c.State != attempt.Talking || c.seat != nil {
		return nil
	}
	if a.step.Digits > 0 {
		e.digit(c, key)
		return nil
	}
	i := slices.IndexFunc(a.step.Keys, func(k campaign.KeyAct) bool { return k.Key == key })
	if i < 0 {
		if len(a.step.Keys) > 0 {
			e.again(c)
		}
		return nil
	}
	e.keyDoes(c, &a.step.Keys[i])
	return nil
}

func (e *Engine) keyDoes(c *call, k *campaign.KeyAct) {
	switch k.Does {
	case campaign.KeyRepeat:
		c.alone.plays = 0 // they ask for it: MaxSaid bounds it
		e.play(c, c.alone.step, c.alone.first)
	case campaign.KeyRefuse:
		e.refuse(c, "pressed "+k.Key)
		e.bye(c, k.Prompt)
	case campaign.KeyCallback:
		e.callBack(c, time.Duration(cmp.Or(k.After, campaign.DefaultCallback))*time.Minute, "pressed "+k.Key)
		e.bye(c, k.Prompt)
	case campaign.KeyAgent:
		e.ask(c)
	case campaign.KeyAnswer:
		e.answer(c, k.Kept())
		if k.To == "" {
			e.bye(c, k.Prompt)
			return
		}
		e.goOn(c, k.To)
	case campaign.KeyEnd:
		e.bye(c, k.Prompt)
	}
}

// digit takes one of a number.
func (e *Engine) digit(c *call, key string) {
	a := c.alone
	switch {
	case key == "*":
		a.digits = ""
	case key != "#":
		a.digits += key
	}
	if key == "#" && a.digits != "" || len(a.digits) == a.step.Digits {
		e.number(c)
		return
	}
	a.until = e.now.Add(keyWait(a.step))
}

func (e *Engine) number(c *call) {
	e.answer(c, c.alone.digits)
	e.goOn(c, c.alone.step.Next)
}

// answer keeps what was answered to the question of the step.
func (e *Engine) answer(c *call, value string) { e.note(c, c.alone.step.Answer, value) }

// asked keeps what was answered to a dialogue.
func (e *Engine) asked(c *call, answers map[string]string) error {
	if c.alone == nil || !c.alone.robot || c.seat != nil {
		return fault.New(fault.Conflict, "try %s is in no dialogue", c.ID)
	}
	for _, question := range slices.Sorted(maps.Keys(answers)) {
		e.note(c, question, answers[question])
	}
	return nil
}

// note keeps an answer to a question of the script.
func (e *Engine) note(c *call, question, value string) {
	c.alone.keyed = true
	e.out.Answers = append(e.out.Answers, KeyAnswer{Try: c.ID, Question: question, Value: value})
}

// refuse is somebody who is never to be called again, from now on.
func (e *Engine) refuse(c *call, why string) {
	d := e.codeWith(func(f attempt.Flags) bool { return f.Refuse })
	c.Wish = attempt.Wish{Code: d.Code, Flags: d.Flags, Notes: why, By: attempt.ByKeys}
	_ = c.lead.Forbid(lead.Refused) // with the name of a rule it always can
}

// callBack is somebody who is to be called again, unless they refused.
func (e *Engine) callBack(c *call, in time.Duration, why string) {
	if c.Wish.Flags.Refuse {
		return
	}
	d := e.codeWith(func(f attempt.Flags) bool { return f.Callback })
	zone := cmp.Or(c.lead.Zone, "UTC")
	if c.zone != nil {
		zone = c.zone.String()
	}
	c.Wish = attempt.Wish{Code: d.Code, Flags: d.Flags, Notes: why, By: attempt.ByKeys, At: e.now.Add(in), Zone: zone, Number: c.Number}
}

// codeWith is the first disposition with a flag; the built-in ones have each.
func (e *Engine) codeWith(has func(attempt.Flags) bool) attempt.Disposition {
	all := slices.Concat(e.codes, attempt.Builtin())
	return all[slices.IndexFunc(all, func(d attempt.Disposition) bool { return has(d.Flags) && !d.Off })]
}

// ask lets somebody wait for an agent.
func (e *Engine) ask(c *call) {
	c.alone.queue, c.alone.until, c.person = true, e.now.Add(e.queueWait()), e.now
	e.cfg.Ledger.Answer(e.dayNumber())
	e.waiting = append(e.waiting, c)
}

func (e *Engine) queueWait() time.Duration {
	return time.Duration(cmp.Or(e.plan.Menu.Patience, campaign.DefaultQueue)) * time.Second
}

// noAgent is somebody no agent came to although they asked: they are called back.
func (e *Engine) noAgent(c *call) {
	e.waiting = slices.DeleteFunc(e.waiting, func(o *call) bool { return o == c })
	prompt := e.plan.Menu.NoAgent
	if c.Inbound {
		prompt = cmp.Or(prompt, SaidNobody)
	} else {
		e.abandoned()
	}
	e.callBack(c, campaign.DefaultCallback*time.Minute, "no agent was free")
	e.bye(c, prompt)
}

// unserved gives somebody no agent came to back to the dialogue.
func (e *Engine) unserved(c *call) {
	e.waiting = slices.DeleteFunc(e.waiting, func(o *call) bool { return o == c })
	e.abandoned()
	c.alone.queue, c.alone.until = false, c.Joined.Add(AloneWait)
	e.do(Unserved{Try: c.ID})
}

// settle is what a dialogue says a call came to.
func (e *Engine) settle(c *call, w attempt.Wish) error {
	if c.alone == nil || !c.alone.robot || c.seat != nil {
		return fault.New(fault.Conflict, "try %s is in no dialogue", c.ID)
	}
	d, known := attempt.Find(e.codes, w.Code)
	if !known || d.Auto || d.Off || d.Notes && w.Notes == "" || len(w.Notes) > attempt.MaxNotes || d.Flags.Callback && (w.At <= e.now || w.Zone == "") {
		return fault.New(fault.Invalid, "try %s: %q is no disposition of the campaign, or notes, the instant or the zone of a callback are missing", c.ID, fault.Shorten(w.Code, 60))
	}
	if c.Wish.Flags.Refuse {
		return nil // nothing takes that back
	}
	w.Flags, w.By = d.Flags, attempt.ByDialogue
	if c.Wish = w; d.Flags.Refuse {
		return c.lead.Forbid(lead.Refused)
	}
	return nil
}

// spoken is a dialogue that says nothing more of a call. One that has ended waited for it:
// a reply may cross the hang-up, and a refusal in it is none the less one.
func (e *Engine) spoken(c *call) error {
	if c.alone == nil { // an agent has the call
		return nil
	}
	if c.alone.spoken = true; c.State != attempt.Ended {
		return nil
	}
	e.keep(c)
	return e.closeAlone(c)
}

// closeAlone gives a call without an agent what it came to.
func (e *Engine) closeAlone(c *call) error {
	a, w := c.alone, &c.Wish
	if w.Code != "" {
		return e.close(c, w.Code, w.Notes, w.By, lead.Wished(w))
	}
	code := attempt.Message
	switch {
	case a.machine && a.heard:
		code = attempt.Left
	case a.machine:
		code = attempt.ByMachine
	case a.waited:
		code = attempt.Abandoned
	case a.keyed:
		code = attempt.Keyed
	case a.robot:
		code = attempt.NoCode
	case a.heard:
		code = attempt.Heard
	}
	return e.close(c, code, "", attempt.System, nil)
}

// flood dials for nobody: as many as channels, the rate and the caps allow.
func (e *Engine) flood() {
	r := e.plan.Rate
	left := cmp.Or(r.Channels, campaign.DefaultChannels)
	for _, c := range e.order {
		if c.State != attempt.Ended {
			left--
		}
	}
	e.paced = pacing.Why{Agents: e.present(), Ready: len(e.ready), Reason: pacing.ByChannels}
	every := time.Minute / time.Duration(cmp.Or(r.Minute, campaign.DefaultMinute))
	for ; left > 0; left-- {
		switch {
		case e.room() == 0:
			e.paced.Reason = e.capped()
			return
		case e.now < e.start:
			e.paced.Reason = pacing.ByRate
			return
		}
		n := e.takeNext(nil)
		if n == nil {
			e.paced.Reason = pacing.ByLeads
			return
		}
		if e.begin(n, nil, false) != nil {
			e.start = max(e.start, e.now.Add(-time.Second)).Add(every)
		}
	}
}

// KeyAnswer is a question that was answered by keys, or to a dialogue.
type KeyAnswer struct {
	Try             id.ID
	Question, Value string
}

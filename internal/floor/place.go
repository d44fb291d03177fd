package floor

import (
	"context"
	"errors"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// line is a call the lines were asked for.
type line struct {
	began bool          // they have it
	taken bool          // it is to be taken back as soon as they have it
	tape  tape          // its recording
	says  int           // prompts whose Said is to come: that of the last one counts
	with  []Third       // who was called into it and has not left
	talk  *conversation // a dialogue server leads it; nil: none does
}

// tape is how the recording of a call is.
type tape struct {
	runs bool
	lost bool // it was to be recorded, and is not, or not any more
}

// detects tells whether persons and machines are told apart: where an agent is with the
// call before it is answered, the agent hears it.
func (d *driver) detects() bool {
	return d.f.cfg.Detect && d.plan.Mode != campaign.Manual && d.plan.Mode != campaign.Preview && d.plan.Mode != campaign.TwoLegs
}

// place asks the lines for a call. That may take a while, and others go on meanwhile.
func (d *driver) place(v dialer.Dial) {
	d.calls[v.Try] = &line{}
	d.open.Store(int64(len(d.calls)))
	out := Outgoing{Company: d.c, Contract: d.pays, Try: v.Try, Campaign: d.of, Number: v.Number, CallerID: v.CallerID, Ring: v.Ring, Agent: v.Agent, Mode: d.plan.Mode.Usage(),
		Purpose: d.plan.Purpose, Record: d.plan.Record, Detect: d.detects()}
	if t, ok := d.engine.Try(v.Try); ok {
		out.List, out.Lead = t.List, t.Lead
	}
	out.Notice = d.saidFirst(out.Lead, out.Number)
	out.Kept = func(failed error) { d.post(func() { d.taped(v.Try, failed) }) }
	tell := func(ev dialer.Event) { d.post(func() { d.heard(v.Try, ev) }) }
	d.f.group.Go(func() {
		select {
		case d.slots <- struct{}{}:
			defer func() { <-d.slots }()
		case <-d.life.Done():
			return // nothing was sent
		}
		ctx, stop := context.WithTimeout(d.life, placing)
		defer stop()
		err := d.f.cfg.Lines.Place(ctx, out, tell)
		if !d.post(func() { d.placed(v.Try, err) }) && err == nil {
			d.f.cfg.Lines.Hang(v.Try) // the driver ended meanwhile, and nobody waits for the call
		}
	})
}

// announced is the system's own prompt that a call is recorded.
const announced = "recorded"

// saidFirst is what is said before a conversation that is recorded: what the campaign
// has for it, or the system's prompt where a rule of their place asks for one.
func (d *driver) saidFirst(l id.ID, n phone.Number) string {
	switch {
	case !d.plan.Record:
		return ""
	case d.plan.Notice == "" && d.rules.MustTellRecording(l, n, now()):
		return announced
	}
	return d.plan.Notice
}

// placed is what the lines said to a call they were asked for.
func (d *driver) placed(try id.ID, err error) {
	x := d.calls[try]
	if x == nil {
		return // it is over already
	}
	if err == nil {
		if x.began = true; x.taken {
			d.f.cfg.Lines.Hang(try)
		}
		return
	}
	d.ended(try)
	rule, again := d.notPlaced(err)
	if fault.KindOf(d.handle(dialer.Withheld{Try: try, Rule: rule, Again: again})) == fault.Conflict {
		d.happened(dialer.Over{Try: try}) // something was told of it before it was refused
	}
}

// notPlaced is the rule an error becomes, and when the lead may be tried again. What
// has to do with money stops the campaign, what has to do with lines makes it wait.
func (d *driver) notPlaced(err error) (rule string, again timex.Instant) {
	d.f.log("a call was not placed", "campaign", d.of.Named("cmp"), "error", err)
	var no *app.CallRefused
	if !errors.As(err, &no) {
		d.slow(time.Second, "no_line")
		return "line.no_line", now().Add(dialer.TrunkWait / 5)
	}
	if fault.KindOf(err) == fault.Invalid || no.Reason == app.ClassBlocked || no.Reason == app.CallUnpriced {
		return "line." + string(no.Reason), now().Add(24 * time.Hour) // this number cannot be called as things are
	}
	switch no.Reason {
	case app.NoCredit, app.SpendCapMet, app.CallsStopped:
		d.brakeFor(err)
		return "line." + string(no.Reason), now()
	case app.TooManyCalls, app.CallsTooFast:
		d.slow(time.Second, string(no.Reason))
		return "line." + string(no.Reason), now()
	}
	return "line." + string(no.Reason), now().Add(dialer.TrunkWait)
}

// slow lets nothing be dialed for a while.
func (d *driver) slow(pause time.Duration, why string) {
	d.broke.until, d.broke.why = now().Add(pause), why
	d.happened(dialer.Capped{Channels: 0, Starts: pacing.NoCap, Attempts: pacing.NoCap})
}

// says counts a prompt that is played.
func (d *driver) says(try id.ID) {
	if x := d.calls[try]; x != nil {
		x.says++
	}
}

// heard is what the lines told of a call. The end of a prompt that was broken off says
// nothing of the one that broke it off.
func (d *driver) heard(try id.ID, ev dialer.Event) {
	x := d.calls[try]
	if x != nil && x.talk != nil {
		x.talk.heard(ev)
	}
	switch ev.(type) {
	case dialer.Said:
		if x == nil {
			return
		}
		if x.says = max(x.says-1, 0); x.says > 0 {
			return
		}
	case dialer.Parted:
		d.talked(try)
	case dialer.Came, dialer.Left, dialer.NotTaken:
		d.outside(try, ev)
	case dialer.Over:
		d.ended(try)
	}
	d.happened(ev)
}

// taped is what became of the recording of a call.
func (d *driver) taped(try id.ID, failed error) {
	x := d.calls[try]
	if x == nil {
		return // it is over, and its fact says it
	}
	x.tape = tape{runs: failed == nil, lost: failed != nil}
	for user, at := range d.desks {
		if at.call != try {
			continue
		}
		if x.tape.lost {
			at.notice("recording_lost", "")
		}
		d.show(user)
	}
}

// ended forgets a call.
func (d *driver) ended(try id.ID) {
	d.talked(try)
	delete(d.calls, try)
	d.open.Store(int64(len(d.calls)))
}

// cancel takes back or hangs up a call.
func (d *driver) cancel(try id.ID) {
	switch x := d.calls[try]; {
	case x == nil: // it is over, and told
	case x.began:
		d.f.cfg.Lines.Hang(try)
	default:
		x.taken = true
	}
}

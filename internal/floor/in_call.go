package floor

import (
	"context"
	"errors"
	"strings"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Dispose is what an agent says a call came to.
type Dispose struct {
	Code     string
	Notes    string // empty: those that were noted
	Callback *Appointment
	Kept     bool // it may be changed or taken back until a moment after the call, or after it was chosen there
}

// Dispose says what the call came to, while it lasts or after it. A refusal holds for
// every campaign of the company from the moment this returns, whatever is chosen later.
func (f *Floor) Dispose(ctx context.Context, c id.Company, user, session string, in Dispose) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		ev := dialer.Disposed{User: user, Code: in.Code, Notes: in.Notes, Kept: in.Kept}
		if a := in.Callback; a != nil {
			ev.Callback = &lead.Appointment{At: a.At, Zone: a.Zone, Number: a.Number, Notes: a.Notes}
			if a.Mine {
				ev.Callback.Agent = user
			}
		}
		p, _ := d.engine.Post(user)
		if err := d.handle(ev); err != nil {
			return err
		}
		refuses, err := d.refuseNow(ctx, &p, &ev)
		if err == nil && !refuses && p.Call.Wish.Flags.Refuse {
			x.notice("refusal_stands", "")
		}
		return err
	})
}

// Retract takes back what was chosen. A refusal stands: who may change the do-not-call list
// takes the number off it, with a reason that the audit log keeps.
func (f *Floor) Retract(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		p, _ := d.engine.Post(user)
		err := d.handle(dialer.Retracted{User: user})
		if err == nil && p.Call.Wish.Flags.Refuse {
			x.notice("refusal_stands", "")
		}
		return err
	})
}

// refuseNow puts a refusal on the do-not-call list while the call is not closed yet: it must
// not wait for that, nor be lost with it.
func (d *driver) refuseNow(ctx context.Context, p *dialer.Post, ev *dialer.Disposed) (is bool, err error) {
	is, err = d.refuses(ctx, d.plan.Dispositions, ev.Code)
	if err != nil || !is || p.State != agent.Talking && !ev.Kept { // a call that is closed has its refusal kept with that
		return is, err
	}
	if err := d.keepOff(ctx, p.Call.ID, p.Lead.Numbers, ev.Notes, ev.User); err != nil {
		return true, err
	}
	d.refused(p.Lead.Numbers)
	return true, nil
}

// bar is refuseNow for what a program said of a call. Any goroutine may.
func (d *driver) bar(ctx context.Context, try id.ID, numbers []lead.Number, code, notes, by string) (is bool, err error) {
	plan, err := d.f.cfg.System.GetCampaign(ctx, d.c, d.of)
	if err != nil {
		return false, err
	}
	if is, err = d.refuses(ctx, plan.Dispositions, code); err != nil || !is {
		return false, err
	}
	err = d.keepOff(ctx, try, numbers, notes, by)
	return err == nil, err
}

// refuses tells whether a disposition is one that somebody is never called again after.
func (d *driver) refuses(ctx context.Context, own []attempt.Disposition, code string) (bool, error) {
	codes, err := d.f.cfg.System.Dispositions(ctx, d.c)
	if err != nil {
		return false, err
	}
	of, ok := attempt.Find(attempt.Over(codes, own), code)
	return ok && of.Flags.Refuse, nil
}

// keepOff puts the numbers of a call on the do-not-call list.
func (d *driver) keepOff(ctx context.Context, try id.ID, numbers []lead.Number, notes, by string) error {
	list := make([]store.Barred, len(numbers))
	for i, n := range numbers {
		list[i] = store.Barred{Number: n.Number, Rule: lead.Refused, Source: "try " + try.Named("try"), Reason: notes, By: by, At: now()}
	}
	_, err := d.f.cfg.System.Bar(ctx, d.c, list)
	return err
}

// Choose answers a lead that is shown: dial it, or skip it.
func (f *Floor) Choose(ctx context.Context, c id.Company, user, session string, dial bool) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		return d.handle(dialer.Chosen{User: user, Dial: dial})
	})
}

// Dial calls a lead by hand.
func (f *Floor) Dial(ctx context.Context, c id.Company, user, session string, l id.ID) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		candidate, err := f.cfg.System.OfferLead(ctx, c, d.rules, d.of, l)
		if err != nil {
			return err
		}
		return d.handle(dialer.Wanted{User: user, Lead: candidate})
	})
}

// HangUp ends the call, or takes back what rings.
func (f *Floor) HangUp(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error { return d.handle(dialer.HungUp{User: user}) })
}

// talking lets an agent do something with the conversation they are in.
func (f *Floor) talking(ctx context.Context, c id.Company, user, session string, do func(*driver, *desk, id.ID) error) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		p, in := d.engine.Post(user)
		switch {
		case !in || p.State != agent.Talking:
			return refused("no_call", "you are in no conversation")
		case p.Of != "":
			return refused("not_yours", "the conversation is another agent's: you help in it, and can leave it")
		}
		return named(do(d, x, p.Call.ID), "line")
	})
}

// named gives what the lines refuse a name, so that a desk says in its own words what is
// the matter. A refusal that has one keeps it.
func named(err error, code string) error {
	var has *Refusal
	if kind := fault.KindOf(err); err == nil || errors.As(err, &has) || kind != fault.Conflict && kind != fault.NotFound {
		return err
	}
	return &Refusal{code, err}
}

// Hold lets the customer wait, or ends that.
func (f *Floor) Hold(ctx context.Context, c id.Company, user, session string, on bool) (Desk, error) {
	return f.talking(ctx, c, user, session, func(_ *driver, x *desk, try id.ID) error {
		err := f.cfg.Lines.Hold(try, on)
		if err == nil {
			x.held = on
		}
		return err
	})
}

// PauseRecording leaves out what is said from now on, or ends that.
func (f *Floor) PauseRecording(ctx context.Context, c id.Company, user, session string, on bool) (Desk, error) {
	return f.talking(ctx, c, user, session, func(d *driver, x *desk, try id.ID) error {
		if !d.plan.Record {
			return refused("not_recorded", "calls of campaign %q are not recorded", d.plan.Name)
		}
		if l := d.calls[try]; l != nil && l.tape.lost {
			return refused("not_recorded", "this call is not recorded: its file cannot be written")
		}
		err := f.cfg.Lines.PauseRecording(try, on)
		if err == nil {
			x.silenced = on
		}
		return err
	})
}

// Press sends keys to the customer's line.
func (f *Floor) Press(ctx context.Context, c id.Company, user, session, keys string) (Desk, error) {
	return f.talking(ctx, c, user, session, func(_ *driver, _ *desk, try id.ID) error {
		if keys == "" || len(keys) > 32 || strings.Trim(keys, "0123456789*#") != "" {
			return refused("keys", "1 to 32 of 0 to 9, * and # were expected")
		}
		return f.cfg.Lines.Press(try, keys)
	})
}

// Voicemail leaves the campaign's message on the line and lets the agent go.
func (f *Floor) Voicemail(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.talking(ctx, c, user, session, func(d *driver, _ *desk, try id.ID) error {
		if d.plan.Voicemail == "" {
			return refused("no_voicemail", "campaign %q has no message to leave", d.plan.Name)
		}
		if err := f.cfg.Lines.Drop(try, d.plan.Voicemail); err != nil {
			return err
		}
		return d.handle(dialer.Parted{Try: try})
	})
}

// passTo gives a conversation to another agent of the campaign, who is ready or helps in
// it; together: that one joins and helps.
func (d *driver) passTo(try id.ID, user, to string, together bool) error {
	p, in := d.engine.Post(to)
	helps := in && p.Of == user
	switch {
	case !helps && (!in || p.State != agent.Ready || !p.Gone.IsZero() || !d.f.isThere(who{d.c, to})): // a leg that came back may not be told of yet
		return refused("not_ready", "that agent is not ready: choose another, or wait")
	case helps && together:
		return nil
	case together:
		if err := d.f.cfg.Lines.Confer(try, Target{Agent: to}); err != nil {
			return named(err, "not_ready")
		}
		return d.handle(dialer.Helped{User: user, To: to})
	}
	if err := d.f.cfg.Lines.Transfer(try, Target{Agent: to}); err != nil {
		return named(err, "not_ready")
	}
	return d.handle(dialer.Passed{User: user, To: to})
}

// mostReady bounds the agents a desk is told of at once.
const mostReady = 50

// Colleagues are the agents of one's campaign who can take a call now.
func (f *Floor) Colleagues(ctx context.Context, c id.Company, user, session string) (out Colleagues, err error) {
	out = Colleagues{At: now(), Ready: []Colleague{}}
	_, err = f.at(ctx, c, user, session, func(d *driver, _ *desk) error {
		for _, a := range d.engine.Ready() {
			switch x := d.desks[a.User]; {
			case x == nil || a.User == user || !f.isThere(who{c, a.User}):
			case len(out.Ready) == mostReady:
				out.More++
			default:
				out.Ready = append(out.Ready, Colleague{Agent: a.User, Name: x.name, Since: a.Since})
			}
		}
		return nil
	})
	return out, err
}

// Note keeps what an agent writes until the call is written up.
func (f *Floor) Note(ctx context.Context, c id.Company, user, session, notes string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		switch {
		case x.call.IsZero():
			return refused("no_call", "there is no call to take notes of")
		case len(notes) > attempt.MaxNotes:
			return refused("notes", "at most %d bytes were expected", attempt.MaxNotes)
		}
		return d.handle(dialer.Noted{User: user, Notes: notes})
	})
}

// SheetOf is what a desk needs to know of a campaign.
func SheetOf(ctx context.Context, sys *app.System, c id.Company, of *app.Campaign) (Sheet, error) {
	codes, err := sys.Dispositions(ctx, c)
	if err != nil {
		return Sheet{}, err
	}
	out := Sheet{Campaign: of.ID.Named("cmp"), Name: of.Name, Purpose: of.Purpose, Mode: of.Mode, Script: of.Script, Form: of.Form, Guide: !of.Guide.Script.IsZero(), Targets: of.Targets, WrapUp: of.WrapUp, Preview: of.PreviewFor,
		Voicemail: of.Voicemail != "", Record: of.Record, Pauses: []string{"break", "lunch", "training", "meeting", "admin"}}
	if out.Form == nil {
		out.Form = []campaign.Field{}
	}
	if out.Targets == nil {
		out.Targets = []campaign.Target{}
	}
	if out.WrapUp == 0 {
		out.WrapUp = campaign.DefaultWrapUp
	}
	for _, d := range attempt.Over(codes, of.Dispositions) {
		if !d.Auto && !d.Off {
			out.Dispositions = append(out.Dispositions, d)
		}
	}
	return out, nil
}

package floor

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// supervised lets a supervisor do something with an agent.
func (f *Floor) supervised(ctx context.Context, c id.Company, user string, do func(*driver, *desk, *dialer.Post) error) (out Agent, err error) {
	d := f.of(who{c, user})
	if d == nil {
		return out, refused("not_logged_in", "the agent is not logged in here")
	}
	err = d.ask(ctx, func() error {
		x := d.desks[user]
		p, in := d.engine.Post(user)
		if x == nil || !in {
			return refused("not_logged_in", "the agent is not logged in here")
		}
		err := do(d, x, &p)
		if p, in = d.engine.Post(user); in {
			out = d.agentOf(x, &p)
		} else {
			out = Agent{Agent: user, Name: x.name, Campaign: d.of.Named("cmp"), State: agent.Out, Since: now(), Logged: x.logged, Today: x.today}
		}
		d.show(user)
		return err
	})
	return out, err
}

// ForcePause makes an agent pause, after the call if there is one; they are told by whom
// and why. It holds until EndPause, also over a log-in anew.
func (f *Floor) ForcePause(ctx context.Context, c id.Company, user, by, why string) (Agent, error) {
	p := app.ForcedPause{User: user, By: by, Since: now(), Why: why}
	if f.cfg.Name != nil && strings.HasPrefix(by, "user_") {
		var err error
		if p.Name, err = f.cfg.Name(ctx, c, by); err != nil {
			return Agent{}, err
		}
	}
	return f.supervised(ctx, c, user, func(d *driver, x *desk, _ *dialer.Post) error {
		if err := f.cfg.System.ForcePause(ctx, c, p); err != nil {
			return err
		}
		x.forced = &p
		x.notice("forced_pause", why)
		return d.handle(dialer.Pausing{User: user, Reason: agent.Forced, Forced: true})
	})
}

// EndPause ends a pause a supervisor made, of an agent who is logged in or not. The agent
// is ready when they say so.
func (f *Floor) EndPause(ctx context.Context, c id.Company, user string) (Agent, error) {
	over, err := f.logins.take(ctx, who{c, user}) // they do not log in with a pause that has just been ended
	if err != nil {
		return Agent{}, err
	}
	defer over()
	end := func() error {
		err := f.cfg.System.EndForcedPause(ctx, c, user)
		if fault.KindOf(err) == fault.NotFound {
			return refused("not_forced", "no supervisor made this agent pause")
		}
		return err
	}
	if f.of(who{c, user}) == nil {
		return Agent{Agent: user, State: agent.Out, Since: now()}, end()
	}
	return f.supervised(ctx, c, user, func(d *driver, x *desk, _ *dialer.Post) error {
		if err := end(); err != nil {
			return err
		}
		x.forced = nil
		x.notice("pause_ended", "")
		return d.handle(dialer.Unbarred{User: user})
	})
}

// ForceOut logs an agent out, after the call if there is one; they are told.
func (f *Floor) ForceOut(ctx context.Context, c id.Company, user, _, why string) (Agent, error) {
	return f.supervised(ctx, c, user, func(d *driver, x *desk, _ *dialer.Post) error {
		x.leaving = true
		x.notice("forced_out", why)
		return d.handle(dialer.LoggedOut{User: user})
	})
}

// Conversation is the call an agent speaks in now.
func (f *Floor) Conversation(c id.Company, user string) (id.ID, error) {
	a, err := read[Agent](f.stream(c), "agent", user)
	switch {
	case err != nil:
		return id.ID{}, refused("not_logged_in", "the agent is not logged in here")
	case a.State != agent.Talking || a.Call == nil:
		return id.ID{}, refused("no_call", "the agent is in no conversation")
	}
	return id.ParseNamed("try", a.Call.Try)
}

// Hear lets a supervisor take part in a call of an agent, which Conversation named. The
// supervisor's own telephone or browser must be on the line.
func (f *Floor) Hear(ctx context.Context, c id.Company, user string, call id.ID, supervisor string, how Hearing) (Agent, error) {
	return f.supervised(ctx, c, user, func(d *driver, x *desk, p *dialer.Post) error {
		switch {
		case p.State != agent.Talking || p.Call.ID != call:
			return refused("no_call", "that conversation of the agent is over")
		case supervisor == user || p.Of == supervisor || slices.Contains(p.With, supervisor):
			return refused("own_call", "this is your own conversation")
		case how != None && !f.isThere(who{c, supervisor}):
			return refused("no_line", "your telephone is not on the line: connect it first")
		}
		if err := f.cfg.Lines.Supervise(p.Call.ID, supervisor, how); err != nil {
			return err
		}
		x.unhear(supervisor)
		if how != None {
			x.heard = append(x.heard, Hearer{supervisor, how})
			f.hears(who{c, supervisor}, call)
		}
		return nil
	})
}

// hears keeps which call a supervisor hears; zero: none any more. Whatever else shows them
// as its hearer shows so no longer: a telephone hears one call.
func (f *Floor) hears(w who, call id.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if was := f.hearing[w]; was == call {
		return
	}
	if f.hearing[w] = call; call.IsZero() {
		delete(f.hearing, w)
	}
	for at, d := range f.drivers {
		if at.c == w.c {
			d.post(func() { d.unheard(w) })
		}
	}
}

// unheard shows a supervisor at no call but the one they hear now.
func (d *driver) unheard(w who) {
	d.f.mu.Lock()
	call := d.f.hearing[w]
	d.f.mu.Unlock()
	for user, x := range d.desks {
		if p, in := d.engine.Post(user); in && p.Call != nil && p.Call.ID == call {
			continue
		}
		if x.unhear(w.user) {
			d.show(user)
		}
	}
}

// unhear takes somebody off who heard the call; false: nobody of that name did.
func (x *desk) unhear(user string) bool {
	left := slices.DeleteFunc(slices.Clone(x.heard), func(h Hearer) bool { return h.Who == user })
	had := len(left) < len(x.heard)
	x.heard = left
	return had
}

// Read begins to tell somebody of what changes on the whole floor.
func (f *Floor) Read(c id.Company) (*Reader, error) {
	return f.stream(c).read(place{}, func(kind, _ string) bool { return kind != "desk" })
}

// ReadDesk begins to tell an agent of what changes at their desk; a Refusal where it is
// none any more. One that goes after that is told of: nothing falls between.
func (f *Floor) ReadDesk(c id.Company, user, session string) (*Reader, error) {
	r, err := f.stream(c).read(place{"desk", session}, func(kind, key string) bool { return kind == "desk" && key == session })
	if err != nil {
		return nil, err
	}
	if _, err := f.Desk(c, user, session); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// mostShown bounds the campaigns of one overview.
const mostShown = 200

// Overview is the floor of a company at this moment: campaigns that run or pause, driven
// here or not, and agents who are logged in here.
func (f *Floor) Overview(ctx context.Context, c id.Company) (out Overview, err error) {
	out = Overview{At: now(), Campaigns: []Campaign{}, Agents: []Agent{}, Standing: []string{}}
	seq, all := f.stream(c).all(func(kind, _ string) bool { return kind != "desk" })
	out.Seq = seq
	live := map[string]bool{}
	for _, x := range all {
		var failed error
		switch x.Kind {
		case "campaign":
			live[x.Key] = true
			out.Campaigns, failed = added(out.Campaigns, x.Data)
		case "agent":
			out.Agents, failed = added(out.Agents, x.Data)
		case "standing":
			out.Standing = append(out.Standing, x.Key)
		}
		if failed != nil {
			return out, failed
		}
	}
	for _, state := range []campaign.State{campaign.Running, campaign.Paused} {
		list, err := f.cfg.System.Campaigns(ctx, c, state, store.Page{Limit: mostShown, Down: true})
		if err != nil {
			return out, err
		}
		for i := range list {
			if live[list[i].ID.Named("cmp")] {
				continue
			}
			x, err := f.idle(ctx, c, &list[i])
			if err != nil {
				return out, err
			}
			out.Campaigns = append(out.Campaigns, x)
		}
	}
	return out, nil
}

func added[T any](list []T, b []byte) ([]T, error) {
	var x T
	err := json.Unmarshal(b, &x)
	return append(list, x), err
}

// read is one state that was told.
func read[T any](s *stream, kind, key string) (out T, err error) {
	b := s.get(kind, key)
	if b == nil {
		return out, fault.New(fault.NotFound, "there is no %s of that name", kind)
	}
	return out, json.Unmarshal(b, &out)
}

// Campaign is what goes on in a campaign.
func (f *Floor) Campaign(ctx context.Context, c id.Company, of *app.Campaign) (Campaign, error) {
	if out, err := read[Campaign](f.stream(c), "campaign", of.ID.Named("cmp")); err == nil {
		return out, nil
	}
	return f.idle(ctx, c, of)
}

// idle is a campaign nobody drives here.
func (f *Floor) idle(ctx context.Context, c id.Company, of *app.Campaign) (out Campaign, err error) {
	t, err := f.cfg.System.TallyOf(ctx, c, of.ID)
	if err != nil {
		return out, err
	}
	counts, err := f.cfg.System.CampaignLeads(ctx, c, of)
	if err != nil {
		return out, err
	}
	missing, err := f.missing(ctx, c, of)
	if err != nil {
		return out, err
	}
	out = idleCampaign(of, &t, countsOf(counts), now())
	out.Why = append(out.Why, missing...)
	if why := f.stuckFor(which{c, of.ID}); why != "" && of.GoesOnAlone() {
		out.Why = slices.Insert(out.Why, 0, reasonIn("stuck", why))
	}
	out.Node, err = f.cfg.System.CampaignNode(ctx, c, of.ID)
	return out, err
}

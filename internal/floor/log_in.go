package floor

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// LogIn logs an agent in to a campaign and gives the desk. Whoever is logged in to it
// already is so anew: the older desk is told, and the call it has goes on at the newer.
// Who works for another campaign leaves it, unless they are in a call. leaves is when a
// break or the end of the shift is planned; zero: it is not.
func (f *Floor) LogIn(ctx context.Context, c id.Company, of id.ID, user string, leaves timex.Instant) (Desk, error) {
	w := who{c, user}
	over, err := f.logins.take(ctx, w)
	if err != nil {
		return Desk{}, err
	}
	defer over()
	session := "fls_" + strings.ToLower(rand.Text())
	if at := f.of(w); at != nil {
		if at.of == of {
			err := at.ask(ctx, func() error { return at.anew(user, session) })
			return f.desk(c, session, err)
		}
		if err := at.ask(ctx, func() error { return at.leaveFor(user) }); err != nil {
			return Desk{}, err
		}
	}
	d, err := f.drive(ctx, which{c, of})
	if err != nil {
		return Desk{}, f.noSeat(err)
	}
	name := user
	if f.cfg.Name != nil {
		if name, err = f.cfg.Name(ctx, c, user); err != nil {
			return Desk{}, err
		}
	}
	s, err := f.cfg.System.SitDown(ctx, c, of, user)
	if err != nil {
		return Desk{}, f.noSeat(err)
	}
	err = d.ask(ctx, func() error {
		if err := ctx.Err(); err != nil { // nobody waits for the desk
			return err
		}
		if d.draining {
			return errClosing
		}
		forced, err := f.cfg.System.ForcedPauseOf(ctx, c, user)
		if err != nil {
			return err
		}
		x := &desk{user: user, name: name, session: session, sitting: s.ID, seat: s.Contract, logged: now(), zone: s.Zone, forced: forced}
		d.count(x)
		d.desks[user] = x
		if err := d.handle(dialer.LoggedIn{User: user, Seat: s.Seat, Leaves: leaves, Barred: forced != nil}); err != nil {
			delete(d.desks, user)
			return err
		}
		f.sits(w, d)
		return nil
	})
	if err != nil {
		return Desk{}, errors.Join(err, f.cfg.System.StandUp(context.WithoutCancel(ctx), c, s.ID))
	}
	return f.desk(c, session, nil)
}

// noSeat gives a refusal of the books its code.
func (f *Floor) noSeat(err error) error {
	var no *app.SeatRefused
	if errors.As(err, &no) {
		return &Refusal{string(no.Reason), fault.New(fault.Conflict, "%v", err)}
	}
	return err
}

// anew gives the desk of an agent to a newer log-in.
func (d *driver) anew(user, session string) error {
	x := d.desks[user]
	if x == nil {
		return refused("not_logged_in", "the agent has just been logged out: log in again")
	}
	older := *x
	older.notices = nil
	older.notice("elsewhere", "")
	d.farewell(&older)
	x.session = session
	d.show(user)
	return nil
}

// leaveFor logs an agent out who goes to another campaign.
func (d *driver) leaveFor(user string) error {
	if p, in := d.engine.Post(user); in && p.State == agent.Talking {
		return refused("in_call", "a call of campaign %q goes on: end it first", d.plan.Name)
	}
	if err := d.handle(dialer.LoggedOut{User: user}); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return nil
}

// at lets the agent of a session do something at their desk, and gives the desk.
func (f *Floor) at(ctx context.Context, c id.Company, user, session string, do func(*driver, *desk) error) (Desk, error) {
	d := f.of(who{c, user})
	if d == nil {
		return Desk{}, refused("not_logged_in", "log in to a campaign first")
	}
	err := d.ask(ctx, func() error {
		x := d.desks[user]
		switch {
		case x == nil:
			return refused("not_logged_in", "log in to a campaign first")
		case x.session != session:
			return refused("elsewhere", "you are logged in elsewhere since: go on there, or log in here again")
		}
		err := do(d, x)
		d.show(user)
		return err
	})
	return f.desk(c, session, err)
}

// desk is what was told last of a desk.
func (f *Floor) desk(c id.Company, session string, err error) (out Desk, _ error) {
	if err != nil {
		return out, err
	}
	return read[Desk](f.stream(c), "desk", session)
}

// Desk is that of a session; a Refusal where it is none any more.
func (f *Floor) Desk(c id.Company, user, session string) (Desk, error) {
	out, err := f.desk(c, session, nil)
	if err == nil && out.Agent.Agent != user || fault.KindOf(err) == fault.NotFound {
		return Desk{}, refused("not_logged_in", "log in to a campaign first")
	}
	return out, err
}

// SessionOf is the session of a user who is logged in; empty: they are not.
func (f *Floor) SessionOf(ctx context.Context, c id.Company, user string) (session string, err error) {
	d := f.of(who{c, user})
	if d == nil {
		return "", nil
	}
	err = d.ask(ctx, func() error {
		if x := d.desks[user]; x != nil {
			session = x.session
		}
		return nil
	})
	return session, err
}

// LogOut ends a log-in: at once, or after the call.
func (f *Floor) LogOut(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error { return d.handle(dialer.LoggedOut{User: user}) })
}

// Ready makes an agent free for calls; a telephone or browser must be on the line.
func (f *Floor) Ready(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		switch {
		case x.forced != nil:
			return errForced
		case !f.isThere(who{c, user}):
			return refused("no_line", "your telephone is not on the line: connect it, then be ready")
		}
		return d.handle(dialer.IsReady{User: user})
	})
}

// Pause makes a pause with a reason, after the call and its writing up if there is one.
func (f *Floor) Pause(ctx context.Context, c id.Company, user, session, reason string) (Desk, error) {
	return f.at(ctx, c, user, session, func(d *driver, x *desk) error {
		if x.forced != nil {
			return errForced
		}
		return d.handle(dialer.Pausing{User: user, Reason: reason})
	})
}

// errForced is of an agent whom a supervisor made pause.
var errForced = refused("forced", "a supervisor made you pause: ask them to let you go on")

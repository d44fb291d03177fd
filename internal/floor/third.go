package floor

import (
	"context"
	"slices"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/id"
	"waihu/internal/phone"
)

// Transfer hands the conversation over to a target of the campaign or an agent who is
// ready, or helps in it; together: they join, and the agent stays.
func (f *Floor) Transfer(ctx context.Context, c id.Company, user, session, target, to string, together bool) (Desk, error) {
	return f.talking(ctx, c, user, session, func(d *driver, x *desk, try id.ID) error {
		if to != "" {
			return d.passTo(try, user, to, together)
		}
		i := slices.IndexFunc(d.plan.Targets, func(t campaign.Target) bool { return t.Name == target })
		if i < 0 {
			return refused("no_target", "campaign %q has no target of that name", d.plan.Name)
		}
		l, to := d.calls[try], d.plan.Targets[i]
		switch {
		case l == nil:
			return refused("no_call", "the call is over")
		case l.third(to.Number) >= 0:
			return refused("there", "%s is called into this call already", to.Name)
		}
		give := f.cfg.Lines.Transfer
		if together {
			give = f.cfg.Lines.Confer
		}
		if err := give(try, Target{Number: to.Number}); err != nil {
			return named(err, "not_called")
		}
		l.with = append(l.with, Third{Name: to.Name, Number: to.Number, Rings: true, Since: now()}) // the lines have room for three
		d.showCall(try)
		return nil
	})
}

// third is where somebody outside stands who was called into a call; -1: nowhere.
func (l *line) third(n phone.Number) int {
	return slices.IndexFunc(l.with, func(t Third) bool { return t.Number == n })
}

// outside is what the lines told of somebody who was called into a call.
func (d *driver) outside(try id.ID, ev dialer.Event) {
	l := d.calls[try]
	if l == nil {
		return // it is over
	}
	var came bool
	var n phone.Number
	switch v := ev.(type) {
	case dialer.Came:
		came, n = true, v.Number
	case dialer.Left:
		n = v.Number
	case dialer.NotTaken:
		n = v.Number
	}
	i := l.third(n)
	if i < 0 {
		return // a dialogue called them
	}
	t := l.with[i]
	if came {
		l.with[i] = Third{Name: t.Name, Number: n, Since: now()}
	} else {
		l.with = slices.Delete(l.with, i, i+1)
	}
	if _, missed := ev.(dialer.NotTaken); missed {
		for _, x := range d.desks {
			if x.call == try {
				x.notice("not_come", t.Name)
			}
		}
	}
	d.showCall(try)
}

// showCall tells the desks that are in a call.
func (d *driver) showCall(try id.ID) {
	for user, x := range d.desks {
		if x.call == try {
			d.show(user)
		}
	}
}

// Leave lets the agent go from a conversation that a target was brought into: the two talk
// on, and the agent writes up.
func (f *Floor) Leave(ctx context.Context, c id.Company, user, session string) (Desk, error) {
	return f.talking(ctx, c, user, session, func(d *driver, x *desk, try id.ID) error {
		l := d.calls[try]
		if l == nil || !slices.ContainsFunc(l.with, func(t Third) bool { return !t.Rings }) {
			return refused("no_third", "nobody would be left with the customer: bring a target in first and wait for the answer, or hang up")
		}
		if err := f.cfg.Lines.Part(try); err != nil {
			return named(err, "no_third")
		}
		return d.handle(dialer.Parted{Try: try})
	})
}

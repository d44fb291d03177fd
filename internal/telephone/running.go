package telephone

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
)

// Running are the calls of a company that run on this node, the oldest first.
func (t *Telephone) Running(c id.Company) []floor.Running {
	f := t.floor
	f.mu.Lock()
	var all []*dialed
	for _, d := range f.calls { // bounded by the lines of an exchange
		if d.o.Company == c {
			all = append(all, d)
		}
	}
	f.mu.Unlock()
	out := make([]floor.Running, len(all))
	for i, d := range all {
		out[i] = d.running()
	}
	slices.SortFunc(out, func(a, b floor.Running) int {
		return cmp.Or(a.Begun.Compare(b.Begun), strings.Compare(a.Call.String(), b.Call.String()))
	})
	return out
}

// running is how a call is now.
func (d *dialed) running() floor.Running {
	s := d.line.State()
	out := floor.Running{Call: d.o.Try, Campaign: d.o.Campaign, Agent: d.o.Agent, From: number(d.o.CallerID), To: d.to, Begun: d.begun, Answered: s.Answered, Held: s.Held, Paused: s.Paused, Hearing: map[string]floor.Hearing{}}
	if d.in != nil { // whoever is called is the customer, and here they call
		out.From, out.In = number(d.o.Number), true
	}
	if s.Agent != "" || s.Spoken { // nobody any more, where the agent has parted
		out.Agent = agentIn(s.Agent)
	}
	for who, role := range s.Ears {
		for how, r := range roles {
			if r == role {
				out.Hearing[agentIn(who)] = how
			}
		}
	}
	return out
}

// agentIn is the agent in the name of a standing leg.
func agentIn(who string) string {
	_, agent, _ := strings.Cut(who, between)
	return agent
}

// mine is a call of a company; another's is not there.
func (f *floorLines) mine(c id.Company, call id.ID) (*dialed, error) {
	d, err := f.of(call)
	if err == nil && d.o.Company != c {
		return nil, fault.New(fault.NotFound, "call %s does not run here", callName(call))
	}
	return d, err
}

// On does something to a call of a company that runs here, over the lines.
func (t *Telephone) On(c id.Company, call id.ID, do func(floor.Lines) error) error {
	if _, err := t.floor.mine(c, call); err != nil {
		return err
	}
	return do(t.floor)
}

// join takes an agent's own call in among those that run.
func (f *floorLines) join(ctx context.Context, c id.Company, p *app.PlannedCall) (*dialed, error) {
	line, err := f.t.x.Find(callName(p.ID))
	if err != nil {
		return nil, err
	}
	company, err := f.t.sys.GetCompany(ctx, c)
	if err != nil {
		return nil, err
	}
	d := &dialed{f: f, o: floor.Outgoing{Company: c, Contract: p.Contract, Try: p.ID, Agent: p.Agent}, to: p.To, line: line, lang: company.Lang, tell: func(dialer.Event) {}, begun: time.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[p.ID] = d
	return d, nil
}

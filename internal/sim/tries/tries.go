// Package tries tells the books of calls to leads that nobody dialed, step by step,
// for demonstrations and tests. The dialer's calls are kept by its own way, which
// this goes too (app.KeepCalling).
//
// It owns no data. What always holds: a lead that may not be called by its state or
// the do-not-call list is not; the hours of the law and of the campaign are not asked,
// since what is told is over.
package tries

import (
	"context"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Teller tells of the calls of one campaign.
type Teller struct {
	sys   *app.System
	c     id.Company
	of    app.Campaign
	rules *app.CallingRules
}

// New is a teller of a campaign that runs.
func New(sys *app.System, c id.Company, of *app.Campaign) (*Teller, error) {
	packs, err := compliance.Load()
	if err != nil {
		return nil, err
	}
	any := *of
	any.Lifted = nil
	any.Hours = campaign.Hours{Windows: []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}}
	for _, p := range packs.List() {
		for i := range p.Rules {
			if r := &p.Rules[i]; r.Kind == compliance.Hours {
				any.Lifted = append(any.Lifted, campaign.Lift{Rule: r.Name, Reason: "it is told after it was"})
			}
		}
	}
	rules, err := app.NewCallingRules(packs, &any)
	if err != nil {
		return nil, err
	}
	return &Teller{sys: &app.System{DB: store.Joining(sys.DB), IDs: sys.IDs, Node: sys.Node}, c: c, of: *of, rules: rules}, nil
}

// Decide begins a try of the number of a lead that is next, at a moment, for an agent or
// nobody. A Conflict: the lead may not be called.
func (t *Teller) Decide(ctx context.Context, i id.ID, caller phone.Number, agent string, now timex.Instant) (a attempt.Attempt, err error) {
	who, err := t.sys.GetLead(ctx, t.c, i)
	if err != nil {
		return a, err
	}
	l := who.Lead.Lead
	a = attempt.Attempt{Campaign: t.of.ID, List: l.List, Lead: i, Number: l.Next(), CallerID: caller, Agent: agent, Mode: t.of.Mode.Usage(), Ordinal: l.Attempts + 1}
	if a.ID, err = t.sys.IDs.At(now); err != nil {
		return a, err
	}
	if err := l.Begin(a.ID, a.Number, now, false); err != nil {
		return a, fault.New(fault.Conflict, "%v", err)
	}
	if err := a.Decide(now); err != nil {
		return a, err
	}
	return a, t.keep(ctx, &a, l)
}

// Keep keeps a try whose state changed: dialed, answered, joined, ended.
func (t *Teller) Keep(ctx context.Context, a *attempt.Attempt) error {
	return t.keep(ctx, a, lead.Lead{})
}

// Conclude closes a try that has ended with a disposition; empty: what the system
// proposes. It was written up until at.
func (t *Teller) Conclude(ctx context.Context, a *attempt.Attempt, code, by string, callback *lead.Appointment, at timex.Instant) error {
	company, err := t.sys.Dispositions(ctx, t.c)
	if err != nil {
		return err
	}
	if code == "" {
		code, by = a.Proposed(), attempt.System
	}
	d, known := attempt.Find(attempt.Over(company, t.of.Dispositions), code)
	if !known {
		return fault.New(fault.Invalid, "there is no disposition %q in campaign %q", code, t.of.Name)
	}
	if err := a.Dispose(d, "", by, at); err != nil {
		return err
	}
	return t.keep(ctx, a, lead.Lead{Callback: callback})
}

func (t *Teller) keep(ctx context.Context, a *attempt.Attempt, l lead.Lead) error {
	refused, err := t.sys.KeepCalling(ctx, t.c, t.of.ID, t.rules, &dialer.Effects{Tries: []attempt.Attempt{*a}, Leads: []lead.Lead{l}})
	if no, is := refused[a.ID]; is {
		return fault.New(fault.Conflict, "the call was not kept: %s", no.Rule)
	}
	return err
}

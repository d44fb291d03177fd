package floor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// tell tells the state of the campaign to whoever watches.
func (d *driver) tell(at timex.Instant) {
	if t, err := d.f.cfg.System.TallyOf(d.f.ctx, d.c, d.of); err == nil {
		d.tally = t
	}
	if at.Sub(d.leads) >= countEvery {
		d.leads = at
		if counts, err := d.f.cfg.System.CampaignLeads(d.f.ctx, d.c, &d.plan); err == nil {
			d.counts = countsOf(counts)
		}
	}
	if err := d.f.stream(d.c).put("campaign", d.of.Named("cmp"), d.state(at)); err != nil {
		d.f.log("a campaign was not told of", "error", err)
	}
}

func countsOf(in []app.LeadTotal) []LeadCount {
	out := make([]LeadCount, len(in))
	for i, c := range in {
		out[i] = LeadCount(c)
	}
	return out
}

// state is the campaign at this moment.
func (d *driver) state(at timex.Instant) Campaign {
	a := d.engine.Why()
	out := idleCampaign(&d.plan, &d.tally, d.counts, at)
	out.Live, out.Node = true, d.f.cfg.System.Node
	out.Agents, out.Dialing, out.Waiting, out.Talking = a.Agents, a.Dialing, a.Waiting, a.Talking
	answered, abandoned := d.ledger.Totals()
	out.Ledger = ledgerOf(answered, abandoned, d.ledger.Share, d.ledger.Room())
	out.Pacing = Pacing{Held: a.Paced.Reason, Risk: a.Paced.Risk, Allowed: a.Paced.Allowed, Flying: a.Paced.InFlight, Expected: a.Paced.Expected, Releases: a.Paced.Releases, Ahead: a.Held}
	out.Why = d.why(&a, at)
	return out
}

// idleCampaign is what is known of a campaign that nobody drives.
func idleCampaign(c *app.Campaign, t *app.Tally, leads []LeadCount, at timex.Instant) Campaign {
	out := Campaign{Agents: map[agent.State]int{}, Campaign: c.ID.Named("cmp"), Name: c.Name, Mode: c.Mode, Purpose: c.Purpose, Status: c.Status, At: at, Leads: leads}
	if out.Leads == nil {
		out.Leads = []LeadCount{}
	}
	today := t.Today(at)
	out.Today = Day{Day: today.Day, Tries: today.Tries, Answered: today.Answered, Conversations: today.Conversations, Sales: today.Sales, Abandoned: today.Abandoned, Talked: today.Talked, Spent: today.Spent}
	if today.Conversations > 0 && today.Spent.Sign() > 0 {
		if each, err := money.ToMinor(today.Spent.Exact().Div(exact.Int(int64(today.Conversations))), today.Spent.Currency()); err == nil {
			out.Today.Conversation = each
		}
	}
	var answered, abandoned int
	for _, day := range t.Days {
		answered, abandoned = answered+day.Answered, abandoned+day.Abandoned
	}
	share := shareOf(c)
	out.Ledger = ledgerOf(answered, abandoned, share, share*float64(answered)-float64(abandoned))
	out.Why = []Reason{}
	if st := c.Status.State; st != campaign.Running {
		out.Why = append(out.Why, stateReason(&c.Status))
	}
	if !c.Mode.Alone() {
		out.Why = append(out.Why, reason("agents.none", 0, nil))
	}
	out.Why = append(out.Why, leadReasons(leads)...)
	return out
}

func ledgerOf(answered, abandoned int, most, room float64) Ledger {
	out := Ledger{Days: pacing.DefaultDays, Answered: answered, Abandoned: abandoned, Most: most, Room: room}
	if answered > 0 {
		out.Share = float64(abandoned) / float64(answered)
	}
	return out
}

// reason is one with its sentence.
func reason(code string, count int64, args map[string]string) Reason {
	if args == nil {
		args = map[string]string{}
	}
	args["count"] = strconv.FormatInt(count, 10)
	return Reason{Code: code, Count: count, Text: phrase("floor.why."+code, args)}
}

func stateReason(s *campaign.Status) Reason {
	if s.State == campaign.Paused {
		return reasonIn("paused."+string(s.Cause), s.Why)
	}
	return reason("state."+string(s.State), 0, nil)
}

// reasonIn is one with words of its own, which are said in each language where they can be.
func reasonIn(code, words string) Reason {
	in := func(tag lang.Tag) string {
		why, _ := lang.Said(tag, words) // a person's own words stay as they are
		return lang.Phrase(tag, "floor.why."+code, map[string]string{"why": why})
	}
	return Reason{Code: code, Text: lang.Text{En: in(lang.English), Hant: in(lang.Traditional), Hans: in(lang.Simplified)}}
}

// why is what holds calls back now: what stops all of them first, then what holds back
// one more, then leads.
func (d *driver) why(a *dialer.Account, at timex.Instant) []Reason {
	out := []Reason{}
	if d.plan.Status.State != campaign.Running {
		out = append(out, stateReason(&d.plan.Status))
	}
	if at < d.broke.until {
		out = append(out, reason("line."+d.broke.why, 0, nil))
	}
	present := 0
	for state, n := range a.Agents {
		if state != agent.Paused {
			present += n
		}
	}
	switch all := len(d.desks); {
	case d.plan.Mode.Alone(): // it needs none
	case all == 0:
		out = append(out, reason("agents.none", 0, nil))
	case present == 0:
		out = append(out, reason("agents.paused", int64(all), nil))
	}
	if r := a.Paced.Reason; r != "" && r != pacing.ByAgents && d.plan.Status.State == campaign.Running {
		out = append(out, reason("pacing."+string(r), 0, nil))
	} else if r == pacing.ByAgents && present > 0 && a.Agents[agent.Ready] == 0 {
		out = append(out, reason("agents.busy", int64(present), nil))
	}
	if a.Empty > 0 && a.Held == 0 {
		out = append(out, reason("leads.none_due", int64(a.Empty), nil))
	}
	for _, rule := range slices.SortedFunc(maps.Keys(a.Denied), func(x, y string) int {
		return cmp.Or(cmp.Compare(a.Denied[y], a.Denied[x]), cmp.Compare(x, y))
	}) {
		if rule != "" {
			out = append(out, d.ruleReason(rule, int64(a.Denied[rule])))
		}
	}
	return append(out, leadReasons(d.counts)...)
}

// ruleReason tells a rule in its own words, where it is one about calling.
func (d *driver) ruleReason(rule string, n int64) Reason {
	return ruleReason(d.f.cfg.Packs, rule, n)
}

func ruleReason(packs *compliance.Packs, rule string, n int64) Reason {
	if lang.Has("floor.why." + rule) {
		return reason(rule, n, nil)
	}
	r := Reason{Code: "rule." + rule, Count: n}
	if known := packs.Find(rule); known != nil {
		r.Text = lang.Text{En: explain.Calling{Tag: lang.English}.Rule(known), Hant: explain.Calling{Tag: lang.Traditional}.Rule(known), Hans: explain.Calling{Tag: lang.Simplified}.Rule(known)}
		return r
	}
	r.Text = phrase("floor.why.rule", map[string]string{"rule": rule})
	return r
}

// missing is what a campaign needs that does not run, before it can.
func (f *Floor) missing(ctx context.Context, c id.Company, of *app.Campaign) (out []Reason, err error) {
	if st := of.Status.State; st != campaign.Draft && st != campaign.Paused {
		return nil, nil
	}
	problems, err := f.cfg.System.Missing(ctx, c, of.ID)
	for _, p := range problems {
		in := func(tag lang.Tag) string {
			what, _ := lang.Said(tag, p.What)
			return lang.Phrase(tag, "floor.why.missing", map[string]string{"what": what})
		}
		out = append(out, Reason{Code: "missing." + p.Path, Text: lang.Text{En: in(lang.English), Hant: in(lang.Traditional), Hans: in(lang.Simplified)}})
	}
	return out, err
}

// leadReasons are the leads that are called no more, or not now.
func leadReasons(counts []LeadCount) (out []Reason) {
	sums := map[lead.State]int64{}
	var all int64
	for _, c := range counts {
		sums[c.State] += c.Count
		all += c.Count
	}
	if all == 0 {
		return []Reason{reason("leads.empty", 0, nil)}
	}
	for _, state := range []lead.State{lead.Forbidden, lead.Exhausted, lead.Aborted, lead.Connected} {
		if sums[state] > 0 {
			out = append(out, reason("leads."+string(state), sums[state], nil))
		}
	}
	if sums[lead.Pending]+sums[lead.Callback]+sums[lead.Executing] == 0 {
		out = append(out, reason("leads.done", all, nil))
	}
	return out
}

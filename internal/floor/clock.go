package floor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Waits of a driver.
const (
	tellEvery  = 400 * time.Millisecond // the state of a campaign, while it changes
	countEvery = 5 * time.Second        // leads by state
	retryFirst = 30 * time.Second       // money is looked at again; twice as long each time, up to
	retryMost  = 10 * time.Minute
)

// byTheClock does what is due.
func (d *driver) byTheClock() {
	at := now()
	if d.wake > 0 && at >= d.wake {
		d.wake = 0
		d.happened(dialer.Tick{})
	}
	if at.Sub(d.second) >= time.Second && !d.over {
		d.second = at
		d.eachSecond(at)
	}
	if !d.over && (d.stale || at.Sub(d.told) >= time.Second) && at.Sub(d.told) >= tellEvery {
		d.told, d.stale = at, false
		d.tell(at)
	}
	if d.draining && !d.over {
		for _, user := range d.engine.Users() { // a call has ended, and nobody will write it up
			if p, in := d.engine.Post(user); in && p.State == agent.WrapUp {
				d.happened(dialer.LoggedOut{User: user})
			}
		}
		d.letGo()
	}
}

func (d *driver) eachSecond(at timex.Instant) {
	if at.Sub(d.held) >= renewEvery {
		err := d.f.cfg.System.HoldCampaign(d.f.ctx, d.c, d.of, lease)
		switch {
		case err == nil:
			d.held = at
		case fault.KindOf(err) == fault.Conflict || at.Sub(d.held) >= lease-renewEvery:
			d.end(err) // another may dial for it by now
			return
		}
	}
	d.replan(false)
	d.refusals()
	d.caps(at)
	switch {
	case len(d.desks) > 0 || len(d.calls) > 0 || d.plan.GoesOnAlone():
		d.empty = at
	case at.Sub(d.empty) >= linger && d.engine.Open() == 0:
		d.end(nil)
		return
	}
	d.flying, d.soon = d.engine.Why().Dialing, d.engine.Soon()
	for _, user := range d.users() { // who is before whom changes without a change of theirs
		if x := d.desks[user]; x.day != at.DateIn(x.zone) { // a new day
			d.count(x)
		}
		d.show(user)
	}
}

// replan reads the plan again, where it was changed.
func (d *driver) replan(always bool) {
	c, err := d.f.cfg.System.GetCampaign(d.f.ctx, d.c, d.of)
	if err != nil || c.Revision == d.plan.Revision && !always {
		return // books out of reach: the plan stays
	}
	codes, err := d.f.cfg.System.Dispositions(d.f.ctx, d.c)
	if err != nil {
		return
	}
	rules, err := app.NewCallingRules(d.f.cfg.Packs, &c)
	if err != nil {
		d.f.log("the rules of a campaign cannot be read", "campaign", d.of.Named("cmp"), "error", err)
		return
	}
	d.rules.Become(rules)
	d.plan, d.stale = c, true
	d.alone.Store(c.Mode.Alone())
	d.ledger.Share = shareOf(&c)
	if err := d.handle(dialer.Planned{Plan: c.Campaign, Dispositions: codes}); err != nil {
		d.f.log("the dialer does not take the plan", "campaign", d.of.Named("cmp"), "error", err)
	}
	if st := c.Status.State; st == campaign.Finished || st == campaign.Archived {
		for _, user := range d.users() {
			d.leave(user, "campaign_stopped", c.Name)
		}
	}
}

// refusals takes back what rings at numbers that were put on the do-not-call list since, by
// a page, an import or another node.
func (d *driver) refusals() {
	tries := d.engine.Unanswered()
	if len(tries) == 0 {
		return
	}
	list := make([]phone.Number, min(len(tries), app.MaxBarred))
	leads := make(map[phone.Number][]id.ID, len(list)) // two leads may have one number
	for i := range list {
		list[i] = tries[i].Number
		leads[tries[i].Number] = append(leads[tries[i].Number], tries[i].Lead)
	}
	barred, err := d.f.cfg.System.Barred(d.f.ctx, d.c, list)
	if err != nil {
		return // books out of reach: in a second again
	}
	for _, b := range barred {
		d.forbid(leads[b.Number], b.Rule)
	}
}

// caps tell the engine what it may place in this second.
func (d *driver) caps(at timex.Instant) {
	limits, err := d.f.cfg.System.CallLimitsOf(d.f.ctx, d.c)
	if err != nil {
		return
	}
	c := dialer.Capped{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}
	open, drivers := d.f.inFlight(d.c)
	if limits.Calls > 0 {
		c.Channels = max(limits.Calls-open, 0)
	}
	if limits.Rate > 0 {
		c.Starts = max(limits.Rate/max(drivers, 1), 1)
	}
	if at < d.broke.until {
		c.Channels = 0
	}
	if room, cold := d.cold(); cold && (c.Channels < 0 || room < c.Channels) {
		c.Channels = room
	}
	d.money(at)
	d.happened(c)
}

// leastKnown is how many tries must have ended before the laws are believed.
const leastKnown = 50

// cold tells whether the laws know too little of who answers yet: then, and for each agent
// once, no more is dialed than agents are free for. Many agents who come at once would
// else dial as many as the usual share of answers suggests, and this campaign's may be
// another.
func (d *driver) cold() (room int, cold bool) {
	if d.plan.Mode != campaign.Predictive || d.known >= max(leastKnown, len(d.desks)) {
		return 0, false
	}
	a := d.engine.Why()
	return max(a.Agents[agent.Ready]-a.Dialing-a.Waiting, 0), true
}

// inFlight is how many calls of a company there are here, and how many campaigns place them.
func (f *Floor) inFlight(c id.Company) (calls, drivers int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w, d := range f.drivers {
		if w.c == c {
			calls, drivers = calls+int(d.open.Load()), drivers+1
		}
	}
	return calls, drivers
}

// money stops a campaign that has spent its budget or reached its goal, and lets one go
// on that was stopped for want of money once there is some.
func (d *driver) money(at timex.Instant) {
	st := d.plan.Status
	if st.State == campaign.Paused && st.Cause == campaign.ByBudget {
		if at >= d.broke.retry && d.spent(at) == "" && d.f.cfg.System.MayCall(d.f.ctx, d.c, d.pays) == nil {
			d.retryLater(at)
			_, err := d.f.cfg.System.ResumeCampaign(d.f.ctx, d.c, d.of, campaign.ByBudget)
			d.settled(err)
		}
		return
	}
	if st.State != campaign.Running {
		return
	}
	if why := d.spent(at); why != "" {
		d.pause(campaign.ByBudget, why)
		return
	}
	if g := d.plan.Goal; g.Sales > 0 && d.tally.Total.Sales >= g.Sales || g.Conversations > 0 && d.tally.Total.Conversations >= g.Conversations {
		_, err := d.f.cfg.System.FinishCampaign(d.f.ctx, d.c, d.of, "", "its goal is reached")
		d.settled(err)
	}
}

// spent says which budget of the campaign is used up; empty: none.
func (d *driver) spent(at timex.Instant) string {
	day := at.DateIn(d.tally.Loc())
	if why := d.usedUp("the budget of the campaign is spent: %s", d.tally.Total, d.plan.Budget.Total, day); why != "" {
		return why
	}
	return d.usedUp("the budget of the day is spent: %s", d.tally.Today(at), d.plan.Budget.Daily, day)
}

// usedUp says why nothing more may be spent on a budget, by a sentence with its amount;
// empty: it may. One in another currency than what was spent, without a rate between them,
// would bound nothing: it counts as used up.
func (d *driver) usedUp(says string, used app.TallyDay, most money.Amount, day timex.Date) string {
	if most.Sign() <= 0 {
		return ""
	}
	sum := money.Zero(most.Currency())
	for _, part := range used.All() {
		worth, err := d.f.cfg.System.Worth(d.f.ctx, part, most.Currency(), day)
		if err == nil {
			sum, err = sum.Add(worth)
		}
		switch {
		case fault.KindOf(err) == fault.Unknown && err != nil:
			return fmt.Sprintf("what was spent cannot be compared with the budget %s: %v", most, err)
		case err != nil:
			return "" // books out of reach: in a second again
		}
	}
	if sum.Cmp(most) < 0 {
		return ""
	}
	return fmt.Sprintf(says, most)
}

// brakeFor stops the campaign because nothing pays for its calls.
func (d *driver) brakeFor(err error) {
	d.retryLater(now())
	d.pause(campaign.ByBudget, err.Error())
}

// retryLater puts the next look at money off, longer each time.
func (d *driver) retryLater(at timex.Instant) {
	d.broke.patience = min(max(2*d.broke.patience, retryFirst), retryMost)
	d.broke.retry = at.Add(d.broke.patience)
}

func (d *driver) pause(cause campaign.Cause, why string) {
	if d.plan.Status.State != campaign.Running {
		return
	}
	_, err := d.f.cfg.System.PauseCampaign(d.f.ctx, d.c, d.of, "", cause, fault.Shorten(why, campaign.MaxWhy))
	d.settled(err)
}

// settled takes in a state that the driver itself brought about.
func (d *driver) settled(err error) {
	if err != nil && fault.KindOf(err) != fault.Conflict { // somebody else was first
		d.f.log("the state of a campaign was not changed", "campaign", d.of.Named("cmp"), "error", err)
		return
	}
	d.replan(true)
}

// looked takes in what stands against who is logged in.
func (d *driver) looked(good map[id.ID]error, began timex.Instant) {
	for _, user := range d.users() {
		x := d.desks[user]
		if x.logged >= began || x.leaving {
			continue
		}
		no, there := good[x.sitting]
		switch {
		case !there:
			d.leave(user, "elsewhere", "")
		case no != nil:
			d.leave(user, noticeOf(no), no.Error())
		}
	}
}

// leave logs an agent out for a cause: after the call, if there is one.
func (d *driver) leave(user, code, why string) {
	x := d.desks[user]
	if x.leaving = true; code != "" {
		x.cause(code, why)
	}
	d.happened(dialer.LoggedOut{User: user})
	d.show(user)
}

// stood is the standing leg of an agent that came or went.
func (d *driver) stood(user string, here bool) {
	x := d.desks[user]
	if x == nil {
		return
	}
	if here {
		x.notice("line_back", "")
		d.happened(dialer.Back{User: user})
	} else {
		x.notice("line_gone", "")
		d.happened(dialer.Gone{User: user})
	}
	d.show(user)
}

// refused tells all campaigns of the company of numbers somebody refused with. The
// books have it already.
func (d *driver) refused(numbers []lead.Number) {
	list := make([]phone.Number, len(numbers))
	for i, n := range numbers {
		list[i] = n.Number
	}
	d.f.group.Go(func() {
		ctx, stop := context.WithTimeout(d.f.ctx, placing)
		defer stop()
		if err := d.f.Refused(ctx, d.c, list, lead.Refused); err != nil && d.f.ctx.Err() == nil {
			d.f.log("a refusal was not told to other campaigns: their next dial asks the books", "error", err)
		}
	})
}

// noticeOf is what an agent is told of what stands against their going on.
func noticeOf(err error) string {
	var no *app.SeatRefused
	if errors.As(err, &no) && no.Reason == app.NoSeat {
		return "seat_taken"
	}
	return "contract_stopped"
}

package floor

import (
	"slices"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// desk is an agent who is logged in, beside what the engine knows. It belongs to the
// driver's goroutine.
type desk struct {
	user    string
	name    string
	session string
	sitting id.ID
	seat    id.ID // the contract of the seat
	logged  timex.Instant
	zone    *time.Location   // whose days theirs are
	day     timex.Date       // that today is about
	forced  *app.ForcedPause // by a supervisor; nil: by none
	today   AgentDay
	notices []Notice
	last    *Written
	leaving bool // for a cause that was told

	call     id.ID // the rest is of it
	person   *Person
	held     bool
	silenced bool
	heard    []Hearer
	tape     tape
}

// maxNotices bounds what a desk is told at once.
const maxNotices = 10

// count reads what the books counted of an agent today: the same whoever looks, after a
// log-in anew and at another node.
func (d *driver) count(x *desk) {
	day := now().DateIn(x.zone)
	s, err := d.f.cfg.System.AgentToday(d.f.ctx, d.c, x.user, day, x.zone)
	if err != nil {
		d.f.log("what an agent did today was not read", "agent", x.user, "error", err)
		return // with the next change
	}
	const second = 1000 // milliseconds
	x.day, x.today = day, AgentDay{Calls: int(s[report.Conversations]), Sales: int(s[report.Sales]), Talked: s[report.Talking] / second, Wrapped: s[report.WrapUp] / second,
		Ready: s[report.Ready] / second, Paused: s[report.Paused] / second}
}

// closed is a try of the agent's that is over.
func (x *desk) closed(a *attempt.Attempt, l *lead.Lead) {
	if !a.Joined.IsZero() {
		x.last = &Written{Try: a.ID.Named("try"), Name: l.Name, Disposition: a.Disposition, At: a.Closed}
	}
}

// notice tells the agent something; why is in somebody's own words.
func (x *desk) notice(code, why string) {
	x.add(Notice{Code: code, At: now(), Why: why, Text: phrase("floor.notice."+code, nil)})
}

// cause tells the agent what the system does, and why: that is said in every language.
func (x *desk) cause(code, why string) {
	in := func(tag lang.Tag) string {
		said, _ := lang.Said(tag, why)
		return lang.Phrase(tag, "floor.notice."+code, map[string]string{"why": said})
	}
	x.add(Notice{Code: code, At: now(), Text: lang.Text{En: in(lang.English), Hant: in(lang.Traditional), Hans: in(lang.Simplified)}})
}

func (x *desk) add(n Notice) {
	x.notices = append(x.notices, n)
	if extra := len(x.notices) - maxNotices; extra > 0 {
		x.notices = slices.Delete(x.notices, 0, extra)
	}
}

// phrase is a sentence in every language.
func phrase(key string, args map[string]string) lang.Text {
	return lang.Text{En: lang.Phrase(lang.English, key, args), Hant: lang.Phrase(lang.Traditional, key, args), Hans: lang.Phrase(lang.Simplified, key, args)}
}

// about makes the desk be about the call the agent has now.
func (d *driver) about(x *desk, p *dialer.Post) {
	var call id.ID
	if p.Call != nil {
		call = p.Call.ID
	}
	if x.call == call {
		return
	}
	x.call, x.person, x.held, x.silenced, x.heard, x.tape = call, nil, false, false, nil, tape{}
	if l := d.calls[call]; l != nil && l.tape.lost { // somebody handed it over
		x.notice("recording_lost", "")
	}
	if p.Lead == nil {
		return
	}
	x.person = personOf(p.Lead, x.user)
	history, err := d.f.cfg.System.GetLead(d.f.ctx, d.c, p.Lead.ID)
	if err != nil {
		d.f.log("the history of a lead was not read", "lead", p.Lead.ID.Named("lead"), "error", err)
		return
	}
	for i := range history.Tries {
		t := &history.Tries[i]
		if t.ID == call || t.State.Open() || t.State == attempt.Withheld || len(x.person.History) == mostHistory {
			continue
		}
		x.person.History = append(x.person.History, Past{At: t.Decided, Number: t.Number, Agent: t.Agent, Result: t.Result, Disposition: t.Disposition, Notes: t.Notes})
	}
}

// mostHistory bounds the tries an agent is shown.
const mostHistory = 20

func personOf(l *lead.Lead, user string) *Person {
	p := &Person{Lead: l.ID.Named("lead"), List: l.List.Named("lst"), Key: l.Key, Name: l.Name, Address: l.Address, Language: l.Language, Fields: l.Fields, Consent: l.Consent, Attempts: l.Attempts, History: []Past{}}
	for _, n := range l.Numbers {
		p.Numbers = append(p.Numbers, PersonNumber{n.Number, n.Label})
	}
	if zones := l.Zones(l.Trying); len(zones) > 0 {
		p.Zone = zones[0]
	}
	p.Callback = appointmentOf(l.Callback, user)
	return p
}

// appointmentOf is a callback as an agent sees it; nil: none.
func appointmentOf(a *lead.Appointment, user string) *Appointment {
	if a == nil {
		return nil
	}
	return &Appointment{At: a.At, Zone: a.Zone, Mine: a.Agent == user, Number: a.Number, Notes: a.Notes}
}

// isRefused tells whether the called person refused, in this call or elsewhere meanwhile.
func isRefused(p *dialer.Post) bool {
	return p.Call.Wish.Flags.Refuse || p.Lead != nil && p.Lead.Rule == lead.Refused
}

// show tells the state of an agent to whoever watches. Who is not logged in any more
// is gone.
func (d *driver) show(user string) {
	x := d.desks[user]
	if x == nil {
		return
	}
	s := d.f.stream(d.c)
	p, in := d.engine.Post(user)
	if !in {
		delete(d.desks, user)
		d.f.sits(who{d.c, user}, nil)
		s.drop("agent", user)
		d.farewell(x)
		return
	}
	d.about(x, &p)
	a := d.agentOf(x, &p)
	full := Desk{Session: x.session, Agent: a, Person: x.person, Notes: p.Notes, Notice: x.notices, Next: d.next(&p), Last: x.last}
	if err := s.put("agent", user, a); err == nil {
		err = s.put("desk", x.session, full)
		if err != nil {
			d.f.log("a desk was not told", "error", err)
		}
	}
}

// next is what an agent may expect; when their call comes is told who is ready, where it
// can be said.
func (d *driver) next(p *dialer.Post) Next {
	out := Next{Ahead: p.Ahead, Flying: d.flying}
	if p.State == agent.Ready && p.Ahead < len(d.soon) {
		out.Least, out.Most = d.soon[p.Ahead].Least, d.soon[p.Ahead].Most
	}
	return out
}

// lastWord is how long a desk can still read why its agent was logged out.
const lastWord = time.Minute

// farewell leaves the last word at a desk whose agent is logged out.
func (d *driver) farewell(x *desk) {
	s := d.f.stream(d.c)
	if err := s.put("desk", x.session, Desk{Session: x.session, Agent: Agent{Agent: x.user, Name: x.name, Campaign: d.of.Named("cmp"), State: agent.Out, Since: now(), Logged: x.logged, Today: x.today, Line: d.f.isThere(who{d.c, x.user})},
		Notice: x.notices, Last: x.last}); err != nil {
		d.f.log("a desk was not told", "error", err)
	}
	time.AfterFunc(lastWord, func() { s.drop("desk", x.session) })
}

// agentOf is an agent as others see them.
func (d *driver) agentOf(x *desk, p *dialer.Post) Agent {
	a := Agent{Agent: x.user, Name: x.name, Campaign: d.of.Named("cmp"), Contract: x.seat.Named("con"), Seat: p.Seat, State: p.State, Since: p.Since, Reason: p.Reason, Until: p.Until, Then: p.Then, ThenFor: p.ThenFor,
		Logged: p.Logged, Line: d.f.isThere(who{d.c, x.user}), Ahead: p.Ahead, Today: x.today}
	if f := x.forced; f != nil {
		a.Forced = &ForcedPause{f.By, f.Name, f.Since, f.Why}
	}
	if p.Call == nil {
		return a
	}
	t := p.Call
	var with []Third
	if l := d.calls[t.ID]; l != nil { // how the recording is at the end of the call stays on the desk
		x.tape, with = l.tape, slices.Clone(l.with)
	}
	a.Call = &Call{Try: t.ID.Named("try"), Lead: t.Lead.Named("lead"), Number: t.Number, CallerID: t.CallerID, Inbound: t.Inbound, Step: stepOf(p), Began: t.Decided, Answered: t.Answered, Joined: t.Joined, Ended: t.Ended,
		Ordinal: t.Ordinal, Held: x.held, Recorded: x.tape.runs, Lost: x.tape.lost, Silenced: x.silenced, With: with, Heard: x.heard, Refused: isRefused(p)}
	if v := p.Said; v != nil {
		a.Call.Said, a.Call.Agreed = v.Code, appointmentOf(v.Callback, x.user)
	}
	if p.Lead != nil {
		a.Call.Name = p.Lead.Name
	}
	for _, user := range p.With {
		if o := d.desks[user]; o != nil {
			q, _ := d.engine.Post(user)
			a.Call.Beside = append(a.Call.Beside, Colleague{Agent: user, Name: o.name, Since: q.Since})
		}
	}
	if o := d.desks[p.Of]; o != nil {
		a.Call.Of = o.name
	}
	if p.Shown {
		a.Until = p.By
	}
	return a
}

// stepOf is where the call of an agent is.
func stepOf(p *dialer.Post) CallStep {
	switch {
	case p.Shown:
		return Shown
	case !p.Call.Ended.IsZero():
		return Ended
	case p.State == agent.WrapUp:
		return Without
	case p.State == agent.Talking:
		return Talking
	case !p.Call.Answered.IsZero():
		return Here
	case !p.Call.Rang.IsZero():
		return Ringing
	}
	return Dialing
}

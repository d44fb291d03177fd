package dialing

import (
	"time"

	"waihu/internal/calling/pacing"
)

// Errors of telling machines apart, and how long an agent is held by one.
const (
	personTaken  = 0.01
	machineTaken = 0.10
	machineHolds = 8
	patience     = 2
)

// happen plays one event; false: nothing changed.
func (f *floor) happen(e *event) bool {
	if e.what <= left {
		c := &f.calls[e.id]
		if c.over {
			return false
		}
		return f.onCall(e, c)
	}
	a := &f.state.Agents[max(min(e.id, len(f.state.Agents)-1), 0)]
	switch e.what {
	case talked:
		c := &f.calls[f.talking[e.id]]
		if f.told != nil {
			f.told.talked(f.now - f.since[e.id])
		}
		if !c.person || f.c.Handling == Memoryless {
			f.free(e.id)
			break
		}
		f.become(e.id, pacing.WrapUp)
		f.agenda.add(f.now+c.lead.wrap, wrapped, e.id)
	case wrapped:
		if f.told != nil {
			f.told.wrapped(f.now - f.since[e.id])
		}
		f.free(e.id)
	case goes:
		if f.leaving[e.id] = true; a.Status == pacing.Ready {
			f.pause(e.id)
		}
	case comes:
		a.Returns = time.Time{}
		f.free(e.id)
	case wakes:
		return true
	}
	return true
}

// onCall plays an event of a call.
func (f *floor) onCall(e *event, c *call) bool {
	switch e.what {
	case rings:
		c.rings = true
		f.state.Dials[c.slot].Ringing = f.state.Now
		return false
	case answered:
		c.since = f.now
		if f.c.Detects {
			f.state.Dials[c.slot].Answered = f.state.Now
			f.agenda.add(f.now+c.lead.detects, told, e.id)
			return false
		}
		f.person(e.id, c)
	case told:
		f.tell(e.id, c)
	case ended:
		f.report(c, pacing.Nobody)
		f.drop(e.id)
		c.over = true
	case left:
		f.wait = without(f.wait, e.id)
		f.state.Waiting = len(f.wait)
		c.over = true
		f.lose(c)
	}
	return true
}

// tell tells a person from a machine, at times wrongly.
func (f *floor) tell(id int, c *call) {
	if c.person && c.lead.mistake < personTaken {
		f.Persons++
		f.Abandoned++ // the ledger knows it by estimate only
		f.report(c, pacing.Machine)
		f.drop(id)
		c.over = true
		f.debt()
		return
	}
	if !c.person && c.lead.mistake >= machineTaken {
		f.report(c, pacing.Machine)
		f.drop(id)
		c.over = true
		return
	}
	f.person(id, c)
}

// person is a call for an agent: who has been free for longest, or none yet.
func (f *floor) person(id int, c *call) {
	f.report(c, pacing.Person)
	f.drop(id)
	f.state.Ledger.Answer(f.day())
	if c.person {
		f.Persons++
	}
	best := -1
	for i := range f.state.Agents {
		if f.state.Agents[i].Status == pacing.Ready && (best < 0 || f.since[i] < f.since[best]) {
			best = i
		}
	}
	if best >= 0 {
		f.connect(best, id)
		return
	}
	if f.c.Handling == Memoryless { // nobody waits there
		c.over = true
		f.lose(c)
		return
	}
	f.wait = append(f.wait, id)
	f.state.Waiting = len(f.wait)
	f.agenda.add(f.now+patience, left, id)
}

func (f *floor) lose(c *call) {
	f.state.Ledger.Abandon(f.day())
	if c.person {
		f.Abandoned++
		f.debt()
	}
}

// debt keeps the worst debt of the true ledger.
func (f *floor) debt() {
	f.Debt = max(f.Debt, float64(f.Abandoned)-pacing.DefaultShare*float64(f.Persons))
}

// connect joins a call and an agent.
func (f *floor) connect(agent, id int) {
	c := &f.calls[id]
	c.agent, c.over = agent, true
	f.talking[agent] = id
	f.become(agent, pacing.Talking)
	talk := float64(machineHolds)
	if c.person {
		talk = f.c.talk(&c.lead, f.now)
		f.Conversations++
	} else {
		f.machines++
	}
	f.agenda.add(f.now+talk, talked, agent)
}

// account adds the time in the status that ends.
func (f *floor) account(i int) {
	spent := f.now - f.since[i]
	switch f.state.Agents[i].Status {
	case pacing.Ready:
		f.Ready += spent
	case pacing.Talking, pacing.WrapUp:
		if f.calls[f.talking[i]].person {
			f.Busy += spent
		} else {
			f.Wasted += spent
		}
	}
	f.since[i] = f.now
}

func (f *floor) become(i int, status pacing.Status) {
	f.account(i)
	f.state.Agents[i].Status, f.state.Agents[i].Since = status, f.state.Now
}

// free makes an agent ready: for a break, a call that waits, or the next one.
func (f *floor) free(i int) {
	f.become(i, pacing.Ready)
	switch {
	case f.leaving[i]:
		f.pause(i)
	case len(f.wait) > 0:
		id := f.wait[0]
		f.wait = f.wait[1:]
		f.state.Waiting = len(f.wait)
		f.connect(i, id)
	}
}

// pause sends an agent into the break that is due.
func (f *floor) pause(i int) {
	back := max(f.leaves[i][0].to, f.now)
	f.leaves[i], f.leaving[i] = f.leaves[i][1:], false
	f.become(i, pacing.Paused)
	f.plan(i)
	f.state.Agents[i].Returns = f.when(back)
	f.agenda.add(back, comes, i)
}

func without(list []int, id int) []int {
	out := list[:0]
	for _, v := range list {
		if v != id {
			out = append(out, v)
		}
	}
	return out
}

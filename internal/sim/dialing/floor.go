package dialing

import (
	"time"

	"waihu/internal/calling/pacing"
)

// policy paces a floor. It is asked after everything that happened, and when it
// wants to be woken, in seconds from now; below nothing: not by time.
type policy interface {
	decide(f *floor) (place int, cancel []int, wake float64)
}

// learner is a policy that is told what happened.
type learner interface {
	attempted(f *floor, c *call, o pacing.Outcome)
	talked(seconds float64)
	wrapped(seconds float64)
}

// call is one dial and what it becomes.
type call struct {
	lead   lead
	number int
	placed float64
	rings  bool    // the phone rings
	person bool    // a person answers
	since  float64 // when it was answered
	agent  int     // none: -1
	slot   int     // its place in state.Dials while it is there
	over   bool
	chance float64 // as the policy saw it
}

// epoch is a Monday morning.
var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// floor is one campaign's agents and calls.
type floor struct {
	c        *Case
	seed     uint64
	shift    int
	now      float64
	state    pacing.State // as a dialer sees it
	ids      []int        // calls of state.Dials
	calls    []call
	wait     []int // calls of persons without an agent, the first come first
	agenda   agenda
	next     int // number of the next lead
	leaves   [][]absence
	leaving  []bool
	since    []float64 // agents' status
	talking  []int     // call of each agent
	start    time.Time
	told     learner
	woken    float64
	starts   []float64 // of the last second
	machines int       // that agents met
	guess    func(f *floor, l *lead) float64

	Tally
}

// Tally is what came of a run.
type Tally struct {
	Busy, Ready   float64 // agents' seconds with persons, and free
	Wasted        float64 // agents' seconds with machines
	Dials         int
	Persons       int // who answered
	Abandoned     int // of them
	Conversations int
	Cancelled     int
	Early         int     // of them, before the phone rang
	Debt          float64 // the most that the ledger ever was in debt, in calls
	Over          int     // shifts with more than 3 % abandoned
	Worst         float64 // share abandoned of the worst shift
	Shifts        int
}

// Used is the share of their time agents are busy.
func (t *Tally) Used() float64 { return t.Busy / max(t.Busy+t.Ready+t.Wasted, 1e-9) }

// Lost is the share of answers that were abandoned.
func (t *Tally) Lost() float64 { return float64(t.Abandoned) / max(float64(t.Persons), 1) }

func (f *floor) day() int { return 100 + f.shift + f.shift/5*2 } // five days a week

// begin sets a shift up.
func (f *floor) begin(agents int) {
	f.now, f.woken = 0, -1
	f.start = epoch.AddDate(0, 0, f.day()-100)
	f.agenda.list, f.calls, f.wait, f.ids, f.starts = f.agenda.list[:0], f.calls[:0], f.wait[:0], f.ids[:0], f.starts[:0]
	f.state.Now, f.state.Dials, f.state.Waiting = f.start, f.state.Dials[:0], 0
	f.state.Agents = make([]pacing.Agent, agents)
	f.leaves, f.leaving = make([][]absence, agents), make([]bool, agents)
	f.since, f.talking = make([]float64, agents), make([]int, agents)
	for i := range agents {
		f.leaves[i] = f.c.absences(f.seed, f.shift, i, agents)
		f.state.Agents[i] = pacing.Agent{Status: pacing.Ready, Since: f.start}
		for _, a := range f.leaves[i] {
			f.agenda.add(a.from, goes, i)
		}
		f.plan(i)
	}
	f.agenda.add(0, wakes, 0)
}

// plan tells an agent's next break.
func (f *floor) plan(i int) {
	f.state.Agents[i].Leaves = time.Time{}
	if len(f.leaves[i]) > 0 {
		f.state.Agents[i].Leaves = f.when(f.leaves[i][0].from)
	}
}

func (f *floor) when(at float64) time.Time { return f.start.Add(time.Duration(at * 1e9)) }

// run plays a shift.
func (f *floor) run(p policy) {
	end := f.c.shift()
	persons, abandoned := f.Persons, f.Abandoned
	for {
		e := f.agenda.next()
		if e.at >= end {
			break
		}
		f.now, f.state.Now = e.at, f.when(e.at)
		if f.happen(&e) {
			f.ask(p)
		}
	}
	f.now = end
	for i := range f.state.Agents {
		f.account(i)
	}
	if n := f.Persons - persons; n > 0 {
		lost := float64(f.Abandoned-abandoned) / float64(n)
		f.Worst = max(f.Worst, lost)
		if lost > pacing.DefaultShare {
			f.Over++
		}
	}
	f.Shifts++
}

// ask lets the policy dial.
func (f *floor) ask(p policy) {
	f.offer()
	place, cancel, wake := p.decide(f)
	f.takeBack(cancel)
	for range min(place, f.channels(), f.mayStart()) {
		f.dial()
	}
	if wake >= 0 && (f.woken <= f.now || f.now+wake < f.woken) {
		f.woken = f.now + wake
		f.agenda.add(f.woken, wakes, 0)
	}
}

// unbounded stands for a cap that is not there.
const unbounded = 1 << 20

// channels are those still free.
func (f *floor) channels() int {
	if f.c.Trunks == 0 {
		return unbounded
	}
	used := len(f.ids) + len(f.wait)
	for i := range f.state.Agents {
		if f.state.Agents[i].Status == pacing.Talking {
			used++
		}
	}
	return max(int(f.c.Trunks*float64(len(f.state.Agents)))+1-used, 0)
}

// mayStart is how many calls may be started now.
func (f *floor) mayStart() int {
	if f.c.Starts == 0 {
		return unbounded
	}
	for len(f.starts) > 0 && f.starts[0] <= f.now-1 {
		f.starts = f.starts[1:]
	}
	return max(int(f.c.Starts*float64(len(f.state.Agents)))+1-len(f.starts), 0)
}

// offered is how many leads a policy is shown.
const offered = 64

// offer tells the policy the leads to come, as it judges them.
func (f *floor) offer() {
	f.state.Caps = pacing.Caps{Channels: f.channels(), Starts: f.mayStart(), Attempts: pacing.NoCap}
	if f.guess == nil {
		return
	}
	n := offered
	if len(f.state.Agents) > 100 {
		n *= 2
	}
	f.state.Next = f.state.Next[:0]
	if !f.c.Mixed { // all are alike: one is judged
		l := lead{}
		p := f.guess(f, &l)
		for range n {
			f.state.Next = append(f.state.Next, p)
		}
		return
	}
	for i := range n {
		l := f.c.leadOf(f.seed, f.next+i)
		f.state.Next = append(f.state.Next, f.guess(f, &l))
	}
}

// dial places the next lead.
func (f *floor) dial() {
	l := f.c.leadOf(f.seed, f.next)
	f.next++
	f.Dials++
	c := call{lead: l, number: f.next - 1, placed: f.now, agent: -1, person: l.luck < f.c.chance(f.seed, f.shift, f.now, &l)}
	if f.guess != nil {
		c.chance = f.guess(f, &l)
	}
	id := len(f.calls)
	c.slot = len(f.state.Dials)
	f.calls = append(f.calls, c)
	f.ids = append(f.ids, id)
	f.state.Dials = append(f.state.Dials, pacing.Dial{Placed: f.state.Now, Chance: c.chance})
	f.starts = append(f.starts, f.now)
	f.outcome(id, &l)
}

// outcome plans what the lead will do.
func (f *floor) outcome(id int, l *lead) {
	person := f.calls[id].person
	switch {
	case f.c.Handling == Memoryless && !person:
		f.agenda.add(f.now+l.delay, rings, id)
		f.agenda.add(f.now+l.ring, ended, id)
	case person:
		f.agenda.add(f.now+l.delay, rings, id)
		f.agenda.add(f.now+l.ring, answered, id)
	case l.kind < busyShare:
		f.agenda.add(f.now+busyAt, ended, id)
	case l.kind < busyShare+machines && f.c.Detects:
		f.agenda.add(f.now+l.delay, rings, id)
		f.agenda.add(f.now+machineAt, answered, id)
	case l.kind < busyShare+machines:
		f.agenda.add(f.now+l.delay, rings, id)
		f.agenda.add(f.now+machineAt, ended, id)
	default:
		f.agenda.add(f.now+l.delay, rings, id)
		f.agenda.add(f.now+ringLimit, ended, id)
	}
}

// takeBack cancels dials by their places.
func (f *floor) takeBack(places []int) {
	var ids []int
	for _, k := range places {
		ids = append(ids, f.ids[k])
	}
	for _, id := range ids {
		c := &f.calls[id]
		f.Cancelled++
		if !c.rings {
			f.Early++
		}
		f.report(c, pacing.Cancelled)
		f.drop(id)
		c.over = true
	}
}

// drop takes a call out of the dials in flight.
func (f *floor) drop(id int) {
	k, last := f.calls[id].slot, len(f.ids)-1
	f.ids[k], f.state.Dials[k] = f.ids[last], f.state.Dials[last]
	f.calls[f.ids[k]].slot = k
	f.ids, f.state.Dials = f.ids[:last], f.state.Dials[:last]
}

func (f *floor) report(c *call, o pacing.Outcome) {
	if f.told != nil {
		f.told.attempted(f, c, o)
	}
}

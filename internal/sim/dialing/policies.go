package dialing

import (
	"math"

	"waihu/internal/calling/pacing"
	"waihu/internal/charging/staffing"
)

// progressive dials one number for each free agent.
type progressive struct{}

func (progressive) decide(f *floor) (int, []int, float64) {
	return f.ready() - len(f.ids) - len(f.wait), nil, -1
}

func (f *floor) ready() int {
	n := 0
	for i := range f.state.Agents {
		if f.state.Agents[i].Status == pacing.Ready {
			n++
		}
	}
	return n
}

func (f *floor) present() int {
	n := 0
	for i := range f.state.Agents {
		if f.state.Agents[i].Status != pacing.Paused {
			n++
		}
	}
	return n
}

// ratio dials so many numbers for each free agent.
type ratio struct{ lines float64 }

func (p ratio) decide(f *floor) (int, []int, float64) {
	return int(math.Round(p.lines*float64(f.ready()))) - len(f.ids) - len(f.wait), nil, -1
}

// erlang dials at random at the rate of Erlang's loss formula. It is told the
// true chance and the mean handling time.
type erlang struct {
	lost  float64
	draws stream
	next  float64
	load  map[int]float64 // by agents
}

func (p *erlang) decide(f *floor) (int, []int, float64) {
	if f.now == 0 {
		p.next = 0
	}
	n := 0
	for p.next <= f.now && n < offered {
		l := lead{area: areas / 2}
		chance := f.c.chance(f.seed, f.shift, f.now, &l)
		if f.c.Mixed {
			chance = f.c.Chance
		}
		rate := p.offered(f.present()) / (chance * f.c.handling(f.now))
		if rate <= 0 {
			return n, nil, 1
		}
		p.next = max(p.next, f.now) + p.draws.exponential(1/rate)
		n++
	}
	return n, nil, p.next - f.now
}

// offered is the load at which so many are lost.
func (p *erlang) offered(agents int) float64 {
	if a, known := p.load[agents]; known || agents == 0 {
		return a
	}
	low, high := 0.0, 2*float64(agents)
	for range 50 {
		if mid := (low + high) / 2; staffing.ErlangB(agents, mid) > p.lost {
			high = mid
		} else {
			low = mid
		}
	}
	p.load[agents] = low
	return low
}

// handling is the mean time of a call.
func (c *Case) handling(at float64) float64 {
	talk := 90.0
	switch {
	case c.Handling == Memoryless:
		return 110
	case c.Handling == Bimodal:
		talk = 110
	case c.Step && at > 2*3600:
		talk *= 1.8
	}
	return talk + 20
}

// ours is package pacing: one pacer a campaign, which learns as it goes.
type ours struct {
	pacer *pacing.Pacer
	gap   float64 // decisions are not nearer than this
	last  float64
}

func newOurs(f *floor, agents int, goal pacing.Goal) *ours {
	p := &ours{pacer: pacing.New(goal, nil), gap: float64(agents) / 500, last: -1}
	f.told, f.guess = p, p.guess
	return p
}

func (p *ours) lead(f *floor, l *lead) pacing.Lead {
	out := pacing.Lead{Hour: f.state.Now.Hour(), Weekday: int(f.state.Now.Weekday()), Attempt: 1}
	if f.c.Mixed {
		out.Area = names[l.area]
	}
	return out
}

var names = [areas]string{"a", "b", "c", "d", "e", "f", "g", "h"}

func (p *ours) guess(f *floor, l *lead) float64 {
	x := p.lead(f, l)
	return p.pacer.Laws.Chance(&x)
}

func (p *ours) decide(f *floor) (int, []int, float64) {
	if f.now < p.last {
		p.last = -1
	}
	if p.last >= 0 && f.now < p.last+p.gap {
		return 0, nil, p.last + p.gap - f.now
	}
	p.last = f.now
	d := p.pacer.Decide(&f.state)
	return d.Place, d.Cancel, 1
}

func (p *ours) attempted(f *floor, c *call, o pacing.Outcome) {
	p.pacer.Laws.Attempted(&pacing.Attempt{Lead: p.lead(f, &c.lead), At: f.state.Now, Chance: c.chance, Outcome: o, Seconds: f.now - c.placed})
}

func (p *ours) talked(seconds float64)  { p.pacer.Laws.Talked(seconds) }
func (p *ours) wrapped(seconds float64) { p.pacer.Laws.Wrapped(seconds) }

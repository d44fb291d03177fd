package dialing

import (
	"math"

	"waihu/internal/calling/pacing"
)

// vicidial is the rule VICIdial publishes: a level of lines for each agent that
// is moved every 15 s by how many agents were free on average, and cut where too
// many calls are dropped today (docs/pacing.md tells it whole).
type vicidial struct {
	drop      float64 // adaptive_dropped_percentage
	most      float64 // adaptive_maximum_level
	available bool    // available_only_ratio_tally
	method    string  // HARD_LIMIT, AVERAGE or TAPERED
	uk        bool    // drops are counted as the UK option does

	level   float64
	samples []sample // one a second, the last 15
	sampled float64
	adapted float64
	lines   float64 // when lines were last counted
	minute  float64 // when drops were last counted
	stats   drops
	log     []drops // a running count, by the second, of the last minute
	shift   int
}

type sample struct{ ready, waiting, total int }

// drops are counts since the start of the day.
type drops struct{ calls, answered, dropped, machines int }

const (
	sampleEvery = 1.0
	adaptEvery  = 15.0
	linesEvery  = 2.5
	statsEvery  = 60.0
)

func (p *vicidial) decide(f *floor) (int, []int, float64) {
	if f.now == 0 || f.shift != p.shift { // another day
		*p = vicidial{drop: p.drop, most: p.most, available: p.available, method: p.method, uk: p.uk, level: 1, shift: f.shift, sampled: -1, lines: -linesEvery, stats: f.drops()}
		p.log = []drops{p.stats}
	}
	if f.now >= p.sampled+sampleEvery {
		p.sampled = f.now
		p.sample(f)
	}
	if f.now >= p.minute+statsEvery {
		p.minute = f.now
		p.log = append(p.log, f.drops())
	}
	if f.now >= p.adapted+adaptEvery {
		p.adapted = f.now
		p.adapt(f.c.shift() - f.now)
	}
	if f.now < p.lines+linesEvery {
		return 0, nil, min(p.sampled+sampleEvery, p.lines+linesEvery) - f.now
	}
	p.lines = f.now
	return p.goal(f), nil, min(p.sampled+sampleEvery, p.lines+linesEvery) - f.now
}

// goal is how many calls are new: the level times agents, less the calls that
// are up.
func (p *vicidial) goal(f *floor) int {
	agents, talking := 0, 0
	for i := range f.state.Agents {
		switch f.state.Agents[i].Status {
		case pacing.Ready:
			agents++
		case pacing.Talking:
			talking++
		}
	}
	up := len(f.ids) + len(f.wait)
	if !p.available {
		agents, up = agents+talking, up+talking
	}
	return int(math.Round(p.level*float64(agents))) - up
}

func (p *vicidial) sample(f *floor) {
	p.samples = append(p.samples, sample{f.ready(), len(f.wait), len(f.state.Agents)})
	if len(p.samples) > 15 {
		p.samples = p.samples[1:]
	}
}

// adapt moves the level.
func (p *vicidial) adapt(left float64) {
	var ready, waiting, total float64
	for _, s := range p.samples {
		ready, waiting, total = ready+float64(s.ready), waiting+float64(s.waiting), total+float64(s.total)
	}
	n := float64(len(p.samples))
	p.level = min(max(p.level*(1+move((ready-waiting)/n, total/n, 0)), 1), p.most)
	now, before := p.log[len(p.log)-1], p.log[max(len(p.log)-2, 0)]
	if calls := now.calls - before.calls; calls > 20 && p.share(now, before) > 0.5 {
		p.level /= 2
	}
	if now.calls-p.stats.calls > 50 && 100*p.share(now, p.stats) > p.drop {
		p.level = cut(p.method, p.level, left)
	}
	p.level = max(p.level, 1)
}

// move is the relative step of the level: agents free on average over all, at an
// intensity from -40 to 40.
func move(free, total, intensity float64) float64 {
	if free == 0 || total == 0 {
		return 0
	}
	m := free / total
	if m < 0 {
		return m * math.Abs(intensity/100-1)
	}
	return m * (intensity/100 + 1)
}

// cut is the level once too many were dropped today. Left is the time to the
// latest time of the day, in seconds; TAPERED reads it as hours and minutes
// written as one number.
func cut(method string, level, left float64) float64 {
	switch method {
	case "AVERAGE":
		return level / 2
	case "TAPERED":
		written := math.Floor(left/3600)*100 + math.Floor(math.Mod(left, 3600)/60)
		if written < 0 {
			return 1
		}
		return level * min(written/1000, 1)
	}
	return 1
}

func (f *floor) drops() drops { return drops{f.Dials, f.Persons, f.Abandoned, f.machines} }

// share is the share of answers dropped between two counts.
func (p *vicidial) share(now, before drops) float64 {
	dropped, answered, machines := float64(now.dropped-before.dropped), float64(now.answered-before.answered), float64(now.machines-before.machines)
	if answered <= 0 {
		return 0
	}
	if p.uk {
		return ukDropped(dropped, answered-dropped, machines)
	}
	return dropped / answered
}

// ukDropped is the share of drops where machines that agents met are taken out
// of the drops by estimate.
func ukDropped(dropped, persons, machines float64) float64 {
	if persons+machines <= 0 {
		return min(dropped, 1)
	}
	d := dropped * (1 - machines/(persons+machines))
	return d / (persons + d)
}

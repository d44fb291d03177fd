package dialing

import "math"

// Handling is a law of how long agents are busy with a call.
type Handling uint8

// Laws of handling. Their mean is 110 s, with 20 s of wrap-up, but for Bimodal.
const (
	Lognormal   Handling = iota
	Exponential          // talk
	Bimodal              // 2 in 5 hang up after 5 s, the others talk for 180 s; mean 130 s
	Memoryless           // talk without wrap-up; phones ring in two stages: the world of Optimal
)

// Case is a world.
type Case struct {
	Name      string
	Chance    float64 // that a person answers
	Handling  Handling
	Variation float64 // of talk times; 0: 1
	Hours     float64 // of a shift; 0: 4
	Drift     bool    // the chance swings by 0.4 of itself in two hours and falls to 0.6 of it after 2.5 h; half the agents are away from 1.5 to 2 h
	Step      bool    // after two hours the chance halves and talk takes 1.8 times as long: another list
	Clumps    bool    // minutes in which 1.9 times as many answer
	Breaks    bool    // agents come within ten minutes and have a break of 15
	Detects   bool    // machines are told apart in 1 to 3 s: 1 in 100 persons is taken for one, 1 in 10 machines for a person
	Mixed     bool    // the chance differs by area, from 0.2 to 1.8 of it
	Trunks    float64 // channels per agent; 0: no cap
	Starts    float64 // calls a second per agent; 0: no cap
}

// Cases are those of the table, the base case first.
func Cases() []Case {
	return []Case{
		{Name: "base", Chance: 0.25},
		{Name: "answers-05", Chance: 0.05},
		{Name: "answers-15", Chance: 0.15},
		{Name: "answers-50", Chance: 0.5},
		{Name: "exponential", Chance: 0.25, Handling: Exponential},
		{Name: "variable", Chance: 0.25, Variation: 2},
		{Name: "bimodal", Chance: 0.25, Handling: Bimodal},
		{Name: "drift", Chance: 0.25, Drift: true},
		{Name: "step", Chance: 0.3, Step: true},
		{Name: "clumps", Chance: 0.25, Clumps: true},
		{Name: "breaks", Chance: 0.25, Breaks: true},
		{Name: "detection", Chance: 0.25, Detects: true},
		{Name: "mixed", Chance: 0.25, Mixed: true},
		{Name: "caps", Chance: 0.25, Trunks: 2, Starts: 0.1},
	}
}

func (c *Case) shift() float64 {
	if c.Hours > 0 {
		return c.Hours * 3600
	}
	return 4 * 3600
}

// chance is the true chance of a lead at a moment of a shift.
func (c *Case) chance(seed uint64, shift int, at float64, l *lead) float64 {
	p := c.Chance
	if c.Drift {
		p *= 1 + 0.4*math.Sin(2*math.Pi*at/7200)
		if at > 2.5*3600 {
			p *= 0.6
		}
	}
	if c.Step && at > 2*3600 {
		p /= 2
	}
	if c.Clumps {
		s := streamOf(seed, shift*100_000+int(at/60), 4)
		if s.share() < 0.25 {
			p *= 1.9
		} else {
			p *= 0.7
		}
	}
	if c.Mixed {
		p *= 0.2 + 1.6*float64(l.area)/(areas-1)
	}
	return p
}

// talk is how long a conversation begun at a moment takes.
func (c *Case) talk(l *lead, at float64) float64 {
	if c.Step && at > 2*3600 {
		return 1.8 * l.talk
	}
	return l.talk
}

// absence is when an agent is away; from is not before the start of the shift.
type absence struct{ from, to float64 }

// absences are those of one agent of n, in order.
func (c *Case) absences(seed uint64, shift, agent, n int) []absence {
	var out []absence
	s := streamOf(seed, shift*100_000+agent, 5)
	if c.Breaks {
		out = append(out, absence{0, 600 * s.share()})
		at := 3600 + 2*3600*s.share()
		out = append(out, absence{at, at + 900})
	}
	if c.Drift && agent%2 == 1 && n > 1 {
		out = append(out, absence{1.5 * 3600, 2 * 3600})
	}
	return out
}

package pacing

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// TestChanceIsLearnedByLead: areas that answer differently, and a step of all.
func TestChanceIsLearnedByLead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := NewLaws(25)
	truth := map[string]float64{"a": 0.05, "b": 0.2, "c": 0.45}
	learn := func(n int, from time.Time, factor float64) {
		for i := range n {
			area := string(rune('a' + r.IntN(3)))
			a := Attempt{Lead: Lead{Hour: 9, Attempt: 1, Area: area}, At: from.Add(time.Duration(i) * time.Second), Seconds: 10}
			if a.Outcome = Nobody; r.Float64() < truth[area]*factor {
				a.Outcome = Person
			}
			l.Attempted(&a)
		}
	}
	check := func(factor float64) {
		for area, p := range truth {
			got := l.Chance(&Lead{Hour: 9, Attempt: 1, Area: area})
			if math.Abs(got-p*factor) > 0.3*p*factor+0.01 {
				t.Errorf("area %s: %.3f, true %.3f", area, got, p*factor)
			}
		}
	}
	learn(6000, monday, 1)
	check(1)
	learn(3000, monday.Add(2*time.Hour), 0.5)
	check(0.5)
}

// TestNamesAreBounded: areas beyond the bound share one weight.
func TestNamesAreBounded(t *testing.T) {
	l := NewLaws(25)
	for i := range maxAreas + 100 {
		l.Attempted(&Attempt{Lead: Lead{Area: time.Duration(i).String()}, At: monday, Outcome: Nobody, Seconds: 20})
	}
	if len(l.answers.areas) > maxAreas {
		t.Errorf("%d areas", len(l.answers.areas))
	}
}

// TestTakingBackDoesNotBendTheLawOfRings: dials cut at 17 s do not make phones
// seem to be answered sooner.
func TestTakingBackDoesNotBendTheLawOfRings(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	rings := newRings(25)
	within := 0.0
	const n = 12_000
	for i := range n {
		outcome, at := Nobody, 25.0
		if i%4 == 0 {
			outcome, at = Person, 25*r.Float64()
		}
		if at < 12 {
			within += 4.0 / n * float64(min(1, 1-int(outcome)/2))
		}
		if at > 17 && r.IntN(2) == 0 {
			outcome, at = Cancelled, 17
		}
		rings.see(outcome, at)
	}
	rings.settle()
	for _, s := range []float64{6, 12, 18, 22} {
		if got := rings.by(s); math.Abs(got-s/25) > 0.05 {
			t.Errorf("answered within %g s: %.3f, true %.3f", s, got, s/25)
		}
	}
	if q := rings.quantile(0.5); math.Abs(q-12.5) > 1 {
		t.Errorf("half have answered after %g s", q)
	}
	if p := rings.still(0.25, 0); math.Abs(p-0.25) > 1e-9 {
		t.Errorf("a new dial: %g", p)
	}
	if p := rings.still(0.25, 20); p > 0.12 {
		t.Errorf("after 20 s: %g", p)
	}
}

// TestLengthsAreLearned: a law of two kinds, short and long.
func TestLengthsAreLearned(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	l := newLengths(100)
	for range 3000 {
		if r.IntN(2) == 0 {
			l.see(5 * r.ExpFloat64())
		} else {
			l.see(180 + 20*r.Float64())
		}
	}
	l.settle(&unfinished{})
	var c seconds
	l.spread(&c)
	for s, want := range map[int]float64{0: 1, 5: 0.5 + 0.5*math.Exp(-1), 60: 0.5, 170: 0.5, 240: 0} {
		if math.Abs(c[s]-want) > 0.06 {
			t.Errorf("longer than %d s: %.3f, true %.3f", s, c[s], want)
		}
	}
	if m := l.mean(); math.Abs(m-97.5) > 8 {
		t.Errorf("mean %g", m)
	}
}

// TestConversationsThatGoOnAreCounted: the first that end are the short ones.
func TestConversationsThatGoOnAreCounted(t *testing.T) {
	l := newLengths(100)
	for range 20 {
		l.see(10)
	}
	var open unfinished
	for range 80 {
		open.see(30)
	}
	l.settle(&open)
	if m := l.mean(); m < 100 {
		t.Errorf("20 ended after 10 s, 80 go on after 30 s: mean %g", m)
	}
}

// TestCostsBoundTheRisk: where an attempt costs more than waiting saves, dialing
// is progressive; where it costs nothing and nobody minds, the ledger decides.
func TestCostsBoundTheRisk(t *testing.T) {
	s := &State{Next: []float64{0.25}}
	for _, c := range []struct {
		costs Costs
		most  float64
	}{
		{Costs{AgentHour: 36_000_000, Attempt: 1_000_000}, 0},
		{Costs{AgentHour: 36_000_000}, 0.1},
		{Costs{AgentHour: 36_000_000, Abandon: 1_900_000}, 0.05},
	} {
		p := New(Goal{Costs: &c.costs}, nil)
		p.tables.mean = 10
		if most, bound := p.worth(s, 0.1); math.Abs(most-c.most) > 1e-9 || bound != (c.most < 0.1) {
			t.Errorf("%+v: at most %g, expected %g", c.costs, most, c.most)
		}
	}
}

// FuzzDecide: no state makes a decision that breaks a cap, or a panic.
func FuzzDecide(f *testing.F) {
	f.Add(int16(3), int16(5), 0.3, 12.5, int16(2), int16(-1))
	f.Add(int16(0), int16(40), math.NaN(), -3.0, int16(-1), int16(0))
	f.Add(int16(30), int16(90), 1.0, 1e9, int16(5), int16(7))
	f.Fuzz(func(t *testing.T, agents, dials int16, chance, age float64, channels, starts int16) {
		ago := monday.Add(-time.Duration(min(max(age, -1e6), 1e6) * 1e9))
		s := &State{Now: monday, Ledger: &Ledger{}, Next: make([]float64, 50), Caps: Caps{Channels: int(channels), Starts: int(starts), Attempts: NoCap}}
		s.Ledger.Add(Day{Answered: 10_000, Abandoned: 100})
		for i := range s.Next {
			s.Next[i] = chance
		}
		for i := range max(agents, 0) % 400 {
			s.Agents = append(s.Agents, Agent{Status: Status(i % 6), Since: ago})
		}
		for range max(dials, 0) % 400 {
			s.Dials = append(s.Dials, Dial{Placed: ago, Chance: chance})
		}
		d := New(Goal{}, nil).Decide(s)
		if d.Place < 0 || d.Place > len(s.Next) || channels >= 0 && d.Place > int(channels) || starts >= 0 && d.Place > int(starts) || len(s.Agents) == 0 && d.Place > 0 {
			t.Errorf("%+v", d)
		}
		if !(d.Why.Risk >= 0 && d.Why.Risk <= 1) {
			t.Errorf("a risk of %g", d.Why.Risk)
		}
	})
}

// BenchmarkDecide is a floor of 300 agents at work with 220 dials in flight.
func BenchmarkDecide(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	s := &State{Now: monday, Ledger: &Ledger{}, Caps: Caps{NoCap, NoCap, NoCap}}
	s.Ledger.Add(Day{Answered: 10_000, Abandoned: 200})
	for range 300 {
		s.Agents = append(s.Agents, Agent{Status: []Status{Talking, Talking, Talking, Talking, Talking, Talking, WrapUp, Ready}[r.IntN(8)], Since: monday.Add(-time.Duration(r.IntN(200)) * time.Second)})
	}
	for range 220 {
		s.Dials = append(s.Dials, Dial{Placed: monday.Add(-time.Duration(r.IntN(25)) * time.Second), Chance: 0.25})
	}
	for range 64 {
		s.Next = append(s.Next, 0.25)
	}
	p := New(Goal{}, nil)
	for b.Loop() {
		p.Decide(s)
	}
}

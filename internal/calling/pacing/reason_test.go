package pacing_test

import (
	"testing"
	"time"

	"waihu/internal/calling/pacing"
)

// TestEveryDecisionSaysWhatHeldIt: one state a reason.
func TestEveryDecisionSaysWhatHeldIt(t *testing.T) {
	free := func(n int) (out []pacing.Agent) {
		for range n {
			out = append(out, pacing.Agent{Status: pacing.Ready, Since: ago(5)})
		}
		return out
	}
	busy := func(n int) (out []pacing.Agent) {
		for range n {
			out = append(out, pacing.Agent{Status: pacing.Talking, Since: ago(1)})
		}
		return out
	}
	for _, c := range []struct {
		want   pacing.Reason
		placed int
		change func(s *pacing.State)
	}{
		{pacing.ByRisk, 0, func(s *pacing.State) { s.Agents = busy(3) }},
		{pacing.ByLedger, 2, func(s *pacing.State) { s.Ledger = nil }},
		{pacing.ByChannels, 1, func(s *pacing.State) { s.Caps.Channels = 1 }},
		{pacing.ByRate, 1, func(s *pacing.State) { s.Caps.Starts = 1 }},
		{pacing.ByBudget, 1, func(s *pacing.State) { s.Caps.Attempts = 1 }},
		{pacing.ByAgents, 0, func(s *pacing.State) { s.Agents = nil }},
		{pacing.ByAgents, 0, func(s *pacing.State) { s.Agents = []pacing.Agent{{Status: pacing.Paused, Since: ago(9)}} }},
		{pacing.ByLeaving, 0, func(s *pacing.State) { s.Agents[0].Leaves, s.Agents[1].Leaves = ago(-1), ago(-1) }},
		{pacing.ByClosing, 0, func(s *pacing.State) { s.Closes = ago(-20) }},
		{pacing.ByLeads, 1, func(s *pacing.State) { s.Next = s.Next[:1] }},
		{pacing.ByBounds, pacing.MaxPlace, func(s *pacing.State) { s.Agents, s.Next = free(1000), chances(1000, 0.2) }},
		{pacing.ByBounds, 0, func(s *pacing.State) { s.Agents = free(pacing.MaxAgents + 1) }},
	} {
		s := &pacing.State{Now: noon, Agents: free(2), Next: chances(40, 0.3), Ledger: roomy(10_000), Caps: pacing.Caps{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}}
		c.change(s)
		d := pacing.New(pacing.Goal{}, nil).Decide(s)
		if d.Why.Reason != c.want || d.Place != c.placed {
			t.Errorf("%s: %d dials, expected %d; %+v", c.want, d.Place, c.placed, d.Why)
		}
	}
	s := &pacing.State{Now: noon, Agents: free(2), Next: chances(40, 0.3), Ledger: roomy(10_000), Caps: pacing.Caps{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}}
	dear := pacing.New(pacing.Goal{Costs: &pacing.Costs{AgentHour: 10_000_000, Attempt: 1_000_000}}, nil)
	if d := dear.Decide(s); d.Why.Reason != pacing.ByCost || d.Place != 2 {
		t.Errorf("attempts dearer than waiting: %d dials, %+v", d.Place, d.Why)
	}
}

// TestOverflowTakesDialsBack: nobody is free, and what rings too long or not yet
// is taken back, the youngest first; what rings for less than the law says stays.
func TestOverflowTakesDialsBack(t *testing.T) {
	s := &pacing.State{Now: noon, Next: chances(9, 0.3), Ledger: roomy(10_000), Caps: pacing.Caps{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap},
		Agents: []pacing.Agent{{Status: pacing.Talking, Since: ago(2)}}}
	for _, age := range []float64{20, 10, 1, 22} {
		d := pacing.Dial{Placed: ago(age), Chance: 0.3}
		if age > 3 {
			d.Ringing = d.Placed.Add(3 * time.Second)
		}
		s.Dials = append(s.Dials, d)
	}
	d := pacing.New(pacing.Goal{}, nil).Decide(s)
	if len(d.Cancel) != 3 || d.Cancel[0] != 2 || d.Cancel[1] != 0 || d.Cancel[2] != 3 || d.Place != 0 {
		t.Errorf("taken back %v, placed %d, %+v", d.Cancel, d.Place, d.Why)
	}
	if d := pacing.New(pacing.Goal{NoCancel: true}, nil).Decide(s); len(d.Cancel) != 0 {
		t.Errorf("taken back %v although it may not", d.Cancel)
	}
}

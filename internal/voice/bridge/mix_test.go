package bridge

import (
	"math"
	"testing"

	"waihu/internal/voice/audio"
)

// TestSupervisors: a supervisor hears both and is heard by none, then by the agent
// alone, then by all; nothing leaks the other way, whatever came before.
func TestSupervisors(t *testing.T) {
	r := newRig(t, 18160)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.MuLaw, 700)
	supervisor := r.phone(Listen, audio.ALaw, 1100)
	second := r.phone(Listen, audio.ALaw, 1300)
	r.step(8)
	for _, c := range []struct {
		role                        Role
		customer, agent, supervisor []*phone
		second                      []*phone
	}{
		{Listen, []*phone{agent}, []*phone{customer}, []*phone{customer, agent}, []*phone{customer, agent}},
		{Whisper, []*phone{agent}, []*phone{customer, supervisor}, []*phone{customer, agent}, []*phone{customer, agent}},
		{Barge, []*phone{agent, supervisor}, []*phone{customer, supervisor}, []*phone{customer, agent}, []*phone{customer, agent, supervisor}},
		{Listen, []*phone{agent}, []*phone{customer}, []*phone{customer, agent}, []*phone{customer, agent}},
	} {
		if err := r.b.Turn(supervisor.leg, c.role); err != nil {
			t.Fatal(err)
		}
		r.step(8)
		t.Log(c.role)
		r.hears(customer, c.customer...)
		r.hears(agent, c.agent...)
		r.hears(supervisor, c.supervisor...)
		r.hears(second, c.second...)
	}
}

// TestNothingClicks: whatever comes and goes, no step between two samples is
// larger than tones have that come and go within a frame. No frame of these tones
// begins where their wave does.
func TestNothingClicks(t *testing.T) {
	r := newRig(t, 18280)
	customer, agent := r.phone(Customer, audio.ALaw, 135), r.phone(Agent, audio.ALaw, 215)
	supervisor := r.phone(Listen, audio.ALaw, 315)
	tone := audio.Tone{Hertz: []float64{235}, Level: level}.Samples(1e9)
	r.step(8)
	customer.take()
	agent.take()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r.step(5)
	}
	for range 3 {
		must(r.b.Turn(supervisor.leg, Whisper))
		must(r.b.Turn(supervisor.leg, Barge))
		must(r.b.Hold(customer.leg, tone))
		must(r.b.Resume(customer.leg))
		must(r.b.Turn(supervisor.leg, Listen))
		agent.leg.Play(tone[:777], false)
		must(nil)
		must(r.b.Hold(agent.leg, nil))
		must(r.b.Resume(agent.leg))
	}
	steep := func(hertz float64) float64 { return 2 * math.Pi * hertz / audio.Rate * level * math.MaxInt16 }
	for _, c := range []struct {
		p    *phone
		most float64
	}{{customer, steep(215) + steep(315)}, {agent, steep(135) + steep(315)}} {
		sound := c.p.take()
		worst := 0.0
		for i := 1; i < len(sound); i++ {
			worst = max(worst, math.Abs(float64(sound[i])-float64(sound[i-1])))
		}
		if worst > 1.15*c.most {
			t.Errorf("%v Hz: a step of %.0f, the tones have at most %.0f", c.p.hertz, worst, c.most)
		}
	}
}

// TestSumsAreCut: many who speak at once are loud, and turn nothing over.
func TestSumsAreCut(t *testing.T) {
	r := newRig(t, 18360)
	listener := r.phone(Listen, audio.ALaw, 3000)
	listener.mute = true
	for range 12 {
		r.phone(Agent, audio.ALaw, 400)
	}
	r.step(8)
	listener.take()
	r.step(5)
	sound := listener.take()
	top := 0
	for i := range sound {
		if sound[i] == 32256 || sound[i] == -32256 {
			top++
		}
		if i > 0 && math.Abs(float64(sound[i])-float64(sound[i-1])) > 30000 {
			t.Fatalf("%d is followed by %d", sound[i-1], sound[i])
		}
	}
	if top < len(sound)/2 {
		t.Errorf("%d of %d samples are at the loudest", top, len(sound))
	}
}

// TestABeatAllocatesNothing, relayed or mixed.
func TestABeatAllocatesNothing(t *testing.T) {
	r := newRig(t, 18440)
	for i, role := range []Role{Customer, Agent, Listen, Whisper} {
		r.phone(role, audio.Law(i%2), 400+100*float64(i))
	}
	r.step(8)
	if n := testing.AllocsPerRun(100, r.b.beat); n > 0 {
		t.Errorf("%v allocations a beat", n)
	}
}

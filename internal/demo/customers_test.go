package demo

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"waihu/internal/calling/dialer"
	"waihu/internal/timex"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/script"
)

// TestCustomersSoundLikePeople: detection takes those who answer for persons within three
// seconds, and the machine for one before the dialer's patience ends.
func TestCustomersSoundLikePeople(t *testing.T) {
	for name, c := range map[string]struct {
		said  []int16
		party detect.Party
	}{
		womanSays:   {conversation(speaker{205})[:3*audio.Rate], detect.Person},
		manSays:     {conversation(speaker{120})[:3*audio.Rate], detect.Person},
		machineSays: {greeting()[:dialer.DetectionWait/time.Second*audio.Rate], detect.Machine},
	} {
		d := detect.New(detect.Config{})
		d.Answered()
		r, decided := d.Decision()
		for s := c.said; len(s) >= audio.FrameSamples && !decided; s = s[audio.FrameSamples:] {
			d.Frame(s[:audio.FrameSamples], true)
			r, decided = d.Decision() // the first counts: nobody waits for a better one
		}
		if !decided || r.Party != c.party {
			t.Errorf("%s: %+v, decided: %v", name, r, decided)
		}
	}
}

// TestEveryLeadBehaves: the carrier has a line for each number of a list that is called,
// however often it is filled up, and no number is there twice.
func TestEveryLeadBehaves(t *testing.T) {
	s := answers()
	if ps := s.Validate(); len(ps) > 0 {
		t.Fatal(ps)
	}
	agents := 0
	for _, p := range plans(working) {
		if agents += crews[p.name]; !p.works() {
			continue
		}
		rng, seen, did := rand.New(rand.NewPCG(1, 1)), map[string]bool{}, map[script.Does]bool{}
		for n := range mostLeads {
			l := p.lead(n, rng, timex.Instant(1))
			to := "+" + l.Numbers[0].Number.String()
			line := s.For(to)
			if did[line.Does] = true; line.To == "*" || seen[to] || len(to) != 14 {
				t.Fatalf("%s, lead %d: %s is %+v", p.name, n, to, line)
			}
			seen[to] = true
		}
		if sure := len(did) == 1 && did[script.Answer]; sure != slices.Equal(p.kinds, waitingKinds) || !sure && len(did) != 6 {
			t.Errorf("%s: leads do %v", p.name, did)
		}
	}
	if agents != 10 {
		t.Errorf("%d agents work", agents)
	}
}

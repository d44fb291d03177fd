package dialing

import (
	"encoding/xml"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/calling/pacing"
)

// watched is a policy whose floor is examined at every decision.
type watched struct {
	policy
	see func(f *floor, place int)
}

func (w watched) decide(f *floor) (int, []int, float64) {
	place, cancel, wake := w.policy.decide(f)
	w.see(f, place)
	return place, cancel, wake
}

// TestTheRuleKeepsCapsAndLedgerOnEveryFloor: over frozen seeds of small floors no
// dial is above a cap or without an agent, and no campaign ends above 3 %.
func TestTheRuleKeepsCapsAndLedgerOnEveryFloor(t *testing.T) {
	for _, name := range []string{"base", "drift", "breaks", "caps"} {
		cases, err := Named([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		c := &cases[0]
		c.Hours = 2
		for seed := range uint64(3) {
			got := play(c, 4, 1, seed+1, 0, func(f *floor, n int) policy {
				return watched{newOurs(f, n, pacing.Goal{}), func(f *floor, place int) {
					if most := min(f.state.Caps.Channels, f.state.Caps.Starts); place > most {
						t.Fatalf("%s, seed %d, %g s: %d dials, at most %d", name, seed, f.now, place, most)
					}
					if place > 0 && f.present() == 0 && !someReturn(f) {
						t.Fatalf("%s, seed %d, %g s: %d dials and nobody there", name, seed, f.now, place)
					}
				}}
			})
			if got.Lost() > pacing.DefaultShare || got.Persons == 0 {
				t.Errorf("%s, seed %d: %d of %d abandoned", name, seed, got.Abandoned, got.Persons)
			}
		}
	}
}

// TestABurstOfAnswersDoesNotBreakTheLedger: campaigns that end right after one.
// Conversations last, and for half a minute every answer finds everybody busy.
func TestABurstOfAnswersDoesNotBreakTheLedger(t *testing.T) {
	c := &Cases()[0]
	for _, seed := range []uint64{2052, 2268} {
		if got := play(c, 20, 1, seed, 0, makerOf(Kept, 0)); got.Lost() > pacing.DefaultShare {
			t.Errorf("seed %d: %d of %d abandoned", seed, got.Abandoned, got.Persons)
		}
	}
}

func someReturn(f *floor) bool {
	for _, a := range f.state.Agents {
		if a.Status == pacing.Paused && !a.Returns.IsZero() {
			return true
		}
	}
	return false
}

// TestTheRuleBeatsVicidialsOnASmallFloor, and a floor played twice is the same.
func TestTheRuleBeatsVicidialsOnASmallFloor(t *testing.T) {
	c := &Cases()[0]
	ours := play(c, 5, 1, 1, 0, makerOf(Waihu, 0))
	if again := play(c, 5, 1, 1, 0, makerOf(Waihu, 0)); again != ours {
		t.Errorf("played again: %+v, before %+v", again, ours)
	}
	for _, p := range []Policy{Progressive, Vicidial, VicidialIdle} {
		if other := play(c, 5, 1, 1, 0, makerOf(p, 0)); other.Used() >= ours.Used() {
			t.Errorf("%s %.3f, waihu %.3f", p, other.Used(), ours.Used())
		}
	}
	if all := clairvoyant(c, 5, 1, 1); all.Used() < 0.99 {
		t.Errorf("who knows everything is busy %.3f of the time", all.Used())
	}
}

// TestProgressiveNeverAbandons, whatever the world.
func TestProgressiveNeverAbandons(t *testing.T) {
	for _, c := range Cases() {
		if c.Detects || c.Breaks || c.Drift {
			continue // a detector takes persons for machines; agents go while phones ring
		}
		c.Hours = 1
		if got := play(&c, 7, 1, 3, 0, makerOf(Progressive, 0)); got.Abandoned > 0 || got.Conversations == 0 {
			t.Errorf("%s: %d of %d abandoned", c.Name, got.Abandoned, got.Persons)
		}
	}
}

// TestLeadsAreTheSameForEveryPolicy: drawn again, and in any order.
func TestLeadsAreTheSameForEveryPolicy(t *testing.T) {
	c := &Cases()[0]
	first := c.leadOf(7, 123)
	for k := range 200 {
		c.leadOf(7, k)
	}
	if c.leadOf(7, 123) != first || c.leadOf(8, 123) == first {
		t.Error("a lead is drawn by seed and number alone")
	}
	talk, ring := 0.0, 0.0
	const n = 40_000
	for k := range n {
		l := c.leadOf(1, k)
		talk, ring = talk+(l.talk+l.wrap)/n, ring+l.ring/n
	}
	near(t, "mean handling", talk, 110, 2)
	near(t, "mean ring", ring, 11.4, 0.3)
}

func TestTheAgendaIsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var a agenda
	for range 2000 {
		a.add(float64(r.IntN(300)), wakes, 0)
	}
	last := event{}
	for range 2000 {
		e := a.next()
		if e.at < last.at || e.at == last.at && e.turn < last.turn {
			t.Fatalf("%+v after %+v", e, last)
		}
		last = e
	}
}

// TestTheBestPolicyIsBetterThanProgressive and cannot lose less than nothing; one
// agent with a free price abandons more.
func TestTheBestPolicyIsBetterThanProgressive(t *testing.T) {
	c := &Case{Name: "memoryless", Chance: 0.25, Handling: Memoryless}
	plain := play(c, 2, 2, 1, 0, makerOf(Progressive, 0))
	best := Optimal(2, 0.25, 0.03)
	if best < plain.Used()+0.02 || best > 0.8 {
		t.Errorf("best %.3f, progressive %.3f", best, plain.Used())
	}
	o := newOptimal(2, 0.25)
	o.price = 1e9
	o.solve()
	if _, lost := o.measure(); lost > 1e-6 {
		t.Errorf("%g abandoned at a price beyond all", lost)
	}
}

func TestAComparisonIsPlottedAndSealed(t *testing.T) {
	c := Cases()[:1]
	c[0].Hours = 0.2
	s := &Setup{Cases: c, Sizes: []int{2, 3, 4}, Seeds: 1, Shifts: 1, Frontier: true}
	one, err := Compare(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Compare(t.Context(), s)
	if err != nil || one.Digest != again.Digest || len(one.Digest) != 64 {
		t.Errorf("played again: %s, before %s, %v", again.Digest, one.Digest, err)
	}
	plots := one.Plots()
	if len(plots) != 4 {
		t.Errorf("%d plots", len(plots))
	}
	for name, svg := range plots {
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	if md := one.Markdown(); !strings.Contains(md, "| waihu |") || !strings.Contains(md, one.Digest) {
		t.Error(md)
	}
}

func TestASetupThatCannotBe(t *testing.T) {
	for _, s := range []Setup{{Cases: Cases(), Sizes: []int{5}}, {Cases: Cases(), Sizes: []int{0}, Seeds: 1}, {Sizes: []int{5}, Seeds: 1}, {Cases: Cases(), Sizes: []int{5}, Seeds: 1, Shifts: 23}} {
		if s.Check() == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if _, err := Named([]string{"nonsense"}); err == nil {
		t.Error("a case that is none")
	}
}

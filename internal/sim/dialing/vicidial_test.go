package dialing

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %g, expected %g", what, got, want)
	}
}

// TestVicidialsOwnExamples: the drop share with machines taken out, as its
// documentation works it out, and the cuts of its three methods.
func TestVicidialsOwnExamples(t *testing.T) {
	near(t, "29 drops, 9 persons, 7 machines", ukDropped(29, 9, 7), 0.6444, 5e-5)
	near(t, "hard limit", cut("HARD_LIMIT", 2.6, 3600), 1, 0)
	near(t, "average", cut("AVERAGE", 2.6, 3600), 1.3, 1e-12)
	near(t, "tapered, 10 h before the end", cut("TAPERED", 2.6, 10*3600), 2.6, 1e-12)
	near(t, "tapered, 1 h before the end", cut("TAPERED", 2.6, 3600), 0.26, 1e-12)
	near(t, "tapered, 1.5 h: written 130", cut("TAPERED", 2, 5400), 0.26, 1e-12)
	near(t, "tapered, after the end", cut("TAPERED", 2.6, -1), 1, 0)
}

func TestVicidialMovesByFreeAgents(t *testing.T) {
	near(t, "2 of 10 free", move(2, 10, 0), 0.2, 1e-12)
	near(t, "2 of 10 free, intensity 20", move(2, 10, 20), 0.24, 1e-12)
	near(t, "1 call waits for 10, intensity 20", move(-1, 10, 20), -0.08, 1e-12)
	near(t, "1 call waits for 10, intensity -40", move(-1, 10, -40), -0.14, 1e-12)
	near(t, "nobody there", move(3, 0, 0), 0, 0)
	p := vicidial{drop: 3, most: 3, level: 2.9, log: []drops{{}}}
	p.samples = []sample{{ready: 5, total: 10}}
	p.adapt(3600)
	near(t, "no level above the maximum", p.level, 3, 0)
	p.log = []drops{{}, {calls: 60, answered: 20, dropped: 1}}
	p.method = "HARD_LIMIT"
	p.adapt(3600)
	near(t, "5 % of a day's answers dropped", p.level, 1, 0)
}

// TestErlangsTable: agents' utilisation where the loss formula gives 3 % and 1 %.
func TestErlangsTable(t *testing.T) {
	agents := []int{5, 10, 15, 20, 30, 50, 100, 200}
	for lost, row := range map[float64][]float64{0.03: {.364, .536, .624, .679, .746, .813, .881, .926}, 0.01: {.269, .442, .535, .596, .671, .750, .832, .890}} {
		p := erlang{lost: lost, load: map[int]float64{}}
		for i, n := range agents {
			near(t, "utilisation", p.offered(n)*(1-lost)/float64(n), row[i], 6e-4)
		}
	}
}

package serve

import (
	"maps"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"waihu/internal/robot"
)

// TestDialogueFigures: each count of dialogue servers is a figure of its own.
func TestDialogueFigures(t *testing.T) {
	var c robot.Counts
	for n, of := range map[int64]interface{ Store(int64) }{1: &c.Turns, 2: &c.Slow, 3: &c.Wrong, 4: &c.Failed, 5: &c.Late, 6: &c.Unkept} {
		of.Store(n)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(dialogueCounts{&c})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue()
		}
	}
	const faults = "waihu_dialogue_faults_total "
	want := map[string]float64{"waihu_dialogue_turns_total": 1, faults + "slow": 2, faults + "wrong": 3, faults + "failed": 4, faults + "late": 5, faults + "unkept": 6}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

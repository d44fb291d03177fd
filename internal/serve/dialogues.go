package serve

import (
	"github.com/prometheus/client_golang/prometheus"

	"waihu/internal/robot"
)

// Figures of dialogue servers.
var (
	dialogueTurns  = prometheus.NewDesc("waihu_dialogue_turns_total", "Turns that dialogue servers were asked.", nil, nil)
	dialogueFaults = prometheus.NewDesc("waihu_dialogue_faults_total", "What went wrong with dialogue servers. slow: no reply in time; wrong: a reply that is none; failed: not reached, or another status; "+
		"late: a reply that wanted something of a call that had ended; unkept: an outcome that our books did not take in time.", []string{"fault"}, nil)
)

// dialogueCounts tell how dialogue servers did since the process began.
type dialogueCounts struct{ of *robot.Counts }

// Describe is part of prometheus.Collector.
func (dialogueCounts) Describe(to chan<- *prometheus.Desc) {
	to <- dialogueTurns
	to <- dialogueFaults
}

// Collect is part of prometheus.Collector.
func (c dialogueCounts) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(dialogueTurns, prometheus.CounterValue, float64(c.of.Turns.Load()))
	for fault, n := range map[string]int64{"slow": c.of.Slow.Load(), "wrong": c.of.Wrong.Load(), "failed": c.of.Failed.Load(), "late": c.of.Late.Load(), "unkept": c.of.Unkept.Load()} {
		to <- prometheus.MustNewConstMetric(dialogueFaults, prometheus.CounterValue, float64(n), fault)
	}
}

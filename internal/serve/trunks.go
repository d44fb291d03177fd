package serve

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waihu/internal/fault"
	"waihu/internal/telephone"
	"waihu/internal/voice/trunk"
)

// trunkLook is how often the trunks are looked at for readiness.
const trunkLook = 15 * time.Second

// trunkUp is the figure of a trunk.
var trunkUp = prometheus.NewDesc("waihu_trunk_up", "1: calls can be placed over the trunk; 0: it does not answer, rests, or we are not registered at it.", []string{"trunk"}, nil)

// trunkGauge tells how each trunk is when it is asked.
type trunkGauge struct{ calls *telephone.Telephone }

// Describe is part of prometheus.Collector.
func (trunkGauge) Describe(to chan<- *prometheus.Desc) { to <- trunkUp }

// Collect is part of prometheus.Collector.
func (g trunkGauge) Collect(to chan<- prometheus.Metric) {
	for _, t := range g.calls.Trunks() {
		to <- prometheus.MustNewConstMetric(trunkUp, prometheus.GaugeValue, truth(!t.Down && t.Apart == "" && t.Rests.IsZero()), t.Name)
	}
}

// endsGauge tells how many ends of calls the books do not know.
func endsGauge(calls *telephone.Telephone) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "waihu_call_ends_waiting", Help: "Ends of calls that the books could not be told yet, or refused."},
		func() float64 { return float64(calls.EndsWaiting()) })
}

// lookAtTrunks tells which trunks carry no call. One that rests is not told: it comes back by
// itself.
func lookAtTrunks(calls *telephone.Telephone) func(context.Context) error {
	return func(context.Context) error { return unwell(calls.Trunks()) }
}

func unwell(trunks []trunk.State) error {
	var all []string
	for _, t := range trunks { // bounded by the trunks of a file
		switch {
		case t.Apart != "":
			all = append(all, t.Name+": we are not registered at it ("+t.Apart+")")
		case t.Down:
			all = append(all, t.Name+": it does not answer")
		}
	}
	if all == nil {
		return nil
	}
	return fault.New(fault.Conflict, "no call is placed over %s", strings.Join(all, "; "))
}

// trunksOf are what the console shows of the trunks; nil where there are none.
func trunksOf(calls *telephone.Telephone) func() []trunk.State {
	if calls == nil {
		return nil
	}
	return calls.Trunks
}

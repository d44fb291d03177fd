package meter

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/timex"
)

// trial is the free trial of a component of calls. A call is free by the day it
// starts, however long it runs.
type trial struct {
	until          timex.Date // day after the last; 0: there is none
	calls, seconds int64      // taken
}

func newTrial(c *catalog.Component, terms *contract.Terms) trial {
	if c.Trial == 0 || terms.Start == 0 {
		return trial{}
	}
	return trial{until: Served(c, terms).First}
}

// takeFree counts a call of the trial.
func (m *callMeter) takeFree(v *view) outcome {
	if m.comp.Measure == catalog.TalkTime && (v.seconds <= 0 || !v.call.IsAnswered()) {
		return outcome{took: true}
	}
	if m.prices != nil {
		m.prices(&Priced{Component: m.index, Slot: -1, Raw: v.seconds, HasCost: true})
		return outcome{took: true}
	}
	m.trial.calls++
	m.trial.seconds += v.seconds
	if m.detail != nil {
		m.detail(&Charged{Call: v.call, Component: m.comp.ID, Raw: v.seconds, At: v.call.Start, HasCost: true, Trial: true})
	}
	return outcome{took: true}
}

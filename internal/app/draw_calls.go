package app

import (
	"context"

	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/retention"
)

// DrawCalls is which calls are drawn to be inspected.
type DrawCalls struct {
	Form     id.ID        `json:"form"`
	Period   timex.Period `json:"period"` // in which they were recorded: a week, say
	Campaign string       `json:"campaign,omitempty"`
	Rule     quality.Rule `json:"rule"`
	Seed     string       `json:"seed"` // whoever has it can draw again
}

// maxSeed bounds a seed, in bytes.
const maxSeed = 100

// DrawCalls draws calls and keeps each as an inspection that waits. Drawing the same span
// again adds what is missing alone.
func (s *System) DrawCalls(ctx context.Context, c id.Company, in DrawCalls) (out []Inspection, err error) {
	defer fault.Wrap(&err, "draw calls")
	if in.Seed == "" || len(in.Seed) > maxSeed || in.Period.From >= in.Period.To {
		return nil, fault.New(fault.Invalid, "a seed of 1 to %d characters and a span of time were expected", maxSeed)
	}
	if err := in.Rule.Check(); err != nil {
		return nil, err
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		out = nil
		if _, err := s.needModule(tx, c, QualityModule); err != nil {
			return err
		}
		f, _, err := get[ScoreForm](tx, c, KindScoreForm, in.Form)
		if err != nil {
			return err
		}
		found, err := findRecordings(tx, c, &RecordingQuery{Period: in.Period, Campaign: in.Campaign, State: retention.Kept}, MaxLooked, MaxLooked)
		if err != nil {
			return err
		}
		if found.Cut {
			return fault.New(fault.Invalid, "more than %d calls would have to be looked at: draw from a shorter time", MaxLooked)
		}
		calls := make([]quality.Candidate, 0, len(found.List))
		for i := range found.List {
			r := &found.List[i]
			calls = append(calls, quality.Candidate{Recording: r.ID, Agent: r.About.Agent, Seconds: r.Millis / 1000, Disposition: r.About.Disposition, Drawn: r.Inspected > 0})
		}
		drawn, err := in.Rule.Draw(in.Seed, calls)
		if err != nil {
			return err
		}
		for i := range drawn {
			x, err := s.beginInspection(tx, c, drawn[i].Recording, &f, &drawn[i].Why)
			if err != nil {
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

package app

import (
	"context"
	"time"

	"waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// AgentToday is what was counted of an agent on a day, in all campaigns and at all nodes.
// Time is counted when a state is over, a call when it is written up.
func (s *System) AgentToday(ctx context.Context, c id.Company, user string, day timex.Date, zone *time.Location) (out report.Sums, err error) {
	of := timex.Days(day, day+1, zone)
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Reports().Sums(c, store.SumQuery{Dim: report.Agent, Value: &user, First: report.SlotOf(of.From), After: report.SlotOf(of.To)})
		for i := range list {
			out.Add(&list[i].Sums)
		}
		return err
	})
	return out, err
}

package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// OwnUsage gives every fact of a company from one day to the day before another
// to a sink, whatever contract it belongs to. Days are those of UTC, and a day
// more on either side is given: whoever counts by other zones needs it.
func (s *System) OwnUsage(ctx context.Context, c id.Company, first, after timex.Date, to usage.Sink) (err error) {
	defer fault.Wrap(&err, "own usage")
	return s.DB.View(ctx, func(tx store.Tx) error {
		return tx.Usage().Each(ctx, c, id.ID{}, timex.Days(first-1, after+1, time.UTC), 0, to)
	})
}

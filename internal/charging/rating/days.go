package rating

import (
	"time"

	"waihu/internal/timex"
)

// dayOf turns instants into local dates, remembering the last day.
type dayOf struct {
	loc      *time.Location
	from, to timex.Instant
	day      timex.Date
}

func (d *dayOf) of(i timex.Instant) timex.Date {
	if i < d.from || i >= d.to {
		d.day = i.DateIn(d.loc)
		d.from, d.to = d.day.Start(d.loc), (d.day + 1).Start(d.loc)
	}
	return d.day
}

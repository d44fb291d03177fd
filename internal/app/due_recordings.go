package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/retention"
)

// DueDay is what will be deleted on a day, UTC.
type DueDay struct {
	Day        timex.Date
	Recordings int64
	Bytes      int64
}

// MaxDueDays bounds how far ahead is looked.
const MaxDueDays = 90

// DueRecordings tells what is due for deletion on each of the next days, by the rules as
// they stand; what is held is not among it. Today has what is overdue as well.
func (s *System) DueRecordings(ctx context.Context, c id.Company, days int) (out []DueDay, err error) {
	defer fault.Wrap(&err, "recordings that are due")
	if days < 1 || days > MaxDueDays {
		return nil, fault.New(fault.Invalid, "1 to %d days ahead were expected, not %d", MaxDueDays, days)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		today := tx.Now().DateIn(time.UTC)
		first := today
		oldest, err := tx.Records().List(c, KindRecording, store.Key{Name: "pending", Value: pending}, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(oldest) > 0 {
			first = min(today, oldest[0].ID.Made().DateIn(time.UTC))
		}
		for d := first; d < today+timex.Date(days); d++ {
			on := DueDay{Day: max(d, today)}
			if err := each(tx, c, KindRecording, store.Key{Name: "due", Value: d.String()}, func(r Recording, _ *store.Record) error {
				on.Recordings++
				on.Bytes += r.Bytes
				return nil
			}); err != nil {
				return err
			}
			out = addDue(out, on)
		}
		return nil
	})
	return out, err
}

// addDue adds what is due on a day; a day on which nothing is has no line.
func addDue(list []DueDay, on DueDay) []DueDay {
	if n := len(list); n > 0 && list[n-1].Day == on.Day {
		list[n-1].Recordings += on.Recordings
		list[n-1].Bytes += on.Bytes
		return list
	}
	if on.Recordings == 0 {
		return list
	}
	return append(list, on)
}

// DeletedRecordings are those whose sound is gone or going, the newest first: the books
// keep their digest, and why they went.
func (s *System) DeletedRecordings(ctx context.Context, c id.Company, p store.Page) (out []Recording, err error) {
	p.Down = true
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = pageOf[Recording](tx, c, KindRecording, store.Key{Name: "state", Value: string(retention.Deleted)}, p)
		return err
	})
	return out, err
}

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

// pending is the index value of recordings whose sound is there.
const pending = "yes"

// dueDay is the day an instant lies in, UTC, as the index has it.
func dueDay(t timex.Instant) string { return t.DateIn(time.UTC).String() }

// Swept is what a sweep did.
type Swept struct {
	Deleted int   // recordings
	Bytes   int64 // of them
	Left    []error
}

// SweepRecordings deletes the recordings of a company whose time is over and that
// nothing holds. Each is first marked in the books, with the reason, then its file
// goes, then the books say it is gone: a sweep that is cut off is finished by the
// next. One that cannot be deleted does not stop the others.
func (s *System) SweepRecordings(ctx context.Context, c id.Company) (out Swept, err error) {
	defer fault.Wrap(&err, "sweep recordings of %s", c)
	if s.Vault == nil {
		return out, errNoVault
	}
	due, err := s.dueRecordings(ctx, c)
	if err != nil {
		return out, err
	}
	for _, i := range due {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		r, err := s.deleteRecording(ctx, c, i)
		if err != nil {
			out.Left = append(out.Left, err)
			continue
		}
		out.Deleted++
		out.Bytes += r.Bytes
	}
	return out, nil
}

// maxSweep is how many recordings one sweep deletes; the next goes on.
const maxSweep = 10_000

// dueRecordings are those to be deleted: those a sweep left half-way, then those
// due, by the days from the oldest whose sound is there until now.
func (s *System) dueRecordings(ctx context.Context, c id.Company) (out []id.ID, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		take := func(r Recording, _ *store.Record) error {
			if len(out) < maxSweep && (r.State == retention.Leaving || r.Due(tx.Now())) {
				out = append(out, r.ID)
			}
			return nil
		}
		if err := each(tx, c, KindRecording, store.Key{Name: "state", Value: string(retention.Leaving)}, take); err != nil {
			return err
		}
		oldest, err := tx.Records().List(c, KindRecording, store.Key{Name: "pending", Value: pending}, store.Page{Limit: 1})
		if err != nil || len(oldest) == 0 {
			return err
		}
		today := tx.Now().DateIn(time.UTC)
		for d := oldest[0].ID.Made().DateIn(time.UTC); d <= today && len(out) < maxSweep; d++ {
			if err := each(tx, c, KindRecording, store.Key{Name: "due", Value: d.String()}, take); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// deleteRecording deletes one that is due, in three steps each of which may be
// done again.
func (s *System) deleteRecording(ctx context.Context, c id.Company, recording id.ID) (Recording, error) {
	if _, err := s.recording(ctx, c, recording, "delete", func(r *Recording, now timex.Instant) error {
		if r.State == retention.Leaving {
			return nil
		}
		return r.Delete(now, "its time was over at "+r.Until.String())
	}); err != nil {
		return Recording{}, err
	}
	return s.removeSound(ctx, c, recording)
}

// removeSound removes the file of a recording that is leaving, and says so.
func (s *System) removeSound(ctx context.Context, c id.Company, recording id.ID) (Recording, error) {
	if s.Vault == nil {
		return Recording{}, errNoVault
	}
	if err := s.Vault.Delete(c, recording); err != nil {
		return Recording{}, err
	}
	return s.recording(ctx, c, recording, "delete", func(r *Recording, _ timex.Instant) error {
		r.State = retention.Deleted
		return nil
	})
}

package app

import (
	"context"
	"errors"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

// newlyBegun is how long a recording may be open without its call: it is entered in
// the books just before the call is.
const newlyBegun = time.Minute

// MendRecordings finishes what a crash left open: recordings whose call does not go
// on any more, as far as they were written. Those whose file lies on another machine
// are left to it. It tells how many there were; one that fails does not stop the
// others.
func (s *System) MendRecordings(ctx context.Context, c id.Company) (n int, err error) {
	defer fault.Wrap(&err, "mend recordings of %s", c)
	if s.Vault == nil {
		return 0, nil
	}
	var open []Recording
	err = s.DB.View(ctx, func(tx store.Tx) error {
		open = nil
		return each(tx, c, KindRecording, store.Key{Name: "state", Value: string(retention.Open)}, func(r Recording, _ *store.Record) error {
			if tx.Now() < r.Made.Add(newlyBegun) {
				return nil
			}
			_, _, err := find[Attempt](tx, c, KindAttempt, "call", r.Call)
			if err != nil && fault.KindOf(err) == fault.NotFound {
				open = append(open, r)
				return nil
			}
			return err
		})
	})
	var failed []error
	for i := range open {
		if _, err := s.mendRecording(ctx, c, open[i].ID); err == nil {
			n++
		} else if fault.KindOf(err) != fault.NotFound {
			failed = append(failed, err)
		}
	}
	return n, errors.Join(append(failed, err)...)
}

// mendRecording finishes one recording from its file.
func (s *System) mendRecording(ctx context.Context, c id.Company, recording id.ID) (sum record.Sum, err error) {
	f, err := s.Vault.Change(c, recording)
	if err != nil {
		return sum, err
	}
	sum, err = record.Mend(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return sum, err
	}
	_, err = s.FinishRecording(ctx, c, recording, sum)
	return sum, err
}

// mendRecordingOf finishes the recording of a call that was cut off, and gives its
// name and digest; none, where it has none, or none that can be mended here.
func (s *System) mendRecordingOf(ctx context.Context, c id.Company, call string) (name, digest string, err error) {
	if s.Vault == nil {
		return "", "", nil
	}
	all, err := s.RecordingsOf(ctx, c, call)
	if err != nil {
		return "", "", err
	}
	for i := range all {
		r := &all[i]
		if r.State == retention.Open {
			sum, err := s.mendRecording(ctx, c, r.ID)
			if err != nil {
				continue
			}
			r.SHA256 = sum.SHA256
		}
		if r.SHA256 != "" {
			return r.ID.Named("rec"), r.SHA256, nil
		}
	}
	return "", "", nil // a call is ended whatever its recording is
}

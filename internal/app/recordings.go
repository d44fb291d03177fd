package app

import (
	"context"
	"os"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

// Recording is what the books know of a recording; its sound lies in the vault.
// It is never deleted, though the sound is.
type Recording struct {
	ID        id.ID          `json:"id"`
	Call      string         `json:"call"` // identifier of the call, as its fact has it
	SHA256    string         `json:"sha256,omitempty"`
	Bytes     int64          `json:"bytes,omitempty"`
	Millis    int64          `json:"length_ms,omitempty"`
	Paused    int64          `json:"paused_ms,omitempty"`
	Lost      bool           `json:"lost,omitempty"`  // the disk failed: what was said after its end was not recorded
	Marks     []record.Mark  `json:"marks,omitempty"` // where it was paused, and where the customer was on hold
	About     RecordingAbout `json:"about,omitzero"`
	Score     *int           `json:"score,omitempty"`     // of its newest inspection, in tenths of a percent
	Inspected int            `json:"inspected,omitempty"` // how often it was drawn or chosen
	retention.Terms
	Revision int64 `json:"revision"`
}

// BeginRecording is what is to be kept, and why for how long.
type BeginRecording struct {
	Call  string
	Rules []retention.Rule // at least one; the longest counts
	About RecordingAbout   // as far as it is known; the rest is filled in when it is finished
}

// errNoVault is of a service that has nowhere to keep recordings.
var errNoVault = fault.New(fault.Conflict, "this service has no folder for recordings")

// BeginRecording enters a recording in the books and then makes its file, so that
// no file is without an entry whatever happens. The file is the caller's to close.
func (s *System) BeginRecording(ctx context.Context, c id.Company, in BeginRecording) (out Recording, f *os.File, err error) {
	defer fault.Wrap(&err, "begin recording")
	if s.Vault == nil {
		return out, nil, errNoVault
	}
	if in.Call == "" || len(in.Call) > maxName {
		return out, nil, fault.New(fault.Invalid, "a call of 1 to %d characters was expected", maxName)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		out = Recording{Call: in.Call, About: in.About}
		var err error
		if out.Terms, err = retention.Begin(tx.Now(), in.Rules); err != nil {
			return err
		}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		return putRecording(tx, &store.Record{Company: c, Kind: KindRecording, ID: out.ID}, &out)
	})
	if err != nil {
		return out, nil, err
	}
	f, err = s.Vault.Create(c, out.ID)
	return out, f, err
}

// FinishRecording enters what a recording is known by, once its file is closed. The
// Sum without a digest is a call without sound, or a disk that failed at once: its
// recording goes.
func (s *System) FinishRecording(ctx context.Context, c id.Company, recording id.ID, sum record.Sum) (Recording, error) {
	if sum.SHA256 == "" {
		if _, err := s.recording(ctx, c, recording, "drop", func(r *Recording, now timex.Instant) error { return r.Drop(now, sum.Lost) }); err != nil {
			return Recording{}, err
		}
		return s.removeSound(ctx, c, recording)
	}
	return s.changeRecording(ctx, c, recording, "finish", func(tx store.Tx, r *Recording) error {
		if r.State != retention.Open {
			return fault.New(fault.Conflict, "it is finished already")
		}
		r.State, r.SHA256, r.Bytes = retention.Kept, sum.SHA256, sum.Bytes
		r.Millis, r.Paused, r.Marks = sum.Length.Milliseconds(), sum.Paused.Milliseconds(), sum.Marks
		r.Lost = sum.Lost
		return fillAbout(tx, c, r)
	})
}

// ReadRecording opens a recording to be heard. One of another company is not
// found, as one that never was; one that was deleted is of kind Conflict and says
// when and why.
func (s *System) ReadRecording(ctx context.Context, c id.Company, recording id.ID) (out Recording, f *os.File, err error) {
	defer fault.Wrap(&err, "recording %s", recording)
	if s.Vault == nil {
		return out, nil, errNoVault
	}
	if out, err = s.GetRecording(ctx, c, recording); err != nil {
		return out, nil, err
	}
	switch out.State {
	case retention.Kept:
		f, err = s.Vault.Read(c, recording)
	case retention.Open:
		err = fault.New(fault.Conflict, "it is not finished")
	default:
		err = fault.New(fault.Conflict, "it was deleted at %s: %s", out.Gone, out.Why)
	}
	return out, f, err
}

// GetRecording is what the books know of a recording, deleted or not.
func (s *System) GetRecording(ctx context.Context, c id.Company, recording id.ID) (out Recording, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		r, rec, err := get[Recording](tx, c, KindRecording, recording)
		if err == nil {
			out, out.Revision = r, rec.Revision
		}
		return err
	})
	return out, err
}

// RecordingsOf are those of a call.
func (s *System) RecordingsOf(ctx context.Context, c id.Company, call string) (out []Recording, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[Recording](tx, c, KindRecording, store.Key{Name: "call", Value: call})
		return err
	})
	return out, err
}

// KeepRecordingLonger adds rules; they never shorten the time.
func (s *System) KeepRecordingLonger(ctx context.Context, c id.Company, recording id.ID, rules ...retention.Rule) (Recording, error) {
	return s.recording(ctx, c, recording, "keep longer", func(r *Recording, _ timex.Instant) error { return r.Add(rules...) })
}

// HoldRecording keeps a recording from being deleted until ReleaseRecording with
// the same name.
func (s *System) HoldRecording(ctx context.Context, c id.Company, recording id.ID, name, reason string) (Recording, error) {
	return s.recording(ctx, c, recording, "hold", func(r *Recording, now timex.Instant) error {
		return r.Hold(retention.Hold{Name: name, Reason: reason, Since: now})
	})
}

// LiftHold is the action a second person approves where the house asks for one.
const LiftHold = "recording.release"

// HeldBy tells whether a hold of that name keeps it.
func (r *Recording) HeldBy(name string) bool {
	return slices.ContainsFunc(r.Holds, func(h retention.Hold) bool { return h.Name == name })
}

// ReleaseRecording ends a hold.
func (s *System) ReleaseRecording(ctx context.Context, c id.Company, recording id.ID, name string) (Recording, error) {
	return s.recording(ctx, c, recording, "release", func(r *Recording, _ timex.Instant) error { return r.Release(name) })
}

// recording changes what the books know of one.
func (s *System) recording(ctx context.Context, c id.Company, recording id.ID, verb string, change func(*Recording, timex.Instant) error) (Recording, error) {
	return s.changeRecording(ctx, c, recording, verb, func(tx store.Tx, r *Recording) error { return change(r, tx.Now()) })
}

// changeRecording does so with what else the books know.
func (s *System) changeRecording(ctx context.Context, c id.Company, recording id.ID, verb string, change func(store.Tx, *Recording) error) (out Recording, err error) {
	defer fault.Wrap(&err, "%s recording %s", verb, recording)
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		var r *store.Record
		var err error
		if out, r, err = get[Recording](tx, c, KindRecording, recording); err != nil {
			return err
		}
		if err := change(tx, &out); err != nil {
			return err
		}
		return putRecording(tx, r, &out)
	})
	return out, err
}

// putRecording keeps a recording with what it is found by: its call, its state, whom
// and what it is about, whether it is held, and the day it may be deleted, unless it is.
func putRecording(tx store.Tx, r *store.Record, out *Recording) error {
	r.Index = []store.Key{{Name: "call", Value: out.Call}, {Name: "state", Value: string(out.State)}}
	r.Index = append(r.Index, out.About.keys()...)
	if len(out.Holds) > 0 {
		r.Index = append(r.Index, heldKey)
	}
	if out.State == retention.Open || out.State == retention.Kept {
		r.Index = append(r.Index, store.Key{Name: "pending", Value: pending})
		if len(out.Holds) == 0 {
			r.Index = append(r.Index, store.Key{Name: "due", Value: dueDay(out.Until)})
		}
	}
	out.Revision = r.Revision + 1
	return save(tx, r, out)
}

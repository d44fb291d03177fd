package app

import (
	"context"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// How a recording was given out.
const (
	HeardRecording      = "heard"      // played on its page
	DownloadedRecording = "downloaded" // as a file
)

// Part is a stretch of a recording, in milliseconds.
type Part struct {
	From int64 `json:"from_ms"`
	To   int64 `json:"to_ms"`
}

// Hearing is that somebody was given a recording, or parts of it: what went out
// within a sitting is one entry. It is never deleted, as its recording is not.
type Hearing struct {
	ID        id.ID         `json:"id"`
	Recording id.ID         `json:"recording"`
	Who       string        `json:"who"`            // as the audit log names them
	From      string        `json:"from,omitempty"` // address of the client
	How       string        `json:"how"`            // heard, downloaded
	At        timex.Instant `json:"at"`
	Last      timex.Instant `json:"last"`
	Parts     []Part        `json:"parts"` // apart from each other, in order
}

// sitting is how long after the last part a new entry is made; maxParts how many
// parts one has: then the two that are nearest become one.
const (
	sitting  = 30 * time.Minute
	maxParts = 64
)

// NoteHearing notes that a part of a recording is about to be given out, and tells
// whether that began a new entry. It is called before the sound goes.
func (s *System) NoteHearing(ctx context.Context, c id.Company, in Hearing, part Part) (began bool, err error) {
	defer fault.Wrap(&err, "recording %s is heard", in.Recording)
	if in.Who == "" || in.How != HeardRecording && in.How != DownloadedRecording || part.From < 0 || part.To < part.From {
		return false, fault.New(fault.Invalid, "who hears it, how, and a part of it were expected")
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		began = false
		if _, _, err := get[Recording](tx, c, KindRecording, in.Recording); err != nil {
			return err
		}
		now := tx.Now()
		key := store.Key{Name: "sitting", Value: digest(in.Recording.String(), in.Who, in.From, in.How)}
		list, err := tx.Records().List(c, KindHearing, key, store.Page{Limit: 1, Down: true})
		if err != nil {
			return err
		}
		h, rec := in, &store.Record{Company: c, Kind: KindHearing}
		if len(list) > 0 {
			last, r, err := load[Hearing](&list[0], nil)
			if err != nil {
				return err
			}
			if now <= last.Last.Add(sitting) {
				h, rec = last, r
			}
		}
		if rec.Revision == 0 {
			began, h.At, h.Parts = true, now, nil
			if h.ID, err = s.newID(tx); err != nil {
				return err
			}
			rec.ID = h.ID
		}
		before := slices.Clone(h.Parts)
		h.Parts = joined(append(h.Parts, part))
		if !began && slices.Equal(before, h.Parts) && now <= h.Last.Add(time.Minute) {
			return nil // the same again: nothing is new about it
		}
		h.Last = now
		rec.Index = []store.Key{key, {Name: "recording", Value: in.Recording.String()}}
		return save(tx, rec, &h)
	})
	return began, err
}

// joined is parts in order, those that touch made one.
func joined(parts []Part) (out []Part) {
	slices.SortFunc(parts, func(a, b Part) int { return int(min(max(a.From-b.From, -1), 1)) })
	for _, p := range parts {
		if n := len(out); n > 0 && p.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	for len(out) > maxParts {
		near := 0
		for i := range len(out) - 1 {
			if out[i+1].From-out[i].To < out[near+1].From-out[near].To {
				near = i
			}
		}
		out[near].To = out[near+1].To
		out = slices.Delete(out, near+1, near+2)
	}
	return out
}

// Hearings are who was given a recording, the newest first.
func (s *System) Hearings(ctx context.Context, c id.Company, recording id.ID, p store.Page) (out []Hearing, err error) {
	p.Down = true
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = pageOf[Hearing](tx, c, KindHearing, store.Key{Name: "recording", Value: recording.String()}, p)
		return err
	})
	return out, err
}

package app

import (
	"context"
	"unicode/utf8"

	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/retention"
)

// Where an inspection is.
const (
	InspectionDrawn    = "drawn"    // it waits for somebody to score it
	InspectionScored   = "scored"   //
	InspectionObjected = "objected" // the agent does not agree; an answer is due
	InspectionAnswered = "answered"
)

// InspectionStates lists them.
func InspectionStates() []string {
	return []string{InspectionDrawn, InspectionScored, InspectionObjected, InspectionAnswered}
}

// Inspection is one call that is scored, or to be.
type Inspection struct {
	ID        id.ID         `json:"id"`
	Recording id.ID         `json:"recording"`
	Call      string        `json:"call"`
	Agent     string        `json:"agent"`
	Campaign  string        `json:"campaign,omitempty"`
	Made      timex.Instant `json:"made"` // when the call was recorded
	Millis    int64         `json:"length_ms"`

	Form     id.ID  `json:"form"`
	FormName string `json:"form_name"`
	Version  int    `json:"version"`

	State  string        `json:"state"`
	Why    *quality.Why  `json:"why,omitempty"` // it was drawn; nil: chosen by hand
	Begun  timex.Instant `json:"begun"`         // when it was drawn or chosen
	Scored timex.Instant `json:"scored,omitzero"`
	By     string        `json:"by,omitempty"` // who scored it

	Answers []quality.Answer `json:"answers,omitempty"`
	Notes   []Note           `json:"notes,omitempty"`
	Comment string           `json:"comment,omitempty"`
	Score   *quality.Score   `json:"score,omitempty"`
	Before  *quality.Score   `json:"before,omitempty"` // as it was first, where an objection changed it

	Objection *Word `json:"objection,omitempty"`
	Answer    *Word `json:"answer,omitempty"`
	Revision  int64 `json:"revision"`
}

// Note is what an inspector wrote about a place of the recording.
type Note struct {
	At   int64  `json:"at_ms"`
	Text string `json:"text"`
}

// Word is what somebody wrote, and when.
type Word struct {
	At   timex.Instant `json:"at"`
	By   string        `json:"by"`
	Text string        `json:"text"`
}

// Bounds of what is written about a call, in characters; and of notes.
const (
	mostWords = 2000
	maxNotes  = 100
)

// InspectCall chooses a call to be inspected by hand. A call that waits to be scored by
// the same form is a Conflict.
func (s *System) InspectCall(ctx context.Context, c id.Company, recording, form id.ID) (out Inspection, err error) {
	defer fault.Wrap(&err, "inspect call")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if _, err := s.needModule(tx, c, QualityModule); err != nil {
			return err
		}
		f, _, err := get[ScoreForm](tx, c, KindScoreForm, form)
		if err != nil {
			return err
		}
		err = each(tx, c, KindInspection, store.Key{Name: "recording", Value: recording.String()}, func(x Inspection, _ *store.Record) error {
			if x.State == InspectionDrawn && x.FormName == f.Name {
				return fault.New(fault.Conflict, "the call waits to be scored already")
			}
			return nil
		})
		if err != nil {
			return err
		}
		out, err = s.beginInspection(tx, c, recording, &f, nil)
		return err
	})
	return out, err
}

// beginInspection makes an inspection of a recording whose sound is there.
func (s *System) beginInspection(tx store.Tx, c id.Company, recording id.ID, f *ScoreForm, why *quality.Why) (out Inspection, err error) {
	r, rec, err := get[Recording](tx, c, KindRecording, recording)
	if err != nil {
		return out, err
	}
	if r.State != retention.Kept {
		return out, fault.New(fault.Conflict, "the recording is %s: one that is kept can be inspected", r.State)
	}
	out = Inspection{Recording: recording, Call: r.Call, Agent: r.About.Agent, Campaign: r.About.Campaign, Made: r.Made, Millis: r.Millis,
		Form: f.ID, FormName: f.Name, Version: f.Version, State: InspectionDrawn, Why: why, Begun: tx.Now()}
	if out.ID, err = s.newID(tx); err != nil {
		return out, err
	}
	r.Inspected++
	if err := putRecording(tx, rec, &r); err != nil {
		return out, err
	}
	return out, putInspection(tx, &store.Record{Company: c, Kind: KindInspection, ID: out.ID}, &out)
}

// putInspection keeps one with what it is found by.
func putInspection(tx store.Tx, r *store.Record, x *Inspection) error {
	r.Index = []store.Key{{Name: "recording", Value: x.Recording.String()}, {Name: "state", Value: x.State}}
	if x.Agent != "" {
		r.Index = append(r.Index, store.Key{Name: "agent", Value: x.Agent})
	}
	x.Revision = r.Revision + 1
	return save(tx, r, x)
}

// InspectionQuery is which inspections are looked for, the newest first; the first that
// is given counts.
type InspectionQuery struct {
	Recording id.ID
	Agent     string
	State     string
	Page      store.Page
}

// Inspections looks them up.
func (s *System) Inspections(ctx context.Context, c id.Company, q InspectionQuery) (out []Inspection, err error) {
	key := store.Key{}
	switch {
	case !q.Recording.IsZero():
		key = store.Key{Name: "recording", Value: q.Recording.String()}
	case q.Agent != "":
		key = store.Key{Name: "agent", Value: q.Agent}
	case q.State != "":
		key = store.Key{Name: "state", Value: q.State}
	}
	q.Page.Down = true
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = pageOf[Inspection](tx, c, KindInspection, key, q.Page)
		return err
	})
	return out, err
}

// GetInspection reads one.
func (s *System) GetInspection(ctx context.Context, c id.Company, i id.ID) (out Inspection, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[Inspection](tx, c, KindInspection, i)
		return err
	})
	return out, err
}

// worded refuses words that are none or too many.
func worded(text string) error {
	if n := utf8.RuneCountInString(text); n == 0 || n > mostWords {
		return fault.New(fault.Invalid, "1 to %d characters were expected, not %d", mostWords, n)
	}
	return nil
}

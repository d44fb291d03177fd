package app

import (
	"context"
	"unicode/utf8"

	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// InspectionUsed is the kind of the usage fact of a call that was scored.
const InspectionUsed = "quality_inspection"

// ScoreCall is what an inspector found in a call.
type ScoreCall struct {
	Inspection id.ID
	By         string // as people read it
	User       string // as calls name their agent; empty: a program
	Answers    []quality.Answer
	Notes      []Note
	Comment    string
}

// ScoreCall scores a call that waits for it, once. Each is a usage fact of the module. Who
// was called with does not score it.
func (s *System) ScoreCall(ctx context.Context, c id.Company, in ScoreCall) (out Inspection, err error) {
	defer fault.Wrap(&err, "score call")
	return s.inspection(ctx, c, in.Inspection, func(tx store.Tx, x *Inspection) error {
		of, err := s.needModule(tx, c, QualityModule)
		switch {
		case err != nil:
			return err
		case x.State != InspectionDrawn:
			return fault.New(fault.Conflict, "the call was scored already")
		case in.By == "" || in.By == x.Agent || in.User != "" && in.User == x.Agent:
			return fault.New(fault.Conflict, "nobody scores a call of their own: somebody else must")
		}
		if err := x.take(tx, c, &in); err != nil {
			return err
		}
		x.State, x.By, x.Scored = InspectionScored, in.By, tx.Now()
		if err := useModule(tx, c, &of, InspectionUsed, x.ID); err != nil {
			return err
		}
		return scored(tx, c, x)
	})
}

// take takes answers and notes into an inspection.
func (x *Inspection) take(tx store.Tx, c id.Company, in *ScoreCall) error {
	f, _, err := get[ScoreForm](tx, c, KindScoreForm, x.Form)
	if err != nil {
		return err
	}
	if len(in.Notes) > maxNotes || utf8.RuneCountInString(in.Comment) > mostWords {
		return fault.New(fault.Invalid, "at most %d notes and a comment of %d characters were expected", maxNotes, mostWords)
	}
	for _, n := range in.Notes {
		if n.At < 0 || n.At > x.Millis || n.Text == "" || utf8.RuneCountInString(n.Text) > mostWords {
			return fault.New(fault.Invalid, "a note needs a place in the recording and 1 to %d characters", mostWords)
		}
	}
	score, err := f.Score(in.Answers, x.Millis)
	if err != nil {
		return err
	}
	x.Answers, x.Notes, x.Comment, x.Score = in.Answers, in.Notes, in.Comment, &score
	return nil
}

// scored tells the recording what its newest inspection came to.
func scored(tx store.Tx, c id.Company, x *Inspection) error {
	r, rec, err := get[Recording](tx, c, KindRecording, x.Recording)
	if err != nil {
		return err
	}
	r.Score = &x.Score.Total
	return putRecording(tx, rec, &r)
}

// inspection changes one.
func (s *System) inspection(ctx context.Context, c id.Company, i id.ID, change func(store.Tx, *Inspection) error) (out Inspection, err error) {
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		x, r, err := get[Inspection](tx, c, KindInspection, i)
		if err != nil {
			return err
		}
		if err := change(tx, &x); err != nil {
			return err
		}
		out = x
		return putInspection(tx, r, &out)
	})
	return out, err
}

// ObjectToScore is the agent's word against a score, once. A score of somebody else's call is
// not found.
func (s *System) ObjectToScore(ctx context.Context, c id.Company, i id.ID, agent, words string) (out Inspection, err error) {
	defer fault.Wrap(&err, "object to a score")
	if err := worded(words); err != nil {
		return out, err
	}
	return s.inspection(ctx, c, i, func(tx store.Tx, x *Inspection) error {
		switch {
		case agent == "" || x.Agent != agent || x.State == InspectionDrawn:
			return fault.New(fault.NotFound, "there is no such score")
		case x.State != InspectionScored:
			return fault.New(fault.Conflict, "somebody objected to the score already")
		}
		x.State, x.Objection = InspectionObjected, &Word{tx.Now(), agent, words}
		return nil
	})
}

// AnswerObjection is what a supervisor says to it. With answers the call is scored anew;
// what it came to first is kept beside. Who scored the call does not answer.
func (s *System) AnswerObjection(ctx context.Context, c id.Company, in ScoreCall, words string) (out Inspection, err error) {
	defer fault.Wrap(&err, "answer an objection")
	if err := worded(words); err != nil {
		return out, err
	}
	return s.inspection(ctx, c, in.Inspection, func(tx store.Tx, x *Inspection) error {
		switch {
		case x.State != InspectionObjected:
			return fault.New(fault.Conflict, "nobody objects to the score, or that is settled")
		case in.User != "" && in.User == x.Agent:
			return fault.New(fault.Conflict, "who was called with does not answer their own objection: somebody else must")
		case in.By == "" || in.By == x.By:
			return fault.New(fault.Conflict, "who scored the call does not answer the objection: somebody else must")
		}
		if len(in.Answers) > 0 {
			x.Before = x.Score
			in.Notes, in.Comment = x.Notes, x.Comment
			if err := x.take(tx, c, &in); err != nil {
				return err
			}
			if err := scored(tx, c, x); err != nil {
				return err
			}
		}
		x.State, x.Answer = InspectionAnswered, &Word{tx.Now(), in.By, words}
		return nil
	})
}

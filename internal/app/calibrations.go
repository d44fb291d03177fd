package app

import (
	"context"
	"slices"
	"unicode/utf8"

	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/retention"
)

// Calibration is a call that several inspectors score, to see how far they agree. It
// counts for nobody's score.
type Calibration struct {
	ID        id.ID         `json:"id"`
	Name      string        `json:"name"`
	Recording id.ID         `json:"recording"`
	Millis    int64         `json:"length_ms"`
	Form      id.ID         `json:"form"`
	FormName  string        `json:"form_name"`
	Version   int           `json:"version"`
	Made      timex.Instant `json:"made"`
	By        string        `json:"by"`
	Scores    []RaterScore  `json:"scores,omitempty"` // one an inspector
	Revision  int64         `json:"revision"`
}

// RaterScore is what one inspector found.
type RaterScore struct {
	By      string           `json:"by"`
	At      timex.Instant    `json:"at"`
	Answers []quality.Answer `json:"answers"`
	Score   quality.Score    `json:"score"`
}

// maxRaters bounds the inspectors of a calibration.
const maxRaters = 50

// BeginCalibration gives a call to several inspectors.
func (s *System) BeginCalibration(ctx context.Context, c id.Company, by, name string, recording, form id.ID) (out Calibration, err error) {
	defer fault.Wrap(&err, "calibration")
	if name == "" || utf8.RuneCountInString(name) > maxName || by == "" {
		return out, fault.New(fault.Invalid, "a name of 1 to %d characters was expected", maxName)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if _, err := s.needModule(tx, c, QualityModule); err != nil {
			return err
		}
		f, _, err := get[ScoreForm](tx, c, KindScoreForm, form)
		if err != nil {
			return err
		}
		r, _, err := get[Recording](tx, c, KindRecording, recording)
		if err != nil {
			return err
		}
		if r.State != retention.Kept {
			return fault.New(fault.Conflict, "the recording is %s: one that is kept can be inspected", r.State)
		}
		out = Calibration{Name: name, Recording: recording, Millis: r.Millis, Form: form, FormName: f.Name, Version: f.Version, Made: tx.Now(), By: by}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		out.Revision = 1
		return save(tx, &store.Record{Company: c, Kind: KindCalibration, ID: out.ID}, &out)
	})
	return out, err
}

// ScoreCalibration adds what one inspector found, once each. It is a usage fact of the
// module like any other inspection.
func (s *System) ScoreCalibration(ctx context.Context, c id.Company, i id.ID, by string, answers []quality.Answer) (out Calibration, err error) {
	defer fault.Wrap(&err, "calibration")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		of, err := s.needModule(tx, c, QualityModule)
		if err != nil {
			return err
		}
		x, r, err := get[Calibration](tx, c, KindCalibration, i)
		if err != nil {
			return err
		}
		if by == "" || x.HasScored(by) || len(x.Scores) >= maxRaters {
			return fault.New(fault.Conflict, "the inspector has scored it already, or %d have, which is the most", maxRaters)
		}
		f, _, err := get[ScoreForm](tx, c, KindScoreForm, x.Form)
		if err != nil {
			return err
		}
		score, err := f.Score(answers, x.Millis)
		if err != nil {
			return err
		}
		x.Scores = append(x.Scores, RaterScore{by, tx.Now(), answers, score})
		fact, err := s.newID(tx)
		if err != nil {
			return err
		}
		if err := useModule(tx, c, &of, InspectionUsed, fact); err != nil {
			return err
		}
		x.Revision = r.Revision + 1
		out = x
		return save(tx, r, &out)
	})
	return out, err
}

// HasScored tells whether an inspector has: only then do they see what others found.
func (x *Calibration) HasScored(by string) bool {
	return slices.ContainsFunc(x.Scores, func(r RaterScore) bool { return r.By == by })
}

// Calibrations lists them, the newest first.
func (s *System) Calibrations(ctx context.Context, c id.Company, p store.Page) (out []Calibration, err error) {
	p.Down = true
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = pageOf[Calibration](tx, c, KindCalibration, store.Key{}, p)
		return err
	})
	return out, err
}

// GetCalibration reads one.
func (s *System) GetCalibration(ctx context.Context, c id.Company, i id.ID) (out Calibration, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[Calibration](tx, c, KindCalibration, i)
		return err
	})
	return out, err
}

// Units are what agreement is counted by: for each question of the form the shares of its
// points that inspectors gave.
func (x *Calibration) Units(f *quality.Form) (out [][]float64) {
	for i := range f.Sections {
		for j := range f.Sections[i].Questions {
			q := &f.Sections[i].Questions[j]
			var unit []float64
			for _, s := range x.Scores {
				for _, a := range s.Answers {
					if a.Key == q.Key && !a.NA {
						unit = append(unit, float64(a.Points)/float64(q.Points))
					}
				}
			}
			out = append(out, unit)
		}
	}
	return out
}

package app

import (
	"context"
	"strconv"

	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ScoreForm is a version of a score form. It never changes.
type ScoreForm struct {
	ID   id.ID         `json:"id"`
	Made timex.Instant `json:"made"`
	By   string        `json:"by,omitempty"`
	quality.Form
}

// maxForms bounds the forms of a company, versions counted once each.
const maxForms = 500

// PublishForm keeps a version of a form: the next of its name. What is wrong with it is
// told, all of it.
func (s *System) PublishForm(ctx context.Context, c id.Company, by string, in quality.Form) (out ScoreForm, err error) {
	defer fault.Wrap(&err, "score form")
	in.Version = 1
	if problems := in.Check(); problems.Err() != nil {
		return out, problems
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if _, err := s.needModule(tx, c, QualityModule); err != nil {
			return err
		}
		list, err := all[ScoreForm](tx, c, KindScoreForm, store.Key{})
		if err != nil {
			return err
		}
		if len(list) >= maxForms {
			return fault.New(fault.Conflict, "there are %d versions of forms, which is the most", maxForms)
		}
		out = ScoreForm{Made: tx.Now(), By: by, Form: in}
		for i := range list {
			if list[i].Name == in.Name {
				out.Version = max(out.Version, list[i].Version+1)
			}
		}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		return save(tx, &store.Record{Company: c, Kind: KindScoreForm, ID: out.ID, Unique: []store.Key{{Name: "version", Value: out.Name + "@" + strconv.Itoa(out.Version)}}}, &out)
	})
	return out, err
}

// ScoreForms are the newest versions of a company's forms, the newest first.
func (s *System) ScoreForms(ctx context.Context, c id.Company) (out []ScoreForm, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		list, err := all[ScoreForm](tx, c, KindScoreForm, store.Key{})
		seen := map[string]bool{}
		for i := len(list) - 1; i >= 0; i-- { // in the order they were made
			if !seen[list[i].Name] {
				seen[list[i].Name] = true
				out = append(out, list[i])
			}
		}
		return err
	})
	return out, err
}

// GetScoreForm reads one version.
func (s *System) GetScoreForm(ctx context.Context, c id.Company, i id.ID) (out ScoreForm, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[ScoreForm](tx, c, KindScoreForm, i)
		return err
	})
	return out, err
}

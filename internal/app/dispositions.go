package app

import (
	"context"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// KindDispositions holds the dispositions of a company, its identifier the company's.
const KindDispositions store.Kind = "dispositions"

type dispositionsKept struct {
	Dispositions []attempt.Disposition `json:"dispositions"`
}

// Dispositions are those of a company; one that never set any has the built-in
// ones.
func (s *System) Dispositions(ctx context.Context, c id.Company) (out []attempt.Disposition, err error) {
	defer fault.Wrap(&err, "dispositions")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = dispositionsOf(tx, c)
		return err
	})
	return out, err
}

// SetDispositions replaces them.
func (s *System) SetDispositions(ctx context.Context, c id.Company, list []attempt.Disposition) (err error) {
	defer fault.Wrap(&err, "dispositions")
	if err := attempt.Problems(list, "dispositions").Err(); err != nil {
		return err
	}
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		_, r, err := get[dispositionsKept](tx, c, KindDispositions, c.ID)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			r, err = &store.Record{Company: c, Kind: KindDispositions, ID: c.ID}, nil
		}
		if err != nil {
			return err
		}
		return save(tx, r, dispositionsKept{list})
	})
}

func dispositionsOf(tx store.Tx, c id.Company) ([]attempt.Disposition, error) {
	kept, _, err := get[dispositionsKept](tx, c, KindDispositions, c.ID)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return attempt.Builtin(), nil
	}
	return kept.Dispositions, err
}

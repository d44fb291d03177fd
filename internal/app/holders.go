package app

import (
	"context"

	"waihu/internal/charging/life"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Holder is a contract with the company that has it.
type Holder struct {
	Company   Company
	Agreement Agreement
}

// bound tells whether the contract binds somebody now or will.
func (h *Holder) bound() bool {
	switch h.Agreement.Life.State {
	case life.Quoted, life.Signed, life.Running, life.Notice:
		return true
	}
	return false
}

// Holders lists the contracts on a version of a plan (id@version) that are
// quoted, signed or running, in the order of companies; on any version if none
// is named. Every contract of every company is looked at.
func (s *System) Holders(ctx context.Context, version string) (out []Holder, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = s.holders(tx, version)
		return err
	})
	return out, err
}

func (s *System) holders(tx store.Tx, version string) ([]Holder, error) {
	out := []Holder{}
	err := each(tx, id.Platform, KindCompany, store.Key{}, func(c Company, r *store.Record) error {
		c.ID = r.ID
		return each(tx, id.Company{ID: r.ID}, KindContract, store.Key{}, func(a Agreement, _ *store.Record) error {
			if h := (Holder{c, a}); h.bound() && (version == "" || a.Plan == version) {
				out = append(out, h)
			}
			return nil
		})
	})
	return out, err
}

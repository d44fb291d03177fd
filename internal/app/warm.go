package app

import (
	"context"
	"slices"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
)

// mostWarmed bounds the contracts that are read ahead: pages of others are as slow as
// their first reading is.
const mostWarmed = 20

// Warm reads what the first who opens a page of a running contract would wait for: how
// its period stands, what will be and could be, and its seats. The newest contracts come
// first. It stops with the context, and what cannot be read is told to who asks for it.
func (s *System) Warm(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "warm")
	list, err := s.Holders(ctx, "")
	if err != nil {
		return err
	}
	slices.Reverse(list)
	n := 0
	for i := range list {
		a := &list[i].Agreement
		if a.Life.State != life.Running && a.Life.State != life.Notice {
			continue
		}
		if n++; n > mostWarmed || ctx.Err() != nil {
			return nil
		}
		c := id.Company{ID: list[i].Company.ID}
		if _, _, err := s.Glance(ctx, c, a.ID, c, true); fault.KindOf(err) == fault.Internal && err != nil && ctx.Err() == nil {
			return err
		}
		if _, err := s.Floor(ctx, c, a.ID); fault.KindOf(err) == fault.Internal && err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

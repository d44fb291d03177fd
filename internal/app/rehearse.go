package app

import (
	"context"
	"errors"

	"waihu/internal/store"
)

// Rehearse does something and undoes it, so that what it would come to can be
// shown before: what do finds out stays with its caller, and what would be
// refused is refused here as well. do must use the context it is given.
func (s *System) Rehearse(ctx context.Context, do func(context.Context, store.Tx) error) error {
	err := s.DB.Update(ctx, func(tx store.Tx) error {
		if err := do(store.Within(ctx, tx), tx); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		return nil
	}
	return err
}

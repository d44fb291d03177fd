package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// contractsKept is what is kept of a company's contracts as a whole.
type contractsKept struct {
	Left timex.Instant `json:"left,omitzero"` // since when its books go on elsewhere
}

// Leave closes the books of a company because they move to another installation:
// from then on nothing is booked, billed, priced or signed here, so that what is
// exported is the last word. What was there can still be read.
func (s *System) Leave(ctx context.Context, c id.Company) (err error) {
	defer fault.Wrap(&err, "leave")
	return s.leaving(ctx, c, func(tx store.Tx, k *contractsKept) { k.Left = tx.Now() })
}

// Stay opens the books of a company again that did not move after all, or that
// arrived.
func (s *System) Stay(ctx context.Context, c id.Company) (err error) {
	defer fault.Wrap(&err, "stay")
	return s.leaving(ctx, c, func(_ store.Tx, k *contractsKept) { k.Left = 0 })
}

func (s *System) leaving(ctx context.Context, c id.Company, set func(store.Tx, *contractsKept)) error {
	return s.DB.Update(ctx, func(tx store.Tx) error {
		if _, _, err := get[Company](tx, id.Platform, KindCompany, c.ID); err != nil {
			return err
		}
		k, r, err := readContracts(tx, c)
		if err != nil {
			return err
		}
		set(tx, &k)
		return save(tx, r, &k)
	})
}

// Arrive is Stay of a company whose books were just put here.
func Arrive(tx store.Tx, c id.Company) error {
	k, r, err := readContracts(tx, c)
	if err != nil {
		return err
	}
	k.Left = 0
	return save(tx, r, &k)
}

// Left tells since when the books of a company go on elsewhere; 0: they are here.
func Left(tx store.Tx, c id.Company) (timex.Instant, error) {
	k, _, err := readContracts(tx, c)
	return k.Left, err
}

// left tells whether the books of a company go on elsewhere.
func (s *System) left(ctx context.Context, c id.Company) (is bool, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		since, err := Left(tx, c)
		is = since != 0
		return err
	})
	return is, err
}

func readContracts(tx store.Tx, c id.Company) (k contractsKept, r *store.Record, err error) {
	k, r, err = get[contractsKept](tx, c, KindContracts, c.ID)
	if fault.KindOf(err) == fault.NotFound {
		return k, &store.Record{Company: c, Kind: KindContracts, ID: c.ID, Body: []byte("{}")}, nil
	}
	return k, r, err
}

// contractsOf is the record of a company whose books are here.
func contractsOf(tx store.Tx, c id.Company) (*store.Record, error) {
	k, r, err := readContracts(tx, c)
	if err == nil && k.Left != 0 {
		err = fault.New(fault.Conflict, "the books of company %s were closed on %s to go on in another installation: ask there, or open them again with waihu company stay", c.Named("co"), k.Left)
	}
	return r, err
}

// here refuses what would change books that go on elsewhere.
func here(tx store.Tx, c id.Company) error {
	_, err := contractsOf(tx, c)
	return err
}

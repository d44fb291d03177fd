package app

import (
	"context"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// MaxBarred bounds the numbers one request puts on the do-not-call list.
const MaxBarred = 5_000

// Bar puts numbers on the company's do-not-call list: no campaign of it calls them
// from the moment this is kept, and leads that have no other number are forbidden.
// Numbers that are on it keep their entry. It tells how many are new.
func (s *System) Bar(ctx context.Context, c id.Company, list []store.Barred) (added int, err error) {
	defer fault.Wrap(&err, "do not call")
	if len(list) == 0 || len(list) > MaxBarred {
		return 0, fault.New(fault.Invalid, "%d numbers: 1 to %d were expected", len(list), MaxBarred)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		added, err = bar(tx, c, list)
		return err
	})
	return added, err
}

// bar does it within a transaction.
func bar(tx store.Tx, c id.Company, list []store.Barred) (int, error) {
	for i := range list {
		if b := &list[i]; b.Rule == "" {
			b.Rule = lead.OnDNC
		}
	}
	added, err := tx.DNC().Add(c, list)
	if err != nil {
		return 0, err
	}
	numbers := make([]phone.Number, len(list))
	rules := make(map[phone.Number]string, len(list))
	for i := range list {
		numbers[i], rules[list[i].Number] = list[i].Number, list[i].Rule
	}
	return added, eachWith(tx, c, numbers, func(l *store.Lead, n phone.Number) error { return l.ForbidNumber(n, rules[n]) })
}

// eachWith changes every lead of the company that has one of some numbers, of
// whatever list and campaign.
func eachWith(tx store.Tx, c id.Company, numbers []phone.Number, change func(*store.Lead, phone.Number) error) error {
	found, err := tx.Leads().Numbers(c, id.ID{}, numbers)
	if err != nil {
		return err
	}
	for _, at := range found {
		l, err := tx.Leads().Get(c, at.Lead)
		if err != nil {
			return err
		}
		if err := change(l, at.Number); err != nil {
			return err
		}
		if err := tx.Leads().Put(c, l); err != nil {
			return err
		}
	}
	return nil
}

// Unbar takes a number off the list. What it forbade is called again, but for what
// another rule forbids.
func (s *System) Unbar(ctx context.Context, c id.Company, n phone.Number) (was store.Barred, err error) {
	defer fault.Wrap(&err, "do not call")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		list, err := tx.DNC().Find(c, []phone.Number{n})
		if err != nil {
			return err
		}
		if err := tx.DNC().Remove(c, n); err != nil {
			return err
		}
		was = list[0]
		return eachWith(tx, c, []phone.Number{n}, func(l *store.Lead, n phone.Number) error { return l.PermitNumber(n, was.Rule) })
	})
	return was, err
}

// Barred tells which of some numbers are on the list.
func (s *System) Barred(ctx context.Context, c id.Company, numbers []phone.Number) (out []store.Barred, err error) {
	defer fault.Wrap(&err, "do not call")
	if len(numbers) > MaxBarred {
		return nil, fault.New(fault.Invalid, "%d numbers: at most %d were expected", len(numbers), MaxBarred)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = tx.DNC().Find(c, numbers)
		return err
	})
	return out, err
}

// DoNotCall lists the entries behind a number.
func (s *System) DoNotCall(ctx context.Context, c id.Company, after phone.Number, limit int) (out []store.Barred, err error) {
	defer fault.Wrap(&err, "do not call")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = tx.DNC().List(c, after, limit)
		return err
	})
	return out, err
}

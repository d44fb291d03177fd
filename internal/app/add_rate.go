package app

import (
	"context"

	"waihu/internal/charging/fx"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// AddRate keeps a rate of exchange. The same rate again changes nothing; another
// rate of the pair on that day is a Conflict, because invoices may have been
// paid at the first.
func (s *System) AddRate(ctx context.Context, in fx.Rate) (err error) {
	defer fault.Wrap(&err, "add rate")
	if _, err := fx.NewTable([]fx.Rate{in}, 0); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx store.Tx) error {
		key := store.Key{Name: "rate", Value: in.From.String() + in.To.String() + in.On.String()}
		before, _, err := load[fx.Rate](tx.Records().ByKey(id.Platform, KindRate, key))
		switch {
		case err == nil && before.Rate.Equal(in.Rate) && before.Source == in.Source:
			return nil
		case err == nil:
			return fault.New(fault.Conflict, "the rate of %s in %s on %s is %s (%s)", in.From, in.To, in.On, before.Rate, before.Source)
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		i, err := s.newID(tx)
		if err != nil {
			return err
		}
		return save(tx, &store.Record{Company: id.Platform, Kind: KindRate, ID: i, Unique: []store.Key{key}}, in)
	})
}

// maxRateAge is how many days a rate of exchange is used.
const maxRateAge = 7

// rates reads the table of rates.
func rates(tx store.Tx) (*fx.Table, error) {
	list, err := all[fx.Rate](tx, id.Platform, KindRate, store.Key{})
	if err != nil {
		return nil, err
	}
	return fx.NewTable(list, maxRateAge)
}

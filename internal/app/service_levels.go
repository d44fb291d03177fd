package app

import (
	"context"

	"waihu/internal/charging/service"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// maxNote bounds what people write beside something.
const maxNote = 2_000

// ReportOutage keeps a stretch the service was not there. Outages belong to the
// platform: they count for every company. An identifier that is there already
// has its end or note set.
func (s *System) ReportOutage(ctx context.Context, i id.ID, in service.Outage) (out id.ID, err error) {
	defer fault.Wrap(&err, "report outage")
	if in.From == 0 || in.To != 0 && in.To <= in.From || len(in.Note) > maxNote {
		return out, fault.New(fault.Invalid, "an outage from %s to %s: a beginning, a later end or none, and a note of at most %d characters were expected", in.From, in.To, maxNote)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		r := &store.Record{Company: id.Platform, Kind: KindOutage, ID: i}
		if i.IsZero() {
			if r.ID, err = s.newID(tx); err != nil {
				return err
			}
		} else {
			before, old, err := get[service.Outage](tx, id.Platform, KindOutage, i)
			if err != nil {
				return err
			}
			if before.From != in.From || before.To != 0 && before.To != in.To {
				return fault.New(fault.Conflict, "the outage was from %s to %s: an end is set once", before.From, before.To)
			}
			r = old
		}
		out = r.ID
		return save(tx, r, in)
	})
	return out, err
}

// AddSample keeps a quality figure of a company. The same figure of a metric and
// moment again changes nothing, another one is a Conflict.
func (s *System) AddSample(ctx context.Context, c id.Company, in service.Sample) (err error) {
	defer fault.Wrap(&err, "add sample")
	if in.Metric == "" || len(in.Metric) > maxName || in.At == 0 || in.Weight < 1 {
		return fault.New(fault.Invalid, "a sample needs a metric, a moment and a weight of at least 1")
	}
	return s.DB.Update(ctx, func(tx store.Tx) error {
		key := store.Key{Name: "sample", Value: in.Metric + " " + in.At.String()}
		before, _, err := load[service.Sample](tx.Records().ByKey(c, KindSample, key))
		switch {
		case err == nil && before.Value.Equal(in.Value) && before.Weight == in.Weight:
			return nil
		case err == nil:
			return fault.New(fault.Conflict, "%s at %s was %s before", in.Metric, in.At, before.Value)
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		i, err := s.newID(tx)
		if err != nil {
			return err
		}
		return save(tx, &store.Record{Company: c, Kind: KindSample, ID: i, Unique: []store.Key{key}, Index: []store.Key{{Name: "month", Value: month(in.At)}}}, in)
	})
}

// month is the UTC month of an instant.
func month(at timex.Instant) string { return at.Time().Format("2006-01") }

// ServiceLevels says what became of a contract's promises in a period of local
// days.
func (s *System) ServiceLevels(ctx context.Context, c id.Company, contract id.ID, first, after timex.Date) (out []service.Attained, err error) {
	defer fault.Wrap(&err, "service levels")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		_, _, of, err := s.contractOf(tx, c, contract)
		if err != nil {
			return err
		}
		out, err = s.attained(tx, c, of, timex.Days(first, after, of.loc))
		return err
	})
	return out, err
}

// maxMonths bounds the months of samples that are read: ten years.
const maxMonths = 120

// attained measures what a contract promises over a period.
func (s *System) attained(tx store.Tx, c id.Company, of *agreed, p timex.Period) ([]service.Attained, error) {
	outages, err := all[service.Outage](tx, id.Platform, KindOutage, store.Key{})
	if err != nil {
		return nil, err
	}
	var samples []service.Sample
	at := p.From
	for range maxMonths {
		if at >= p.To {
			break
		}
		list, err := all[service.Sample](tx, c, KindSample, store.Key{Name: "month", Value: month(at)})
		if err != nil {
			return nil, err
		}
		samples = append(samples, list...)
		y, m, _ := at.Time().Date()
		at = timex.NewDate(y, m+1, 1).Start(at.Time().Location())
	}
	return service.Attain(of.contract.ServiceLevels, outages, samples, p)
}

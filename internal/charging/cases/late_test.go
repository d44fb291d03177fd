package cases

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

var lateOperations = map[string]adapter{
	"period_preserving": periodPreserving,
	"package_snapshots": packageSnapshots,
	"dedupe_sum":        dedupeSum,
}

// unitPrice is a price for each unit.
type unitPrice struct {
	Kind string `json:"kind"`
	Unit num    `json:"unit_price"`
}

// periodPreserving bills each period as it was booked and as it is now.
func periodPreserving(c *charge) (answer, error) {
	var price unitPrice
	var use struct {
		Booked map[string]num `json:"booked"`
		Now    map[string]num `json:"now"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{UnitPrice: price.Unit.price()}
	deltas, sum := map[string]exact.Number{}, exact.Zero
	for _, period := range slices.Sorted(maps.Keys(use.Now)) {
		before, err := cost(comp, use.Booked[period].Number)
		if err != nil {
			return nil, err
		}
		after, err := cost(comp, use.Now[period].Number)
		if err != nil {
			return nil, err
		}
		if d := after.Exact.Sub(before.Exact); !d.IsZero() {
			deltas[period], sum = d, sum.Add(d)
		}
	}
	return answer{"deltas": deltas, "amount": sum}, nil
}

// packageSnapshots bills the quantity known so far each time; what is due is the
// difference to what was billed before.
func packageSnapshots(c *charge) (answer, error) {
	var price packagePrice
	var use struct {
		Snapshots []num `json:"snapshots"`
		Before    num   `json:"already_billed"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	billed := use.Before.Number
	var due []exact.Number
	for _, q := range use.Snapshots {
		l, err := cost(price.component(), q.Number)
		if err != nil {
			return nil, err
		}
		due, billed = append(due, l.Exact.Sub(billed)), l.Exact
	}
	return answer{"amounts": due}, nil
}

// dedupeSum writes the events as a file of facts and reads it in: a fact that
// comes again is counted once.
func dedupeSum(c *charge) (answer, error) {
	var price unitPrice
	var use struct {
		Events []struct {
			ID       string `json:"id"`
			Quantity num    `json:"quantity"`
		} `json:"events"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	w := units(catalog.Component{UnitPrice: price.Unit.price()}, exact.Zero)
	var file bytes.Buffer
	facts := cdr.NewWriter(&file)
	for _, e := range use.Events {
		if err := facts.Event(usage.Event{ID: e.ID, Source: "case", Kind: "unit", Quantity: e.Quantity.Number, At: w.first.Start(utc)}); err != nil {
			return nil, err
		}
	}
	if err := facts.Flush(); err != nil {
		return nil, err
	}
	w.facts = append(w.facts, func(to usage.Sink) error {
		intake := cdr.NewIntake(to, cdr.Options{Format: cdr.WaihuFacts().Name})
		_, err := intake.Read(context.Background(), &file, "events.jsonl", int64(file.Len()))
		return err
	})
	l, _, err := w.lineOf("units")
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Billed, "amount": l.Exact}, nil
}

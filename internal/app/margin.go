package app

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/fx"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Margin is what a contract's calls earned in a period against what carriers ask
// for them, before tax, in the currency of the contract.
type Margin struct {
	First        timex.Date    `json:"first"`
	After        timex.Date    `json:"after"`
	Invoiced     money.Amount  `json:"invoiced"` // the period's draft or invoice as known now, all of it
	Carrier      money.Amount  `json:"carrier"`  // what is known of it
	Left         money.Amount  `json:"left"`
	Unknown      int64         `json:"unknown"` // answered calls whose carrier cost nobody knows: Left is an upper bound
	Destinations []Destination `json:"destinations"`
}

// Destination is the calls at one price.
type Destination struct {
	Component string       `json:"component"`
	Label     string       `json:"label"` // row or prefix
	Calls     int64        `json:"calls"`
	Seconds   int64        `json:"seconds"`
	Earned    money.Amount `json:"earned"` // at list price: what is included or discounted is not taken off
	Carrier   money.Amount `json:"carrier"`
	Unknown   int64        `json:"unknown"`
}

// Margin works out what is left of a period of a contract, and where it is made.
// Carrier costs in another currency are turned at the rate of the call's day; a
// cost without a rate counts as unknown.
func (s *System) Margin(ctx context.Context, c id.Company, contract id.ID, first timex.Date) (out Margin, err error) {
	defer fault.Wrap(&err, "margin")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, contract)
		if err != nil {
			return err
		}
		b, err := a.periodOn(of, first)
		if err != nil {
			return err
		}
		d, err := s.draft(ctx, tx, c, &a, of, b, s.billedOrKept)
		if err != nil {
			return err
		}
		out, err = s.marginOrKept(ctx, tx, c, &a, of, b, d.inv.Inputs)
		out.Invoiced = d.inv.Net
		return err
	})
	if err == nil {
		if out.Left, err = out.Invoiced.Sub(out.Carrier); err != nil {
			err = fault.New(fault.Overflow, "%v", err)
		}
	}
	return out, err
}

// costed is what calls of a period earned and cost, at these rates of exchange.
type costed struct {
	margin Margin
	table  *fx.Table
}

// marginOrKept costs the calls of a period, unless they were costed and a new
// reading would give the same.
func (s *System) marginOrKept(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod, in invoice.Inputs) (Margin, error) {
	table, err := rates(tx)
	if err != nil {
		return Margin{}, err
	}
	key := figureKey{company: c, contract: a.ID, plan: of.plan, zone: of.loc.String(), first: b.First, after: b.After, ends: in.End, use: timex.Days(b.First, b.After, of.loc)}
	kept, there, err := s.margins.look(tx, key, of.contract, in)
	if err != nil {
		return Margin{}, err
	}
	if !there || !reflect.DeepEqual(kept.table, table) {
		kept = costed{table: table}
		if kept.margin, err = s.costed(ctx, tx, c, a, of, b, in, table); err != nil {
			return Margin{}, err
		}
		if err := s.margins.keep(tx, key, of.contract, in, kept); err != nil {
			return Margin{}, err
		}
	}
	out := kept.margin
	out.Destinations = slices.Clone(out.Destinations)
	return out, nil
}

// costed costs the calls of a period.
func (s *System) costed(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod, in invoice.Inputs, table *fx.Table) (out Margin, err error) {
	sums := marginSums{of: of, table: table, places: map[string]*place{}, carrier: exact.Zero}
	terms, err := of.terms(b.First, b.After, in)
	if err != nil {
		return out, err
	}
	m, err := meter.New(terms, meter.Options{Detail: sums.add})
	if err != nil {
		return out, err
	}
	if err := tx.Usage().Each(ctx, c, a.ID, terms.Period, 0, m); err != nil {
		return out, err
	}
	out = Margin{First: b.First, After: b.After, Unknown: sums.unknown}
	return out, out.fill(&sums, of.plan.Currency)
}

// marginSums adds up calls by price.
type marginSums struct {
	of      *agreed
	table   *fx.Table
	places  map[string]*place
	carrier exact.Number
	unknown int64
	last    string // source and identifier of the call before: its parts come one after another
}

type place struct {
	Destination
	earned, carrier exact.Number
}

// add books a call, or a part of it, at its price. A call's carrier cost stands
// where its first part does.
func (m *marginSums) add(x *meter.Charged) {
	label := cmp.Or(x.Label.Prefix, x.Label.Row, x.Reason)
	key := x.Component + " " + label
	p := m.places[key]
	if p == nil {
		p = &place{Destination: Destination{Component: x.Component, Label: label}}
		m.places[key] = p
	}
	p.earned = p.earned.Add(x.Cost)
	p.Seconds += x.Raw
	call := x.Call.Source + " " + x.Call.ID
	if call == m.last {
		return
	}
	m.last = call
	p.Calls++
	cost, known := m.cost(x.Call)
	if !known {
		p.Unknown++
		m.unknown++
		return
	}
	p.carrier, m.carrier = p.carrier.Add(cost), m.carrier.Add(cost)
}

// cost is what the carrier asks for a call, in the currency of the contract.
func (m *marginSums) cost(c *usage.Call) (exact.Number, bool) {
	if c.Cost.Currency().IsZero() {
		return exact.Zero, !c.IsAnswered()
	}
	if c.Cost.Currency() == m.of.plan.Currency {
		return c.Cost.Exact(), true
	}
	r, err := m.table.On(c.Cost.Currency(), m.of.plan.Currency, c.Start.DateIn(m.of.loc))
	if err != nil {
		return exact.Zero, false
	}
	return c.Cost.Exact().Mul(r.Rate), true
}

// fill rounds the sums of calls, once each.
func (m *Margin) fill(sums *marginSums, cur money.Currency) (err error) {
	if m.Carrier, err = money.ToMinor(sums.carrier, cur); err != nil {
		return fault.New(fault.Overflow, "%v", err)
	}
	m.Destinations = []Destination{}
	for _, key := range slices.Sorted(maps.Keys(sums.places)) {
		p := sums.places[key]
		if p.Earned, err = money.ToMinor(p.earned, cur); err == nil {
			p.Carrier, err = money.ToMinor(p.carrier, cur)
		}
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		m.Destinations = append(m.Destinations, p.Destination)
	}
	return nil
}

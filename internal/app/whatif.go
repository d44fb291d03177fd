package app

import (
	"context"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// WhatIf asks what a change would cost.
type WhatIf struct {
	Contract  id.ID        `json:"contract"`
	Want      life.Want    `json:"want"`                // cancel, downsize, switch
	Component string       `json:"component,omitempty"` // downsize: of what ...
	Quantity  exact.Number `json:"quantity,omitzero"`   // ... and how many are left
	To        string       `json:"to,omitempty"`        // switch: id@version of a published plan
	On        timex.Date   `json:"on,omitzero"`         // today if absent
}

// WhatIf answers what cancelling, downsizing or switching would cost, when it
// could be, and which clause decides. Periods ahead are billed with the use of
// the newest period that was billed, or of the running one.
func (s *System) WhatIf(ctx context.Context, c id.Company, in WhatIf) (out life.Answer, err error) {
	defer fault.Wrap(&err, "what if")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, in.Contract)
		if err != nil {
			return err
		}
		day := today(tx, of, in.On)
		if _, err := a.Life.Advance(of.contract, day); err != nil {
			return err
		}
		ref, err := s.reference(tx, c, &a, of, day)
		if err != nil {
			return err
		}
		q := life.Question{Want: in.Want, Today: day, Contract: of.contract, Plan: of.plan, Life: a.Life, Component: in.Component, Quantity: in.Quantity}
		decks := map[*catalog.Plan]*agreed{of.plan: of}
		if in.To != "" {
			to, err := s.planOf(tx, in.To)
			if err != nil {
				return err
			}
			q.To, q.ToTerms = to.plan, plainContract(of.contract, in.To, to.plan)
			decks[to.plan] = to
		}
		q.Price = func(k *contract.Contract, p *catalog.Plan, b contract.BillingPeriod, ends timex.Date, used bool) (life.Cost, error) {
			as := &agreed{contract: k, plan: p, decks: decks[p].decks, loc: of.loc}
			return s.price(ctx, tx, c, a.ID, as, b, ends, ref, used)
		}
		out, err = life.WhatIf(q)
		return err
	})
	return out, err
}

// plainContract is a contract on another plan with nothing agreed beside it but
// the quantities and modules it has, where the new plan has them too: without, a
// plan would look cheaper by what is no longer bought.
func plainContract(k *contract.Contract, plan string, p *catalog.Plan) *contract.Contract {
	out := &contract.Contract{ID: k.ID, Plan: plan, Start: k.Start, Zone: k.Zone, Seller: k.Seller, Buyer: k.Buyer, Agreement: keptOn(&k.Agreement, p)}
	for i := range k.Amendments {
		a := &k.Amendments[i]
		if kept := keptOn(&a.Agreement, p); len(kept.Quantities)+len(kept.Modules) > 0 {
			out.Amendments = append(out.Amendments, contract.Amendment{ID: a.ID, On: a.On, Agreement: kept})
		}
	}
	return out
}

// keptOn are the quantities and modules of an agreement that a plan knows.
func keptOn(a *contract.Agreement, p *catalog.Plan) contract.Agreement {
	var out contract.Agreement
	for id, held := range a.Quantities {
		if c, ok := p.Component(id); ok && (c.Measure == catalog.Recurring || c.Measure.OfPlaces()) {
			if out.Quantities == nil {
				out.Quantities = map[string]contract.Held{}
			}
			out.Quantities[id] = held
		}
	}
	for _, m := range a.Modules {
		if _, ok := p.Module(m.Module); ok {
			out.Modules = append(out.Modules, m)
		}
	}
	return out
}

// reference is the period whose use is taken for others.
func (s *System) reference(tx store.Tx, c id.Company, a *Agreement, of *agreed, day timex.Date) (contract.BillingPeriod, error) {
	if !a.Last.IsZero() {
		b, _, err := get[BilledPeriod](tx, c, KindBilled, a.Last)
		return periodOf(b.First, b.After), err
	}
	return a.periodOn(of, max(day, of.contract.Start))
}

// pricedAs says what a period costs with the use of another, or with none: price,
// or priceAnew.
type pricedAs func(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, as *agreed, b contract.BillingPeriod, ends timex.Date, ref contract.BillingPeriod, used bool) (life.Cost, error)

// price keeps what it finds; a transaction that wrote usage asks priceAnew.
func (s *System) price(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, as *agreed, b contract.BillingPeriod, ends timex.Date, ref contract.BillingPeriod, used bool) (life.Cost, error) {
	if !used {
		ref = contract.BillingPeriod{}
	}
	key := figureKey{company: c, contract: contractID, plan: as.plan, zone: as.loc.String(), first: b.First, after: b.After, ends: ends, use: timex.Days(ref.First, ref.After, as.loc)}
	kept, there, err := s.others.look(tx, key, as.contract, invoice.Inputs{})
	if err != nil || there {
		return kept, err
	}
	cost, err := s.priceAnew(ctx, tx, c, contractID, as, b, ends, ref, used)
	if err == nil {
		err = s.others.keep(tx, key, as.contract, invoice.Inputs{}, cost)
	}
	return cost, err
}

func (s *System) priceAnew(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, as *agreed, b contract.BillingPeriod, ends timex.Date, ref contract.BillingPeriod, used bool) (life.Cost, error) {
	none := life.Cost{Net: money.Zero(as.plan.Currency), Fee: money.Zero(as.plan.Currency)}
	if ends != 0 && ends <= b.First {
		return none, nil
	}
	if !used {
		ref = contract.BillingPeriod{}
	}
	inv, err := s.rerate(ctx, tx, c, contractID, as, b, ends, ref)
	if err != nil {
		return none, err
	}
	return costOf(inv)
}

// rerate bills a period with the use of another; with none if ref is no period.
func (s *System) rerate(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, as *agreed, b contract.BillingPeriod, ends timex.Date, ref contract.BillingPeriod) (*invoice.Invoice, error) {
	in := invoice.Inputs{End: ends, Start: as.contract.Start}
	if as.contract.RunsOn() {
		in.Standing = &contract.Standing{}
	}
	t, err := as.terms(b.First, b.After, in)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(t, meter.Options{})
	if err != nil {
		return nil, err
	}
	if ref.After > ref.First {
		from := timex.Days(ref.First, ref.After, as.loc)
		shift := shifted{m, time.Duration(b.First-ref.First) * 24 * time.Hour}
		if err := tx.Usage().Each(ctx, c, contractID, from, 0, shift); err != nil {
			return nil, err
		}
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	return invoice.Draft(g, as.heading())
}

// costOf is an invoice before tax, and what of it is for leaving early.
func costOf(inv *invoice.Invoice) (life.Cost, error) {
	out := life.Cost{Net: inv.Net, Fee: money.Zero(inv.Currency)}
	if len(inv.Unknown) > 0 {
		return out, fault.New(fault.Unknown, "the price of %v is not known: what it would cost cannot be told", inv.Unknown)
	}
	nets, err := netOfLines(inv)
	if err != nil {
		return out, err
	}
	for i := range inv.Lines {
		if inv.Lines[i].Kind == rating.EarlyTermination {
			if out.Fee, err = out.Fee.Add(nets[i]); err != nil {
				return out, fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	return out, nil
}

// shifted hands facts on as if they had been at another time.
type shifted struct {
	to *meter.Meter
	by time.Duration
}

func (s shifted) at(i timex.Instant) timex.Instant {
	if i == 0 {
		return 0
	}
	return i.Add(s.by)
}

func (s shifted) Call(c *usage.Call) error {
	moved := *c
	moved.Start, moved.Answer, moved.End = s.at(c.Start), s.at(c.Answer), s.at(c.End)
	return s.to.Call(&moved)
}

func (s shifted) Seat(f usage.Seat) error {
	f.From, f.To = s.at(f.From), s.at(f.To)
	return s.to.Seat(f)
}

func (s shifted) Session(f usage.Session) error {
	f.From, f.To = s.at(f.From), s.at(f.To)
	return s.to.Session(f)
}

func (s shifted) Module(f usage.Module) error {
	f.From, f.To = s.at(f.From), s.at(f.To)
	return s.to.Module(f)
}

func (s shifted) Rental(f usage.Rental) error {
	f.From, f.To = s.at(f.From), s.at(f.To)
	return s.to.Rental(f)
}

func (s shifted) Event(f usage.Event) error {
	f.At = s.at(f.At)
	return s.to.Event(f)
}

package app

import (
	"context"
	"sync"

	"waihu/internal/charging/budget"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Glance is how a running contract stands: what its period comes to so far and
// will come to, and what could be done.
type Glance struct {
	Plan     lang.Text
	First    timex.Date
	After    timex.Date
	SoFar    money.Amount // before tax: the newest draft, and the calls since at list price
	Parts    []GlancePart // of SoFar, the largest first
	Unpriced int64        // records without a price when it was drafted
	Outlook  *Outlook     // from SoFar on; nil: there is nothing to tell it from
	Advice   []Advice
}

// GlancePart is what a component has of it.
type GlancePart struct {
	Name   lang.Text // zero: lines of no component of the plan, such as one-off ones
	Amount money.Amount
}

// Glance reads all usage of a period for its days and the advice, and keeps both
// for an hour; what it comes to so far, and so the forecast, follows every call. Where they are
// not kept and nobody wants to wait, it says false and has the period alone. Advice
// names no plan but those that plans sees, as Advice says.
// NotFound: the contract does not serve today.
func (s *System) Glance(ctx context.Context, c id.Company, contract id.ID, plans id.Company, wait bool) (out Glance, ready bool, err error) {
	defer fault.Wrap(&err, "glance")
	for { // ends: each round finds it kept, makes it, or waits for who does
		kept, key, err := s.glanceNow(ctx, c, glanceOf{contract, plans}, &out)
		if err != nil || kept || !wait {
			return out, kept, err
		}
		busy, mine := s.glances.begin(key.of)
		if mine {
			if err := s.glanceAnew(ctx, c, key); err != nil {
				return out, false, err
			}
			continue
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return out, false, ctx.Err()
		}
	}
}

// glanceNow fills in what is kept and what the period comes to.
func (s *System) glanceNow(ctx context.Context, c id.Company, g glanceOf, out *Glance) (kept bool, key glanceKey, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, of, b, err := s.runningPeriod(tx, c, g.contract)
		if err != nil {
			return err
		}
		key = glanceKey{g, a.Revision, b.First, tx.Now().DateIn(of.loc)}
		*out = Glance{Plan: of.plan.Name.Or(of.plan.ID), First: b.First, After: b.After, SoFar: money.Zero(of.plan.Currency)}
		x := s.glances.look(key)
		if kept = x != nil && tx.Now().Sub(x.at) <= costKept; !kept {
			return nil
		}
		cost, err := s.costOf(ctx, tx, c, &a, of, b, costKept)
		if err != nil {
			return err
		}
		tallies, err := tx.Usage().Tallies(c, a.ID, b.First)
		if err != nil {
			return err
		}
		now, err := runningTotals(of.plan, b.After, tallies)
		if err != nil {
			return err
		}
		out.Unpriced, out.Advice = cost.unpriced, x.advice
		if out.SoFar, err = cost.spent(now, "", of.plan.Currency); err != nil {
			return err
		}
		if out.Parts, err = cost.parts(now, of.plan, out.SoFar); err != nil || x.days == nil {
			return err
		}
		f, err := budget.Until(out.SoFar, x.days, key.today, b.ServedTo)
		if err == nil {
			out.Outlook = &Outlook{Forecast{First: b.First, After: b.After, Forecast: f}, x.days}
		}
		return nil // too few days to tell it from
	})
	return kept, key, err
}

// glanceAnew makes what takes a reading of all usage. A plan that leaves use
// without a price has no forecast and no advice; that is not an error here.
func (s *System) glanceAnew(ctx context.Context, c id.Company, key glanceKey) error {
	defer s.glances.end(key.of)
	x := &glanced{key: key}
	look, err := s.Outlook(ctx, c, key.of.contract)
	switch kind := fault.KindOf(err); {
	case err == nil:
		x.days = look.ByDay
	case kind == fault.Internal || ctx.Err() != nil:
		return err
	}
	if x.advice, err = s.Advice(ctx, c, key.of.contract, key.of.plans); err != nil && (fault.KindOf(err) == fault.Internal || ctx.Err() != nil) {
		return err
	}
	if x.at, err = s.Moment(ctx); err != nil {
		return err
	}
	s.glances.keep(x)
	return nil
}

// glanceKey is what a kept glance was made for: another revision of the contract
// or another day makes another.
type glanceKey struct {
	of       glanceOf
	revision int64
	first    timex.Date
	today    timex.Date
}

// glanceOf is a contract and whose plans advice on it may name.
type glanceOf struct {
	contract id.ID
	plans    id.Company
}

type glanced struct {
	key    glanceKey
	at     timex.Instant
	days   []budget.Day
	advice []Advice
}

// glances keeps those of contracts, maxCostsKept of them, and lets one at a time
// be made of each. The zero value is ready.
type glances struct {
	mu   sync.Mutex
	list map[glanceOf]*glanced
	busy map[glanceOf]chan struct{}
}

func (g *glances) look(k glanceKey) *glanced {
	g.mu.Lock()
	defer g.mu.Unlock()
	if x := g.list[k.of]; x != nil && x.key == k {
		return x
	}
	return nil
}

func (g *glances) keep(x *glanced) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.list == nil || len(g.list) >= maxCostsKept {
		g.list = map[glanceOf]*glanced{}
	}
	g.list[x.key.of] = x
}

// begin says whether the caller makes it, or who waits for what.
func (g *glances) begin(of glanceOf) (busy chan struct{}, mine bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if busy = g.busy[of]; busy != nil {
		return busy, false
	}
	if g.busy == nil {
		g.busy = map[glanceOf]chan struct{}{}
	}
	busy = make(chan struct{})
	g.busy[of] = busy
	return busy, true
}

func (g *glances) end(of glanceOf) {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.busy[of])
	delete(g.busy, of)
}

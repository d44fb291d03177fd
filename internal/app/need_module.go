package app

import (
	"context"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// QualityModule is the module of a plan that inspecting calls belongs to.
const QualityModule = "quality"

// ModuleOff says that no running contract of a company has a module on, and what it
// would cost under the first whose plan has it.
type ModuleOff struct {
	Module   string
	Name     lang.Text // in the plan; empty: no plan has it
	Contract id.ID     // zero: none
	Word     string    // the customer's, of the contract
	Prices   []ModulePrice
}

// ModulePrice is a price a module has in a plan.
type ModulePrice struct {
	Price    exact.Number
	Unknown  bool
	Currency money.Currency
	PerSeat  bool
}

// Error says it in English.
func (m *ModuleOff) Error() string { return m.Unwrap().Error() }

// Unwrap is the same as a Conflict.
func (m *ModuleOff) Unwrap() error {
	if m.Contract.IsZero() {
		return fault.New(fault.Conflict, "no running contract of the company offers the module %s: ask for a plan that has it", m.Module)
	}
	var cost []string
	for _, p := range m.Prices {
		price := p.Price.String()
		if p.Unknown {
			price = "an unknown price"
		}
		if price += " " + p.Currency.String(); p.PerSeat {
			price += " a seat"
		}
		cost = append(cost, price)
	}
	return fault.New(fault.Conflict, "contract %s does not have the module %s, which costs %s a period: switch it on first", m.Word, m.Module, strings.Join(cost, " and "))
}

// NeedModule is the contract under which a module is on, or a *ModuleOff.
func (s *System) NeedModule(ctx context.Context, c id.Company, module string) (of Agreement, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		of, err = s.needModule(tx, c, module)
		return err
	})
	return of, err
}

func (s *System) needModule(tx store.Tx, c id.Company, module string) (of Agreement, err error) {
	off := &ModuleOff{Module: module}
	found := false
	err = each(tx, c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
		if found || a.Life.State != life.Running && a.Life.State != life.Notice {
			return nil
		}
		a.ID = r.ID
		plan, on, err := s.moduleOn(tx, c, &a, module)
		if err != nil {
			if fault.KindOf(err) == fault.Conflict { // it does not serve today
				return nil
			}
			return err
		}
		if on {
			of, found = a, true
		} else if off.Contract.IsZero() {
			off.offered(&a, plan)
		}
		return nil
	})
	if err == nil && !found {
		err = off
	}
	return of, err
}

// moduleOn tells whether a module is on under a contract now, by its text or by hand.
func (s *System) moduleOn(tx store.Tx, c id.Company, a *Agreement, module string) (*catalog.Plan, bool, error) {
	_, of, b, err := s.runningPeriod(tx, c, a.ID)
	if err != nil {
		return nil, false, err
	}
	t, err := of.terms(b.First, b.After, invoice.Inputs{End: a.ends()})
	if err != nil {
		return nil, false, err
	}
	now := tx.Now()
	if slices.ContainsFunc(t.Modules, func(f usage.Module) bool {
		return strings.EqualFold(f.Module, module) && f.From <= now && (f.To == 0 || f.To > now)
	}) {
		return t.Plan, true, nil
	}
	open, err := all[Stretch](tx, c, KindOpen, store.Key{Name: "contract", Value: a.ID.String()})
	return t.Plan, slices.ContainsFunc(open, func(o Stretch) bool { return o.What == ModuleStretch && strings.EqualFold(o.Of, module) }), err
}

// offered notes what a module costs under a contract, if its plan has it.
func (m *ModuleOff) offered(a *Agreement, p *catalog.Plan) {
	of, ok := p.Module(m.Module)
	if !ok {
		return
	}
	m.Name, m.Contract, m.Word = of.Name.Or(of.ID), a.ID, a.Contract
	for i := range p.Components {
		k := &p.Components[i]
		named := len(k.Where.Module) == 0 || slices.ContainsFunc(k.Where.Module, func(w string) bool { return strings.EqualFold(w, m.Module) })
		if k.Measure == catalog.ModuleDays && named && k.UnitPrice.Set {
			m.Prices = append(m.Prices, ModulePrice{k.UnitPrice.Number, k.UnitPrice.Unknown, p.Currency, k.PerSeatOf != ""})
		}
	}
}

// useModule tells that a module was used once: a fact the plan may price, or call free.
func useModule(tx store.Tx, c id.Company, of *Agreement, kind string, i id.ID) error {
	if err := here(tx, c); err != nil {
		return err
	}
	f := &usage.Event{ID: i.String(), Source: ownSource, Kind: kind, Quantity: exact.Int(1), At: tx.Now(), Account: of.Contract}
	got, err := tx.Usage().AddStretches(c, []store.Stretch{{Fact: f, Contract: of.ID}})
	if err == nil && got[0] != store.Added && got[0] != store.Same {
		err = fault.New(fault.Conflict, "the use of %s is there with other content: %s", kind, got[0])
	}
	return err
}

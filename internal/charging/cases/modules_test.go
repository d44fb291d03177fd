package cases

import (
	"fmt"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var moduleOperations = map[string]adapter{"module_charge": moduleCharge}

// module is how cases write a module and what it costs.
type module struct {
	ID    string `json:"id"`
	Price num    `json:"price"`
	Basis string `json:"basis"`
	Class string `json:"class"`
}

// component prices the module; per seat, it is for each seat of "seats".
func (m *module) component(seatPrice exact.Number) (catalog.Component, error) {
	out := catalog.Component{ID: m.ID, Measure: catalog.ModuleDays, UnitPrice: m.Price.price()}
	out.Where.Module = []string{m.ID}
	switch m.Basis {
	case "flat":
	case "per_seat":
		out.PerSeatOf = "seats"
	case "share_of_seat_fee": // the same as a price a seat: plans state that
		out.PerSeatOf, out.UnitPrice = "seats", known(m.Price.Mul(seatPrice))
	default:
		return out, fmt.Errorf("basis %s is not known", m.Basis)
	}
	return out, nil
}

func moduleCharge(c *charge) (answer, error) {
	var price struct {
		Kind    string   `json:"kind"`
		Modules []module `json:"modules"`
	}
	var use struct {
		Seats       num `json:"seats"`
		SeatPrice   num `json:"seat_price"`
		Activations []struct {
			Module string      `json:"module"`
			On     timex.Date  `json:"on"`
			Off    *timex.Date `json:"off"`
		} `json:"activations"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	proration, err := c.word("module_rule", "prorate_days", string(catalog.ByDay), "to_period_end_no_refund", string(catalog.NoProration), "full_period_on_any_use", string(catalog.AnyUse))
	if err != nil {
		return nil, err
	}
	offDay, err := c.word("off_day", "free", string(catalog.OffDayFree), "charged", string(catalog.OffDayCharged))
	if err != nil {
		return nil, err
	}
	lines, err := c.word("line_rounding", "per_module", "", "total_only", "one")
	if err != nil {
		return nil, err
	}
	if r := (rounding{}); !c.optionInto("rounding", &r) || r != (rounding{"half_up", currency.Exponent()}) {
		return nil, fmt.Errorf("lines are rounded half away to the minor unit, not %+v", r)
	}
	w := newWorld()
	if err := w.during(period); err != nil {
		return nil, err
	}
	for i := range price.Modules {
		m := &price.Modules[i]
		w.plan.Modules = append(w.plan.Modules, catalog.Module{ID: m.ID, Class: map[string]catalog.ModuleClass{"addon": catalog.ValueAdded}[m.Class]})
		comp, err := m.component(use.SeatPrice.Number)
		if err != nil {
			return nil, err
		}
		comp.Proration, comp.OffDay = catalog.Proration(proration), catalog.OffDay(offDay)
		if n := len(w.plan.Components); lines == "one" && n > 0 { // one line, one rounding: modules of one price
			first := &w.plan.Components[0]
			if !first.UnitPrice.Equal(comp.UnitPrice.Number) || first.PerSeatOf != comp.PerSeatOf {
				return nil, fmt.Errorf("modules of different prices on one line")
			}
			first.Where.Module = append(first.Where.Module, m.ID)
			continue
		}
		w.plan.Components = append(w.plan.Components, comp)
	}
	if use.Seats.Sign() > 0 {
		w.plan.Components = append(w.plan.Components, catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: known(use.SeatPrice.Number)})
		w.hold("seats", use.Seats.Number)
	}
	w.facts = append(w.facts, func(to usage.Sink) error {
		for i, a := range use.Activations {
			fact := usage.Module{ID: strconv.Itoa(i), Source: "case", Module: a.Module, From: a.On.Start(utc)}
			if a.Off != nil {
				fact.To = a.Off.Start(utc)
			}
			if err := to.Module(fact); err != nil {
				return err
			}
		}
		return nil
	})
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	sum, each := money.Zero(currency), []money.Amount{}
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.Component != "seats" {
			each = append(each, l.Amount)
			if sum, err = sum.Add(l.Amount); err != nil {
				return nil, err
			}
		}
	}
	return answer{"amount": sum, "lines": each}, nil
}

package cases

import (
	"fmt"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

var minuteOperations = map[string]adapter{
	"package_bill":     packageBill,
	"package_rollover": packageRollover,
	"packs_burn":       packsBurn,
	"usage_discount":   usageDiscount,
}

// minutePackage is how cases write a package of minutes.
type minutePackage struct {
	Kind     string `json:"kind"`
	Fee      num    `json:"fee"`
	Included num    `json:"included_minutes"`
	Overage  num    `json:"overage_rate"`
}

// component is talk time by the second, less what is included.
func (p *minutePackage) component() catalog.Component {
	return catalog.Component{ID: "minutes", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 1, Next: 1}, UnitPrice: p.Overage.price(),
		Included: &catalog.Included{Quantity: p.Included.Number}}
}

// talked puts minutes of one agent in, as calls of an hour and a rest. Start 0
// is the start of the period.
func (w *world) talked(agent string, minutes exact.Number, start timex.Instant) error {
	rest, err := minutes.Mul(exact.Int(60)).Int64()
	if err != nil {
		return fmt.Errorf("%s minutes: %w", minutes, err)
	}
	call := talk(3600)
	call.ID, call.Agent, call.Start = agent, agent, start
	w.call(call, rest/3600)
	call.ID, call.Talk = agent+"-rest", time.Duration(rest%3600)*time.Second
	w.call(call, 1)
	return nil
}

func packageBill(c *charge) (answer, error) {
	var price minutePackage
	var use struct {
		Seats   num   `json:"seats"`
		Minutes []num `json:"minutes"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := price.component()
	scope, err := c.word("scope", "account", string(catalog.Pooled), "pool", string(catalog.Pooled), "per_seat", string(catalog.PerSeat))
	if err != nil {
		return nil, err
	}
	per, err := c.word("included_per", "account", string(catalog.PerAccount), "seat", string(catalog.PerSeatCount))
	if err != nil {
		return nil, err
	}
	comp.Included.Scope, comp.Included.Per = catalog.Scope(scope), catalog.Per(per)
	w := newWorld()
	if comp.Included.Per == catalog.PerSeatCount {
		if comp.Included.Scope != catalog.PerSeat {
			comp.Included.SeatsOf = "seats"
		}
		w.plan.Components = []catalog.Component{{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: known(exact.Zero)}}
		w.hold("seats", use.Seats.Number)
	}
	w.plan.Components = append(w.plan.Components, fee("fee", price.Fee.price()), comp)
	for i, n := range use.Minutes {
		if err := w.talked("agent-"+strconv.Itoa(i), n.Number, 0); err != nil {
			return nil, err
		}
	}
	l, inv, err := w.lineOf("minutes")
	if err != nil {
		return nil, err
	}
	return answer{"amount": inv.Subtotal, "overage_minutes": l.Charged}, nil
}

// opened is what an invoice hands over to the next period.
func opened(inv *invoice.Invoice) []contract.Opening {
	var out []contract.Opening
	for _, carry := range inv.Carry {
		out = append(out, contract.Opening{Package: carry.Package, Seat: carry.Seat, Granted: carry.Granted, Expires: carry.Expires, Left: carry.Left})
	}
	return out
}

// packageRollover bills month after month, each with what the one before left.
func packageRollover(c *charge) (answer, error) {
	var price minutePackage
	var use struct {
		Minutes []num `json:"minutes_by_period"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	order, err := c.word("burn_order", "oldest_first", string(catalog.Oldest))
	if err != nil {
		return nil, err
	}
	comp := price.component()
	comp.Included.Rollover = &catalog.Rollover{}
	c.optionInto("rollover_periods", &comp.Included.Rollover.Periods)
	var most *num
	if c.optionInto("rollover_cap", &most); most != nil {
		comp.Included.Rollover.Cap = most.Number
	}
	var over []exact.Number
	var opening []contract.Opening
	sum := exact.Zero
	months := timex.CalendarCycle(timex.Month)
	n := months.Index(timex.MustDate("2026-01-01"))
	for i, minutes := range use.Minutes {
		w := newWorld(comp, fee("fee", price.Fee.price()))
		w.plan.PackOrder = catalog.PackOrder(order)
		w.first, w.after, w.opening = months.Boundary(n+i), months.Boundary(n+i+1), opening
		if err := w.talked("agent", minutes.Number, 0); err != nil {
			return nil, err
		}
		l, inv, err := w.lineOf("minutes")
		if err != nil {
			return nil, err
		}
		over, sum, opening = append(over, l.Charged), sum.Add(inv.Subtotal.Exact()), opened(inv)
	}
	return answer{"overage_minutes": over, "amount": sum}, nil
}

// packsBurn bills month after month until the day asked about. What expires
// unused stands in the notes of the invoices.
func packsBurn(c *charge) (answer, error) {
	var price struct {
		Kind  string `json:"kind"`
		Packs []struct {
			ID      string     `json:"id"`
			Minutes num        `json:"minutes"`
			From    timex.Date `json:"from"`
			To      timex.Date `json:"to"`
		} `json:"packs"`
	}
	var use struct {
		Uses []struct {
			On      timex.Date `json:"on"`
			Minutes num        `json:"minutes"`
		} `json:"uses"`
		AsOf timex.Date `json:"as_of"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	order, err := c.word("burn_order", "soonest_expiry_first", string(catalog.SoonestExpiry), "listed_order", string(catalog.Listed))
	if err != nil {
		return nil, err
	}
	over, expired := exact.Zero, exact.Zero
	var opening []contract.Opening
	months := timex.CalendarCycle(timex.Month)
	begin := use.AsOf
	for _, p := range price.Packs {
		begin = min(begin, p.From)
	}
	for n := months.Index(begin); months.Boundary(n) < use.AsOf; n++ {
		comp := (&minutePackage{Overage: num{Number: exact.One, given: true}}).component()
		comp.Included = nil
		w := newWorld(comp)
		w.first, w.after, w.opening, w.plan.PackOrder = months.Boundary(n), months.Boundary(n+1), opening, catalog.PackOrder(order)
		for _, p := range price.Packs {
			w.plan.Packages = append(w.plan.Packages, catalog.Package{ID: p.ID, AppliesTo: []string{"minutes"}, Included: catalog.Included{Quantity: p.Minutes.Number, From: p.From, To: p.To}})
		}
		for _, u := range use.Uses {
			if w.first <= u.On && u.On < w.after {
				if err := w.talked("agent", u.Minutes.Number, u.On.Start(utc)); err != nil {
					return nil, err
				}
			}
		}
		l, inv, err := w.lineOf("minutes")
		if err != nil {
			return nil, err
		}
		over, opening = over.Add(l.Charged), opened(inv)
		for _, note := range inv.Notes {
			if note.Key == "expired" {
				expired = expired.Add(exact.MustParse(note.Args["quantity"]))
			}
		}
	}
	return answer{"overage_minutes": over, "expired_minutes": expired}, nil
}

// usageDiscount bills what came before, and it with what came now.
func usageDiscount(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Free num    `json:"free_units"`
		Unit num    `json:"unit_price"`
	}
	var use struct {
		Before num `json:"before"`
		Now    num `json:"now"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{UnitPrice: price.Unit.price(), Included: &catalog.Included{Quantity: price.Free.Number}}
	before, _, err := units(comp, use.Before.Number).lineOf("units")
	if err != nil {
		return nil, err
	}
	both, inv, err := units(comp, use.Before.Add(use.Now.Number)).lineOf("units")
	if err != nil {
		return nil, err
	}
	out := answer{"billable_before": before.Charged, "billable_now": both.Charged.Sub(before.Charged)}
	if len(inv.Unknown) == 0 {
		out["amount"] = both.Exact.Sub(before.Exact)
	}
	return out, nil
}

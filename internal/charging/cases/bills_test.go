package cases

import (
	"fmt"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// bill makes a whole invoice of several components.
func bill(c *charge) (answer, error) {
	var price struct {
		Kind       string `json:"kind"`
		Components []struct {
			ID       string `json:"id"`
			Type     string `json:"type"`
			Price    num    `json:"price"`
			Event    string `json:"event"`
			Rate     num    `json:"rate"`
			First    int32  `json:"first_s"`
			Next     int32  `json:"next_s"`
			Included num    `json:"included_per_seat"`
			tierPrice
		} `json:"components"`
	}
	var use struct {
		Seats       num            `json:"seats"`
		Calls       calls          `json:"calls"`
		Events      map[string]num `json:"events"`
		FirstPeriod bool           `json:"first_period"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if r := (rounding{}); !c.optionInto("line_rounding", &r) || r != (rounding{"half_up", currency.Exponent()}) {
		return nil, fmt.Errorf("lines are rounded half away to the minor unit, not %+v", r)
	}
	w := newWorld()
	for _, p := range price.Components {
		comp := catalog.Component{ID: p.ID, UnitPrice: p.Price.price()}
		switch p.Type {
		case "seat", "seat_tiers":
			comp.Measure = catalog.SeatsAssigned
			if len(p.Tiers) > 0 {
				p.Mode = string(catalog.Graduated)
				comp.Tiers = p.tiers(true)
			}
			w.hold(p.ID, use.Seats.Number)
		case "flat":
			comp.Measure = catalog.Recurring
		case "one_off":
			comp.Measure = catalog.OneOff
		case "per_event":
			comp.Measure = catalog.Events
			comp.Where.Kind = []string{p.Event}
		case "minutes":
			comp.Measure, comp.UnitPrice, comp.Increment = catalog.TalkTime, p.Rate.price(), catalog.Increment{First: p.First, Next: p.Next}
			if p.Included.given {
				comp.Included = &catalog.Included{Quantity: p.Included.Number, Per: catalog.PerSeatCount, SeatsOf: w.plan.Components[0].ID}
			}
		default:
			return nil, fmt.Errorf("component type %s is not known", p.Type)
		}
		w.plan.Components = append(w.plan.Components, comp)
	}
	if use.FirstPeriod {
		w.start = w.first
	}
	if err := use.Calls.put(w); err != nil {
		return nil, err
	}
	for kind, n := range use.Events {
		w.event(kind, kind, n.Number)
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	lines := map[string]money.Amount{}
	for i := range inv.Lines {
		lines[inv.Lines[i].Component] = inv.Lines[i].Amount
	}
	return answer{"lines": lines, "total": inv.Total}, nil
}

func sumRoundedLines(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Currency string `json:"currency"`
	}
	var use struct {
		Lines []num `json:"lines"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	w := newWorld()
	w.plan.Currency = money.MustCurrency(price.Currency)
	for i, amount := range use.Lines {
		w.plan.Components = append(w.plan.Components, fee("line-"+strconv.Itoa(i), amount.price()))
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	var lines []any
	for i := range inv.Lines {
		amount, err := c.amount(&inv.Lines[i])
		if err != nil {
			return nil, err
		}
		lines = append(lines, amount)
	}
	return answer{"lines": lines, "total": inv.Total}, nil
}

// progressive drafts the bill after each event. The first draft whose usage
// reaches the threshold is asked for at once and credited on the last bill.
func progressive(c *charge) (answer, error) {
	var price struct {
		Kind      string `json:"kind"`
		Threshold num    `json:"threshold"`
		Unit      num    `json:"unit_price"`
		Fee       num    `json:"plan_fee"`
	}
	var use struct {
		Events []struct {
			Day      int `json:"day"`
			Quantity num `json:"quantity"`
		} `json:"events"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	threshold, err := price.Threshold.amount()
	if err != nil {
		return nil, err
	}
	w := units(catalog.Component{UnitPrice: price.Unit.price()}, exact.Zero)
	w.plan.Components = append(w.plan.Components, fee("fee", price.Fee.price()))
	var interim []money.Amount
	var last *invoice.Invoice
	for i, e := range use.Events {
		w.facts = append(w.facts, func(to usage.Sink) error {
			return to.Event(usage.Event{ID: strconv.Itoa(i), Source: "case", Kind: "unit", Quantity: e.Quantity.Number, At: (w.first + timex.Date(e.Day-1)).Start(utc)})
		})
		var l *rating.Line
		if l, last, err = w.lineOf("units"); err != nil {
			return nil, err
		}
		if len(interim) == 0 && l.Amount.Cmp(threshold) >= 0 {
			interim = append(interim, l.Amount)
		}
	}
	paid, err := money.Sum(currency, interim...)
	if err != nil {
		return nil, err
	}
	credit, err := invoice.Creditable(last.Total, paid, money.Zero(currency))
	if err != nil {
		return nil, err
	}
	left, err := last.Total.Sub(credit)
	return answer{"interim_invoices": interim, "period_fees": last.Total, "progressive_credit": credit, "final_total": left}, err
}

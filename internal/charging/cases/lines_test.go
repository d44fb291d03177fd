package cases

import (
	"fmt"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var lineOperations = map[string]adapter{
	"line_pipeline":     linePipeline,
	"min_max":           minMax,
	"true_up":           trueUp,
	"bill":              bill,
	"sum_rounded_lines": sumRoundedLines,
	"progressive":       progressive,
}

var utc = time.UTC

func hours(n int64) time.Duration { return time.Duration(n) * time.Hour }

// linePipeline prices one line through its last steps. What was billed before
// stands as a component of its own before it, under the maximum of both.
func linePipeline(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Unit     num    `json:"unit_price"`
		Free     num    `json:"free_units"`
		Percent  num    `json:"percent_discount"`
		Minimum  num    `json:"minimum"`
		Maximum  num    `json:"maximum"`
		Tax      num    `json:"tax_rate"`
		Currency string `json:"currency"`
	}
	var use struct {
		Quantity num `json:"quantity"`
		Before   num `json:"already_billed"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	var order []string
	if !c.optionInto("order", &order) {
		return nil, fmt.Errorf("no order")
	}
	comp := catalog.Component{UnitPrice: price.Unit.price()}
	var limits []catalog.Limit
	taxed := false
	for _, step := range order {
		if limits != nil && step != "tax" {
			return nil, fmt.Errorf("%s after a maximum that counts what was billed before", step)
		}
		switch step {
		case "multiplier": // the unit price
		case "free_units":
			comp.Included = &catalog.Included{Quantity: price.Free.Number}
		case "percent_discount":
			comp.Discount = &catalog.Discount{Percent: &catalog.Percent{Number: price.Percent.Number}}
			comp.Order = append(comp.Order, catalog.StepDiscount)
		case "minimum":
			comp.Minimum = price.Minimum.Number
			comp.Order = append(comp.Order, catalog.StepMinimum)
		case "maximum":
			if use.Before.Sign() > 0 {
				limits = []catalog.Limit{{ID: "most", Amount: price.Maximum.Number}}
				continue
			}
			comp.Maximum = price.Maximum.Number
			comp.Order = append(comp.Order, catalog.StepMaximum)
		case "tax":
			taxed = true
		default:
			return nil, fmt.Errorf("step %s is not known", step)
		}
	}
	w := units(comp, use.Quantity.Number)
	w.plan.Maximums = limits
	if use.Before.Sign() > 0 {
		w.plan.Components = append([]catalog.Component{fee("before", use.Before.price())}, w.plan.Components...)
	}
	if price.Currency != "" {
		w.plan.Currency = money.MustCurrency(price.Currency)
	}
	if taxed {
		w.plan.Tax = taxAt("exclusive", "", price.Tax.Number)
	}
	l, inv, err := w.lineOf("units")
	if err != nil {
		return nil, err
	}
	amount, err := c.amount(l)
	if taxed {
		amount = inv.Total
	}
	return answer{"amount": amount, "gross": l.Gross, "percent_discount": l.Discount, "cap_discount": l.Capped}, err
}

// minMax bills lines under a minimum and a maximum of the period. What was
// billed of it before stands as the first line.
func minMax(c *charge) (answer, error) {
	var price struct {
		Kind    string `json:"kind"`
		Minimum num    `json:"minimum"`
		Maximum num    `json:"maximum"`
	}
	var use struct {
		Lines  []num `json:"lines"`
		Before num   `json:"already_billed"`
		Last   bool  `json:"last_line"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("order", "discount_then_maximum", ""); err != nil {
		return nil, err
	}
	if _, err := c.word("minimum_when", "last_line_only", ""); err != nil {
		return nil, err
	}
	w := newWorld(fee("before", use.Before.price()))
	for i, amount := range use.Lines {
		w.plan.Components = append(w.plan.Components, fee("line-"+strconv.Itoa(i), amount.price()))
	}
	if !price.Minimum.null && use.Last { // a minimum is of the whole period: a bill of a part of it has none
		w.plan.Minimums = []catalog.Limit{{ID: "least", Amount: price.Minimum.Number}}
	}
	if !price.Maximum.null {
		w.plan.Maximums = []catalog.Limit{{ID: "most", Amount: price.Maximum.Number}}
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	before, err := line(inv, "before")
	if err != nil {
		return nil, err
	}
	total, err := inv.Subtotal.Sub(before.Amount)
	out := answer{"minimum_spend": exact.Zero, "total": total}
	var off []exact.Number
	for i := range inv.Lines[1:] {
		l := &inv.Lines[i+1]
		if l.Kind == rating.MinSpend {
			out["minimum_spend"] = l.Amount
		} else {
			off = append(off, l.Capped)
		}
	}
	out["line_discounts"] = off
	return out, err
}

// trueUp bills a fee and usage for the part of a period that was served, under
// a minimum for that part.
func trueUp(c *charge) (answer, error) {
	var price struct {
		Kind    string `json:"kind"`
		Minimum num    `json:"minimum"`
		Fee     num    `json:"fee"`
	}
	var use struct {
		Used num `json:"used"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	if _, err := c.word("day_count", "half_open", ""); err != nil {
		return nil, err
	}
	base, err := c.word("true_up_base", "rounded_fee", "", "exact_fee", string(catalog.ExactLines))
	if err != nil {
		return nil, err
	}
	w := newWorld(fee("fee", price.Fee.price()), catalog.Component{ID: "used", Measure: catalog.Events, UnitPrice: known(exact.One)})
	w.plan.Minimums = []catalog.Limit{{ID: "least", Amount: price.Minimum.Number, Prorate: true, Base: catalog.LimitBase(base)}}
	if err := w.during(period); err != nil {
		return nil, err
	}
	if use.Used.Sign() > 0 {
		w.event("1", "used", use.Used.Number)
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.Kind == rating.MinSpend {
			amount, err := c.amount(l)
			return answer{"true_up": amount}, err
		}
	}
	c.option("rounding") // nothing to round
	return answer{"true_up": exact.Zero}, nil
}

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

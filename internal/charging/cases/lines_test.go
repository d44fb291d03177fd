package cases

import (
	"fmt"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
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

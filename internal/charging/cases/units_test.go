package cases

import (
	"fmt"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// packagePrice is a price of started packages after free units.
type packagePrice struct {
	Kind  string `json:"kind"`
	Size  num    `json:"size"`
	Price num    `json:"package_price"`
	Free  num    `json:"free_units"`
}

func (p *packagePrice) component() catalog.Component {
	out := catalog.Component{Block: &catalog.Block{Size: p.Size.Number, Price: p.Price.price()}}
	if p.Free.Sign() > 0 {
		out.Included = &catalog.Included{Quantity: p.Free.Number}
	}
	return out
}

func ratePackage(c *charge) (answer, error) {
	var price packagePrice
	var use struct {
		Quantity num `json:"quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	l, err := cost(price.component(), use.Quantity.Number)
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact, "billed_units": l.Parts[0].Quantity}, nil
}

// rateBlocks counts calls: started thousands have one price.
func rateBlocks(c *charge) (answer, error) {
	var price struct {
		Kind  string `json:"kind"`
		Price num    `json:"block_price"`
		Size  num    `json:"block_size"`
	}
	var use struct {
		Quantity num `json:"quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("quantity_rounding", "ceiling", ""); err != nil {
		return nil, err
	}
	n, err := use.Quantity.Int64()
	if err != nil {
		return nil, err
	}
	w := newWorld(catalog.Component{ID: "calls", Measure: catalog.Calls, Block: &catalog.Block{Size: price.Size.Number, Price: price.Price.price()}})
	w.call(talk(0), n)
	l, _, err := w.lineOf("calls")
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact, "billed_units": l.Parts[0].Quantity}, nil
}

func rateEvents(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Price    num    `json:"unit_price"`
		Fee      num    `json:"fee"`
		Included num    `json:"included"`
	}
	var use struct {
		Events int64 `json:"events"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "messages", Measure: catalog.Events, UnitPrice: price.Price.price()}
	if price.Included.given {
		comp.Included = &catalog.Included{Quantity: price.Included.Number}
	}
	w := newWorld(comp)
	if price.Fee.given {
		w.plan.Components = append(w.plan.Components, fee("fee", price.Fee.price()))
	}
	for i := range use.Events {
		w.event(strconv.FormatInt(i, 10), "sms", exact.One)
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	return answer{"amount": exactTotal(inv)}, nil
}

func ratePercentage(c *charge) (answer, error) {
	var price struct {
		Kind       string `json:"kind"`
		Rate       num    `json:"rate"`
		Fee        num    `json:"fixed_per_event"`
		FreeEvents num    `json:"free_events"`
		FreeAmount num    `json:"free_amount"`
		Min        num    `json:"min_per_event"`
		Max        num    `json:"max_per_event"`
	}
	var use struct {
		Events []num `json:"events"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if !price.FreeEvents.null {
		return nil, fmt.Errorf("free events are not known here")
	}
	comp := catalog.Component{ID: "payments", Measure: catalog.Events, UnitPrice: price.Rate.price(), FeeEach: price.Fee.Number, MinEach: price.Min.Number, MaxEach: price.Max.Number}
	if !price.FreeAmount.null {
		comp.Included = &catalog.Included{Quantity: price.FreeAmount.Number}
	}
	w := newWorld(comp)
	for i, amount := range use.Events {
		w.event(strconv.Itoa(i), "payment", amount.Number)
	}
	l, _, err := w.lineOf("payments")
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact}, nil
}

// sumMinorUnits: the price comes with the event, so its quantity is money in
// minor units and one of them costs what it is worth.
func sumMinorUnits(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
	}
	var use struct {
		Units    num `json:"units"` // for people: the amount is for all of them
		Minor    num `json:"minor_units"`
		Exponent int `json:"exponent"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	l, err := cost(catalog.Component{UnitPrice: known(exact.Scaled(1, use.Exponent))}, use.Minor.Number)
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact}, nil
}

// conversion is a quantity counted in another unit.
type conversion struct {
	Kind      string `json:"kind"`
	Operation string `json:"operation"`
	By        num    `json:"by"`
}

// component charges 1 for each converted unit, so that the amount is how many
// there are. A plan converts by the multiple it rounds to and by its price.
func (p *conversion) component(c *charge) (catalog.Component, error) {
	mode, err := c.word("quantity_rounding", "ceiling", string(exact.Ceiling), "floor", string(exact.Floor), "half_up", string(exact.HalfAway), "none", "")
	if err != nil {
		return catalog.Component{}, err
	}
	out := catalog.Component{}
	switch {
	case p.Operation == "divide":
		out.UnitPrice = known(exact.One.Div(p.By.Number))
	case p.Operation == "multiply" && mode == "":
		out.UnitPrice = known(p.By.Number)
	default:
		return out, fmt.Errorf("conversion %s with rounding %q", p.Operation, mode)
	}
	if mode != "" {
		out.RoundTotal = &catalog.Multiple{Mode: exact.Mode(mode), To: p.By.Number}
	}
	return out, nil
}

func convertQuantity(c *charge) (answer, error) {
	var price conversion
	var use struct {
		Quantity num `json:"quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp, err := price.component(c)
	if err != nil {
		return nil, err
	}
	l, err := cost(comp, use.Quantity.Number)
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Exact}, nil
}

func convertSplit(c *charge) (answer, error) {
	var price conversion
	var use struct {
		Quantities []num `json:"quantities"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp, err := price.component(c)
	if err != nil {
		return nil, err
	}
	var parts []exact.Number
	sum := exact.Zero
	for _, q := range use.Quantities {
		l, err := cost(comp, q.Number)
		if err != nil {
			return nil, err
		}
		parts, sum = append(parts, l.Exact), sum.Add(q.Number)
	}
	whole, err := cost(comp, sum)
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": parts, "whole_units": whole.Exact}, nil
}

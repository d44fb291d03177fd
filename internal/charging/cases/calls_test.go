package cases

import (
	"fmt"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

var callOperations = map[string]adapter{
	"rate_call":     rateCall,
	"rate_calls":    rateCalls,
	"rate_call_sum": rateCallSum,
	"rate_call_tod": rateCallByHour,
	"match_rate":    matchRate,
	"rate_by_type":  rateByType,
	"rounding_cost": roundingCost,
}

// callPrice is how cases write the price of a call.
type callPrice struct {
	Kind       string `json:"kind"`
	ConnectFee num    `json:"connect_fee"`
	Rate       num    `json:"rate"`
	Per        int64  `json:"per_s"`
	First      int32  `json:"first_s"`
	Next       int32  `json:"next_s"`
	Bands      []band `json:"bands"`
	Minimum    int64  `json:"min_s"`
	Grace      int64  `json:"grace_s"`
	MinCost    num    `json:"min_cost"`
	CostCap    num    `json:"cost_cap"`
	Chunk      int64  `json:"chunk_s"`
}

type band struct {
	From int64 `json:"from_s"`
	Rate num   `json:"rate"`
	Per  int64 `json:"per_s"`
	Step int64 `json:"increment_s"`
}

// unitOf is the unit a price for so many seconds is for.
func unitOf(per int64) (catalog.UnitOf, error) {
	for _, u := range []catalog.UnitOf{catalog.Second, catalog.Minute, catalog.Hour} {
		if u.Seconds() == per {
			return u, nil
		}
	}
	return "", fmt.Errorf("prices for %d s are not known", per)
}

// component is talk time at the price.
func (p *callPrice) component(id string) (catalog.Component, error) {
	out := catalog.Component{ID: id, Measure: catalog.TalkTime, ConnectFee: p.ConnectFee.price(), MinEach: p.MinCost.Number, MaxEach: p.CostCap.Number,
		Grace: seconds(p.Grace), MinDuration: seconds(p.Minimum)}
	per := p.Per
	if len(p.Bands) > 0 {
		row := catalog.RateRow{ID: "banded", Default: true}
		for _, b := range p.Bands {
			per = b.Per
			row.Bands = append(row.Bands, catalog.Band{From: seconds(b.From), UnitPrice: b.Rate.price(), Step: seconds(b.Step)})
		}
		out.Rates = []catalog.RateRow{row}
	} else {
		out.UnitPrice = p.Rate.price()
		out.Increment = catalog.Increment{First: p.First, Next: p.Next}
	}
	var err error
	if out.Unit, err = unitOf(per); err != nil {
		return out, err
	}
	if p.Chunk > 0 {
		out.RoundTotal = &catalog.Multiple{Mode: exact.Up, To: exact.Frac(p.Chunk, out.Unit.Seconds())}
	}
	return out, nil
}

// callRules passes the options about single calls to a component.
func (c *charge) callRules(comp *catalog.Component) error {
	grid, err := c.word("grid", "first_then_next", "", "multiple_from_zero", string(catalog.MultipleFromZero))
	if err != nil {
		return err
	}
	comp.Grid = catalog.Grid(grid)
	if comp.Grace > 0 {
		rule, err := c.word("grace", "free_if_within_else_bill_all", string(catalog.FreeIfWithin), "subtract_included", string(catalog.SubtractGrace), "add_to_duration", string(catalog.AddGrace))
		if err != nil {
			return err
		}
		comp.GraceRule = catalog.GraceRule(rule)
	}
	point, err := c.word("rounding_point", "none", "", "per_call", "per_call")
	if err != nil || point == "" {
		return err
	}
	var r rounding
	if !c.optionInto("rounding", &r) {
		return fmt.Errorf("rounding per call, but no rounding")
	}
	mode, err := r.mode()
	comp.RoundEach = &catalog.Rounding{Mode: mode, Decimals: r.Decimals}
	return err
}

// billedSeconds is what a line of talk time billed.
func billedSeconds(l *rating.Line, u catalog.UnitOf) exact.Number {
	return l.Billed.Mul(exact.Int(u.Seconds()))
}

func talk(s int64) usage.Call {
	return usage.Call{Talk: time.Duration(s) * time.Second, Direction: usage.Outbound}
}

func rateCall(c *charge) (answer, error) {
	var price callPrice
	var use struct {
		Duration int64 `json:"duration_s"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp, err := price.component("call")
	if err != nil {
		return nil, err
	}
	if err := c.callRules(&comp); err != nil {
		return nil, err
	}
	if price.CostCap.given {
		what, err := c.word("cap", "cap_price", "price", "cap_session_time_only", "time")
		if err != nil {
			return nil, err
		}
		if what == "time" { // it cuts the call and leaves its price alone
			comp.MaxEach = exact.Zero
		}
	}
	w := newWorld(comp)
	w.detail = true
	w.call(talk(use.Duration), 1)
	l, _, err := w.lineOf("call")
	if err != nil {
		return nil, err
	}
	out := answer{"amount": l.Exact, "billed_seconds": billedSeconds(l, comp.Unit)}
	if price.CostCap.given && len(w.charged) == 1 {
		out["max_session_s"] = w.charged[0].Label.Rate.LongestFor(price.CostCap.Number, 0, deck.Count{})
	}
	return out, nil
}

// calls is how cases write many calls.
type calls []struct {
	Duration num   `json:"duration_s"` // may have part seconds
	Count    int64 `json:"count"`
}

// put adds the calls to a world.
func (list calls) put(w *world) error {
	for i, one := range list {
		micros, err := one.Duration.Mul(exact.Int(1_000_000)).Int64()
		if err != nil {
			return err
		}
		call := talk(0)
		call.ID, call.Talk = fmt.Sprint(i), time.Duration(micros)*time.Microsecond
		w.call(call, one.Count)
	}
	return nil
}

func rateCalls(c *charge) (answer, error) {
	var price callPrice
	var use struct {
		Calls calls `json:"calls"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	scope, err := c.word("rounding_scope", "per_call", "", "per_call_then_period_chunk", "chunk")
	if err != nil {
		return nil, err
	}
	if (scope == "chunk") != (price.Chunk > 0) {
		return nil, fmt.Errorf("rounding scope %q with chunks of %d s", scope, price.Chunk)
	}
	comp, err := price.component("calls")
	if err != nil {
		return nil, err
	}
	if err := c.callRules(&comp); err != nil {
		return nil, err
	}
	w := newWorld(comp)
	if err := use.Calls.put(w); err != nil {
		return nil, err
	}
	l, _, err := w.lineOf("calls")
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact, "billed_seconds": billedSeconds(l, comp.Unit)}, nil
}

func rateCallSum(c *charge) (answer, error) {
	var price struct {
		Kind  string      `json:"kind"`
		Parts []callPrice `json:"parts"`
	}
	var use struct {
		Duration int64 `json:"duration_s"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	w := newWorld()
	for i := range price.Parts {
		comp, err := price.Parts[i].component(fmt.Sprintf("part-%d", i))
		if err != nil {
			return nil, err
		}
		if err := c.callRules(&comp); err != nil {
			return nil, err
		}
		w.plan.Components = append(w.plan.Components, comp)
	}
	w.call(talk(use.Duration), 1)
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	var parts []exact.Number
	for i := range inv.Lines {
		parts = append(parts, inv.Lines[i].Exact)
	}
	return answer{"amount": exactTotal(inv), "parts": parts}, nil
}

// roundingCost bills the same calls by the price's increments and by the second.
func roundingCost(c *charge) (answer, error) {
	var price callPrice
	var use struct {
		Calls calls `json:"calls"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp, err := price.component("calls")
	if err != nil {
		return nil, err
	}
	dear := newWorld(comp)
	comp.Increment = catalog.Increment{First: 1, Next: 1}
	cheap := newWorld(comp)
	if err := use.Calls.put(dear); err != nil {
		return nil, err
	}
	if err := use.Calls.put(cheap); err != nil {
		return nil, err
	}
	l, _, err := dear.lineOf("calls")
	if err != nil {
		return nil, err
	}
	base, _, err := cheap.lineOf("calls")
	if err != nil {
		return nil, err
	}
	amount, err := c.amount(l)
	if err != nil {
		return nil, err
	}
	lost, err := l.Amount.Sub(base.Amount)
	return answer{"billed_seconds": billedSeconds(l, comp.Unit), "amount": amount, "rounding_cost": lost}, err
}

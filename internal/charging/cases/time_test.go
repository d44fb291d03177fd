package cases

import (
	"fmt"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var timeOperations = map[string]adapter{
	"prorate":          prorate,
	"prorate_seconds":  prorateSeconds,
	"change_proration": changeProration,
	"one_time":         oneTime,
	"add_cycles":       addCycles,
	"period_bounds":    periodBounds,
	"period_list":      periodList,
	"count_days":       countDays,
}

// lastServed turns the last day of service or of a period, where a case names
// that, into the day after it.
func (c *charge) lastServed(day *timex.Date) error {
	word, err := c.word("day_count", "half_open", "", "inclusive", "last", "thirty_360", "")
	if word == "last" {
		*day++
	}
	return err
}

// prorate bills a flat fee for a part of a period.
func prorate(c *charge) (answer, error) {
	var price struct {
		Kind   string `json:"kind"`
		Amount num    `json:"amount"`
	}
	var use struct {
		Trial int `json:"trial_days"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	comp := fee("fee", price.Amount.price())
	comp.Trial = catalog.Duration(hours(24 * int64(use.Trial)))
	den, err := c.word("denominator", "whole_period", "", "fixed_30", string(catalog.Fixed30))
	if err != nil {
		return nil, err
	}
	comp.Proration = catalog.Proration(den)
	if c.option("day_count") == "thirty_360" {
		comp.Proration = catalog.Thirty360
	}
	w := newWorld(comp)
	if err := w.during(period); err != nil {
		return nil, err
	}
	if err := c.lastServed(&w.end); err != nil {
		return nil, err
	}
	l, _, err := w.lineOf("fee")
	if err != nil {
		return nil, err
	}
	amount, err := c.amount(l)
	return answer{"amount": amount}, err
}

// prorateSeconds takes a share by instants; the case cuts a second off the end.
func prorateSeconds(c *charge) (answer, error) {
	var price struct {
		Kind   string `json:"kind"`
		Amount num    `json:"amount"`
	}
	var period days
	if err := c.read(&price, nil, &period); err != nil {
		return nil, err
	}
	if _, err := c.word("period_end", "minus_one_second", ""); err != nil {
		return nil, err
	}
	if _, err := c.word("denominator", "whole_period", ""); err != nil {
		return nil, err
	}
	var at [3]timex.Instant
	for i, text := range []string{period.From, period.ServiceFrom, period.To} {
		var err error
		if at[i], err = instant(text, utc); err != nil {
			return nil, err
		}
	}
	end := at[2].Add(-time.Second)
	share := meter.ShareOfTime(timex.Period{From: at[1], To: end}, timex.Period{From: at[0], To: end})
	var r rounding
	c.optionInto("rounding", &r)
	mode, err := r.mode()
	if err != nil {
		return nil, err
	}
	amount, err := money.Round(price.Amount.Mul(share.Value()), currency, mode, r.Decimals)
	return answer{"amount": amount}, err
}

// changeProration changes price or quantity within a period: what is left of
// the old fee comes back, what is left of the new one is charged.
func changeProration(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Old  num    `json:"old_unit"`
		New  num    `json:"new_unit"`
	}
	var use struct {
		Old num `json:"old_quantity"`
		New num `json:"new_quantity"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	period.ServiceFrom = period.Change
	rest := func(unit, quantity num) (*world, error) { // the fee for what is left of the period
		w := newWorld(fee("fee", unit.price()))
		w.hold("fee", quantity.Number)
		if err := w.during(period); err != nil {
			return nil, err
		}
		return w, c.lastServed(&w.after)
	}
	before, err := rest(price.Old, use.Old)
	if err != nil {
		return nil, err
	}
	after, err := rest(price.New, use.New)
	if err != nil {
		return nil, err
	}
	unused, _, err := before.lineOf("fee")
	if err != nil {
		return nil, err
	}
	charge, _, err := after.lineOf("fee")
	if err != nil {
		return nil, err
	}
	back, err := invoice.CreditUnused(price.Old.Mul(use.Old.Number), unused.Proration.Share(), exact.Zero, currency)
	if err != nil {
		return nil, err
	}
	if back.Net != unused.Amount {
		return nil, fmt.Errorf("credit of %s for a rest that costs %s", back.Net, unused.Amount)
	}
	charged, err := c.amount(charge)
	if err != nil {
		return nil, err
	}
	how, err := c.word("net", "sum_of_rounded_lines", "lines", "rounded_exact_net", "once")
	if err != nil {
		return nil, err
	}
	net, err := charge.Amount.Sub(back.Net)
	if err == nil && how == "once" {
		net, err = money.ToMinor(charge.Exact.Sub(unused.Exact), currency)
	}
	return answer{"credit": back.Net.Neg(), "charge": charged, "net": net}, err
}

func oneTime(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Unit num    `json:"unit_price"`
	}
	var use struct {
		Quantity num    `json:"quantity"`
		Added    string `json:"added"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	on, err := timex.ParseDate(use.Added)
	if err != nil {
		return nil, err
	}
	w := newWorld(catalog.Component{ID: "setup", Measure: catalog.OneOff, UnitPrice: price.Unit.price(), Quantity: use.Quantity.Number, On: on})
	if err := w.during(period); err != nil {
		return nil, err
	}
	l, _, err := w.lineOf("setup")
	if err != nil {
		return nil, err
	}
	return answer{"amount": l.Exact}, nil
}

// cyclePrice is how cases write a billing cycle.
type cyclePrice struct {
	Kind  string     `json:"kind"`
	Unit  timex.Unit `json:"unit"`
	Count int        `json:"count"`
}

func (p *cyclePrice) from(anchor timex.Date) timex.Cycle {
	return timex.Cycle{Unit: p.Unit, Count: p.Count, Anchor: anchor}
}

func addCycles(c *charge) (answer, error) {
	var price cyclePrice
	var use struct {
		Anchor timex.Date `json:"anchor"`
		Cycles int        `json:"cycles"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	return answer{"date": price.from(use.Anchor).Boundary(use.Cycles)}, nil
}

// periodBounds finds the period around an instant. Periods of the engine begin
// with a local day; an anchor at another time of day moves the clock by as much.
func periodBounds(c *charge) (answer, error) {
	var price cyclePrice
	var use struct {
		Anchor string        `json:"anchor"`
		TZ     string        `json:"tz"`
		At     timex.Instant `json:"at"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	loc, err := timex.LoadZone(use.TZ)
	if err != nil {
		return nil, err
	}
	anchor, err := instant(use.Anchor, loc)
	if err != nil {
		return nil, err
	}
	day := anchor.DateIn(loc)
	late := anchor.Sub(day.Start(loc))
	cycle := price.from(day)
	n := cycle.Index(use.At.Add(-late).DateIn(loc))
	which, err := c.word("which", "containing", "", "previous", "previous")
	if which == "previous" {
		n--
	}
	return answer{"from": cycle.Boundary(n).Start(loc).Add(late), "to": cycle.Boundary(n + 1).Start(loc).Add(late)}, err
}

// periodList lists periods of service that begins between two boundaries.
func periodList(c *charge) (answer, error) {
	var price cyclePrice
	var use struct {
		Anchor timex.Date `json:"anchor"`
		Start  timex.Date `json:"start"`
		N      int        `json:"n"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	cycle := price.from(use.Anchor)
	var out [][]timex.Date
	for n := cycle.Index(use.Start); len(out) < use.N; n++ {
		out = append(out, []timex.Date{max(cycle.Boundary(n), use.Start), cycle.Boundary(n + 1)})
	}
	return answer{"periods": out}, nil
}

func countDays(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
	}
	var use struct {
		From timex.Date `json:"from"`
		To   timex.Date `json:"to"`
		TZ   string     `json:"tz"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("day_count", "half_open_local_dates", ""); err != nil {
		return nil, err
	}
	loc, err := timex.LoadZone(use.TZ)
	if err != nil {
		return nil, err
	}
	first, after := timex.Days(use.From, use.To, loc).Dates(loc)
	return answer{"days": meter.Dates{First: first, After: after}.Days()}, nil
}

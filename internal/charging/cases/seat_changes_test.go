package cases

import (
	"fmt"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// levelUse is a number of seats and its changes.
type levelUse struct {
	Opening int64 `json:"opening"`
	Changes []struct {
		At    timex.Date `json:"at"`
		Date  timex.Date `json:"date"`
		Delta int64      `json:"delta"`
	} `json:"changes"`
}

// day is when the i-th change holds.
func (u *levelUse) day(i int) timex.Date { return max(u.Changes[i].At, u.Changes[i].Date) }

// levels are the quantities a contract would state.
func (u *levelUse) levels() []contract.Change {
	var out []contract.Change
	n := u.Opening
	for i := range u.Changes {
		n += u.Changes[i].Delta
		out = append(out, contract.Change{On: u.day(i), Quantity: exact.Int(n)})
	}
	return out
}

// seats are the same levels as facts: who came last goes first.
func (u *levelUse) seats(opened timex.Instant, loc *time.Location) []usage.Seat {
	var out []usage.Seat
	var there []int
	add := func(n int64, from timex.Instant) {
		for range n {
			there = append(there, len(out))
			out = append(out, usage.Seat{ID: strconv.Itoa(len(out)), Source: "case", User: "user-" + strconv.Itoa(len(out)), From: from})
		}
	}
	add(u.Opening, opened)
	for i := range u.Changes {
		at := u.day(i).Start(loc)
		add(u.Changes[i].Delta, at)
		for n := u.Changes[i].Delta; n < 0; n++ {
			out[there[len(there)-1]].To = at
			there = there[:len(there)-1]
		}
	}
	return out
}

// countLevel counts seats of facts; the same quantities in a contract must count
// the same.
func countLevel(c *charge) (answer, error) {
	var price seatPrice
	var use levelUse
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "seats", UnitPrice: price.Price.price()}
	if err := c.countOptions(&comp); err != nil {
		return nil, err
	}
	return levelLine(c, comp, &use, period)
}

func weightedSum(c *charge) (answer, error) {
	var price seatPrice
	var use levelUse
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	return levelLine(c, catalog.Component{ID: "seats", Measure: catalog.SeatsAverage, UnitPrice: price.Price.price()}, &use, period)
}

func levelLine(c *charge, comp catalog.Component, use *levelUse, period days) (answer, error) {
	facts, held := newWorld(comp), newWorld(comp)
	for _, w := range []*world{facts, held} {
		if err := w.during(period); err != nil {
			return nil, err
		}
	}
	held.hold("seats", exact.Int(use.Opening), use.levels()...)
	facts.facts = append(facts.facts, func(to usage.Sink) error {
		loc, err := facts.zone()
		if err != nil {
			return err
		}
		for _, s := range use.seats((facts.first - 30).Start(loc), loc) {
			if err := to.Seat(s); err != nil {
				return err
			}
		}
		return nil
	})
	l, _, err := facts.lineOf("seats")
	if err != nil {
		return nil, err
	}
	same, _, err := held.lineOf("seats")
	if err != nil {
		return nil, err
	}
	if !l.Exact.Equal(same.Exact) {
		return nil, fmt.Errorf("seats as facts cost %s, as a quantity of the contract %s", l.Exact, same.Exact)
	}
	amount, err := c.amount(l)
	return answer{"billed_units": l.Billed, "amount": amount}, err
}

// assigned makes a component of assigned seats with the case's rules about
// changes within a period.
func (c *charge) assigned() (catalog.Component, error) {
	comp := catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned}
	increase, err := c.word("seat_increase", "", "", "prorated_days_left", string(catalog.DaysLeft), "full_period", string(catalog.WholePeriod))
	if err != nil {
		return comp, err
	}
	decrease, err := c.word("seat_decrease", "no_refund", string(catalog.AtPeriodEnd), "time_credit", string(catalog.CreditDays))
	if err != nil {
		return comp, err
	}
	peak, err := c.word("peak", "", "", "none", "", "charge_only_above_paid_peak", string(catalog.OnlyAbove), "charge_every_increase", string(catalog.EveryIncrease))
	if err != nil {
		return comp, err
	}
	same, err := c.word("same_day", "", "", "end_of_day_level", string(catalog.EndOfDay), "max_of_day_level", string(catalog.MaxOfDay), "every_change", string(catalog.EveryChange))
	if err != nil {
		return comp, err
	}
	// The day of a change is charged at the new level: that is all "inclusive"
	// says here, and the engine's only way.
	if _, err := c.word("day_count", "", "", "inclusive", ""); err != nil {
		return comp, err
	}
	comp.SeatIncrease, comp.SeatDecrease = catalog.SeatIncrease(increase), catalog.SeatDecrease(decrease)
	comp.PaidPeak, comp.SameDay = catalog.PaidPeak(peak), catalog.SameDay(same)
	return comp, nil
}

// seatsHeld bills assigned seats that the contract fixes.
func seatsHeld(comp catalog.Component, period days, opening int64, levels []contract.Change) (*rating.Line, error) {
	w := newWorld(comp)
	if err := w.during(period); err != nil {
		return nil, err
	}
	w.hold("seats", exact.Int(opening), levels...)
	l, _, err := w.lineOf("seats")
	return l, err
}

func seatCharge(c *charge) (answer, error) {
	var price seatPrice
	var use levelUse
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	comp, err := c.assigned()
	if err != nil {
		return nil, err
	}
	comp.UnitPrice = price.Price.price()
	levels := use.levels()
	l, err := seatsHeld(comp, period, use.Opening, levels)
	if err != nil {
		return nil, err
	}
	amount, err := c.amount(l)
	if err != nil {
		return nil, err
	}
	out := answer{"amount": amount, "last_change_amount": amount}
	if n := len(levels); n > 0 { // what the last change added to the bill
		before, err := seatsHeld(comp, period, use.Opening, levels[:n-1])
		if err != nil {
			return nil, err
		}
		if out["last_change_amount"], err = l.Amount.Sub(before.Amount); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func seatGraduated(c *charge) (answer, error) {
	var price tierPrice
	var use levelUse
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	comp, err := c.assigned()
	if err != nil {
		return nil, err
	}
	comp.Tiers = price.tiers(c.flatAtZero())
	l, err := seatsHeld(comp, period, use.Opening, use.levels())
	if err != nil {
		return nil, err
	}
	amount, err := c.amount(l)
	return answer{"amount": amount}, err
}

// idleSeats compares the bill of the seats paid with that of the seats used.
func idleSeats(c *charge) (answer, error) {
	var price seatPrice
	var use struct {
		Paid int64 `json:"paid"`
		Used int64 `json:"used"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price.Price.price()}
	var cost [2]money.Amount
	for i, n := range []int64{use.Paid, use.Used} {
		l, err := seatsHeld(comp, days{}, n, nil)
		if err != nil {
			return nil, err
		}
		cost[i] = l.Amount
	}
	waste, err := cost[0].Sub(cost[1])
	return answer{"waste": waste, "utilisation": cost[1].Exact().Div(cost[0].Exact())}, err
}

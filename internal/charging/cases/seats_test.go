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

var seatOperations = map[string]adapter{
	"count_seats":             countSeats,
	"count_level":             countLevel,
	"weighted_sum":            weightedSum,
	"seat_overage":            seatOverage,
	"committed_seats":         committedSeats,
	"seat_charge":             seatCharge,
	"seat_graduated_prorated": seatGraduated,
	"idle_seats":              idleSeats,
}

// seatPrice is how cases write the price of a seat or of its hours.
type seatPrice struct {
	Kind  string `json:"kind"`
	Price num    `json:"unit_price"`
	Unit  string `json:"unit"`
}

// stretch is who had a seat, or was logged in, and when.
type stretch struct {
	User string  `json:"user"`
	From string  `json:"from"`
	To   *string `json:"to"`
	Role string  `json:"role"`
}

func (s *stretch) times(loc *time.Location) (from, to timex.Instant, err error) {
	if from, err = instant(s.From, loc); err == nil && s.To != nil {
		to, err = instant(*s.To, loc)
	}
	return from, to, err
}

// countOptions turns the way seats are counted into a component.
func (c *charge) countOptions(comp *catalog.Component) error {
	measure, err := c.word("seat_counting", "named_max_provisioned", string(catalog.SeatsHighest), "named_active", string(catalog.SeatsActive),
		"active_month", string(catalog.SeatsActive), "concurrent_peak", string(catalog.SeatsConcurrentPeak), "login_time", string(catalog.SystemTime),
		"snapshot_at_period_end", string(catalog.SeatsAtEnd), "named_any_in_period", string(catalog.SeatsNamed), "time_weighted_mean", string(catalog.SeatsAverage))
	if err != nil {
		return err
	}
	comp.Measure = catalog.Measure(measure)
	var merge bool
	if c.optionInto("merge_same_user", &merge) {
		comp.MergeUser = &merge
	}
	var least int64
	if c.optionInto("peak_min_total_s", &least) {
		comp.IgnoreBelow = seconds(least)
	}
	var roles []string
	if c.option("roles_counted") != "all" {
		c.optionInto("roles_counted", &roles)
		comp.Where.SeatType = roles
	}
	var total *struct {
		Unit int64  `json:"unit_s"`
		Mode string `json:"mode"`
	}
	if c.optionInto("total_rounding", &total) && total != nil {
		comp.RoundTotal = &catalog.Multiple{Mode: modes[total.Mode], To: exact.Frac(total.Unit, comp.Unit.Seconds())}
	}
	return nil
}

func countSeats(c *charge) (answer, error) {
	var price seatPrice
	var use struct {
		Accounts []stretch `json:"accounts"`
		Sessions []stretch `json:"sessions"`
		Calls    int64     `json:"calls_made"`
		Levels   []struct {
			Concurrent int64 `json:"concurrent"`
			Seconds    int64 `json:"seconds"`
		} `json:"levels"`
	}
	var period days
	if err := c.read(&price, &use, &period); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "seats", UnitPrice: price.Price.price()}
	if price.Unit != "seat" {
		comp.Unit = catalog.UnitOf(price.Unit)
	}
	if err := c.countOptions(&comp); err != nil {
		return nil, err
	}
	w := newWorld(comp)
	if err := w.during(period); err != nil {
		return nil, err
	}
	w.plan.Unmetered = append(w.plan.Unmetered, "seats", "sessions") // the cases give both and count one
	w.call(talk(30), use.Calls)
	roles := map[string]string{}
	for _, a := range use.Accounts {
		roles[a.User] = a.Role
	}
	w.facts = append(w.facts, func(to usage.Sink) error {
		loc, err := w.zone()
		if err != nil {
			return err
		}
		if err := giveStretches(to, loc, use.Accounts, use.Sessions, roles); err != nil {
			return err
		}
		// Levels: the n-th user is logged in for as long as n were.
		for _, level := range use.Levels {
			for n := level.Concurrent; n > 0; n-- {
				held := int64(0)
				for _, l := range use.Levels {
					if l.Concurrent >= n {
						held += l.Seconds
					}
				}
				from := w.first.Start(loc)
				if err := to.Session(usage.Session{ID: strconv.FormatInt(n, 10), Source: "case", User: strconv.FormatInt(n, 10), From: from, To: from.Add(time.Duration(held) * time.Second)}); err != nil {
					return err
				}
			}
			break // the highest comes first
		}
		return nil
	})
	l, _, err := w.lineOf("seats")
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Billed, "amount": l.Exact, "login_seconds": l.Raw.Mul(exact.Int(comp.Unit.Seconds()))}, nil
}

// giveStretches hands accounts and sessions to a sink.
func giveStretches(to usage.Sink, loc *time.Location, accounts, sessions []stretch, roles map[string]string) error {
	for i := range accounts {
		from, until, err := accounts[i].times(loc)
		if err != nil {
			return err
		}
		if err := to.Seat(usage.Seat{ID: accounts[i].User, Source: "case", User: accounts[i].User, Type: accounts[i].Role, From: from, To: until}); err != nil {
			return err
		}
	}
	for i := range sessions {
		from, until, err := sessions[i].times(loc)
		if err != nil {
			return err
		}
		if err := to.Session(usage.Session{ID: strconv.Itoa(i), Source: "case", User: sessions[i].User, Type: roles[sessions[i].User], From: from, To: until}); err != nil {
			return err
		}
	}
	return nil
}

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

// seatOverage counts the seats beyond those included.
func seatOverage(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Included num    `json:"included"`
		Price    num    `json:"unit_price"`
	}
	var use struct {
		Counted num `json:"counted"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("seat_counting", "as_reported", ""); err != nil {
		return nil, err
	}
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsHighest, UnitPrice: price.Price.price(), Included: &catalog.Included{Quantity: price.Included.Number}})
	w.hold("seats", use.Counted.Number)
	l, _, err := w.lineOf("seats")
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Charged}, nil
}

// committedSeats counts users who logged in, never fewer than agreed.
func committedSeats(c *charge) (answer, error) {
	var price struct {
		Kind    string `json:"kind"`
		Price   num    `json:"unit_price"`
		Minimum num    `json:"minimum"`
	}
	var use struct {
		Counted int `json:"counted"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if _, err := c.word("seat_counting", "committed_minimum", ""); err != nil {
		return nil, err
	}
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsActive, UnitPrice: price.Price.price(), Commitment: price.Minimum.Number})
	w.facts = append(w.facts, func(to usage.Sink) error {
		from := w.first.Start(utc)
		for i := range use.Counted {
			if err := to.Session(usage.Session{ID: strconv.Itoa(i), Source: "case", User: "user-" + strconv.Itoa(i), From: from, To: from.Add(time.Hour)}); err != nil {
				return err
			}
		}
		return nil
	})
	l, _, err := w.lineOf("seats")
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Billed, "amount": l.Exact}, nil
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

package cases

import (
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
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
		Levels   levels    `json:"levels"`
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
		return use.Levels.give(to, w.first.Start(loc))
	})
	l, _, err := w.lineOf("seats")
	if err != nil {
		return nil, err
	}
	return answer{"billed_units": l.Billed, "amount": l.Exact, "login_seconds": l.Raw.Mul(exact.Int(comp.Unit.Seconds()))}, nil
}

// levels are how long so many users were logged in at a time, the most first.
type levels []struct {
	Concurrent int64 `json:"concurrent"`
	Seconds    int64 `json:"seconds"`
}

// give makes log-ins of levels: the n-th user is there for as long as n were.
func (list levels) give(to usage.Sink, from timex.Instant) error {
	most := int64(0)
	for _, l := range list {
		most = max(most, l.Concurrent)
	}
	for n := int64(1); n <= most; n++ {
		held := time.Duration(0)
		for _, l := range list {
			if l.Concurrent >= n {
				held += time.Duration(l.Seconds) * time.Second
			}
		}
		user := strconv.FormatInt(n, 10)
		if err := to.Session(usage.Session{ID: user, Source: "case", User: user, From: from, To: from.Add(held)}); err != nil {
			return err
		}
	}
	return nil
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

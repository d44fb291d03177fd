package catalog

// Measure is where a component's quantity comes from.
type Measure string

const (
	// Seats (座席).
	SeatsAssigned       Measure = "seats_assigned"        // each assigned seat for the days it was assigned
	SeatsHighest        Measure = "seats_highest"         // most seats assigned at one moment
	SeatsNamed          Measure = "seats_named"           // distinct seats assigned at any moment
	SeatsAtEnd          Measure = "seats_at_end"          // seats assigned when the period ends
	SeatsAverage        Measure = "seats_average"         // time-weighted mean of assigned seats
	SeatsActive         Measure = "seats_active"          // distinct users who logged in at least once
	SeatsConcurrentPeak Measure = "seats_concurrent_peak" // most users logged in at one moment
	SeatsConcurrentP95  Measure = "seats_concurrent_p95"  // level exceeded 5 % of the time
	SeatDays            Measure = "seat_days"             // user and local date pairs with a log-in
	// Time (使用時長).
	TalkTime   Measure = "talk_time"   // answer to hang-up, each call by its increments
	SystemTime Measure = "system_time" // agents logged in, by state
	// Modules (功能模塊).
	ModuleDays Measure = "module" // a module for the days it was on
	// Call volume (通話量).
	Calls Measure = "calls" // calls that pass the filter: attempts, answered, by outcome
	// The rest.
	Events    Measure = "events"     // metered events: messages, storage, speech minutes
	Rentals   Measure = "rentals"    // numbers, lines, devices for the days they were rented
	Recurring Measure = "recurring"  // a fixed quantity every period
	OneOff    Measure = "one_off"    // once, when the contract starts or on a date
	PercentOf Measure = "percent_of" // a share of other components' amounts
)

// Choices lists every measure.
func (Measure) Choices() []string {
	return []string{"seats_assigned", "seats_highest", "seats_named", "seats_at_end", "seats_average", "seats_active",
		"seats_concurrent_peak", "seats_concurrent_p95", "seat_days", "talk_time", "system_time", "module", "calls",
		"events", "rentals", "recurring", "one_off", "percent_of"}
}

// OfSeats tells whether the measure counts seats.
func (m Measure) OfSeats() bool {
	switch m {
	case SeatsAssigned, SeatsHighest, SeatsNamed, SeatsAtEnd, SeatsAverage, SeatsActive, SeatsConcurrentPeak, SeatsConcurrentP95, SeatDays:
		return true
	}
	return false
}

// OfPlaces tells whether the measure counts assigned seats.
func (m Measure) OfPlaces() bool {
	switch m {
	case SeatsAssigned, SeatsHighest, SeatsNamed, SeatsAtEnd, SeatsAverage:
		return true
	}
	return false
}

// OfLogins tells whether the measure reads sessions.
func (m Measure) OfLogins() bool { return m == SystemTime || m.OfSeats() && !m.OfPlaces() }

// OfCalls tells whether the measure reads call records.
func (m Measure) OfCalls() bool { return m == TalkTime || m == Calls }

// OfTime tells whether the quantity is a duration.
func (m Measure) OfTime() bool { return m == TalkTime || m == SystemTime }

// Prorates tells whether part of a period can cost part of the price.
func (m Measure) Prorates() bool {
	switch m {
	case SeatsAssigned, ModuleDays, Rentals, Recurring, SeatsHighest, SeatsNamed, SeatsAtEnd, SeatsAverage, SeatsActive, SeatsConcurrentPeak, SeatsConcurrentP95:
		return true
	}
	return false
}

// Trials tells whether a component can be free for a time at the start of a
// contract.
func (m Measure) Trials() bool {
	return m.Prorates() || m.OfCalls() || m == SeatDays || m == SystemTime
}

// UnitOf is the unit a quantity is priced in.
type UnitOf string

const (
	Second UnitOf = "second"
	Minute UnitOf = "minute"
	Hour   UnitOf = "hour"
)

// Choices lists the units of time; other measures have a unit of their own.
func (UnitOf) Choices() []string { return []string{"second", "minute", "hour"} }

// Seconds is the length of the unit.
func (u UnitOf) Seconds() int64 {
	switch u {
	case Second:
		return 1
	case Hour:
		return 3600
	}
	return 60
}

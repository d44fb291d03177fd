package audit

// Cause is why an amount differs.
type Cause string

// The causes, in the order in which figures of the contract's side are replaced
// by figures of the bill.
const (
	Missing       Cause = "missing"         // used, and not on the bill: in our favour
	NotInContract Cause = "not_in_contract" // a line the contract does not have
	Unpriced      Cause = "unpriced"        // used, charged, and the contract has no price for it
	NoRecord      Cause = "no_record"       // a call charged that our records do not have
	Duplicate     Cause = "duplicate"       // charged twice
	Counting      Cause = "counting"        // counted what the contract does not count
	Duration      Cause = "duration"        // longer (or shorter) than our records
	Increment     Cause = "increment"       // rounded up by other steps
	Seats         Cause = "seats"           // another number of seats or things
	Proration     Cause = "proration"       // another part of the period
	Included      Cause = "included"        // included quantities not deducted
	Discount      Cause = "discount"        // a discount left out
	Rate          Cause = "rate"            // another price
	Rounding      Cause = "rounding"        // rounded to cents in another way
	Unexplained   Cause = "unexplained"     // what no hypothesis explains
	TaxRate       Cause = "tax"             // another tax
	Arithmetic    Cause = "arithmetic"      // the bill's own figures do not add up
)

// Causes lists them in the order of replacement.
func Causes() []Cause {
	return []Cause{Missing, NotInContract, Unpriced, NoRecord, Duplicate, Counting, Duration, Increment, Seats, Proration,
		Included, Discount, Rate, Rounding, Unexplained, TaxRate, Arithmetic}
}

// rank is the place of a cause in that order.
func (c Cause) rank() int {
	for i, x := range Causes() {
		if x == c {
			return i
		}
	}
	return len(Causes())
}

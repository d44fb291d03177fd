package catalog

// The named rules on which engines disagree. The first choice of each is the
// default; shared rule names are those of the charging cases in testdata.

// Grid says how a duration is cut into increments.
type Grid string

const (
	FirstThenNext    Grid = "first_then_next"    // first block, then steps counted from its end
	MultipleFromZero Grid = "multiple_from_zero" // once past the first block: up to a multiple of the step
)

func (Grid) Choices() []string { return []string{"first_then_next", "multiple_from_zero"} }

// GraceRule says what a grace time does.
type GraceRule string

const (
	FreeIfWithin  GraceRule = "free_if_within" // calls this short are free, longer ones are billed whole
	SubtractGrace GraceRule = "subtract"       // taken off every call before the increments
	AddGrace      GraceRule = "add"            // added to every answered call (post-call time)
)

func (GraceRule) Choices() []string { return []string{"free_if_within", "subtract", "add"} }

// Crossing says what happens to a call that runs over a boundary of schedules.
type Crossing string

const (
	CrossingSplit          Crossing = "split"           // each part rated alone, increments start again
	CrossingIncrementStart Crossing = "increment_start" // increments run through, each at the rate where it starts
	CrossingCallStart      Crossing = "call_start"      // the whole call at the rate where it starts
)

func (Crossing) Choices() []string { return []string{"split", "increment_start", "call_start"} }

// Legs says which legs of a conversation of two legs are charged.
type Legs string

const (
	EachLeg  Legs = "each"   // every record is charged: a bridged call pays twice
	FirstLeg Legs = "first"  // the first leg only
	LegBOnly Legs = "second" // the second leg only
)

func (Legs) Choices() []string { return []string{"each", "first", "second"} }

// Proration says what part of a period costs.
type Proration string

const (
	ByDay       Proration = "day"        // local dates served over local dates of the period
	BySecond    Proration = "second"     // seconds served over seconds of the period
	Fixed30     Proration = "fixed_30"   // local dates served over 30 a month, at most the whole price
	Thirty360   Proration = "thirty_360" // months of 30 days
	NoProration Proration = "none"       // any part costs the whole price; a module runs from its first day to the end of service
	AnyUse      Proration = "any_use"    // any use in the calendar month is a whole month
)

func (Proration) Choices() []string {
	return []string{"day", "second", "fixed_30", "thirty_360", "none", "any_use"}
}

// SeatDecrease says what giving a seat back within a period brings.
type SeatDecrease string

const (
	AtPeriodEnd SeatDecrease = "period_end" // nothing comes back before the period ends
	CreditDays  SeatDecrease = "credit"     // the days not used are not charged
)

func (SeatDecrease) Choices() []string { return []string{"period_end", "credit"} }

// SeatIncrease says what a seat added within a period costs.
type SeatIncrease string

const (
	DaysLeft    SeatIncrease = "days_left"   // the days left, the day of the change included
	WholePeriod SeatIncrease = "full_period" // the whole period
)

func (SeatIncrease) Choices() []string { return []string{"days_left", "full_period"} }

// SameDay says which level counts on a day with several changes.
type SameDay string

const (
	EndOfDay    SameDay = "end_of_day" // an add and a remove on one day collapse
	MaxOfDay    SameDay = "max_of_day"
	EveryChange SameDay = "every_change"
)

func (SameDay) Choices() []string { return []string{"end_of_day", "max_of_day", "every_change"} }

// PaidPeak says whether a seat added again, up to a level already paid in the
// period, is charged again.
type PaidPeak string

const (
	OnlyAbove     PaidPeak = "only_above"     // only what rises above the level already paid
	EveryIncrease PaidPeak = "every_increase" // each increase, even back to a paid level
)

func (PaidPeak) Choices() []string { return []string{"only_above", "every_increase"} }

// TierMode says how tiers apply.
type TierMode string

const (
	Graduated TierMode = "graduated" // each part of the quantity at the price of its tier (累進階梯)
	Volume    TierMode = "volume"    // the whole quantity at the price of the tier it reaches (全量階梯)
)

func (TierMode) Choices() []string { return []string{"graduated", "volume"} }

// Scope says who shares included quantities.
type Scope string

const (
	Pooled  Scope = "pool"     // one pot for the account
	PerSeat Scope = "per_seat" // each seat its own; what one leaves another cannot use
)

func (Scope) Choices() []string { return []string{"pool", "per_seat"} }

// Per says what an included quantity is given for.
type Per string

const (
	PerAccount   Per = "account"
	PerSeatCount Per = "seat" // for each billed seat of the component named in seats_of
)

func (Per) Choices() []string { return []string{"account", "seat"} }

// Burn is the order in which calls use up what is included.
type Burn string

const (
	BurnTime     Burn = "time"           // as the calls were made
	BurnDearest  Burn = "dearest_first"  // the dearest rate first: best for the customer
	BurnCheapest Burn = "cheapest_first" // the cheapest rate first
)

func (Burn) Choices() []string { return []string{"time", "dearest_first", "cheapest_first"} }

// PackOrder is the order in which several packages are used up.
type PackOrder string

const (
	SoonestExpiry PackOrder = "soonest_expiry"
	Oldest        PackOrder = "oldest"
	Listed        PackOrder = "listed"
)

func (PackOrder) Choices() []string { return []string{"soonest_expiry", "oldest", "listed"} }

// Step is one of the last steps of a line, for components that state their order.
type Step string

const (
	StepDiscount Step = "discount"
	StepMinimum  Step = "minimum"
	StepMaximum  Step = "maximum"
)

func (Step) Choices() []string { return []string{"discount", "minimum", "maximum"} }

// DefaultSteps is the order where none is stated.
func DefaultSteps() []Step { return []Step{StepDiscount, StepMinimum, StepMaximum} }

// Timing says when a fee falls due.
type Timing string

const (
	Arrears Timing = "arrears"
	Advance Timing = "advance"
)

func (Timing) Choices() []string { return []string{"arrears", "advance"} }

// TaxPrices says whether the prices of a plan contain tax (含稅 / 未稅).
type TaxPrices string

const (
	TaxExclusive TaxPrices = "exclusive"
	TaxInclusive TaxPrices = "inclusive"
)

func (TaxPrices) Choices() []string { return []string{"exclusive", "inclusive"} }

// TaxRounding says how often tax is rounded.
type TaxRounding string

const (
	TaxOncePerRate TaxRounding = "once_per_rate" // on the total of the lines of one rate (EN 16931)
	TaxPerLine     TaxRounding = "per_line"
)

func (TaxRounding) Choices() []string { return []string{"once_per_rate", "per_line"} }

// ModuleClass is base or value-added (基礎 / 增值模組).
type ModuleClass string

const (
	ValueAdded ModuleClass = "value_added"
	Base       ModuleClass = "base" // mandatory, charged whole every period
)

func (ModuleClass) Choices() []string { return []string{"value_added", "base"} }

// OffDay says whether the day a module is switched off is charged.
type OffDay string

const (
	OffDayFree    OffDay = "free"
	OffDayCharged OffDay = "charged"
)

func (OffDay) Choices() []string { return []string{"free", "charged"} }

// LimitBase says what the lines of a bill count with toward a minimum spend.
type LimitBase string

const (
	RoundedLines LimitBase = "rounded" // as they stand on the invoice: the bill is the minimum to the cent
	ExactLines   LimitBase = "exact"   // before they were rounded: only what is missing is rounded
)

func (LimitBase) Choices() []string { return []string{"rounded", "exact"} }

package compare

import (
	"runtime"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Input is what a comparison is asked.
type Input struct {
	Candidates []Candidate
	Holidays   map[string]*timex.Calendar
	Months     []int          // horizons; 1, 12 and 36 if empty
	Currency   money.Currency // of all results; the first offer's if zero
	Tax        TaxBasis       // Exclusive if empty
	Rates      []Rate         // exchange rates into Currency
	First      timex.Date     // first of the months compared; 0: the first month with a call
	After      timex.Date     // first day after them; 0: after the last month with a call
	Seats      int            // seats, where no fact tells; 0: not said
	Budget     *exact.Number  // a month, in Currency
	Seed       uint64         // of resampling; 1 if 0
	Replicates int            // of resampling; 1,000 if 0
	Must, Nice []string       // functions and modules needed, and welcome
	Weights    map[Criterion]int
	Changes    []Change    // what-ifs beside the usual ones
	Current    string      // offer in force today
	Pairs      [][2]string // offers whose break-even points are wanted beside the usual ones
	Short      int64       // seconds below which an answered call is short; 10 if 0
	Redial     int64       // seconds within which a call to the same number is a redial; 600 if 0
	Profile    bool        // the usage is made of a description
	Workers    int         // goroutines; as many as processors if 0
	Only       []Answer    // answers wanted; empty: all
}

// Answer names a part of the result that can be left out, for what asks often.
type Answer string

const (
	AnswerBreakEven   Answer = "break_even"
	AnswerRounding    Answer = "rounding"
	AnswerWaste       Answer = "waste"
	AnswerVolatility  Answer = "volatility"
	AnswerWhatIf      Answer = "what_if"
	AnswerFlexibility Answer = "flexibility"
	AnswerService     Answer = "service"
	AnswerSensitivity Answer = "sensitivity"
)

// Bounds of a comparison.
const (
	maxCandidates = 200
	maxHorizon    = 120 // months
	maxMonths     = 240 // real ones
	maxReplicates = 100_000
)

// complete fills what was left open and refuses what makes no sense.
func (in *Input) complete() error {
	if len(in.Candidates) == 0 {
		return fault.New(fault.Invalid, "no offers: name at least one")
	}
	if len(in.Candidates) > maxCandidates {
		return fault.New(fault.Invalid, "%d offers: compare at most %d at a time", len(in.Candidates), maxCandidates)
	}
	seen := map[string]bool{}
	for _, c := range in.Candidates {
		if seen[c.Offer.ID] {
			return fault.New(fault.Conflict, "two offers are called %s: give one another id", c.Offer.ID)
		}
		seen[c.Offer.ID] = true
	}
	if len(in.Months) == 0 {
		in.Months = []int{1, 12, 36}
	}
	in.Months = slices.Clone(in.Months)
	slices.Sort(in.Months)
	in.Months = slices.Compact(in.Months)
	if in.Months[0] < 1 || in.Months[len(in.Months)-1] > maxHorizon {
		return fault.New(fault.Invalid, "horizons of %v months: from 1 to %d", in.Months, maxHorizon)
	}
	if in.Currency.IsZero() {
		in.Currency = in.Candidates[0].Plan.Currency
	}
	if in.Tax == "" {
		in.Tax = Exclusive
	}
	if in.Tax != Exclusive && in.Tax != Inclusive {
		return fault.New(fault.Invalid, "tax basis %q: exclusive or inclusive", in.Tax)
	}
	if in.After != 0 && in.After <= in.First {
		return fault.New(fault.Invalid, "months from %s to %s: the last day comes before the first", in.First, in.After)
	}
	if in.Current != "" && !seen[in.Current] {
		return fault.New(fault.NotFound, "the current offer %q is not among those compared", in.Current)
	}
	for _, p := range in.Pairs {
		if !seen[p[0]] || !seen[p[1]] || p[0] == p[1] {
			return fault.New(fault.NotFound, "break-even between %q and %q: name two of the offers compared", p[0], p[1])
		}
	}
	return in.numbers()
}

func (in *Input) numbers() error {
	in.Seed = cmpOr(in.Seed, 1)
	in.Replicates = cmpOr(in.Replicates, 1000)
	in.Short = cmpOr(in.Short, 10)
	in.Redial = cmpOr(in.Redial, 600)
	in.Workers = cmpOr(in.Workers, runtime.GOMAXPROCS(0))
	switch {
	case in.Replicates < 1 || in.Replicates > maxReplicates:
		return fault.New(fault.Invalid, "%d replicates: from 1 to %d", in.Replicates, maxReplicates)
	case in.Short < 1 || in.Redial < 1:
		return fault.New(fault.Invalid, "short calls below %d seconds, redials within %d: both from 1 second on", in.Short, in.Redial)
	case in.Seats < 0:
		return fault.New(fault.Invalid, "%d seats: 0 or more", in.Seats)
	case in.Budget != nil && in.Budget.Sign() <= 0:
		return fault.New(fault.Invalid, "a budget of %s: more than 0", in.Budget)
	}
	for _, r := range in.Rates {
		if r.Rate.Sign() <= 0 {
			return fault.New(fault.Invalid, "exchange rate of %s: %s; more than 0", r.From, r.Rate)
		}
	}
	var err error
	in.Weights, err = weightsOf(in.Weights)
	return err
}

func cmpOr[T comparable](v, absent T) T {
	var zero T
	if v == zero {
		return absent
	}
	return v
}

// rateOf is the exchange rate of a currency.
func (in *Input) rateOf(c money.Currency) (exact.Number, error) {
	if c == in.Currency {
		return exact.One, nil
	}
	for _, r := range in.Rates {
		if r.From == c {
			return r.Rate, nil
		}
	}
	return exact.Zero, &refusal{key: "no_rate", args: map[string]string{"from": c.String(), "to": in.Currency.String()},
		err: fault.New(fault.Invalid, "its prices are in %s and no exchange rate into %s was given: say --rates %s=RATE@DATE", c, in.Currency, c)}
}

// wants tells whether an answer is asked for.
func (in *Input) wants(a Answer) bool { return len(in.Only) == 0 || slices.Contains(in.Only, a) }

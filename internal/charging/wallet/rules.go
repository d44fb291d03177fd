package wallet

import (
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// TopUpRule asks for more when the balance gets low.
type TopUpRule struct {
	Below  money.Amount `json:"below"`  // when the balance is less than this ...
	Amount money.Amount `json:"amount"` // ... so much is bought
	Most   int          `json:"most"`   // times in a day (UTC); a loop must not empty an account
}

// maxTopUps bounds what a rule may ask for in a day.
const maxTopUps = 24

// Check tells whether the rule can be kept. Errors are of kind Invalid.
func (r *TopUpRule) Check(c money.Currency) error {
	if r.Below.Currency() != c || r.Amount.Currency() != c || r.Below.Sign() < 0 || r.Amount.Sign() <= 0 {
		return fault.New(fault.Invalid, "a top-up of %s below %s: both in %s, the amount above zero", r.Amount, r.Below, c)
	}
	if r.Most < 1 || r.Most > maxTopUps {
		return fault.New(fault.Invalid, "%d top-ups a day: 1 to %d were expected", r.Most, maxTopUps)
	}
	return nil
}

// Due tells whether a top-up is due, after so many on the day.
func (r *TopUpRule) Due(balance money.Amount, today int) bool {
	return balance.Cmp(r.Below) < 0 && today < r.Most
}

// Levels are balances whose crossing is told, each once until the balance has
// been above it again.
type Levels struct {
	At   []money.Amount `json:"at,omitempty"`
	Told []money.Amount `json:"told,omitempty"`
}

// Cross gives the lowest level that the balance is now below and that was not
// told, and remembers what was. Levels above the balance again are forgotten.
func (l *Levels) Cross(balance money.Amount) (money.Amount, bool) {
	var told []money.Amount
	var lowest money.Amount
	news := false
	for _, level := range l.At {
		if balance.Cmp(level) >= 0 {
			continue
		}
		told = append(told, level)
		if !has(l.Told, level) && (!news || level.Cmp(lowest) < 0) {
			lowest, news = level, true
		}
	}
	l.Told = told
	return lowest, news
}

func has(list []money.Amount, a money.Amount) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

// Day is the UTC day of an instant, for counting top-ups.
func Day(now timex.Instant) timex.Date { return timex.DateOf(now.Time()) }

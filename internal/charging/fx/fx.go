// Package fx turns money of one currency into another at dated rates whose
// source is known.
//
// It owns the Table of rates and conversion. It does not own where rates come
// from, or what a moved rate does to the books (package ledger).
//
// What always holds: a rate that is not there, or is too old, is an error and
// never 1; a conversion names the rate, its day and its source; there and back
// again is within the rounding of both currencies.
//
// Its times: On is the local day from which a rate holds, until the next one.
package fx

import (
	"cmp"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Rate is what one unit of From is worth in To.
type Rate struct {
	From   money.Currency `json:"from"`
	To     money.Currency `json:"to"`
	On     timex.Date     `json:"on"`
	Rate   exact.Number   `json:"rate"`
	Source string         `json:"source"` // central bank, customs, contract clause ...
}

// Table is rates in force. It never changes once made.
type Table struct {
	rates  []Rate // by pair, then day
	maxAge int
}

// maxRates bounds a table: thirty years of days for nine pairs.
const maxRates = 100_000

// NewTable makes a table of rates in any order. A rate more than maxAge days
// old is not used; 0 uses any. Rates of nothing, without a source, or two of a
// pair on one day are Invalid.
func NewTable(rates []Rate, maxAge int) (*Table, error) {
	if len(rates) > maxRates {
		return nil, fault.New(fault.Invalid, "%d rates: at most %d were expected", len(rates), maxRates)
	}
	t := &Table{slices.Clone(rates), maxAge}
	slices.SortFunc(t.rates, compare)
	for i, r := range t.rates {
		switch {
		case r.Rate.Sign() <= 0 || r.Source == "" || r.From == r.To || r.From.IsZero() || r.To.IsZero():
			return nil, fault.New(fault.Invalid, "rate of %s in %s on %s: a rate above zero between two currencies, and its source, were expected; found %s from %q", r.From, r.To, r.On, r.Rate, r.Source)
		case i > 0 && compare(t.rates[i-1], r) == 0:
			return nil, fault.New(fault.Invalid, "two rates of %s in %s on %s: keep one", r.From, r.To, r.On)
		}
	}
	return t, nil
}

func compare(a, b Rate) int {
	return cmp.Or(cmp.Compare(a.From.String(), b.From.String()), cmp.Compare(a.To.String(), b.To.String()), cmp.Compare(a.On, b.On))
}

// On is the rate of a pair in force on a day: the one written down, or one over
// the rate of the other direction where only that is known, the newer of both.
// None, or one too old, is of kind Unknown.
func (t *Table) On(from, to money.Currency, day timex.Date) (Rate, error) {
	direct, ok := t.latest(from, to, day)
	back, inverse := t.latest(to, from, day)
	if inverse && (!ok || back.On > direct.On) {
		direct, ok = Rate{from, to, back.On, exact.One.Div(back.Rate), back.Source}, true
	}
	if !ok {
		return Rate{}, fault.New(fault.Unknown, "no rate of %s in %s is known on %s: add one with its source", from, to, day)
	}
	if t.maxAge > 0 && int(day-direct.On) > t.maxAge {
		return Rate{}, fault.New(fault.Unknown, "the rate of %s in %s is of %s, more than %d days before %s: add a newer one", from, to, direct.On, t.maxAge, day)
	}
	return direct, nil
}

func (t *Table) latest(from, to money.Currency, day timex.Date) (Rate, bool) {
	i, found := slices.BinarySearchFunc(t.rates, Rate{From: from, To: to, On: day}, compare)
	if !found {
		i--
	}
	if i < 0 || t.rates[i].From != from || t.rates[i].To != to {
		return Rate{}, false
	}
	return t.rates[i], true
}

// Converted is an amount in another currency, and why.
type Converted struct {
	Of    money.Amount `json:"of"`
	Worth money.Amount `json:"worth"`
	At    Rate         `json:"at"`
}

// Convert gives an amount in another currency, rounded half away to its minor
// unit. The same currency is the amount itself.
func (t *Table) Convert(a money.Amount, to money.Currency, day timex.Date) (Converted, error) {
	if a.Currency() == to {
		return Converted{a, a, Rate{to, to, day, exact.One, "same currency"}}, nil
	}
	r, err := t.On(a.Currency(), to, day)
	if err != nil {
		return Converted{}, err
	}
	worth, err := money.ToMinor(a.Exact().Mul(r.Rate), to)
	if err != nil {
		return Converted{}, fault.New(fault.Overflow, "%s in %s: %v", a, to, err)
	}
	return Converted{a, worth, r}, nil
}

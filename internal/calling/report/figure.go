package report

import (
	"waihu/internal/exact"
	"waihu/internal/money"
)

// Unit is what a figure is in.
type Unit string

const (
	Count   Unit = "count"   // a whole number
	Share   Unit = "share"   // of one: .25 is 25 %
	Seconds Unit = "seconds" // a mean or a sum
	Moment  Unit = "moment"  // seconds too, of so few that tenths count
	Score   Unit = "score"   // MOS: 1 to 5
	Times   Unit = "times"   // so many of one for each of another
	Amount  Unit = "amount"  // money, by currency
	Word    Unit = "word"    // what something is called, or a verdict
)

// Figure is a quotient of whole numbers, exact until it is written. Whole 0 says
// that there is nothing to tell it from: it is unknown, and not nought.
type Figure struct {
	Unit  Unit
	Part  int64
	Whole int64
	Money []money.Amount // of Amount; nothing: unknown
	Word  string         // of Word
}

// Known tells whether there is anything to tell the figure from.
func (f *Figure) Known() bool {
	switch f.Unit {
	case Amount:
		return len(f.Money) > 0
	case Word:
		return f.Word != ""
	}
	return f.Whole != 0
}

// Value is the number, in its unit; money and words have none.
func (f *Figure) Value() exact.Number {
	if f.Whole == 0 || f.Unit == Amount || f.Unit == Word {
		return exact.Int(0)
	}
	switch f.Unit {
	case Seconds, Moment:
		return exact.Frac(f.Part, f.Whole).Div(exact.Int(1000))
	case Score:
		return exact.Frac(f.Part, f.Whole).Div(exact.Int(100))
	}
	return exact.Frac(f.Part, f.Whole)
}

// Decimals are how many a figure is written with: of a share, of its percentage.
func (u Unit) Decimals() int {
	switch u {
	case Share, Times, Moment:
		return 1
	case Score:
		return 2
	}
	return 0
}

// Row is what was counted of one thing.
type Row struct {
	Campaign string
	Value    string // of the dimension, or of a day or hour
	Sums     Sums
	Costs    []CostOf
	Leads    Leads  // of a list
	Health   Health // of a calling number
}

// CostOf is what rated calls came to in a currency; Own is the part of calls of our
// own campaigns, whose conversations and sales are known.
type CostOf struct {
	Calls int64
	Total money.Amount
	Own   money.Amount
}

// Leads is how far a list has come.
type Leads struct {
	All, Waiting, Done, Exhausted, Forbidden, Aborted int64
}

// add takes a row into a total.
func (r *Row) add(o *Row) {
	r.Sums.Add(&o.Sums)
	l, m := &r.Leads, &o.Leads
	*l = Leads{l.All + m.All, l.Waiting + m.Waiting, l.Done + m.Done, l.Exhausted + m.Exhausted, l.Forbidden + m.Forbidden, l.Aborted + m.Aborted}
	for _, c := range o.Costs {
		r.Costs = addCost(r.Costs, c)
	}
}

// addCost adds what cannot be added (it would be too much for an amount) as one
// more of its currency, so that nothing is lost.
func addCost(to []CostOf, c CostOf) []CostOf {
	for i := range to {
		sum, err := to[i].Total.Add(c.Total)
		own, err2 := to[i].Own.Add(c.Own)
		if err == nil && err2 == nil {
			to[i] = CostOf{to[i].Calls + c.Calls, sum, own}
			return to
		}
	}
	return append(to, c)
}

// Total is the sum of rows.
func Total(rows []Row) (out Row) {
	for i := range rows {
		out.add(&rows[i])
	}
	return out
}

// costPer is an amount for each of so many, rounded half up to the smallest coin.
func costPer(a money.Amount, n int64, to []money.Amount) []money.Amount {
	if n <= 0 || a.Currency().IsZero() {
		return to
	}
	if each, err := money.ToMinor(a.Exact().Div(exact.Int(n)), a.Currency()); err == nil {
		to = append(to, each)
	}
	return to
}

// PerCall is what a rated call came to.
func (r *Row) PerCall() (out []money.Amount) {
	for _, c := range r.Costs {
		out = costPer(c.Total, c.Calls, out)
	}
	return out
}

// OwnPer is what calls of our own campaigns came to for each of so many.
func (r *Row) OwnPer(n int64) (out []money.Amount) {
	for _, c := range r.Costs {
		out = costPer(c.Own, n, out)
	}
	return out
}

// Cost is what they came to.
func (r *Row) Cost() (out []money.Amount) {
	for _, c := range r.Costs {
		out = append(out, c.Total)
	}
	return out
}

// Dials and Picked are the tries of ours and the calls no try stands behind, and
// those of them that were answered.
func (r *Row) Dials() int64  { return r.Sums[Dialed] + r.Sums[Untried] }
func (r *Row) Picked() int64 { return r.Sums[Answered] + r.Sums[UntriedAnswered] }

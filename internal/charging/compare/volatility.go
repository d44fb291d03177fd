package compare

import (
	"math"
	"math/rand/v2"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/money"
)

// fewestMonths are needed to draw months from.
const fewestMonths = 6

// replicateMonths is how many months one replicate has.
const replicateMonths = 12

// volatility resamples real months: neighbouring ones are drawn together, so
// that a season stays a season. All offers are billed for the same draws.
func (c *Comparison) volatility(r *Result, _ int) error {
	if len(c.months) < fewestMonths {
		v, err := c.weeklyVolatility(r)
		r.Volatility = v
		return err
	}
	n := len(c.months)
	v := &Volatility{Block: "month", Blocks: n, Length: max(int(math.Round(math.Cbrt(float64(n)))), 1), Months: replicateMonths, Replicates: c.in.Replicates, Seed: c.in.Seed}
	bills := make([][]Range, len(r.Offers))
	for i := range r.Offers {
		for _, m := range r.Offers[i].Monthly {
			bills[i] = append(bills[i], m.Total)
		}
	}
	months, totals, err := c.draw(v, bills)
	if err != nil {
		return err
	}
	r.Volatility = v
	return c.spreads(v, r, months, totals)
}

// draw makes the replicates: the months of each, and their sums, by offer.
func (c *Comparison) draw(v *Volatility, bills [][]Range) (months, totals [][]Range, err error) {
	rng := rand.New(rand.NewPCG(v.Seed, 0x77616968)) // the second half only tells this use of the seed from others
	months, totals = make([][]Range, len(bills)), make([][]Range, len(bills))
	picks := make([]int, v.Months)
	for range v.Replicates {
		for i := 0; i < v.Months; i += v.Length {
			from := rng.IntN(v.Blocks)
			for k := i; k < min(i+v.Length, v.Months); k++ {
				picks[k] = (from + k - i) % v.Blocks
			}
		}
		for o := range bills {
			total := Range{Low: money.Zero(c.in.Currency), High: money.Zero(c.in.Currency)}
			for _, p := range picks {
				months[o] = append(months[o], bills[o][p])
				if total, err = total.plus(bills[o][p]); err != nil {
					return nil, nil, err
				}
			}
			totals[o] = append(totals[o], total)
		}
	}
	return months, totals, nil
}

// plus adds two amounts; what is open in either is open in both.
func (r Range) plus(o Range) (_ Range, err error) {
	if r.Low, err = r.Low.Add(o.Low); err != nil {
		return r, err
	}
	r.High, err = r.High.Add(o.High)
	r.Open = r.Open || o.Open
	return r, err
}

// middles are the middles of ranges; of an open one, of what is known of it.
func (c *Comparison) middles(in []Range) ([]money.Amount, error) {
	out := make([]money.Amount, len(in))
	for i, r := range in {
		a, err := money.ToMinor(middle(r), c.in.Currency)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// spreads describes the replicates of each offer.
func (c *Comparison) spreads(v *Volatility, r *Result, months, totals [][]Range) error {
	if c.in.Budget != nil {
		b, err := money.ToMinor(*c.in.Budget, c.in.Currency)
		if err != nil {
			return err
		}
		v.Budget = &b
	}
	wins, leads, undecided := winners(totals)
	v.Undecided = undecided
	for i := range r.Offers {
		one, err := c.middles(months[i])
		if err != nil {
			return err
		}
		all, err := c.middles(totals[i])
		if err != nil {
			return err
		}
		s := Spread{Offer: r.Offers[i].Offer, CV: variation(one), Wins: wins[i], Leads: leads[i], Open: slices.ContainsFunc(totals[i], func(t Range) bool { return t.Open })}
		if v.Budget != nil {
			most, err := money.ToMinor(v.Budget.Exact().Mul(exact.Int(int64(v.Months))), c.in.Currency)
			if err != nil {
				return err
			}
			some, sum := above(one, *v.Budget), above(all, most)
			s.Exceeds, s.ExceedsTotal = &some, &sum
		}
		s.Monthly, s.Total = quantiles(one), quantiles(all)
		v.Offers = append(v.Offers, s)
	}
	return nil
}

// winners is the share of replicates in which each offer is the cheapest whatever
// the prices that are open turn out to be, and in how many none is; and the share
// in which it leads those that can be totalled, a range at its middle. A tie counts
// for all of them.
func winners(totals [][]Range) (wins, leads []float64, undecided int) {
	wins, leads = make([]float64, len(totals)), make([]float64, len(totals))
	if len(totals) == 0 || len(totals[0]) == 0 {
		return wins, leads, 0
	}
	costs := make([]Range, len(totals))
	for k := range totals[0] {
		for i := range totals {
			costs[i] = totals[i][k]
		}
		decided := false
		for i := range costs {
			if surelyCheapest(costs, i) {
				wins[i]++
				decided = true
			}
			if leadsTotalled(costs, i) {
				leads[i]++
			}
		}
		if !decided {
			undecided++
		}
	}
	for i := range wins {
		wins[i] /= float64(len(totals[0]))
		leads[i] /= float64(len(totals[0]))
	}
	return wins, leads, undecided
}

// leadsTotalled tells whether no other cost that can be totalled has a lower
// middle.
func leadsTotalled(costs []Range, i int) bool {
	return !costs[i].Open && !slices.ContainsFunc(costs, func(o Range) bool { return !o.Open && middle(o).Less(middle(costs[i])) })
}

// surelyCheapest tells whether no other cost can be below one of them: it is known,
// and the most it can be is not above the least that any other can. What is known
// of a cost that cannot be totalled is the least it can be.
func surelyCheapest(costs []Range, i int) bool {
	if costs[i].Open {
		return false
	}
	for j := range costs {
		if j != i && costs[j].Low.Cmp(costs[i].High) < 0 {
			return false
		}
	}
	return true
}

// quantiles sorts the amounts. Each is the amount at its rank: the smallest that
// so many are not above.
func quantiles(in []money.Amount) Quantiles {
	slices.SortFunc(in, money.Amount.Cmp)
	at := func(percent int) money.Amount { return in[max((len(in)*percent+99)/100-1, 0)] }
	mean := exact.Zero
	for _, a := range in {
		mean = mean.Add(a.Exact())
	}
	out := Quantiles{P5: at(5), P25: at(25), P50: at(50), P75: at(75), P95: at(95)}
	m, err := money.ToMinor(mean.Div(exact.Int(int64(len(in)))), in[0].Currency())
	if err == nil { // a mean lies between amounts that fit
		out.Mean = m
	}
	return out
}

// variation is the standard deviation over the mean; 0 where the mean is 0.
func variation(in []money.Amount) float64 {
	sum, n := 0.0, float64(len(in))
	for _, a := range in {
		sum += float64(a.Micros())
	}
	mean := sum / n
	if mean == 0 {
		return 0
	}
	squares := 0.0
	for _, a := range in {
		d := float64(a.Micros()) - mean
		squares += d * d
	}
	return math.Sqrt(squares/n) / mean
}

// above is the share of amounts above a limit.
func above(in []money.Amount, limit money.Amount) float64 {
	n := 0
	for _, a := range in {
		if a.Cmp(limit) > 0 {
			n++
		}
	}
	return float64(n) / float64(len(in))
}

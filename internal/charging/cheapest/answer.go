package cheapest

import (
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// Search finds the cheapest mix of each offer, and the cheapest of all: one
// offer for all of the usage, or, where the usage has segments, an offer for
// each. Offers no mix of which can be had are refused, not dear. Errors are of
// kind Invalid for what cannot be searched, or those of metering and rating.
func Search(offers []Offer, months []Month, need Need) (_ *Answer, err error) {
	defer fault.Wrap(&err, "cheapest.Search")
	if err := check(offers, months, &need); err != nil {
		return nil, err
	}
	out := &Answer{}
	for i := range offers {
		f, refused, err := cheapestOf(&offers[i], months, &need, nil)
		if err != nil {
			return nil, err
		}
		if f == nil {
			out.Refused = append(out.Refused, *refused)
			continue
		}
		if err := f.addFloor(&offers[i], months, &need); err != nil {
			return nil, err
		}
		out.Offers = append(out.Offers, *f)
	}
	slices.SortStableFunc(out.Offers, func(a, b Found) int { return a.Total.Cmp(b.Total.Number) })
	if len(out.Offers) > 0 {
		out.Best, out.Total, out.Proven = []Share{{Found: out.Offers[0]}}, out.Offers[0].Total, true
	}
	for _, f := range out.Offers {
		out.Proven = out.Proven && f.Proven
	}
	if need.Segments > 1 {
		if err := out.split(offers, months, &need); err != nil {
			return nil, err
		}
	}
	out.regret()
	return out, nil
}

// addFloor searches each month by itself: what it could have cost at the least,
// had it been known. Service begins in the first month as ever, so a later month
// has no fees of the start.
func (f *Found) addFloor(o *Offer, months []Month, need *Need) error {
	if len(o.Choices) == 0 || len(months) == 1 {
		f.Floor = f.Monthly
		return nil
	}
	b, err := newBills(o, months, need, nil)
	if err != nil {
		return err
	}
	least := make([]exact.Number, len(months))
	for i := range least {
		least[i] = f.Monthly[i].Number
	}
	m := make(mix, len(o.Choices))
	for b.rated < need.bills() {
		if err := b.lower(m, least); err != nil {
			return err
		}
		if !o.advance(m) {
			for _, n := range least {
				f.Floor = append(f.Floor, Money{n})
			}
			return nil
		}
	}
	return nil // too many mixes to know the floor: it is left out
}

// lower rates a mix and keeps months in which it is the cheapest.
func (b *bills) lower(m mix, least []exact.Number) error {
	c, err := b.begin(m)
	if err != nil {
		return err
	}
	for i := range b.months {
		one, err := c.next(i)
		if err != nil {
			return err
		}
		if one.refused != nil {
			return nil
		}
		least[i] = exact.Min(least[i], one.total)
	}
	return nil
}

// advance goes to the next mix; false after the last.
func (o *Offer) advance(m mix) bool {
	for i := range m {
		if m[i]++; m[i] < len(o.Choices[i].Options) {
			return true
		}
		m[i] = 0
	}
	return false
}

// split finds the cheapest way to give parts of the usage to offers: the
// cheapest mix of each offer for each set of parts, then every way to give the
// parts out. An offer that gets several parts bills them together.
func (a *Answer) split(offers []Offer, months []Month, need *Need) error {
	sets := 1 << need.Segments
	cost := make([][]*Found, len(offers)) // by offer and set of parts
	for i := range offers {
		cost[i] = make([]*Found, sets)
		for set := 1; set < sets; set++ {
			f, _, err := cheapestOf(&offers[i], months, need, partsOf(set, need.Segments))
			if err != nil {
				return err
			}
			if cost[i][set] = f; f != nil {
				a.Proven = a.Proven && f.Proven
			}
		}
	}
	// best[set] is the cheapest way to place a set with the offers so far.
	type way struct {
		total exact.Number
		parts []Share
	}
	best := make([]*way, sets)
	best[0] = &way{}
	for i := range offers {
		next := slices.Clone(best)
		for have := range sets {
			for set := 1; set < sets; set++ {
				f := cost[i][set]
				if best[have] == nil || have&set != 0 || f == nil {
					continue
				}
				total := best[have].total.Add(f.Total.Number)
				if next[have|set] == nil || total.Less(next[have|set].total) {
					next[have|set] = &way{total, append(slices.Clone(best[have].parts), Share{partsOf(set, need.Segments), *f})}
				}
			}
		}
		best = next
	}
	if all := best[sets-1]; all != nil && (len(a.Best) == 0 || all.total.Less(a.Total.Number)) {
		a.Best, a.Total = all.parts, Money{all.total}
	}
	return nil
}

func partsOf(set, n int) []int {
	var out []int
	for i := range n {
		if set&(1<<i) != 0 {
			out = append(out, i)
		}
	}
	return out
}

// regret works out what each offer costs beyond the cheapest of each month.
func (a *Answer) regret() {
	for _, f := range a.Offers {
		r := Regret{Offer: f.Offer, Over: Money{f.Total.Sub(a.Total.Number)}}
		sum := exact.Zero
		for m := range f.Monthly {
			least := f.Monthly[m].Number
			for _, other := range a.Offers {
				least = exact.Min(least, other.Monthly[m].Number)
			}
			more := f.Monthly[m].Sub(least)
			if r.Most.Less(more) {
				r.Most, r.In = Money{more}, m
			}
			sum = sum.Add(more)
		}
		r.Mean = Money{sum.Div(exact.Int(int64(len(f.Monthly))))}
		a.Regrets = append(a.Regrets, r)
	}
}

// Safest is the offer whose greatest regret is the least, and Likely the one
// whose mean regret is: the first of equals. Empty: there is none.
func (a *Answer) Safest() (offer string) {
	return a.least(func(r Regret) exact.Number { return r.Most.Number })
}
func (a *Answer) Likely() (offer string) {
	return a.least(func(r Regret) exact.Number { return r.Mean.Number })
}

func (a *Answer) least(of func(Regret) exact.Number) string {
	if len(a.Regrets) == 0 {
		return ""
	}
	best := a.Regrets[0]
	for _, r := range a.Regrets[1:] {
		if of(r).Less(of(best)) {
			best = r
		}
	}
	return best.Offer
}

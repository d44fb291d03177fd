package cheapest

import (
	"math"
	"slices"

	"waihu/internal/exact"
)

// search finds the cheapest mix of one offer for one part of the usage.
type search struct {
	b       *bills
	depend  *depend
	limit   int
	cut     bool // the limit was reached
	refused *Refusal
}

// outcome is a mix with its bills.
type outcome struct {
	mix     mix
	monthly []exact.Number
	total   exact.Number
}

// cheapestOf searches one offer. It is nil where no mix can be had.
func cheapestOf(o *Offer, months []Month, need *Need, segments []int) (*Found, *Refusal, error) {
	b, err := newBills(o, months, need, segments)
	if err != nil {
		return nil, nil, err
	}
	s := &search{b: b, depend: o.dependencies(need), limit: need.bills()}
	groups := s.depend.groups(o)
	best, apart, err := s.run(groups)
	if err != nil {
		return nil, nil, err
	}
	if best == nil {
		if s.refused == nil {
			s.refused = &Refusal{Offer: o.ID, Reason: ReasonLimit}
		}
		return nil, s.refused, nil
	}
	f := &Found{Offer: o.ID, Name: o.Name, Mix: o.picks(best.mix), Total: Money{best.total}, Mixes: o.mixes(), Rated: b.rated, Proven: !s.cut, Apart: apart}
	for _, n := range best.monthly {
		f.Monthly = append(f.Monthly, Money{n})
	}
	return f, nil, nil
}

// run searches groups of choices apart where their costs add up, and sees by a
// bill of the whole mix that they did; otherwise all choices together.
func (s *search) run(groups [][]int) (*outcome, int, error) {
	base := make(mix, len(s.b.offer.Choices))
	start, err := s.rate(base, nil)
	if err != nil {
		return nil, 0, err
	}
	if start == nil || len(groups) <= 1 {
		best, err := s.group(base, all(len(base)), start)
		return best, 1, err
	}
	whole, saved := slices.Clone(base), exact.Zero
	for _, g := range groups {
		best, err := s.group(base, g, start)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range g {
			whole[c] = best.mix[c]
		}
		saved = saved.Add(start.total.Sub(best.total))
	}
	best, err := s.rate(whole, nil)
	if err != nil {
		return nil, 0, err
	}
	if best != nil && best.total.Equal(start.total.Sub(saved)) {
		return best, len(groups), nil
	}
	best, err = s.group(base, all(len(base)), start)
	return best, 1, err
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// rate makes the bills of a mix until they are not below the best any more; nil:
// it can not be had, or is no better. Without a best all bills are made.
func (s *search) rate(m mix, best *outcome) (*outcome, error) {
	c, err := s.b.begin(m)
	if err != nil {
		return nil, err
	}
	out := &outcome{mix: slices.Clone(m)}
	for i := range s.b.months {
		one, err := c.next(i)
		if err != nil {
			return nil, err
		}
		if one.refused != nil {
			if s.refused == nil {
				s.refused = one.refused
			}
			return nil, nil
		}
		out.monthly = append(out.monthly, one.total)
		out.total = out.total.Add(one.total)
		if best != nil && one.total.Sign() >= 0 && !out.total.Less(best.total) {
			return nil, nil // bills are not below nothing: it cannot become cheaper
		}
	}
	return out, nil
}

// group tries every option of some choices, the others as in base, leaving out
// what a lower bound shows to be no cheaper than the best so far.
func (s *search) group(base mix, choices []int, best *outcome) (*outcome, error) {
	floor, err := s.floors(base, choices)
	if err != nil {
		return nil, err
	}
	m := slices.Clone(base)
	var walk func(depth int, sure exact.Number) error
	walk = func(depth int, sure exact.Number) error {
		if s.b.rated >= s.limit {
			s.cut = true
			return nil
		}
		if best != nil && !sure.Add(floor.rest[depth]).Less(best.total) {
			return nil
		}
		if depth == len(choices) {
			got, err := s.rate(m, best)
			if got != nil {
				best = got
			}
			return err
		}
		c := choices[depth]
		defer func() { m[c] = base[c] }()
		for _, opt := range floor.order[depth] {
			m[c] = opt
			if err := walk(depth+1, sure.Add(floor.own[depth][opt])); err != nil {
				return err
			}
		}
		return nil
	}
	return best, walk(0, floor.fixed)
}

// floors are what each option costs at the least, whatever else is chosen.
type floors struct {
	fixed exact.Number     // lines no choice moves
	own   [][]exact.Number // by depth and option: lines that choice alone moves
	rest  []exact.Number   // by depth: the least the choices from there on cost
	order [][]int          // by depth: options, cheapest floor first
}

// fewMixes is how many mixes are tried without asking for floors first, which
// cost about as many bills.
const fewMixes = 8

// floors rates each option once with the others as in base, and keeps the lines
// that no other choice can move. Lines that several choices move count nothing:
// they are not below nothing.
func (s *search) floors(base mix, choices []int) (*floors, error) {
	f := &floors{own: make([][]exact.Number, len(choices)), rest: make([]exact.Number, len(choices)+1), order: make([][]int, len(choices))}
	moves := s.b.offer.moves(s.b.need)
	for d, c := range choices {
		n := len(s.b.offer.Choices[c].Options)
		f.own[d], f.order[d] = make([]exact.Number, n), all(n)
	}
	if moves == nil {
		return f, nil
	}
	mixes := int64(1)
	for _, c := range choices {
		mixes = min(mixes*int64(len(s.b.offer.Choices[c].Options)), math.MaxInt32)
	}
	if mixes <= fewMixes {
		return f, nil
	}
	fixed := false
	for d, c := range choices {
		m := slices.Clone(base)
		for opt := range f.own[d] {
			m[c] = opt
			own, none, err := s.linesOf(m, moves, c)
			if err != nil {
				return nil, err
			}
			f.own[d][opt] = own
			if none != nil && !fixed {
				f.fixed, fixed = *none, true
			}
		}
		slices.SortStableFunc(f.order[d], func(a, b int) int { return f.own[d][a].Cmp(f.own[d][b]) })
	}
	for d := len(choices) - 1; d >= 0; d-- {
		f.rest[d] = f.rest[d+1].Add(f.own[d][f.order[d][0]])
	}
	return f, nil
}

// linesOf sums, over the months, the lines that a choice alone moves and those
// no choice moves. A mix that cannot be had has a floor of nothing.
func (s *search) linesOf(m mix, moves map[string][]int, choice int) (own exact.Number, none *exact.Number, err error) {
	c, err := s.b.begin(m)
	if err != nil {
		return own, nil, err
	}
	fixed := exact.Zero
	for i := range s.b.months {
		one, err := c.next(i)
		if err != nil {
			return own, nil, err
		}
		if one.refused != nil {
			return exact.Zero, nil, nil
		}
		for _, l := range one.invoice.Lines {
			amount := l.Amount.Exact().Mul(s.b.offer.rate())
			if l.Component == "" || amount.Sign() < 0 {
				continue
			}
			switch by := moves[l.Component]; {
			case len(by) == 0:
				fixed = fixed.Add(amount)
			case len(by) == 1 && by[0] == choice:
				own = own.Add(amount)
			}
		}
	}
	return own, &fixed, nil
}

// mixes is how many there are, at most 2^62.
func (o *Offer) mixes() int64 {
	n := int64(1)
	for _, c := range o.Choices {
		if n > math.MaxInt64/2/int64(len(c.Options)) {
			return 1 << 62
		}
		n *= int64(len(c.Options))
	}
	return n
}

// picks names the options of a mix.
func (o *Offer) picks(m mix) []Pick {
	var out []Pick
	for i, c := range o.Choices {
		opt := c.Options[m[i]]
		out = append(out, Pick{Choice: c.ID, ChoiceName: c.Name.Or(c.ID), Option: opt.ID, OptionName: opt.Name.Or(opt.ID)})
	}
	return out
}

package audit

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// sheetOf is what one component's lists of calls look like as a whole.
type sheetOf struct {
	key      string
	comp     *catalog.Component
	lists    []CallList
	rows     int64
	decimals int
	sum      money.Amount
	steps    deck.Count
	usual    catalog.Increment // the steps the vendor seems to bill by; zero: the contract's
	coarse   catalog.Increment // much longer steps that some calls were rounded up by; zero: none
	coarsely int64             // calls rounded up by them
	cents    bool              // some amounts stand out as rounded to the currency's digits
	mode     exact.Mode        // how the vendor rounds a call's amount
	apart    map[Cause]exact.Number
	count    map[Cause]int64
	kept     map[Cause][]Evidence

	rates  map[deck.Rate]*deck.Rate
	costs  map[rated]*costOf
	own    exact.Number // of our calls that are not one price for their seconds
	known  bool         // every call's cost stands for itself
	agreed int64        // millionths of the rows that agree
}

// rated is a rate and billed seconds: most calls share theirs with others.
type rated struct {
	rate   *deck.Rate
	billed int64
}

// costOf is what calls of one rate and length cost, and how many there are.
type costOf struct {
	exact       exact.Number
	micros      int64 // rounded as the vendor does; once asked
	asked       bool
	own, agreed int64 // calls of ours; of them, those the vendor charges so
}

// rate keeps one copy of each rate.
func (s *sheetOf) rate(r deck.Rate) *deck.Rate {
	kept := s.rates[r]
	if kept == nil {
		kept = &r
		s.rates[r] = kept
	}
	return kept
}

// at is the cost of so many billed seconds.
func (s *sheetOf) at(r *deck.Rate, billed int64) *costOf {
	key := rated{r, billed}
	c := s.costs[key]
	if c == nil {
		c = &costOf{exact: r.Cost(billed)}
		s.costs[key] = c
	}
	return c
}

// charges tells whether an amount is what so many billed seconds cost, rounded
// as the vendor does.
func (s *sheetOf) charges(r *deck.Rate, billed, micros int64) bool {
	c := s.at(r, billed)
	if !c.asked {
		c.micros, c.asked = microsOf(c.exact, s.mode, s.decimals), true
	}
	return c.micros == micros
}

// microsOf is an amount of a call, rounded, in millionths; one beyond 64 bits is
// no amount any row has.
func microsOf(n exact.Number, mode exact.Mode, decimals int) int64 {
	v, err := n.Round(mode, min(decimals, microDecimals)).Mul(exact.Int(money.Micro)).Int64()
	if err != nil {
		return -1
	}
	return v
}

// due is what a call of ours costs.
func (s *sheetOf) due(o *ownCall) exact.Number {
	if o.rate != nil {
		return s.at(o.rate, o.due).exact
	}
	return o.cost
}

// look reads the lists once: how many rows, how exact, what sum.
func (s *sheetOf) look(m *matcher) error {
	for _, l := range s.lists {
		m.micros = max(m.micros, l.Tolerance.Microseconds())
		err := l.Read(func(r *CallRow) error {
			s.rows++
			s.decimals = max(s.decimals, decimalsOfMicros(r.Micros))
			m.byNumber = m.byNumber && r.To != ""
			var err error
			if s.sum, err = s.sum.Add(money.Micros(r.Micros, s.sum.Currency())); err != nil {
				return beyond(err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// decimalsOfMicros is how many decimals an amount in millionths has.
func decimalsOfMicros(n int64) int {
	d := microDecimals
	for d > 0 && n%10 == 0 {
		n /= 10
		d--
	}
	return d
}

// sample is how many calls speak for a whole list.
const sample = 10_000

// learn finds out how the vendor counts: the steps that most calls fit, and the
// rounding most amounts fit. Calls of the first share speak for all.
func (s *sheetOf) learn(found []paired) {
	found = found[:min(len(found), sample)]
	fits := map[catalog.Increment]int{}
	modes := map[exact.Mode]int{}
	own, all := 0, 0
	for i := range found {
		o, r := found[i].own, found[i].row
		if o == nil || found[i].twice || o.standing != priced || o.rate == nil || o.talk == 0 {
			continue
		}
		all++
		if s.fits(r, o, o.due) {
			own++
		}
		for _, inc := range increments {
			if s.fits(r, o, s.billed(o, inc, o.talk)) {
				fits[inc]++
			}
		}
		if r.Seconds != NoSeconds {
			for _, mode := range []exact.Mode{exact.HalfAway, exact.Up, exact.Down, exact.HalfEven} {
				if microsOf(o.rate.Cost(r.Seconds), mode, s.decimals) == r.Micros {
					modes[mode]++
				}
			}
		}
	}
	best := max(own, all/2)
	for _, inc := range increments {
		if fits[inc] > best {
			s.usual, best = inc, fits[inc]
		}
	}
	for _, mode := range []exact.Mode{exact.Up, exact.Down, exact.HalfEven} {
		if modes[mode] > modes[s.mode] {
			s.mode = mode
		}
	}
	for _, c := range s.costs { // rounded in the way that was thought of before
		c.asked = false
	}
	s.learnFew(found)
}

// billed is the seconds a call of ours is billed by other steps.
func (s *sheetOf) billed(o *ownCall, inc catalog.Increment, talk int64) int64 {
	r := *o.rate
	if !inc.IsZero() {
		r.First, r.Next = inc.First, inc.Next
	}
	return r.Billed(talk, s.steps)
}

// fits tells whether a row is for so many billed seconds of a call.
func (s *sheetOf) fits(r *CallRow, o *ownCall, billed int64) bool {
	if r.Seconds != NoSeconds {
		return r.Seconds == billed
	}
	return s.charges(o.rate, billed, r.Micros)
}

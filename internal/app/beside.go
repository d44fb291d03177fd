package app

import (
	"slices"
	"strconv"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/charging/staffing"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Bounds of what is worked out beside a comparison, so that it stays a matter of
// seconds.
const (
	besideCalls  = 500_000 // calls kept in memory: some 250 MB
	besideBills  = 2_000   // bills made in the search for the smallest, for each offer
	besideAdvice = 3       // offers whose sizes are looked at
	aheadMonths  = 3       // months forecast
	aheadOffers  = 3       // offers priced in them
	aheadCalls   = 100_000 // calls of a month up to which months ahead are made into facts and billed
)

// keeping remembers usage as long as its calls are not too many.
type keeping struct {
	Remembered
	over bool
}

func (k *keeping) Call(c *usage.Call) error {
	if k.over = k.over || len(k.Calls) == besideCalls; k.over {
		k.Calls = nil
		return nil
	}
	return k.Remembered.Call(c)
}

// besides works on what stands beside a comparison.
type besides struct {
	Comparing
	r      *compare.Result
	facts  *Remembered
	loc    *time.Location
	months []cheapest.Month
	rates  map[money.Currency]exact.Number
	plans  map[which]*catalog.Plan
}

// which is one end of an offer's open prices.
type which struct {
	offer string
	end   offer.End
}

// beside fills Bound, RightSize and Forecast of a result.
func (c *Comparing) beside(k *keeping, r *compare.Result) (err error) {
	defer fault.Wrap(&err, "beside the comparison")
	if k.over {
		r.Notes = append(r.Notes, compare.Phrase{Key: "report.note.too_many", Args: map[string]string{"calls": strconv.Itoa(besideCalls)}})
		return nil
	}
	b := &besides{Comparing: *c, r: r, rates: map[money.Currency]exact.Number{r.Basis.Currency: exact.One}, plans: map[which]*catalog.Plan{}}
	for _, rate := range r.Basis.Rates {
		b.rates[rate.From] = rate.Rate
	}
	if b.loc, err = timex.LoadZone(c.Input.Candidates[0].Plan.Zone); err != nil {
		return err
	}
	b.facts = &k.Remembered
	for d := r.Basis.First; d < r.Basis.After; d = d.AddMonths(1) {
		b.months = append(b.months, b.month(d, d.AddMonths(1)))
	}
	if err := b.bound(); err != nil {
		return err
	}
	if err := b.sizes(); err != nil || b.silent() {
		return err
	}
	if err := b.seats(); err != nil {
		return err
	}
	return b.ahead()
}

// silent tells whether nobody called and nobody was logged in: numbers and modules
// cost money all the same, and no seats and no months ahead can be told from them.
func (b *besides) silent() bool {
	span := timex.Days(b.r.Basis.First, b.r.Basis.After, b.loc)
	return !slices.ContainsFunc(b.facts.Calls, func(c usage.Call) bool { return span.Contains(c.Start) }) &&
		!slices.ContainsFunc(b.facts.Sessions, func(s usage.Session) bool { return s.From < span.To && (s.To == 0 || s.To > span.From) })
}

// month is the usage of a month in any zone: offers cut it at their own.
func (b *besides) month(first, after timex.Date) cheapest.Month {
	const margin = 2 // days: no zone is further away
	span := timex.Days(first-margin, after+margin, time.UTC)
	return cheapest.Month{First: first, After: after, Facts: func(_ []int, sink usage.Sink) error { return b.give(span, sink) }}
}

// give hands on the facts of a span of time; those that stand are always given.
func (b *besides) give(span timex.Period, sink usage.Sink) error {
	return b.facts.Give(sink, func(c *usage.Call) bool { return span.Contains(c.Start) }, func(s *usage.Session) bool { return s.From < span.To && (s.To == 0 || s.To > span.From) })
}

// candidate is a compared offer that can be totalled; nil: it cannot.
func (b *besides) candidate(id string) *compare.Candidate {
	i := slices.IndexFunc(b.r.Offers, func(c compare.Cost) bool { return c.Offer == id })
	at := slices.IndexFunc(b.Input.Candidates, func(c compare.Candidate) bool { return c.Offer.ID == id })
	if i < 0 || at < 0 || len(b.r.Offers[i].Horizons) == 0 || b.r.Offers[i].Horizons[0].Total.Open {
		return nil
	}
	return &b.Input.Candidates[at]
}

// monthly is a candidate whose billing period is a month, for what looks at one
// month alone; nil: it is none.
func (b *besides) monthly(id string) *compare.Candidate {
	if c := b.candidate(id); c != nil && c.Plan.ByMonth() {
		return c
	}
	return nil
}

// plan is the plan of an offer at one end, with its stated fees.
func (b *besides) plan(c *compare.Candidate, end offer.End) (*catalog.Plan, error) {
	key := which{c.Offer.ID, end}
	if b.plans[key] == nil {
		p, err := c.Offer.PlanAt(c.Plan, end, true, false)
		if err != nil {
			return nil, err
		}
		b.plans[key] = p
	}
	return b.plans[key], nil
}

// sizes looks at the last month for what a change of size would have saved.
func (b *besides) sizes() error {
	last := b.months[len(b.months)-1]
	looked := 0
	for i := range b.r.Offers {
		c := b.monthly(b.r.Offers[i].Offer)
		if c == nil || looked == besideAdvice {
			continue
		}
		looked++
		if err := b.sizesOf(c, last); err != nil {
			return err
		}
	}
	return nil
}

func (b *besides) sizesOf(c *compare.Candidate, m cheapest.Month) error {
	p, err := b.plan(c, offer.Low)
	if err != nil {
		return err
	}
	stated := contract.Stated{Quantities: c.Offer.Quantities}
	for _, id := range c.Offer.Modules {
		stated.Modules = append(stated.Modules, contract.ModuleTerm{Module: id, From: m.First})
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: p, Decks: c.Decks, First: m.First, After: m.After, Holidays: b.Input.Holidays, Stated: stated})
	if err := problems.Err(); err != nil {
		return err
	}
	counts, err := meter.New(terms, meter.Options{})
	if err != nil {
		return err
	}
	uses := newModuleUse(p, counts)
	if err := m.Facts(nil, uses); err != nil {
		return err
	}
	g, err := counts.Finish()
	if err != nil {
		return err
	}
	list, err := cheapest.Advise(g, uses.known())
	if err != nil {
		return err
	}
	for _, a := range list {
		saved, err := money.ToMinor(a.Amount.Exact().Mul(b.rates[p.Currency]), b.r.Basis.Currency)
		if err != nil {
			return err
		}
		out := compare.Advice{Offer: c.Offer.ID, What: compare.Phrase{Key: "advice." + a.Key, Args: a.Args}, Saving: compare.Range{Low: saved, High: saved}}
		for _, pair := range [][2]string{{"paid", "used"}, {"now", "then"}} {
			from, err1 := exact.Parse(a.Args[pair[0]])
			to, err2 := exact.Parse(a.Args[pair[1]])
			if err1 == nil && err2 == nil {
				out.From, out.To = from, to
			}
		}
		b.r.RightSize = append(b.r.RightSize, out)
	}
	return nil
}

// observe makes the usage of the months compared small.
func (b *besides) observe() (*forecast.Observed, error) {
	g := forecast.Gather(b.loc, "")
	if err := b.give(timex.Days(b.r.Basis.First, b.r.Basis.After, b.loc), g); err != nil {
		return nil, err
	}
	return g.Finish()
}

// seats says how many seats the calls need in the month that needs most.
func (b *besides) seats() error {
	var service *forecast.Service
	if p := b.Source.Profile; p != nil {
		service = &p.Service
	}
	o, err := b.observe()
	if err != nil {
		return err
	}
	sized, err := Seats(o, Manner(service))
	if err != nil || len(sized) == 0 {
		return err
	}
	most := slices.MaxFunc(sized, func(a, b staffing.Sized) int { return a.Seats - b.Seats })
	zero := money.Zero(b.r.Basis.Currency)
	now, need := b.r.Basis.Usage.PeakSeats, int64(most.Seats)
	args := map[string]string{"month": forecast.MonthOf(most.Month).String(), "seats": strconv.FormatInt(need, 10), "occupancy": strconv.FormatFloat(most.Occupancy, 'f', 3, 64)}
	if now > 0 {
		args["now"] = strconv.FormatInt(now, 10)
	}
	b.r.RightSize = append(b.r.RightSize, compare.Advice{What: compare.Phrase{Key: "report.seats_needed", Args: args}, From: exact.Int(now), To: exact.Int(need), Saving: compare.Range{Low: zero, High: zero}})
	return nil
}

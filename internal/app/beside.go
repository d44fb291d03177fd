package app

import (
	"math"
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
	"waihu/internal/lang"
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
	if err := b.sizes(); err != nil {
		return err
	}
	return b.ahead()
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

// candidate is a compared offer that can be totalled, month by month; nil: it
// cannot.
func (b *besides) candidate(id string) *compare.Candidate {
	i := slices.IndexFunc(b.r.Offers, func(c compare.Cost) bool { return c.Offer == id })
	at := slices.IndexFunc(b.Input.Candidates, func(c compare.Candidate) bool { return c.Offer.ID == id })
	if i < 0 || at < 0 || len(b.r.Offers[i].Horizons) == 0 || b.r.Offers[i].Horizons[0].Total.Open || !b.Input.Candidates[at].Plan.ByMonth() {
		return nil
	}
	return &b.Input.Candidates[at]
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

// search finds the smallest bill at one end of open prices; with free choice of
// sizes, or of the offers as they are.
func (b *besides) search(ids []string, end offer.End, free bool) (*cheapest.Answer, error) {
	var list []cheapest.Offer
	for _, id := range ids {
		c := b.candidate(id)
		if c == nil || slices.ContainsFunc(b.Input.Must, func(m string) bool { return c.Offer.Functions[m] == offer.FunctionNo }) {
			continue
		}
		p, err := b.plan(c, end)
		if err != nil {
			return nil, err
		}
		o := cheapest.Offer{ID: id, Name: c.Plan.Name.Or(id), Plan: p, Decks: c.Decks, Quantities: c.Offer.Quantities, Rate: b.rates[p.Currency]}
		if len(c.Offer.Modules) > 0 { // on from the start, in every mix
			o.Choices = append(o.Choices, cheapest.Choice{Options: []cheapest.Option{{Modules: c.Offer.Modules}}})
		}
		if free {
			for _, choice := range cheapest.Menu(p, max(b.r.Basis.Usage.PeakSeats, 1)) {
				choice.Options = slices.Insert(choice.Options, 0, asOffered)
				o.Choices = append(o.Choices, choice)
			}
		}
		list = append(list, o)
	}
	if len(list) == 0 {
		return nil, nil
	}
	list = list[:min(len(list), cheapest.MaxOffers)]
	return cheapest.Search(list, b.months, cheapest.Need{AnyUse: true, Tax: b.r.Basis.Tax == compare.Inclusive, Bills: besideBills, Holidays: b.Input.Holidays})
}

// asOffered is the choice that changes nothing: what the comparison is of.
var asOffered = cheapest.Option{ID: "as_offered"}

// found are the smallest bills of offers by the end of their open prices, in the
// currency of the comparison.
type found struct {
	low, high *cheapest.Found
	proven    bool
}

// both searches both ends; offers whose prices are known are searched once.
func (b *besides) both(ids []string, free bool) (map[string]*found, error) {
	out := map[string]*found{}
	var ranged []string
	for _, id := range ids {
		if at := slices.IndexFunc(b.r.Offers, func(c compare.Cost) bool { return c.Offer == id }); at >= 0 && !b.r.Offers[at].Horizons[0].Total.IsPoint() {
			ranged = append(ranged, id)
		}
	}
	low, err := b.search(ids, offer.Low, free)
	if err != nil || low == nil {
		return nil, err
	}
	for i := range low.Offers {
		f := &low.Offers[i]
		out[f.Offer] = &found{low: f, high: f, proven: f.Proven}
	}
	high, err := b.search(ranged, offer.High, free)
	if err != nil {
		return nil, err
	}
	for _, id := range ranged {
		if out[id] != nil {
			out[id].high, out[id].proven = nil, false
		}
	}
	for i := 0; high != nil && i < len(high.Offers); i++ {
		f := &high.Offers[i]
		if o := out[f.Offer]; o != nil {
			o.high, o.proven = f, o.low.Proven && f.Proven
		}
	}
	return out, nil
}

// bound finds the smallest bill possible for the months seen, with all offers
// and with each, and what each as it is offered is above it.
func (b *besides) bound() error {
	var ids []string
	for i := range b.Input.Candidates {
		if c := &b.Input.Candidates[i]; !c.Plan.ByMonth() {
			args := map[string]string{}
			lang.Put(args, "offer", c.Offer.Name.Or(c.Offer.ID))
			b.r.Notes = append(b.r.Notes, compare.Phrase{Key: "report.note.own_period", Args: args})
		}
	}
	for i := range b.r.Offers {
		ids = append(ids, b.r.Offers[i].Offer)
	}
	all, err := b.both(ids, true)
	if err != nil || len(all) == 0 {
		return err
	}
	asIs, err := b.both(ids, false)
	if err != nil {
		return err
	}
	out := &compare.Bound{Months: len(b.months), Proven: true}
	var best, most *cheapest.Found
	for _, id := range ids { // in the order of the offers, so that of equals the first is named
		f := all[id]
		if f == nil {
			continue
		}
		out.Proven = out.Proven && f.proven
		if best == nil || f.low.Total.Less(best.Total.Number) {
			best = f.low
		}
		if f.high != nil && (most == nil || f.high.Total.Less(most.Total.Number)) {
			most = f.high
		}
	}
	out.Offer, out.Mix = best.Offer, chosenIn(best)
	if out.Total, err = b.between(best, most); err != nil {
		return err
	}
	out.Notes = append(out.Notes, compare.Phrase{Key: "report.note.bound", Args: map[string]string{"offers": strconv.Itoa(len(all)), "bills": strconv.Itoa(besideBills)}})
	zero := money.Zero(b.r.Basis.Currency)
	out.Gap = compare.Range{Low: zero, High: zero, Open: true}
	for _, id := range ids {
		if all[id] == nil || asIs[id] == nil {
			continue
		}
		one, err := b.ofOffer(id, all[id], asIs[id], out.Total)
		if err != nil {
			return err
		}
		out.Offers = append(out.Offers, one)
		if id == b.r.Recommendation.Offer {
			out.Gap = one.Regret
		}
	}
	b.r.Bound = out
	return nil
}

// chosenIn are the sizes of a mix; as offered is no choice.
func chosenIn(f *cheapest.Found) (out []compare.Choice) {
	for _, p := range f.Mix {
		if n, err := exact.Parse(p.Option); err == nil {
			out = append(out, compare.Choice{Of: p.ChoiceName.Or(p.Choice), Take: n})
		}
	}
	return out
}

// ofOffer is the smallest bill of one offer beside what it is as offered, and
// what that is above the smallest bill of all: from the least to the most.
func (b *besides) ofOffer(id string, own, asIs *found, least compare.Range) (out compare.OfferBound, err error) {
	out = compare.OfferBound{Offer: id, Mix: chosenIn(own.low), Proven: own.proven}
	if out.Own, err = b.between(own.low, own.high); err != nil {
		return out, err
	}
	if out.AsIs, err = b.between(asIs.low, asIs.high); err != nil {
		return out, err
	}
	zero := money.Zero(b.r.Basis.Currency)
	out.Regret = compare.Range{Low: zero, High: zero, Open: true}
	if out.AsIs.Open || least.Open {
		return out, nil
	}
	if out.Regret.Low, err = out.AsIs.Low.Sub(least.High); err != nil {
		return out, err
	}
	if out.Regret.Low.Sign() < 0 {
		out.Regret.Low = zero
	}
	out.Regret.High, err = out.AsIs.High.Sub(least.Low)
	out.Regret.Open = false
	return out, err
}

// between is the range from one total to another; without the other it is open.
func (b *besides) between(low, high *cheapest.Found) (out compare.Range, err error) {
	if out.Low, err = money.ToMinor(low.Total.Number, b.r.Basis.Currency); err != nil {
		return out, err
	}
	if high == nil {
		out.High, out.Open = out.Low, true
		return out, nil
	}
	out.High, err = money.ToMinor(high.Total.Number, b.r.Basis.Currency)
	return out, err
}

// sizes looks at the last month for what a change of size would have saved, and
// says how many seats the calls of the busiest month need.
func (b *besides) sizes() error {
	last := b.months[len(b.months)-1]
	looked := 0
	for i := range b.r.Offers {
		c := b.candidate(b.r.Offers[i].Offer)
		if c == nil || looked == besideAdvice {
			continue
		}
		looked++
		if err := b.sizesOf(c, last); err != nil {
			return err
		}
	}
	return b.seats()
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

// ahead forecasts the next months where there are enough to judge a forecast by,
// and bills the cheapest offers in them.
func (b *besides) ahead() error {
	o, err := b.observe()
	if err != nil {
		return err
	}
	looks, err := o.Ahead(aheadMonths, nil)
	if err != nil {
		return err
	}
	by := map[forecast.Figure]*forecast.Outlook{}
	for i := range looks {
		by[looks[i].Figure] = &looks[i]
	}
	minutes := by[forecast.Minutes]
	if minutes == nil || minutes.Few {
		return nil
	}
	out := &compare.Forecast{Method: string(minutes.Method)}
	most := 0.0
	for i, m := range minutes.Months {
		seats := by[forecast.PeakSeats].Months[i]
		out.Months = append(out.Months, compare.ForecastMonth{First: m.Month.First(), Minutes: three(m), Seats: three(seats)})
		most = max(most, by[forecast.Attempts].Months[i].High)
	}
	b.r.Forecast = out
	if most > aheadCalls {
		out.Notes = append(out.Notes, compare.Phrase{Key: "report.note.ahead", Args: map[string]string{"calls": strconv.Itoa(aheadCalls)}})
		return nil
	}
	usual, err := o.Describe("usage", "none", b.Input.Holidays)
	if err != nil {
		return err
	}
	priced := 0
	for i := range b.r.Offers {
		c := b.candidate(b.r.Offers[i].Offer)
		if c == nil || priced == aheadOffers {
			continue
		}
		priced++
		if err := b.price(c, usual, looks); err != nil {
			return err
		}
	}
	return nil
}

// price bills one offer in the months ahead.
func (b *besides) price(c *compare.Candidate, usual *forecast.Profile, looks []forecast.Outlook) error {
	p, err := b.plan(c, offer.Low)
	if err != nil {
		return err
	}
	team := *usual
	team.Zone = p.Zone // so that no made call falls into another month of the plan
	stated := contract.Stated{Quantities: c.Offer.Quantities}
	for _, id := range c.Offer.Modules {
		stated.Modules = append(stated.Modules, contract.ModuleTerm{Module: id, From: b.r.Forecast.Months[0].First})
	}
	costs, err := PriceAhead(&team, looks, Outlay{Plan: p, Decks: c.Decks, Stated: stated, Holidays: b.Input.Holidays, Seed: b.r.Basis.Seed, Tax: b.r.Basis.Tax == compare.Inclusive})
	if err != nil {
		return err
	}
	for i, cost := range costs {
		if cost.Open || i >= len(b.r.Forecast.Months) {
			continue
		}
		one := compare.ForecastCost{Offer: c.Offer.ID}
		for scenario, to := range map[forecast.Scenario]*money.Amount{forecast.Low: &one.Low, forecast.Expected: &one.Expected, forecast.High: &one.High} {
			if *to, err = money.ToMinor(cost.Totals[scenario].Exact().Mul(b.rates[p.Currency]), b.r.Basis.Currency); err != nil {
				return err
			}
		}
		m := &b.r.Forecast.Months[i]
		m.Costs = append(m.Costs, one)
	}
	return nil
}

// three are low, expected and high of a forecast, to whole ones.
func three(p forecast.Predicted) (out [3]exact.Number) {
	for i, s := range forecast.Scenarios() {
		out[i] = exact.Int(int64(math.Round(min(p.In(s), 1e15))))
	}
	return out
}

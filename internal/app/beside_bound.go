package app

import (
	"slices"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// search finds the smallest bill of each offer at one end of open prices; with
// free choice of sizes, or of the offers as they are. Offers billed by the month
// are searched together, each of the others over periods of its own.
func (b *besides) search(ids []string, end offer.End, free bool) ([]cheapest.Found, error) {
	var list []cheapest.Offer
	var out []cheapest.Found
	need := cheapest.Need{AnyUse: true, Tax: b.r.Basis.Tax == compare.Inclusive, Bills: besideBills, Holidays: b.Input.Holidays}
	for _, id := range ids {
		c := b.candidate(id)
		if c == nil || slices.ContainsFunc(b.Input.Must, func(m string) bool { return c.Offer.Functions[m] == offer.FunctionNo }) {
			continue
		}
		o, err := b.choices(c, end, free)
		if err != nil {
			return nil, err
		}
		if c.Plan.ByMonth() {
			list = append(list, o)
			continue
		}
		periods, err := b.periods(o.Plan)
		if err != nil {
			return nil, err
		}
		own := need
		own.Start, own.End = b.r.Basis.First, b.r.Basis.After
		found, err := cheapest.Search([]cheapest.Offer{o}, periods, own)
		if err != nil {
			return nil, err
		}
		out = append(out, found.Offers...)
	}
	if len(list) == 0 {
		return out, nil
	}
	found, err := cheapest.Search(list[:min(len(list), cheapest.MaxOffers)], b.months, need)
	if err != nil {
		return nil, err
	}
	return append(out, found.Offers...), nil
}

// choices is an offer with what can be chosen in it.
func (b *besides) choices(c *compare.Candidate, end offer.End, free bool) (o cheapest.Offer, err error) {
	p, err := b.plan(c, end)
	if err != nil {
		return o, err
	}
	o = cheapest.Offer{ID: c.Offer.ID, Name: c.Plan.Name.Or(c.Offer.ID), Plan: p, Decks: c.Decks, Quantities: c.Offer.Quantities, Rate: b.rates[p.Currency]}
	if len(c.Offer.Modules) > 0 { // on from the start, in every mix
		o.Choices = append(o.Choices, cheapest.Choice{Options: []cheapest.Option{{Modules: c.Offer.Modules}}})
	}
	if free {
		for _, choice := range cheapest.Menu(p, max(b.r.Basis.Usage.PeakSeats, 1)) {
			choice.Options = slices.Insert(choice.Options, 0, asOffered)
			o.Choices = append(o.Choices, choice)
		}
	}
	return o, nil
}

// periods are the billing periods of an offer that is not billed by the month,
// over the months compared. Service, and so the usage, is that of the months: a
// period that reaches beyond them is billed as one in which service begins or
// ends, as the comparison bills it (docs/adr/0034).
func (b *besides) periods(p *catalog.Plan) (out []cheapest.Month, err error) {
	loc, err := timex.LoadZone(p.Zone)
	if err != nil {
		return nil, err
	}
	start, end := b.r.Basis.First, b.r.Basis.After
	cycle := (&contract.Terms{Plan: p, Start: start}).Cycle()
	for n := cycle.Index(start); cycle.Boundary(n) < end; n++ { // Search refuses too many
		first, after := cycle.Boundary(n), cycle.Boundary(n+1)
		served := timex.Days(max(first, start), min(after, end), loc)
		out = append(out, cheapest.Month{First: first, After: after, Facts: func(_ []int, sink usage.Sink) error { return b.give(served, sink) }})
	}
	return out, nil
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
	if err != nil {
		return nil, err
	}
	for i := range low {
		f := &low[i]
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
	for i := range high {
		f := &high[i]
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

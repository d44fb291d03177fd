package app

import (
	"context"
	"io"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/staffing"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/usage/cdr"
)

// WriteFacts makes the facts of a profile and writes them as Waihu's own.
func WriteFacts(w io.Writer, p *forecast.Profile, plan forecast.Plan) (*forecast.Made, error) {
	out := cdr.NewWriter(w)
	made, err := p.Expand(plan, out)
	if err != nil {
		return nil, err
	}
	return made, out.Flush()
}

// Observe makes the usage of a source small. The intake is nil for a profile.
func Observe(ctx context.Context, s *Source, loc *time.Location, home string) (*forecast.Observed, *cdr.Intake, error) {
	g := forecast.Gather(loc, home)
	if s.Profile != nil {
		g.AfterCall(time.Duration(s.Profile.Service.WrapUp))
	}
	_, intake, err := s.Read(ctx, g)
	if err != nil {
		return nil, intake, err
	}
	o, err := g.Finish()
	return o, intake, err
}

// Seats recommends seats for each month of observed usage.
func Seats(o *forecast.Observed, m staffing.Manner) (_ []staffing.Sized, err error) {
	defer fault.Wrap(&err, "seats")
	var out []staffing.Sized
	for i := range o.Months {
		s, err := staffing.Size(o.Months[i].Month.First(), o.Months[i].Load, m)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Manner is how a company works, from what a profile says of it; nil: the usual.
func Manner(s *forecast.Service) staffing.Manner {
	m := staffing.Manner{Goal: staffing.Defaults(), Ring: staffing.SimulatedRing, Wasted: staffing.SimulatedWasted}
	if s == nil {
		return m
	}
	share := func(to *float64, from *catalog.Percent) {
		if from != nil {
			*to = from.Float()
		}
	}
	share(&m.Goal.Level, s.Level)
	share(&m.Goal.Occupancy, s.Occupancy)
	share(&m.Goal.Abandons, s.Abandons)
	share(&m.Absence, s.Absence)
	if s.Within > 0 {
		m.Goal.Within = time.Duration(s.Within)
	}
	m.Patience = time.Duration(s.Patience)
	return m
}

// Outlay is what the months ahead are billed under.
type Outlay struct {
	Plan     *catalog.Plan
	Decks    map[string]*deck.Deck
	Stated   contract.Stated
	Holidays Holidays
	Seed     uint64 // of the facts that are made
	Tax      bool   // totals with tax
}

// PriceAhead bills the months ahead under a plan by the ordinary engine: facts
// are made for each scenario, metered and rated.
func PriceAhead(usual *forecast.Profile, outlooks []forecast.Outlook, a Outlay) (_ []forecast.Cost, err error) {
	defer fault.Wrap(&err, "price the months ahead")
	var out []forecast.Cost
	for _, scenario := range forecast.Scenarios() {
		p, err := usual.Become(outlooks, scenario, a.Holidays)
		if err != nil {
			return nil, err
		}
		facts := &Remembered{}
		made, err := p.Expand(forecast.Plan{Months: len(outlooks[0].Months), Seed: a.Seed, Cal: a.Holidays}, facts)
		if err != nil {
			return nil, err
		}
		for i, m := range made.Months {
			if len(out) == i {
				out = append(out, forecast.Cost{Month: m.Month, Totals: map[forecast.Scenario]money.Amount{}})
			}
			inv, err := draft(contract.Inputs{Plan: a.Plan, Decks: a.Decks, First: m.Month.First(), After: m.Month.After(), Holidays: a.Holidays, Stated: a.Stated}, facts)
			if err != nil {
				return nil, err
			}
			out[i].Totals[scenario] = inv.Net
			if a.Tax {
				out[i].Totals[scenario] = inv.Total
			}
			out[i].Open = out[i].Open || len(inv.Unknown) > 0 || unpricedCalls(inv)
		}
	}
	return out, nil
}

func unpricedCalls(inv *invoice.Invoice) bool {
	for _, u := range inv.Unpriced {
		if u.Facts == "calls" || u.Facts == "events" {
			return true
		}
	}
	return false
}

// draft bills remembered facts.
func draft(in contract.Inputs, facts *Remembered) (*invoice.Invoice, error) {
	terms, problems := contract.TermsFor(in)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		return nil, err
	}
	if err := facts.Give(m, nil, nil); err != nil {
		return nil, err
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	return invoice.Draft(g, invoice.Heading{})
}

package app

import (
	"context"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// SeatKind is what a line of seats counts.
type SeatKind string

// Kinds.
const (
	NamedSeats  SeatKind = "named"  // each is somebody's, and paid whether they come or not
	BoughtSeats SeatKind = "bought" // as many as the contract says, whoever sits there
	PeakSeats   SeatKind = "peak"   // as many as were logged in at once
	ActiveSeats SeatKind = "active" // whoever logged in at all
)

// SeatLine is one thing a plan charges seats by, in the running period.
type SeatLine struct {
	Component *catalog.Component
	Kind      SeatKind
	Line      string       // of the draft
	Types     []string     // of seats it counts; none: all
	Paid      exact.Number // on the draft
	Cost      money.Amount // of those, before tax
	Used      exact.Number // named: with somebody who came; active: people; else as many at once as are counted
	High      int64        // logged in at once, at most
	HighAt    timex.Instant
	Now       int64           // logged in now
	Idle      exact.Number    // paid and not used
	IdleCost  money.Amount    // their share of the cost
	Fewer     *cheapest.Fewer // the period would have cost less with one seat fewer; nil: that cannot be told
	Days      []SeatDay       // until today; none where seats are people's own
}

// SeatDay is how many were logged in at once on a day, at most.
type SeatDay struct {
	Day  timex.Date
	High int64
}

// takes tells whether a line counts seats of a type.
func (l *SeatLine) takes(kind string) bool { return meter.Takes(l.Types, seatType(kind)) }

// sight is who and what was seen in a period, and what its seats came to. It may be kept
// and is only read.
type sight struct {
	*watch
	lines []SeatLine
}

// sighted reads the usage of a period once for both.
func (s *System) sighted(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, t *contract.Terms, inv *invoice.Invoice) (*sight, error) {
	key := figureKey{company: c, contract: a.ID, plan: of.plan, zone: of.loc.String(), first: t.First, after: t.After, use: t.Period}
	if out, there, err := s.sights.look(tx, key, of.contract, inv.Inputs); err != nil || there {
		return out, err
	}
	m, err := meter.New(t, meter.Options{})
	if err != nil {
		return nil, err
	}
	out := &sight{watch: newWatch()}
	if err := tx.Usage().Each(ctx, c, a.ID, t.Period, 0, both{out.watch, m}); err != nil {
		return nil, err
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	if out.lines, err = seatLines(g, inv, tx.Now()); err != nil {
		return nil, err
	}
	return out, s.sights.keep(tx, key, of.contract, inv.Inputs, out)
}

// seatLines are the lines of seats in the order of the plan, without who sits there now.
func seatLines(g *meter.Gathered, inv *invoice.Invoice, now timex.Instant) (out []SeatLine, err error) {
	for i := range g.Terms.Plan.Components {
		c := &g.Terms.Plan.Components[i]
		if !countsSeats(g.Terms.Plan, c) {
			continue
		}
		l := SeatLine{Component: c, Kind: seatKind(c, g.Terms), Types: c.Where.SeatType, Cost: money.Zero(inv.Currency)}
		for j := range inv.Lines {
			if x := &inv.Lines[j]; x.Component == c.ID {
				l.Line, l.Paid = x.ID, l.Paid.Add(x.Charged)
				if l.Cost, err = plus(l.Cost, x.Amount); err != nil {
					return nil, err
				}
			}
		}
		if err := l.look(g, now); err != nil {
			return nil, err
		}
		if saved, known, err := cheapest.OneFewer(g, c.ID); err != nil {
			return nil, err
		} else if known {
			l.Fewer = &saved
		}
		out = append(out, l)
	}
	return out, nil
}

// seatKind tells what a component of seats counts.
func seatKind(c *catalog.Component, t *contract.Terms) SeatKind {
	_, fixed := t.Quantities[c.ID]
	switch {
	case c.Measure == catalog.Recurring, c.Measure.OfPlaces() && (fixed || len(t.Changes[c.ID]) > 0):
		return BoughtSeats
	case c.Measure.OfPlaces():
		return NamedSeats
	case c.Measure == catalog.SeatsActive:
		return ActiveSeats
	}
	return PeakSeats
}

// look finds how many were logged in, at once and day by day. Who is logged in still is
// so until now.
func (l *SeatLine) look(g *meter.Gathered, now timex.Instant) error {
	sessions := slices.Clone(g.Sessions)
	for i := range sessions {
		if x := &sessions[i]; x.To == 0 {
			x.To = max(x.From, now)
		}
	}
	level, err := meter.LoggedIn(&catalog.Component{ID: l.Component.ID, Measure: catalog.SeatsConcurrentPeak, Where: l.Component.Where, MergeUser: l.Component.MergeUser}, sessions, g.Terms)
	if err != nil {
		return err
	}
	if l.High, l.HighAt = level.Highest(g.Terms.Period); l.Kind == NamedSeats {
		return nil
	}
	l.Used = exact.Int(l.High)
	if l.Kind == PeakSeats || l.Kind == ActiveSeats {
		q, err := meter.CountSeats(l.Component, g.Seats, sessions, g.Terms)
		if err != nil {
			return err
		}
		l.Used = q.Raw
	}
	for day := g.Terms.First; day < min(g.Terms.After, now.DateIn(g.Terms.Loc)+1); day++ {
		n, _ := level.Highest(timex.Days(day, day+1, g.Terms.Loc))
		l.Days = append(l.Days, SeatDay{day, n})
	}
	return nil
}

// count adds what is so now to each line, and all lines up.
func (f *Floor) count(currency money.Currency) (err error) {
	f.Cost = money.Zero(currency)
	for i := range f.Seats {
		l := &f.Seats[i]
		l.Now, l.Days = 0, slices.Clone(l.Days)
		came := exact.Zero
		for j := range f.Places {
			p := &f.Places[j]
			if !l.takes(p.Type) {
				continue
			}
			if p.Logged {
				l.Now++
			}
			if p.Seat && p.Last != 0 {
				came = came.Add(exact.One)
			}
		}
		if l.Now > l.High {
			l.High, l.HighAt = l.Now, f.At
		}
		if n := len(l.Days); n > 0 {
			for day := l.Days[n-1].Day + 1; day < min(f.Today+1, f.After); day++ { // nobody was logged in since it was read
				l.Days = append(l.Days, SeatDay{Day: day})
			}
			last := &l.Days[len(l.Days)-1]
			last.High = max(last.High, l.Now)
		}
		switch l.Kind {
		case NamedSeats:
			l.Used = came
		case BoughtSeats:
			l.Used = exact.Int(l.High)
		}
		if l.IdleCost = money.Zero(currency); l.Used.Less(l.Paid) {
			l.Idle = l.Paid.Sub(l.Used)
			if l.IdleCost, err = money.ToMinor(l.Cost.Exact().Mul(l.Idle).Div(l.Paid), currency); err != nil {
				return err
			}
		}
		f.Paid = f.Paid.Add(l.Paid)
		if f.Cost, err = plus(f.Cost, l.Cost); err != nil {
			return err
		}
	}
	return nil
}

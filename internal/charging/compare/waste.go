package compare

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// waste says what each offer makes one pay for nothing in the real months.
func (c *Comparison) waste(r *Result, _ int) error {
	users := c.usersByMonth(c.sessions)
	for i, cand := range c.cands {
		w, err := c.wasteOf(cand, c.ledgers[i], users)
		if err != nil {
			return err
		}
		r.Waste = append(r.Waste, w)
	}
	return nil
}

// spilt is waste in an offer's currency while it is summed.
type spilt struct {
	seats, idle, expired, expiredValue, modules, minimum, total exact.Number
}

func (c *Comparison) wasteOf(cand *candidate, g *ledger, users []map[string]int64) (Waste, error) {
	out := Waste{Offer: cand.Offer.ID, Months: len(c.months)}
	bills, err := g.chain(offer.Low, true, len(c.months), always)
	if err != nil {
		return out, err
	}
	var s spilt
	for m, b := range bills {
		s.total = s.total.Add(b.total)
		used := 0
		if cand.own {
			used = c.usersIn(timex.Days(b.invoice.First, b.invoice.After, cand.loc))
		} else {
			used = len(users[m])
		}
		for k := range b.lines {
			if err := c.spill(cand, &b.lines[k], int64(used), &s, &out); err != nil {
				return out, err
			}
		}
		for _, n := range b.invoice.Notes {
			if n.Key != "expired" {
				continue
			}
			if err := s.expire(cand.Plan, n); err != nil {
				return out, err
			}
		}
	}
	return out, c.finishWaste(cand, &s, &out)
}

// spill adds what one line wastes.
func (c *Comparison) spill(cand *candidate, l *rating.Line, used int64, s *spilt, out *Waste) error {
	comp, _ := cand.Plan.Component(l.Component)
	switch {
	case l.Kind == rating.MinSpend:
		s.minimum = s.minimum.Add(l.Amount.Exact())
	case comp != nil && comp.Measure == catalog.ModuleDays && c.isUnneeded(comp):
		s.modules = s.modules.Add(l.Amount.Exact())
		for _, m := range comp.Where.Module {
			if !slices.Contains(out.Modules, m) && l.Amount.Sign() > 0 {
				out.Modules = append(out.Modules, m)
			}
		}
	case comp != nil && comp.Measure.OfSeats() && comp.Measure != catalog.SeatDays && l.Billed.Sign() > 0:
		idle := exact.Max(l.Billed.Sub(exact.Int(used)), exact.Zero)
		if c.source == fromNowhere || c.source == fromSeats {
			idle = exact.Zero // nothing tells who was there
		}
		s.seats = s.seats.Add(idle)
		s.idle = s.idle.Add(l.Exact.Mul(exact.Min(idle.Div(l.Billed), exact.One)))
	}
	if raised := l.Raised; raised.Sign() > 0 {
		s.minimum = s.minimum.Add(raised)
	}
	if comp == nil || comp.Measure.OfSeats() {
		return nil
	}
	beyond, err := committed(comp, l)
	s.minimum = s.minimum.Add(beyond)
	return err
}

// committed is what a commitment made one pay beyond what was used, by the share
// of the quantity.
func committed(comp *catalog.Component, l *rating.Line) (exact.Number, error) {
	if comp.Commitment.Sign() <= 0 || l.Charged.Sign() <= 0 {
		return exact.Zero, nil
	}
	for _, r := range l.Rules {
		if r.Key == "commitment" {
			actual, err := exact.ParseExact(r.Args["actual"])
			if err != nil {
				return exact.Zero, fault.New(fault.Internal, "line %s: rule commitment: %v", l.ID, err)
			}
			return l.Exact.Mul(exact.Max(l.Charged.Sub(actual), exact.Zero).Div(l.Charged)), nil
		}
	}
	return exact.Zero, nil
}

// isUnneeded tells whether a module is on no list of needs; without such a list
// nobody can tell.
func (c *Comparison) isUnneeded(comp *catalog.Component) bool {
	if len(c.in.Must)+len(c.in.Nice) == 0 || len(comp.Where.Module) == 0 {
		return false
	}
	return !slices.ContainsFunc(comp.Where.Module, func(m string) bool {
		return slices.ContainsFunc(slices.Concat(c.in.Must, c.in.Nice), func(n string) bool { return strings.EqualFold(m, n) })
	})
}

// expire adds what of a package nobody used, at the price beyond it. Calls and
// other units that are no time are worth money and are no minutes.
func (s *spilt) expire(p *catalog.Plan, n rating.Rule) error {
	left, err := exact.ParseExact(n.Args["quantity"]) // a third of a minute is written 1/3
	if err != nil {
		return fault.New(fault.Internal, "note expired: %v", err)
	}
	switch catalog.UnitOf(n.Args["unit"]) {
	case catalog.Second:
		s.expired = s.expired.Add(left.Div(exact.Int(60)))
	case catalog.Minute:
		s.expired = s.expired.Add(left)
	case catalog.Hour:
		s.expired = s.expired.Add(left.Mul(exact.Int(60)))
	}
	for _, pk := range p.AllPackages() {
		if pk.ID != n.Args["package"] {
			continue
		}
		if comp, ok := p.Component(pk.AppliesTo[0]); ok && !comp.UnitPrice.Unknown {
			s.expiredValue = s.expiredValue.Add(left.Mul(comp.UnitPrice.Number))
		}
	}
	return nil
}

func (c *Comparison) finishWaste(cand *candidate, s *spilt, out *Waste) (err error) {
	out.IdleSeats = s.seats.Div(exact.Int(int64(len(c.months))))
	out.Expired = s.expired
	for _, p := range []struct {
		to   *money.Amount
		from exact.Number
	}{{&out.Idle, s.idle}, {&out.ExpiredAt, s.expiredValue}, {&out.ModuleFee, s.modules}, {&out.Minimum, s.minimum},
		{&out.Total, exact.Sum(s.idle, s.modules, s.minimum)}} {
		if *p.to, err = cand.amountOf(p.from, c.in.Currency); err != nil {
			return err
		}
	}
	if s.total.Sign() > 0 {
		out.Share = exact.Min(exact.Sum(s.idle, s.modules, s.minimum).Div(s.total), exact.One)
	}
	return nil
}

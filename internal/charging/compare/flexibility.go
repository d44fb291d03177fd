package compare

import (
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// exitAfter is how many months after the start leaving is priced: half a year,
// when most know whether it works.
const exitAfter = 6

// flexibility says how each offer can be made smaller or left. Contracts are
// taken to begin on the day after the usage.
func (c *Comparison) flexibility(r *Result, at int) error {
	today := c.months[len(c.months)-1].after
	for i, cand := range c.cands {
		f, err := c.flexOf(i, cand, today)
		if err != nil {
			return err
		}
		if err := c.switching(i, r, &f, today); err != nil {
			return err
		}
		r.Flexibility = append(r.Flexibility, f)
	}
	return nil
}

func (c *Comparison) flexOf(i int, cand *candidate, today timex.Date) (Flexibility, error) {
	o := cand.Offer
	f := Flexibility{Offer: o.ID, TermMonths: cand.term, TermKnown: !o.Term.IsZero() || o.NoTerm, Downsize: o.Downsize.When, AutoRenew: o.AutoRenew}
	note := func(key string) { f.Notes = append(f.Notes, Phrase{Key: "compare.flex." + key}) }
	if !f.TermKnown {
		note("term_unknown")
	}
	if o.NoticeDays == nil {
		note("notice_unknown")
	}
	if f.Downsize == "" {
		note("downsize_unknown")
	}
	recurring, seat, err := c.monthlyFees(i)
	if err != nil {
		return f, err
	}
	if f.TermKnown {
		f.TermEnds = today.AddMonths(cand.term)
		f.ExitOn = exitDay(cand, today)
		if o.NoticeDays != nil && cand.term > 0 {
			f.NoticeBy = max(f.ExitOn-timex.Date(*o.NoticeDays), today) // a notice longer than the term binds beyond it
		}
		all, err := c.rangeOf(cand, recurring.times(cand.term))
		if err != nil {
			return f, err
		}
		f.Committed = &all
		f.ExitMonths = max(cand.term-exitAfter, 0)
		if f.ExitCost, err = c.exitCost(cand, recurring, f.ExitMonths); err != nil {
			return f, err
		}
	}
	return f, c.downsize(cand, seat, today, &f)
}

// exitDay is the first day one can be out without a fee: the end of the term, or
// where there is none, of a billing period after notice.
func exitDay(cand *candidate, today timex.Date) timex.Date {
	o, term, notice := cand.Offer, cand.term, timex.Date(0)
	if o.NoticeDays != nil {
		notice = timex.Date(*o.NoticeDays)
	}
	if end := today.AddMonths(term); term > 0 && end-notice >= today {
		return end
	}
	return cand.endOfPeriod(today+notice, today)
}

// endOfPeriod is the first end of a billing period from a day on, for a contract
// that begins on a day; of monthly ones, of a calendar month.
func (c *candidate) endOfPeriod(d, start timex.Date) timex.Date {
	cycle := timex.CalendarCycle(timex.Month)
	if c.own {
		cycle = (&contract.Terms{Plan: c.Plan, Start: start}).Cycle()
	}
	first, after := cycle.Containing(d)
	if first == d {
		return d
	}
	return after
}

// times multiplies a monthly span.
func (s span) times(n int) span {
	k := exact.Int(int64(n))
	return span{s.low.Mul(k), s.high.Mul(k), s.open}
}

// monthlyFees are the fees of a mean month that do not depend on calls: all of
// them, and those of one seat.
func (c *Comparison) monthlyFees(i int) (all, seat span, err error) {
	cand := c.cands[i]
	ends := []offer.End{offer.Low, offer.High}
	n := exact.Int(int64(len(c.months)))
	for _, end := range ends {
		bills, err := c.ledgers[i].chain(end, true, len(c.months), always)
		if err != nil {
			return all, seat, err
		}
		sum, perSeat := exact.Zero, exact.Zero
		for _, b := range bills {
			for k := range b.lines {
				l := &b.lines[k]
				if isRecurring(l) {
					sum = sum.Add(l.Exact)
					all.open = all.open || l.Unknown
				}
				if comp, ok := cand.Plan.Component(l.Component); ok && comp.Measure.OfSeats() && comp.Measure != catalog.SeatDays && l.Billed.Sign() > 0 {
					perSeat = perSeat.Add(l.Exact.Div(l.Billed))
					seat.open = seat.open || l.Unknown
				}
			}
		}
		sum, perSeat = sum.Div(n), perSeat.Div(n)
		if end == offer.Low {
			all.low, seat.low = sum, perSeat
		}
		all.high, seat.high = exact.Max(all.low, sum), exact.Max(seat.low, perSeat)
	}
	return all, seat, nil
}

// isRecurring tells whether a line falls due whether one calls or not.
func isRecurring(l *rating.Line) bool {
	switch l.Measure {
	case catalog.TalkTime, catalog.Calls, catalog.Events, catalog.SystemTime, catalog.SeatDays, catalog.OneOff:
		return false
	}
	return l.Kind == rating.Charge
}

// exitCost is what leaving with so many months of the term left costs: a share of
// their fees, months of fees and an amount, as agreed. Absent where the offer does
// not say.
func (c *Comparison) exitCost(cand *candidate, recurring span, left int) (*Range, error) {
	o := cand.Offer
	fee := o.FeeOf(offer.EarlyEnd)
	var s span
	switch {
	case o.NoTerm || fee.Answer == offer.Never || !o.Term.IsZero() && left == 0: // nothing binds any more
	case o.Termination != nil && o.Term.IsZero():
		return nil, nil // a share of a term nobody told
	case o.Termination != nil:
		t := o.Termination
		rest, months := recurring.times(left), recurring.times(t.Months)
		cost := func(rest, months exact.Number) exact.Number {
			return exact.Sum(rest.Mul(t.Share.Number), months, t.Amount)
		}
		s = span{cost(rest.low, months.low), cost(rest.high, months.high), recurring.open && (t.Share.Sign() > 0 || t.Months > 0)}
	case fee.Answer == offer.Charged && (fee.Amount.Set || fee.Low != nil):
		s = span{fee.PriceAt(offer.Low).Number, fee.PriceAt(offer.High).Number, fee.Amount.Unknown}
	default:
		return nil, nil
	}
	r, err := c.rangeOf(cand, s)
	return &r, err
}

// downsize says when one seat fewer is possible, and what the seat costs until
// then.
func (c *Comparison) downsize(cand *candidate, seat span, today timex.Date, f *Flexibility) error {
	d := cand.Offer.Downsize
	from := today + timex.Date(d.NoticeDays)
	switch d.When {
	case offer.AnyTime:
		f.DownsizeOn = from
	case offer.PeriodEnd:
		f.DownsizeOn = cand.endOfPeriod(max(from, today+1), today)
	case offer.TermEnd:
		if !f.TermKnown {
			return nil
		}
		f.DownsizeOn = max(f.TermEnds, from)
	default:
		return nil
	}
	months := exact.Frac(int64(f.DownsizeOn-today), 30) // of seat fees: days over thirty, as an estimate of days of months to come
	if n := monthsBetween(today, f.DownsizeOn); today.AddMonths(n) == f.DownsizeOn {
		months = exact.Int(int64(n))
	}
	r, err := c.rangeOf(cand, span{seat.low.Mul(months), seat.high.Mul(months), seat.open})
	f.DownsizeCost = &r
	return err
}

// switching is what coming to an offer costs once, with leaving the current one,
// and when it has paid.
func (c *Comparison) switching(i int, r *Result, f *Flexibility, today timex.Date) error {
	cost := r.Offers[i].Horizons[0].Setup
	if c.in.Current != "" && c.in.Current != f.Offer {
		now := -1
		for k := range c.cands {
			if c.cands[k].Offer.ID == c.in.Current {
				now = k
			}
		}
		if now < 0 {
			f.Notes = append(f.Notes, Phrase{Key: "compare.flex.current_refused"})
			f.SwitchCost = &cost
			return nil
		}
		recurring, _, err := c.monthlyFees(now)
		if err != nil {
			return err
		}
		exit, err := c.exitCost(c.cands[now], recurring, max(c.cands[now].term-exitAfter, 0))
		if err != nil {
			return err
		}
		if exit == nil {
			f.Notes = append(f.Notes, Phrase{Key: "compare.flex.exit_unknown"})
			cost.Open = true
		} else if cost, err = plus(cost, *exit); err != nil {
			return err
		}
		f.Payback = payback(cost, mean(r.Offers[now].Monthly), mean(r.Offers[i].Monthly))
		f.Notes = append(f.Notes, Phrase{Key: "compare.flex.leaving", Args: map[string]string{"months": strconv.Itoa(exitAfter)}})
	}
	f.SwitchCost = &cost
	return nil
}

func plus(a, b Range) (out Range, err error) {
	if out.Low, err = a.Low.Add(b.Low); err == nil {
		out.High, err = a.High.Add(b.High)
	}
	out.Open = a.Open || b.Open
	return out, err
}

// mean is the mean monthly bill, lower ends.
func mean(months []Month) exact.Number {
	n := exact.Zero
	for _, m := range months {
		n = n.Add(m.Total.Low.Exact())
	}
	return n.Div(exact.Int(int64(max(len(months), 1))))
}

// payback is after how many months what is saved has paid the switch; 0: never,
// or nobody can tell.
func payback(cost Range, now, then exact.Number) int {
	saved := now.Sub(then)
	if saved.Sign() <= 0 || cost.Open {
		return 0
	}
	n, err := cost.High.Exact().Div(saved).Round(exact.Ceiling, 0).Int64()
	if err != nil || n > maxHorizon {
		return 0
	}
	return max(int(n), 1)
}

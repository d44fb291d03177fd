package clause

import (
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Bounds of what is usual. Beyond them a clause is risky.
const (
	longNotice   = 60 // days of notice against a renewal
	shortWarning = 30 // days of warning of a new price
)

// renewal: a contract that goes on by itself costs another term.
func (k *checker) renewal() Finding {
	r := k.c.Renewal
	switch {
	case r == nil && k.c.Term.IsZero() && k.c.End == 0:
		return fine("open")
	case r == nil:
		return missing(Low)
	case !r.Auto:
		return fine("no_renewal")
	}
	term := r.Term
	if term.IsZero() {
		term = k.c.Term
	}
	f := found(Costs, Medium, "renewal", "days", number(r.NoticeDays))
	if !term.IsZero() {
		f.Args["n"], f.Args["unit"] = number(term.Count), string(term.Unit)
	}
	if r.NoticeDays > longNotice {
		f.Status, f.Severity = Risky, High
	}
	if term.IsZero() || k.ends == 0 {
		return f
	}
	sum := k.fixed.Exact().Mul(k.periods(k.ends, term.From(k.ends)))
	return f.under(k.costs(sum, "no_notice", "by", (k.ends - timex.Date(r.NoticeDays)).String(), "n", number(term.Count), "unit", string(term.Unit), "ends", k.ends.String()))
}

// renewalSeats: a renewal for the most seats there ever were.
func (k *checker) renewalSeats() Finding {
	if k.c.Renewal == nil || !k.c.Renewal.Auto {
		return found(Void, None, "no_renewal")
	}
	switch k.s.RenewalSeats {
	case contract.CurrentSeats, contract.AgreedAnew:
		return fine("renewal_seats", "seats", string(k.s.RenewalSeats))
	}
	f := missing(Medium)
	if k.s.RenewalSeats == contract.HighestSeats {
		f = found(Risky, High, "renewal_seats", "seats", string(contract.HighestSeats))
	}
	sum, more := exact.Zero, exact.Zero
	for i := range k.plan.Components {
		c := &k.plan.Components[i]
		high, last, ok := k.c.HighestAndLast(c.ID, k.in.AsOf)
		if !ok || !c.Measure.OfSeats() || !c.UnitPrice.Set || c.UnitPrice.Unknown {
			continue
		}
		more = more.Add(high.Sub(last))
		sum = sum.Add(high.Sub(last).Mul(c.UnitPrice.Number))
	}
	return f.under(k.costs(sum, "highest_seats", "n", more.String()))
}

// aTenth is the rise of price that exposures are shown for.
func aTenth() exact.Number { return exact.Frac(1, 10) }

// priceNotice: days of warning before a new price.
func (k *checker) priceNotice() Finding {
	days := number(k.c.PriceNoticeDays)
	rise := k.costs(k.fixed.Exact().Mul(aTenth()), "price_rise")
	switch {
	case k.c.PriceNoticeDays == 0:
		return missing(High).under(rise)
	case k.c.PriceNoticeDays < shortWarning:
		return found(Risky, Medium, "days", "n", days).under(rise)
	}
	return fine("days", "n", days)
}

// priceCap: how far a price may rise.
func (k *checker) priceCap() Finding {
	if k.s.PriceCap == nil {
		return missing(Medium).under(k.costs(k.fixed.Exact().Mul(aTenth()), "price_rise"))
	}
	rise := k.fixed.Exact().Mul(k.s.PriceCap.Number)
	return found(Costs, Low, "share", "share", k.s.PriceCap.Number.String()).under(k.costs(rise, "price_to_cap"))
}

// earlyTermination: what leaving half way costs.
func (k *checker) earlyTermination() Finding {
	t := k.plan.Termination
	if k.ends == 0 {
		return fine("open")
	}
	if t == nil {
		return missing(High).under(k.costs(k.fixed.Exact().Mul(k.periods(k.in.AsOf, k.ends)), "leave_all", "on", k.in.AsOf.String(), "ends", k.ends.String()))
	}
	on := max(k.in.AsOf, k.start)
	left := k.fixed.Exact().Mul(k.periods(on, k.ends))
	months := k.fixed.Exact().Mul(exact.Frac(int64(t.Months), int64(max(k.months, 1)))) // as the bill counts them
	sum := exact.Sum(left.Mul(t.Share.Number), months, t.Amount)
	sev := Medium
	if half := exact.Frac(1, 2); half.Less(t.Share.Number) {
		sev = High
	}
	f := found(Costs, sev, "termination")
	f.Args = t.Args()
	return f.under(k.costs(sum, "leave", "on", on.String(), "ends", k.ends.String()))
}

// minimumSeats: seats that are paid, used or not.
func (k *checker) minimumSeats() Finding {
	sum, seats := exact.Zero, exact.Zero
	for i := range k.plan.Components {
		c := &k.plan.Components[i]
		n := c.Commitment
		if held, ok := k.terms.Quantities[c.ID]; ok {
			n = exact.Max(n, held)
		}
		if !c.Measure.OfSeats() || n.Sign() == 0 {
			continue
		}
		seats = seats.Add(n)
		if c.UnitPrice.Set && !c.UnitPrice.Unknown {
			sum = sum.Add(n.Mul(c.UnitPrice.Number))
		}
	}
	if seats.IsZero() {
		return fine("no_minimum")
	}
	return found(Costs, Medium, "seats", "n", seats.String()).under(k.costs(sum, "no_use"))
}

// minimumSpend: amounts that are paid, used or not.
func (k *checker) minimumSpend() Finding {
	sum := exact.Zero
	for _, l := range k.plan.Minimums {
		sum = sum.Add(l.Amount)
	}
	for i := range k.plan.Components {
		sum = sum.Add(k.plan.Components[i].Minimum)
	}
	if sum.IsZero() {
		return fine("no_minimum")
	}
	return found(Costs, Medium, "amount", "amount", sum.String()).under(k.costs(sum, "no_use"))
}

// commitment: what must be used within a quarter, half a year or a year, over all
// agreements that hold or will.
func (k *checker) commitment() Finding {
	sum, n, unpriced := exact.Zero, 0, false
	for _, c := range k.c.LongCommitments(k.plan, k.in.AsOf) {
		n++
		if c.Amount != nil {
			sum = sum.Add(*c.Amount)
			continue
		}
		price := c.Price
		if comp, ok := k.plan.Component(c.Component); ok && !price.Set {
			price = comp.UnitPrice
		}
		if !price.Set || price.Unknown {
			unpriced = true
			continue
		}
		sum = sum.Add(c.Quantity.Mul(price.Number))
	}
	switch {
	case n == 0:
		return fine("no_commitment")
	case unpriced:
		return found(Costs, High, "commitments", "n", strconv.Itoa(n)) // of some, nobody can tell what they cost
	}
	return found(Costs, Medium, "commitments", "n", strconv.Itoa(n)).under(k.costs(sum, "not_reached"))
}

// seatsBack: a seat given back goes on costing until something ends.
func (k *checker) seatsBack() Finding {
	for i := range k.plan.Components {
		c := &k.plan.Components[i]
		if c.Measure != catalog.SeatsAssigned || c.SeatDecrease == catalog.CreditDays {
			continue
		}
		f := found(Costs, Low, "seats_period_end")
		if c.UnitPrice.Set && !c.UnitPrice.Unknown {
			f.Costs = k.costs(c.UnitPrice.Number, "seat_early")
		}
		return f
	}
	return fine("seats_free")
}

// expiry: included quantities that end with the period.
func (k *checker) expiry() Finding {
	sum, unpriced, ends := exact.Zero, false, false
	for _, pk := range k.plan.AllPackages() {
		if pk.Rollover != nil {
			continue
		}
		ends = true
		c, ok := k.plan.Component(pk.AppliesTo[0])
		if !ok || !c.UnitPrice.Set || c.UnitPrice.Unknown || pk.Per == catalog.PerSeatCount || pk.Scope == catalog.PerSeat {
			unpriced = true
			continue
		}
		sum = sum.Add(pk.Quantity.Mul(c.UnitPrice.Number))
	}
	if !ends {
		return fine("no_expiry")
	}
	f := found(Costs, Low, "expires")
	if unpriced && sum.IsZero() {
		return f
	}
	return f.under(k.costs(sum, "unused_all"))
}

// prepayment: what is lost if the seller stops serving.
func (k *checker) prepayment() Finding {
	p := k.c.Prepayment
	if p == nil {
		return fine("no_prepayment")
	}
	sum := p.Amount
	if sum.IsZero() && p.Every != "" && k.months > 0 && p.Every.Months() > 0 {
		sum = k.fixed.Exact().Mul(exact.Frac(int64(p.Every.Months()), int64(k.months)))
	}
	return found(Risky, Medium, "prepaid").under(k.costs(sum, "seller_fails"))
}

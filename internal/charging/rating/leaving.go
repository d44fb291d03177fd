package rating

import (
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

var leavingName = lang.Text{En: "Early-termination fee", Hant: "提前解約違約金", Hans: "提前解约违约金"}

// leaving charges what it costs to end a contract before its term: an amount, a
// share of what the rest of the term would have cost, months of fees, or what of
// these is agreed, added up. It stands beside minimums and maximums, which are
// about the use of a period.
func (r *rater) leaving() error {
	leave := r.terms.Leaving
	if leave == nil {
		return nil
	}
	l := &Line{ID: "early_termination", Kind: EarlyTermination, Name: leavingName, Unit: "amount", First: leave.End - 1, After: leave.End, TaxClass: r.taxClass(leave.Clause.Tax)}
	l.rule("early_termination", "end", leave.End.String(), "bound", leave.Bound.String())
	part := func(key string, name lang.Text, of, price exact.Number) {
		l.Parts = append(l.Parts, Part{Key: key, Name: name, Raw: of, Quantity: of, UnitPrice: price, Exact: of.Mul(price)})
	}
	if leave.Clause.Share.Sign() > 0 {
		rest, unknown, err := r.restOfTerm(leave)
		if err != nil {
			return err
		}
		part("rest", restName, rest, leave.Clause.Share.Number)
		l.rule("early_termination_share", "share", leave.Clause.Share.Number.String(), "rest", rest.String())
		r.open(l, unknown)
	}
	if n := leave.Clause.Months; n > 0 {
		period, err := withoutUse(leave.Next)
		if err != nil {
			return err
		}
		months := exact.Int(int64(max(leave.Next.Plan.Period.Count, 1) * max(leave.Next.Cycle().Unit.Months(), 1)))
		part("months", monthsName, exact.Int(int64(n)), period.cost.Div(months))
		l.rule("early_termination_months", "months", strconv.Itoa(n), "fee", period.cost.Div(months).String())
		r.open(l, period.unknown)
	}
	if leave.Clause.Amount.Sign() > 0 {
		part("fixed", fixedName, exact.One, leave.Clause.Amount)
	}
	return r.addSum(l)
}

// addSum books a line that is the sum of its parts.
func (r *rater) addSum(l *Line) error {
	for i := range l.Parts {
		l.Gross = l.Gross.Add(l.Parts[i].Exact)
	}
	l.Raw, l.Billed, l.Charged, l.Exact = l.Gross, l.Gross, l.Gross, l.Gross
	if err := l.round(r.plan.Currency); err != nil {
		return err
	}
	r.add(l)
	return nil
}

var (
	restName   = lang.Text{En: "Rest of the term", Hant: "剩餘合約期", Hans: "剩余合同期"}
	monthsName = lang.Text{En: "Months of fees", Hant: "按月費用", Hans: "按月费用"}
	fixedName  = lang.Text{En: "Fixed amount", Hant: "固定金額", Hans: "固定金额"}
)

// open marks a line with a price nobody knows.
func (r *rater) open(l *Line, unknown bool) {
	if unknown {
		r.unknown(l)
	}
}

// restOfTerm is what the periods up to the end of the term would have cost
// without any use, less what this one costs without any.
func (r *rater) restOfTerm(leave *contract.Leaving) (rest exact.Number, unknown bool, err error) {
	here := *r.terms
	here.Leaving, here.Levels = nil, nil
	now, err := withoutUse(&here)
	if err != nil {
		return rest, false, err
	}
	var standing []contract.Toward
	for i, t := range leave.Rest {
		own := *t
		if i > 0 {
			own.Promises = goneOn(t.Promises, standing)
		}
		period, err := withoutUse(&own)
		if err != nil {
			return rest, false, err
		}
		rest, unknown, standing = rest.Add(period.cost), unknown || period.unknown, period.standing
	}
	return exact.Max(rest.Sub(now.cost), exact.Zero), unknown || now.unknown, nil
}

// goneOn are the commitments of a period that will not be, from where the one
// before left them.
func goneOn(list []contract.Promise, before []contract.Toward) []contract.Promise {
	out := make([]contract.Promise, len(list))
	for i, p := range list {
		for _, b := range before {
			if b.Commitment == p.ID && b.First == p.First {
				p.Reached = b.Reached
			}
		}
		out[i] = p
	}
	return out
}

// idle is what a period costs without any use.
type idle struct {
	cost     exact.Number
	unknown  bool
	standing []contract.Toward
}

// withoutUse prices a period without any facts. What is due once is left out:
// it is for something that was not delivered.
func withoutUse(t *contract.Terms) (idle, error) {
	out := idle{}
	rated, err := Rate(&meter.Gathered{Terms: t, Modules: t.Modules})
	if err != nil {
		return out, err
	}
	for i := range rated.Lines {
		if l := &rated.Lines[i]; l.Measure != catalog.OneOff {
			out.cost, out.unknown = out.cost.Add(l.Exact), out.unknown || l.Unknown
		}
	}
	out.standing = rated.Toward
	return out, nil
}

package rating

import (
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

var creditName = lang.Text{En: "Service credit", Hant: "服務補償", Hans: "服务补偿"}

// credits gives back what the contract's table says for service levels that
// were missed: a line for each tax class of the fees it is a share of. All
// credits together give back no more than a class was charged.
func (r *rater) credits() error {
	var charged []*Line
	for _, l := range r.lines {
		if l.Kind != Shortfall { // of a year, not a fee of the period
			charged = append(charged, l)
		}
	}
	left := map[string]exact.Number{}
	for _, l := range charged {
		left[l.TaxClass] = left[l.TaxClass].Add(exact.Max(l.Amount.Exact(), exact.Zero))
	}
	for i := range r.terms.Levels {
		if err := r.credit(&r.terms.Levels[i], charged, left); err != nil {
			return err
		}
	}
	return nil
}

// credit books the credit for one service level.
func (r *rater) credit(level *contract.Level, charged []*Line, left map[string]exact.Number) error {
	var classes []string
	base := map[string]exact.Number{}
	unknown := false
	for _, l := range charged {
		if !counts(level.Components, l) || l.Exact.Sign() <= 0 && !l.Unknown {
			continue
		}
		if _, there := base[l.TaxClass]; !there {
			classes = append(classes, l.TaxClass)
		}
		base[l.TaxClass] = base[l.TaxClass].Add(exact.Max(l.Exact, exact.Zero))
		unknown = unknown || l.Unknown
	}
	weights, fixed := make([]exact.Number, len(classes)), make([]exact.Number, len(classes))
	for i, class := range classes {
		weights[i] = base[class]
	}
	if whole := exact.Sum(weights...); whole.Sign() > 0 && level.Amount.Sign() > 0 {
		if err := splitOff(level.Amount, weights, fixed, r.plan.Currency); err != nil {
			return err
		}
	}
	for i, class := range classes {
		l := r.creditLine(level, class, base[class], fixed[i], left[class])
		if len(classes) > 1 {
			l.ID += "@" + class
		}
		r.open(l, unknown && level.Credit.Sign() > 0)
		if err := l.round(r.plan.Currency); err != nil {
			return err
		}
		left[class] = left[class].Add(l.Amount.Exact())
		r.add(l)
	}
	return nil
}

// creditLine is a credit on the fees of one tax class.
func (r *rater) creditLine(level *contract.Level, class string, base, fixed, left exact.Number) *Line {
	first, after := r.terms.Service()
	l := &Line{ID: "service_credit:" + level.Metric, Kind: ServiceCredit, Name: creditName, Unit: "amount", First: first, After: after, TaxClass: class, Raw: base}
	part := Part{Key: "share", Name: l.Name, Raw: base, Quantity: base, UnitPrice: level.Credit.Neg(), Flat: fixed.Neg()}
	part.Exact = part.Quantity.Mul(part.UnitPrice).Add(part.Flat)
	most := exact.Min(base.Mul(level.Most), left)
	l.Parts, l.Gross = []Part{part}, part.Exact
	l.Exact = exact.Max(l.Gross, most.Neg())
	l.Raised = l.Exact.Sub(l.Gross)
	l.Billed, l.Charged = l.Exact, l.Exact
	args := []string{"metric", level.Metric, "target", level.Target, "measured", level.Measured, "base", base.String()}
	if level.Credit.Sign() > 0 {
		args = append(args, "share", level.Credit.String())
	}
	l.rule("service_credit", args...)
	if l.Raised.Sign() > 0 {
		l.rule("service_credit_capped", "most", most.String())
	}
	return l
}

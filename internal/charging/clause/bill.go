package clause

import (
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// Bounds of what is usual for bills and service.
const (
	shortObjection  = 15 // days to object to a bill
	shortSuspension = 7  // days of arrears before service stops
	shortRelease    = 30 // days before numbers are given away
	shortRequest    = 15 // days to ask for a credit
	shortRetention  = 30 // days of recordings: what regulators ask for consented calls
)

// rounding: an increment nobody wrote down is the seller's choice.
func (k *checker) rounding() Finding {
	var silent, minute []*catalog.Component
	for i := range k.plan.Components {
		c := &k.plan.Components[i]
		if c.Measure != catalog.TalkTime {
			continue
		}
		if c.Increment.IsZero() && !rowsSay(c) && c.Deck == "" {
			silent = append(silent, c)
		}
		if c.Increment.First >= 60 {
			minute = append(minute, c)
		}
	}
	switch {
	case len(silent) > 0:
		return found(Missing, High, "rounding_silent", named(silent)...)
	case len(minute) > 0:
		return found(Costs, Medium, "rounding_minute", named(minute)...)
	}
	return fine("rounding_stated")
}

// named are the arguments that name components, in each language.
func named(list []*catalog.Component) (args []string) {
	for _, tag := range lang.Tags() {
		var names []string
		for _, c := range list {
			names = append(names, c.Name.Or(c.ID).In(tag))
		}
		args = append(args, "components."+string(tag), lang.List(tag, names))
	}
	return args
}

func rowsSay(c *catalog.Component) bool {
	for i := range c.Rates {
		if c.Rates[i].Increment.IsZero() && c.Rates[i].Deck == "" && len(c.Rates[i].Bands) == 0 {
			return false
		}
	}
	return len(c.Rates) > 0
}

// tax: whether prices contain tax.
func (k *checker) tax() Finding {
	if len(k.plan.Tax.Classes) == 0 {
		return missing(High).under(k.costs(k.fixed.Exact().Mul(exact.Frac(6, 100)), "tax_on_top"))
	}
	if k.plan.Tax.Prices == catalog.TaxInclusive {
		return fine("tax_included")
	}
	return fine("tax_added")
}

// dataSource: whose records decide.
func (k *checker) dataSource() Finding {
	if k.c.DataSource == "" {
		return missing(High)
	}
	if s := strings.ToLower(k.c.DataSource); strings.Contains(s, "seller") || strings.Contains(s, "vendor") || strings.Contains(s, "賣方") || strings.Contains(s, "卖方") || strings.Contains(s, "乙方") {
		return found(Risky, Medium, "text", "text", k.c.DataSource)
	}
	return fine("text", "text", k.c.DataSource)
}

// objection: days to object to a bill.
func (k *checker) objection() Finding {
	switch n := k.c.ObjectionDays; {
	case n == 0:
		return missing(High)
	case n < shortObjection:
		return found(Risky, Medium, "days", "n", number(n))
	default:
		return fine("days", "n", number(n))
	}
}

func (k *checker) withholding() Finding { return yesNo(k.s.MayWithhold, Low, Medium) }

// billingStart: charges before anything works.
func (k *checker) billingStart() Finding {
	switch k.s.BillingStarts {
	case "":
		return missing(Medium).under(k.costs(k.fixed.Exact(), "late_start"))
	case contract.OnSignature:
		return found(Risky, Medium, "billing_start", "on", string(k.s.BillingStarts)).under(k.costs(k.fixed.Exact(), "late_start"))
	}
	return fine("billing_start", "on", string(k.s.BillingStarts))
}

// monthOfDays is the length of arrears that interest is shown for.
const monthOfDays = 30

// lateInterest: what paying a month late costs.
func (k *checker) lateInterest() Finding {
	if k.s.LateInterest == nil {
		return missing(Low)
	}
	return found(Costs, Low, "share_day", "share", k.s.LateInterest.Number.String()).
		under(k.costs(k.fixed.Exact().Mul(k.s.LateInterest.Number).Mul(exact.Int(monthOfDays)), "month_late"))
}

// few judges a number of days that should not be short.
func few(n *int, least int, ifMissing, ifShort Severity) Finding {
	switch {
	case n == nil:
		return missing(ifMissing)
	case *n < least:
		return found(Risky, ifShort, "days", "n", number(*n))
	}
	return fine("days", "n", number(*n))
}

func (k *checker) suspension() Finding { return few(k.s.SuspensionDays, shortSuspension, Medium, High) }

func (k *checker) numberRelease() Finding {
	return few(k.s.ReleaseDays, shortRelease, Medium, High)
}

// numberHold: numbers that are kept while nothing is called.
func (k *checker) numberHold() Finding {
	if k.s.NumberHold == nil {
		return missing(Low)
	}
	if k.s.NumberHold.Sign() == 0 {
		return fine("no_hold")
	}
	return found(Costs, Medium, "share", "share", k.s.NumberHold.Number.String()).under(k.costs(k.rent().Mul(k.s.NumberHold.Number), "numbers_held"))
}

// rent is what the numbers of the contract cost in a period.
func (k *checker) rent() exact.Number {
	sum := k.s.NumberRent
	for i := range k.plan.Components {
		c := &k.plan.Components[i]
		n, ok := k.terms.Quantities[c.ID]
		if ok && c.Measure == catalog.Rentals && c.UnitPrice.Set && !c.UnitPrice.Unknown {
			sum = sum.Add(n.Mul(c.UnitPrice.Number))
		}
	}
	return sum
}

func (k *checker) porting() Finding { return yesNo(k.s.NumbersPortable, Medium, High) }

// serviceLevels: a promise without a credit is none.
func (k *checker) serviceLevels() Finding {
	if len(k.c.ServiceLevels) == 0 {
		return missing(High)
	}
	for i := range k.c.ServiceLevels {
		if s := &k.c.ServiceLevels[i]; s.Credit != nil || !s.Amount.IsZero() {
			return fine("levels", "n", number(len(k.c.ServiceLevels)))
		}
	}
	return found(Risky, High, "levels_no_credit", "n", number(len(k.c.ServiceLevels)))
}

// creditCap: how much of a bad month comes back at most.
func (k *checker) creditCap() Finding {
	if len(k.c.ServiceLevels) == 0 {
		return found(Void, None, "no_levels")
	}
	if k.s.CreditCap == nil {
		return missing(Low)
	}
	lost := k.fixed.Exact().Mul(exact.One.Sub(k.s.CreditCap.Number))
	sev := Low
	if k.s.CreditCap.Number.Less(exact.Frac(1, 2)) {
		sev = Medium
	}
	return found(Costs, sev, "share", "share", k.s.CreditCap.Number.String()).under(k.costs(lost, "outage"))
}

// creditRequest: a credit nobody asks for in time is lost.
func (k *checker) creditRequest() Finding {
	if len(k.c.ServiceLevels) == 0 {
		return found(Void, None, "no_levels")
	}
	least := 0
	for i := range k.c.ServiceLevels {
		if n := k.c.ServiceLevels[i].RequestDays; n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	switch {
	case least == 0:
		return missing(Low)
	case least < shortRequest:
		return found(Risky, Medium, "days", "n", number(least))
	}
	return fine("days", "n", number(least))
}

// exclusions: what is not covered must be written down, or everything can be.
func (k *checker) exclusions() Finding {
	switch {
	case len(k.c.ServiceLevels) == 0:
		return found(Void, None, "no_levels")
	case len(k.s.Exclusions) == 0:
		return missing(Medium)
	}
	return found(Risky, Low, "text", "text", strings.Join(k.s.Exclusions, "; "))
}

// cutOff: lines cut off by a carrier or the seller, and what was paid ahead.
func (k *checker) cutOff() Finding {
	f := yesNo(k.s.CutOffRefund, Medium, High)
	if f.Status != Present {
		f.Costs = k.costs(k.fixed.Exact(), "cut_off")
	}
	return f
}

func (k *checker) retention() Finding { return few(k.s.RetentionDays, shortRetention, Medium, High) }

func (k *checker) dataExport() Finding { return yesNo(k.s.DataExport, Medium, Medium) }

func (k *checker) licences() Finding {
	if len(k.s.Licences) == 0 {
		return missing(Medium)
	}
	return fine("text", "text", strings.Join(k.s.Licences, "; "))
}

func (k *checker) venue() Finding {
	if k.s.Venue == "" {
		return missing(Low)
	}
	return fine("text", "text", k.s.Venue)
}

func (k *checker) document() Finding {
	if k.c.DocumentSHA256 == "" && k.c.DocumentReference == "" {
		return missing(Low)
	}
	return fine("kept")
}

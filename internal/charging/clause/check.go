package clause

import (
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Inputs are a contract to check.
type Inputs struct {
	Contract *contract.Contract // checked by its own Validate and Check
	Plan     *catalog.Plan      // the plan it names
	Decks    map[string]*deck.Deck
	Holidays map[string]*timex.Calendar
	AsOf     timex.Date // the day of the check
}

// Check holds a contract against the checklist. Errors are those of pricing a
// period without usage.
func Check(in Inputs) (_ *Checked, err error) {
	defer fault.Wrap(&err, "clauses of %s", in.Contract.ID)
	k := &checker{in: &in, c: in.Contract, s: in.Contract.Clauses}
	if k.s == nil {
		k.s = &contract.Clauses{}
	}
	k.start, k.end = in.Contract.Service()
	if err := k.price(); err != nil {
		return nil, err
	}
	k.term()
	out := &Checked{Contract: in.Contract.ID, AsOf: in.AsOf, Ends: k.ends, Fixed: k.fixed, Known: k.known}
	checks := k.checks()
	for _, c := range Checklist() {
		f := checks[c]()
		f.Clause = c
		out.Findings = append(out.Findings, f)
	}
	return out, k.err
}

// checks are the checks by clause; a test holds that the checklist has no other.
func (k *checker) checks() map[Clause]func() Finding {
	return map[Clause]func() Finding{Renewal: k.renewal, RenewalSeats: k.renewalSeats, PriceNotice: k.priceNotice, PriceCap: k.priceCap, EarlyTermination: k.earlyTermination,
		MinimumSeats: k.minimumSeats, MinimumSpend: k.minimumSpend, Commitment: k.commitment, SeatsBack: k.seatsBack, Expiry: k.expiry, Prepayment: k.prepayment, Rounding: k.rounding, TaxIncluded: k.tax,
		DataSource: k.dataSource, Objection: k.objection, Withholding: k.withholding, BillingStart: k.billingStart, LateInterest: k.lateInterest, Suspension: k.suspension,
		NumberRelease: k.numberRelease, NumberHold: k.numberHold, Porting: k.porting, ServiceLevels: k.serviceLevels, CreditCap: k.creditCap, CreditRequest: k.creditRequest,
		Exclusions: k.exclusions, CutOff: k.cutOff, Retention: k.retention, DataExport: k.dataExport, Licences: k.licences, Venue: k.venue, Document: k.document}
}

// checker is a contract being checked.
type checker struct {
	in    *Inputs
	c     *contract.Contract
	s     *contract.Clauses
	plan  *catalog.Plan // as the contract changed it
	terms *contract.Terms

	start, end timex.Date
	ends       timex.Date   // day after the last of the term that runs
	fixed      money.Amount // of a period without usage
	known      bool
	months     int // of a billing period; 0: shorter than a month
	err        error
}

// price works out what a period costs in which nothing is used: the one that
// runs on the day of the check, whole.
func (k *checker) price() error {
	day := max(k.in.AsOf, k.start)
	if k.end != 0 {
		day = min(day, k.end-1)
	}
	plan := k.c.PlanOn(k.in.Plan, day)
	probe := contract.Terms{Plan: plan, Start: k.start}
	first, after := probe.Cycle().Containing(day)
	if first < k.start { // a whole period tells more than the share of the first one
		first, after = after, probe.NextBoundary(after)
	}
	terms, problems := contract.TermsAsIf(contract.Inputs{Plan: k.in.Plan, Decks: k.in.Decks, Contract: k.c, First: first, After: after, Holidays: k.in.Holidays})
	if err := problems.Err(); err != nil {
		return err
	}
	k.terms, k.plan, k.months = terms, terms.Plan, terms.Cycle().Unit.Months()*terms.Cycle().Count
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		return err
	}
	g, err := m.Finish()
	if err != nil {
		return err
	}
	inv, err := invoice.Draft(g, invoice.Heading{})
	if err != nil {
		return err
	}
	k.fixed, k.known = money.Zero(k.plan.Currency), len(inv.Unknown) == 0
	for i := range inv.Lines {
		l := &inv.Lines[i]
		if c, ok := k.plan.Component(l.Component); ok && c.Measure == catalog.OneOff {
			continue
		}
		if k.fixed, err = k.fixed.Add(l.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	return nil
}

// maxRenewals bounds how many terms are counted: a contract of days renewed for
// a century.
const maxRenewals = 40_000

// term finds the end of the term that runs on the day of the check.
func (k *checker) term() {
	k.ends = k.end
	if k.ends == 0 && !k.c.Term.IsZero() {
		k.ends = k.c.Term.From(k.start)
	}
	again := k.c.Term
	if r := k.c.Renewal; r != nil && !r.Term.IsZero() {
		again = r.Term
	}
	if k.ends == 0 || again.IsZero() || k.c.Renewal == nil || !k.c.Renewal.Auto {
		return
	}
	for range maxRenewals {
		if k.ends > k.in.AsOf {
			return
		}
		k.ends = again.From(k.ends)
	}
}

// amount rounds a sum of the terms to an amount.
func (k *checker) amount(n exact.Number) money.Amount {
	a, err := money.ToMinor(n, k.plan.Currency)
	if err != nil && k.err == nil {
		k.err = fault.New(fault.Overflow, "%v", err)
	}
	return a
}

// costs makes an exposure, unless there is nothing to lose.
func (k *checker) costs(n exact.Number, when string, args ...string) *Exposure {
	if n.Sign() <= 0 {
		return nil
	}
	return &Exposure{Amount: k.amount(n), When: when, Args: pairs(args...)}
}

// periods is how many billing periods a stretch of days has, exactly: whole
// months where periods are months, else by days.
func (k *checker) periods(first, after timex.Date) exact.Number {
	if after <= first {
		return exact.Zero
	}
	if k.months > 0 {
		cycle := timex.Cycle{Unit: timex.Month, Count: k.months, Anchor: first}
		n := cycle.Index(after)
		from, to := cycle.Boundary(n), cycle.Boundary(n+1)
		return exact.Int(int64(n)).Add(exact.Frac(int64(after-from), int64(to-from)))
	}
	first0, after0 := k.terms.First, k.terms.After
	return exact.Frac(int64(after-first), int64(after0-first0))
}

func pairs(kv ...string) map[string]string {
	if len(kv) == 0 {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		out[kv[i]] = kv[i+1]
	}
	return out
}

// missing is silence of a severity.
func missing(s Severity) Finding { return Finding{Status: Missing, Severity: s, Says: "nothing"} }

// fine is a clause with nothing against it.
func fine(says string, args ...string) Finding {
	return Finding{Status: Present, Severity: None, Says: says, Args: pairs(args...)}
}

// found is a clause that is there, judged.
func found(st Status, sev Severity, says string, args ...string) Finding {
	return Finding{Status: st, Severity: sev, Says: says, Args: pairs(args...)}
}

// under is a finding with what it costs.
func (f Finding) under(e *Exposure) Finding {
	f.Costs = e
	return f
}

func number(n int) string { return strconv.Itoa(n) }

// yesNo judges a clause that is either agreed or refused.
func yesNo(b *bool, ifMissing, ifNo Severity) Finding {
	switch {
	case b == nil:
		return missing(ifMissing)
	case *b:
		return fine("yes")
	}
	return found(Risky, ifNo, "no")
}

package offer

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Check says everything that is wrong with an offer of a plan, with paths of the
// offer file. Warnings are what a buyer should know and can leave as it is.
func (o *Offer) Check(p *catalog.Plan) fault.Problems {
	k := &check{o: o, p: p}
	if !catalog.ValidID(o.ID) {
		k.put("offer", o.ID, "not an identifier", "letters, digits, - _ and dots")
	}
	k.origin()
	k.prices()
	k.tax()
	k.fees()
	k.clauses()
	k.twice()
	k.names()
	k.grades()
	if k.found.Err() == nil {
		for _, end := range []End{Low, High} {
			if _, err := o.PlanAt(p, end, true, true); err != nil {
				k.put("", "", err.Error(), "an offer that fits its plan")
				break
			}
		}
	}
	return k.found
}

type check struct {
	o     *Offer
	p     *catalog.Plan
	found fault.Problems
}

func (k *check) put(path, value, what, expected string) {
	k.found = append(k.found, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
}

func (k *check) warn(path, what, fix string) {
	k.found = append(k.found, fault.Problem{Path: path, What: what, Fix: fix, Warning: true})
}

// origin: who offers it, where it was read, and how far it can be trusted.
func (k *check) origin() {
	o := k.o
	for _, need := range []struct {
		path string
		miss bool
		what string
	}{{"vendor", o.Vendor == "", "who offers it"}, {"source", o.Source == "", "where it was read"}, {"read_on", o.ReadOn == 0, "the day it was read"}, {"confidence", o.Confidence == "", "A, B, C or D"}} {
		if need.miss {
			k.put(need.path, "", "neither the offer nor its plan says", need.what)
		}
	}
	if o.Confidence != "" && !o.Confidence.IsFact() {
		k.warn("confidence", "confidence "+string(o.Confidence)+": its figures are illustrative, not facts", "ask the vendor for a quotation")
	}
	if o.ValidUntil != 0 && o.ReadOn != 0 && o.ValidUntil < o.ReadOn {
		k.put("valid_until", o.ValidUntil.String(), "it ended before it was read", "a day from "+o.ReadOn.String()+" on")
	}
}

func (k *check) prices() {
	seen := map[string]bool{}
	for i, r := range k.o.Prices {
		at := fmt.Sprintf("prices[%d]", i)
		if r.Low.Sign() < 0 || r.High.Less(r.Low) {
			k.put(at, r.Low.String()+" to "+r.High.String(), "not a range of prices", "low from 0 on, high not below it")
		}
		if key := r.Component + "\x00" + r.Row; seen[key] {
			k.put(at, r.Component, "the range is there twice", "each price once")
		} else {
			seen[key] = true
		}
	}
}

func (k *check) tax() {
	if k.o.Tax != nil && len(k.p.Tax.Classes) > 0 {
		k.put("tax", "", "the plan has tax classes already", "one of the two")
	}
	if t := k.o.Tax; t != nil && (t.Rate.Sign() < 0 || !t.Rate.Number.Less(exact.One)) {
		k.put("tax.rate", t.Rate.String(), "not a tax rate", "0% or more, less than 100%")
	}
}

// fees checks each answer by itself and against the plan.
func (k *check) fees() {
	seen := map[Category]bool{}
	for i := range k.o.Fees {
		f := &k.o.Fees[i]
		at := fmt.Sprintf("fees[%d]", i)
		if seen[f.Category] {
			k.put(at+".category", string(f.Category), "the question is answered twice", "each category once")
		}
		seen[f.Category] = true
		k.fee(at, f)
	}
	if n := len(Categories()) - k.answered(); n > 0 {
		k.warn("fees", fmt.Sprintf("%d of %d questions of the hidden-fee checklist have no answer", n, len(Categories())), "ask the vendor; unknown stays unknown")
	}
}

// answered counts the questions with an answer.
func (k *check) answered() (n int) {
	for _, c := range Categories() {
		if k.o.FeeOf(c).Answer != Unknown {
			n++
		}
	}
	return n
}

func (k *check) fee(at string, f *Fee) {
	priced := f.Amount.Set || f.Low != nil || f.High != nil || f.Percent != nil
	switch {
	case f.Answer != Charged && (priced || f.Component != ""):
		k.put(at, string(f.Answer), "it is not charged and has an amount: the two contradict each other", "answer: charged, or no amount")
	case f.Answer != Charged:
	case f.Component != "" && priced:
		k.put(at, f.Component, "the plan prices it and the fee has an amount of its own: it would be counted twice", "component or amount")
	case f.Component != "":
		if _, ok := k.p.Component(f.Component); !ok && !slices.ContainsFunc(k.p.Minimums, func(l catalog.Limit) bool { return l.ID == f.Component }) {
			k.put(at+".component", f.Component, "the plan has no such component", "one of its components, or of its minimum spends")
		}
	case !priced && f.Category.IsRule():
	case !priced:
		k.put(at, "", "charged, but not how much", "amount (unknown is one), low and high, percent, or the component of the plan")
	default:
		k.amount(at, f)
	}
}

func (k *check) amount(at string, f *Fee) {
	switch {
	case (f.Low == nil) != (f.High == nil) || f.Low != nil && f.Amount.Set:
		k.put(at, "", "half a range, or a range beside an amount", "low and high, or amount")
	case f.Low != nil && (f.Low.Sign() < 0 || f.High.Less(*f.Low)):
		k.put(at, f.Low.String()+" to "+f.High.String(), "not a range of amounts", "low from 0 on, high not below it")
	case f.Amount.Set && f.Amount.Sign() < 0:
		k.put(at+".amount", f.Amount.String(), "a negative fee", "0 or more")
	}
	if f.Per == "" && !f.Amount.Unknown { // what nobody knows can be charged in a way nobody knows
		k.put(at+".per", "", "an amount, but not what for", "once, period, month, year, seat, minute, call, attempt, occasion or renewal")
	}
	if (f.Percent != nil) != (f.Per == OnRenewal) {
		k.put(at+".percent", "", "a share is for renewal, and renewal is a share", "percent with per: renewal")
	}
	if f.Times.Sign() < 0 || f.Times.Sign() > 0 && f.Per != Occasion {
		k.put(at+".times", f.Times.String(), "times are for occasions", "times with per: occasion")
	}
}

// clauses finds terms that contradict each other.
func (k *check) clauses() {
	o := k.o
	if o.NoTerm && !o.Term.IsZero() {
		k.put("no_term", "true", "a term of "+o.Term.String()+" and no term: the two contradict each other", "term or no_term")
	}
	if o.NoticeDays != nil && *o.NoticeDays < 0 {
		k.put("notice_days", fmt.Sprint(*o.NoticeDays), "negative notice", "0 or more days")
	}
	if o.NoticeDays != nil && !o.Term.IsZero() {
		if length := o.Term.From(o.ReadOn) - o.ReadOn; timex.Date(*o.NoticeDays) > length {
			k.warn("notice_days", fmt.Sprintf("the notice of %d days is longer than the term of %s: it binds for the notice", *o.NoticeDays, o.Term), "ask which of the two holds")
		}
	}
	k.leaving()
	if o.NoTerm && o.Downsize.When == TermEnd {
		k.put("downsize.when", string(o.Downsize.When), "there is no term to end", "any_time, period_end or never")
	}
	if o.FeeOf(MinimumSpend).Answer == Never && len(k.p.Minimums) > 0 {
		k.put("fees", string(MinimumSpend), "the plan has a minimum spend, the checklist says there is none", "charged, with the plan's own")
	}
}

// mostMonths is the longest fee for leaving, in months; a plan may have no longer one.
const mostMonths = 120

// leaving checks what leaving before the term costs, and against what else the
// offer says of it.
func (k *check) leaving() {
	o, t := k.o, k.o.Termination
	if t == nil {
		return
	}
	if t.Share.Sign() < 0 || exact.One.Less(t.Share.Number) {
		k.put("early_termination.share", t.Share.String(), "not a share", "0% to 100%")
	}
	if t.Amount.Sign() < 0 {
		k.put("early_termination.amount", t.Amount.String(), "a negative fee", "0 or more")
	}
	if t.Months < 0 || t.Months > mostMonths {
		k.put("early_termination.months", fmt.Sprint(t.Months), "not a number of months", fmt.Sprintf("0 to %d", mostMonths))
		return
	}
	if every := k.p.Period.Every; t.Months > 0 && every != "" && every.Months() == 0 {
		k.put("early_termination.months", fmt.Sprint(t.Months), "months of a plan that is billed by the "+string(every), "share or amount")
	}
	if t.Share.Sign() <= 0 && t.Amount.Sign() <= 0 && t.Months == 0 {
		return // it costs nothing, whatever else is said
	}
	if o.NoTerm {
		k.put("early_termination", "", "it can be left at any time and leaving early costs: the two contradict each other", "a term, or no early termination fee")
	}
	if o.FeeOf(EarlyEnd).Answer == Never {
		k.put("early_termination", "", "the checklist says leaving early costs nothing: the two contradict each other", "one of the two")
	}
	fee := contract.Term{Count: t.Months, Unit: timex.Month}
	if !o.Term.IsZero() && t.Months > 0 && fee.From(o.ReadOn) > o.Term.From(o.ReadOn) {
		k.put("early_termination.months", fmt.Sprint(t.Months), fmt.Sprintf("leaving costs %d months, the whole term is %s: the two contradict each other", t.Months, o.Term), "months within the term")
	}
}

// names checks what the offer names of its plan.
func (k *check) names() {
	for _, id := range slices.Sorted(maps.Keys(k.o.Quantities)) {
		if _, ok := k.p.Component(id); !ok {
			k.put("quantities."+id, "", "the plan has no such component", "one of its components")
		} else if k.o.Quantities[id].Sign() < 0 {
			k.put("quantities."+id, k.o.Quantities[id].String(), "a negative quantity", "0 or more")
		}
	}
	for _, pack := range slices.Sorted(maps.Keys(k.o.Sizes)) {
		if what, expected := k.p.Pickable(pack, k.o.Sizes[pack]); what != "" {
			k.put("sizes."+pack, k.o.Sizes[pack], what, expected)
		}
	}
	for i, m := range k.o.Modules {
		if _, ok := k.p.Module(m); !ok {
			k.put(fmt.Sprintf("modules[%d]", i), m, "the plan has no such module", "one of its modules")
		}
	}
}

func (k *check) grades() {
	for _, g := range []struct {
		path  string
		grade *int
	}{{"service.quality_grade", k.o.Service.QualityGrade}, {"service.support_grade", k.o.Service.SupportGrade}, {"service.function_grade", k.o.Service.FunctionGrade}} {
		if g.grade != nil && (*g.grade < 0 || *g.grade > 10) {
			k.put(g.path, fmt.Sprint(*g.grade), "not a grade", "0 to 10")
		}
	}
}

// twice tells of components that charge the same calls, seats or log-ins: each
// is charged by both. A vendor may mean it, as a line's price beside a service
// fee; the buyer is to know. Ways of "the cheaper of" are not charged together.
func (k *check) twice() {
	for i := range k.p.Components {
		b := &k.p.Components[i]
		if !b.Measure.OfCalls() && !b.Measure.OfSeats() && !b.Measure.OfLogins() {
			continue
		}
		for j := range i {
			a := &k.p.Components[j]
			if a.Measure == b.Measure && reflect.DeepEqual(a.Where, b.Where) && !apart(k.p, a.ID, b.ID) {
				k.warn("plan", b.ID+" charges the same "+string(b.Measure)+" as "+a.ID+": both are charged", "ask whether that is meant")
				break
			}
		}
	}
}

// apart tells whether a choice charges one of two components or the other.
func apart(p *catalog.Plan, a, b string) bool {
	return slices.ContainsFunc(p.Cheapest, func(g catalog.Cheapest) bool {
		return slices.ContainsFunc(g.Options, func(o catalog.CheapestOption) bool {
			return slices.Contains(o.Components, a) != slices.Contains(o.Components, b)
		})
	})
}

package audit

import (
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
)

func rowText(n int) string { return strconv.Itoa(n) }

// usageOf is the kind of facts a line is for: events of events:sms.
func usageOf(s string) string {
	kind, _, _ := strings.Cut(s, ":")
	return kind
}

// sumsKey is the line that stands for what a bill's subtotal does not add up by.
const sumsKey = "subtotal"

// totals books what the bill's own sums and taxes do to the lines.
func (w *walk) totals() error {
	if err := w.subtotal(); err != nil {
		return err
	}
	if err := w.tax(); err != nil {
		return err
	}
	if w.in.Bill.Total == nil {
		return nil
	}
	net, tax, err := w.s.sums()
	if err != nil {
		return err
	}
	total, err := asMoney(*w.in.Bill.Total, net.Currency())
	if err == nil {
		total, err = total.Sub(net)
	}
	if err == nil {
		total, err = total.Sub(tax)
	}
	if err == nil {
		total, err = total.Add(w.s.other)
	}
	if err != nil {
		return beyond(err)
	}
	return w.book(Finding{Cause: Arithmetic, Key: "total"}, func() { w.s.other = total })
}

// subtotal books lines that do not sum to the subtotal. If the tax was made from
// the wrong subtotal, it goes with it.
func (w *walk) subtotal() error {
	if w.in.Bill.Subtotal == nil {
		return nil
	}
	net, _, err := w.s.sums()
	if err != nil {
		return err
	}
	apart := w.in.Bill.Subtotal.Sub(net.Exact())
	if apart.IsZero() {
		return nil
	}
	a, err := asMoney(apart, net.Currency())
	if err != nil {
		return err
	}
	w.s.open(sumsKey, lang.Text{})
	rate := w.s.rate(sumsKey, w.own)
	w.s.set(sumsKey, a, rate)
	if _, with, err := w.s.sums(); err != nil || !with.Exact().Equal(w.statedTax()) {
		rate = exact.Zero
	}
	delete(w.s.lines, sumsKey)
	return w.book(Finding{Cause: Arithmetic, Key: "subtotal"}, func() { w.s.set(sumsKey, a, rate) })
}

// statedTax is the tax a bill states.
func (w *walk) statedTax() exact.Number {
	sum := exact.Zero
	for _, t := range w.in.Bill.Taxes {
		sum = sum.Add(t.Amount)
	}
	return sum
}

// tax books a tax that is not the contract's on the lines as billed.
func (w *walk) tax() error {
	if !w.s.taxed || w.s.plan.Tax.Prices == catalog.TaxInclusive {
		return nil // contained in the lines: it moves no total
	}
	_, due, err := w.s.sums()
	if err != nil {
		return err
	}
	stated, err := asMoney(w.statedTax(), due.Currency())
	if err != nil {
		return err
	}
	apart, err := stated.Sub(due)
	if err != nil {
		return beyond(err)
	}
	f := Finding{Cause: TaxRate, Key: "tax_amount", Args: pairs("billed", stated.Decimal(), "due", due.Decimal())}
	for _, t := range w.in.Bill.Taxes {
		f.Rows = append(f.Rows, t.Row)
		if t.Rate != nil && !w.hasRate(*t.Rate) {
			f.Key, f.Args = "tax_rate", pairs("billed", t.Rate.String(), "due", w.ratesText())
		}
	}
	if f.Key == "tax_amount" {
		if per, err := w.perLine(); err == nil && per.Exact().Equal(stated.Exact()) {
			f = Finding{Cause: Rounding, Key: "tax_rounded", Rows: f.Rows}
		}
	}
	return w.book(f, func() { w.s.other = apart })
}

// perLine is the tax of the lines, rounded in the other way: line by line, or
// once a rate.
func (w *walk) perLine() (money.Amount, error) {
	way := catalog.TaxPerLine
	if w.s.plan.Tax.Rounding == catalog.TaxPerLine {
		way = catalog.TaxOncePerRate
	}
	var all []invoice.Taxed
	for _, key := range w.s.order {
		all = append(all, w.s.lines[key]...)
	}
	sum := money.Zero(w.s.plan.Currency)
	totals, err := invoice.Taxes(all, false, way, w.s.plan.Currency)
	for i := range totals {
		if err == nil {
			sum, err = sum.Add(totals[i].Tax)
		}
	}
	return sum, err
}

func (w *walk) hasRate(rate exact.Number) bool {
	for _, list := range w.s.lines {
		for _, t := range list {
			if t.Rate.Equal(rate) {
				return true
			}
		}
	}
	return false
}

// ratesText names the rates of the contract's lines, each once, in order.
func (w *walk) ratesText() string {
	var out []string
	for _, t := range w.own.Taxes {
		out = append(out, t.Rate.Mul(exact.Int(100)).String()+"%")
	}
	return strings.Join(out, ", ")
}

// result sums the findings.
func (w *walk) result() (*Result, error) {
	b, t := w.in.Bill, w.in.Terms
	r := &Result{Bill: b.Name, Number: b.Number, IssuedOn: b.IssuedOn, Contract: w.in.Heading.Contract, Seller: w.in.Heading.Seller, Buyer: w.in.Heading.Buyer,
		Currency: t.Plan.Currency, Zone: t.Loc.String(), First: t.First, After: t.After, WithTax: w.s.taxed, Lines: w.compared, Calls: w.counts, Own: w.own, Findings: w.findings}
	net, tax, err := w.s.sums()
	if err == nil {
		r.Billed, err = net.Add(tax)
	}
	if err != nil {
		return nil, beyond(err)
	}
	if r.Expected = w.own.Subtotal; w.s.taxed {
		r.Expected = w.own.Total
	}
	if r.Difference, err = r.Billed.Sub(r.Expected); err != nil {
		return nil, beyond(err)
	}
	r.Explained = r.Difference
	for _, c := range Causes() {
		sum := Sum{Cause: c, Amount: money.Zero(r.Currency)}
		for i := range w.findings {
			if w.findings[i].Cause == c {
				sum.Count++
				if sum.Amount, err = sum.Amount.Add(w.findings[i].Amount); err != nil {
					return nil, beyond(err)
				}
			}
		}
		if sum.Count > 0 {
			r.Causes = append(r.Causes, sum)
		}
		if c == Unexplained {
			if r.Explained, err = r.Explained.Sub(sum.Amount); err != nil {
				return nil, beyond(err)
			}
		}
	}
	return r, nil
}

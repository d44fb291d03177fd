package cases

import (
	"fmt"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/money"
)

var moneyOperations = map[string]adapter{
	"round_money":     roundMoney,
	"allocate":        allocate,
	"tax_lines":       taxLines,
	"tax_groups":      taxGroups,
	"tax_inclusive":   taxInclusive,
	"credit_note":     creditNote,
	"credit_cap":      creditCap,
	"credit_sequence": creditSequence,
}

func (n num) in(c money.Currency) (money.Amount, error) {
	return money.Round(n.Number, c, exact.Down, 6)
}

func amountsIn(c money.Currency, list []num) ([]money.Amount, error) {
	var out []money.Amount
	for _, n := range list {
		a, err := n.in(c)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// minorUnit wants the case to round half away to the minor unit of a currency,
// which is how invoices round.
func (c *charge) minorUnit(cur money.Currency) error {
	if r := (rounding{}); !c.optionInto("rounding", &r) || r != (rounding{"half_up", cur.Exponent()}) {
		return fmt.Errorf("invoices round half away to the minor unit of %s, not %+v", cur, r)
	}
	return nil
}

func roundMoney(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Currency string `json:"currency"`
	}
	var use struct {
		Amount num `json:"amount"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	var r rounding
	c.optionInto("rounding", &r)
	mode, err := r.mode()
	if err != nil {
		return nil, err
	}
	cur, err := money.ParseCurrency(price.Currency)
	if err != nil {
		return nil, err
	}
	if r.Decimals != cur.Exponent() {
		return nil, fmt.Errorf("%s has %d decimals, not %d", cur, cur.Exponent(), r.Decimals)
	}
	amount, err := money.Round(use.Amount.Number, cur, mode, r.Decimals)
	return answer{"amount": amount}, err
}

func allocate(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Currency string `json:"currency"`
	}
	var use struct {
		Total   num   `json:"total"`
		Weights []num `json:"weights"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	cur, err := money.ParseCurrency(price.Currency)
	if err != nil {
		return nil, err
	}
	total, err := use.Total.in(cur)
	if err != nil {
		return nil, err
	}
	decimals := -1
	c.optionInto("rounding_unit_decimals", &decimals)
	var weights []exact.Number
	for _, w := range use.Weights {
		weights = append(weights, w.Number)
	}
	parts, err := total.Split(weights, decimals)
	return answer{"parts": parts}, err
}

// taxAt is one tax class of one rate for everything.
func taxAt(prices catalog.TaxPrices, how catalog.TaxRounding, rate exact.Number) catalog.Tax {
	return catalog.Tax{Prices: prices, Rounding: how, Default: "all", Classes: []catalog.TaxClass{{ID: "all", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: rate}}}}}}
}

// taxLines taxes lines of one rate on an invoice. Lines below zero stand on
// credit notes, whose tax is worked out by the same Taxes.
func taxLines(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		Rate     num    `json:"rate"`
		Currency string `json:"currency"`
	}
	var use struct {
		Lines []num `json:"lines"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	cur, err := money.ParseCurrency(price.Currency)
	if err != nil {
		return nil, err
	}
	if err := c.minorUnit(cur); err != nil {
		return nil, err
	}
	how, err := c.word("tax_rounding", "per_invoice", string(catalog.TaxOncePerRate), "per_line", string(catalog.TaxPerLine))
	if err != nil {
		return nil, err
	}
	amounts, err := amountsIn(cur, use.Lines)
	if err != nil {
		return nil, err
	}
	w := newWorld()
	w.plan.Currency, w.plan.Tax = cur, taxAt(catalog.TaxExclusive, catalog.TaxRounding(how), price.Rate.Number)
	var taxed []invoice.Taxed
	negative := false
	for i, a := range amounts {
		w.plan.Components = append(w.plan.Components, fee("line-"+strconv.Itoa(i), known(a.Exact())))
		taxed = append(taxed, invoice.Taxed{Amount: a, Rate: price.Rate.Number})
		negative = negative || a.Sign() < 0
	}
	taxes, err := invoice.Taxes(taxed, false, catalog.TaxRounding(how), cur)
	if err != nil {
		return nil, err
	}
	if len(taxes) != 1 {
		return nil, fmt.Errorf("%d taxes of one rate", len(taxes))
	}
	if negative {
		total, err := taxes[0].Net.Add(taxes[0].Tax)
		return answer{"subtotal": taxes[0].Net, "tax": taxes[0].Tax, "total": total}, err
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	if inv.Tax != taxes[0].Tax {
		return nil, fmt.Errorf("the invoice has %s of tax, its lines %s", inv.Tax, taxes[0].Tax)
	}
	return answer{"subtotal": inv.Subtotal, "tax": inv.Tax, "total": inv.Total}, nil
}

func taxGroups(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
	}
	var use struct {
		Lines []struct {
			Amount num `json:"amount"`
			Rate   num `json:"rate"`
		} `json:"lines"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	how, err := c.word("tax_rounding", "once_per_rate", string(catalog.TaxOncePerRate))
	if err != nil {
		return nil, err
	}
	if err := c.minorUnit(currency); err != nil {
		return nil, err
	}
	w := newWorld()
	w.plan.Tax.Rounding = catalog.TaxRounding(how)
	for i, l := range use.Lines {
		id := "class-" + strconv.Itoa(i)
		w.plan.Tax.Classes = append(w.plan.Tax.Classes, catalog.TaxClass{ID: id, Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: l.Rate.Number}}}})
		comp := fee("line-"+strconv.Itoa(i), l.Amount.price())
		comp.TaxClass = id
		w.plan.Components = append(w.plan.Components, comp)
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	taxes := map[string]money.Amount{}
	for _, t := range inv.Taxes {
		taxes[t.Rate.String()] = t.Tax
	}
	return answer{"taxes": taxes, "total": inv.Total}, nil
}

func taxInclusive(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Rate num    `json:"rate"`
	}
	var use struct {
		Gross num `json:"gross"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if err := c.minorUnit(currency); err != nil {
		return nil, err
	}
	w := newWorld(fee("fee", use.Gross.price()))
	w.plan.Tax = taxAt(catalog.TaxInclusive, catalog.TaxOncePerRate, price.Rate.Number)
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	return answer{"net": inv.Net, "tax": inv.Tax}, nil
}

func creditNote(c *charge) (answer, error) {
	var price struct {
		Kind   string `json:"kind"`
		Amount num    `json:"amount"`
		Rate   num    `json:"tax_rate"`
	}
	var use struct {
		Unused int64 `json:"unused_days"`
		Days   int64 `json:"period_days"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if err := c.minorUnit(currency); err != nil {
		return nil, err
	}
	credit, err := invoice.CreditUnused(price.Amount.Number, exact.Frac(use.Unused, use.Days), price.Rate.Number, currency)
	if err != nil {
		return nil, err
	}
	total, err := credit.Net.Add(credit.Tax)
	return answer{"item": credit.Net, "tax": credit.Tax, "total": total}, err
}

func creditCap(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
	}
	var use struct {
		Potential num `json:"potential"`
		Paid      num `json:"paid"`
		Credited  num `json:"credited"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	a, err := amountsIn(currency, []num{use.Potential, use.Paid, use.Credited})
	if err != nil {
		return nil, err
	}
	credit, err := invoice.Creditable(a[0], a[1], a[2])
	return answer{"credit": credit}, err
}

func creditSequence(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Rate num    `json:"tax_rate"`
	}
	var use struct {
		Line    num   `json:"line"`
		Tax     num   `json:"tax"`
		Credits []num `json:"credits"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	if err := c.minorUnit(currency); err != nil {
		return nil, err
	}
	a, err := amountsIn(currency, append([]num{use.Line, use.Tax}, use.Credits...))
	if err != nil {
		return nil, err
	}
	taxes, err := invoice.Taxes([]invoice.Taxed{{Amount: a[0], Rate: price.Rate.Number}}, false, catalog.TaxOncePerRate, currency)
	if err != nil || taxes[0].Tax != a[1] {
		return nil, fmt.Errorf("the line has %v of tax, not %s (%v)", taxes, a[1], err)
	}
	credits, err := invoice.Credits(a[0], a[1], a[2:])
	if err != nil {
		return nil, err
	}
	var out []money.Amount
	for _, credit := range credits {
		out = append(out, credit.Tax)
	}
	return answer{"taxes": out}, nil
}

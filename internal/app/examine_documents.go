package app

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// documents looks at invoices and credit notes.
func (x *examination) documents() error {
	billed := map[id.ID][]store.Document{}
	return eachDocument(x.tx, x.c, store.DocumentQuery{}, func(d *store.Document) error {
		x.out.Documents++
		if d.Number != "" {
			x.number(d)
		}
		x.belongs(d.Contract, "%s", d.Number)
		if d.Bills() {
			for _, o := range billed[d.Contract] {
				if d.First < o.After && o.First < d.After {
					x.found(ruleOverlap, "%s and %s bill the same days of contract %s", o.Number, d.Number, d.Contract.Named("con"))
				}
			}
			billed[d.Contract] = append(billed[d.Contract], store.Document{Number: d.Number, First: d.First, After: d.After})
		}
		if d.Status == store.Draft {
			return nil
		}
		if d.Kind == store.Invoice && d.Status != store.Voided {
			x.open[d.Total.Currency()] += openOf(d).Micros()
		}
		x.sealed(d)
		return nil
	})
}

// number notes the number of a document in its series.
func (x *examination) number(d *store.Document) {
	at := strings.LastIndexByte(d.Number, '-')
	n, err := strconv.ParseInt(d.Number[at+1:], 10, 64)
	if err != nil || d.Number[:max(at, 0)] != d.Series {
		x.found(ruleSeal, "document %s is not numbered in its series %s", d.Number, d.Series)
		return
	}
	if slices.Contains(x.foreign, d.Series) {
		return // the company moved here: their gaps are another installation's
	}
	x.all.numbers[d.Series] = append(x.all.numbers[d.Series], n)
}

// figures are those of a document that must fit each other.
type figures struct {
	lines                     []money.Amount
	taxes                     []invoice.TaxTotal
	subtotal, net, tax, total money.Amount
}

// sealed looks whether the text of a document is the one that was issued, and
// whether its figures fit.
func (x *examination) sealed(d *store.Document) {
	var seal, again string
	var of figures
	var err error
	if d.Kind == store.CreditNote {
		n := &invoice.CreditNote{}
		if err = json.Unmarshal(d.Body, n); err == nil {
			again, err = n.Digest()
			seal, of = n.Seal, figures{nil, n.Taxes, n.Subtotal, n.Net, n.Tax, n.Total}
			for i := range n.Lines {
				of.lines = append(of.lines, n.Lines[i].Amount)
			}
		}
	} else {
		inv := &invoice.Invoice{}
		if err = json.Unmarshal(d.Body, inv); err == nil {
			again, err = inv.Digest()
			seal, of = inv.Seal, figures{nil, inv.Taxes, inv.Subtotal, inv.Net, inv.Tax, inv.Total}
			for i := range inv.Lines {
				of.lines = append(of.lines, inv.Lines[i].Amount)
			}
		}
	}
	switch {
	case err != nil:
		x.found(ruleSeal, "%s cannot be read: %v", d.Number, err)
		return
	case seal != again || seal != d.Seal:
		x.found(ruleSeal, "the seal of %s is broken: it was changed after it was issued", d.Number)
	case of.total != d.Total:
		x.found(ruleTotal, "%s is over %s, the books say %s", d.Number, of.total, d.Total)
	}
	x.fit(d, &of)
}

// fit adds a document up again.
func (x *examination) fit(d *store.Document, of *figures) {
	var nets, taxes []money.Amount
	for i := range of.taxes {
		nets, taxes = append(nets, of.taxes[i].Net), append(taxes, of.taxes[i].Tax)
	}
	for _, s := range []struct {
		what  string
		parts []money.Amount
		says  money.Amount
	}{
		{"lines", of.lines, of.subtotal},
		{"amounts that are taxed", nets, of.net},
		{"taxes", taxes, of.tax},
		{"net and tax", []money.Amount{of.net, of.tax}, of.total},
	} {
		sum, err := money.Sum(d.Total.Currency(), s.parts...)
		switch {
		case err != nil:
			x.found(ruleTotal, "%s: %v", d.Number, err)
		case sum != s.says:
			x.found(ruleTotal, "%s: its %s come to %s, it says %s", d.Number, s.what, sum, s.says)
		}
	}
}

// gaps looks whether every number of a series is there once.
func (x *examination) gaps() {
	for series, list := range x.all.numbers {
		seen := map[int64]bool{}
		var last int64
		for _, n := range list {
			if seen[n] {
				x.found(ruleSeal, "number %d of series %s was given twice", n, series)
			}
			seen[n], last = true, max(last, n)
		}
		for n := int64(1); n <= last; n++ {
			if !seen[n] {
				x.found(ruleSeal, "number %d of series %s is missing", n, series)
			}
		}
	}
}

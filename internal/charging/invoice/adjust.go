package invoice

import (
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Adjustment is a line that corrects an earlier invoice: usage that came late,
// or was corrected, was charged again and this is the difference.
const Adjustment rating.Kind = "adjustment"

// Adjusted is an earlier invoice that was made again with what is known now. It
// is an input of the invoice that books the differences, so that whoever checks
// that one needs nothing else; made again itself, the earlier period must give
// Now from the facts whose digest is named.
type Adjusted struct {
	Invoice string         `json:"invoice"` // number of the earlier one
	First   timex.Date     `json:"first"`   // its period
	After   timex.Date     `json:"after"`
	Facts   string         `json:"facts"` // digest over the facts as they are known now
	Lines   []AdjustedLine `json:"lines"`
}

// AdjustedLine is one line of it that came to something else. A line that was
// not there before, or is not there now, stands at nought.
type AdjustedLine struct {
	ID        string       `json:"id"`
	Component string       `json:"component,omitempty"`
	Name      lang.Text    `json:"name"`
	Category  string       `json:"category,omitempty"`
	TaxClass  string       `json:"tax_class,omitempty"`
	TaxRate   exact.Number `json:"tax_rate"`
	Was       money.Amount `json:"was"`
	Now       money.Amount `json:"now"`
}

// Compared lists the lines of an earlier invoice that came to something else,
// in the order of the new ones, then those that are gone. Tax rates are those of
// the earlier invoice where it had the line.
func Compared(was, now []AdjustedLine) []AdjustedLine {
	var out []AdjustedLine
	old := map[string]*AdjustedLine{}
	for i := range was {
		old[was[i].ID] = &was[i]
	}
	for _, n := range now {
		n.Was = money.Zero(n.Now.Currency())
		if o := old[n.ID]; o != nil {
			n.Was, n.TaxClass, n.TaxRate = o.Now, o.TaxClass, o.TaxRate
			delete(old, n.ID)
		}
		if n.Was != n.Now {
			out = append(out, n)
		}
	}
	for i := range was {
		if o := was[i]; old[o.ID] != nil && !o.Now.IsZero() {
			o.Was, o.Now = o.Now, money.Zero(o.Now.Currency())
			out = append(out, o)
		}
	}
	return out
}

// Figures are the lines of an invoice as later ones are compared with them.
// Lines that correct other invoices are left out: those keep their own.
func (inv *Invoice) Figures() []AdjustedLine {
	var out []AdjustedLine
	for i := range inv.Lines {
		l := &inv.Lines[i]
		if l.Kind == Adjustment {
			continue
		}
		out = append(out, AdjustedLine{ID: l.ID, Component: l.Component, Name: l.Name, Category: l.Category, TaxClass: l.TaxClass, TaxRate: l.TaxRate,
			Was: money.Zero(inv.Currency), Now: l.Amount})
	}
	return out
}

// maxAdjusted bounds the lines that correct earlier invoices.
const maxAdjusted = 5_000

// Adjust adds the lines that correct earlier invoices to a draft and sums it up
// again. It is done once, before the invoice is closed.
func (inv *Invoice) Adjust(t *contract.Terms, list []Adjusted) error {
	if len(list) == 0 {
		return nil
	}
	for i := range list {
		for j := range list[i].Lines {
			if len(inv.Lines) >= maxAdjusted {
				return fault.New(fault.Invalid, "more than %d lines: correct earlier invoices by credit notes", maxAdjusted)
			}
			l, err := list[i].line(&list[i].Lines[j])
			if err != nil {
				return err
			}
			inv.Lines = append(inv.Lines, l)
		}
	}
	if err := inv.total(t.Plan.Tax.Rounding); err != nil {
		return err
	}
	if err := inv.drawDown(t); err != nil {
		return err
	}
	if inv.Prepaid != nil && inv.Standing != nil {
		inv.Standing.Prepaid = inv.Prepaid.Left.Exact()
	}
	return nil
}

// line is the difference of one line, in two parts: what was charged comes off,
// what is right is charged.
func (a *Adjusted) line(x *AdjustedLine) (rating.Line, error) {
	diff, err := x.Now.Sub(x.Was)
	if err != nil {
		return rating.Line{}, beyond(err)
	}
	part := func(key string, amount money.Amount, sign exact.Number) rating.Part {
		return rating.Part{Key: key, Raw: sign, Quantity: sign, UnitPrice: amount.Exact(), Exact: amount.Exact().Mul(sign)}
	}
	n := diff.Exact()
	return rating.Line{ID: "adjustment/" + a.Invoice + "/" + x.ID, Component: x.Component, Kind: Adjustment, Name: x.Name, Category: x.Category, Unit: "amount",
		First: a.First, After: a.After, Raw: n, Billed: n, Charged: n, Gross: n, Exact: n, Amount: diff,
		Parts:    []rating.Part{part("was", x.Was, exact.Int(-1)), part("now", x.Now, exact.One)},
		TaxClass: x.TaxClass, TaxRate: x.TaxRate,
		Rules:    []rating.Rule{{Key: "adjustment", Args: map[string]string{"invoice": a.Invoice, "was": x.Was.Decimal(), "now": x.Now.Decimal()}}},
		Evidence: rating.Evidence{Digest: a.Facts}}, nil
}

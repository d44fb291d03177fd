package invoice_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// TestAdjustedAddsUp: what was charged at first and the differences on a later
// invoice are, line by line, what one invoice over all facts charges.
func TestAdjustedAddsUp(t *testing.T) {
	for seed := range uint64(40) {
		d := newDice(seed)
		p := d.plan()
		terms := d.terms(t, p)
		facts := d.facts(terms)
		cut := len(facts) / 2
		few, all := newMeter(t, terms), newMeter(t, terms)
		give(t, few, facts[:cut])
		give(t, all, facts)
		first, right := draft(t, few), draft(t, all)
		diff := invoice.Compared(first.Figures(), right.Figures())
		later := draft(t, newMeter(t, terms))
		before := len(later.Lines)
		if err := later.Adjust(terms, []invoice.Adjusted{{Invoice: "A-1", First: first.First, After: first.After, Facts: right.Facts.Digest, Lines: diff}}); err != nil {
			t.Fatal(err)
		}
		sums := map[string]int64{}
		for _, l := range first.Lines {
			sums[l.ID] += l.Amount.Micros()
		}
		for _, l := range later.Lines[before:] {
			if l.Kind != invoice.Adjustment || len(l.Rules) == 0 {
				t.Fatalf("seed %d: %+v", seed, l)
			}
			lineSums(t, absolute(l))
			sums[l.ID[len("adjustment/A-1/"):]] += l.Amount.Micros()
		}
		for _, l := range right.Lines {
			if sums[l.ID] != l.Amount.Micros() {
				t.Errorf("seed %d, line %s: %d in all, want %s", seed, l.ID, sums[l.ID], l.Amount)
			}
			delete(sums, l.ID)
		}
		for id, n := range sums {
			if n != 0 {
				t.Errorf("seed %d: line %s is gone, %d is still charged", seed, id, n)
			}
		}
		total := money.Zero(later.Currency)
		for _, l := range later.Lines {
			total, _ = total.Add(l.Amount)
		}
		if total != later.Subtotal {
			t.Errorf("seed %d: subtotal %s, lines %s", seed, later.Subtotal, total)
		}
		if err := later.Guard(nil); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// absolute lets the checks of a usual line, whose figures are never below zero,
// look at a difference that is.
func absolute(l rating.Line) *rating.Line {
	if l.Amount.Sign() >= 0 {
		return &l
	}
	l.Amount = l.Amount.Neg()
	l.Raw, l.Billed, l.Charged, l.Gross, l.Exact = l.Raw.Neg(), l.Billed.Neg(), l.Charged.Neg(), l.Gross.Neg(), l.Exact.Neg()
	parts := append([]rating.Part(nil), l.Parts...)
	for i := range parts {
		parts[i].Quantity, parts[i].Exact = parts[i].Quantity.Neg(), parts[i].Exact.Neg()
	}
	l.Parts = parts
	return &l
}

func TestGuard(t *testing.T) {
	d := newDice(5)
	terms := d.terms(t, d.plan())
	m := newMeter(t, terms)
	give(t, m, d.facts(terms))
	inv := draft(t, m)
	if err := inv.Guard(nil); err != nil {
		t.Fatal(err)
	}
	claims := inv.Claims()
	if len(claims) == 0 {
		t.Fatal("an invoice claims nothing")
	}
	for _, c := range claims {
		if err := inv.Guard([]string{c}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s was charged before: %v", c, err)
		}
	}
	twice := *inv
	twice.Lines = append(append([]rating.Line(nil), inv.Lines...), inv.Lines[0])
	if err := twice.Guard(nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a line twice: %v", err)
	}
	once := invoice.Invoice{Lines: []rating.Line{{ID: "setup", Kind: rating.Charge, Measure: catalog.OneOff}}}
	if err := once.Guard(once.Claims()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a one-off fee in two months: %v", err)
	}
	many := invoice.Invoice{Lines: make([]rating.Line, 5001)}
	if err := many.Guard(nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("too many lines: %v", err)
	}
}

package invoice_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// seeds is how many worlds each run tries.
const seeds = 120

func FuzzInvoice(f *testing.F) {
	for seed := range uint64(seeds) {
		f.Add(seed)
	}
	f.Fuzz(checkInvoice)
}

// checkInvoice makes a world of a seed and checks what must hold of its bill.
func checkInvoice(t *testing.T, seed uint64) {
	d := newDice(seed)
	terms := d.terms(t, d.plan())
	facts := d.facts(terms)

	m := newMeter(t, terms)
	give(t, m, facts)
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	inv, err := invoice.Draft(g, invoice.Heading{Contract: "dice", Seller: invoice.Party{Name: "Seller"}, Buyer: invoice.Party{Name: "Buyer"}})
	if err != nil {
		t.Fatal(err)
	}
	want := asJSON(t, inv)
	again, err := invoice.Draft(g, invoice.Heading{Contract: "dice", Seller: invoice.Party{Name: "Seller"}, Buyer: invoice.Party{Name: "Buyer"}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "drafted a second time", want, asJSON(t, again))

	d.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	shuffled := newMeter(t, terms)
	give(t, shuffled, facts)
	same(t, "facts in another order", want, asJSON(t, draft(t, shuffled)))

	parts := make([]*meter.Meter, 1+d.IntN(4))
	for i := range parts {
		parts[i] = newMeter(t, terms)
	}
	for _, f := range facts {
		give(t, parts[d.IntN(len(parts))], []any{f})
	}
	for _, p := range parts[1:] {
		if err := parts[0].Merge(p); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "facts metered in parts", want, asJSON(t, draft(t, parts[0])))

	sums(t, inv)
	choices(t, inv)
}

// same shows the first line on which two texts differ.
func same(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s give another invoice, from line %d:\n%s\nnot\n%s", what, i+1, strings.Join(b[max(i-5, 0):min(i+3, len(b))], "\n"), strings.Join(a[max(i-5, 0):min(i+3, len(a))], "\n"))
		}
	}
	t.Fatalf("%s give a longer invoice", what)
}

// sums: parts sum to lines, lines to the subtotal, net and tax to the total.
func sums(t *testing.T, inv *invoice.Invoice) {
	t.Helper()
	subtotal := money.Zero(inv.Currency)
	ids := map[string]bool{}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		lineSums(t, l)
		if ids[l.ID] {
			t.Errorf("two lines are called %s", l.ID)
		}
		ids[l.ID] = true
		var err error
		if subtotal, err = subtotal.Add(l.Amount); err != nil {
			t.Fatal(err)
		}
	}
	if subtotal != inv.Subtotal {
		t.Errorf("the lines sum to %s, the invoice says %s", subtotal, inv.Subtotal)
	}
	net, tax := money.Zero(inv.Currency), money.Zero(inv.Currency)
	for _, r := range inv.Taxes {
		net, _ = net.Add(r.Net)
		tax, _ = tax.Add(r.Tax)
	}
	total, err := inv.Net.Add(inv.Tax)
	if err != nil || net != inv.Net || tax != inv.Tax || total != inv.Total {
		t.Errorf("net %s and tax %s by rate, %s and %s in all, total %s", net, tax, inv.Net, inv.Tax, inv.Total)
	}
	if asked := inv.Subtotal; inv.TaxInclusive && inv.Total != asked {
		t.Errorf("prices contain tax: the total must be %s, not %s", asked, inv.Total)
	}
	if !inv.TaxInclusive && inv.Net != inv.Subtotal {
		t.Errorf("the net is %s, the lines come to %s", inv.Net, inv.Subtotal)
	}
}

func lineSums(t *testing.T, l *rating.Line) {
	t.Helper()
	gross := exact.Zero
	for _, p := range l.Parts {
		gross = gross.Add(p.Exact)
	}
	if !gross.Equal(l.Gross) {
		t.Errorf("%s: the parts sum to %s, gross is %s", l.ID, gross, l.Gross)
	}
	if sum := l.Gross.Sub(l.Discount).Add(l.Raised).Sub(l.Capped); !sum.Equal(l.Exact) {
		t.Errorf("%s: %s - %s + %s - %s is %s, not %s", l.ID, l.Gross, l.Discount, l.Raised, l.Capped, sum, l.Exact)
	}
	rounded, err := money.ToMinor(l.Exact, l.Amount.Currency())
	if err != nil || rounded != l.Amount {
		t.Errorf("%s: %s rounds to %s, not %s (%v)", l.ID, l.Exact, rounded, l.Amount, err)
	}
	for _, n := range []exact.Number{l.Raw, l.Billed, l.Included, l.Charged, l.Gross, l.Discount, l.Raised, l.Capped, l.Exact} {
		if n.Sign() < 0 {
			t.Errorf("%s: a figure of %s: %+v", l.ID, n, l)
			break
		}
	}
	if l.Kind == rating.Charge && !l.Billed.Sub(l.Included).Equal(l.Charged) && !l.Included.IsZero() {
		t.Errorf("%s: %s billed, %s of it included, %s charged", l.ID, l.Billed, l.Included, l.Charged)
	}
}

// choices: what was charged of "the cheaper of" costs no more than any other
// way whose price is known, and nothing else of the group is charged.
func choices(t *testing.T, inv *invoice.Invoice) {
	t.Helper()
	var chosen *invoice.Alternative
	for i := range inv.Alternatives {
		if a := &inv.Alternatives[i]; a.Chosen {
			chosen = a
		}
	}
	if chosen == nil {
		t.Fatal("nothing was chosen")
	}
	for _, a := range inv.Alternatives {
		unknown := false
		for i := range a.Lines {
			unknown = unknown || a.Lines[i].Unknown
			lineSums(t, &a.Lines[i])
		}
		if !unknown && a.Total.Cmp(chosen.Total) < 0 {
			t.Errorf("%s was chosen at %s, %s costs %s", chosen.Option, chosen.Total, a.Option, a.Total)
		}
		if !a.Chosen && len(a.Lines) == 0 {
			t.Errorf("%s does not show what it would have charged", a.Option)
		}
	}
}

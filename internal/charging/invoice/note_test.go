package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var noteDay = timex.MustDate("2026-05-02")

// issuedWith is an issued invoice of fees, each with a tax class.
func issuedWith(t testing.TB, inclusive bool, rates []int64, fees ...catalog.Component) *invoice.Invoice {
	t.Helper()
	p := &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Tax: percents(rates...), Components: fees}
	if inclusive {
		p.Tax.Prices = catalog.TaxInclusive
	}
	inv, err := invoice.Draft(gather(t, p), invoice.Heading{})
	if err != nil {
		t.Fatal(err)
	}
	if err := inv.Issue("W-1", noteDay-2, noteDay+28); err != nil {
		t.Fatal(err)
	}
	return inv
}

func noteOn(number string, earlier []*invoice.CreditNote, items ...invoice.Item) invoice.NoteOn {
	return invoice.NoteOn{Number: number, On: noteDay, Reason: "agreed", Items: items, Earlier: earlier}
}

// TestNoteByNote gives an invoice back in three parts: together they are the
// invoice, tax included, and there is no fourth.
func TestNoteByNote(t *testing.T) {
	inv := issuedWith(t, false, []int64{6}, classed(fee("a", "33.35"), "0"), classed(fee("b", "10.00"), "0"))
	a, err := invoice.NewCreditNote(inv, noteOn("N-1", nil, invoice.Item{Line: "a", Amount: yuan(t, "11.11")}))
	if err != nil {
		t.Fatal(err)
	}
	if a.Tax != yuan(t, "0.67") || a.Total != yuan(t, "11.78") || a.Of.Seal != inv.Seal || a.Seal == "" {
		t.Errorf("%+v", a)
	}
	b, err := invoice.NewCreditNote(inv, noteOn("N-2", []*invoice.CreditNote{a}, invoice.Item{Line: "a", Amount: yuan(t, "11.11")}, invoice.Item{Line: "b", Whole: true}))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := invoice.NewCreditNote(inv, noteOn("N-3", []*invoice.CreditNote{a, b}))
	if err != nil {
		t.Fatal(err)
	}
	if len(rest.Lines) != 1 || rest.Lines[0].Credited != yuan(t, "22.22") || len(rest.Earlier) != 2 {
		t.Errorf("%+v", rest)
	}
	sum, _ := money.Sum(inv.Currency, a.Total, b.Total, rest.Total)
	tax, _ := money.Sum(inv.Currency, a.Tax, b.Tax, rest.Tax)
	if sum != inv.Total || tax != inv.Tax {
		t.Errorf("%s of %s given back, tax %s of %s", sum, inv.Total, tax, inv.Tax)
	}
	if _, err := invoice.NewCreditNote(inv, noteOn("N-4", []*invoice.CreditNote{a, b, rest})); fault.KindOf(err) != fault.Conflict {
		t.Errorf("more than was billed: %v", err)
	}
}

func TestNoteRefused(t *testing.T) {
	inv := issuedWith(t, false, []int64{6}, classed(fee("a", "100"), "0"), classed(fee("b", "10"), "0"))
	first, err := invoice.NewCreditNote(inv, noteOn("N-1", nil, invoice.Item{Line: "a", Amount: yuan(t, "60")}))
	if err != nil {
		t.Fatal(err)
	}
	broken, other := *first, *first
	broken.Reason = "another"
	other.Of.Seal = "sha256:0"
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	changed := *inv
	changed.Buyer.Name = "Somebody else"
	draft := *inv
	draft.Status = invoice.Drafted
	yen, _ := money.Parse("1", money.MustCurrency("JPY"))
	earlier := []*invoice.CreditNote{first}
	for name, c := range map[string]struct {
		inv  *invoice.Invoice
		on   invoice.NoteOn
		kind fault.Kind
	}{
		"draft":           {&draft, noteOn("N-2", nil), fault.Conflict},
		"changed":         {&changed, noteOn("N-2", nil), fault.Conflict},
		"no number":       {inv, noteOn("", nil), fault.Invalid},
		"no reason":       {inv, invoice.NoteOn{Number: "N-2", On: noteDay}, fault.Invalid},
		"same number":     {inv, noteOn("N-1", earlier), fault.Conflict},
		"broken earlier":  {inv, noteOn("N-2", []*invoice.CreditNote{&broken}), fault.Conflict},
		"other invoice":   {inv, noteOn("N-2", []*invoice.CreditNote{&other}), fault.Conflict},
		"no such line":    {inv, noteOn("N-2", nil, invoice.Item{Line: "c", Whole: true}), fault.NotFound},
		"more than left":  {inv, noteOn("N-2", earlier, invoice.Item{Line: "a", Amount: yuan(t, "40.01")}), fault.Conflict},
		"negative":        {inv, noteOn("N-2", nil, invoice.Item{Line: "a", Amount: yuan(t, "-1")}), fault.Conflict},
		"nothing":         {inv, noteOn("N-2", nil, invoice.Item{Line: "a", Amount: yuan(t, "0")}), fault.Conflict},
		"another coin":    {inv, noteOn("N-2", nil, invoice.Item{Line: "a", Amount: yen}), fault.Invalid},
		"twice":           {inv, noteOn("N-2", nil, invoice.Item{Line: "b", Whole: true}, invoice.Item{Line: "b", Whole: true}), fault.Conflict},
		"half a cent":     {inv, noteOn("N-2", nil, invoice.Item{Line: "a", Amount: yuan(t, "0.005")}), fault.Invalid},
		"too early":       {inv, invoice.NoteOn{Number: "N-2", On: noteDay - 3, Reason: "agreed"}, fault.Invalid},
		"the bill's name": {inv, noteOn("W-1", nil), fault.Invalid},
	} {
		if n, err := invoice.NewCreditNote(c.inv, c.on); n != nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, of kind %s, want %s", name, err, fault.KindOf(err), c.kind)
		}
	}
}

// TestNotesSumToTheInvoice gives random invoices back in random parts.
func TestNotesSumToTheInvoice(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 9))
		var fees []catalog.Component
		for i := range 1 + rng.IntN(4) {
			fees = append(fees, classed(fee(fmt.Sprint("f", i), fmt.Sprintf("%d.%02d", rng.IntN(300), 1+rng.IntN(99))), fmt.Sprint(rng.IntN(2))))
		}
		inv := issuedWith(t, seed%2 == 0, []int64{6, 9}, fees...)
		var notes []*invoice.CreditNote
		for k := range 5 {
			line := inv.Lines[rng.IntN(len(inv.Lines))]
			part, err := money.ToMinor(line.Amount.Exact().Mul(exact.Frac(int64(1+rng.IntN(5)), 7)), inv.Currency)
			if err != nil {
				t.Fatal(err)
			}
			n, err := invoice.NewCreditNote(inv, noteOn(fmt.Sprint("N-", k), notes, invoice.Item{Line: line.ID, Amount: part}))
			if err != nil {
				if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "left to credit") {
					t.Fatal(seed, err)
				}
				continue
			}
			notes = append(notes, n)
		}
		if last, err := invoice.NewCreditNote(inv, noteOn("N-9", notes)); err == nil {
			notes = append(notes, last)
		} else if !strings.Contains(err.Error(), "nothing is left") {
			t.Fatal(seed, err)
		}
		net, tax := exact.Zero, exact.Zero
		for _, n := range notes {
			net, tax = net.Add(n.Net.Exact()), tax.Add(n.Tax.Exact())
			if n.Tax.Sign() < 0 || !n.Net.Exact().Add(n.Tax.Exact()).Equal(n.Total.Exact()) {
				t.Errorf("seed %d: note %s: %s + %s is not %s", seed, n.Number, n.Net, n.Tax, n.Total)
			}
		}
		if !net.Equal(inv.Net.Exact()) || !tax.Equal(inv.Tax.Exact()) {
			t.Errorf("seed %d: notes of %s and %s tax on %s and %s", seed, net, tax, inv.Net, inv.Tax)
		}
	}
}

// TestNoteOfNegativeLines: a line that gave something back is taken back with
// the rest, and never alone; sums beyond any money are errors.
func TestNoteOfNegativeLines(t *testing.T) {
	rate := exact.Scaled(6, 2)
	invoiceOf := func(amounts ...string) *invoice.Invoice {
		inv := &invoice.Invoice{Version: invoice.Version, Currency: cny, Status: invoice.Drafted}
		net := exact.Zero
		for i, a := range amounts {
			inv.Lines = append(inv.Lines, rating.Line{ID: fmt.Sprint("l", i), Amount: yuan(t, a), TaxRate: rate})
			net = net.Add(yuan(t, a).Exact())
		}
		sum := func(n exact.Number) money.Amount { a, _ := money.ToMinor(n, cny); return a }
		inv.Taxes = []invoice.TaxTotal{{Rate: rate, Net: sum(net), Tax: sum(net.Mul(rate))}, {Rate: exact.Scaled(9, 2), Net: yuan(t, "0"), Tax: yuan(t, "0")}}
		inv.Net, inv.Tax = inv.Taxes[0].Net, inv.Taxes[0].Tax
		inv.Total = sum(net.Add(net.Mul(rate)))
		if err := inv.Issue("W-1", noteDay, noteDay); err != nil {
			t.Fatal(err)
		}
		return inv
	}
	inv := invoiceOf("100", "-30")
	n, err := invoice.NewCreditNote(inv, noteOn("N-1", nil))
	if err != nil || n.Total != inv.Total || len(n.Lines) != 2 {
		t.Errorf("%+v, %v", n, err)
	}
	for what, item := range map[string]invoice.Item{"more than the rate has left": {Line: "l0", Whole: true}, "only what was given back": {Line: "l1", Whole: true}} {
		if _, err := invoice.NewCreditNote(inv, noteOn("N-1", nil, item)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := invoice.NewCreditNote(invoiceOf("-5", "-1"), noteOn("N-1", nil)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a note that asks for money: %v", err)
	}
	big := invoiceOf("9000000000000")
	big.Lines = append(big.Lines, rating.Line{ID: "more", Amount: yuan(t, "9000000000000"), TaxRate: exact.Scaled(9, 2)})
	big.Taxes[1].Net = yuan(t, "9000000000000")
	if err := big.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := invoice.NewCreditNote(big, noteOn("N-1", nil)); fault.KindOf(err) != fault.Overflow {
		t.Errorf("beyond any money: %v", err)
	}
}

// percents is taxed with rates in hundredths.
func percents(rates ...int64) catalog.Tax {
	out := taxed(rates...)
	for i := range out.Classes {
		p := &out.Classes[i].Rates[0].Rate
		p.Number = p.Number.Div(exact.Int(100))
	}
	return out
}

func ExampleNewCreditNote() {
	amount := func(s string) money.Amount { a, _ := money.Parse(s, cny); return a }
	inv := &invoice.Invoice{Version: invoice.Version, Currency: cny, Lines: []rating.Line{{ID: "seats", Amount: amount("100"), TaxRate: exact.Scaled(6, 2)}},
		Taxes: []invoice.TaxTotal{{Rate: exact.Scaled(6, 2), Net: amount("100"), Tax: amount("6")}}, Total: amount("106"), Status: invoice.Drafted}
	_ = inv.Issue("W-1", noteDay-2, noteDay+28)
	n, err := invoice.NewCreditNote(inv, invoice.NoteOn{Number: "N-1", On: noteDay, Reason: "a day without service", Items: []invoice.Item{{Line: "seats", Amount: amount("25")}}})
	fmt.Println(n.Net, "and", n.Tax, "tax of invoice", n.Of.Number, err)
	// Output: 25.00 CNY and 1.50 CNY tax of invoice W-1 <nil>
}

package invoice_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var cny = money.MustCurrency("CNY")

func yuan(t testing.TB, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s, cny)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// gather meters facts of March 2026 under a plan that is not checked.
func gather(t testing.TB, p *catalog.Plan, facts ...any) *meter.Gathered {
	t.Helper()
	p.ID, p.Version, p.Currency, p.Zone = "test", 1, cny, "UTC"
	terms, found := contract.TermsFor(contract.Inputs{Plan: p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	m := newMeter(t, terms)
	give(t, m, facts)
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fee(id, price string) catalog.Component {
	p, err := catalog.ParsePrice(price)
	if err != nil {
		panic(err)
	}
	return catalog.Component{ID: id, Measure: catalog.Recurring, UnitPrice: p}
}

func TestTaxes(t *testing.T) {
	rate := exact.Scaled(5, 2)
	dimes := []invoice.Taxed{{Amount: yuan(t, "0.10"), Rate: rate}, {Amount: yuan(t, "0.10"), Rate: rate}, {Amount: yuan(t, "0.10"), Rate: rate}, {Amount: yuan(t, "7"), Rate: exact.Zero}}
	for _, c := range []struct {
		name      string
		inclusive bool
		how       catalog.TaxRounding
		net, tax  string
	}{
		{"once on the total of a rate", false, catalog.TaxOncePerRate, "0.30", "0.02"},
		{"on each line", false, catalog.TaxPerLine, "0.30", "0.03"},
		{"inside, once", true, "", "0.29", "0.01"},
		{"inside, each", true, catalog.TaxPerLine, "0.30", "0.00"},
	} {
		got, err := invoice.Taxes(dimes, c.inclusive, c.how, cny)
		if err != nil || len(got) != 2 || got[0].Net != yuan(t, c.net) || got[0].Tax != yuan(t, c.tax) || got[1].Net != yuan(t, "7") || !got[1].Tax.IsZero() {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
}

func TestTaxesOverflow(t *testing.T) {
	big := money.Micros(math.MaxInt64-5_000_000, cny)
	dollar := invoice.Taxed{Amount: money.Micros(1, money.MustCurrency("USD")), Rate: exact.One}
	for name, list := range map[string][]invoice.Taxed{
		"the sum of a rate": {{Amount: big}, {Amount: big}},
		"the tax":           {{Amount: big, Rate: exact.Int(2)}},
		"another currency":  {dollar},
	} {
		for _, how := range []catalog.TaxRounding{catalog.TaxOncePerRate, catalog.TaxPerLine} {
			for _, inclusive := range []bool{false, true} {
				if name == "the tax" && inclusive {
					continue // a third of it is an amount
				}
				if _, err := invoice.Taxes(list, inclusive, how, cny); err == nil {
					t.Errorf("%s, %s, inclusive %v: no error", name, how, inclusive)
				}
			}
		}
	}
}

func TestCredits(t *testing.T) {
	line, tax := yuan(t, "100.00"), yuan(t, "20.00")
	nets := []money.Amount{yuan(t, "33.33"), yuan(t, "33.33"), yuan(t, "33.34")}
	got, err := invoice.Credits(line, tax, nets)
	if err != nil {
		t.Fatal(err)
	}
	sumNet, sumTax := money.Zero(cny), money.Zero(cny)
	for _, c := range got {
		sumNet, _ = sumNet.Add(c.Net)
		sumTax, _ = sumTax.Add(c.Tax)
	}
	if sumNet != line || sumTax != tax || got[2].Tax != yuan(t, "6.66") {
		t.Errorf("credits of %s and %s, the last %s", sumNet, sumTax, got[2].Tax)
	}
	for name, c := range map[string]struct {
		line, tax money.Amount
		nets      []money.Amount
		kind      fault.Kind
	}{
		"more than is left":    {line, tax, []money.Amount{yuan(t, "60"), yuan(t, "40.01")}, fault.Conflict},
		"below zero":           {line, tax, []money.Amount{yuan(t, "-1")}, fault.Conflict},
		"another currency":     {line, tax, []money.Amount{money.Zero(money.MustCurrency("USD"))}, fault.Invalid},
		"tax of another":       {line, money.Zero(money.MustCurrency("USD")), nil, fault.Invalid},
		"beyond any amount":    {yuan(t, "0.01"), money.Micros(math.MaxInt64, cny), []money.Amount{yuan(t, "0.009999")}, ""},
		"tax below zero":       {line, yuan(t, "-20"), []money.Amount{yuan(t, "100")}, ""},
		"a credit of nothing":  {line, tax, []money.Amount{yuan(t, "0")}, ""},
		"share above the rest": {yuan(t, "0.03"), yuan(t, "0.01"), []money.Amount{yuan(t, "0.02"), yuan(t, "0.005")}, ""},
	} {
		_, err := invoice.Credits(c.line, c.tax, c.nets)
		if (err != nil) != (c.kind != "") || err != nil && fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %q", name, err, c.kind)
		}
	}
}

func TestCreditUnused(t *testing.T) {
	got, err := invoice.CreditUnused(exact.MustParse("29.99"), exact.Frac(6, 7), exact.MustParse("0.2333"), cny)
	if err != nil || got.Net != yuan(t, "25.71") || got.Tax != yuan(t, "6.00") {
		t.Errorf("%+v, %v", got, err)
	}
	huge := exact.Int(math.MaxInt64)
	if _, err := invoice.CreditUnused(huge, exact.One, exact.One, cny); err == nil {
		t.Error("a credit beyond any amount")
	}
	if _, err := invoice.CreditUnused(exact.One, exact.One, huge, cny); err == nil {
		t.Error("tax beyond any amount")
	}
}

func TestCreditable(t *testing.T) {
	for _, c := range []struct{ asked, paid, credited, want string }{
		{"300", "200", "50", "150"},
		{"100", "200", "50", "100"},
		{"100", "40", "50", "0"},
	} {
		got, err := invoice.Creditable(yuan(t, c.asked), yuan(t, c.paid), yuan(t, c.credited))
		if err != nil || got != yuan(t, c.want) {
			t.Errorf("%+v: %s, %v", c, got, err)
		}
	}
	dollar := money.Micros(1, money.MustCurrency("USD"))
	if _, err := invoice.Creditable(yuan(t, "1"), yuan(t, "1"), dollar); err == nil {
		t.Error("credited in another currency")
	}
	if _, err := invoice.Creditable(yuan(t, "1"), dollar, dollar); fault.KindOf(err) != fault.Invalid {
		t.Errorf("paid in another currency: %v", err)
	}
}

func TestDraftNamesUnknownAndUnpriced(t *testing.T) {
	call := &usage.Call{ID: "1", Source: "x", Start: timex.MustDate("2026-03-05").Start(time.UTC), Result: usage.Answered, Talk: 90e9, To: "95555"}
	g := gather(t, &catalog.Plan{Components: []catalog.Component{fee("base", "unknown"), fee("known", "5")}}, call)
	inv, err := invoice.Draft(g, invoice.Heading{})
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Unknown) != 1 || inv.Unknown[0] != "base" || inv.Total != yuan(t, "5") {
		t.Errorf("unknown %v, total %s", inv.Unknown, inv.Total)
	}
	if len(inv.Unpriced) != 1 || inv.Unpriced[0].Seconds != 90 || inv.Unpriced[0].Examples[0] != "95555" {
		t.Errorf("unpriced %+v", inv.Unpriced)
	}
	if err := inv.Issue("1", 0, 0); fault.KindOf(err) != fault.Unknown {
		t.Errorf("an invoice with unknown prices was issued: %v", err)
	}
}

func TestIssueOnce(t *testing.T) {
	inv, err := invoice.Draft(gather(t, &catalog.Plan{Components: []catalog.Component{fee("base", "5")}}), invoice.Heading{Contract: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := inv.Issue("2026-0001", timex.MustDate("2026-04-02"), timex.MustDate("2026-05-02")); err != nil {
		t.Fatal(err)
	}
	seal := inv.Seal
	if digest, err := inv.Digest(); err != nil || digest != seal || !strings.HasPrefix(seal, "sha256:") {
		t.Errorf("the seal is %s, the digest %s (%v)", seal, digest, err)
	}
	if err := inv.Issue("2026-0002", 0, 0); fault.KindOf(err) != fault.Conflict || inv.Number != "2026-0001" {
		t.Errorf("issued twice: %v, number %s", err, inv.Number)
	}
	var back invoice.Invoice
	b, err := json.Marshal(inv)
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	if digest, err := back.Digest(); err != nil || digest != seal {
		t.Errorf("read back, the digest is %s, not %s (%v)", digest, seal, err)
	}
	inv.Lines[0].Amount = yuan(t, "4.99")
	if digest, _ := inv.Digest(); digest == seal {
		t.Error("a changed line does not show")
	}
}

// taxed has a class for each rate, named by its place; the first is the default.
func taxed(rates ...int64) catalog.Tax {
	out := catalog.Tax{Default: "0"}
	for i, r := range rates {
		out.Classes = append(out.Classes, catalog.TaxClass{ID: fmt.Sprint(i), Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: exact.Int(r)}}}})
	}
	return out
}

func classed(c catalog.Component, class string) catalog.Component {
	c.TaxClass = class
	return c
}

func TestDraftErrors(t *testing.T) {
	from := timex.MustDate("2027-01-01")
	late := catalog.Tax{Default: "voice", Classes: []catalog.TaxClass{{ID: "voice", Rates: []catalog.TaxRate{{From: from, Rate: catalog.Percent{Number: exact.Scaled(6, 2)}}}}}}
	two := func(price string) []catalog.Component { return []catalog.Component{fee("a", price), fee("b", price)} }
	for name, c := range map[string]struct {
		plan catalog.Plan
		kind fault.Kind
	}{
		"no tax rate on the day":   {catalog.Plan{Tax: late, Components: []catalog.Component{fee("a", "1")}}, fault.Invalid},
		"a line beyond amounts":    {catalog.Plan{Components: []catalog.Component{fee("a", "99999999999999")}}, fault.Overflow},
		"a sum beyond amounts":     {catalog.Plan{Components: two("9000000000000")}, fault.Overflow},
		"tax beyond amounts":       {catalog.Plan{Tax: taxed(1000), Components: two("900000000000")}, fault.Overflow},
		"taxes beyond amounts":     {catalog.Plan{Tax: taxed(2, 3), Components: []catalog.Component{classed(fee("a", "4000000000000"), "0"), classed(fee("b", "3000000000000"), "1")}}, fault.Overflow},
		"the total beyond amounts": {catalog.Plan{Tax: taxed(1), Components: []catalog.Component{fee("a", "9000000000000")}}, fault.Overflow},
	} {
		plan := c.plan
		if _, err := invoice.Draft(gather(t, &plan), invoice.Heading{}); err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), "invoice.Draft(test)") {
			t.Errorf("%s: %v (kind %s)", name, err, fault.KindOf(err))
		}
	}
}

func ExampleDraft() {
	p := &catalog.Plan{ID: "base", Version: 1, Currency: cny, Zone: "Asia/Shanghai", Components: []catalog.Component{fee("base", "49"), {ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.Scaled(20, 2))}},
		Tax: catalog.Tax{Default: "voice", Classes: []catalog.TaxClass{{ID: "voice", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: exact.Scaled(9, 2)}}}}}}}
	terms, _ := contract.TermsFor(contract.Inputs{Plan: p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
	m, _ := meter.New(terms, meter.Options{})
	_ = m.Call(&usage.Call{ID: "1", Start: terms.Period.From, Result: usage.Answered, Talk: 61e9}) // 61 s, billed 120
	g, _ := m.Finish()
	inv, _ := invoice.Draft(g, invoice.Heading{})
	for _, l := range inv.Lines {
		fmt.Println(l.ID, l.Billed, l.Unit, l.Amount)
	}
	fmt.Println("tax", inv.Tax, "total", inv.Total)
	// Output:
	// base 1 item 49.00 CNY
	// talk 2 minute 0.40 CNY
	// tax 4.45 CNY total 53.85 CNY
}

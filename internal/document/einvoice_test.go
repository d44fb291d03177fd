package document

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// eurInvoice is between two companies of the European Union.
func eurInvoice(t testing.TB, inclusive bool) *invoice.Invoice {
	b := newSample(t, "EUR")
	b.inv.TaxInclusive = inclusive
	b.inv.Seller = invoice.Party{Name: "Rufdienst GmbH", TaxID: "DE123456789", Address: "Lange Straße 1, Berlin", Email: "rechnung@rufdienst.example", Country: "DE", Bank: "DE02120300000000202051"}
	b.inv.Buyer = invoice.Party{Name: "Ventas SA", TaxID: "B12345678", Address: "Calle Mayor 2, Madrid", Email: "facturas@ventas.example", Country: "ES"}
	b.seats()
	b.calls()
	b.rest()
	return b.finish()
}

func TestUBL(t *testing.T) {
	for _, inclusive := range []bool{false, true} {
		inv := eurInvoice(t, inclusive)
		var b bytes.Buffer
		if err := UBL(&b, inv); err != nil {
			t.Fatalf("inclusive %t: %v", inclusive, err)
		}
		if !inclusive {
			golden(t, "eur.ubl.xml", b.Bytes())
		}
		open, empty := 0, ""
		dec := xml.NewDecoder(&b)
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				open, empty = open+1, tok.Name.Local
			case xml.CharData:
				if len(bytes.TrimSpace(tok)) > 0 {
					empty = ""
				}
			case xml.EndElement:
				if empty == tok.Name.Local {
					t.Errorf("PEPPOL-EN16931-R008: %s is empty", empty)
				}
				empty = ""
			}
		}
		if open < 100 {
			t.Errorf("only %d elements", open)
		}
	}
}

// TestUBLRules breaks one rule at a time and looks for its name.
func TestUBLRules(t *testing.T) {
	cent := money.Micros(10_000, money.MustCurrency("EUR"))
	add := func(a *money.Amount) {
		sum, err := a.Add(cent)
		if err != nil {
			t.Fatal(err)
		}
		*a = sum
	}
	for rule, breakIt := range map[string]func(*invoice.Invoice){
		"BR-02":           func(inv *invoice.Invoice) { inv.Number = "" },
		"BR-03":           func(inv *invoice.Invoice) { inv.IssuedOn = 0 },
		"BR-06":           func(inv *invoice.Invoice) { inv.Seller.Name = "" },
		"BR-07":           func(inv *invoice.Invoice) { inv.Buyer.Name = "" },
		"BR-08":           func(inv *invoice.Invoice) { inv.Seller.Address, inv.Seller.Country = "", "" },
		"BR-09":           func(inv *invoice.Invoice) { inv.Seller.Country = "Germany" },
		"BR-11, BR-CL-14": func(inv *invoice.Invoice) { inv.Buyer.Country = "es" },
		"BR-16":           func(inv *invoice.Invoice) { inv.Lines = nil },
		"BR-25": func(inv *invoice.Invoice) {
			inv.Lines[0].Name, inv.Lines[0].ID, inv.Lines[0].Component = lang.Text{}, "", ""
		},
		"BR-CO-10":            func(inv *invoice.Invoice) { add(&inv.Lines[0].Amount) },
		"BR-CO-14":            func(inv *invoice.Invoice) { add(&inv.Tax) },
		"BR-CO-15":            func(inv *invoice.Invoice) { add(&inv.Total) },
		"BR-CO-17":            func(inv *invoice.Invoice) { add(&inv.Taxes[0].Tax) },
		"BR-S-08":             func(inv *invoice.Invoice) { add(&inv.Taxes[0].Net) },
		"BR-CO-18":            func(inv *invoice.Invoice) { inv.Taxes = nil },
		"BR-CO-25":            func(inv *invoice.Invoice) { inv.DueOn = 0 },
		"BR-CO-26":            func(inv *invoice.Invoice) { inv.Seller.TaxID = "" },
		"BR-S-02":             func(inv *invoice.Invoice) { inv.Seller.TaxID = "" },
		"PEPPOL-EN16931-R003": func(inv *invoice.Invoice) { inv.Contract = "" },
		"PEPPOL-EN16931-R010": func(inv *invoice.Invoice) { inv.Buyer.Email = "" },
		"PEPPOL-EN16931-R020": func(inv *invoice.Invoice) { inv.Seller.Email = "" },
		"type 380":            func(inv *invoice.Invoice) { inv.Total = inv.Total.Neg() },
		"BR-DEC":              func(inv *invoice.Invoice) { inv.Lines[0].Amount = money.Micros(1_234, money.MustCurrency("EUR")) },
	} {
		inv := eurInvoice(t, false)
		if ps := CheckUBL(inv); len(ps) > 0 {
			t.Fatal(ps)
		}
		breakIt(inv)
		if ps := CheckUBL(inv); !strings.Contains(ps.Error(), rule) {
			t.Errorf("%s was broken, found: %v", rule, ps)
		}
		var b bytes.Buffer
		if err := UBL(&b, inv); fault.KindOf(err) != fault.Invalid || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", rule, err, b.Len())
		}
	}
}

func TestFapiao(t *testing.T) {
	inv := cnyInvoice(t)
	f, ps := FapiaoOf(inv, FapiaoOptions{TaxCodes: map[string]string{"saas": "3040201010000000000", "telecom": "3030000000000000000"}, Issuer: "明远"})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	net, tax := exact.Zero, exact.Zero
	for _, l := range f.Lines {
		net, tax = net.Add(num(l.Net)), tax.Add(num(l.Tax))
	}
	if net.Text(2) != f.Net || tax.Text(2) != f.Tax || f.TotalWords != "人民币壹万叁仟伍佰伍拾玖元捌角柒分" {
		t.Errorf("lines make %s and %s: %+v", net, tax, f)
	}
	if f.Number != "" || f.IssuedOn != "" || f.Status != "hand-over data, not issued" {
		t.Error("the hand-over claims to be an invoice")
	}
	var b bytes.Buffer
	if err := f.JSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "cny.fapiao.json", b.Bytes())
	b.Reset()
	if err := f.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if code, err := file.GetCellValue("项目", "I2"); err != nil || code != "3040201010000000000" {
		t.Errorf("the code of 19 digits became %q, %v", code, err)
	}
	_, ps = FapiaoOf(twdInvoice(t), FapiaoOptions{Kind: "01", Natural: true})
	for _, want := range []string{"CNY", "draft", "classification code", "special"} {
		if !strings.Contains(ps.Error(), want) {
			t.Errorf("no finding about %q in %v", want, ps)
		}
	}
}

func TestTaiwan(t *testing.T) {
	inv := twdInvoice(t)
	inv.Status, inv.Number, inv.IssuedOn = invoice.Issued, "W-1", timex.MustDate("2026-04-02")
	inv.Buyer.TaxID = ""
	d, ps := TaiwanOf(inv)
	if err := ps.Err(); err == nil || !strings.Contains(err.Error(), "whole dollars") {
		t.Errorf("an amount with cents was handed over: %v", err)
	}
	if d.BuyerID != consumer || d.Number != "" || d.TaxType != "1" || d.TaxRate != "0.05" {
		t.Errorf("%+v", d)
	}
	var b bytes.Buffer
	if err := d.JSON(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("%v", err)
	}
	if err := d.XLSX(io.Discard); err != nil {
		t.Error(err)
	}
	for id, want := range map[string]bool{"22099131": true, "04595257": true, "22099132": false, "2209913": false, "2209913x": false, "": false} {
		if TaiwanID(id) != want {
			t.Errorf("%q: %t", id, !want)
		}
	}
}

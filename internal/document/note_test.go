package document

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// noteSample is the second credit note on an invoice between two companies of
// the European Union.
func noteSample(t testing.TB) *invoice.CreditNote {
	inv := eurInvoice(t, false)
	if err := inv.Close(); err != nil {
		t.Fatal(err)
	}
	amount := func(s string) money.Amount {
		a, err := money.Parse(s, inv.Currency)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	on := invoice.NoteOn{Number: "CN-1", On: timex.MustDate("2026-04-10"), Reason: "Seats not used", Items: []invoice.Item{{Line: "seats", Amount: amount("300")}}}
	first, err := invoice.NewCreditNote(inv, on)
	if err != nil {
		t.Fatal(err)
	}
	on.Number, on.Earlier, on.Reason = "CN-2", []*invoice.CreditNote{first}, "錄音中斷 / 录音中断"
	on.Items = []invoice.Item{{Line: "seats", Amount: amount("33.33")}, {Line: "recording", Whole: true}}
	n, err := invoice.NewCreditNote(inv, on)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNoteText(t *testing.T) {
	n := noteSample(t)
	for _, tag := range lang.Tags() {
		var b bytes.Buffer
		if err := NoteText(&b, n, TextOptions{Tag: tag}); err != nil {
			t.Fatal(err)
		}
		golden(t, "note."+string(tag)+".txt", b.Bytes())
	}
}

func TestNoteJSON(t *testing.T) {
	n := noteSample(t)
	var a, b bytes.Buffer
	if err := NoteJSON(&a, n); err != nil {
		t.Fatal(err)
	}
	if !IsNote(a.Bytes()) || IsNote([]byte(`{"version":1}`)) || IsNote([]byte(`[`)) {
		t.Error("a credit note is not told from an invoice")
	}
	back, err := ReadNoteJSON(bytes.NewReader(a.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := NoteJSON(&b, back); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("%v: written twice it differs", err)
	}
	for _, bad := range []string{"{}", `{"document":"credit_note","version":9}`, strings.Replace(a.String(), `"tax":`, `"Tax":{},"tax":`, 1), a.String() + "{}"} {
		if _, err := ReadNoteJSON(strings.NewReader(bad)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

func TestNoteCSVAndXLSX(t *testing.T) {
	n := noteSample(t)
	var b bytes.Buffer
	if err := NoteCSV(&b, n, lang.Simplified); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), utf8Mark))).ReadAll()
	if err != nil || len(rows) != 2+len(n.Lines)+len(n.Taxes)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[2]; got[6] != "10400.00" && got[6] != n.Lines[0].Billed.Decimal() || got[7] != "300.00" || got[8] != "33.33" {
		t.Errorf("%v", got)
	}
	b.Reset()
	if err := NoteXLSX(&b, n, lang.Traditional); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := file.GetCellValue(file.GetSheetName(1), "H2"); err != nil || got != "33.33" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNotePDF(t *testing.T) {
	n := noteSample(t)
	for _, tag := range lang.Tags() {
		var a, b bytes.Buffer
		if err := NotePDF(&a, n, tag); err != nil {
			t.Fatal(err)
		}
		if err := NotePDF(&b, n, tag); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) || !bytes.HasPrefix(a.Bytes(), []byte("%PDF")) {
			t.Errorf("%s: %v, or not the same bytes", tag, err)
		}
	}
}

func TestNoteUBL(t *testing.T) {
	n := noteSample(t)
	var b bytes.Buffer
	if err := NoteUBL(&b, n); err != nil {
		t.Fatal(err)
	}
	golden(t, "eur.note.ubl.xml", b.Bytes())
	n.Of.Number = ""
	if ps := CheckNoteUBL(n); !strings.Contains(ps.Error(), "BR-55") {
		t.Errorf("a note without its invoice: %v", ps)
	}
	b.Reset()
	if err := NoteUBL(&b, n); fault.KindOf(err) != fault.Invalid || b.Len() > 0 {
		t.Errorf("it was written: %v", err)
	}
}

// TestRepeatedKeys: of two values of one key one would be read here and the
// other elsewhere.
func TestRepeatedKeys(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, cnyInvoice(t)); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	if _, err := ReadJSON(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]string{
		"twice":          strings.Replace(good, `"total":`, `"total":{"amount":"1.00","currency":"CNY"},"total":`, 1),
		"other capitals": strings.Replace(good, `"total":`, `"TOTAL":{"amount":"1.00","currency":"CNY"},"total":`, 1),
		"deep":           strings.Replace(good, `"unit_price":`, `"unit_price":"0","unit_price":`, 1),
		"folded":         strings.Replace(good, `"status":`, `"ſtatus":"draft","status":`, 1),
		"argument":       strings.Replace(good, `"args": {`, `"args": {"increment":"1/1","increment":"1/1",`, 1),
		"two values":     good + good,
	} {
		if bad == good {
			t.Fatalf("%s: nothing was changed", what)
		}
		if _, err := ReadJSON(strings.NewReader(bad)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "follows") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, within := range []string{`"lines": [`, `"total": {`, `"parts": [`} { // a field nobody looks at
		brace := strings.Index(good, within) + len(within)
		brace += strings.IndexByte(good[brace-1:], '{')
		if _, err := ReadJSON(strings.NewReader(good[:brace] + `"surcharge":"9",` + good[brace:])); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "surcharge") {
			t.Errorf("an unknown field within %s: %v", within, err)
		}
	}
	two := strings.Replace(good, `"inputs": {`, `"inputs": {"quantities":{"a":"1","A":"2"}`, 1)
	if _, err := ReadJSON(strings.NewReader(two)); err != nil && strings.Contains(err.Error(), "twice") {
		t.Errorf("names of the plan that differ in capitals are two names: %v", err)
	}
}

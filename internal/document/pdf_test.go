package document

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

func pdfOf(t testing.TB, inv *invoice.Invoice, tag lang.Tag) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, inv, tag); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	streams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	shows   = regexp.MustCompile(`(?s)(?:/Span<</ActualText<FEFF([0-9A-F]*)>>>BDC\n)?(?:q [^\n]*?)?BT [0-9. -]+ Td \(((?:\\.|[^\\)])*)\) Tj ET`)
	escapes = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
)

// rawPages are the drawing commands of each page.
func rawPages(t testing.TB, pdf []byte) []string {
	t.Helper()
	var out []string
	for _, m := range streams.FindAllSubmatch(pdf, -1) {
		zr, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // not packed: a table of characters
		}
		if raw, err := io.ReadAll(zr); err == nil && bytes.Contains(raw, []byte(" Tj ET")) {
			out = append(out, string(raw))
		}
	}
	return out
}

// pageTexts reads the text of each page back from a PDF, one string a page.
func pageTexts(t testing.TB, pdf []byte) []string {
	t.Helper()
	var pages []string
	for _, raw := range rawPages(t, pdf) {
		var page strings.Builder
		for _, s := range shows.FindAllSubmatch([]byte(raw), -1) {
			if len(s[1]) > 0 {
				bits, _ := hex.DecodeString(string(s[1]))
				page.WriteString(fromUTF16(bits))
			} else {
				page.WriteString(fromUTF16([]byte(escapes.Replace(string(s[2])))))
			}
			page.WriteByte('\n')
		}
		pages = append(pages, page.String())
	}
	return pages
}

func fromUTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(u))
}

// TestPDF: the pages hold every figure of the invoice, the same invoice gives
// the same bytes, and those bytes are the ones that were looked at.
func TestPDF(t *testing.T) {
	var sums strings.Builder
	all := samples(t)
	for _, name := range []string{"cny", "jpy", "twd"} {
		inv := all[name]
		for _, tag := range lang.Tags() {
			pdf := pdfOf(t, inv, tag)
			fmt.Fprintf(&sums, "%x  %s.%s\n", sha256.Sum256(pdf), name, tag)
			text := strings.Join(pageTexts(t, pdf), "")
			want := []string{lang.Money(tag, inv.Total), lang.Decimal(tag, inv.Subtotal), inv.Facts.Digest, inv.Plan.Digest}
			for i := range inv.Lines {
				want = append(want, lang.Decimal(tag, inv.Lines[i].Amount))
				for j := range inv.Lines[i].Parts {
					want = append(want, lang.Number(tag, inv.Lines[i].Parts[j].Exact))
				}
			}
			for _, s := range want {
				if !strings.Contains(text, s) {
					t.Errorf("%s %s: the pages do not say %q", name, tag, s)
				}
			}
			if strings.Contains(text, "[doc.") || strings.Contains(text, "[rule.") || strings.Contains(text, "〓") {
				t.Errorf("%s %s: a phrase or a character is missing", name, tag)
			}
		}
	}
	golden(t, "pdf.sha256", []byte(sums.String()))
	if !bytes.Equal(pdfOf(t, all["cny"], lang.English), pdfOf(t, cnyInvoice(t), lang.English)) {
		t.Error("the same invoice gave other bytes")
	}
}

// TestPDFPages: a long table goes on under a repeated heading, and every page
// has its number.
func TestPDFPages(t *testing.T) {
	const lines = 120
	pages := pageTexts(t, pdfOf(t, longInvoice(t, lines), lang.English))
	of := len(pages)
	headed := 0
	for i, page := range pages {
		if !strings.Contains(page, fmt.Sprintf("Page %d of %d\n", i+1, of)) {
			t.Errorf("page %d does not say so", i+1)
		}
		if strings.Contains(page, "Description\n") {
			headed++
		}
		if i > 0 && !strings.Contains(page, "W-2026-03-0042") {
			t.Errorf("page %d does not name the invoice", i+1)
		}
	}
	if of < 8 || headed < 4 {
		t.Errorf("%d pages, %d with the heading of the table", of, headed)
	}
	all := strings.Join(pages, "")
	for i := range lines {
		if want := fmt.Sprintf("Outbound calls of team %d\n", i+1); strings.Count(all, want) != 2 {
			t.Fatalf("%q stands %d times, not once in each part", want, strings.Count(all, want))
		}
	}
}

// TestFiveThousandLines: what a large customer gets has every line, in every form.
func TestFiveThousandLines(t *testing.T) {
	const lines = 5000
	inv := longInvoice(t, lines)
	pages := pageTexts(t, pdfOf(t, inv, lang.Traditional))
	if of, last := len(pages), pages[len(pages)-1]; !strings.Contains(last, fmt.Sprintf("第 %d 頁，共 %d 頁", of, of)) {
		t.Errorf("the last of %d pages does not say so: %.200q", of, last)
	}
	var texts, table, sheets, data bytes.Buffer
	err := errors.Join(Text(&texts, inv, TextOptions{Tag: lang.Traditional}), CSV(&table, inv, lang.Traditional), XLSX(&sheets, inv, lang.Traditional), JSON(&data, inv))
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]string{"PDF": strings.Join(pages, ""), "text": texts.String(), "CSV": table.String(), "JSON": data.String()} {
		for _, i := range []int{1, 2, 2500, lines - 1, lines} {
			if want := fmt.Sprintf("外呼通話 第 %d 組", i); !strings.Contains(all, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
	}
	if sheets.Len() < 100*lines {
		t.Errorf("a workbook of %d bytes cannot have %d lines", sheets.Len(), lines)
	}
}

func TestPDFDraft(t *testing.T) {
	for i, page := range pageTexts(t, pdfOf(t, twdInvoice(t), lang.Simplified)) {
		if !strings.Contains(page, "草稿\n") {
			t.Errorf("page %d of a draft does not say so", i+1)
		}
	}
	if all := strings.Join(pageTexts(t, pdfOf(t, cnyInvoice(t), lang.Simplified)), ""); strings.Contains(all, "草稿") {
		t.Error("an issued invoice says it is a draft")
	}
}

// TestPDFCharacters: rare characters of both standards are printed and can be
// copied; what no font has is an error that names it, not a gap.
func TestPDFCharacters(t *testing.T) {
	inv := cnyInvoice(t)
	const rare = "𨋢記茶餐廳 朱镕基 堃喆 䶮𬱖"
	inv.Buyer.Name = rare
	for _, tag := range lang.Tags() {
		all := strings.ReplaceAll(strings.Join(pageTexts(t, pdfOf(t, inv, tag)), ""), "\n", "")
		if !strings.Contains(all, rare) {
			t.Errorf("%s: %q cannot be copied from the page", tag, rare)
		}
	}
	inv.Lines[0].Name = lang.Text{En: "Seats 😀 한"}
	var b bytes.Buffer
	err := PDF(&b, inv, lang.English)
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "U+1F600") || !strings.Contains(err.Error(), "U+D55C") || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
	if Printable(inv, lang.English) == nil || Printable(cnyInvoice(t), lang.English) != nil {
		t.Error("Printable says otherwise than PDF")
	}
}

// TestPDFStrange: what no plan should hold makes no panic.
func TestPDFStrange(t *testing.T) {
	long := strings.Repeat("外呼", 4000)
	for name, change := range map[string]func(*invoice.Invoice){
		"nothing":     func(inv *invoice.Invoice) { *inv = invoice.Invoice{} },
		"long names":  func(inv *invoice.Invoice) { inv.Lines[0].Name.En, inv.Buyer.Name, inv.Number = long, long, long },
		"control":     func(inv *invoice.Invoice) { inv.Lines[0].Name.En = "a\x00\x1b[2J\r\n\tb\u202ec\xff" },
		"no parties":  func(inv *invoice.Invoice) { inv.Seller, inv.Buyer = invoice.Party{}, invoice.Party{} },
		"long number": func(inv *invoice.Invoice) { inv.Lines[0].Charged = num("1234567890123456789012345678901234567.25") },
		"many unpriced": func(inv *invoice.Invoice) {
			inv.Unpriced = slices.Repeat(inv.Unpriced, 300)
		},
		"many parts": func(inv *invoice.Invoice) {
			inv.Lines[1].Parts = slices.Repeat(inv.Lines[1].Parts, 2000)
		},
	} {
		inv := cnyInvoice(t)
		change(inv)
		var b bytes.Buffer
		err := PDF(&b, inv, lang.English)
		if name == "control" {
			if err == nil || !strings.Contains(err.Error(), "U+FFFD") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(pageTexts(t, b.Bytes())) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if err := Text(io.Discard, inv, TextOptions{Tag: lang.English}); err != nil {
			t.Errorf("%s as text: %v", name, err)
		}
		if err := XLSX(io.Discard, inv, lang.English); err != nil {
			t.Errorf("%s as XLSX: %v", name, err)
		}
		if err := CSV(io.Discard, inv, lang.English); err != nil {
			t.Errorf("%s as CSV: %v", name, err)
		}
	}
}

// FuzzPDF: a name is printed and can be read back, or the error names a
// character of it; nothing panics.
func FuzzPDF(f *testing.F) {
	f.Add("Seats 座席", true)
	f.Add("𨋢 () \\ 朱镕基", false)
	f.Fuzz(func(t *testing.T, name string, traditional bool) {
		if len(name) > 200 {
			return
		}
		tag := lang.Simplified
		if traditional {
			tag = lang.Traditional
		}
		b := newSample(t, "CNY")
		b.seats()
		b.inv.Lines[0].Name = lang.Text{Hant: name, Hans: name}
		inv := b.finish()
		var out bytes.Buffer
		if err := PDF(&out, inv, tag); err != nil {
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "is in none of the fonts") {
				t.Fatal(err)
			}
			return
		}
		squeeze := strings.NewReplacer("\n", "", " ", "").Replace
		if all := squeeze(strings.Join(pageTexts(t, out.Bytes()), "")); !strings.Contains(all, squeeze(clean(name))) {
			t.Fatalf("%q cannot be read back", name)
		}
	})
}

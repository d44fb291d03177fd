package document

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func TestCSV(t *testing.T) {
	inv := cnyInvoice(t)
	inv.Lines[0].Name.En = `=HYPERLINK("http://x","pay here")`
	var b bytes.Buffer
	if err := CSV(&b, inv, lang.English); err != nil {
		t.Fatal(err)
	}
	golden(t, "cny.csv", b.Bytes())
	data, ok := strings.CutPrefix(b.String(), utf8Mark)
	if !ok || strings.Count(data, "\n") != strings.Count(data, "\r\n") {
		t.Error("no mark, or lines that do not end in CRLF")
	}
	rows, err := csv.NewReader(strings.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum, total := exact.Zero, ""
	for _, r := range rows[1:] {
		cell := func(name string) string {
			for i, c := range csvColumns {
				if c == name {
					return r[i]
				}
			}
			return ""
		}
		switch cell("record") {
		case "line":
			sum = sum.Add(num(cell("amount")))
		case "total":
			if cell("id") == "subtotal" {
				total = cell("amount")
			}
		}
	}
	if sum.Text(2) != total {
		t.Errorf("lines sum to %s, subtotal says %s", sum.Text(2), total)
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "seats": "seats", "=1+1": "'=1+1", "+8613800138000": "+8613800138000", "+1-2": "'+1-2", "-5": "-5", "-a": "'-a",
		"@x": "'@x", "\t=1": "' =1", "\r\n=1": "'  =1", " =1": "' =1", "＝1": "'＝1", "+": "'+", "a=1": "a=1",
	} {
		if got := guard(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzGuard: what comes out never begins as a formula.
func FuzzGuard(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0")
	f.Add("\u200b=1")
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.TrimLeft(guard(s), " ")
		if got == "" {
			return
		}
		first := []rune(got)[0]
		if strings.ContainsRune("=@\t\r\n＝＠＋－", first) {
			t.Fatalf("%q became %q", s, got)
		}
		if first == '+' || first == '-' {
			if strings.Trim(got[1:], "0123456789") != "" || len(got) == 1 {
				t.Fatalf("%q became %q", s, got)
			}
		}
	})
}

func TestXLSX(t *testing.T) {
	inv := cnyInvoice(t)
	inv.Lines[0].Name.Hant = "=1+1"
	var b, again bytes.Buffer
	for _, to := range []*bytes.Buffer{&b, &again} {
		if err := XLSX(to, inv, lang.Traditional); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same invoice gave other bytes")
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := strings.Join(file.GetSheetList(), " "); got != "帳單 明細 分項 稅額 未定價" {
		t.Error(got)
	}
	for _, c := range []struct{ sheet, cell, want string }{
		{"明細", "C2", "=1+1"}, {"明細", "R2", "9300"}, {"明細", "R3", "2622.66"}, {"明細", "Q3", "2622.6555"}, {"明細", "S3", "0.09"},
		{"分項", "M4", "1100"}, {"分項", "K9", "31"}, {"稅額", "C2", "589.75"}, {"未定價", "B2", "3"},
	} {
		raw, err := file.GetCellValue(c.sheet, c.cell, excelize.Options{RawCellValue: true})
		if err != nil || raw != c.want {
			t.Errorf("%s %s: %q %v, want %q", c.sheet, c.cell, raw, err, c.want)
		}
	}
	if f, _ := file.GetCellFormula("明細", "C2"); f != "" {
		t.Errorf("a name became the formula %q", f)
	}
	if kind, _ := file.GetCellType("明細", "R2"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("an amount is of type %d", kind)
	}
	if shown, _ := file.GetCellValue("明細", "G2"); shown != "2026-03-01" {
		t.Errorf("a date shows as %q", shown)
	}
}

// TestFigure: a number is only written as a float when it reads back the same.
func TestFigure(t *testing.T) {
	b := newWorkbook("")
	defer b.file.Close()
	for _, s := range []string{"0", "-0.05", "123456789012.345", "0.000000000001", "999999999999999"} {
		c, ok := b.figure(s).(excelize.Cell)
		if !ok || strconv.FormatFloat(c.Value.(float64), 'f', -1, 64) != s {
			t.Errorf("%s became %+v", s, c)
		}
	}
	if got := b.figure("12345678901234.56"); got != "12345678901234.56" {
		t.Errorf("16 digits became %v", got)
	}
}

func detailRow(i int) *Row {
	return &Row{CallID: "gw1/" + strconv.Itoa(i), Source: "asterisk", Start: timex.At(time.Date(2026, 3, 1, 1, 30, i%60, 0, time.UTC)),
		Direction: usage.Outbound, From: "+862155501234", To: "+8613800138000", Agent: "=a1", Talk: 61, Billed: 120, Component: "calls", Rate: "8613",
		Amount: exact.Frac(1, 3), Included: exact.Int(60), Rule: "increment 60/60"}
}

func TestDetailCSV(t *testing.T) {
	var b bytes.Buffer
	d := NewDetailCSV(&b, DetailOptions{Zone: time.FixedZone("", 8*3600)})
	if err := d.Write(detailRow(0)); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(&Row{CallID: "x", NoAmount: true, Rule: "tiers"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	want := utf8Mark + strings.Join(detailColumns, ",") + "\r\n" +
		"gw1/0,asterisk,2026-03-01T09:30:00+08:00,outbound,+862155501234,+8613800138000,'=a1,61,120,calls,8613,0.333333333,60,increment 60/60\r\n" +
		"x,,,,,,,0,0,,,,0,tiers\r\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestDetailXLSX: full sheets are followed by others, every call is there, and
// a reader sees numbers, times and text.
func TestDetailXLSX(t *testing.T) {
	const calls = 25
	var b bytes.Buffer
	d := NewDetailXLSX(&b, DetailOptions{Tag: lang.Simplified, Zone: time.FixedZone("", 8*3600)})
	d.(*detailXLSX).limit = 11
	for i := range calls {
		if err := d.Write(detailRow(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var ids []string
	for _, sheet := range file.GetSheetList() {
		rows, err := file.GetRows(sheet)
		if err != nil || len(rows) > 11 {
			t.Fatalf("%s: %d rows, %v", sheet, len(rows), err)
		}
		for _, r := range rows[1:] {
			ids = append(ids, r[0])
		}
	}
	if len(ids) != calls || ids[calls-1] != "gw1/24" || len(file.GetSheetList()) != 3 {
		t.Errorf("%d calls in %v, last %s", len(ids), file.GetSheetList(), ids[len(ids)-1])
	}
	row, err := file.GetRows("通话 1")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(row[1], "|"); got != "gw1/0|asterisk|2026-03-01 09:30:00|呼出|+862155501234|+8613800138000|=a1|61|120|calls|8613|0.333333333|60|increment 60/60" {
		t.Error(got)
	}
	if f, _ := file.GetCellFormula("通话 1", "G2"); f != "" {
		t.Errorf("an agent's name became the formula %q", f)
	}
}

func BenchmarkDetail(b *testing.B) {
	row := detailRow(7)
	for name, begin := range map[string]func() Detail{
		"csv":  func() Detail { return NewDetailCSV(&discard{}, DetailOptions{}) },
		"xlsx": func() Detail { return NewDetailXLSX(&discard{}, DetailOptions{}) },
	} {
		b.Run(name, func(b *testing.B) {
			d := begin()
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Write(row); err != nil {
					b.Fatal(err)
				}
			}
			if err := d.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

type discard struct{ n int64 }

func (d *discard) Write(p []byte) (int, error) { d.n += int64(len(p)); return len(p), nil }

func TestJSON(t *testing.T) {
	inv := cnyInvoice(t)
	if err := inv.Close(); err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := JSON(&first, inv); err != nil {
		t.Fatal(err)
	}
	read, err := ReadJSON(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := JSON(&second, read); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("an invoice read back is another one")
	}
	if d, err := read.Digest(); err != nil || d != read.Seal {
		t.Errorf("digest %s, seal %s, %v", d, read.Seal, err)
	}
	for _, bad := range []string{"", "{", `{"version":99}`, `{"version":1,"surprise":true}`} {
		if _, err := ReadJSON(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

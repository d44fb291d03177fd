package vendorbill

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

var shanghai, _ = timex.LoadZone("Asia/Shanghai")

// source is a file in memory.
func source(name string, data []byte) sheet.Source {
	return sheet.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// mapping is that of the bills below.
func mapping() *Mapping {
	six := catalog.Percent{Number: exact.Scaled(6, 2)}
	return &Mapping{Name: "test", Currency: money.MustCurrency("CNY"), Head: Head{Number: "B1", First: "B2", Last: "C2"}, Lines: &Lines{
		Columns: LineColumns{Text: "Item", Quantity: "Qty", UnitPrice: "Price", Amount: "Amount"},
		Items: []Item{{Text: "seat*", Component: "seats"}, {Text: "talk time, *", Component: "talk", Part: "mobile"}, {Text: "sms", Usage: "events:sms"},
			{Text: "vat*", Is: TaxRow, Rate: &six}, {Text: "sum", Is: SubtotalRow}, {Text: "total", Is: TotalRow}, {Text: "note*", Is: NoteRow}}}}
}

const goodBill = "Bill,2026-117,,\nPeriod,2026-03-01,2026-03-31,\n,,,\nItem,Qty,Price,Amount\nSeats,12,150,\"1,800.00\"\n\"Talk time, mobile\",1234.5,0.12,¥148.14\nSMS,100,0.05,5.00\n" +
	"Line maintenance,1,50,50.00\nDiscount,,,(3.14)\nNote: thank you,,,0\nSum,,,2000.00\nVAT 6%,,,120.00\nTotal,,,2120.00\n"

// book makes a workbook of rows; numbers are numbers.
func book(t testing.TB, sheet string, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow(sheet, cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goodBook(t testing.TB) []byte {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	return book(t, "Bill", [][]any{{"Bill", "2026-117"}, {"Period", day("2026-03-01"), day("2026-03-31")}, {}, {"Item", "Qty", "Price", "Amount"}, {"Seats", 12, 150, 1800.0},
		{"Talk time, mobile", 1234.5, 0.12, 148.14}, {"SMS", 100, 0.05, 5}, {"Line maintenance", 1, 50, 50}, {"Discount", nil, nil, -3.14}, {"Note: thank you", nil, nil, 0},
		{"Sum", nil, nil, 2000.0}, {"VAT 6%", nil, nil, 120}, {"Total", nil, nil, 0.1 + 0.2 + 2119.7}})
}

// TestReadsBills: the same bill as CSV in two encodings and with semicolons, and
// as XLSX, reads the same.
func TestReadsBills(t *testing.T) {
	comma := mapping()
	comma.Decimal = Comma
	for _, c := range []struct {
		name string
		data []byte
		m    *Mapping
	}{
		{"csv", []byte(goodBill), mapping()},
		{"with a mark", []byte("\ufeff" + goodBill), mapping()},
		{"decimal commas", []byte("Bill;2026-117;;\nPeriod;2026-03-01;2026-03-31;\n;;;\nItem;Qty;Price;Amount\nSeats;12;150;1.800,00\nTalk time, mobile;1234,5;0,12;148,14\nSMS;100;0,05;5,00\nLine maintenance;1;50;50\n" +
			"Discount;;;3,14-\nNote: thank you;;;0\nSum;;;2000,00\nVAT 6%;;;120\nTotal;;;2.120,00\n"), comma},
		{"xlsx", goodBook(t), mapping()},
	} {
		t.Run(c.name, func(t *testing.T) {
			bill, report, err := Read(Files{Bill: source("bill", c.data)}, c.m, shanghai)
			if err != nil {
				t.Fatal(err)
			}
			if bill.Number != "2026-117" || bill.First != timex.MustDate("2026-03-01") || bill.After != timex.MustDate("2026-04-01") {
				t.Errorf("head: %q %s %s", bill.Number, bill.First, bill.After)
			}
			if report.Lines != (Counts{Read: 9, Accepted: 8, Ignored: 1}) {
				t.Errorf("counts: %s", report.Lines)
			}
			var got []string
			for _, l := range bill.Lines {
				got = append(got, strings.Join([]string{l.Component, l.Part, l.Usage, text(l.Quantity), text(l.UnitPrice), l.Amount.String()}, "|"))
			}
			want := "seats|||12|150|1800;talk|mobile||1234.5|0.12|148.14;||events:sms|100|0.05|5;|||1|50|50;|||||-3.14"
			if strings.Join(got, ";") != want {
				t.Errorf("lines:\n%s\nwant\n%s", strings.Join(got, ";"), want)
			}
			if len(bill.Taxes) != 1 || bill.Taxes[0].Amount.String() != "120" || bill.Taxes[0].Rate.String() != "0.06" || bill.Subtotal.String() != "2000" || bill.Total.String() != "2120" {
				t.Errorf("sums: %+v %v %v", bill.Taxes, bill.Subtotal, bill.Total)
			}
		})
	}
}

func text(n *exact.Number) string {
	if n == nil {
		return ""
	}
	return n.String()
}

// TestReadsCalls: durations in three forms, starts in several, a filter; and the
// list can be read again.
func TestReadsCalls(t *testing.T) {
	m := &Mapping{Currency: money.MustCurrency("CNY"), Times: []string{"DD/MM/YYYY HH:mm:ss"}, Calls: []Calls{{Component: "talk", Where: map[string]string{"Type": "mob*"},
		Columns: CallColumns{ID: "Id", To: "To", Start: "Start", Seconds: "Sec", Minutes: "Min", Clock: "Dur", Amount: "Fee"}}}}
	data := "Id,To,Start,Sec,Min,Dur,Fee,Type\na,13800138000,02/03/2026 09:30:00,61,,,0.20,mobile\nb,13800138001,2026-03-02 09:30:00,,2.5,,0.3,mobile\nc,13800138002,2026/3/2 9:30:00,,,1:02:03,7.50,mobile\n" +
		"d,13800138003,2026-03-02T01:30:00Z,5,,,0.10,landline\n,,,,,,,\n"
	bill, report, err := Read(Files{Bill: source("calls.csv", []byte(data))}, m, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	if report.Calls[0] != (Counts{Read: 5, Accepted: 3, Ignored: 2}) {
		t.Errorf("counts: %s", report.Calls[0])
	}
	for range 2 {
		var seconds []int64
		err = bill.Calls[0].Read(func(r *audit.CallRow) error {
			seconds = append(seconds, r.Seconds)
			if r.Start.String() != "2026-03-02T01:30:00Z" {
				t.Errorf("row %d starts %s", r.Row, r.Start)
			}
			return nil
		})
		if err != nil || len(seconds) != 3 || seconds[0] != 61 || seconds[1] != 150 || seconds[2] != 3723 {
			t.Errorf("%v, seconds %v", err, seconds)
		}
	}
	if bill.Calls[0].Tolerance != defaultTolerance {
		t.Errorf("tolerance %s", bill.Calls[0].Tolerance)
	}
}

// farRow is a workbook that names a row far beyond any sheet.
func farRow(t testing.TB) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(goodBook(t)), int64(len(goodBook(t))))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f.Name, "sheet1") {
			data = bytes.Replace(data, []byte(`<row r="13"`), []byte(`<row r="1000000000"`), 1)
		}
		w, err := out.Create(f.Name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRefuses: what is no bill is refused with the file, the cell, what was
// expected and what to do.
func TestRefuses(t *testing.T) {
	whole := goodBook(t)
	row := func(s string) []byte { return []byte(strings.Replace(goodBill, "Seats,12,150,\"1,800.00\"", s, 1)) }
	yen := mapping()
	yen.Head.Currency = "B1"
	header := mapping()
	header.Lines.Header = 3
	sheet := mapping()
	sheet.Lines.Sheet = "Invoice"
	list := mapping()
	list.Calls = []Calls{{Component: "talk", Columns: CallColumns{ID: "Id", Amount: "Fee"}}}
	for _, c := range []struct {
		name string
		data []byte
		m    *Mapping
		says []string
	}{
		{"empty", nil, mapping(), []string{"bad", "empty"}},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), mapping(), []string{"bad", "PNG"}},
		{"a PDF", []byte("%PDF-1.7\n1 0 obj\n"), mapping(), []string{"bad", "PDF"}},
		{"an old workbook", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), mapping(), []string{"old Excel", "XLSX"}},
		{"a workbook cut off", whole[:len(whole)/2], mapping(), []string{"bad", "damaged or cut off", "again"}},
		{"a zip that is no workbook", append([]byte("PK\x03\x04"), make([]byte, 60)...), mapping(), []string{"damaged or cut off"}},
		{"a row beyond any sheet", farRow(t), mapping(), []string{"damaged", "exceeds maximum limit"}},
		{"no such sheet", whole, sheet, []string{"no such sheet", "Invoice", "Bill"}},
		{"a sheet of a CSV", []byte(goodBill), sheet, []string{"this is no workbook"}},
		{"other columns", []byte("Bill,1\nPeriod,2026-03-01,2026-03-31\na,b,c\n1,2,3\n"), mapping(), []string{"columns", "Item, Qty, Price, Amount", "mapping"}},
		{"the wrong header row", []byte(goodBill), header, []string{"bad:3", "lacks the columns"}},
		{"one column missing", []byte(strings.Replace(goodBill, "Price", "Cost", 1)), mapping(), []string{"bad:4", "lacks the columns Price"}},
		{"no amounts", []byte("Bill,1\nPeriod,2026-03-01,2026-03-31\nItem,Qty,Price,Amount\nx,1,1,\n"), mapping(), []string{"has an amount"}},
		{"a word for an amount", row("Seats,12,150,many"), mapping(), []string{"bad:5:4", "many", "Amount"}},
		{"another currency", row("Seats,12,150,USD 1800"), mapping(), []string{"bad:5:4", "USD", "CNY"}},
		{"another sign", row("Seats,12,150,€1800"), mapping(), []string{"bad:5:4", "not in CNY"}},
		{"wrong groups", row("Seats,12,150,\"18,00.00\""), mapping(), []string{"bad:5:4", "18,00.00"}},
		{"decimals without end", row("Seats,12,150,1800.1234567"), mapping(), []string{"bad:5:4", "6 decimals"}},
		{"a currency cell", []byte(goodBill), yen, []string{"bad:1:2", "is not CNY", "head"}},
		{"an empty head cell", []byte(strings.Replace(goodBill, "2026-117", "", 1)), mapping(), []string{"cell B1", "empty"}},
		{"a period that ends first", []byte(strings.Replace(goodBill, "2026-03-31", "2026-02-01", 1)), mapping(), []string{"ends before it begins"}},
		{"a list of calls nobody named", []byte(goodBill), list, []string{"--calls"}},
		{"a quote never closed", append([]byte("Item,Qty,Price,Amount\n\"Seats"), bytes.Repeat([]byte("x,1,2,3\n"), 400_000)...), mapping(), []string{"longer than a megabyte"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, report, err := Read(Files{Bill: source("bad", c.data)}, c.m, shanghai)
			if err == nil {
				t.Fatal("it was read")
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q is not in: %v", s, err)
				}
			}
			if n := report.Lines; n.Read != n.Accepted+n.Rejected+n.Ignored {
				t.Errorf("counts do not add up: %s", n)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	m := mapping()
	for in, want := range map[string]string{"1,234.50": "1234.5", "1234.5": "1234.5", "¥1,234.50": "1234.5", "CNY 12": "12", "12 CNY": "12", "(12.00)": "-12", "-12": "-12", "12.00-": "-12", "-¥3": "-3", "¥-3": "-3",
		"１２．５": "12.5", "12元": "12", "1 234.50": "1234.5", "0": "0"} {
		if n, err := m.number(in, false); err != nil || n.String() != want {
			t.Errorf("%q reads %s, %v; want %s", in, n, err, want)
		}
	}
	for _, in := range []string{"", "-", "--1", "1e5", "1.2.3", "12,34", "twelve", "$5", "NT$5", "(-5)", "1,2345"} {
		if n, err := m.number(in, false); err == nil {
			t.Errorf("%q reads %s", in, n)
		}
	}
	for in, want := range map[string]string{"0.30000000000000004": "0.3", "1.1E-2": "0.011", "2119.9999999999995": "2120", "1E3": "1000", "-2.5": "-2.5", "123456789012.35": "123456789012.35"} {
		if n, err := m.number(in, true); err != nil || n.String() != want {
			t.Errorf("a cell of %q reads %s, %v; want %s", in, n, err, want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{{"a", "a", true}, {"a", "ab", false}, {"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "abc", true}, {"a*b*c", "axbyc", true}, {"a*b*c", "acb", false}, {"*", "", true}, {"a*a", "a", false}, {"", "", true}} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.text, got)
		}
	}
}

func TestCells(t *testing.T) {
	for in, want := range map[string][2]int{"A1": {1, 1}, "B2": {2, 2}, "AA10": {27, 10}} {
		if c, r, ok := cellAt(in); !ok || c != want[0] || r != want[1] {
			t.Errorf("%s is %d %d %v", in, c, r, ok)
		}
	}
	for _, in := range []string{"", "1", "A", "A0", "a1", "ZZZZ1", "A1B", "A99999999"} {
		if _, _, ok := cellAt(in); ok {
			t.Errorf("%q is a cell", in)
		}
	}
}

// TestMappingChecks: what a mapping says is held against the plan.
func TestMappingChecks(t *testing.T) {
	p := &catalog.Plan{Components: []catalog.Component{{ID: "seats"}, {ID: "talk"}}}
	if problems := mapping().Check(p); len(problems) != 0 {
		t.Errorf("a good mapping has %v", problems)
	}
	bad := mapping()
	bad.Zone, bad.Head.Number = "Mars/Base", "7"
	bad.Lines.Items = append(bad.Lines.Items, Item{Text: "x", Component: "talkk"}, Item{Text: "y", Component: "talk", Is: TaxRow})
	bad.Calls = []Calls{{Component: "talk", Columns: CallColumns{Amount: "Fee"}}}
	said := bad.Check(p).Error()
	for _, s := range []string{"time_zone", "head.number", "lines.items[7].component", "talkk", "lines.items[8]", "calls[0].columns"} {
		if !strings.Contains(said, s) {
			t.Errorf("%q is not in:\n%s", s, said)
		}
	}
	if said := (&Mapping{}).Check(p).Error(); !strings.Contains(said, "neither lines nor calls") {
		t.Error(said)
	}
}

// FuzzRead: whatever a file holds, reading ends without a panic, and every row
// read was accepted, rejected or ignored.
func FuzzRead(f *testing.F) {
	f.Add([]byte(goodBill))
	f.Add(goodBook(f))
	f.Add([]byte("Item,Qty,Price,Amount\nSeats,x,y,z\n"))
	f.Add([]byte("Id,To,Start,Sec,Fee\na,1,2026-03-02 09:30:00,61,0.2\n"))
	f.Add([]byte("Item;Qty;Price;Amount\n\"Seats;1;2;3\n"))
	lines, calls := mapping(), &Mapping{Currency: money.MustCurrency("CNY"), Calls: []Calls{{Component: "talk", Columns: CallColumns{ID: "Id", To: "To", Start: "Start", Seconds: "Sec", Amount: "Fee"}}}}
	lines.Head = Head{}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, m := range []*Mapping{lines, calls} {
			bill, report, err := Read(Files{Bill: source("fuzz", data)}, m, time.UTC)
			for _, n := range append(report.Calls, report.Lines) {
				if n.Read != n.Accepted+n.Rejected+n.Ignored {
					t.Fatalf("%s", n)
				}
			}
			if err != nil {
				continue
			}
			if report.Lines.Rejected > 0 {
				t.Fatalf("a bill with refused rows was taken: %s", report.Lines)
			}
			for i := range bill.Lines {
				if d := decimals(bill.Lines[i].Amount); d > maxDecimals {
					t.Fatalf("an amount of %d decimals", d)
				}
			}
		}
	})
}

package leadfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

func source(name string, data []byte) sheet.Source {
	return sheet.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func number1(s string) phone.Number {
	n, ok := phone.Parse(s)
	if !ok {
		panic(s)
	}
	return n
}

// all reads a list by what is guessed of it.
func all(t *testing.T, name string, data []byte, country string) (*Guess, []Row) {
	t.Helper()
	g, err := Look(source(name, data), "", country)
	if err != nil {
		t.Fatal(name, err)
	}
	return g, rowsOf(t, name, data, g.Mapping)
}

func rowsOf(t *testing.T, name string, data []byte, m Mapping) (out []Row) {
	t.Helper()
	r, err := Open(source(name, data), m, Options{Consent: lead.Consent{Source: "fair"}})
	if err != nil {
		t.Fatal(name, err)
	}
	defer r.Close()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(name, err)
		}
		out = append(out, row)
	}
}

const english = "Customer No,First name,Last name,Mobile,Home phone,Country,Zip,Opt-in,Consent date,Plan\n" +
	"A1,Ann,Lee,(212) 555-0123,+44 20 7123 4567,USA,10001,yes,2026-01-05,gold\n" +
	"A2,Bob,Ray,2125550124,,,,,,\n" +
	"\n" +
	"A3,Cid,Fox,911,,,,,,\n" +
	"A4,Dee,Kay,2.12556E+09,,,,,,\n" +
	"A5,Eve,May,2125550125,12345678901234567890,,,maybe,,\n" +
	"A6,Fay,Orr,2125550126,nonsense,,,,,\n" +
	"A7,Gil,Poe,,,,,,,\n"

func TestAListInEnglish(t *testing.T) {
	g, rows := all(t, "list.csv", []byte(english), "US")
	var fields []string
	for _, c := range g.Mapping.Columns {
		fields = append(fields, c.Field)
	}
	want := []string{Key, First, Last, Phone, Phone, Country, Postcode, Basis, AgreedAt, Custom("Plan")}
	if !reflect.DeepEqual(fields, want) || g.Layout != "table" || len(g.Unsure) != 0 {
		t.Errorf("guessed %v, unsure %v", fields, g.Unsure)
	}
	if len(rows) != 7 {
		t.Fatalf("%d rows", len(rows))
	}
	at, _ := timex.ParseDate("2026-01-05")
	ann := lead.Lead{Key: "A1", Name: "Ann Lee", State: lead.Pending, Address: lead.Address{Country: "US", Postcode: "10001"},
		Numbers: []lead.Number{{Number: number1("12125550123"), Label: "Mobile"}, {Number: number1("442071234567"), Label: "Home phone"}},
		Consent: lead.Consent{Basis: lead.Agreed, Source: "fair", At: timex.Instant(at) * 86_400_000_000}, Fields: map[string]string{"Plan": "gold"}}
	if !reflect.DeepEqual(rows[0].Lead, ann) || rows[0].Why != nil || rows[0].Line != 2 {
		t.Errorf("%+v", rows[0])
	}
	for i, what := range map[int]string{2: "service number", 3: "rounded", 4: "no basis", 6: "no telephone number"} {
		if rows[i].Why == nil || !strings.Contains(rows[i].Why.What, what) {
			t.Errorf("row %d: %v, want %q", i, rows[i].Why, what)
		}
	}
	if rows[5].Why != nil || rows[5].Flaw == nil || rows[5].Flaw.Value != "nonsense" || len(rows[5].Lead.Numbers) != 1 {
		t.Errorf("a second number that is none: %+v", rows[5])
	}
}

// TestEncodings: the same list in the encodings Chinese lists come in, and as a workbook.
func TestEncodings(t *testing.T) {
	text := "姓名,手机号码,城市,是否同意\n王小明,13800138000,上海,同意\n李雷,13800138001,北京,否\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	traditional := "姓名,手機號碼,城市,備註\n王小明,0912345678,台北,舊客戶\n李雷,0912345679,高雄,\n"
	big5, err := traditionalchinese.Big5.NewEncoder().String(traditional)
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		for j, cell := range strings.Split(line, ",") {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			var v any = cell
			if cell == "13800138000" {
				v = 13800138000 // a number, as spreadsheets make of it
			}
			if err := book.SetCellValue("Sheet1", at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var x bytes.Buffer
	if err := book.Write(&x); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data    string
		country string
		first   phone.Number
		city    string
	}{
		"utf-8":   {text, "CN", number1("8613800138000"), "上海"},
		"mark":    {"\ufeff" + text, "CN", number1("8613800138000"), "上海"},
		"gb18030": {gb, "CN", number1("8613800138000"), "上海"},
		"xlsx":    {x.String(), "CN", number1("8613800138000"), "上海"},
		"big5":    {big5, "TW", number1("886912345678"), "台北"},
		"bars":    {strings.ReplaceAll(text, ",", "|"), "CN", number1("8613800138000"), "上海"},
	} {
		_, rows := all(t, name, []byte(c.data), c.country)
		if len(rows) != 2 || rows[0].Why != nil || rows[0].Lead.Name != "王小明" || rows[0].Lead.Numbers[0].Number != c.first || rows[0].Lead.Address.City != c.city || name != "big5" && rows[0].Lead.Consent.Basis != lead.Agreed {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// TestVICIdial: its loader's layout without a header, and its listing with one,
// whose statuses are kept where they bind.
func TestVICIdial(t *testing.T) {
	row := func(code, number string) string {
		return strings.Join([]string{"V1", "web", "101", code, number, "Mr", "Ann", "", "Lee", "1 Main St", "", "", "Austin", "TX", "", "78701", "USA", "F", "1980-01-02", "5125550199", "a@example.org", "pw", "likes tea", "5", "li"}, "\t") + "\n"
	}
	g, rows := all(t, "leads.txt", []byte(row("1", "5125550123")+row("1", "5125550124")), "")
	if g.Layout != "vicidial" || len(rows) != 2 || rows[0].Why != nil {
		t.Fatalf("%+v, %+v", g, rows)
	}
	l := rows[0].Lead
	if l.Key != "V1" || l.Name != "Ann Lee" || len(l.Numbers) != 2 || l.Numbers[0].Number != number1("15125550123") || l.Numbers[1].Number != number1("15125550199") ||
		l.Address.Country != "US" || l.Priority != 5 || l.Owner != "li" || l.Fields["comments"] != "likes tea" {
		t.Errorf("%+v", l)
	}
	listing := "lead_id,status,user,vendor_lead_code,source_id,list_id,phone_code,phone_number,first_name,last_name,state,called_count\n" +
		"7,DNC,li,V1,web,101,1,5125550123,Ann,Lee,TX,3\n8,SALE,li,V2,web,101,1,5125550124,Bob,Ray,TX,1\n9,NA,li,V3,web,101,1,5125550125,Cid,Fox,TX,9\n10,DNCL,li,V4,web,101,1,5125550126,Dee,Kay,TX,9\n"
	_, rows = all(t, "listing.csv", []byte(listing), "")
	var got []string
	for _, r := range rows {
		if r.Why != nil {
			t.Fatal(r.Why)
		}
		got = append(got, string(r.Lead.State)+" "+r.Lead.Rule)
	}
	if want := []string{"forbidden refused", "connected ", "pending ", "forbidden dnc.company"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// TestAListWithoutAHeader: numbers are known by what they look like, and the
// first text is the name.
func TestAListWithoutAHeader(t *testing.T) {
	g, rows := all(t, "bare.csv", []byte("13800138000,王小明,A3\n13800138001,李雷,A4\n"), "CN")
	if !g.Mapping.NoHeader || len(g.Unsure) != 3 || len(rows) != 2 || rows[1].Lead.Name != "李雷" || rows[1].Lead.Fields["column 3"] != "A4" {
		t.Errorf("%+v, %+v", g, rows)
	}
}

// TestRowsSetAside can be mended and read again with the same mapping.
func TestRowsSetAside(t *testing.T) {
	g, rows := all(t, "list.csv", []byte(english), "US")
	path := filepath.Join(t.TempDir(), "aside.csv")
	r, err := Open(source("list.csv", []byte(english)), g.Mapping, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, err := NewAside(path, r.Header(), 0)
	if err != nil {
		t.Fatal(err)
	}
	n, kept := int64(0), int64(0)
	for _, row := range rows {
		if row.Why != nil {
			if err := a.Add(row.Cells, row.Why); err != nil {
				t.Fatal(err)
			}
			if n++; n == 2 { // what comes behind is lost in a crash
				if kept, err = a.Sync(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := a.Close(n); err != nil {
		t.Fatal(err)
	}
	if a, err = NewAside(path, r.Header(), kept); err == nil {
		err = a.Close(2)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[0], ",Plan,"+Why) || !strings.Contains(lines[1], "service number") {
		t.Fatalf("%q", lines)
	}
	again := rowsOf(t, "aside.csv", []byte(strings.Replace(string(data), ",911,", ",2125550111,", 1)), g.Mapping)
	if len(again) != 2 || again[0].Why != nil || again[1].Why == nil {
		t.Errorf("%+v", again)
	}
	if a, err = NewAside(path, nil, 0); err == nil {
		err = a.Close(0)
	}
	if _, gone := os.Stat(path); err != nil || !errors.Is(gone, os.ErrNotExist) {
		t.Errorf("a file without a row stays: %v, %v", err, gone)
	}
}

func TestMappings(t *testing.T) {
	for what, m := range map[string]Mapping{
		"no columns":    {},
		"no phone":      {Columns: []Column{{"a", Name}}},
		"a field twice": {Columns: []Column{{"a", Phone}, {"b", Name}, {"c", Name}}},
		"no such field": {Columns: []Column{{"a", Phone}, {"b", "weather"}}},
		"no name":       {Columns: []Column{{"a", Phone}, {"b", "field:"}}},
		"no header":     {NoHeader: true, Columns: []Column{{"a", Phone}}},
		"no country":    {Country: "xx", Columns: []Column{{"a", Phone}}},
	} {
		if fault.KindOf(m.Problems().Err()) != fault.Invalid || m.Problems().Err() == nil {
			t.Errorf("%s was taken", what)
		}
	}
	m := Mapping{Columns: []Column{{"Tel", Phone}, {"Name", Name}, {"x", Ignored}}}
	if !m.Fits([]string{"name", "tel.", "more"}) || m.Fits([]string{"name"}) {
		t.Error("which headers fit")
	}
	if _, err := Open(source("x.csv", []byte("name\nAnn\n")), m, Options{}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "Tel") {
		t.Errorf("a column that is not there: %v", err)
	}
}

// FuzzRows: whatever a file holds, each row is a lead or has its problem, a lead
// has a number of E.164, and reading again gives the same.
func FuzzRows(f *testing.F) {
	for _, s := range []string{english, "13800138000,王\n", "a\tb\n1\t2\n", "phone\n\"\n", "手机\n13800138000\n"} {
		f.Add([]byte(s), "CN")
	}
	f.Fuzz(func(t *testing.T, data []byte, country string) {
		g, err := Look(source("f", data), "", country)
		if err != nil || g.Mapping.Problems().Err() != nil {
			return
		}
		var before string
		for pass := range 2 {
			var told strings.Builder
			r, err := Open(source("f", data), g.Mapping, Options{})
			if err != nil {
				return
			}
			for {
				row, err := r.Next()
				if err != nil {
					break
				}
				if (row.Why == nil) != (len(row.Lead.Numbers) > 0) && row.Why == nil {
					t.Fatalf("a row is neither: %+v", row)
				}
				for _, n := range row.Lead.Numbers {
					if n.Number.Len() < 7 {
						t.Fatalf("%+v", row)
					}
				}
				fmt.Fprintf(&told, "%d %v %v;", row.Line, row.Lead, row.Why)
			}
			r.Close()
			if pass == 1 && told.String() != before {
				t.Fatal("reading again gave something else")
			}
			before = told.String()
		}
	})
}

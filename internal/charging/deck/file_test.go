package deck_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"waihu/internal/charging/deck"
	"waihu/internal/timex"
)

var defaults = deck.Rate{Per: 60, First: 60, Next: 60, Minimum: 3}

func read(t testing.TB, text string) []deck.Entry {
	t.Helper()
	entries, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
	if err := problems.Err(); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return entries
}

func ExampleReadCSV() {
	const file = `Destination;Dial Code;Rate (USD);Increment;Valid From
China mobile;"+8613, 8615";0,0125;6/6;2026-03-01
Hong Kong;00852;n/a;1/1;2026-03-01
`
	entries, problems := deck.ReadCSV(strings.NewReader(file), "carrier.csv", deck.Rate{Per: 60, First: 60, Next: 60})
	for _, e := range entries {
		fmt.Println(e.Prefix, e.Name, e.Rate.Price, e.Rate.First, e.Rate.Next, e.Rate.Status == deck.Unknown, e.From)
	}
	fmt.Println(len(problems))
	// Output:
	// 8613 China mobile 12500000 6 6 false 2026-03-01
	// 8615 China mobile 12500000 6 6 false 2026-03-01
	// 852 Hong Kong 0 1 1 true 2026-03-01
	// 0
}

func TestReadCSVLayouts(t *testing.T) {
	rate := func(change func(*deck.Rate)) deck.Rate {
		r := defaults
		r.Price = 12_500_000
		if change != nil {
			change(&r)
		}
		return r
	}
	for _, c := range []struct {
		name, text string
		want       deck.Entry
	}{
		{"least", "prefix,price\n86,0.0125\n", deck.Entry{Prefix: "86", Rate: rate(nil), Line: 2}},
		{"any order, byte order mark, CRLF", "\ufeffRate,Code,Destination\r\n0.0125,86,China\r\n", deck.Entry{Prefix: "86", Name: "China", Rate: rate(nil), Line: 2}},
		{"tab", "prefix\tprice\n86\t0.0125\n", deck.Entry{Prefix: "86", Rate: rate(nil), Line: 2}},
		{"bar", "prefix|price\n86|0.0125\n", deck.Entry{Prefix: "86", Rate: rate(nil), Line: 2}},
		{"semicolon with decimal commas", "prefix;price;connect fee\n86;0,0125;0,02\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.Connect = 20_000_000 }), Line: 2}},
		{"separator line and title above the header", "sep=;\nOffer of March\n\nprefix;price\n86;0.0125\n", deck.Entry{Prefix: "86", Rate: rate(nil), Line: 5}},
		{"charge period beside a price a minute", "Target Pattern Name,Prefix,Per minute charge,Connection charge,Charge period\nChina,+86,0.0125,0.02,1\n",
			deck.Entry{Prefix: "86", Name: "China", Rate: rate(func(r *deck.Rate) { r.First, r.Next, r.Connect = 1, 1, 20_000_000 }), Line: 2}},
		{"first and next", "prefix,rate,Init Block,Next Increment\n86,0.0125,30,6\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.First, r.Next = 30, 6 }), Line: 2}},
		{"first and increment", "prefix,rate,min increment,increment\n86,0.0125,30,6\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.First, r.Next = 30, 6 }), Line: 2}},
		{"pair of increments", "prefix,rate,billing increment\n86,0.0125,60/1\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.First, r.Next = 60, 1 }), Line: 2}},
		{"price a second", "prefix,price per second\n86,0.0125\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.Per = 1 }), Line: 2}},
		{"unit by name", "prefix,price,per\n86,0.0125,hour\n", deck.Entry{Prefix: "86", Rate: rate(func(r *deck.Rate) { r.Per = 3600 }), Line: 2}},
		{"price/min in a currency", "prefix,Price in USD/min\n86,.0125\n", deck.Entry{Prefix: "86", Rate: rate(nil), Line: 2}},
		{"all the rest", "prefix,price,minimum,grace,min cost,max cost,effective date\n86,0.012500000000,10 s,2,0.1,9,2026/3/1 00:00:00\n",
			deck.Entry{Prefix: "86", From: timex.MustDate("2026-03-01"), Line: 2, Rate: rate(func(r *deck.Rate) { r.Minimum, r.Grace, r.MinCost, r.MaxCost = 10, 2, 100_000_000, 9_000_000_000 })}},
		{"Chinese", "目的地,前缀,费率,计费单元,生效日期\n中国 移动,86,0.0125,6,20260301\n", deck.Entry{Prefix: "86", Name: "中国 移动", From: timex.MustDate("2026-03-01"), Line: 2, Rate: rate(func(r *deck.Rate) { r.First, r.Next = 6, 6 })}},
		{"a price of zero is a price", "prefix,price\n86,0\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(func(r *deck.Rate) { r.Price = 0 })}},
		{"no price is not zero", "prefix,price\n86,\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(func(r *deck.Rate) { r.Price, r.Status = 0, deck.Unknown })}},
		{"unknown", "prefix,price\n86,Unknown\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(func(r *deck.Rate) { r.Price, r.Status = 0, deck.Unknown })}},
		{"blocked", "prefix,price\n86,blocked\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(func(r *deck.Rate) { r.Price, r.Status = 0, deck.Blocked })}},
		{"blocked by status", "prefix,price,status\n86,0.5,Blocked\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(func(r *deck.Rate) { r.Price, r.Status = 0, deck.Blocked })}},
		{"status of a change", "prefix,price,status\n86,0.0125,Increase\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(nil)}},
		{"default row", "prefix,price\n*,0.0125\n", deck.Entry{Prefix: "", Line: 2, Rate: rate(nil)}},
		{"text mark of a spreadsheet", "prefix,price\n'86,0.0125\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(nil)}},
		{"country code alone", "country code,price\n86,0.0125\n", deck.Entry{Prefix: "86", Line: 2, Rate: rate(nil)}},
		{"empty cells at the end and empty rows", "prefix,price\n,\n\n86,0.0125,,\n,,\n", deck.Entry{Prefix: "86", Line: 4, Rate: rate(nil)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.File = "d.csv"
			if got := read(t, c.text); len(got) != 1 || got[0] != c.want {
				t.Errorf("%s\n got %+v\nwant %+v", c.text, got, c.want)
			}
		})
	}
}

func TestReadCSVManyPrefixesInACell(t *testing.T) {
	for cell, want := range map[string]string{
		"8613, 8615":       "8613 8615",
		"8613;+8615/00861": "8613 8615 861",
		"8613-8616":        "8613 8614 8615 8616",
		"86098 – 86101":    "86098 86099 86100 86101",
		"44, 0044-0046":    "44 44 45 46",
		"86\n87":           "86 87",
		" +86 ":            "86",
		"default":          "",
	} {
		var got []string
		for _, e := range read(t, fmt.Sprintf("prefix,price\n\"%s\",1\n", cell)) {
			got = append(got, e.Prefix)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q became %v, want %s", cell, got, want)
		}
	}
}

func TestReadCSVCountryAndAreaCode(t *testing.T) {
	const text = "country code,area codes,rate\n86,\"10, 21\",1\n852,,1\n1,264,1\n"
	entries, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
	var got []string
	for _, e := range entries {
		got = append(got, e.Prefix)
	}
	if strings.Join(got, " ") != "8610 8621 852 1264" {
		t.Error(got)
	}
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].What, "two columns") {
		t.Error(problems)
	}
}

func TestReadCSVSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"prefix,price\n86,0.0123456789\n":               `d.csv:2:2: more than nine decimals (found "0.0123456789"); expected at most nine: prices are never rounded`,
		"prefix,price\n86,-1\n":                         `d.csv:2:2: not an amount of money (found "-1")`,
		"prefix,price\n86,1e-2\n":                       `d.csv:2:2: not an amount of money`,
		"prefix,price\n86,$0.5\n":                       `d.csv:2:2: not an amount of money`,
		"prefix,price\n86,1.\n":                         `d.csv:2:2: not an amount of money`,
		"prefix,price\n86,\"1,234\"\n":                  `d.csv:2:2: a comma that may be a decimal mark or a thousands mark (found "1,234"); expected a decimal with a point; write 1.234 or 1234`,
		"prefix,price\n86,\"1,234.5\"\n":                `d.csv:2:2: not an amount of money`,
		"prefix,price\n86,9223372036.9\n":               `d.csv:2:2: too large an amount`,
		"prefix,price\n86,99999999999\n":                `d.csv:2:2: too large an amount`,
		"prefix,price\n8.6E+10,1\n":                     `d.csv:2:1: not a prefix (found "8.6E+10")`,
		"prefix,price\n86 13,1\n":                       `d.csv:2:1: not a prefix`,
		"prefix,price\n,1\n":                            `d.csv:2:1: no prefix; expected digits such as 8613; write * for`,
		"prefix,price\n8613-861,1\n":                    `d.csv:2:1: not a range`,
		"prefix,price\n8619-8613,1\n":                   `d.csv:2:1: not a range`,
		"prefix,price\n1-264,1\n":                       `d.csv:2:1: not a range (found "1-264"); expected two prefixes of as many digits, the smaller one first; write 1264`,
		"prefix,price\n100000-199999,1\n":               `d.csv:2:1: too many prefixes`,
		"prefix,price\n1234567890123456,1\n":            `d.csv:2:1: not a prefix`,
		"prefix,price\n00,1\n":                          `d.csv:2:1: not a prefix`,
		"prefix,price,increment\n86,1,0\n":              `d.csv:2:3: not a number of seconds (found "0"); expected a whole number, at least 1, or two such as 60/6`,
		"prefix,price,increment\n86,1,60/x\n":           `d.csv:2:3: not a number of seconds (found "60/x")`,
		"prefix,price,first\n86,1,1.5\n":                `d.csv:2:3: not a number of seconds`,
		"prefix,price per minute,per\n86,1,1\n":         `d.csv:2:3: contradicts the header of the price (found "1"); expected 60 seconds`,
		"prefix,price,from\n86,1,03/01/2026\n":          `d.csv:2:3: not a date (found "03/01/2026"); expected year, month, day such as 2026-03-01`,
		"prefix,price,from\n86,1,2026-02-30\n":          `d.csv:2:3: not a date`,
		"prefix,price,from\n86,1,2026-02-01 08:00:00\n": `d.csv:2:3: not a date`,
		"prefix,price,status\n86,1,deleted\n":           `d.csv:2:3: not a status (found "deleted"); expected active, blocked or unknown`,
		"prefix,price\n86\n":                            `d.csv:2:1: the row ends after 1 columns; expected 2 as in the header`,
		"prefix,price\n86,1,2\n":                        `d.csv:2:3: more columns than the header has (found "2")`,
		"prefix,name,price\n86,\"a\xff\",1\n":           `d.csv:2:2: not UTF-8 text (found "a?"); save the file as CSV UTF-8`,
		"prefix,price\n86,\"1\n87,1\n":                  `d.csv:2: extraneous or missing " in quoted-field`,
		"prefix,price,rate\n86,1,1\n":                   `d.csv:1:3: a second column for the same thing (found "rate"); expected one of it and column 2, "price"`,
		"prefix,price,next,increment\n86,1,1,1\n":       `d.csv:1:4: a second column for the same thing (found "increment"); expected one of it and column 3, "next"`,
		"86,1\n":                                 `d.csv:1: no header with a prefix and a price among the first lines; expected prefix, prefixes, dial code`,
		"":                                       `d.csv:1: no header`,
		"prefix,colour\n86,red\n":                `d.csv:1: no header`,
		"\xff\xfep\x00":                          `d.csv:1: not UTF-8 text but UTF-16; save the file as CSV UTF-8`,
		"country code,area code,price\nx,10,1\n": `d.csv:2:1: not a country code (found "x")`,
	} {
		entries, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
		errs := problems.Errors()
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("%q\n got %v\nwant %s", text, errs, want)
		}
		if len(entries) != 0 {
			t.Errorf("%q gave %v", text, entries)
		}
	}
}

func TestReadCSVWarns(t *testing.T) {
	for text, want := range map[string]string{
		"prefix,price,colour\n86,1,red\n":           `d.csv:1:3: column not understood, so not read (found "colour"); expected prefix, prefixes`,
		"prefix,price,currency\n86,1,USD\n":         `d.csv:1:3: column not used (found "currency")`,
		"prefix,price,valid to\n86,1,2026-01-01\n":  `d.csv:1:3: column not used (found "valid to"); a row holds until the next one of its prefix`,
		"prefix,price,name,description\n86,1,a,b\n": `d.csv:1:4: column not used (found "description")`,
		"prefix,price,description,name\n86,1,b,a\n": `d.csv:1:3: column not used (found "description")`,
		"prefix,price,country code\n8610,1,86\n":    `d.csv:1:3: column not used (found "country code")`,
		"Offer\nprefix,price\n86,1\n":               `d.csv:2:1: the header is not the first line`,
		"prefix,price\n":                            `d.csv: no rows after the header`,
		"prefix,price\n0800,1\n":                    `d.csv:2:1: a prefix that matches nothing`,
	} {
		_, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
		if len(problems) != 1 || !problems[0].Warning || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("%q\n got %v\nwant %s", text, problems, want)
		}
	}
}

func TestReadCSVKeepsSoundRowsAndAllProblems(t *testing.T) {
	const text = "prefix,price\n86,1\nx,y\n87,1\n88,z\n"
	entries, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
	if len(entries) != 2 || len(problems) != 3 {
		t.Error(entries, problems)
	}
}

func TestTwoRowsOfAFileAreBothNamed(t *testing.T) {
	_, problems := deck.Build(read(t, "prefix,price\n86,1\n87,1\n+86,2\n"))
	const want = `d.csv:4: prefix: the same prefix twice from the same day (found "86"); keep one of the two: the other is d.csv:2`
	if len(problems) != 1 || problems[0].Error() != want {
		t.Error(problems)
	}
}

// endless is a record that never ends, in one line or in many.
type endless string

func (e endless) Read(p []byte) (int, error) { return copy(p, e), nil }

func TestReadCSVBoundsRecordsAndCells(t *testing.T) {
	for _, e := range []endless{"x", "x\n"} {
		r := io.MultiReader(strings.NewReader("prefix,price\n86,1\n\""), e)
		_, problems := deck.ReadCSV(r, "d.csv", defaults)
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "d.csv:2: the record after this line is longer than 262144 bytes") {
			t.Error(problems)
		}
	}
	_, problems := deck.ReadCSV(strings.NewReader("prefix,name,price\n86,"+strings.Repeat("x", 33_000)+",1\n"), "d.csv", defaults)
	if len(problems) != 1 || problems[0].What != "too long a cell" {
		t.Error(problems)
	}
}

func TestReadCSVReportsAReaderThatFails(t *testing.T) {
	r := io.MultiReader(strings.NewReader("prefix,price\n86,1\n"), failing{})
	entries, problems := deck.ReadCSV(r, "d.csv", defaults)
	if len(entries) != 1 || len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "d.csv:2: cannot be read on: the line went dead") {
		t.Error(entries, problems)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("the line went dead") }

// places takes off where entries stand, which a copy of a file changes.
func places(entries []deck.Entry) []deck.Entry {
	out := append([]deck.Entry{}, entries...)
	for i := range out {
		out[i].File, out[i].Line = "", 0
	}
	return out
}

func TestWriteCSVIsReadBack(t *testing.T) {
	entries := worldDeck(2000, 0.2)
	entries[0] = deck.Entry{Prefix: "", Name: "=cmd", Rate: deck.Rate{Price: 1<<63 - 1, Per: 1, First: 2, Next: 3, Minimum: 4, Grace: 5, Connect: 6, MinCost: 7, MaxCost: 8}}
	entries[1].Rate = deck.Rate{Per: 60, First: 1, Next: 1, Status: deck.Blocked}
	entries[2].Rate = deck.Rate{Per: 60, First: 1, Next: 1, Status: deck.Unknown}
	entries[3].Name = "'quoted', \"twice\""
	again(t, entries)
}

func again(t *testing.T, entries []deck.Entry) {
	t.Helper()
	var b bytes.Buffer
	if err := deck.WriteCSV(&b, entries); err != nil {
		t.Fatal(err)
	}
	got, problems := deck.ReadCSV(&b, "again.csv", deck.Rate{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(places(got), places(entries)) {
		t.Fatalf("written and read again:\n got %+v\nwant %+v", got, entries)
	}
}

func TestReadCSVOfAWholeDeck(t *testing.T) {
	var b bytes.Buffer
	entries := worldDeck(30_000, 0)
	if err := deck.WriteCSV(&b, entries); err != nil {
		t.Fatal(err)
	}
	got, problems := deck.ReadCSV(&b, "d.csv", defaults)
	if len(problems) > 0 || len(got) != len(entries) {
		t.Fatal(len(got), problems)
	}
	build(t, got...)
}

func BenchmarkReadCSV200k(b *testing.B) {
	var file bytes.Buffer
	if err := deck.WriteCSV(&file, worldDeck(200_000, 0)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		deck.ReadCSV(bytes.NewReader(file.Bytes()), "d.csv", defaults)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("prefix,price\n86,0.0125\n")
	f.Add("\ufeffDestination;Dial Code;Rate;Increment;Valid From;Status\nx;+8613, 8615-8617;0,0125;6/6;2026-03-01;blocked\n")
	f.Add("name\tcode\tper minute\tsetup\n' =x\t*\tn/a\t1\n")
	f.Add("prefix,price\n+00000-00002,\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, problems := deck.ReadCSV(strings.NewReader(text), "d.csv", defaults)
		for _, p := range problems {
			if p.What == "" || p.File != "d.csv" && !strings.HasPrefix(p.What, "and ") {
				t.Fatalf("a problem that does not say what or where: %+v", p)
			}
		}
		if len(entries) > 0 {
			again(t, entries)
		}
		for _, e := range entries {
			if e.Line < 2 || e.Rate.Status != deck.Priced && e.Rate.Price != 0 {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// FuzzMatch holds every number against a scan of all rows.
func FuzzMatch(f *testing.F) {
	f.Add("86 8613 8613800 1 0 00 999999999999999", "8613800138000", uint8(3))
	f.Add("1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890", "123456789012345", uint8(0))
	f.Fuzz(func(t *testing.T, prefixes, s string, on uint8) {
		var entries []deck.Entry
		r := rand.New(rand.NewPCG(uint64(len(prefixes)), 1))
		for _, p := range strings.Fields(prefixes) {
			entries = append(entries, deck.Entry{Prefix: p, From: timex.Date(r.IntN(5)), Rate: minute})
		}
		d, problems := deck.Build(entries)
		if len(problems) > 0 || len(s) > 15 || strings.Trim(s, "0123456789") != "" {
			return
		}
		agree(t, d, newNaive(entries), s, timex.Date(on%8))
	})
}

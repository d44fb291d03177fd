package document

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"waihu/internal/charging/compare"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// compared is a small comparison: known totals, a range, one that cannot be
// totalled.
func compared(t testing.TB) *compare.Result {
	t.Helper()
	in := compare.Input{Currency: money.MustCurrency("USD"), Months: []int{1, 12}, Replicates: 50}
	for _, id := range []string{"callfire-payg", "ujet-pro", "retell", "kixie"} {
		b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), id+".offer.yaml")
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		in.Candidates = append(in.Candidates, compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks})
	}
	c, err := compare.New(in)
	if err != nil {
		t.Fatal(err)
	}
	from := timex.MustDate("2026-01-01").Start(time.UTC)
	for i := range 2500 {
		at := from.Add(time.Duration(i) * 2 * time.Hour)
		if err := c.Call(&usage.Call{ID: "c", Start: at, Agent: string(rune('a' + i%4)), Direction: usage.Outbound, Result: usage.Answered, Answer: at, Talk: time.Duration(i%300+1) * time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var squeeze = strings.NewReplacer("\n", "", " ", "")

// TestReportPDF: the pages say every sentence and every cell in each language,
// number themselves, and are the same bytes each time.
func TestReportPDF(t *testing.T) {
	r := compared(t)
	for _, tag := range lang.Tags() {
		d := explain.Comparison(r, tag)
		var a, b bytes.Buffer
		if err := ReportPDF(&a, d); err != nil {
			t.Fatal(err)
		}
		if err := ReportPDF(&b, explain.Comparison(r, tag)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two runs differ (%v)", tag, err)
		}
		pages := pageTexts(t, a.Bytes())
		all := squeeze.Replace(strings.Join(pages, ""))
		says := func(what, s string) {
			if !strings.Contains(all, squeeze.Replace(clean(s))) {
				t.Errorf("%s: the pages do not say the %s %q", tag, what, s)
			}
		}
		for i := range d.Sections {
			s := &d.Sections[i]
			for _, x := range s.Sentences {
				if i == 0 || len(pages) == 1 {
					says("sentence", x)
				}
			}
			for k := range s.Charts {
				says("title", s.Charts[k].Title)
			}
			if s.Table == nil {
				continue
			}
			for n, row := range s.Table.Rows {
				for k, cell := range row {
					if s.Table.Value(n, k) != nil {
						says("figure", cell)
					}
				}
			}
		}
		for i, page := range pages {
			if want := say(tag, "doc.page", "n", strconv.Itoa(i+1), "of", strconv.Itoa(len(pages))); !strings.Contains(page, want) {
				t.Errorf("%s: page %d does not say %q", tag, i+1, want)
			}
		}
		withinPage(t, a.Bytes())
	}
}

// TestReportPDFFillsItsFirstPage: where a section has much to read and a picture
// too tall to stand below it, its words begin on the page that has room.
func TestReportPDFFillsItsFirstPage(t *testing.T) {
	r := compared(t)
	for _, tag := range lang.Tags() {
		d := explain.Comparison(r, tag)
		costs := -1
		for i := range d.Sections {
			if costs < 0 && len(d.Sections[i].Charts) > 0 {
				costs = i
			}
		}
		many := d.Sections[costs].Sentences[:1]
		for len(many) < 32 { // 32 offers that cannot be totalled
			many = append(many, many[0])
		}
		d.Sections[costs].Sentences = many
		var pdf bytes.Buffer
		if err := ReportPDF(&pdf, d); err != nil {
			t.Fatal(err)
		}
		first := squeeze.Replace(pageTexts(t, pdf.Bytes())[0])
		if !strings.Contains(first, squeeze.Replace(clean(d.Sections[costs].Title))) {
			t.Errorf("%s: the first page ends before %q", tag, d.Sections[costs].Title)
		}
		if strings.Contains(first, squeeze.Replace(clean(d.Sections[costs].Charts[0].Title))) {
			t.Errorf("%s: the picture fits on the first page: this tests nothing", tag)
		}
	}
}

var moves = regexp.MustCompile(`(?m)^(-?[0-9.]+) (-?[0-9.]+) [ml]$`)

// withinPage holds every line of the charts to the paper.
func withinPage(t *testing.T, pdf []byte) {
	t.Helper()
	lines := 0
	for _, raw := range rawPages(t, pdf) {
		for _, m := range moves.FindAllStringSubmatch(raw, -1) {
			x, err1 := strconv.ParseFloat(m[1], 64)
			y, err2 := strconv.ParseFloat(m[2], 64)
			lines++
			if err1 != nil || err2 != nil || x < 0 || y < 0 || x > pageWidth/pointMM || y > pageHeight/pointMM {
				t.Errorf("a line goes to %s, %s", m[1], m[2])
			}
		}
	}
	if lines < 100 {
		t.Errorf("only %d lines: the charts are not there", lines)
	}
}

// TestReportPDFCharacters: a character no font has is an error that names it.
func TestReportPDFCharacters(t *testing.T) {
	d := &explain.Document{Language: lang.English, Title: "x", Sections: []explain.Section{{Path: "a", Sentences: []string{"Offer 😀"}}}}
	var b bytes.Buffer
	if err := ReportPDF(&b, d); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "U+1F600") || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// TestReportStrange: what no comparison should hold makes no panic.
func TestReportStrange(t *testing.T) {
	long := strings.Repeat("外呼 offer ", 800)
	wide := &explain.Table{}
	for i := range 40 {
		wide.Head = append(wide.Head, fmt.Sprint("column ", i))
	}
	for range 200 {
		wide.Rows = append(wide.Rows, append([]string{long[:400]}, make([]string, 39)...))
	}
	bar := explain.Chart{ID: "b", Title: long, Notes: []string{long}, Bars: &explain.Bars{}, Twin: &explain.Table{}}
	for range 200 {
		bar.Bars.Rows = append(bar.Bars.Rows, explain.Bar{Name: long, Open: true, Label: long})
	}
	d := &explain.Document{Language: lang.Simplified, Title: long, Foot: long, Kind: long, Figures: []explain.Figure{{Label: long[:90], Value: "1"}},
		Sections: []explain.Section{{Path: "a", Sentences: []string{long, long}}, {Path: "b", Title: "=1+1", Table: wide, Charts: []explain.Chart{bar}}, {Path: "c", Title: "=1+1", Table: wide}}}
	for name, write := range map[string]func() error{
		"pdf":  func() error { return ReportPDF(&bytes.Buffer{}, d) },
		"xlsx": func() error { return ReportXLSX(&bytes.Buffer{}, d) },
		"none": func() error { return ReportPDF(&bytes.Buffer{}, &explain.Document{Language: lang.English}) },
	} {
		if err := write(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReportXLSX: read again, each figure is a number equal to the result's, what
// is not known is words, and the charts are there.
func TestReportXLSX(t *testing.T) {
	r := compared(t)
	for _, tag := range lang.Tags() {
		d := explain.Comparison(r, tag)
		var a, b bytes.Buffer
		if err := ReportXLSX(&a, d); err != nil {
			t.Fatal(err)
		}
		if err := ReportXLSX(&b, d); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two runs differ (%v)", tag, err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(a.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		sheets := f.GetSheetList()
		numbers := 0
		for i := range d.Sections {
			s := &d.Sections[i]
			if s.Table == nil {
				continue
			}
			name := sheets[indexOf(sheets, s.Title)]
			for n := range s.Table.Rows {
				for k, cell := range s.Table.Rows[n] {
					at, _ := excelize.CoordinatesToCellName(k+1, n+2)
					got, err := f.GetCellValue(name, at, excelize.Options{RawCellValue: true})
					if err != nil {
						t.Fatal(err)
					}
					v := s.Table.Value(n, k)
					if v == nil {
						if got != clean(cell) {
							t.Errorf("%s %s %s: %q, want %q", tag, name, at, got, cell)
						}
						continue
					}
					numbers++
					want := v.Number.Float()
					if x, err := strconv.ParseFloat(got, 64); err != nil || math.Abs(x-want) > 1e-6*max(1, math.Abs(want)) {
						t.Errorf("%s %s %s: %q, want %v", tag, name, at, got, want)
					}
				}
			}
		}
		if numbers < 30 {
			t.Errorf("%s: only %d numbers", tag, numbers)
		}
		if !strings.Contains(string(a.Bytes()), "xl/charts/chart1.xml") {
			t.Errorf("%s: no charts", tag)
		}
	}
}

// indexOf finds the sheet of a title, which may be cut.
func indexOf(sheets []string, title string) int {
	for i, s := range sheets {
		if strings.HasPrefix(strings.ReplaceAll(title, "/", " "), strings.TrimSuffix(s, "…")) {
			return i
		}
	}
	return 0
}

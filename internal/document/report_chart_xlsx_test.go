package document

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waihu/internal/explain"
	"waihu/internal/lang"
)

// TestAuditChartsOfAWorkbook: what a spreadsheet draws is the amounts of causes,
// without how many there are and without their sum, and what is billed beside
// what is due, instead of one upon the other.
func TestAuditChartsOfAWorkbook(t *testing.T) {
	d, err := AuditReport(lang.English, audited())
	if err != nil {
		t.Fatal(err)
	}
	parts := bookParts(t, d)
	for _, c := range []struct{ part, grouping, columns string }{
		{"xl/charts/chart1.xml", "stacked", "$C$2:$C$4"},
		{"xl/charts/chart2.xml", "clustered", "$B$2:$B$3 $C$2:$C$3"},
	} {
		var drawn []string
		for _, m := range regexp.MustCompile(`<val><numRef><f>[^!]*!([^<]*)</f>`).FindAllStringSubmatch(parts[c.part], -1) {
			drawn = append(drawn, m[1])
		}
		if got := strings.Join(drawn, " "); got != c.columns || !strings.Contains(parts[c.part], `<grouping val="`+c.grouping+`"`) {
			t.Errorf("%s draws %q, want %q %s", c.part, got, c.columns, c.grouping)
		}
	}
}

// TestSheetNames: a name of a sheet has no character a spreadsheet refuses, shows
// that it is cut, and is nobody else's.
func TestSheetNames(t *testing.T) {
	b := &reportBook{workbook: newWorkbook(lang.English), names: map[string]bool{}}
	defer b.file.Close()
	var got []string
	for _, title := range []string{"2. Talk time: Charged twice, +0.14", "2. Talk time: Charged twice, +0.15", "One month’s bill, it's 50/50?", "[x]"} {
		got = append(got, b.sheetName(title))
	}
	want := []string{"2. Talk time - Charged twice,…", "2. Talk time - Charged twice… 2", "One month’s bill, it’s 50 50", "(x)"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestFiguresOfAWorkbook: the figures of the answer are numbers with their
// currency.
func TestFiguresOfAWorkbook(t *testing.T) {
	d, err := AuditReport(lang.Traditional, audited())
	if err != nil {
		t.Fatal(err)
	}
	parts := bookParts(t, d)
	if first := parts["xl/worksheets/sheet1.xml"]; !strings.Contains(first, "<v>110</v>") || !strings.Contains(first, `fitToPage="`) {
		t.Errorf("what is billed is no number, or the page is not fitted:\n%s", first)
	}
	if !strings.Contains(parts["xl/styles.xml"], "&#34;CNY &#34;#,##0.00") {
		t.Errorf("no format with the currency:\n%s", parts["xl/styles.xml"])
	}
}

// bookParts are the parts of a report's workbook by name.
func bookParts(t *testing.T, d *explain.Document) map[string]string {
	t.Helper()
	var book bytes.Buffer
	if err := ReportXLSX(&book, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(book.Bytes()), int64(book.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		out[f.Name] = string(data)
	}
	return out
}

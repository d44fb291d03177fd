package cli_test

import (
	"archive/zip"
	"io"
	"strings"
	"testing"
)

// sheet is the XML of one sheet of a workbook.
func sheet(t *testing.T, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("xl/worksheets/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestAnUnknownPriceIsNeverZero reads the documents of an offer whose price of
// minutes nobody knows.
func TestAnUnknownPriceIsNeverZero(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := run(t, "bill", examples+"market/twilio-flex-user-usage.yaml", examples+"formats/usage/twilio.json", "--period", "2026-03", "--lang", "zh-Hant", "--out", dir)
	if code != 3 {
		t.Fatalf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"3 分鐘 × ?（", "語音分鐘 的價格未知", "下列項目的價格未知：語音分鐘。", "≥ 0.00", "至少應付"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if csv := text(t, dir+"/invoice.csv"); !strings.Contains(csv, ",unknown,,,,0,,,,,unknown,,USD") {
		t.Errorf("CSV:\n%s", csv)
	}
	if first := sheet(t, dir+"/invoice.xlsx", "sheet1"); !strings.Contains(first, "至少應付") || strings.Contains(first, "應付總額") {
		t.Errorf("the first sheet asks for a total:\n%s", first)
	}
	if parts := sheet(t, dir+"/invoice.xlsx", "sheet3"); strings.Count(parts, "?</t>") != 2 {
		t.Errorf("the parts:\n%s", parts)
	}
}

func TestADraftsWorkbookAsksForNoPayment(t *testing.T) {
	dir := t.TempDir()
	bill := []string{"bill", examples + "per-minute/plan.yaml", examples + "per-minute/usage/Master.csv", "--period", "2026-03", "--xlsx", dir + "/x.xlsx"}
	for _, c := range []struct {
		more       []string
		want, lack string
	}{{nil, "Total so far", "Total to pay"}, {[]string{"--number", "A1"}, "Total to pay", "Total so far"}} {
		if code, _, errs := run(t, append(bill, c.more...)...); code != 0 {
			t.Fatal(errs)
		}
		if first := sheet(t, dir+"/x.xlsx", "sheet1"); !strings.Contains(first, c.want) || strings.Contains(first, c.lack) {
			t.Errorf("%v: %s", c.more, first)
		}
	}
}

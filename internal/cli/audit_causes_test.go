package cli_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
)

// causesArgs audits the example that has every cause, as separate CSV files or
// as the workbook the vendor sent.
func causesArgs(workbook bool, more ...string) []string {
	dir := examples + "audit-causes/"
	args := []string{"audit", dir + "vendor/bill.csv", "--mapping", dir + "vendor/mapping.yaml", "--calls", dir + "vendor/calls.csv"}
	if workbook {
		args = []string{"audit", dir + "vendor/bill.xlsx", "--mapping", dir + "vendor/workbook.yaml"}
	}
	for _, name := range []string{"calls", "seats", "modules", "numbers", "messages"} {
		args = append(args, dir+"usage/"+name+".csv")
	}
	return append(append(args, "--contract", dir+"contract.yaml", "--period", "2026-03", "--date", "2026-04-10"), more...)
}

// TestAuditOfEveryCause: rate, rounding (of durations and of cents), duration,
// seats, proration, tax, duplicates, what is unpriced and what is not in the
// contract stand in one bill, as CSV and as a workbook with formulas. Each is
// found with its calls, and they sum to the difference exactly.
func TestAuditOfEveryCause(t *testing.T) {
	want := map[audit.Cause]string{ // worked out by hand, VAT with it
		audit.Seats:         "59.50", // two at 25
		audit.Proration:     "23.03", // ten of 31 days of recording
		audit.NotInContract: "14.87", // network care
		audit.Unpriced:      "11.90", // 200 messages
		audit.Duplicate:     "9.66",  // the numbers again, one call
		audit.TaxRate:       "7.13",  // 21 % of everything instead of 19 %
		audit.Rate:          "0.18",  // five calls at the list price
		audit.Increment:     "0.09",  // five calls by the minute
		audit.Duration:      "0.03",  // ringing in four calls
		audit.Rounding:      "0.02",  // four calls to the cent
	}
	calls := map[audit.Cause][]string{
		audit.Duplicate: {"k25"}, audit.Duration: {"k01", "k15", "k17", "k18"}, audit.Increment: {"k14", "k19", "k30", "k31", "k35"},
		audit.Rate: {"k10", "k33", "k44", "k45", "k47"}, audit.Rounding: {"k09", "k21", "k26", "k46"},
	}
	for _, workbook := range []bool{false, true} {
		code, text, errs := run(t, causesArgs(workbook, "--json")...)
		var r audit.Result
		if err := json.Unmarshal([]byte(text), &r); err != nil || code != 4 {
			t.Fatalf("exit %d, %v\n%s%s", code, err, text, errs)
		}
		if r.Billed.Decimal() != "430.92" || r.Expected.Decimal() != "304.51" || r.Difference.Decimal() != "126.41" || r.Explained.Decimal() != "126.41" {
			t.Errorf("billed %s, expected %s, difference %s, explained %s", r.Billed, r.Expected, r.Difference, r.Explained)
		}
		sum := exact.Zero
		for _, c := range r.Causes {
			if want[c.Cause] != c.Amount.Decimal() {
				t.Errorf("%s is %s, want %q", c.Cause, c.Amount, want[c.Cause])
			}
			sum = sum.Add(c.Amount.Exact())
		}
		if len(r.Causes) != len(want) || !sum.Equal(r.Difference.Exact()) {
			t.Errorf("%d causes sum to %s", len(r.Causes), sum)
		}
		for _, f := range r.Findings {
			if f.Line != "talk" {
				continue
			}
			var ids []string
			for _, ev := range f.Evidence {
				ids = append(ids, ev.ID)
			}
			slices.Sort(ids)
			if !slices.Equal(ids, calls[f.Cause]) || f.Cause == audit.Increment && f.Args["by"] != "60/60" {
				t.Errorf("%s by %q stands on %v, want %v", f.Cause, f.Args["by"], ids, calls[f.Cause])
			}
		}
	}
}

// TestEveryCauseInEachLanguage: report and letter name every cause.
func TestEveryCauseInEachLanguage(t *testing.T) {
	for tag, causes := range map[string][]string{
		"en":      {"Price", "Rounding to cents", "Billing increment", "Duration", "Number of seats", "Proration", "Tax", "Charged twice", "without an agreed price", "Not in the contract"},
		"zh-Hant": {"價格", "金額捨入", "計費單位", "時長", "座席或項目數量", "按比例折算", "稅額", "重複收費", "用量未約定價格", "合約所無"},
		"zh-Hans": {"价格", "金额舍入", "计费单位", "时长", "坐席或项目数量", "按比例折算", "税额", "重复收费", "用量未约定价格", "合同所无"},
	} {
		file := t.TempDir() + "/letter.txt"
		code, text, errs := run(t, causesArgs(true, "--lang", tag, "--letter", file)...)
		letter, err := os.ReadFile(file)
		if code != 4 || err != nil {
			t.Fatalf("%s: exit %d, %v %s", tag, code, err, errs)
		}
		for _, cause := range causes {
			if !strings.Contains(text, cause) || !strings.Contains(string(letter), cause) {
				t.Errorf("%s: %q is not in report and letter:\n%s\n%s", tag, cause, text, letter)
			}
		}
		if strings.ContainsAny(text+string(letter), "{}[]") {
			t.Errorf("%s: a gap in\n%s\n%s", tag, text, letter)
		}
	}
}

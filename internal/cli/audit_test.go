package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
)

// auditArgs audits the example with a bill and a mapping of choice.
func auditArgs(bill, mapping string, more ...string) []string {
	dir := examples + "audit/"
	usage := []string{dir + "usage/calls.csv", dir + "usage/seats.csv", dir + "usage/modules.csv", dir + "usage/numbers.csv", dir + "usage/messages.csv"}
	args := append([]string{"audit", bill}, usage...)
	return append(append(args, "--contract", dir+"contract.yaml", "--mapping", mapping, "--calls", dir+"vendor/calls.csv", "--period", "2026-03", "--date", "2026-04-10"), more...)
}

const vendor = examples + "audit/vendor/"

// TestAuditOfTheExample: every error planted in the example is found, with the
// amount worked out by hand.
func TestAuditOfTheExample(t *testing.T) {
	out := t.TempDir()
	code, text, errs := run(t, auditArgs(vendor+"bill.csv", vendor+"mapping.yaml", "--json", "--evidence", out+"/calls.csv")...)
	if code != 4 {
		t.Fatalf("exit %d\n%s%s", code, text, errs)
	}
	var r audit.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.Billed.Decimal() != "2477.99" || r.Expected.Decimal() != "1843.81" || r.Difference.Decimal() != "634.18" || r.Explained.Decimal() != "634.18" {
		t.Errorf("billed %s, expected %s, difference %s, explained %s", r.Billed, r.Expected, r.Difference, r.Explained)
	}
	want := map[audit.Cause]string{
		audit.Seats:         "318.00", // two seats at 150
		audit.Proration:     "179.51", // half a month of a seat, ten days of recording
		audit.Duplicate:     "64.43",  // the numbers again, two calls
		audit.NotInContract: "53.00",  // line maintenance
		audit.Arithmetic:    "10.00",  // the total
		audit.Unpriced:      "7.63",   // messages
		audit.Rate:          "0.84",   // ten calls at 0.15
		audit.NoRecord:      "0.65",   // a call nobody made
		audit.Duration:      "0.17",   // ringing in five calls
		audit.Counting:      "0.11",   // eight calls nobody answered
		audit.Missing:       "-0.16",  // two calls left out
	}
	sum := exact.Zero
	for _, c := range r.Causes {
		if want[c.Cause] != c.Amount.Decimal() {
			t.Errorf("%s is %s, want %q", c.Cause, c.Amount, want[c.Cause])
		}
		delete(want, c.Cause)
		sum = sum.Add(c.Amount.Exact())
	}
	if len(want) > 0 || !sum.Equal(r.Difference.Exact()) {
		t.Errorf("not found: %v; causes sum to %s", want, sum)
	}
	if c := r.Calls; c == nil || c.Rows != 177 || c.Matched != 174 || c.Agreed != 151 || c.Duplicates != 2 || c.NoRecord != 1 || c.Missing != 2 {
		t.Errorf("calls: %+v", c)
	}
	evidence, err := os.ReadFile(out + "/calls.csv")
	if err != nil || bytes.Count(evidence, []byte("\r\n")) != 1+10+10+1+2+1+2+8+5+10 {
		t.Errorf("%v, evidence of %d rows", err, bytes.Count(evidence, []byte("\r\n")))
	}
}

// TestAuditReportsInEachLanguage: report and letter have no gap in any language,
// and the letter exists as text and as PDF.
func TestAuditReportsInEachLanguage(t *testing.T) {
	for tag, says := range map[string]string{"en": "too high by CNY 634.18", "zh-Hant": "多收 CNY 634.18", "zh-Hans": "多收 ¥634.18"} {
		dir := t.TempDir()
		code, text, errs := run(t, auditArgs(vendor+"bill.csv", vendor+"mapping.yaml", "--lang", tag, "--letter", dir+"/letter.pdf", "--evidence", dir+"/calls.xlsx")...)
		if code != 4 || !strings.HasPrefix(text, "This bill is "+says) && !strings.Contains(strings.SplitN(text, "\n", 2)[0], says) {
			t.Errorf("%s: exit %d\n%s%s", tag, code, text, errs)
		}
		if code, _, errs := run(t, auditArgs(vendor+"bill.csv", vendor+"mapping.yaml", "--lang", tag, "--letter", dir+"/letter.txt")...); code != 4 {
			t.Errorf("%s: exit %d %s", tag, code, errs)
		}
		letter, err := os.ReadFile(dir + "/letter.txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"YB-202603-0417", "634.18", "CD-2026-017", "seats"} {
			if !strings.Contains(string(letter), s) {
				t.Errorf("%s: %q is not in the letter:\n%s", tag, s, letter)
			}
		}
		for name, doc := range map[string]string{"report": text, "letter": string(letter)} {
			if strings.ContainsAny(doc, "{}[]") {
				t.Errorf("%s: the %s has a gap:\n%s", tag, name, doc)
			}
		}
		for file, magic := range map[string]string{"letter.pdf": "%PDF", "calls.xlsx": "PK"} {
			if data, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !bytes.HasPrefix(data, []byte(magic)) {
				t.Errorf("%s: %s: %v", tag, file, err)
			}
		}
	}
}

// TestAuditAsReports: one command writes the report in every form and language.
func TestAuditAsReports(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := run(t, auditArgs(vendor+"bill.csv", vendor+"mapping.yaml", "--out", dir, "--html", dir+"/one.html", "--lang", "zh-Hant")...); code != 4 {
		t.Fatalf("exit %d %s", code, errs)
	}
	for name, says := range map[string]string{"audit.en.html": "too high by CNY 634.18", "audit.zh-Hant.html": "多收 CNY 634.18", "audit.zh-Hans.html": "多收 ¥634.18", "one.html": "多收 CNY 634.18",
		"audit.en.pdf": "%PDF", "audit.zh-Hans.xlsx": "PK", "audit.json": `"634.18"`} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(data), says) {
			t.Errorf("%s: %v, %q is not in it", name, err, says)
		}
	}
}

// TestAuditOfOurOwnInvoice: an invoice of ours is right, until somebody changes
// it.
func TestAuditOfOurOwnInvoice(t *testing.T) {
	dir, floor := t.TempDir(), examples+"sales-floor/"
	usage := []string{floor + "usage/Master.csv", floor + "usage/sessions.csv", floor + "usage/modules.csv"}
	inv := dir + "/invoice.json"
	if code, _, errs := run(t, append(append([]string{"bill", floor + "contract.yaml"}, usage...), "--period", "2026-03", "--save", inv)...); code != 0 {
		t.Fatal(errs)
	}
	check := func(path string) (int, string) {
		code, text, errs := run(t, append(append([]string{"audit", path}, usage...), "--contract", floor+"contract.yaml", "--period", "2026-03")...)
		return code, text + errs
	}
	if code, text := check(inv); code != 0 || !strings.Contains(text, "This bill is right") {
		t.Errorf("exit %d\n%s", code, text)
	}
	data, err := os.ReadFile(inv)
	if err != nil {
		t.Fatal(err)
	}
	if code, text := check(file(t, "invoice.json", strings.Replace(string(data), `"amount": "2821.39"`, `"amount": "2921.39"`, 1))); code != 4 || !strings.Contains(text, "too high by CNY 100.00") || !strings.Contains(text, "do not add up") {
		t.Errorf("exit %d\n%s", code, text)
	}
}

// TestAuditRefuses: input that cannot be audited is refused with what to do.
func TestAuditRefuses(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(vendor + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	bill, mapping := read("bill.csv"), read("mapping.yaml")
	for _, c := range []struct {
		name, bill, mapping, says string
		code                      int
	}{
		{"another period", strings.NewReplacer("2026-03-01", "2026-02-01", "2026-03-31", "2026-02-28").Replace(bill), mapping, "--period", 1},
		{"another currency", bill, strings.Replace(mapping, "currency: CNY", "currency: USD", 1), "the contract is in CNY", 1},
		{"no such component", bill, strings.Replace(mapping, "component: seats", "component: seatz", 1), "seatz", 1},
		{"no such key", bill, strings.Replace(mapping, "amount: 金额}", "sum: 金额}", 1), "amount", 1},
		{"an empty bill", "", mapping, "empty", 1},
		{"other columns", strings.Replace(bill, "项目,数量", "名称,数量", 1), mapping, "项目", 1},
		{"a word for an amount", strings.Replace(bill, "1800.00", "about 1800", 1), mapping, "bill.csv:6:4", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, text, errs := run(t, auditArgs(file(t, "bill.csv", c.bill), file(t, "mapping.yaml", c.mapping))...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d and %q\n%s%s", code, c.code, c.says, text, errs)
			}
		})
	}
	if code, _, errs := run(t, "audit", vendor+"bill.csv", "--contract", examples+"audit/contract.yaml", "--period", "2026-03"); code != 2 || !strings.Contains(errs, "--mapping") {
		t.Errorf("without a mapping: exit %d %s", code, errs)
	}
}

// TestContractCheck: the trapped offer ends with 3 and says what traps cost.
func TestContractCheck(t *testing.T) {
	offered := examples + "audit/offered/contract.yaml"
	for tag, says := range map[string]string{"en": "CNY 21,888.00 if no notice is given by 3 Oct 2026", "zh-Hant": "CNY 21,888.00", "zh-Hans": "¥21,888.00"} {
		code, text, errs := run(t, "contract", "check", offered, "--date", "2026-06-01", "--lang", tag)
		if code != 3 || !strings.Contains(text, says) || strings.ContainsAny(text, "{}[]") {
			t.Errorf("%s: exit %d\n%s%s", tag, code, text, errs)
		}
	}
	code, text, _ := run(t, "contract", "check", offered, "--date", "2026-06-01", "--json")
	var checked struct {
		Findings []struct{ Clause, Status string }
	}
	if err := json.Unmarshal([]byte(text), &checked); err != nil || code != 3 || len(checked.Findings) < 30 {
		t.Errorf("exit %d, %v, %d findings", code, err, len(checked.Findings))
	}
	if code, _, errs := run(t, "contract", "check", examples+"audit/plan.yaml"); code != 1 || !strings.Contains(errs, "a plan, not a contract") {
		t.Errorf("a plan: exit %d %s", code, errs)
	}
	if code, _, errs := run(t, "contract", "check", offered, "--date", "soon"); code != 2 || !strings.Contains(errs, "soon") {
		t.Errorf("a bad date: exit %d %s", code, errs)
	}
}

package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/cli"
)

const examples = "../../examples/"

// run runs one command line as a person would.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// file writes a file into a fresh folder.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBillWritesEveryDocumentAndVerifyAccepts(t *testing.T) {
	out := t.TempDir()
	code, text, errs := run(t, "bill", examples+"sales-floor/contract.yaml", examples+"sales-floor/usage/Master.csv", examples+"sales-floor/usage/sessions.csv",
		examples+"sales-floor/usage/modules.csv", "--period", "2026-03", "--out", out)
	if code != 0 || !strings.Contains(text, "2,821.39") {
		t.Fatalf("exit %d\n%s\n%s", code, text, errs)
	}
	if !strings.Contains(errs, "1400 read = 1400 accepted + 0 rejected + 0 duplicate + 0 ignored") {
		t.Errorf("the counts are not said:\n%s", errs)
	}
	for name, magic := range map[string]string{"invoice.json": "{", "invoice.csv": "\ufeff", "invoice.xlsx": "PK", "invoice.en.pdf": "%PDF", "invoice.zh-Hant.pdf": "%PDF",
		"invoice.zh-Hans.pdf": "%PDF", "detail.csv": "\ufeff", "facts.jsonl": "{"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !bytes.HasPrefix(data, []byte(magic)) {
			t.Errorf("%s: %v, begins %.8q", name, err, data)
		}
	}
	code, text, errs = run(t, "verify", out+"/invoice.json", "--plan", examples+"sales-floor/contract.yaml", out+"/facts.jsonl")
	if code != 0 || !strings.HasPrefix(text, "identical") {
		t.Errorf("exit %d: %s%s", code, text, errs)
	}
}

// TestVerifyFindsTampering changes one thing at a time: an amount, a rate, a
// fact, the plan. Each must be found and its place named.
func TestVerifyFindsTampering(t *testing.T) {
	out := t.TempDir()
	plan := examples + "per-minute/plan.yaml"
	if code, _, errs := run(t, "bill", plan, examples+"per-minute/usage/Master.csv", "--period", "2026-03", "--out", out); code != 0 {
		t.Fatal(errs)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	inv, facts := read("invoice.json"), read("facts.jsonl")
	planText, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, invoice, facts, plan, finds string }{
		{"amount", strings.Replace(inv, `"9.45"`, `"9.44"`, 1), facts, string(planText), "lines[0]"},
		{"rate", strings.Replace(inv, `"unit_price": "0.15"`, `"unit_price": "0.16"`, 1), facts, string(planText), "unit_price"},
		{"talk time of one call", inv, strings.Replace(facts, `"talk":`, `"talk":1`, 1), string(planText), "facts"},
		{"one call left out", inv, facts[strings.Index(facts, "\n")+1:], string(planText), "facts.calls"},
		{"called number of one call", inv, strings.Replace(facts, `"to":"86`, `"to":"87`, 1), string(planText), "facts.digest"},
		{"price in the plan", inv, facts, strings.Replace(string(planText), "0.15", "0.14", 1), "plan.digest"},
		{"buyer", strings.Replace(inv, `"buyer": {`, `"buyer": {"name": "Somebody else"`, 1), facts, string(planText), "seal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.invoice == inv && c.facts == facts && c.plan == string(planText) {
				t.Fatal("nothing was changed: the case does not test anything")
			}
			code, text, errs := run(t, "verify", file(t, "invoice.json", c.invoice), "--plan", file(t, "plan.yaml", c.plan), file(t, "facts.jsonl", c.facts))
			if code != 4 || !strings.Contains(text+errs, c.finds) {
				t.Errorf("exit %d, want 4 and %q:\n%s%s", code, c.finds, text, errs)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	calls := file(t, "calls.csv", "fact,id,direction,result,to,start,talk\ncall,1,outbound,answered,8613800138000,2026-03-02 10:00:00,61\n")
	broken := file(t, "calls.csv", "fact,id,direction,result,to,start,talk\ncall,1,outbound,answered,8613800138000,2026-03-02 10:00:00,minus\n")
	inbound := file(t, "plan.yaml", "plan: p\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents: [{id: t, measure: talk_time, where: {direction: inbound}, unit_price: 1}]\n")
	unknown := file(t, "plan.yaml", "plan: p\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents: [{id: t, measure: talk_time, unit_price: unknown}]\n")
	bad := file(t, "plan.yaml", "plan: p\ncurrency: XYZ\ntime_zone: Mars/Base\ncomponents: []\n")
	good := examples + "per-minute/plan.yaml"
	for _, c := range []struct {
		name string
		code int
		says string
		args []string
	}{
		{"help", 0, "Usage", []string{"--help"}},
		{"version", 0, "waihu", []string{"version"}},
		{"no command", 2, "", nil},
		{"no such command", 2, "frobnicate", []string{"frobnicate"}},
		{"no period", 2, "period", []string{"bill", good, calls}},
		{"bad period", 2, "2026-13", []string{"bill", good, calls, "--period", "2026-13"}},
		{"bad language", 2, "fr", []string{"bill", good, calls, "--period", "2026-03", "--lang", "fr"}},
		{"bad plan", 1, "currency", []string{"bill", bad, calls, "--period", "2026-03"}},
		{"no plan", 1, "nowhere.yaml", []string{"bill", "nowhere.yaml", calls, "--period", "2026-03"}},
		{"no usage file", 1, "nowhere.csv", []string{"bill", good, "nowhere.csv", "--period", "2026-03"}},
		{"done", 0, "0.30", []string{"bill", good, calls, "--period", "2026-03"}},
		{"unpriced", 3, "no price", []string{"bill", inbound, calls, "--period", "2026-03"}},
		{"unpriced, allowed", 0, "", []string{"bill", inbound, calls, "--period", "2026-03", "--allow-unpriced"}},
		{"rejected", 3, "1 rejected", []string{"bill", good, broken, "--period", "2026-03"}},
		{"unknown price", 3, "nobody knows", []string{"bill", unknown, calls, "--period", "2026-03"}},
		{"unknown price is not issued", 1, "cannot be issued", []string{"bill", unknown, calls, "--period", "2026-03", "--number", "1"}},
		{"no such component", 1, "seatz", []string{"bill", examples + "seats-and-minutes/plan.yaml", calls, "--period", "2026-03", "--set", "seatz=3"}},
		{"a picture as records", 1, "", []string{"facts", file(t, "x.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")}},
		{"a date for a draft", 2, "say --number", []string{"bill", good, calls, "--period", "2026-03", "--issued", "2026-04-01"}},
		{"nothing in the period", 0, "Records this invoice rests on: none", []string{"bill", good, "--period", "2026-05"}},
		{"fees of the calls that pay them", 0, "Fixed fees  0.86 (43 call records)", []string{"bill", examples + "six-second/plan.yaml", examples + "six-second/usage/Master.csv", "--period", "2026-03"}},
		{"another month", 0, "note: no fact is in the period 2026-05, all 1 are outside", []string{"bill", good, calls, "--period", "2026-05"}},
		{"one warning", 0, "0 errors, 1 warning\n", []string{"plan", "check", examples + "robot-lanes/plan.yaml"}},
		{"plans checked", 0, "0 errors", []string{"plan", "check", good}},
		{"bad plan checked", 1, "error", []string{"plan", "check", bad}},
		{"nowhere to listen", 1, "http.listen", []string{"serve", "--data", t.TempDir(), "--set", "http.listen=127.0.0.1:0", "--listen", "nowhere"}},
		{"schema", 0, "$schema", []string{"plan", "schema"}},
		{"no difference", 0, "0 changes", []string{"plan", "diff", good, good}},
		{"difference", 4, "", []string{"plan", "diff", good, examples + "six-second/plan.yaml", "--exit-code"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := run(t, c.args...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("exit %d, want %d and %q\n%s%s", code, c.code, c.says, out, errs)
			}
		})
	}
}

// TestOrderOfFilesDoesNotShow: the invoice is the same whatever order the files
// are given in, and giving one twice changes nothing but the counts.
func TestOrderOfFilesDoesNotShow(t *testing.T) {
	plan := examples + "sales-floor/contract.yaml"
	m, s, x := examples+"sales-floor/usage/Master.csv", examples+"sales-floor/usage/sessions.csv", examples+"sales-floor/usage/modules.csv"
	_, first, _ := run(t, "bill", plan, m, s, x, "--period", "2026-03", "--json")
	for _, files := range [][]string{{x, s, m}, {s, m, x, m, s}} {
		_, again, _ := run(t, append(append([]string{"bill", plan}, files...), "--period", "2026-03", "--json")...)
		if again != first {
			t.Errorf("files %v give another invoice", files)
		}
	}
}

// TestRolloverOverInvoices carries what one invoice leaves into the next.
func TestRolloverOverInvoices(t *testing.T) {
	plan, dir := examples+"package-rollover/plan.yaml", t.TempDir()
	march, april := filepath.Join(dir, "march.json"), filepath.Join(dir, "april.json")
	if code, _, errs := run(t, "bill", plan, examples+"package-rollover/usage/2026-03.csv", "--period", "2026-03", "--save", march); code != 0 {
		t.Fatal(errs)
	}
	code, text, errs := run(t, "bill", plan, examples+"package-rollover/usage/2026-04.csv", "--period", "2026-04", "--previous", march, "--save", april)
	if code != 0 || !strings.Contains(text, "carried over") {
		t.Fatalf("exit %d\n%s%s", code, text, errs)
	}
	if code, text, errs := run(t, "verify", april, "--plan", plan, examples+"package-rollover/usage/2026-04.csv"); code != 0 {
		t.Errorf("exit %d: %s%s", code, text, errs)
	}
	if code, _, errs := run(t, "bill", plan, "--period", "2026-06", "--previous", march); code != 1 || !strings.Contains(errs, "just before") {
		t.Errorf("an invoice of another period was taken as the one before: %s", errs)
	}
}

// TestBillNamesDoubtfulFacts: log-outs that were never recorded are counted, and
// said, a few of them.
func TestBillNamesDoubtfulFacts(t *testing.T) {
	plan := file(t, "plan.yaml", "plan: p\nversion: 1\ncurrency: CNY\ntime_zone: UTC\ncomponents: [{id: seats, measure: seats_concurrent_peak, unit_price: 1}]\n")
	sessions := "fact,id,user,from,to\n"
	for i := range 5 {
		sessions += fmt.Sprintf("session,s%d,u%d,2026-03-02 09:00:00,2026-03-05 09:00:00\n", i, i)
	}
	code, _, errs := run(t, "bill", plan, file(t, "sessions.csv", sessions), "--period", "2026-03")
	if code != 0 || strings.Count(errs, "longer than 24 hours") != 3 || !strings.Contains(errs, "warning: 2 more such sessions") {
		t.Errorf("exit %d\n%s", code, errs)
	}
}

// TestVerifySaysWhatContradicts adds a second record of one call with other
// content: the invoice stands, and the contradiction is told.
func TestVerifySaysWhatContradicts(t *testing.T) {
	out := t.TempDir()
	plan := examples + "per-minute/plan.yaml"
	if code, _, errs := run(t, "bill", plan, examples+"per-minute/usage/Master.csv", "--period", "2026-03", "--out", out); code != 0 {
		t.Fatal(errs)
	}
	facts := text(t, out+"/facts.jsonl")
	first, _, _ := strings.Cut(facts, "\n")
	other := file(t, "facts.jsonl", facts+strings.Replace(first, `"floor1"`, `"floor2"`, 1)+"\n")
	if code, said, errs := run(t, "verify", out+"/invoice.json", "--plan", plan, other); code != 0 || !strings.HasPrefix(said, "identical: 1 line, ") || !strings.Contains(errs, "came before with other content") {
		t.Errorf("exit %d: %s%s", code, said, errs)
	}
}

// TestAContractIsToldWithItsPrices: a contract that takes 10% off is no plan
// without changes.
func TestAContractIsToldWithItsPrices(t *testing.T) {
	plan, deal := examples+"sales-floor/plan.yaml", examples+"sales-floor/contract.yaml"
	code, out, errs := run(t, "plan", "explain", deal)
	if code != 0 || !strings.HasPrefix(out, "Contract SF-2026-001\n") || !strings.Contains(out, "  - Term: 12 months\n") || strings.Count(out, "First-year discount: 10% off") != 2 || !strings.Contains(errs, "has it on 2026-01-01") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	code, out, errs = run(t, "plan", "diff", plan, deal)
	if code != 0 || !strings.Contains(out, "added discounts[first-year]") || !strings.HasSuffix(out, "1 change\n") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs = run(t, "plan", "diff", plan, deal, "--on", "soon"); code != 2 || !strings.Contains(errs, "--on") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, out, errs = run(t, "plan", "diff", plan, plan); code != 0 || out != "0 changes\n" || errs != "" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// TestInvoicesNameThingsInTheirLanguage: where a sentence speaks of a component,
// a package or a way to charge, it is by name.
func TestInvoicesNameThingsInTheirLanguage(t *testing.T) {
	for example, want := range map[string]string{
		"modules": "按 20 個計費座席（座席）", "rentals": "的 15%（號碼月租, 話機租賃）", "the-cheaper-of": "按最便宜的方式收費：按分鐘", "package-rollover": "通話時長：剩餘 205 分鐘",
	} {
		usage, err := filepath.Glob(examples + example + "/usage/*")
		if err != nil {
			t.Fatal(err)
		}
		code, out, errs := run(t, append([]string{"bill", examples + example + "/plan.yaml", "--period", "2026-03", "--lang", "zh-Hant"}, usage...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, %q is missing in\n%s%s", example, code, want, out, errs)
		}
	}
}

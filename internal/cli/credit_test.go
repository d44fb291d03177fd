package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCreditNotes gives an invoice back in two notes; each is verified, a third
// is refused, and a changed figure is found.
func TestCreditNotes(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if code, _, errs := run(t, "bill", examples+"sales-floor/contract.yaml", examples+"sales-floor/usage/Master.csv", "--period", "2026-03", "--number", "W-1", "--save", at("invoice.json")); code != 0 && code != 3 {
		t.Fatal(errs)
	}
	code, out, errs := run(t, "credit", at("invoice.json"), "--line", "talk=25%", "--number", "CN-1", "--reason", "line noise", "--issued", "2026-04-10", "--out", at("one"))
	if code != 0 || !strings.Contains(out, "Credit note") || !strings.Contains(out, "line noise") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, name := range []string{"note.csv", "note.xlsx", "note.en.pdf", "note.zh-Hant.pdf", "note.zh-Hans.pdf"} {
		if info, err := os.Stat(filepath.Join(at("one"), name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := filepath.Join(at("one"), "note.json")
	if code, out, errs = run(t, "verify", one, "--of", at("invoice.json")); code != 0 || !strings.HasPrefix(out, "identical") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs = run(t, "credit", at("invoice.json"), "--number", "CN-2", "--reason", "all of it", "--earlier", one, "--save", at("two.json"), "--json"); code != 0 || !strings.Contains(out, `"credit_note"`) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if code, out, errs = run(t, "verify", at("two.json"), "--of", at("invoice.json"), "--earlier", one); code != 0 || !strings.HasPrefix(out, "identical") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs = run(t, "credit", at("invoice.json"), "--line", "talk", "--number", "CN-3", "--reason", "again", "--earlier", one, "--earlier", at("two.json")); code != 1 || !strings.Contains(errs, "nothing is left to credit") {
		t.Errorf("exit %d: %s", code, errs)
	}
	data, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), `"reason": "line noise"`, `"reason": "goodwill"`, 1)
	if code, out, _ = run(t, "verify", file(t, "changed.json", changed), "--of", at("invoice.json")); code != 4 || !strings.Contains(out, "seal is broken: the credit note") {
		t.Errorf("exit %d: %s", code, out)
	}
	for want, args := range map[string][]string{
		"--of INVOICE.json":     {"verify", one},
		"--plan FILE":           {"verify", at("invoice.json")},
		"no line \"nobody\"":    {"credit", at("invoice.json"), "--line", "nobody=10%", "--number", "X", "--reason", "r"},
		"not a share":           {"credit", at("invoice.json"), "--line", "talk=110%", "--number", "X", "--reason", "r"},
		"line=amount":           {"credit", at("invoice.json"), "--line", "talk=much", "--number", "X", "--reason", "r"},
		"this is not a credit":  {"credit", at("invoice.json"), "--number", "X", "--reason", "r", "--earlier", at("invoice.json")},
		"--issued":              {"credit", at("invoice.json"), "--number", "X", "--reason", "r", "--issued", "soon"},
		"--reason":              {"credit", at("invoice.json"), "--number", "X"},
		"this is a credit note": {"credit", one, "--number", "X", "--reason", "r"},
		"at most 2 decimals":    {"credit", at("invoice.json"), "--line", "talk=12.505", "--number", "X", "--reason", "r"},
		"is before that of":     {"credit", at("invoice.json"), "--number", "X", "--reason", "r", "--issued", "2026-03-31"},
	} {
		if code, out, errs := run(t, args...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, want %q in\n%s%s", args, code, want, out, errs)
		}
	}
}

// TestClausesOverInvoices: what a contract says beyond a period comes from the
// bill before, and verify makes each bill again from what it states.
func TestClausesOverInvoices(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("plan.yaml", "plan: p\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: seats, measure: recurring, quantity: 5, unit_price: 100}\n  - {id: talk, measure: talk_time, unit_price: 0.2}\n")
	contract := write("contract.yaml", "contract: C-1\nplan: plan.yaml\nstart: 2026-01-01\nprepayment: {amount: 800}\ncommitments: [{id: spend, amount: 2000, every: quarter}, {id: minutes, component: talk, quantity: 10, every: year, overage: 0.3}]\nservice_levels: [{metric: availability, target: 99.9%, credit: 10%}]\n")
	facts := write("facts.csv", "fact,id,direction,result,to,start,talk,agent\ncall,c1,outbound,answered,8613800138000,2026-02-02 10:00:00,720,a1\n")
	bill := func(period string, more ...string) string {
		out := filepath.Join(dir, period+".json")
		if code, _, errs := run(t, append([]string{"bill", contract, facts, "--period", period, "--save", out, "--lang", "zh-Hant"}, more...)...); code != 0 {
			t.Fatalf("%s: exit %d\n%s", period, code, errs)
		}
		code, text, errs := run(t, "verify", out, "--plan", contract, facts)
		if code != 0 || !strings.Contains(text, "identical") {
			t.Errorf("%s: exit %d\n%s%s", period, code, text, errs)
		}
		return out
	}
	january := bill("2026-01")
	february := bill("2026-02", "--previous", january)
	march := bill("2026-03", "--previous", february, "--level", "availability=99.5%")
	data, err := os.ReadFile(march)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"commitment:spend"`, `"reached": "1502.6"`, `"service_credit:availability"`, `"99.5%"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("March says nothing of %s", want)
		}
	}
	for want, args := range map[string][]string{
		"--reached":      {"--reached", "minutes=many"},
		"name=value":     {"--level", "availability"},
		"how far it cam": nil,
	} {
		if code, _, errs := run(t, append([]string{"bill", contract, facts, "--period", "2026-03"}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, want %q in\n%s", args, code, want, errs)
		}
	}
	if code, _, errs := run(t, "bill", contract, facts, "--period", "2026-03", "--reached", "spend=1900", "--reached", "minutes=12"); code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
}

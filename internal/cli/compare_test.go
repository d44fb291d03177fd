package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/compare"
	"waihu/internal/cli"
)

const (
	seatsPlan = `plan: by-seat
currency: CNY
time_zone: Asia/Shanghai
unmetered: [calls]
offer: {vendor: Seats Ltd, source: quotation, read_on: 2026-11-01, confidence: A}
components:
  - {id: seats, measure: seats_named, unit_price: 300}
`
	minutesPlan = `plan: by-minute
currency: CNY
time_zone: Asia/Shanghai
offer: {vendor: Minutes Ltd, source: quotation, read_on: 2026-11-01, confidence: A}
components:
  - {id: talk, measure: talk_time, increment: 60/60, unit_price: 0.1}
`
	minutesOffer = `offer: minutes-2026
plan: minutes.yaml
no_term: true
fees:
  - {category: set_up, answer: charged, amount: 500, per: once}
`
)

// offers writes a folder with a plan that stands alone, and one with its offer.
func offers(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"seats.yaml": seatsPlan, "minutes.yaml": minutesPlan, "minutes.offer.yaml": minutesOffer, "notes.yaml": "hello: world\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCompareAnswersFirst(t *testing.T) {
	code, text, errs := run(t, "compare", examples+"sales-floor/usage/Master.csv", examples+"sales-floor/usage/sessions.csv", "--offers", offers(t), "--months", "1,12")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	first := strings.Split(text, "\n")[2]
	if !strings.Contains(first, "by-minute costs least over 12 months") || !strings.Contains(first, "less than by-seat") {
		t.Errorf("the answer is not the first thing said:\n%s", text)
	}
	if strings.Contains(text, "hello") || strings.Count(text, "by-minute") == 0 {
		t.Error("another file of the folder was taken for an offer")
	}
	for _, tag := range []string{"zh-Hant", "zh-Hans"} {
		if code, text, _ := run(t, "compare", examples+"sales-floor/usage/Master.csv", "--offers", offers(t), "--lang", tag, "--seats", "3"); code != 0 || !strings.Contains(text, "12 ") || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: exit %d\n%s", tag, code, text)
		}
	}
}

// What the comparison says of a month, bill says too.
func TestCompareAgreesWithBill(t *testing.T) {
	dir, files := offers(t), []string{examples + "sales-floor/usage/Master.csv", examples + "sales-floor/usage/sessions.csv"}
	code, text, errs := run(t, append([]string{"compare"}, append(files, "--offers", dir, "--months", "1", "--json")...)...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var r compare.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	_, bill, errs := run(t, append([]string{"bill", dir + "/minutes.yaml"}, append(files, "--period", "2026-03", "--json", "--allow-unpriced")...)...)
	var inv struct {
		Net struct{ Amount string }
	}
	if err := json.Unmarshal([]byte(bill), &inv); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	for _, o := range r.Offers {
		if o.Offer == "minutes-2026" && (o.Horizons[0].Plan.Low.Decimal() != inv.Net.Amount || inv.Net.Amount == "0.00") {
			t.Errorf("compared as %s, billed as %s", o.Horizons[0].Plan.Low.Decimal(), inv.Net.Amount)
		}
	}
}

func TestCompareRefusesBadInput(t *testing.T) {
	dir := offers(t)
	usage := examples + "sales-floor/usage/Master.csv"
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no usage":           {[]string{"compare", "--offers", dir}, 2, "no usage"},
		"rate without a day": {[]string{"compare", usage, "--offers", dir, "--rates", "USD=7.1"}, 2, "CODE=RATE@DATE"},
		"weights not 100":    {[]string{"compare", usage, "--offers", dir, "--weights", "price=60"}, 1, "sum to 60"},
		"what-if":            {[]string{"compare", usage, "--offers", dir, "--what-if", "volume=20"}, 2, "is not a change"},
		"current":            {[]string{"compare", usage, "--offers", dir, "--current", "other"}, 1, "not among those compared"},
		"half months":        {[]string{"compare", usage, "--offers", dir, "--period", "2026-03-10..2026-04-10"}, 1, "compared whole"},
		"no rate":            {[]string{"compare", usage, "--offers", dir, "--currency", "USD"}, 1, "no exchange rate"},
		"no tax":             {[]string{"compare", usage, "--offers", dir, "--tax", "inclusive"}, 1, "which tax is due"},
		"no folder":          {[]string{"compare", usage, "--offers", dir + "/none"}, 1, "no such file"},
	} {
		if code, _, errs := run(t, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", name, code, c.code, c.says, errs)
		}
	}
	// One offer that cannot be compared does not stop the others.
	code, text, errs := run(t, "compare", usage, "--seats", "2", "--offers", dir+","+examples+"market/cloudtalk-essential.offer.yaml")
	if code != 3 || !strings.Contains(text, "no exchange rate into CNY was given") || !strings.Contains(errs, "1 offer was not compared") {
		t.Errorf("exit %d:\n%s\n%s", code, text, errs)
	}
}

func TestCompareAProfile(t *testing.T) {
	profile := file(t, "profile.yaml", `profile: new-team
time_zone: Asia/Shanghai
from: 2026-01
seats: {average: 10, peak: 14, minimum: 6}
hours: [{days: [workday], from: "09:00", to: "18:00"}]
calls: [{id: sales, minutes: 12000, answered: 8000, answer_rate: 40%}]
length: {mean: 90s}
season: [{month: 2, factor: 50%}, {month: 11, factor: 120%}, {month: 12, factor: 120%}]
`)
	code, text, errs := run(t, "compare", "--profile", profile, "--offers", offers(t))
	if code != 0 || !strings.Contains(text, "12 months from 1 Jan 2026: 238,000 attempts, 95,200 answered") {
		t.Errorf("exit %d: %s\n%s", code, errs, text)
	}
	bad := file(t, "bad.yaml", "profile: x\ntime_zone: Nowhere\nfrom: 2026-01\nseats: {average: 3, peak: 2}\nhours: [{from: \"18:00\", to: \"09:00\"}]\ncalls: [{id: a, minutes: 1}]\n")
	if code, _, errs := run(t, "compare", "--profile", bad, "--offers", offers(t)); code != 1 || !strings.Contains(errs, "4 problems") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestOfferCommands(t *testing.T) {
	dir := offers(t)
	if code, text, _ := run(t, "offer", "check", dir); code != 0 || strings.Count(text, "0 errors") != 2 || !strings.Contains(text, "28 of 29 questions") {
		t.Errorf("check: exit %d\n%s", code, text)
	}
	if code, text, _ := run(t, "offer", "explain", dir+"/minutes.offer.yaml", "--plan"); code != 0 || !strings.Contains(text, "CNY 500 once") || !strings.Contains(text, "Minutes Ltd") {
		t.Errorf("explain: exit %d\n%s", code, text)
	}
	answers := file(t, "answers.txt", "# from a call with the vendor\nset_up: 500 once # waived for a year's term\nnumber_rent: 10..20 month\nrounding: yes\nline_rent: plan talk\ntraining: included\nplan_change: no\nrenewal_uplift: 5% renewal\nhigh_frequency: ?\n")
	out := filepath.Join(dir, "new.offer.yaml")
	if code, _, errs := run(t, "offer", "new", dir+"/minutes.yaml", "--answers", answers, "--out", out, "--id", "new"); code != 0 {
		t.Fatalf("new: exit %d: %s", code, errs)
	}
	if code, text, _ := run(t, "offer", "check", out); code != 0 || !strings.Contains(text, "22 of 29 questions") {
		t.Errorf("what was written cannot be read: exit %d\n%s", code, text)
	}
	bad := file(t, "bad.txt", "set_up: lots\ncolour: red\n")
	if code, _, errs := run(t, "offer", "new", dir+"/minutes.yaml", "--answers", bad); code != 1 || !strings.Contains(errs, "is not an answer") || !strings.Contains(errs, "no question of the checklist") {
		t.Errorf("bad answers: exit %d: %s", code, errs)
	}
	for _, args := range [][]string{{"offer", "schema"}} {
		if code, text, _ := run(t, args...); code != 0 || !json.Valid([]byte(text)) {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// The terms are asked too, and what is written of them is read again as it was meant.
func TestOfferNewAsksTheTerms(t *testing.T) {
	dir := offers(t)
	answers := file(t, "terms.txt", "term: 12 months\nnotice_days: 30\nauto_renew: yes\nearly_termination: 50%\ndownsize: term_end\navailability: 99.9%\nsupport_hours: business\nresponse: 4h\n")
	out := filepath.Join(dir, "terms.offer.yaml")
	if code, _, errs := run(t, "offer", "new", dir+"/minutes.yaml", "--answers", answers, "--out", out, "--id", "terms"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	text, err := os.ReadFile(out)
	for _, want := range []string{"term: 12 months\n", "notice_days: 30\n", "auto_renew: true\n", "early_termination: {share: 50%}\n", "downsize: {when: term_end}\n", "service: {availability: 99.9%, support_hours: business, response: 4h}\n"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if code, text, _ := run(t, "offer", "check", out); code != 0 {
		t.Errorf("what was written cannot be read: exit %d\n%s", code, text)
	}
	bad := file(t, "bad.txt", "term: no\nearly_termination: 3 months\n")
	if code, _, errs := run(t, "offer", "new", dir+"/minutes.yaml", "--answers", bad); code != 1 || !strings.Contains(errs, "contradict") {
		t.Errorf("terms that contradict each other: exit %d: %s", code, errs)
	}
}

// Asked on a terminal, an answer that cannot be read is asked again; what is not
// answered stays unknown.
func TestOfferNewAsks(t *testing.T) {
	var out, errs bytes.Buffer
	code := cli.Run(context.Background(), []string{"offer", "new", offers(t) + "/minutes.yaml", "--lang", "zh-Hant"},
		cli.Streams{In: strings.NewReader("500\n500 once\nno\n"), Out: &out, Err: &errs})
	if code != 0 || !strings.Contains(out.String(), "{category: set_up, answer: charged, amount: 500, per: once}") || !strings.Contains(out.String(), "{category: number_pick, answer: no}") || strings.Contains(out.String(), "number_rent") {
		t.Errorf("exit %d:\n%s\n%s", code, out.String(), errs.String())
	}
	if !strings.Contains(errs.String(), "開戶費") || !strings.Contains(errs.String(), "is not an answer") {
		t.Errorf("what was asked:\n%s", errs.String())
	}
}

// An empty answer takes what is shown or leaves the question open; a dot stops.
func TestOfferNewTakesEmptyAnswersAndStops(t *testing.T) {
	bare := file(t, "bare.yaml", strings.Replace(minutesPlan, "offer: {vendor: Minutes Ltd, source: quotation, read_on: 2026-11-01, confidence: A}\n", "", 1))
	var out, errs bytes.Buffer
	code := cli.Run(context.Background(), []string{"offer", "new", bare},
		cli.Streams{In: strings.NewReader("\n\nMinutes Ltd\n\na quotation\nsoon\n\n\n\nno\n.\n500 once\n"), Out: &out, Err: &errs})
	for _, want := range []string{"Minutes Ltd", "read_on: ", "confidence: D", "{category: number_pick, answer: no}"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in what was written", want)
		}
	}
	if code != 0 || strings.Contains(out.String(), "set_up") || strings.Contains(out.String(), "500") {
		t.Errorf("exit %d:\n%s", code, out.String())
	}
	if vendor, source := strings.Count(errs.String(), "(vendor)"), strings.Count(errs.String(), "(source)"); vendor != 3 || source != 2 {
		t.Errorf("without whom or where no offer can be written: the vendor was asked %d times, the source %d, want 3 and 2", vendor, source)
	}
	if n := strings.Count(errs.String(), "(read_on)"); n != 2 || !strings.Contains(errs.String(), "(confidence) [D]: ") {
		t.Errorf("the day was asked %d times, want 2:\n%s", n, errs.String())
	}
}

// TestCompareReports: one command writes every form in every language; a single
// form goes where it was asked for.
func TestCompareReports(t *testing.T) {
	usage := examples + "sales-floor/usage/Master.csv"
	out := filepath.Join(t.TempDir(), "report")
	page := filepath.Join(t.TempDir(), "page.html")
	if code, _, errs := run(t, "compare", usage, "--seats", "3", "--offers", offers(t), "--brief", "--out", out, "--html", page, "--lang", "zh-Hant"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, name := range []string{"comparison.json", "comparison.en.html", "comparison.zh-Hant.pdf", "comparison.zh-Hans.xlsx", "comparison.en.pdf", "comparison.zh-Hans.html"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	want, err := os.ReadFile(filepath.Join(out, "comparison.zh-Hant.html"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != string(want) || !strings.Contains(string(got), `lang="zh-Hant"`) {
		t.Errorf("the page asked for is another than that of the folder (%v)", err)
	}
	if code, _, errs := run(t, "compare", usage, "--seats", "3", "--offers", offers(t), "--brief", "--pdf", filepath.Join(out, "none", "x.pdf")); code != 1 || !strings.Contains(errs, "no such file") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

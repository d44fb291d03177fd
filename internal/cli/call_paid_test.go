package cli_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/serve"
	"waihu/internal/timex"
)

const secondsPlan = `plan: seconds
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, rates: [{rate: 0%}]}]}
components:
  - {id: talk, measure: talk_time, increment: 1/1, unit_price: 6, category: voice}
`

// payer is a company with credit, in a new data folder.
func payer(t *testing.T, balance string) (data string, company id.Company) {
	t.Helper()
	data = t.TempDir()
	config := serve.Defaults()
	config.Data = data
	b, err := serve.Open(context.Background(), &config)
	if err != nil {
		t.Fatal(err)
	}
	defer b.DB.Close()
	ctx, cny := context.Background(), money.MustCurrency("CNY")
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = b.System.PublishPlan(ctx, app.PublishPlan{File: secondsPlan})
	check(err)
	c, err := b.System.AddCompany(ctx, app.Company{Name: "one", Email: "one@example.com"})
	check(err)
	company = id.Company{ID: c.ID}
	_, err = b.System.OpenWallet(ctx, company, app.OpenWallet{Name: "main", Currency: cny})
	check(err)
	amount, err := money.Parse(balance, cny)
	check(err)
	_, err = b.System.TopUp(ctx, company, app.Fund{Key: "k", Wallet: "main", Amount: amount})
	check(err)
	today := timex.At(time.Now()).DateIn(time.UTC)
	q, err := b.System.Quote(ctx, company, app.Quote{File: "contract: one\nplan: seconds@1\nstart: " + (today - 5).String() + "\nseller: {name: Seller}\nbuyer: {name: Buyer}\n", Wallet: "main", On: today - 9})
	check(err)
	_, err = b.System.Sign(ctx, company, app.Sign{Contract: q.ID, Document: strings.Repeat("ab", 32), On: today - 8})
	check(err)
	_, err = b.System.Start(ctx, company, q.ID, today-5)
	check(err)
	return data, company
}

// TestACompanyPaysForACall: it is charged, cut when its credit is spent, and
// refused without, or beyond its bounds.
func TestACompanyPaysForACall(t *testing.T) {
	data, company := payer(t, "0.40")
	co := company.Named("co")
	at := carrier(t, file(t, "well.yaml", "carrier: well\nlines:\n  - {to: \"*\", does: answer}\n"), "15650-15669")
	trunks := file(t, "trunks.yaml", "home: CN\nzone: Asia/Shanghai\nallow: [mobile]\ntrunks:\n  - {name: gw, address: \""+at+"\", channels: 2, rate: 5}\n")
	args := func(more ...string) []string {
		return append([]string{"call", "13800138000", "--trunks", trunks, "--data", data, "--company", co, "--ports", "15670-15689"}, more...)
	}
	code, out, errs := run(t, args("--talk", "100ms", "--contract", "one")...)
	if code != 0 || !strings.Contains(out, "Charged: ") || !strings.Contains(out, "0.1") {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	code, out, _ = run(t, args("--talk", "1h", "--json")...)
	var told struct {
		ID    string
		Spent bool `json:"credit_spent"`
		Cost  struct{ Amount string }
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 0 || !told.Spent || told.ID == "" || told.Cost.Amount == "" {
		t.Errorf("%d %v %+v\n%s", code, err, told, out)
	}
	for want, more := range map[string][]string{"costs more": nil, "is called": {"--contract", "other"}} {
		if code, out, errs := run(t, args(more...)...); code == 0 || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%v: %d\n%s%s", more, code, out, errs)
		}
	}
	if code, out, errs = run(t, "company", "limits", co, "--data", data, "--classes", "landline", "--spend", "5.00 CNY", "--calls", "3"); code != 0 {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if _, out, _ = run(t, "company", "limits", co, "--data", data); !strings.Contains(out, "landline") || !strings.Contains(out, "5.00") {
		t.Errorf("the bounds are %s", out)
	}
	if code, _, errs = run(t, args()...); code == 0 || !strings.Contains(errs, "class of destination") {
		t.Errorf("%d %s", code, errs)
	}
	for want, list := range map[string][]string{"--trunks": {"call", "sip:1@127.0.0.1", "--company", co, "--data", data}, "--spend": {"company", "limits", co, "--data", data, "--spend", "5"}} {
		if code, _, errs := run(t, list...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", list, code, errs)
		}
	}
}

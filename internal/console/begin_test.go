package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
)

// TestFirstRun goes from the token on the terminal to a contract that runs, and
// to the first call, leaving and coming back on the way.
func TestFirstRun(t *testing.T) {
	w := server(t)
	once, err := w.d.Gate.FirstOperator(t.Context(), "operator@localhost.localdomain")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{browser: w.browser()}
	o.every("/begin?token=" + once)
	o.want(o.ask("/begin/company", nil), http.StatusSeeOther, "/login?back=%2Fbegin%2Fcompany")
	person := []string{"name", "Mei", "email", "mei@example.com", "lang", "zh-Hant", "password", "a long and quiet sentence"}
	wrong := o.send("/begin", http.StatusUnprocessableEntity, append(person, "token", "wrong")...).Body.String()
	if !strings.Contains(wrong, `value="Mei"`) || strings.Contains(wrong, "quiet sentence") || strings.Count(wrong, `class="wrong"`) != 1 {
		t.Error("the form is not shown again as it was")
	}
	bad := o.send("/begin", http.StatusUnprocessableEntity, "token", once, "name", "", "email", "x", "lang", "xx", "password", "a long and quiet sentence").Body.String()
	if strings.Count(bad, `aria-invalid`) != 1 {
		t.Errorf("what is missing is not told: %d", strings.Count(bad, `aria-invalid`))
	}
	done := o.send("/begin", http.StatusSeeOther, append(person, "token", once)...)
	if to := done.Header().Get("Location"); to != "/begin" {
		t.Fatalf("after the first person to %q", to)
	}
	o.want(o.ask("/", nil), http.StatusSeeOther, "/begin")
	o.want(o.ask("/begin", nil), http.StatusSeeOther, "/begin/company")
	o.cookies["lang"] = "en"
	o.firstCompany(t)
	o.firstPlan(t)
	o.firstContract(t)
	o.firstUsage(t)
}

func (o *office) firstCompany(t *testing.T) {
	t.Helper()
	o.every("/begin/company")
	form := onceOf(o.page("/begin/company"))
	o.send("/begin/company", http.StatusUnprocessableEntity, "once", form, "name", "", "lang", "xx", "currency", "XXX", "zone", "nowhere")
	first := o.send("/begin/company", http.StatusSeeOther, "once", form, "name", "Buyer Example Ltd.", "email", "b@example.com", "lang", "zh-Hant", "currency", "TWD", "zone", "Asia/Taipei").Header().Get("Location")
	m := regexp.MustCompile(`^/begin/plan\?company=(co_[0-9a-z]+)&currency=TWD&zone=Asia%2FTaipei$`).FindStringSubmatch(first)
	if m == nil {
		t.Fatalf("after the company to %q", first)
	}
	i, err := id.ParseNamed("co", m[1])
	o.must(err)
	o.company = id.Company{ID: i}
	o.send("/begin/company", http.StatusUnprocessableEntity, "name", "Buyer Example Ltd.", "lang", "en", "currency", "TWD", "zone", "UTC") // the name is taken
	o.want(o.ask("/begin", nil), http.StatusSeeOther, "/begin/plan?company="+m[1])
	o.every(first)
	if body := o.page(first); !strings.Contains(body, `<option value="TWD" selected`) {
		t.Error("the currency of the step before is forgotten")
	}
}

func (o *office) begun(step string) string {
	return "/begin/" + step + "?company=" + o.company.Named("co")
}

func (o *office) firstPlan(t *testing.T) {
	t.Helper()
	o.send(o.begun("plan"), http.StatusUnprocessableEntity, "method", "none", "currency", "TWD", "zone", "UTC", "tax", "101")
	built := o.send(o.begun("plan"), http.StatusOK, "do", "build", "method", "six-second", "currency", "TWD", "zone", "Asia/Taipei", "tax", "5").Body.String()
	if !strings.Contains(built, "plan: six-second") || !strings.Contains(built, "home_region: TW") || !strings.Contains(built, "rate: 5%") {
		t.Error("the builder does not open the example as it was fitted")
	}
	got := o.send(o.begun("plan"), http.StatusSeeOther, "once", "00bb", "do", "publish", "method", "seats-and-minutes", "currency", "TWD", "zone", "Asia/Taipei", "tax", "5%").Header().Get("Location")
	if got != "/begin/contract?company="+o.company.Named("co")+"&plan=seats-and-minutes%401" {
		t.Fatalf("after the plan to %q", got)
	}
	again := o.send(o.begun("plan"), http.StatusConflict, "do", "publish", "method", "seats-and-minutes", "currency", "USD", "zone", "UTC").Body.String()
	if !strings.Contains(again, "published already") {
		t.Error("a plan that is there is not told")
	}
	o.want(o.ask("/begin", nil), http.StatusSeeOther, o.begun("contract"))
}

func (o *office) firstContract(t *testing.T) {
	t.Helper()
	o.every(o.begun("contract"))
	form := []string{"once", "00cc", "do", "agree", "plan", "seats-and-minutes@1", "word", "C-001", "start", firstOfMonth().String(), "months", "12", "payment", "30", "auto", "1", "notice", "30",
		"seller", "Seller: \"Example\"", "buyer", "Buyer Example Ltd.", "q-seats", "7", "sign", "1"}
	o.send(o.begun("contract"), http.StatusUnprocessableEntity, "do", "agree", "plan", "seats-and-minutes@1", "word", "", "start", "x", "months", "1", "payment", "1", "notice", "1")
	bad := o.send(o.begun("contract"), http.StatusUnprocessableEntity, "do", "agree", "plan", "seats-and-minutes@1", "word", "not an identifier", "start", firstOfMonth().String(), "months", "1", "payment", "1", "notice", "1", "seller", "S", "buyer", "B").Body.String()
	if !strings.Contains(bad, "not an identifier") {
		t.Error("what is wrong with the text is not told")
	}
	for range 2 {
		got := o.send(o.begun("contract"), http.StatusSeeOther, form...).Header().Get("Location")
		if got != o.begun("usage") {
			t.Fatalf("after the contract to %q", got)
		}
	}
	list, err := o.d.System.Contracts(t.Context(), o.company, "")
	o.must(err)
	if len(list) != 1 || list[0].Life.State != "running" || !strings.Contains(list[0].File, "{\"seats\": 7}") {
		t.Errorf("%+v", list)
	}
	o.want(o.ask("/begin", nil), http.StatusSeeOther, o.begun("usage"))
}

func (o *office) firstUsage(t *testing.T) {
	t.Helper()
	o.every(o.begun("usage"))
	body := o.page(o.begun("usage"))
	if !strings.Contains(body, "Waiting for the first record") || !strings.Contains(body, "waihu:KEY") {
		t.Error("the step does not wait, or tells nothing to paste")
	}
	form := onceOf(body)
	made := o.send(o.begun("usage"), http.StatusOK, "once", form).Body.String()
	key := regexp.MustCompile(`wh_live_[0-9a-z_]+`).FindString(made)
	if _, ok := access.WellFormed(key); !ok || strings.Count(made, key) < 4 {
		t.Fatalf("the key %q is not filled in", key)
	}
	o.send(o.begun("usage"), http.StatusConflict, "once", form) // the same form makes no second key
	actor, err := o.d.Gate.LetKey(t.Context(), key, access.Client{Address: "192.0.2.1"})
	o.must(err)
	if access.Can(actor, access.InvoiceCredit, o.company) || !access.Can(actor, access.UsageWrite, o.company) {
		t.Error("the key may do too much, or too little")
	}
	o.calls(firstOfMonth(), 0, 3)
	if body := o.page(o.begun("usage")); !strings.Contains(body, "3 records so far") {
		t.Error("the first records are not noticed")
	}
	o.want(o.ask("/", nil), http.StatusSeeOther, "/companies")
	log := o.page(o.at("/log")) // by the names that other doors give the same deeds
	for _, deed := range []string{"company.add", "contract.sign", "key.add"} {
		if !strings.Contains(log, deed) {
			t.Errorf("the company's audit log has no %s", deed)
		}
	}
}

// TestFirstRunIsForThePlatform: a customer finds no first run, and an
// installation that is in use has no open door.
func TestFirstRunIsForThePlatform(t *testing.T) {
	o := newOffice(t)
	o.send("/begin", http.StatusConflict, "token", "x", "name", "X", "email", "x@example.com", "lang", "en", "password", "a long and quiet sentence")
	b := o.customerOf(o.company, access.CustomerAdmin)
	for _, path := range []string{"/begin", "/begin/company", "/begin/plan", "/begin/usage?company=" + o.company.Named("co")} {
		if w := b.ask(path, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	var finance *browser
	{
		var token string
		o.must(o.db.Update(t.Context(), func(tx store.Tx) (err error) {
			_, token, err = o.d.Gate.AddUser(tx, access.NewUser{Email: "f@example.com", Name: "F", Members: []access.Member{{Company: id.Platform, Role: access.Finance}}})
			return err
		}))
		_, err := o.d.Gate.TakeInvitation(t.Context(), token, "a long and quiet sentence", access.Client{})
		o.must(err)
		finance = o.world.browser()
		finance.ask("/login", url.Values{"email": {"f@example.com"}, "password": {"a long and quiet sentence"}})
	}
	if w := finance.ask("/begin/usage?company="+o.company.Named("co"), url.Values{"once": {"00dd"}}); w.Code != http.StatusForbidden {
		t.Errorf("finance may make no keys, and got %d", w.Code)
	}
	if w := o.ask("/begin/usage?company=co_00000000000000000000000001", nil); w.Code != http.StatusNotFound {
		t.Errorf("a company that is none: %d", w.Code)
	}
	if w := o.ask("/begin/contract", nil); w.Code != http.StatusNotFound {
		t.Errorf("no company: %d", w.Code)
	}
}

// TestExamplesFit: every example stays a plan in every currency and zone.
func TestExamplesFit(t *testing.T) {
	list, err := methods(lang.English)
	if err != nil || len(list) != len(methodNames) {
		t.Fatal(err)
	}
	for _, m := range list {
		if !lang.Has("begin.method_" + m.Name) {
			t.Errorf("no words for %s", m.Name)
		}
		for _, c := range currencies {
			for _, z := range zones(lang.English) {
				p, _, problems := app.ReadPlan(fitted(m.Text, money.MustCurrency(c), z, "7.5"), nil)
				if err := problems.Err(); err != nil || p.Currency.String() != c || p.Zone != z {
					t.Fatalf("%s in %s, %s: %v", m.Name, c, z, err)
				}
			}
		}
	}
}

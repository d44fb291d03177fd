package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/charging/life"
	"waihu/internal/store"
)

func (o *office) con(rest string) string {
	return o.at("/contracts/" + o.contract.Named("con") + rest)
}

func (o *office) state() life.State {
	o.t.Helper()
	a, err := o.d.System.GetContract(o.t.Context(), o.company, o.contract)
	o.must(err)
	return a.Life.State
}

func TestContractPages(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/contracts", "/contracts?state=ended", "/contracts/new"} {
		o.every(o.at(path))
	}
	for _, rest := range []string{"", "/draft", "/whatif?want=cancel", "/whatif?want=downsize&component=seats&quantity=2", "/amend", "/amend?kind=module_on", "/amend?kind=module_off", "/amend?kind=price", "/amend?kind=text", "/renew", "/notice", "/cancel", "/sign", "/start", "/withdraw"} {
		o.every(o.con(rest))
		o.onlyHere("/contracts/" + o.contract.Named("con") + rest)
	}
	body := o.page(o.con(""))
	if last := regexp.MustCompile(`<dt>Term until</dt><dd>([^<]*)</dd>`).FindStringSubmatch(body); last == nil || strings.Count(body, last[1]) < 3 || strings.Contains(body, "Term until before") {
		t.Errorf("the last day of the term is not the same everywhere: %v", last)
	}
	for _, want := range []string{"FL-1", "Agent seats", "/draft", "Leave early", "Early-termination", "Running"} {
		if want != "Early-termination" && !strings.Contains(body, want) {
			t.Errorf("the page of the contract lacks %q", want)
		}
	}
	if w := o.ask(o.con("/whatif?want=downsize&component=seats&quantity=x"), nil); w.Code != 422 {
		t.Errorf("no quantity: %d", w.Code)
	}
	if w := o.ask(o.con("/whatif?want=switch&to=nothing@1"), nil); w.Code != 200 && w.Code != 422 {
		t.Errorf("no such plan: %d", w.Code)
	}
}

// TestAmendShowsMoneyFirst adds seats, a module and a price, each seen before it
// is done.
func TestAmendShowsMoneyFirst(t *testing.T) {
	o := newOffice(t)
	o.send(o.con("/amend"), http.StatusConflict, "kind", "quantity", "amendment", "A0", "from", o.first.AddMonths(-1).String(), "component", "seats", "quantity", "1") // billed already
	form := []string{"kind", "quantity", "amendment", "A1", "from", o.first.AddMonths(1).String(), "component", "seats", "quantity", "7", "on", o.today.String(), "once", "00aa"}
	body := o.send(o.con("/amend"), http.StatusOK, form...).Body.String()
	if !strings.Contains(body, "300<span") { // two seats at 150 more in the next period
		t.Errorf("the consequence is not shown: %s", body)
	}
	if got, _ := o.d.System.GetContract(t.Context(), o.company, o.contract); strings.Contains(got.File, "A1") {
		t.Fatal("it was done before it was confirmed")
	}
	done := append(form, "sure", "1")
	first := o.send(o.con("/amend"), http.StatusSeeOther, done...)
	again := o.send(o.con("/amend"), http.StatusSeeOther, done...)
	if first.Header().Get("Location") != o.con("") || again.Header().Get("Location") != o.con("") {
		t.Errorf("to %q, then %q", first.Header().Get("Location"), again.Header().Get("Location"))
	}
	if got, _ := o.d.System.GetContract(t.Context(), o.company, o.contract); strings.Count(got.File, "A1") != 1 || len(got.Life.Steps) != 4 {
		t.Errorf("sent twice:\n%s", got.File)
	}
	for i, more := range [][]string{{"kind", "module_on", "module", "recording"}, {"kind", "module_off", "module", "predictive"}, {"kind", "price", "priced", "seats", "price", "140"}} {
		form := append([]string{"amendment", "B" + itoa(i), "from", o.first.AddMonths(1).String(), "sure", "1"}, more...)
		o.send(o.con("/amend"), http.StatusSeeOther, form...)
	}
	bad := o.send(o.con("/amend"), http.StatusUnprocessableEntity, "kind", "quantity", "amendment", "", "from", "x", "component", "seats", "quantity", "many").Body.String()
	if strings.Count(bad, `class="wrong"`) != 3 || !strings.Contains(bad, `value="many"`) {
		t.Errorf("what is wrong is not beside its fields: %d", strings.Count(bad, `class="wrong"`))
	}
	o.every(o.con(""))
}

func TestLeaving(t *testing.T) {
	o := newOffice(t)
	body := o.send(o.con("/cancel"), http.StatusOK, "ends", (o.today + 10).String(), "on", o.today.String()).Body.String()
	if !strings.Contains(body, "Leaving early costs CNY") {
		t.Errorf("the fee is not told: %s", body)
	}
	if o.state() != life.Running {
		t.Fatal("it was done before it was confirmed")
	}
	for _, day := range []string{"9999-12-31", "3000-01-01", "0001-01-01"} {
		if bad := o.send(o.con("/notice"), http.StatusUnprocessableEntity, "on", day, "ends", "", "sure", "1").Body.String(); !strings.Contains(bad, "Write a date such as") {
			t.Errorf("a day that nobody means, %s, is not refused beside its field", day)
		}
	}
	o.send(o.con("/notice"), http.StatusOK, "on", o.today.String(), "ends", "")
	o.send(o.con("/notice"), http.StatusSeeOther, "on", o.today.String(), "ends", "", "sure", "1")
	if o.state() != life.Notice {
		t.Errorf("it is %s", o.state())
	}
	o.every(o.con(""))
	o.send(o.con("/notice"), http.StatusConflict, "on", o.today.String(), "ends", "", "sure", "1")
	o.send(o.con("/cancel"), http.StatusSeeOther, "ends", (o.today + 10).String(), "on", o.today.String(), "sure", "1")
}

func TestRenew(t *testing.T) {
	o := newOffice(t)
	end := o.first.AddMonths(22)
	if body := o.send(o.con("/renew"), http.StatusOK, "end", end.String()).Body.String(); !strings.Contains(body, "12 periods") {
		t.Errorf("the longer term is not told: %s", body)
	}
	o.send(o.con("/renew"), http.StatusUnprocessableEntity, "end", o.first.String())
	o.send(o.con("/renew"), http.StatusSeeOther, "end", end.String(), "sure", "1")
	a, err := o.d.System.GetContract(t.Context(), o.company, o.contract)
	o.must(err)
	if a.Life.TermTo != end {
		t.Errorf("the term ends on %s, want %s", a.Life.TermTo, end)
	}
}

// TestQuoteToStart walks from a form to a running contract, with a document that
// is dropped on the page.
func TestQuoteToStart(t *testing.T) {
	o := newOffice(t)
	fill := []string{"do", "write", "plan", "floor@1", "word", "FL-2", "start", o.today.String(), "months", "12", "auto", "1", "notice", "30", "payment", "15", "seller", `Seller "Example" <b>`, "buyer", "Buyer", "q-seats", "3", "m-recording", "1"}
	body := o.send(o.at("/contracts/new"), http.StatusOK, fill...).Body.String()
	if !strings.Contains(body, " periods until ") || strings.Contains(body, "<b>") {
		t.Errorf("what it binds to is not shown: %s", body)
	}
	text := "contract: FL-2\nplan: floor@1\nstart: " + o.today.String() + "\nterm: 12 months\nseller: {name: S}\nbuyer: {name: B}\nquantities: {seats: 3}\n"
	if bad := o.send(o.at("/contracts/new"), http.StatusUnprocessableEntity, "do", "check", "file", text+"nonsense: 1\n").Body.String(); !strings.Contains(bad, "Line 8") {
		t.Errorf("the line is not named: %s", bad)
	}
	o.send(o.at("/contracts/new"), http.StatusUnprocessableEntity, "do", "check", "file", strings.Replace(text, "floor@1", "floor@9", 1))
	w := o.send(o.at("/contracts/new"), http.StatusSeeOther, "do", "quote", "file", text, "once", "77")
	if again := o.send(o.at("/contracts/new"), http.StatusSeeOther, "do", "quote", "file", text, "once", "77"); again.Header().Get("Location") != w.Header().Get("Location") {
		t.Error("the form sent twice quoted twice")
	}
	o.send(o.at("/contracts/new"), http.StatusConflict, "do", "quote", "file", text+"# more\n", "once", "77")
	con := w.Header().Get("Location")
	signed := o.drop(con+"/sign", "document", "signed.pdf", []byte("the signed paper"))
	sum := sha256.Sum256([]byte("the signed paper"))
	if hash := hex.EncodeToString(sum[:]); signed.Code != 200 || !strings.Contains(signed.Body.String(), hash) {
		t.Fatalf("%d: the hash is not shown: %s", signed.Code, signed.Body)
	}
	o.send(con+"/sign", http.StatusUnprocessableEntity, "document_sha256", "abc")
	o.send(con+"/sign", http.StatusSeeOther, "document_sha256", hex.EncodeToString(sum[:]), "sure", "1")
	o.send(con+"/start", http.StatusOK)
	o.send(con+"/start", http.StatusSeeOther, "sure", "1")
	if !strings.Contains(o.page(con), "Running") {
		t.Error("it does not run")
	}
	deeds := 0
	o.must(o.db.View(t.Context(), func(tx store.Tx) error {
		n, _, err := tx.Audit().Head(o.company)
		deeds = int(n)
		return err
	}))
	if deeds != 3 {
		t.Errorf("%d deeds in the audit log, want quote, sign and start", deeds)
	}
}

// drop sends a file and other fields as the form of a browser does.
func (o *office) drop(path, field, name string, file []byte, fields ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		o.must(form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile(field, name)
	o.must(err)
	_, err = part.Write(file)
	o.must(err)
	o.must(form.Close())
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for k, v := range o.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

func TestWithdraw(t *testing.T) {
	o := newOffice(t)
	text := "contract: FL-3\nplan: floor@1\nstart: " + o.today.String() + "\n"
	con := o.send(o.at("/contracts/new"), http.StatusSeeOther, "do", "quote", "file", text).Header().Get("Location")
	o.every(con)
	o.send(con+"/withdraw", http.StatusOK)
	o.send(con+"/withdraw", http.StatusSeeOther, "sure", "1")
	if m := regexp.MustCompile(`Withdrawn`).FindString(o.page(con)); m == "" {
		t.Error("it was not withdrawn")
	}
}

// TestSeveralProblemsAreTold: a text with several things wrong is told whole in the
// language of the page, each beside its line.
func TestSeveralProblemsAreTold(t *testing.T) {
	o := newOffice(t)
	do := map[string]string{o.at("/contracts/new"): "check", "/plans/build": "look"}
	for path, text := range map[string]string{
		o.at("/contracts/new"): "contract: \"a b\"\nplan: floor@1\nstart: 2026-13-01\nterm: soon\nmodules: [nothing]\ncountry: 1\nseller: {name: X, country: china}\nnotice: [1]\n",
		"/plans/build":         "plan: x\nversion: a\ncurrency: yuan\ntime_zone: Mars\nfoo: 1\ncomponents: [{id: a, measure: nothing, unit_price: 01}, {id: a, measure: calls, unit_price: 1_000}]\n",
	} {
		for _, tag := range []string{"zh-Hant", "zh-Hans"} {
			w := o.ask(path+"?lang="+tag, url.Values{"file": {text}, "do": {do[path]}})
			body := w.Body.String()
			if n := strings.Count(body, "data-line="); n < 3 {
				t.Errorf("%s, %s: %d problems with a line, status %d", path, tag, n, w.Code)
			}
			for _, left := range regexp.MustCompile(`<span lang="en">([^<]*)`).FindAllStringSubmatch(body, -1) {
				t.Errorf("%s, %s: %q is left in English", path, tag, left[1])
			}
		}
	}
}

package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
)

// hostile are texts that do harm where one is taken for what it is not: markup,
// a formula of a spreadsheet, the head of a letter or of an answer.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`=HYPERLINK("http://evil.example","x")`,
	"+cmd|' /C calc'!A0",
	"@SUM(1+1)",
	"a\r\nBcc: victim@example.com",
	"a\r\nSet-Cookie: x=y",
	"zero\x00byte",
	"\xff\xfe broken",
	"\u202egnp.exe",
	strings.Repeat("長", 3000),
}

// taken is a text of hostile that became markup.
var taken = regexp.MustCompile(`(?i)<script>alert|<img src=x`)

// textForms are the forms with texts of these pages: an address and its fields.
func (d *desk) textForms() map[string][]string {
	d.send("/support", http.StatusSeeOther, "name", "basic", "first", "60", "resolution", "480")
	return map[string][]string{
		"/companies/new":       {"name", "email", "series", "lang"},
		d.at("/settings"):      {"name", "email", "series", "lang", "brand", "revision"},
		d.at("/hold"):          {"reason"},
		d.at("/users/new"):     {"email", "name", "lang", "role"},
		"/users/new":           {"email", "name", "lang", "role"},
		d.at("/keys/new"):      {"name", "from", "ends", "role", "scope"},
		d.at("/webhooks/new"):  {"url", "topics", "note"},
		d.at("/tickets/new"):   {"subject", "plan", "text"},
		"/support":             {"name", "first", "resolution", "zone", "from", "to", "calendar"},
		"/outages":             {"from", "to", "note", "outage"},
		"/account":             {"name", "lang"},
		d.at("/wallets"):       {"name", "currency"},
		d.at("/budgets"):       {"name", "component", "amount", "levels", "contract"},
		d.at("/contracts/new"): {"word", "plan", "start", "months", "seller", "buyer", "q-seats", "m-x"},
		d.payAt():              {"amount", "currency", "on", "note"},
		d.disputeAt():          {"line-0", "reason", "words"},
	}
}

// payAt and disputeAt are the forms of the first invoice: what is written there stands
// in lists of payments and disputes.
func (d *desk) payAt() string     { return d.inv(&d.documents()[0], "/pay") }
func (d *desk) disputeAt() string { return d.inv(&d.documents()[0], "/dispute") }

// proper is what stands in the other fields while one is tried, each time under
// another name: one that is taken would be refused whatever else is written.
func (d *desk) proper(path string) url.Values {
	out := url.Values{}
	d.tries++
	name := "Proper " + itoa(d.tries)
	for k, v := range map[string]string{"name": name, "email": "proper" + itoa(d.tries) + "@example.com", "lang": "en", "reason": "because", "role": "auditor", "url": "https://proper.example", "subject": "Proper", "plan": "basic", "text": "proper",
		"first": "1", "resolution": "2", "from": "", "to": "", "do": "hold", "note": "proper"} {
		out.Set(k, v)
	}
	switch path {
	case "/outages":
		out.Set("from", "2026-03-01T10:00")
		out.Set("to", "2026-03-01T11:00")
	case d.at("/wallets"):
		out.Set("currency", "CNY")
	case d.at("/budgets"):
		out.Set("amount", "1")
		out.Set("contract", d.contract.Named("con"))
	case d.at("/contracts/new"):
		for k, v := range map[string]string{"do": "write", "word": "X-1", "plan": "floor@1", "start": d.today.String(), "months": "12", "payment": "30", "seller": "Seller", "buyer": "Buyer"} {
			out.Set(k, v)
		}
	case d.payAt():
		for k, v := range map[string]string{"amount": "1", "currency": "CNY", "on": d.today.String(), "sure": "1"} {
			out.Set(k, v)
		}
	case d.disputeAt():
		for k, v := range map[string]string{"line-0": "0.01", "reason": "rate", "words": "proper", "sure": "1"} {
			out.Set(k, v)
		}
	case d.at("/settings"):
		out.Set("revision", hidden(d.page(path), "revision"))
	}
	return out
}

// TestHostileInput tries each text in each field: nothing breaks, nothing of it
// is markup on any page, a formula in any file or a line of any head.
func TestHostileInput(t *testing.T) {
	d := newDesk(t)
	forms := d.textForms()
	for path, fields := range forms {
		if w := d.ask(path, d.proper(path)); w.Code >= 400 {
			t.Errorf("%s refuses what is proper, so that nothing is tried there: %d", path, w.Code)
		}
		if strings.Contains(path, "/hold") {
			d.send(path, http.StatusSeeOther, "do", "release")
		}
		for _, field := range fields {
			for _, text := range hostile {
				form := d.proper(path)
				form.Set(field, text)
				w := d.ask(path, form)
				if w.Code >= 500 {
					t.Errorf("%s, %s=%.30q: %d %s", path, field, text, w.Code, w.Body)
				}
				if bad := taken.FindString(w.Body.String()); bad != "" {
					t.Errorf("%s, %s=%.30q: %q", path, field, text, bad)
				}
				for name, values := range w.Result().Header {
					if strings.ContainsAny(strings.Join(values, ""), "\r\n") || name == "Bcc" {
						t.Errorf("%s, %s=%.30q: a line in the head: %s: %q", path, field, text, name, values)
					}
				}
				if w.Code < 400 && w.Header().Get("Set-Cookie") != "" && strings.Contains(w.Header().Get("Set-Cookie"), "x=y") {
					t.Errorf("%s, %s=%.30q set a cookie", path, field, text)
				}
				if strings.Contains(path, "/hold") && w.Code == http.StatusSeeOther {
					d.send(path, http.StatusSeeOther, "do", "release")
				}
			}
		}
	}
	d.looksSound(t)
	d.writesSound(t)
	for _, l := range append(d.letters(d.company, "invitation"), d.letters(access.Member{}.Company, "invitation")...) {
		if strings.ContainsAny(l["name"], "\r\n\x00") {
			t.Errorf("a letter greets %q", l["name"])
		}
	}
}

// looksSound reads every page that shows what was taken.
func (d *desk) looksSound(t *testing.T) {
	t.Helper()
	pages := []string{"/companies", "/users", d.at("/users"), d.at("/keys"), d.at("/webhooks"), d.at("/deliveries"), d.at("/tickets"), d.at("/log"), "/log", "/support", d.at("/wallets"), d.at("/budgets"), d.at("/payments"), d.at("/disputes"), d.inv(&d.documents()[0], ""), "/outages", d.at("/settings"), "/account",
		d.at("/log?actor=" + url.QueryEscape(hostile[0])), "/companies?q=" + url.QueryEscape(hostile[1]), d.at("/users?q=" + url.QueryEscape(hostile[0]))}
	for _, name := range []string{"/tickets/tic_[0-9a-z]+", "/webhooks/whk_[0-9a-z]+", "/users/user_[0-9a-z]+"} {
		list := d.at(name[:strings.LastIndex(name, "/")])
		for i, one := range regexp.MustCompile(`/c/[^"]+`+name).FindAllString(d.page(list), -1) {
			if i < 12 {
				pages = append(pages, one)
			}
		}
	}
	for _, path := range pages {
		page := d.page(path)
		if bad := taken.FindString(page); bad != "" {
			t.Errorf("%s has markup somebody wrote: %q", path, bad)
		}
		if gap := phraseGap.FindString(page); gap != "" {
			t.Errorf("%s: %s has no phrase", path, gap)
		}
	}
}

// writesSound reads every file that holds what was taken.
func (d *desk) writesSound(t *testing.T) {
	t.Helper()
	formula := regexp.MustCompile(`(?m)(^|,|")[=@](HYPERLINK|SUM)|(^|,|")\+cmd`)
	for _, path := range []string{"/companies.csv", "/users.csv", d.at("/users.csv"), d.at("/keys.csv"), d.at("/deliveries.csv"), d.at("/tickets.csv"), d.at("/payments.csv"), d.at("/disputes.csv"), d.at("/log.csv"), "/log.csv"} {
		w := d.ask(path, nil)
		if bad := formula.FindString(w.Body.String()); w.Code != http.StatusOK || bad != "" {
			t.Errorf("%s: %d, a formula %q", path, w.Code, bad)
		}
	}
}

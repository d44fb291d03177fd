package console

import (
	"net/http"
	"strings"
	"testing"

	"waihu/internal/access"
)

// TestWalletPages opens a wallet, tops it up, gives some and sets its rules.
func TestWalletPages(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/wallets"))
	if body := o.customerOf(o.company, access.Auditor).ask(o.at("/wallets"), nil).Body.String(); !strings.Contains(body, "Your operator opens one") {
		t.Error("somebody who can open no wallet is asked to open one")
	}
	if bad := o.send(o.at("/wallets"), http.StatusUnprocessableEntity, "name", "a/b", "currency", "yuan").Body.String(); strings.Count(bad, `class="wrong"`) != 2 || !strings.Contains(bad, `value="a/b"`) {
		t.Errorf("%s", bad)
	}
	for range 2 {
		o.send(o.at("/wallets"), http.StatusSeeOther, "name", "calls & more", "currency", "CNY", "once", "6a")
	}
	o.send(o.at("/wallets"), http.StatusConflict, "name", "calls & more", "currency", "CNY", "once", "6b")
	if bad := o.send(o.at("/wallets"), http.StatusUnprocessableEntity, "name", "..", "currency", "CNY").Body.String(); !strings.Contains(bad, "more than points") {
		t.Error("a wallet whose address is that of another page")
	}
	here := o.at("/wallets/calls%20&%20more")
	o.every(here)
	o.onlyHere("/wallets/calls%20&%20more")
	for range 2 {
		o.send(here+"/top-up", http.StatusSeeOther, "amount", "500", "once", "6c")
	}
	if bad := o.send(here+"/top-up", http.StatusUnprocessableEntity, "amount", "-1", "expires", "2020-01-01").Body.String(); strings.Count(bad, `class="wrong"`) != 2 || !strings.Contains(bad, `value="-1"`) {
		t.Errorf("%s", bad)
	}
	if bad := o.send(here+"/grant", http.StatusUnprocessableEntity, "amount", "50", "words", "").Body.String(); strings.Count(bad, `class="wrong"`) != 1 {
		t.Error("a gift needs a reason")
	}
	o.send(here+"/grant", http.StatusSeeOther, "amount", "50", "words", "sorry", "expires", (o.today + 5).String(), "once", "6d")
	if bad := o.send(here+"/rule", http.StatusUnprocessableEntity, "overdraft", "-1", "levels", "a, b", "auto", "1", "below", "x", "amount", "0", "most", "99").Body.String(); strings.Count(bad, `class="wrong"`) != 5 || !strings.Contains(bad, `value="a, b"`) {
		t.Errorf("%d are wrong", strings.Count(bad, `class="wrong"`))
	}
	seen := hidden(o.page(here), "seen")
	o.send(here+"/rule", http.StatusSeeOther, "overdraft", "10", "levels", "1000, 600", "auto", "1", "below", "100", "amount", "300", "most", "2", "once", "6e", "seen", seen)
	o.send(here+"/rule", http.StatusConflict, "overdraft", "0", "levels", "", "once", "6f", "seen", seen) // a page from before
	body := o.page(here)
	for _, want := range []string{"CNY 550.00", "below CNY 600.00", "Below CNY 100.00 another CNY 300.00", "Topped up", ">given<", `value="1000.00, 600.00"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Count(body, "Topped up") != 1 {
		t.Error("the same form twice topped up twice")
	}
	o.every(here)
	o.every(o.at("/wallets"))
	if file := o.page(here + "/history.csv"); !strings.Contains(file, "Topped up,,500,CNY") {
		t.Errorf("%s", file)
	}
	customer := o.as(access.Member{Company: o.company, Role: access.CustomerAdmin})
	if body := customer.page(here); strings.Contains(body, "/grant") || strings.Contains(body, "/top-up") {
		t.Error("the customer may fund its own wallet")
	}
	o.d.Gate.Policy.SecondPerson, o.d.AdjustLimit = true, "100"
	o.send(here+"/grant", http.StatusSeeOther, "amount", "100", "words", "small")
	if to := o.send(here+"/grant", http.StatusSeeOther, "amount", "101", "words", "large").Header().Get("Location"); !strings.Contains(to, "asked=apr_") {
		t.Errorf("above the limit: %s", to)
	}
	if w := o.ask(o.at("/wallets/none"), nil); w.Code != http.StatusNotFound {
		t.Errorf("no such wallet: %d", w.Code)
	}
}

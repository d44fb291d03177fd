package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
)

func TestAccount(t *testing.T) {
	d := newDesk(t)
	me := d.person(d.company, "me@example.com", access.CustomerAdmin)
	me.every("/account")
	me.send("/account", http.StatusUnprocessableEntity, "name", "", "lang", "en")
	me.send("/account", http.StatusSeeOther, "once", me.fresh("/account"), "name", "New Name", "lang", "zh-Hant")
	if me.cookies["lang"] != "zh-Hant" || !strings.Contains(me.page("/account?done=account&lang=en"), "New Name") {
		t.Error("name or language were not kept")
	}
	me.cookies["lang"] = "en"
	if w := me.send("/account/password", http.StatusUnprocessableEntity, "current", "wrong", "password", "another quiet sentence"); strings.Contains(w.Body.String(), "another quiet") {
		t.Error("a password is shown again")
	}
	me.send("/account/password", http.StatusUnprocessableEntity, "current", quietPassword, "password", "12345678")
	me.send("/account/password", http.StatusSeeOther, "current", quietPassword, "password", "another quiet sentence")
	setup := me.send("/account/totp", http.StatusOK, "current", "another quiet sentence").Body.String()
	if !strings.Contains(setup, `class="qr"`) || !regexp.MustCompile(`[A-Z2-7]{32}`).MatchString(setup) {
		t.Error("there is no secret to scan")
	}
	me.send("/account/totp/finish", http.StatusUnprocessableEntity, "code", "000000")
	me.send("/account/codes", http.StatusUnprocessableEntity, "current", "another quiet sentence") // no second factor yet
	me.send("/account/totp/remove", http.StatusSeeOther, "current", "another quiet sentence")
	elsewhere := me.world.browser()
	elsewhere.want(elsewhere.ask("/login", url.Values{"email": {"me@example.com"}, "password": {"another quiet sentence"}}), http.StatusSeeOther, "/")
	other := regexp.MustCompile(`name="session" value="(ses_[0-9a-z]+)"`).FindStringSubmatch(me.page("/account"))
	if other == nil {
		t.Fatal("the other session is not listed")
	}
	me.send("/account/sessions/end", http.StatusSeeOther, "session", other[1])
	elsewhere.want(elsewhere.ask("/account", nil), http.StatusSeeOther, "/login?back=%2Faccount")
	if w := me.ask("/account/passkeys/begin", url.Values{"current": {"another quiet sentence"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Header().Get("Content-Type"), "json") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	keys, err := access.NewPasskeys("https://waihu.example")
	d.must(err)
	d.d.Gate.Passkeys = keys
	var begun struct {
		Flow    string
		Options map[string]any
	}
	w := me.ask("/account/passkeys/begin", url.Values{"current": {"another quiet sentence"}})
	d.must(json.Unmarshal(w.Body.Bytes(), &begun))
	if w.Code != http.StatusOK || begun.Flow == "" || begun.Options["publicKey"] == nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	me.send("/account/passkeys", http.StatusUnprocessableEntity, "flow", begun.Flow, "credential", "{}", "passkey", "my phone")
	me.send("/account/passkeys/remove", http.StatusUnprocessableEntity, "current", "wrong", "handle", "x")
	begin := me.world.browser().ask("/login/passkey/begin", url.Values{})
	d.must(json.Unmarshal(begin.Body.Bytes(), &begun))
	me.world.browser().want(me.world.browser().ask("/login/passkey", url.Values{"flow": {begun.Flow}, "credential": {"{}"}}), http.StatusUnprocessableEntity, "")
	me.every("/account")
}

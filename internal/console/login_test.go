package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/store"
)

// browser keeps cookies and follows no redirect.
type browser struct {
	*world
	cookies map[string]string
}

func (w *world) browser() *browser { return &browser{w, map[string]string{}} }

// go_ asks for a page; a form makes it a POST.
func (b *browser) ask(path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	return w
}

func (b *browser) want(w *httptest.ResponseRecorder, status int, location string) {
	b.t.Helper()
	if w.Code != status || w.Header().Get("Location") != location {
		b.t.Fatalf("%d to %q, want %d to %q: %s", w.Code, w.Header().Get("Location"), status, location, w.Body)
	}
}

// TestFirstLogIn walks from the one-time password of a new installation to the
// first page, and out again.
func TestFirstLogIn(t *testing.T) {
	w := server(t)
	once, err := w.d.Gate.FirstOperator(t.Context(), "operator@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	b.want(b.ask("/companies?x=1", nil), http.StatusSeeOther, "/login?back=%2Fcompanies%3Fx%3D1")
	b.want(b.ask("/login?back=/companies", nil), http.StatusOK, "")
	wrong := b.ask("/login", url.Values{"email": {"operator@example.com"}, "password": {"wrong"}, "back": {"/companies"}})
	b.want(wrong, http.StatusUnprocessableEntity, "")
	if page := wrong.Body.String(); strings.Contains(page, `value="wrong"`) || !strings.Contains(page, `value="operator@example.com"`) {
		t.Error("the form does not keep the address, or shows the password")
	}
	b.want(b.ask("/login", url.Values{"email": {"operator@example.com"}, "password": {once}, "back": {"/companies"}}), http.StatusSeeOther, "/login?back=%2Fcompanies")
	b.want(b.ask("/companies", nil), http.StatusSeeOther, "/login?back=%2Fcompanies") // not before a password was chosen
	b.want(b.ask("/login?back=/companies", nil), http.StatusOK, "")
	b.want(b.ask("/login/next", url.Values{"password": {"12345678"}, "back": {"/companies"}}), http.StatusUnprocessableEntity, "")
	before := b.cookies[cookieName]
	b.want(b.ask("/login/next", url.Values{"password": {"a long and quiet sentence"}, "back": {"/companies"}}), http.StatusSeeOther, "/companies")
	if b.cookies[cookieName] == before {
		t.Error("the session kept its token over a step")
	}
	b.want(b.ask("/companies", nil), http.StatusOK, "")
	b.want(b.ask("/", nil), http.StatusSeeOther, "/begin") // there is no company yet
	b.want(b.ask("/c/co_00000000000000000000000001/invoices", nil), http.StatusNotFound, "")
	b.want(b.ask("/logout", url.Values{}), http.StatusSeeOther, "/login")
	b.want(b.ask("/companies", nil), http.StatusSeeOther, "/login?back=%2Fcompanies")
	var deeds int64
	if err := w.db.View(t.Context(), func(tx store.Tx) (err error) {
		deeds, _, err = tx.Audit().Head(store.Record{}.Company)
		return err
	}); err != nil || deeds < 2 {
		t.Errorf("%d log-ins in the audit log, %v", deeds, err)
	}
}

// TestAFormWhoseSessionEndedLeadsBackToItsPage: its own address often shows nothing.
func TestAFormWhoseSessionEndedLeadsBackToItsPage(t *testing.T) {
	s := server(t)
	for from, want := range map[string]string{"http://example.com/c/x/keys?state=active": "/c/x/keys?state=active", "http://evil.example/y": "/c/x/keys/k/end", "": "/c/x/keys/k/end", "http://example.com//evil.example/": "/"} {
		r := httptest.NewRequest("POST", "/c/x/keys/k/end", nil)
		r.Header.Set("Referer", from)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != "/login?back="+url.QueryEscape(want) {
			t.Errorf("from %q: %q, want %q", from, got, want)
		}
	}
}

// TestLogInElsewhere: the log-in page leads to the other system; that it does not
// answer, or sends somebody back whom this browser did not send, ends at the log-in
// page again with a sentence.
func TestLogInElsewhere(t *testing.T) {
	w := server(t)
	b := w.browser()
	if page := b.ask("/login", nil).Body.String(); strings.Contains(page, "/login/provider") {
		t.Error("a log-in that is not set up is offered")
	}
	b.want(b.ask("/login/provider", nil), http.StatusNotFound, "")
	nobody := httptest.NewServer(http.NotFoundHandler())
	defer nobody.Close()
	w.d.Gate.Provider = access.NewProvider(access.ProviderConfig{Issuer: nobody.URL, Client: "waihu", Address: "https://waihu.example.com"})
	if page := b.ask("/login?back=/companies", nil).Body.String(); !strings.Contains(page, `href="/login/provider?back=%2fcompanies"`) {
		t.Errorf("it is not offered: %s", page)
	}
	for address, says := range map[string]string{"/login/provider?back=/companies": "does not answer now", "/login/provider/return?state=x&code=y": "did not let you in"} {
		got := b.ask(address, nil)
		b.want(got, http.StatusUnprocessableEntity, "")
		if !strings.Contains(got.Body.String(), says) {
			t.Errorf("%s: %s", address, got.Body)
		}
	}
}

// TestEveryRouteNeedsALogIn tries every address without one.
func TestEveryRouteNeedsALogIn(t *testing.T) {
	w := server(t)
	b := w.browser()
	for _, r := range w.routes {
		if r.may == "" {
			continue
		}
		method, path, _ := strings.Cut(r.pattern, " ")
		path = strings.NewReplacer("{company}", "co_00000000000000000000000001").Replace(path)
		var form url.Values
		if method == "POST" {
			form = url.Values{}
		}
		if got := b.ask(path, form); got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), "/login?back=") {
			t.Errorf("%s: %d", r.pattern, got.Code)
		}
	}
}

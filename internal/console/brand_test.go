package console

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
)

// logoPicture is a small PNG.
func logoPicture(t *testing.T) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 60, 20))
	for x := range 60 {
		m.Set(x, 10, color.NRGBA{122, 31, 92, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withLogo sends the form of a brand; an empty picture is none.
func (d *desk) withLogo(path, logo string, fields ...string) *httptest.ResponseRecorder {
	files := map[string]string{}
	if logo != "" {
		files["logo.png"] = logo
	}
	return d.uploadAs("logo", path, files, fields...)
}

func TestBrandOfThePortal(t *testing.T) {
	d := newDesk(t)
	d.every("/brands")
	d.every("/brands/new")
	wrong := d.withLogo("/brands/new", "<svg onload=alert(1)>", "do=save", "name=", "word=No Word", "accent=#ffee00", "dark=#000000", "host=a b", "support=x")
	for _, must := range []string{`value="No Word"`, `value="#ffee00"`, "on light ground", "on dark ground", "Small letters", "host name such as", "no e-mail address", "Write something here"} {
		if wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("%d: a wrong form lacks %q", wrong.Code, must)
		}
	}
	fields := []string{"name=Acme Calls", "word=acme", "accent=#7a1f5c", "dark=", "host=calls.acme.example", "support=help@acme.example"}
	if w := d.withLogo("/brands/new", "no picture", append(fields, "do=save")...); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no PNG") {
		t.Errorf("%d", w.Code)
	}
	if w := d.withLogo("/brands/new", "<svg onload=alert(1)>", append(fields, "do=preview")...); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "data:image") {
		t.Errorf("the preview shows what is no picture: %d", w.Code)
	}
	seen := d.withLogo("/brands/new", logoPicture(t), append(fields, "do=preview")...)
	if seen.Code != http.StatusOK || !strings.Contains(seen.Body.String(), `src="data:image/png;base64,`) || !strings.Contains(seen.Body.String(), "/brand/preview.css?accent=%237a1f5c") {
		t.Errorf("the preview: %d %s", seen.Code, seen.Body)
	}
	if css := d.page("/brand/preview.css?accent=%237a1f5c"); !strings.Contains(css, ".preview{--brand:light-dark(#7a1f5c,#") {
		t.Errorf("%s", css)
	}
	for _, bad := range []string{"red", "%23000;}body{display:none", "%237a1f5"} {
		if css := d.page("/brand/preview.css?accent=" + bad); css != "" {
			t.Errorf("%s gives %s", bad, css)
		}
	}
	once := "once=" + onceOf(seen.Body.String())
	d.want(d.withLogo("/brands/new", logoPicture(t), append(fields, "do=save", once)...), http.StatusSeeOther, "/brands/acme")
	d.want(d.withLogo("/brands/new", logoPicture(t), append(fields, "do=save", once)...), http.StatusSeeOther, "/brands/acme")
	if w := d.withLogo("/brands/new", "", append(fields, "do=save")...); w.Code != http.StatusConflict {
		t.Errorf("a word twice: %d", w.Code)
	}
	d.every("/brands")
	d.every("/brands/acme")
	settings := d.page(d.at("/settings"))
	d.send(d.at("/settings"), http.StatusSeeOther, "once", onceOf(settings), "revision", hidden(settings, "revision"), "name", "Buyer Example Ltd.", "email", "", "lang", "", "series", "", "brand", "acme")
	d.send(d.at("/settings"), http.StatusUnprocessableEntity, "revision", "2", "name", "Buyer", "brand", "none")
	customer := d.person(d.company, "customer@example.com", access.CustomerAdmin)
	for _, path := range []string{d.at(""), d.at("/users"), "/account"} {
		if page := customer.page(path); !strings.Contains(page, "Acme Calls</title>") || !strings.Contains(page, "mailto:help@acme.example") || strings.Contains(page, "· Waihu</title>") {
			t.Errorf("%s does not wear the brand", path)
		}
		customer.every(path)
	}
	logo := regexp.MustCompile(`/brand/acme/\d+/logo.png`).FindString(customer.page("/account"))
	stranger := d.world.browser()
	for path, kind := range map[string]string{logo: "image/png", strings.Replace(logo, "logo.png", "style.css", 1): "text/css; charset=utf-8"} {
		if w := stranger.ask(path, nil); w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/brand/none/1/style.css", "/brand/acme/1/other", "/portal/none"} {
		stranger.want(stranger.ask(path, nil), http.StatusNotFound, "")
	}
	if page := stranger.ask("/portal/acme", nil).Body.String(); !strings.Contains(page, "Acme Calls") {
		t.Error("the log-in by address does not wear the brand")
	}
	if page := stranger.ask("/login", nil).Body.String(); !strings.Contains(page, "Acme Calls") {
		t.Error("the next step of the log-in forgot the brand")
	}
	r := httptest.NewRequest("GET", "/login", nil)
	r.Host = "Calls.ACME.example:8443"
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "Acme Calls") {
		t.Error("the log-in by host does not wear the brand")
	}
	if page := d.page("/companies"); strings.Contains(page, "Acme Calls") {
		t.Error("the operator wears a brand that is not the standard one")
	}
	d.want(d.withLogo("/brands/acme", "", "do=save", "name=Acme", "accent=#7a1f5c", "dark=", "host=", "support=", "remove=yes", "revision=1"), http.StatusSeeOther, "/brands/acme")
	if w := d.withLogo("/brands/acme", "", "do=save", "name=Acme", "accent=#7a1f5c", "revision=1"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "changed it meanwhile") {
		t.Errorf("a stale page: %d", w.Code)
	}
	if strings.Contains(customer.page("/account"), "logo.png") {
		t.Error("the logo stays")
	}
	finance := d.person(d.company, "auditor@example.com", access.Auditor)
	finance.send("/brands/acme", http.StatusForbidden)
}

// TestInvoiceWearsTheLogo: the PDF has one more picture, the invoice is the same.
func TestInvoiceWearsTheLogo(t *testing.T) {
	d := newDesk(t)
	pdf := regexp.MustCompile(`/c/[^"]+/invoices/inv_[^"]+\.pdf`).FindString(d.page(regexp.MustCompile(`/c/[^"]+/invoices/inv_[0-9a-z]+`).FindString(d.page(d.at("/invoices")))))
	before := d.ask(pdf, nil).Body.Bytes()
	d.want(d.withLogo("/brands/new", logoPicture(t), "do=save", "name=Acme", "word=acme", "accent=#7a1f5c", "standard=yes"), http.StatusSeeOther, "/brands/acme")
	after := d.ask(pdf, nil).Body.Bytes()
	if !bytes.HasPrefix(after, []byte("%PDF-")) || bytes.Contains(before, []byte("/Subtype /Image")) || !bytes.Contains(after, []byte("/Subtype /Image")) {
		t.Errorf("%d and %d bytes: the logo is not on the invoice", len(before), len(after))
	}
	if again := d.ask(pdf, nil).Body.Bytes(); !bytes.Equal(after, again) {
		t.Error("the same invoice gives other bytes")
	}
}

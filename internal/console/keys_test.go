package console

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/notify"
)

func TestAPIKeysAreShownOnce(t *testing.T) {
	d := newDesk(t)
	at := d.at("/keys")
	for _, path := range []string{at, at + "/new", "/keys", "/keys/new"} {
		d.every(path)
	}
	wrong := d.send(at+"/new", http.StatusUnprocessableEntity, "name", "", "role", "nobody", "from", "1.2.3", "ends", "2020-01-01")
	d.send(at+"/new", http.StatusUnprocessableEntity, "name", "late", "role", "api", "ends", "9999-12-31") // the day after has no year of four digits
	d.page(at)
	for _, must := range []string{`value="1.2.3"`, "Write something here", "Choose one", "This day is over"} {
		if !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("a wrong form lacks %q", must)
		}
	}
	d.send(at+"/new", http.StatusUnprocessableEntity, "name", "k", "role", "api", "from", "1.2.3")
	d.send(at+"/new", http.StatusUnprocessableEntity, "name", "k", "role", "api", "scope", "invoice.void")
	form := []string{"once", d.fresh(at + "/new"), "name", "PBX", "role", "api", "scope", "usage.write", "from", "127.0.0.1"}
	page := d.send(at+"/new", http.StatusOK, form...).Body.String()
	secret := regexp.MustCompile(`value="(wh_live_[0-9a-z_]+)"`).FindStringSubmatch(page)
	if secret == nil {
		t.Fatalf("no key: %s", page)
	}
	a, err := d.d.Gate.LetKey(t.Context(), secret[1], access.Client{Address: "127.0.0.1"})
	d.must(err)
	if !access.Can(a, access.UsageWrite, d.company) || access.Can(a, access.InvoiceRead, d.company) {
		t.Error("the key may too much or too little")
	}
	if again := d.send(at+"/new", http.StatusOK, form...).Body.String(); strings.Contains(again, secret[1]) || !strings.Contains(again, "sent twice") {
		t.Error("the key is shown twice, or not said to be")
	}
	list := d.page(at)
	if strings.Count(list, `<th scope="row">PBX`) != 1 || strings.Contains(list, secret[1]) {
		t.Error("the form sent twice made two keys, or the list shows one")
	}
	end := regexp.MustCompile(`action="(/c/[^"]+/keys/key_[^"]+/end)"`).FindStringSubmatch(list)[1]
	d.send(end, http.StatusSeeOther, "once", onceOf(list))
	if _, err := d.d.Gate.LetKey(t.Context(), secret[1], access.Client{Address: "127.0.0.1"}); err == nil {
		t.Error("an ended key lets in")
	}
	if w := d.ask(at+".csv", nil); !strings.Contains(w.Body.String(), "usage.write") {
		t.Errorf("%s", w.Body)
	}
	d.every(at + "?state=ended")
	d.send(strings.Replace(end, d.company.Named("co"), d.other.Named("co"), 1), http.StatusNotFound)
	admin := d.person(d.company, "admin@example.com", access.CustomerAdmin)
	admin.send(at+"/new", http.StatusUnprocessableEntity, "name", "up", "role", "finance")
}

func TestWebhooks(t *testing.T) {
	d := newDesk(t)
	at := d.at("/webhooks")
	for _, path := range []string{at, at + "/new", d.at("/deliveries")} {
		d.every(path)
	}
	wrong := d.send(at+"/new", http.StatusUnprocessableEntity, "url", "ftp://x", "topics", "Nein!")
	for _, must := range []string{`value="ftp://x"`, "no name of events"} {
		if !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("a wrong form lacks %q", must)
		}
	}
	d.send(at+"/new", http.StatusUnprocessableEntity, "url", "ftp://x")
	got := make(chan string, 10)
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("webhook-id") }))
	defer far.Close()
	form := []string{"once", d.fresh(at + "/new"), "url", far.URL, "topics", "test.* invoice.issued", "note", "books"}
	secret := regexp.MustCompile(`value="(whsec_[^"]+)"`)
	first := secret.FindStringSubmatch(d.send(at+"/new", http.StatusOK, form...).Body.String())
	if again := d.send(at+"/new", http.StatusOK, form...).Body.String(); first == nil || secret.MatchString(again) {
		t.Fatal("no secret, or it is shown twice")
	}
	list := d.page(at)
	if strings.Count(list, far.URL) != 1 {
		t.Error("a form sent twice made two webhooks")
	}
	one := regexp.MustCompile(`/c/[^"]+/webhooks/whk_[0-9a-z]+`).FindString(list)
	d.every(one)
	d.send(at+"/test", http.StatusSeeOther, "once", onceOf(list))
	d.must(d.d.Post.Due(t.Context(), notify.Webhook))
	d.must(d.d.Post.Due(t.Context(), notify.Webhook))
	if id := <-got; id == "" {
		t.Error("the delivery has no identifier")
	}
	sent := d.page(d.at("/deliveries?state=sent"))
	again := regexp.MustCompile(`action="(/c/[^"]+/again)"`).FindStringSubmatch(sent)
	if again == nil {
		t.Fatalf("nothing can be sent again: %s", sent)
	}
	d.send(again[1], http.StatusSeeOther)
	d.must(d.d.Post.Due(t.Context(), notify.Webhook))
	<-got
	d.every(d.at("/deliveries"))
	if w := d.ask(d.at("/deliveries.csv"), nil); !strings.Contains(w.Body.String(), "test.ping") {
		t.Errorf("%s", w.Body)
	}
	second := secret.FindStringSubmatch(d.send(one+"/rotate", http.StatusOK, "once", d.fresh(one)+"-rotate").Body.String())
	if second == nil || second[1] == first[1] {
		t.Error("the secret is the old one")
	}
	seen := hidden(d.page(one), "seen")
	d.send(one, http.StatusSeeOther, "once", d.fresh(one), "seen", seen, "url", far.URL, "topics", "", "note", "", "on", "")
	d.send(one, http.StatusConflict, "seen", seen, "url", far.URL, "topics", "", "note", "", "on", "yes") // a page from before
	if page := d.page(at); !strings.Contains(page, "all events") || !strings.Contains(page, ">Off<") {
		t.Error("it was not changed")
	}
	d.onlyHere(strings.TrimPrefix(one, "/c/"+d.company.Named("co")))
	d.send(one+"/remove", http.StatusSeeOther, "once", d.fresh(one)+"-remove")
	d.send(one, http.StatusNotFound)
}

package console

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/api"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
)

const quietPassword = "a long and quiet sentence"

// desk is an office whose interface does the work behind pages: uploads, what a
// second person approves, webhooks.
type desk struct {
	*office
	api   *api.API
	tries int // of forms with texts that do harm
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	o := newOffice(t)
	d := &o.Server.d
	d.Address = "https://waihu.example"
	post := &notify.Post{DB: d.System.DB, IDs: d.System.IDs, Seal: d.Gate.Seal, Guard: &notify.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	a, err := api.New(api.Deps{System: d.System, Gate: d.Gate, Post: post, Ingest: d.System, Log: d.Log,
		Config: api.Config{KeyRate: 1000, KeyBurst: 1000, AddressRate: 1000, AddressMax: 1000, Address: d.Address, Uploads: t.TempDir()}})
	o.must(err)
	d.Post, d.Uploads, d.Lists, d.Decider = post, a, a, a
	o.must(a.Start(t.Context()))
	t.Cleanup(a.Stop)
	return &desk{office: o, api: a}
}

// letters are the arguments of letters of a topic, the newest first.
func (d *desk) letters(c id.Company, topic string) (out []map[string]string) {
	d.t.Helper()
	d.must(d.db.View(d.t.Context(), func(tx store.Tx) error {
		list, err := tx.Outbox().List(c, "", store.Page{Limit: 100, Down: true})
		for _, m := range list {
			var l notify.Letter
			if m.Channel == notify.Mail && m.Topic == topic {
				d.must(json.Unmarshal(m.Body, &l))
				out = append(out, l.Args)
			}
		}
		return err
	}))
	return out
}

// person is a browser with somebody logged in who has a role in a company.
func (d *desk) person(c id.Company, email string, role access.Role) *office {
	d.t.Helper()
	var token string
	d.must(d.db.Update(d.t.Context(), func(tx store.Tx) (err error) {
		_, token, err = d.d.Gate.AddUser(tx, access.NewUser{Email: email, Name: "Somebody", Members: []access.Member{{Company: c, Role: role}}})
		return err
	}))
	b := *d.office
	b.browser = d.world.browser()
	b.send("/invitation", http.StatusSeeOther, "token", token, "password", quietPassword)
	return &b
}

// fresh is the form's key on a page.
func (o *office) fresh(path string) string {
	o.t.Helper()
	key := onceOf(o.page(path))
	if key == "" {
		o.t.Fatalf("%s has no form", path)
	}
	return key
}

func (d *desk) deeds(c id.Company) (n int64) {
	d.must(d.db.View(d.t.Context(), func(tx store.Tx) (err error) {
		n, _, err = tx.Audit().Head(c)
		return err
	}))
	return n
}

func TestCompanies(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/companies", "/companies?q=zzz", "/companies/new", d.at("/settings"), d.at("/hold")} {
		d.every(path)
	}
	wrong := d.send("/companies/new", http.StatusUnprocessableEntity, "name", "", "email", "no address", "series", "low")
	for _, must := range []string{`value="no address"`, `value="low"`, "This is no e-mail address", "A series has", "Write something here"} {
		if !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("a wrong form lacks %q", must)
		}
	}
	once := d.fresh("/companies/new")
	form := []string{"once", once, "name", "Third Example Ltd.", "email", "Books@Example.com", "lang", "zh-Hant", "series", "TE-"}
	first := d.send("/companies/new", http.StatusSeeOther, form...).Header().Get("Location")
	if again := d.send("/companies/new", http.StatusSeeOther, form...).Header().Get("Location"); again != first {
		t.Errorf("sent twice: %s, then %s", first, again)
	}
	d.send("/companies/new", http.StatusConflict, "name", "Third Example Ltd.", "lang", "")
	if page := d.page("/companies?q=third"); !strings.Contains(page, "Third Example") || strings.Contains(page, "Buyer Example") {
		t.Error("the search finds the wrong ones")
	}
	page := d.page(first)
	if !strings.Contains(page, "books@example.com") {
		t.Error("the address is not kept in its one form")
	}
	change := []string{"name", "Third Ltd.", "email", "", "lang", "", "series", "", "revision", hidden(page, "revision"), "brand", ""}
	d.send(first, http.StatusSeeOther, append(change, "once", onceOf(page))...)
	if w := d.send(first, http.StatusConflict, change...); !strings.Contains(w.Body.String(), "Somebody changed it") {
		t.Error("a stale page does not say so")
	}
	if w := d.ask("/companies.csv?q=third", nil); !strings.Contains(w.Body.String(), "Third Ltd.") || !strings.Contains(w.Header().Get("Content-Disposition"), "companies.csv") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	d.send(d.at("/hold"), http.StatusUnprocessableEntity, "do", "hold", "reason", "")
	if page := d.page(d.at("/hold")); !strings.Contains(page, "1 running contract") || !strings.Contains(page, "1 person is logged in") {
		t.Error("the consequences of a hold are not told")
	}
	once = d.fresh(d.at("/hold"))
	d.send(d.at("/hold"), http.StatusSeeOther, "once", once, "do", "hold", "reason", "complaints")
	d.send(d.at("/hold"), http.StatusSeeOther, "once", once, "do", "hold", "reason", "complaints")
	if err := d.d.System.MayCall(t.Context(), d.company, d.contract); err == nil {
		t.Error("a held company may call")
	}
	admin := d.person(d.company, "admin@example.com", access.CustomerAdmin)
	if page := admin.page(d.at("/settings")); strings.Contains(page, "complaints") || strings.Contains(page, "series") {
		t.Error("the customer sees what is the operator's")
	}
	d.every(d.at("/hold"))
	d.send(d.at("/hold"), http.StatusSeeOther, "do", "release")
	d.must(d.d.System.MayCall(t.Context(), d.company, d.contract))
}

func TestUsersAreInvitedChangedAndReset(t *testing.T) {
	d := newDesk(t)
	list := d.at("/users")
	wrong := d.send(list+"/new", http.StatusUnprocessableEntity, "email", "nobody", "name", "A\nB", "lang", "en")
	for _, must := range []string{`value="nobody"`, "no e-mail address", "on one line", "at least one role"} {
		if !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("a wrong form lacks %q", must)
		}
	}
	d.send(list+"/new", http.StatusUnprocessableEntity, "email", "a@example.com", "name", "Ann", "lang", "en", "role", "finance") // not held in a company
	form := []string{"once", d.fresh(list + "/new"), "email", "Ann@Example.com", "name", "Ann", "lang", "en", "role", "customer_admin", "role", "auditor"}
	at := d.send(list+"/new", http.StatusSeeOther, form...).Header().Get("Location")
	d.send(list+"/new", http.StatusSeeOther, form...)
	if letters := d.letters(d.company, "invitation"); len(letters) != 1 || letters[0]["address"] != "https://waihu.example" {
		t.Fatalf("%v", letters)
	}
	d.send(list+"/new", http.StatusConflict, "email", "ann@example.com", "name", "Ann", "lang", "en", "role", "auditor")
	for _, path := range []string{list, list + "?state=invited", list + "?q=zzz", list + "/new", at, d.at("/roles"), "/users", "/users/new", "/roles"} {
		d.every(path)
	}
	ann := d.world.browser()
	token := d.letters(d.company, "invitation")[0]["token"]
	ann.want(ann.ask("/invitation?token="+token, nil), http.StatusOK, "")
	ann.want(ann.ask("/invitation", url.Values{"token": {token}, "password": {"12345678"}}), http.StatusUnprocessableEntity, "")
	ann.want(ann.ask("/invitation", url.Values{"token": {token}, "password": {quietPassword}}), http.StatusSeeOther, "/")
	ann.want(ann.ask("/invitation", url.Values{"token": {token}, "password": {quietPassword}}), http.StatusUnprocessableEntity, "")
	ann.want(ann.ask(list, nil), http.StatusOK, "")
	if page := ann.ask(list+"/new", nil).Body.String(); strings.Contains(page, `value="finance"`) || !strings.Contains(page, `value="supervisor"`) {
		t.Error("the customer can give the operator's roles, or not their own")
	}
	opened := d.page(at)
	d.send(at, http.StatusSeeOther, "once", onceOf(opened), "seen", hidden(opened, "seen"), "name", "Ann B.", "lang", "zh-Hant", "role", "auditor")
	stale := d.send(at, http.StatusConflict, "seen", hidden(opened, "seen"), "name", "Ann C.", "lang", "en", "role", "customer_admin")
	if page := stale.Body.String(); !strings.Contains(page, "Somebody changed it while you were writing") || !strings.Contains(page, `value="Ann C."`) {
		t.Error("a page opened before another change gives the old roles back")
	}
	ann.want(ann.ask(list, nil), http.StatusSeeOther, "/login?back="+url.QueryEscape(list)) // her roles changed: her session ended
	d.send(at+"/reset", http.StatusSeeOther, "once", d.fresh(at)+"-reset")
	if n := len(d.letters(d.company, "invitation")); n != 2 {
		t.Errorf("%d letters", n)
	}
	d.send(at, http.StatusSeeOther, "once", d.fresh(at), "seen", hidden(d.page(at), "seen"), "name", "Ann B.", "lang", "zh-Hant", "role", "auditor", "disabled", "yes")
	ann.want(ann.ask("/login", url.Values{"email": {"ann@example.com"}, "password": {quietPassword}}), http.StatusUnprocessableEntity, "")
	if w := d.ask(list+".csv", nil); !strings.Contains(w.Body.String(), "Ann B.") || !strings.Contains(w.Body.String(), "Disabled") {
		t.Errorf("%s", w.Body)
	}
	d.onlyHere(strings.TrimPrefix(at, "/c/"+d.company.Named("co")))
	me := regexp.MustCompile(`/users/user_[0-9a-z]+`).FindString(d.page("/users"))
	if page := d.page(me); strings.Contains(page, `name="role"`) || !strings.Contains(page, "This is you") {
		t.Error("somebody can change their own roles")
	}
	d.send(me, http.StatusSeeOther, "once", d.fresh(me), "seen", hidden(d.page(me), "seen"), "name", "Operator A.", "lang", "en", "role", "finance") // the role is not taken
	if page := d.page("/users"); !strings.Contains(page, "Operator A.") || strings.Contains(page, "Finance</span>") {
		t.Error("somebody changed their own role")
	}
}

// TestAnotherCompanyDoesNotExist walks all addresses about a company as its
// administrator of another one, and those of the platform as well.
func TestAnotherCompanyDoesNotExist(t *testing.T) {
	d := newDesk(t)
	d.d.Gate.Policy.SecondFactor = false
	them := d.person(d.other, "them@example.com", access.CustomerAdmin)
	for _, r := range d.routes {
		if r.may == "" {
			continue // for anybody, or about whoever asks
		}
		method, path, _ := strings.Cut(r.pattern, " ")
		path = strings.NewReplacer("{company}", d.company.Named("co"), "{$}", "").Replace(path)
		path = regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "x")
		var form url.Values
		if method == "POST" {
			form = url.Values{}
		}
		w := them.ask(path, form)
		switch {
		case r.company && w.Code != http.StatusNotFound:
			t.Errorf("%s of another company: %d", r.pattern, w.Code)
		case !r.company && w.Code != http.StatusForbidden:
			t.Errorf("%s of the platform: %d", r.pattern, w.Code)
		}
	}
	them.page("/c/" + d.other.Named("co") + "/users")
	if page := them.page("/account"); strings.Contains(page, "Buyer Example") || strings.Contains(page, `href="/companies"`) {
		t.Error("the pages of one company tell of another, or of the platform")
	}
}

func TestApprovals(t *testing.T) {
	d := newDesk(t)
	d.d.Gate.Policy.SecondPerson = true
	second := strings.NewReplacer("version: 1", "version: 2", "0.15", "0.25").Replace(officePlan)
	var asked *access.Approval
	ask := func() {
		d.must(d.db.Update(t.Context(), func(tx store.Tx) (err error) {
			a, err := d.d.Gate.LetSession(t.Context(), d.cookies[cookieName], access.Client{})
			d.must(err)
			asked, err = d.d.Gate.Ask(tx, a, id.Platform, "plan.publish", "a new version of floor", map[string]string{"file": second})
			return err
		}))
	}
	d.every("/approvals")
	ask()
	at := "/approvals/" + asked.ID.Named("apr")
	d.every("/approvals")
	d.every(at)
	if page := d.page(at); strings.Contains(page, `value="approve"`) || !strings.Contains(page, "unit_price") {
		t.Error("who asked can approve, or what would be done is not shown")
	}
	d.send(at, http.StatusForbidden, "do", "approve")
	other := d.person(id.Platform, "second@example.com", access.Finance)
	once := other.fresh(at)
	other.send(at, http.StatusUnprocessableEntity, "do", "reject", "reason", "")
	before := d.deeds(id.Platform)
	other.send(at, http.StatusSeeOther, "once", once, "do", "approve", "reason", "agreed")
	other.send(at, http.StatusSeeOther, "once", once, "do", "approve", "reason", "agreed")
	if plans, err := d.d.System.Plans(t.Context(), "floor"); err != nil || len(plans) != 2 {
		t.Errorf("%d versions, %v", len(plans), err)
	}
	if n := d.deeds(id.Platform) - before; n != 1+1 { // the decision, and what the plan says of itself
		t.Logf("%d deeds", n)
	}
	other.send(at, http.StatusConflict, "do", "reject", "reason", "too late")
	if w := d.ask("/approvals.csv", nil); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	d.onlyHere("/approvals/" + asked.ID.Named("apr"))
}

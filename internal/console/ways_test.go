package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/workspace"
)

func (o *office) search(text string) string { return o.page("/search?q=" + url.QueryEscape(text)) }

// TestSearchLeadsThere follows what a search finds, of every kind.
func TestSearchLeadsThere(t *testing.T) {
	o := newOffice(t)
	o.customerOf(o.company, access.CustomerAdmin)
	o.every("/search")
	o.every("/search?q=FL")
	for text, want := range map[string]string{
		"buyer ex": o.at(""), "FL-1": o.con(""), "INV-000001": o.at("/invoices/inv_"), "floor": "/plans/floor@1", "bob": o.at("/usage?agent=bob"),
		"8621": o.at("/usage/call?"), "operator@": "/companies", "plans": "/plans", "new quotation": "/contracts/new", "getting": "/docs/getting-started", "c@example": o.at("/users/user_"),
	} {
		path := "/search?q=" + url.QueryEscape(text) + "&in=" + o.company.Named("co")
		body := o.page(path)
		if !strings.Contains(strings.ReplaceAll(body, "&amp;", "&"), `href="`+want) && !strings.Contains(body, want+`"`) {
			t.Errorf("%q does not lead to %s: %s", text, want, body[strings.Index(body, "<main"):])
		}
	}
	if body := o.search("no such thing"); !strings.Contains(body, "Nothing was found") {
		t.Error("nothing is found, and it does not say so")
	}
	if body := o.search(`<b>"x`); strings.Contains(body, `<b>"x`) {
		t.Error("what was searched for is taken as HTML")
	}
	if w := o.ask("/search?q="+strings.Repeat("x", 101), nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a long text: %d", w.Code)
	}
	w := get(t, o.Server, "/search?q=FL-1")
	if w.Code != http.StatusSeeOther {
		t.Errorf("without a log-in: %d", w.Code)
	}
}

// customerOf logs somebody in who belongs to one company.
func (o *office) customerOf(c id.Company, role access.Role) *browser {
	o.t.Helper()
	var token string
	o.must(o.db.Update(o.t.Context(), func(tx store.Tx) (err error) {
		_, token, err = o.d.Gate.AddUser(tx, access.NewUser{Email: "c@example.com", Name: "C", Members: []access.Member{{Company: c, Role: role}}})
		return err
	}))
	_, err := o.d.Gate.TakeInvitation(o.t.Context(), token, "a long and quiet sentence", access.Client{})
	o.must(err)
	b := o.world.browser()
	b.ask("/login", url.Values{"email": {"c@example.com"}, "password": {"a long and quiet sentence"}})
	return b
}

// TestSearchKeepsCompaniesApart: nothing of another company is found, by any word
// or by naming it.
func TestSearchKeepsCompaniesApart(t *testing.T) {
	o := newOffice(t)
	b := o.customerOf(o.other, access.CustomerAdmin)
	for _, text := range []string{"FL-1", "buyer", "INV-000001", "bob", "8613", "operator@"} {
		for _, in := range []string{"", o.company.Named("co")} {
			body := b.ask("/search?q="+text+"&in="+in, nil).Body.String()
			if !strings.Contains(body, "Nothing was found") {
				t.Errorf("%q in %q finds something: %s", text, in, body[strings.Index(body, "<main"):])
			}
		}
	}
	if body := b.ask("/search?q=other", nil).Body.String(); !strings.Contains(body, o.other.Named("co")) {
		t.Error("one's own company is not found")
	}
	agent := newOffice(t)
	a := agent.customerOf(agent.company, access.Agent)
	for _, text := range []string{"INV-000001", "8613", "floor"} { // an agent may see none of these
		if body := a.ask("/search?q="+text, nil).Body.String(); !strings.Contains(body, "Nothing was found") {
			t.Errorf("an agent finds %q", text)
		}
	}
}

// TestPaletteIsAPartOfTheSearch: the script asks for the same page in part.
func TestPaletteIsAPartOfTheSearch(t *testing.T) {
	o := newOffice(t)
	w := get(t, o.Server, "/search?q=FL", "Cookie", cookieName+"="+o.cookies[cookieName], "HX-Request", "true", "HX-Target", "found")
	if body := w.Body.String(); strings.Contains(body, "<html") || !strings.Contains(body, `id="hits"`) {
		t.Errorf("%d %s", w.Code, body)
	}
	o.every("/shortcuts")
	if body := o.page("/shortcuts?in=" + o.company.Named("co")); !strings.Contains(body, "<kbd>i</kbd>") {
		t.Error("the list of keys lacks the path to invoices")
	}
	if body := o.page(o.at("")); !strings.Contains(body, `data-go="i"`) || !strings.Contains(body, "data-palette") {
		t.Error("the side bar does not say its keys")
	}
}

func TestManualPages(t *testing.T) {
	s := server(t)
	for _, tag := range lang.Tags() {
		for _, name := range []string{"", "/getting-started", "/plans", "/charging", "/comparing", "/agents", "/api", "/operations"} {
			w := get(t, s, "/docs"+name+"?lang="+string(tag))
			if w.Code != http.StatusOK {
				t.Fatalf("%s in %s: %d", name, tag, w.Code)
			}
			sound(t, tag, w.Body.String())
		}
	}
	if w := get(t, s, "/docs/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("a chapter that is none: %d", w.Code)
	}
}

// TestTourFollowsAndCanBeLeft walks a path of two stops.
func TestTourFollowsAndCanBeLeft(t *testing.T) {
	o := newOffice(t)
	if w := o.ask("/tour", nil); w.Code != http.StatusNotFound {
		t.Errorf("there is no tour here: %d", w.Code)
	}
	o.d.Tour = &Tour{People: []Person{{Role: "customer", Name: "A & B", Email: "c@example.com", Password: "a long and quiet sentence"}},
		Stops:   []Stop{{Key: "compare", Href: CompareStop + "#s-sliders"}, {Key: "invoice", Href: o.at("/invoices")}},
		Compare: Ready{Company: o.company, Offers: []string{"kixie", "ujet-pro"}, Query: "currency=USD"}}
	o.shelve(workspace.Limits{})
	o.every("/tour")
	if body := o.page(o.at("")); strings.Contains(body, `class="strip"`) || !strings.Contains(body, `href="/tour"`) {
		t.Error("the strip is there before it was asked for")
	}
	to := o.ask("/tour/1", nil).Header().Get("Location")
	if !strings.HasPrefix(to, "/compare/") || !strings.HasSuffix(to, "?currency=USD#s-sliders") {
		t.Fatalf("the first stop is %q", to)
	}
	if again := o.ask("/tour/compare", nil).Header().Get("Location"); again != strings.TrimSuffix(to, "#s-sliders") {
		t.Errorf("another comparison: %q", again)
	}
	o.want(o.ask("/tour/2", nil), http.StatusSeeOther, o.at("/invoices"))
	for _, tag := range lang.Tags() {
		body := o.page(o.at("/seats?lang=" + string(tag)))
		if !strings.Contains(body, `class="strip"`) || !strings.Contains(body, lang.Phrase(tag, "tour.invoice_text", nil)) || !strings.Contains(body, `href="/tour/1"`) {
			t.Errorf("%s: the strip does not follow", tag)
		}
		sound(t, tag, body)
	}
	o.want(o.ask("/tour/leave", url.Values{"back": {o.at("/seats")}}), http.StatusSeeOther, o.at("/seats"))
	if body := o.page(o.at("")); strings.Contains(body, `class="strip"`) || !strings.Contains(body, `href="/tour/2"`) {
		t.Error("the tour cannot be resumed where it was left")
	}
	if w := o.ask("/tour/3", nil); w.Code != http.StatusNotFound {
		t.Errorf("a stop behind the last: %d", w.Code)
	}
	b := o.customerOf(o.company, access.CustomerAdmin)
	if body := b.ask(o.at(""), nil).Body.String(); strings.Contains(body, "/tour") {
		t.Error("a customer is led to pages of the platform")
	}
	out := o.world.browser().ask("/login?back=/tour/1", nil).Body.String()
	if !strings.Contains(out, "A &amp; B") || !strings.Contains(out, `name="back" value="/tour/1"`) {
		t.Error("the log-in does not offer its people")
	}
}

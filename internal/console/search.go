package console

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/manual"
	"waihu/internal/store"
)

// found is something that a search leads to.
type found struct {
	Href, Name, Note, Kind, Icon string
}

// searchBody is what was searched for and what was found.
type searchBody struct {
	Text, In string
	Found    []found
	TooLong  bool
}

// foundMost bounds what one answer shows; each kind has a bound of its own.
const foundMost = 40

func (s *Server) searchPages() {
	s.public("GET /search", s.search)
	s.public("GET /shortcuts", s.keyPage)
}

// search looks for pages and actions, and for what the books hold, as far as the
// visitor may see it.
func (s *Server) search(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.actor == nil || v.actor.Stage != access.Full {
		return errLogIn
	}
	b := &searchBody{Text: strings.TrimSpace(r.URL.Query().Get("q")), In: r.URL.Query().Get("in")}
	near := s.near(v, b.In)
	status := http.StatusOK
	if utf8.RuneCountInString(b.Text) > app.SearchMost {
		b.TooLong, status = true, http.StatusUnprocessableEntity
	} else if err := s.find(v, b, near); err != nil {
		return err
	}
	v.company = near // the side bar and further searches stay with the company
	s.render(w, v, status, "search", &Page{Title: v.say("search.title"), Lead: v.say("search.lead"), Here: "/search", Body: b})
	return nil
}

// near is the company a search comes from, if it is one the visitor belongs to.
// Where they belong to one alone, it is that.
func (s *Server) near(v *visit, in string) id.Company {
	if i, err := id.ParseNamed("co", in); err == nil && !i.IsZero() && belongs(v.actor, id.Company{ID: i}) {
		return id.Company{ID: i}
	}
	if some, all := v.actor.Companies(); !all && len(some) > 0 {
		return some[0]
	}
	return id.Company{}
}

func (s *Server) find(v *visit, b *searchBody, near id.Company) error {
	v.company = near
	b.pages(v)
	in := app.Search{Text: b.Text, Near: near, May: func(n app.Noun, c id.Company) bool { return access.Can(v.actor, mayFind[n], c) }}
	if some, all := v.actor.Companies(); !all {
		in.Of = append([]id.Company{}, some...)
	}
	hits, err := s.d.System.Find(v.r.Context(), in)
	if err != nil {
		return err
	}
	for i := range hits {
		b.add(v.found(&hits[i]))
	}
	return s.findPeople(v, b, near)
}

// mayFind is what seeing each kind of thing takes.
var mayFind = map[app.Noun]access.Permission{
	app.ACompany: access.CompanyRead, app.AContract: access.ContractRead, app.AnInvoice: access.InvoiceRead,
	app.APlan: access.PlanRead, app.AnAgent: access.UsageRead, app.ACall: access.UsageRead,
}

// nounIcons are the drawings beside what was found.
var nounIcons = map[app.Noun]string{app.ACompany: "company", app.AContract: "contract", app.AnInvoice: "invoice", app.APlan: "plan", app.AnAgent: "seat", app.ACall: "phone"}

func (b *searchBody) add(f found) {
	if len(b.Found) < foundMost {
		b.Found = append(b.Found, f)
	}
}

// found is a hit as it is shown, with where it leads.
func (v *visit) found(h *app.Hit) found {
	of := &visit{view: v.view, company: id.Company{ID: h.Company.ID}}
	f := found{Name: h.Name, Note: h.Company.Name, Kind: v.say("search.kind_" + string(h.Noun)), Icon: nounIcons[h.Noun]}
	switch h.Noun {
	case app.ACompany:
		f.Href, f.Note = of.at(""), ""
	case app.AContract:
		f.Href, f.Note = of.contractAt(h.ID, ""), h.Company.Name+" · "+phrase(v.Tag, "contract.state_"+h.Note)
	case app.AnInvoice:
		f.Href, f.Note = of.at("/invoices/"+h.ID.Named("inv")), h.Company.Name+" · "+phrase(v.Tag, "status."+h.Note)
	case app.APlan:
		f.Href = "/plans/" + pathEscape(h.Name)
	case app.AnAgent:
		f.Href = of.at("/usage?agent=" + queryEscape(h.Name))
	case app.ACall:
		row := of.callRow(h.Call, time.UTC)
		f.Href, f.Note = row.Href, row.Start+" UTC · "+row.Agent
	}
	return f
}

// findPeople looks at the accounts of the company and, for the platform's own
// people, of the platform.
func (s *Server) findPeople(v *visit, b *searchBody, near id.Company) error {
	word := strings.ToLower(b.Text)
	if word == "" {
		return nil
	}
	places := []id.Company{near}
	if _, all := v.actor.Companies(); all && near != id.Platform {
		places = append(places, id.Platform)
	}
	return s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		for _, c := range places {
			if !access.Can(v.actor, access.UserRead, c) {
				continue
			}
			list, err := s.d.Gate.Users(tx, c, store.Page{Limit: 1000})
			if err != nil {
				return err
			}
			n := 0
			for _, u := range list {
				if n < pagesMost && strings.Contains(strings.ToLower(u.Name+" "+u.Email), word) {
					n++
					b.add(found{Href: (&visit{view: v.view, company: c}).usersAt() + "/" + u.ID.Named("user"), Name: u.Email, Note: u.Name, Kind: v.say("search.kind_user"), Icon: "seat"})
				}
			}
		}
		return nil
	})
}

// usersAt is where the accounts of a company are found.
func (v *visit) usersAt() string {
	if v.company == id.Platform {
		return "/users"
	}
	return v.at("/users")
}

// pagesMost is how many pages and accounts of one kind are shown.
const pagesMost = 8

// pages finds entries of the side bar, actions and chapters of the manual by
// their titles; with nothing searched for, it lists the side bar.
func (b *searchBody) pages(v *visit) {
	word, n := strings.ToLower(b.Text), 0
	add := func(title, note, href, icon, kind string) {
		if n < pagesMost && (word == "" || strings.Contains(strings.ToLower(title), word)) {
			n++
			b.add(found{Href: href, Name: title, Note: note, Kind: v.say("search.kind_" + kind), Icon: icon})
		}
	}
	for _, g := range navigation(v, "") {
		of := ""
		if g.Key != "" {
			of = v.say(g.Key)
		}
		for _, i := range g.Items {
			add(v.say(i.Key), of, i.Href, i.Icon, "page")
		}
	}
	if word == "" {
		return
	}
	n = 0
	for _, a := range actions(v) {
		add(v.say(a.Key), "", a.Href, a.Icon, "action")
	}
	n = 0
	for _, c := range manual.Chapters(v.Tag) {
		add(c.Title, "", "/docs/"+c.Name, "book", "docs")
	}
}

// actions are what can be begun from anywhere.
func actions(v *visit) (out []navItem) {
	add := func(may access.Permission, company bool, key, href, icon string) {
		if (!company || v.company != id.Platform) && v.may(may) {
			out = append(out, navItem{Key: key, Href: href, Icon: icon})
		}
	}
	add(access.ContractQuote, true, "contract.new", v.at("/contracts/new"), "plus")
	add(access.CampaignWrite, true, "campaigns.new", v.at("/campaigns/new"), "plus")
	add(access.PlanPublish, false, "plans.build", "/plans/build", "plus")
	add(access.InvoiceDraft, true, "search.do_draft", v.at("/contracts"), "invoice")
	add(access.UsageRead, true, "search.do_compare", v.at("/compare"), "scale")
	add(access.CompanyCreate, false, "search.do_begin", "/begin/company", "plus")
	return out
}

// goes are the letters that lead to pages after g.
var goes = map[string]string{
	"nav.overview": "h", "nav.invoices": "i", "nav.compare": "m", "nav.contracts": "c", "nav.seats": "s", "nav.usage": "u", "nav.campaigns": "k", "nav.lists": "l",
	"nav.plans": "p", "nav.companies": "o", "nav.docs": "d", "nav.compare_free": "x", "nav.audit_bill": "a",
}

// keyRow is a path of keys and what it does.
type shortcutRow struct {
	Keys []string
	What string
}

// keyPage tells the keys: those that go to pages are read from the side bar, so
// that they are what works where the visitor is.
func (s *Server) keyPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.actor != nil && v.actor.Stage == access.Full {
		v.company = s.near(v, r.URL.Query().Get("in"))
	}
	rows := []shortcutRow{{[]string{"Ctrl", "K"}, v.say("keys.palette")}, {[]string{"/"}, v.say("keys.slash")}, {[]string{"?"}, v.say("keys.this")}, {[]string{"Esc"}, v.say("keys.close")}}
	seen := map[string]bool{}
	for _, g := range navigation(v, "") {
		for _, i := range g.Items {
			if i.Go != "" && !seen[i.Go] {
				seen[i.Go] = true
				rows = append(rows, shortcutRow{[]string{"g", i.Go}, v.say(i.Key)})
			}
		}
	}
	s.render(w, v, http.StatusOK, "shortcuts", &Page{Title: v.say("nav.shortcuts"), Here: "/shortcuts", Bare: v.actor == nil, Body: rows})
	return nil
}

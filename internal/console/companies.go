package console

import (
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func (s *Server) companyPages() {
	s.page("GET /companies", access.CompanyCreate, s.companies)
	s.exports("/companies", access.CompanyCreate, "companies", "nav.companies", s.companiesFile)
	s.page("GET /companies/new", access.CompanyCreate, s.newCompany)
	s.page("POST /companies/new", access.CompanyCreate, s.addCompany)
	s.page("GET /c/{company}/settings", access.CompanyRead, s.company)
	s.page("POST /c/{company}/settings", access.CompanyWrite, s.changeCompany)
	s.page("GET /c/{company}/hold", access.CompanyHold, s.askHold)
	s.page("POST /c/{company}/hold", access.CompanyHold, s.hold)
}

// companyRow is a company in the list.
type companyRow struct {
	app.Company
	Href string
}

// companiesBody is the list of companies.
type companiesBody struct {
	Rows        []companyRow
	Text, State string
	Order       *order
	Files       []Link
	Filtered    bool
}

// findCompanies are those the address asks for, in its order, so many at most.
func (s *Server) findCompanies(v *visit, most int) (list []app.Company, q app.CompanyQuery, o *order, err error) {
	asked := v.r.URL.Query()
	q = app.CompanyQuery{Text: fault.Shorten(asked.Get("q"), 100)}
	kept := url.Values{"q": {q.Text}}
	if state := asked.Get("state"); state == "active" || state == "stopped" {
		stopped := state == "stopped"
		q.Stopped = &stopped
		kept.Set("state", state)
	}
	o = v.order(kept, "", column{"name", "companies.name", false}, column{"email", "people.email", false}, column{"series", "companies.series", false})
	if q.Page, err = o.page("co", map[string]string{"name": app.CompaniesByName, "email": app.CompaniesByEmail, "series": app.CompaniesBySeries}); err != nil {
		return nil, q, nil, err
	}
	for len(list) < most { // bounded: each question goes on behind the last
		q.Limit = min(store.MaxPage, most-len(list))
		part, more, err := s.d.System.FindCompanies(v.r.Context(), q)
		list = append(list, part...)
		if err != nil || more.After.IsZero() {
			return list, q, o, err
		}
		q.Page = more
		if most == pageRows { // a question looks at so many: the page is shown, and a link goes on
			break
		}
	}
	o.goOn(q.From, q.After.Named("co"))
	return list, q, o, nil
}

// companies lists the customers of the platform.
func (s *Server) companies(w http.ResponseWriter, _ *http.Request, v *visit) error {
	list, q, o, err := s.findCompanies(v, pageRows)
	if err != nil {
		return err
	}
	b := companiesBody{Text: q.Text, State: o.kept.Get("state"), Order: o, Files: o.files("/companies"), Filtered: len(o.kept) > 0 || o.After != ""}
	for _, c := range list {
		b.Rows = append(b.Rows, companyRow{c, "/c/" + c.ID.Named("co")})
	}
	s.render(w, v, http.StatusOK, "companies", &Page{Title: v.say("nav.companies"), Lead: v.say("companies.lead"), Here: "/companies", Body: b})
	return nil
}

// companiesFile gives the list as a file.
func (s *Server) companiesFile(v *visit) (*sheet, error) {
	list, _, o, err := s.findCompanies(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("companies.name", "people.email", "companies.series", "companies.state", "companies.id")
	for i := range list {
		c := &list[i]
		t.add(c.Name, c.Email, c.Series, v.say("companies."+companyState(c)), c.ID.Named("co"))
	}
	t.full(v, o.Next != "")
	return t, nil
}

// companyState is the state of a company as a word of a phrase.
func companyState(c *app.Company) string {
	switch {
	case c.Held != "":
		return "held"
	case c.Suspended:
		return "suspended"
	}
	return "active"
}

// State is companyState, for templates.
func (r companyRow) State() string { return companyState(&r.Company) }

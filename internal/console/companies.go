package console

import (
	"encoding/csv"
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func (s *Server) companyPages() {
	s.page("GET /companies", access.CompanyCreate, s.companies)
	s.page("GET /companies.csv", access.CompanyCreate, s.companiesFile)
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
	Next, File  string
	Filtered    bool
}

// companyQuery is what the list is narrowed to, as its address has it.
func companyQuery(v *visit, limit int) (app.CompanyQuery, url.Values, error) {
	asked := v.r.URL.Query()
	q := app.CompanyQuery{Text: fault.Shorten(asked.Get("q"), 100), Page: store.Page{Limit: limit, Down: true}}
	kept := url.Values{}
	if q.Text != "" {
		kept.Set("q", q.Text)
	}
	if state := asked.Get("state"); state == "active" || state == "stopped" {
		stopped := state == "stopped"
		q.Stopped = &stopped
		kept.Set("state", state)
	}
	var err error
	q.After, err = afterOf(v.r, "co")
	return q, kept, err
}

// companies lists the customers of the platform.
func (s *Server) companies(w http.ResponseWriter, r *http.Request, v *visit) error {
	q, kept, err := companyQuery(v, pageRows)
	if err != nil {
		return err
	}
	list, more, err := s.d.System.FindCompanies(r.Context(), q)
	if err != nil {
		return err
	}
	b := companiesBody{Text: q.Text, State: kept.Get("state"), File: "/companies.csv?" + kept.Encode(), Filtered: len(kept) > 0 || !q.After.IsZero()}
	for _, c := range list {
		b.Rows = append(b.Rows, companyRow{c, "/c/" + c.ID.Named("co")})
	}
	if !more.IsZero() {
		kept.Set("after", more.Named("co"))
		b.Next = "?" + kept.Encode()
	}
	s.render(w, v, http.StatusOK, "companies", &Page{Title: v.say("nav.companies"), Lead: v.say("companies.lead"), Here: "/companies", Body: b})
	return nil
}

// exportRows bounds the rows of a list that is given as a file.
const exportRows = 50_000

// companiesFile gives the list as CSV.
func (s *Server) companiesFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	q, _, err := companyQuery(v, store.MaxPage)
	if err != nil {
		return err
	}
	rows := [][]string{{v.say("companies.name"), v.say("people.email"), v.say("companies.series"), v.say("companies.state"), v.say("companies.id")}}
	for len(rows) < exportRows { // bounded: After goes back in time
		list, more, err := s.d.System.FindCompanies(r.Context(), q)
		if err != nil {
			return err
		}
		for i := range list {
			c := &list[i]
			rows = append(rows, []string{c.Name, c.Email, c.Series, v.say("companies." + companyState(c)), c.ID.Named("co")})
		}
		if more.IsZero() {
			break
		}
		q.After = more
	}
	return sendCSV(w, "companies.csv", rows)
}

// sendCSV gives a table as a file for spreadsheets: with a mark of its encoding,
// and with no cell that a spreadsheet would take for a formula.
func sendCSV(w http.ResponseWriter, name string, rows [][]string) error {
	download(w, "text/csv; charset=utf-8", name)
	_, _ = w.Write([]byte("\ufeff")) // the client went away: the writer below says so too
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = document.SafeCell(cell)
		}
		if err := out.Write(safe); err != nil {
			return nil // the client went away
		}
	}
	out.Flush()
	return nil
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

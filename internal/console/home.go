package console

import (
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
)

func (s *Server) homePages() {
	s.public("GET /{$}", s.home)
	s.page("GET /companies", access.CompanyCreate, s.companies)
	s.page("GET /c/{company}", access.CompanyRead, s.overview)
}

// home sends everybody to their own first page.
func (s *Server) home(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if v.actor == nil || v.actor.Stage != access.Full {
		return errLogIn
	}
	some, all := v.actor.Companies()
	if all || len(some) == 0 {
		return s.firstPage(w, v)
	}
	v.company = some[0]
	v.redirect(w, v.at(""))
	return nil
}

// companyRow is a company in the list.
type companyRow struct {
	app.Company
	Href string
}

// pageRows is how many rows a list shows.
const pageRows = 50

// companies lists the customers of the platform.
func (s *Server) companies(w http.ResponseWriter, r *http.Request, v *visit) error {
	after, err := afterOf(r, "co")
	if err != nil {
		return err
	}
	var rows []companyRow
	next := ""
	err = s.d.System.DB.View(r.Context(), func(tx store.Tx) error {
		list, err := tx.Records().List(id.Platform, app.KindCompany, store.Key{}, store.Page{After: after, Limit: pageRows + 1, Down: true})
		if err != nil {
			return err
		}
		for i := range list {
			if i == pageRows {
				next = "?after=" + list[i-1].ID.Named("co")
				break
			}
			var c app.Company
			if err := json.Unmarshal(list[i].Body, &c); err != nil {
				return err
			}
			rows = append(rows, companyRow{c, "/c/" + list[i].ID.Named("co")})
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "companies", &Page{Title: v.say("nav.companies"), Lead: v.say("companies.lead"), Here: "/companies", Body: map[string]any{"Rows": rows, "Next": next}})
	return nil
}

// afterOf is the place in a list that the address names.
func afterOf(r *http.Request, noun string) (id.ID, error) {
	if a := r.URL.Query().Get("after"); a != "" {
		return id.ParseNamed(noun, a)
	}
	return id.ID{}, nil
}

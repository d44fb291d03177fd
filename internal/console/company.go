package console

import (
	"context"
	"net/http"
	"slices"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// companyBody is a company's page, or the form of a new one.
type companyBody struct {
	Form     *form
	Company  *app.Company // nil: a new one
	State    string
	Counts   []companyCount // as far as the visitor may see it
	Langs    []option
	Brands   []option
	May      bool // change it
	MayHold  bool
	Operator bool // sees what is the operator's to say
	Back     string
	Stale    string
}

// languageOptions are the languages people are written to in.
func languageOptions(v *visit) []option {
	out := []option{{"value": "", "label": v.say("people.lang_any")}}
	for _, tag := range lang.Tags() {
		out = append(out, option{"value": string(tag), "label": tongue(tag)})
	}
	return out
}

func (s *Server) newCompany(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.companyForm(w, v, http.StatusOK, v.blank())
}

func (s *Server) companyForm(w http.ResponseWriter, v *visit, status int, f *form) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "company", &Page{Title: v.say("companies.new"), Lead: v.say("companies.new_why"), Here: "/companies",
		Crumbs: []Link{{v.say("nav.companies"), "/companies"}}, Body: companyBody{Form: f, Langs: languageOptions(v), May: true, Operator: true, Back: "/companies"}})
	return nil
}

// readCompany reads the form of a company over what is kept of it.
func readCompany(f *form, c app.Company, operator bool) app.Company {
	c.Name, c.Email = f.line("name", 200), f.optional("email", 200)
	if c.Email != "" {
		address, err := access.Address(c.Email)
		if err != nil {
			f.wrong("email", "people.no_address")
		}
		c.Email = address
	}
	c.Lang = f.choice("lang", "", string(lang.English), string(lang.Traditional), string(lang.Simplified))
	if operator {
		c.Series = f.optional("series", 20)
		for _, r := range c.Series {
			if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
				f.wrong("series", "companies.series_wrong")
			}
		}
	}
	return c
}

// addCompany opens the books of a customer.
func (s *Server) addCompany(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	in := readCompany(f, app.Company{}, true)
	if !f.OK() {
		return s.companyForm(w, v, http.StatusUnprocessableEntity, f)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		c, err := s.d.System.AddCompany(ctx, in)
		return access.Deed{Company: id.Company{ID: c.ID}, Action: "company.add", Target: c.ID.Named("co"), After: c}, "/c/" + c.ID.Named("co") + "/settings", err
	})
	if fault.KindOf(err) == fault.Conflict {
		f.wrong("name", "companies.name_taken")
		return s.companyForm(w, v, http.StatusConflict, f)
	}
	return err
}

// company shows a company's page.
func (s *Server) company(w http.ResponseWriter, _ *http.Request, v *visit) error {
	c := &v.about
	return s.companyPage(w, v, http.StatusOK, v.blank("name", c.Name, "email", c.Email, "lang", c.Lang, "series", c.Series, "brand", c.Brand, "revision", itoa(int(c.Revision))), "")
}

func (s *Server) companyPage(w http.ResponseWriter, v *visit, status int, f *form, stale string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := companyBody{Form: f, Company: &v.about, State: companyState(&v.about), Langs: languageOptions(v), May: v.may(access.CompanyWrite), MayHold: v.may(access.CompanyHold),
		Operator: access.Can(v.actor, access.CompanyCreate, id.Platform), Back: v.at(""), Stale: stale}
	if !v.may(access.CompanyHold) {
		b.Company.Held = given(b.Company.Held != "", "-") // the reason is the operator's
	}
	var err error
	if b.Counts, err = s.companyCounts(v); err != nil {
		return err
	}
	if b.Brands, err = s.brandOptions(v); err != nil {
		return err
	}
	s.render(w, v, status, "company", &Page{Title: v.say("nav.settings"), Lead: v.about.Name, Here: v.at("/settings"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// companyCount is how many of something there are, and where.
type companyCount struct {
	Key  string // of its phrase
	N    int64
	Href string
}

// companyCounts is what there is of a company, as far as the visitor may see it.
func (s *Server) companyCounts(v *visit) (out []companyCount, err error) {
	add := func(may access.Permission, key, href string, count func() (int, error)) {
		if err != nil || !v.may(may) {
			return
		}
		n := 0
		if n, err = count(); err == nil {
			out = append(out, companyCount{key, int64(n), v.at(href)})
		}
	}
	add(access.ContractRead, "nav.contracts", "/contracts", func() (int, error) {
		list, err := s.d.System.Contracts(v.r.Context(), v.company, "")
		return len(list), err
	})
	add(access.UserRead, "companies.n_people", "/users", func() (n int, err error) {
		return n, s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
			list, err := s.d.Gate.Users(tx, v.company, store.Page{})
			n = len(list)
			return err
		})
	})
	add(access.KeyRead, "nav.keys", "/keys", func() (n int, err error) {
		return n, s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
			list, err := s.d.Gate.Keys(tx, v.company, store.Page{})
			n = len(slices.DeleteFunc(list, func(k *access.Key) bool { return k.Ended != 0 }))
			return err
		})
	})
	add(access.TicketRead, "companies.n_tickets", "/tickets", func() (int, error) {
		list, err := s.d.System.Tickets(v.r.Context(), v.company, app.TicketOpen)
		return len(list), err
	})
	return out, err
}

// changeCompany changes what is kept of a company.
func (s *Server) changeCompany(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	operator := access.Can(v.actor, access.CompanyCreate, id.Platform)
	in := readCompany(f, v.about, operator)
	in.Revision = int64(f.between("revision", 1, 1<<31-1))
	if operator {
		if in.Brand, err = s.readBrandOf(v, f); err != nil {
			return err
		}
	}
	if !f.OK() {
		return s.companyPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		before, err := s.d.System.GetCompany(ctx, v.company)
		if err != nil {
			return access.Deed{}, "", err
		}
		after, err := s.d.System.SetCompany(ctx, in)
		return access.Deed{Action: "company.change", Target: v.company.Named("co"), Before: before, After: after}, v.at("/settings"), err
	})
	if fault.KindOf(err) == fault.Conflict {
		return s.companyPage(w, v, http.StatusConflict, f, v.say("companies.stale"))
	}
	return err
}

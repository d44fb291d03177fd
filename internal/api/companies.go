package api

import (
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dunning"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Company is a customer whose books are kept.
type Company struct {
	ID        string         `json:"id" example:"co_01jd8..."`
	Name      string         `json:"name"`
	Email     string         `json:"email,omitempty" doc:"For reminders and alerts."`
	Lang      string         `json:"lang,omitempty"`
	Series    string         `json:"series,omitempty" doc:"Of its invoice numbers; absent: the one all share."`
	Dunning   []dunning.Step `json:"dunning,omitempty" doc:"Absent: the usual steps."`
	Suspended bool           `json:"suspended" doc:"Service is held up by what is overdue."`
	Held      bool           `json:"held" doc:"Service is held up by the operator."`
	Revision  int64          `json:"revision" doc:"Rises with every change; pass it back with one."`
}

func companyOf(c *app.Company) Company {
	return Company{ID: c.ID.Named(companyNoun), Name: c.Name, Email: c.Email, Lang: c.Lang, Series: c.Series, Dunning: c.Dunning, Suspended: c.Suspended, Held: c.Held != "", Revision: c.Revision}
}

// CompanyBody is what is said about a company.
type CompanyBody struct {
	Name    string         `json:"name" minLength:"1" maxLength:"200"`
	Email   string         `json:"email,omitempty" maxLength:"200" doc:"For reminders and alerts."`
	Lang    string         `json:"lang,omitempty" enum:"en,zh-Hant,zh-Hans"`
	Series  string         `json:"series,omitempty" maxLength:"20" pattern:"^[A-Z0-9-]*$" doc:"Of its invoice numbers."`
	Dunning []dunning.Step `json:"dunning,omitempty" maxItems:"20"`
}

func (b *CompanyBody) company() app.Company {
	return app.Company{Name: b.Name, Email: b.Email, Lang: b.Lang, Series: b.Series, Dunning: b.Dunning}
}

func (a *API) companyRoutes() {
	read(a, op{id: "company-list", method: http.MethodGet, path: "/v1/companies", what: "The companies one may see.", may: access.CompanyRead, either: true}, a.companies)
	change(a, op{id: "company-add", method: http.MethodPost, path: "/v1/companies", what: "Open the books of a company.", may: access.CompanyCreate, platform: true, status: http.StatusCreated},
		func(r *request, in *bodyOf[CompanyBody]) (*Company, error) {
			c, err := r.sys.AddCompany(r.ctx, in.Body.company())
			if err != nil {
				return nil, err
			}
			out := companyOf(&c)
			return &out, r.did(access.Deed{Company: id.Company{ID: c.ID}, Action: "company.add", Target: out.ID, After: out})
		})
	read(a, op{id: "company-get", method: http.MethodGet, path: "/v1/company", what: "The company the request is about.", may: access.CompanyRead},
		func(r *request, _ *none) (*Company, error) {
			c, err := r.sys.GetCompany(r.ctx, r.company)
			if err != nil {
				return nil, err
			}
			out := companyOf(&c)
			return &out, nil
		})
	type changeIn struct {
		Body struct {
			CompanyBody
			Revision int64 `json:"revision" minimum:"1" doc:"The one that was read: somebody else's change is not overwritten."`
		}
	}
	change(a, op{id: "company-change", method: http.MethodPut, path: "/v1/company", what: "Change the company the request is about.", may: access.CompanyWrite},
		func(r *request, in *changeIn) (*Company, error) {
			before, err := r.sys.GetCompany(r.ctx, r.company)
			if err != nil {
				return nil, err
			}
			next := in.Body.company()
			next.ID, next.Revision = r.company.ID, in.Body.Revision
			next.Brand = before.Brand
			if !access.Can(r.actor, access.CompanyCreate, id.Platform) {
				next.Series, next.Dunning = before.Series, before.Dunning // the operator's to say
			}
			c, err := r.sys.SetCompany(r.ctx, next)
			if err != nil {
				return nil, err
			}
			out := companyOf(&c)
			return &out, r.did(access.Deed{Action: "company.change", Target: out.ID, Before: companyOf(&before), After: out})
		})
}

// holdRoutes stop the service of a company by hand, and let it go on.
func (a *API) holdRoutes() {
	type holdIn struct {
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"2000"`
		}
	}
	held := func(r *request, c app.Company, err error, action, reason string) (*Company, error) {
		if err != nil {
			return nil, err
		}
		out := companyOf(&c)
		return &out, r.did(access.Deed{Action: action, Target: out.ID, Reason: reason, After: out})
	}
	change(a, op{id: "company-hold", method: http.MethodPost, path: "/v1/company/hold", what: "Let no call of the company begin until it is released. What was used is billed.", may: access.CompanyHold},
		func(r *request, in *holdIn) (*Company, error) {
			c, err := r.sys.HoldCompany(r.ctx, r.company, in.Body.Reason)
			return held(r, c, err, "company.hold", in.Body.Reason)
		})
	change(a, op{id: "company-release", method: http.MethodPost, path: "/v1/company/release", what: "Let calls of the company begin again, whoever stopped them.", may: access.CompanyHold},
		func(r *request, _ *none) (*Company, error) {
			c, err := r.sys.ReleaseCompany(r.ctx, r.company)
			return held(r, c, err, "company.release", "")
		})
}

func (a *API) companies(r *request, in *PageIn) (*List[Company], error) {
	if r.company != id.Platform {
		c, err := r.sys.GetCompany(r.ctx, r.company)
		if err != nil {
			return nil, err
		}
		return &List[Company]{Items: []Company{companyOf(&c)}}, nil
	}
	p, err := in.page(false)
	if err != nil {
		return nil, err
	}
	recs, err := r.tx.Records().List(id.Platform, app.KindCompany, store.Key{}, p)
	if err != nil {
		return nil, err
	}
	rows := make([]app.Company, len(recs))
	for i := range recs {
		if err := json.Unmarshal(recs[i].Body, &rows[i]); err != nil {
			return nil, err
		}
	}
	return paged(in, rows, func(c app.Company) id.ID { return c.ID }, func(c app.Company) Company { return companyOf(&c) }), nil
}

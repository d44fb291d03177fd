package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/store"
)

// holdBody asks whether a company is to be held up or released, and says what
// that means.
type holdBody struct {
	Form    *form
	Release bool
	State   string
	Means   []string
	Back    string
}

func (s *Server) askHold(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.holdPage(w, v, http.StatusOK, v.blank())
}

func (s *Server) holdPage(w http.ResponseWriter, v *visit, status int, f *form) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	means, err := s.d.System.Standstill(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	b := holdBody{Form: f, Release: means.Holds, State: companyState(&v.about), Back: v.at("/settings")}
	title := "companies.hold"
	if b.Release {
		title = "companies.release"
		b.Means = []string{v.say("companies.release_calls", "n", itoa(means.Contracts))}
		if means.Overdue {
			b.Means = append(b.Means, v.say("companies.release_overdue"))
		}
	} else {
		b.Means = []string{v.say("companies.hold_calls", "n", itoa(means.Contracts)), v.say("companies.hold_people", "n", itoa(means.Sessions)), v.say("companies.hold_bills"), v.say("companies.hold_told")}
	}
	s.render(w, v, status, "hold", &Page{Title: v.say(title), Lead: v.about.Name, Here: v.at("/settings"), Crumbs: v.crumbs(Link{v.say("nav.settings"), v.at("/settings")}), Body: b})
	return nil
}

// hold stops the service of a company, or lets it go on.
func (s *Server) hold(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	release := f.choice("do", "hold", "release") == "release"
	reason := ""
	if !release {
		reason = f.text("reason", 2000)
	}
	if !f.OK() {
		return s.holdPage(w, v, http.StatusUnprocessableEntity, f)
	}
	return s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (d access.Deed, to string, err error) {
		d = access.Deed{Action: "company.hold", Target: v.company.Named("co"), Reason: reason}
		var c app.Company
		if release {
			d.Action = "company.release"
			c, err = s.d.System.ReleaseCompany(ctx, v.company)
		} else {
			c, err = s.d.System.HoldCompany(ctx, v.company, reason)
		}
		d.After = c
		return d, v.at("/settings"), err
	})
}

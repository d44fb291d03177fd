package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/calling/attempt"
	"waihu/internal/store"
)

func (s *Server) dispositionPages() {
	s.page("GET /c/{company}/dispositions", access.CampaignRead, s.dispositions)
	s.page("POST /c/{company}/dispositions", access.CampaignWrite, s.setDispositions)
}

// dispositionsBody is what a call can come to, to be changed.
type dispositionsBody struct {
	Form    *form
	Refused string
	Flags   []string
	May     bool
	Href    string
}

// dispositions shows what the calls of a company can come to.
func (s *Server) dispositions(w http.ResponseWriter, r *http.Request, v *visit) error {
	list, err := s.d.System.Dispositions(r.Context(), v.company)
	if err != nil {
		return err
	}
	f := v.blank()
	fillDispositions(f, list)
	return s.dispositionsPage(w, v, http.StatusOK, f.remember(), "")
}

func (s *Server) dispositionsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := dispositionsBody{Form: f, Refused: refused, Flags: flagNames(), May: v.may(access.CampaignWrite), Href: v.at("/dispositions")}
	s.render(w, v, status, "dispositions", &Page{Title: v.say("nav.dispositions"), Lead: v.say("dispositions.lead"), Here: v.at("/dispositions"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// setDispositions replaces them, unless somebody else did meanwhile.
func (s *Server) setDispositions(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	show := func(status int) error { return s.dispositionsPage(w, v, status, f, "") }
	if f.Value("do") == "more" {
		return show(http.StatusOK)
	}
	list := readDispositions(f)
	if !f.OK() {
		return show(http.StatusUnprocessableEntity)
	}
	if ps := attempt.Problems(list, "dispositions"); len(ps) > 0 {
		fillDispositions(f, list)
		f.misplaced(ps)
		return show(http.StatusUnprocessableEntity)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		before, err := s.d.System.Dispositions(ctx, v.company)
		if err != nil {
			return access.Deed{}, "", err
		}
		now := v.blank()
		fillDispositions(now, before)
		if err := f.unchanged(now.remember()); err != nil {
			return access.Deed{}, "", err
		}
		err = s.d.System.SetDispositions(ctx, v.company, list)
		return access.Deed{Action: "disposition.set", Target: "dispositions", Before: before, After: list}, v.at("/dispositions"), err
	})
	return f.stale(err, show)
}

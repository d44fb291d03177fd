package console

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/id"
)

func (s *Server) homePages() {
	s.public("GET /{$}", s.home)
	s.page("GET /c/{company}", access.CompanyRead, s.overview)
}

// home sends everybody to their own first page: who works at a desk and sees no money,
// to that.
func (s *Server) home(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if v.actor == nil || v.actor.Stage != access.Full {
		return errLogIn
	}
	some, all := v.actor.Companies()
	if all || len(some) == 0 {
		return s.firstPage(w, v)
	}
	v.company = some[0]
	if v.may(access.FloorWork) && !v.may(access.UsageRead) {
		v.redirect(w, v.at("/desk"))
		return nil
	}
	v.redirect(w, v.at(""))
	return nil
}

// pageRows is how many rows a list shows.
const pageRows = 50

// afterOf is the place in a list that the address names.
func afterOf(r *http.Request, noun string) (id.ID, error) {
	if a := r.URL.Query().Get("after"); a != "" {
		return id.ParseNamed(noun, a)
	}
	return id.ID{}, nil
}

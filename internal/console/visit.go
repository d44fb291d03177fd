package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
)

// visit is one request by somebody: how they want pages, who they are, and the
// company whose pages they look at.
type visit struct {
	view
	r       *http.Request
	actor   *access.Actor // nil: nobody has logged in
	company id.Company
	about   app.Company       // of company; zero on pages of the platform
	open    bool              // comparing needs no account here
	people  map[string]string // names of agents and campaigns that were looked up
	calls   *time.Location    // whose days lists of calls have, on pages of reports
	deals   func() ([]app.Deal, error)
	zone    *time.Location    // of the contract, once it was looked up
	codes   map[string]string // of outcomes likewise: of the company by code, of a campaign by its name, a space and code
}

// loc is the zone of the company's contract, the first that runs, else of its first, else
// UTC: looked up once a page.
func (v *visit) loc() *time.Location {
	if v.zone != nil {
		return v.zone
	}
	v.zone = time.UTC
	if v.deals == nil {
		return v.zone
	}
	if deals, err := v.deals(); err == nil && len(deals) > 0 { // else the page says what is away
		v.zone = deals[0].Loc
	}
	return v.zone
}

// handler makes the answer to a visit. What it returns is shown as a page.
type handler func(http.ResponseWriter, *http.Request, *visit) error

// route is an address with what it asks for, for tests that try all of them.
type route struct {
	pattern string
	may     access.Permission // empty: public
	company bool              // about the company in its address
	self    bool              // about whoever asks
}

// cookieName binds the session to this host and to TLS; the API takes it too.
const cookieName = "__Host-waihu"

// public adds an address that anybody may look at.
func (s *Server) public(pattern string, h handler) {
	s.routes = append(s.routes, route{pattern: pattern})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err == nil {
			err = h(w, r, v)
		}
		s.answer(w, v, err)
	})
}

// page adds an address for people who have a permission. One with {company} in
// it is about that company: to somebody who has nothing to do with it, it does
// not exist.
func (s *Server) page(pattern string, may access.Permission, h handler) {
	about := strings.Contains(pattern, "{company}")
	s.routes = append(s.routes, route{pattern: pattern, may: may, company: about})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err == nil {
			err = s.admit(v, may, about)
		}
		if err == nil {
			err = h(w, r, v)
		}
		s.answer(w, v, err)
	})
}

// visit finds out who asks.
func (s *Server) visit(r *http.Request) (*visit, error) {
	v := &visit{view: viewOf(r), r: r, open: s.d.Open}
	c, err := r.Cookie(cookieName)
	if err != nil || c.Value == "" {
		return v, nil
	}
	a, err := s.d.Gate.LetSession(r.Context(), c.Value, s.client(r))
	var refusal *access.Refusal
	if errors.As(err, &refusal) {
		return v, nil // ended, or none of ours
	}
	v.actor = a
	if a != nil {
		v.User = a.Name
	}
	return v, err
}

func (s *Server) client(r *http.Request) access.Client {
	if s.d.Client != nil {
		return s.d.Client(r)
	}
	return access.Client{Address: r.RemoteAddr, Agent: r.UserAgent()}
}

// errLogIn sends somebody to the log-in page first.
var errLogIn = errors.New("console: log in first")

// admit lets somebody see a page of a company, or of the platform.
func (s *Server) admit(v *visit, may access.Permission, about bool) error {
	if v.actor == nil || v.actor.Stage != access.Full {
		return errLogIn
	}
	nothing := fault.New(fault.NotFound, "there is no such page")
	if about {
		i, err := id.ParseNamed("co", v.r.PathValue("company"))
		if err != nil || i.IsZero() {
			return nothing
		}
		v.company = id.Company{ID: i}
		if !belongs(v.actor, v.company) {
			return nothing
		}
		if v.about, err = s.d.System.GetCompany(v.r.Context(), v.company); err != nil {
			return err
		}
		v.deals = func() ([]app.Deal, error) { return s.d.System.Deals(v.r.Context(), v.company) }
	}
	if !access.Can(v.actor, may, v.company) {
		return &access.Refusal{Code: access.Forbidden, Msg: string(may)}
	}
	return nil
}

// holds tells whether somebody may still see what they were let in for. Books that are away
// end nothing.
func (s *Server) holds(v *visit, may access.Permission) bool {
	c, err := v.r.Cookie(cookieName)
	if err != nil {
		return false
	}
	a, err := s.d.Gate.SessionHolds(v.r.Context(), c.Value, s.client(v.r))
	if no := (*access.Refusal)(nil); err != nil {
		return !errors.As(err, &no)
	}
	return a.Stage == access.Full && access.Can(a, may, v.company)
}

func belongs(a *access.Actor, c id.Company) bool {
	some, all := a.Companies()
	if all {
		return true
	}
	for _, mine := range some {
		if mine == c {
			return true
		}
	}
	return false
}

// answer shows what went wrong, if anything did.
func (s *Server) answer(w http.ResponseWriter, v *visit, err error) {
	if err == nil {
		return
	}
	var refusal *access.Refusal
	switch {
	case errors.Is(err, errLogIn):
		v.redirect(w, "/login?back="+url.QueryEscape(v.page()))
	case errors.As(err, &refusal) && refusal.Code == access.Forbidden:
		s.trouble(w, v, http.StatusForbidden, "forbidden", "")
	case errors.As(err, &refusal):
		s.trouble(w, v, http.StatusForbidden, "refused", refusal.Error())
	default:
		switch fault.KindOf(err) {
		case fault.NotFound:
			_ = s.missing(w, v.r, v)
		case fault.Invalid, fault.Overflow:
			s.trouble(w, v, http.StatusUnprocessableEntity, "invalid", err.Error())
		case fault.Conflict:
			s.trouble(w, v, http.StatusConflict, "conflict", err.Error())
		case fault.Unpriced, fault.Unknown, fault.Mismatch:
			s.trouble(w, v, http.StatusConflict, "decide", err.Error())
		default:
			s.fail(w, v.r, err)
		}
	}
}

// trouble is a page that says what stood in the way: in the visitor's language where
// somebody wrote it down, else the detail is the program's own English.
func (s *Server) trouble(w http.ResponseWriter, v *visit, status int, what, detail string) {
	told, ok := lang.Said(v.Tag, detail)
	if v.Tag == lang.English || !ok {
		told = ""
	}
	s.render(w, v, status, "trouble", &Page{Title: v.say("trouble." + what), Bare: v.actor == nil, Body: map[string]string{"Why": v.say("trouble." + what + "_why"), "Told": told, "Detail": given(told == "", detail)}})
}

// page is where to go on after a log-in: the page that was asked for, or the one a
// form stood on, as many forms are sent to addresses that show nothing.
func (v *visit) page() string {
	if from, err := url.Parse(v.r.Referer()); v.r.Method == http.MethodPost && err == nil && from.Host == v.r.Host {
		return back(from.RequestURI())
	}
	return v.r.URL.RequestURI()
}

// redirect sends the browser on, also when a part of a page asked.
func (v *visit) redirect(w http.ResponseWriter, to string) {
	if v.r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, v.r, to, http.StatusSeeOther)
}

// say is a phrase in the visitor's language; arguments are name, value pairs.
func (v *visit) say(key string, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return lang.Phrase(v.Tag, key, args)
}

// at is an address of the company the visit is about.
func (v *visit) at(rest string) string { return "/c/" + v.company.Named("co") + rest }

// may tells templates and handlers what the visitor may do here.
func (v *visit) may(p access.Permission) bool { return access.Can(v.actor, p, v.company) }

// everywhere tells whether the visitor may do a thing on pages that are about no
// company: a customer's own people may not.
func (v *visit) everywhere(p access.Permission) bool { return access.Can(v.actor, p, id.Platform) }

package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/workspace"
)

// Tour is what a demonstration adds to the console: people whom one click logs
// in, and a path through real pages.
type Tour struct {
	People  []Person
	Stops   []Stop
	Compare Ready
}

// Person is somebody a demonstration lets everybody be.
type Person struct {
	Role     string // a phrase says what they do: tour.as_operator, tour.as_finance, tour.as_customer, tour.as_agent
	Name     string // of their company, where the phrase names it
	Email    string
	Password string
}

// Stop is a page of the path. Phrases under its key say what it is and what to
// look at: tour.invoice, tour.invoice_text.
type Stop struct {
	Key  string
	Href string
}

// CompareStop is the address of a stop that is a comparison made when it is
// first asked for.
const CompareStop = "/tour/compare"

// Ready is a comparison that is there to be read: a company's own usage under
// market offers, and the question as the query of an address.
type Ready struct {
	Company id.Company
	Offers  []string
	Own     string // text of a plan that is compared with them; empty: none
	Query   string

	mu    sync.Mutex
	token string
}

// tourView is the strip that follows a visitor.
type tourView struct {
	On         bool // they walk it now
	At, Of     int  // the stop they are at, from 1; 0: they have not begun
	Key        string
	Href       string // of the stop
	Prev, Next string
	NextKey    string
}

const tourCookie = "tour"

func (s *Server) tourPages() {
	s.public("GET /tour", s.tourStart)
	s.public("GET /tour/{stop}", s.tourStop)
	s.public("POST /tour/leave", s.tourLeave)
}

// tourOf is what the pages of a visitor show of the path: nothing where there is
// none, or for people of one company, who may not see all of it.
func (s *Server) tourOf(v *visit) *tourView {
	if s.d.Tour == nil || v.actor == nil || v.actor.Stage != access.Full {
		return nil
	}
	if _, all := v.actor.Companies(); !all {
		return nil
	}
	stops := s.d.Tour.Stops
	t := &tourView{Of: len(stops)}
	c, err := v.r.Cookie(tourCookie)
	if err != nil {
		return t
	}
	number, left := strings.CutSuffix(c.Value, "-left")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(stops) {
		return t
	}
	t.On, t.At, t.Key, t.Href = !left, n, stops[n-1].Key, "/tour/"+itoa(n)
	if n > 1 {
		t.Prev = "/tour/" + itoa(n-1)
	}
	if n < len(stops) {
		t.Next, t.NextKey = "/tour/"+itoa(n+1), stops[n].Key
	}
	return t
}

// tourStart lists the stops. Whoever may walk reads them first: meanwhile the answer
// of the first one is worked out, some seconds of processor time.
func (s *Server) tourStart(w http.ResponseWriter, r *http.Request, v *visit) error {
	if s.d.Tour == nil {
		return s.missing(w, v.r, v)
	}
	if s.tourOf(v) != nil && len(s.d.Tour.Compare.Offers) > 0 {
		if err := s.tourAhead(); err != nil {
			s.d.Log.WarnContext(r.Context(), "the comparison of the tour", "error", err)
		}
	}
	s.render(w, v, http.StatusOK, "tour", &Page{Title: v.say("tour.title"), Lead: v.say("tour.lead"), Here: "/tour", Bare: v.actor == nil, Body: s.d.Tour})
	return nil
}

// tourStop goes to a stop and keeps in a cookie that the visitor is there.
func (s *Server) tourStop(w http.ResponseWriter, r *http.Request, v *visit) error {
	if s.d.Tour == nil {
		return s.missing(w, v.r, v)
	}
	if s.tourOf(v) == nil {
		return errLogIn
	}
	if r.PathValue("stop") == "compare" {
		to, err := s.tourCompare()
		if err == nil {
			v.redirect(w, to)
		}
		return err
	}
	n, err := strconv.Atoi(r.PathValue("stop"))
	if err != nil || n < 1 || n > len(s.d.Tour.Stops) {
		return fault.New(fault.NotFound, "there is no such stop")
	}
	keep(w, tourCookie, itoa(n))
	to := s.d.Tour.Stops[n-1].Href
	if path, mark, _ := strings.Cut(to, "#"); path == CompareStop {
		if to, err = s.tourCompare(); err != nil {
			return err
		}
		if mark != "" {
			to += "#" + mark
		}
	}
	v.redirect(w, to)
	return nil
}

// tourLeave takes the strip away; the place is kept, to go on from.
func (s *Server) tourLeave(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	if t := s.tourOf(v); t != nil && t.At > 0 {
		keep(w, tourCookie, itoa(t.At)+"-left")
	}
	v.redirect(w, back(f.Value("back")))
	return nil
}

// tourAhead begins to answer what the first stop asks; the page there finds the work
// begun, or done.
func (s *Server) tourAhead() error {
	to, err := s.tourCompare()
	if err != nil {
		return err
	}
	token, query, _ := strings.Cut(strings.TrimPrefix(to, "/compare/"), "?")
	sp, _, err := s.d.Shelf.Find(token)
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(query)
	if err != nil {
		return err
	}
	q, _ := workspace.ParseQuestion(asked)
	_, _, err = sp.Complete(q)
	return err
}

// tourCompare is the address of the comparison, made if it is not there (any
// more).
func (s *Server) tourCompare() (string, error) {
	ready := &s.d.Tour.Compare
	shelf := s.d.Shelf
	ready.mu.Lock()
	defer ready.mu.Unlock()
	if _, _, err := shelf.Find(ready.token); err != nil {
		sp, err := shelf.New(ready.Company)
		if err != nil {
			return "", err
		}
		if err := sp.Stand(workspace.Basis{Own: ownMonths}); err != nil {
			return "", err
		}
		if err := sp.Pick(ready.Offers); err != nil {
			return "", err
		}
		if ready.Own != "" {
			if _, err := sp.Offer(workspace.Text{Name: "own.yaml", Text: ready.Own}); err != nil {
				return "", err
			}
		}
		ready.token = sp.Token
	}
	return "/compare/" + ready.token + "?" + ready.Query, nil
}

package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/charging/forecast"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/workspace"
)

// compareBody is the page of a workspace: what is compared, what is asked, and
// the answer.
type compareBody struct {
	At    *spaceAt
	Base  string // its address
	Link  string // the address to send to others
	Query string // of the question, to be kept from page to page
	Setup bool   // usage and offers are shown open

	workspace.Shown
	Market   []marketRow
	Plans    []string // published, for people who may see them
	Profiles []string
	Own      bool
	Zones    []string

	WrongFiles, WrongUsage, WrongMarket string
	WrongOffer                          fault.Problems
	Pasted                              string

	Ask        *form
	Currencies []string // that need a rate
	Work       *workView
	Why        string // there is no answer
	Missing    string // what to do first: usage, offers
	Answer     *answerView
	Beside     *workView // the smallest bill possible is being searched
	BesideWhy  string    // it could not be told
}

// workView is how far a job is.
type workView struct {
	Phase       string
	Done, Total int64
}

// Percent is for people who cannot see the bar.
func (w *workView) Percent() int64 {
	if w.Total == 0 {
		return 0
	}
	return min(100, w.Done*100/w.Total)
}

func workOf(j *workspace.Job) *workView {
	done, total := j.Progress()
	return &workView{Phase: string(j.Phase()), Done: done, Total: total}
}

// pageWait is how long a page waits for an answer before it shows progress.
const pageWait = 400 * time.Millisecond

// compare shows a workspace.
func (s *Server) compare(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	b, err := s.compareBody(v, at)
	if err != nil {
		return err
	}
	if waited(w, v, b.Work) {
		return nil
	}
	s.comparePage(w, v, http.StatusOK, at, b)
	return nil
}

func (s *Server) comparePage(w http.ResponseWriter, v *visit, status int, at *spaceAt, b *compareBody) {
	here, crumbs := "/compare", []Link{{v.say("nav.compare_free"), "/compare"}}
	if v.company != (id.Company{}) {
		here, crumbs = v.at("/compare"), v.crumbs(Link{v.say("nav.compare"), v.at("/compare")})
	}
	if !at.May {
		crumbs = nil
	}
	s.render(w, v, status, "compare", &Page{Title: v.say("compare.title"), Here: here, Crumbs: crumbs, Chart: true, Island: "compare", Body: b})
}

// compareBody gathers the page.
func (s *Server) compareBody(v *visit, at *spaceAt) (*compareBody, error) {
	q, wrong := workspace.ParseQuestion(v.r.URL.Query())
	b := &compareBody{At: at, Base: "/compare/" + at.token, Query: kept(v.r.URL.Query()).Encode(), Profiles: forecast.Ready(), Zones: zones(v.Tag),
		Own: at.Company != (id.Company{}), Ask: v.asked(wrong)}
	if b.Link = "/compare/" + at.Share; b.Query != "" {
		b.Link += "?" + b.Query
	}
	if err := s.answerBody(v, at, b, q); err != nil {
		return nil, err
	}
	var err error
	if b.Market, err = v.marketRows(b.Library); err != nil {
		return nil, err
	}
	if of, sees := access.PlansOf(v.actor, at.Company); at.May && sees {
		b.Plans, err = s.planNames(v.r.Context(), of)
	}
	return b, err
}

// answerBody asks, and waits a moment for an answer.
func (s *Server) answerBody(v *visit, at *spaceAt, b *compareBody, q workspace.Question) error {
	for range 2 {
		b.Shown = at.Show()
		switch {
		case b.Looking == nil && !b.HasUsage():
			b.Missing, b.Setup = "usage", true
		case !b.HasOffers():
			b.Missing, b.Setup = "offers", true
		}
		if b.Missing != "" {
			if b.Looking == nil {
				return nil
			}
			workspace.Wait(v.r.Context(), b.Looking, pageWait)
			b.Missing = ""
			if !b.Looking.Over() {
				b.Work, b.Missing = workOf(b.Looking), missing(b)
				return nil
			}
			continue
		}
		answer, job, err := at.Complete(q)
		if answer == nil && job != nil {
			workspace.Wait(v.r.Context(), job, pageWait)
			if !job.Over() {
				b.Work = workOf(job)
				return nil
			}
			continue
		}
		if answer != nil && err != nil {
			b.BesideWhy, err = err.Error(), nil // the answer itself stands
		}
		if err != nil {
			if errors.Is(err, context.Canceled) || !isInput(err) && fault.KindOf(err) != fault.NotFound {
				return err
			}
			b.Why, b.Setup = err.Error(), true
			return nil
		}
		if job != nil {
			b.Beside = workOf(job)
		}
		b.Answer, err = v.answerView(at, answer)
		b.Currencies = currenciesOf(answer)
		return err
	}
	b.Work = &workView{Phase: string(workspace.Waiting)}
	return nil
}

func missing(b *compareBody) string {
	if !b.HasOffers() {
		return "offers"
	}
	return ""
}

// kept are the parts of an address that belong to the question.
func kept(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		if name == "lang" {
			continue
		}
		for _, x := range values {
			if x != "" {
				out.Add(name, x)
			}
		}
	}
	return out
}

// asked is the question as it was typed, with what is wrong in it.
func (v *visit) asked(wrong workspace.Wrong) *form {
	f := v.blank()
	f.Values = v.r.URL.Query()
	for field, key := range wrong {
		f.wrong(field, key)
	}
	return f
}

// currenciesOf are the currencies of offers that need an exchange rate.
func currenciesOf(a *workspace.Answer) []string {
	var out []string
	add := func(code string) {
		if code != "" && code != a.Result.Basis.Currency.String() && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	for _, o := range a.Result.Offers {
		add(o.Currency.String())
	}
	for _, r := range a.Result.Refused {
		add(r.Why.Args["from"])
	}
	slices.Sort(out)
	return out
}

// planNames are the plans of a company's contracts, or all that are published.
func (s *Server) planNames(ctx context.Context, of id.Company) ([]string, error) {
	plans, err := s.d.System.PlansOf(ctx, of, "")
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range plans {
		out = append(out, plans[i].Name())
	}
	slices.Sort(out)
	return out[:min(len(out), plansOffered)], nil
}

// plansOffered bounds the plans of a list to choose from.
const plansOffered = 500

// lines numbers a text for the box beside which problems are named.
func (b *compareBody) Lines() string {
	n := strings.Count(b.Pasted, "\n") + 1
	return strconv.Itoa(max(12, min(n+1, 30)))
}

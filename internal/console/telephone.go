package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Telephone is where the telephone of a page logs in.
type Telephone interface {
	// Pass is a log-in for an agent of a company, for minutes.
	Pass(c id.Company, agent string) (user, secret string, until time.Time, err error)
	Host() string     // whom telephones call
	Browsers() string // where a browser opens its WebSocket; empty: it cannot
}

func (s *Server) telephonePages() {
	s.page("GET /c/{company}/telephone", access.CallPlace, s.telephone)
	s.page("POST /c/{company}/telephone", access.CallPlan, s.planCall)
	s.page("POST /c/{company}/telephone/pass", access.CallPlace, s.telephonePass)
	s.page("POST /c/{company}/telephone/lines", access.CallPlace, s.addLine)
	s.page("POST /c/{company}/telephone/lines/{line}/end", access.CallPlace, s.endLine)
}

// plannedRow is a call that waits for the agent.
type plannedRow struct {
	Name  string // what the telephone calls
	To    string
	Until string
}

// telephone is the page an agent calls from.
func (s *Server) telephone(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.telephonePage(w, v, http.StatusOK, v.blank("record", "1"))
}

func (s *Server) telephonePage(w http.ResponseWriter, v *visit, status int, f *form) error {
	b := map[string]any{"Form": f, "Able": false, "Records": s.d.System.Vault != nil}
	if t := s.d.Telephone; t != nil && t.Browsers() != "" {
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+t.Browsers(), 1))
		b["Able"], b["Pass"] = true, v.at("/telephone/pass")
	}
	waiting, err := s.d.System.PlannedCalls(v.r.Context(), v.company, agentOf(v))
	if err != nil {
		return err
	}
	var rows []plannedRow
	for i := range waiting {
		p := &waiting[i]
		rows = append(rows, plannedRow{p.ID.Named("call"), p.To, v.moment(p.Until)})
	}
	b["Rows"] = rows
	if b["Lines"], err = s.lines(v, f); err != nil {
		return err
	}
	if v.may(access.CallPlan) {
		if _, b["Contracts"], err = s.callContracts(v, f); err != nil {
			return err
		}
	}
	s.render(w, v, status, "telephone", &Page{Title: v.say("nav.telephone"), Lead: v.say("telephone.lead"), Here: v.at("/telephone"), Crumbs: v.crumbs(), Island: "telephone", Body: b})
	return nil
}

// callContracts are the contracts calls may be placed under.
func (s *Server) callContracts(v *visit, f *form) (*app.Deal, []option, error) {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return nil, nil, err
	}
	at, list := pickDeal(deals, f.Value("contract"), (*app.Deal).Serves)
	return at, list, nil
}

// planCall gives the visitor a call to place.
func (s *Server) planCall(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	deal, _, err := s.callContracts(v, f)
	if err != nil {
		return err
	}
	in := app.PlannedCall{Agent: agentOf(v), To: f.line("to", 60), Record: f.Value("record") != ""}
	if deal == nil {
		f.wrong("contract", "telephone.no_contract")
	} else {
		in.Contract = deal.ID
	}
	if !f.OK() {
		return s.telephonePage(w, v, http.StatusUnprocessableEntity, f)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		p, err := s.d.System.PlanCall(ctx, v.company, in)
		return access.Deed{Action: "call.plan", Target: p.ID.Named("call"), After: p}, v.at("/telephone"), err
	})
	var no *app.CallRefused
	if errors.As(err, &no) {
		f.wrong("to", "telephone.why_"+string(no.Reason))
		return s.telephonePage(w, v, http.StatusUnprocessableEntity, f)
	}
	return err
}

// telephonePass gives the telephone of the page its log-in.
func (s *Server) telephonePass(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if s.d.Telephone == nil {
		return fault.New(fault.NotFound, "nobody can call here")
	}
	user, secret, until, err := s.d.Telephone.Pass(v.company, agentOf(v))
	if err != nil {
		return err
	}
	return answerJSON(w, http.StatusOK, map[string]any{"user": user, "secret": secret, "seconds": int(time.Until(until).Seconds()), "host": s.d.Telephone.Host(), "socket": s.d.Telephone.Browsers()})
}

// agentOf is what the books call the visitor.
func agentOf(v *visit) string { return v.actor.User.Named("user") }

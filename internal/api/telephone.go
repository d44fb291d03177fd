package api

import (
	"net/http"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Telephone is where agents' telephones log in.
type Telephone interface {
	// Pass is a log-in for an agent of a company, for minutes.
	Pass(c id.Company, agent string) (user, secret string, until time.Time, err error)
	// Host is the address telephones call, and Browsers where browsers open a
	// WebSocket; empty: they cannot.
	Host() string
	Browsers() string
}

// errNoTelephone is of a service without voice.
var errNoTelephone = fault.New(fault.Conflict, "nobody can call here: set voice.listen and voice.trunks")

type (
	// CallPlan is a call to give to an agent.
	CallPlan struct {
		Contract string `json:"contract" maxLength:"40" doc:"Whose prices it has."`
		To       string `json:"to" minLength:"1" maxLength:"60"`
		From     string `json:"from,omitempty" maxLength:"60" doc:"Absent: one of the trunk's own."`
		Agent    string `json:"agent,omitempty" maxLength:"40" doc:"Who may place it: user_...; absent: who asks."`
		Campaign string `json:"campaign,omitempty" maxLength:"200"`
		Record   bool   `json:"record,omitempty"`
	}
	// PlannedCall is a call an agent may place.
	PlannedCall struct {
		ID      string `json:"id" example:"call_01jd8..."`
		Agent   string `json:"agent"`
		Address string `json:"address" doc:"What the agent's telephone calls. The number is not in it."`
		Until   Time   `json:"until" format:"date-time" doc:"To be placed before it, once."`
	}
	// Softphone is a log-in for a telephone.
	Softphone struct {
		Agent     string `json:"agent"`
		User      string `json:"user"`
		Secret    string `json:"secret,omitempty" doc:"Shown this once; worth nothing after until."`
		Until     Time   `json:"until" format:"date-time"`
		Address   string `json:"address" doc:"Its SIP address."`
		WebSocket string `json:"websocket,omitempty" doc:"Where a browser connects; absent: browsers cannot."`
	}
)

func (s *Softphone) withoutSecret() any {
	out := *s
	out.Secret = ""
	return &out
}

func (a *API) telephoneRoutes() {
	change(a, op{id: "call-plan", method: http.MethodPost, path: "/v1/calls", what: "Give an agent a call to place. The telephone is given a name for it, not the number.", may: access.CallPlan, status: http.StatusCreated},
		func(r *request, in *bodyOf[CallPlan]) (*PlannedCall, error) {
			if a.d.Telephone == nil {
				return nil, errNoTelephone
			}
			contract, err := named("con", in.Body.Contract, "contract")
			if err != nil {
				return nil, err
			}
			agent := in.Body.Agent
			if agent == "" {
				agent = agentOf(r.actor)
			} else if _, err := named("user", agent, "agent"); err != nil {
				return nil, err
			}
			p, err := r.sys.PlanCall(r.ctx, r.company, app.PlannedCall{Contract: contract, Agent: agent, To: in.Body.To, From: in.Body.From, Campaign: in.Body.Campaign, Record: in.Body.Record})
			if err != nil {
				return nil, err
			}
			out := PlannedCall{ID: p.ID.Named("call"), Agent: p.Agent, Address: "sip:" + p.ID.Named("call") + "@" + a.d.Telephone.Host(), Until: timeOf(p.Until)}
			return &out, r.did(access.Deed{Action: "call.plan", Target: out.ID, After: in.Body})
		})
	change(a, op{id: "softphone", method: http.MethodPost, path: "/v1/softphone", what: "A log-in for one's telephone, good for ten minutes. A call that began goes on.", may: access.CallPlace, status: http.StatusCreated},
		func(r *request, _ *none) (*Softphone, error) {
			if a.d.Telephone == nil {
				return nil, errNoTelephone
			}
			agent := agentOf(r.actor)
			if agent == "" {
				return nil, fault.New(fault.Conflict, "a key has no telephone: log in as a person")
			}
			user, secret, until, err := a.d.Telephone.Pass(r.company, agent)
			if err != nil {
				return nil, err
			}
			out := Softphone{Agent: agent, User: user, Secret: secret, Until: timeOf(timex.At(until)), Address: "sip:" + user + "@" + a.d.Telephone.Host(), WebSocket: a.d.Telephone.Browsers()}
			r.deeds++ // a log-in of minutes: the calls it places are usage, and have its name
			return &out, nil
		})
	a.recordingRoutes()
}

// agentOf is what the books call whoever asks.
func agentOf(actor *access.Actor) string {
	if actor.User.IsZero() {
		return ""
	}
	return actor.User.Named("user")
}

package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
)

type (
	// DeskTelephone is the log-in of a desk telephone, without its secret.
	DeskTelephone struct {
		ID      string `json:"id" example:"tel_01jd8..." doc:"What the telephone logs in as."`
		Agent   string `json:"agent" doc:"Whose it is."`
		Name    string `json:"name"`
		Address string `json:"address" doc:"Its SIP address."`
		Created Time   `json:"created" format:"date-time"`
		Ended   Time   `json:"ended,omitempty" format:"date-time" doc:"When somebody ended it."`
		Secret  string `json:"secret,omitempty" doc:"Shown this once."`
	}
	// NewDeskTelephone is one to make.
	NewDeskTelephone struct {
		Name string `json:"name" minLength:"1" maxLength:"100" doc:"Where it stands."`
	}
)

func (t *DeskTelephone) withoutSecret() any {
	out := *t
	out.Secret = ""
	return &out
}

func (a *API) deskTelephone(l *access.Line) DeskTelephone {
	return DeskTelephone{ID: l.Account(), Agent: l.User.Named("user"), Name: l.Name, Address: "sip:" + l.Account() + "@" + a.d.Telephone.Host(), Created: timeOf(l.Created), Ended: timeOf(l.Ended)}
}

// holder is whose telephones are asked about: one's own, or another's of whoever looks
// after people.
func (a *API) holder(r *request, agent string) (id.ID, error) {
	if a.d.Telephone == nil {
		return id.ID{}, errNoTelephone
	}
	if agent == "" || agent == agentOf(r.actor) {
		if r.actor.User.IsZero() {
			return id.ID{}, fault.New(fault.Conflict, "a key has no telephone: log in as a person, or name an agent")
		}
		return r.actor.User, nil
	}
	user, err := named("user", agent, "agent")
	if err == nil && !access.Can(r.actor, access.UserWrite, r.company) {
		err = fault.New(fault.NotFound, "there is no telephone of %s", agent)
	}
	return user, err
}

func (a *API) lineRoutes() {
	g := a.d.Gate
	type ofIn struct {
		Agent string `query:"agent" maxLength:"40" doc:"Whose: user_...; absent: one's own. Others' are for whoever may change people."`
	}
	read(a, op{id: "telephone-list", method: http.MethodGet, path: "/v1/telephones", what: "Desk telephones of an agent, without their secrets.", may: access.CallPlace},
		func(r *request, in *ofIn) (*List[DeskTelephone], error) {
			user, err := a.holder(r, in.Agent)
			if err != nil {
				return nil, err
			}
			rows, err := g.Lines(r.tx, r.company, user)
			if err != nil {
				return nil, err
			}
			out := &List[DeskTelephone]{Items: []DeskTelephone{}}
			for _, l := range rows {
				out.Items = append(out.Items, a.deskTelephone(l))
			}
			return out, nil
		})
	change(a, op{id: "telephone-add", method: http.MethodPost, path: "/v1/telephones", what: "A log-in for one's desk telephone, which holds until it is ended. Its secret is shown this once, and not again under the same Idempotency-Key.", may: access.CallPlace, status: http.StatusCreated},
		func(r *request, in *bodyOf[NewDeskTelephone]) (*DeskTelephone, error) {
			user, err := a.holder(r, "")
			if err != nil {
				return nil, err
			}
			l, secret, err := g.AddLine(r.tx, r.company, user, in.Body.Name)
			if err != nil {
				return nil, err
			}
			out := a.deskTelephone(l)
			if err := r.did(access.Deed{Action: "telephone.add", Target: out.ID, After: out}); err != nil {
				return nil, err
			}
			out.Secret = secret
			return &out, nil
		})
	type lineIn struct {
		Telephone string `path:"telephone" maxLength:"40"`
		Agent     string `query:"agent" maxLength:"40" doc:"Whose: user_...; absent: one's own."`
	}
	change(a, op{id: "telephone-end", method: http.MethodDelete, path: "/v1/telephones/{telephone}", what: "End a desk telephone's log-in at once: it places no further call.", may: access.CallPlace},
		func(r *request, in *lineIn) (*DeskTelephone, error) {
			user, err := a.holder(r, in.Agent)
			if err != nil {
				return nil, err
			}
			i, err := inPath("tel", in.Telephone)
			if err != nil {
				return nil, err
			}
			l, err := g.EndLine(r.tx, r.company, user, i)
			if err != nil {
				return nil, err
			}
			out := a.deskTelephone(l)
			return &out, r.did(access.Deed{Action: "telephone.end", Target: out.ID, After: out})
		})
}

package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Stretch is a seat, session, module or rental that goes on.
type Stretch struct {
	ID       string        `json:"id" example:"str_01jd8..."`
	What     string        `json:"what" enum:"seat,session,module,rental"`
	Of       string        `json:"of" doc:"The user, module or item."`
	Type     string        `json:"type,omitempty"`
	State    string        `json:"state,omitempty"`
	Contract string        `json:"contract"`
	From     timex.Instant `json:"from"`
}

func stretchOf(s *app.Stretch) Stretch {
	return Stretch{s.ID.Named("str"), s.What, s.Of, s.Type, s.State, s.Contract.Named("con"), s.From}
}

type (
	beginBody struct {
		What  string        `json:"what" enum:"seat,session,module,rental"`
		Of    string        `json:"of" minLength:"1" maxLength:"200" doc:"The user, module or item."`
		Type  string        `json:"type,omitempty" maxLength:"60" doc:"Of a seat or session: agent, supervisor, robot ..."`
		State usage.State   `json:"state,omitempty" enum:"ready,talking,wrap_up,paused,offline" doc:"Of a session."`
		At    timex.Instant `json:"at,omitzero" doc:"Absent: now."`
	}
	endBody struct {
		At timex.Instant `json:"at,omitzero" doc:"Absent: now."`
	}
)

func (a *API) stretchRoutes() {
	read(a, op{id: "stretch-list", method: http.MethodGet, path: "/v1/contracts/{contract}/stretches", what: "Seats, sessions, modules and rentals that go on.", may: access.UsageRead},
		func(r *request, in *ContractIn) (*List[Stretch], error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Open(r.ctx, r.company, c.ID)
			if err != nil {
				return nil, err
			}
			out := &List[Stretch]{Items: []Stretch{}}
			for i := range all {
				out.Items = append(out.Items, stretchOf(&all[i]))
			}
			return out, nil
		})
	type beginIn struct {
		ContractIn
		Body beginBody
	}
	change(a, op{id: "stretch-begin", method: http.MethodPost, path: "/v1/contracts/{contract}/stretches", what: "Assign a seat, open a session, switch a module on, rent a thing.", may: access.UsageWrite, status: http.StatusCreated, once: true},
		func(r *request, in *beginIn) (*Stretch, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			b := in.Body
			s, err := r.sys.Begin(r.ctx, r.company, app.Begin{Contract: c.ID, What: b.What, Of: b.Of, Type: b.Type, State: b.State, At: b.At})
			if err != nil {
				return nil, err
			}
			out := stretchOf(&s)
			return &out, r.did(access.Deed{Action: b.What + ".begin", Target: out.ID, After: out})
		})
	type endIn struct {
		ContractIn
		Stretch string `path:"stretch" maxLength:"40"`
		Body    endBody
	}
	change(a, op{id: "stretch-end", method: http.MethodPost, path: "/v1/contracts/{contract}/stretches/{stretch}/end", what: "End one.", may: access.UsageWrite, once: true},
		func(r *request, in *endIn) (*Stretch, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			i, err := inPath("str", in.Stretch)
			if err != nil {
				return nil, err
			}
			s, err := r.sys.End(r.ctx, r.company, i, in.Body.At)
			if err != nil {
				return nil, err
			}
			if s.Contract != c.ID {
				return nil, fault.New(fault.NotFound, "it is of another contract")
			}
			out := stretchOf(&s)
			return &out, r.did(access.Deed{Action: s.What + ".end", Target: out.ID, After: in.Body})
		})
}

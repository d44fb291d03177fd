package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Plan is a published version of a plan. It never changes.
type Plan struct {
	ID        string            `json:"id" example:"plan_01jd8..."`
	Name      string            `json:"name" example:"seats-and-minutes@1" doc:"As contracts name it."`
	Plan      string            `json:"plan"`
	Version   int               `json:"version"`
	Effective timex.Date        `json:"effective,omitzero" doc:"First day it can be bought."`
	SHA256    string            `json:"sha256" doc:"Over the plan and its decks."`
	File      string            `json:"file,omitempty" doc:"The text of the plan, YAML or JSON; not in lists."`
	Decks     map[string]string `json:"decks,omitempty" doc:"Further files by name; not in lists."`
}

func planOf(p *app.PlanVersion, whole bool) Plan {
	out := Plan{ID: p.ID.Named("plan"), Name: p.Name(), Plan: p.Plan, Version: p.Version, Effective: p.Effective, SHA256: p.SHA256}
	if whole {
		out.File, out.Decks = p.File, p.Decks
	}
	return out
}

// NewPlan is a version to publish.
type NewPlan struct {
	File      string            `json:"file" minLength:"1" doc:"The text of the plan, YAML or JSON; docs/plan.schema.json."`
	Decks     map[string]string `json:"decks,omitempty" doc:"Further files that the plan names."`
	Effective timex.Date        `json:"effective,omitzero" doc:"First day it can be bought, if the plan says none."`
}

// planBody bounds a plan with its rate decks.
const planBody = 64 << 20

func (a *API) planRoutes() {
	type plansIn struct {
		Plan string `query:"plan" maxLength:"200" doc:"Only versions of this plan."`
	}
	read(a, op{id: "plan-list", method: http.MethodGet, path: "/v1/plans", what: "Published versions of plans: for the operator's people all, for a company those of its contracts and quotes.", may: access.PlanRead, either: true},
		func(r *request, in *plansIn) (*List[Plan], error) {
			all, err := plansSeen(r, in.Plan)
			if err != nil {
				return nil, err
			}
			out := &List[Plan]{Items: []Plan{}}
			for i := range all {
				out.Items = append(out.Items, planOf(&all[i], false))
			}
			return out, nil
		})
	type planIn struct {
		Plan string `path:"plan" maxLength:"220" doc:"seats-and-minutes@1"`
	}
	read(a, op{id: "plan-get", method: http.MethodGet, path: "/v1/plans/{plan}", what: "One version, with its text.", may: access.PlanRead, either: true},
		func(r *request, in *planIn) (*Plan, error) {
			p, err := planSeen(r, in.Plan)
			if err != nil {
				return nil, err
			}
			out := planOf(p, true)
			return &out, nil
		})
	publish := guarded(a, "plan.publish", access.PlanPublish, a.changesPrice, a.publishPlan)
	change(a, op{id: "plan-publish", method: http.MethodPost, path: "/v1/plans", what: "Publish a version of a plan. A further version of a plan that is there changes a price: a second person approves it.", may: access.PlanPublish, platform: true, status: http.StatusCreated, body: planBody, once: true},
		func(r *request, in *bodyOf[NewPlan]) (*Maybe[Plan], error) { return publish(r, &in.Body) })
}

// plansSeen are the versions that the caller sees.
func plansSeen(r *request, plan string) ([]app.PlanVersion, error) {
	of, ok := access.PlansOf(r.actor, r.company)
	if !ok {
		return nil, nil
	}
	return r.sys.PlansOf(r.ctx, of, plan)
}

// planSeen is one of them by its name; another does not exist.
func planSeen(r *request, name string) (*app.PlanVersion, error) {
	all, err := plansSeen(r, "")
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Name() == name {
			return &all[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no such plan")
}

// changesPrice tells whether a version follows another one.
func (a *API) changesPrice(r *request, in *NewPlan) (string, bool, error) {
	name, err := app.PlanID(in.File)
	if err != nil {
		return "", false, err
	}
	all, err := r.sys.Plans(r.ctx, name)
	return "a new version of the plan " + name, len(all) > 0, err
}

func (a *API) publishPlan(r *request, in *NewPlan) (*Plan, error) {
	v, err := r.sys.PublishPlan(r.ctx, app.PublishPlan(*in))
	if err != nil {
		return nil, err
	}
	out := planOf(&v, false)
	return &out, r.did(access.Deed{Action: "plan.publish", Target: out.Name, After: out})
}

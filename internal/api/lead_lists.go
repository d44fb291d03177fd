package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/leadfile"
)

// LeadListPlan is how a list takes its leads in.
type LeadListPlan struct {
	Name    string         `json:"name" minLength:"1" maxLength:"200"`
	Country string         `json:"country,omitempty" maxLength:"2" doc:"Of numbers that are written without a country code."`
	Zone    string         `json:"time_zone,omitempty" maxLength:"60" doc:"Of dates in its files that name none."`
	Consent lead.Consent   `json:"consent,omitzero" doc:"Of leads whose row says nothing."`
	Same    app.SameNumber `json:"same,omitempty" enum:"file,list,company" doc:"Where a number that is there already makes a row a duplicate; absent: list."`
}

// LeadListCount is how many leads are in a state.
type LeadListCount struct {
	State string `json:"state"`
	Rule  string `json:"rule,omitempty" doc:"Of those that are forbidden."`
	Count int64  `json:"count"`
}

// LeadList is a list with its counts.
type LeadList struct {
	ID       string `json:"id" example:"lst_01jd8..."`
	Campaign string `json:"campaign,omitempty"`
	Revision int64  `json:"revision"`
	LeadListPlan
	Total  int64           `json:"total"`
	Counts []LeadListCount `json:"counts"`
}

func leadListOf(l *app.ListedLeads) LeadList {
	out := LeadList{ID: l.ID.Named("lst"), Revision: l.Revision, Total: l.Total(), Counts: []LeadListCount{}, LeadListPlan: LeadListPlan{l.Name, l.Country, l.Zone, l.Consent, l.Same}}
	if !l.Campaign.IsZero() {
		out.Campaign = l.Campaign.Named("cmp")
	}
	for _, c := range l.Counts {
		out.Counts = append(out.Counts, LeadListCount{string(c.State), c.Rule, c.Count})
	}
	return out
}

type leadListSetBody struct {
	Revision int64 `json:"revision" doc:"Of the version that was read."`
	LeadListPlan
}

// LeadListIn names a list in an address.
type LeadListIn struct {
	List string `path:"list" maxLength:"40"`
}

func (a *API) leadListRoutes() {
	type listIn struct {
		PageIn
		Campaign string `query:"campaign" maxLength:"40"`
	}
	read(a, op{id: "lead-list-list", method: http.MethodGet, path: "/v1/lists", what: "Lists of leads with their counts by state, newest first.", may: access.CampaignRead},
		func(r *request, in *listIn) (*List[LeadList], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			of := id.ID{}
			if in.Campaign != "" {
				if of, err = inPath("cmp", in.Campaign); err != nil {
					return nil, err
				}
			}
			all, err := r.sys.LeadLists(r.ctx, r.company, of, p)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, all, func(l app.ListedLeads) id.ID { return l.ID }, func(l app.ListedLeads) LeadList { return leadListOf(&l) }), nil
		})
	read(a, op{id: "lead-list-get", method: http.MethodGet, path: "/v1/lists/{list}", what: "One list with its counts by state and rule.", may: access.CampaignRead},
		func(r *request, in *LeadListIn) (*LeadList, error) {
			l, err := a.leadList(r, in.List)
			if err != nil {
				return nil, err
			}
			out := leadListOf(l)
			return &out, nil
		})
	change(a, op{id: "lead-list-add", method: http.MethodPost, path: "/v1/lists", what: "Make a list. Leads are brought in by uploads, or one by one.", may: access.LeadWrite, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[LeadListPlan]) (*LeadList, error) {
			return a.setLeadList(r, app.LeadList{}, &in.Body, "lead_list.add")
		})
	type setIn struct {
		LeadListIn
		Body leadListSetBody
	}
	change(a, op{id: "lead-list-set", method: http.MethodPut, path: "/v1/lists/{list}", what: "Change how a list takes leads in.", may: access.LeadWrite},
		func(r *request, in *setIn) (*LeadList, error) {
			before, err := a.leadList(r, in.List)
			if err != nil {
				return nil, err
			}
			return a.setLeadList(r, app.LeadList{ID: before.ID, Revision: in.Body.Revision}, &in.Body.LeadListPlan, "lead_list.set")
		})
	a.leadMappingRoutes()
}

func (a *API) setLeadList(r *request, to app.LeadList, plan *LeadListPlan, action string) (*LeadList, error) {
	to.Name, to.Country, to.Zone, to.Consent, to.Same = plan.Name, plan.Country, plan.Zone, plan.Consent, plan.Same
	kept, err := r.sys.SetLeadList(r.ctx, r.company, to)
	if err != nil {
		return nil, err
	}
	now, err := r.sys.GetLeadList(r.ctx, r.company, kept.ID)
	if err != nil {
		return nil, err
	}
	out := leadListOf(&now)
	return &out, r.did(access.Deed{Action: action, Target: out.ID, After: out.LeadListPlan})
}

// leadList reads one of the company the request is about.
func (a *API) leadList(r *request, name string) (*app.ListedLeads, error) {
	i, err := inPath("lst", name)
	if err != nil {
		return nil, err
	}
	l, err := r.sys.GetLeadList(r.ctx, r.company, i)
	return &l, err
}

// LeadMappings are how lists of known sources are read.
type LeadMappings struct {
	Mappings []leadfile.Mapping `json:"mappings"`
}

func (a *API) leadMappingRoutes() {
	read(a, op{id: "lead-mapping-list", method: http.MethodGet, path: "/v1/lead-mappings", what: "How the columns of lists are read, by source.", may: access.CampaignRead},
		func(r *request, _ *none) (*LeadMappings, error) {
			list, err := r.sys.LeadMappings(r.ctx, r.company)
			return &LeadMappings{list}, err
		})
	change(a, op{id: "lead-mapping-set", method: http.MethodPut, path: "/v1/lead-mappings", what: "Remember how lists of a source are read, under its name. A list with such a header is read by it from then on.", may: access.LeadWrite},
		func(r *request, in *bodyOf[leadfile.Mapping]) (*leadfile.Mapping, error) {
			if err := r.sys.KeepLeadMapping(r.ctx, r.company, in.Body); err != nil {
				return nil, err
			}
			return &in.Body, r.did(access.Deed{Action: "lead_mapping.set", Target: in.Body.Name, After: in.Body})
		})
}

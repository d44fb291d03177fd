package api

import (
	"cmp"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/robot"
	"waihu/internal/usage"
)

// ListShare is a list of a campaign.
type ListShare struct {
	List  string `json:"list" maxLength:"40" example:"lst_01jd8..."`
	Share int    `json:"share,omitempty" minimum:"0" maximum:"1000" doc:"With the mix by_share."`
}

// CampaignPlan is what a campaign is to do.
type CampaignPlan struct {
	Name         string                `json:"name" minLength:"1" maxLength:"120"`
	Purpose      usage.Purpose         `json:"purpose" enum:"sales,service,survey"`
	Mode         campaign.Mode         `json:"mode" enum:"manual,preview,progressive,predictive,broadcast,robot,two_legs"`
	Lists        []ListShare           `json:"lists,omitempty" maxItems:"50"`
	Mix          campaign.Mix          `json:"mix,omitempty" enum:"in_order,by_share"`
	Groups       []string              `json:"groups,omitempty" maxItems:"50" doc:"Of agents; absent: all of the company."`
	Dispositions []attempt.Disposition `json:"dispositions,omitempty" maxItems:"200" doc:"They stand over the company's."`
	CallerIDs    []campaign.CallerID   `json:"caller_ids,omitempty" maxItems:"500"`
	Hours        *campaign.Hours       `json:"hours,omitempty" doc:"On the clock of whoever is called; absent: 9 to 12 and 14 to 20, Monday to Saturday."`
	Retry        *lead.Rules           `json:"retry,omitempty" doc:"When an outcome is tried again; absent: the usual rules."`
	Goal         *campaign.Goal        `json:"goal,omitempty"`
	Budget       *campaign.Budget      `json:"budget,omitempty"`
	Asked        []campaign.AskedList  `json:"asked,omitempty" maxItems:"50" doc:"Do-not-call lists of others that were asked about every lead, and when."`
	Lifted       []campaign.Lift       `json:"lifted,omitempty" maxItems:"100" doc:"Rules about calling that do not hold for it, each with the reason."`
	RingSeconds  int                   `json:"ring_seconds,omitempty"`
	WrapUp       int                   `json:"wrap_up_seconds,omitempty"`
	PreviewFor   int                   `json:"preview_seconds,omitempty"`
	Message      string                `json:"message,omitempty" maxLength:"200" doc:"Prompt for a person no agent comes to; of a broadcast: what it says. Prompts are the identifier of one of the company's (GET /v1/prompts), or the key of one of the system's."`
	Voicemail    string                `json:"voicemail,omitempty" maxLength:"200" doc:"Prompt an agent leaves on a machine."`
	Notice       string                `json:"notice,omitempty" maxLength:"200" doc:"Prompt both sides hear before a conversation that is recorded. Absent: the system's, where a rule of the place asks for it."`
	Contract     string                `json:"contract,omitempty" maxLength:"40" doc:"Whose prices its calls have; absent: the only contract that serves."`
	Record       bool                  `json:"record,omitempty" doc:"Conversations are recorded, both sides."`
	Targets      []campaign.Target     `json:"targets,omitempty" maxItems:"50" doc:"Whom agents may hand a call to."`
	Script       *campaign.Script      `json:"script,omitempty"`
	Form         []campaign.Field      `json:"form,omitempty" maxItems:"200"`
	Menu         *campaign.Menu        `json:"menu,omitempty" doc:"Of a broadcast: prompts, keys and what they do. In every mode: what those hear who wait for an agent."`
	Rate         *campaign.Rate        `json:"rate,omitempty" doc:"Of a broadcast or a robot lane: calls at once, and dials a minute."`
	Robot        *campaign.RobotLane   `json:"robot,omitempty" doc:"The dialogue server of a robot lane; docs/dialogue.md."`
	Guide        *GuideOf              `json:"guide,omitempty" doc:"The script agents are led through, and whose answers are kept."`
}

// GuideOf is the script of a campaign.
type GuideOf struct {
	Script  string `json:"script" maxLength:"40" example:"scr_01jd8..."`
	Version int    `json:"version,omitempty" minimum:"0" doc:"0 or absent: the newest when a call begins."`
}

// Campaign is a campaign with its state.
type Campaign struct {
	ID       string          `json:"id" example:"cmp_01jd8..."`
	Revision int64           `json:"revision"`
	Status   campaign.Status `json:"status"`
	CampaignPlan
}

func campaignOf(c *app.Campaign) Campaign {
	p := &c.Campaign
	out := Campaign{ID: c.ID.Named("cmp"), Revision: c.Revision, Status: p.Status, CampaignPlan: CampaignPlan{Name: p.Name, Purpose: p.Purpose, Mode: p.Mode, Mix: p.Mix, Groups: p.Groups,
		Dispositions: p.Dispositions, CallerIDs: p.CallerIDs, Hours: &p.Hours, Retry: &p.Retry, Goal: &p.Goal, Budget: &p.Budget, Asked: p.Asked, Lifted: p.Lifted, RingSeconds: p.RingSeconds,
		WrapUp: p.WrapUp, PreviewFor: p.PreviewFor, Message: p.Message, Voicemail: p.Voicemail, Notice: p.Notice, Record: p.Record, Targets: p.Targets, Script: &p.Script, Form: p.Form}}
	if !p.Contract.IsZero() {
		out.Contract = p.Contract.Named("con")
	}
	for _, s := range p.Lists {
		out.Lists = append(out.Lists, ListShare{s.List.Named("lst"), s.Share})
	}
	out.Menu, out.Rate, out.Robot = &p.Menu, &p.Rate, &p.Robot
	if g := p.Guide; !g.Script.IsZero() {
		out.Guide = &GuideOf{g.Script.Named("scr"), g.Version}
	}
	return out
}

// read is the plan as the use cases have it; what is absent is the default.
func (p *CampaignPlan) read() (campaign.Campaign, error) {
	out := campaign.New(p.Name, p.Purpose, p.Mode, 0)
	out.Groups, out.Dispositions, out.CallerIDs, out.Asked, out.Lifted, out.Message, out.Form, out.PreviewFor = p.Groups, p.Dispositions, p.CallerIDs, p.Asked, p.Lifted, p.Message, p.Form, p.PreviewFor
	out.Mix, out.RingSeconds, out.WrapUp = cmp.Or(p.Mix, out.Mix), cmp.Or(p.RingSeconds, out.RingSeconds), cmp.Or(p.WrapUp, out.WrapUp)
	set(&out.Hours, p.Hours)
	set(&out.Retry, p.Retry)
	set(&out.Goal, p.Goal)
	set(&out.Budget, p.Budget)
	set(&out.Script, p.Script)
	set(&out.Menu, p.Menu)
	set(&out.Rate, p.Rate)
	set(&out.Robot, p.Robot)
	out.Voicemail, out.Notice, out.Record, out.Targets = p.Voicemail, p.Notice, p.Record, p.Targets
	if p.Contract != "" {
		i, err := named("con", p.Contract, "contract")
		if err != nil {
			return out, err
		}
		out.Contract = i
	}
	if p.Guide != nil {
		i, err := named("scr", p.Guide.Script, "guide.script")
		if err != nil {
			return out, err
		}
		out.Guide = campaign.Guide{Script: i, Version: p.Guide.Version}
	}
	for _, s := range p.Lists {
		i, err := named("lst", s.List, "lists.list")
		if err != nil {
			return out, err
		}
		out.Lists = append(out.Lists, campaign.Share{List: i, Share: s.Share})
	}
	return out, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

type (
	campaignSetBody struct {
		Revision int64 `json:"revision" doc:"Of the version that was read."`
		CampaignPlan
	}
	campaignStepBody struct {
		Why string `json:"why,omitempty" maxLength:"500" doc:"A pause needs it."`
	}
)

// LaneSecret is what a dialogue server knows by who asks it.
type LaneSecret struct {
	Secret string `json:"secret,omitempty" doc:"Signs turns, as Standard Webhooks do; shown this once."`
}

func (*LaneSecret) withoutSecret() any { return &LaneSecret{} }

// CampaignIn names a campaign in an address.
type CampaignIn struct {
	Campaign string `path:"campaign" maxLength:"40"`
}

func (a *API) campaignRoutes() {
	type listIn struct {
		PageIn
		State campaign.State `query:"state" enum:"draft,running,paused,finished,archived"`
	}
	read(a, op{id: "campaign-list", method: http.MethodGet, path: "/v1/campaigns", what: "Campaigns, newest first.", may: access.CampaignRead},
		func(r *request, in *listIn) (*List[Campaign], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Campaigns(r.ctx, r.company, in.State, p)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, all, func(c app.Campaign) id.ID { return c.ID }, func(c app.Campaign) Campaign { return campaignOf(&c) }), nil
		})
	read(a, op{id: "campaign-get", method: http.MethodGet, path: "/v1/campaigns/{campaign}", what: "One campaign: its plan and its state.", may: access.CampaignRead},
		func(r *request, in *CampaignIn) (*Campaign, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			out := campaignOf(c)
			return &out, nil
		})
	change(a, op{id: "campaign-add", method: http.MethodPost, path: "/v1/campaigns", what: "Plan a campaign. It is a draft until it is started.", may: access.CampaignWrite, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[CampaignPlan]) (*Campaign, error) {
			plan, err := in.Body.read()
			if err != nil {
				return nil, err
			}
			c, err := r.sys.AddCampaign(r.ctx, r.company, plan)
			if err != nil {
				return nil, err
			}
			out := campaignOf(&c)
			return &out, r.did(access.Deed{Action: "campaign.add", Target: out.ID, After: out})
		})
	type setIn struct {
		CampaignIn
		Body campaignSetBody
	}
	change(a, op{id: "campaign-set", method: http.MethodPut, path: "/v1/campaigns/{campaign}", what: "Replace the plan, also while it runs; not once it is finished.", may: access.CampaignWrite},
		func(r *request, in *setIn) (*Campaign, error) {
			before, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			plan, err := in.Body.read()
			if err != nil {
				return nil, err
			}
			c, err := r.sys.SetCampaign(r.ctx, r.company, app.Campaign{ID: before.ID, Revision: in.Body.Revision, Campaign: plan})
			if err != nil {
				return nil, err
			}
			out := campaignOf(&c)
			r.late = a.replanned(r.company, before.ID)
			return &out, r.did(access.Deed{Action: "campaign.set", Target: out.ID, Before: campaignOf(before), After: out})
		})
	change(a, op{id: "campaign-secret", method: http.MethodPost, path: "/v1/campaigns/{campaign}/robot/secret", what: "A new secret of the robot lane, shown this once, and not again under the same Idempotency-Key; for a day turns are signed by the one before as well.", may: access.CampaignWrite},
		func(r *request, in *CampaignIn) (*LaneSecret, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			secret, err := robot.NewSecret(r.ctx, a.d.System, a.d.Gate.Seal, r.company, c.ID)
			if err != nil {
				return nil, err
			}
			return &LaneSecret{secret}, r.did(access.Deed{Action: "campaign.secret", Target: c.ID.Named("cmp")})
		})
	a.campaignStateRoutes()
	a.callbackRoutes()
	a.askedRoutes()
}

// campaignStateRoutes are the arrows between the states of a campaign.
func (a *API) campaignStateRoutes() {
	type stepIn struct {
		CampaignIn
		Body campaignStepBody
	}
	for verb, step := range map[string]struct {
		what string
		do   func(r *request, i id.ID, why string) (app.Campaign, error)
	}{
		"start": {"Start a campaign, or go on after a pause. Its plan must have no problem.", func(r *request, i id.ID, _ string) (app.Campaign, error) {
			return r.sys.StartCampaign(r.ctx, r.company, i, r.actor.Name)
		}},
		"pause": {"Stop dialing; calls under way go on. Only a person goes on after it.", func(r *request, i id.ID, why string) (app.Campaign, error) {
			return r.sys.PauseCampaign(r.ctx, r.company, i, r.actor.Name, campaign.ByPerson, why)
		}},
		"finish": {"End a campaign for good. Its lists are free for another.", func(r *request, i id.ID, why string) (app.Campaign, error) {
			return r.sys.FinishCampaign(r.ctx, r.company, i, r.actor.Name, why)
		}},
		"archive": {"Put away a campaign that is finished or was never started.", func(r *request, i id.ID, _ string) (app.Campaign, error) {
			return r.sys.ArchiveCampaign(r.ctx, r.company, i, r.actor.Name)
		}},
	} {
		change(a, op{id: "campaign-" + verb, method: http.MethodPost, path: "/v1/campaigns/{campaign}/" + verb, what: step.what, may: access.CampaignWrite, once: true},
			func(r *request, in *stepIn) (*Campaign, error) {
				before, err := a.campaign(r, in.Campaign)
				if err != nil {
					return nil, err
				}
				c, err := step.do(r, before.ID, in.Body.Why)
				if err != nil {
					return nil, err
				}
				out := campaignOf(&c)
				r.late = a.replanned(r.company, before.ID)
				return &out, r.did(access.Deed{Action: "campaign." + verb, Target: out.ID, Reason: in.Body.Why, Before: before.Status, After: out.Status})
			})
	}
}

// replanned tells the floor of a campaign that was changed, once it is.
func (a *API) replanned(c id.Company, of id.ID) func() {
	return func() {
		if a.d.Floor != nil {
			a.d.Floor.Changed(c, of)
		}
	}
}

func (a *API) callbackRoutes() {
	type callbacksIn struct {
		CampaignIn
		Agent string `query:"agent" maxLength:"200" doc:"Theirs and anyone's; absent: all."`
		Until Moment `query:"until"`
		Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	read(a, op{id: "callback-list", method: http.MethodGet, path: "/v1/campaigns/{campaign}/callbacks", what: "Callbacks that were agreed, the earliest first.", may: access.LeadRead},
		func(r *request, in *callbacksIn) (*List[Lead], error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			list, err := r.sys.Callbacks(r.ctx, r.company, app.CallbackQuery{Campaign: c.ID, Agent: in.Agent, Until: in.Until.Instant, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			out := &List[Lead]{Items: make([]Lead, len(list))}
			for i := range list {
				out.Items[i] = leadOf(&list[i])
			}
			return out, nil
		})
}

// campaign reads one of the company the request is about.
func (a *API) campaign(r *request, name string) (*app.Campaign, error) {
	i, err := inPath("cmp", name)
	if err != nil {
		return nil, err
	}
	c, err := r.sys.GetCampaign(r.ctx, r.company, i)
	return &c, err
}

// DispositionSet is the dispositions of a company.
type DispositionSet struct {
	Dispositions []attempt.Disposition `json:"dispositions" maxItems:"200"`
}

func (a *API) dispositionRoutes() {
	get := func(r *request) (*DispositionSet, error) {
		list, err := r.sys.Dispositions(r.ctx, r.company)
		return &DispositionSet{list}, err
	}
	read(a, op{id: "disposition-list", method: http.MethodGet, path: "/v1/dispositions", what: "What a call can come to: codes with what they mean.", may: access.CampaignRead},
		func(r *request, _ *none) (*DispositionSet, error) { return get(r) })
	change(a, op{id: "disposition-set", method: http.MethodPut, path: "/v1/dispositions", what: "Replace the company's dispositions. What tries came to keeps its meaning.", may: access.CampaignWrite},
		func(r *request, in *bodyOf[DispositionSet]) (*DispositionSet, error) {
			before, err := get(r)
			if err != nil {
				return nil, err
			}
			if err := r.sys.SetDispositions(r.ctx, r.company, in.Body.Dispositions); err != nil {
				return nil, err
			}
			return &in.Body, r.did(access.Deed{Action: "disposition.set", Target: "dispositions", Before: before, After: in.Body})
		})
}

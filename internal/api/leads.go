package api

import (
	"encoding/base64"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// LeadFields is what is known of a person.
type LeadFields struct {
	Key      string            `json:"key,omitempty" maxLength:"200" doc:"The company's own identifier."`
	Name     string            `json:"name,omitempty" maxLength:"200"`
	Numbers  []LeadNumber      `json:"numbers" minItems:"1" maxItems:"10" doc:"In the order in which they are tried."`
	Address  lead.Address      `json:"address,omitzero"`
	Zone     string            `json:"time_zone,omitempty" maxLength:"60"`
	Language string            `json:"language,omitempty" maxLength:"200"`
	Fields   map[string]string `json:"fields,omitempty"`
	Consent  lead.Consent      `json:"consent,omitzero"`
	Owner    string            `json:"owner,omitempty" maxLength:"200"`
	Priority int               `json:"priority,omitempty" minimum:"-1000" maximum:"1000"`
}

// LeadNumber is a line of a lead.
type LeadNumber struct {
	Number     phone.Number `json:"number"`
	Label      string       `json:"label,omitempty" maxLength:"200"`
	Attempts   int          `json:"attempts,omitempty"`
	Last       Time         `json:"last,omitempty" format:"date-time"`
	Result     usage.Result `json:"result,omitempty"`
	Unworkable string       `json:"unworkable,omitempty" doc:"The disposition that said so."`
	Forbidden  string       `json:"forbidden,omitempty" doc:"By this rule."`
}

// Lead is a person to be called, and how far that has come.
type Lead struct {
	ID    string `json:"id" example:"lead_01jd8..."`
	List  string `json:"list"`
	State string `json:"state" enum:"pending,executing,connected,callback,exhausted,forbidden,aborted"`
	LeadFields
	Rule     string    `json:"rule,omitempty" doc:"What forbids it."`
	Why      string    `json:"why,omitempty"`
	Due      Time      `json:"due,omitempty" format:"date-time"`
	Attempts int       `json:"attempts"`
	Last     Time      `json:"last,omitempty" format:"date-time"`
	Outcome  string    `json:"outcome,omitempty" doc:"Disposition of the last try."`
	Callback *Callback `json:"callback,omitempty"`
	Revision int64     `json:"revision"`
	Tries    []LeadTry `json:"tries,omitempty" doc:"Of one lead: the newest first."`
}

// Callback is a call that was agreed.
type Callback struct {
	At     Time         `json:"at" format:"date-time"`
	Zone   string       `json:"time_zone" maxLength:"60" doc:"In which it was agreed."`
	Agent  string       `json:"agent,omitempty" maxLength:"200" doc:"Absent: anyone."`
	Number phone.Number `json:"number,omitempty"`
	Notes  string       `json:"notes,omitempty" maxLength:"4000"`
	Missed int          `json:"missed,omitempty" doc:"Tries for it that reached nobody."`
}

// LeadTry is one try to reach a lead.
type LeadTry struct {
	ID          string           `json:"id"`
	Campaign    string           `json:"campaign"`
	Number      phone.Number     `json:"number"`
	Agent       string           `json:"agent,omitempty"`
	State       attempt.State    `json:"state"`
	Decided     Time             `json:"decided" format:"date-time"`
	Answered    Time             `json:"answered,omitempty" format:"date-time"`
	Ended       Time             `json:"ended,omitempty" format:"date-time"`
	Result      usage.Result     `json:"result,omitempty"`
	AnsweredBy  usage.AnsweredBy `json:"answered_by,omitempty"`
	Disposition string           `json:"disposition,omitempty"`
	Notes       string           `json:"notes,omitempty"`
	By          string           `json:"by,omitempty"`
	Rule        string           `json:"rule,omitempty" doc:"What withheld it."`
}

func leadOf(l *store.Lead) Lead {
	out := Lead{ID: l.ID.Named("lead"), List: l.List.Named("lst"), State: string(l.State), Rule: l.Rule, Why: l.Why, Due: timeOf(l.Due), Attempts: l.Attempts, Last: timeOf(l.Last), Outcome: l.Outcome, Revision: l.Revision,
		LeadFields: LeadFields{Key: l.Key, Name: l.Name, Address: l.Address, Zone: l.Zone, Language: l.Language, Fields: l.Fields, Consent: l.Consent, Owner: l.Owner, Priority: l.Priority}}
	for _, n := range l.Numbers {
		out.Numbers = append(out.Numbers, LeadNumber{n.Number, n.Label, n.Attempts, timeOf(n.Last), n.Result, n.Unworkable, n.Forbidden})
	}
	if c := l.Callback; c != nil {
		out.Callback = &Callback{timeOf(c.At), c.Zone, c.Agent, c.Number, c.Notes, c.Missed}
	}
	return out
}

func tryOf(a *attempt.Attempt) LeadTry {
	return LeadTry{a.ID.Named("try"), a.Campaign.Named("cmp"), a.Number, a.Agent, a.State, timeOf(a.Decided), timeOf(a.Answered), timeOf(a.Ended), a.Result, a.AnsweredBy, a.Disposition, a.Notes, a.By, a.Rule}
}

// LeadIn names a lead in an address.
type LeadIn struct {
	Lead string `path:"lead" maxLength:"40"`
}

func (a *API) leadRoutes() {
	type findIn struct {
		PageIn
		Number string     `query:"number" maxLength:"40" doc:"In E.164: leads of every list that have it."`
		Key    string     `query:"key" maxLength:"200" doc:"The company's own identifier."`
		List   string     `query:"list" maxLength:"40" doc:"With a state: leads of one list."`
		State  lead.State `query:"state" enum:"pending,executing,connected,callback,exhausted,forbidden,aborted"`
	}
	read(a, op{id: "lead-list", method: http.MethodGet, path: "/v1/leads", what: "Find leads by a number, by a key, or in a list by their state.", may: access.LeadRead},
		func(r *request, in *findIn) (*List[Lead], error) {
			q := app.LeadQuery{Key: in.Key, State: in.State, Limit: in.Limit + 1}
			if in.Number != "" {
				if err := q.Number.UnmarshalText([]byte(in.Number)); err != nil {
					return nil, err
				}
			}
			if in.List != "" {
				i, err := inPath("lst", in.List)
				if err != nil {
					return nil, err
				}
				q.List = i
			}
			var err error
			if q.After, err = in.due(); err != nil {
				return nil, err
			}
			list, err := r.sys.FindLeads(r.ctx, r.company, q)
			if err != nil {
				return nil, err
			}
			out := paged(&in.PageIn, list, func(l store.Lead) id.ID { return l.ID }, func(l store.Lead) Lead { return leadOf(&l) })
			if out.HasMore {
				out.NextCursor = dueCursor(&list[in.Limit-1])
			}
			return out, nil
		})
	read(a, op{id: "lead-get", method: http.MethodGet, path: "/v1/leads/{lead}", what: "One lead with its history.", may: access.LeadRead},
		func(r *request, in *LeadIn) (*Lead, error) {
			i, err := inPath("lead", in.Lead)
			if err != nil {
				return nil, err
			}
			l, err := r.sys.GetLead(r.ctx, r.company, i)
			if err != nil {
				return nil, err
			}
			out := leadOf(&l.Lead)
			for i := range l.Tries {
				out.Tries = append(out.Tries, tryOf(&l.Tries[i]))
			}
			return &out, nil
		})
	change(a, op{id: "lead-add", method: http.MethodPost, path: "/v1/leads", what: "Add one lead to a list. A number on the do-not-call list is forbidden at once.", may: access.LeadWrite, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[leadAddBody]) (*Lead, error) {
			list, err := named("lst", in.Body.List, "list")
			if err != nil {
				return nil, err
			}
			f := &in.Body.LeadFields
			fresh := lead.Lead{List: list, Key: f.Key, Name: f.Name, Address: f.Address, Zone: f.Zone, Language: f.Language, Fields: f.Fields, Consent: f.Consent, Owner: f.Owner, Priority: f.Priority}
			for _, n := range f.Numbers {
				fresh.Numbers = append(fresh.Numbers, lead.Number{Number: n.Number, Label: n.Label})
			}
			l, err := r.sys.AddLead(r.ctx, r.company, fresh)
			if err != nil {
				return nil, err
			}
			out := leadOf(&l)
			return &out, r.did(access.Deed{Action: "lead.add", Target: out.ID})
		})
	a.leadStepRoutes()
}

// leadStepRoutes change how far calling a lead has come.
func (a *API) leadStepRoutes() {
	step := func(o op, action string, do func(r *request, i id.ID, body *leadStep) (store.Lead, error)) {
		type stepIn struct {
			LeadIn
			Body leadStep
		}
		o.method, o.may, o.once = http.MethodPost, access.LeadWrite, true
		change(a, o, func(r *request, in *stepIn) (*Lead, error) {
			i, err := inPath("lead", in.Lead)
			if err != nil {
				return nil, err
			}
			l, err := do(r, i, &in.Body)
			if err != nil {
				return nil, err
			}
			out := leadOf(&l)
			return &out, r.did(access.Deed{Action: action, Target: out.ID, Reason: in.Body.Why})
		})
	}
	step(op{id: "lead-callback", path: "/v1/leads/{lead}/callback", what: "Agree a callback at an instant, with one agent or anyone."}, "lead.callback", func(r *request, i id.ID, body *leadStep) (store.Lead, error) {
		return r.sys.AgreeCallback(r.ctx, r.company, i, lead.Appointment{At: instantOf(body.At), Zone: body.Zone, Agent: body.Agent, Number: body.Number, Notes: body.Notes})
	})
	step(op{id: "lead-abort", path: "/v1/leads/{lead}/abort", what: "Take a lead out, with a reason."}, "lead.abort", func(r *request, i id.ID, body *leadStep) (store.Lead, error) {
		return r.sys.AbortLead(r.ctx, r.company, i, body.Why)
	})
	step(op{id: "lead-again", path: "/v1/leads/{lead}/again", what: "Call a lead again that has come to an end, from an instant on."}, "lead.again", func(r *request, i id.ID, body *leadStep) (store.Lead, error) {
		return r.sys.CallAgain(r.ctx, r.company, i, instantOf(body.At))
	})
}

type leadAddBody struct {
	List string `json:"list" maxLength:"40"`
	LeadFields
}

// leadStep is what changes of a lead need.
type leadStep struct {
	Why    string       `json:"why,omitempty" maxLength:"200"`
	At     Time         `json:"at,omitempty" format:"date-time"`
	Zone   string       `json:"time_zone,omitempty" maxLength:"60"`
	Agent  string       `json:"agent,omitempty" maxLength:"200"`
	Number phone.Number `json:"number,omitempty"`
	Notes  string       `json:"notes,omitempty" maxLength:"4000"`
}

// due reads the cursor of a list that is in the order of what is due.
func (p *PageIn) due() (out store.DueCursor, err error) {
	if p.Cursor == "" {
		return out, nil
	}
	b, err := p.bytes(8 + len(out.ID))
	if err != nil {
		return out, err
	}
	for _, c := range b[:8] {
		out.Due = out.Due<<8 | timex.Instant(c)
	}
	copy(out.ID[:], b[8:])
	return out, nil
}

func dueCursor(l *store.Lead) string {
	b := make([]byte, 0, 8+len(l.ID))
	for i := 56; i >= 0; i -= 8 {
		b = append(b, byte(l.Due>>i))
	}
	return base64.RawURLEncoding.EncodeToString(append(b, l.ID[:]...))
}

// instantOf is the instant of a time that may be absent.
func instantOf(t Time) timex.Instant {
	if t == nil {
		return 0
	}
	return *t
}

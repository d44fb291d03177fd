package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// RunningCalls are the calls that run on this node.
type RunningCalls interface {
	Running(c id.Company) []floor.Running
	// On does something to one of a company; another's is of kind NotFound.
	On(c id.Company, call id.ID, do func(floor.Lines) error) error
}

type (
	// RunningCall is a call that runs.
	RunningCall struct {
		ID       string     `json:"id" example:"call_01jd8..."`
		Campaign string     `json:"campaign,omitempty"`
		Of       string     `json:"campaign_name,omitempty"`
		Agent    string     `json:"agent,omitempty" doc:"Who speaks, or is to."`
		Name     string     `json:"agent_name,omitempty" doc:"Absent: no person of the company is called so."`
		Way      string     `json:"direction" enum:"outbound,inbound"`
		From     string     `json:"from,omitempty" doc:"Of a call that came in the caller; else the number that is shown. Absent: the trunk's own."`
		To       string     `json:"to" doc:"Of a call that came in the number of ours that was dialled."`
		Begun    Time       `json:"begun" format:"date-time"`
		Answered Time       `json:"answered,omitempty" format:"date-time"`
		Held     bool       `json:"held" doc:"The customer hears music."`
		Paused   bool       `json:"paused" doc:"Its recording leaves out what is said."`
		Hearing  []Listener `json:"hearing" doc:"Supervisors on the line."`
	}
	// Listener is a supervisor of a call.
	Listener struct {
		User string `json:"user"`
		Name string `json:"name,omitempty"`
		How  string `json:"how" doc:"listen, whisper or barge."`
	}
	// HearingWish is how to hear a call.
	HearingWish struct {
		How  string `json:"how" enum:"none,listen,whisper,barge" doc:"none: no more; whisper: the agent alone hears; barge: everybody does. The telephone stands on the floor: it has called the name floor."`
		User string `json:"user,omitempty" maxLength:"40" doc:"Whose telephone hears, where a key asks: user_..., who may supervise the company's calls. Absent: that of who asks."`
	}
	// PauseWish pauses a recording, or goes on with it.
	PauseWish struct {
		Paused bool `json:"paused"`
	}
	// HoldWish puts a customer on hold, or takes them back.
	HoldWish struct {
		Held bool `json:"held"`
	}
	// TransferWish is whom a call is for.
	TransferWish struct {
		Agent  string `json:"agent,omitempty" maxLength:"40" doc:"user_..., whose telephone stands on the floor; this or a number."`
		Number string `json:"number,omitempty" maxLength:"60" doc:"A second call, at the company's cost: it needs call.plan."`
		Stay   bool   `json:"stay,omitempty" doc:"The agent stays: three talk, and the agent may leave later. Absent: the agent parts once it is answered."`
	}
	runningIn[T any] struct {
		Call string `path:"call" maxLength:"40"`
		Body T
	}
)

// onRunning adds an operation on a call that runs. What is to be done is in the audit log
// before it is done: nobody hears a call of which that cannot be told.
func onRunning[T any](a *API, o op, deed func(call id.ID, body T) access.Deed, check func(context.Context, *access.Actor, id.Company, *T) error, do func(l floor.Lines, call id.ID, actor *access.Actor, body *T) error) {
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *runningIn[T]) (*answer[Done], error) {
		if a.d.Running == nil {
			return nil, errNoTelephone
		}
		call, err := inPath("call", in.Call)
		if err == nil {
			err = a.d.Running.On(company, call, func(floor.Lines) error { return nil })
		}
		if err == nil {
			err = a.noCampaigns(company, call)
		}
		if err == nil && o.may == access.CallPlace {
			err = a.ownCall(c.actor, company, call)
		}
		if err == nil && check != nil {
			err = check(ctx, c.actor, company, &in.Body)
		}
		if err == nil {
			err = a.d.System.DB.Update(ctx, func(tx store.Tx) error {
				return a.in(ctx, tx, c, company).did(deed(call, in.Body))
			})
		}
		if err == nil {
			err = a.d.Running.On(company, call, func(l floor.Lines) error { return do(l, call, c.actor, &in.Body) })
		}
		if err != nil {
			return nil, err
		}
		return &answer[Done]{Status: http.StatusOK, Body: Done{true}}, nil
	})
}

// onCall is a deed on a call that runs.
func onCall[T any](action string) func(call id.ID, body T) access.Deed {
	return func(call id.ID, body T) access.Deed {
		return access.Deed{Action: action, Target: call.Named("call"), After: body}
	}
}

// heard is the deed of who hears a call, whether it was asked for by the call or by its
// agent.
func heard(call id.ID, how HearingWish) access.Deed {
	return onCall[HearingWish]("call.hear")(call, how)
}

// noCampaigns refuses a call of a campaign: its dialer must know what becomes of it, so
// it is reached by its agent.
func (a *API) noCampaigns(c id.Company, call id.ID) error {
	for _, r := range a.d.Running.Running(c) {
		if r.Call == call && !r.Campaign.IsZero() {
			return fault.New(fault.Conflict, "call %s is of a campaign: it is reached by its agent, at /v1/floor", call.Named("call"))
		}
	}
	return nil
}

// ownCall refuses a call that is neither the caller's nor one of those they supervise.
func (a *API) ownCall(actor *access.Actor, c id.Company, call id.ID) error {
	if access.Can(actor, access.FloorSupervise, c) {
		return nil
	}
	for _, r := range a.d.Running.Running(c) {
		if r.Call == call && r.Agent != "" && r.Agent == agentOf(actor) {
			return nil
		}
	}
	return fault.New(fault.NotFound, "call %s does not run here", call.Named("call"))
}

// nameRunning adds what people call the agents and campaigns of calls. Who is gone stays
// without a name.
func (a *API) nameRunning(r *request, calls []RunningCall) error {
	names := map[string]string{}
	for i := range calls {
		names[calls[i].Agent] = ""
		for _, l := range calls[i].Hearing {
			names[l.User] = ""
		}
	}
	for who := range names {
		user, other := id.ParseNamed("user", who)
		if other != nil { // a telephone's own name
			continue
		}
		name, err := a.d.Gate.NameOf(r.tx, r.company, user)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		names[who] = name
	}
	for i := range calls {
		k := &calls[i]
		k.Name = names[k.Agent]
		for j := range k.Hearing {
			k.Hearing[j].Name = names[k.Hearing[j].User]
		}
		of, none := id.ParseNamed("cmp", k.Campaign)
		if none != nil {
			continue
		}
		if _, known := names[k.Campaign]; !known {
			c, err := r.sys.GetCampaign(r.ctx, r.company, of)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			names[k.Campaign] = c.Name
		}
		k.Of = names[k.Campaign]
	}
	return nil
}

func (a *API) runningRoutes() {
	read(a, op{id: "running-list", method: http.MethodGet, path: "/v1/running", what: "Calls that run on this node, the oldest first. A campaign's is changed by its agent, at /v1/floor.", may: access.FloorSupervise},
		func(r *request, _ *none) (*List[RunningCall], error) {
			if a.d.Running == nil {
				return nil, errNoTelephone
			}
			out := &List[RunningCall]{Items: []RunningCall{}}
			for _, c := range a.d.Running.Running(r.company) {
				out.Items = append(out.Items, runningCall(&c))
			}
			return out, a.nameRunning(r, out.Items)
		})
	onRunning(a, op{id: "running-hear", method: http.MethodPut, path: "/v1/running/{call}/hearing", what: "Listen to a call, whisper to its agent, or barge in, with one's own telephone, which stands on the floor; a key names whose. Each is in the audit log.", may: access.FloorSupervise}, heard, a.ear,
		func(l floor.Lines, call id.ID, _ *access.Actor, w *HearingWish) error {
			return l.Supervise(call, w.User, floor.Hearing(w.How))
		})
	onRunning(a, op{id: "running-recording", method: http.MethodPut, path: "/v1/running/{call}/recording", what: "Leave out of the recording what is said from now on, or go on with it: of one's own call, or of those one supervises.", may: access.CallPlace}, onCall[PauseWish]("call.recording"), nil,
		func(l floor.Lines, call id.ID, _ *access.Actor, w *PauseWish) error {
			return l.PauseRecording(call, w.Paused)
		})
	onRunning(a, op{id: "running-hold", method: http.MethodPut, path: "/v1/running/{call}/hold", what: "Put the customer on hold, with music, or take them back: of one's own call, or of those one supervises.", may: access.CallPlace}, onCall[HoldWish]("call.hold"), nil,
		func(l floor.Lines, call id.ID, _ *access.Actor, w *HoldWish) error { return l.Hold(call, w.Held) })
	onRunning(a, op{id: "running-transfer", method: http.MethodPost, path: "/v1/running/{call}/transfer", what: "Hand a call over to another agent or to a number, or let them join it: of one's own call, or of those one supervises.", may: access.CallPlace}, onCall[TransferWish]("call.transfer"), mayHandOver,
		func(l floor.Lines, call id.ID, _ *access.Actor, w *TransferWish) error {
			to, err := w.target()
			if err != nil {
				return err
			}
			if w.Stay {
				return l.Confer(call, to)
			}
			return l.Transfer(call, to)
		})
	type endIn struct {
		Call string `path:"call" maxLength:"40"`
	}
	change(a, op{id: "running-end", method: http.MethodDelete, path: "/v1/running/{call}", what: "Hang a call up.", may: access.FloorSupervise},
		func(r *request, in *endIn) (*Done, error) {
			if a.d.Running == nil {
				return nil, errNoTelephone
			}
			call, err := inPath("call", in.Call)
			if err == nil {
				err = a.d.Running.On(r.company, call, func(floor.Lines) error { return nil })
			}
			if err != nil {
				return nil, err
			}
			r.late = func() { // one that has ended meanwhile has ended
				_ = a.d.Running.On(r.company, call, func(l floor.Lines) error { l.Hang(call); return nil })
			}
			return &Done{true}, r.did(access.Deed{Action: "call.end", Target: in.Call})
		})
}

// ear settles whose telephone hears: a person's is their own; a key names a person who
// may hear the company's calls anyhow.
func (a *API) ear(ctx context.Context, actor *access.Actor, c id.Company, w *HearingWish) error {
	own := agentOf(actor)
	if own != "" && w.User != "" && w.User != own {
		return fault.Problem{Path: "user", What: "this is another's telephone", Expected: "nothing: your own hears"}
	}
	if own != "" {
		w.User = own
		return nil
	}
	if w.User == "" {
		return fault.New(fault.Conflict, "a key has no telephone: say in user whose hears")
	}
	i, err := named("user", w.User, "user")
	if err != nil {
		return err
	}
	var u *access.User
	err = a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		u, err = a.d.Gate.UserByID(tx, i)
		return err
	})
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err != nil || u.Disabled || !access.Can(&access.Actor{Stage: access.Full, Members: u.Members}, access.FloorSupervise, c) {
		return fault.Problem{Path: "user", Value: w.User, What: "nobody of that name may hear the company's calls", Expected: "a person with floor.supervise"}
	}
	return nil
}

// mayHandOver looks at whom a call is for: a number is called at the company's cost.
func mayHandOver(_ context.Context, actor *access.Actor, c id.Company, w *TransferWish) error {
	if _, err := w.target(); err != nil {
		return err
	}
	if w.Number != "" && !access.Can(actor, access.CallPlan, c) {
		return &refused{http.StatusForbidden, "forbidden", "a number is called at the company's cost: call.plan is needed"}
	}
	return nil
}

func (w *TransferWish) target() (to floor.Target, err error) {
	if (w.Agent == "") == (w.Number == "") {
		return to, fault.Problem{Path: "agent", What: "whom is the call for?", Expected: "an agent or a number, and one of them alone"}
	}
	if w.Agent != "" {
		_, err = named("user", w.Agent, "agent")
		return floor.Target{Agent: w.Agent}, err
	}
	n, ok := phone.Parse(w.Number)
	if !ok {
		err = fault.Problem{Path: "number", Value: w.Number, What: "this is no number", Expected: "digits with the country code, such as +8613800138000"}
	}
	return floor.Target{Number: n}, err
}

func runningCall(c *floor.Running) RunningCall {
	out := RunningCall{ID: c.Call.Named("call"), Agent: c.Agent, Way: string(usage.Outbound), From: c.From, To: c.To, Begun: timeOf(timex.At(c.Begun)), Held: c.Held, Paused: c.Paused, Hearing: []Listener{}}
	if c.In {
		out.Way = string(usage.Inbound)
	}
	if !c.Campaign.IsZero() {
		out.Campaign = c.Campaign.Named("cmp")
	}
	if !c.Answered.IsZero() {
		out.Answered = timeOf(timex.At(c.Answered))
	}
	for who, how := range c.Hearing {
		out.Hearing = append(out.Hearing, Listener{User: who, How: string(how)})
	}
	slices.SortFunc(out.Hearing, func(a, b Listener) int { return strings.Compare(a.User, b.User) })
	return out
}

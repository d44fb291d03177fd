package api

import (
	"cmp"
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// errNoFloor is of a service without voice.
var errNoFloor = fault.New(fault.Conflict, "nobody can call here: set voice.listen and voice.trunks")

// FloorSession names a log-in of an agent: an older one is told that it is.
type FloorSession struct {
	Session string `header:"Floor-Session" maxLength:"60" doc:"What the log-in gave as session."`
}

// What agents ask for.
type (
	deskLogin struct {
		Campaign string `json:"campaign" maxLength:"40" example:"cmp_01jd8..."`
		Leaves   Time   `json:"leaves,omitempty" format:"date-time" doc:"When a break or the end of the shift is planned: fewer numbers are dialed before it."`
	}
	deskPause struct {
		Reason string `json:"reason" minLength:"1" maxLength:"80"`
	}
	deskDispose struct {
		Code     string             `json:"code" minLength:"1" maxLength:"40" doc:"Of a disposition the agent may choose."`
		Notes    string             `json:"notes,omitempty" maxLength:"2000" doc:"Absent: those that were noted during the call."`
		Callback *floor.Appointment `json:"callback,omitempty" doc:"With a disposition that is a callback."`
		Kept     bool               `json:"kept,omitempty" doc:"It can be changed, and taken back (retract), until five seconds after the call, or after this if the call is over. Absent: it is final once the call is over."`
	}
	deskPreview struct {
		Dial bool `json:"dial" doc:"false: skip it; it is shown again later."`
	}
	deskDial struct {
		Lead string `json:"lead" maxLength:"40" example:"lead_01jd8..."`
	}
	deskSwitch struct {
		On bool `json:"on"`
	}
	deskKeys struct {
		Keys string `json:"keys" minLength:"1" maxLength:"32" pattern:"^[0-9*#]+$"`
	}
	deskTransfer struct {
		Target   string `json:"target,omitempty" maxLength:"120" doc:"Name of one of the campaign's targets."`
		Agent    string `json:"agent,omitempty" maxLength:"60" doc:"Or an agent of the campaign who is ready, or helps in the call: user_..."`
		Together bool   `json:"together,omitempty" doc:"They join, and the agent stays."`
	}
	deskNotes struct {
		Notes string `json:"notes" maxLength:"2000"`
	}
	superviseHear struct {
		How floor.Hearing `json:"how" enum:"none,listen,whisper,barge"`
	}
	superviseWhy struct {
		Why string `json:"why" minLength:"1" maxLength:"200" doc:"The agent reads it."`
	}
)

func (a *API) floorRoutes() {
	type loginIn struct {
		Body deskLogin
	}
	a.atDesk()
	allowed(a, op{id: "floor-login", method: http.MethodPost, path: "/v1/floor/login", may: access.FloorWork,
		what: "Log in to a campaign with a seat of the contract. Paused until ready. A newer log-in takes the call of an older one along."},
		func(ctx context.Context, k *caller, c id.Company, in *loginIn) (*answer[floor.Desk], error) {
			of, err := named("cmp", in.Body.Campaign, "campaign")
			if err != nil {
				return nil, err
			}
			leaves := timex.Instant(0)
			if in.Body.Leaves != nil {
				leaves = *in.Body.Leaves
			}
			return a.deskOf(k, func(user string) (floor.Desk, error) { return a.d.Floor.LogIn(ctx, c, of, user, leaves) })
		})
	type meIn struct{ FloorSession }
	allowed(a, op{id: "floor-me", method: http.MethodGet, path: "/v1/floor/me", what: "Everything one's desk shows now. Without Floor-Session: of the log-in that counts.", may: access.FloorWork},
		func(ctx context.Context, k *caller, c id.Company, in *meIn) (*answer[floor.Desk], error) {
			return a.deskOf(k, func(user string) (floor.Desk, error) {
				session, err := in.Session, error(nil)
				if session == "" {
					session, err = a.d.Floor.SessionOf(ctx, c, user)
				}
				if err != nil {
					return floor.Desk{}, err
				}
				return a.d.Floor.Desk(c, user, session)
			})
		})
	allowed(a, op{id: "floor-colleagues", method: http.MethodGet, path: "/v1/floor/colleagues", what: "Agents of one's campaign who can take a call now, who waits longest first.", may: access.FloorWork},
		func(ctx context.Context, k *caller, c id.Company, in *meIn) (*answer[floor.Colleagues], error) {
			user := agentOf(k.actor)
			if a.d.Floor == nil {
				return nil, errNoFloor
			}
			out, err := a.d.Floor.Colleagues(ctx, c, user, in.Session)
			return &answer[floor.Colleagues]{Status: http.StatusOK, Body: out}, err
		})
	read(a, op{id: "floor-sheet", method: http.MethodGet, path: "/v1/floor/campaigns/{campaign}/sheet", what: "What a desk needs to know of a campaign: script, form, dispositions, targets.", may: access.FloorWork},
		func(r *request, in *CampaignIn) (*floor.Sheet, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			out, err := floor.SheetOf(r.ctx, r.sys, r.company, c)
			return &out, err
		})
	a.floorWatchRoutes()
	a.floorEventRoutes()
}

// deskOf answers with a desk of whoever asks.
func (a *API) deskOf(k *caller, do func(user string) (floor.Desk, error)) (*answer[floor.Desk], error) {
	user := agentOf(k.actor)
	switch {
	case a.d.Floor == nil:
		return nil, errNoFloor
	case user == "":
		return nil, fault.New(fault.Conflict, "a key has no desk: log in as a person")
	}
	desk, err := do(user)
	if err != nil {
		return nil, err
	}
	return &answer[floor.Desk]{Status: http.StatusOK, Body: desk}, nil
}

// desk adds something an agent asks for at the desk.
func desk[B any](a *API, verb, what string, do func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *B) (floor.Desk, error)) {
	type askIn struct {
		FloorSession
		Body B
	}
	allowed(a, op{id: "floor-" + verb, method: http.MethodPost, path: "/v1/floor/" + verb, what: what, may: access.FloorWork},
		func(ctx context.Context, k *caller, c id.Company, in *askIn) (*answer[floor.Desk], error) {
			return a.deskOf(k, func(user string) (floor.Desk, error) { return do(ctx, a.d.Floor, c, user, in.Session, &in.Body) })
		})
}

// bare adds one that has no body.
func bare(a *API, verb, what string, do func(f *floor.Floor, ctx context.Context, c id.Company, user, session string) (floor.Desk, error)) {
	type askIn struct{ FloorSession }
	allowed(a, op{id: "floor-" + verb, method: http.MethodPost, path: "/v1/floor/" + verb, what: what, may: access.FloorWork},
		func(ctx context.Context, k *caller, c id.Company, in *askIn) (*answer[floor.Desk], error) {
			return a.deskOf(k, func(user string) (floor.Desk, error) { return do(a.d.Floor, ctx, c, user, in.Session) })
		})
}

// atDesk adds what agents ask for at their desk; each answers with the desk.
func (a *API) atDesk() {
	bare(a, "logout", "Log out; in a conversation, after it.", (*floor.Floor).LogOut)
	bare(a, "ready", "Be free for calls. A telephone or browser must be on the line, and no supervisor's pause hold.", (*floor.Floor).Ready)
	desk(a, "pause", "Pause with a reason; in a call, after it and its writing up. Refused while a supervisor's pause holds.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskPause) (floor.Desk, error) {
		return f.Pause(ctx, c, user, session, in.Reason)
	})
	desk(a, "dispose", "Say what the call came to, while it lasts or after it. A refusal holds for every campaign from then on, whatever is chosen later.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskDispose) (floor.Desk, error) {
		return f.Dispose(ctx, c, user, session, floor.Dispose{Code: in.Code, Notes: in.Notes, Callback: in.Callback, Kept: in.Kept})
	})
	bare(a, "retract", "Take back what was chosen. A number that is on the do-not-call list by it stays there.", (*floor.Floor).Retract)
	desk(a, "preview", "Dial the lead that is shown, or skip it.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskPreview) (floor.Desk, error) {
		return f.Choose(ctx, c, user, session, in.Dial)
	})
	desk(a, "dial", "Call a lead of the campaign by hand.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskDial) (floor.Desk, error) {
		l, err := named("lead", in.Lead, "lead")
		if err != nil {
			return floor.Desk{}, err
		}
		return f.Dial(ctx, c, user, session, l)
	})
	bare(a, "hangup", "End the call, or take back what rings.", (*floor.Floor).HangUp)
	desk(a, "hold", "Let the customer wait with music, or end that.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskSwitch) (floor.Desk, error) {
		return f.Hold(ctx, c, user, session, in.On)
	})
	desk(a, "recording", "Leave out of the recording what is said from now on (on), or end that.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskSwitch) (floor.Desk, error) {
		return f.PauseRecording(ctx, c, user, session, in.On)
	})
	desk(a, "keys", "Send keys to the customer's line.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskKeys) (floor.Desk, error) {
		return f.Press(ctx, c, user, session, in.Keys)
	})
	bare(a, "voicemail", "Leave the campaign's message on a machine; one is free at once.", (*floor.Floor).Voicemail)
	desk(a, "transfer", "Hand the conversation to a target or an agent, or bring them into it.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskTransfer) (floor.Desk, error) {
		return f.Transfer(ctx, c, user, session, in.Target, in.Agent, in.Together)
	})
	bare(a, "leave", "Leave a conversation that a target was brought into: the two talk on.", (*floor.Floor).Leave)
	desk(a, "notes", "Keep what is written until the call is written up.", func(ctx context.Context, f *floor.Floor, c id.Company, user, session string, in *deskNotes) (floor.Desk, error) {
		return f.Note(ctx, c, user, session, in.Notes)
	})
}

// FloorAgentIn names an agent in an address.
type FloorAgentIn struct {
	Agent string `path:"agent" maxLength:"60" example:"user_01jd8..."`
}

// floorWatchRoutes are what supervisors see and do.
func (a *API) floorWatchRoutes() {
	allowed(a, op{id: "floor", method: http.MethodGet, path: "/v1/floor", what: "The whole floor now: campaigns that run or pause, agents who are logged in.", may: access.FloorWatch},
		func(ctx context.Context, _ *caller, c id.Company, _ *none) (*answer[floor.Overview], error) {
			if a.d.Floor == nil {
				return nil, errNoFloor
			}
			out, err := a.d.Floor.Overview(ctx, c)
			return &answer[floor.Overview]{Status: http.StatusOK, Body: out}, err
		})
	allowed(a, op{id: "floor-campaign", method: http.MethodGet, path: "/v1/floor/campaigns/{campaign}", what: "What goes on in a campaign, and why it is not dialing, or not more.", may: access.FloorWatch},
		func(ctx context.Context, _ *caller, c id.Company, in *CampaignIn) (*answer[floor.Campaign], error) {
			if a.d.Floor == nil {
				return nil, errNoFloor
			}
			i, err := inPath("cmp", in.Campaign)
			if err != nil {
				return nil, err
			}
			of, err := a.d.System.GetCampaign(ctx, c, i)
			if err != nil {
				return nil, err
			}
			out, err := a.d.Floor.Campaign(ctx, c, &of)
			return &answer[floor.Campaign]{Status: http.StatusOK, Body: out}, err
		})
	a.superviseRoutes()
}

// superviseRoutes are what supervisors do with agents.
func (a *API) superviseRoutes() {
	type whyIn struct {
		FloorAgentIn
		Body superviseWhy
	}
	for verb, step := range map[string]struct {
		what string
		do   func(f *floor.Floor, ctx context.Context, c id.Company, user, by, why string) (floor.Agent, error)
	}{
		"pause":  {"Make an agent pause; in a call, after it. It holds, also over log-ins, until a supervisor ends it (release).", (*floor.Floor).ForcePause},
		"logout": {"Log an agent out; in a call, after it.", (*floor.Floor).ForceOut},
	} {
		allowed(a, op{id: "floor-agent-" + verb, method: http.MethodPost, path: "/v1/floor/agents/{agent}/" + verb, what: step.what, may: access.FloorSupervise},
			func(ctx context.Context, k *caller, c id.Company, in *whyIn) (*answer[floor.Agent], error) {
				deed := access.Deed{Action: "floor." + verb, Target: in.Agent, Reason: in.Body.Why}
				return a.supervise(ctx, k, c, in.Agent, deed, func() (floor.Agent, error) {
					return step.do(a.d.Floor, ctx, c, in.Agent, cmp.Or(agentOf(k.actor), k.actor.Name), in.Body.Why)
				})
			})
	}
	allowed(a, op{id: "floor-agent-release", method: http.MethodPost, path: "/v1/floor/agents/{agent}/release", what: "End a pause that a supervisor made, of an agent who is logged in or not. They are ready when they say so.", may: access.FloorSupervise},
		func(ctx context.Context, k *caller, c id.Company, in *FloorAgentIn) (*answer[floor.Agent], error) {
			return a.supervise(ctx, k, c, in.Agent, access.Deed{Action: "floor.release", Target: in.Agent}, func() (floor.Agent, error) { return a.d.Floor.EndPause(ctx, c, in.Agent) })
		})
	type hearIn struct {
		FloorAgentIn
		Body superviseHear
	}
	allowed(a, op{id: "floor-agent-hear", method: http.MethodPost, path: "/v1/floor/agents/{agent}/hear", what: "Listen to the conversation of an agent, whisper to the agent, barge in, or end that.", may: access.FloorSupervise},
		func(ctx context.Context, k *caller, c id.Company, in *hearIn) (*answer[floor.Agent], error) {
			who := agentOf(k.actor)
			switch {
			case a.d.Floor == nil:
				return nil, errNoFloor
			case who == "":
				return nil, errNoEars
			}
			call, err := a.d.Floor.Conversation(c, in.Agent)
			if err != nil {
				return nil, err
			}
			return a.supervise(ctx, k, c, in.Agent, heard(call, HearingWish{string(in.Body.How), who}), func() (floor.Agent, error) {
				return a.d.Floor.Hear(ctx, c, in.Agent, call, who, in.Body.How)
			})
		})
}

// errNoEars is of a program that wants to hear an agent.
var errNoEars = fault.New(fault.Conflict, "a key has no telephone: log in as a person")

// supervise does something with an agent, and tells the audit log.
func (a *API) supervise(ctx context.Context, k *caller, c id.Company, agent string, deed access.Deed, do func() (floor.Agent, error)) (*answer[floor.Agent], error) {
	if a.d.Floor == nil {
		return nil, errNoFloor
	}
	if _, err := inPath("user", agent); err != nil {
		return nil, err
	}
	err := a.d.System.DB.Update(ctx, func(tx store.Tx) error { // before: nobody hears a conversation of which that cannot be told
		deed.Company = c
		return access.Record(tx, k.actor, deed)
	})
	if err != nil {
		return nil, err
	}
	out, err := do()
	return &answer[floor.Agent]{Status: http.StatusOK, Body: out}, err
}

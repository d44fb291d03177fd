package api

import (
	"context"
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/store"
)

// LogIn is where a log-in stands.
type LogIn struct {
	Next    access.Stage `json:"next" enum:"full,second_factor,new_password,enrol" doc:"What is to be done next; full: nothing."`
	User    User         `json:"user"`
	Session Session      `json:"session"`
	Codes   []string     `json:"codes,omitempty" doc:"Lookup codes, shown this once; each is good once."`
}

type logInOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      LogIn
}

// Session is a log-in of a person.
type Session struct {
	ID      string `json:"id"`
	Current bool   `json:"current" doc:"Whether it is the one that asks."`
	From    string `json:"from" doc:"Address it was begun from."`
	Agent   string `json:"agent" doc:"What the browser calls itself."`
	Began   Time   `json:"began" format:"date-time"`
	Used    Time   `json:"used" format:"date-time"`
	Ends    Time   `json:"ends" format:"date-time" doc:"When it ends however it is used."`
	IdleEnd Time   `json:"idle_ends" format:"date-time" doc:"When it ends unless it is used."`
}

func sessionOf(s *access.Session, current id.ID) Session {
	return Session{ID: s.ID.Named("ses"), Current: s.ID == current, From: s.From, Agent: s.Agent, Began: timeOf(s.Began), Used: timeOf(s.Used),
		Ends: timeOf(s.Ends), IdleEnd: timeOf(s.IdleEnd)}
}

// cookie carries a session. Its name binds it to this host and to TLS.
func (a *API) cookie(token string) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func (a *API) stepped(s *access.Step) *logInOut {
	return &logInOut{SetCookie: a.cookie(s.Token), Body: LogIn{Next: s.Session.Stage, User: userOf(s.User), Session: sessionOf(s.Session, s.Session.ID)}}
}

// stepping adds an operation that brings a log-in a step further.
func stepping[I any](a *API, o op, f func(context.Context, *caller, *I) (*access.Step, error)) {
	plain(a, o, func(ctx context.Context, c *caller, in *I) (*logInOut, error) {
		s, err := f(ctx, c, in)
		if err != nil {
			return nil, err
		}
		if err := a.noteLogIn(ctx, c, o, s); err != nil {
			return nil, err
		}
		return a.stepped(s), nil
	})
}

// noteLogIn writes a step into the audit log.
func (a *API) noteLogIn(ctx context.Context, c *caller, o op, s *access.Step) error {
	actor := c.actor
	if actor == nil {
		actor = &access.Actor{Name: "user " + s.User.ID.Named("user") + " " + s.User.Email, From: c.client.Address}
	}
	return a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		return access.Record(tx, actor, access.Deed{Action: o.id, Target: s.User.ID.Named("user"), After: map[string]any{"stage": s.Session.Stage}})
	})
}

// Bodies of log-ins.
type (
	logInBody struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
	codeBody struct {
		Code string `json:"code" minLength:"6" maxLength:"40" doc:"Six digits of the app, or a lookup code."`
	}
	passwordBody struct {
		Password string `json:"password" maxLength:"1024"`
	}
	invitationBody struct {
		Token    string `json:"token" maxLength:"100" doc:"Out of the invitation."`
		Password string `json:"password" maxLength:"1024"`
	}
	PasskeyBody struct {
		Flow       string          `json:"flow" maxLength:"100" doc:"Out of the first half."`
		Credential json.RawMessage `json:"credential" doc:"What the browser answered."`
	}
)

type bodyOf[T any] struct{ Body T }

// Challenge is the first half of a log-in by passkey.
type Challenge struct {
	Flow    string          `json:"flow" doc:"Pass it back with the second half."`
	Options json.RawMessage `json:"options" doc:"For navigator.credentials."`
}

type challengeOut struct{ Body Challenge }

func (a *API) loginRoutes() {
	g := a.d.Gate
	post := func(name, path, what string) op {
		return op{id: name, method: http.MethodPost, path: path, what: what, body: 16 << 10}
	}
	stepping(a, post("login", "/v1/login", "Log in with address and password."),
		func(ctx context.Context, c *caller, in *bodyOf[logInBody]) (*access.Step, error) {
			return g.LogIn(ctx, in.Body.Email, in.Body.Password, c.client)
		})
	code := post("login-code", "/v1/login/code", "Show the second factor.")
	code.may = halfway
	stepping(a, code, func(ctx context.Context, c *caller, in *bodyOf[codeBody]) (*access.Step, error) {
		return g.Confirm(ctx, c.actor, in.Body.Code)
	})
	stepping(a, post("login-invitation", "/v1/login/invitation", "Take up an invitation and choose a password."),
		func(ctx context.Context, c *caller, in *bodyOf[invitationBody]) (*access.Step, error) {
			return g.TakeInvitation(ctx, in.Body.Token, in.Body.Password, c.client)
		})
	plain(a, post("login-passkey-begin", "/v1/login/passkey", "Begin a log-in by passkey."),
		func(ctx context.Context, _ *caller, _ *none) (*challengeOut, error) {
			ch, err := g.BeginPasskeyLogin(ctx)
			if err != nil {
				return nil, err
			}
			return &challengeOut{Challenge(*ch)}, nil
		})
	stepping(a, post("login-passkey", "/v1/login/passkey/answer", "Log in by passkey."),
		func(ctx context.Context, c *caller, in *bodyOf[PasskeyBody]) (*access.Step, error) {
			return g.FinishPasskeyLogin(ctx, in.Body.Flow, in.Body.Credential, c.client)
		})
	again := post("login-again", "/v1/login/again", "Show the password once more, before changing how one logs in.")
	again.may = oneself
	stepping(a, again, func(ctx context.Context, c *caller, in *bodyOf[passwordBody]) (*access.Step, error) {
		return g.ProveAgain(ctx, c.actor, in.Body.Password)
	})
	a.providerRoutes()
	out := post("logout", "/v1/logout", "Log out.")
	out.may = halfway
	type logOutOut struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      Done
	}
	plain(a, out, func(ctx context.Context, c *caller, _ *none) (*logOutOut, error) {
		err := a.d.System.DB.Update(ctx, func(tx store.Tx) error {
			if err := g.LogOut(tx, c.actor); err != nil {
				return err
			}
			return access.Record(tx, c.actor, access.Deed{Action: "logout", Target: c.actor.User.Named("user")})
		})
		return &logOutOut{a.cookie(""), Done{true}}, err
	})
}

// stateCookie binds the way to another log-in and back to one browser.
const stateCookie = "__Host-waihu-login"

func (a *API) providerRoutes() {
	type startOut struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Status    int
		Location  string `header:"Location"`
	}
	plain(a, op{id: "login-provider", method: http.MethodGet, path: "/v1/login/provider", what: "Log in at the other system that is set up (OpenID Connect).", status: http.StatusFound},
		func(ctx context.Context, _ *caller, _ *none) (*startOut, error) {
			to, state, err := a.d.Gate.BeginProvider(ctx, access.ReturnToInterface, "")
			if err != nil {
				return nil, err
			}
			return &startOut{http.Cookie{Name: stateCookie, Value: state, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 600}, http.StatusFound, to}, nil
		})
	type returnIn struct {
		State  string `query:"state" maxLength:"200"`
		Code   string `query:"code" maxLength:"2000"`
		Kept   string `cookie:"__Host-waihu-login"`
		Error  string `query:"error" maxLength:"200"`
		About  string `query:"error_description" maxLength:"2000"`
		Scope  string `query:"scope" maxLength:"2000"`
		Issuer string `query:"iss" maxLength:"500"`
		Extra  string `query:"session_state" maxLength:"500"`
	}
	stepping(a, op{id: "login-provider-return", method: http.MethodGet, path: "/v1/login/provider/return", what: "Where the other system sends people back to."},
		func(ctx context.Context, c *caller, in *returnIn) (*access.Step, error) {
			if in.Kept == "" || in.Kept != in.State || in.Code == "" {
				return nil, &access.Refusal{Code: access.BadCredentials, Msg: "this log-in was not begun in this browser, or was broken off: begin again"}
			}
			s, _, err := a.d.Gate.FinishProvider(ctx, in.State, in.Code, c.client)
			if err != nil { // the caller is told no cause, whoever runs this needs it
				a.d.Log.Warn("a log-in at the provider failed", "request_id", c.request, "error", err)
			}
			return s, err
		})
}

package api

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// Me is who asks.
type Me struct {
	User        *User               `json:"user,omitempty" doc:"A person; absent for a key."`
	Key         string              `json:"key,omitempty" doc:"An API key."`
	Stage       access.Stage        `json:"stage"`
	Roles       []Member            `json:"roles"`
	Permissions []access.Permission `json:"permissions" doc:"What the roles and scopes give, in the company that the header names or the only one there is."`
}

type meOut struct{ Body Me }
type doneOut struct{ Body Done }

// oneselfOp is an operation about whoever asks.
func oneselfOp(name, method, path, what string) op {
	return op{id: name, method: method, path: path, what: what, may: oneself, body: 64 << 10}
}

func (a *API) accountRoutes() {
	me := oneselfOp("me", http.MethodGet, "/v1/me", "Who asks, and what they may do.")
	me.may = halfway
	plain(a, me, a.me)
	a.factorRoutes()
	a.sessionRoutes()
	password := oneselfOp("password-change", http.MethodPut, "/v1/me/password", "Choose a new password. Other sessions end.")
	password.may = halfway
	stepping(a, password, func(ctx context.Context, c *caller, in *bodyOf[passwordBody]) (*access.Step, error) {
		return a.d.Gate.SetPassword(ctx, c.actor, in.Body.Password)
	})
}

func (a *API) me(ctx context.Context, c *caller, _ *none) (*meOut, error) {
	out := Me{Stage: c.actor.Stage, Permissions: []access.Permission{}}
	for _, m := range c.actor.Members {
		out.Roles = append(out.Roles, Member{companyName(m.Company), m.Role})
	}
	if company, err := c.about(op{either: true}); err == nil {
		for _, g := range access.Table() {
			if access.Can(c.actor, g.Permission, company) {
				out.Permissions = append(out.Permissions, g.Permission)
			}
		}
	}
	if !c.actor.Key.IsZero() {
		out.Key = c.actor.Key.Named("key")
		return &meOut{out}, nil
	}
	return &meOut{out}, a.d.System.DB.View(ctx, func(tx store.Tx) error {
		u, err := a.d.Gate.UserByID(tx, c.actor.User)
		if err != nil {
			return err
		}
		shown := userOf(u)
		out.User = &shown
		return nil
	})
}

// TOTPSetup is the secret of one-time codes on its way into an app.
type TOTPSetup struct {
	Secret string `json:"secret" doc:"Base 32, for typing in."`
	URL    string `json:"url" doc:"For a QR code."`
}

// Codes are lookup codes, shown this once.
type Codes struct {
	Codes []string `json:"codes"`
}

func (a *API) factorRoutes() {
	g := a.d.Gate
	begin := oneselfOp("totp-begin", http.MethodPost, "/v1/me/totp", "Set up one-time codes: get the secret.")
	begin.may = halfway
	plain(a, begin, func(ctx context.Context, c *caller, _ *none) (*struct{ Body TOTPSetup }, error) {
		if c.actor.User.IsZero() {
			return nil, errPeople()
		}
		s, err := g.BeginTOTP(ctx, c.actor)
		if err != nil {
			return nil, err
		}
		return &struct{ Body TOTPSetup }{TOTPSetup(*s)}, nil
	})
	finish := oneselfOp("totp-finish", http.MethodPut, "/v1/me/totp", "Set up one-time codes: show the first one. Lookup codes are given.")
	finish.may = halfway
	plain(a, finish, func(ctx context.Context, c *caller, in *bodyOf[codeBody]) (*logInOut, error) {
		s, codes, err := g.FinishTOTP(ctx, c.actor, in.Body.Code)
		if err != nil {
			return nil, err
		}
		if err := a.noteLogIn(ctx, c, finish, s); err != nil {
			return nil, err
		}
		out := a.stepped(s)
		out.Body.Codes = codes
		return out, nil
	})
	stepping(a, oneselfOp("totp-remove", http.MethodDelete, "/v1/me/totp", "Switch one-time codes off. Other sessions end."),
		func(ctx context.Context, c *caller, _ *none) (*access.Step, error) { return g.RemoveTOTP(ctx, c.actor) })
	plain(a, oneselfOp("codes-new", http.MethodPost, "/v1/me/codes", "Ten new lookup codes in place of the old ones."),
		func(ctx context.Context, c *caller, _ *none) (*struct{ Body Codes }, error) {
			if c.actor.User.IsZero() {
				return nil, errPeople()
			}
			codes, err := g.NewCodes(ctx, c.actor)
			return &struct{ Body Codes }{Codes{codes}}, err
		})
	a.passkeyRoutes()
}

// Passkey is one of a person's passkeys.
type Passkey struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Added Time   `json:"added" format:"date-time"`
	Used  Time   `json:"used,omitempty" format:"date-time"`
}

func (a *API) passkeyRoutes() {
	g := a.d.Gate
	begin := oneselfOp("passkey-begin", http.MethodPost, "/v1/me/passkeys", "Add a passkey: get the challenge.")
	begin.may = halfway
	plain(a, begin, func(ctx context.Context, c *caller, _ *none) (*challengeOut, error) {
		if c.actor.User.IsZero() {
			return nil, errPeople()
		}
		ch, err := g.BeginPasskey(ctx, c.actor)
		if err != nil {
			return nil, err
		}
		return &challengeOut{Challenge(*ch)}, nil
	})
	type newPasskey struct {
		PasskeyBody
		Name string `json:"name" minLength:"1" maxLength:"100" doc:"What it is kept in, for its owner."`
	}
	finish := oneselfOp("passkey-add", http.MethodPut, "/v1/me/passkeys", "Add a passkey: give the browser's answer. Other sessions end.")
	finish.may = halfway
	stepping(a, finish, func(ctx context.Context, c *caller, in *bodyOf[newPasskey]) (*access.Step, error) {
		return g.FinishPasskey(ctx, c.actor, in.Body.Flow, in.Body.Name, in.Body.Credential)
	})
	plain(a, oneselfOp("passkey-list", http.MethodGet, "/v1/me/passkeys", "One's passkeys."),
		func(ctx context.Context, c *caller, _ *none) (*struct{ Body List[Passkey] }, error) {
			out := &struct{ Body List[Passkey] }{List[Passkey]{Items: []Passkey{}}}
			if c.actor.User.IsZero() {
				return out, nil
			}
			return out, a.d.System.DB.View(ctx, func(tx store.Tx) error {
				all, err := g.ListPasskeys(tx, c.actor.User)
				for _, p := range all {
					out.Body.Items = append(out.Body.Items, Passkey{p.Handle, p.Name, timeOf(p.Added), timeOf(p.Used)})
				}
				return err
			})
		})
	type passkeyIn struct {
		ID string `path:"passkey" maxLength:"100"`
	}
	stepping(a, oneselfOp("passkey-remove", http.MethodDelete, "/v1/me/passkeys/{passkey}", "Remove a passkey. Other sessions end."),
		func(ctx context.Context, c *caller, in *passkeyIn) (*access.Step, error) {
			return g.RemovePasskey(ctx, c.actor, in.ID)
		})
}

func errPeople() error {
	return &access.Refusal{Code: access.Forbidden, Msg: "this is for people who are logged in, not for keys"}
}

func (a *API) sessionRoutes() {
	plain(a, oneselfOp("session-list", http.MethodGet, "/v1/me/sessions", "One's running sessions."),
		func(ctx context.Context, c *caller, _ *none) (*struct{ Body List[Session] }, error) {
			out := &struct{ Body List[Session] }{List[Session]{Items: []Session{}}}
			if c.actor.User.IsZero() {
				return out, nil
			}
			return out, a.d.System.DB.View(ctx, func(tx store.Tx) error {
				all, err := a.d.Gate.Sessions(tx, c.actor.User)
				for _, s := range all {
					out.Body.Items = append(out.Body.Items, sessionOf(s, c.actor.Session))
				}
				return err
			})
		})
	type sessionIn struct {
		ID string `path:"session" maxLength:"40"`
	}
	plain(a, oneselfOp("session-end", http.MethodDelete, "/v1/me/sessions/{session}", "End one of one's sessions."),
		func(ctx context.Context, c *caller, in *sessionIn) (*doneOut, error) {
			i, err := inPath("ses", in.ID)
			if err != nil {
				return nil, err
			}
			if c.actor.User.IsZero() {
				return nil, fault.New(fault.NotFound, "there is no such session")
			}
			return &doneOut{Done{true}}, a.d.System.DB.Update(ctx, func(tx store.Tx) error {
				if err := a.d.Gate.EndSession(tx, c.actor.User, i); err != nil {
					return err
				}
				return access.Record(tx, c.actor, access.Deed{Action: "session.end", Target: in.ID})
			})
		})
}

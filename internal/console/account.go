package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/store"
)

func (s *Server) accountPages() {
	s.oneself("GET /account", s.account)
	s.oneself("POST /account", s.changeAccount)
	s.oneself("POST /account/password", s.changePassword)
	s.oneself("POST /account/totp", s.beginTOTP)
	s.oneself("POST /account/totp/finish", s.finishTOTP)
	s.oneself("POST /account/totp/remove", s.removeTOTP)
	s.oneself("POST /account/codes", s.newCodes)
	s.oneself("POST /account/passkeys/begin", s.beginPasskey)
	s.oneself("POST /account/passkeys", s.addPasskey)
	s.oneself("POST /account/passkeys/remove", s.removePasskey)
	s.oneself("POST /account/sessions/end", s.endSession)
	s.public("POST /login/passkey/begin", s.beginPasskeyLogin)
	s.public("POST /login/passkey", s.passkeyLogin)
}

// oneself adds an address about whoever asks: it needs a log-in and no
// permission.
func (s *Server) oneself(pattern string, h handler) {
	s.routes = append(s.routes, route{pattern: pattern, self: true})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err == nil && (v.actor == nil || v.actor.Stage != access.Full) {
			err = errLogIn
		}
		if err == nil {
			err = h(w, r, v)
		}
		s.answer(w, v, err)
	})
}

// accountBody is what somebody sees of their own account.
type accountBody struct {
	Form     *form
	User     *access.User
	Langs    []option
	Roles    []Link // role, and the company's name
	Passkeys []passkeyRow
	Sessions []sessionRow
	Setup    *access.Setup // one-time codes on their way into an app
	Devices  bool          // passkeys can be kept here
	Wrong    string        // said above the form that was sent
	At       string        // which form: password, totp, codes, passkey, session
	Done     string        // what was just changed, as a word of a phrase
}

type passkeyRow struct {
	access.Passkey
	Added, Used string
}

type sessionRow struct {
	*access.Session
	Name        string
	Began, Used string
	Current     bool
}

func (s *Server) account(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.accountPage(w, v, http.StatusOK, &accountBody{Form: v.blank(), Done: doneWord(r.URL.Query().Get("done"))})
}

// doneWord is one of the words an address may say was done.
func doneWord(s string) string {
	switch s {
	case "account", "password", "totp", "passkey", "session":
		return s
	}
	return ""
}

func (s *Server) accountPage(w http.ResponseWriter, v *visit, status int, b *accountBody) error {
	err := s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		b.Roles, b.Passkeys, b.Sessions = nil, nil, nil
		if b.User, err = s.d.Gate.UserByID(tx, v.actor.User); err != nil {
			return err
		}
		keys, err := s.d.Gate.ListPasskeys(tx, v.actor.User)
		if err != nil {
			return err
		}
		for _, k := range keys {
			b.Passkeys = append(b.Passkeys, passkeyRow{k, stamp(k.Added), stamp(k.Used)})
		}
		sessions, err := s.d.Gate.Sessions(tx, v.actor.User)
		if err != nil {
			return err
		}
		for _, x := range sessions {
			b.Sessions = append(b.Sessions, sessionRow{x, x.ID.Named("ses"), stamp(x.Began), stamp(x.Used), x.ID == v.actor.Session})
		}
		return s.rolesOf(store.Within(v.r.Context(), tx), v, b)
	})
	if err != nil {
		return err
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	if b.At != "account" {
		b.Form.Values.Set("name", b.User.Name)
		b.Form.Values.Set("lang", string(b.User.Lang))
	}
	b.Langs, b.Devices = languageOptions(v), s.d.Gate.Passkeys != nil
	s.render(w, v, status, "account", &Page{Title: v.say("nav.account"), Lead: b.User.Email, Here: "/account", Island: "passkey", Body: b})
	return nil
}

// rolesOf are what the visitor is, and where.
func (s *Server) rolesOf(ctx context.Context, v *visit, b *accountBody) error {
	for _, m := range b.User.Members {
		if m.Company == id.Platform {
			b.Roles = append(b.Roles, Link{v.say("role." + string(m.Role)), v.say("account.all_companies")})
			continue
		}
		c, err := s.d.System.GetCompany(ctx, m.Company)
		if err != nil {
			return err
		}
		b.Roles = append(b.Roles, Link{v.say("role." + string(m.Role)), c.Name})
	}
	return nil
}

// changeAccount changes the name and the language somebody is written to in.
func (s *Server) changeAccount(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	name, tag := f.line("name", 200), f.language("lang")
	if !f.OK() {
		return s.accountPage(w, v, http.StatusUnprocessableEntity, &accountBody{Form: f, At: "account"})
	}
	if tag != "" {
		keep(w, "lang", string(tag))
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		before, err := s.d.Gate.UserByID(tx, v.actor.User)
		if err != nil {
			return access.Deed{}, "", err
		}
		after, err := s.d.Gate.ChangeUser(tx, v.actor.User, access.Change{Name: &name, Lang: &tag})
		return access.Deed{Action: "account.change", Target: v.actor.User.Named("user"), Before: before, After: after}, "/account?done=account", err
	})
}

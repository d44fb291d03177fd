package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"waihu/internal/access"
	"waihu/internal/store"
)

// loginBody is a step of logging in.
type loginBody struct {
	Form  *form
	Back  string
	Wrong string       // said above the form
	Stage access.Stage // what is asked for; empty: address and password
	Setup *access.Setup
	Tour  *Tour  // of a demonstration: people to be
	Other string // name of another system to log in at; empty: none
}

func (s *Server) loginPages() {
	s.public("GET /login", s.showLogin)
	s.public("POST /login", s.takeLogin)
	s.public("POST /login/next", s.takeStep)
	s.public("POST /logout", s.logOut)
	s.public("GET /login/provider", s.toProvider)
	s.public("GET /login/provider/return", s.fromProvider)
}

func (s *Server) loginPage(w http.ResponseWriter, v *visit, status int, b *loginBody) error {
	title := "login.title"
	if b.Stage != "" {
		title = "login.stage_" + string(b.Stage)
	}
	b.Tour = s.d.Tour
	if s.d.Gate.Provider != nil {
		b.Other = s.d.Gate.Provider.Name()
	}
	s.render(w, v, status, "login", &Page{Title: v.say(title), Bare: true, Island: "passkey", Body: b})
	return nil
}

// showLogin asks for what is needed next: address and password, or the step a
// log-in that was begun stands at.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	b := &loginBody{Form: v.blank(), Back: back(r.URL.Query().Get("back"))}
	if v.actor == nil {
		return s.loginPage(w, v, http.StatusOK, b)
	}
	if v.actor.Stage == access.Full {
		v.redirect(w, b.Back)
		return nil
	}
	return s.stagePage(w, v, http.StatusOK, b)
}

// stagePage shows the step a log-in stands at.
func (s *Server) stagePage(w http.ResponseWriter, v *visit, status int, b *loginBody) (err error) {
	b.Stage = v.actor.Stage
	if b.Stage == access.Enrolling {
		if b.Setup, err = s.d.Gate.BeginTOTP(v.r.Context(), v.actor); err != nil {
			return err
		}
	}
	return s.loginPage(w, v, status, b)
}

func (s *Server) takeLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &loginBody{Form: f, Back: back(f.Value("back"))}
	step, err := s.d.Gate.LogIn(r.Context(), f.Value("email"), f.Value("password"), s.client(r))
	f.Values.Del("password") // never shown again
	if err != nil {
		return s.refusedLogin(w, v, b, err)
	}
	return s.stepped(w, v, "login", step, b.Back)
}

// takeStep takes what the stage of a log-in asks for.
func (s *Server) takeStep(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.actor == nil {
		return errLogIn
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &loginBody{Form: f, Back: back(f.Value("back"))}
	var step *access.Step
	switch v.actor.Stage {
	case access.Proving:
		step, err = s.d.Gate.Confirm(r.Context(), v.actor, f.Value("code"))
	case access.Changing:
		step, err = s.d.Gate.SetPassword(r.Context(), v.actor, f.Value("password"))
	case access.Enrolling:
		var codes []string
		if step, codes, err = s.d.Gate.FinishTOTP(r.Context(), v.actor, f.Value("code")); err == nil {
			return s.showCodes(w, v, step, codes, b.Back)
		}
	default:
		v.redirect(w, b.Back)
		return nil
	}
	f.Values.Del("password")
	if err != nil {
		return s.refusedLogin(w, v, b, err)
	}
	return s.stepped(w, v, "login-step", step, b.Back)
}

// refusedLogin shows the form again with the one answer there is.
func (s *Server) refusedLogin(w http.ResponseWriter, v *visit, b *loginBody, err error) error {
	wrong, ok := v.loginWrong(err)
	if !ok {
		return err
	}
	b.Wrong = wrong
	if v.actor != nil && v.actor.Stage != access.Full {
		return s.stagePage(w, v, http.StatusUnprocessableEntity, b)
	}
	return s.loginPage(w, v, http.StatusUnprocessableEntity, b)
}

// loginWrong says why a secret was not taken; ok is false for what is no matter
// of secrets.
func (v *visit) loginWrong(err error) (why string, ok bool) {
	refusal, refused := refusalOf(err)
	_, weak := problemsOf(err)
	switch {
	case weak:
		return v.say("login.weak"), true
	case refused && refusal.Code == access.TooMany:
		return v.say("login.too_many"), true
	case refused:
		return v.say("login.wrong"), true
	}
	return "", false
}

func refusalOf(err error) (*access.Refusal, bool) {
	var r *access.Refusal
	return r, errors.As(err, &r)
}

// stepped sets the new token, notes the step and goes on.
func (s *Server) stepped(w http.ResponseWriter, v *visit, action string, step *access.Step, to string) error {
	if err := s.took(w, v, action, step); err != nil {
		return err
	}
	if step.Session.Stage != access.Full {
		to = "/login?back=" + queryEscape(to)
	}
	v.redirect(w, to)
	return nil
}

func (s *Server) took(w http.ResponseWriter, v *visit, action string, step *access.Step) error {
	actor := &access.Actor{Name: "user " + step.User.ID.Named("user") + " " + step.User.Email, From: s.client(v.r).Address}
	err := s.d.System.DB.Update(v.r.Context(), func(tx store.Tx) error {
		return access.Record(tx, actor, access.Deed{Action: action, Target: step.User.ID.Named("user"), After: map[string]any{"stage": step.Session.Stage}})
	})
	if err == nil && step.Token != "" {
		http.SetCookie(w, session(step.Token))
	}
	return err
}

// session is the cookie of a session; an empty token ends it.
func session(token string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// showCodes shows lookup codes, this once.
func (s *Server) showCodes(w http.ResponseWriter, v *visit, step *access.Step, codes []string, to string) error {
	if err := s.took(w, v, "login-enrol", step); err != nil {
		return err
	}
	return s.codesPage(w, v, codes, to)
}

func (s *Server) codesPage(w http.ResponseWriter, v *visit, codes []string, to string) error {
	s.render(w, v, http.StatusOK, "codes", &Page{Title: v.say("login.codes"), Bare: true, Body: map[string]any{"Codes": codes, "Back": to}})
	return nil
}

func (s *Server) logOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.actor != nil {
		if err := s.d.System.DB.Update(r.Context(), func(tx store.Tx) error { return s.d.Gate.LogOut(tx, v.actor) }); err != nil {
			return err
		}
	}
	http.SetCookie(w, session(""))
	v.redirect(w, "/login")
	return nil
}

// back is a page of ours to go to, the first page where to is none. Browsers read
// a backslash as a slash and leave tabs and line ends out, which could make
// another host of a path.
func back(to string) string {
	u, err := url.Parse(to) // refuses control characters
	if err != nil || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return to
}

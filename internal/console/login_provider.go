package console

import (
	"errors"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
)

// providerCookie binds the way to another log-in and back to one browser.
const providerCookie = "__Host-waihu-provider"

// toProvider sends somebody to the other system that is set up.
func (s *Server) toProvider(w http.ResponseWriter, r *http.Request, v *visit) error {
	to := back(r.URL.Query().Get("back"))
	address, state, err := s.d.Gate.BeginProvider(r.Context(), access.ReturnToConsole, to)
	if err != nil {
		return s.notByProvider(w, v, to, err)
	}
	http.SetCookie(w, &http.Cookie{Name: providerCookie, Value: state, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 600})
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// fromProvider lets in whom the other system sends back.
func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	kept, err := r.Cookie(providerCookie)
	http.SetCookie(w, &http.Cookie{Name: providerCookie, Path: "/", Secure: true, HttpOnly: true, MaxAge: -1})
	if err != nil || kept.Value != q.Get("state") || q.Get("code") == "" {
		return s.notByProvider(w, v, "/", &access.Refusal{Code: access.BadCredentials, Msg: "the log-in was broken off: " + fault.Shorten(q.Get("error"), 100)})
	}
	step, then, err := s.d.Gate.FinishProvider(r.Context(), kept.Value, q.Get("code"), s.client(r))
	if err != nil {
		return s.notByProvider(w, v, "/", err)
	}
	return s.stepped(w, v, "login-provider", step, back(then))
}

// notByProvider shows the log-in again, with why the other system was of no use.
func (s *Server) notByProvider(w http.ResponseWriter, v *visit, to string, err error) error {
	var refusal *access.Refusal
	if s.d.Gate.Provider == nil || !errors.As(err, &refusal) {
		return err
	}
	s.d.Log.WarnContext(v.r.Context(), "a log-in at the provider failed", "error", err)
	b := &loginBody{Form: v.blank(), Back: to, Wrong: v.say("login.provider_wrong", "name", s.d.Gate.Provider.Name())}
	if refusal.Code == access.ProviderDown {
		b.Wrong = v.say("login.provider_down", "name", s.d.Gate.Provider.Name())
	}
	return s.loginPage(w, v, http.StatusUnprocessableEntity, b)
}

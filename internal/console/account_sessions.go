package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// endSession ends one of the visitor's sessions.
func (s *Server) endSession(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	i := f.id("session", "ses")
	if !f.OK() {
		return s.accountPage(w, v, http.StatusUnprocessableEntity, &accountBody{Form: f, At: "session", Wrong: v.say("form.choose")})
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		return access.Deed{Action: "session.end", Target: f.Value("session")}, "/account?done=session", s.d.Gate.EndSession(tx, v.actor.User, i)
	})
}

// beginPasskeyLogin gives the browser what it proves itself with.
func (s *Server) beginPasskeyLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.d.Gate.BeginPasskeyLogin(r.Context())
	if err != nil {
		return s.refusedScript(w, v, err)
	}
	return answerJSON(w, http.StatusOK, map[string]any{"flow": c.Flow, "options": c.Options})
}

// passkeyLogin lets somebody in by passkey.
func (s *Server) passkeyLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &loginBody{Form: f, Back: back(f.Value("back"))}
	step, err := s.d.Gate.FinishPasskeyLogin(r.Context(), f.Value("flow"), []byte(f.Value("credential")), s.client(r))
	if err != nil {
		if _, ok := problemsOf(err); ok || fault.KindOf(err) == fault.NotFound {
			b.Wrong = v.say("account.no_passkey")
			return s.loginPage(w, v, http.StatusUnprocessableEntity, b)
		}
		return s.refusedLogin(w, v, b, err)
	}
	return s.stepped(w, v, "login-passkey", step, b.Back)
}

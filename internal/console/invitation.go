package console

import (
	"net/http"

	"waihu/internal/access"
)

// showInvitation asks somebody who was invited for a password.
func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.invitationPage(w, v, http.StatusOK, v.blank("token", r.URL.Query().Get("token")), "")
}

func (s *Server) invitationPage(w http.ResponseWriter, v *visit, status int, f *form, wrong string) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address opens the account
	s.render(w, v, status, "invitation", &Page{Title: v.say("login.stage_new_password"), Bare: true, Body: map[string]any{"Form": f, "Wrong": wrong}})
	return nil
}

// takeInvitation opens an account with its first password.
func (s *Server) takeInvitation(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	step, err := s.d.Gate.TakeInvitation(r.Context(), f.Value("token"), f.Value("password"), s.client(r))
	f.Values.Del("password")
	if err == nil {
		return s.stepped(w, v, "login-invitation", step, "/")
	}
	wrong, ok := v.loginWrong(err)
	if !ok {
		return err
	}
	if refusal, is := refusalOf(err); is && refusal.Code == access.BadCredentials {
		wrong = v.say("people.invitation_over")
	}
	return s.invitationPage(w, v, http.StatusUnprocessableEntity, f, wrong)
}

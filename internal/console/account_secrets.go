package console

import (
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// secretForm reads a form with the password of whoever sends it, and proves it:
// what somebody logs in with is changed by somebody who knows it. It answers
// itself (nil form) where the password is wrong.
func (s *Server) secretForm(w http.ResponseWriter, v *visit, at string) (*form, error) {
	f, err := v.form(w)
	if err != nil {
		return nil, err
	}
	step, err := s.d.Gate.ProveAgain(v.r.Context(), v.actor, f.Value("current"))
	f.Values.Del("current")
	if err != nil {
		return nil, s.refusedSecret(w, v, f, at, err)
	}
	v.actor.Proved = step.Session.Used
	http.SetCookie(w, session(step.Token))
	return f, nil
}

// refusedSecret shows the account with why a secret was not taken.
func (s *Server) refusedSecret(w http.ResponseWriter, v *visit, f *form, at string, err error) error {
	wrong, ok := v.loginWrong(err)
	switch {
	case ok:
	case fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.Invalid:
		wrong = err.Error()
	default:
		return err
	}
	f.Values.Del("password")
	return s.accountPage(w, v, http.StatusUnprocessableEntity, &accountBody{Form: f, Wrong: wrong, At: at})
}

// changed keeps the new token, notes the change and goes back.
func (s *Server) changed(w http.ResponseWriter, v *visit, action, done string, step *access.Step) error {
	if err := s.took(w, v, action, step); err != nil {
		return err
	}
	v.redirect(w, "/account?done="+done)
	return nil
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.secretForm(w, v, "password")
	if f == nil {
		return err
	}
	step, err := s.d.Gate.SetPassword(r.Context(), v.actor, f.Value("password"))
	if err != nil {
		return s.refusedSecret(w, v, f, "password", err)
	}
	return s.changed(w, v, "password-change", "password", step)
}

// beginTOTP shows the secret of one-time codes.
func (s *Server) beginTOTP(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.secretForm(w, v, "totp")
	if f == nil {
		return err
	}
	setup, err := s.d.Gate.BeginTOTP(r.Context(), v.actor)
	if err != nil {
		return s.refusedSecret(w, v, f, "totp", err)
	}
	return s.accountPage(w, v, http.StatusOK, &accountBody{Form: f, Setup: setup, At: "totp"})
}

// finishTOTP takes the first code and shows the lookup codes. A wrong code makes
// a new secret: the old one is not shown twice.
func (s *Server) finishTOTP(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	step, codes, err := s.d.Gate.FinishTOTP(r.Context(), v.actor, f.Value("code"))
	if err != nil {
		return s.refusedSecret(w, v, f, "totp", err)
	}
	return s.showCodes(w, v, step, codes, "/account?done=totp")
}

func (s *Server) removeTOTP(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.secretForm(w, v, "totp")
	if f == nil {
		return err
	}
	step, err := s.d.Gate.RemoveTOTP(r.Context(), v.actor)
	if err != nil {
		return s.refusedSecret(w, v, f, "totp", err)
	}
	return s.changed(w, v, "totp-remove", "totp", step)
}

// newCodes shows ten new lookup codes in place of the old ones.
func (s *Server) newCodes(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.secretForm(w, v, "codes")
	if f == nil {
		return err
	}
	codes, err := s.d.Gate.NewCodes(r.Context(), v.actor)
	if err != nil {
		return s.refusedSecret(w, v, f, "codes", err)
	}
	if err := s.record(v, access.Deed{Action: "codes-new", Target: v.actor.User.Named("user")}); err != nil {
		return err
	}
	return s.codesPage(w, v, codes, "/account")
}

// record writes a deed of the visitor into the audit log.
func (s *Server) record(v *visit, d access.Deed) error {
	return s.d.System.DB.Update(v.r.Context(), func(tx store.Tx) error { return access.Record(tx, v.actor, d) })
}

// answerJSON is what a script of a page is told.
func answerJSON(w http.ResponseWriter, status int, body any) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(body)
}

// beginPasskey gives the browser what it makes a passkey of.
func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	step, err := s.d.Gate.ProveAgain(r.Context(), v.actor, f.Value("current"))
	if err == nil {
		v.actor.Proved = step.Session.Used
		http.SetCookie(w, session(step.Token))
		var c *access.Challenge
		if c, err = s.d.Gate.BeginPasskey(r.Context(), v.actor); err == nil {
			return answerJSON(w, http.StatusOK, map[string]any{"flow": c.Flow, "options": c.Options})
		}
	}
	return s.refusedScript(w, v, err)
}

// refusedScript tells a script why, in the visitor's words.
func (s *Server) refusedScript(w http.ResponseWriter, v *visit, err error) error {
	wrong, ok := v.loginWrong(err)
	if !ok {
		wrong = v.say("account.no_passkey")
	}
	return answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"wrong": wrong})
}

// addPasskey takes the browser's answer.
func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	name := f.line("passkey", 100)
	if !f.OK() {
		return s.accountPage(w, v, http.StatusUnprocessableEntity, &accountBody{Form: f, At: "passkey"})
	}
	step, err := s.d.Gate.FinishPasskey(r.Context(), v.actor, f.Value("flow"), name, []byte(f.Value("credential")))
	if err != nil {
		if _, ok := problemsOf(err); ok {
			return s.accountPage(w, v, http.StatusUnprocessableEntity, &accountBody{Form: f, At: "passkey", Wrong: v.say("account.no_passkey")})
		}
		return s.refusedSecret(w, v, f, "passkey", err)
	}
	return s.changed(w, v, "passkey-add", "passkey", step)
}

func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.secretForm(w, v, "passkey")
	if f == nil {
		return err
	}
	step, err := s.d.Gate.RemovePasskey(r.Context(), v.actor, f.Value("handle"))
	if err != nil {
		return s.refusedSecret(w, v, f, "passkey", err)
	}
	return s.changed(w, v, "passkey-remove", "passkey", step)
}

package console

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// errDone ends the transaction of a form whose effect was there already.
type errDone struct{ to string }

func (e errDone) Error() string { return "done before" }

// deed does what a form asks: it uses the context it is given, so that use cases
// join the transaction, and gives what was done and where to go.
type deed func(context.Context, store.Tx) (access.Deed, string, error)

// effect does what a form asks, once (see once), and sends the browser on.
func (s *Server) effect(w http.ResponseWriter, v *visit, f *form, do deed) error {
	to, _, err := s.once(v, f, do)
	if err == nil {
		v.redirect(w, to)
	}
	return err
}

// once does what a form asks in one transaction with its entry in the audit log,
// once for each key of a form, and gives where to go. The same form again does
// nothing and goes there too (again).
func (s *Server) once(v *visit, f *form, do deed) (to string, again bool, err error) {
	key, err := f.Once()
	if err != nil {
		return "", false, err
	}
	asked := sha256.Sum256([]byte(v.r.URL.Path + "\n" + f.Values.Encode()))
	var about access.Deed
	err = s.d.System.DB.Update(v.r.Context(), func(tx store.Tx) error {
		before, err := tx.Once().Get(v.company, "page "+key)
		switch {
		case err == nil && before.Request != asked:
			return fault.New(fault.Conflict, "this form was sent before with other values: open it again")
		case err == nil:
			return errDone{string(before.Body)}
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		deed, there, err := do(store.Within(v.r.Context(), tx), tx)
		about = deed
		if err != nil {
			return err
		}
		if to = there; deed.Company == (id.Company{}) {
			deed.Company = v.company
		}
		if err := access.Record(tx, v.actor, deed); err != nil {
			return err
		}
		return tx.Once().Put(v.company, "page "+key, store.Answer{Request: asked, Status: http.StatusSeeOther, Body: []byte(to), At: tx.Now()})
	})
	var done errDone
	if errors.As(err, &done) {
		return done.to, true, nil
	}
	if stale := (store.Stale{}); errors.As(err, &stale) {
		err = s.changedBy(v, about.Target, stale.At)
	}
	return to, false, err
}

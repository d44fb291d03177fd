package console

import (
	"errors"
	"net/http"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// errStale refuses a form whose thing somebody changed since it was opened.
var errStale = fault.New(fault.Conflict, "somebody changed it since the form was opened: open it again")

// remember keeps in a form what it shows. People log in and wallets are drawn on:
// their records change although nobody changed what a form is about, so that no
// revision could tell.
func (f *form) remember() *form {
	f.Values.Set("seen", digestOf(f.Values.Encode()))
	return f
}

// unchanged is errStale where the form would show something else if it were
// opened now.
func (f *form) unchanged(now *form) error {
	if f.Value("seen") != now.Value("seen") {
		return errStale
	}
	return nil
}

// stale shows a form again where err is errStale, and says so above it. Any other
// error is handed on.
func (f *form) stale(err error, page func(status int) error) error {
	if !errors.Is(err, errStale) {
		return err
	}
	f.Stale = true
	return page(http.StatusConflict)
}

// changedBy refuses a form that was opened before somebody changed the thing it is about,
// in words of the reader: who changed it last, when, and what to do. Who it was stands in
// the audit log, at the very moment of the change; what the program did stands in none.
func (s *Server) changedBy(v *visit, target string, at timex.Instant) error {
	trail, err := s.d.System.AuditTrail(v.r.Context(), v.company, app.TrailQuery{Target: target, Period: timex.Period{From: at, To: at + 1}, Limit: 1})
	if at.IsZero() || target == "" || err != nil || len(trail.Entries) == 0 {
		return fault.New(fault.Conflict, "somebody changed this after you opened it: open the page again to see how it stands, and make your change there")
	}
	return fault.New(fault.Conflict, "%s changed this at %s, after you opened it: open the page again to see how it stands, and make your change there", actorShown(trail.Entries[0].Actor), v.moment(at))
}

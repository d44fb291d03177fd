package console

import (
	"errors"
	"net/http"

	"waihu/internal/fault"
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

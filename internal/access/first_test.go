package access_test

import (
	"testing"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// TestFirstAccountIsClaimedOnce: whoever has the token makes the first account
// their own, and nobody after them.
func TestFirstAccountIsClaimedOnce(t *testing.T) {
	w := newWorld(t)
	unclaimed := func(want bool) {
		t.Helper()
		got, err := w.g.Unclaimed(t.Context())
		must(t, err)
		if got != want {
			t.Fatalf("unclaimed is %v, want %v", got, want)
		}
	}
	unclaimed(false) // nobody is there at all
	once, err := w.g.FirstOperator(t.Context(), "operator@localhost.localdomain")
	must(t, err)
	unclaimed(true)
	c := access.Claim{Token: "wrong", Email: "Mei@Example.com", Name: " Mei ", Lang: lang.Traditional, Password: password}
	_, err = w.g.Claim(t.Context(), c, home)
	w.wantRefusal(err, access.BadCredentials)
	c.Token = once
	for _, bad := range []access.Claim{{once, "no address", "Mei", lang.English, password}, {once, "mei@example.com", "  ", lang.English, password}, {once, "mei@example.com", "Mei", lang.English, "12345678"}} {
		_, err := w.g.Claim(t.Context(), bad, home)
		w.wantKind(err, fault.Invalid)
	}
	unclaimed(true)
	s, err := w.g.Claim(t.Context(), c, home)
	must(t, err)
	if s.User.Email != "mei@example.com" || s.User.Name != "Mei" || s.User.Lang != lang.Traditional || s.Session.Stage != access.Enrolling {
		t.Errorf("%+v at %s", s.User, s.Session.Stage)
	}
	unclaimed(false)
	_, err = w.g.Claim(t.Context(), c, home)
	w.wantKind(err, fault.Conflict)
	if again, err := w.g.FirstOperator(t.Context(), "operator@localhost.localdomain"); err != nil || again != "" {
		t.Errorf("another first operator: %q, %v", again, err)
	}
	if _, err := w.g.LogIn(t.Context(), "mei@example.com", password, home); err != nil {
		t.Error(err)
	}
}

// TestNothingToClaimWithOthersThere: once there are more accounts, or the first
// was used, the token is an ordinary one-time password.
func TestNothingToClaimWithOthersThere(t *testing.T) {
	w := newWorld(t)
	once, err := w.g.FirstOperator(t.Context(), "ops@example.com")
	must(t, err)
	w.update(func(tx store.Tx) error {
		_, _, err := w.g.AddUser(tx, access.NewUser{Email: "b@example.com", Name: "B", Members: []access.Member{{Company: id.Platform, Role: access.Finance}}})
		return err
	})
	_, err = w.g.Claim(t.Context(), access.Claim{Token: once, Email: "c@example.com", Name: "C", Password: password}, home)
	w.wantKind(err, fault.Conflict)
}

package access_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

func TestFirstOperatorLogsInOnceThenChanges(t *testing.T) {
	w := newWorld(t)
	once, err := w.g.FirstOperator(t.Context(), "ops@example.com")
	must(t, err)
	if once == "" {
		t.Fatal("no one-time password was given")
	}
	if again, err := w.g.FirstOperator(t.Context(), "other@example.com"); err != nil || again != "" {
		t.Fatalf("a second first operator: %q, %v", again, err)
	}
	s, err := w.g.LogIn(t.Context(), "OPS@example.com", once, home)
	must(t, err)
	if s.Session.Stage != access.Changing {
		t.Fatalf("stage %s after a one-time password, want %s", s.Session.Stage, access.Changing)
	}
	if access.Can(w.actor(s.Token), access.CompanyRead, id.Platform) {
		t.Error("a one-time password gives permissions before it was changed")
	}
	old := s.Token
	s, err = w.g.SetPassword(t.Context(), w.actor(s.Token), password)
	must(t, err)
	if s.Session.Stage != access.Enrolling {
		t.Fatalf("stage %s, want %s: an operator needs a second factor", s.Session.Stage, access.Enrolling)
	}
	if _, err := w.g.LetSession(t.Context(), old, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("the token before a step still works: %v", err)
	}
	s, secret, codes := w.enrol(s.Token)
	if s.Session.Stage != access.Full || len(codes) != 10 {
		t.Fatalf("stage %s and %d codes after enrolling", s.Session.Stage, len(codes))
	}
	if !access.Can(w.actor(s.Token), access.Operate, id.Platform) {
		t.Error("the operator may not operate")
	}
	w.after(time.Minute)
	s, err = w.g.LogIn(t.Context(), "ops@example.com", password, home)
	must(t, err)
	if s.Session.Stage != access.Proving {
		t.Fatalf("stage %s, want %s", s.Session.Stage, access.Proving)
	}
	s, err = w.g.Confirm(t.Context(), w.actor(s.Token), w.code(secret, 0))
	must(t, err)
	if s.Session.Stage != access.Full {
		t.Fatalf("stage %s after the second factor", s.Session.Stage)
	}
}

func TestOneTimeCodeCountsOnce(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	_, secret, codes := w.enrol(s.Token)
	again := func(code string) error {
		s, err := w.g.LogIn(t.Context(), "fin@example.com", password, home)
		must(t, err)
		_, err = w.g.Confirm(t.Context(), w.actor(s.Token), code)
		return err
	}
	w.wantRefusal(again(w.code(secret, 0)), access.BadCredentials) // it was used to enrol
	must(t, again(w.code(secret, 1)))
	w.wantRefusal(again(w.code(secret, 1)), access.BadCredentials)
	w.after(30 * time.Second)
	grouped := w.code(secret, 1)
	must(t, again(grouped[:3]+" "+grouped[3:])) // as apps show it
	must(t, again(strings.ToUpper(codes[3])))
	w.wantRefusal(again(codes[3]), access.BadCredentials)
	must(t, again(strings.ReplaceAll(codes[4], "-", " ")))
}

// TestASecretStaysWhileItIsSetUp: a page that is shown again after a wrong code has
// the secret that is in the app by then; another session has its own.
func TestASecretStaysWhileItIsSetUp(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	begin := func(token string) string {
		t.Helper()
		setup, err := w.g.BeginTOTP(t.Context(), w.actor(token))
		must(t, err)
		return setup.Secret
	}
	first := begin(s.Token)
	_, _, err := w.g.FinishTOTP(t.Context(), w.actor(s.Token), "000000")
	w.wantRefusal(err, access.BadCredentials)
	if begin(s.Token) != first {
		t.Error("another secret than the one in the app")
	}
	other, err := w.g.LogIn(t.Context(), "fin@example.com", password, home)
	must(t, err)
	if begin(other.Token) == first {
		t.Error("what one session sets up is told to another")
	}
}

// TestLostFactors: who has neither app nor codes is let in again by whoever has the
// service's machine, and sets up a new factor.
func TestLostFactors(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	_, secret, codes := w.enrol(s.Token)
	in := func(factors bool) *access.Step {
		t.Helper()
		once, err := w.g.OneTimePassword(t.Context(), "fin@example.com", factors)
		must(t, err)
		s, err := w.g.LogIn(t.Context(), "fin@example.com", once, home)
		must(t, err)
		s, err = w.g.SetPassword(t.Context(), w.actor(s.Token), password)
		must(t, err)
		return s
	}
	if s := in(false); s.Session.Stage != access.Proving {
		t.Errorf("a new password alone leaves the factor: stage %s", s.Session.Stage)
	}
	s = in(true)
	if s.Session.Stage != access.Enrolling || s.User.TOTP || s.User.Codes != 0 {
		t.Errorf("stage %s, %+v", s.Session.Stage, s.User)
	}
	_, fresh, _ := w.enrol(s.Token)
	s, err := w.g.LogIn(t.Context(), "fin@example.com", password, home)
	must(t, err)
	for _, old := range []string{w.code(secret, 1), codes[0]} {
		_, err = w.g.Confirm(t.Context(), w.actor(s.Token), old)
		w.wantRefusal(err, access.BadCredentials)
	}
	_, err = w.g.Confirm(t.Context(), w.actor(s.Token), w.code(fresh, 1))
	must(t, err)
}

func TestWrongLogInsAreAlike(t *testing.T) {
	w := newWorld(t)
	w.person("known@example.com", access.Member{Company: w.company(), Role: access.Agent})
	_, known := w.g.LogIn(t.Context(), "known@example.com", "wrong", home)
	_, unknown := w.g.LogIn(t.Context(), "nobody@example.com", "wrong", home)
	_, silly := w.g.LogIn(t.Context(), "not an address", "wrong", home)
	if known == nil || unknown == nil || silly == nil || known.Error() != unknown.Error() || known.Error() != silly.Error() {
		t.Errorf("the answers differ: %v; %v; %v", known, unknown, silly)
	}
}

func TestFailuresMakeAnAccountWait(t *testing.T) {
	w := newWorld(t)
	w.person("slow@example.com", access.Member{Company: w.company(), Role: access.Agent})
	for range 5 {
		_, err := w.g.LogIn(t.Context(), "slow@example.com", "wrong", home)
		w.wantRefusal(err, access.BadCredentials)
	}
	_, err := w.g.LogIn(t.Context(), "slow@example.com", password, home)
	w.wantRefusal(err, access.TooMany)
	w.after(2 * time.Second)
	_, err = w.g.LogIn(t.Context(), "slow@example.com", "wrong", home)
	w.wantRefusal(err, access.BadCredentials)
	_, err = w.g.LogIn(t.Context(), "slow@example.com", password, home)
	w.wantRefusal(err, access.TooMany)
	w.after(16 * time.Minute) // the longest wait: nobody is locked out for good
	_, err = w.g.LogIn(t.Context(), "slow@example.com", password, home)
	must(t, err)
}

// Somebody who has the password must not get guesses at the code for each time
// they show it.
func TestThePasswordBuysNoGuessesAtTheCode(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	_, secret, _ := w.enrol(s.Token)
	for range 5 {
		s, err := w.g.LogIn(t.Context(), "fin@example.com", password, home)
		must(t, err)
		_, err = w.g.Confirm(t.Context(), w.actor(s.Token), "000000")
		w.wantRefusal(err, access.BadCredentials)
	}
	_, err := w.g.LogIn(t.Context(), "fin@example.com", password, home)
	w.wantRefusal(err, access.TooMany)
	w.after(16 * time.Minute)
	s, err = w.g.LogIn(t.Context(), "fin@example.com", password, home)
	must(t, err)
	_, err = w.g.Confirm(t.Context(), w.actor(s.Token), w.code(secret, 0))
	must(t, err)
}

func TestAnAddressThatGuessesWaits(t *testing.T) {
	w := newWorld(t)
	w.person("goal@example.com", access.Member{Company: w.company(), Role: access.Agent})
	thief := access.Client{Address: "203.0.113.9"}
	for i := range 50 {
		_, err := w.g.LogIn(t.Context(), string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.com", "wrong", thief)
		w.wantRefusal(err, access.BadCredentials)
	}
	_, err := w.g.LogIn(t.Context(), "goal@example.com", password, thief)
	w.wantRefusal(err, access.TooMany)
	if _, err := w.g.LogIn(t.Context(), "goal@example.com", password, home); err != nil {
		t.Errorf("somebody else's guesses keep an honest person out: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	agent := w.person("agent@example.com", access.Member{Company: c, Role: access.Agent})
	boss := w.person("boss@example.com", access.Member{Company: c, Role: access.Supervisor})
	w.after(2 * time.Hour)
	w.actor(agent.Token)
	if _, err := w.g.LetSession(t.Context(), boss.Token, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("a supervisor's session outlived an idle hour: %v", err)
	}
	for range 11 { // used all the time, it still ends after a day
		w.after(2 * time.Hour)
		if w.now < agent.Session.Ends {
			w.actor(agent.Token)
		}
	}
	if _, err := w.g.LetSession(t.Context(), agent.Token, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("a session outlived a day: %v", err)
	}
	w.update(func(tx store.Tx) error {
		n, err := w.g.Sweep(tx, 100)
		if n != 2 {
			t.Errorf("%d records were swept, want the 2 sessions", n)
		}
		return err
	})
}

func TestChangesEndOtherSessions(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	first := w.person("two@example.com", access.Member{Company: c, Role: access.Supervisor})
	second, err := w.g.LogIn(t.Context(), "two@example.com", password, home)
	must(t, err)
	w.after(11 * time.Minute)
	_, err = w.g.SetPassword(t.Context(), w.actor(second.Token), "another long password of words")
	w.wantRefusal(err, access.ProveAgain)
	_, err = w.g.ProveAgain(t.Context(), w.actor(second.Token), "wrong")
	w.wantRefusal(err, access.BadCredentials)
	second, err = w.g.ProveAgain(t.Context(), w.actor(second.Token), password)
	must(t, err)
	second, err = w.g.SetPassword(t.Context(), w.actor(second.Token), "another long password of words")
	must(t, err)
	if _, err := w.g.LetSession(t.Context(), first.Token, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("the other session outlived a new password: %v", err)
	}
	w.update(func(tx store.Tx) error {
		_, err := w.g.ChangeUser(tx, second.User.ID, access.Change{Members: []access.Member{{Company: c, Role: access.Agent}}})
		return err
	})
	if _, err := w.g.LetSession(t.Context(), second.Token, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("a session outlived a change of roles: %v", err)
	}
}

func TestSessionsAreSeenAndEndedByTheirOwnerOnly(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	a := w.person("a@example.com", access.Member{Company: c, Role: access.Agent})
	b := w.person("b@example.com", access.Member{Company: c, Role: access.Agent})
	w.update(func(tx store.Tx) error {
		all, err := w.g.Sessions(tx, a.User.ID)
		if len(all) != 1 || all[0].ID != a.Session.ID {
			t.Errorf("a sees %d sessions", len(all))
		}
		if err := w.g.EndSession(tx, a.User.ID, b.Session.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a ended b's session: %v", err)
		}
		return err
	})
	w.update(func(tx store.Tx) error { return w.g.EndSession(tx, a.User.ID, a.Session.ID) })
	if _, err := w.g.LetSession(t.Context(), a.Token, home); !refusedAs(err, access.NoCredentials) {
		t.Errorf("an ended session works: %v", err)
	}
	w.actor(b.Token)
}

func TestInvitationIsGoodOnceAndForAWeek(t *testing.T) {
	w := newWorld(t)
	var token string
	w.update(func(tx store.Tx) (err error) {
		_, token, err = w.g.AddUser(tx, access.NewUser{Email: "new@example.com", Name: "New", Members: []access.Member{{Company: w.company(), Role: access.Agent}}})
		return err
	})
	_, err := w.g.TakeInvitation(t.Context(), token, "password123", home)
	w.wantKind(err, fault.Invalid)
	_, err = w.g.TakeInvitation(t.Context(), token, password, home)
	must(t, err)
	_, err = w.g.TakeInvitation(t.Context(), token, password, home)
	w.wantRefusal(err, access.BadCredentials)
	w.update(func(tx store.Tx) (err error) {
		u, err := w.g.UserByEmail(tx, "new@example.com")
		if err == nil {
			token, err = w.g.Invite(tx, u.ID)
		}
		return err
	})
	w.after(8 * 24 * time.Hour)
	_, err = w.g.TakeInvitation(t.Context(), token, password, home)
	w.wantRefusal(err, access.BadCredentials)
}

func TestAFactorThatIsNeededStays(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	s, _, _ = w.enrol(s.Token)
	_, err := w.g.RemoveTOTP(t.Context(), w.actor(s.Token))
	w.wantKind(err, fault.Conflict)
	s = w.person("ag@example.com", access.Member{Company: w.company(), Role: access.Agent})
	s, _, _ = w.enrol(s.Token)
	s, err = w.g.RemoveTOTP(t.Context(), w.actor(s.Token))
	must(t, err)
	if s.User.TOTP {
		t.Error("one-time codes are still on")
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	w := newWorld(t)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	s, secret, codes := w.enrol(s.Token)
	var key string
	w.update(func(tx store.Tx) (err error) {
		_, key, err = w.g.AddKey(tx, access.NewKey{Name: "k", Role: access.Finance})
		return err
	})
	w.update(func(tx store.Tx) error {
		seen := 0
		for _, k := range []store.Kind{"user", "session", "key"} {
			recs, err := tx.Records().List(id.Platform, k, store.Key{}, store.Page{Limit: 100})
			if err != nil {
				return err
			}
			for _, r := range recs {
				seen++
				for _, plain := range []string{password, secret, codes[0], strings.ReplaceAll(codes[0], "-", ""), s.Token, key, key[len(key)-59:]} {
					if strings.Contains(string(r.Body), plain) {
						t.Errorf("a record of kind %s holds a secret as it is", k)
					}
				}
			}
		}
		if seen < 3 {
			t.Errorf("only %d records were looked at", seen)
		}
		return nil
	})
}

// TestNetwork: whoever has a line of IPv6 does not begin anew with each of its
// addresses.
func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{"198.51.100.7": "198.51.100.7", "::ffff:198.51.100.7": "::ffff:198.51.100.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "a pipe": "a pipe"} {
		if got := access.Network(address); got != want {
			t.Errorf("%s counts as %s, want %s", address, got, want)
		}
	}
}

package access_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

// world is a gate over a database whose clock the test sets.
type world struct {
	*testing.T
	g   *access.Gate
	now timex.Instant
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: timex.At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	db, err := sqlite.Memory(sqlite.Options{Clock: func() timex.Instant { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, db.Close()) })
	seal, err := access.NewSealer(make([]byte, access.SealerKeySize))
	if err != nil {
		t.Fatal(err)
	}
	w.g = &access.Gate{DB: db, IDs: id.NewMaker(rand.Reader), Seal: seal, Hasher: access.NewQuickHasher(), Policy: access.Policy{SecondFactor: true, SecondPerson: true}}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) after(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) update(f func(store.Tx) error) {
	w.Helper()
	must(w.T, w.g.DB.Update(w.Context(), f))
}

// company makes an identifier of one.
func (w *world) company() id.Company {
	i, err := w.g.IDs.At(w.now)
	must(w.T, err)
	return id.Company{ID: i}
}

var home = access.Client{Address: "198.51.100.7", Agent: "test"}

const password = "correct horse battery staple"

// person makes an account with a password and logs in as far as it goes.
func (w *world) person(email string, ms ...access.Member) *access.Step {
	w.Helper()
	var token string
	w.update(func(tx store.Tx) (err error) {
		_, token, err = w.g.AddUser(tx, access.NewUser{Email: email, Name: "Somebody", Members: ms})
		return err
	})
	s, err := w.g.TakeInvitation(w.Context(), token, password, home)
	must(w.T, err)
	return s
}

func (w *world) actor(token string) *access.Actor {
	w.Helper()
	a, err := w.g.LetSession(w.Context(), token, home)
	must(w.T, err)
	return a
}

// code is the one-time code of a secret now, or some steps later.
func (w *world) code(secret string, later int) string {
	w.Helper()
	c, err := hotp.GenerateCodeCustom(secret, uint64(w.now.Time().Unix()/30)+uint64(later), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	must(w.T, err)
	return c
}

// enrol sets up one-time codes.
func (w *world) enrol(token string) (s *access.Step, secret string, codes []string) {
	w.Helper()
	setup, err := w.g.BeginTOTP(w.Context(), w.actor(token))
	must(w.T, err)
	s, codes, err = w.g.FinishTOTP(w.Context(), w.actor(token), w.code(setup.Secret, 0))
	must(w.T, err)
	return s, setup.Secret, codes
}

// refused tells whether an error is a refusal of a code.
func refusedAs(err error, code string) bool {
	var r *access.Refusal
	return errors.As(err, &r) && r.Code == code
}

func (w *world) wantRefusal(err error, code string) {
	w.Helper()
	if !refusedAs(err, code) {
		w.Fatalf("got %v, want a refusal %s", err, code)
	}
}

func (w *world) wantKind(err error, k fault.Kind) {
	w.Helper()
	if err == nil || fault.KindOf(err) != k {
		w.Fatalf("got %v, want an error of kind %s", err, k)
	}
}

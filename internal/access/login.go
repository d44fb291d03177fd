package access

import (
	"context"
	"errors"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Step is where a log-in stands. Token is the new token of the session, empty
// where it did not change; the one before is worth nothing any more.
type Step struct {
	Token   string
	Session *Session
	User    *User
}

// LogIn begins a session with an address and a password.
func (g *Gate) LogIn(ctx context.Context, email, password string, cl Client) (*Step, error) {
	email, err := Address(email)
	if err != nil {
		email = "nobody@invalid"
	}
	var acc *row[account]
	err = g.DB.View(ctx, func(tx store.Tx) (err error) {
		if err := throttled(tx, email, cl.Address); err != nil {
			return err
		}
		acc, err = find[account](tx, userKind, store.Key{Name: "email", Value: email})
		return err
	})
	if err != nil {
		return nil, err
	}
	stored, staff := "", false
	if acc != nil && !acc.Body.Disabled {
		stored, staff = acc.Body.Password, acc.Body.staff()
	}
	ok, again, err := g.Hasher.Verify(ctx, password, stored, staff)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, g.refused(ctx, email, cl)
	}
	rehashed := ""
	if again {
		if rehashed, err = g.Hasher.Hash(ctx, password, staff); err != nil {
			return nil, err
		}
	}
	return g.enter(ctx, acc.id(), cl, func(tx store.Tx, r *row[account]) (Stage, error) {
		if r.Body.Password != stored {
			return "", errLogin() // changed since it was looked at
		}
		if rehashed != "" {
			r.Body.Password = rehashed
		}
		return g.afterPassword(&r.Body), nil
	})
}

// refused counts a failure and gives the one answer there is.
func (g *Gate) refused(ctx context.Context, email string, cl Client) error {
	err := g.DB.Update(ctx, func(tx store.Tx) error { return g.failed(tx, email, cl.Address) })
	if err != nil {
		return err
	}
	return errLogin()
}

// afterPassword is how far a right password brings somebody.
func (g *Gate) afterPassword(a *account) Stage {
	switch {
	case a.MustChange:
		return Changing
	case a.hasFactor():
		return Proving
	case g.Policy.SecondFactor && a.needsFactor():
		return Enrolling
	}
	return Full
}

// enter begins a session at the stage that prove gives, with what it changed in
// the account.
func (g *Gate) enter(ctx context.Context, user id.ID, cl Client, prove func(store.Tx, *row[account]) (Stage, error)) (*Step, error) {
	var s *Step
	err := g.DB.Update(ctx, func(tx store.Tx) error {
		r, err := get[account](tx, userKind, user)
		if err != nil {
			return err
		}
		if r == nil || r.Body.Disabled {
			return errLogin()
		}
		stage, err := prove(tx, r)
		if err != nil {
			return err
		}
		if err := reached(tx, r, stage, cl.Address); err != nil {
			return err
		}
		s = &Step{User: shown(r)}
		s.Token, s.Session, err = g.begin(tx, user, stage, cl)
		return err
	})
	return s, err
}

// reached notes that somebody has proved a step. Failures are forgotten once all
// is proved: with the password alone, codes could be guessed without end.
func reached(tx store.Tx, r *row[account], stage Stage, address string) error {
	if stage == Full {
		r.Body.LastIn = tx.Now()
	}
	if err := save(tx, r); err != nil || stage != Full {
		return err
	}
	return succeeded(tx, r.Body.Email, address)
}

// advance brings a running session to the stage that prove gives, under a new
// token. A wrong code is counted although everything else is undone.
func (g *Gate) advance(ctx context.Context, a *Actor, prove func(store.Tx, *row[account]) (Stage, error)) (*Step, error) {
	if a.Session.IsZero() {
		return nil, refuse(NoCredentials, "this is for people who are logged in")
	}
	var s *Step
	email := ""
	err := g.DB.Update(ctx, func(tx store.Tx) error {
		r, err := g.account(tx, a.User)
		if err != nil {
			return err
		}
		email = r.Body.Email
		if err := throttled(tx, email, a.From); err != nil {
			return err
		}
		stage, err := prove(tx, r)
		if err != nil {
			return err
		}
		if err := reached(tx, r, stage, a.From); err != nil {
			return err
		}
		s = &Step{User: shown(r)}
		if s.Token, err = g.renew(tx, a.Session, stage); err != nil {
			return err
		}
		ses, err := get[login](tx, sessionKind, a.Session)
		if err != nil {
			return err
		}
		s.Session = sessionShown(ses, &r.Body)
		return nil
	})
	var r *Refusal
	if errors.As(err, &r) && r.Code == BadCredentials {
		return nil, g.refused(ctx, email, Client{Address: a.From})
	}
	return s, err
}

// proved refuses a change of what somebody logs in with, unless a secret was
// shown a short while ago.
func proved(tx store.Tx, a *Actor) error {
	if tx.Now() >= a.Proved.Add(proofHolds) {
		return refuse(ProveAgain, "show your password once more before you change how you log in")
	}
	return nil
}

// ProveAgain takes the password in a running session.
func (g *Gate) ProveAgain(ctx context.Context, a *Actor, password string) (*Step, error) {
	if a.Stage != Full {
		return nil, refuse(NotYet, "finish logging in first")
	}
	var acc *row[account]
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		if acc, err = g.account(tx, a.User); err == nil {
			err = throttled(tx, acc.Body.Email, a.From)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	ok, _, err := g.Hasher.Verify(ctx, password, acc.Body.Password, acc.Body.staff())
	if err != nil {
		return nil, err
	}
	return g.advance(ctx, a, func(store.Tx, *row[account]) (Stage, error) {
		if !ok {
			return "", errLogin()
		}
		return Full, nil
	})
}

// SetPassword chooses a new password, in place of a one-time one or of the one
// that was shown just before. Other sessions end.
func (g *Gate) SetPassword(ctx context.Context, a *Actor, password string) (*Step, error) {
	if a.Stage != Changing && a.Stage != Full {
		return nil, refuse(NotYet, "finish logging in first")
	}
	var acc *row[account]
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		acc, err = g.account(tx, a.User)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := CheckPassword(password, acc.Body.Email, acc.Body.Name); err != nil {
		return nil, err
	}
	same, _, err := g.Hasher.Verify(ctx, password, acc.Body.Password, acc.Body.staff())
	if err != nil {
		return nil, err
	}
	if same {
		return nil, fault.Problem{Path: "password", What: "it is the one there was", Fix: "choose another"}
	}
	hash, err := g.Hasher.Hash(ctx, password, acc.Body.staff())
	if err != nil {
		return nil, err
	}
	return g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		if a.Stage == Full {
			if err := proved(tx, a); err != nil {
				return "", err
			}
		}
		r.Body.Password, r.Body.MustChange = hash, false
		if err := g.endSessions(tx, a.User, a.Session); err != nil {
			return "", err
		}
		if a.Stage == Full {
			return Full, nil
		}
		return g.afterPassword(&r.Body), nil
	})
}

// TakeInvitation sets the first password with the token of an invitation.
func (g *Gate) TakeInvitation(ctx context.Context, token, password string, cl Client) (*Step, error) {
	key := store.Key{Name: "invite", Value: tokenHash(token)}
	var acc *row[account]
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		if err := throttled(tx, "invitation", cl.Address); err != nil {
			return err
		}
		acc, err = find[account](tx, userKind, key)
		if err == nil && (acc == nil || tx.Now() >= acc.Body.InviteEnds) {
			acc = nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if acc == nil {
		return nil, g.refused(ctx, "invitation", cl)
	}
	if err := CheckPassword(password, acc.Body.Email, acc.Body.Name); err != nil {
		return nil, err
	}
	hash, err := g.Hasher.Hash(ctx, password, acc.Body.staff())
	if err != nil {
		return nil, err
	}
	return g.enter(ctx, acc.id(), cl, func(tx store.Tx, r *row[account]) (Stage, error) {
		if r.Body.Invite != key.Value {
			return "", errLogin()
		}
		r.Body.Password, r.Body.MustChange, r.Body.Invite, r.Body.InviteEnds = hash, false, "", 0
		return g.afterPassword(&r.Body), nil
	})
}

// LogOut ends the actor's session.
func (g *Gate) LogOut(tx store.Tx, a *Actor) error {
	if a.Session.IsZero() {
		return nil
	}
	return g.EndSession(tx, a.User, a.Session)
}

// FirstOperator makes the first account of an installation and gives its
// one-time password, unless there is one already: then it gives "".
func (g *Gate) FirstOperator(ctx context.Context, email string) (string, error) {
	password := oneTimePassword()
	hash, err := g.Hasher.Hash(ctx, password, true)
	if err != nil {
		return "", err
	}
	made := false
	err = g.DB.Update(ctx, func(tx store.Tx) error {
		made = false
		rows, err := list[account](tx, userKind, store.Key{}, store.Page{Limit: 1})
		if err != nil || len(rows) > 0 {
			return err
		}
		_, err = g.withOneTime(tx, NewUser{Email: email, Name: "Operator", Members: []Member{{id.Platform, Operator}}}, hash)
		made = err == nil
		return err
	})
	if err != nil || !made {
		return "", err
	}
	return password, nil
}

// OneTimePassword gives an account a password that must be changed when it is
// used; its sessions end. For somebody who lost what they had, factors goes too:
// one-time codes, lookup codes and passkeys, to be set up anew.
func (g *Gate) OneTimePassword(ctx context.Context, email string, factors bool) (string, error) {
	password := oneTimePassword()
	hash, err := g.Hasher.Hash(ctx, password, true)
	if err != nil {
		return "", err
	}
	return password, g.DB.Update(ctx, func(tx store.Tx) error {
		u, err := g.UserByEmail(tx, email)
		if err != nil {
			return err
		}
		r, err := g.account(tx, u.ID)
		if err != nil {
			return err
		}
		r.Body.Password, r.Body.MustChange, r.Body.Invite = hash, true, ""
		if factors {
			r.Body.TOTP, r.Body.TOTPTried, r.Body.TOTPFor, r.Body.TOTPStep, r.Body.Codes, r.Body.Passkeys = "", "", id.ID{}, 0, nil, nil
		}
		if err := save(tx, r); err != nil {
			return err
		}
		return g.endSessions(tx, u.ID, id.ID{})
	})
}

func (g *Gate) withOneTime(tx store.Tx, n NewUser, hash string) (*User, error) {
	u, _, err := g.AddUser(tx, n)
	if err != nil {
		return nil, err
	}
	r, err := g.account(tx, u.ID)
	if err != nil {
		return nil, err
	}
	r.Body.Password, r.Body.MustChange, r.Body.Invite = hash, true, ""
	return shown(r), save(tx, r)
}

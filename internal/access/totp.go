package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// One-time codes are those of RFC 6238 with what every app understands: SHA-1,
// six digits, thirty seconds. A code counts once, and so does every earlier one.
const (
	totpStep    = 30
	totpSkew    = 1 // steps before and after
	lookupCodes = 10
)

// Setup is the secret of one-time codes on its way into an app.
type Setup struct {
	Secret string // base 32
	URL    string // for a QR code
}

// BeginTOTP makes a secret; it counts once a code of it was shown. Asked again in
// the same session it gives the same one, which is in the app by then; another
// session's is never given, since somebody else may have begun that.
func (g *Gate) BeginTOTP(ctx context.Context, a *Actor) (*Setup, error) {
	if a.Stage != Full && a.Stage != Enrolling {
		return nil, refuse(NotYet, "finish logging in first")
	}
	s := &Setup{}
	err := g.DB.Update(ctx, func(tx store.Tx) error {
		r, err := g.account(tx, a.User)
		if err != nil {
			return err
		}
		if a.Stage == Full {
			if err := proved(tx, a); err != nil {
				return err
			}
		}
		if s.Secret, err = g.secretFor(a, &r.Body); err != nil {
			return err
		}
		s.URL = "otpauth://totp/Waihu:" + r.Body.Email + "?secret=" + s.Secret + "&issuer=Waihu"
		return save(tx, r)
	})
	return s, err
}

// secretFor is the secret a session is setting up, a new one if it has none yet.
func (g *Gate) secretFor(a *Actor, b *account) (string, error) {
	if b.TOTPTried != "" && !a.Session.IsZero() && b.TOTPFor == a.Session {
		secret, err := g.Seal.Open(b.TOTPTried, "totp")
		return string(secret), err
	}
	secret := make([]byte, 20)
	rand.Read(secret)
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	b.TOTPTried, b.TOTPFor = g.Seal.Seal([]byte(text), "totp"), a.Session
	return text, nil
}

// FinishTOTP takes the first code, and gives ten codes for the day the app is
// lost, each good once. Other sessions end.
func (g *Gate) FinishTOTP(ctx context.Context, a *Actor, code string) (*Step, []string, error) {
	if a.Stage != Full && a.Stage != Enrolling {
		return nil, nil, refuse(NotYet, "finish logging in first")
	}
	plain := newLookupCodes()
	s, err := g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		if r.Body.TOTPTried == "" {
			return "", fault.New(fault.Conflict, "there is no secret to confirm: begin again")
		}
		secret, err := g.Seal.Open(r.Body.TOTPTried, "totp")
		if err != nil {
			return "", err
		}
		step, ok := matches(string(secret), code, tx.Now(), 0)
		if !ok {
			return "", errLogin()
		}
		r.Body.TOTP, r.Body.TOTPTried, r.Body.TOTPFor, r.Body.TOTPStep = r.Body.TOTPTried, "", id.ID{}, step
		r.Body.Codes = hashed(plain)
		return Full, g.endSessions(tx, a.User, a.Session)
	})
	if err != nil {
		return nil, nil, err
	}
	return s, plain, nil
}

// NewCodes gives ten new lookup codes in place of those there were.
func (g *Gate) NewCodes(ctx context.Context, a *Actor) ([]string, error) {
	plain := newLookupCodes()
	return plain, g.DB.Update(ctx, func(tx store.Tx) error {
		if err := proved(tx, a); err != nil {
			return err
		}
		r, err := g.account(tx, a.User)
		if err != nil {
			return err
		}
		if !r.Body.hasFactor() {
			return fault.New(fault.Conflict, "there is no second factor that codes could stand in for")
		}
		r.Body.Codes = hashed(plain)
		return save(tx, r)
	})
}

// RemoveTOTP switches one-time codes off, where another factor is left or none
// is needed. Other sessions end.
func (g *Gate) RemoveTOTP(ctx context.Context, a *Actor) (*Step, error) {
	return g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		if err := proved(tx, a); err != nil {
			return "", err
		}
		if a.Stage != Full {
			return "", refuse(NotYet, "finish logging in first")
		}
		r.Body.TOTP, r.Body.TOTPStep = "", 0
		if !r.Body.hasFactor() && g.Policy.SecondFactor && r.Body.needsFactor() {
			return "", fault.New(fault.Conflict, "your role needs a second factor: add a passkey first")
		}
		return Full, g.endSessions(tx, a.User, a.Session)
	})
}

// Confirm takes the second factor: a code of the app, or a lookup code.
func (g *Gate) Confirm(ctx context.Context, a *Actor, code string) (*Step, error) {
	if a.Stage != Proving {
		return nil, fault.New(fault.Conflict, "no second factor is waited for")
	}
	return g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		if r.Body.TOTP != "" {
			secret, err := g.Seal.Open(r.Body.TOTP, "totp")
			if err != nil {
				return "", err
			}
			if step, ok := matches(string(secret), code, tx.Now(), r.Body.TOTPStep); ok {
				r.Body.TOTPStep = step
				return Full, nil
			}
		}
		given := tokenHash(plainCode(code))
		for i, c := range r.Body.Codes {
			if subtle.ConstantTimeCompare([]byte(c), []byte(given)) == 1 {
				r.Body.Codes = slices.Delete(r.Body.Codes, i, i+1)
				return Full, nil
			}
		}
		return "", errLogin()
	})
}

// matches finds the step whose code was given, later than the last one used. Apps
// show a code in two groups.
func matches(secret, code string, now timex.Instant, last uint64) (uint64, bool) {
	if code = plainCode(code); len(code) != 6 {
		return 0, false
	}
	at := uint64(now.Time().Unix()) / totpStep
	for step := at - totpSkew; step <= at+totpSkew; step++ {
		ok, err := hotp.ValidateCustom(code, step, secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok && step > last {
			return step, true
		}
	}
	return 0, false
}

// codeLetters has no letters that look alike.
const codeLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// newLookupCodes are codes of 16 letters, 79 bits each.
func newLookupCodes() []string {
	out := make([]string, lookupCodes)
	for i := range out {
		out[i] = randomLetters(4, 4)
	}
	return out
}

// oneTimePassword is what an installation prints once: 20 letters, 98 bits.
func oneTimePassword() string { return randomLetters(5, 4) }

// randomLetters are groups of letters, each equally likely.
func randomLetters(groups, each int) string {
	var b strings.Builder
	one := make([]byte, 1)
	for n := 0; n < groups*each; {
		rand.Read(one)
		if int(one[0]) >= 256/len(codeLetters)*len(codeLetters) {
			continue
		}
		if n > 0 && n%each == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[int(one[0])%len(codeLetters)])
		n++
	}
	return b.String()
}

// plainCode forgives spaces, dashes and capitals.
func plainCode(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(s))
}

func hashed(codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = tokenHash(plainCode(c))
	}
	return out
}

package access

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Passkeys are log-ins by a key that a device or a person's key store holds. The
// device asks for a finger, a face or a PIN, so one is both factors.
type Passkeys struct{ w *webauthn.WebAuthn }

// passkeysMost is how many one person may have.
const passkeysMost = 20

// NewPasskeys makes them for the address people open in their browsers.
func NewPasskeys(address string) (*Passkeys, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fault.New(fault.Invalid, "passkeys need the address people open, such as https://waihu.example.com, not %q", address)
	}
	w, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Waihu", RPOrigins: []string{u.Scheme + "://" + u.Host}})
	if err != nil {
		return nil, fault.New(fault.Invalid, "passkeys: %v", err)
	}
	return &Passkeys{w}, nil
}

// passkey is one as it is kept.
type passkey struct {
	Name  string              `json:"name"`
	Added timex.Instant       `json:"added"`
	Used  timex.Instant       `json:"used,omitempty"`
	Cred  webauthn.Credential `json:"credential"`
}

func (p *passkey) handle() string { return tokenHash(string(p.Cred.ID)) }

// Passkey is one as its owner may see it.
type Passkey struct {
	Handle string // names it
	Name   string
	Added  timex.Instant
	Used   timex.Instant
}

// holder shows an account to the library.
type holder struct {
	id id.ID
	a  *account
}

func (h holder) WebAuthnID() []byte          { return h.id[:] }
func (h holder) WebAuthnName() string        { return h.a.Email }
func (h holder) WebAuthnDisplayName() string { return h.a.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.a.Passkeys))
	for i, p := range h.a.Passkeys {
		out[i] = p.Cred
	}
	return out
}

// flow is what must be remembered between the two halves of a log-in.
type flow struct {
	What     string                `json:"what"`
	User     id.ID                 `json:"user,omitempty"`
	Passkey  *webauthn.SessionData `json:"passkey,omitempty"`
	Nonce    string                `json:"nonce,omitempty"`
	Verifier string                `json:"verifier,omitempty"`
	Path     string                `json:"path,omitempty"` // where a provider sends back to
	Then     string                `json:"then,omitempty"` // a page to go to at the end
}

// Challenge is what a browser is given, and the token that brings the second
// half back to it.
type Challenge struct {
	Flow    string
	Options json.RawMessage // for navigator.credentials
}

func (g *Gate) remember(tx store.Tx, f flow) (string, error) {
	token := newToken()
	r, err := add(g, tx, flowKind, f)
	if err != nil {
		return "", err
	}
	return token, r.put(tx, []store.Key{{Name: "token", Value: tokenHash(token)}}, nil)
}

// recall gives back what was remembered, once.
func recall(tx store.Tx, token, what string) (*flow, error) {
	r, err := find[flow](tx, flowKind, store.Key{Name: "token", Value: tokenHash(token)})
	if err != nil {
		return nil, err
	}
	if r == nil || r.Body.What != what || tx.Now() >= r.rec.Created.Add(provingTime) {
		return nil, refuse(BadCredentials, "this log-in was begun too long ago: begin again")
	}
	return &r.Body, tx.Records().Delete(id.Platform, flowKind, r.id())
}

func (g *Gate) passkeys() (*webauthn.WebAuthn, error) {
	if g.Passkeys == nil {
		return nil, fault.New(fault.NotFound, "passkeys are not set up: set access.address to the https address people open")
	}
	return g.Passkeys.w, nil
}

// BeginPasskey starts the adding of a passkey.
func (g *Gate) BeginPasskey(ctx context.Context, a *Actor) (*Challenge, error) {
	w, err := g.passkeys()
	if err != nil {
		return nil, err
	}
	if a.Stage != Full && a.Stage != Enrolling {
		return nil, refuse(NotYet, "finish logging in first")
	}
	var c *Challenge
	err = g.DB.Update(ctx, func(tx store.Tx) error {
		r, err := g.account(tx, a.User)
		if err != nil {
			return err
		}
		if a.Stage == Full {
			if err := proved(tx, a); err != nil {
				return err
			}
		}
		if len(r.Body.Passkeys) >= passkeysMost {
			return fault.New(fault.Conflict, "there are %d passkeys already: remove one first", passkeysMost)
		}
		h := holder{r.id(), &r.Body}
		creation, session, err := w.BeginRegistration(h,
			webauthn.WithResidentKeyRequirement(protocol.ResidentKeyRequirementRequired),
			webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()),
			webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}))
		if err != nil {
			return fault.New(fault.Invalid, "passkey: %v", err)
		}
		c, err = g.challenge(tx, flow{What: "add passkey", User: a.User, Passkey: session}, creation)
		return err
	})
	return c, err
}

func (g *Gate) challenge(tx store.Tx, f flow, options any) (*Challenge, error) {
	b, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	token, err := g.remember(tx, f)
	return &Challenge{Flow: token, Options: b}, err
}

// FinishPasskey takes the browser's answer and adds the passkey. Other sessions
// end.
func (g *Gate) FinishPasskey(ctx context.Context, a *Actor, token, name string, answer []byte) (*Step, error) {
	w, err := g.passkeys()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, fault.Problem{Path: "credential", What: "this is not what a browser answers", Expected: "the credential of navigator.credentials.create as JSON"}
	}
	return g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		f, err := recall(tx, token, "add passkey")
		if err != nil {
			return "", err
		}
		if f.User != a.User {
			return "", errLogin()
		}
		cred, err := w.CreateCredential(holder{r.id(), &r.Body}, *f.Passkey, parsed)
		if err != nil {
			return "", refuse(BadCredentials, "the passkey could not be checked")
		}
		r.Body.Passkeys = append(r.Body.Passkeys, passkey{Name: fault.Shorten(name, 100), Added: tx.Now(), Cred: *cred})
		return Full, g.endSessions(tx, a.User, a.Session)
	})
}

// BeginPasskeyLogin starts a log-in by passkey; nobody says who they are.
func (g *Gate) BeginPasskeyLogin(ctx context.Context) (*Challenge, error) {
	w, err := g.passkeys()
	if err != nil {
		return nil, err
	}
	assertion, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fault.New(fault.Internal, "passkey: %v", err)
	}
	var c *Challenge
	err = g.DB.Update(ctx, func(tx store.Tx) (err error) {
		c, err = g.challenge(tx, flow{What: "passkey", Passkey: session}, assertion)
		return err
	})
	return c, err
}

// FinishPasskeyLogin takes the browser's answer and begins a session.
func (g *Gate) FinishPasskeyLogin(ctx context.Context, token string, answer []byte, cl Client) (*Step, error) {
	w, err := g.passkeys()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, fault.Problem{Path: "credential", What: "this is not what a browser answers", Expected: "the credential of navigator.credentials.get as JSON"}
	}
	var user id.ID
	if n := copy(user[:], parsed.Response.UserHandle); n != len(user) {
		return nil, g.refused(ctx, "passkey", cl)
	}
	s, err := g.enter(ctx, user, cl, func(tx store.Tx, r *row[account]) (Stage, error) {
		f, err := recall(tx, token, "passkey")
		if err != nil {
			return "", err
		}
		_, cred, err := w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return holder{r.id(), &r.Body}, nil }, *f.Passkey, parsed)
		if err != nil || cred.Authenticator.CloneWarning {
			return "", errLogin()
		}
		for i := range r.Body.Passkeys {
			if p := &r.Body.Passkeys[i]; string(p.Cred.ID) == string(cred.ID) {
				p.Cred, p.Used = *cred, tx.Now()
			}
		}
		return Full, nil
	})
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Code == BadCredentials {
		return nil, g.refused(ctx, "passkey", cl)
	}
	return s, err
}

// ListPasskeys are those of a person.
func (g *Gate) ListPasskeys(tx store.Tx, user id.ID) ([]Passkey, error) {
	r, err := g.account(tx, user)
	if err != nil {
		return nil, err
	}
	out := make([]Passkey, len(r.Body.Passkeys))
	for i, p := range r.Body.Passkeys {
		out[i] = Passkey{p.handle(), p.Name, p.Added, p.Used}
	}
	return out, nil
}

// RemovePasskey takes one away, where another factor is left or none is needed.
// Other sessions end.
func (g *Gate) RemovePasskey(ctx context.Context, a *Actor, handle string) (*Step, error) {
	return g.advance(ctx, a, func(tx store.Tx, r *row[account]) (Stage, error) {
		if a.Stage != Full {
			return "", refuse(NotYet, "finish logging in first")
		}
		if err := proved(tx, a); err != nil {
			return "", err
		}
		kept := r.Body.Passkeys[:0:0]
		for _, p := range r.Body.Passkeys {
			if p.handle() != handle {
				kept = append(kept, p)
			}
		}
		if len(kept) == len(r.Body.Passkeys) {
			return "", fault.New(fault.NotFound, "there is no such passkey")
		}
		r.Body.Passkeys = kept
		if !r.Body.hasFactor() && g.Policy.SecondFactor && r.Body.needsFactor() {
			return "", fault.New(fault.Conflict, "your role needs a second factor: set up another first")
		}
		return Full, g.endSessions(tx, a.User, a.Session)
	})
}

package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"waihu/internal/fault"
	"waihu/internal/store"
)

// Provider is another system that people log in at: OpenID Connect, with the
// authorisation code, PKCE, state and nonce. Its keys and addresses are asked for
// when somebody logs in: that it does not answer stops nothing else.
type Provider struct {
	ProviderConfig
	found atomic.Pointer[endpoint]
}

// endpoint is what a provider says of itself.
type endpoint struct {
	oauth    oauth2.Config // without where people are sent back to
	verifier *oidc.IDTokenVerifier
}

// ProviderConfig names a provider.
type ProviderConfig struct {
	Issuer  string
	Client  string
	Secret  string
	Address string // of this installation; the provider sends people back to paths of it
	// Factors tells that the provider sees to a second factor: ours is not
	// asked for then.
	Factors bool
	HTTP    *http.Client // nil: one that waits ten seconds
}

// NewProvider names a provider; nothing is asked of it yet.
func NewProvider(c ProviderConfig) *Provider {
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	return &Provider{ProviderConfig: c}
}

// Check tells whether the provider answers as one.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.find(ctx)
	return err
}

// Name is what people know it by: the host of its address.
func (p *Provider) Name() string {
	if u, err := url.Parse(p.Issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return p.Issuer
}

// find asks the provider for its keys and addresses; once it answered never again.
func (p *Provider) find(ctx context.Context) (*endpoint, error) {
	if e := p.found.Load(); e != nil {
		return e, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.HTTP), p.Issuer)
	if err != nil {
		refusal := refuse(ProviderDown, "the log-in provider does not answer: log in with a password, or try again later")
		return nil, errors.Join(refusal, fmt.Errorf("the log-in provider %s does not answer as one: %w", p.Issuer, err))
	}
	e := &endpoint{oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"}},
		found.Verifier(&oidc.Config{ClientID: p.Client})}
	p.found.Store(e)
	return e, nil
}

// Where a provider sends people back to, below Address: both are to be allowed there.
const (
	ReturnToInterface = "/v1/login/provider/return"
	ReturnToConsole   = "/login/provider/return"
)

// BeginProvider gives the address to send a browser to, and the state that must
// come back by the same browser: keep it in a cookie. The provider sends it back to
// the path given, and then is a page of ours that FinishProvider names.
func (g *Gate) BeginProvider(ctx context.Context, path, then string) (address, state string, err error) {
	if g.Provider == nil {
		return "", "", fault.New(fault.NotFound, "no other log-in is set up")
	}
	e, err := g.Provider.find(ctx)
	if err != nil {
		return "", "", err
	}
	nonce, verifier := newToken(), oauth2.GenerateVerifier()
	err = g.DB.Update(ctx, func(tx store.Tx) error {
		state, err = g.remember(tx, flow{What: "provider", Nonce: nonce, Verifier: verifier, Path: path, Then: then})
		return err
	})
	if err != nil {
		return "", "", err
	}
	return e.at(g.Provider, path).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state, nil
}

// at is how a provider is asked to send people back to a path.
func (e *endpoint) at(p *Provider, path string) *oauth2.Config {
	c := e.oauth
	c.RedirectURL = p.Address + path
	return &c
}

// claims are what is used of an ID token.
type claims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Nonce    string `json:"nonce"`
}

// FinishProvider takes the code a browser came back with and begins a session
// of the account it belongs to, and gives the page that was named. Accounts are not
// made here: who is not known stays outside.
func (g *Gate) FinishProvider(ctx context.Context, state, code string, cl Client) (s *Step, then string, err error) {
	if g.Provider == nil {
		return nil, "", fault.New(fault.NotFound, "no other log-in is set up")
	}
	var f *flow
	if err := g.DB.Update(ctx, func(tx store.Tx) (err error) {
		f, err = recall(tx, state, "provider")
		return err
	}); err != nil {
		return nil, "", err
	}
	subject, c, err := g.Provider.exchange(ctx, code, f)
	if err != nil {
		return nil, "", err
	}
	var acc *row[account]
	err = g.DB.View(ctx, func(tx store.Tx) (err error) {
		if acc, err = find[account](tx, userKind, store.Key{Name: "outside", Value: subject}); err != nil || acc != nil || !c.Verified {
			return err
		}
		email, err := Address(c.Email)
		if err != nil {
			return nil
		}
		acc, err = find[account](tx, userKind, store.Key{Name: "email", Value: email})
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if acc == nil || acc.Body.Outside != "" && acc.Body.Outside != subject {
		return nil, "", refuse(BadCredentials, "this log-in belongs to no account here: ask for an invitation")
	}
	s, err = g.enter(ctx, acc.id(), cl, func(_ store.Tx, r *row[account]) (Stage, error) {
		r.Body.Outside = subject
		if r.Body.MustChange { // a password for one time, not needed any more
			r.Body.Password, r.Body.MustChange = "", false
		}
		if g.Provider.Factors {
			return Full, nil
		}
		return g.afterPassword(&r.Body), nil
	})
	return s, f.Then, err
}

// exchange turns a code into who it is, with everything checked.
func (p *Provider) exchange(ctx context.Context, code string, f *flow) (subject string, c claims, err error) {
	bad := refuse(BadCredentials, "the log-in provider's answer could not be checked: begin again")
	e, err := p.find(ctx)
	if err != nil {
		return "", c, err
	}
	ctx = oidc.ClientContext(ctx, p.HTTP)
	token, err := e.at(p, f.Path).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return "", c, errors.Join(bad, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", c, bad
	}
	idToken, err := e.verifier.Verify(ctx, raw)
	if err != nil {
		return "", c, errors.Join(bad, err)
	}
	if err := idToken.Claims(&c); err != nil || c.Nonce != f.Nonce {
		return "", c, bad
	}
	return p.Issuer + " " + idToken.Subject, c, nil
}

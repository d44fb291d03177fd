package access

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"waihu/internal/fault"
	"waihu/internal/store"
)

// Provider is another system that people log in at: OpenID Connect, with the
// authorisation code, PKCE, state and nonce.
type Provider struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	client   *http.Client
	issuer   string
	factors  bool
}

// ProviderConfig names a provider.
type ProviderConfig struct {
	Issuer  string
	Client  string
	Secret  string
	Address string // of this installation; the provider sends people back to <address>/v1/login/provider/return
	// Factors tells that the provider sees to a second factor: ours is not
	// asked for then.
	Factors bool
	HTTP    *http.Client // nil: one that waits ten seconds
}

// NewProvider asks the provider for its keys and addresses.
func NewProvider(ctx context.Context, c ProviderConfig) (*Provider, error) {
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, c.HTTP), c.Issuer)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the log-in provider %s does not answer as one: %v", c.Issuer, err)
	}
	return &Provider{
		oauth:    oauth2.Config{ClientID: c.Client, ClientSecret: c.Secret, Endpoint: p.Endpoint(), RedirectURL: c.Address + "/v1/login/provider/return", Scopes: []string{oidc.ScopeOpenID, "email", "profile"}},
		verifier: p.Verifier(&oidc.Config{ClientID: c.Client}), client: c.HTTP, issuer: c.Issuer, factors: c.Factors,
	}, nil
}

// BeginProvider gives the address to send a browser to, and the state that must
// come back by the same browser: keep it in a cookie.
func (g *Gate) BeginProvider(ctx context.Context) (address, state string, err error) {
	if g.Provider == nil {
		return "", "", fault.New(fault.NotFound, "no other log-in is set up")
	}
	nonce, verifier := newToken(), oauth2.GenerateVerifier()
	err = g.DB.Update(ctx, func(tx store.Tx) error {
		state, err = g.remember(tx, flow{What: "provider", Nonce: nonce, Verifier: verifier})
		return err
	})
	if err != nil {
		return "", "", err
	}
	return g.Provider.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state, nil
}

// claims are what is used of an ID token.
type claims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Nonce    string `json:"nonce"`
}

// FinishProvider takes the code a browser came back with and begins a session
// of the account it belongs to. Accounts are not made here: who is not known
// stays outside.
func (g *Gate) FinishProvider(ctx context.Context, state, code string, cl Client) (*Step, error) {
	if g.Provider == nil {
		return nil, fault.New(fault.NotFound, "no other log-in is set up")
	}
	var f *flow
	if err := g.DB.Update(ctx, func(tx store.Tx) (err error) {
		f, err = recall(tx, state, "provider")
		return err
	}); err != nil {
		return nil, err
	}
	subject, c, err := g.Provider.exchange(ctx, code, f)
	if err != nil {
		return nil, err
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
		return nil, err
	}
	if acc == nil || acc.Body.Outside != "" && acc.Body.Outside != subject {
		return nil, refuse(BadCredentials, "this log-in belongs to no account here: ask for an invitation")
	}
	return g.enter(ctx, acc.id(), cl, func(_ store.Tx, r *row[account]) (Stage, error) {
		r.Body.Outside, r.Body.MustChange = subject, false
		if g.Provider.factors {
			return Full, nil
		}
		return g.afterPassword(&r.Body), nil
	})
}

// exchange turns a code into who it is, with everything checked.
func (p *Provider) exchange(ctx context.Context, code string, f *flow) (subject string, c claims, err error) {
	bad := refuse(BadCredentials, "the log-in provider's answer could not be checked: begin again")
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return "", c, errors.Join(bad, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", c, bad
	}
	idToken, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return "", c, errors.Join(bad, err)
	}
	if err := idToken.Claims(&c); err != nil || c.Nonce != f.Nonce {
		return "", c, bad
	}
	return p.issuer + " " + idToken.Subject, c, nil
}

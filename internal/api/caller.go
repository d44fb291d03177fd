package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
)

const (
	companyHeader = "Waihu-Company"
	cookieName    = "__Host-waihu"
	companyNoun   = "co"
)

// caller is who a request comes from and what its headers say.
type caller struct {
	actor   *access.Actor // nil: nobody
	refusal error         // why credentials that were given do not count
	client  access.Client
	again   func(context.Context) (*access.Actor, error) // who they are now, by the same credentials
	company string                                       // as the header names it
	onceKey string
	request string // identifier of the request
	tag     lang.Tag
}

// identify finds out who asks, before anything of the request is read.
func (a *API) identify(h huma.Context, next func(huma.Context)) {
	c := &caller{client: clientOf(h.Context()), company: h.Header(companyHeader), onceKey: h.Header(onceHeader),
		request: requestID(h.Context()), tag: language(h.Header("Accept-Language"))}
	text, kind := credentials(h)
	var err error
	switch kind {
	case "key":
		c.again = func(ctx context.Context) (*access.Actor, error) { return a.d.Gate.LetKey(ctx, text, c.client) }
		c.actor, err = a.d.Gate.LetKey(h.Context(), text, c.client)
	case "session":
		c.again = func(ctx context.Context) (*access.Actor, error) { return a.d.Gate.SessionHolds(ctx, text, c.client) }
		c.actor, err = a.d.Gate.LetSession(h.Context(), text, c.client)
	}
	c.refusal = err
	if wait := a.limits.take(c, h.Context()); wait > 0 {
		a.writeProblem(h, c, &access.Refusal{Code: "rate_limited", Msg: "too many requests: slow down", Wait: wait})
		return
	}
	o := h.Operation()
	if _, guarded := o.Extensions["x-permission"]; (guarded || len(o.Security) > 0) && c.actor == nil {
		if err == nil {
			err = &access.Refusal{Code: access.NoCredentials, Msg: "credentials are needed: an API key as bearer token, or a session"}
		}
		a.writeProblem(h, c, err)
		return
	}
	next(huma.WithValue(h, callerKey, c))
}

// credentials are the first that a request carries: a bearer token, the password
// of basic authentication (what switches can send), a cookie.
func credentials(h huma.Context) (text, kind string) {
	scheme, rest, _ := strings.Cut(h.Header("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return strings.TrimSpace(rest), "key"
	case "basic":
		b, err := base64.StdEncoding.DecodeString(rest)
		_, password, ok := strings.Cut(string(b), ":")
		if err != nil || !ok {
			return "", "key"
		}
		return password, "key"
	}
	if k, err := huma.ReadCookie(h, cookieName); err == nil && k.Value != "" {
		return k.Value, "session"
	}
	return "", ""
}

// allow finds the company a request is about and asks whether the caller may.
func (c *caller) allow(o op) (id.Company, error) {
	switch o.may {
	case anybody:
		return id.Platform, nil
	case halfway, oneself:
		if c.actor == nil {
			return id.Platform, c.refusal
		}
		if o.may == oneself && c.actor.Stage != access.Full {
			return id.Platform, &access.Refusal{Code: access.NotYet, Msg: "finish logging in first: " + string(c.actor.Stage)}
		}
		return id.Platform, nil
	}
	if c.actor != nil && c.actor.Stage != access.Full {
		return id.Platform, &access.Refusal{Code: access.NotYet, Msg: "finish logging in first: " + string(c.actor.Stage)}
	}
	company, err := c.about(o)
	if err != nil {
		return id.Platform, err
	}
	if !access.Can(c.actor, o.may, company) {
		return id.Platform, &access.Refusal{Code: access.Forbidden, Msg: "this needs the permission " + string(o.may)}
	}
	return company, nil
}

// holds tells whether the caller may still do what they were let in for: a stream outlives a
// log-out otherwise. Books that are away end nothing.
func (c *caller) holds(ctx context.Context, may access.Permission, company id.Company) bool {
	a, err := c.again(ctx)
	if no := (*access.Refusal)(nil); err != nil {
		return !errors.As(err, &no)
	}
	return a.Stage == access.Full && access.Can(a, may, company)
}

// about is the company a request is about: the one it names, or the only one the
// caller belongs to.
func (c *caller) about(o op) (id.Company, error) {
	if o.platform {
		return id.Platform, nil
	}
	some, all := c.actor.Companies()
	if c.company == "" {
		switch {
		case len(some) == 1 && !all:
			return some[0], nil
		case o.either && all:
			return id.Platform, nil
		}
		return id.Platform, &refused{http.StatusBadRequest, "company_needed", "say which company it is about in the header Waihu-Company: co_..."}
	}
	i, err := id.ParseNamed(companyNoun, c.company)
	if err != nil {
		return id.Platform, &refused{http.StatusBadRequest, "company_invalid", "the header Waihu-Company is no identifier of a company: co_..."}
	}
	company := id.Company{ID: i}
	if company == id.Platform {
		return id.Platform, &refused{http.StatusBadRequest, "company_invalid", "the header Waihu-Company is no identifier of a company: co_..."}
	}
	for _, mine := range some {
		if mine == company {
			return company, nil
		}
	}
	if all {
		return company, nil
	}
	return id.Platform, fault.New(fault.NotFound, "there is no company %s", c.company)
}

// language is the first of our languages that a browser asks for.
func language(accept string) lang.Tag {
	for part := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		switch {
		case strings.HasPrefix(tag, "zh-hant"), tag == "zh-tw", tag == "zh-hk", tag == "zh-mo":
			return lang.Traditional
		case strings.HasPrefix(tag, "zh"):
			return lang.Simplified
		case strings.HasPrefix(tag, "en"):
			return lang.English
		}
	}
	return lang.English
}

// trusted are the proxies whose word about the client is taken.
type trusted []netip.Prefix

func newTrusted(networks []string) (trusted, error) {
	var out trusted
	for _, n := range networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, fault.New(fault.Invalid, "http.proxies: %q is no network; 10.0.0.0/8 would be one", n)
		}
		out = append(out, p)
	}
	return out, nil
}

func (t trusted) has(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// address is where a request comes from: the peer, or behind trusted proxies the
// last address that is not one of them.
func (t trusted) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	at := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && t.has(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next.Unmap()
	}
	return at.String()
}

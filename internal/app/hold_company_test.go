package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func TestHeldCompanyCannotCall(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	b.publish(planText)
	who := b.customer("one", fiveSeats)
	must(b.Begin(ctx, who.company, app.Begin{Contract: who.contract, What: app.SessionStretch, Of: "ann", State: "ready"}))
	if got := must(b.Standstill(ctx, who.company)); got != (app.Standstill{Contracts: 1, Sessions: 1}) {
		t.Errorf("%+v", got)
	}
	_, err := b.HoldCompany(ctx, who.company, "")
	wantKind(t, "no reason", err, fault.Invalid)
	_, err = b.ReleaseCompany(ctx, who.company)
	wantKind(t, "nothing to release", err, fault.Conflict)
	if c := must(b.HoldCompany(ctx, who.company, "complaints of callers")); !c.Stopped() || c.Suspended {
		t.Errorf("%+v", c)
	}
	wantKind(t, "a call", b.MayCall(ctx, who.company, who.contract), fault.Conflict)
	_, err = b.HoldCompany(ctx, who.company, "twice")
	wantKind(t, "twice", err, fault.Conflict)
	c := must(b.GetCompany(ctx, who.company))
	c.Email, c.Held = "a@example.com", ""
	if c = must(b.SetCompany(ctx, c)); c.Held == "" {
		t.Error("a change of the address released it")
	}
	if c := must(b.ReleaseCompany(ctx, who.company)); c.Stopped() {
		t.Errorf("%+v", c)
	}
	if err := b.MayCall(ctx, who.company, who.contract); err != nil {
		t.Error(err)
	}
}

func TestFindCompanies(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	for _, name := range []string{"Alpha Ltd.", "Beta Ltd.", "alphabet", "Gamma"} {
		b.company(name)
	}
	names := func(q app.CompanyQuery) string {
		var out []string
		for { // bounded: more goes on to the end
			list, more, err := b.FindCompanies(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				out = append(out, c.Name)
			}
			if more.After.IsZero() {
				return strings.Join(out, ",")
			}
			q.Page = more
		}
	}
	yes := true
	for want, q := range map[string]app.CompanyQuery{
		"Gamma,alphabet,Beta Ltd.,Alpha Ltd.": {Page: store.Page{Limit: 2, Down: true}},
		"Alpha Ltd.,alphabet":                 {Text: "ALPHA", Page: store.Page{Limit: 1}},
		"Alpha Ltd.,alphabet,Beta Ltd.,Gamma": {Page: store.Page{Limit: 1, By: app.CompaniesByName}},
		"alphabet,Alpha Ltd.":                 {Text: "alpha", Page: store.Page{Limit: 1, By: app.CompaniesByName, Down: true}},
		"":                                    {Stopped: &yes, Page: store.Page{Limit: 5}},
	} {
		if got := names(q); got != want {
			t.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
}

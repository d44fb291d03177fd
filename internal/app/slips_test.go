package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
)

// TestSlipsAreRefused: what people mistype is refused with words they understand.
func TestSlipsAreRefused(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	ctx := context.Background()
	b.at("2026-04-02 00:00:00")
	seat := app.Begin{What: app.SeatStretch, Of: "ann", Contract: who.contract}
	must(b.Begin(ctx, who.company, seat))
	_, err := b.Begin(ctx, who.company, seat)
	wantKind(t, "a seat that somebody has", err, fault.Conflict)
	if !strings.Contains(err.Error(), "end it first") || strings.Contains(err.Error(), who.contract.String()) {
		t.Errorf("the refusal names what nobody knows: %v", err)
	}
	_, err = b.Start(ctx, who.company, who.contract, 0)
	wantKind(t, "a contract that runs", err, fault.Conflict)
	if strings.Contains(err.Error(), "[") {
		t.Errorf("no sentence: %v", err)
	}
	for _, name := range []string{"  ", "Acme\r\nBcc: x@example.com"} {
		_, err := b.AddCompany(ctx, app.Company{Name: name})
		wantKind(t, "a name that is no line", err, fault.Invalid)
	}
}

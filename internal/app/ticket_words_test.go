package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/service"
	"waihu/internal/fault"
)

func TestWordsMoveTheClocks(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	b.at("2026-03-02 02:00:00")
	c := b.company("one")
	must(b.SetSupport(ctx, app.Support{Name: "basic", First: 60, Resolution: 600}))
	if got := must(b.Supports(ctx)); len(got) != 1 || got[0].Name != "basic" {
		t.Errorf("%+v", got)
	}
	i := must(b.OpenTicket(ctx, c, app.OpenTicket{Subject: "no sound", Plan: "basic"})).ID
	write := func(staff bool, text string) app.TicketClocks {
		return must(b.WriteTicket(ctx, c, i, app.TicketWord{By: "somebody", Staff: staff, Text: text}))
	}
	if x := write(false, "since this morning"); x.Answered != 0 || x.State != app.TicketOpen {
		t.Errorf("the customer's words stopped a clock: %+v", x)
	}
	b.at("2026-03-02 02:30:00")
	if x := write(true, "we look"); x.Answered == 0 || x.First.Missed || x.First.Runs {
		t.Errorf("%+v", x)
	}
	must(b.MoveTicket(ctx, c, i, app.WaitTicket))
	if x := write(false, "here is the trace"); x.State != app.TicketOpen {
		t.Errorf("%+v", x)
	}
	must(b.MoveTicket(ctx, c, i, app.ResolveTicket))
	_, err := b.WriteTicket(ctx, c, i, app.TicketWord{By: "a", Text: "thanks"})
	wantKind(t, "resolved", err, fault.Conflict)
	_, err = b.WriteTicket(ctx, c, i, app.TicketWord{By: "a", Text: strings.Repeat("x", 10_001)})
	wantKind(t, "long", err, fault.Invalid)
	if x := must(b.GetTicket(ctx, c, i)); len(x.Words) != 3 || x.Words[1].Staff != true || x.State != app.TicketResolved {
		t.Errorf("%+v", x)
	}
	_, err = b.GetTicket(ctx, b.company("two"), i)
	wantKind(t, "another company's", err, fault.NotFound)
}

func TestServicePeriodsGiveCredits(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	b.publish(planText)
	who := b.customer("one", fiveSeats+"service_levels: [{metric: availability, target: 99.9%, credit: 10%}]\n")
	b.at("2026-03-10 03:00:00")
	from := must(b.Moment(ctx))
	b.at("2026-03-10 08:00:00")
	to := must(b.Moment(ctx))
	must(b.ReportOutage(ctx, app.KeptOutage{}.ID, service.Outage{From: from, To: to}))
	if got := must(b.Outages(ctx, 10)); len(got) != 1 || got[0].ID.IsZero() {
		t.Errorf("%+v", got)
	}
	b.at("2026-04-03 03:00:00")
	look := func() []app.ServicePeriod { return must(b.ServicePeriods(ctx, who.company, who.contract, 6)) }
	draft := look()
	if len(draft) != 2 || len(draft[1].Credits) != 1 || draft[1].Credits[0].Metric != "availability" || draft[1].Credits[0].Amount.Sign() >= 0 || !draft[1].Invoice.IsZero() || draft[1].Attained[0].Met {
		t.Fatalf("%+v", draft)
	}
	b.close("2026-04-01")
	billed := look()
	if billed[1].Invoice.IsZero() || billed[1].Credits[0] != draft[1].Credits[0] {
		t.Errorf("%+v", billed)
	}
}

package app_test

import (
	"context"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/voice/vault"
)

// TestPlannedCallsAreTakenOnce: by whom they are for, in time, once.
func TestPlannedCallsAreTakenOnce(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	recorded := app.PlannedCall{Contract: who.contract, Agent: "user_ann", To: mobile, Record: true}
	_, err := b.PlanCall(ctx, who.company, recorded)
	wantKind(t, "to be recorded, nowhere", err, fault.Conflict)
	b.Vault = must(vault.Open(t.TempDir()))
	t.Cleanup(func() { b.Vault.Close() })
	plan := func() app.PlannedCall {
		return must(b.PlanCall(ctx, who.company, recorded))
	}
	take := func(c id.Company, p app.PlannedCall, agent string) error {
		_, err := b.TakePlannedCall(ctx, c, p.ID, agent)
		return err
	}
	p := plan()
	if wait := must(b.PlannedCalls(ctx, who.company, "user_ann")); len(wait) != 1 || wait[0].ID != p.ID {
		t.Errorf("%+v wait for her", wait)
	}
	if wait := must(b.PlannedCalls(ctx, who.company, "user_bob")); len(wait) != 0 {
		t.Errorf("%+v wait for him", wait)
	}
	wantKind(t, "another agent", take(who.company, p, "user_bob"), fault.NotFound)
	other := b.company("other")
	wantKind(t, "another company", take(other, p, "user_ann"), fault.NotFound)
	got, err := b.TakePlannedCall(ctx, who.company, p.ID, "user_ann")
	if err != nil || got.To != mobile || !got.Record {
		t.Fatalf("%+v, %v", got, err)
	}
	wantKind(t, "a second time", take(who.company, p, "user_ann"), fault.NotFound)
	late := plan()
	b.tick(app.PlannedFor + time.Second)
	wantKind(t, "too late", take(who.company, late, "user_ann"), fault.Conflict)
	plan() // which takes away what was too late
	wantKind(t, "too late, and gone", take(who.company, late, "user_ann"), fault.NotFound)
	for what, in := range map[string]app.PlannedCall{"no number": {Contract: who.contract, Agent: "user_ann"}, "no agent": {Contract: who.contract, To: mobile}} {
		_, err := b.PlanCall(ctx, who.company, in)
		wantKind(t, what, err, fault.Invalid)
	}
	_, err = b.PlanCall(ctx, other, app.PlannedCall{Contract: who.contract, Agent: "user_ann", To: mobile})
	wantKind(t, "another company's contract", err, fault.NotFound)
}

package api_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// TestDisputeFromObjectionToCreditNote: the customer objects, finance grants a
// part, and a second person lets that happen.
func TestDisputeFromObjectionToCreditNote(t *testing.T) {
	w := newWorld(t)
	w.served()
	w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200)
	inv := w.billed()
	yuan := func(s string) map[string]string { return map[string]string{"amount": s, "currency": "CNY"} }
	lines := func(amount string) []any { return []any{map[string]any{"line": "talk", "amount": yuan(amount)}} }
	path := "/v1/invoices/" + inv + "/disputes"
	w.ask(w.keyA, "POST", path, map[string]any{"lines": lines("0.10"), "reason": "weather", "words": "x"}, once("bad")).wantCode(422, "invalid")
	w.ask(w.switchA, "POST", path, map[string]any{"lines": lines("0.10"), "reason": "rate", "words": "x"}, once("no")).wantCode(403, "forbidden")
	d := w.ask(w.keyA, "POST", path, map[string]any{"lines": lines("0.10"), "reason": "rate", "words": "agreed was less"}, once("d")).want(201).field("id")
	if again := w.ask(w.keyA, "POST", path, map[string]any{"lines": lines("0.10"), "reason": "rate", "words": "agreed was less"}, once("d")).want(201).field("id"); again != d {
		t.Errorf("sent twice: %s and %s", d, again)
	}
	w.ask(w.keyB, "GET", "/v1/disputes/"+d, nil).wantCode(404, "not_found")
	w.ask(w.keyA, "POST", "/v1/disputes/"+d+"/answer", map[string]any{"answer": "yes", "on": "2026-04-09"}, once("a")).wantCode(403, "forbidden")
	asked := w.ask(w.finance, "POST", "/v1/disputes/"+d+"/answer", map[string]any{"granted": lines("0.05"), "answer": "half of it", "on": "2026-04-09"}, once("a"), of(w.a)).want(200)
	var maybe struct{ Approval struct{ ID string } }
	must(t, json.Unmarshal(asked.body, &maybe))
	done := w.ask(w.operator, "POST", "/v1/approvals/"+maybe.Approval.ID, map[string]bool{"approve": true}).want(200)
	if !bytes.Contains(done.body, []byte(`"state":"partly_accepted"`)) || !bytes.Contains(done.body, []byte("CN-INV-000001")) {
		t.Errorf("%s", done.body)
	}
	w.ask(w.keyA, "POST", "/v1/disputes/"+d+"/withdraw", nil).wantCode(409, "conflict")
	if list := w.ask(w.keyA, "GET", "/v1/disputes?state=partly_accepted", nil).want(200); !bytes.Contains(list.body, []byte(d)) {
		t.Errorf("%s", list.body)
	}

	other := w.ask(w.keyA, "POST", path, map[string]any{"lines": lines("0.01"), "reason": "rounding", "words": "x"}, once("e")).want(201).field("id")
	w.ask(w.finance, "POST", "/v1/disputes/"+other+"/answer", map[string]any{"answer": "as agreed", "on": "2026-04-10"}, once("f"), of(w.a)).want(200)
	if got := w.ask(w.keyA, "GET", "/v1/disputes/"+other, nil).want(200); got.field("state") != "rejected" {
		t.Errorf("%s", got.body)
	}
	w.ask(w.finance, "POST", "/v1/invoices/"+inv+"/payments", map[string]any{"amount": yuan("5.00"), "on": "2026-04-11", "note": "transfer 7"}, once("p"), of(w.a)).want(201)
	if paid := w.ask(w.keyA, "GET", "/v1/payments", nil).want(200); !bytes.Contains(paid.body, []byte("transfer 7")) || !bytes.Contains(paid.body, []byte(inv)) {
		t.Errorf("%s", paid.body)
	}
}

// TestRunsOfPages: a page starts a bill run in its own transaction and sees it
// with the others.
func TestRunsOfPages(t *testing.T) {
	w := newWorld(t)
	w.served()
	w.billed()
	in := app.ClosePeriod{Until: timex.MustDate("2026-05-01"), Issue: timex.MustDate("2026-05-01")}
	var begin func()
	must(t, w.db.Update(t.Context(), func(tx store.Tx) (err error) {
		_, begin, err = w.api.StartRun(t.Context(), tx, access.System("test"), in)
		return err
	}))
	begin()
	for range 100_000 {
		runs, err := w.api.Runs(t.Context(), 5)
		must(t, err)
		if len(runs) != 2 || runs[0].Until != in.Until {
			t.Fatalf("%+v", runs)
		}
		if runs[0].State == "done" {
			if runs[0].Run == nil || runs[0].Run.Counts.Contracts != 1 || runs[0].Error != "" {
				t.Errorf("%+v", runs[0])
			}
			return
		}
	}
	t.Error("the run does not end")
}

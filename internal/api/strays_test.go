package api_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestStrayUsage: usage without a contract is listed with who could take it, tried
// on a contract and given to it, once; and so is a seat that names none of two.
func TestStrayUsage(t *testing.T) {
	w := newWorld(t)
	fields := func(r *reply, names ...string) (out []any) {
		t.Helper()
		var list struct{ Items []map[string]any }
		must(t, json.Unmarshal(r.body, &list))
		for _, item := range list.Items {
			for _, n := range names {
				out = append(out, item[n])
			}
		}
		return out
	}
	w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200)
	w.ask(w.switchA, "POST", "/v1/events", callEvent(2)).want(200)
	con := w.served()
	groups := w.ask(w.keyA, "GET", "/v1/strays?kind=call&reason=no_contract&no_account=true", nil).want(200)
	if got := fields(groups, "source", "count", "talk_seconds"); len(got) != 3 || got[0] != "pbx" || got[1] != 2.0 || got[2] != 124.0 || !strings.Contains(string(groups.body), con) {
		t.Errorf("groups: %s", groups.body)
	}
	facts := w.ask(w.keyA, "GET", "/v1/strays/facts?limit=1&source=pbx", nil).want(200)
	if got := fields(facts, "id", "of"); len(got) != 2 || got[0] != "call-1" || got[1] != "13800138000" {
		t.Errorf("the first: %s", facts.body)
	}
	next := w.ask(w.keyA, "GET", "/v1/strays/facts?source=pbx&cursor="+facts.field("next_cursor"), nil).want(200)
	if got := fields(next, "id"); len(got) != 1 || got[0] != "call-2" {
		t.Errorf("the next page: %s", next.body)
	}
	if got := fields(w.ask(w.keyA, "GET", "/v1/strays/facts?account=north", nil).want(200), "id"); len(got) != 0 {
		t.Errorf("of an account nobody named: %v", got)
	}
	body := map[string]any{"contract": con, "choice": map[string]any{"ids": []string{"call-1"}}, "note": "before it was signed"}
	w.ask(w.keyA, "POST", "/v1/assignments", body, once("x")).wantCode(403, "forbidden")
	try := w.ask(w.finance, "POST", "/v1/assignments/preview", body, of(w.a)).want(200)
	if _, made := try.json()["id"]; made || try.json()["calls"] != 1.0 {
		t.Errorf("a preview: %s", try.body)
	}
	done := w.ask(w.finance, "POST", "/v1/assignments", body, once("a"), of(w.a)).want(201)
	again := w.ask(w.finance, "POST", "/v1/assignments", body, once("a"), of(w.a)).want(201)
	if done.field("id") != again.field("id") || !strings.HasPrefix(done.field("id"), "asg_") {
		t.Errorf("%s, then %s", done.body, again.body)
	}
	w.ask(w.finance, "POST", "/v1/assignments", body, once("b"), of(w.a)).wantCode(404, "not_found")
	bad := map[string]any{"contract": con, "note": "x", "choice": map[string]any{"kind": "fax"}}
	w.ask(w.finance, "POST", "/v1/assignments", bad, once("c"), of(w.a)).want(422)
	list := w.ask(w.keyA, "GET", "/v1/assignments?contract="+con, nil).want(200)
	if got := fields(list, "id", "note"); len(got) != 2 || got[1] != "before it was signed" {
		t.Errorf("assignments: %s", list.body)
	}
	if log := string(w.ask(w.finance, "GET", "/v1/audit?limit=100", nil, of(w.a)).want(200).body); !strings.Contains(log, `"action":"usage.assign"`) {
		t.Error("the audit log has no assignment")
	}
	left := map[string]any{"choice": map[string]any{"ids": []string{"call-2"}}, "reason": "a test call"}
	w.ask(w.keyA, "POST", "/v1/strays/waivers", left, once("w")).wantCode(403, "forbidden")
	w.ask(w.finance, "POST", "/v1/strays/waivers", map[string]any{"reason": ""}, once("v"), of(w.a)).want(422)
	waived := w.ask(w.finance, "POST", "/v1/strays/waivers", left, once("w"), of(w.a)).want(201)
	if waived.json()["calls"] != 1.0 || !strings.HasPrefix(waived.field("id"), "wav_") {
		t.Errorf("left uncharged: %s", waived.body)
	}
	if got := fields(w.ask(w.keyA, "GET", "/v1/strays/facts?source=pbx", nil).want(200), "id"); len(got) != 0 {
		t.Errorf("still to decide: %v", got)
	}
	if got := fields(w.ask(w.keyA, "GET", "/v1/strays/facts?source=pbx&waived=true", nil).want(200), "id", "waiver"); len(got) != 2 || got[1] != waived.field("id") {
		t.Errorf("what is left uncharged: %v", got)
	}
	if got := fields(w.ask(w.keyA, "GET", "/v1/strays/waivers", nil).want(200), "reason"); len(got) != 1 || got[0] != "a test call" {
		t.Errorf("decisions: %v", got)
	}
	if log := string(w.ask(w.finance, "GET", "/v1/audit?limit=100", nil, of(w.a)).want(200).body); !strings.Contains(log, `"action":"usage.waive"`) || !strings.Contains(log, "a test call") {
		t.Error("the audit log has no decision to leave usage uncharged")
	}
	back := map[string]any{"contract": con, "choice": map[string]any{"waived": true}, "note": "it was none"}
	if r := w.ask(w.finance, "POST", "/v1/assignments", back, once("d"), of(w.a)).want(201); r.json()["calls"] != 1.0 {
		t.Errorf("assigned after all: %s", r.body)
	}
	seat := map[string]any{"specversion": "1.0", "id": "s1", "source": "hr", "type": "waihu.seat", "data": map[string]any{"user": "li", "account": "elsewhere", "from": "2026-02-10T00:00:00Z", "to": "2026-02-11T00:00:00Z"}}
	if r := w.ask(w.switchA, "POST", "/v1/events", seat).want(200); !strings.Contains(string(r.body), `"reason":"no_contract"`) {
		t.Errorf("a seat before the contract: %s", r.body)
	}
	if got := fields(w.ask(w.keyA, "GET", "/v1/strays/facts?kind=seat", nil).want(200), "account", "of", "end"); len(got) != 3 || got[0] != "elsewhere" || got[1] != "li" || got[2] == nil {
		t.Errorf("the seat: %v", got)
	}
}

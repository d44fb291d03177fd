package api_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"waihu/internal/access"
)

// TestACampaignThroughTheInterface: a list is uploaded, its campaign planned,
// started, changed, paused and finished; what is done twice is done once.
func TestACampaignThroughTheInterface(t *testing.T) {
	w := newWorld(t)
	must(t, w.api.Start(t.Context()))
	t.Cleanup(w.api.Stop)
	head := w.key(w.a, access.Supervisor)
	file := "Content-Type: application/octet-stream"
	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "spring", "country": "CN", "consent": map[string]any{"basis": "consent", "evidence": "form 7"}}, once("l")).want(201).field("id")
	w.ask(head, "POST", "/v1/lists", map[string]any{"name": "spring"}, once("l2")).wantCode(409, "conflict")
	text := "姓名,手机,等级\n王小明,13800138000,gold\n李雷,13800138001,\n韩梅梅,12,\n王小明,13800138000,\n"
	look := w.ask(head, "POST", "/v1/lists/"+list+"/look?name=a.csv", text, file).want(200)
	if !bytes.Contains(look.body, []byte(`"field":"phone"`)) || !bytes.Contains(look.body, []byte(`"field:等级"`)) {
		t.Errorf("the guess: %s", look.body)
	}
	w.ask(head, "POST", "/v1/lists/"+list+"/uploads?name=b.csv", "13800138000,王\n13800138001,李\n", file).wantCode(422, "invalid")
	w.ask(head, "POST", "/v1/lists/"+list+"/uploads?name=b.csv&mapping=none", text, file).wantCode(404, "not_found")
	job := w.ask(head, "POST", "/v1/lists/"+list+"/uploads?name=a.csv", text, file).want(202).field("id")
	var done struct {
		State  string
		Result struct{ Read, Added, Bad, Duplicates_in_file int64 }
	}
	must(t, json.Unmarshal(w.waitFor(w.keyA, job).body, &done))
	if done.State != "done" || done.Result.Read != 4 || done.Result.Added != 2 || done.Result.Bad != 1 || done.Result.Duplicates_in_file != 1 {
		t.Errorf("the job says %+v", done)
	}
	rejects := w.ask(w.keyA, "GET", "/v1/uploads/"+job+"/rejects", nil).want(200)
	if !bytes.Contains(rejects.body, []byte("韩梅梅,12,,\"this is no telephone number")) {
		t.Errorf("rows set aside: %s", rejects.body)
	}
	if n := w.ask(head, "GET", "/v1/lists/"+list, nil).want(200).json()["total"]; n != 2.0 {
		t.Errorf("the list has %v leads", n)
	}
	w.ask(head, "PUT", "/v1/lead-mappings", map[string]any{"name": "fair", "country": "CN", "columns": []any{map[string]any{"of": "A", "field": "phone"}}}).want(200)
	if got := w.ask(head, "GET", "/v1/lead-mappings", nil).want(200); !bytes.Contains(got.body, []byte(`"fair"`)) {
		t.Errorf("mappings: %s", got.body)
	}

	plan := map[string]any{"name": "Spring", "purpose": "sales", "mode": "predictive", "lists": []any{map[string]any{"list": list}}}
	made := w.ask(head, "POST", "/v1/campaigns", plan, once("c")).want(201)
	campaign := made.field("id")
	if again := w.ask(head, "POST", "/v1/campaigns", plan, once("c")).want(201).field("id"); again != campaign {
		t.Errorf("planned twice: %s and %s", campaign, again)
	}
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/start", "{}", once("s1")).wantCode(422, "invalid")
	plan["caller_ids"], plan["revision"] = []any{map[string]any{"number": "862161234567"}}, 1
	w.ask(head, "PUT", "/v1/campaigns/"+campaign, plan).want(200)
	w.ask(head, "PUT", "/v1/campaigns/"+campaign, plan).wantCode(409, "conflict")
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/start", "{}", once("s2")).want(200)
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/pause", "{}", once("p1")).wantCode(422, "invalid")
	paused := w.ask(head, "POST", "/v1/campaigns/"+campaign+"/pause", map[string]any{"why": "lunch"}, once("p2")).want(200).json()
	if s := paused["status"].(map[string]any); s["state"] != "paused" || s["cause"] != "person" || !strings.HasPrefix(s["by"].(string), "key ") {
		t.Errorf("%v", s)
	}
	if got := w.ask(head, "GET", "/v1/campaigns?state=paused", nil).want(200); !bytes.Contains(got.body, []byte(campaign)) {
		t.Errorf("%s", got.body)
	}
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/robot/secret", "{}").wantCode(409, "conflict") // it asks no dialogue server
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/finish", "{}", once("f")).want(200)
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/archive", "{}", once("a")).want(200)
	if log := w.ask(w.keyA, "GET", "/v1/audit?limit=100", nil).want(200); !bytes.Contains(log.body, []byte("campaign.pause")) || !bytes.Contains(log.body, []byte("lead.upload")) {
		t.Errorf("the audit log: %s", log.body)
	}
}

// TestLeadsAndTheDoNotCallList: found by number, key and state; a callback, a
// refusal by letter, and who may take it back.
func TestLeadsAndTheDoNotCallList(t *testing.T) {
	w := newWorld(t)
	must(t, w.api.Start(t.Context()))
	t.Cleanup(w.api.Stop)
	head := w.key(w.a, access.Supervisor)
	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "spring"}, once("l")).want(201).field("id")
	lead := w.ask(head, "POST", "/v1/leads", map[string]any{"list": list, "key": "K1", "numbers": []any{map[string]any{"number": "+86 138 0013 8000"}}}, once("a")).want(201).field("id")
	w.ask(head, "POST", "/v1/leads", map[string]any{"list": list, "numbers": []any{map[string]any{"number": "x"}}}, once("b")).wantCode(422, "invalid")
	for _, query := range []string{"number=8613800138000", "key=K1", "list=" + list + "&state=pending"} {
		if got := w.ask(head, "GET", "/v1/leads?"+query, nil).want(200); !bytes.Contains(got.body, []byte(lead)) {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	w.ask(head, "GET", "/v1/leads", nil).wantCode(422, "invalid")
	w.ask(head, "POST", "/v1/leads", map[string]any{"list": list, "numbers": []any{map[string]any{"number": "8613800138001"}}}, once("c")).want(201)
	first := w.ask(head, "GET", "/v1/leads?limit=1&list="+list+"&state=pending", nil).want(200).json()
	second := w.ask(head, "GET", "/v1/leads?limit=1&list="+list+"&state=pending&cursor="+first["next_cursor"].(string), nil).want(200).json()
	if first["has_more"] != true || second["has_more"] != false || len(second["items"].([]any)) != 1 {
		t.Errorf("pages: %v, %v", first, second)
	}
	w.ask(head, "POST", "/v1/leads/"+lead+"/callback", map[string]any{"at": "2026-12-01T10:00:00+08:00", "time_zone": "Asia/Shanghai", "agent": "li"}, once("d")).want(200)
	if got := w.ask(head, "GET", "/v1/leads/"+lead, nil).want(200).json(); got["state"] != "callback" || got["due"] != "2026-12-01T02:00:00Z" {
		t.Errorf("%v", got)
	}
	added := w.ask(head, "POST", "/v1/dnc", map[string]any{"numbers": []string{"8613800138000", "8613800138009"}, "source": "letter of 1 March"}, once("e")).want(200).json()
	if added["added"] != 2.0 {
		t.Errorf("%v", added)
	}
	if got := w.ask(head, "GET", "/v1/leads/"+lead, nil).want(200).json(); got["state"] != "forbidden" || got["rule"] != "dnc.company" {
		t.Errorf("%v", got)
	}
	if got := w.ask(head, "POST", "/v1/dnc/ask", map[string]any{"numbers": []string{"8613800138000", "8613800138005"}}).want(200); bytes.Count(got.body, []byte(`"source"`)) != 1 {
		t.Errorf("%s", got.body)
	}
	w.ask(head, "POST", "/v1/dnc/8613800138000/remove", map[string]any{"reason": "asked for it"}, once("f")).wantCode(403, "forbidden")
	w.ask(w.keyA, "POST", "/v1/dnc/8613800138000/remove", map[string]any{}, once("g")).wantCode(422, "invalid")
	w.ask(w.keyA, "POST", "/v1/dnc/8613800138000/remove", map[string]any{"reason": "they wrote again"}, once("h")).want(200)
	w.ask(w.keyA, "POST", "/v1/dnc/8613800138000/remove", map[string]any{"reason": "they wrote again"}, once("i")).wantCode(404, "not_found")
	if got := w.ask(head, "GET", "/v1/leads/"+lead, nil).want(200).json(); got["state"] != "pending" {
		t.Errorf("%v", got)
	}
	job := w.ask(head, "POST", "/v1/dnc/uploads?source=register&country=CN", "number\n13800138000\n13800138009\nnone\n", "Content-Type: application/octet-stream").want(202).field("id")
	if got := w.waitFor(w.keyA, job); !bytes.Contains(got.body, []byte(`"added":1,"there":1,"bad":1`)) {
		t.Errorf("%s", got.body)
	}
	if got := w.ask(head, "GET", "/v1/dnc?limit=1", nil).want(200).json(); got["has_more"] != true {
		t.Errorf("%v", got)
	}
	w.ask(head, "POST", "/v1/leads/"+lead+"/abort", map[string]any{"why": "moved"}, once("j")).wantCode(409, "conflict")
	if got := w.ask(head, "GET", "/v1/dispositions", nil).want(200); !bytes.Contains(got.body, []byte("Do not call again")) {
		t.Errorf("%s", got.body)
	}
	w.ask(head, "PUT", "/v1/dispositions", map[string]any{"dispositions": []any{map[string]any{"code": "visited", "name": "Visited", "flags": map[string]any{"done": true}}}}).want(200)
}

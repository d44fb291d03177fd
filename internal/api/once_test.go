package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeysThatNobodyAskedFor: what creates something looks at an idempotency key
// where one is sent: once, the first answer again, and no other request under it.
func TestKeysThatNobodyAskedFor(t *testing.T) {
	w := newWorld(t)
	type body = map[string]any
	w.ask(w.operator, "POST", "/v1/support-plans", body{"name": "basic", "time_zone": "Asia/Shanghai", "from": 540, "to": 1080, "first_minutes": 30, "resolution_minutes": 480}).want(201)
	for _, x := range []struct {
		path, key, field string
		ask              body
	}{
		{"/v1/companies", w.operator, "name", body{"name": "Third"}},
		{"/v1/outages", w.operator, "note", body{"from": "2026-03-10T00:00:00Z", "note": "x"}},
		{"/v1/exchange-rates", w.operator, "source", body{"from": "USD", "to": "CNY", "on": "2026-03-10", "rate": "7.1", "source": "x"}},
		{"/v1/tickets", w.keyA, "subject", body{"subject": "no sound", "plan": "basic"}},
		{"/v1/users", w.keyA, "name", body{"email": "a@example.com", "name": "A", "roles": []string{"agent"}}},
		{"/v1/keys", w.keyA, "name", body{"name": "k", "role": "api"}},
		{"/v1/webhooks", w.keyA, "note", body{"url": "https://books.example.com/in", "note": "x"}},
		{"/v1/quality", w.finance, "metric", body{"metric": "mos", "at": "2026-03-10T00:00:00Z", "value": "4.1", "weight": 1}},
	} {
		var headers []string
		if x.path == "/v1/quality" {
			x.key, headers = w.operator, []string{of(w.a)}
		}
		headers = append(headers, once("of "+x.path))
		first := w.ask(x.key, "POST", x.path, x.ask, headers...).want(201)
		again := w.ask(x.key, "POST", x.path, x.ask, headers...).want(201)
		if again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s: the answer does not say that it is the first again", x.path)
		}
		if !bytes.Equal(withoutSecrets(t, first.body), withoutSecrets(t, again.body)) || secret(first) != "" && secret(again) != "" {
			t.Errorf("%s: first %s, again %s", x.path, first.body, again.body)
		}
		x.ask[x.field] = "another"
		w.ask(x.key, "POST", x.path, x.ask, headers...).wantCode(422, "idempotency_key_reused")
	}
	for path, want := range map[string]int{"/v1/tickets": 1, "/v1/webhooks": 1} {
		if n := strings.Count(string(w.ask(w.keyA, "GET", path, nil).want(200).body), `"id":`); n != want {
			t.Errorf("%s has %d, want %d", path, n, want)
		}
	}
}

// TestTheSecretOfALaneIsNotKept: what answers again has none, so no backup and no export has.
func TestTheSecretOfALaneIsNotKept(t *testing.T) {
	w := newWorld(t)
	campaign := w.ask(w.keyA, "POST", "/v1/campaigns", map[string]any{"name": "Lane", "purpose": "sales", "mode": "robot"}, once("c")).want(201).field("id")
	path := "/v1/campaigns/" + campaign + "/robot/secret"
	first, again := w.ask(w.keyA, "POST", path, "{}", once("s")).want(200), w.ask(w.keyA, "POST", path, "{}", once("s")).want(200)
	if !strings.HasPrefix(secret(first), "whsec_") || secret(again) != "" || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
}

// secret is what an answer shows once.
func secret(r *reply) string {
	for _, name := range []string{"key", "secret"} {
		if s, is := r.json()[name].(string); is {
			return s
		}
	}
	return ""
}

// withoutSecrets is an answer but for what is shown once.
func withoutSecrets(t *testing.T, body []byte) []byte {
	var all map[string]any
	must(t, json.Unmarshal(body, &all))
	delete(all, "key")
	delete(all, "secret")
	out, err := json.Marshal(all)
	must(t, err)
	return out
}

// TestAnOutageReportedTwice: sent again under its key because the answer was lost,
// an outage is one: once it has ended, nothing of it goes on and counts towards
// the credit for missed availability.
func TestAnOutageReportedTwice(t *testing.T) {
	w := newWorld(t)
	w.served()
	contract, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", "contract.yaml"))
	must(t, err)
	promise := "service_levels: [{metric: availability, target: 99.8%, credit_amount: 7}]\n"
	con := w.ask(w.finance, "POST", "/v1/contracts", append(contract, promise...), "Content-Type: application/yaml", of(w.b), once("quote")).want(201).field("id")
	w.ask(w.finance, "POST", "/v1/contracts/"+con+"/sign", map[string]string{"document_sha256": strings.Repeat("ab", 32)}, of(w.b), once("sign")).want(200)
	w.ask(w.finance, "POST", "/v1/contracts/"+con+"/start", "{}", of(w.b), once("start")).want(200)
	begins := map[string]any{"from": "2026-03-10T00:00:00Z", "note": "fire in the exchange"}
	first := w.ask(w.operator, "POST", "/v1/outages", begins, once("fire")).want(201).field("id")
	again := w.ask(w.operator, "POST", "/v1/outages", begins, once("fire")).want(201).field("id")
	if first != again {
		t.Errorf("%s, then %s", first, again)
	}
	w.ask(w.operator, "POST", "/v1/outages", map[string]any{"id": again, "from": "2026-03-10T00:00:00Z", "to": "2026-03-10T01:00:00Z"}, once("out")).want(201)
	levels := w.ask(w.keyB, "GET", "/v1/contracts/"+con+"/service-levels?first=2026-03-01&after=2026-04-01", nil).want(200)
	if !strings.Contains(string(levels.body), "99.8655%") { // 60 of 44,640 minutes
		t.Errorf("levels: %s", levels.body)
	}
	draft := w.ask(w.keyB, "GET", "/v1/contracts/"+con+"/draft?day=2026-03-05", nil).want(200)
	if strings.Contains(string(draft.body), "service_credit") {
		t.Errorf("a credit, though the promise was kept: %s", draft.body)
	}
}

// TestSupportPlansAreChangedAsRead: a plan of support is made once, and changed by
// whoever read it last.
func TestSupportPlansAreChangedAsRead(t *testing.T) {
	w := newWorld(t)
	set := func(first, revision int) *reply {
		ask := map[string]any{"name": "basic", "first_minutes": first, "resolution_minutes": 480}
		if revision > 0 {
			ask["revision"] = revision
		}
		return w.ask(w.operator, "POST", "/v1/support-plans", ask)
	}
	set(30, 0).want(201)
	set(60, 0).wantCode(409, "conflict")
	set(60, 1).want(201)
	set(90, 1).wantCode(409, "conflict")
	for _, key := range []string{w.operator, w.keyA} {
		var list struct {
			Items []struct {
				First    int `json:"first_minutes"`
				Revision int
			}
		}
		must(t, json.Unmarshal(w.ask(key, "GET", "/v1/support-plans", nil).want(200).body, &list))
		if len(list.Items) != 1 || list.Items[0].First != 60 || list.Items[0].Revision != 2 {
			t.Errorf("%+v", list)
		}
	}
}

// TestATopicThatDoesNotExistIsRefused: a webhook for it would wait for ever.
func TestATopicThatDoesNotExistIsRefused(t *testing.T) {
	w := newWorld(t)
	add := func(topics ...string) *reply {
		return w.ask(w.keyA, "POST", "/v1/webhooks", map[string]any{"url": "https://books.example.com/in", "topics": topics})
	}
	add("invoice.isued").wantCode(422, "invalid")
	add("invoice.*", "nothing.*").wantCode(422, "invalid")
	made := add("invoice.*", "budget.reached", "*").want(201).field("id")
	w.ask(w.keyA, "PATCH", "/v1/webhooks/"+made, map[string]any{"topics": []string{"invoices.*"}}).wantCode(422, "invalid")
	w.ask(w.keyA, "PATCH", "/v1/webhooks/"+made, map[string]any{"topics": []string{}}).want(200)
}

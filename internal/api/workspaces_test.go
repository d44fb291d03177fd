package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/access"
)

// visitor asks over real HTTP, as a program of a customer would.
type visitor struct {
	*world
	at, key string
}

func (w *world) visitor(key string) *visitor {
	w.Helper()
	s := httptest.NewServer(w.api.Handler())
	w.Cleanup(s.Close)
	return &visitor{w, s.URL, key}
}

// send sends a body: nil is none, text goes as it is, anything else as JSON.
func (v *visitor) send(method, path string, body any, headers ...string) *reply {
	v.Helper()
	kind, r := "application/json", io.Reader(http.NoBody)
	switch b := body.(type) {
	case nil:
	case []byte:
		kind, r = "application/octet-stream", bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		must(v.TB, err)
		r = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(v.Context(), method, v.at+path, r)
	must(v.TB, err)
	req.Header.Set("Authorization", "Bearer "+v.key)
	req.Header.Set("Content-Type", kind)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	must(v.TB, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(v.TB, err)
	return &reply{v.world, res.StatusCode, res.Header, text}
}

// until asks again until something is no longer being worked on.
func (v *visitor) until(method, path string, body any) *reply {
	v.Helper()
	for range 100 { // each waits for the work a moment
		if r := v.send(method, path, body); r.status != http.StatusAccepted {
			return r.want(200)
		}
	}
	v.Fatalf("%s %s does not end", method, path)
	return nil
}

func exampleBytes(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "examples", filepath.FromSlash(name)))
	must(t, err)
	return b
}

// begun is a new workspace.
func (v *visitor) begun(key string) string {
	v.Helper()
	return "/v1/workspaces/" + v.send("POST", "/v1/workspaces", map[string]string{"zone": "Asia/Shanghai"}, once(key)).want(201).field("id")
}

// TestComparisonOverHTTP walks from a file of records to all answers, a what-if
// and the reports.
func TestComparisonOverHTTP(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(w.keyA)
	at := v.begun("compare")
	if again := v.begun("compare"); again != at {
		t.Errorf("the same key made another workspace: %s, %s", at, again)
	}
	v.send("POST", "/v1/workspaces", map[string]string{"zone": "Asia/Shanghai"}).wantCode(400, "idempotency_key_missing")
	v.send("POST", at+"/answer", map[string]any{}).wantCode(422, "invalid")
	file := v.send("POST", at+"/files?name=Master.csv", exampleBytes(t, "sales-floor/usage/Master.csv")).want(201).field("id")
	if same := v.send("POST", at+"/files?name=copy.csv", exampleBytes(t, "sales-floor/usage/Master.csv")).want(201).field("id"); same != file {
		t.Errorf("the same content is another file: %s, %s", file, same)
	}
	v.send("PUT", at+"/market-offers", map[string]any{"offers": []string{"ujet-pro", "callfire-payg", "retell"}}).want(200)
	v.send("PUT", at+"/market-offers", map[string]any{"offers": []string{"none"}}).wantCode(422, "invalid")
	v.send("POST", at+"/offers", map[string]any{"files": []map[string]string{{"name": "ours.yaml", "text": string(exampleBytes(t, "sales-floor/plan.yaml"))}}}).want(201)
	wrong := v.send("POST", at+"/offers", map[string]any{"files": []map[string]string{{"name": "bad.yaml", "text": "plan: x\nversion: one\n"}}}).wantCode(422, "invalid")
	if first := wrong["errors"].([]any)[0].(map[string]any); first["line"] == nil || first["file"] != "bad.yaml" {
		t.Errorf("a problem names no line: %v", wrong)
	}
	question := map[string]any{"currency": "USD", "budget": "900", "rates": []map[string]string{{"from": "CNY", "rate": "0.14", "on": "2026-11-01"}}, "weights": map[string]int{"price": 80, "quality": 20}}
	var got struct {
		State  string
		Say    []string
		Result map[string]json.RawMessage
	}
	must(t, json.Unmarshal(v.until("POST", at+"/answer", question).body, &got))
	for _, answer := range []string{"recommendation", "break_evens", "hidden_fees", "rounding", "waste", "volatility", "what_if", "flexibility", "service", "scores", "sensitivity", "bound", "right_size"} {
		if len(got.Result[answer]) < 3 {
			t.Errorf("%s is not answered: %s", answer, got.Result[answer])
		}
	}
	if got.State != "done" || len(got.Say) == 0 || !strings.Contains(got.Say[0], "USD") {
		t.Errorf("%s: %v", got.State, got.Say)
	}
	question["changes"], question["span"] = []string{"volume=+50%", "seats=-20%"}, 1
	step := v.send("POST", at+"/step", question).want(200).json()
	if costs := step["costs"].([]any); len(costs) != 4 || step["months"] != 1.0 {
		t.Errorf("%v", step)
	}
	question["changes"] = []string{"volume=lots"}
	v.send("POST", at+"/step", question).wantCode(422, "invalid")
	delete(question, "changes")
	delete(question, "span")
	for form, head := range map[string]string{"html": "<!doctype html>", "pdf": "%PDF-", "xlsx": "PK"} {
		if r := v.send("POST", at+"/report/"+form+"?lang=zh-Hant", question).want(200); !strings.HasPrefix(string(r.body), head) || !strings.Contains(r.header.Get("Content-Disposition"), "comparison."+form) {
			t.Errorf("%s: %.60s", form, r.body)
		}
	}
	question["budget"] = "-1"
	v.send("POST", at+"/answer", question).wantCode(422, "invalid")
	question["budget"], question["weights"] = "900", map[string]int{"colour": 100}
	v.send("POST", at+"/answer", question).wantCode(422, "invalid")
	v.send("DELETE", at+"/offers/sales-floor", nil).want(200)
	v.send("DELETE", at+"/files/"+file, nil).want(200)
	v.send("DELETE", at, nil).want(200)
	v.send("GET", at, nil).wantCode(404, "not_found")
}

// TestOwnUsageIsCompared: a company's own months are compared without a file.
func TestOwnUsageIsCompared(t *testing.T) {
	w := newWorld(t)
	w.served()
	for n := range 20 {
		w.ask(w.switchA, "POST", "/v1/events", callEvent(n))
	}
	v := w.visitor(w.keyA)
	at := v.begun("own")
	v.send("PUT", at+"/usage", map[string]any{"months": 1, "first": "2026-03-01"}).want(200)
	v.send("PUT", at+"/usage", map[string]any{"months": 1, "first": "2026-03-05"}).wantCode(422, "invalid")
	v.send("PUT", at+"/usage", map[string]any{"months": 1, "profile": "sales"}).wantCode(422, "invalid")
	v.send("PUT", at+"/market-offers", map[string]any{"offers": []string{"callfire-payg", "ujet-pro"}}).want(200)
	r := v.until("POST", at+"/answer", map[string]any{"brief": true, "months": []int{1}}).json()
	basis := r["result"].(map[string]any)["basis"].(map[string]any)
	if basis["first"] != "2026-03-01" || basis["usage"].(map[string]any)["calls"] != 20.0 {
		t.Errorf("%v", basis)
	}
}

// TestAuditOverHTTP hands in a vendor's bill, what was agreed and the records,
// takes the columns as they seem, and finds every fen of the difference.
func TestAuditOverHTTP(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(w.keyA)
	at := v.begun("audit")
	v.send("POST", at+"/audit", nil).wantCode(422, "invalid")
	v.send("PUT", at+"/bill?name=bill.csv", []byte("just words\n")).wantCode(422, "invalid")
	v.send("PUT", at+"/bill?name=bill.csv", exampleBytes(t, "audit/vendor/bill.csv")).want(200)
	v.send("PUT", at+"/bill-calls?name=calls.csv", exampleBytes(t, "audit/vendor/calls.csv")).want(200)
	v.send("PUT", at+"/mapping", map[string]string{"first": "2026-03-01", "after": "2026-04-01"}).wantCode(422, "invalid")
	agreed := map[string]any{"files": []map[string]string{{"name": "contract.yaml", "text": string(exampleBytes(t, "audit/contract.yaml"))}, {"name": "plan.yaml", "text": string(exampleBytes(t, "audit/plan.yaml"))}}}
	seems := v.send("PUT", at+"/agreement", agreed).want(200).json()["mapping"].(map[string]any)
	if seems["said"] != false || !strings.Contains(seems["file"].(string), "金额") {
		t.Errorf("it seems %v", seems)
	}
	for _, name := range []string{"calls", "messages", "modules", "numbers", "seats"} {
		v.send("POST", at+"/files?name="+name+".csv", exampleBytes(t, "audit/usage/"+name+".csv")).want(201)
	}
	period := map[string]string{"first": "2026-03-01", "after": "2026-04-01"}
	period["file"] = "currency: CNY\nlines: {}\n"
	v.send("PUT", at+"/mapping", period).wantCode(422, "invalid")
	period["file"] = string(exampleBytes(t, "audit/vendor/mapping.yaml"))
	v.send("PUT", at+"/mapping", period).want(200)
	for _, mapping := range []string{"as it was said", "as it seems"} {
		if mapping == "as it seems" {
			v.send("PUT", at+"/bill?name=bill.csv", exampleBytes(t, "audit/vendor/bill.csv")).want(200)
			delete(period, "file")
			v.send("PUT", at+"/mapping", period).want(200)
		}
		v.send("POST", at+"/audit?lang=zh-Hans", nil)
		got := v.until("GET", at+"/audit", nil).json()
		result, _ := got["result"].(map[string]any)
		if got["state"] != "done" || result == nil || result["difference"].(map[string]any)["amount"] != "634.18" || result["explained"].(map[string]any)["amount"] != "634.18" {
			t.Fatalf("%s: %v", mapping, got["say"])
		}
	}
	for path, head := range map[string]string{"report/html": "<!doctype html>", "report/pdf": "%PDF-", "report/xlsx": "PK", "letter/pdf": "%PDF-", "letter/txt": "", "evidence/csv": "\ufeffcause", "evidence/xlsx": "PK"} {
		if r := v.send("GET", at+"/audit/"+path, nil).want(200); !strings.HasPrefix(string(r.body), head) || len(r.body) < 100 {
			t.Errorf("%s: %.60s", path, r.body)
		}
	}
	if r := v.send("GET", at+"/audit/letter/txt?lang=zh-Hant&on=2026-04-10", nil).want(200); !strings.Contains(string(r.body), "634.18") {
		t.Errorf("the letter: %s", r.body)
	}
	v.send("GET", at+"/audit/letter/doc", nil).wantCode(422, "invalid")
}

// TestWorkspacesAreOfOneCompany: another company, a role without the right, and
// whoever has only the word to look, find nothing.
func TestWorkspacesAreOfOneCompany(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(w.keyA)
	at := v.begun("mine")
	share := v.send("GET", at, nil).want(200).field("share")
	if _, err := url.Parse(share); err != nil || !strings.HasPrefix(share, "/compare/") {
		t.Fatalf("share %q", share)
	}
	looks := "/v1/workspaces/" + strings.TrimPrefix(share, "/compare/")
	v.send("GET", looks, nil).wantCode(404, "not_found")
	for _, key := range []string{w.keyB} {
		other := w.visitor(key)
		for _, path := range []string{at, at + "/audit", at + "/audit/report/html", at + "/audit/letter/pdf"} {
			other.send("GET", path, nil).wantCode(404, "not_found")
		}
		other.send("PUT", at+"/market-offers", map[string]any{"offers": []string{}}).wantCode(404, "not_found")
		other.send("POST", at+"/answer", map[string]any{}).wantCode(404, "not_found")
		other.send("DELETE", at, nil).wantCode(404, "not_found")
	}
	agent := w.visitor(w.key(w.a, access.Agent))
	agent.send("GET", at, nil).wantCode(403, "forbidden")
	agent.send("POST", "/v1/workspaces", map[string]any{}, once("agent")).wantCode(403, "forbidden")
	floor := w.visitor(w.key(w.a, access.Supervisor))
	floor.send("GET", at, nil).want(200)
	floor.send("PUT", at+"/agreement", map[string]any{"contract": "con_01jd8zzzzzzzzzzzzzzzzzzzzz"}).wantCode(403, "forbidden")
	v.send("PUT", at+"/agreement", map[string]any{"contract": "con_01jd8zzzzzzzzzzzzzzzzzzzzz"}).wantCode(404, "not_found")
}

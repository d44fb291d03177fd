package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"waihu/internal/api"
	"waihu/internal/id"
	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
)

// served gives company A a running contract with a seat, and names it.
func (w *world) served() string {
	w.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", name))
		must(w.TB, err)
		return b
	}
	yaml := "Content-Type: application/yaml"
	ask := func(path string, body any, headers ...string) *reply {
		w.Helper()
		return w.ask(w.finance, "POST", path, body, append(headers, of(w.a))...)
	}
	plan := w.ask(w.finance, "POST", "/v1/plans", read("plan.yaml"), yaml, once("plan"))
	plan.want(201)
	con := ask("/v1/contracts", read("contract.yaml"), yaml, once("quote")).want(201).field("id")
	ask("/v1/contracts/"+con+"/sign", map[string]string{"document_sha256": strings.Repeat("ab", 32)}, once("sign")).want(200)
	ask("/v1/contracts/"+con+"/start", "{}", once("start")).want(200)
	ask("/v1/contracts/"+con+"/stretches", map[string]string{"what": "seat", "of": "agent01", "at": "2026-03-01T00:00:00+08:00"}, once("seat")).want(201)
	return con
}

func callEvent(n int) map[string]any {
	return map[string]any{"specversion": "1.0", "id": fmt.Sprint("call-", n), "source": "pbx", "type": "waihu.call",
		"data": map[string]any{"result": "answered", "to": "13800138000", "start": "2026-03-02T01:30:00Z", "answer": "2026-03-02T01:30:08Z", "end": "2026-03-02T01:31:10Z", "talk": 62}}
}

// billed runs the bills of March and names A's invoice.
func (w *world) billed() string {
	w.Helper()
	must(w.TB, w.api.Start(w.Context()))
	w.Cleanup(w.api.Stop)
	job := w.ask(w.finance, "POST", "/v1/runs", map[string]string{"until": "2026-04-01", "issue": "2026-04-01"}, once("run")).want(202).field("id")
	w.waitFor(w.finance, job)
	w.ask(w.finance, "GET", "/v1/jobs/"+job, nil, of(w.a)).want(200) // who runs bills says a company with all else
	w.ask(w.keyA, "GET", "/v1/jobs/"+job, nil).wantCode(404, "not_found")
	var list struct{ Items []struct{ ID string } }
	r := w.ask(w.keyA, "GET", "/v1/invoices", nil).want(200)
	must(w.TB, json.Unmarshal(r.body, &list))
	if len(list.Items) != 1 {
		w.Fatalf("%d invoices: %s", len(list.Items), r.body)
	}
	return list.Items[0].ID
}

// waitFor asks until a job is over.
func (w *world) waitFor(key, job string, headers ...string) *reply {
	w.Helper()
	r := w.ended(key, job, headers...)
	if r.field("state") == "failed" {
		w.Fatalf("the job failed: %s", r.body)
	}
	return r
}

// ended waits for the end of a job, done or failed.
func (w *world) ended(key, job string, headers ...string) *reply {
	w.Helper()
	for range 100_000 {
		r := w.ask(key, "GET", "/v1/jobs/"+job, nil, headers...).want(200)
		if s := r.field("state"); s == "done" || s == "failed" {
			return r
		}
	}
	w.Fatal("the job does not end")
	return nil
}

func TestFromPlanToCreditNote(t *testing.T) { planToCreditNote(newWorld(t)) }

func planToCreditNote(w *world) {
	t := w.TB
	con := w.served()
	w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200)
	draft := w.ask(w.keyA, "GET", "/v1/contracts/"+con+"/draft?day=2026-03-01", nil).want(200)
	if !bytes.Contains(draft.body, []byte(`"total":{"amount":"159.33","currency":"CNY"}`)) {
		t.Errorf("the draft: %.200s", draft.body)
	}
	inv := w.billed()
	for form, head := range map[string]string{"pdf": "%PDF-", "xlsx": "PK", "csv": "\xef\xbb\xbf", "json": "{", "ubl": "<?xml"} {
		r := w.ask(w.keyA, "GET", "/v1/invoices/"+inv+"/files/"+form+"?lang=zh-Hant", nil)
		if form == "ubl" && r.status == 422 {
			continue // the parties of the example lack what EN 16931 asks for: it says which
		}
		if r.want(200); !bytes.HasPrefix(r.body, []byte(head)) || !strings.Contains(r.header.Get("Content-Disposition"), "INV-000001.") {
			t.Errorf("%s: %q %s", form, r.body[:20], r.header.Get("Content-Disposition"))
		}
	}
	w.ask(w.keyA, "POST", "/v1/invoices/"+inv+"/payments", map[string]any{"amount": map[string]string{"amount": "1.00", "currency": "CNY"}, "on": "2026-04-10"}, once("p")).wantCode(403, "forbidden")
	w.ask(w.finance, "POST", "/v1/invoices/"+inv+"/payments", map[string]any{"amount": map[string]string{"amount": "100.00", "currency": "CNY"}, "on": "2026-04-10"}, once("p"), of(w.a)).want(201)

	// A credit note needs a second person, and is what the first asked for.
	w.ask(w.finance, "POST", "/v1/invoices/"+inv+"/credit-notes", map[string]any{"items": []any{}, "reason": "bad line", "on": "2026-04-11"}, once("none"), of(w.a)).wantCode(422, "invalid")
	asked := w.ask(w.finance, "POST", "/v1/invoices/"+inv+"/credit-notes", map[string]any{"items": []any{map[string]string{"line": "talk"}}, "reason": "bad line", "on": "2026-04-11"}, once("c"), of(w.a)).want(201)
	var maybe struct{ Approval struct{ ID, State string } }
	must(t, json.Unmarshal(asked.body, &maybe))
	path := "/v1/approvals/" + maybe.Approval.ID
	w.ask(w.finance, "POST", path, map[string]bool{"approve": true}).wantCode(403, "second_person_needed")
	w.ask(w.keyA, "POST", path, map[string]bool{"approve": true}).wantCode(403, "forbidden")
	done := w.ask(w.operator, "POST", path, map[string]bool{"approve": true}).want(200)
	if !bytes.Contains(done.body, []byte(`"number":"CN-INV-000001"`)) {
		t.Errorf("the approved change came to %s", done.body)
	}
	w.ask(w.operator, "POST", path, map[string]bool{"approve": true}).wantCode(409, "conflict")

	// What was paid too much is paid back, by two.
	w.ask(w.finance, "POST", "/v1/payments", map[string]any{"amount": map[string]string{"amount": "50.00", "currency": "CNY"}, "on": "2026-04-12"}, once("a"), of(w.a)).want(201)
	refund := w.ask(w.finance, "POST", "/v1/refunds", map[string]any{"amount": map[string]string{"amount": "20.00", "currency": "CNY"}, "on": "2026-04-13", "reason": "asked for"}, once("r"), of(w.a)).want(201)
	must(t, json.Unmarshal(refund.body, &maybe))
	w.ask(w.operator, "POST", "/v1/approvals/"+maybe.Approval.ID, map[string]bool{"approve": true}).want(200)
	much := w.ask(w.finance, "POST", "/v1/refunds", map[string]any{"amount": map[string]string{"amount": "31.00", "currency": "CNY"}, "on": "2026-04-13", "reason": "asked for"}, once("r2"), of(w.a)).want(201)
	must(t, json.Unmarshal(much.body, &maybe))
	w.ask(w.operator, "POST", "/v1/approvals/"+maybe.Approval.ID, map[string]bool{"approve": true}).wantCode(409, "conflict")

	// A statement is by the day of booking, or by the day each thing counts from.
	const april = "/v1/statement?first=2026-04-01&after=2026-05-01&currency=CNY"
	if r := w.ask(w.keyA, "GET", april+"&by=value", nil).want(200); !bytes.Contains(r.body, []byte(`"on":"2026-04-10"`)) || r.field("by") != "value" {
		t.Errorf("by value: %s", r.body)
	}
	if r := w.ask(w.keyA, "GET", april, nil).want(200); r.field("by") != "booking" {
		t.Errorf("by booking: %s", r.body)
	}
	w.ask(w.keyA, "GET", april+"&by=mood", nil).want(422)

	// Who did what stands in the audit log, with before and after.
	log := string(w.ask(w.finance, "GET", "/v1/audit?limit=100", nil, of(w.a)).want(200).body)
	for _, action := range []string{"contract.quote", "contract.sign", "contract.start", "seat.begin", "invoice.pay", "invoice.credit.ask", "invoice.credit", "approval.approved", "payment.refund"} {
		if !strings.Contains(log, `"action":"`+action+`"`) {
			t.Errorf("the audit log has no %s", action)
		}
	}
	found, err := w.sys.Examine(t.Context())
	must(t, err)
	if len(found.Findings) != 0 || found.Documents != 2 || found.Entries == 0 {
		t.Errorf("the books: %+v", found)
	}
}

// TestACallTellsHowItWent: what is known of its course is kept and told, and a
// call without has none.
func TestACallTellsHowItWent(t *testing.T) {
	w := newWorld(t)
	w.served()
	told := callEvent(1)
	for key, value := range map[string]any{"ended_by": "them", "q850": 16, "sip": 200, "ringing": "2026-03-02T01:30:02Z", "heard_mos": 4.37, "heard_packets": 3100, "recording": "a.wav"} {
		told["data"].(map[string]any)[key] = value
	}
	w.ask(w.switchA, "POST", "/v1/events", told).want(200)
	w.ask(w.switchA, "POST", "/v1/events", callEvent(2)).want(200)
	list := w.ask(w.keyA, "GET", "/v1/calls?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z", nil).want(200)
	if s := string(list.body); !strings.Contains(s, `"ended_by":"them"`) || !strings.Contains(s, `"mos":4.37`) || strings.Count(s, `"course"`) != 1 {
		t.Errorf("how a call went did not come back, or came back for others: %s", s)
	}
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	w.served()
	w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200)
	again := w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200).json()
	if again["duplicate"] != 1.0 {
		t.Errorf("sent again: %v", again)
	}
	other := callEvent(1)
	other["data"].(map[string]any)["talk"] = 99
	w.ask(w.switchA, "POST", "/v1/events", other).wantCode(409, "conflict")
	bad := func(change func(map[string]any)) map[string]any {
		e := callEvent(2)
		change(e)
		return e
	}
	for name, e := range map[string]map[string]any{
		"no version":       bad(func(e map[string]any) { delete(e, "specversion") }),
		"no id":            bad(func(e map[string]any) { delete(e, "id") }),
		"another type":     bad(func(e map[string]any) { e["type"] = "com.example.call" }),
		"an unknown field": bad(func(e map[string]any) { e["data"].(map[string]any)["talked"] = 5 }),
		"a hidden id":      bad(func(e map[string]any) { e["data"].(map[string]any)["id"] = "call-1" }),
		"no result":        bad(func(e map[string]any) { delete(e["data"].(map[string]any), "result") }),
		"data is a list":   bad(func(e map[string]any) { e["data"] = []int{1} }),
		"the future":       bad(func(e map[string]any) { e["data"].(map[string]any)["start"] = "2126-03-02T01:30:00Z" }),
		"an odd attribute": bad(func(e map[string]any) { e["Data"] = 1 }),
	} {
		if r := w.ask(w.switchA, "POST", "/v1/events", e); r.status != 422 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	var batch []any
	for n := range 1000 {
		batch = append(batch, callEvent(n))
	}
	batch[7].(map[string]any)["type"] = "odd"
	got := w.ask(w.switchA, "POST", "/v1/events", batch, "Content-Type: application/cloudevents-batch+json").want(200).json()
	if got["accepted"] != 998.0 || got["duplicate"] != 1.0 || got["rejected"] != 1.0 || len(got["results"].([]any)) != 1000 {
		t.Errorf("the batch: accepted %v, duplicate %v, rejected %v", got["accepted"], got["duplicate"], got["rejected"])
	}
	w.ask(w.switchA, "POST", "/v1/events", append(batch, callEvent(1001))).wantCode(422, "invalid")
	w.ask(w.switchA, "POST", "/v1/events", "[]").wantCode(422, "invalid")
	if r := w.ask(w.switchA, "POST", "/v1/events", "[7]").wantCode(422, "invalid"); !strings.Contains(fmt.Sprint(r["errors"]), "this is no event: an object was expected") {
		t.Errorf("a number in place of an event: %v", r["errors"])
	}

	// All of them come back, page by page, each once.
	seen, cursor := map[string]bool{}, ""
	for range 20 {
		var page struct {
			Items      []struct{ ID string }
			HasMore    bool   `json:"has_more"`
			NextCursor string `json:"next_cursor"`
		}
		r := w.ask(w.keyA, "GET", "/v1/calls?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z&limit=100&cursor="+cursor, nil).want(200)
		must(t, json.Unmarshal(r.body, &page))
		for _, c := range page.Items {
			seen[c.ID] = true
		}
		if cursor = page.NextCursor; !page.HasMore {
			break
		}
	}
	if len(seen) != 999 {
		t.Errorf("%d calls came back, want 999", len(seen))
	}
	w.ask(w.keyA, "GET", "/v1/calls?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z&cursor=nonsense", nil).wantCode(400, "cursor_invalid")
	w.ask(w.keyA, "GET", "/v1/calls?from=2020-03-01T00:00:00Z&until=2026-04-01T00:00:00Z", nil).wantCode(422, "invalid")
}

func TestUploadTellsWhatItRead(t *testing.T) {
	w := newWorld(t)
	w.served()
	must(t, w.api.Start(t.Context()))
	t.Cleanup(w.api.Stop)
	b, err := os.ReadFile(filepath.Join("..", "..", "examples", "per-minute", "usage", "Master.csv"))
	must(t, err)
	b = append(b, "\"no\",\"record\",\"of\",\"any\",\"kind\"\n"...)
	job := w.ask(w.switchA, "POST", "/v1/uploads?name=Master.csv&zone=Asia/Shanghai&format=asterisk-csv", b, "Content-Type: application/octet-stream").want(202).field("id")
	r := w.waitFor(w.keyA, job)
	var out struct {
		Result struct {
			Added  int64
			Report struct {
				Counts struct{ Read, Accepted, Rejected int64 }
			}
		}
	}
	must(t, json.Unmarshal(r.body, &out))
	if out.Result.Added != 120 || out.Result.Report.Counts.Read != 121 || out.Result.Report.Counts.Rejected != 1 {
		t.Errorf("the job says %s", r.body)
	}
	rejects := w.ask(w.keyA, "GET", "/v1/uploads/"+job+"/rejects", nil).want(200)
	if !bytes.Contains(rejects.body, []byte(`"no","record"`)) {
		t.Errorf("what was refused: %s", rejects.body)
	}
	odd := w.ask(w.switchA, "POST", "/v1/uploads?name=x.csv", []byte("hello"), "Content-Type: application/octet-stream").want(202).field("id")
	if r := w.ended(w.keyA, odd); r.field("state") != "failed" || !strings.Contains(r.field("error"), "no known format") {
		t.Errorf("a file of no format: %s", r.body)
	}
	w.ask(w.keyB, "GET", "/v1/uploads/"+job+"/rejects", nil).wantCode(404, "not_found")
	w.ask(w.keyB, "GET", "/v1/jobs/"+job, nil).wantCode(404, "not_found")
	w.ask(w.switchA, "POST", "/v1/uploads?format=wrong", b).wantCode(422, "invalid")
	w.ask(w.switchA, "POST", "/v1/uploads", nil).wantCode(400, "malformed")
	names, err := filepath.Glob(filepath.Join(w.uploads, "job_*"))
	must(t, err)
	for _, n := range names {
		if !strings.HasSuffix(n, ".rejects") {
			t.Errorf("%s is left behind", filepath.Base(n))
		}
	}
}

func TestFreeSWITCHPosts(t *testing.T) {
	w := newWorld(t)
	w.served()
	record := `{"core-uuid":"c","variables":{"uuid":"u-1","direction":"outbound","start_epoch":"1772415000","answer_epoch":"1772415005","end_epoch":"1772415035","duration":"35","billsec":"30","hangup_cause":"NORMAL_CLEARING"},"callflow":[{"caller_profile":{"caller_id_number":"8005","destination_number":"13800138000"},"times":{}}]}`
	basic := func(key string) string {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		must(t, err)
		r.SetBasicAuth("switch", key)
		return "Authorization: " + r.Header.Get("Authorization")
	}
	w.ask("", "POST", "/v1/receive/freeswitch?uuid=a_u-1", record, basic(w.switchA)).want(200)
	form := "uuid=u-1&cdr=" + strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D", `"`, "%22").Replace(strings.Replace(record, "u-1", "u-2", 1))
	w.ask("", "POST", "/v1/receive/freeswitch", form, basic(w.switchA), "Content-Type: application/x-www-form-urlencoded").want(200)
	w.ask("", "POST", "/v1/receive/freeswitch", record, basic(w.switchA)).want(200) // tried again
	w.ask("", "POST", "/v1/receive/freeswitch", `{"variables":{}}`, basic(w.switchA)).wantCode(422, "invalid")
	w.ask("", "POST", "/v1/receive/freeswitch", record, basic("wrong")).wantCode(401, "bad_credentials")
	list := w.ask(w.keyA, "GET", "/v1/calls?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z", nil).want(200)
	if n := bytes.Count(list.body, []byte(`"source":"freeswitch"`)); n != 2 {
		t.Errorf("%d calls are kept, want 2: %s", n, list.body)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	w := newWorld(t)
	con := w.served()
	body := map[string]string{"what": "module", "of": "x"}
	path := "/v1/contracts/" + con + "/stretches"
	w.ask(w.switchA, "POST", path, body).wantCode(400, "idempotency_key_missing")
	w.ask(w.switchA, "POST", path, body, once(strings.Repeat("k", 256))).wantCode(400, "idempotency_key_invalid")
	seat := map[string]string{"what": "seat", "of": "agent02"}
	first := w.ask(w.switchA, "POST", path, seat, once("k1")).want(201)
	again := w.ask(w.switchA, "POST", path, seat, once("k1")).want(201)
	if !bytes.Equal(first.body, again.body) || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("first %s, again %s %v", first.body, again.body, again.header)
	}
	seat["of"] = "agent03"
	w.ask(w.switchA, "POST", path, seat, once("k1")).wantCode(422, "idempotency_key_reused")
	w.ask(w.switchA, "POST", path+"/"+first.field("id")+"/end", "{}", once("k1")).wantCode(422, "idempotency_key_reused")
	// What failed had no effect and can be tried again under its key.
	w.ask(w.switchA, "POST", path, map[string]string{"what": "seat", "of": "agent02"}, once("k2")).wantCode(409, "conflict")
	w.ask(w.switchA, "POST", path+"/"+first.field("id")+"/end", "{}", once("k3")).want(200)
	w.ask(w.switchA, "POST", path, map[string]string{"what": "seat", "of": "agent02"}, once("k2")).want(201)
}

// TestManyRequestsWithOneKey: of 64 at once one has the effect, the others get
// its answer or are told to wait. WAIHU_SOAK=n makes it 20 n rounds.
func TestManyRequestsWithOneKey(t *testing.T) {
	rounds := 20
	if s := os.Getenv("WAIHU_SOAK"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("WAIHU_SOAK is %q: a number from 1 on was expected", s)
		}
		rounds *= n
	}
	manyRequests(newWorld(t), rounds)
}

func manyRequests(w *world, rounds int) {
	con := w.served()
	for round := range rounds {
		var mu sync.Mutex
		statuses, ids := map[int]int{}, map[string]bool{}
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				r := w.ask(w.switchA, "POST", "/v1/contracts/"+con+"/stretches", map[string]string{"what": "seat", "of": fmt.Sprint("r", round)}, once(fmt.Sprint("round ", round)))
				mu.Lock()
				defer mu.Unlock()
				statuses[r.status]++
				if r.status == 201 {
					ids[r.field("id")] = true
				}
			})
		}
		all.Wait()
		if len(ids) != 1 || statuses[201] == 0 || statuses[201]+statuses[409] != 64 {
			w.Fatalf("round %d: %v, %d effects", round, statuses, len(ids))
		}
	}
}

// TestThirtyCallsOnCreditForOne goes through the interface.
func TestThirtyCallsOnCreditForOne(t *testing.T) { thirtyCalls(newWorld(t)) }

func thirtyCalls(w *world) {
	t := w.TB
	cny := func(s string) map[string]string { return map[string]string{"amount": s, "currency": "CNY"} }
	w.ask(w.finance, "POST", "/v1/wallets", map[string]any{"name": "calls", "currency": "CNY"}, once("w"), of(w.a)).want(201)
	w.ask(w.finance, "POST", "/v1/wallets/calls/top-ups", map[string]any{"amount": cny("0.20")}, once("t"), of(w.a)).want(201)
	plan, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", "plan.yaml"))
	must(t, err)
	w.ask(w.finance, "POST", "/v1/plans", plan, "Content-Type: application/yaml", once("p")).want(201)
	contract, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", "contract.yaml"))
	must(t, err)
	con := w.ask(w.finance, "POST", "/v1/contracts", map[string]any{"file": string(contract), "wallet": "calls"}, once("q"), of(w.a)).want(201).field("id")
	w.ask(w.finance, "POST", "/v1/contracts/"+con+"/sign", map[string]string{"document_sha256": strings.Repeat("ab", 32)}, once("s"), of(w.a)).want(200)
	w.ask(w.finance, "POST", "/v1/contracts/"+con+"/start", "{}", once("b"), of(w.a)).want(200)
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for n := range 30 {
		all.Go(func() {
			r := w.ask(w.switchA, "POST", "/v1/reservations", map[string]any{"contract": con, "call": fmt.Sprint("c", n), "to": "13800138000", "seconds": 60}, once(fmt.Sprint("c", n)))
			mu.Lock()
			defer mu.Unlock()
			statuses[r.status]++
		})
	}
	all.Wait()
	if statuses[201] != 1 || statuses[409] != 29 {
		t.Errorf("of thirty: %v, want one placed", statuses)
	}
	// Balance that is given is a second person's to allow above the limit.
	w.ask(w.finance, "POST", "/v1/wallets/nowhere/grants", map[string]any{"amount": cny("1000.00"), "reason": "sorry"}, once("g0"), of(w.a)).want(404)
	small := w.ask(w.finance, "POST", "/v1/wallets/calls/grants", map[string]any{"amount": cny("1.00"), "reason": "sorry"}, once("g1"), of(w.a)).want(201)
	large := w.ask(w.finance, "POST", "/v1/wallets/calls/grants", map[string]any{"amount": cny("1000.00"), "reason": "sorry"}, once("g2"), of(w.a)).want(201)
	if !bytes.Contains(small.body, []byte(`"result"`)) || !bytes.Contains(large.body, []byte(`"approval"`)) {
		t.Errorf("small %s, large %s", small.body, large.body)
	}
}

func TestANewVersionOfAPlanNeedsTwo(t *testing.T) {
	w := newWorld(t)
	w.served()
	plan, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", "plan.yaml"))
	must(t, err)
	next := bytes.Replace(plan, []byte("version: 1"), []byte("version: 2"), 1)
	r := w.ask(w.finance, "POST", "/v1/plans", next, "Content-Type: application/yaml", once("v2")).want(201)
	var maybe struct{ Approval struct{ ID string } }
	must(t, json.Unmarshal(r.body, &maybe))
	w.ask(w.finance, "GET", "/v1/plans/sales-line@2", nil).wantCode(404, "not_found")
	w.ask(w.operator, "POST", "/v1/approvals/"+maybe.Approval.ID, map[string]any{"approve": false, "reason": "too dear"}).want(200)
	w.ask(w.finance, "GET", "/v1/plans/sales-line@2", nil).wantCode(404, "not_found")
	r = w.ask(w.finance, "POST", "/v1/plans", next, "Content-Type: application/yaml", once("v2 again")).want(201)
	must(t, json.Unmarshal(r.body, &maybe))
	w.ask(w.operator, "POST", "/v1/approvals/"+maybe.Approval.ID, map[string]any{"approve": true}).want(200)
	w.ask(w.finance, "GET", "/v1/plans/sales-line@2", nil).want(200)
	problem := w.ask(w.finance, "POST", "/v1/plans", "plan: x\nversion: 1\nnonsense: 5\n", "Content-Type: application/yaml", once("bad"))
	p := problem.wantCode(422, "invalid")
	if len(p["errors"].([]any)) < 2 {
		t.Errorf("not every field is named: %s", problem.body)
	}
}

func TestPeopleLogInByBrowser(t *testing.T) {
	w := newWorld(t)
	password, err := w.gate.FirstOperator(t.Context(), "ops@example.com")
	must(t, err)
	cookie := ""
	step := func(method, path string, body any, want int) *reply {
		t.Helper()
		headers := []string{}
		if cookie != "" {
			headers = append(headers, "Cookie: __Host-waihu="+cookie)
		}
		r := w.ask("", method, path, body, headers...).want(want)
		for _, c := range (&http.Response{Header: r.header}).Cookies() {
			if c.Name != "__Host-waihu" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
				t.Errorf("cookie %+v", c)
			}
			cookie = c.Value
		}
		return r
	}
	step("POST", "/v1/login", map[string]string{"email": "ops@example.com", "password": "wrong"}, 401)
	if next := step("POST", "/v1/login", map[string]string{"email": "ops@example.com", "password": password}, 200).field("next"); next != "new_password" {
		t.Fatalf("next is %s", next)
	}
	step("GET", "/v1/companies", nil, 403)
	step("GET", "/v1/me", nil, 200)
	step("PUT", "/v1/me/password", map[string]string{"password": "password123"}, 422)
	if next := step("PUT", "/v1/me/password", map[string]string{"password": "correct horse battery"}, 200).field("next"); next != "enrol" {
		t.Fatalf("next is %s", next)
	}
	secret := step("POST", "/v1/me/totp", nil, 200).field("secret")
	r := step("PUT", "/v1/me/totp", map[string]string{"code": totpNow(t, secret)}, 200)
	if r.field("next") != "full" || len(r.json()["codes"].([]any)) != 10 {
		t.Fatalf("after enrolling: %s", r.body)
	}
	step("GET", "/v1/companies", nil, 200)
	if list := step("GET", "/v1/me/sessions", nil, 200); !bytes.Contains(list.body, []byte(`"current":true`)) {
		t.Errorf("sessions: %s", list.body)
	}
	// A page of another site cannot use the session.
	w.ask("", "POST", "/v1/logout", nil, "Cookie: __Host-waihu="+cookie, "Sec-Fetch-Site: cross-site").wantCode(403, "cross_origin")
	old := cookie
	step("POST", "/v1/logout", nil, 200)
	w.ask("", "GET", "/v1/companies", nil, "Cookie: __Host-waihu="+old).wantCode(401, "credentials_needed")
	if strings.Contains(w.log.String(), "correct horse") || strings.Contains(w.log.String(), old) {
		t.Error("a secret stands in the log")
	}
}

func TestRightsEndAtTheCompany(t *testing.T) {
	w := newWorld(t)
	w.ask(w.keyA, "POST", "/v1/users", map[string]any{"email": "x@example.com", "name": "X", "roles": []string{"finance"}}).wantCode(403, "forbidden")
	w.ask(w.keyA, "POST", "/v1/keys", map[string]any{"name": "x", "role": "platform_operator"}).wantCode(403, "forbidden")
	w.ask(w.finance, "GET", "/v1/invoices", nil).wantCode(400, "company_needed")
	w.ask(w.finance, "GET", "/v1/invoices", nil, "Waihu-Company: nonsense").wantCode(400, "company_invalid")
	w.ask(w.finance, "GET", "/v1/invoices", nil, of(id.Platform)).wantCode(400, "company_invalid")
	w.ask(w.keyA, "GET", "/v1/invoices", nil, of(w.b)).wantCode(404, "not_found")
	list := w.ask(w.keyA, "GET", "/v1/companies", nil).want(200)
	if bytes.Contains(list.body, []byte(w.b.Named("co"))) {
		t.Errorf("A sees B: %s", list.body)
	}
	if p := w.ask(w.keyA, "GET", "/v1/invoices", nil, of(w.b), "Accept-Language: zh-TW").wantCode(404, "not_found"); p["title"] != "不存在" {
		t.Errorf("title %v", p["title"])
	}
}

// TestOnPostgreSQL goes the ways that collide on the other database.
func TestOnPostgreSQL(t *testing.T) {
	cluster, err := storetest.StartCluster("fsync=off")
	must(t, err)
	t.Cleanup(func() { must(t, cluster.Close()) })
	for name, way := range map[string]func(*world){"plan_to_credit_note": planToCreditNote, "many_requests": func(w *world) { manyRequests(w, 5) }, "thirty_calls": thirtyCalls} {
		t.Run(name, func(t *testing.T) {
			dsn, err := cluster.Database(name)
			must(t, err)
			db, err := postgres.Open(t.Context(), dsn, postgres.Options{Conns: 16})
			must(t, err)
			way(newWorldOn(t, db, api.Config{AdjustLimit: "100"}))
		})
	}
}

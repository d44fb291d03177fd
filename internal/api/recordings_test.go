package api_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// taped makes a recording of a second of a company, about an agent.
func (w *world) taped(agent string) app.Recording {
	w.Helper()
	if w.sys.Vault == nil {
		v, err := vault.Open(w.TempDir())
		must(w.TB, err)
		w.Cleanup(func() { v.Close() })
		w.sys.Vault = v
	}
	r, f, err := w.sys.BeginRecording(w.Context(), w.a, app.BeginRecording{Call: "call_" + agent, Rules: []retention.Rule{{Name: "contract", Days: 30}}, About: app.RecordingAbout{Agent: agent, Number: "8613800138000", Direction: usage.Outbound}})
	must(w.TB, err)
	defer f.Close()
	sound := make([]byte, audio.Rate)
	sum, err := record.Write(f, audio.ALaw, sound, sound)
	must(w.TB, err)
	r, err = w.sys.FinishRecording(w.Context(), w.a, r.ID, sum)
	must(w.TB, err)
	return r
}

// TestRecordingsOverTheInterface: found, held, taken away and noted; lifting a hold waits for
// a second person where the house wants one; the file is held to its digest.
func TestRecordingsOverTheInterface(t *testing.T) {
	w := newWorld(t)
	r := w.taped("ann")
	w.taped("bob")
	if got := w.ask(w.keyA, "GET", "/v1/recordings?agent=ann&number=%2B86138&from=2020-01-01T00:00:00Z", nil).want(200); strings.Count(string(got.body), `"rec_`) != 1 || !strings.Contains(string(got.body), r.SHA256) {
		t.Errorf("%s", got.body)
	}
	at := "/v1/recordings/" + r.ID.Named("rec")
	w.ask(w.keyA, "GET", at+"/sound", nil).want(200)
	if got := w.ask(w.keyA, "GET", at+"/log", nil).want(200); !strings.Contains(string(got.body), `"downloaded"`) || !strings.Contains(string(got.body), `"to_ms":1000`) {
		t.Errorf("%s", got.body)
	}
	if got := w.ask(w.keyA, "GET", at+"/check", nil).want(200); got.field("sha256") != r.SHA256 {
		t.Errorf("%s", got.body)
	}
	w.ask(w.keyA, "GET", at+"/peaks", nil).want(200)
	w.ask(w.keyA, "POST", at+"/hold", map[string]any{"name": "case 7", "reason": "a court"}).want(200)
	w.ask(w.keyA, "POST", at+"/release", map[string]any{"name": "case 8", "reason": "over"}).want(404)
	w.gate.Policy.SecondPerson = true
	asked := w.ask(w.keyA, "POST", at+"/release", map[string]any{"name": "case 7", "reason": "over"}).want(200)
	if got, err := w.sys.GetRecording(w.Context(), w.a, r.ID); err != nil || len(got.Holds) != 1 || !strings.Contains(string(asked.body), `"waiting"`) {
		t.Errorf("%+v, %s", got.Holds, asked.body)
	}
	w.gate.Policy.SecondPerson = false
	w.ask(w.keyA, "POST", at+"/release", map[string]any{"name": "case 7", "reason": "over"}).want(200)
	if got := w.ask(w.keyA, "GET", "/v1/recordings-due?days=60", nil).want(200); !strings.Contains(string(got.body), `"recordings":2`) {
		t.Errorf("%s", got.body)
	}
	at8 := timex.MustDate("2026-03-02").Start(time.UTC)
	_, err := w.sys.Ingest(w.Context(), w.a, []usage.Fact{&usage.Call{ID: r.Call, Source: "waihu", Direction: usage.Outbound, Result: usage.Answered, To: "+8613800138000", Start: at8, Answer: at8, End: at8.Add(time.Second), Talk: time.Second,
		Course: &usage.Course{Recording: r.ID.Named("rec"), RecordingSHA256: r.SHA256}}})
	must(t, err)
	for key, may := range map[string]bool{w.keyA: true, w.switchA: false} { // who may not find recordings is not told that there is one
		if got := w.ask(key, "GET", "/v1/calls?from=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z", nil).want(200); strings.Contains(string(got.body), `"recording`) != may || !strings.Contains(string(got.body), r.Call) {
			t.Errorf("may %v: %s", may, got.body)
		}
	}
	_, agent := w.person(w.a, access.Agent)
	w.ask("", "GET", "/v1/recordings", nil, agent).want(403)
	w.ask("", "GET", "/v1/own-scores", nil, agent).want(200)
	w.ask(w.switchA, "GET", "/v1/own-scores", nil).want(403)
	w.ask(w.keyA, "POST", "/v1/score-forms", map[string]any{"name": "Sales", "version": 1, "pass": 80, "sections": []any{map[string]any{"name": "All", "questions": []any{map[string]any{"key": "greets", "text": "Greets", "points": 1, "weight": 10}}}}}).want(409)
}

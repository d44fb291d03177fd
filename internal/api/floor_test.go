package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/api"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// quiet are telephone lines that carry nothing.
type quiet struct {
	stands func(c id.Company, user string, here bool)
}

func (q *quiet) Place(context.Context, floor.Outgoing, func(dialer.Event)) error {
	return fault.New(fault.Conflict, "nothing is carried")
}
func (q *quiet) Hang(id.ID)                                                                        {}
func (q *quiet) Say(id.ID, string)                                                                 {}
func (q *quiet) Play(id.ID, []byte)                                                                {}
func (q *quiet) Join(id.ID, string) error                                                          { return nil }
func (q *quiet) Part(id.ID) error                                                                  { return nil }
func (q *quiet) Hold(id.ID, bool) error                                                            { return nil }
func (q *quiet) PauseRecording(id.ID, bool) error                                                  { return nil }
func (q *quiet) Press(id.ID, string) error                                                         { return nil }
func (q *quiet) Drop(id.ID, string) error                                                          { return nil }
func (q *quiet) Transfer(id.ID, floor.Target) error                                                { return nil }
func (q *quiet) Confer(id.ID, floor.Target) error                                                  { return nil }
func (q *quiet) Supervise(id.ID, string, floor.Hearing) error                                      { return nil }
func (q *quiet) Incoming(func(context.Context, phone.Number, phone.Number) (*floor.Caller, error)) {}
func (q *quiet) Standing(f func(c id.Company, user string, here bool))                             { q.stands = f }

// floored is a world with a floor and a campaign that runs, without leads.
func floored(t *testing.T) (w *world, lines *quiet, campaign, contract string) {
	w, lines, campaign, contract, _ = flooredFor(t)
	return w, lines, campaign, contract
}

func flooredFor(t testing.TB) (w *world, lines *quiet, campaign, contract string, f *floor.Floor) {
	w = newWorld(t)
	contract = w.served()
	lines = &quiet{}
	f, err := floor.Open(t.Context(), floor.Config{System: w.sys, Lines: lines, Packs: first(compliance.Load())})
	must(t, err)
	t.Cleanup(f.Close)
	w.api, err = api.New(api.Deps{System: w.sys, Gate: w.gate, Telephone: phones{}, Floor: f, Ingest: w.sys, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Config: api.Config{Uploads: t.TempDir()}})
	must(t, err)
	list := w.ask(w.keyA, "POST", "/v1/lists", map[string]any{"name": "spring", "country": "CN"}, once("l")).want(201).field("id")
	plan := map[string]any{"name": "Spring", "purpose": "sales", "mode": "progressive", "lists": []any{map[string]any{"list": list}}, "caller_ids": []any{map[string]any{"number": "862161234567"}}, "contract": contract}
	campaign = w.ask(w.keyA, "POST", "/v1/campaigns", plan, once("c")).want(201).field("id")
	w.ask(w.keyA, "POST", "/v1/campaigns/"+campaign+"/start", "{}", once("s")).want(200)
	return w, lines, campaign, contract, f
}

func first[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestADeskThroughTheInterface: without a seat nobody sits down; with one, the desk says
// what is, what cannot be has its code, and a supervisor sees and acts.
func TestADeskThroughTheInterface(t *testing.T) {
	w, lines, campaign, contract := floored(t)
	user, session := w.person(w.a, access.Agent)
	boss, bossSession := w.person(w.a, access.Supervisor)
	login := map[string]any{"campaign": campaign}
	w.ask("", "POST", "/v1/floor/login", login, session).wantCode(409, "floor_no_seat")
	w.ask(w.keyA, "POST", "/v1/floor/login", login).wantCode(409, "conflict") // a key has no desk
	w.ask(w.finance, "POST", "/v1/contracts/"+contract+"/stretches", map[string]string{"what": "seat", "of": user}, of(w.a), once("seat2")).want(201)
	desk := "Floor-Session: " + w.ask("", "POST", "/v1/floor/login", login, session).want(200).field("session")
	w.ask("", "POST", "/v1/floor/ready", nil, session, desk).wantCode(409, "floor_no_line")
	lines.stands(w.a, user, true)
	if got := w.ask("", "POST", "/v1/floor/ready", nil, session, desk).want(200).field("state"); got != "ready" {
		t.Errorf("%s", got)
	}
	for verb, body := range map[string]any{"hold": map[string]bool{"on": true}, "keys": map[string]string{"keys": "1#"}, "voicemail": nil, "transfer": map[string]string{"target": "Desk"}, "notes": map[string]string{"notes": "x"}, "recording": map[string]bool{"on": true}} {
		w.ask("", "POST", "/v1/floor/"+verb, body, session, desk).wantCode(409, "floor_no_call")
	}
	w.ask("", "POST", "/v1/floor/preview", map[string]bool{"dial": true}, session, desk).wantCode(409, "conflict")
	w.ask("", "POST", "/v1/floor/hangup", nil, session, desk).wantCode(409, "conflict")
	w.ask("", "POST", "/v1/floor/dispose", map[string]string{"code": "sale"}, session, desk).wantCode(409, "conflict")
	w.ask("", "POST", "/v1/floor/retract", nil, session, desk).wantCode(409, "conflict")
	w.ask("", "POST", "/v1/floor/pause", map[string]string{"reason": "tea"}, session, desk).want(200)
	w.ask("", "GET", "/v1/floor", nil, session).wantCode(403, "forbidden")
	sheet := w.ask("", "GET", "/v1/floor/campaigns/"+campaign+"/sheet", nil, session).want(200)
	if list, _ := sheet.json()["dispositions"].([]any); len(list) < 5 {
		t.Errorf("%s", sheet.body)
	}
	all := w.ask("", "GET", "/v1/floor", nil, bossSession).want(200)
	var seen floor.Overview
	must(t, json.Unmarshal(all.body, &seen))
	if len(seen.Agents) != 1 || seen.Agents[0].Agent != user || seen.Agents[0].Reason != "tea" || seen.Agents[0].Name != user || !slices.Equal(seen.Standing, []string{user}) {
		t.Errorf("%s", all.body)
	}
	live := w.ask("", "GET", "/v1/floor/campaigns/"+campaign, nil, bossSession).want(200)
	if !strings.Contains(string(live.body), `"code":"leads.empty"`) || !strings.Contains(string(live.body), `"zh-Hant":`) {
		t.Errorf("%s", live.body)
	}
	w.ask("", "POST", "/v1/floor/agents/"+user+"/hear", map[string]string{"how": "listen"}, bossSession).wantCode(409, "floor_no_call")
	w.ask("", "POST", "/v1/floor/agents/"+boss+"/pause", map[string]string{"why": "a meeting"}, bossSession).wantCode(409, "floor_not_logged_in")
	w.ask("", "POST", "/v1/floor/agents/"+user+"/pause", map[string]string{"why": "a meeting"}, bossSession).want(200)
	for verb, body := range map[string]any{"ready": nil, "pause": map[string]string{"reason": "tea"}} { // an agent does not lift it
		w.ask("", "POST", "/v1/floor/"+verb, body, session, desk).wantCode(409, "floor_forced")
	}
	w.ask("", "POST", "/v1/floor/agents/"+user+"/release", nil, session).wantCode(403, "forbidden")
	if held := w.ask("", "GET", "/v1/floor/me", nil, session, desk).want(200).json()["forced"].(map[string]any); held["by"] != boss || held["why"] != "a meeting" {
		t.Errorf("%v", held)
	}
	w.ask("", "POST", "/v1/floor/agents/"+user+"/release", nil, bossSession).want(200)
	w.ask("", "POST", "/v1/floor/agents/"+user+"/release", nil, bossSession).wantCode(409, "floor_not_forced")
	w.ask("", "POST", "/v1/floor/ready", nil, session, desk).want(200)
	w.ask("", "POST", "/v1/floor/agents/"+user+"/logout", map[string]string{"why": "the end of the day"}, bossSession).want(200)
	w.ask("", "POST", "/v1/floor/ready", nil, session, desk).wantCode(409, "floor_not_logged_in")
	must(t, w.db.View(t.Context(), func(tx store.Tx) error {
		list, err := tx.Audit().List(w.a, 0, 1000)
		if slices.ContainsFunc(list, func(e store.AuditEntry) bool { return e.Action == "call.hear" }) {
			t.Error("the audit log tells of a conversation that nobody had")
		}
		if i := slices.IndexFunc(list, func(e store.AuditEntry) bool { return e.Action == "floor.logout" }); err == nil && (i < 0 || list[i].Reason != "the end of the day" || list[i].Target != user) {
			t.Errorf("%d entries, %d", len(list), i)
		}
		return err
	}))
	other := w.key(w.b, access.Supervisor)
	if got := w.ask(other, "GET", "/v1/floor", nil).want(200); strings.Contains(string(got.body), user) {
		t.Errorf("another company sees it: %s", got.body)
	}
}

// stream reads server-sent events.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

// next is the next event of a kind.
func (s *stream) next(kind string) (id, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		text := s.lines.Text()
		if v, is := strings.CutPrefix(text, "id: "); is {
			id = v
		}
		if text != "event: "+kind {
			continue
		}
		for s.lines.Scan() {
			if v, is := strings.CutPrefix(s.lines.Text(), "data: "); is {
				return id, v
			}
		}
	}
	s.t.Fatalf("the stream ended before %s: %v", kind, s.lines.Err())
	return "", ""
}

// TestTwoHundredReaders see the floor and each change, beside one that reads nothing.
func TestTwoHundredReaders(t *testing.T) {
	w, lines, _, _ := floored(t)
	server := httptest.NewServer(w.api.Handler())
	t.Cleanup(server.Close)
	key := w.key(w.a, access.Supervisor)
	open := func() *http.Response {
		r := first(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/floor/events", nil))
		r.Header.Set("Authorization", "Bearer "+key)
		res := first(server.Client().Do(r))
		t.Cleanup(func() { _ = res.Body.Close() })
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("%d %s: %s", res.StatusCode, res.Header.Get("Content-Type"), first(io.ReadAll(res.Body)))
		}
		return res
	}
	open() // is never read
	var all []*stream
	for range 200 {
		s := &stream{t, bufio.NewScanner(open().Body)}
		s.lines.Buffer(nil, 1<<20)
		all = append(all, s)
	}
	for _, s := range all {
		if _, data := s.next("floor"); !strings.Contains(data, `"campaigns":[{`) {
			t.Fatalf("%s", data)
		}
	}
	lines.stands(w.a, "user_x", true)
	lines.stands(w.a, "user_x", false)
	for _, s := range all {
		id, data := s.next("gone")
		if id != "2" || data != `{"kind":"standing","key":"user_x"}` {
			t.Fatalf("%s %s", id, data)
		}
	}
}

// TestStreamsEndWithTheServer: a server that stops waits for no reader.
func TestStreamsEndWithTheServer(t *testing.T) {
	w, _, _, _ := floored(t)
	server := httptest.NewServer(w.api.Handler())
	t.Cleanup(server.Close)
	r := first(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/floor/events", nil))
	r.Header.Set("Authorization", "Bearer "+w.key(w.a, access.Supervisor))
	res := first(server.Client().Do(r))
	defer res.Body.Close()
	w.api.EndStreams()
	if b, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(b), "event: floor") {
		t.Errorf("%v: %s", err, b)
	}
}

// TestAStreamEndsWithItsLogIn: who may read no more is told no more, within a beat.
func TestAStreamEndsWithItsLogIn(t *testing.T) {
	t.Parallel() // it waits more than it works
	w, lines, _, _ := floored(t)
	server := httptest.NewServer(w.api.Handler())
	t.Cleanup(server.Close)
	text := w.key(w.a, access.Supervisor)
	r := first(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/floor/events", nil))
	r.Header.Set("Authorization", "Bearer "+text)
	res := first(server.Client().Do(r))
	defer res.Body.Close()
	who := first(w.gate.LetKey(t.Context(), text, access.Client{}))
	if err := w.gate.DB.Update(t.Context(), func(tx store.Tx) error { _, err := w.gate.EndKey(tx, w.a, who.Key); return err }); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(b), "event: floor") {
		t.Errorf("%v: %s", err, b)
	}
	lines.stands(w.a, "user_x", true)
	if res := first(server.Client().Do(r)); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("it may be opened anew: %d", res.StatusCode)
	}
}

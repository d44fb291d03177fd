package api_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
)

// running is one call of a company that runs, and what is done to it.
type running struct {
	floor.Lines
	company id.Company
	call    floor.Running
	did     []string
}

func (r *running) Running(c id.Company) []floor.Running {
	if c != r.company {
		return nil
	}
	return []floor.Running{r.call}
}

func (r *running) On(c id.Company, call id.ID, do func(floor.Lines) error) error {
	if c != r.company || call != r.call.Call {
		return fault.New(fault.NotFound, "no such call")
	}
	return do(r)
}

func (r *running) note(what ...string) error {
	r.did = append(r.did, strings.Join(what, " "))
	return nil
}

func (r *running) Supervise(_ id.ID, who string, how floor.Hearing) error {
	return r.note("supervise", who, string(how))
}
func (r *running) PauseRecording(_ id.ID, on bool) error { return r.note("pause", onOff(on)) }
func (r *running) Hold(_ id.ID, on bool) error           { return r.note("hold", onOff(on)) }
func (r *running) Transfer(_ id.ID, to floor.Target) error {
	return r.note("transfer", to.Agent, to.Number.String())
}
func (r *running) Confer(_ id.ID, to floor.Target) error { return r.note("confer", to.Agent) }
func (r *running) Hang(id.ID)                            { _ = r.note("hang") }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// TestCallsThatRun: a supervisor reaches them, an agent their own; what is heard is in
// the audit log, and another company's calls are not there.
func TestCallsThatRun(t *testing.T) {
	w := newWorld(t)
	ann, agent := w.person(w.a, access.Agent)
	sue, supervisor := w.person(w.a, access.Supervisor)
	otherBoss, _ := w.person(w.b, access.CustomerAdmin)
	w.calls.company, w.calls.call = w.a, floor.Running{Call: id.ID{1}, Agent: ann, To: "+8613800138000", Begun: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Hearing: map[string]floor.Hearing{sue: floor.Listen}}
	call := w.calls.call.Call.Named("call")
	same := "Sec-Fetch-Site: same-origin"
	if got := w.ask("", "GET", "/v1/running", nil, supervisor).want(200); !strings.Contains(string(got.body), call) || !strings.Contains(string(got.body), `"how":"listen"`) {
		t.Errorf("%s", got.body)
	}
	w.ask("", "GET", "/v1/running", nil, agent).wantCode(403, "forbidden")
	at := "/v1/running/" + call
	w.ask("", "PUT", at+"/hearing", map[string]any{"how": "whisper"}, supervisor, same).want(200)
	w.ask("", "PUT", at+"/hearing", map[string]any{"how": "whisper"}, agent, same).wantCode(403, "forbidden")
	w.ask("", "PUT", at+"/hearing", map[string]any{"how": "shout"}, supervisor, same).want(422)
	w.ask("", "PUT", at+"/hearing", map[string]any{"how": "listen", "user": ann}, supervisor, same).want(422) // their own telephone hears
	w.ask(w.keyA, "PUT", at+"/hearing", map[string]any{"how": "listen"}).wantCode(409, "conflict")            // a key has none
	w.ask(w.keyA, "PUT", at+"/hearing", map[string]any{"how": "listen", "user": ann}).want(422)               // an agent may hear nobody
	w.ask(w.keyA, "PUT", at+"/hearing", map[string]any{"how": "listen", "user": otherBoss}).want(422)         // nor may another company's supervisor
	w.ask(w.keyA, "PUT", at+"/hearing", map[string]any{"how": "listen", "user": id.ID{9}.Named("user")}).want(422)
	w.ask(w.keyA, "PUT", at+"/hearing", map[string]any{"how": "listen", "user": sue}).want(200)
	w.ask("", "PUT", at+"/recording", map[string]any{"paused": true}, agent, same).want(200) // it is their own
	w.ask("", "PUT", at+"/hold", map[string]any{"held": false}, supervisor, same).want(200)
	w.ask("", "POST", at+"/transfer", map[string]any{"agent": sue}, agent, same).want(200)
	w.ask("", "POST", at+"/transfer", map[string]any{"agent": sue, "stay": true}, agent, same).want(200)
	w.ask("", "POST", at+"/transfer", map[string]any{"number": "+8613900139000"}, agent, same).wantCode(403, "forbidden") // it costs money
	w.ask("", "POST", at+"/transfer", map[string]any{"number": "+8613900139000"}, supervisor, same).want(200)
	w.ask("", "POST", at+"/transfer", map[string]any{}, supervisor, same).want(422)
	w.ask("", "POST", at+"/transfer", map[string]any{"number": "my aunt"}, supervisor, same).want(422)
	w.ask("", "DELETE", at, nil, agent, same).wantCode(403, "forbidden")
	w.ask("", "DELETE", at, nil, supervisor, same).want(200)
	want := []string{"supervise " + sue + " whisper", "supervise " + sue + " listen", "pause on", "hold off", "transfer " + sue + " ", "confer " + sue, "transfer  8613900139000", "hang"}
	if strings.Join(w.calls.did, ",") != strings.Join(want, ",") {
		t.Errorf("%q, want %q", w.calls.did, want)
	}
	w.calls.call.Agent = "user_somebody"
	w.ask("", "PUT", at+"/recording", map[string]any{"paused": true}, agent, same).want(404)
	if got := w.ask(w.keyB, "GET", "/v1/running", nil).want(200); strings.Contains(string(got.body), call) {
		t.Errorf("another company's: %s", got.body)
	}
	w.ask(w.keyB, "DELETE", at, nil).want(404)
	w.ask("", "PUT", "/v1/running/"+id.ID{2}.Named("call")+"/hearing", map[string]any{"how": "listen"}, supervisor, same).want(404)
	w.calls.call.Campaign = id.ID{7} // its dialer must know: the floor reaches it
	done := len(w.calls.did)
	w.ask("", "PUT", at+"/hearing", map[string]any{"how": "listen"}, supervisor, same).wantCode(409, "conflict")
	w.ask("", "POST", at+"/transfer", map[string]any{"agent": sue}, supervisor, same).wantCode(409, "conflict")
	if len(w.calls.did) != done {
		t.Errorf("a campaign's call was changed: %q", w.calls.did[done:])
	}
	log := string(w.ask(w.keyA, "GET", "/v1/audit?limit=100", nil).want(200).body)
	heard := strings.Count(log, `"call.hear"`)
	if heard != 2 || !strings.Contains(log, sue) {
		t.Errorf("%d entries of the audit log tell of what was heard: %s", heard, log)
	}
}

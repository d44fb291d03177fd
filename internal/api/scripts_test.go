package api_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/calling/attempt"
	"waihu/internal/id"
	"waihu/internal/sim/tries"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestAScriptThroughTheInterface: checked, kept in versions, given to a campaign,
// answered in a call, counted and exported.
func TestAScriptThroughTheInterface(t *testing.T) {
	w := newWorld(t)
	head := w.key(w.a, access.Supervisor)
	text := "script: Survey\nlanguage: zh-Hant\nsteps:\n  - id: hello\n    text: {zh-Hant: '{name|您}好'}\n    ask: [{id: may, label: May I, kind: yes_no, required: true}]\n  - id: last\n    ask: [{id: score, label: How good, kind: scale, least: 1, most: 5}]\nquotas: [{id: all, most: 1}]\n"
	bad := w.ask(head, "POST", "/v1/scripts/check", map[string]any{"file": strings.ReplaceAll(text, "yes_no", "colour")}).want(200)
	if !bytes.Contains(bad.body, []byte(`"line":6`)) || !bytes.Contains(bad.body, []byte("several")) {
		t.Errorf("%s", bad.body)
	}
	w.ask(head, "POST", "/v1/scripts", map[string]any{"file": "script: x\n"}, once("s0")).wantCode(422, "invalid")
	made := w.ask(head, "POST", "/v1/scripts", map[string]any{"file": text}, once("s1")).want(201)
	script := made.field("id")
	w.ask(head, "PUT", "/v1/scripts/"+script, map[string]any{"revision": 1, "file": text + "\n"}).want(200)
	w.ask(head, "PUT", "/v1/scripts/"+script, map[string]any{"revision": 1, "file": text}).wantCode(409, "conflict")
	if got := w.ask(head, "GET", "/v1/scripts/"+script+"/versions", nil).want(200); bytes.Count(got.body, []byte(`"version":`)) != 2 {
		t.Errorf("%s", got.body)
	}
	if got := w.ask(head, "GET", "/v1/scripts/"+script+"?version=1", nil).want(200); !bytes.Contains(got.body, []byte(`"versions":2`)) || !bytes.Contains(got.body, []byte("How good")) {
		t.Errorf("%s", got.body)
	}

	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "l"}, once("l")).want(201).field("id")
	plan := map[string]any{"name": "Spring", "purpose": "service", "mode": "predictive", "lists": []any{map[string]any{"list": list}}, "caller_ids": []any{map[string]any{"number": "862161234567"}}, "guide": map[string]any{"script": script, "version": 9},
		"hours": map[string]any{"windows": []any{map[string]any{"days": []int{1, 2, 3, 4, 5, 6, 7}, "from": "00:00", "to": "24:00"}}}, "lifted": []any{map[string]any{"rule": "cn.hours", "reason": "the clock of a test stands at any hour"}}}
	w.ask(head, "POST", "/v1/campaigns", plan, once("c0")).wantCode(422, "invalid")
	plan["guide"] = map[string]any{"script": script}
	campaign := w.ask(head, "POST", "/v1/campaigns", plan, once("c")).want(201).field("id")
	w.ask(head, "POST", "/v1/campaigns/"+campaign+"/start", "{}", once("st")).want(200)
	w.ask(head, "POST", "/v1/scripts/"+script+"/retire", nil, once("r")).wantCode(409, "conflict")
	lead := w.ask(head, "POST", "/v1/leads", map[string]any{"list": list, "name": "王<b>", "key": "k1", "numbers": []any{map[string]any{"number": "8613800138000"}}}, once("lead")).want(201).field("id")
	read := func(noun, name string) id.ID {
		i, err := id.ParseNamed(noun, name)
		must(t, err)
		return i
	}
	a := w.talk(read("cmp", campaign), read("lead", lead))
	at := "/v1/tries/" + a.ID.Named("try") + "/answers"
	if got := w.ask(w.keyA, "GET", at, nil).want(200); !bytes.Contains(got.body, []byte(`王\u003cb\u003e好`)) && !bytes.Contains(got.body, []byte(`王<b>好`)) {
		t.Errorf("%s", got.body)
	}
	w.ask(w.keyA, "PUT", at, map[string]any{"edit": 1, "moves": []any{}, "open": map[string]any{"may": []string{"maybe"}}}).wantCode(422, "invalid")
	agents := w.key(w.a, access.Agent) // it may place calls, and has none
	w.ask(agents, "GET", at, nil).wantCode(403, "forbidden")
	w.ask(agents, "PUT", at, map[string]any{"edit": 1, "moves": []any{}}).wantCode(403, "forbidden")
	moves := []any{map[string]any{"step": "hello", "answers": map[string]any{"may": []string{"yes"}}}, map[string]any{"step": "last", "answers": map[string]any{"score": []string{"4"}}}}
	for range 2 { // the same again is no second one
		if got := w.ask(w.keyA, "PUT", at, map[string]any{"edit": 1, "moves": moves}).want(200); got.field("end") != "complete" {
			t.Errorf("%s", got.body)
		}
	}
	if got := w.ask(head, "GET", "/v1/campaigns/"+campaign+"/answers", nil).want(200); !bytes.Contains(got.body, []byte(`"taken":1`)) || !bytes.Contains(got.body, []byte(`"mean":"4.0000"`)) {
		t.Errorf("%s", got.body)
	}
	if got := w.ask(head, "GET", "/v1/campaigns/"+campaign+"/answers/export?form=csv", nil).want(200); !bytes.Contains(got.body, []byte("k1,8613800138000,2,Complete,,yes,4")) {
		t.Errorf("%s", got.body)
	}
	for _, form := range []string{"xlsx", "html"} {
		w.ask(head, "GET", "/v1/campaigns/"+campaign+"/answers/export?lang=zh-Hans&form="+form, nil).want(200)
	}
}

// talk dials a lead and joins it with an agent.
func (w *world) talk(of, who id.ID) attempt.Attempt {
	w.Helper()
	ctx := w.Context()
	camp, err := w.sys.GetCampaign(ctx, w.a, of)
	must(w.TB, err)
	told, err := tries.New(w.sys, w.a, &camp)
	must(w.TB, err)
	a, err := told.Decide(ctx, who, 0, "", timex.At(time.Now()))
	must(w.TB, err)
	for _, step := range []func() error{func() error { return a.Dial(a.Decided) }, func() error { return a.Answer(usage.Person, a.Decided) }, func() error { return a.Join("user_1", a.Decided) }} {
		must(w.TB, step())
		must(w.TB, told.Keep(ctx, &a))
	}
	return a
}

// TestNumbersOneAtATime: somebody asks to be called, somebody is to be called, and a
// broadcast says which keys it listens for.
func TestNumbersOneAtATime(t *testing.T) {
	w := newWorld(t)
	head := w.key(w.a, access.Supervisor)
	list := w.ask(head, "POST", "/v1/lists", map[string]any{"name": "l"}, once("l")).want(201).field("id")
	plan := map[string]any{"name": "News", "purpose": "service", "mode": "broadcast", "message": "news", "lists": []any{map[string]any{"list": list}}, "rate": map[string]any{"channels": 5},
		"menu": map[string]any{"steps": []any{map[string]any{"id": "a", "keys": []any{map[string]any{"key": "9", "does": "forget"}}}}}}
	w.ask(head, "POST", "/v1/campaigns", plan, once("c0")).wantCode(422, "invalid")
	plan["menu"] = map[string]any{"steps": []any{map[string]any{"id": "a", "keys": []any{map[string]any{"key": "9", "does": "refuse"}}}}}
	made := w.ask(head, "POST", "/v1/campaigns", plan, once("c")).want(201)
	if !bytes.Contains(made.body, []byte(`"does":"refuse"`)) || !bytes.Contains(made.body, []byte(`"channels":5`)) {
		t.Errorf("%s", made.body)
	}
	at := "/v1/campaigns/" + made.field("id")
	asked := w.ask(head, "POST", at+"/callbacks", map[string]any{"number": "8613800138000", "name": "Wu", "evidence": "form"}, once("a")).want(201)
	if !bytes.Contains(asked.body, []byte(`"state":"callback"`)) || !bytes.Contains(asked.body, []byte(`"basis":"requested"`)) {
		t.Errorf("%s", asked.body)
	}
	if got := w.ask(head, "POST", at+"/numbers", map[string]any{"number": "8613800138000"}, once("n")).want(201); got.field("id") != asked.field("id") {
		t.Errorf("%s", got.body)
	}
	w.ask(head, "POST", "/v1/dnc", map[string]any{"numbers": []string{"8613800138001"}, "source": "letter"}, once("d")).want(200)
	w.ask(head, "POST", at+"/callbacks", map[string]any{"number": "8613800138001"}, once("a2")).wantCode(409, "conflict")
}

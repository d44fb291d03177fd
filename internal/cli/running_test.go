package cli_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/api"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/workspace"
)

// lines are two calls of a company, one of which rings, and what is done to them.
type lines struct {
	floor.Lines
	company id.Company
	calls   []floor.Running
	did     []string
}

func (l *lines) Running(c id.Company) []floor.Running {
	if c != l.company {
		return nil
	}
	return l.calls
}

func (l *lines) On(c id.Company, call id.ID, do func(floor.Lines) error) error {
	if !slices.ContainsFunc(l.Running(c), func(r floor.Running) bool { return r.Call == call }) {
		return fault.New(fault.NotFound, "no such call")
	}
	return do(l)
}

func (l *lines) note(what string, is bool) error {
	if !is {
		what = "no " + what
	}
	l.did = append(l.did, what)
	return nil
}

func (l *lines) Hold(_ id.ID, on bool) error           { return l.note("hold", on) }
func (l *lines) PauseRecording(_ id.ID, on bool) error { return l.note("pause", on) }
func (l *lines) Hang(id.ID)                            { _ = l.note("hang", true) }
func (l *lines) Supervise(_ id.ID, who string, how floor.Hearing) error {
	return l.note("hear "+who+" "+string(how), true)
}
func (l *lines) Transfer(_ id.ID, to floor.Target) error {
	return l.note("transfer "+to.Agent+to.Number.String(), true)
}
func (l *lines) Confer(_ id.ID, to floor.Target) error { return l.note("confer "+to.Agent, true) }

// served is the interface of a service with such lines, a supervisor, and a folder whose
// keys open it.
func served(t *testing.T) (l *lines, data, sue string) {
	t.Helper()
	data = t.TempDir()
	config := serve.Defaults()
	config.Data = data
	b, err := serve.Open(t.Context(), &config)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	t.Cleanup(func() { _ = b.DB.Close() })
	made, err := b.System.AddCompany(t.Context(), app.Company{Name: "Harbour"})
	check(err)
	l = &lines{company: id.Company{ID: made.ID}}
	check(b.DB.Update(t.Context(), func(tx store.Tx) error {
		u, _, err := b.Gate.AddUser(tx, access.NewUser{Email: "sue@example.com", Name: "Sue", Members: []access.Member{{Company: l.company, Role: access.Supervisor}}})
		if err == nil {
			sue = u.ID.Named("user")
		}
		return err
	}))
	begun := time.Now().Add(-133 * time.Second)
	l.calls = []floor.Running{{Call: id.ID{1}, Agent: sue, To: "+8613800138000", Begun: begun.Add(-time.Minute), Answered: begun, Paused: true, Hearing: map[string]floor.Hearing{sue: floor.Whisper}},
		{Call: id.ID{2}, To: "+8613800138001", Begun: begun}}
	shelf, err := workspace.Open("", workspace.Limits{}, b.System, time.Now)
	check(err)
	t.Cleanup(func() { _ = shelf.Close() })
	a, err := api.New(api.Deps{System: b.System, Gate: b.Gate, Shelf: shelf, Running: l, Ingest: b.System, Log: slog.New(slog.DiscardHandler),
		Post:   &notify.Post{DB: b.DB, IDs: b.System.IDs, Seal: b.Seal, Guard: &notify.Guard{}},
		Config: api.Config{Uploads: t.TempDir(), KeyRate: 100, KeyBurst: 100, AddressRate: 100, AddressMax: 100}})
	check(err)
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	t.Setenv("WAIHU_SERVICE", s.URL)
	return l, data, sue
}

// TestCallsThatRunFromATerminal: a key made on the command line lists them and does all
// that the interface can, and is told why not.
func TestCallsThatRunFromATerminal(t *testing.T) {
	l, data, sue := served(t)
	if code, _, errs := run(t, "running"); code != 2 || !strings.Contains(errs, "WAIHU_API_KEY") {
		t.Errorf("without a key: %d %s", code, errs)
	}
	code, key, errs := run(t, "key", "add", "--data", data, "--company", l.company.Named("co"), "--name", "floor", "--role", "supervisor")
	if code != 0 {
		t.Fatal(errs)
	}
	t.Setenv("WAIHU_API_KEY", strings.TrimSpace(key))
	call := l.calls[0].Call.Named("call")
	for tag, wants := range map[string][]string{
		"en":      {"2 calls run on this node.", call, "+8613800138000  Sue", "talking, recording paused  2:1", "Sue whispers", "ringing"},
		"zh-Hant": {"2 通進行中", "通話中，錄音暫停", "耳語", "響鈴中"}, "zh-Hans": {"2 通进行中", "通话中，录音暂停", "耳语", "响铃中"},
	} {
		code, out, errs := run(t, "running", "--lang", tag)
		for _, want := range wants {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%d, no %q in\n%s%s", code, want, out, errs)
			}
		}
	}
	_, out, _ := run(t, "running", "list", "--json")
	var all []api.RunningCall
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 2 || all[0].ID != call || !all[0].Paused || all[1].Answered != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, args := range [][]string{{"hear", call, "barge", "--user", sue}, {"pause", call}, {"resume", call}, {"hold", call}, {"unhold", call},
		{"transfer", call, sue}, {"transfer", call, "+8613900139000"}, {"transfer", call, sue, "--stay"}, {"end", call}} {
		if code, out, errs := run(t, append([]string{"running"}, args...)...); code != 0 || !strings.HasPrefix(out, call+": ") || strings.Contains(out, "{") {
			t.Errorf("%v: %d %s%s", args, code, out, errs)
		}
	}
	want := []string{"hear " + sue + " barge", "pause", "no pause", "hold", "no hold", "transfer " + sue, "transfer 8613900139000", "confer " + sue, "hang"}
	if !slices.Equal(l.did, want) {
		t.Errorf("%q, want %q", l.did, want)
	}
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	for want, args := range map[string][]string{
		"no call no_such runs on this node": {"end", "no_such"},
		"user: nobody of that name may":     {"hear", call, "listen", "--user", id.ID{4}.Named("user")},
		"number: this is no number":         {"transfer", call, "my aunt"},
		"no service answers":                {"--service", "http://127.0.0.1:1"},
		"is no Waihu service: it says 404":  {"--service", elsewhere.URL},
		"https://waihu.example.com":         {"--service", ":whatever"},
		"is not a language":                 {"--lang", "xx"},
		"must be one of":                    {"hear", call, "shout", "--user", sue},
		"登入資料不正確":                           {"--key", "wh_live_nobody", "--lang", "zh-Hant"},
	} {
		if code, out, errs := run(t, append([]string{"running"}, args...)...); code == 0 || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%v: %d, no %q in %s%s", args, code, want, out, errs)
		}
	}
	if len(l.did) != len(want) {
		t.Errorf("what was refused was done: %q", l.did)
	}
	_, key, _ = run(t, "key", "add", "--data", data, "--name", "operator", "--role", "platform_operator")
	for want, args := range map[string][]string{call: {"--company", l.company.Named("co")}, "Waihu-Company": nil} {
		if _, out, errs := run(t, append([]string{"running", "--key", strings.TrimSpace(key)}, args...)...); !strings.Contains(out+errs, want) {
			t.Errorf("the operator, %v: %s%s", args, out, errs)
		}
	}
	if code, _, errs := run(t, "key", "list", "--data", data, "--company", l.company.Named("co")); code != 0 {
		t.Errorf("what the environment says to this command disturbs another: %s", errs)
	}
}

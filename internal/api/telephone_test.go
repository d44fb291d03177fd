package api_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// phones are where telephones of the test log in.
type phones struct{}

func (phones) Pass(c id.Company, agent string) (user, secret string, until time.Time, err error) {
	return "1." + c.Named("co") + "-" + agent, "hush", time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC), nil
}
func (phones) Host() string     { return "192.0.2.1:5060" }
func (phones) Browsers() string { return "ws://192.0.2.1:5066" }

// person is somebody of a company, and the header of a session of theirs.
func (w *world) person(c id.Company, role access.Role) (user, session string) {
	w.Helper()
	var token string
	must(w.TB, w.db.Update(w.Context(), func(tx store.Tx) error {
		u, t, err := w.gate.AddUser(tx, access.NewUser{Email: string(role) + "@example.com", Name: "Ann", Members: []access.Member{{Company: c, Role: role}}})
		if err == nil {
			user, token = u.ID.Named("user"), t
		}
		return err
	}))
	s, err := w.gate.TakeInvitation(w.Context(), token, "a quiet afternoon", access.Client{Address: "192.0.2.7"})
	must(w.TB, err)
	return user, "Cookie: __Host-waihu=" + s.Token
}

// TestAgentsAreGivenCalls: a program plans a call for an agent, whose telephone gets a
// name and a log-in, and never the number.
func TestAgentsAreGivenCalls(t *testing.T) {
	w := newWorld(t)
	contract := w.served()
	ann, session := w.person(w.a, access.Agent)
	wish := map[string]any{"contract": contract, "to": "13800138000", "agent": ann, "record": true}
	w.ask(w.switchA, "POST", "/v1/calls", wish).want(409) // there is no folder for its recording
	v, err := vault.Open(t.TempDir())
	must(t, err)
	defer v.Close()
	w.sys.Vault = v
	got := w.ask(w.switchA, "POST", "/v1/calls", wish).want(201)
	call := got.field("id")
	if at := got.field("address"); at != "sip:"+call+"@192.0.2.1:5060" || strings.Contains(string(got.body), "13800138000") {
		t.Errorf("%s", got.body)
	}
	soft := w.ask("", "POST", "/v1/softphone", nil, session, "Sec-Fetch-Site: same-origin", once("soft")).want(201)
	if again := w.ask("", "POST", "/v1/softphone", nil, session, "Sec-Fetch-Site: same-origin", once("soft")).want(201); secret(again) != "" {
		t.Errorf("an answer that is kept has a log-in: %s", again.body)
	}
	if soft.field("agent") != ann || soft.field("secret") != "hush" || soft.field("websocket") != "ws://192.0.2.1:5066" || !strings.HasPrefix(soft.field("address"), "sip:1."+w.a.Named("co")+"-"+ann+"@") {
		t.Errorf("%s", soft.body)
	}
	i, err := id.ParseNamed("call", call)
	must(t, err)
	taken, err := w.sys.TakePlannedCall(t.Context(), w.a, i, ann)
	if err != nil || taken.To != "13800138000" || !taken.Record {
		t.Errorf("%+v, %v", taken, err)
	}

	w.ask("", "POST", "/v1/calls", map[string]any{"contract": contract, "to": "13800138000"}, session, "Sec-Fetch-Site: same-origin").wantCode(403, "forbidden")
	w.ask(w.keyA, "POST", "/v1/softphone", nil).want(409) // a key has no telephone
	w.ask(w.switchA, "POST", "/v1/calls", map[string]any{"contract": contract, "to": "13800138000"}).want(422)
	w.ask(w.switchA, "POST", "/v1/calls", map[string]any{"contract": contract, "to": "13800138000", "agent": "mei"}).want(422)
	w.ask(w.keyB, "POST", "/v1/calls", map[string]any{"contract": contract, "to": "13800138000", "agent": ann}).want(404)
}

// reach is where the trunks of the test go.
type reach struct{}

func (reach) Callable(number string) (string, error) {
	if strings.HasPrefix(number, "1900") {
		return "", &app.CallRefused{Reason: app.NumberBlocked, Err: fault.New(fault.Invalid, "%s is premium: blocked", number)}
	}
	return "mobile", nil
}

// TestANumberThatMayNotBeCalledIsNotPlanned: who plans is told why, in the language that
// was asked for, and no agent is given it.
func TestANumberThatMayNotBeCalledIsNotPlanned(t *testing.T) {
	w := newWorld(t)
	w.sys.Reach = reach{}
	ann, _ := w.person(w.a, access.Agent)
	wish := map[string]any{"contract": w.served(), "to": "19001234567", "agent": ann}
	no := w.ask(w.switchA, "POST", "/v1/calls", wish, "Accept-Language: zh-Hant").wantCode(422, "call_blocked")
	if !strings.Contains(no["detail"].(string), "premium") || no["title"] != "中繼不得撥打此類號碼" {
		t.Errorf("%v", no)
	}
	wish["to"] = "13800138000"
	must(t, w.sys.SetCallLimits(t.Context(), w.a, app.CallLimits{Classes: []string{"landline"}}))
	w.ask(w.switchA, "POST", "/v1/calls", wish).wantCode(422, "call_class_blocked")
	if left, err := w.sys.PlannedCalls(t.Context(), w.a, ann); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
	must(t, w.sys.SetCallLimits(t.Context(), w.a, app.CallLimits{}))
	w.ask(w.switchA, "POST", "/v1/calls", wish).want(201)
}

// TestRecordingsAreHeardByTheirCompany, and by nobody else.
func TestRecordingsAreHeardByTheirCompany(t *testing.T) {
	w := newWorld(t)
	v, err := vault.Open(t.TempDir())
	must(t, err)
	defer v.Close()
	w.sys.Vault = v
	r, f, err := w.sys.BeginRecording(t.Context(), w.a, app.BeginRecording{Call: "call_x", Rules: []retention.Rule{{Name: "law", Days: 30}}})
	must(t, err)
	rec, err := record.New(f, audio.ALaw)
	must(t, err)
	rec.Frame(make([]byte, audio.FrameSamples), make([]byte, audio.FrameSamples))
	sum, err := rec.Close()
	must(t, err)
	must(t, f.Close())
	_, err = w.sys.FinishRecording(t.Context(), w.a, r.ID, sum)
	must(t, err)
	list := w.ask(w.keyA, "GET", "/v1/recordings?call=call_x", nil).want(200)
	if !strings.Contains(string(list.body), sum.SHA256) || !strings.Contains(string(list.body), r.ID.Named("rec")) {
		t.Errorf("%s", list.body)
	}
	sound := w.ask(w.keyA, "GET", "/v1/recordings/"+r.ID.Named("rec")+"/sound", nil).want(200)
	if string(sound.body[:4]) != "RIFF" || int64(len(sound.body)) != sum.Bytes || sound.header.Get("Content-Type") != "audio/wav" {
		t.Errorf("%d bytes of %s, %d were recorded", len(sound.body), sound.header.Get("Content-Type"), sum.Bytes)
	}
	at := "/v1/recordings/" + r.ID.Named("rec") + "/sound"
	for ask, want := range map[string]string{"bytes=0-3": "RIFF", "bytes=8-11": "WAVE", "bytes=-4": string(sound.body[len(sound.body)-4:])} {
		part := w.ask(w.keyA, "GET", at, nil, "Range: "+ask).want(206)
		if string(part.body) != want || part.header.Get("Repr-Digest") == "" || part.header.Get("ETag") != `"`+sum.SHA256+`"` {
			t.Errorf("%s: %q, %v", ask, part.body, part.header)
		}
	}
	w.ask(w.keyA, "GET", at, nil, "Range: bytes=9999999-").want(416)
	w.ask(w.keyA, "GET", at, nil, `If-None-Match: "`+sum.SHA256+`"`).want(304)
	w.ask(w.keyB, "GET", at, nil).want(404)
	changed, err := v.Change(w.a, r.ID)
	must(t, err)
	_, err = changed.WriteAt([]byte{0x55}, sum.Bytes-1)
	must(t, err)
	must(t, changed.Truncate(sum.Bytes+1))
	must(t, changed.Close())
	w.ask(w.keyA, "GET", at, nil, "Range: bytes=0-3").want(409) // it is not as it was recorded
	if other := w.ask(w.keyB, "GET", "/v1/recordings?call=call_x", nil).want(200); strings.Contains(string(other.body), "rec_") {
		t.Errorf("another company: %s", other.body)
	}
	w.ask(w.switchA, "GET", "/v1/recordings?call=call_x", nil).want(403)
}

// TestDeskTelephones: an agent makes a log-in for a telephone, sees it without its
// secret and ends it; others neither see nor end it, but for who looks after people.
func TestDeskTelephones(t *testing.T) {
	w := newWorld(t)
	ann, session := w.person(w.a, access.Agent)
	_, boss := w.person(w.a, access.Supervisor)
	_, admin := w.person(w.a, access.CustomerAdmin)
	const same = "Sec-Fetch-Site: same-origin"
	made := w.ask("", "POST", "/v1/telephones", map[string]any{"name": "desk 4"}, session, same).want(201)
	account, secret := made.field("id"), made.field("secret")
	if made.field("agent") != ann || made.field("address") != "sip:"+account+"@192.0.2.1:5060" || len(secret) < 20 {
		t.Errorf("%s", made.body)
	}
	if _, good, err := w.gate.LineDigest(t.Context(), account); !good || err != nil {
		t.Errorf("%v, %v", good, err)
	}
	if list := w.ask("", "GET", "/v1/telephones", nil, session).want(200); !strings.Contains(string(list.body), account) || strings.Contains(string(list.body), secret) {
		t.Errorf("%s", list.body)
	}
	if none := w.ask("", "GET", "/v1/telephones", nil, boss).want(200); strings.Contains(string(none.body), "tel_") {
		t.Errorf("somebody else's own: %s", none.body)
	}
	w.ask("", "GET", "/v1/telephones?agent="+ann, nil, boss).want(404)
	w.ask("", "DELETE", "/v1/telephones/"+account, nil, boss, same).want(404)
	w.ask("", "POST", "/v1/telephones", map[string]any{"name": ""}, session, same).want(422)
	w.ask(w.keyA, "POST", "/v1/telephones", map[string]any{"name": "a key's"}).want(409)
	ended := w.ask("", "DELETE", "/v1/telephones/"+account+"?agent="+ann, nil, admin, same)
	if ended.status == 403 { // who looks after people proves a second factor first
		ended = w.ask("", "DELETE", "/v1/telephones/"+account, nil, session, same)
	}
	if ended.want(200).field("ended") == "" {
		t.Errorf("%s", ended.body)
	}
	if _, good, _ := w.gate.LineDigest(t.Context(), account); good {
		t.Error("it holds after its end")
	}
	trail := w.ask(w.keyA, "GET", "/v1/audit", nil).want(200)
	for _, has := range []string{"telephone.add", "telephone.end", account} {
		if !strings.Contains(string(trail.body), has) {
			t.Errorf("the audit log lacks %s", has)
		}
	}
	if strings.Contains(string(trail.body), secret) {
		t.Error("the secret is in the audit log")
	}
}

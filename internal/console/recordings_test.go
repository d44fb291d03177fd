package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// tape makes a recording of so many seconds: the agent's tone left, with a pause in it.
func (o *office) tape(call, agent string, seconds int) app.Recording {
	o.t.Helper()
	sys, ctx := o.d.System, o.t.Context()
	if sys.Vault == nil {
		v, err := vault.Open(o.t.TempDir())
		o.must(err)
		o.t.Cleanup(func() { v.Close() })
		sys.Vault = v
	}
	r, f, err := sys.BeginRecording(ctx, o.company, app.BeginRecording{Call: call, Rules: []retention.Rule{{Name: "installation", Days: 30}, {Name: "law", Days: 90}},
		About: app.RecordingAbout{Agent: agent, Campaign: "spring", Number: "8613800138000", Direction: usage.Outbound, Disposition: "sale"}})
	o.must(err)
	defer f.Close()
	tone := make([]byte, seconds*audio.Rate)
	audio.ALaw.EncodeTo(tone, audio.Tone{Hertz: []float64{400}, Level: 0.5}.Samples(time.Duration(seconds)*time.Second))
	sum, err := record.Write(f, audio.ALaw, tone, make([]byte, len(tone)), record.Mark{What: record.Paused, From: 200, To: 400})
	o.must(err)
	r, err = sys.FinishRecording(ctx, o.company, r.ID, sum)
	o.must(err)
	return r
}

// TestARecordingIsHeardPieceByPiece and every piece stands in the log before it goes;
// another company's people, and those who may not, are given nothing.
func TestARecordingIsHeardPieceByPiece(t *testing.T) {
	d := newDesk(t)
	d.every("/c/" + d.company.Named("co") + "/recordings")
	r := d.tape("call-1", "ann", 40)
	base := d.at("/recordings/" + r.ID.Named("rec"))
	page := d.page(base)
	if strings.Count(page, "data-mark=") != 1 || !strings.Contains(page, "Nobody has listened") || !strings.Contains(page, "law") {
		t.Error("the page does not tell what is known of it")
	}
	d.every(base)
	ask := func(who *office, path, asked string, status int) *http.Response {
		t.Helper()
		w := who.ask(path, nil, "Range", asked)
		if w.Code != status {
			t.Fatalf("%s %s: %d, want %d: %.200s", path, asked, w.Code, status, w.Body)
		}
		return w.Result()
	}
	first := ask(d.office, base+"/sound", "bytes=0-", http.StatusPartialContent)
	if first.ContentLength != soundPiece || first.Header.Get("Content-Range") != "bytes 0-524287/640058" || first.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("%v", first.Header)
	}
	ask(d.office, base+"/sound", "bytes=524288-", http.StatusPartialContent)
	if peaks := ask(d.office, base+"/peaks", "", http.StatusOK); peaks.StatusCode != http.StatusOK || peaks.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%v", peaks.Header)
	}
	if whole := ask(d.office, base+"/download", "", http.StatusOK); !strings.Contains(whole.Header.Get("Content-Disposition"), ".wav") {
		t.Errorf("%v", whole.Header)
	}
	if page := d.page(base); strings.Count(page, "0:00:00–0:00:40") != 2 || !strings.Contains(page, "operator@example.com") {
		t.Errorf("the log does not say who was given what: %s", page[strings.Index(page, `id="log"`):])
	}
	supervisor, inspector, auditor, agent := d.person(d.company, "s@example.com", access.Supervisor), d.person(d.company, "i@example.com", access.Inspector), d.person(d.company, "a@example.com", access.Auditor), d.person(d.company, "g@example.com", access.Agent)
	ask(supervisor, base+"/download", "", http.StatusOK)
	ask(inspector, base+"/sound", "bytes=0-99", http.StatusPartialContent)
	ask(inspector, base+"/download", "", http.StatusForbidden)
	if page := auditor.page(base); strings.Contains(page, "<canvas") || !strings.Contains(page, "i@example.com") {
		t.Error("an auditor sees who listened, and hears nothing")
	}
	ask(auditor, base+"/sound", "bytes=0-", http.StatusForbidden)
	ask(agent, base, "", http.StatusForbidden)
	stranger := d.person(d.other, "x@example.com", access.Supervisor)
	for _, rest := range []string{"", "/sound", "/peaks", "/download"} {
		ask(stranger, base+rest, "", http.StatusNotFound)
		d.onlyHere("/recordings/" + r.ID.Named("rec") + rest)
	}
	if w := d.ask(d.at("/recordings/of?call=call-1"), nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != base {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	if w := d.ask(d.at("/recordings/of?call=none"), nil); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// TestRecordingsAreListed with a filter that says what is wrong, sorted, and as files.
func TestRecordingsAreListed(t *testing.T) {
	d := newDesk(t)
	long, short := d.tape("call-1", "ann", 3), d.tape("call-2", "bob", 1)
	at := d.at("/recordings")
	order := func(query string) string {
		t.Helper()
		page, out := d.page(at+query), ""
		for _, x := range []struct {
			name string
			r    app.Recording
		}{{"L", long}, {"S", short}} {
			if strings.Contains(page, x.r.ID.Named("rec")) {
				out += x.name
			}
		}
		if len(out) == 2 && strings.Index(page, short.ID.Named("rec")) < strings.Index(page, long.ID.Named("rec")) {
			out = "SL"
		}
		return out
	}
	for query, want := range map[string]string{"": "SL", "?sort=length": "LS", "?agent=ann": "L", "?number=%2B86138&least=2": "L", "?most=2": "S", "?first=2020-01-01&last=2020-02-01": "", "?disposition=sale&direction=outbound": "SL", "?held=1": "", "?score=50": "", "?sort=score": ""} {
		if got := order(query); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	if w := d.ask(at+"?least=long", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	if file := d.page(at + "/list.csv?agent=ann"); !strings.Contains(file, long.SHA256) || strings.Contains(file, short.SHA256) {
		t.Errorf("%s", file)
	}
	d.page(at + "/list.xlsx")
	d.every(at + "?agent=ann")
	if w := d.ask(at+"/list.csv?least=long", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
}

// TestALegalHold keeps a recording; lifting it needs the second person where the house
// asks for one. What is due, held and gone stands on one page.
func TestALegalHold(t *testing.T) {
	d := newDesk(t)
	d.d.Gate.Policy.SecondPerson = true
	r := d.tape("call-1", "ann", 1)
	base := d.at("/recordings/" + r.ID.Named("rec"))
	d.send(base+"/hold", http.StatusUnprocessableEntity, "once", "h0", "name", "", "reason", "")
	d.send(base+"/hold", http.StatusSeeOther, "once", "h1", "name", "case 7", "reason", "asked for by a court")
	d.send(base+"/hold", http.StatusConflict, "once", "h2", "name", "case 7", "reason", "again")
	d.every(base)
	d.every(d.at("/recordings/keeping"))
	if page := d.page(d.at("/recordings/keeping")); !strings.Contains(page, "case 7") {
		t.Error("the page of keeping does not say what is held")
	}
	d.send(base+"/release", http.StatusUnprocessableEntity, "once", "l0", "name", "case 7", "lift", "")
	d.send(base+"/release", http.StatusUnprocessableEntity, "once", "l1", "name", "case 8", "lift", "over")
	w := d.send(base+"/release", http.StatusSeeOther, "once", "l2", "name", "case 7", "lift", "the case is over")
	if page := d.page(w.Header().Get("Location")); !strings.Contains(page, "second person") || !strings.Contains(page, "case 7") {
		t.Error("the hold was lifted by one person")
	}
	second := d.person(d.company, "second@example.com", access.CustomerAdmin)
	if w := second.ask(w.Header().Get("Location"), nil); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	d.d.Gate.Policy.SecondPerson = false
	d.send(base+"/release", http.StatusSeeOther, "once", "l3", "name", "case 7", "lift", "the case is over")
	got, err := d.d.System.GetRecording(t.Context(), d.company, r.ID)
	if d.must(err); len(got.Holds) != 0 {
		t.Errorf("%+v", got.Holds)
	}
	if page := d.send(base+"/check", http.StatusOK).Body.String(); !strings.Contains(page, "was read just now") {
		t.Error("the check does not say so")
	}
	d.must(d.d.System.Vault.Delete(d.company, r.ID))
	if page := d.send(base+"/check", http.StatusConflict).Body.String(); !strings.Contains(page, "not as it was recorded") {
		t.Error("the check does not say so")
	}
	trail := ""
	d.must(d.db.View(t.Context(), func(tx store.Tx) error {
		list, err := tx.Audit().List(d.company, 0, 1000)
		for _, e := range list {
			trail += e.Action + " "
		}
		return err
	}))
	for _, action := range []string{"recording.hold", "recording.release.ask", "recording.release "} {
		if !strings.Contains(trail, action) {
			t.Errorf("%s is not in the audit log: %s", action, trail)
		}
	}
}

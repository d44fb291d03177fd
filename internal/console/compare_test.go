package console

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/lang"
	"waihu/internal/workspace"
)

// opened is a console where comparing needs no account.
func opened(t *testing.T, lim workspace.Limits) *browser {
	t.Helper()
	w := server(t)
	w.d.Open = true
	w.shelve(lim)
	return w.browser()
}

// shelve gives the console a shelf of its own, with bounds.
func (w *world) shelve(lim workspace.Limits) {
	w.t.Helper()
	shelf, err := workspace.Open(w.t.TempDir(), lim, w.d.System, time.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	w.d.Shelf = shelf
	w.t.Cleanup(func() {
		if err := shelf.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// upload is a form with files: names and texts, and fields "name=value".
func (b *browser) upload(path string, files map[string]string, fields ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.uploadAs("file", path, files, fields...)
}

// uploadAs is upload with the name of the field that holds the files.
func (b *browser) uploadAs(field, path string, files map[string]string, fields ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		if err := m.WriteField(name, value); err != nil {
			b.t.Fatal(err)
		}
	}
	for name, text := range files {
		part, err := m.CreateFormFile(field, name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

func exampleFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "examples", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// patient asks for a page until nothing is under way.
func (b *browser) patient(path string) string {
	b.t.Helper()
	for range 2_000 { // each waits for the work a moment; a machine that others keep busy takes minutes
		w := b.ask(path, nil)
		if w.Code != http.StatusOK {
			b.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if !strings.Contains(w.Body.String(), `id="work"`) {
			return w.Body.String()
		}
	}
	b.t.Fatalf("%s: the work does not end", path)
	return ""
}

// begun is a workspace with records in it.
func (b *browser) begun() string {
	b.t.Helper()
	w := b.upload("/compare", map[string]string{"Master.csv": exampleFile(b.t, "sales-floor/usage/Master.csv")}, "zone=Asia/Shanghai")
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !regexp.MustCompile(`^/compare/[a-z2-7]{32}$`).MatchString(at) {
		b.t.Fatalf("%d to %q: %s", w.Code, at, w.Body)
	}
	return at
}

// TestCompareInEveryLanguage walks from dropped records to the answer, its
// sliders, its reports and the link that is sent to others.
func TestCompareInEveryLanguage(t *testing.T) {
	b := opened(t, workspace.Limits{})
	at := b.begun()
	for _, tag := range lang.Tags() {
		page := b.patient(at + "?lang=" + string(tag))
		sound(t, tag, page)
		sound(t, tag, b.ask("/compare?lang="+string(tag), nil).Body.String())
		if !strings.Contains(page, lang.Phrase(tag, "compare_page.first_offers", nil)) || !strings.Contains(page, "Master.csv") {
			t.Errorf("%s: the page does not ask for offers", tag)
		}
	}
	b.want(b.ask(at+"/market", url.Values{"offer": {"ujet-pro", "callfire-payg", "cloudtalk-essential"}}), http.StatusSeeOther, at)
	b.want(b.upload(at+"/offers", nil, "text="+exampleFile(t, "sales-floor/plan.yaml")), http.StatusSeeOther, at)
	const query = "?currency=USD&rate.CNY=0.14&rate.CNY.on=2026-11-01&rate.EUR=1.1&rate.EUR.on=2026-11-01&budget=900&volume=20&weight.price=80&weight.quality=20"
	for _, tag := range lang.Tags() {
		page := b.patient(at + query + "&lang=" + string(tag))
		sound(t, tag, page)
		for _, must := range []string{`class="say"`, "data-chart", "<svg viewBox", `id="parts-callfire-payg"`, `name="volume" min="-90" max="200" value="20"`, `value="80"`, "/report/pdf?", "0.14"} {
			if !strings.Contains(page, must) {
				t.Errorf("%s: the answer lacks %q", tag, must)
			}
		}
	}
	b.searched(at, query)
	share := regexp.MustCompile(`href="(/compare/[a-z2-7]{32})\?[^"]*" data-share`).FindStringSubmatch(b.patient(at + query))
	if share == nil || share[1] == at {
		t.Fatal("there is no link to share")
	}
	b.shared(share[1], query)
	for form, head := range map[string]string{"pdf": "%PDF-", "xlsx": "PK", "html": "<!doctype html>"} {
		w := b.ask(at+"/report/"+form+query, nil)
		if w.Code != http.StatusOK || !strings.HasPrefix(strings.ToLower(w.Body.String()[:20]), strings.ToLower(head)) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %q", form, w.Code, w.Body.String()[:min(w.Body.Len(), 40)])
		}
	}
	b.want(b.ask(at+"/report/doc", nil), http.StatusNotFound, "")
}

// searched waits for the smallest bill possible, and sees that it comes into the
// page that shows the answer already.
func (b *browser) searched(at, query string) {
	b.t.Helper()
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		b.t.Fatal(err)
	}
	q, _ := workspace.ParseQuestion(values)
	sp, _, err := b.d.Shelf.Find(strings.TrimPrefix(at, "/compare/"))
	if err != nil {
		b.t.Fatal(err)
	}
	if _, job, err := sp.Complete(q); err != nil {
		b.t.Fatal(err)
	} else if job != nil {
		<-job.Done()
	}
	for _, tag := range lang.Tags() {
		page := b.patient(at + query + "&lang=" + string(tag))
		sound(b.t, tag, page)
		if !strings.Contains(page, `id="s-bound"`) || strings.Contains(page, `hx-target="#beside"`) || !strings.Contains(page, lang.Phrase(tag, "report.bound.regret", nil)) {
			b.t.Errorf("%s: the smallest bill possible is not on the page", tag)
		}
	}
}

// shared looks at a workspace by the link that only reads.
func (b *browser) shared(at, query string) {
	b.t.Helper()
	b.d.Open = false // whoever has the link needs no account
	page := b.patient(at + query)
	if !strings.Contains(page, `class="say"`) || strings.Contains(page, `type="file"`) || strings.Contains(page, "data-share") {
		b.t.Error("the shared page has no answer, or forms that change it")
	}
	for _, path := range []string{"/files", "/usage", "/market", "/offers", "/offers/drop", "/files/f1/remove"} {
		if w := b.ask(at+path, url.Values{}); w.Code != http.StatusNotFound {
			b.t.Errorf("%s by the link that reads: %d", path, w.Code)
		}
	}
	b.want(b.ask(at+"/files/f1/rejects", nil), http.StatusNotFound, "")
	b.d.Open = true
}

// TestSlidersAnswerAlone: a step is a part of the page and its address.
func TestSlidersAnswerAlone(t *testing.T) {
	b := opened(t, workspace.Limits{})
	at := b.begun()
	b.want(b.ask(at+"/market", url.Values{"offer": {"ujet-pro", "callfire-payg"}}), http.StatusSeeOther, at)
	b.patient(at)
	step := func(query string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", at+"/step?"+query, nil)
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Target", "step")
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		return w
	}
	w := step("volume=100&more_seats=-50&module=%2Bnone&span=36")
	if page := w.Body.String(); w.Code != http.StatusOK || strings.Contains(page, "<html") || !strings.Contains(page, "say-step") || w.Header().Get("HX-Replace-Url") != at+"?module=%2Bnone&more_seats=-50&span=36&volume=100" {
		t.Errorf("%d, %q: %s", w.Code, w.Header().Get("HX-Replace-Url"), page)
	}
	if one, two := step("volume=0").Body.String(), step("volume=100").Body.String(); one == two {
		t.Error("twice the calls cost the same")
	}
	b.want(b.ask(at+"/step?volume=20", nil), http.StatusSeeOther, at+"?volume=20") // without a script
}

// TestCompareRefuses: what is wrong stands beside what was sent, and nothing is
// taken.
func TestCompareRefuses(t *testing.T) {
	b := opened(t, workspace.Limits{FileBytes: 1_000_000, Spaces: 3})
	at := b.begun()
	wrong := func(name string, w *httptest.ResponseRecorder, words ...string) {
		t.Helper()
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
		for _, s := range words {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s: no %q", name, s)
			}
		}
	}
	wrong("an offer with a wrong line", b.upload(at+"/offers", nil, "text=plan: x\nversion: 1\ncurrency: CNY\ntime_zone: UTC\ncomponents:\n  - {id: a, measure: talk_time, unit_price: -1}\n"),
		"line 6", "unit_price: -1", `aria-invalid="true"`)
	wrong("markup in an offer", b.upload(at+"/offers", nil, "text=<script>alert(1)</script>"), "&lt;script&gt;")
	wrong("an empty file", b.upload(at+"/files", map[string]string{"empty.csv": ""}), "empty.csv")
	wrong("no file", b.upload(at+"/files", nil), "Choose a file")
	wrong("a large file", b.upload(at+"/files", map[string]string{"large.csv": strings.Repeat("a", 1_000_001)}), "larger than")
	wrong("an offer nobody makes", b.ask(at+"/market", url.Values{"offer": {"none"}}))
	wrong("a zone nobody lives in", b.ask(at+"/usage", url.Values{"zone": {"Moon/Sea"}}))
	wrong("usage of a company without one", b.ask(at+"/usage", url.Values{"basis": {"own"}}))
	wrong("no form with files", b.ask(at+"/files", url.Values{}))
	b.want(b.upload(at+"/files", map[string]string{"<b>plan</b>.yaml": exampleFile(t, "per-minute/plan.yaml"), "Again.csv": exampleFile(t, "sales-floor/usage/Master.csv")}), http.StatusSeeOther, at)
	page := b.patient(at)
	if strings.Count(page, `class="record"`) != 2 || strings.Contains(page, "<b>plan") || !strings.Contains(page, `badge bad`) {
		t.Error("the same file was taken twice, a plan was taken as records, or its name is markup")
	}
	b.want(b.ask(at+"/market", url.Values{"offer": {"ujet-pro", "cloudtalk-essential"}}), http.StatusSeeOther, at)
	page = b.patient(at + "?seats=-3&months=x&currency=zz&budget=no&weight.price=3&rate.USD=1")
	for _, key := range []string{"ask.wrong_seats", "ask.wrong_months", "ask.wrong_currency", "ask.wrong_budget", "ask.wrong_weights", "form.date"} {
		if !strings.Contains(page, lang.Phrase(lang.English, key, nil)) {
			t.Errorf("nothing says %s", key)
		}
	}
	if page = b.patient(at + "?currency=USD"); !strings.Contains(page, "no exchange rate into USD") || !strings.Contains(page, `name="rate.EUR"`) {
		t.Error("an offer in another currency is not named, or there is no field for its rate")
	}
	b.begun()
	b.begun()
	if w := b.upload("/compare", map[string]string{"a.csv": "b"}); w.Code != http.StatusTooManyRequests {
		t.Errorf("a fourth workspace: %d", w.Code)
	}
	for _, path := range []string{"/compare/none", "/compare/" + strings.Repeat("a", 32), at + "/files/f99/rejects", at + "/files/f1/else"} {
		b.want(b.ask(path, nil), http.StatusNotFound, "")
	}
}

// TestCompareNeedsALogInWhereItIsClosed, but for links that only read.
func TestCompareNeedsALogInWhereItIsClosed(t *testing.T) {
	b := opened(t, workspace.Limits{})
	at := b.begun()
	b.d.Open = false
	b.want(b.ask("/compare", nil), http.StatusSeeOther, "/login?back=%2Fcompare")
	b.want(b.ask(at, nil), http.StatusSeeOther, "/login?back="+url.QueryEscape(at))
	b.want(b.upload("/compare", map[string]string{"a.csv": "b"}), http.StatusSeeOther, "/login?back=%2Fcompare")
}

// TestDescribedTeam compares without any record.
func TestDescribedTeam(t *testing.T) {
	b := opened(t, workspace.Limits{})
	w := b.ask("/compare", url.Values{"basis": {"survey"}})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/compare/") {
		t.Fatalf("%d to %q", w.Code, at)
	}
	b.want(b.ask(at+"/market", url.Values{"offer": {"ujet-pro", "callfire-payg"}}), http.StatusSeeOther, at)
	if page := b.patient(at); !strings.Contains(page, lang.Phrase(lang.English, "compare.note.profile", nil)) {
		t.Error("it is not said that the usage is described")
	}
	b.want(b.upload(at+"/files", map[string]string{"Master.csv": exampleFile(t, "sales-floor/usage/Master.csv")}), http.StatusSeeOther, at)
	if page := b.patient(at); strings.Contains(page, lang.Phrase(lang.English, "compare.note.profile", nil)) {
		t.Error("files were handed in, and the description is compared still")
	}
}

// TestTextsOfAFormAreBoundedTogether: each of eighty fields could be as long as
// one may be, and stayed in memory until the form ended.
func TestTextsOfAFormAreBoundedTogether(t *testing.T) {
	b := opened(t, workspace.Limits{})
	half := strings.Repeat("a", workspace.TextBytes/2)
	w := b.upload("/compare", nil, "a="+half, "b="+half, "c=more")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "the texts up to c are larger than") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

// TestPlansAreOfferedToWhoMaySeeThem: comparing needs no permission, plans do.
func TestPlansAreOfferedToWhoMaySeeThem(t *testing.T) {
	o := newOffice(t)
	o.d.Open = true
	o.shelve(workspace.Limits{})
	for who, b := range map[string]*browser{"a customer's agent": o.customerOf(o.company, access.Agent), "the operator": o.browser} {
		at := b.ask("/compare", url.Values{"basis": {"sales"}}).Header().Get("Location")
		there := strings.Contains(b.ask(at, nil).Body.String(), "<option>floor@1</option>")
		w := b.upload(at+"/offers", nil, "plan=floor@1")
		if may := who == "the operator"; there != may || (w.Code == http.StatusSeeOther) != may || (w.Code == http.StatusNotFound) == may {
			t.Errorf("%s: offered %v, taken with %d", who, there, w.Code)
		}
	}
}

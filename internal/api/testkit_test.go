package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/api"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/workspace"
)

// world is the interface over a database in memory, with two companies and a key
// for each role that matters.
type world struct {
	testing.TB
	api      *api.API
	gate     *access.Gate
	db       store.DB
	sys      *app.System
	log      bytes.Buffer
	operator string // a key of the operator
	finance  string // another person of the operator's
	a, b     id.Company
	keyA     string // customer_admin of a
	keyB     string
	switchA  string // api of a
	uploads  string
	calls    *running
}

func newWorld(t testing.TB) *world { return newWorldOf(t, api.Config{AdjustLimit: "100"}) }

// newWorldB is a world on disk, with a running contract.
func newWorldB(b *testing.B) *world {
	w := newWorld(b)
	w.served()
	return w
}

func newWorldOf(t testing.TB, c api.Config) *world {
	t.Helper()
	db, err := sqlite.Memory(sqlite.Options{})
	must(t, err)
	return newWorldOn(t, db, c)
}

func newWorldOn(t testing.TB, db store.DB, c api.Config) *world {
	t.Helper()
	t.Cleanup(func() { must(t, db.Close()) })
	seal, err := access.NewSealer(make([]byte, access.SealerKeySize))
	must(t, err)
	w := &world{TB: t, calls: &running{}, db: store.Joining(db)}
	ids := id.NewMaker(rand.Reader)
	w.sys = &app.System{DB: w.db, IDs: ids, Node: "test"}
	w.gate = &access.Gate{DB: w.db, IDs: ids, Seal: seal, Hasher: access.NewQuickHasher(), Policy: access.Policy{SecondFactor: true, SecondPerson: true}}
	post := &notify.Post{DB: w.db, IDs: ids, Seal: seal, Guard: &notify.Guard{}, HTTPS: true}
	c.Uploads = t.TempDir()
	w.uploads = c.Uploads
	shelf, err := workspace.Open(t.TempDir(), workspace.Limits{}, w.sys, time.Now)
	must(t, err)
	t.Cleanup(func() { must(t, shelf.Close()) })
	w.api, err = api.New(api.Deps{System: w.sys, Gate: w.gate, Shelf: shelf, Post: post, Telephone: phones{}, Running: w.calls, Ingest: w.sys, Log: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelError})), Config: c})
	must(t, err)
	w.operator = w.key(id.Platform, access.Operator)
	w.finance = w.key(id.Platform, access.Finance)
	w.a, w.b = w.company("A"), w.company("B")
	w.keyA, w.keyB = w.key(w.a, access.CustomerAdmin), w.key(w.b, access.CustomerAdmin)
	w.switchA = w.key(w.a, access.API)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) key(c id.Company, r access.Role) (text string) {
	w.Helper()
	must(w.TB, w.db.Update(w.Context(), func(tx store.Tx) (err error) {
		_, text, err = w.gate.AddKey(tx, access.NewKey{Company: c, Name: string(r), Role: r})
		return err
	}))
	return text
}

// reply is what came back.
type reply struct {
	*world
	status int
	header http.Header
	body   []byte
}

// ask sends a request: headers are "Name: value"; body nil is none, a string or
// bytes go as they are, anything else as JSON.
func (w *world) ask(key, method, path string, body any, headers ...string) *reply {
	w.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		must(w.TB, err)
		r = bytes.NewReader(j)
	}
	req := httptest.NewRequest(method, path, r)
	req.RequestURI = path
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Content-Type" {
			req.Header.Del(name)
		}
		req.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	w.api.Handler().ServeHTTP(rec, req)
	if rec.Code == http.StatusInternalServerError {
		w.Errorf("%s %s went wrong: %s", method, path, w.log.String())
	}
	return &reply{w, rec.Code, rec.Header(), rec.Body.Bytes()}
}

// want stops the test unless the status is the one expected.
func (r *reply) want(status int) *reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// wantCode stops the test unless it is a problem of that status and code.
func (r *reply) wantCode(status int, code string) map[string]any {
	r.Helper()
	r.want(status)
	if ct := r.header.Get("Content-Type"); ct != "application/problem+json" {
		r.Errorf("content type %q of a problem", ct)
	}
	p := r.json()
	if p["code"] != code || p["type"] != "urn:waihu:problem:"+code || p["status"] != float64(status) {
		r.Fatalf("problem %s, want code %s", r.body, code)
	}
	if id, _ := p["request_id"].(string); !strings.HasPrefix(id, "req_") || id != r.header.Get("Request-Id") {
		r.Errorf("request_id %q, header %q", id, r.header.Get("Request-Id"))
	}
	if title, _ := p["title"].(string); title == "" || strings.HasPrefix(title, "[") {
		r.Errorf("a problem of code %s has no title: %q", code, title)
	}
	return p
}

func (r *reply) json() map[string]any {
	r.Helper()
	var v map[string]any
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.Fatalf("status %d, not JSON: %v: %s", r.status, err, r.body)
	}
	return v
}

// field is a text out of the answer.
func (r *reply) field(name string) string {
	r.Helper()
	s, ok := r.json()[name].(string)
	if !ok {
		r.Fatalf("no text %q in %s", name, r.body)
	}
	return s
}

// company opens the books of one.
func (w *world) company(name string) id.Company {
	w.Helper()
	c, err := w.sys.AddCompany(w.Context(), app.Company{Name: name})
	must(w.TB, err)
	return id.Company{ID: c.ID}
}

// once is the header of a new effect.
func once(key string) string { return "Idempotency-Key: " + key }

// of is the header that names a company.
func of(c id.Company) string { return "Waihu-Company: " + c.Named("co") }

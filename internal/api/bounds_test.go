package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"waihu/internal/api"
)

func totpNow(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	must(t, err)
	return code
}

// TestBombsAreRefused sends bodies that honest clients do not.
func TestBombsAreRefused(t *testing.T) {
	w := newWorld(t)
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for name, try := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"nested in a field":            {"/v1/users", `{"email":"a@example.com","name":` + deep(100) + `,"roles":["agent"]}`, 400, "malformed"},
		"nested a million":             {"/v1/users", deep(500_000), 400, "malformed"},
		"nested event":                 {"/v1/events", `{"data":` + deep(100_000) + `}`, 400, "malformed"},
		"too large":                    {"/v1/users", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "too_large"},
		"too large events":             {"/v1/events", `[` + strings.Repeat(" ", 5<<20) + `]`, 413, "too_large"},
		"names twice":                  {"/v1/users", `{"email":"a@example.com","email":"b@example.com"}`, 400, "malformed"},
		"two values":                   {"/v1/users", `{} {}`, 400, "malformed"},
		"cut off":                      {"/v1/users", `{"email":`, 400, "malformed"},
		"not JSON":                     {"/v1/users", "email=a", 400, "malformed"},
		"an unknown field":             {"/v1/users", `{"email":"a@example.com","name":"A","roles":["agent"],"admin":true}`, 422, "invalid"},
		"wrong types":                  {"/v1/users", `{"email":5,"name":[],"roles":"agent"}`, 422, "invalid"},
		"bytes that are no UTF-8":      {"/v1/users", "{\"email\":\"a@example.com\",\"name\":\"a\xff\",\"roles\":[\"agent\"]}", 400, "malformed"},
		"an event that is no UTF-8":    {"/v1/events", "{\"specversion\":\"1.0\",\"id\":\"a\xff\"}", 400, "malformed"},
		"U+0000 in a text":             {"/v1/users", `{"email":"a@example.com","name":"a\u0000b","roles":["agent"]}`, 400, "malformed"},
		"U+0000 in a name":             {"/v1/users", `{"na\u0000me":"A"}`, 400, "malformed"},
		"U+0000 in an event":           {"/v1/events", `{"specversion":"1.0","id":"a\u0000b"}`, 400, "malformed"},
		"a number of a million digits": {"/v1/users", `{"name":` + strings.Repeat("9", 1_000_000) + `}`, 400, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.ask(w.keyA, "POST", try.path, try.body)
			p := r.wantCode(try.status, try.code)
			if len(r.body) > 4<<10 {
				t.Errorf("the answer has %d bytes", len(r.body))
			}
			if try.code == "invalid" && len(p["errors"].([]any)) == 0 {
				t.Errorf("no field is named: %s", r.body)
			}
		})
	}
	w.ask(w.keyA, "POST", "/v1/users", `<x/>`, "Content-Type: application/xml").wantCode(415, "media_type")
	r := w.ask(w.keyA, "GET", "/v1/users?limit=500&colour=red", nil)
	if p := r.wantCode(422, "invalid"); !strings.Contains(fmt.Sprint(p["errors"]), "query.colour") {
		t.Errorf("the unknown parameter is not named: %s", r.body)
	}
}

func TestErrorsDoNotRepeatValues(t *testing.T) {
	w := newWorld(t)
	for _, r := range []*reply{
		w.ask(w.keyA, "POST", "/v1/users", map[string]any{"email": "s3cret-value", "name": "", "roles": []string{"s3cret-value"}}),
		w.ask(w.keyA, "GET", "/v1/users?limit=s3cret-value", nil),
		w.ask(w.keyA, "GET", "/v1/users/s3cret-value", nil),
		w.ask(w.keyA, "POST", "/v1/webhooks", map[string]string{"url": "ftp://s3cret-value"}),
		w.ask(w.finance, "GET", "/v1/users", nil, "Waihu-Company: s3cret-value"),
	} {
		if r.status < 400 || strings.Contains(string(r.body), "s3cret-value") {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
}

func TestAddressesNobodyServes(t *testing.T) {
	w := newWorld(t)
	w.ask(w.keyA, "GET", "/v1/nothing", nil).wantCode(404, "not_found")
	w.ask(w.keyA, "GET", "/", nil).wantCode(404, "not_found")
	w.ask(w.keyA, "GET", "/v1//users", nil).wantCode(404, "not_found")
	w.ask(w.keyA, "DELETE", "/v1/users", nil).wantCode(405, "method_not_allowed")
	w.ask(w.keyA, "GET", "/v1/users?"+strings.Repeat("x", 5000), nil).wantCode(414, "too_large")
	for _, odd := range []string{"/v1/invoices/%00", "/v1/invoices/%FF", "/v1/calls?agent=%00", "/v1/calls?agent=%FF"} {
		w.ask(w.keyA, "GET", odd, nil).wantCode(400, "malformed")
	}
	w.ask(w.keyA, "POST", "/v1/users", "{}", "Idempotency-Key: \xff").wantCode(400, "malformed")
	many := make([]string, 80)
	for i := range many {
		many[i] = fmt.Sprint("X-Flood: ", i)
	}
	w.ask(w.keyA, "GET", "/v1/users", nil, many...).wantCode(431, "too_large")
	w.ask(w.keyA, "GET", "/v1/users", nil, "Authorization: Bearer twice").wantCode(400, "malformed")
	h := w.ask("", "GET", "/v1/health/live", nil).want(200).header
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=31536000"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if strings.Contains(string(w.ask("", "GET", "/v1/openapi.json", nil).want(200).body), "192.0.2") {
		t.Error("the document repeats where it was asked from")
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	w := newWorldOf(t, api.Config{KeyRate: 0.001, KeyBurst: 3, AddressRate: 0.001, AddressMax: 2})
	for range 3 {
		w.ask(w.keyA, "GET", "/v1/users", nil).want(200)
	}
	r := w.ask(w.keyA, "GET", "/v1/users", nil)
	if r.wantCode(429, "rate_limited"); r.header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
	w.ask(w.keyB, "GET", "/v1/users", nil).want(200) // somebody else is not held up
	for range 2 {
		w.ask("", "POST", "/v1/login", map[string]string{"email": "a@example.com", "password": "x"}).want(401)
	}
	w.ask("", "POST", "/v1/login", map[string]string{"email": "a@example.com", "password": "x"}).wantCode(429, "rate_limited")
	w.ask("nonsense", "GET", "/v1/users", nil).wantCode(429, "rate_limited")
}

// TestSlowClients holds a connection open without ending its request: it is
// ended by the server.
func TestSlowClients(t *testing.T) {
	w := newWorld(t)
	s := httptest.NewUnstartedServer(w.api.Handler())
	s.Config.ReadHeaderTimeout = 50 * time.Millisecond // api.HeaderTime in service
	s.Config.MaxHeaderBytes = api.HeaderBytes
	s.Start()
	defer s.Close()
	talk := func(text string) string {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		must(t, err)
		defer c.Close()
		_, err = io.WriteString(c, text)
		must(t, err)
		answer, err := io.ReadAll(bufio.NewReader(c)) // until the server closes
		if err != nil && !strings.Contains(err.Error(), "reset") {
			t.Error(err)
		}
		return string(answer)
	}
	talk("GET /v1/health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ") // ends with the header's time
	if a := talk("GET /v1/health/live HTTP/1.1\r\nHost: x\r\nX-Flood: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"); !strings.HasPrefix(a, "HTTP/1.1 431") {
		t.Errorf("a flood of headers: %.60q", a)
	}
	if a := talk("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"); !strings.HasPrefix(a, "HTTP/1.1 408") || !strings.Contains(a, `"code":"too_slow"`) {
		t.Errorf("a body that does not come: %.200q", a)
	}
}

func TestForwardedAddressesAreBelievedFromProxiesOnly(t *testing.T) {
	for proxy, want := range map[string]string{"192.0.2.0/24": "203.0.113.5", "198.51.100.0/24": "192.0.2.1"} {
		w := newWorldOf(t, api.Config{Proxies: []string{proxy}})
		w.ask(w.keyA, "GET", "/v1/users", nil, "X-Forwarded-For: 10.9.9.9, 203.0.113.5").want(200)
		list := w.ask(w.keyA, "GET", "/v1/keys", nil).want(200)
		if !strings.Contains(string(list.body), `"last_from":"`+want+`"`) {
			t.Errorf("behind %s: %s, want %s", proxy, list.body, want)
		}
	}
}

// BenchmarkOneCall is the way of one call through the interface into the books.
func BenchmarkOneCall(b *testing.B) {
	w := newWorldB(b)
	n := 0
	for b.Loop() {
		n++
		body := fmt.Sprintf(`{"specversion":"1.0","id":"b-%d","source":"pbx","type":"waihu.call","data":{"result":"answered","to":"13800138000","start":"2026-03-02T01:30:00Z","answer":"2026-03-02T01:30:08Z","end":"2026-03-02T01:31:10Z","talk":62}}`, n)
		req := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+w.switchA)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		w.api.Handler().ServeHTTP(rec, req)
		if rec.Code != 200 {
			b.Fatal(rec.Body)
		}
	}
}

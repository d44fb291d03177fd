package serve_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
)

// running is a service in a folder of the test.
type running struct {
	*testing.T
	c    serve.Config
	base string // address
	said string // what it printed until it served
	stop context.CancelFunc
	done chan error
}

func start(t *testing.T, data string, set ...string) *running {
	t.Helper()
	c, _, err := serve.Load("", nil, append([]string{"data=" + data, "http.listen=127.0.0.1:0", "metrics.listen=127.0.0.1:0", "access.second_factor=false"}, set...))
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	r := &running{T: t, c: c, stop: stop, done: make(chan error, 1)}
	out, in := io.Pipe()
	go func() {
		err := serve.Run(ctx, &c, serve.Logger(io.Discard, c.Log), in)
		in.CloseWithError(io.EOF)
		r.done <- err
	}()
	lines := bufio.NewScanner(out)
	for r.base == "" && lines.Scan() {
		r.said += lines.Text() + "\n"
		if m := regexp.MustCompile(`listening on ([0-9.:]+)`).FindStringSubmatch(lines.Text()); m != nil {
			r.base = "http://" + m[1]
		}
	}
	if r.base == "" {
		t.Fatalf("it does not serve: %v\n%s", <-r.done, r.said)
	}
	go io.Copy(io.Discard, out)
	t.Cleanup(stop)
	return r
}

func (r *running) end() {
	r.Helper()
	r.stop()
	if err := <-r.done; err != nil {
		r.Errorf("it ended with %v", err)
	}
}

// key makes a key beside the running service, as waihu key add does.
func (r *running) key(c id.Company, role access.Role) (text string) {
	r.Helper()
	b, err := serve.Open(r.Context(), &r.c)
	must(r.T, err)
	must(r.T, b.DB.Update(r.Context(), func(tx store.Tx) (err error) {
		_, text, err = b.Gate.AddKey(tx, access.NewKey{Company: c, Name: "test", Role: role})
		return err
	}))
	must(r.T, b.DB.Close())
	return text
}

func (r *running) ask(key, method, path, body string) (int, string) {
	r.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, r.base+path, strings.NewReader(body))
	must(r.T, err)
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

// leftRunning gives the goroutines in code of ours, tests' own left out, that have
// not ended half a minute after they should have.
func leftRunning() (out []string) {
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		stacks := make([]byte, 4<<20)
		out = nil
		for g := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(g, "waihu/internal/") && !strings.Contains(g, "testing.tRunner(") {
				out = append(out, g)
			}
		}
		if len(out) == 0 {
			return nil
		}
	}
	return out
}

func TestFirstStartFromAnEmptyFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "books")
	r := start(t, data)
	m := regexp.MustCompile(`first operator: (\S+)\none-time password .*: (\S+)\n`).FindStringSubmatch(r.said)
	if m == nil {
		t.Fatalf("it says\n%s", r.said)
	}
	if status, body := r.ask("", "POST", "/v1/login", fmt.Sprintf(`{"email":%q,"password":%q}`, m[1], m[2])); status != 200 || !strings.Contains(body, `"next":"new_password"`) {
		t.Errorf("the one-time password: %d %s", status, body)
	}
	if status, body := r.ask("", "GET", "/v1/health/ready", ""); status != 200 || !strings.Contains(body, `"sweeper":"ok"`) {
		t.Errorf("health: %d %s", status, body)
	}
	at := regexp.MustCompile(`metrics on (\S+)`).FindStringSubmatch(r.said)[1]
	res, err := http.Get(at)
	must(t, err)
	figures, err := io.ReadAll(res.Body)
	must(t, err)
	must(t, res.Body.Close())
	for _, want := range []string{`waihu_http_requests_total{route="POST /v1/login",status="200"} 1`, "waihu_database_ready 1", `waihu_worker_well{worker="webhooks"} 1`} {
		if !strings.Contains(string(figures), want) {
			t.Errorf("the figures have no %s", want)
		}
	}
	r.end()
	for _, name := range []string{"", "system.key", "books.db"} {
		info, err := os.Stat(filepath.Join(data, name))
		must(t, err)
		if name != "books.db" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %s", name, info.Mode())
		}
	}
	again := start(t, data)
	if strings.Contains(again.said, "password") {
		t.Errorf("the second start says\n%s", again.said)
	}
	again.end()
	must(t, os.Remove(filepath.Join(data, "system.key")))
	c := again.c
	if _, err := serve.Open(t.Context(), &c); err == nil || !strings.Contains(err.Error(), "system.key") {
		t.Errorf("books without their key were opened: %v", err)
	}
}

// TestStopUnderLoad stops the service while calls come in: what was answered is
// kept, what was refused is not, nothing is between, and nothing goes on.
func TestStopUnderLoad(t *testing.T) {
	data := filepath.Join(t.TempDir(), "books")
	r := start(t, data, "http.key_rate=100000", "http.key_burst=100000")
	status, body := r.ask(r.key(id.Platform, access.Finance), "POST", "/v1/companies", `{"name":"A"}`)
	if status != 201 {
		t.Fatal(body)
	}
	co := regexp.MustCompile(`co_([0-9a-z]+)`).FindStringSubmatch(body)[1]
	i, err := id.Parse(co)
	must(t, err)
	key := r.key(id.Company{ID: i}, access.API)
	var answered, next atomic.Int64
	stopped := make(chan struct{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				n := next.Add(1)
				status, body := r.ask(key, "POST", "/v1/events", fmt.Sprintf(`{"specversion":"1.0","id":"c%d","source":"pbx","type":"waihu.call","data":{"result":"busy","to":"1","start":"2026-03-02T01:30:00Z"}}`, n))
				switch {
				case status == 200:
					if answered.Add(1) == 200 {
						close(stopped)
					}
				case status == 0 || status == 503 || status == 409:
					return
				default:
					t.Errorf("%d %s", status, body)
					return
				}
			}
		})
	}
	<-stopped
	r.end()
	all.Wait()
	http.DefaultClient.CloseIdleConnections()
	b, err := serve.Open(t.Context(), &r.c)
	must(t, err)
	must(t, b.DB.View(t.Context(), func(tx store.Tx) error {
		head, err := tx.Usage().Head(id.Company{ID: i})
		if head < answered.Load() {
			t.Errorf("%d calls are kept, %d were answered", head, answered.Load())
		}
		return err
	}))
	h, err := serve.Examine(t.Context(), &r.c, b)
	must(t, err)
	for _, f := range h.Books.Findings {
		t.Errorf("%+v", f)
	}
	must(t, b.DB.Close())
	for _, g := range leftRunning() {
		t.Errorf("still running:\n%s", g)
	}
}

func TestBackupWhileServing(t *testing.T) {
	dir := t.TempDir()
	r := start(t, filepath.Join(dir, "books"))
	if status, body := r.ask(r.key(id.Platform, access.Finance), "POST", "/v1/companies", `{"name":"A"}`); status != 201 {
		t.Fatal(body)
	}
	b, err := serve.Open(t.Context(), &r.c)
	must(t, err)
	must(t, serve.Backup(t.Context(), &r.c, b, filepath.Join(dir, "copy")))
	if err := serve.Backup(t.Context(), &r.c, b, filepath.Join(dir, "copy")); err == nil || !strings.Contains(err.Error(), "name a folder that is not there yet") {
		t.Errorf("a backup over another: %v", err)
	}
	if err := serve.Backup(t.Context(), &r.c, b, filepath.Join(dir, "none", "copy")); err == nil || !strings.Contains(err.Error(), "cannot be made") {
		t.Errorf("a backup into a folder of none: %v", err)
	}
	must(t, b.DB.Close())
	r.end()
	c := r.c
	c.Data = filepath.Join(dir, "restored")
	must(t, serve.Restore(&c, filepath.Join(dir, "copy")))
	if serve.Restore(&c, filepath.Join(dir, "copy")) == nil {
		t.Error("books were written over")
	}
	again := start(t, c.Data)
	if strings.Contains(again.said, "password") {
		t.Error("the restored books have no operator")
	}
	again.end()
}

// TestOneServeAFolder: a folder that is served is nobody else's to serve, restore
// into or import into.
func TestOneServeAFolder(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "books"))
	for what, try := range map[string]func() error{
		"a second serve": func() error { return serve.Run(t.Context(), &r.c, serve.Logger(io.Discard, r.c.Log), io.Discard) },
		"a restore":      func() error { return serve.Restore(&r.c, t.TempDir()) },
		"an import":      func() error { _, err := serve.Own(&r.c); return err },
	} {
		if err := try(); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "is in use by another waihu") {
			t.Errorf("%s: %v", what, err)
		}
	}
	r.end()
	start(t, r.c.Data).end()
}

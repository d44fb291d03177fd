package desk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"waihu/internal/fault"
)

// client is one person at the interface.
type client struct {
	address string
	http    *http.Client
	cookie  string
	session atomic.Value // string, at the floor; what is done later reads it while a new log-in is made
}

// Bounds of what is read.
const (
	mostAnswer = 1 << 20
	patience   = 30 * time.Second
)

// ask sends a request and reads the answer; body nil: none.
func (c *client) ask(ctx context.Context, method, path string, body, out any) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(b)
	}
	r, err := c.send(ctx, method, path, sent)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, mostAnswer))
	if err != nil {
		return err
	}
	if r.StatusCode >= 300 {
		return refusal(method, path, r.StatusCode, b)
	}
	if k := r.Cookies(); c.cookie == "" && len(k) > 0 { // of the log-in
		c.cookie = k[0].Name + "=" + k[0].Value
	}
	return json.Unmarshal(b, out)
}

// refusal is what the service said no with.
func refusal(method, path string, status int, body []byte) error {
	var p struct{ Code, Detail string }
	_ = json.Unmarshal(body, &p) // what is no problem document has no words
	kind := fault.Invalid
	if status == http.StatusConflict || status == http.StatusTooManyRequests || status >= 500 {
		kind = fault.Conflict
	}
	return fault.New(kind, "%s %s: %d %s %s", method, path, status, p.Code, p.Detail)
}

func (c *client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.address+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	if s, _ := c.session.Load().(string); s != "" {
		r.Header.Set("Floor-Session", s)
	}
	return c.http.Do(r)
}

// events reads server-sent events until they end or told says so.
func (c *client) events(ctx context.Context, path string, told func(kind string, data []byte) (more bool)) error {
	r, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(r.Body, mostAnswer)) // without words it is still refused
		return refusal(http.MethodGet, path, r.StatusCode, b)
	}
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, mostAnswer)
	kind := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			kind = value
		case "data":
			if !told(kind, []byte(value)) {
				return nil
			}
		}
	}
	return lines.Err()
}

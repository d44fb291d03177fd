package robot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"waihu/internal/calling/dialogue"
	"waihu/internal/fault"
	"waihu/internal/notify"
)

// Client asks one dialogue server. It is safe for many goroutines at once.
type Client struct {
	URL     string
	Secrets []string      // as notify.NewSecret makes them, the newest first; each signs
	HTTP    *http.Client  // of a notify.Guard in service, which asks nothing inside
	Timeout time.Duration // of a turn, tries included; 0: dialogue.DefaultAsk
	Counts  *Counts
}

// Counts are how servers did.
type Counts struct {
	Turns  atomic.Int64 // asked
	Slow   atomic.Int64 // no reply in time
	Wrong  atomic.Int64 // a reply that may not be said, or a disposition that is none
	Failed atomic.Int64 // no connection, or another status than 200
	Late   atomic.Int64 // a reply that wanted something of a call that had ended
	Unkept atomic.Int64 // what a call came to, and our books did not take in time

	Whole *Counts // of which these are part; nil: of none
}

// add counts one more, here and in the whole.
func (c *Counts) add(figure func(*Counts) *atomic.Int64) {
	for ; c != nil; c = c.Whole {
		figure(c).Add(1)
	}
}

// Figures of Counts.
func asked(c *Counts) *atomic.Int64  { return &c.Turns }
func slow(c *Counts) *atomic.Int64   { return &c.Slow }
func wrong(c *Counts) *atomic.Int64  { return &c.Wrong }
func failed(c *Counts) *atomic.Int64 { return &c.Failed }
func late(c *Counts) *atomic.Int64   { return &c.Late }
func unkept(c *Counts) *atomic.Int64 { return &c.Unkept }

// Bounds of a client.
const (
	tries   = 2
	maxWAV  = 4 << 20
	wavTime = 5 * time.Second
)

// Ask asks a turn and reads the reply. A connection that fails, and a status that says
// to come again, is tried once more with the same number, within the time of the turn.
func (c *Client) Ask(ctx context.Context, t *dialogue.Turn) (r dialogue.Reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, dialogue.DefaultAsk))
	defer cancel()
	c.Counts.add(asked)
	body, err := json.Marshal(t)
	if err != nil {
		return r, fault.New(fault.Internal, "turn %d of call %s cannot be written: %v", t.Turn, t.Call, err)
	}
	for n := range tries {
		var again bool
		if r, again, err = c.once(ctx, t, body); err == nil || !again || ctx.Err() != nil || n+1 == tries {
			break
		}
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		c.Counts.add(slow)
		err = fault.New(fault.NotFound, "the dialogue server said nothing to turn %d within %s", t.Turn, cmp.Or(c.Timeout, dialogue.DefaultAsk))
	case fault.KindOf(err) == fault.Invalid:
		c.Counts.add(wrong)
	default:
		c.Counts.add(failed)
	}
	return r, err
}

// once is one request; again tells whether another may do better.
func (c *Client) once(ctx context.Context, t *dialogue.Turn, body []byte) (r dialogue.Reply, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return r, false, fault.New(fault.Invalid, "%q is no address of a dialogue server", c.URL)
	}
	req.Header.Set("Content-Type", "application/json")
	if len(c.Secrets) == 0 {
		return r, false, fault.New(fault.Conflict, "the lane has no secret to sign with: make one first")
	}
	if err := notify.Sign(req.Header, c.Secrets, t.Call+"."+strconv.Itoa(t.Turn), t.At.Time(), body); err != nil {
		return r, false, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return r, true, fault.New(fault.NotFound, "the dialogue server cannot be asked: %v", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		return r, true, fault.New(fault.NotFound, "the dialogue server answers with status %d", resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return r, false, fault.New(fault.NotFound, "the dialogue server answers with status %d: 200 was expected", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, dialogue.MaxReply+1))
	if err != nil {
		return r, true, fault.New(fault.NotFound, "the reply of the dialogue server broke off: %v", err)
	}
	r, err = read(data)
	return r, false, err
}

// read reads a reply; what it may not say is Invalid.
func read(data []byte) (r dialogue.Reply, err error) {
	if len(data) > dialogue.MaxReply {
		return r, fault.New(fault.Invalid, "the reply has more than %d bytes", dialogue.MaxReply)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fault.New(fault.Invalid, "the reply is none: %v", err)
	}
	if d.More() {
		return r, fault.New(fault.Invalid, "something stands behind the reply")
	}
	return r, r.Problems().Err()
}

// Fetch reads a WAV file by its address.
func (c *Client) Fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wavTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%q is no address", fault.Shorten(address, 80))
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s cannot be read: %v", fault.Shorten(address, 80), err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxWAV+1))
	switch {
	case err != nil || resp.StatusCode != http.StatusOK:
		return nil, fault.New(fault.NotFound, "%s cannot be read: status %d", fault.Shorten(address, 80), resp.StatusCode)
	case len(data) > maxWAV || !strings.HasPrefix(string(data), "RIFF"):
		return nil, fault.New(fault.Invalid, "%s is no WAV file of at most %d MiB", fault.Shorten(address, 80), maxWAV>>20)
	}
	return data, nil
}

package robot

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/dialogue"
	"waihu/internal/fault"
	"waihu/internal/notify"
)

// TestServersThatDoNotDoTheirPart: each is told apart and counted, and none is waited
// for longer than its turn.
func TestServersThatDoNotDoTheirPart(t *testing.T) {
	gate := make(chan struct{})
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		switch r.URL.Path {
		case "/slow":
			<-gate
		case "/busy":
			if calls.Load() == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(w, `{"hang_up":true}`)
		case "/status":
			w.WriteHeader(http.StatusNotFound)
		case "/long":
			_, _ = io.WriteString(w, `{"state":"`+strings.Repeat("x", dialogue.MaxReply)+`"}`)
		case "/other":
			_, _ = io.WriteString(w, `{"shout":true}`)
		case "/two":
			_, _ = io.WriteString(w, `{"hang_up":true}{}`)
		case "/both":
			_, _ = io.WriteString(w, `{"hang_up":true,"agent":true}`)
		}
	}))
	defer server.Close()
	defer close(gate)
	for path, want := range map[string]struct {
		slow, wrong, failed, calls int64
	}{"/slow": {1, 0, 0, 1}, "/busy": {0, 0, 0, 2}, "/status": {0, 0, 1, 1}, "/long": {0, 1, 0, 1}, "/other": {0, 1, 0, 1}, "/two": {0, 1, 0, 1}, "/both": {0, 1, 0, 1}} {
		calls.Store(0)
		c := &Client{URL: server.URL + path, Secrets: []string{notify.NewSecret()}, HTTP: server.Client(), Counts: &Counts{}}
		if path == "/slow" {
			c.Timeout = 50 * time.Millisecond
		}
		_, err := c.Ask(context.Background(), &dialogue.Turn{Call: "try_1", Turn: 1})
		if got := c.Counts; got.Turns.Load() != 1 || got.Slow.Load() != want.slow || got.Wrong.Load() != want.wrong || got.Failed.Load() != want.failed || calls.Load() != want.calls || (err == nil) != (path == "/busy") {
			t.Errorf("%s: %v; slow %d, wrong %d, failed %d, asked %d times", path, err, got.Slow.Load(), got.Wrong.Load(), got.Failed.Load(), calls.Load())
		}
	}
}

// TestNothingInsideIsAsked: the guard that deliveries have keeps dialogues out as well.
func TestNothingInsideIsAsked(t *testing.T) {
	c := &Client{URL: "http://127.0.0.1:1/", Secrets: []string{notify.NewSecret()}, HTTP: (&notify.Guard{}).Client(), Counts: &Counts{}}
	if _, err := c.Ask(context.Background(), &dialogue.Turn{}); err == nil || !strings.Contains(err.Error(), "cannot be asked") {
		t.Error(err)
	}
	if _, err := c.Fetch(context.Background(), "http://169.254.169.254/a.wav"); err == nil {
		t.Error("a file inside was read")
	}
}

// line is a call that is played at once.
type line struct {
	said   []string
	kept   []error // what Settle says, one after the other; then nil
	events chan dialogue.Event
}

func (l *line) Say(prompt string) { l.said = append(l.said, prompt); l.events <- dialogue.Played{} }
func (l *line) Play(wav []byte)   { l.said = append(l.said, string(wav)); l.events <- dialogue.Played{} }
func (l *line) Settle(dialogue.Outcome) (err error) {
	if len(l.kept) > 0 {
		err, l.kept = l.kept[0], l.kept[1:]
	}
	return err
}
func (l *line) HandOver(string)          {}
func (l *line) Answer(map[string]string) {}
func (l *line) HangUp()                  { l.events <- dialogue.Ended{} }

// TestWAVByItsAddress is fetched and played; one that is none is passed over.
func TestWAVByItsAddress(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.wav":
			_, _ = io.WriteString(w, "RIFF and so on")
		case "/b.wav":
			_, _ = io.WriteString(w, "<html>")
		default:
			_, _ = io.WriteString(w, `{"say":[{"wav":"`+server.URL+`/a.wav"},{"wav":"`+server.URL+`/b.wav"},{"prompt":"bye"}],"hang_up":true}`)
		}
	}))
	defer server.Close()
	l := &line{events: make(chan dialogue.Event, 100)}
	c := &Client{URL: server.URL, Secrets: []string{notify.NewSecret()}, HTTP: server.Client(), Counts: &Counts{}}
	Run(context.Background(), c, dialogue.New("a", "b", dialogue.Limits{}), dialogue.Person{}, l, l.events)
	if got := strings.Join(l.said, ", "); got != "RIFF and so on, bye" {
		t.Error(got)
	}
}

// TestTheCallEndsFirst: Run returns while its server still thinks.
func TestTheCallEndsFirst(t *testing.T) {
	gate, asked := make(chan struct{}), make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), `"happened":"over"`) {
			return
		}
		asked <- struct{}{}
		<-gate
	}))
	defer server.Close()
	defer close(gate)
	l := &line{events: make(chan dialogue.Event, 10)}
	c := &Client{URL: server.URL, Secrets: []string{notify.NewSecret()}, HTTP: server.Client(), Counts: &Counts{}}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-asked
		stop()
	}()
	s := dialogue.New("a", "b", dialogue.Limits{})
	Run(ctx, c, s, dialogue.Person{}, l, l.events)
	if !s.IsOver() {
		t.Error("it is not over")
	}
}

// replies is a server that says the same to each turn.
type replies string

func (r replies) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(r)))}, nil
}

// TestWhoseFaultItIs that a disposition is not kept: the server's, where the campaign has
// none such; ours, where the books are away: they are asked again for a minute.
func TestWhoseFaultItIs(t *testing.T) {
	away := fault.New(fault.Conflict, "the books are away")
	for what, c := range map[string]struct {
		kept          []error
		said          string
		wrong, unkept int64
	}{
		"right": {nil, "never", 0, 0},
		"wrong": {[]error{fault.New(fault.Invalid, "there is no such")}, "sorry", 1, 0},
		"away":  {[]error{away, away, away}, "never", 0, 0},
		"long":  {slices.Repeat([]error{away}, 100), "sorry", 0, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &line{events: make(chan dialogue.Event, 100), kept: c.kept}
			client := &Client{URL: "https://robot.example/", Secrets: []string{notify.NewSecret()}, HTTP: &http.Client{Transport: replies(`{"say":[{"prompt":"never"}],"hang_up":true,"disposition":{"code":"refused"}}`)}, Counts: &Counts{}}
			s := dialogue.New("a", "b", dialogue.Limits{Fallback: "sorry"})
			Run(t.Context(), client, s, dialogue.Person{}, l, l.events)
			if got := strings.Join(l.said, ", "); got != c.said || client.Counts.Wrong.Load() != c.wrong || client.Counts.Unkept.Load() != c.unkept || s.HasFailed() != (what == "wrong") {
				t.Errorf("%s: said %q, wrong %d, not kept %d, failed %v", what, got, client.Counts.Wrong.Load(), client.Counts.Unkept.Load(), s.HasFailed())
			}
		})
	}
}

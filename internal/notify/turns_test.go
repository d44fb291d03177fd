package notify_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"waihu/internal/id"
	"waihu/internal/notify"
)

// as does something as another company of the same world.
func (w *world) as(c id.Company, do func()) {
	own := w.c
	w.c = c
	do()
	w.c = own
}

func (w *world) company() id.Company {
	w.Helper()
	i, err := w.post.IDs.At(w.now)
	must(w.T, err)
	return id.Company{ID: i}
}

// messages are those of the company whose receiver hangs.
const messages = 100

// TestAStuckReceiverHoldsUpNobody: a company whose receiver never answers has many
// messages in front of everybody else's; theirs arrive while it hangs.
func TestAStuckReceiverHoldsUpNobody(t *testing.T) {
	w := newWorld(t)
	hang, hung := make(chan struct{}), make(chan struct{}, messages)
	var hanging, most atomic.Int64
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		for n := hanging.Add(1); n > most.Load(); {
			most.Store(n)
		}
		hung <- struct{}{}
		<-hang
		hanging.Add(-1)
	}))
	defer stuck.Close()
	const others, each = 5, 6
	arrived := make(chan struct{}, others*each)
	w.answer = func(http.ResponseWriter, *http.Request) { arrived <- struct{}{} }
	w.endpoint(stuck.URL)
	for range messages {
		w.announce("call.ended")
	}
	var rest []id.Company
	for range others {
		c := w.company()
		rest = append(rest, c)
		w.as(c, func() {
			w.endpoint(w.server.URL)
			for range each {
				w.announce("call.ended")
			}
		})
	}
	done := make(chan error, 1)
	go func() { done <- w.post.Due(t.Context(), notify.Webhook) }()
	for range others * each { // all of them, although nothing of the first company's ends
		<-arrived
	}
	for range 4 {
		<-hung
	}
	close(hang)
	must(t, <-done)
	if n := most.Load(); n > 4 {
		t.Errorf("%d deliveries of one company at once", n)
	}
	for _, c := range rest {
		w.as(c, func() {
			if n := len(w.messages("waiting")) + len(w.messages("dead")); n != 0 {
				t.Errorf("%d messages of %s were not sent", n, c)
			}
		})
	}
}

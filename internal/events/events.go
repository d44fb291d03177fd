// Package events writes server-sent events to one reader: of the floor, of trunks.
//
// It owns their form, how often a reader hears that the other side is there, how long one
// may take a piece, and when a stream ends. It does not own what is told.
package events

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Bounds of a stream.
const (
	Life  = 30 * time.Minute // then the reader asks again, and shows again who they are
	Beat  = 15 * time.Second // a line that says nothing, so that both sides know the other is there
	Proof = 5 * time.Second  // a reader is asked at most so often whether they may still read, before they are told more
	write = 10 * time.Second // for a reader to take one piece; then it is cut off
)

// Type is the content type of a stream.
const Type = "text/event-stream"

// Head says what follows, and asks proxies not to hold it back.
func Head(h http.Header) {
	h.Set("Content-Type", Type)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
}

// Writer writes to one reader.
type Writer struct {
	w  io.Writer
	to *http.ResponseController
}

// To writes to a reader, who is to come again two seconds after a stream has ended.
func To(w http.ResponseWriter) (*Writer, error) {
	s := &Writer{w, http.NewResponseController(w)}
	return s, s.put("retry: 2000\n\n")
}

// Send tells something of a kind; seq is its number, by which a reader knows what is
// newer, and 0 is none.
func (s *Writer) Send(seq int64, kind string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.Raw(seq, kind, b)
}

// Raw tells what is JSON already.
func (s *Writer) Raw(seq int64, kind string, data []byte) error {
	number := ""
	if seq > 0 {
		number = fmt.Sprintf("id: %d\n", seq)
	}
	return s.put(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", number, kind, data))
}

// Here tells nothing but that the stream goes on.
func (s *Writer) Here() error { return s.put(": here\n\n") }

// put sends a piece at once. A reader who does not take it in time is cut off: the next
// time they ask they get everything.
func (s *Writer) put(text string) error {
	_ = s.to.SetWriteDeadline(time.Now().Add(write)) // where it cannot be set, that of all answers holds
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.to.Flush()
}

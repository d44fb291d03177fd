package events_test

import (
	"net/http/httptest"
	"testing"

	"waihu/internal/events"
)

// TestForm is that of the standard, piece by piece.
func TestForm(t *testing.T) {
	w := httptest.NewRecorder()
	events.Head(w.Header())
	s, err := events.To(w)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.Send(7, "agent", map[string]int{"calls": 2}), s.Raw(0, "trunks", []byte("[]")), s.Here()} {
		if err != nil {
			t.Error(err)
		}
	}
	if err := s.Send(8, "agent", func() {}); err == nil {
		t.Error("what is no JSON is told")
	}
	const want = "retry: 2000\n\nid: 7\nevent: agent\ndata: {\"calls\":2}\n\nevent: trunks\ndata: []\n\n: here\n\n"
	if got := w.Body.String(); got != want || !w.Flushed || w.Header().Get("Content-Type") != events.Type {
		t.Errorf("%q, want %q", got, want)
	}
}

package sip

import (
	"context"
	"time"
)

// Watching is a peer whose health is watched with OPTIONS. Zero values take what
// stands beside them.
type Watching struct {
	To     string        // SIP address
	Proxy  string        // outbound proxy; empty: none
	Every  time.Duration // between two questions; 30 s
	Within time.Duration // time to answer; 4 s
	Misses int           // in a row that make it down; 2
	Told   func(Health)  // what is known after each question; it must not wait; nil: nobody is told
}

// Health is what is known of a peer.
type Health struct {
	Known    bool          // it was asked, and up or down is said
	Up       bool          // it answers
	Since    time.Time     // since when it is as it is
	Answered time.Time     // when the last answer came; zero: none ever
	Took     time.Duration // how long that answer took
	Code     int           // its status
	Misses   int           // questions in a row without an answer that counts
	Why      string        // of the last miss
}

// Watch watches a peer until it is closed, or the endpoint is.
type Watch struct {
	*task
	e     *Endpoint
	of    Watching
	state kept[Health]
}

// Watch begins to watch a peer.
func (e *Endpoint) Watch(w Watching) (*Watch, error) {
	if _, err := e.outside("OPTIONS", w.To, w.Proxy); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		at *time.Duration
		is time.Duration
	}{{&w.Every, 30 * time.Second}, {&w.Within, 4 * time.Second}} {
		if *d.at == 0 {
			*d.at = d.is
		}
	}
	if w.Misses == 0 {
		w.Misses = 2
	}
	h := &Watch{e: e, of: w}
	var err error
	h.task, err = e.again(h.ask, func() {})
	return h, err
}

// Health is what is known now.
func (h *Watch) Health() Health { return h.state.get() }

// ask asks once.
func (h *Watch) ask(closing context.Context) time.Duration {
	ctx, stop := context.WithTimeout(closing, h.of.Within)
	defer stop()
	took, code, err := h.e.ping(ctx, h.of.To, h.of.Proxy)
	if closing.Err() != nil {
		return 0 // that says nothing of the peer
	}
	now := h.e.now()
	h.state.change(func(s *Health) {
		was, known := s.Up, s.Known
		switch {
		case err != nil:
			s.Misses, s.Why = s.Misses+1, err.Error()
		default:
			s.Answered, s.Took, s.Code = now, took, code
			if unable(code) {
				s.Misses, s.Why = s.Misses+1, "it says it can take no calls"
			} else {
				s.Misses, s.Why, s.Up, s.Known = 0, "", true, true
			}
		}
		if s.Misses >= h.of.Misses {
			s.Up, s.Known = false, true
		}
		if s.Up != was || s.Known != known {
			s.Since = now
		}
	})
	if h.of.Told != nil {
		h.of.Told(h.state.get())
	}
	return h.of.Every
}

// unable tells whether an answer says that calls will not go through. Any other
// answer, even a refusal of OPTIONS, comes from somebody who is there.
func unable(code int) bool { return code == 408 || code == 503 || code == 504 }

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
)

// Bounds of a stream of events.
const (
	streamLife  = 30 * time.Minute // then the reader asks again, and shows again who they are
	streamBeat  = 15 * time.Second // a line that says nothing, so that both sides know the other is there
	streamWrite = 10 * time.Second // for a reader to take one piece; then it is cut off
)

// eventsOut is a stream of server-sent events.
type eventsOut struct {
	ContentType string `header:"Content-Type"`
	Buffering   string `header:"X-Accel-Buffering" doc:"Proxies are asked not to hold it back."`
	Body        func(huma.Context)
}

func (a *API) floorEventRoutes() {
	allowed(a, op{id: "floor-events", method: http.MethodGet, path: "/v1/floor/events", may: access.FloorWatch,
		what: "What changes on the floor (server-sent events): first `floor` with everything, then `campaign`, `agent`, `standing` and `gone`, each as it is now. The id is the sequence number."},
		func(ctx context.Context, _ *caller, c id.Company, _ *none) (*eventsOut, error) {
			if a.d.Floor == nil {
				return nil, errNoFloor
			}
			r, err := a.d.Floor.Read(c, "")
			if err != nil {
				return nil, err
			}
			first, err := a.d.Floor.Overview(ctx, c)
			if err != nil {
				r.Close()
				return nil, err
			}
			return eventStream(r, func(s *events) (int64, error) { return first.Seq, s.send(first.Seq, "floor", first) }, false), nil
		})
	type mineIn struct {
		FloorSession
		Asked string `query:"session" maxLength:"60" doc:"As Floor-Session, for browsers that cannot send headers."`
	}
	allowed(a, op{id: "floor-me-events", method: http.MethodGet, path: "/v1/floor/me/events", may: access.FloorWork,
		what: "One's desk as it changes (server-sent events): `desk`, the whole of it each time, and `gone` at the end."},
		func(_ context.Context, k *caller, c id.Company, in *mineIn) (*eventsOut, error) {
			user, session := agentOf(k.actor), in.Session
			if in.Asked != "" {
				session = in.Asked
			}
			switch {
			case a.d.Floor == nil:
				return nil, errNoFloor
			case session == "":
				return nil, fault.Problem{Path: "session", What: "the log-in is missing", Expected: "what floor-login gave"}
			}
			if _, err := a.d.Floor.Desk(c, user, session); err != nil {
				return nil, err
			}
			r, err := a.d.Floor.Read(c, session)
			if err != nil {
				return nil, err
			}
			return eventStream(r, func(s *events) (int64, error) {
				_, all := r.First()
				for i := range all {
					if err := s.raw(all[i].Seq, "desk", all[i].Data); err != nil {
						return 0, err
					}
				}
				return 0, nil
			}, true), nil
		})
}

// eventStream answers with first and then what a reader is told; once: it ends when the
// one thing it is about is gone.
func eventStream(r *floor.Reader, first func(*events) (int64, error), once bool) *eventsOut {
	return &eventsOut{ContentType: "text/event-stream", Buffering: "no", Body: func(h huma.Context) {
		defer r.Close()
		_, w := humago.Unwrap(h)
		s := &events{w: w, to: http.NewResponseController(w)}
		if s.comment("retry: 2000") != nil {
			return
		}
		seen, err := first(s)
		end := time.Now().Add(streamLife)
		for err == nil && time.Now().Before(end) {
			ctx, stop := context.WithTimeout(h.Context(), streamBeat)
			list := r.Next(ctx)
			stop()
			if h.Context().Err() != nil {
				return
			}
			if len(list) == 0 {
				err = s.comment(": here")
			}
			for i := 0; i < len(list) && err == nil; i++ {
				c := &list[i]
				if c.Seq <= seen {
					continue
				}
				if c.Data != nil {
					err = s.raw(c.Seq, c.Kind, c.Data)
					continue
				}
				err = s.send(c.Seq, "gone", goneEvent{c.Kind, c.Key})
				if once {
					return
				}
			}
		}
	}}
}

// goneEvent is what is not there any more.
type goneEvent struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// events writes server-sent events.
type events struct {
	w  io.Writer
	to *http.ResponseController
}

func (s *events) send(seq int64, kind string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.raw(seq, kind, b)
}

func (s *events) raw(seq int64, kind string, data []byte) error {
	return s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", seq, kind, data))
}

func (s *events) comment(line string) error { return s.write(line + "\n\n") }

// write sends a piece at once. A reader who does not take it in time is cut off: the next
// time they ask they get everything.
func (s *events) write(text string) error {
	_ = s.to.SetWriteDeadline(time.Now().Add(streamWrite)) // where it cannot be set, that of all answers holds
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.to.Flush()
}

package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/events"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
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
		func(ctx context.Context, k *caller, c id.Company, _ *none) (*eventsOut, error) {
			if a.d.Floor == nil {
				return nil, errNoFloor
			}
			r, err := a.d.Floor.Read(c)
			if err != nil {
				return nil, err
			}
			first, err := a.d.Floor.Overview(ctx, c)
			if err != nil {
				r.Close()
				return nil, err
			}
			return a.eventStream(r, func(s *events.Writer) (int64, error) { return first.Seq, s.Send(first.Seq, "floor", first) }, func(ctx context.Context) bool { return k.holds(ctx, access.FloorWatch, c) }, false), nil
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
			r, err := a.d.Floor.ReadDesk(c, user, session)
			if err != nil {
				return nil, err
			}
			return a.eventStream(r, func(s *events.Writer) (int64, error) {
				seq, desk := r.First()
				return seq, tell(s, &desk[0], true)
			}, func(ctx context.Context) bool { return k.holds(ctx, access.FloorWork, c) }, true), nil
		})
}

// eventStream answers with first and then what a reader is told; once: it ends when the
// one thing it is about is gone. holds tells whether the reader may still read; a reader
// who may not is cut off within a beat, and told why when they ask again.
func (a *API) eventStream(r *floor.Reader, first func(*events.Writer) (int64, error), holds func(context.Context) bool, once bool) *eventsOut {
	return &eventsOut{ContentType: events.Type, Buffering: "no", Body: func(h huma.Context) {
		defer r.Close()
		_, w := humago.Unwrap(h)
		s, err := events.To(w)
		if err != nil {
			return
		}
		seen, err := first(s)
		end, proved := time.Now().Add(events.Life), time.Now()
		for err == nil && time.Now().Before(end) {
			ctx, stop := context.WithTimeout(h.Context(), events.Beat)
			done := context.AfterFunc(a.ending, stop)
			list := r.Next(ctx)
			done()
			stop()
			if h.Context().Err() != nil || a.ending.Err() != nil {
				return
			}
			if time.Since(proved) >= events.Proof {
				if proved = time.Now(); !holds(h.Context()) {
					_ = s.Here() // with time for the end to be written; a reader who went away is none
					return
				}
			}
			if len(list) == 0 {
				err = s.Here()
			}
			for i := 0; i < len(list) && err == nil; i++ {
				if list[i].Seq > seen {
					err = tell(s, &list[i], once)
				}
			}
		}
	}}
}

// tell writes a change; io.EOF: the one thing the stream is about is gone.
func tell(s *events.Writer, c *floor.Change, once bool) error {
	if c.Data != nil {
		return s.Raw(c.Seq, c.Kind, c.Data)
	}
	err := s.Send(c.Seq, "gone", goneEvent{c.Kind, c.Key})
	if err == nil && once {
		err = io.EOF
	}
	return err
}

// goneEvent is what is not there any more.
type goneEvent struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

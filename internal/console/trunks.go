package console

import (
	"net/http"
	"time"

	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/voice/trunk"
)

// trunkRow is how a trunk of this node is.
type trunkRow struct {
	Name           string
	State, Tone    string // up, rests, down, apart
	Why            string // in the carrier's words, of one we are not registered at
	Until          string // of its rest
	Open, Channels int
	Calls          int64
	Answered       int64
	Rate           exact.Number
}

// trunks is the health of the trunks of the node that answers.
func (s *Server) trunks(w http.ResponseWriter, _ *http.Request, v *visit) error {
	var rows []trunkRow
	if s.d.Trunks != nil {
		for _, t := range s.d.Trunks() { // bounded by the trunks of a file
			rows = append(rows, trunkRowOf(&t))
		}
	}
	s.render(w, v, http.StatusOK, "trunks", &Page{Title: v.say("nav.trunks"), Lead: v.say("trunks.lead"), Here: "/trunks", Body: map[string]any{"Rows": rows, "At": stamp(timex.At(time.Now()))}})
	return nil
}

func trunkRowOf(t *trunk.State) trunkRow {
	out := trunkRow{Name: t.Name, State: "up", Tone: "good", Open: t.Open, Channels: t.Channels, Calls: t.Calls, Answered: t.Answered}
	switch {
	case t.Apart != "":
		out.State, out.Tone, out.Why = "apart", "bad", t.Apart
	case t.Down:
		out.State, out.Tone = "down", "bad"
	case !t.Rests.IsZero():
		out.State, out.Tone, out.Until = "rests", "warn", stamp(timex.At(t.Rests))
	}
	if t.Calls > 0 {
		out.Rate = exact.Int(t.Answered).Div(exact.Int(t.Calls))
	}
	return out
}

package console

import (
	"net/http"
	"slices"
	"time"

	"waihu/internal/access"
	"waihu/internal/events"
)

// targets are the numbers of the wallboard a supervisor may set a target for. They stand
// in the address, so that a screen on the wall shows those it was opened with.
var targets = []string{"busy", "wait", "hour", "cost", "spend"}

// targetText bounds a target as it is written.
const targetText = 12

// wallboardBody is the wallboard before the first state has come.
type wallboardBody struct {
	Boot    island
	TV      bool
	Other   string // the same board on the wall, or back from it
	Targets []wallboardTarget
}

// wallboardTarget is a field of the form for targets.
type wallboardTarget struct{ Name, Label, Value string }

// wallboard is what a supervisor watches; what it shows comes from the floor.
func (s *Server) wallboard(w http.ResponseWriter, r *http.Request, v *visit) error {
	boot, err := s.islandOf(w, v, "wall.", "desk.", "choice.mode.")
	if err != nil {
		return err
	}
	if s.d.Trunks != nil {
		boot.Trunks = v.at("/wallboard/trunks")
	}
	b := wallboardBody{Boot: boot, TV: r.URL.Query().Get("tv") != ""}
	b.Boot.Targets = map[string]string{}
	kept := r.URL.Query()
	for _, name := range targets {
		value := kept.Get("t_" + name)
		if len(value) > targetText {
			value = ""
		}
		b.Boot.Targets[name] = value
		b.Targets = append(b.Targets, wallboardTarget{"t_" + name, v.say("wall.target_" + name), value})
	}
	kept.Del("tv")
	if !b.TV {
		kept.Set("tv", "1")
	}
	b.Other = v.at("/wallboard")
	if rest := kept.Encode(); rest != "" {
		b.Other += "?" + rest
	}
	s.render(w, v, http.StatusOK, "wallboard", &Page{Title: v.say("nav.wallboard"), Lead: v.say("wall.lead"), Here: v.at("/wallboard"), Crumbs: v.crumbs(), Full: b.TV, Island: "wallboard", Body: b})
	return nil
}

// trunkLook is how often the trunks are looked at; what changed is told.
const trunkLook = 2 * time.Second

// wallTrunk is a trunk as the wallboard shows it.
type wallTrunk struct {
	Name     string `json:"name"`
	Open     int    `json:"open"`
	Channels int    `json:"channels"`
	Calls    int64  `json:"calls"`
	Answered int64  `json:"answered"`
	State    string `json:"state"`           // good, rests, down, apart
	Apart    bool   `json:"apart,omitempty"` // its figures are the operator's
}

// trunkEvents tells how the trunks are, and again when that changes.
func (s *Server) trunkEvents(w http.ResponseWriter, r *http.Request, v *visit) error {
	events.Head(w.Header())
	out, err := events.To(w)
	if err != nil {
		return nil // the reader went away
	}
	tick, end := time.NewTicker(trunkLook), time.Now().Add(events.Life)
	defer tick.Stop()
	var told []wallTrunk
	said := time.Now()
	for first := true; time.Now().Before(end); first = false {
		rows := s.wallTrunks(v)
		switch {
		case first || !slices.Equal(rows, told):
			told, said, err = rows, time.Now(), out.Send(0, "trunks", rows)
		case time.Since(said) >= events.Beat:
			said, err = time.Now(), out.Here()
		}
		if err != nil {
			return nil // the reader went away
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.ending.Done():
			return nil
		case <-tick.C:
		}
	}
	return nil
}

// wallTrunks are the trunks; who is no operator learns whether they carry calls, neither
// their names nor how many calls of others they have.
func (s *Server) wallTrunks(v *visit) []wallTrunk {
	rows := []wallTrunk{}
	if s.d.Trunks == nil {
		return rows
	}
	named := v.everywhere(access.Operate)
	for i, t := range s.d.Trunks() {
		row := wallTrunk{Name: t.Name, Open: t.Open, Channels: t.Channels, Calls: t.Calls, Answered: t.Answered, State: "good"}
		if !named {
			row = wallTrunk{Name: v.say("wall.trunk_n", "n", itoa(i+1)), State: "good", Apart: true}
		}
		switch {
		case t.Down:
			row.State = "down"
		case t.Apart != "":
			row.State = "apart"
		case !t.Rests.IsZero():
			row.State = "rests"
		}
		rows = append(rows, row)
	}
	return rows
}

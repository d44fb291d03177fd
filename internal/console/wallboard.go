package console

import (
	"net/http"

	"waihu/internal/access"
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
	Trunks  bool   // there are some
	About   string // what is said of calling numbers, explained; empty: who looks may not read reports
	Lines   string // likewise of trunks
	Other   string // the same board on the wall, or back from it
	Targets []wallboardTarget
}

// wallboardTarget is a field of the form for targets.
type wallboardTarget struct{ Name, Label, Value string }

// wallboard is what a supervisor watches; what it shows comes from the floor.
func (s *Server) wallboard(w http.ResponseWriter, r *http.Request, v *visit) error {
	boot, err := s.islandOf(w, v, "wall.", "desk.", "choice.campaign_mode.", "calling_report.verdict.")
	if err != nil {
		return err
	}
	boot.Health = v.at("/wallboard/health")
	b := wallboardBody{Boot: boot, Trunks: s.d.Trunks != nil, TV: r.URL.Query().Get("tv") != ""}
	if v.may(access.CampaignRead) {
		b.About, b.Lines = v.at("/reports/numbers"), v.at("/reports/trunks")
	}
	if v.everywhere(access.Operate) {
		b.Lines = "/trunks"
	}
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

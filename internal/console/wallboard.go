package console

import (
	"net/http"
	"regexp"

	"waihu/internal/access"
	"waihu/internal/fault"
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
	Wrong   bool // one of them is no number
}

// wallboardTarget is a field of the form for targets.
type wallboardTarget struct{ Name, Label, Value, Wrong string }

// decimal is a target as it may be written.
var decimal = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?$`)

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
		field := wallboardTarget{Name: "t_" + name, Label: v.say("wall.target_" + name), Value: kept.Get("t_" + name)}
		if field.Value == "" || len(field.Value) <= targetText && decimal.MatchString(field.Value) {
			b.Boot.Targets[name] = field.Value
		} else {
			field.Wrong, b.Wrong = v.say("wall.target_wrong", "value", fault.Shorten(field.Value, targetText)), true
		}
		b.Targets = append(b.Targets, field)
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

package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func (s *Server) ownQualityPages() {
	s.page("GET /c/{company}/quality/mine", access.QualityOwn, s.ownScores)
	s.page("GET /c/{company}/quality/mine/{inspection}", access.QualityOwn, s.ownScore)
	s.page("POST /c/{company}/quality/mine/{inspection}", access.QualityOwn, s.object)
	s.page("GET /c/{company}/quality/mine/{inspection}/sound", access.QualityOwn, s.ownSound)
	s.page("GET /c/{company}/quality/mine/{inspection}/peaks", access.QualityOwn, s.ownPeaks)
}

// ownScores lists the visitor's own scores.
func (s *Server) ownScores(w http.ResponseWriter, r *http.Request, v *visit) error {
	after, err := afterOf(r, "insp")
	if err != nil {
		return err
	}
	list, err := s.d.System.Inspections(r.Context(), v.company, app.InspectionQuery{Agent: agentOf(v), Page: store.Page{After: after, Limit: pageRows + 1}})
	if err != nil {
		return err
	}
	next := ""
	if len(list) > pageRows {
		list = list[:pageRows]
		next = "?after=" + list[pageRows-1].ID.Named("insp")
	}
	var rows []inspectionRow
	for i := range list {
		if list[i].State != app.InspectionDrawn { // what waits is nobody's score yet
			rows = append(rows, s.inspectionRow(v, &list[i], v.at("/quality/mine/")))
		}
	}
	b := map[string]any{"Rows": rows, "Next": next}
	s.render(w, v, http.StatusOK, "own-scores", &Page{Title: v.say("nav.own_scores"), Lead: v.say("quality.mine_lead"), Here: v.at("/quality/mine"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// ownIn is an inspection of the visitor's own call. Another's does not exist here.
func (s *Server) ownIn(v *visit) (app.Inspection, error) {
	x, err := s.inspectionIn(v)
	if err == nil && (x.Agent != agentOf(v) || x.State == app.InspectionDrawn) {
		err = fault.New(fault.NotFound, "there is no such score")
	}
	return x, err
}

// ownScore shows one, with the call it is about.
func (s *Server) ownScore(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.ownIn(v)
	if err != nil {
		return err
	}
	return s.ownScorePage(w, v, http.StatusOK, &x, v.blank(), "")
}

func (s *Server) ownScorePage(w http.ResponseWriter, v *visit, status int, x *app.Inspection, f *form, refused string) error {
	b, err := s.inspectionBody(v, x, f, v.at("/quality/mine/"))
	if err != nil {
		return err
	}
	b.Refused, b.Object = refused, x.State == app.InspectionScored
	if b.Player, err = s.playerOf(v, x.Recording, b.Post); err != nil {
		return err
	}
	hearing(w)
	s.render(w, v, status, "inspection", &Page{Title: v.say("quality.of_call", "at", b.Row.Made), Lead: v.formName(x.FormName, x.Version), Here: v.at("/quality/mine"), Crumbs: v.crumbs(Link{v.say("nav.own_scores"), v.at("/quality/mine")}), Island: "player", Body: b})
	return nil
}

// object is the agent's word against a score.
func (s *Server) object(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.ownIn)
	if err != nil {
		return err
	}
	words := f.text("words", 2000)
	if !f.OK() {
		return s.ownScorePage(w, v, http.StatusUnprocessableEntity, &x, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		_, err := s.d.System.ObjectToScore(ctx, v.company, x.ID, agentOf(v), words)
		return access.Deed{Action: "quality.object", Target: x.ID.Named("insp"), Reason: words}, v.at("/quality/mine/" + x.ID.Named("insp")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.ownScorePage(w, v, status, &x, f, why) })
}

// ownSound lets an agent hear their own call that was scored.
func (s *Server) ownSound(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.ownIn(v)
	if err != nil {
		return err
	}
	return s.giveSound(w, v, x.Recording, app.HeardRecording)
}

func (s *Server) ownPeaks(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.ownIn(v)
	if err != nil {
		return err
	}
	return s.givePeaks(w, v, x.Recording)
}

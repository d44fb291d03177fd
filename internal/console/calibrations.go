package console

import (
	"context"
	"net/http"
	"strconv"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

func (s *Server) calibrationPages() {
	s.page("GET /c/{company}/quality/calibrations", access.QualityRead, s.calibrations)
	s.page("POST /c/{company}/quality/calibrations", access.QualityWrite, s.beginCalibration)
	s.page("GET /c/{company}/quality/calibrations/{calibration}", access.QualityRead, s.calibration)
	s.page("POST /c/{company}/quality/calibrations/{calibration}", access.QualityScore, s.scoreCalibration)
}

// calibrationRow is a calibration in a list.
type calibrationRow struct {
	app.Calibration
	Href, Made, Alpha string
}

// alphaText is a figure of agreement; a dash where there is none.
func alphaText(units [][]float64) string {
	a, ok := quality.Alpha(units)
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(a, 'f', 2, 64)
}

func (s *Server) calibrationRow(v *visit, x *app.Calibration) (calibrationRow, *app.ScoreForm, error) {
	f, err := s.d.System.GetScoreForm(v.r.Context(), v.company, x.Form)
	return calibrationRow{*x, v.at("/quality/calibrations/" + x.ID.Named("cal")), v.moment(x.Made), alphaText(x.Units(&f.Form))}, &f, err
}

// calibrations lists them and begins one.
func (s *Server) calibrations(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.calibrationsPage(w, v, http.StatusOK, v.blank("recording", r.URL.Query().Get("recording")), "")
}

func (s *Server) calibrationsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	after, err := afterOf(v.r, "cal")
	if err != nil {
		return err
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	list, err := s.d.System.Calibrations(v.r.Context(), v.company, store.Page{After: after, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	next := ""
	if len(list) > pageRows {
		list = list[:pageRows]
		next = "?after=" + list[pageRows-1].ID.Named("cal")
	}
	var rows []calibrationRow
	var all [][]float64
	for i := range list {
		row, of, err := s.calibrationRow(v, &list[i])
		if err != nil {
			return err
		}
		rows = append(rows, row)
		all = append(all, list[i].Units(&of.Form)...)
	}
	off, err := s.qualityOff(v)
	if err != nil {
		return err
	}
	forms, err := s.formOptions(v)
	if err != nil {
		return err
	}
	b := map[string]any{"Off": off, "Rows": rows, "Next": next, "All": alphaText(all), "Form": f, "Forms": forms, "May": v.may(access.QualityWrite) && off == nil && len(forms) > 0, "Refused": refused}
	s.render(w, v, status, "calibrations", &Page{Title: v.say("quality.calibrations"), Lead: v.say("quality.calibrations_lead"), Here: v.at("/quality"), Crumbs: v.underQuality(), Body: b})
	return nil
}

func (s *Server) beginCalibration(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	name, recording, form := f.line("name", 60), f.id("recording", "rec"), f.id("form", "form")
	if !f.OK() {
		return s.calibrationsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		x, err := s.d.System.BeginCalibration(ctx, v.company, scorer(v), name, recording, form)
		return access.Deed{Action: "quality.calibrate", Target: x.ID.Named("cal"), After: x}, v.at("/quality/calibrations/" + x.ID.Named("cal")), err
	})
	if err != nil && fault.KindOf(err) == fault.NotFound {
		f.wrong("recording", "quality.no_recording")
		return s.calibrationsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	var why string
	return again(err, &why, func(status int) error { return s.calibrationsPage(w, v, status, f, why) })
}

func (s *Server) calibrationIn(v *visit) (out app.Calibration, err error) {
	i, err := id.ParseNamed("cal", v.r.PathValue("calibration"))
	if err != nil {
		return out, fault.New(fault.NotFound, "there is no such calibration")
	}
	return s.d.System.GetCalibration(v.r.Context(), v.company, i)
}

// raterRow is what an inspector found, question by question.
type raterRow struct {
	By, Total, Tone string
	Cells           []string
}

// calibrationBody is the page of one.
type calibrationBody struct {
	Row       calibrationRow
	Form      *form
	Sections  []sectionRow
	Player    *playerView
	Score     bool
	Shown     bool // whoever looks has scored, or does not score
	Raters    []raterRow
	Questions []string
	Refused   string
	Post      string
}

func (s *Server) calibration(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.calibrationIn(v)
	if err != nil {
		return err
	}
	return s.calibrationPage(w, v, http.StatusOK, &x, v.blank(), "")
}

func (s *Server) calibrationPage(w http.ResponseWriter, v *visit, status int, x *app.Calibration, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	row, of, err := s.calibrationRow(v, x)
	if err != nil {
		return err
	}
	b := calibrationBody{Row: row, Form: f, Refused: refused, Sections: v.sections(&of.Form, nil, nil, f), Post: row.Href, Shown: x.HasScored(scorer(v)) || !v.may(access.QualityScore)}
	b.Score = !b.Shown
	for i := range of.Sections {
		for _, q := range of.Sections[i].Questions {
			b.Questions = append(b.Questions, q.Text)
		}
	}
	for i := range x.Scores {
		b.Raters = append(b.Raters, v.raterRow(&of.Form, &x.Scores[i]))
	}
	if v.may(access.RecordHear) {
		if b.Player, err = s.playerOf(v, x.Recording, v.at("/recordings/"+x.Recording.Named("rec"))); err != nil {
			return err
		}
		hearing(w)
	}
	s.render(w, v, status, "calibration", &Page{Title: x.Name, Lead: v.formName(x.FormName, x.Version), Here: v.at("/quality"), Crumbs: v.underQuality(Link{v.say("quality.calibrations"), v.at("/quality/calibrations")}), Island: "player", Body: b})
	return nil
}

func (v *visit) raterRow(of *quality.Form, r *app.RaterScore) raterRow {
	out := raterRow{By: actorShown(r.By), Total: tenths(r.Score.Total), Tone: toneOf(&r.Score)}
	for i := range of.Sections {
		for j := range of.Sections[i].Questions {
			out.Cells = append(out.Cells, v.answerRow(&of.Sections[i].Questions[j], r.Answers, v.blank()).Shown)
		}
	}
	return out
}

func (s *Server) scoreCalibration(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.calibrationIn)
	if err != nil {
		return err
	}
	of, err := s.d.System.GetScoreForm(v.r.Context(), v.company, x.Form)
	if err != nil {
		return err
	}
	answers := readAnswers(f, &of.Form)
	if !f.OK() {
		return s.calibrationPage(w, v, http.StatusUnprocessableEntity, &x, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		_, err := s.d.System.ScoreCalibration(ctx, v.company, x.ID, scorer(v), answers)
		return access.Deed{Action: "quality.calibration_score", Target: x.ID.Named("cal"), After: answers}, v.at("/quality/calibrations/" + x.ID.Named("cal")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.calibrationPage(w, v, status, &x, f, why) })
}

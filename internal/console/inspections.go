package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/voice/retention"
)

func (s *Server) inspectionPages() {
	s.page("GET /c/{company}/quality/inspections/{inspection}", access.QualityRead, s.inspection)
	s.page("POST /c/{company}/quality/inspections/{inspection}", access.QualityScore, s.scoreCall)
	s.page("POST /c/{company}/quality/inspections/{inspection}/answer", access.QualityWrite, s.answerObjection)
	s.page("POST /c/{company}/recordings/{recording}/inspect", access.QualityScore, s.inspectCall)
}

// answerRow is a question with its answer, to be given or given.
type answerRow struct {
	quality.Question
	Choices []pointChoice
	Given   string // points, na, or nothing yet
	Shown   string
	Tone    string
	Comment string
	At      string // clock
	Millis  int64
	Wrong   string
}

type pointChoice struct {
	Value, Label string
}

// sectionRow is a section with its questions.
type sectionRow struct {
	Name  string
	Share string
	Rows  []answerRow
}

// noteRow is a note with its place.
type noteRow struct {
	At     string
	Millis int64
	Text   string
}

// inspectionBody is the page of an inspection.
type inspectionBody struct {
	Row       inspectionRow
	Form      *form
	Sections  []sectionRow
	Fatal     []string // texts of the fatal errors
	Notes     []noteRow
	Player    *playerView
	Recording string
	Score     bool // it is to be scored by whoever looks
	Own       bool // it is the visitor's own call: somebody else scores it
	Answer    bool // an objection is to be answered
	Object    bool // the visitor may object
	Post      string
	Refused   string
	NoteRows  []int
	Before    string
}

// noteFields is how many notes the form of a score offers.
const noteFields = 4

// points are the answers a question can have.
func (v *visit) points(q *quality.Question) (out []pointChoice) {
	if q.Points == 1 {
		out = []pointChoice{{"1", v.say("quality.yes")}, {"0", v.say("quality.no")}}
	} else {
		for n := q.Points; n >= 0; n-- {
			out = append(out, pointChoice{itoa(n), itoa(n)})
		}
	}
	if q.NA {
		out = append(out, pointChoice{"na", v.say("quality.na")})
	}
	return out
}

// sections are the questions of a form with what was answered, in the form or in the books.
func (v *visit) sections(f *quality.Form, answers []quality.Answer, score *quality.Score, sent *form) (out []sectionRow) {
	for i := range f.Sections {
		row := sectionRow{Name: f.Sections[i].Name}
		if score != nil && i < len(score.Sections) && score.Sections[i] != nil {
			row.Share = tenths(*score.Sections[i])
		}
		for j := range f.Sections[i].Questions {
			q := &f.Sections[i].Questions[j]
			row.Rows = append(row.Rows, v.answerRow(q, answers, sent))
		}
		out = append(out, row)
	}
	return out
}

func (v *visit) answerRow(q *quality.Question, answers []quality.Answer, sent *form) answerRow {
	a := answerRow{Question: *q, Choices: v.points(q), Given: sent.Value("p_" + q.Key), Comment: sent.Value("c_" + q.Key), At: sent.Value("t_" + q.Key), Wrong: sent.Error("p_" + q.Key)}
	for i := range answers {
		g := &answers[i]
		if g.Key != q.Key {
			continue
		}
		if a.Given == "" {
			a.Given = itoa(g.Points)
			if g.NA {
				a.Given = "na"
			}
		}
		a.Comment = g.Comment
		if g.At != nil {
			a.At, a.Millis = lang.Clock(*g.At/1000), *g.At
		}
		switch {
		case g.NA:
		case g.Points == q.Points:
			a.Tone = "good"
		case g.Points == 0:
			a.Tone = "bad"
		default:
			a.Tone = "warn"
		}
	}
	for _, c := range a.Choices {
		if c.Value == a.Given {
			a.Shown = c.Label
		}
	}
	if q.Points > 1 && a.Shown != "" && a.Given != "na" {
		a.Shown += " / " + itoa(q.Points)
	}
	return a
}

// readAnswers reads what was answered. A question without an answer says so.
func readAnswers(f *form, of *quality.Form) (out []quality.Answer) {
	for i := range of.Sections {
		for j := range of.Sections[i].Questions {
			q := &of.Sections[i].Questions[j]
			a := quality.Answer{Key: q.Key, Comment: f.optional("c_"+q.Key, quality.MaxComment), At: f.place("t_" + q.Key)}
			switch given := f.Value("p_" + q.Key); given {
			case "":
				f.wrong("p_"+q.Key, "form.choose")
			case "na":
				a.NA = true
			default:
				a.Points = f.between("p_"+q.Key, 0, q.Points)
			}
			out = append(out, a)
		}
	}
	return out
}

// place is a time in a recording, as 1:23 or 0:01:23; nothing for nothing.
func (f *form) place(name string) *int64 {
	text := strings.TrimSpace(f.Value(name))
	if text == "" {
		return nil
	}
	at := int64(0)
	parts := strings.Split(text, ":")
	for _, p := range parts {
		n, err := strconv.ParseInt(p, 10, 64)
		if err != nil || n < 0 || n > 100_000 || len(parts) > 3 {
			f.wrong(name, "quality.place_wrong")
			return nil
		}
		at = at*60 + n
	}
	at *= 1000
	return &at
}

func (s *Server) inspectionIn(v *visit) (out app.Inspection, err error) {
	i, err := id.ParseNamed("insp", v.r.PathValue("inspection"))
	if err != nil {
		return out, fault.New(fault.NotFound, "there is no such inspection")
	}
	return s.d.System.GetInspection(v.r.Context(), v.company, i)
}

// inspection shows a score, or the form beside the player.
func (s *Server) inspection(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.inspectionIn(v)
	if err != nil {
		return err
	}
	return s.inspectionPage(w, v, http.StatusOK, &x, v.blank(), "")
}

func (s *Server) inspectionPage(w http.ResponseWriter, v *visit, status int, x *app.Inspection, f *form, refused string) error {
	b, err := s.inspectionBody(v, x, f, v.at("/quality/inspections/"))
	if err != nil {
		return err
	}
	b.Refused, b.Own = refused, x.Agent == agentOf(v)
	b.Score = x.State == app.InspectionDrawn && v.may(access.QualityScore) && !b.Own
	b.Answer = x.State == app.InspectionObjected && v.may(access.QualityWrite) && x.By != scorer(v)
	b.Recording = given(v.may(access.RecordFind), v.at("/recordings/"+x.Recording.Named("rec")))
	if v.may(access.RecordHear) {
		if b.Player, err = s.playerOf(v, x.Recording, v.at("/recordings/"+x.Recording.Named("rec"))); err != nil {
			return err
		}
		hearing(w)
	}
	s.render(w, v, status, "inspection", &Page{Title: v.say("quality.of_agent", "agent", s.agentName(v, x.Agent)), Lead: v.formName(x.FormName, x.Version), Here: v.at("/quality"), Crumbs: v.underQuality(), Island: "player", Body: b})
	return nil
}

// inspectionBody is what every page of an inspection has.
func (s *Server) inspectionBody(v *visit, x *app.Inspection, f *form, base string) (*inspectionBody, error) {
	if _, err := f.Once(); err != nil {
		return nil, err
	}
	of, err := s.d.System.GetScoreForm(v.r.Context(), v.company, x.Form)
	if err != nil {
		return nil, err
	}
	b := &inspectionBody{Row: s.inspectionRow(v, x, base), Form: f, Sections: v.sections(&of.Form, x.Answers, x.Score, f), Post: base + x.ID.Named("insp"), NoteRows: make([]int, noteFields)}
	for i := range b.NoteRows {
		b.NoteRows[i] = i
	}
	if x.Score != nil {
		for _, key := range x.Score.Fatal {
			if q, ok := of.Question(key); ok {
				b.Fatal = append(b.Fatal, q.Text)
			}
		}
	}
	if x.Before != nil {
		b.Before = tenths(x.Before.Total)
	}
	for _, n := range x.Notes {
		b.Notes = append(b.Notes, noteRow{lang.Clock(n.At / 1000), n.At, n.Text})
	}
	return b, nil
}

// playerOf is the player of a recording whose sound is there.
func (s *Server) playerOf(v *visit, recording id.ID, base string) (*playerView, error) {
	r, err := s.d.System.GetRecording(v.r.Context(), v.company, recording)
	if err != nil || r.State != retention.Kept {
		return nil, err
	}
	return v.player(&r, base), nil
}

// scorer is how the books name who scores.
func scorer(v *visit) string { return v.actor.Name }

// scoreCall scores a call.
func (s *Server) scoreCall(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.inspectionIn)
	if err != nil {
		return err
	}
	of, err := s.d.System.GetScoreForm(v.r.Context(), v.company, x.Form)
	if err != nil {
		return err
	}
	in := app.ScoreCall{Inspection: x.ID, By: scorer(v), User: agentOf(v), Answers: readAnswers(f, &of.Form), Comment: f.optional("comment", 2000)}
	for i := range noteFields {
		text := f.optional("note_"+itoa(i), 2000)
		if at := f.place("at_" + itoa(i)); text != "" {
			n := app.Note{Text: text}
			if at != nil {
				n.At = *at
			}
			in.Notes = append(in.Notes, n)
		}
	}
	if x.Agent == agentOf(v) {
		return s.inspectionPage(w, v, http.StatusConflict, &x, f, "")
	}
	if !f.OK() {
		return s.inspectionPage(w, v, http.StatusUnprocessableEntity, &x, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		got, err := s.d.System.ScoreCall(ctx, v.company, in)
		return access.Deed{Action: "quality.score", Target: x.ID.Named("insp"), After: got}, v.at("/quality/inspections/" + x.ID.Named("insp")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.inspectionPage(w, v, status, &x, f, why) })
}

// answerObjection answers, and scores anew where answers were changed.
func (s *Server) answerObjection(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.inspectionIn)
	if err != nil {
		return err
	}
	words, in := f.text("words", 2000), app.ScoreCall{Inspection: x.ID, By: scorer(v), User: agentOf(v)}
	if f.Value("rescore") != "" {
		of, err := s.d.System.GetScoreForm(v.r.Context(), v.company, x.Form)
		if err != nil {
			return err
		}
		in.Answers = readAnswers(f, &of.Form)
	}
	if !f.OK() {
		return s.inspectionPage(w, v, http.StatusUnprocessableEntity, &x, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		got, err := s.d.System.AnswerObjection(ctx, v.company, in, words)
		return access.Deed{Action: "quality.answer", Target: x.ID.Named("insp"), Reason: words, Before: x, After: got}, v.at("/quality/inspections/" + x.ID.Named("insp")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.inspectionPage(w, v, status, &x, f, why) })
}

// inspectCall chooses a call by hand.
func (s *Server) inspectCall(w http.ResponseWriter, _ *http.Request, v *visit) error {
	r, f, err := sentAbout(w, v, s.recordingIn)
	if err != nil {
		return err
	}
	form := f.id("form", "form")
	if !f.OK() {
		return s.recordingPage(w, v, http.StatusUnprocessableEntity, &r, f, "", "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		x, err := s.d.System.InspectCall(ctx, v.company, r.ID, form)
		return access.Deed{Action: "quality.inspect", Target: x.ID.Named("insp"), After: x}, v.at("/quality/inspections/" + x.ID.Named("insp")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.recordingPage(w, v, status, &r, f, why, "") })
}

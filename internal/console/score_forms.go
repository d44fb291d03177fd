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

func (s *Server) scoreFormPages() {
	s.page("GET /c/{company}/quality/forms", access.QualityRead, s.scoreForms)
	s.page("GET /c/{company}/quality/forms/new", access.QualityWrite, s.newScoreForm)
	s.page("POST /c/{company}/quality/forms/new", access.QualityWrite, s.makeScoreForm)
	s.page("GET /c/{company}/quality/forms/{form}", access.QualityRead, s.scoreForm)
}

// scoreFormRow is a form in the list.
type scoreFormRow struct {
	app.ScoreForm
	Href, Made string
	Questions  int
}

func (s *Server) scoreForms(w http.ResponseWriter, r *http.Request, v *visit) error {
	list, err := s.d.System.ScoreForms(r.Context(), v.company)
	if err != nil {
		return err
	}
	off, err := s.qualityOff(v)
	if err != nil {
		return err
	}
	var rows []scoreFormRow
	for i := range list {
		list[i].By = actorShown(list[i].By)
		row := scoreFormRow{ScoreForm: list[i], Href: v.at("/quality/forms/" + list[i].ID.Named("form")), Made: v.moment(list[i].Made)}
		for _, sec := range list[i].Sections {
			row.Questions += len(sec.Questions)
		}
		rows = append(rows, row)
	}
	b := map[string]any{"Off": off, "Rows": rows, "New": given(v.may(access.QualityWrite) && off == nil, v.at("/quality/forms/new"))}
	s.render(w, v, http.StatusOK, "score-forms", &Page{Title: v.say("quality.forms"), Lead: v.say("quality.forms_lead"), Here: v.at("/quality"), Crumbs: v.underQuality(), Body: b})
	return nil
}

func (s *Server) scoreFormIn(v *visit, name string) (out app.ScoreForm, err error) {
	i, err := id.ParseNamed("form", name)
	if err != nil {
		return out, fault.New(fault.NotFound, "there is no such form")
	}
	return s.d.System.GetScoreForm(v.r.Context(), v.company, i)
}

// scoreForm shows a version.
func (s *Server) scoreForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.scoreFormIn(v, r.PathValue("form"))
	if err != nil {
		return err
	}
	f.By = actorShown(f.By)
	b := map[string]any{"Row": f, "Made": v.moment(f.Made), "Change": given(v.may(access.QualityWrite), v.at("/quality/forms/new?from="+f.ID.Named("form")))}
	s.render(w, v, http.StatusOK, "score-form", &Page{Title: v.formName(f.Name, f.Version), Lead: v.say("quality.pass_from", "n", itoa(f.Pass)), Here: v.at("/quality"), Crumbs: v.underQuality(Link{v.say("quality.forms"), v.at("/quality/forms")}), Body: b})
	return nil
}

// emptyRows are the rows a new form begins with, and those that are added at a time.
const emptyRows = 3

// newScoreForm begins a form, or the next version of one.
func (s *Server) newScoreForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := v.blank("pass", "80", "rows", itoa(2*emptyRows))
	if from := r.URL.Query().Get("from"); from != "" {
		old, err := s.scoreFormIn(v, from)
		if err != nil {
			return err
		}
		n := 0
		f.Values.Set("name", old.Name)
		f.Values.Set("pass", itoa(old.Pass))
		for _, sec := range old.Sections {
			for _, q := range sec.Questions {
				at := "_" + itoa(n)
				for name, value := range map[string]string{"section": sec.Name, "key": q.Key, "text": q.Text, "hint": q.Hint, "points": itoa(q.Points), "weight": itoa(q.Weight), "na": ticked(q.NA), "fatal": ticked(q.Fatal)} {
					f.Values.Set(name+at, value)
				}
				n++
			}
		}
		f.Values.Set("rows", itoa(n+emptyRows))
	}
	return s.scoreFormPage(w, v, http.StatusOK, f, "")
}

func ticked(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// rowsOf is how many rows of questions a form has.
func rowsOf(f *form) int {
	n, err := strconv.Atoi(f.Value("rows"))
	if err != nil || n < 1 {
		return emptyRows
	}
	return min(n, quality.MaxQuestions)
}

func (s *Server) scoreFormPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	rows := make([]int, rowsOf(f))
	for i := range rows {
		rows[i] = i
	}
	b := map[string]any{"Form": f, "Rows": rows, "Refused": refused, "Back": v.at("/quality/forms")}
	s.render(w, v, status, "score-form-new", &Page{Title: v.say("quality.new_form"), Lead: v.say("quality.new_form_lead"), Here: v.at("/quality"), Crumbs: v.underQuality(Link{v.say("quality.forms"), v.at("/quality/forms")}), Body: b})
	return nil
}

// readScoreForm reads the questions that were filled in; those of one section after
// another with its name are together.
func readScoreForm(f *form) quality.Form {
	out := quality.Form{Name: f.line("name", 100), Pass: f.between("pass", 0, 100)}
	section, next := "", 1
	used := map[string]bool{}
	for i := range rowsOf(f) {
		used[f.Value("key_"+itoa(i))] = true
	}
	for i := range rowsOf(f) {
		at := "_" + itoa(i)
		if f.Value("text"+at) == "" {
			continue
		}
		q := quality.Question{Key: f.Value("key" + at), Text: f.line("text"+at, quality.MaxText), Hint: f.optional("hint"+at, quality.MaxText), Points: f.between("points"+at, 1, quality.MaxPoints),
			Weight: f.between("weight"+at, 0, quality.MaxWeight), NA: f.Value("na"+at) != "", Fatal: f.Value("fatal"+at) != ""}
		for ; q.Key == ""; next++ {
			if key := "q" + itoa(next); !used[key] {
				q.Key = key
			}
		}
		if q.Weight == 0 && !q.Fatal {
			f.wrong("weight"+at, "quality.weight_wrong")
		}
		if name := f.optional("section"+at, 100); name != "" {
			section = name
		}
		if n := len(out.Sections); n == 0 || out.Sections[n-1].Name != section {
			out.Sections = append(out.Sections, quality.Section{Name: section})
		}
		of := &out.Sections[len(out.Sections)-1]
		of.Questions = append(of.Questions, q)
	}
	if len(out.Sections) > 0 && out.Sections[0].Name == "" {
		f.wrong("section_0", "form.needed")
	}
	if len(out.Sections) == 0 {
		f.wrong("text_0", "form.needed")
	}
	return out
}

// makeScoreForm publishes what was filled in, or adds rows.
func (s *Server) makeScoreForm(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	if f.Value("do") == "add" {
		f.Values.Set("rows", itoa(rowsOf(f)+emptyRows))
		return s.scoreFormPage(w, v, http.StatusOK, f, "")
	}
	in := readScoreForm(f)
	if !f.OK() {
		return s.scoreFormPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		x, err := s.d.System.PublishForm(ctx, v.company, scorer(v), in)
		return access.Deed{Action: "quality.form", Target: x.ID.Named("form"), After: x}, v.at("/quality/forms/" + x.ID.Named("form")), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.scoreFormPage(w, v, status, f, why) })
}

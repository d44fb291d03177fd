package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

type (
	// ScoreForm is a version of a score form.
	ScoreForm struct {
		ID   string       `json:"id" example:"form_01jd8..."`
		Made Time         `json:"made" format:"date-time"`
		By   string       `json:"by,omitempty"`
		Form quality.Form `json:"form"`
	}
	// Inspection is a call that is scored, or to be.
	Inspection struct {
		ID        string           `json:"id" example:"insp_01jd8..."`
		Recording string           `json:"recording"`
		Call      string           `json:"call"`
		Agent     string           `json:"agent"`
		Form      string           `json:"form"`
		FormName  string           `json:"form_name"`
		Version   int              `json:"version"`
		State     string           `json:"state" enum:"drawn,scored,objected,answered"`
		Why       *quality.Why     `json:"why,omitempty" doc:"Why it was drawn; absent: it was chosen by hand."`
		Begun     Time             `json:"begun" format:"date-time"`
		Scored    Time             `json:"scored,omitempty" format:"date-time"`
		By        string           `json:"by,omitempty"`
		Answers   []quality.Answer `json:"answers,omitempty"`
		Notes     []app.Note       `json:"notes,omitempty"`
		Comment   string           `json:"comment,omitempty"`
		Score     *quality.Score   `json:"score,omitempty" doc:"In tenths of a percent."`
		Before    *quality.Score   `json:"before,omitempty" doc:"As it was first, where an objection changed it."`
		Objection *app.Word        `json:"objection,omitempty"`
		Answer    *app.Word        `json:"answer,omitempty"`
	}
	// Calibration is a call that several inspectors score.
	Calibration struct {
		ID        string           `json:"id" example:"cal_01jd8..."`
		Name      string           `json:"name"`
		Recording string           `json:"recording"`
		Form      string           `json:"form"`
		Made      Time             `json:"made" format:"date-time"`
		Scores    []app.RaterScore `json:"scores" doc:"Shown to whoever has scored, or may not score."`
		Alpha     *float64         `json:"alpha,omitempty" doc:"Krippendorff's alpha over shares of points; absent: there is nothing to compare."`
	}
	// InspectionIn names an inspection in an address.
	InspectionIn struct {
		Inspection string `path:"inspection" maxLength:"40"`
	}
	scoreBody struct {
		Answers []quality.Answer `json:"answers" maxItems:"100"`
		Notes   []app.Note       `json:"notes,omitempty" maxItems:"100"`
		Comment string           `json:"comment,omitempty" maxLength:"8000"`
	}
)

func inspectionOf(x *app.Inspection) Inspection {
	return Inspection{ID: x.ID.Named("insp"), Recording: x.Recording.Named("rec"), Call: x.Call, Agent: x.Agent, Form: x.Form.Named("form"), FormName: x.FormName, Version: x.Version, State: x.State, Why: x.Why, Begun: timeOf(x.Begun), Scored: timeOf(x.Scored),
		By: x.By, Answers: x.Answers, Notes: x.Notes, Comment: x.Comment, Score: x.Score, Before: x.Before, Objection: x.Objection, Answer: x.Answer}
}

func (a *API) qualityRoutes() {
	a.formRoutes()
	a.inspectionRoutes()
	a.objectionRoutes()
	a.calibrationRoutes()
	type reportIn struct {
		From  Moment `query:"from"`
		Until Moment `query:"until"`
		Form  string `query:"form" maxLength:"300" doc:"Its name; absent: all."`
	}
	type reportOut struct {
		Inspections int                   `json:"inspections"`
		Agents      []app.AgentQuality    `json:"agents" doc:"Shares in tenths of a percent."`
		Questions   []app.QuestionQuality `json:"questions"`
	}
	read(a, op{id: "quality-report", method: http.MethodGet, path: "/v1/quality-report", what: "What inspections of calls recorded in a time came to, by agent and by question.", may: access.QualityRead},
		func(r *request, in *reportIn) (*reportOut, error) {
			got, err := r.sys.QualityReport(r.ctx, r.company, timex.Period{From: in.From.Instant, To: in.Until.Instant}, in.Form)
			out := &reportOut{got.Count, []app.AgentQuality{}, []app.QuestionQuality{}}
			out.Agents, out.Questions = append(out.Agents, got.Agents...), append(out.Questions, got.Questions...)
			return out, err
		})
}

func (a *API) formRoutes() {
	show := func(f *app.ScoreForm) ScoreForm { return ScoreForm{f.ID.Named("form"), timeOf(f.Made), f.By, f.Form} }
	read(a, op{id: "score-form-list", method: http.MethodGet, path: "/v1/score-forms", what: "The newest version of each score form.", may: access.QualityRead},
		func(r *request, _ *none) (*List[ScoreForm], error) {
			all, err := r.sys.ScoreForms(r.ctx, r.company)
			out := &List[ScoreForm]{Items: []ScoreForm{}}
			for i := range all {
				out.Items = append(out.Items, show(&all[i]))
			}
			return out, err
		})
	change(a, op{id: "score-form-publish", method: http.MethodPost, path: "/v1/score-forms", what: "Publish a version of a score form: the next of its name.", may: access.QualityWrite, status: http.StatusCreated},
		func(r *request, in *bodyOf[quality.Form]) (*ScoreForm, error) {
			f, err := r.sys.PublishForm(r.ctx, r.company, r.actor.Name, in.Body)
			if err != nil {
				return nil, err
			}
			out := show(&f)
			return &out, r.did(access.Deed{Action: "quality.form", Target: out.ID, After: out})
		})
}

func (a *API) inspectionRoutes() {
	type drawIn struct {
		Form     string       `json:"form" maxLength:"40"`
		From     Time         `json:"from" format:"date-time"`
		Until    Time         `json:"until" format:"date-time"`
		Campaign string       `json:"campaign,omitempty" maxLength:"200"`
		Rule     quality.Rule `json:"rule"`
		Seed     string       `json:"seed" minLength:"1" maxLength:"100" doc:"Whoever has it can draw again and see the same calls."`
	}
	change(a, op{id: "inspection-draw", method: http.MethodPost, path: "/v1/inspections/draw", what: "Draw calls to be inspected, so many of each agent. Drawing the same time again adds what is missing.", may: access.QualityWrite},
		func(r *request, in *bodyOf[drawIn]) (*List[Inspection], error) {
			form, err := named("form", in.Body.Form, "form")
			if err != nil {
				return nil, err
			}
			drawn, err := r.sys.DrawCalls(r.ctx, r.company, app.DrawCalls{Form: form, Period: timex.Period{From: instantOf(in.Body.From), To: instantOf(in.Body.Until)}, Campaign: in.Body.Campaign, Rule: in.Body.Rule, Seed: in.Body.Seed})
			if err != nil {
				return nil, err
			}
			out := &List[Inspection]{Items: []Inspection{}}
			for i := range drawn {
				out.Items = append(out.Items, inspectionOf(&drawn[i]))
			}
			return out, r.did(access.Deed{Action: "quality.draw", Target: in.Body.Form, After: map[string]any{"draw": in.Body, "drawn": len(drawn)}})
		})
	type listIn struct {
		PageIn
		State string `query:"state" enum:"drawn,scored,objected,answered"`
		Agent string `query:"agent" maxLength:"200"`
	}
	read(a, op{id: "inspection-list", method: http.MethodGet, path: "/v1/inspections", what: "Inspections, the newest first: of an agent, in a state, or all.", may: access.QualityRead},
		func(r *request, in *listIn) (*List[Inspection], error) {
			return inspectionsOf(r, &in.PageIn, in.Agent, in.State)
		})
	read(a, op{id: "inspection-get", method: http.MethodGet, path: "/v1/inspections/{inspection}", what: "One inspection.", may: access.QualityRead},
		func(r *request, in *InspectionIn) (*Inspection, error) {
			i, err := inPath("insp", in.Inspection)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.GetInspection(r.ctx, r.company, i)
			out := inspectionOf(&x)
			return &out, err
		})
	type chooseIn struct {
		RecordingIn
		Body struct {
			Form string `json:"form" maxLength:"40"`
		}
	}
	change(a, op{id: "inspection-choose", method: http.MethodPost, path: "/v1/recordings/{recording}/inspections", what: "Choose a call to be inspected by hand.", may: access.QualityScore, status: http.StatusCreated},
		func(r *request, in *chooseIn) (*Inspection, error) {
			x, err := recordingIn(r, &in.RecordingIn)
			if err != nil {
				return nil, err
			}
			form, err := named("form", in.Body.Form, "form")
			if err != nil {
				return nil, err
			}
			got, err := r.sys.InspectCall(r.ctx, r.company, x.ID, form)
			if err != nil {
				return nil, err
			}
			out := inspectionOf(&got)
			return &out, r.did(access.Deed{Action: "quality.inspect", Target: out.ID, After: out})
		})
	type scoreIn struct {
		InspectionIn
		Body scoreBody
	}
	change(a, op{id: "inspection-score", method: http.MethodPost, path: "/v1/inspections/{inspection}/score", what: "Score a call, once. It is a usage fact of the module.", may: access.QualityScore},
		func(r *request, in *scoreIn) (*Inspection, error) {
			i, err := inPath("insp", in.Inspection)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.ScoreCall(r.ctx, r.company, app.ScoreCall{Inspection: i, By: r.actor.Name, User: agentOf(r.actor), Answers: in.Body.Answers, Notes: in.Body.Notes, Comment: in.Body.Comment})
			if err != nil {
				return nil, err
			}
			out := inspectionOf(&x)
			return &out, r.did(access.Deed{Action: "quality.score", Target: out.ID, After: out})
		})
}

// inspectionsOf is a page of inspections.
func inspectionsOf(r *request, in *PageIn, agent, state string) (*List[Inspection], error) {
	p, err := in.page(true)
	if err != nil {
		return nil, err
	}
	all, err := r.sys.Inspections(r.ctx, r.company, app.InspectionQuery{Agent: agent, State: state, Page: p})
	if err != nil {
		return nil, err
	}
	return paged(in, all, func(x app.Inspection) id.ID { return x.ID }, func(x app.Inspection) Inspection { return inspectionOf(&x) }), nil
}

func (a *API) objectionRoutes() {
	type wordsIn struct {
		InspectionIn
		Body struct {
			Words   string           `json:"words" minLength:"1" maxLength:"8000"`
			Answers []quality.Answer `json:"answers,omitempty" maxItems:"100" doc:"Scores the call anew; absent: the score stands."`
		}
	}
	change(a, op{id: "inspection-answer", method: http.MethodPost, path: "/v1/inspections/{inspection}/answer", what: "Answer an agent's objection, by somebody other than who scored.", may: access.QualityWrite},
		func(r *request, in *wordsIn) (*Inspection, error) {
			i, err := inPath("insp", in.Inspection)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.AnswerObjection(r.ctx, r.company, app.ScoreCall{Inspection: i, By: r.actor.Name, User: agentOf(r.actor), Answers: in.Body.Answers}, in.Body.Words)
			if err != nil {
				return nil, err
			}
			out := inspectionOf(&x)
			return &out, r.did(access.Deed{Action: "quality.answer", Target: out.ID, Reason: in.Body.Words, After: out})
		})
	read(a, op{id: "own-scores", method: http.MethodGet, path: "/v1/own-scores", what: "Scores of one's own calls, the newest first.", may: access.QualityOwn},
		func(r *request, in *PageIn) (*List[Inspection], error) {
			agent := agentOf(r.actor)
			if agent == "" {
				return nil, fault.New(fault.Conflict, "a key has no calls of its own: log in as a person")
			}
			out, err := inspectionsOf(r, in, agent, "")
			if err == nil {
				out.Items = scoredOnly(out.Items)
			}
			return out, err
		})
	type objectIn struct {
		InspectionIn
		Body struct {
			Words string `json:"words" minLength:"1" maxLength:"8000"`
		}
	}
	change(a, op{id: "own-score-object", method: http.MethodPost, path: "/v1/own-scores/{inspection}/object", what: "Object to a score of one's own call, once.", may: access.QualityOwn},
		func(r *request, in *objectIn) (*Inspection, error) {
			i, err := inPath("insp", in.Inspection)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.ObjectToScore(r.ctx, r.company, i, agentOf(r.actor), in.Body.Words)
			if err != nil {
				return nil, err
			}
			out := inspectionOf(&x)
			return &out, r.did(access.Deed{Action: "quality.object", Target: out.ID, Reason: in.Body.Words, After: out.State})
		})
}

// scoredOnly leaves out what waits to be scored: it is nobody's score yet.
func scoredOnly(all []Inspection) []Inspection {
	out := []Inspection{}
	for _, x := range all {
		if x.State != app.InspectionDrawn {
			out = append(out, x)
		}
	}
	return out
}

func (a *API) calibrationRoutes() {
	type beginIn struct {
		Name      string `json:"name" minLength:"1" maxLength:"60"`
		Recording string `json:"recording" maxLength:"40"`
		Form      string `json:"form" maxLength:"40"`
	}
	change(a, op{id: "calibration-begin", method: http.MethodPost, path: "/v1/calibrations", what: "Give a call to several inspectors, to see how far they agree.", may: access.QualityWrite, status: http.StatusCreated},
		func(r *request, in *bodyOf[beginIn]) (*Calibration, error) {
			recording, err := named("rec", in.Body.Recording, "recording")
			if err != nil {
				return nil, err
			}
			form, err := named("form", in.Body.Form, "form")
			if err != nil {
				return nil, err
			}
			x, err := r.sys.BeginCalibration(r.ctx, r.company, r.actor.Name, in.Body.Name, recording, form)
			if err != nil {
				return nil, err
			}
			out, err := calibrationOf(r, &x)
			if err != nil {
				return nil, err
			}
			return out, r.did(access.Deed{Action: "quality.calibrate", Target: out.ID, After: out})
		})
	type calibrationIn struct {
		Calibration string `path:"calibration" maxLength:"40"`
	}
	read(a, op{id: "calibration-get", method: http.MethodGet, path: "/v1/calibrations/{calibration}", what: "A call that several inspectors score, and how far they agree.", may: access.QualityRead},
		func(r *request, in *calibrationIn) (*Calibration, error) {
			i, err := inPath("cal", in.Calibration)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.GetCalibration(r.ctx, r.company, i)
			if err != nil {
				return nil, err
			}
			return calibrationOf(r, &x)
		})
	type scoreIn struct {
		calibrationIn
		Body struct {
			Answers []quality.Answer `json:"answers" maxItems:"100"`
		}
	}
	change(a, op{id: "calibration-score", method: http.MethodPost, path: "/v1/calibrations/{calibration}/score", what: "Add what one inspector found, once each.", may: access.QualityScore},
		func(r *request, in *scoreIn) (*Calibration, error) {
			i, err := inPath("cal", in.Calibration)
			if err != nil {
				return nil, err
			}
			x, err := r.sys.ScoreCalibration(r.ctx, r.company, i, r.actor.Name, in.Body.Answers)
			if err != nil {
				return nil, err
			}
			out, err := calibrationOf(r, &x)
			if err != nil {
				return nil, err
			}
			return out, r.did(access.Deed{Action: "quality.calibration_score", Target: out.ID, After: in.Body.Answers})
		})
}

// calibrationOf shows one; to whoever has still to score, without what others found.
func calibrationOf(r *request, x *app.Calibration) (*Calibration, error) {
	out := &Calibration{ID: x.ID.Named("cal"), Name: x.Name, Recording: x.Recording.Named("rec"), Form: x.Form.Named("form"), Made: timeOf(x.Made), Scores: []app.RaterScore{}}
	if access.Can(r.actor, access.QualityScore, r.company) && !x.HasScored(r.actor.Name) {
		return out, nil
	}
	f, err := r.sys.GetScoreForm(r.ctx, r.company, x.Form)
	if err != nil {
		return nil, err
	}
	out.Scores = append(out.Scores, x.Scores...)
	if alpha, ok := quality.Alpha(x.Units(&f.Form)); ok {
		out.Alpha = &alpha
	}
	return out, nil
}

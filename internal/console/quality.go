package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) qualityPages() {
	s.page("GET /c/{company}/quality", access.QualityRead, s.quality)
	s.page("GET /c/{company}/quality/draw", access.QualityWrite, s.drawPage)
	s.page("POST /c/{company}/quality/draw", access.QualityWrite, s.drawCalls)
	s.page("GET /c/{company}/quality/report", access.QualityRead, s.qualityReport)
	s.page("GET /c/{company}/quality/report.csv", access.QualityRead, s.qualityFile)
	s.page("GET /c/{company}/quality/report.xlsx", access.QualityRead, s.qualityFile)
	s.scoreFormPages()
	s.inspectionPages()
	s.calibrationPages()
	s.ownQualityPages()
}

// moduleOffView says that a company's contract does not have a module, and what it costs.
type moduleOffView struct {
	Name, Word string
	Prices     []string
	Seats      string // where it is switched on, for whoever may
}

// qualityOff is why nothing can be inspected now; nil: it can.
func (s *Server) qualityOff(v *visit) (*moduleOffView, error) {
	_, err := s.d.System.NeedModule(v.r.Context(), v.company, app.QualityModule)
	var off *app.ModuleOff
	if !errors.As(err, &off) {
		return nil, err
	}
	out := &moduleOffView{Name: off.Name.In(v.Tag), Word: off.Word}
	if off.Contract.IsZero() {
		out.Name = v.say("nav.quality")
		return out, nil
	}
	for _, p := range off.Prices {
		price := v.say("quality.price_unknown")
		if !p.Unknown {
			price = p.Currency.String() + " " + lang.Number(v.Tag, p.Price)
		}
		if p.PerSeat {
			price = v.say("quality.price_seat", "price", price)
		}
		out.Prices = append(out.Prices, price)
	}
	out.Seats = given(v.may(access.UsageWrite), v.at("/seats?contract="+off.Contract.Named("con")))
	return out, nil
}

// inspectionRow is an inspection in a list.
type inspectionRow struct {
	app.Inspection
	Who                                       string // the agent as people read it
	Href, Made, Begun, Scored, By, Total, Why string
	Tone                                      string // of the score
	Seconds                                   int64
}

func (s *Server) inspectionRow(v *visit, x *app.Inspection, base string) inspectionRow {
	out := inspectionRow{Inspection: *x, Who: s.agentName(v, x.Agent), Href: base + x.ID.Named("insp"), Made: v.moment(x.Made), Begun: v.moment(x.Begun), Scored: v.moment(x.Scored), By: actorShown(x.By), Seconds: x.Millis / 1000, Why: v.say("quality.by_hand")}
	if x.Answer != nil {
		out.Inspection.Answer = &app.Word{At: x.Answer.At, By: actorShown(x.Answer.By), Text: x.Answer.Text}
	}
	if x.Score != nil {
		out.Total, out.Tone = tenths(x.Score.Total), toneOf(x.Score)
	}
	if w := x.Why; w != nil {
		out.Why = v.say("quality.why", "place", itoa(w.Place), "of", itoa(w.Of), "calls", itoa(w.Calls), "seed", w.Seed)
		if w.Quota != "" {
			out.Why = v.say("quality.why_quota", "quota", w.Quota, "place", itoa(w.Place), "of", itoa(w.Of), "calls", itoa(w.Calls), "seed", w.Seed)
		}
	}
	return out
}

// toneOf is the colour of a score.
func toneOf(s *quality.Score) string {
	switch {
	case len(s.Fatal) > 0:
		return "bad"
	case s.Passed:
		return "good"
	}
	return "warn"
}

// quality lists inspections by their state.
func (s *Server) quality(w http.ResponseWriter, r *http.Request, v *visit) error {
	state := r.URL.Query().Get("state")
	if !slices.Contains(app.InspectionStates(), state) {
		state = app.InspectionDrawn
	}
	after, err := afterOf(r, "insp")
	if err != nil {
		return err
	}
	off, err := s.qualityOff(v)
	if err != nil {
		return err
	}
	list, err := s.d.System.Inspections(r.Context(), v.company, app.InspectionQuery{State: state, Page: store.Page{After: after, Limit: pageRows + 1}})
	if err != nil {
		return err
	}
	var rows []inspectionRow
	for i := range list {
		rows = append(rows, s.inspectionRow(v, &list[i], v.at("/quality/inspections/")))
	}
	next := ""
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		next = "?state=" + state + "&after=" + rows[pageRows-1].ID.Named("insp")
	}
	b := map[string]any{"Off": off, "Rows": rows, "Next": next, "State": state, "States": app.InspectionStates(), "Forms": v.at("/quality/forms"), "Report": v.at("/quality/report"), "Calibrations": v.at("/quality/calibrations"),
		"Draw": given(v.may(access.QualityWrite) && off == nil, v.at("/quality/draw")), "Mine": given(v.may(access.QualityOwn), v.at("/quality/mine"))}
	s.render(w, v, http.StatusOK, "quality", &Page{Title: v.say("nav.quality"), Lead: v.say("quality.lead"), Here: v.at("/quality"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// underQuality leads back from a page of it.
func (v *visit) underQuality(more ...Link) []Link {
	if !v.may(access.QualityRead) {
		return v.crumbs(more...)
	}
	return v.crumbs(append([]Link{{v.say("nav.quality"), v.at("/quality")}}, more...)...)
}

// formOptions are the forms that can be scored by.
func (s *Server) formOptions(v *visit) (out []option, err error) {
	list, err := s.d.System.ScoreForms(v.r.Context(), v.company)
	for i := range list {
		out = append(out, option{"value": list[i].ID.Named("form"), "label": v.formName(list[i].Name, list[i].Version)})
	}
	return out, err
}

func (v *visit) formName(name string, version int) string {
	return v.say("quality.version", "name", name, "n", itoa(version))
}

// reportOf reads the filter of a report and makes it.
func (s *Server) reportOf(v *visit) (f *form, out app.QualityReport, err error) {
	asked := v.r.URL.Query()
	f = v.blank("first", asked.Get("first"), "last", asked.Get("last"), "form", asked.Get("form"))
	var period timex.Period
	if first := f.dayOr("first"); first != 0 {
		period.From = first.Start(v.loc())
	}
	if last := f.dayOr("last"); last != 0 {
		period.To = (last + 1).Start(v.loc())
	}
	if f.OK() {
		out, err = s.d.System.QualityReport(v.r.Context(), v.company, period, f.optional("form", 300))
	}
	return f, out, err
}

// agentQualityRow and questionRow are lines of the report.
type agentQualityRow struct {
	app.AgentQuality
	Who, MeanText, LowestText, Share, Calls string
}

type questionRow struct {
	app.QuestionQuality
	MeanText string
}

func (s *Server) qualityRows(v *visit, r *app.QualityReport) (agents []agentQualityRow, questions []questionRow) {
	for _, a := range r.Agents {
		agents = append(agents, agentQualityRow{a, s.agentName(v, a.Agent), tenths(a.Mean), tenths(a.Lowest), tenths((2000*a.Passed + a.Count) / (2 * a.Count)), v.at("/recordings?agent=" + queryEscape(a.Agent) + "&sort=score")})
	}
	for _, q := range r.Questions {
		row := questionRow{q, ""}
		if q.Asked > 0 {
			row.MeanText = tenths(q.Mean)
		}
		questions = append(questions, row)
	}
	return agents, questions
}

// qualityReport shows what inspections came to, by agent and by question.
func (s *Server) qualityReport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, report, err := s.reportOf(v)
	if err != nil {
		return err
	}
	forms := []option{{"value": "", "label": v.say("usage.any")}}
	list, err := s.d.System.ScoreForms(r.Context(), v.company)
	if err != nil {
		return err
	}
	for i := range list {
		forms = append(forms, option{"value": list[i].Name, "label": list[i].Name})
	}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	agents, questions := s.qualityRows(v, &report)
	b := map[string]any{"Form": f, "Forms": forms, "Agents": agents, "Questions": questions, "Count": report.Count, "Cut": report.Cut, "Files": listFiles(v.at("/quality/report"), "?"+r.URL.RawQuery, "csv", "xlsx")}
	s.render(w, v, status, "quality-report", &Page{Title: v.say("quality.report"), Lead: v.say("quality.report_lead"), Here: v.at("/quality"), Crumbs: v.underQuality(), Body: b})
	return nil
}

// qualityFile gives the report as a file: agents, then questions.
func (s *Server) qualityFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, report, err := s.reportOf(v)
	if err != nil {
		return err
	}
	if !f.OK() {
		return fault.New(fault.Invalid, "the days of the report cannot be read")
	}
	agents, questions := s.qualityRows(v, &report)
	t := v.sheet("usage.agent", "quality.form", "quality.question", "quality.count", "quality.mean", "quality.lowest", "quality.passed", "quality.fatal_calls", "quality.objected", "quality.changed", "quality.na_count", "quality.none_count")
	for i := range agents {
		a := &agents[i]
		t.add(a.Who, "", "", int64(a.Count), a.MeanText, a.LowestText, int64(a.Passed), int64(a.Fatal), int64(a.Objected), int64(a.Changed))
	}
	for i := range questions {
		q := &questions[i]
		t.add("", q.Form, q.Text, int64(q.Asked), q.MeanText, "", "", "", "", "", int64(q.NA), int64(q.None))
	}
	_, ext, _ := strings.Cut(r.URL.Path, "report.")
	return s.sendSheet(w, v, "quality", ext, v.say("quality.report"), t)
}

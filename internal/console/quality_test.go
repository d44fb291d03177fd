package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
)

// qualityPlan is the plan of the office with a module for inspecting calls.
var qualityPlan = strings.NewReplacer("version: 1", "version: 2", "modules:\n", "modules:\n  - {id: quality, name: {en: Quality inspection, zh-Hant: 質檢, zh-Hans: 质检}}\n",
	"components:\n", "components:\n  - {id: quality, name: {en: Quality inspection, zh-Hant: 質檢, zh-Hans: 质检}, measure: module, where: {module: quality}, unit_price: 300}\n").Replace(officePlan)

// inspecting adds a contract with the module to the office, on or off.
func (d *desk) inspecting(on bool) {
	d.t.Helper()
	sys, ctx := d.d.System, d.t.Context()
	_, err := sys.PublishPlan(ctx, app.PublishPlan{File: qualityPlan})
	d.must(err)
	modules := "modules: [predictive]"
	if on {
		modules = "modules: [predictive, quality]"
	}
	text := strings.NewReplacer("START", d.first.String(), "FL-1", "FL-2", "floor@1", "floor@2", "modules: [predictive]", modules).Replace(officeContract)
	q, err := sys.Quote(ctx, d.company, app.Quote{File: text, On: d.first - 10})
	d.must(err)
	_, err = sys.Sign(ctx, d.company, app.Sign{Contract: q.ID, Document: strings.Repeat("ab", 32), On: d.first - 5})
	d.must(err)
	_, err = sys.Start(ctx, d.company, q.ID, d.first)
	d.must(err)
}

// TestQualityIsAModule: without it the page says so by name and price, and nothing is made.
func TestQualityIsAModule(t *testing.T) {
	d := newDesk(t)
	if page := d.page(d.at("/quality")); !strings.Contains(page, "No running contract of the company offers the module") {
		t.Error("a plan without the module is not told")
	}
	d.inspecting(false)
	d.every(d.at("/quality"))
	if page := d.page(d.at("/quality")); !strings.Contains(page, "Contract FL-2 does not have the module Quality inspection") || !strings.Contains(page, "CNY 300") || !strings.Contains(page, "/seats?contract=") || strings.Contains(page, "/quality/draw") {
		t.Error("the page does not say what the module costs and where it is switched on")
	}
	w := d.send(d.at("/quality/forms/new"), http.StatusConflict, append([]string{"once", "f"}, aForm...)...)
	if !strings.Contains(w.Body.String(), "300 CNY") {
		t.Error("a form was made without the module")
	}
}

// aForm is a score form of two questions as it is filled in.
var aForm = []string{"rows", "3", "name", "Sales", "pass", "80", "section_0", "All", "text_0", "Greets", "points_0", "1", "weight_0", "10", "text_1", "Asks", "points_1", "4", "weight_1", "10", "na_1", "1", "text_2", "Says it is recorded", "points_2", "1", "weight_2", "0", "fatal_2", "1"}

var anInspection = regexp.MustCompile(`/quality/inspections/(insp_[0-9a-z]+)`)

// TestACallIsScoredBesideThePlayer from the form to the report: made, drawn, scored, objected
// to by its agent alone, answered by a second person; all in every language.
func TestACallIsScoredBesideThePlayer(t *testing.T) {
	d := newDesk(t)
	d.inspecting(true)
	for _, page := range []string{"/quality", "/quality/forms", "/quality/draw", "/quality/calibrations", "/quality/report", "/quality/mine"} {
		d.every(d.at(page))
	}
	agent := d.person(d.company, "ann@example.com", access.Agent)
	user := agent.self()
	d.tape("call-1", user, 30)
	d.tape("call-2", "bob", 30)

	d.send(d.at("/quality/forms/new"), http.StatusUnprocessableEntity, "once", "f0", "rows", "3", "name", "", "pass", "200")
	more := d.send(d.at("/quality/forms/new"), http.StatusOK, "once", "f0", "rows", "3", "do", "add", "text_0", "Greets").Body.String()
	if strings.Count(more, "question-row") != 6 || !strings.Contains(more, `value="Greets"`) {
		t.Error("rows were not added, or what was typed is lost")
	}
	form := d.send(d.at("/quality/forms/new"), http.StatusSeeOther, append([]string{"once", "f1"}, aForm...)...).Header().Get("Location")
	d.every(form)
	name := form[strings.LastIndex(form, "/")+1:]
	d.every(d.at("/quality/forms/new?from=" + name))
	d.every(d.at("/quality/forms"))

	today := d.today.String()
	d.send(d.at("/quality/draw"), http.StatusUnprocessableEntity, "once", "d0", "form", name, "first", today, "last", "x", "per_agent", "0", "seed", "")
	d.must(d.d.System.SetDispositions(t.Context(), d.company, []attempt.Disposition{{Code: "sold", Name: "Sold"}, {Code: "ni", Name: "Not interested"}}))
	plan := campaign.New("Spring", "sales", campaign.Manual, 0)
	plan.Dispositions = []attempt.Disposition{{Code: "trial", Name: "On trial"}}
	_, err := d.d.System.AddCampaign(t.Context(), d.company, plan)
	d.must(err)
	d.every(d.at("/quality/draw"))
	quota := []string{"form", name, "first", (d.today - 1).String(), "last", (d.today + 1).String(), "least", "5", "seed", "W1", "q_name_0", "sales", "q_count_0", "1", "q_codes_0", "sold"}
	kept := d.send(d.at("/quality/draw"), http.StatusUnprocessableEntity, append(quota, "once", "d0", "per_agent", "0", "q_codes_0", "trial")...).Body.String()
	for _, want := range []string{`value="sold" checked><span>Sold<`, `value="trial" checked><span>On trial<`, `value="ni"><span>Not interested · ni<`, `value="not_interested"><span>Not interested · not_interested<`, `value="sale"><span>Sale<`} {
		if !strings.Contains(kept, want) {
			t.Errorf("%s is not there", want)
		}
	}
	if strings.Count(kept, " checked") != 2 || strings.Contains(kept, `value="busy"`) {
		t.Error("what was not ticked is, or an outcome of calls nobody answered is offered")
	}
	if page := d.send(d.at("/quality/draw"), http.StatusUnprocessableEntity, append(quota, "once", "d0", "per_agent", "2", "q_codes_0", "SALE")...).Body.String(); !strings.Contains(page, "Choose one from the list") {
		t.Error("a disposition that does not exist is taken")
	}
	d.send(d.at("/quality/draw"), http.StatusSeeOther, "once", "d1", "form", name, "first", (d.today - 1).String(), "last", (d.today + 1).String(), "per_agent", "2", "least", "5", "seed", "W1", "q_name_0", "sales", "q_count_0", "1", "q_codes_0", "sale", "q_codes_0", "ni")
	found := anInspection.FindAllStringSubmatch(d.page(d.at("/quality")), -1)
	if len(found) != 2 {
		t.Fatalf("%d were drawn", len(found))
	}
	mine := ""
	for _, x := range found {
		page := d.page(d.at("/quality/inspections/" + x[1]))
		if !strings.Contains(page, "for “sales”") || !strings.Contains(page, "<canvas") {
			t.Error("the page does not say why the call was drawn, or has no player")
		}
		if strings.Contains(page, "Somebody") {
			mine = x[1]
		}
	}
	at := d.at("/quality/inspections/" + mine)
	d.every(at)
	inspector := d.person(d.company, "ivy@example.com", access.Inspector)
	inspector.send(at, http.StatusUnprocessableEntity, "once", "s0", "p_q1", "1", "p_q2", "9", "t_q1", "soon")
	inspector.send(at, http.StatusSeeOther, "once", "s1", "p_q1", "1", "p_q2", "2", "p_q3", "1", "c_q2", "two were missing", "t_q2", "0:12", "note_0", "a pause", "at_0", "0:20", "comment", "well")
	d.send(at, http.StatusConflict, "once", "s2", "p_q1", "1", "p_q2", "2", "p_q3", "1")
	if page := d.page(at); !strings.Contains(page, "75.0 %") || !strings.Contains(page, `data-go-to="12000"`) || !strings.Contains(page, "ivy@example.com") {
		t.Error("the score is not shown with its place and who gave it")
	}

	own := d.at("/quality/mine/" + mine)
	agent.every(d.at("/quality/mine"))
	agent.every(own)
	for _, rest := range []string{"/sound", "/peaks"} {
		if w := agent.ask(own+rest, nil); w.Code != http.StatusOK {
			t.Errorf("the agent's own call: %d", w.Code)
		}
	}
	if w := agent.ask(at, nil); w.Code != http.StatusForbidden {
		t.Errorf("an agent sees the inspectors' page: %d", w.Code)
	}
	other := d.person(d.company, "eve@example.com", access.Agent)
	for _, rest := range []string{"", "/sound", "/peaks"} {
		if w := other.ask(own+rest, nil); w.Code != http.StatusNotFound {
			t.Errorf("another agent's score: %d", w.Code)
		}
	}
	agent.send(own, http.StatusUnprocessableEntity, "once", "o0", "words", "")
	agent.send(own, http.StatusSeeOther, "once", "o1", "words", "I did ask")
	d.every(at)
	d.send(at+"/answer", http.StatusSeeOther, "once", "a1", "words", "you did", "rescore", "1", "p_q1", "1", "p_q2", "4", "p_q3", "1")
	if page := agent.page(own); !strings.Contains(page, "100.0 %") || !strings.Contains(page, "75.0 % before") || !strings.Contains(page, "you did") {
		t.Error("the agent does not see the answer")
	}
	d.every(d.at("/quality/report"))
	if file := d.page(d.at("/quality/report.csv")); !strings.Contains(file, "Somebody") || !strings.Contains(file, "100.0 %") {
		t.Errorf("%s", file)
	}
	d.page(d.at("/quality/report.xlsx"))
	for _, rest := range []string{"/quality/inspections/" + mine, "/quality/mine/" + mine, "/quality/forms/" + name} {
		d.onlyHere(rest)
	}
}

// TestCalibrationIsBlind: what others found is shown to whoever has scored.
func TestCalibrationIsBlind(t *testing.T) {
	d := newDesk(t)
	d.inspecting(true)
	r := d.tape("call-1", "bob", 30)
	form := d.send(d.at("/quality/forms/new"), http.StatusSeeOther, append([]string{"once", "f1"}, aForm...)...).Header().Get("Location")
	name := form[strings.LastIndex(form, "/")+1:]
	d.every(d.at("/quality/calibrations?recording=" + r.ID.Named("rec")))
	d.send(d.at("/quality/calibrations"), http.StatusUnprocessableEntity, "once", "c0", "name", "", "recording", "rec_1", "form", name)
	at := d.send(d.at("/quality/calibrations"), http.StatusSeeOther, "once", "c1", "name", "March", "recording", r.ID.Named("rec"), "form", name).Header().Get("Location")
	ivy, joe := d.person(d.company, "ivy@example.com", access.Inspector), d.person(d.company, "joe@example.com", access.Inspector)
	ivy.send(at, http.StatusSeeOther, "once", "i1", "p_q1", "1", "p_q2", "na", "p_q3", "1")
	if page := joe.page(at); strings.Contains(page, "ivy@example.com") || !strings.Contains(page, "once you have scored") {
		t.Error("an inspector sees what others found before scoring")
	}
	joe.send(at, http.StatusUnprocessableEntity, "once", "j0", "p_q1", "1")
	joe.send(at, http.StatusSeeOther, "once", "j1", "p_q1", "0", "p_q2", "4", "p_q3", "1")
	if page := joe.page(at); !strings.Contains(page, "ivy@example.com") || !strings.Contains(page, "Agreement of the inspectors") {
		t.Error("an inspector who has scored does not see the others")
	}
	joe.every(at)
	d.every(d.at("/quality/calibrations"))
	d.onlyHere(strings.TrimPrefix(at, d.at("")))
	// By hand, from the page of the recording, once while it waits.
	base := d.at("/recordings/" + r.ID.Named("rec"))
	d.send(base+"/inspect", http.StatusSeeOther, "once", "h1", "form", name)
	d.send(base+"/inspect", http.StatusConflict, "once", "h2", "form", name)
	d.send(base+"/inspect", http.StatusUnprocessableEntity, "once", "h3", "form", "x")
	d.every(base)
}

// self is the identifier of the person who is logged in.
func (o *office) self() string {
	o.t.Helper()
	a, err := o.d.Gate.LetSession(o.t.Context(), o.cookies[cookieName], access.Client{Address: "127.0.0.1"})
	o.must(err)
	return a.User.Named("user")
}

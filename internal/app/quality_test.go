package app_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

const qualityPlan = `plan: q
version: 1
currency: CNY
time_zone: Asia/Shanghai
modules: [{id: quality, name: {en: Quality inspection, zh-Hant: 質檢, zh-Hans: 质检}}]
unmetered: [calls]
components:
  - {id: quality, measure: module, where: {module: quality}, unit_price: 3500}
  - {id: inspections, measure: events, where: {kind: quality_inspection}, unit_price: 2}
`

var salesForm = quality.Form{Name: "Sales", Pass: 80, Sections: []quality.Section{{Name: "All", Questions: []quality.Question{
	{Key: "greets", Text: "Greets", Points: 1, Weight: 10}, {Key: "asks", Text: "Asks", Points: 4, Weight: 10, NA: true}, {Key: "notice", Text: "Says it is recorded", Points: 1, Fatal: true}}}}}

func gave(greets, asks, notice int) []quality.Answer {
	return []quality.Answer{{Key: "greets", Points: greets}, {Key: "asks", Points: asks}, {Key: "notice", Points: notice}}
}

// inspected is a system with a vault, and a company whose contract may have the module on.
func inspected(t *testing.T, on bool) (*books, id.Company, id.ID) {
	b, _ := recorded(t)
	b.at("2026-03-01 16:00:00") // the second in Shanghai
	b.publish(qualityPlan)
	c := b.company("one")
	more := ""
	if on {
		more = "modules: [quality]\n"
	}
	return b, c, b.contractIn(c, "contract: one\nplan: q@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n"+more, "")
}

// TestQualityNeedsItsModule: without it everything is refused by the module's name and what
// it costs; switched on by hand it works; a company without a contract is told so.
func TestQualityNeedsItsModule(t *testing.T) {
	b, c, contract := inspected(t, false)
	ctx := context.Background()
	_, err := b.PublishForm(ctx, c, "sue", salesForm)
	var off *app.ModuleOff
	if !errors.As(err, &off) || off.Contract != contract || off.Name.En != "Quality inspection" || len(off.Prices) != 1 || off.Prices[0].Price.String() != "3500" {
		t.Fatalf("%+v, %v", off, err)
	}
	wantKind(t, "off", err, fault.Conflict)
	must(b.Begin(ctx, c, app.Begin{Contract: contract, What: app.ModuleStretch, Of: "quality"}))
	must(b.PublishForm(ctx, c, "sue", salesForm))
	if second := must(b.PublishForm(ctx, c, "sue", salesForm)); second.Version != 2 || len(must(b.ScoreForms(ctx, c))) != 1 {
		t.Errorf("%+v", second)
	}
	bad := salesForm
	bad.Pass = 200
	_, err = b.PublishForm(ctx, c, "sue", bad)
	if err == nil {
		t.Error("a form that cannot be was kept")
	}
	_, err = b.NeedModule(ctx, b.company("two"), app.QualityModule)
	if off = nil; !errors.As(err, &off) || !off.Contract.IsZero() {
		t.Errorf("%v", err)
	}
}

// TestACallIsDrawnScoredAndObjectedTo: each step once, by whom it may be; the recording
// knows its score, the invoice the use of the module; another company has none of it.
func TestACallIsDrawnScoredAndObjectedTo(t *testing.T) {
	b, c, contract := inspected(t, true)
	ctx := context.Background()
	form := must(b.PublishForm(ctx, c, "sue", salesForm))
	var tapes []app.Recording
	for i := range 6 {
		tapes = append(tapes, b.tape(c, string(rune('a'+i)), 20, app.RecordingAbout{Agent: []string{"ann", "bob"}[i%2]}))
	}
	draw := app.DrawCalls{Form: form.ID, Seed: "2026-W10", Rule: quality.Rule{PerAgent: 2}, Period: timex.Period{From: day("2026-03-01").Start(time.UTC), To: day("2026-03-08").Start(time.UTC)}}
	drawn := must(b.DrawCalls(ctx, c, draw))
	if len(drawn) != 4 || drawn[0].Why.Of != 3 || drawn[0].State != app.InspectionDrawn {
		t.Fatalf("%+v", drawn)
	}
	if again := must(b.DrawCalls(ctx, c, draw)); len(again) != 0 {
		t.Errorf("drawn again: %+v", again)
	}
	x := drawn[0] // of ann
	score := func(by string, answers []quality.Answer) error {
		_, err := b.ScoreCall(ctx, c, app.ScoreCall{Inspection: x.ID, By: by, Answers: answers, Notes: []app.Note{{At: 500, Text: "here"}}, Comment: "well"})
		return err
	}
	wantKind(t, "of one's own", score("ann", gave(1, 4, 1)), fault.Conflict)
	if score("ivy", gave(1, 4, 1)[:2]) == nil {
		t.Error("a question is not answered, and there is a score")
	}
	wantKind(t, "before it is scored", second(b.ObjectToScore(ctx, c, x.ID, "ann", "no")), fault.NotFound)
	if err := score("ivy", gave(1, 2, 1)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "twice", score("ivy", gave(1, 4, 1)), fault.Conflict)
	if r := must(b.GetRecording(ctx, c, x.Recording)); r.Score == nil || *r.Score != 750 || r.Inspected != 1 {
		t.Errorf("%+v", r)
	}
	wantKind(t, "of somebody else's", second(b.ObjectToScore(ctx, c, x.ID, "bob", "no")), fault.NotFound)
	must(b.ObjectToScore(ctx, c, x.ID, "ann", "I did ask"))
	wantKind(t, "twice", second(b.ObjectToScore(ctx, c, x.ID, "ann", "again")), fault.Conflict)
	wantKind(t, "by who scored", second(b.AnswerObjection(ctx, c, app.ScoreCall{Inspection: x.ID, By: "ivy"}, "no")), fault.Conflict)
	wantKind(t, "by whose score it is", second(b.AnswerObjection(ctx, c, app.ScoreCall{Inspection: x.ID, By: "Ann, supervisor", User: "ann"}, "yes")), fault.Conflict)
	got := must(b.AnswerObjection(ctx, c, app.ScoreCall{Inspection: x.ID, By: "sue", Answers: gave(1, 4, 1)}, "you did"))
	if got.State != app.InspectionAnswered || got.Before.Total != 750 || got.Score.Total != 1000 || len(got.Notes) != 1 {
		t.Errorf("%+v", got)
	}
	report := must(b.QualityReport(ctx, c, timex.Period{}, "Sales"))
	if want := []app.AgentQuality{{Agent: "ann", Count: 1, Mean: 1000, Lowest: 1000, Passed: 1, Objected: 1, Changed: 1}}; report.Count != 1 || len(report.Agents) != 1 || report.Agents[0].Mean != want[0].Mean || report.Agents[0].Changed != 1 || len(report.Questions) != 3 {
		t.Errorf("%+v", report)
	}
	inv := must(b.DraftInvoice(ctx, c, contract, 0))
	if i := slices.IndexFunc(inv.Lines, func(l rating.Line) bool { return l.Component == "inspections" }); i < 0 || inv.Lines[i].Amount != yuan("2") {
		t.Errorf("%+v", inv.Lines)
	}
	wantKind(t, "chosen while it waits", second(b.InspectCall(ctx, c, drawn[1].Recording, form.ID)), fault.Conflict)
	must(b.InspectCall(ctx, c, x.Recording, form.ID))
	two := b.company("two")
	for name, err := range map[string]error{
		"form": second(b.GetScoreForm(ctx, two, form.ID)), "inspection": second(b.GetInspection(ctx, two, x.ID)), "object": second(b.ObjectToScore(ctx, two, x.ID, "ann", "no")),
		"answer": second(b.AnswerObjection(ctx, two, app.ScoreCall{Inspection: x.ID, By: "eve"}, "no")),
	} {
		wantKind(t, name, err, fault.NotFound)
	}
	if list := must(b.Inspections(ctx, two, app.InspectionQuery{Page: store.Page{Limit: 10}})); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if list := must(b.Inspections(ctx, c, app.InspectionQuery{Agent: "ann", Page: store.Page{Limit: 10}})); len(list) != 3 {
		t.Errorf("%d of ann", len(list))
	}
	_ = tapes
}

// TestInspectorsAreCalibrated: each scores once, and how far they agree is a figure.
func TestInspectorsAreCalibrated(t *testing.T) {
	b, c, _ := inspected(t, true)
	ctx := context.Background()
	form := must(b.PublishForm(ctx, c, "sue", salesForm))
	r := b.tape(c, "a", 20, app.RecordingAbout{Agent: "ann"})
	x := must(b.BeginCalibration(ctx, c, "sue", "March", r.ID, form.ID))
	must(b.ScoreCalibration(ctx, c, x.ID, "ivy", gave(1, 4, 1)))
	wantKind(t, "twice", second(b.ScoreCalibration(ctx, c, x.ID, "ivy", gave(1, 4, 1))), fault.Conflict)
	na := gave(0, 0, 1)
	na[1].NA = true
	x = must(b.ScoreCalibration(ctx, c, x.ID, "joe", na))
	units := x.Units(&form.Form)
	if !reflect.DeepEqual(units, [][]float64{{1, 0}, {1}, {1, 1}}) {
		t.Errorf("%v", units)
	}
	// Do: one pair of 1 and one of 0 among four values; De: three ones and a nought.
	if a, ok := quality.Alpha(units); !ok || math.Abs(a-0) > 1e-9 {
		t.Errorf("%v", a)
	}
	if got := must(b.GetRecording(ctx, c, r.ID)); got.Score != nil {
		t.Error("a calibration is a score of the call")
	}
	two := b.company("two")
	wantKind(t, "of another company", second(b.GetCalibration(ctx, two, x.ID)), fault.NotFound)
	if list := must(b.Calibrations(ctx, c, store.Page{Limit: 5})); len(list) != 1 || !list[0].HasScored("joe") {
		t.Errorf("%+v", list)
	}
}

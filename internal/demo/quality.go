package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/quality"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// scoreForm is what the firm scores its calls by.
var scoreForm = quality.Form{Name: "電話調查", Pass: 80, Sections: []quality.Section{
	{Name: "開場", Questions: []quality.Question{
		{Key: "greets", Text: "說明公司與來意", Points: 1, Weight: 10},
		{Key: "notice", Text: "告知通話錄音", Hint: "須在第一個問題之前。", Points: 1, Weight: 0, Fatal: true},
	}},
	{Name: "訪問", Questions: []quality.Question{
		{Key: "script", Text: "依問卷順序提問", Points: 3, Weight: 20},
		{Key: "neutral", Text: "語氣中立，不引導作答", Points: 3, Weight: 20},
		{Key: "repeat", Text: "聽不清時重述問題", Points: 1, Weight: 10, NA: true},
	}},
	{Name: "結束", Questions: []quality.Question{{Key: "thanks", Text: "致謝並告知查詢方式", Points: 1, Weight: 10}}},
}}

// quality draws calls of the last days and scores some of them: one with a fatal error, one
// that its agent objects to; and lets three inspectors score the same.
func (t *teller) quality(ctx context.Context, c *Customer) error {
	if t.sys.Vault == nil {
		return nil
	}
	form, err := t.sys.PublishForm(ctx, c.Company, "主管", scoreForm)
	if err != nil {
		return err
	}
	drawn, err := t.sys.DrawCalls(ctx, c.Company, app.DrawCalls{Form: form.ID, Seed: (t.today - tapeDays).String(), Period: timex.Period{From: (t.today - tapeDays).Start(time.UTC), To: (t.today + 1).Start(time.UTC)},
		Rule: quality.Rule{PerAgent: 4, Least: 20, Quotas: []quality.Quota{{Name: "長通話", Count: 1, Least: 60}, {Name: "完成問卷", Count: 1, Dispositions: []string{"DONE"}}}}})
	if err != nil || len(drawn) == 0 {
		return err // on the first hour of a history there may be none
	}
	rng := rand.New(rand.NewPCG(t.o.Seed, 68))
	for i := range drawn[:len(drawn)*2/3] {
		in := app.ScoreCall{Inspection: drawn[i].ID, By: "質檢員甲", Answers: findings(rng, &scoreForm, i == 1), Comment: "整體流程完整。", Notes: []app.Note{{At: 6000, Text: "此處語速過快"}}}
		if _, err := t.sys.ScoreCall(ctx, c.Company, in); err != nil {
			return err
		}
	}
	if _, err := t.sys.ObjectToScore(ctx, c.Company, drawn[0].ID, drawn[0].Agent, "客戶已聽清楚，無須重述問題。"); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return t.calibration(ctx, c, rng, drawn[len(drawn)-1].Recording, form)
}

// findings are an inspector's: most points, one missing here and there.
func findings(rng *rand.Rand, form *quality.Form, fatal bool) (out []quality.Answer) {
	for _, s := range form.Sections {
		for _, q := range s.Questions {
			a := quality.Answer{Key: q.Key, Points: q.Points}
			if rng.IntN(3) == 0 && !q.Fatal {
				a.Points--
			}
			if q.Fatal && fatal {
				at := int64(3000)
				a.Points, a.At, a.Comment = 0, &at, "未告知錄音"
			}
			if a.NA = q.NA && rng.IntN(2) == 0; a.NA {
				a.Points = 0
			}
			out = append(out, a)
		}
	}
	return out
}

// calibration is one call that three inspectors scored.
func (t *teller) calibration(ctx context.Context, c *Customer, rng *rand.Rand, recording id.ID, form app.ScoreForm) error {
	x, err := t.sys.BeginCalibration(ctx, c.Company, "主管", "第一次校準", recording, form.ID)
	if err != nil {
		return err
	}
	for _, by := range []string{"質檢員甲", "質檢員乙", "主管"} {
		if _, err := t.sys.ScoreCalibration(ctx, c.Company, x.ID, by, findings(rng, &scoreForm, false)); err != nil {
			return err
		}
	}
	return nil
}

// ownCall is a call that somebody of the firm made and that was scored: what an agent sees of
// their own.
func ownCall(ctx context.Context, sys *app.System, c *Customer, agent string, seed uint64) error {
	forms, err := sys.ScoreForms(ctx, c.Company)
	if err != nil || len(forms) == 0 {
		return err
	}
	rng := rand.New(rand.NewPCG(seed, 69))
	r, err := keepTape(ctx, sys, c, "call-of-their-own", app.RecordingAbout{Agent: agent, Campaign: "autumn-survey", Number: "+886912000000", Disposition: "DONE"}, newVoices().talk(rng, 40), nil)
	if err != nil {
		return err
	}
	x, err := sys.InspectCall(ctx, c.Company, r.ID, forms[0].ID)
	if err != nil {
		return err
	}
	_, err = sys.ScoreCall(ctx, c.Company, app.ScoreCall{Inspection: x.ID, By: "質檢員乙", Answers: findings(rng, &scoreForm, false)})
	return err
}

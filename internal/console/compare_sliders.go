package console

import (
	"net/http"
	"slices"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/workspace"
)

// sliderView is one slider and where it stands.
type sliderView struct {
	Field, Label, Value string
	Low, High           int
	Unit                string
}

// moduleView is a module that can be switched on or off in every offer.
type moduleView struct {
	ID    string
	State string // +, - or empty: as the offer has it
}

func (v *visit) sliders(a *workspace.Answer) (out []sliderView, modules []moduleView) {
	bounds := map[compare.ChangeKind][2]int{compare.VolumeChange: {-90, 200}, compare.LengthChange: {-90, 200}, compare.AnswerChange: {-50, 50}, compare.SeatsChange: {-90, 200}}
	for _, kind := range workspace.Sliders() {
		s := sliderView{Field: workspace.SliderName(kind), Label: lang.Choice(v.Tag, "input", string(kind)), Value: "0", Low: bounds[kind][0], High: bounds[kind][1], Unit: "%"}
		if kind == compare.AnswerChange {
			s.Unit = " " + v.say("compare_page.points")
		}
		for i := range a.Question.Changes {
			if c := &a.Question.Changes[i]; c.Kind == kind {
				s.Value = c.By.Mul(exact.Int(100)).Text(0)
			}
		}
		out = append(out, s)
	}
	for _, m := range a.Modules {
		one := moduleView{ID: m}
		for i := range a.Question.Changes {
			for _, n := range a.Question.Changes[i].Names {
				if n[1:] == m {
					one.State = n[:1]
				}
			}
		}
		modules = append(modules, one)
	}
	return out, modules
}

// stepView is what the sliders come to.
type stepView struct {
	Say     string
	Rows    []stepRow
	Skipped []string
	Moved   bool
}

type stepRow struct {
	Name   string
	Total  string
	Change string
	Tone   string
	Best   bool
	Share  int64 // of the dearest that can be totalled, in per cent
}

func spanOf(a *workspace.Answer) int {
	if n := a.Question.Span; slices.Contains(a.Result.Basis.Months, n) {
		return n
	}
	return a.Result.Basis.Decides
}

func (v *visit) stepView(a *workspace.Answer) (*stepView, error) {
	span := spanOf(a)
	step, err := a.Under(a.Question.Changes, span)
	if err != nil {
		return nil, err
	}
	out := &stepView{Moved: len(a.Question.Changes) > 0}
	most := money.Zero(a.Result.Basis.Currency)
	var best *compare.ScenarioCost
	for i := range step.Costs {
		c := &step.Costs[i]
		if !c.Total.Open && c.Total.High.Cmp(most) > 0 {
			most = c.Total.High
		}
		if c.Offer == step.Best {
			best = c
		}
	}
	for i := range step.Costs {
		out.Rows = append(out.Rows, v.stepRow(a, &step.Costs[i], step.Best, most))
	}
	for _, s := range step.Skipped {
		out.Skipped = append(out.Skipped, v.say("compare_page.skipped", "why", lang.Choice(v.Tag, "change_note", s.Why)))
	}
	if best != nil && !best.Total.Open {
		args := []string{"offer", v.offerName(a.Result, best.Offer), "total", v.rangeText(best.Total), "currency", a.Result.Basis.Currency.String(), "months", itoa(span)}
		if out.Say = v.say("compare_page.step_now", args...); out.Moved {
			out.Say = v.say("compare_page.step", args...)
		}
	}
	return out, nil
}

func (v *visit) stepRow(a *workspace.Answer, c *compare.ScenarioCost, best string, most money.Amount) stepRow {
	row := stepRow{Name: v.offerName(a.Result, c.Offer), Total: v.rangeText(c.Total), Best: c.Offer == best && !c.Total.Open}
	switch c.Change.Sign() {
	case 1:
		row.Change, row.Tone = "+"+lang.Decimal(v.Tag, c.Change), "bad"
	case -1:
		row.Change, row.Tone = lang.Decimal(v.Tag, c.Change), "good"
	}
	if most.Sign() > 0 {
		row.Share = min(100, max(0, c.Total.Low.Micros()/max(1, most.Micros()/100)))
	}
	return row
}

// compareStep answers the sliders: the real calls, billed again.
func (s *Server) compareStep(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	address := "/compare/" + at.token + "?" + kept(r.URL.Query()).Encode()
	if r.Header.Get("HX-Request") != "true" {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	q, wrong := workspace.ParseQuestion(r.URL.Query())
	answer, job, err := at.Ask(q)
	if err != nil {
		return err
	}
	b := &compareBody{At: at, Base: "/compare/" + at.token, Ask: v.asked(wrong)}
	if job != nil {
		b.Work = workOf(job) // the usage is being read again
	} else {
		b.Answer = &answerView{}
		if b.Answer.Step, err = v.stepView(answer); err != nil {
			return err
		}
	}
	w.Header().Set("HX-Replace-Url", address)
	s.render(w, v, http.StatusOK, "compare", &Page{Body: b})
	return nil
}

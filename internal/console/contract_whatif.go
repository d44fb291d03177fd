package console

import (
	"net/http"

	"waihu/internal/app"
	"waihu/internal/charging/life"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// whatIfBody asks what a change would cost, and answers.
type whatIfBody struct {
	Form       *form
	Href       string
	Components []option // that have a quantity to make smaller
	Plans      []option // to switch to
	Answer     *life.Answer
	Sentence   string
	Ways       []way
	Why        string // why there is no answer
}

// way is one way to do it.
type way struct {
	life.Way
	Name    string
	Clauses []string
	Best    bool
}

// whatIfForm is the form, with what can be chosen.
func (s *Server) whatIfForm(v *visit, c *app.ContractView) (*whatIfBody, error) {
	b := &whatIfBody{Form: v.blank("want", "cancel"), Href: v.contractAt(c.Agreement.ID, "/whatif")}
	names := priceNames{v.Tag, c.Plan}
	for id := range c.Contract.Quantities {
		b.Components = append(b.Components, option{"value": id, "label": names.component(id)})
	}
	sortOptions(b.Components)
	plans, err := s.newestPlans(v.r.Context(), v.plansSeen())
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		if p.Name() != c.Agreement.Plan {
			b.Plans = append(b.Plans, option{"value": p.Name(), "label": p.Name()})
		}
	}
	return b, nil
}

// whatIf answers what cancelling, downsizing or switching would cost today.
func (s *Server) whatIf(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.lookAt(v)
	if err != nil {
		return err
	}
	b, err := s.whatIfForm(v, c)
	if err != nil {
		return err
	}
	b.Form.Values = r.URL.Query()
	in := app.WhatIf{Contract: c.Agreement.ID, Want: life.Want(b.Form.choice("want", string(life.Cancel), string(life.Downsize), string(life.Switch)))}
	switch in.Want {
	case life.Downsize:
		in.Component = b.Form.text("component", 64)
		if in.Quantity, err = exact.Parse(b.Form.text("quantity", 20)); err != nil || in.Quantity.Sign() < 0 {
			b.Form.wrong("quantity", "form.number")
		}
	case life.Switch:
		in.To = b.Form.choice("to", values(b.Plans)...)
	}
	if b.Form.Value("on") != "" {
		in.On = b.Form.date("on")
	}
	status := http.StatusOK
	if !b.Form.OK() {
		status = http.StatusUnprocessableEntity
	} else if answer, err := s.d.System.WhatIf(r.Context(), v.company, in); err == nil {
		v.answered(b, &answer)
	} else if k := fault.KindOf(err); k == fault.Internal {
		return err
	} else {
		b.Why = err.Error()
	}
	s.render(w, v, status, "whatif", &Page{Title: v.say("whatif.title"), Lead: c.Agreement.Contract, Here: v.at("/contracts"),
		Crumbs: v.crumbs(Link{v.say("nav.contracts"), v.at("/contracts")}, Link{c.Agreement.Contract, v.contractAt(c.Agreement.ID, "")}), Body: b})
	return nil
}

// answered puts an answer into words: the best way first.
func (v *visit) answered(b *whatIfBody, a *life.Answer) {
	b.Answer = a
	for i, one := range a.Ways {
		b.Ways = append(b.Ways, way{Way: one, Name: v.say("whatif.way_" + one.Key), Clauses: v.clauses(one.Clauses), Best: i == a.Best && len(a.Ways) > 1})
	}
	if len(a.Ways) == 0 {
		return
	}
	best := a.Ways[a.Best]
	b.Sentence = v.say("whatif.say_"+string(a.Want), "date", best.On.String(), "until", lang.Money(v.Tag, best.Until), "fee", feeOf(v, best.Fee), "now", lang.Money(v.Tag, a.Now), "after", lang.Money(v.Tag, best.After))
}

// feeOf is a fee in words, nothing where there is none.
func feeOf(v *visit, m money.Amount) string {
	if m.IsZero() {
		return ""
	}
	return lang.Money(v.Tag, m)
}

// dayOr is a day of a form, today if it was left out.
func (f *form) dayOr(name string) timex.Date {
	if f.Value(name) == "" {
		return 0
	}
	return f.date(name)
}

package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// newBody is a contract that is about to be quoted.
type newBody struct {
	Form       *form
	Plans      []option
	Quantities []option // fields q-ID
	Modules    []option // fields m-ID
	View       *app.ContractView
	Sentences  []string
	Findings   []finding
	Problems   fault.Problems
	Refused    string
}

func (s *Server) newPage(w http.ResponseWriter, v *visit, status int, b *newBody) error {
	plans, err := s.newestPlans(v.r.Context(), id.Platform)
	if err != nil {
		return err
	}
	if b.Form.Value("plan") == "" && len(plans) > 0 {
		b.Form.Values.Set("plan", plans[0].Name())
	}
	for i := range plans {
		b.Plans = append(b.Plans, option{"value": plans[i].Name(), "label": plans[i].Name()})
		if plans[i].Name() == b.Form.Value("plan") {
			b.choices(v, &plans[i])
		}
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "contract-new", &Page{Title: v.say("contract.new"), Lead: v.say("contract.new_lead"), Here: v.at("/contracts"), Crumbs: v.crumbs(Link{v.say("nav.contracts"), v.at("/contracts")}), Body: b})
	return nil
}

// choices are what a plan lets a contract fix.
func (b *newBody) choices(v *visit, version *app.PlanVersion) {
	p, _, problems := app.ReadPlan(version.File, version.Decks)
	if problems.Err() != nil {
		return // it was published: it can be read
	}
	names := priceNames{v.Tag, p}
	for i := range p.Components {
		if k := &p.Components[i]; k.Measure == catalog.Recurring || k.Measure.OfPlaces() {
			b.Quantities = append(b.Quantities, option{"value": k.ID, "label": names.component(k.ID)})
		}
	}
	for i := range p.Modules {
		b.Modules = append(b.Modules, option{"value": p.Modules[i].ID, "label": p.Modules[i].Name.Or(p.Modules[i].ID).In(v.Tag)})
	}
}

// newContract shows the form of a quote.
func (s *Server) newContract(w http.ResponseWriter, r *http.Request, v *visit) error {
	y, m, _ := timex.DateOf(time.Now()).Civil()
	f := v.blank("plan", r.URL.Query().Get("plan"), "buyer", v.about.Name, "start", timex.NewDate(y, m, 1).AddMonths(1).String(), "months", "12", "payment", "30", "auto", "1", "notice", "30")
	return s.newPage(w, v, http.StatusOK, &newBody{Form: f})
}

// takeContract writes the text, holds it against the checklist, or quotes it.
func (s *Server) takeContract(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &newBody{Form: f}
	do := f.choice("do", "plan", "write", "check", "quote")
	if do == "plan" {
		return s.newPage(w, v, http.StatusOK, b)
	}
	if do == "write" {
		v.writeContract(f)
		if !f.OK() {
			return s.newPage(w, v, http.StatusUnprocessableEntity, b)
		}
	}
	text := f.text("file", formBytes/2)
	var until timex.Date
	if f.Value("valid_until") != "" {
		until = f.date("valid_until")
	}
	if !f.OK() {
		return s.newPage(w, v, http.StatusUnprocessableEntity, b)
	}
	look, err := s.d.System.LookAtText(r.Context(), text)
	if err != nil {
		return s.refusedText(w, v, b, err)
	}
	b.View, b.Sentences = &look, v.bound(&look)
	b.Findings, _ = v.findings(look.Checked)
	if do != "quote" {
		return s.newPage(w, v, http.StatusOK, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		a, err := s.d.System.Quote(ctx, v.company, app.Quote{File: text, ValidUntil: until})
		return access.Deed{Action: "contract.quote", Target: a.ID.Named("con"), After: a}, v.contractAt(a.ID, ""), err
	})
	if err != nil {
		return s.refusedText(w, v, b, err)
	}
	return nil
}

// refusedText shows what is wrong with the text, line by line.
func (s *Server) refusedText(w http.ResponseWriter, v *visit, b *newBody, err error) error {
	var list fault.Problems
	status := http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &list):
		b.Problems = list
	case fault.KindOf(err) == fault.Internal:
		return err
	case fault.KindOf(err) == fault.NotFound:
		b.Refused = v.say("contract.no_plan")
	default:
		if b.Refused = err.Error(); fault.KindOf(err) == fault.Conflict {
			status = http.StatusConflict
		}
	}
	return s.newPage(w, v, status, b)
}

// writeContract makes the text of a contract of what was filled in.
func (v *visit) writeContract(f *form) {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			b.WriteString(key + ": " + value + "\n")
		}
	}
	line("contract", yamlText(f.word("word")))
	line("plan", yamlText(f.text("plan", 200)))
	line("start", f.date("start").String())
	if n := f.Value("months"); n != "" {
		line("term", f.whole("months", 120)+" months")
	}
	if f.Value("auto") != "" {
		line("renewal", "{auto: true, notice_days: "+f.whole("notice", 365)+"}")
	} else {
		line("renewal", "{auto: false}")
	}
	line("payment_terms_days", f.whole("payment", 365))
	line("seller", "{name: "+yamlText(f.text("seller", 200))+"}")
	line("buyer", "{name: "+yamlText(f.text("buyer", 200))+"}")
	var quantities, modules []string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if id, ok := strings.CutPrefix(name, "q-"); ok && f.Value(name) != "" {
			quantities = append(quantities, yamlText(id)+": "+f.number(name).String())
		}
		if id, ok := strings.CutPrefix(name, "m-"); ok && f.Value(name) != "" {
			modules = append(modules, yamlText(id))
		}
	}
	if len(quantities) > 0 {
		line("quantities", "{"+strings.Join(quantities, ", ")+"}")
	}
	if len(modules) > 0 {
		line("modules", "["+strings.Join(modules, ", ")+"]")
	}
	f.Values.Set("file", b.String())
}

// word is what contracts and amendments may be called.
func (f *form) word(name string) string {
	s := f.text(name, 64)
	if s != "" && !catalog.ValidID(s) {
		f.wrong(name, "form.word")
	}
	return s
}

// whole is a whole number from 0 up to most.
func (f *form) whole(name string, most int64) string {
	n, err := exact.Parse(strings.TrimSpace(f.Value(name)))
	if i, err2 := n.Int64(); err != nil || err2 != nil || i < 0 || i > most {
		f.wrong(name, "form.number")
		return "0"
	}
	return n.String()
}

package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
)

func (s *Server) budgetPages() {
	s.page("GET /c/{company}/budgets", access.BudgetRead, s.budgets)
	s.page("POST /c/{company}/budgets", access.BudgetWrite, s.setBudget)
}

// budgetsBody is the budgets of a contract, what was spent and what comes.
type budgetsBody struct {
	Contracts []option
	Contract  string
	Deal      *app.Deal
	DraftHref string
	Rows      []budgetRow
	Outlook   *app.Outlook
	Why       string // there is no forecast
	Points    []outlookPoint
	Against   *money.Amount // the budget of all components, in the chart
	Sentence  string
	Alerts    []alertRow
	Form      *form
	Parts     []option
	MaySet    bool
	Refused   string
}

// budgetRow is a budget and how far it has come.
type budgetRow struct {
	app.BudgetState
	Share     int // percent
	Tone      string
	Part      string
	Href      string // to change it
	SpentHref string
	At        string // levels
}

// alertRow is an alert that went out.
type alertRow struct {
	app.SentAlert
	At string
}

// outlookPoint is a day of the chart: what was spent by its end, and from today
// on what may be.
type outlookPoint struct {
	Day, Text                string
	Spent, Likely, Low, High *money.Amount
}

// Float is an amount for the chart; empty where there is none.
func (outlookPoint) Float(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return strconv.FormatFloat(float64(a.Micros())/money.Micro, 'f', -1, 64)
}

// budgets shows the budgets of a contract.
func (s *Server) budgets(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	return s.budgetsPage(w, v, http.StatusOK, v.blank("contract", q.Get("contract"), "budget", q.Get("budget")), "", false)
}

func (s *Server) budgetsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string, filled bool) error {
	b := &budgetsBody{Form: f, Refused: refused, MaySet: v.may(access.BudgetWrite)}
	if err := s.pickContract(v, f, b); err != nil {
		return err
	}
	if b.Deal != nil {
		if err := s.fillBudgets(v, b, filled); err != nil {
			return err
		}
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "budgets", &Page{Title: v.say("nav.budgets"), Lead: v.say("budgets.lead"), Here: v.at("/budgets"), Crumbs: v.crumbs(), Chart: len(b.Points) > 1, Body: b})
	return nil
}

// pickContract finds the contract that is named among those that serve, or the
// first of them.
func (s *Server) pickContract(v *visit, f *form, b *budgetsBody) error {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	for i := range deals {
		if !deals[i].Serves() {
			continue
		}
		name := deals[i].ID.Named("con")
		b.Contracts = append(b.Contracts, option{"value": name, "label": deals[i].Contract})
		if b.Deal == nil && (f.Value("contract") == "" || f.Value("contract") == name) {
			b.Deal, b.Contract = &deals[i], name
		}
	}
	if b.Deal == nil && f.Value("contract") != "" {
		return fault.New(fault.NotFound, "there is no such contract that is running")
	}
	return nil
}

func (s *Server) fillBudgets(v *visit, b *budgetsBody, filled bool) error {
	ctx, d := v.r.Context(), b.Deal
	b.DraftHref = v.contractAt(d.ID, "/draft")
	states, err := s.d.System.BudgetStates(ctx, v.company, d.ID)
	if err != nil {
		return err
	}
	names := priceNames{v.Tag, d.Plan}
	b.Parts = []option{{"value": "", "label": v.say("budgets.all")}}
	for i := range d.Plan.Components {
		b.Parts = append(b.Parts, option{"value": d.Plan.Components[i].ID, "label": names.component(d.Plan.Components[i].ID)})
	}
	for i := range states {
		row := v.budgetRow(&states[i], names, b)
		if row.Component == "" && b.Against == nil {
			b.Against = &states[i].Amount
		}
		if !filled && b.Form.Value("budget") == row.ID.Named("bud") {
			b.fillForm(&states[i])
		}
		b.Rows = append(b.Rows, row)
	}
	if v.may(access.ForecastRead) {
		if err := s.fillOutlook(v, b); err != nil {
			return err
		}
	}
	sent, err := s.d.System.SentAlerts(ctx, v.company, d.ID)
	for _, a := range sent {
		if minor, err := money.ToMinor(a.Spent.Exact(), a.Spent.Currency()); err == nil {
			a.Spent = minor
		}
		b.Alerts = append(b.Alerts, alertRow{a, clockTime(a.At, d.Loc)})
	}
	return err
}

func (v *visit) budgetRow(x *app.BudgetState, names priceNames, b *budgetsBody) budgetRow {
	row := budgetRow{BudgetState: *x, Part: v.say("budgets.all"), Href: "?contract=" + b.Contract + "&budget=" + x.ID.Named("bud") + "#set", At: levelsOf(x.Levels)}
	if x.Component != "" {
		row.Part = names.component(x.Component)
	}
	if row.At == "" {
		row.At = "50, 80, 100"
	}
	if minor, err := money.ToMinor(x.Spent.Exact(), x.Spent.Currency()); err == nil {
		row.Spent = minor // it runs up in millionths
	}
	share := x.Share(x.Spent)
	n, err := strconv.Atoi(share.Round(exact.Down, 0).String())
	if err != nil {
		n = 1000
	}
	row.Share = n
	switch {
	case n >= 100:
		row.Tone = "bad"
	case n >= 80:
		row.Tone = "warn"
	}
	row.SpentHref = b.DraftHref
	if p, ok := b.Deal.PeriodOn(b.Deal.Today); ok {
		row.SpentHref = v.callsOf(b.Deal.ID, p.First, p.After)
		if x.Component != "" {
			row.SpentHref += "&component=" + queryEscape(x.Component)
		}
	}
	return row
}

func levelsOf(levels []int) string {
	var out []string
	for _, l := range levels {
		out = append(out, itoa(l))
	}
	return strings.Join(out, ", ")
}

// fillForm shows a budget in the form that changes it.
func (b *budgetsBody) fillForm(x *app.BudgetState) {
	set := b.Form.Values.Set
	set("name", x.Name)
	set("component", x.Component)
	set("amount", x.Amount.Decimal())
	set("levels", levelsOf(x.Levels))
	set("revision", strconv.FormatInt(x.Revision, 10))
	if x.HardStop {
		set("stop", "1")
	}
}

// fillOutlook draws the period: day by day so far, then to its end.
func (s *Server) fillOutlook(v *visit, b *budgetsBody) error {
	g, _, err := s.d.System.Glance(v.r.Context(), v.company, b.Deal.ID, true)
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	if err != nil {
		b.Why = err.Error()
		return nil
	}
	if b.Outlook = g.Outlook; b.Outlook == nil {
		return nil
	}
	o := g.Outlook
	b.Sentence = v.say("budgets.forecast", "likely", lang.Money(v.Tag, o.Likely), "low", lang.Money(v.Tag, o.Low), "high", lang.Money(v.Tag, o.High), "date", (o.After - 1).String())
	if b.Against != nil && b.Against.Currency() == o.Likely.Currency() {
		switch {
		case o.Low.Cmp(*b.Against) > 0:
			b.Sentence += " " + v.say("budgets.will_pass", "amount", lang.Money(v.Tag, *b.Against))
		case o.High.Cmp(*b.Against) > 0:
			b.Sentence += " " + v.say("budgets.may_pass", "amount", lang.Money(v.Tag, *b.Against))
		default:
			b.Sentence += " " + v.say("budgets.within", "amount", lang.Money(v.Tag, *b.Against))
		}
	}
	return b.points(v, o)
}

// points puts what does not depend on calls before the first day, so that the
// last day so far stands at what was spent.
func (b *budgetsBody) points(v *visit, o *app.Outlook) error {
	sum := o.Spent
	for _, d := range o.ByDay {
		var err error
		if sum, err = sum.Sub(d.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	for _, d := range o.ByDay {
		var err error
		if sum, err = sum.Add(d.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		at := sum
		b.Points = append(b.Points, outlookPoint{Day: itoa(int(d.On - o.First + 1)), Text: lang.Date(v.Tag, d.On), Spent: &at})
	}
	if n := len(b.Points); n > 0 && o.Left > 0 {
		last := &b.Points[n-1]
		last.Likely, last.Low, last.High = last.Spent, last.Spent, last.Spent
		b.Points = append(b.Points, outlookPoint{Day: itoa(int(o.After - o.First)), Text: lang.Date(v.Tag, o.After-1), Likely: &o.Likely, Low: &o.Low, High: &o.High})
	}
	return nil
}

// setBudget sets a budget or changes one.
func (s *Server) setBudget(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	contract := f.id("contract", "con")
	if f.Error("contract") != "" {
		return fault.New(fault.NotFound, "there is no such contract")
	}
	b := &budgetsBody{}
	if err := s.pickContract(v, f, b); err != nil {
		return err
	}
	in := app.Budget{Contract: contract, Name: f.text("name", 100), Component: f.optional("component", 200)}
	in.Budget = budget.Budget{Amount: f.above("amount", b.Deal.Plan.Currency), Levels: f.levels("levels"), HardStop: f.Value("stop") != ""}
	if f.Value("budget") != "" {
		in.ID = f.id("budget", "bud")
		in.Revision, err = strconv.ParseInt(f.Value("revision"), 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "the revision of the budget: a number was expected")
		}
	}
	if !f.OK() {
		return s.budgetsPage(w, v, http.StatusUnprocessableEntity, f, "", true)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		out, err := s.d.System.SetBudget(ctx, v.company, in)
		return access.Deed{Action: "budget.set", Target: out.ID.Named("bud"), After: out}, v.at("/budgets?contract=" + f.Value("contract")), err
	})
	if err == nil {
		return nil
	}
	if status, ok := refusedAs(err); ok {
		return s.budgetsPage(w, v, status, f, err.Error(), true)
	}
	return err
}

// levels reads percents such as "50, 80, 100".
func (f *form) levels(name string) (out []int) {
	for _, word := range strings.FieldsFunc(f.Value(name), func(r rune) bool { return strings.ContainsRune(", %、，", r) }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 1000 || len(out) == 10 || len(out) > 0 && n <= out[len(out)-1] {
			f.wrong(name, "budgets.levels_wrong")
			return nil
		}
		out = append(out, n)
	}
	return out
}

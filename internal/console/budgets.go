package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
)

func (s *Server) budgetPages() {
	s.page("GET /c/{company}/budgets", access.BudgetRead, s.budgets)
	s.exports("/c/{company}/budgets", access.BudgetRead, "budgets", "nav.budgets", s.budgetsFile)
	s.page("POST /c/{company}/budgets", access.BudgetWrite, s.setBudget)
}

// budgetsBody is the budgets of a contract, what was spent and what comes.
type budgetsBody struct {
	Contracts []option
	Contract  string
	Deal      *app.Deal
	DraftHref string
	Rows      []budgetRow
	Order     *order
	Files     []Link
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
	b.Deal, b.Contracts = pickDeal(deals, f.Value("contract"), (*app.Deal).Serves)
	if b.Deal == nil && f.Value("contract") != "" {
		return fault.New(fault.NotFound, "there is no such contract that is running")
	}
	if b.Deal != nil {
		b.Contract = b.Deal.ID.Named("con")
	}
	return nil
}

func (s *Server) fillBudgets(v *visit, b *budgetsBody, filled bool) error {
	ctx, d := v.r.Context(), b.Deal
	states, err := s.listBudgets(v, b)
	if err != nil {
		return err
	}
	names := priceNames{v.Tag, d.Plan}
	b.Parts = []option{{"value": "", "label": v.say("budgets.all")}}
	for i := range d.Plan.Components {
		b.Parts = append(b.Parts, option{"value": d.Plan.Components[i].ID, "label": names.component(d.Plan.Components[i].ID)})
	}
	for i := range states {
		if states[i].Component == "" && b.Against == nil {
			b.Against = &states[i].Amount
		}
		if !filled && b.Form.Value("budget") == states[i].ID.Named("bud") {
			b.fillForm(&states[i])
		}
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

// listBudgets fills the rows in the order of the address, what is nearest its end first
// where none is named, and gives the budgets as they were set.
func (s *Server) listBudgets(v *visit, b *budgetsBody) ([]app.BudgetState, error) {
	d := b.Deal
	b.DraftHref = v.contractAt(d.ID, "/draft")
	states, err := s.d.System.BudgetStates(v.r.Context(), v.company, d.ID)
	for i := range states {
		b.Rows = append(b.Rows, v.budgetRow(&states[i], priceNames{v.Tag, d.Plan}, b))
	}
	b.Order = v.order(url.Values{"contract": {b.Contract}}, "-share", column{"name", "budgets.name", false}, column{"of", "budgets.of", false}, column{"spent", "budgets.spent", true},
		column{"amount", "budgets.amount", true}, column{"share", "budgets.share", true}, column{"told", "budgets.told", true})
	b.Files = b.Order.files(v.at("/budgets"))
	b.Rows = arranged(b.Order, b.Rows, len(b.Rows), func(x *budgetRow) string { return x.ID.Named("bud") }, keys[budgetRow]{
		"name":   func(x *budgetRow) string { return store.OrderText(x.Name) },
		"of":     func(x *budgetRow) string { return store.OrderText(x.Part) },
		"spent":  func(x *budgetRow) string { return store.OrderMoney(x.Spent) },
		"amount": func(x *budgetRow) string { return store.OrderMoney(x.Amount) },
		"share":  func(x *budgetRow) string { return store.OrderInt(int64(x.Share)) },
		"told":   func(x *budgetRow) string { return store.OrderInt(int64(x.Told)) },
	})
	return states, err
}

// budgetsFile gives the list as a file.
func (s *Server) budgetsFile(v *visit) (*sheet, error) {
	b := &budgetsBody{}
	t := v.sheet("usage.contract", "budgets.name", "budgets.of", "money.currency", "budgets.spent", "budgets.amount", "budgets.share_percent", "budgets.levels", "budgets.told", "budgets.stop")
	err := s.pickContract(v, v.blank("contract", v.r.URL.Query().Get("contract")), b)
	if err != nil || b.Deal == nil {
		return t, err
	}
	_, err = s.listBudgets(v, b)
	for i := range b.Rows {
		x := &b.Rows[i]
		t.add(b.Deal.Contract, x.Name, x.Part, x.Amount.Currency().String(), x.Spent, x.Amount, x.Share, x.At, x.Told, given(x.HardStop, v.say("budgets.stop")))
	}
	return t, err
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

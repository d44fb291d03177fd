package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"unicode"
	"unicode/utf8"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/clause"
	"waihu/internal/charging/life"
	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) contractPages() {
	s.page("GET /c/{company}/contracts", access.ContractRead, s.contracts)
	s.exports("/c/{company}/contracts", access.ContractRead, "contracts", "nav.contracts", s.contractsFile)
	s.page("GET /c/{company}/contracts/new", access.ContractQuote, s.newContract)
	s.page("POST /c/{company}/contracts/new", access.ContractQuote, s.takeContract)
	s.page("GET /c/{company}/contracts/{contract}", access.ContractRead, s.contract)
	s.page("GET /c/{company}/contracts/{contract}/draft", access.InvoiceDraft, s.draftInvoice)
	s.page("GET /c/{company}/contracts/{contract}/whatif", access.ContractRead, s.whatIf)
	for _, step := range contractSteps() {
		s.page("GET /c/{company}/contracts/{contract}/"+step.verb, step.may, s.stepForm(step))
		s.page("POST /c/{company}/contracts/{contract}/"+step.verb, step.may, s.takeStepOf(step))
	}
}

// contractRow is a contract in the list.
type contractRow struct {
	Href, Word, Plan, PlanHref string
	State                      life.State
	Start, End                 timex.Date
	BilledTo                   timex.Date
}

// contractStates are what the list can be narrowed to.
var contractStates = []life.State{life.Running, life.Notice, life.Quoted, life.Signed, life.Ended, life.Withdrawn}

// contracts lists a company's contracts.
func (s *Server) contracts(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, state, o, err := s.contractRows(v)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "contracts", &Page{Title: v.say("nav.contracts"), Lead: v.say("contracts.lead"), Here: v.at("/contracts"), Crumbs: v.crumbs(),
		Body: map[string]any{"Rows": rows, "Order": o, "State": state, "States": contractStates, "New": v.at("/contracts/new"), "MayQuote": v.may(access.ContractQuote), "Files": o.files(v.at("/contracts"))}})
	return nil
}

// contractsFile gives the list as a file, narrowed and sorted as the page is.
func (s *Server) contractsFile(v *visit) (*sheet, error) {
	rows, _, _, err := s.contractRows(v)
	if err != nil {
		return nil, err
	}
	t := v.sheet("contract.word", "contract.plan", "contract.state", "contract.f_start", "contract.bound_to", "contract.billed_to")
	for i := range rows {
		x := &rows[i]
		t.add(x.Word, x.Plan, v.say("contract.state_"+string(x.State)), x.Start, x.End, x.BilledTo)
	}
	return t, nil
}

// contractRows are a company's contracts in the state that was asked for, or all.
func (s *Server) contractRows(v *visit) (rows []contractRow, state life.State, o *order, err error) {
	list, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return nil, "", nil, err
	}
	if state = life.State(v.r.URL.Query().Get("state")); !slices.Contains(contractStates, state) {
		state = ""
	}
	for i := range list {
		d := &list[i]
		if state != "" && d.Life.State != state {
			continue
		}
		end := d.Life.EndsOn
		if end == 0 {
			end = d.Life.TermTo
		}
		rows = append(rows, contractRow{Href: v.contractAt(d.ID, ""), Word: d.Contract, Plan: d.Plan.Name.Or(d.Agreement.Plan).In(v.Tag), PlanHref: v.planAt(d.Agreement.Plan),
			State: d.Life.State, Start: d.Terms.Start, End: end, BilledTo: d.BilledTo})
	}
	o = v.order(url.Values{"state": {string(state)}}, "state", column{"contract", "contract.word", false}, column{"plan", "contract.plan", false}, column{"state", "contract.state", false}, column{"start", "contract.f_start", true},
		column{"end", "contract.bound_to", false}, column{"billed", "contract.billed_to", false})
	rows = arranged(o, rows, len(rows), func(x *contractRow) string { return x.Href }, keys[contractRow]{
		"contract": func(x *contractRow) string { return store.OrderText(x.Word) },
		"plan":     func(x *contractRow) string { return store.OrderText(x.Plan) },
		"state":    func(x *contractRow) string { return store.OrderInt(int64(slices.Index(contractStates, x.State))) },
		"start":    func(x *contractRow) string { return store.OrderInt(int64(x.Start)) },
		"end":      func(x *contractRow) string { return store.OrderInt(int64(x.End)) },
		"billed":   func(x *contractRow) string { return store.OrderInt(int64(x.BilledTo)) },
	})
	return rows, state, o, nil
}

// contractAt is an address below a contract.
func (v *visit) contractAt(i id.ID, rest string) string {
	return v.at("/contracts/" + i.Named("con") + rest)
}

// plansSeen are whose plans the visitor sees here.
func (v *visit) plansSeen() id.Company {
	of, _ := access.PlansOf(v.actor, v.company)
	return of
}

// planAt is the page of a version of a plan, for those who may see plans; empty:
// the plan's words stand on the contract.
func (v *visit) planAt(version string) string {
	if !v.everywhere(access.PlanRead) {
		return ""
	}
	return "/plans/" + pathEscape(version)
}

// contractID is the contract of an address.
func contractID(r *http.Request) (id.ID, error) {
	i, err := id.ParseNamed("con", r.PathValue("contract"))
	if err != nil {
		return i, fault.New(fault.NotFound, "there is no such contract")
	}
	return i, nil
}

// lookAt reads the contract of an address.
func (s *Server) lookAt(v *visit) (*app.ContractView, error) {
	i, err := contractID(v.r)
	if err != nil {
		return nil, err
	}
	c, err := s.d.System.LookAtContract(v.r.Context(), v.company, i)
	c.Agreement.ID = i
	return &c, err
}

// finding is a clause of the checklist as a row.
type finding struct {
	Name, Status, Severity, Says, Why, Ask, When string
	Tone                                         string
	Costs                                        *money.Amount
}

// contractBody is one contract.
type contractBody struct {
	View      *app.ContractView
	Plan      string
	PlanHref  string
	DraftHref string
	Draft     *money.Amount // what the running period comes to so far; nil: none runs, it cannot be told, or all usage would have to be read first
	DraftOf   string
	DraftWhy  string
	Steps     []life.Step
	Facts     []document.Fact
	Seller    []document.Fact
	Buyer     []document.Fact
	Words     []explain.Section
	Findings  []finding
	Well      []string
	Actions   []Link
	WhatIf    *whatIfBody // nil: nothing to leave
	Exit      []string    // clauses of the way out
	Last      timex.Date  // last day of the contract, or of its term; zero: neither is fixed
}

// contract shows one contract.
func (s *Server) contract(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.lookAt(v)
	if err != nil {
		return err
	}
	b := contractBody{View: c, Plan: c.Plan.Name.Or(c.Agreement.Plan).In(v.Tag), PlanHref: v.planAt(c.Agreement.Plan), Steps: c.Agreement.Life.Steps,
		Facts: v.termsOf(c), Seller: v.party(c.Contract.Seller), Buyer: v.party(c.Contract.Buyer), Actions: v.actionsOf(c)}
	b.Words = append(explain.Contract(c.Contract, c.Plan, v.Tag).Sections, explain.Plan(c.Contract.PlanOn(c.Plan, max(c.Today, c.Contract.Start)), v.Tag).Sections...)
	b.Findings, b.Well = v.findings(c.Checked)
	if after := cmp.Or(c.Agreement.Life.EndsOn, c.Agreement.Life.TermTo); after != 0 {
		b.Last = after - 1
	}
	if c.Exit != nil {
		b.Exit = v.clauses(c.Exit.Clauses)
	}
	if c.Period != nil {
		b.DraftHref, b.DraftOf = v.contractAt(c.Agreement.ID, "/draft"), lang.Dates(v.Tag, c.Period.First, c.Period.After)
		g, ready, err := s.d.System.Glance(r.Context(), v.company, c.Agreement.ID, v.plansSeen(), false)
		switch {
		case err != nil:
			b.DraftWhy = err.Error()
		case ready:
			b.Draft = &g.SoFar
		}
		if b.WhatIf, err = s.whatIfForm(v, c); err != nil {
			return err
		}
	}
	s.render(w, v, http.StatusOK, "contract", &Page{Title: c.Agreement.Contract, Lead: b.Plan, Here: v.at("/contracts"), Crumbs: v.crumbs(Link{v.say("nav.contracts"), v.at("/contracts")}), Body: b})
	return nil
}

// actionsOf are the steps that can be taken now, by whoever looks.
func (v *visit) actionsOf(c *app.ContractView) (out []Link) {
	for _, step := range contractSteps() {
		if slices.Contains(step.in, c.Agreement.Life.State) && v.may(step.may) {
			out = append(out, Link{v.say("contract.do_" + step.verb), v.contractAt(c.Agreement.ID, "/"+step.verb)})
		}
	}
	return out
}

// findings are what matters, the worst first, and the names of what is well.
func (v *visit) findings(c *clause.Checked) (out []finding, well []string) {
	for _, severity := range []clause.Severity{clause.High, clause.Medium, clause.Low, clause.None} {
		for i := range c.Findings {
			f := &c.Findings[i]
			if f.Severity != severity {
				continue
			}
			name := v.say("clause.name." + string(f.Clause))
			if f.Status == clause.Present {
				well = append(well, name)
				continue
			}
			if severity == clause.None {
				continue
			}
			x := finding{Name: name, Status: capital(v.say("clause.status." + string(f.Status))), Severity: v.say("clause.severity." + string(severity)), Says: lang.Phrase(v.Tag, "clause.says."+f.Says, f.Args),
				Why: v.say("clause.why." + string(f.Clause)), Ask: v.say("clause.ask." + string(f.Clause)), Tone: map[clause.Severity]string{clause.High: "bad", clause.Medium: "warn"}[severity]}
			if f.Costs != nil {
				x.Costs, x.When = &f.Costs.Amount, capital(lang.Phrase(v.Tag, "clause.when."+f.Costs.When, f.Costs.Args))
			}
			out = append(out, x)
		}
	}
	return out, well
}

// capital is a phrase that goes on in documents, as a sentence of its own.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// clauses are the sentences of what decided.
func (v *visit) clauses(list []life.Clause) (out []string) {
	for _, c := range list {
		out = append(out, lang.Phrase(v.Tag, "clause."+c.Key, c.Args))
	}
	return out
}

// draftInvoice shows what a period would be billed now: the same page as an
// invoice, of the same function that makes it.
func (s *Server) draftInvoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.lookAt(v)
	if err != nil {
		return err
	}
	day := timex.Date(0)
	if d := r.URL.Query().Get("day"); d != "" {
		if day, err = timex.ParseDate(d); err != nil {
			return fault.New(fault.NotFound, "there is no such day")
		}
	} else if c.Period != nil {
		day = c.Period.First
	}
	inv, err := s.d.System.DraftInvoice(r.Context(), v.company, c.Agreement.ID, day)
	if err != nil {
		return err
	}
	b := invoiceBody{Row: invoiceRow{Status: "draft", Total: inv.Total, Open: inv.ToPay()}, Told: document.Tell(v.Tag, inv), Usage: v.callsOf(c.Agreement.ID, inv.First, inv.After), Seal: inv.Seal}
	s.render(w, v, http.StatusOK, "invoice", &Page{Title: v.say("contract.draft_title", "contract", c.Agreement.Contract), Lead: lang.Dates(v.Tag, inv.First, inv.After), Here: v.at("/contracts"),
		Crumbs: v.crumbs(Link{v.say("nav.contracts"), v.at("/contracts")}, Link{c.Agreement.Contract, v.contractAt(c.Agreement.ID, "")}), Body: b})
	return nil
}

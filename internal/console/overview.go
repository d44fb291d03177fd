package console

import (
	"net/http"
	"slices"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// overviewBody is the first page of a company: what runs, what is owed, what
// comes.
type overviewBody struct {
	Contracts []overviewContract
	Open      []openInvoice
	Past      []overviewMonth // oldest first
	Advice    []string
	Waits     bool // one of the contracts does

	New string // where a first contract is made; empty: not by the visitor
}

// overviewContract is a running contract and its period so far.
type overviewContract struct {
	Name     string
	Plan     lang.Text
	State    life.State
	First    timex.Date
	After    timex.Date
	SoFar    money.Amount
	Forecast *app.Forecast
	Over     *money.Amount // by how much the forecast is above a budget; nil: it is not
	Budgets  []overviewBudget
	Parts    []overviewPart // where it goes
	Unpriced int64
	Href     string // of the contract
	Draft    string // address of the draft that explains it; empty: not for the visitor
	Waits    bool   // what takes a reading of all usage comes after the page
}

// openInvoice is one that is not paid, and whether it is objected to.
type openInvoice struct {
	invoiceRow
	Disputed bool
}

// overviewBudget is how much of a budget is spent, in percent.
type overviewBudget struct {
	Amount money.Amount
	Share  int
}

// overviewPart is what a component has of a period so far.
type overviewPart struct {
	Name   string
	Amount money.Amount
	Share  int // percent of all; 0: less than half of one, or a credit
}

// overviewMonth is a billed period in the chart.
type overviewMonth struct {
	Label string
	Total money.Amount
	Href  string
}

// Float is the amount for a chart.
func (m overviewMonth) Float() float64 { return float64(m.Total.Micros()) / money.Micro }

const (
	monthsShown = 13
	adviceShown = 5
)

// overview is the first page of a company.
func (s *Server) overview(w http.ResponseWriter, r *http.Request, v *visit) error {
	b := &overviewBody{}
	if v.may(access.ContractQuote) {
		b.New = v.at("/contracts/new")
	}
	list, err := s.d.System.Contracts(r.Context(), v.company, "")
	if err != nil {
		return err
	}
	for i := range list {
		if a := &list[i]; a.Life.State == life.Running || a.Life.State == life.Notice {
			if err := s.overviewContract(r, v, a, b); err != nil {
				return err
			}
		}
	}
	if err := s.overviewInvoices(r, v, b); err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "overview", &Page{Title: v.about.Name, Lead: v.say("overview.lead"), Here: v.at(""), Chart: len(b.Past) > 1, Body: b})
	return nil
}

// overviewContract adds a contract: what it comes to, its forecast, its budgets.
// What takes a reading of all usage is fetched once the page is there.
func (s *Server) overviewContract(r *http.Request, v *visit, a *app.Agreement, b *overviewBody) error {
	ctx := r.Context()
	g, ready, err := s.d.System.Glance(ctx, v.company, a.ID, v.plansSeen(), r.URL.Query().Get("now") != "")
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil // it does not serve now
	}
	if err != nil {
		return err
	}
	c := overviewContract{Name: a.Contract, Plan: g.Plan, State: a.Life.State, First: g.First, After: g.After, SoFar: g.SoFar, Unpriced: g.Unpriced, Waits: !ready, Href: v.contractAt(a.ID, "")}
	if !ready {
		b.Waits = true
		b.Contracts = append(b.Contracts, c)
		return nil
	}
	for _, p := range g.Parts {
		part := overviewPart{Name: v.say("overview.part_other"), Amount: p.Amount}
		if p.Name != (lang.Text{}) {
			part.Name = p.Name.In(v.Tag)
		}
		if all := g.SoFar.Micros(); p.Amount.Sign() > 0 && all > 0 {
			hundredth := max(all/100, 1)
			part.Share = int(min((p.Amount.Micros()+hundredth/2)/hundredth, 100))
		}
		c.Parts = append(c.Parts, part)
	}
	if g.Outlook != nil {
		c.Forecast = &g.Outlook.Forecast
	}
	if v.may(access.InvoiceDraft) {
		c.Draft = v.contractAt(a.ID, "/draft?day="+g.First.String())
	}
	budgets, err := s.d.System.Budgets(ctx, v.company, a.ID)
	if err != nil {
		return err
	}
	for i := range budgets {
		amount := budgets[i].Amount
		if budgets[i].Component != "" || amount.Sign() <= 0 || amount.Currency() != c.SoFar.Currency() {
			continue // a component's stands on the page of budgets
		}
		c.Budgets = append(c.Budgets, overviewBudget{amount, int(c.SoFar.Micros() / max(amount.Micros()/100, 1))})
		if c.Forecast == nil || c.Forecast.Likely.Currency() != amount.Currency() {
			continue
		}
		if over := c.Forecast.Likely.Micros() - amount.Micros(); over > 0 && (c.Over == nil || over > c.Over.Micros()) {
			most := money.Micros(over, amount.Currency())
			c.Over = &most
		}
	}
	for _, t := range g.Advice[:min(len(g.Advice), adviceShown)] {
		b.Advice = append(b.Advice, lang.Phrase(v.Tag, "advice."+t.Key, t.Args))
	}
	b.Contracts = append(b.Contracts, c)
	return nil
}

// overviewInvoices adds what is open and what the last months came to.
func (s *Server) overviewInvoices(r *http.Request, v *visit, b *overviewBody) error {
	disputes, err := s.d.System.Disputes(r.Context(), v.company, app.DisputeQuery{State: dispute.Open, Page: store.Page{Limit: store.MaxPage}})
	if err != nil {
		return err
	}
	return s.d.System.DB.View(r.Context(), func(tx store.Tx) error {
		list, err := tx.Documents().List(v.company, store.DocumentQuery{Kind: store.Invoice, Page: store.Page{Limit: monthsShown, Down: true}})
		if err != nil {
			return err
		}
		for i := range list {
			row, err := v.invoiceRow(&list[i])
			if err != nil {
				return err
			}
			if row.Open.Sign() > 0 {
				disputed := slices.ContainsFunc(disputes, func(d app.Dispute) bool { return d.Invoice == list[i].ID })
				b.Open = append(b.Open, openInvoice{row, disputed})
			}
			if row.Status != store.Voided {
				y, m, _ := row.First.Civil()
				b.Past = append(b.Past, overviewMonth{itoa(y) + "-" + pad2(int(m)), row.Total, row.Href})
			}
		}
		slices.Reverse(b.Past)
		return nil
	})
}

func pad2(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}

package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/charging/life"
	"waihu/internal/exact"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Budget is a budget of a contract and how far it has come.
type Budget struct {
	ID        string       `json:"id" example:"bud_01jd8..."`
	Name      string       `json:"name"`
	Contract  string       `json:"contract"`
	Component string       `json:"component,omitempty" doc:"Absent: of all components."`
	Amount    money.Amount `json:"amount" doc:"For a billing period, before tax: fixed fees, seats and modules of the whole of it, and calls so far."`
	Levels    []int        `json:"levels" doc:"Percent at which somebody is told."`
	HardStop  bool         `json:"hard_stop" doc:"Nothing more is begun when it is used up."`
	Told      int          `json:"told" doc:"The highest level that was told of in this period."`
	Period    timex.Date   `json:"period,omitzero"`
	Revision  int64        `json:"revision"`
}

func budgetOf(b *app.Budget) Budget {
	return Budget{b.ID.Named("bud"), b.Name, b.Contract.Named("con"), b.Component, b.Amount, b.Levels, b.HardStop, b.Told, b.Period, b.Revision}
}

type budgetBody struct {
	ID        string       `json:"id,omitempty" maxLength:"40" doc:"Of a budget to change; absent: a new one."`
	Revision  int64        `json:"revision,omitempty" minimum:"1" doc:"Of a budget to change: the one that was read."`
	Name      string       `json:"name" minLength:"1" maxLength:"200"`
	Component string       `json:"component,omitempty" maxLength:"200"`
	Amount    money.Amount `json:"amount"`
	Levels    []int        `json:"levels,omitempty" maxItems:"10"`
	HardStop  bool         `json:"hard_stop,omitempty"`
}

func (a *API) budgetRoutes() {
	read(a, op{id: "budget-list", method: http.MethodGet, path: "/v1/contracts/{contract}/budgets", what: "A contract's budgets.", may: access.BudgetRead},
		func(r *request, in *ContractIn) (*List[Budget], error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Budgets(r.ctx, r.company, c.ID)
			if err != nil {
				return nil, err
			}
			out := &List[Budget]{Items: []Budget{}}
			for i := range all {
				out.Items = append(out.Items, budgetOf(&all[i]))
			}
			return out, nil
		})
	type budgetIn struct {
		ContractIn
		Body budgetBody
	}
	change(a, op{id: "budget-set", method: http.MethodPost, path: "/v1/contracts/{contract}/budgets", what: "Set a budget, or change one.", may: access.BudgetWrite, status: http.StatusCreated},
		func(r *request, in *budgetIn) (*Budget, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			b := app.Budget{Name: in.Body.Name, Contract: c.ID, Component: in.Body.Component, Revision: in.Body.Revision,
				Budget: budget.Budget{Amount: in.Body.Amount, Levels: in.Body.Levels, HardStop: in.Body.HardStop}}
			if in.Body.ID != "" {
				if b.ID, err = named("bud", in.Body.ID, "id"); err != nil {
					return nil, err
				}
			}
			kept, err := r.sys.SetBudget(r.ctx, r.company, b)
			if err != nil {
				return nil, err
			}
			out := budgetOf(&kept)
			return &out, r.did(access.Deed{Action: "budget.set", Target: out.ID, After: out})
		})
	change(a, op{id: "budget-check", method: http.MethodPost, path: "/v1/budgets/check", what: "Look at the company's budgets now; levels that were reached are told, each once. The service does it by itself.", may: access.BudgetWrite},
		func(r *request, _ *none) (*BudgetCheck, error) {
			all, err := r.sys.CheckBudgets(r.ctx, r.company)
			if err != nil {
				return nil, err
			}
			out := &BudgetCheck{Items: []Alert{}, Failed: []Undrafted{}}
			for _, f := range all.Failed {
				out.Failed = append(out.Failed, Undrafted{f.Contract.Named("con"), f.Err.Error()})
			}
			for _, b := range all.Alerts {
				out.Items = append(out.Items, Alert{b.Budget.Named("bud"), b.Name, b.Contract.Named("con"), b.Level, b.Spent, b.Amount, b.HardStop})
			}
			return out, r.did(access.Deed{Action: "budget.check", After: out.Items})
		})
	a.outlookRoutes()
}

// BudgetCheck is what a look at a company's budgets came to.
type BudgetCheck struct {
	Items  []Alert     `json:"items"`
	Failed []Undrafted `json:"failed" doc:"Contracts that cannot be drafted now: nothing is known of their budgets."`
}

// Undrafted is a contract whose cost cannot be said.
type Undrafted struct {
	Contract string `json:"contract"`
	Reason   string `json:"reason"`
}

// Alert is a level of a budget that was reached.
type Alert struct {
	Budget   string       `json:"budget"`
	Name     string       `json:"name"`
	Contract string       `json:"contract"`
	Level    int          `json:"level" doc:"Percent."`
	Spent    money.Amount `json:"spent" doc:"What the period comes to by what is known: the draft, and calls since it was made at list price."`
	Amount   money.Amount `json:"amount"`
	HardStop bool         `json:"hard_stop"`
}

type whatIfBody struct {
	Want      life.Want    `json:"want" enum:"cancel,downsize,switch"`
	Component string       `json:"component,omitempty" maxLength:"200" doc:"Downsize: of what."`
	Quantity  exact.Number `json:"quantity,omitzero" doc:"Downsize: how many are left."`
	To        string       `json:"to,omitempty" maxLength:"220" doc:"Switch: id@version of a published plan."`
	On        timex.Date   `json:"on,omitzero"`
}

func (a *API) outlookRoutes() {
	outlook(a, "forecast", "What the running period will cost when it ends, before tax.", access.ForecastRead, func(r *request, c id.ID, _ timex.Date) (app.Forecast, error) {
		return r.sys.Forecast(r.ctx, r.company, c)
	})
	outlook(a, "advice", "What could be done to pay less. To a company it names only plans of its own contracts and quotes.", access.ForecastRead, func(r *request, c id.ID, _ timex.Date) (List[app.Advice], error) {
		plans, _ := access.PlansOf(r.actor, r.company)
		all, err := r.sys.Advice(r.ctx, r.company, c, plans)
		if all == nil {
			all = []app.Advice{}
		}
		return List[app.Advice]{Items: all}, err
	})
	outlook(a, "margin", "What is left of a period after what carriers ask, and where it is made.", access.MarginRead, func(r *request, c id.ID, first timex.Date) (app.Margin, error) {
		return r.sys.Margin(r.ctx, r.company, c, first)
	})
	type whatIfIn struct {
		ContractIn
		Body whatIfBody
	}
	read(a, op{id: "contract-what-if", method: http.MethodPost, path: "/v1/contracts/{contract}/what-if", what: "What cancelling, downsizing or switching would cost, when it could be, and which clause decides. Nothing is changed.", may: access.ForecastRead},
		func(r *request, in *whatIfIn) (*life.Answer, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			b := in.Body
			if b.To != "" {
				if _, err := planSeen(r, b.To); err != nil {
					return nil, err
				}
			}
			out, err := r.sys.WhatIf(r.ctx, r.company, app.WhatIf{Contract: c.ID, Want: b.Want, Component: b.Component, Quantity: b.Quantity, To: b.To, On: b.On})
			return &out, err
		})
}

// outlook adds something that is told about a contract.
func outlook[O any](a *API, noun, what string, may access.Permission, tell func(*request, id.ID, timex.Date) (O, error)) {
	type outlookIn struct {
		ContractIn
		First Day `query:"first" doc:"First day of the period, where it is about one; absent: the running one."`
	}
	read(a, op{id: "contract-" + noun, method: http.MethodGet, path: "/v1/contracts/{contract}/" + noun, what: what, may: may},
		func(r *request, in *outlookIn) (*O, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			out, err := tell(r, c.ID, in.First.Date)
			return &out, err
		})
}

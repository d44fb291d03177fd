package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/report"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// SeatFloor is who sits where under a contract, what is on, and what that costs.
type SeatFloor struct {
	First    timex.Date      `json:"first" doc:"Of the running billing period."`
	Last     timex.Date      `json:"last"`
	Today    timex.Date      `json:"today"`
	Paid     exact.Number    `json:"seats_paid"`
	Used     int             `json:"seats_used" doc:"People who logged in or called in the period."`
	Idle     exact.Number    `json:"seats_idle" doc:"Paid and not used."`
	Cost     money.Amount    `json:"seats_cost"`
	IdleCost money.Amount    `json:"seats_idle_cost" doc:"What the idle ones cost."`
	Places   []SeatPlace     `json:"places"`
	Modules  []ModuleOnFloor `json:"modules"`
}

// SeatPlace is a person with a seat, or one who worked without.
type SeatPlace struct {
	User   string      `json:"user"`
	Type   string      `json:"type,omitempty"`
	Seat   bool        `json:"seat" doc:"A seat is assigned now."`
	Since  Time        `json:"since,omitempty" format:"date-time"`
	Idle   bool        `json:"idle" doc:"Paid for and not used in the period."`
	Logged bool        `json:"logged_in"`
	State  usage.State `json:"state,omitempty" enum:"ready,talking,wrap_up,paused,offline"`
	Last   Time        `json:"last,omitempty" format:"date-time"`
	Calls  int64       `json:"calls"`
	Talk   int64       `json:"talk_seconds"`
	Today  SeatToday   `json:"today" doc:"Since midnight; a state is counted when it is over."`
}

// SeatToday is the day of a person, in seconds.
type SeatToday struct {
	Logged        int64 `json:"logged_in"`
	Ready         int64 `json:"ready"`
	Talking       int64 `json:"talking"`
	WrapUp        int64 `json:"wrap_up"`
	Paused        int64 `json:"paused"`
	Conversations int64 `json:"conversations"`
}

// ModuleOnFloor is a module and whether it is on.
type ModuleOnFloor struct {
	Module   string       `json:"module"`
	On       bool         `json:"on"`
	Contract bool         `json:"by_contract" doc:"An amendment switches it off."`
	Since    Time         `json:"since,omitempty" format:"date-time"`
	Cost     money.Amount `json:"cost" doc:"On the running period's draft, before tax."`
	Uses     *int64       `json:"uses,omitempty" doc:"Absent: nothing tells whether it was used."`
}

func (a *API) seatRoutes() {
	read(a, op{id: "contract-floor", method: http.MethodGet, path: "/v1/contracts/{contract}/floor", what: "Who sits where now and today, seats paid, used and idle with what the idle ones cost, and modules with their cost.", may: access.UsageRead},
		func(r *request, in *ContractIn) (*SeatFloor, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			f, err := r.sys.Floor(r.ctx, r.company, c.ID)
			if err != nil {
				return nil, err
			}
			return seatFloorOf(&f), nil
		})
}

func seatFloorOf(f *app.Floor) *SeatFloor {
	out := &SeatFloor{First: f.First, Last: f.After - 1, Today: f.Today, Paid: f.Paid, Used: f.Used, Idle: f.Idle, Cost: f.Cost, IdleCost: f.IdleCost, Places: []SeatPlace{}, Modules: []ModuleOnFloor{}}
	for i := range f.Places {
		p := &f.Places[i]
		s := func(m report.Measure) int64 { return p.Today[m] / 1000 }
		out.Places = append(out.Places, SeatPlace{User: p.User, Type: p.Type, Seat: p.Seat, Since: timeOf(p.Since), Idle: p.Idle(), Logged: p.Logged, State: p.State, Last: timeOf(p.Last), Calls: p.Calls, Talk: p.Talk,
			Today: SeatToday{s(report.Logged), s(report.Ready), s(report.Talking), s(report.WrapUp), s(report.Paused), p.Today[report.Conversations] + p.Today[report.UntriedAnswered]}})
	}
	for i := range f.Modules {
		m := &f.Modules[i]
		one := ModuleOnFloor{Module: m.Module.ID, On: m.On, Contract: m.Contract, Since: timeOf(m.Since), Cost: m.Cost}
		if m.Told {
			one.Uses = &m.Uses
		}
		out.Modules = append(out.Modules, one)
	}
	return out
}

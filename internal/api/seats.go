package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/report"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// SeatFloor is who sits where under a contract, what is on, and what that costs.
type SeatFloor struct {
	First   timex.Date      `json:"first" doc:"Of the running billing period."`
	Last    timex.Date      `json:"last"`
	Today   timex.Date      `json:"today"`
	At      timex.Instant   `json:"at" format:"date-time" doc:"What is now, and how many were logged in, is as of then."`
	Paid    exact.Number    `json:"seats_paid" doc:"Of all lines."`
	Cost    money.Amount    `json:"seats_cost" doc:"Of all lines, before tax."`
	Seats   []SeatsOfLine   `json:"seats" doc:"What the plan charges seats by."`
	Places  []SeatPlace     `json:"places"`
	Modules []ModuleOnFloor `json:"modules"`
}

// SeatsOfLine is one thing a plan charges seats by.
type SeatsOfLine struct {
	Component string        `json:"component"`
	Kind      app.SeatKind  `json:"kind" enum:"named,bought,peak,active" doc:"named: each is somebody's; bought: as many as the contract says; peak: as many as were logged in at once; active: whoever logged in."`
	Types     []string      `json:"seat_types,omitempty" doc:"Absent: all."`
	Paid      exact.Number  `json:"paid"`
	Cost      money.Amount  `json:"cost" doc:"On the running period's draft, before tax."`
	Used      exact.Number  `json:"used" doc:"named: with somebody who came; active: people; else as many at once as are counted."`
	Highest   int64         `json:"highest" doc:"Logged in at once in the period."`
	HighestAt Time          `json:"highest_at,omitempty" format:"date-time"`
	Now       int64         `json:"now" doc:"Logged in now."`
	Idle      exact.Number  `json:"idle" doc:"Paid and not used."`
	IdleCost  money.Amount  `json:"idle_cost"`
	Fewer     *money.Amount `json:"one_fewer_saves,omitempty" doc:"With what is charged or included for each seat; below zero: it would cost more. Absent: that cannot be told."`
	Days      []SeatsOfDay  `json:"days,omitempty" doc:"Until today."`
}

// SeatsOfDay is how many were logged in at once on a day.
type SeatsOfDay struct {
	Day     timex.Date `json:"day"`
	Highest int64      `json:"highest"`
}

// SeatPlace is a person with a seat, or one who worked without.
type SeatPlace struct {
	User   string      `json:"user"`
	Type   string      `json:"type,omitempty"`
	Seat   bool        `json:"seat" doc:"A seat is assigned now."`
	Since  Time        `json:"since,omitempty" format:"date-time"`
	Idle   bool        `json:"idle" doc:"Paid for and not used in the period."`
	Logged bool        `json:"logged_in"`
	State  agent.State `json:"state,omitempty" enum:"paused,ready,reserved,talking,wrap_up,offline"`
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
	out := &SeatFloor{First: f.First, Last: f.After - 1, Today: f.Today, At: f.At, Paid: f.Paid, Cost: f.Cost, Seats: []SeatsOfLine{}, Places: []SeatPlace{}, Modules: []ModuleOnFloor{}}
	for i := range f.Seats {
		l := &f.Seats[i]
		one := SeatsOfLine{Component: l.Component.ID, Kind: l.Kind, Types: l.Types, Paid: l.Paid, Cost: l.Cost, Used: l.Used, Highest: l.High, Now: l.Now, Idle: l.Idle, IdleCost: l.IdleCost}
		if l.Fewer != nil {
			one.Fewer = &l.Fewer.Saved
		}
		if l.High > 0 {
			one.HighestAt = timeOf(l.HighAt)
		}
		for _, d := range l.Days {
			one.Days = append(one.Days, SeatsOfDay{d.Day, d.High})
		}
		out.Seats = append(out.Seats, one)
	}
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

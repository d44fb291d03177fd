package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/service"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

type (
	outageBody struct {
		ID      string        `json:"id,omitempty" maxLength:"40" doc:"Of an outage to end; absent: a new one."`
		From    timex.Instant `json:"from"`
		To      timex.Instant `json:"to,omitzero" doc:"Absent: it goes on."`
		Planned bool          `json:"planned,omitempty"`
		Note    string        `json:"note,omitempty" maxLength:"2000"`
	}
	sampleBody struct {
		Metric string        `json:"metric" minLength:"1" maxLength:"200"`
		At     timex.Instant `json:"at"`
		Value  exact.Number  `json:"value"`
		Weight int64         `json:"weight" minimum:"1" doc:"How much it stands for: calls, minutes."`
	}
)

func (a *API) serviceRoutes() {
	type levelsIn struct {
		ContractIn
		First Day `query:"first" required:"true"`
		After Day `query:"after" required:"true" doc:"Day after the last."`
	}
	read(a, op{id: "service-levels", method: http.MethodGet, path: "/v1/contracts/{contract}/service-levels", what: "What was promised and what was kept.", may: access.ServiceRead},
		func(r *request, in *levelsIn) (*List[service.Attained], error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.ServiceLevels(r.ctx, r.company, c.ID, in.First.Date, in.After.Date)
			if all == nil {
				all = []service.Attained{}
			}
			return &List[service.Attained]{Items: all}, err
		})
	type reported struct {
		ID string `json:"id"`
	}
	change(a, op{id: "outage-report", method: http.MethodPost, path: "/v1/outages", what: "Report a stretch the service was not there, or end one. It counts for every company.", may: access.ServiceWrite, platform: true, status: http.StatusCreated},
		func(r *request, in *bodyOf[outageBody]) (*reported, error) {
			b := in.Body
			var i id.ID
			var err error
			if b.ID != "" {
				if i, err = named("out", b.ID, "id"); err != nil {
					return nil, err
				}
			}
			i, err = r.sys.ReportOutage(r.ctx, i, service.Outage{From: b.From, To: b.To, Planned: b.Planned, Note: b.Note})
			if err != nil {
				return nil, err
			}
			out := &reported{i.Named("out")}
			return out, r.did(access.Deed{Action: "outage.report", Target: out.ID, After: b})
		})
	change(a, op{id: "sample-add", method: http.MethodPost, path: "/v1/quality", what: "Hand in a figure of quality of the company's service.", may: access.ServiceWrite, status: http.StatusCreated},
		func(r *request, in *bodyOf[sampleBody]) (*Done, error) {
			if err := r.sys.AddSample(r.ctx, r.company, service.Sample(in.Body)); err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "quality.add", Target: in.Body.Metric, After: in.Body})
		})
	a.ticketRoutes()
}

// Clock is how long something took, in working time.
type Clock struct {
	Seconds int64 `json:"seconds" doc:"So far, or until it stopped."`
	Due     Time  `json:"due,omitempty" format:"date-time"`
	Missed  bool  `json:"missed"`
	Runs    bool  `json:"runs"`
}

func clockOf(c service.Clock) Clock {
	return Clock{int64(c.Took.Seconds()), timeOf(c.Due), c.Missed, c.Runs}
}

// Ticket is a call for help, or an objection to a bill.
type Ticket struct {
	ID         string `json:"id" example:"tic_01jd8..."`
	Subject    string `json:"subject"`
	Plan       string `json:"plan" doc:"Of support: its promise and hours."`
	State      string `json:"state" enum:"open,waiting,resolved"`
	Opened     Time   `json:"opened" format:"date-time"`
	Answered   Time   `json:"answered,omitempty" format:"date-time"`
	Resolved   Time   `json:"resolved,omitempty" format:"date-time"`
	First      Clock  `json:"first_answer"`
	Resolution Clock  `json:"resolution"`
}

func ticketOf(t *app.TicketClocks) Ticket {
	return Ticket{t.ID.Named("tic"), t.Subject, t.Plan, t.State, timeOf(t.Opened), timeOf(t.Answered), timeOf(t.Resolved), clockOf(t.First), clockOf(t.Resolution)}
}

type ticketBody struct {
	Subject string `json:"subject" minLength:"1" maxLength:"200"`
	Plan    string `json:"plan" minLength:"1" maxLength:"64" doc:"Of support."`
}

func (a *API) ticketRoutes() {
	change(a, op{id: "support-set", method: http.MethodPost, path: "/v1/support-plans", what: "Keep a plan of support, or change one: how fast it answers, and when its desk works.", may: access.ServiceWrite, platform: true, status: http.StatusCreated},
		func(r *request, in *bodyOf[app.Support]) (*app.Support, error) {
			out, err := r.sys.SetSupport(r.ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return &out, r.did(access.Deed{Action: "support.set", Target: out.Name, After: out})
		})
	read(a, op{id: "support-list", method: http.MethodGet, path: "/v1/support-plans", what: "Plans of support that tickets can be opened under.", may: access.TicketRead, either: true},
		func(r *request, _ *none) (*List[app.Support], error) {
			all, err := r.sys.Supports(r.ctx)
			if all == nil {
				all = []app.Support{}
			}
			return &List[app.Support]{Items: all}, err
		})
	type listIn struct {
		State string `query:"state" enum:"open,waiting,resolved"`
	}
	read(a, op{id: "ticket-list", method: http.MethodGet, path: "/v1/tickets", what: "The company's tickets, with their clocks.", may: access.TicketRead},
		func(r *request, in *listIn) (*List[Ticket], error) {
			all, err := r.sys.Tickets(r.ctx, r.company, in.State)
			if err != nil {
				return nil, err
			}
			out := &List[Ticket]{Items: []Ticket{}}
			for i := range all {
				out.Items = append(out.Items, ticketOf(&all[i]))
			}
			return out, nil
		})
	change(a, op{id: "ticket-open", method: http.MethodPost, path: "/v1/tickets", what: "Ask for help, or object to a bill.", may: access.TicketWrite, status: http.StatusCreated},
		func(r *request, in *bodyOf[ticketBody]) (*Ticket, error) {
			t, err := r.sys.OpenTicket(r.ctx, r.company, app.OpenTicket(in.Body))
			if err != nil {
				return nil, err
			}
			out := ticketOf(&t)
			return &out, r.did(access.Deed{Action: "ticket.open", Target: out.ID, After: out})
		})
	type stepIn struct {
		Ticket string `path:"ticket" maxLength:"40"`
		Body   struct {
			Step app.TicketStep `json:"step" enum:"answer,wait,resume,resolve"`
		}
	}
	move := func(name, path, what string, may access.Permission, steps ...app.TicketStep) {
		change(a, op{id: name, method: http.MethodPost, path: path, what: what, may: may}, func(r *request, in *stepIn) (*Ticket, error) {
			i, err := inPath("tic", in.Ticket)
			if err != nil {
				return nil, err
			}
			allowed := false
			for _, s := range steps {
				allowed = allowed || s == in.Body.Step
			}
			if !allowed {
				return nil, fault.Problem{Path: "step", What: "this step is not done here"}
			}
			t, err := r.sys.MoveTicket(r.ctx, r.company, i, in.Body.Step)
			if err != nil {
				return nil, err
			}
			out := ticketOf(&t)
			return &out, r.did(access.Deed{Action: "ticket." + string(in.Body.Step), Target: out.ID, After: out})
		})
	}
	move("ticket-resume", "/v1/tickets/{ticket}/resume", "Say that the customer has answered.", access.TicketWrite, app.ResumeTicket)
	move("ticket-move", "/v1/tickets/{ticket}/steps", "Answer, wait for the customer, or resolve.", access.TicketResolve, app.AnswerTicket, app.WaitTicket, app.ResolveTicket)
}

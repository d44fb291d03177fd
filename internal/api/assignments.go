package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Assignment is what giving usage to a contract did, or would do.
type Assignment struct {
	ID        string        `json:"id,omitempty" doc:"Absent: a preview."`
	Contract  string        `json:"contract"`
	At        timex.Instant `json:"at"`
	Choice    StrayChoice   `json:"choice"`
	Note      string        `json:"note"`
	Calls     int64         `json:"calls"`
	Stretches int64         `json:"stretches" doc:"Seats, sessions, modules, rentals and events."`
	Seconds   int64         `json:"talk_seconds"`
	Cost      Money         `json:"cost" doc:"Of the calls at list price, before tax."`
	Unpriced  int64         `json:"unpriced" doc:"Calls that the contract has no price for."`
	Late      int64         `json:"late" doc:"Of periods that are billed already: adjustments of the next invoice."`
	Left      int64         `json:"left" doc:"Of the choice and still without a contract: one assignment takes 10,000. Assign again."`
}

func assignmentOf(x *app.Assignment) Assignment {
	c := x.Choice
	out := Assignment{Contract: x.Contract.Named("con"), At: x.At, Choice: StrayChoice{c.Kind.String(), c.Reason, c.Source, c.Account, c.IDs, c.From, c.Until, c.Waived}, Note: x.Note,
		Calls: x.Calls, Stretches: x.Stretches, Seconds: x.Seconds, Cost: moneyOf(x.Cost), Unpriced: x.Unpriced, Late: x.Late, Left: x.Left}
	if !x.ID.IsZero() {
		out.ID = x.ID.Named("asg")
	}
	return out
}

type assignBody struct {
	Contract string      `json:"contract" maxLength:"40"`
	Choice   StrayChoice `json:"choice,omitempty" doc:"Absent: all usage without a contract."`
	Note     string      `json:"note" minLength:"1" maxLength:"2000" doc:"Why it is this contract's."`
}

func (b *assignBody) read(a *API, r *request) (app.Assign, error) {
	c, err := a.contract(r, b.Contract)
	if err != nil {
		return app.Assign{}, err
	}
	choice, err := b.Choice.read()
	return app.Assign{Key: r.key, Contract: c.ID, Choice: choice, Note: b.Note}, err
}

type assignmentsIn struct {
	PageIn
	Contract string `query:"contract" maxLength:"40" doc:"Only what was given to it."`
}

func (a *API) assignmentRoutes() {
	read(a, op{id: "assignment-preview", method: http.MethodPost, path: "/v1/assignments/preview", what: "What giving usage to a contract would come to. Nothing is changed.", may: access.UsageAssign},
		func(r *request, in *bodyOf[assignBody]) (*Assignment, error) {
			ask, err := in.Body.read(a, r)
			if err != nil {
				return nil, err
			}
			ask.Preview = true
			done, err := r.sys.Assign(r.ctx, r.company, ask)
			out := assignmentOf(&done)
			return &out, err
		})
	change(a, op{id: "assignment-add", method: http.MethodPost, path: "/v1/assignments", what: "Give usage without a contract to one: calls are rated, booked and counted as if they had come now. Usage of a period that is billed becomes a difference on the next invoice.", may: access.UsageAssign, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[assignBody]) (*Assignment, error) {
			ask, err := in.Body.read(a, r)
			if err != nil {
				return nil, err
			}
			done, err := r.sys.Assign(r.ctx, r.company, ask)
			if err != nil {
				return nil, err
			}
			out := assignmentOf(&done)
			return &out, r.did(access.Deed{Action: "usage.assign", Target: out.ID, Reason: ask.Note, After: out})
		})
	read(a, op{id: "assignment-list", method: http.MethodGet, path: "/v1/assignments", what: "What was given to contracts, the oldest first.", may: access.UsageRead},
		func(r *request, in *assignmentsIn) (*List[Assignment], error) {
			var contract id.ID
			if in.Contract != "" {
				c, err := a.contract(r, in.Contract)
				if err != nil {
					return nil, err
				}
				contract = c.ID
			}
			page, err := in.page(false)
			if err != nil {
				return nil, err
			}
			rows, err := r.sys.Assignments(r.ctx, r.company, contract, page)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, rows, func(x app.Assignment) id.ID { return x.ID }, func(x app.Assignment) Assignment { return assignmentOf(&x) }), nil
		})
}

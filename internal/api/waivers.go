package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Waiver is a decision to leave usage uncharged.
type Waiver struct {
	ID        string        `json:"id"`
	At        timex.Instant `json:"at"`
	Choice    StrayChoice   `json:"choice"`
	Reason    string        `json:"reason"`
	Calls     int64         `json:"calls"`
	Stretches int64         `json:"stretches" doc:"Seats, sessions, modules, rentals and events."`
	Seconds   int64         `json:"talk_seconds"`
	Left      int64         `json:"left" doc:"Of the choice and not decided about: one decision takes 10,000. Decide again."`
}

func waiverOf(x *app.Waiver) Waiver {
	c := x.Choice
	return Waiver{waiverName(x.ID), x.At, StrayChoice{c.Kind.String(), c.Reason, c.Source, c.Account, c.IDs, c.From, c.Until, c.Waived}, x.Reason, x.Calls, x.Stretches, x.Seconds, x.Left}
}

// waiverName is a decision in an address or an answer; "": there is none.
func waiverName(i id.ID) string {
	if i.IsZero() {
		return ""
	}
	return i.Named("wav")
}

type waiveBody struct {
	Choice StrayChoice `json:"choice,omitempty" doc:"Absent: all usage without a contract that nobody decided about."`
	Reason string      `json:"reason" minLength:"1" maxLength:"2000" doc:"Why nobody pays for it."`
}

func (a *API) waiverRoutes() {
	change(a, op{id: "stray-waive", method: http.MethodPost, path: "/v1/strays/waivers", what: "Leave usage without a contract uncharged. It holds bill runs no more; assigning it (choice.waived) undoes that.", may: access.UsageAssign, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[waiveBody]) (*Waiver, error) {
			choice, err := in.Body.Choice.read()
			if err != nil {
				return nil, err
			}
			done, err := r.sys.Waive(r.ctx, r.company, app.Waive{Key: r.key, Choice: choice, Why: in.Body.Reason})
			if err != nil {
				return nil, err
			}
			out := waiverOf(&done)
			return &out, r.did(access.Deed{Action: "usage.waive", Target: out.ID, Reason: out.Reason, After: out})
		})
	read(a, op{id: "stray-waiver-list", method: http.MethodGet, path: "/v1/strays/waivers", what: "Decisions to leave usage uncharged, the oldest first.", may: access.UsageRead},
		func(r *request, in *PageIn) (*List[Waiver], error) {
			page, err := in.page(false)
			if err != nil {
				return nil, err
			}
			rows, err := r.sys.Waivers(r.ctx, r.company, page)
			if err != nil {
				return nil, err
			}
			return paged(in, rows, func(x app.Waiver) id.ID { return x.ID }, func(x app.Waiver) Waiver { return waiverOf(&x) }), nil
		})
}

package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/money"
	"waihu/internal/timex"
)

type (
	reserveBody struct {
		Contract string        `json:"contract" maxLength:"40"`
		Call     string        `json:"call" minLength:"1" maxLength:"200" doc:"Names the call, once in a wallet."`
		To       string        `json:"to" minLength:"1" maxLength:"60"`
		From     string        `json:"from,omitempty" maxLength:"60"`
		Agent    string        `json:"agent,omitempty" maxLength:"200"`
		Campaign string        `json:"campaign,omitempty" maxLength:"200"`
		Start    timex.Instant `json:"start,omitzero" doc:"Absent: now."`
		Seconds  int64         `json:"seconds,omitempty" minimum:"0" maximum:"43200" doc:"Talk to put money aside for; absent: 60. To extend: all of it."`
	}
	settleBody struct {
		Contract string        `json:"contract" maxLength:"40"`
		Call     string        `json:"call" minLength:"1" maxLength:"200"`
		To       string        `json:"to" minLength:"1" maxLength:"60"`
		From     string        `json:"from,omitempty" maxLength:"60"`
		Agent    string        `json:"agent,omitempty" maxLength:"200"`
		Campaign string        `json:"campaign,omitempty" maxLength:"200"`
		Start    timex.Instant `json:"start"`
		Seconds  int64         `json:"seconds" minimum:"0" doc:"Of talk; 0: not answered."`
		Carrier  *money.Amount `json:"carrier,omitempty" doc:"What the carrier asks."`
	}
	releaseBody struct {
		Wallet string `json:"wallet" minLength:"1" maxLength:"200"`
		Call   string `json:"call" minLength:"1" maxLength:"200"`
	}
)

func (b *reserveBody) ask() (app.Reserve, error) {
	c, err := named("con", b.Contract, "contract")
	return app.Reserve{Contract: c, Call: b.Call, To: b.To, From: b.From, Agent: b.Agent, Campaign: b.Campaign, Start: b.Start, Seconds: b.Seconds}, err
}

func (a *API) reservationRoutes() {
	reserve := func(name, path, what string, do func(*request, app.Reserve) (app.Reserved, error)) {
		change(a, op{id: "reservation-" + name, method: http.MethodPost, path: path, what: what, may: access.ReserveCall, status: http.StatusCreated, once: true},
			func(r *request, in *bodyOf[reserveBody]) (*app.Reserved, error) {
				ask, err := in.Body.ask()
				if err != nil {
					return nil, err
				}
				out, err := do(r, ask)
				r.deeds++ // a call is usage: its hold and its price stand in the journal
				return &out, err
			})
	}
	reserve("add", "/v1/reservations", "Put money aside for a prepaid call before it is placed; of many at once those are refused that the balance does not pay for.",
		func(r *request, ask app.Reserve) (app.Reserved, error) { return r.sys.Reserve(r.ctx, r.company, ask) })
	reserve("extend", "/v1/reservations/extend", "Put more aside for a running call.",
		func(r *request, ask app.Reserve) (app.Reserved, error) { return r.sys.Extend(r.ctx, r.company, ask) })
	change(a, op{id: "reservation-settle", method: http.MethodPost, path: "/v1/reservations/settle", what: "Take what a call cost, and give the rest of its hold back.", may: access.ReserveCall, once: true},
		func(r *request, in *bodyOf[settleBody]) (*app.Settled, error) {
			b := in.Body
			c, err := named("con", b.Contract, "contract")
			if err != nil {
				return nil, err
			}
			ask := app.Settle{Contract: c, Call: b.Call, To: b.To, From: b.From, Agent: b.Agent, Campaign: b.Campaign, Start: b.Start, Seconds: b.Seconds}
			if b.Carrier != nil {
				ask.Carrier = *b.Carrier
			}
			out, err := r.sys.Settle(r.ctx, r.company, ask)
			r.deeds++
			return &out, err
		})
	change(a, op{id: "reservation-release", method: http.MethodPost, path: "/v1/reservations/release", what: "Give a hold back whole: the call was not placed.", may: access.ReserveCall, once: true},
		func(r *request, in *bodyOf[releaseBody]) (*Done, error) {
			r.deeds++
			return &Done{true}, r.sys.Release(r.ctx, r.company, in.Body.Wallet, in.Body.Call)
		})
}

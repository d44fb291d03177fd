package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Charge is what a call came to at one price, at list price.
type Charge struct {
	Component string `json:"component,omitempty"`
	Label     string `json:"label,omitempty" doc:"The price: row:mobile, prefix:8613 ..."`
	Seconds   int64  `json:"seconds" doc:"Talked."`
	Billed    int64  `json:"billed_seconds" doc:"After increments."`
	Cost      *Money `json:"cost,omitempty" doc:"Included quantities, tiers and discounts are sums of a period and not in here."`
	Reason    string `json:"reason,omitempty" doc:"Why there is no price."`
}

// Call is a call as it was recorded, with what it came to.
type Call struct {
	ID        string           `json:"id"`
	Source    string           `json:"source"`
	Session   string           `json:"session,omitempty"`
	LegB      bool             `json:"leg_b,omitempty"`
	Contract  string           `json:"contract,omitempty" doc:"Absent: none was running for it."`
	Direction usage.Direction  `json:"direction,omitempty"`
	Result    usage.Result     `json:"result"`
	By        usage.AnsweredBy `json:"by,omitempty"`
	From      string           `json:"from,omitempty"`
	To        string           `json:"to,omitempty"`
	Account   string           `json:"account,omitempty"`
	Agent     string           `json:"agent,omitempty"`
	Campaign  string           `json:"campaign,omitempty"`
	Trunk     string           `json:"trunk,omitempty"`
	Outcome   string           `json:"outcome,omitempty"`
	Cause     string           `json:"cause,omitempty"`
	Start     Time             `json:"start" format:"date-time"`
	Answer    Time             `json:"answer,omitempty" format:"date-time"`
	End       Time             `json:"end,omitempty" format:"date-time"`
	Talk      int64            `json:"talk_seconds"`
	Charges   []Charge         `json:"charges"`
	Course    *Course          `json:"course,omitempty"`
}

func callOf(c store.ChargedCall, recorded bool) Call {
	k := &c.Call
	out := Call{ID: k.ID, Source: k.Source, Session: k.Session, LegB: k.LegB, Direction: k.Direction, Result: k.Result, By: k.By, From: k.From, To: k.To, Account: k.Account,
		Agent: k.Agent, Campaign: k.Campaign, Trunk: k.Trunk, Outcome: k.Outcome, Cause: k.Cause, Start: timeOf(k.Start), Answer: timeOf(k.Answer), End: timeOf(k.End),
		Talk: k.Seconds(), Charges: []Charge{}, Course: courseOf(k.Course, recorded)}
	if !c.Contract.IsZero() {
		out.Contract = c.Contract.Named("con")
	}
	for _, h := range c.Charges {
		charge := Charge{Component: h.Component, Label: h.Label, Seconds: h.Raw, Billed: h.Billed, Reason: h.Reason}
		if h.Cost.Currency() != (money.Currency{}) {
			charge.Cost = ptr(moneyOf(h.Cost))
		}
		out.Charges = append(out.Charges, charge)
	}
	return out
}

// callDays bounds the days that one list of calls goes over.
const callDays = 92

type callsIn struct {
	PageIn
	From      Moment       `query:"from" required:"true" doc:"Calls that start at or after it."`
	Until     Moment       `query:"until" required:"true" doc:"And before it; at most 92 days later."`
	Contract  string       `query:"contract" maxLength:"40"`
	Component string       `query:"component" maxLength:"200"`
	Label     string       `query:"label" maxLength:"200"`
	Agent     string       `query:"agent" maxLength:"200"`
	Campaign  string       `query:"campaign" maxLength:"200"`
	Trunk     string       `query:"trunk" maxLength:"200"`
	To        string       `query:"to" maxLength:"40" doc:"Beginning of the called number."`
	Result    usage.Result `query:"result" enum:"answered,busy,no_answer,rejected,unassigned,congestion,canceled,failed"`
}

func (a *API) callRoutes() {
	read(a, op{id: "call-list", method: http.MethodGet, path: "/v1/calls", what: "Calls with what they came to, newest first. A page may have fewer than the limit, even none, and a next page.", may: access.UsageRead}, a.calls)
	type talliesIn struct {
		ContractIn
		First Day `query:"first" required:"true" doc:"First day of the billing period."`
	}
	type tally struct {
		Component string `json:"component"`
		Label     string `json:"label"`
		Calls     int64  `json:"calls"`
		Seconds   int64  `json:"seconds"`
		Billed    int64  `json:"billed_seconds"`
		Cost      Money  `json:"cost" doc:"At list price."`
	}
	read(a, op{id: "tally-list", method: http.MethodGet, path: "/v1/contracts/{contract}/tallies", what: "Running totals of a billing period, by price.", may: access.UsageRead},
		func(r *request, in *talliesIn) (*List[tally], error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			all, err := r.tx.Usage().Tallies(r.company, c.ID, in.First.Date)
			if err != nil {
				return nil, err
			}
			out := &List[tally]{Items: []tally{}}
			for _, t := range all {
				out.Items = append(out.Items, tally{t.Component, t.Label, t.Calls, t.Raw, t.Billed, moneyOf(t.Cost)})
			}
			return out, nil
		})
}

func (a *API) calls(r *request, in *callsIn) (*List[Call], error) {
	if in.Until.Instant <= in.From.Instant || in.Until.Instant > in.From.Add(callDays*24*hour) {
		return nil, fault.Problem{Path: "until", What: "it is not within 92 days behind from"}
	}
	at, err := in.numbers(2)
	if err != nil {
		return nil, err
	}
	q := store.CallQuery{Period: timex.Period{From: in.From.Instant, To: in.Until.Instant}, Component: in.Component, Label: in.Label, Agent: in.Agent, Campaign: in.Campaign, Trunk: in.Trunk,
		To: in.To, Result: in.Result, Before: store.CallCursor{Start: timex.Instant(at[0]), Position: at[1]}, Limit: in.Limit}
	if in.Contract != "" {
		if q.Contract, err = named("con", in.Contract, "contract"); err != nil {
			return nil, err
		}
	}
	page, err := r.tx.Usage().Calls(r.company, q)
	if err != nil {
		return nil, err
	}
	out := &List[Call]{Items: []Call{}}
	recorded := access.Can(r.actor, access.RecordFind, r.company)
	for _, c := range page.Calls {
		out.Items = append(out.Items, callOf(c, recorded))
	}
	if page.Next != (store.CallCursor{}) {
		out.HasMore, out.NextCursor = true, numberCursor(int64(page.Next.Start), page.Next.Position)
	}
	return out, nil
}

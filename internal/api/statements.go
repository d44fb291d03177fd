package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/fx"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// OpenInvoice is an invoice that is not paid.
type OpenInvoice struct {
	Invoice string     `json:"invoice"`
	Number  string     `json:"number"`
	DueOn   timex.Date `json:"due_on"`
	Total   Money      `json:"total"`
	Open    Money      `json:"open"`
	Late    int        `json:"days_late"`
}

// Statement is a company's account over some days.
type Statement struct {
	By       app.DatedBy        `json:"by" enum:"booking,value" doc:"Which day of an event decides: that of booking in UTC, or its value date: the date of an invoice or credit note, the day money came in or went out."`
	First    timex.Date         `json:"first"`
	After    timex.Date         `json:"after"`
	Currency money.Currency     `json:"currency"`
	Opening  money.Amount       `json:"opening" doc:"Owed before; below zero: the customer's."`
	Rows     []app.StatementRow `json:"rows"`
	Closing  money.Amount       `json:"closing"`
	Open     []OpenInvoice      `json:"open"`
	Ages     []money.Amount     `json:"ages" doc:"Of what is open: not due, up to 30 days late, up to 60, more."`
}

func (a *API) statementRoutes() {
	type statementIn struct {
		First    Day    `query:"first" required:"true" doc:"First day, by the date that by names."`
		After    Day    `query:"after" required:"true" doc:"Day after the last."`
		Currency string `query:"currency" required:"true" pattern:"^[A-Z]{3}$"`
		By       string `query:"by" enum:"booking,value" default:"booking" doc:"booking: by the day in UTC on which it was booked here, so that a statement of days that are over never changes. value: by the date of an invoice or credit note and the day money came in or went out; told late, these still change it."`
	}
	read(a, op{id: "statement-get", method: http.MethodGet, path: "/v1/statement", what: "The company's account: what was asked, what was paid, what is open.", may: access.StatementRead},
		func(r *request, in *statementIn) (*Statement, error) {
			cur, err := money.ParseCurrency(in.Currency)
			if err != nil {
				return nil, err
			}
			s, err := r.sys.Statement(r.ctx, r.company, cur, in.First.Date, in.After.Date, app.DatedBy(in.By))
			if err != nil {
				return nil, err
			}
			out := &Statement{s.By, s.First, s.After, s.Currency, s.Opening, s.Rows, s.Closing, []OpenInvoice{}, s.Ages[:]}
			for _, o := range s.Open {
				out.Open = append(out.Open, OpenInvoice{o.Invoice.Named("inv"), o.Number, o.DueOn, moneyOf(o.Total), moneyOf(o.Open), o.Late})
			}
			return out, nil
		})
	type rateBody struct {
		From   money.Currency `json:"from"`
		To     money.Currency `json:"to"`
		On     timex.Date     `json:"on"`
		Rate   exact.Number   `json:"rate" doc:"What one of from is in to."`
		Source string         `json:"source" minLength:"1" maxLength:"200"`
	}
	change(a, op{id: "rate-add", method: http.MethodPost, path: "/v1/exchange-rates", what: "Keep a rate of exchange. Another rate of that pair and day is refused.", may: access.PaymentWrite, platform: true, status: http.StatusCreated},
		func(r *request, in *bodyOf[rateBody]) (*Done, error) {
			rate := fx.Rate{From: in.Body.From, To: in.Body.To, On: in.Body.On, Rate: in.Body.Rate, Source: in.Body.Source}
			if err := r.sys.AddRate(r.ctx, rate); err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "rate.add", After: in.Body})
		})
}

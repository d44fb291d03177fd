package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// DisputeLine is a line of an invoice and how much of it.
type DisputeLine struct {
	Line   string `json:"line" minLength:"1" maxLength:"200"`
	Amount Money  `json:"amount" doc:"As the line stands on the invoice."`
}

// Dispute is a customer's objection to an invoice.
type Dispute struct {
	ID         string         `json:"id" example:"dis_01jd8..."`
	Invoice    string         `json:"invoice"`
	Number     string         `json:"number" doc:"Of the invoice."`
	State      dispute.State  `json:"state" enum:"open,accepted,partly_accepted,rejected,withdrawn"`
	Reason     dispute.Reason `json:"reason" doc:"A cause by which an audit of a bill explains a difference."`
	Words      string         `json:"words"`
	Lines      []DisputeLine  `json:"lines"`
	Amount     Money          `json:"amount"`
	Worth      Money          `json:"worth" doc:"With tax: nobody is reminded of it while the dispute is open."`
	RaisedOn   timex.Date     `json:"raised_on"`
	AnswerBy   timex.Date     `json:"answer_by"`
	AnsweredOn timex.Date     `json:"answered_on,omitzero"`
	Granted    []DisputeLine  `json:"granted,omitempty"`
	Answer     string         `json:"answer,omitempty"`
	CreditNote string         `json:"credit_note,omitempty" doc:"Number of the note that gives it back."`
}

func disputeOf(d *app.Dispute) Dispute {
	return Dispute{ID: d.ID.Named("dis"), Invoice: d.Invoice.Named("inv"), Number: d.Number, State: d.State, Reason: d.Reason, Words: d.Words, Lines: disputedLines(d.Lines), Amount: moneyOf(d.Amount), Worth: moneyOf(d.Worth),
		RaisedOn: d.RaisedOn, AnswerBy: d.AnswerBy, AnsweredOn: d.AnsweredOn, Granted: disputedLines(d.Granted), Answer: d.Answer, CreditNote: d.NoteNumber}
}

func disputedLines(list []dispute.Line) []DisputeLine {
	out := make([]DisputeLine, len(list))
	for i, l := range list {
		out[i] = DisputeLine{l.Line, moneyOf(l.Amount)}
	}
	return out
}

func readDisputed(list []DisputeLine, field string) ([]dispute.Line, error) {
	var out []dispute.Line
	for _, l := range list {
		amount, err := l.Amount.read(field)
		if err != nil {
			return nil, err
		}
		out = append(out, dispute.Line{Line: l.Line, Amount: amount})
	}
	return out, nil
}

// DisputeIn names a dispute in an address.
type DisputeIn struct {
	Dispute string `path:"dispute" maxLength:"40"`
}

type (
	raiseBody struct {
		Lines  []DisputeLine  `json:"lines" minItems:"1" maxItems:"200"`
		Reason dispute.Reason `json:"reason" enum:"rate,rounding,duration,seats,proration,tax,duplicate,unpriced,not_in_contract,unexplained"`
		Words  string         `json:"words" minLength:"1" maxLength:"2000"`
	}
	answerBody struct {
		Dispute string        `json:"dispute,omitempty" maxLength:"40" doc:"Filled in from the address."`
		Granted []DisputeLine `json:"granted,omitempty" maxItems:"200" doc:"Absent: it is rejected."`
		Answer  string        `json:"answer" minLength:"1" maxLength:"2000" doc:"The customer reads it."`
		On      timex.Date    `json:"on" doc:"Date of the credit note."`
	}
)

func (a *API) disputeRoutes() {
	type listIn struct {
		PageIn
		State dispute.State `query:"state" enum:"open,accepted,partly_accepted,rejected,withdrawn"`
	}
	read(a, op{id: "dispute-list", method: http.MethodGet, path: "/v1/disputes", what: "Objections to invoices, newest first.", may: access.TicketRead},
		func(r *request, in *listIn) (*List[Dispute], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Disputes(r.ctx, r.company, app.DisputeQuery{State: in.State, Page: p})
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, all, func(d app.Dispute) id.ID { return d.ID }, func(d app.Dispute) Dispute { return disputeOf(&d) }), nil
		})
	read(a, op{id: "dispute-get", method: http.MethodGet, path: "/v1/disputes/{dispute}", what: "One objection and what became of it.", may: access.TicketRead},
		func(r *request, in *DisputeIn) (*Dispute, error) {
			d, err := a.dispute(r, in.Dispute)
			if err != nil {
				return nil, err
			}
			out := disputeOf(d)
			return &out, nil
		})
	type raiseIn struct {
		InvoiceIn
		Body raiseBody
	}
	change(a, op{id: "dispute-raise", method: http.MethodPost, path: "/v1/invoices/{invoice}/disputes", what: "Object to lines of an invoice. Nobody is reminded of what is disputed until it is answered.", may: access.TicketWrite, status: http.StatusCreated, once: true},
		func(r *request, in *raiseIn) (*Dispute, error) {
			doc, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			lines, err := readDisputed(in.Body.Lines, "lines.amount")
			if err != nil {
				return nil, err
			}
			d, err := r.sys.RaiseDispute(r.ctx, r.company, app.RaiseDispute{Key: r.key, Invoice: doc.ID, Lines: lines, Reason: in.Body.Reason, Words: in.Body.Words})
			if err != nil {
				return nil, err
			}
			out := disputeOf(&d)
			return &out, r.did(access.Deed{Action: "dispute.raise", Target: out.ID, Reason: in.Body.Words, After: out})
		})
	a.answerRoutes()
}

func (a *API) answerRoutes() {
	answer := guarded(a, "dispute.answer", access.InvoiceCredit, func(r *request, in *answerBody) (string, bool, error) {
		d, err := a.dispute(r, in.Dispute)
		if err != nil {
			return "", false, err
		}
		return "a credit note on " + d.Number + " for what is disputed: " + in.Answer, len(in.Granted) > 0, nil
	}, a.answerDispute)
	type answerIn struct {
		DisputeIn
		Body answerBody
	}
	change(a, op{id: "dispute-answer", method: http.MethodPost, path: "/v1/disputes/{dispute}/answer", what: "Grant all or a part of an objection, by a credit note, or reject it. A second person approves what is granted.", may: access.TicketResolve, once: true},
		func(r *request, in *answerIn) (*Maybe[Dispute], error) {
			in.Body.Dispute = in.Dispute
			return answer(r, &in.Body)
		})
	change(a, op{id: "dispute-withdraw", method: http.MethodPost, path: "/v1/disputes/{dispute}/withdraw", what: "Take an objection back. Reminders go on.", may: access.TicketWrite},
		func(r *request, in *DisputeIn) (*Dispute, error) {
			before, err := a.dispute(r, in.Dispute)
			if err != nil {
				return nil, err
			}
			d, err := r.sys.WithdrawDispute(r.ctx, r.company, before.ID)
			if err != nil {
				return nil, err
			}
			out := disputeOf(&d)
			return &out, r.did(access.Deed{Action: "dispute.withdraw", Target: out.ID, Before: disputeOf(before), After: out})
		})
}

func (a *API) answerDispute(r *request, in *answerBody) (*Dispute, error) {
	before, err := a.dispute(r, in.Dispute)
	if err != nil {
		return nil, err
	}
	granted, err := readDisputed(in.Granted, "granted.amount")
	if err != nil {
		return nil, err
	}
	if len(granted) > 0 && !access.Can(r.actor, access.InvoiceCredit, r.company) {
		return nil, &access.Refusal{Code: access.Forbidden, Msg: "what is granted is a credit note: this needs the permission " + string(access.InvoiceCredit)}
	}
	d, err := r.sys.AnswerDispute(r.ctx, r.company, app.AnswerDispute{Key: r.key, Dispute: before.ID, Granted: granted, Answer: in.Answer, On: in.On})
	if err != nil {
		return nil, err
	}
	out := disputeOf(&d)
	return &out, r.did(access.Deed{Action: "dispute.answer", Target: out.ID, Reason: in.Answer, Before: disputeOf(before), After: out})
}

// dispute reads one of the company the request is about.
func (a *API) dispute(r *request, name string) (*app.Dispute, error) {
	i, err := id.ParseNamed("dis", name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such dispute")
	}
	d, err := r.sys.GetDispute(r.ctx, r.company, i)
	return &d, err
}

// Movement is money that was paid, paid back or given up.
type Movement struct {
	ID      string           `json:"id" example:"pay_01jd8..."`
	What    app.MovementKind `json:"what" enum:"payment,paid_ahead,refund,write_off,fx"`
	Invoice string           `json:"invoice,omitempty"`
	Number  string           `json:"number,omitempty" doc:"Of the invoice."`
	Amount  money.Amount     `json:"amount" doc:"As it came, went or was given up."`
	Pays    money.Amount     `json:"pays,omitzero" doc:"Of the invoice, in its currency."`
	Over    money.Amount     `json:"over,omitzero" doc:"Beyond what was open: the customer's."`
	On      timex.Date       `json:"on"`
	Note    string           `json:"note,omitempty"`
	Booked  Time             `json:"booked" format:"date-time"`
}

func (a *API) movementRoutes() {
	read(a, op{id: "payment-list", method: http.MethodGet, path: "/v1/payments", what: "What was paid, paid ahead, paid back and written off, newest first.", may: access.StatementRead},
		func(r *request, in *PageIn) (*List[Movement], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Movements(r.ctx, r.company, id.ID{}, p)
			if err != nil {
				return nil, err
			}
			return paged(in, all, func(m app.Movement) id.ID { return m.ID }, func(m app.Movement) Movement {
				out := Movement{ID: m.ID.Named("pay"), What: m.What, Number: m.Number, Amount: m.Amount, Pays: m.Pays, Over: m.Over, On: m.On, Note: m.Note, Booked: timeOf(m.Booked)}
				if !m.Invoice.IsZero() {
					out.Invoice = m.Invoice.Named("inv")
				}
				return out
			}), nil
		})
}

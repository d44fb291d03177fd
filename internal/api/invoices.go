package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Invoice is an invoice or a credit note.
type Invoice struct {
	ID       string             `json:"id" example:"inv_01jd8..."`
	Kind     store.DocumentKind `json:"kind" enum:"invoice,credit_note"`
	Number   string             `json:"number"`
	Contract string             `json:"contract"`
	Of       string             `json:"of,omitempty" doc:"Of a credit note: the invoice it corrects."`
	First    timex.Date         `json:"first"`
	After    timex.Date         `json:"after" doc:"Day after the last."`
	Status   store.Status       `json:"status" enum:"draft,issued,partly_paid,paid,void,overdue"`
	Total    Money              `json:"total"`
	Paid     Money              `json:"paid"`
	Credited Money              `json:"credited"`
	IssuedOn timex.Date         `json:"issued_on,omitzero"`
	DueOn    timex.Date         `json:"due_on,omitzero"`
	Seal     string             `json:"seal" doc:"Shows whether the document was changed."`
	Body     json.RawMessage    `json:"body,omitempty" doc:"The document with every line and how it was made, for waihu verify; not in lists."`
}

func invoiceOf(d *store.Document, whole bool) Invoice {
	out := Invoice{ID: documentName(d.Kind, d.ID), Kind: d.Kind, Number: d.Number, Contract: d.Contract.Named("con"), First: d.First, After: d.After, Status: d.Status,
		Total: moneyOf(d.Total), Paid: moneyOf(d.Paid), Credited: moneyOf(d.Credited), IssuedOn: d.IssuedOn, DueOn: d.DueOn, Seal: d.Seal}
	if !d.Of.IsZero() {
		out.Of = d.Of.Named("inv")
	}
	if whole {
		out.Body = d.Body
	}
	return out
}

// documentName is the identifier of a document with its noun.
func documentName(k store.DocumentKind, i id.ID) string {
	if k == store.CreditNote {
		return i.Named("crn")
	}
	return i.Named("inv")
}

// InvoiceIn names an invoice or credit note in an address.
type InvoiceIn struct {
	Invoice string `path:"invoice" maxLength:"40" doc:"inv_..., or its number."`
}

// document finds one by identifier or number.
func (a *API) document(r *request, name string) (*store.Document, error) {
	for _, noun := range []string{"inv", "crn"} {
		if i, err := id.ParseNamed(noun, name); err == nil {
			return r.tx.Documents().Get(r.company, i)
		}
	}
	return r.tx.Documents().ByNumber(r.company, name)
}

func (a *API) invoiceRoutes() {
	type listIn struct {
		PageIn
		Kind     store.DocumentKind `query:"kind" enum:"invoice,credit_note"`
		Contract string             `query:"contract" maxLength:"40"`
		Status   store.Status       `query:"status" enum:"draft,issued,partly_paid,paid,void,overdue"`
	}
	read(a, op{id: "invoice-list", method: http.MethodGet, path: "/v1/invoices", what: "Invoices and credit notes, newest first.", may: access.InvoiceRead},
		func(r *request, in *listIn) (*List[Invoice], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			q := store.DocumentQuery{Kind: in.Kind, Page: p}
			if in.Contract != "" {
				if q.Contract, err = named("con", in.Contract, "contract"); err != nil {
					return nil, err
				}
			}
			if in.Status != "" {
				q.Status = []store.Status{in.Status}
			}
			rows, err := r.tx.Documents().List(r.company, q)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, rows, func(d store.Document) id.ID { return d.ID }, func(d store.Document) Invoice { return invoiceOf(&d, false) }), nil
		})
	read(a, op{id: "invoice-get", method: http.MethodGet, path: "/v1/invoices/{invoice}", what: "One invoice or credit note, with every line.", may: access.InvoiceRead},
		func(r *request, in *InvoiceIn) (*Invoice, error) {
			d, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			out := invoiceOf(d, true)
			return &out, nil
		})
	a.draftRoutes()
	a.paperRoutes()
	a.paymentRoutes()
}

func (a *API) draftRoutes() {
	type draftIn struct {
		ContractIn
		Day Day `query:"day" doc:"A day of the period; absent: the period that is billed next."`
	}
	type draft struct {
		Total Money           `json:"total"`
		Body  json.RawMessage `json:"body" doc:"The invoice as it would be issued now, with every line."`
	}
	read(a, op{id: "invoice-draft", method: http.MethodGet, path: "/v1/contracts/{contract}/draft", what: "What a period would be billed now. Nothing is kept.", may: access.InvoiceDraft},
		func(r *request, in *draftIn) (*draft, error) {
			c, err := a.contract(r, in.Contract)
			if err != nil {
				return nil, err
			}
			inv, err := r.sys.DraftInvoice(r.ctx, r.company, c.ID, in.Day.Date)
			if err != nil {
				return nil, err
			}
			b, err := json.Marshal(inv)
			return &draft{moneyOf(inv.Total), b}, err
		})
}

// paper is an invoice in one form.
type paper struct {
	kind string
	mime string
	to   func(io.Writer, *invoice.Invoice, lang.Tag) error
}

func papers() map[string]paper {
	return map[string]paper{
		"pdf":  {"pdf", "application/pdf", document.PDF},
		"xlsx": {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", document.XLSX},
		"csv":  {"csv", "text/csv; charset=utf-8", document.CSV},
		"json": {"json", "application/json", func(w io.Writer, inv *invoice.Invoice, _ lang.Tag) error { return document.JSON(w, inv) }},
		"ubl":  {"xml", "application/xml", func(w io.Writer, inv *invoice.Invoice, _ lang.Tag) error { return document.UBL(w, inv) }},
	}
}

func (a *API) paperRoutes() {
	type paperIn struct {
		InvoiceIn
		Form string   `path:"form" enum:"pdf,xlsx,csv,json,ubl"`
		Lang lang.Tag `query:"lang" enum:"en,zh-Hant,zh-Hans" default:"en"`
	}
	file(a, op{id: "invoice-paper", method: http.MethodGet, path: "/v1/invoices/{invoice}/files/{form}", what: "An invoice as PDF, XLSX, CSV, JSON or EN 16931 UBL.", may: access.InvoiceRead},
		func(r *request, in *paperIn) (*fileOut, error) {
			d, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			if d.Kind != store.Invoice {
				return nil, fault.New(fault.Conflict, "this form is for invoices; a credit note is read as JSON")
			}
			inv, err := document.ReadJSON(bytes.NewReader(d.Body))
			if err != nil {
				return nil, err
			}
			p := papers()[in.Form]
			var b bytes.Buffer
			if in.Form == "pdf" {
				logo, err := r.sys.LogoOf(r.ctx, r.company)
				if err != nil {
					return nil, err
				}
				p.to = func(w io.Writer, inv *invoice.Invoice, tag lang.Tag) error {
					return document.PDFWithLogo(w, inv, tag, logo)
				}
			}
			if err := p.to(&b, inv, in.Lang); err != nil {
				return nil, err
			}
			return &fileOut{ContentType: p.mime, Disposition: `attachment; filename="` + d.Number + "." + p.kind + `"`, Body: b.Bytes()}, nil
		})
}

// Bodies of what is done to invoices.
type (
	payBody struct {
		Amount Money      `json:"amount" doc:"In any currency a rate is known for."`
		On     timex.Date `json:"on" doc:"Day it came in."`
		Note   string     `json:"note,omitempty" maxLength:"2000"`
	}
	creditItem struct {
		Line   string `json:"line" minLength:"1" maxLength:"200"`
		Amount *Money `json:"amount,omitempty" doc:"Absent: all that is left of the line."`
	}
	creditBody struct {
		Invoice string       `json:"invoice,omitempty" maxLength:"40" doc:"Filled in from the address."`
		Items   []creditItem `json:"items,omitempty" minItems:"1" maxItems:"1000" doc:"Absent: all that is left of all lines."`
		Reason  string       `json:"reason" minLength:"1" maxLength:"2000"`
		On      timex.Date   `json:"on"`
	}
	reasonBody struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
)

// Paid is what a payment did.
type Paid struct {
	Payment string       `json:"payment,omitempty"`
	Invoice string       `json:"invoice"`
	Status  store.Status `json:"status"`
	Open    Money        `json:"open"`
	Over    *Money       `json:"over,omitempty" doc:"Beyond what was open: kept for the next invoice."`
}

// Credited is a credit note that was issued.
type Credited struct {
	Note    string `json:"note"`
	Number  string `json:"number"`
	Invoice string `json:"invoice"`
	Total   Money  `json:"total"`
	Open    Money  `json:"open" doc:"Of the invoice."`
}

func (a *API) paymentRoutes() {
	type payIn struct {
		InvoiceIn
		Body payBody
	}
	change(a, op{id: "invoice-pay", method: http.MethodPost, path: "/v1/invoices/{invoice}/payments", what: "Book money that came in, in full, in part or beyond what is open.", may: access.PaymentWrite, status: http.StatusCreated, once: true},
		func(r *request, in *payIn) (*Paid, error) {
			before, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			amount, err := in.Body.Amount.read("amount")
			if err != nil {
				return nil, err
			}
			p, err := r.sys.Pay(r.ctx, r.company, app.Pay{Key: r.key, Invoice: before.ID, Amount: amount, On: in.Body.On, Note: in.Body.Note})
			if err != nil {
				return nil, err
			}
			over := moneyOf(p.Over)
			out := &Paid{p.Payment.Named("pay"), p.Invoice.Named("inv"), p.Status, moneyOf(p.Open), &over}
			return out, r.did(access.Deed{Action: "invoice.pay", Target: out.Invoice, Reason: in.Body.Note, Before: invoiceOf(before, false), After: out})
		})
	credit := guarded(a, "invoice.credit", access.InvoiceCredit, func(r *request, in *creditBody) (string, bool, error) {
		d, err := a.document(r, in.Invoice)
		if err != nil {
			return "", false, err
		}
		return "a credit note on " + d.Number + ": " + in.Reason, true, nil
	}, a.creditInvoice)
	type creditIn struct {
		InvoiceIn
		Body creditBody
	}
	change(a, op{id: "invoice-credit", method: http.MethodPost, path: "/v1/invoices/{invoice}/credit-notes", what: "Give back a part of an invoice, or all of it. A second person approves it.", may: access.InvoiceCredit, status: http.StatusCreated, once: true},
		func(r *request, in *creditIn) (*Maybe[Credited], error) {
			in.Body.Invoice = in.Invoice
			return credit(r, &in.Body)
		})
	type reasonIn struct {
		InvoiceIn
		Body reasonBody
	}
	change(a, op{id: "invoice-void", method: http.MethodPost, path: "/v1/invoices/{invoice}/void", what: "Take back the newest invoice of a contract, while nothing of it is paid or credited.", may: access.InvoiceVoid, once: true},
		func(r *request, in *reasonIn) (*Invoice, error) {
			before, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			if _, err := r.sys.Void(r.ctx, r.company, app.Void{Key: r.key, Invoice: before.ID, Reason: in.Body.Reason}); err != nil {
				return nil, err
			}
			return a.settled(r, "invoice.void", in.Body.Reason, before)
		})
	change(a, op{id: "invoice-write-off", method: http.MethodPost, path: "/v1/invoices/{invoice}/write-off", what: "Give up what is open of an invoice that nobody will pay.", may: access.InvoiceVoid, once: true},
		func(r *request, in *reasonIn) (*Invoice, error) {
			before, err := a.document(r, in.Invoice)
			if err != nil {
				return nil, err
			}
			if _, err := r.sys.WriteOff(r.ctx, r.company, app.WriteOff{Key: r.key, Invoice: before.ID, Reason: in.Body.Reason}); err != nil {
				return nil, err
			}
			return a.settled(r, "invoice.write_off", in.Body.Reason, before)
		})
	type aheadIn struct {
		Body struct {
			Amount Money      `json:"amount"`
			On     timex.Date `json:"on" doc:"Day it came in."`
		}
	}
	type ahead struct {
		Payment string `json:"payment"`
	}
	change(a, op{id: "payment-ahead", method: http.MethodPost, path: "/v1/payments", what: "Book money that came in for invoices to come.", may: access.PaymentWrite, status: http.StatusCreated, once: true},
		func(r *request, in *aheadIn) (*ahead, error) {
			amount, err := in.Body.Amount.read("amount")
			if err != nil {
				return nil, err
			}
			i, err := r.sys.PayAhead(r.ctx, r.company, app.PayAhead{Key: r.key, Amount: amount, On: in.Body.On})
			if err != nil {
				return nil, err
			}
			out := &ahead{i.Named("pay")}
			return out, r.did(access.Deed{Action: "payment.ahead", Target: out.Payment, After: in.Body})
		})
}

func (a *API) settled(r *request, action, reason string, before *store.Document) (*Invoice, error) {
	after, err := r.tx.Documents().Get(r.company, before.ID)
	if err != nil {
		return nil, err
	}
	out := invoiceOf(after, false)
	return &out, r.did(access.Deed{Action: action, Target: out.ID, Reason: reason, Before: invoiceOf(before, false), After: out})
}

func (a *API) creditInvoice(r *request, in *creditBody) (*Credited, error) {
	before, err := a.document(r, in.Invoice)
	if err != nil {
		return nil, err
	}
	ask := app.Credit{Key: r.key, Invoice: before.ID, Reason: in.Reason, On: in.On}
	for _, item := range in.Items {
		next := app.CreditItem{Line: item.Line}
		if item.Amount != nil {
			if next.Amount, err = item.Amount.read("items.amount"); err != nil {
				return nil, err
			}
		}
		ask.Items = append(ask.Items, next)
	}
	c, err := r.sys.Credit(r.ctx, r.company, ask)
	if err != nil {
		return nil, err
	}
	out := &Credited{c.Note.Named("crn"), c.Number, c.Invoice.Named("inv"), moneyOf(c.Total), moneyOf(c.Open)}
	return out, r.did(access.Deed{Action: "invoice.credit", Target: out.Invoice, Reason: in.Reason, Before: invoiceOf(before, false), After: out})
}

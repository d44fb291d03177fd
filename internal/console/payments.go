package console

import (
	"context"
	"net/http"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) paymentPages() {
	s.page("GET /c/{company}/payments", access.StatementRead, s.payments)
	s.exports("/c/{company}/payments", access.StatementRead, "payments", "nav.payments", s.paymentsFile)
	s.page("GET /c/{company}/payments/new", access.PaymentWrite, s.newPayment)
	s.page("POST /c/{company}/payments/new", access.PaymentWrite, s.takePayment)
	s.page("GET /c/{company}/payments/refund", access.PaymentRefund, s.newRefund)
	s.page("POST /c/{company}/payments/refund", access.PaymentRefund, s.takeRefund)
}

// paymentsBody is the list of what moved.
type paymentsBody struct {
	Rows        []moneyRow
	Order       *order
	Theirs      []theirsCard
	Files       []Link
	New, Refund string // empty: the visitor may not
	Asked       *waiting
}

// theirsCard is what is the customer's in one currency, with the account that
// explains it.
type theirsCard struct {
	Amount money.Amount
	Href   string
}

// findPayments is money that moved, in the order the address asks for, so many at most.
func (s *Server) findPayments(v *visit, most int) (list []app.Movement, o *order, err error) {
	o = v.order(nil, "", column{"on", "money.on", true}, column{"amount", "invoice.amount", true})
	by := map[string]string{"on": app.MovementsByDay, "amount": app.MovementsByAmount}
	list, err = stored(o, "pay", by, most, func(p store.Page) ([]app.Movement, error) {
		return s.d.System.Movements(v.r.Context(), v.company, id.ID{}, p)
	}, func(m *app.Movement, by string) (id.ID, string, error) { return m.ID, app.PlaceIn(m.Orders(), by), nil })
	return list, o, err
}

// payments lists what was paid, paid ahead, paid back and written off.
func (s *Server) payments(w http.ResponseWriter, r *http.Request, v *visit) error {
	list, o, err := s.findPayments(v, pageRows)
	if err != nil {
		return err
	}
	b := paymentsBody{Order: o, Files: o.files(v.at("/payments")), Asked: v.waits()}
	for i := range list {
		b.Rows = append(b.Rows, v.moneyRow(&list[i]))
	}
	theirs, err := s.d.System.Theirs(r.Context(), v.company)
	if err != nil {
		return err
	}
	for _, a := range theirs {
		b.Theirs = append(b.Theirs, theirsCard{a, v.statementAt(a.Currency(), timex.DateOf(time.Now()).AddMonths(-12), 0)})
	}
	if v.may(access.PaymentWrite) {
		b.New = v.at("/payments/new")
	}
	if v.may(access.PaymentRefund) && len(b.Theirs) > 0 {
		b.Refund = v.at("/payments/refund")
	}
	s.render(w, v, http.StatusOK, "payments", &Page{Title: v.say("nav.payments"), Lead: v.say("payments.lead"), Here: v.at("/payments"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// paymentsFile gives the list as a file.
func (s *Server) paymentsFile(v *visit) (*sheet, error) {
	list, o, err := s.findPayments(v, exportRows)
	t := v.sheet("money.on", "money.what", "invoice.number", "invoice.amount", "money.currency", "money.over", "money.note")
	for i := range list {
		m := &list[i]
		t.add(m.On, v.say("money.w_"+string(m.What)), m.Number, m.Amount, m.Amount.Currency().String(), m.Over, m.Note)
	}
	t.full(v, err == nil && o.Next != "")
	return t, err
}

// paymentBody is the form of money that came in without naming an invoice, or
// that is paid back.
type paymentBody struct {
	Form       *form
	Refused    string
	Back       string
	Open       []openRow
	Currencies []option
	Refund     bool
	Theirs     []money.Amount
	Sure       bool
	Second     bool
	Sentences  []string
	Hidden     []option
}

// openRow is an invoice that money can be recorded for.
type openRow struct {
	invoiceRow
	Pay string
}

func (s *Server) paymentPage(w http.ResponseWriter, v *visit, status int, b *paymentBody) error {
	b.Back = v.at("/payments")
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	title := "payments.new"
	if b.Refund {
		title = "payments.refund"
		var err error
		if b.Theirs, err = s.d.System.Theirs(v.r.Context(), v.company); err != nil {
			return err
		}
		for _, a := range b.Theirs {
			b.Currencies = append(b.Currencies, option{"value": a.Currency().String(), "label": lang.Money(v.Tag, a)})
		}
	} else if err := s.openInvoices(v, b); err != nil {
		return err
	}
	s.render(w, v, status, "payment", &Page{Title: v.say(title), Here: v.at("/payments"), Crumbs: v.crumbs(Link{v.say("nav.payments"), b.Back}), Body: b})
	return nil
}

// openInvoices are what money can be recorded for, the newest first.
func (s *Server) openInvoices(v *visit, b *paymentBody) error {
	return s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err := tx.Documents().List(v.company, store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Issued, store.Partly, store.Overdue}, Page: store.Page{Limit: pageRows, Down: true}})
		for i := range list {
			row, err := v.invoiceRow(&list[i])
			if err != nil {
				return err
			}
			b.Open = append(b.Open, openRow{row, row.Href + "/pay"})
		}
		return err
	})
}

// newPayment shows for which invoice money can be recorded.
func (s *Server) newPayment(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.paymentPage(w, v, http.StatusOK, &paymentBody{Form: v.blank("on", timex.DateOf(time.Now()).String(), "currency", s.usualCurrency(v))})
}

// usualCurrency is that of the company's newest contract.
func (s *Server) usualCurrency(v *visit) string {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil || len(deals) == 0 {
		return ""
	}
	return deals[0].Plan.Currency.String()
}

// takePayment records money for invoices to come.
func (s *Server) takePayment(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &paymentBody{Form: f}
	if _, err := f.Once(); err != nil {
		return err
	}
	in := app.PayAhead{Key: "ahead " + f.Value("once"), Amount: f.above("amount", f.currency("currency")), On: f.date("on")}
	if !f.OK() {
		return s.paymentPage(w, v, http.StatusUnprocessableEntity, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		i, err := s.d.System.PayAhead(ctx, v.company, in)
		return access.Deed{Action: "payment.ahead", Target: i.Named("pay"), After: in}, v.at("/payments"), err
	})
	return s.refusedPayment(w, v, b, err)
}

func (s *Server) refusedPayment(w http.ResponseWriter, v *visit, b *paymentBody, err error) error {
	return again(err, &b.Refused, func(status int) error {
		b.Sure = false
		return s.paymentPage(w, v, status, b)
	})
}

// newRefund shows the form of money that is paid back.
func (s *Server) newRefund(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.paymentPage(w, v, http.StatusOK, &paymentBody{Refund: true, Form: v.blank("on", timex.DateOf(time.Now()).String())})
}

// refundInput is a refund as the interface takes it.
type refundInput struct {
	Amount money.Amount `json:"amount"`
	On     timex.Date   `json:"on"`
	Reason string       `json:"reason"`
}

// takeRefund shows what paying back leaves, or does it once that was seen.
func (s *Server) takeRefund(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &paymentBody{Refund: true, Form: f, Second: s.d.Gate.Policy.SecondPerson}
	if _, err := f.Once(); err != nil {
		return err
	}
	in := app.Refund{Key: "refund " + f.Value("once"), Amount: f.above("amount", f.currency("currency")), On: f.date("on"), Reason: f.text("words", 600)}
	if !f.OK() {
		return s.paymentPage(w, v, http.StatusUnprocessableEntity, b)
	}
	if f.Value("sure") == "" {
		var left money.Amount
		err := s.d.System.Rehearse(r.Context(), func(ctx context.Context, _ store.Tx) (err error) {
			if _, err = s.d.System.Refund(ctx, v.company, in); err == nil {
				left, err = s.theirs(ctx, v, in.Amount.Currency())
			}
			return err
		})
		if err != nil {
			return s.refusedPayment(w, v, b, err)
		}
		b.Sure, b.Hidden, b.Sentences = true, hiddenOf(f), []string{v.say("payments.c_refund", "amount", lang.Money(v.Tag, in.Amount), "left", lang.Money(v.Tag, left))}
		return s.paymentPage(w, v, http.StatusOK, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		if b.Second {
			return s.askSecond(tx, v, &secondAsk{"payment.refund", "pay back " + in.Amount.String() + ": " + in.Reason, refundInput{in.Amount, in.On, in.Reason}}, v.at("/payments"))
		}
		i, err := s.d.System.Refund(ctx, v.company, in)
		return access.Deed{Action: "payment.refund", Target: i.Named("ref"), Reason: in.Reason, After: in}, v.at("/payments"), err
	})
	return s.refusedPayment(w, v, b, err)
}

package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/charging/dispute"
	"waihu/internal/money"
	"waihu/internal/store"
)

// invoiceStep is something that is done to an issued invoice: it is filled in,
// shown with what it changes, and done when that was seen.
type invoiceStep struct {
	verb string
	may  access.Permission
	in   func(*invoiceAt) bool // whether it makes sense now
	read func(*Server, *visit, *form, *invoiceAt) *moneyDeed
}

// moneyDeed is what a filled-in form does. Where the installation wants two
// people, ask says it to the second, in the words of the interface.
type moneyDeed struct {
	do  func(context.Context) (access.Deed, []string, error) // with what it came to
	ask *secondAsk                                           // nil: one person is enough
}

// secondAsk is a change for a second person: the action and input by which the
// interface does it.
type secondAsk struct {
	action, what string
	input        any
}

func invoiceSteps() []invoiceStep {
	stands := func(x *invoiceAt) bool { return x.Doc.Status != store.Voided }
	open := func(x *invoiceAt) bool { return stands(x) && x.Row.Open.Sign() > 0 }
	lines := func(x *invoiceAt) bool { return stands(x) && len(x.Lines) > 0 }
	return []invoiceStep{
		{"pay", access.PaymentWrite, open, readPay},
		{"dispute", access.TicketWrite, lines, readDispute},
		{"credit", access.InvoiceCredit, lines, readCredit},
		{"write-off", access.InvoiceVoid, open, readWriteOff},
		{"void", access.InvoiceVoid, func(x *invoiceAt) bool { return open(x) && x.Doc.Paid.IsZero() && x.Doc.Credited.IsZero() }, readVoid},
	}
}

// moneyStepBody is the form of a step, or what it would change.
type moneyStepBody struct {
	Verb      string
	At        *invoiceAt
	Form      *form
	Back, Why string
	Refused   string
	Sure      bool // it was looked at: the button does it
	Second    bool // the button asks a second person
	Before    moneyState
	After     moneyState
	Sentences []string
	Hidden    []option
	Reasons   []option
}

// moneyState is how an invoice and its customer stand.
type moneyState struct {
	Status                       store.Status
	Paid, Credited, Open, Theirs money.Amount
	Suspended                    bool
}

func (s *Server) moneyState(ctx context.Context, tx store.Tx, v *visit, x *invoiceAt) (out moneyState, err error) {
	doc, err := tx.Documents().Get(v.company, x.Doc.ID)
	if err != nil {
		return out, err
	}
	c, err := s.d.System.GetCompany(ctx, v.company)
	if err != nil {
		return out, err
	}
	out = moneyState{Status: doc.Status, Paid: doc.Paid, Credited: doc.Credited, Suspended: c.Suspended}
	if out.Open, err = doc.Open(); err != nil {
		return out, err
	}
	out.Theirs, err = s.theirs(ctx, v, doc.Total.Currency())
	return out, err
}

// theirs is what is the customer's in one currency.
func (s *Server) theirs(ctx context.Context, v *visit, c money.Currency) (money.Amount, error) {
	all, err := s.d.System.Theirs(ctx, v.company)
	for _, a := range all {
		if a.Currency() == c {
			return a, err
		}
	}
	return money.Zero(c), err
}

func (s *Server) moneyStepPage(w http.ResponseWriter, v *visit, status int, b *moneyStepBody) error {
	b.Back, b.Why = b.At.Row.Href, v.say("money.why_"+b.Verb)
	for _, r := range dispute.Reasons() {
		b.Reasons = append(b.Reasons, option{"value": string(r), "label": v.say("audit.cause." + string(r))})
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "money-step", &Page{Title: v.say("money.do_" + b.Verb), Lead: v.say("invoice.title", "number", b.At.Doc.Number), Here: v.at("/invoices"),
		Crumbs: v.crumbs(Link{v.say("nav.invoices"), v.at("/invoices")}, Link{b.At.Doc.Number, b.Back}), Body: b})
	return nil
}

// invoiceStepForm shows the form of a step.
func (s *Server) invoiceStepForm(step invoiceStep) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		x, err := s.lookAtInvoice(v)
		if err != nil {
			return err
		}
		f := v.blank("on", max(x.Today, x.Doc.IssuedOn).String(), "currency", x.Doc.Total.Currency().String())
		if step.verb == "pay" {
			f.Values.Set("amount", x.Row.Open.Decimal())
		}
		for i := range x.Lines { // a link from a line, or from what an audit found
			if l := &x.Lines[i]; l.ID == r.URL.Query().Get("line") {
				f.Values.Set(l.Field, l.Left.Decimal())
			}
		}
		f.Values.Set("reason", r.URL.Query().Get("reason"))
		b := &moneyStepBody{Verb: step.verb, At: x, Form: f}
		if !step.in(x) {
			b.Refused = v.say("money.not_now_" + step.verb)
		}
		return s.moneyStepPage(w, v, http.StatusOK, b)
	}
}

// takeInvoiceStep shows what a step would change, or does it once that was seen.
func (s *Server) takeInvoiceStep(step invoiceStep) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		x, err := s.lookAtInvoice(v)
		if err != nil {
			return err
		}
		f, err := v.form(w)
		if err != nil {
			return err
		}
		b := &moneyStepBody{Verb: step.verb, At: x, Form: f}
		if _, err := f.Once(); err != nil {
			return err
		}
		deed := step.read(s, v, f, x)
		if !f.OK() {
			return s.moneyStepPage(w, v, http.StatusUnprocessableEntity, b)
		}
		b.Second = deed.ask != nil && s.d.Gate.Policy.SecondPerson
		if f.Value("sure") == "" {
			return s.showMoneyStep(w, v, b, deed)
		}
		err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
			if b.Second {
				return s.askSecond(tx, v, deed.ask, x.Row.Href)
			}
			did, _, err := deed.do(ctx)
			return did, x.Row.Href + "#money", err
		})
		return s.refusedMoneyStep(w, v, b, err)
	}
}

// askSecond leaves a change to a second person.
func (s *Server) askSecond(tx store.Tx, v *visit, ask *secondAsk, back string) (access.Deed, string, error) {
	p, err := s.d.Gate.Ask(tx, v.actor, v.company, ask.action, ask.what, ask.input)
	if err != nil {
		return access.Deed{}, "", err
	}
	return access.Deed{Action: ask.action + ".ask", Target: p.ID.Named("apr"), After: p}, back + "?asked=" + p.ID.Named("apr"), nil
}

// showMoneyStep does the step, looks at what it came to and undoes it.
func (s *Server) showMoneyStep(w http.ResponseWriter, v *visit, b *moneyStepBody, deed *moneyDeed) error {
	err := s.d.System.Rehearse(v.r.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		if b.Before, err = s.moneyState(ctx, tx, v, b.At); err != nil {
			return err
		}
		if _, b.Sentences, err = deed.do(ctx); err != nil {
			return err
		}
		b.After, err = s.moneyState(ctx, tx, v, b.At)
		return err
	})
	if err != nil {
		return s.refusedMoneyStep(w, v, b, err)
	}
	b.Sure, b.Hidden = true, hiddenOf(b.Form)
	if b.Before.Suspended && !b.After.Suspended {
		b.Sentences = append(b.Sentences, v.say("money.c_released"))
	}
	return s.moneyStepPage(w, v, http.StatusOK, b)
}

// hiddenOf is what was filled in, to be sent again with the confirmation.
func hiddenOf(f *form) (out []option) {
	for name, values := range f.Values {
		if name != "once" && name != "sure" {
			out = append(out, option{"value": values[0], "label": name})
		}
	}
	sortOptions(out)
	return out
}

// refusedMoneyStep shows the form again with what stood in the way.
func (s *Server) refusedMoneyStep(w http.ResponseWriter, v *visit, b *moneyStepBody, err error) error {
	return again(err, &b.Refused, func(status int) error {
		b.Sure = false
		return s.moneyStepPage(w, v, status, b)
	})
}

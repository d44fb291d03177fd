package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) statementPages() {
	s.page("GET /c/{company}/statement", access.StatementRead, s.statement)
	for _, ext := range []string{"csv", "xlsx", "pdf"} {
		s.page("GET /c/{company}/statement."+ext, access.StatementRead, s.statementFile(ext))
	}
}

// statementBody is a customer's account over some days.
type statementBody struct {
	Form       *form
	Account    *app.Statement // nil: the form is wrong
	Dates      string
	Rows       []statementRow
	Open       []openInvoiceRow
	Ages       []ageRow
	Files      []Link
	Currencies []option
	By         []option // which day decides
	Sentence   string
}

// statementRow is one event with the document behind it.
type statementRow struct {
	app.StatementRow
	What, Text, Href string
}

// openInvoiceRow is an invoice that is not paid.
type openInvoiceRow struct {
	app.OpenInvoice
	Href string
}

// ageRow is how much of what is open is how late.
type ageRow struct {
	Name   string
	Amount money.Amount
}

// statementDays bounds the days one statement goes over.
const statementDays = 3700

// statementAt is the address of a statement from a day on; last 0 is today.
func (v *visit) statementAt(c money.Currency, first, last timex.Date) string {
	if last == 0 {
		last = max(timex.DateOf(time.Now()), first)
	}
	return v.at("/statement?") + url.Values{"currency": {c.String()}, "first": {first.String()}, "last": {last.String()}}.Encode()
}

// statementForm reads which days of which currency are asked for; the usual are
// those of this year so far.
func (s *Server) statementForm(v *visit) (f *form, c money.Currency, first, last timex.Date) {
	f = v.blank()
	f.Values = v.r.URL.Query()
	today := timex.DateOf(time.Now())
	for name, usual := range map[string]string{"first": today.AddMonths(-3).String(), "last": today.String(), "currency": s.usualCurrency(v), "by": string(app.ByBooking)} {
		if f.Value(name) == "" {
			f.Values.Set(name, usual)
		}
	}
	if f.Value("currency") == "" {
		f.Values.Set("currency", "CNY")
	}
	c, first, last = f.currency("currency"), f.date("first"), f.date("last")
	f.choice("by", string(app.ByBooking), string(app.ByValue))
	if f.OK() && (last < first || last-first > statementDays) {
		f.wrong("last", "statement.order")
	}
	return f, c, first, last
}

// statement shows the account.
func (s *Server) statement(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, c, first, last := s.statementForm(v)
	b := &statementBody{Form: f}
	for _, by := range []app.DatedBy{app.ByBooking, app.ByValue} {
		b.By = append(b.By, option{"value": string(by), "label": v.say("statement.on_" + string(by))})
	}
	deals, err := s.d.System.Deals(r.Context(), v.company)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, word := range append([]string{f.Value("currency")}, contractCurrencies(deals)...) {
		if !seen[word] {
			b.Currencies, seen[word] = append(b.Currencies, option{"value": word, "label": word}), true
		}
	}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	} else if err := s.fillStatement(v, b, c, first, last); err != nil {
		return err
	}
	s.render(w, v, status, "statement", &Page{Title: v.say("nav.statement"), Lead: v.say("statement.lead", "name", v.about.Name), Here: v.at("/statement"), Crumbs: v.crumbs(), Body: b})
	return nil
}

func contractCurrencies(deals []app.Deal) (out []string) {
	for i := range deals {
		out = append(out, deals[i].Plan.Currency.String())
	}
	return out
}

func (s *Server) fillStatement(v *visit, b *statementBody, c money.Currency, first, last timex.Date) error {
	by := app.DatedBy(b.Form.Value("by"))
	st, err := s.d.System.Statement(v.r.Context(), v.company, c, first, last+1, by)
	if err != nil {
		return err
	}
	b.Account, b.Dates = &st, lang.Dates(v.Tag, first, last+1)
	b.Files = listFiles(v.at("/statement"), "?"+url.Values{"currency": {c.String()}, "first": {first.String()}, "last": {last.String()}, "by": {string(by)}}.Encode(), "csv", "xlsx", "pdf")
	b.Sentence = v.say("statement.owes", "amount", lang.Money(v.Tag, st.Closing), "date", last.String())
	if st.Closing.Sign() < 0 {
		b.Sentence = v.say("statement.theirs", "amount", lang.Money(v.Tag, st.Closing.Neg()), "date", last.String())
	}
	if b.Rows, err = s.statementRows(v, st.Rows); err != nil {
		return err
	}
	for _, o := range st.Open {
		b.Open = append(b.Open, openInvoiceRow{o, v.at("/invoices/" + o.Invoice.Named("inv"))})
	}
	for i := range st.Ages {
		b.Ages = append(b.Ages, ageRow{v.say("statement.age_" + itoa(i)), st.Ages[i]})
	}
	return nil
}

// statementRows finds the document that explains each event: its reference is
// that of an invoice or a credit note, or its note names the invoice.
func (s *Server) statementRows(v *visit, rows []app.StatementRow) (out []statementRow, err error) {
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		out = nil
		for _, r := range rows {
			x := statementRow{StatementRow: r, What: v.say("statement.k_" + r.Kind)}
			doc, err := documentOf(tx, v.company, &r)
			switch {
			case err == nil && doc.Kind == store.CreditNote:
				x.Text, x.Href = doc.Number, v.at("/notes/"+doc.ID.Named("crn"))
			case err == nil:
				x.Text, x.Href = doc.Number, v.at("/invoices/"+doc.ID.Named("inv"))
			case fault.KindOf(err) == fault.NotFound:
				x.Text = r.Note
			default:
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

func documentOf(tx store.Tx, c id.Company, r *app.StatementRow) (*store.Document, error) {
	if i, err := id.Parse(r.Ref[strings.LastIndexByte(r.Ref, ' ')+1:]); err == nil { // what takes an entry back names it behind its kind
		if doc, err := tx.Documents().Get(c, i); err == nil || fault.KindOf(err) != fault.NotFound {
			return doc, err
		}
	}
	if r.Note == "" {
		return nil, fault.New(fault.NotFound, "there is no document")
	}
	return tx.Documents().ByNumber(c, r.Note)
}

// statementFile gives the account as a document.
func (s *Server) statementFile(ext string) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		f, c, first, last := s.statementForm(v)
		if !f.OK() {
			return s.statement(w, r, v)
		}
		b := &statementBody{Form: f}
		if err := s.fillStatement(v, b, c, first, last); err != nil {
			return err
		}
		t := v.sheet("statement.on_"+string(b.Account.By), "money.what", "statement.document", "invoice.amount", "statement.balance", "money.currency")
		t.add(first, v.say("statement.opening"), "", "", b.Account.Opening, c.String())
		for _, row := range b.Rows {
			t.add(row.On, row.What, row.Text, row.Amount, row.Balance, c.String())
		}
		t.add(last, v.say("statement.closing"), "", "", b.Account.Closing, c.String())
		open := v.sheet("invoice.number", "invoice.due", "invoice.total", "invoice.open", "statement.late")
		for _, o := range b.Open {
			open.add(o.Number, o.DueOn, o.Total, o.Open, int64(o.Late))
		}
		title := v.say("statement.of", "name", v.about.Name, "dates", b.Dates)
		d := &explain.Document{Language: v.Tag, Kind: v.say("nav.statement"), Title: title, On: last, Sections: []explain.Section{{Sentences: []string{b.Sentence}}, {Title: v.say("statement.movements"), Table: &t.Table}}}
		if len(open.Rows) > 0 {
			d.Sections = append(d.Sections, explain.Section{Title: v.say("overview.open"), Table: &open.Table})
		}
		return s.sendDocument(w, "statement-"+first.String()+"-"+last.String(), ext, d, &t.Table)
	}
}

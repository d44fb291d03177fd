package console

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) disputePages() {
	s.page("GET /c/{company}/disputes", access.TicketRead, s.disputes)
	s.exports("/c/{company}/disputes", access.TicketRead, "disputes", "nav.disputes", s.disputesFile)
	s.page("GET /c/{company}/disputes/{dispute}", access.TicketRead, s.dispute)
	s.page("POST /c/{company}/disputes/{dispute}/answer", access.TicketResolve, s.answerDispute)
	s.page("POST /c/{company}/disputes/{dispute}/withdraw", access.TicketWrite, s.withdrawDispute)
}

// disputeRow is a dispute in a list.
type disputeRow struct {
	*app.Dispute
	Href, InvoiceHref, NoteHref, Cause string
	Late                               bool
}

func (v *visit) disputeRow(d *app.Dispute, today timex.Date) disputeRow {
	row := disputeRow{Dispute: d, Href: v.at("/disputes/" + d.ID.Named("dis")), InvoiceHref: v.at("/invoices/" + d.Invoice.Named("inv")), Cause: v.say("audit.cause." + string(d.Reason)), Late: d.Late(today)}
	if !d.Note.IsZero() {
		row.NoteHref = v.at("/notes/" + d.Note.Named("crn"))
	}
	return row
}

// disputeStates are what the list can be narrowed to.
var disputeStates = []dispute.State{dispute.Open, dispute.Accepted, dispute.Partly, dispute.Rejected, dispute.Withdrawn}

// disputesMost bounds the disputes of a company that a list looks at.
const disputesMost = 5_000

// findDisputes are a company's disputes in the state and the order that the address
// asks for, so many at most.
func (s *Server) findDisputes(v *visit, most int) (rows []disputeRow, o *order, err error) {
	state := dispute.State(v.r.URL.Query().Get("state"))
	if !slices.Contains(disputeStates, state) {
		state = ""
	}
	o = v.order(url.Values{"state": {string(state)}}, "-raised", column{"raised", "disputes.raised", true}, column{"invoice", "money.invoice", false}, column{"reason", "disputes.reason", false},
		column{"by", "disputes.by", false}, column{"amount", "disputes.amount", true}, column{"given", "disputes.given", true})
	page, today := store.Page{Limit: store.MaxPage}, timex.DateOf(time.Now())
	for range disputesMost / store.MaxPage {
		list, err := s.d.System.Disputes(v.r.Context(), v.company, app.DisputeQuery{State: state, Page: page})
		if err != nil {
			return nil, nil, err
		}
		for i := range list {
			rows = append(rows, v.disputeRow(&list[i], today))
		}
		if len(list) < store.MaxPage {
			break
		}
		page.After = list[len(list)-1].ID
	}
	rows = arranged(o, rows, most, func(d *disputeRow) string { return d.ID.Named("dis") }, keys[disputeRow]{
		"raised":  func(d *disputeRow) string { return store.OrderInt(int64(d.RaisedOn)) },
		"invoice": func(d *disputeRow) string { return store.OrderText(d.Number) },
		"reason":  func(d *disputeRow) string { return store.OrderText(d.Cause) },
		"by": func(d *disputeRow) string {
			return store.OrderInt(int64(cmp.Or(d.AnsweredOn, d.AnswerBy)))
		},
		"amount": func(d *disputeRow) string { return store.OrderMoney(d.Amount) },
		"given":  func(d *disputeRow) string { return store.OrderMoney(d.Given) },
	})
	return rows, o, nil
}

// disputes lists objections to invoices, the newest first unless another order is asked for.
func (s *Server) disputes(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findDisputes(v, pageRows)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "disputes", &Page{Title: v.say("nav.disputes"), Lead: v.say("disputes.lead"), Here: v.at("/disputes"), Crumbs: v.crumbs(),
		Body: map[string]any{"Rows": rows, "Order": o, "State": dispute.State(o.kept.Get("state")), "States": disputeStates, "Invoices": v.at("/invoices"), "Files": o.files(v.at("/disputes"))}})
	return nil
}

// disputesFile gives the list as a file.
func (s *Server) disputesFile(v *visit) (*sheet, error) {
	list, o, err := s.findDisputes(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("disputes.raised", "invoice.number", "disputes.reason", "disputes.words", "disputes.amount", "money.currency", "invoice.state", "disputes.given", "disputes.decided", "disputes.answer", "money.w_credit_note")
	for i := range list {
		d := list[i].Dispute
		t.add(d.RaisedOn, d.Number, list[i].Cause, d.Words, d.Amount, d.Amount.Currency().String(), v.say("disputes.s_"+string(d.State)), d.Given, d.AnsweredOn, d.Answer, d.NoteNumber)
	}
	t.full(v, o.Next != "")
	return t, nil
}

// disputeBody is one dispute with the form that decides it.
type disputeBody struct {
	Row       disputeRow
	Lines     []disputedLine
	Form      *form
	Refused   string
	MayAnswer bool
	MayGrant  bool
	MayLeave  bool
	Asked     *waiting
	Sure      bool
	Second    bool
	Sentences []string
	Hidden    []option
}

// disputedLine is a line with what was granted of it.
type disputedLine struct {
	dispute.Line
	Name, Field, Href string
	Granted           *dispute.Line // nil: nothing
}

func (s *Server) lookAtDispute(v *visit) (*app.Dispute, error) {
	i, err := id.ParseNamed("dis", v.r.PathValue("dispute"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such dispute")
	}
	d, err := s.d.System.GetDispute(v.r.Context(), v.company, i)
	return &d, err
}

// dispute shows one.
func (s *Server) dispute(w http.ResponseWriter, _ *http.Request, v *visit) error {
	d, err := s.lookAtDispute(v)
	if err != nil {
		return err
	}
	f := v.blank("on", timex.DateOf(time.Now()).String())
	for i, l := range d.Lines {
		f.Values.Set("grant-"+itoa(i), l.Amount.Decimal())
	}
	return s.disputePage(w, v, http.StatusOK, d, &disputeBody{Form: f})
}

func (s *Server) disputePage(w http.ResponseWriter, v *visit, status int, d *app.Dispute, b *disputeBody) error {
	b.Row, b.Asked = v.disputeRow(d, timex.DateOf(time.Now())), v.waits()
	open := d.State == dispute.Open
	b.MayAnswer, b.MayGrant, b.MayLeave = open && v.may(access.TicketResolve), v.may(access.InvoiceCredit), open && v.may(access.TicketWrite)
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	names, err := s.lineNames(v, d.Invoice)
	if err != nil {
		return err
	}
	for i, l := range d.Lines {
		x := disputedLine{Line: l, Name: names[l.Line], Field: "grant-" + itoa(i), Href: b.Row.InvoiceHref + "#line-" + l.Line}
		for k := range d.Granted {
			if d.Granted[k].Line == l.Line {
				x.Granted = &d.Granted[k]
			}
		}
		b.Lines = append(b.Lines, x)
	}
	s.render(w, v, status, "dispute", &Page{Title: v.say("disputes.title", "number", d.Number), Lead: b.Row.Cause, Here: v.at("/disputes"), Crumbs: v.crumbs(Link{v.say("nav.disputes"), v.at("/disputes")}), Body: b})
	return nil
}

// answerInput is an answer as the interface takes it.
type answerInput struct {
	Dispute string         `json:"dispute"`
	Granted []dispute.Line `json:"granted"`
	Answer  string         `json:"answer"`
	On      timex.Date     `json:"on"`
}

// answerDispute shows what an answer gives back, or gives it once that was seen.
func (s *Server) answerDispute(w http.ResponseWriter, _ *http.Request, v *visit) error {
	d, f, err := sentAbout(w, v, s.lookAtDispute)
	if err != nil {
		return err
	}
	b := &disputeBody{Form: f}
	if _, err := f.Once(); err != nil {
		return err
	}
	in := app.AnswerDispute{Key: "answer " + f.Value("once"), Dispute: d.ID, Answer: f.text("answer", 600), On: f.date("on"), Granted: f.granted(d)}
	if !f.OK() {
		return s.disputePage(w, v, http.StatusUnprocessableEntity, d, b)
	}
	if len(in.Granted) > 0 && !v.may(access.InvoiceCredit) {
		return &access.Refusal{Code: access.Forbidden, Msg: string(access.InvoiceCredit)}
	}
	b.Second = len(in.Granted) > 0 && s.d.Gate.Policy.SecondPerson
	if f.Value("sure") == "" {
		return s.showAnswer(w, v, d, b, in)
	}
	there := v.at("/disputes/" + d.ID.Named("dis"))
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		if b.Second {
			what := "a credit note on " + d.Number + " for what is disputed: " + in.Answer
			return s.askSecond(tx, v, &secondAsk{"dispute.answer", what, answerInput{d.ID.Named("dis"), in.Granted, in.Answer, in.On}}, there)
		}
		out, err := s.d.System.AnswerDispute(ctx, v.company, in)
		return access.Deed{Action: "dispute.answer", Target: d.ID.Named("dis"), Reason: in.Answer, Before: d, After: out}, there, err
	})
	return s.refusedDispute(w, v, d, b, err)
}

// granted reads how much is granted of each line; none are written for a
// rejection.
func (f *form) granted(d *app.Dispute) (out []dispute.Line) {
	if f.choice("do", "grant", "reject") == "reject" {
		return nil
	}
	for i, l := range d.Lines {
		name := "grant-" + itoa(i)
		if s := strings.TrimSpace(f.Value(name)); s == "" || s == "0" {
			continue
		}
		a := f.amount(name, l.Amount.Currency())
		switch {
		case f.Error(name) != "":
		case a.Sign() < 0:
			f.wrong(name, "form.above_zero")
		case a.Cmp(l.Amount) > 0:
			f.wrong(name, "disputes.more_than_disputed", "amount", lang.Money(f.v.Tag, l.Amount))
		}
		if a.Sign() > 0 {
			out = append(out, dispute.Line{Line: l.Line, Amount: a})
		}
	}
	if len(out) == 0 && f.OK() {
		f.wrong("grants", "disputes.grant_or_reject")
	}
	return out
}

func (s *Server) showAnswer(w http.ResponseWriter, v *visit, d *app.Dispute, b *disputeBody, in app.AnswerDispute) error {
	var out app.Dispute
	var note *store.Document
	err := s.d.System.Rehearse(v.r.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		if out, err = s.d.System.AnswerDispute(ctx, v.company, in); err == nil && !out.Note.IsZero() {
			note, err = tx.Documents().Get(v.company, out.Note)
		}
		return err
	})
	if err != nil {
		return s.refusedDispute(w, v, d, b, err)
	}
	b.Sure, b.Hidden = true, hiddenOf(b.Form)
	b.Sentences = []string{v.say("disputes.c_" + string(out.State))}
	if note != nil {
		b.Sentences = append(b.Sentences, v.say("money.c_credit", "number", note.Number, "total", lang.Money(v.Tag, note.Total)))
	}
	return s.disputePage(w, v, http.StatusOK, d, b)
}

func (s *Server) refusedDispute(w http.ResponseWriter, v *visit, d *app.Dispute, b *disputeBody, err error) error {
	return again(err, &b.Refused, func(status int) error {
		b.Sure = false
		return s.disputePage(w, v, status, d, b)
	})
}

// withdrawDispute takes an objection back.
func (s *Server) withdrawDispute(w http.ResponseWriter, _ *http.Request, v *visit) error {
	d, f, err := sentAbout(w, v, s.lookAtDispute)
	if err != nil {
		return err
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		out, err := s.d.System.WithdrawDispute(ctx, v.company, d.ID)
		return access.Deed{Action: "dispute.withdraw", Target: d.ID.Named("dis"), Before: d, After: out}, v.at("/disputes/" + d.ID.Named("dis")), err
	})
	return s.refusedDispute(w, v, d, &disputeBody{Form: v.blank("on", timex.DateOf(time.Now()).String())}, err)
}

// lineNames are the names of an invoice's lines.
func (s *Server) lineNames(v *visit, invoice id.ID) (map[string]string, error) {
	var doc *store.Document
	err := s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		doc, err = tx.Documents().Get(v.company, invoice)
		return err
	})
	if err != nil {
		return nil, err
	}
	inv, err := document.ReadJSON(bytes.NewReader(doc.Body))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	told := document.Tell(v.Tag, inv)
	for i := range inv.Lines {
		out[inv.Lines[i].ID] = told.Lines[i].Name
	}
	return out, nil
}

package console

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/vendorbill"
	"waihu/internal/workspace"
)

func (s *Server) auditPages() {
	s.free("GET /audit", s.auditStart)
	s.free("POST /audit", s.auditBegin)
	s.page("GET /c/{company}/audit", access.UsageRead, s.auditStart)
	s.page("POST /c/{company}/audit", access.UsageRead, s.auditBegin)
	s.changes("GET /audit/{space}", s.auditBill)
	s.changes("POST /audit/{space}/files", s.auditRecords)
	s.changes("POST /audit/{space}/files/{file}/remove", removes("/audit/"))
	s.changes("GET /audit/{space}/files/{file}/{what}", s.compareRejects)
	s.changes("POST /audit/{space}/{paper}", s.auditPaper)
	s.changes("POST /audit/{space}/contract", s.auditContract)
	s.changes("POST /audit/{space}/mapping", s.auditMapping)
	s.changes("POST /audit/{space}/run", s.auditRun)
	s.changes("GET /audit/{space}/report/{form}", s.auditReport)
	s.changes("GET /audit/{space}/letter/{form}", s.auditLetter)
	s.changes("GET /audit/{space}/evidence/{form}", s.auditEvidence)
}

// auditStart says what an audit needs and begins one.
func (s *Server) auditStart(w http.ResponseWriter, _ *http.Request, v *visit) error {
	s.auditStartPage(w, v, http.StatusOK, "")
	return nil
}

func (s *Server) auditStartPage(w http.ResponseWriter, v *visit, status int, wrong string) {
	at, crumbs := "/audit", []Link(nil)
	if v.company != (id.Company{}) {
		at, crumbs = v.at("/audit"), v.crumbs()
	}
	s.render(w, v, status, "audit_start", &Page{Title: v.say("audit_page.title"), Lead: v.say("audit_page.lead"), Here: at, Crumbs: crumbs, Island: "compare", Body: map[string]any{"At": at, "Wrong": wrong}})
}

// auditBegin makes a workspace of the vendor's bill.
func (s *Server) auditBegin(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.beginSpace(w, v, "/audit/", func(sp *workspace.Space) error {
		_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error { return sp.TakePaper(false, name, part) })
		return err
	}, func(status int, why string) { s.auditStartPage(w, v, status, why) })
}

// auditBack goes to the audit again, or shows it with what was wrong beside the
// part it is about.
func (s *Server) auditBack(w http.ResponseWriter, v *visit, at *spaceAt, err error, part string) error {
	if err == nil {
		v.redirect(w, "/audit/"+at.token)
		return nil
	}
	if !isInput(err) {
		return err
	}
	b, err2 := s.auditBody(v, at)
	if err2 != nil {
		return err2
	}
	b.Wrong = map[string]fault.Problems{part: problemsIn(err)}
	b.auditForm(v)
	s.auditPage(w, v, http.StatusUnprocessableEntity, b)
	return nil
}

func problemsIn(err error) fault.Problems {
	if ps, ok := problemsOf(err); ok {
		return ps
	}
	return fault.Problems{{What: err.Error()}}
}

// auditBody is the page of an audit.
type auditBody struct {
	At    *spaceAt
	Base  string
	Shown workspace.Shown
	workspace.Audit
	Wrong      map[string]fault.Problems // by part: bill, calls, contract, files, mapping, run
	Work       *workView
	Contracts  []Link
	Fields     map[string]string // of the mapping, as they stand
	Items      []itemView
	Components []Link // of the contract: identifier and name
	Told       *document.ToldAudit
}

// itemView is a line of the bill and what it is taken for.
type itemView struct{ Field, Text, Value string }

func (s *Server) auditBody(v *visit, at *spaceAt) (*auditBody, error) {
	b := &auditBody{At: at, Base: "/audit/" + at.token, Shown: at.Show(), Audit: at.Audit()}
	if j := b.Job; j != nil && b.Done == nil {
		workspace.Wait(v.r.Context(), j, pageWait)
		if b.Audit = at.Audit(); !j.Over() {
			b.Work = workOf(j)
		} else if err := j.Err(); err != nil {
			b.Wrong = map[string]fault.Problems{"run": problemsIn(err)}
		}
	} else if j := b.Shown.Looking; j != nil {
		if workspace.Wait(v.r.Context(), j, pageWait); !j.Over() {
			b.Work = workOf(j)
		}
		b.Shown = at.Show()
	}
	b.auditForm(v)
	if b.Done != nil {
		var err error
		if b.Told, err = document.TellAudit(v.Tag, b.Done.Result); err != nil {
			return nil, err
		}
	}
	return b, s.contractLinks(v, at, b)
}

func (s *Server) contractLinks(v *visit, at *spaceAt, b *auditBody) error {
	if at.Company == (id.Company{}) || !access.Can(v.actor, access.ContractRead, at.Company) {
		return nil
	}
	list, err := s.d.System.Contracts(v.r.Context(), at.Company, "")
	for i := range list {
		if i == plansOffered {
			break
		}
		b.Contracts = append(b.Contracts, Link{list[i].Contract, list[i].ID.Named("con")})
	}
	return err
}

// auditForm fills the form of the mapping: with what was said, or remembered, or
// guessed.
func (b *auditBody) auditForm(v *visit) {
	m := b.Usual()
	if m == nil {
		return
	}
	b.Fields = map[string]string{}
	for i := range b.Agreed.Plan.Components {
		c := &b.Agreed.Plan.Components[i]
		b.Components = append(b.Components, Link{c.Name.Or(c.ID).In(v.Tag), c.ID})
	}
	if l := b.Bill.Looked; l != nil {
		b.fromMapping(l, m)
	}
	if b.Calls != nil && len(m.Calls) > 0 {
		b.fromCalls(&m.Calls[0])
	}
	if b.First != 0 {
		b.Fields["first"], b.Fields["last"] = b.First.String(), (b.After - 1).String()
	}
	for name := range v.r.PostForm { // as it was typed
		b.Fields[name] = v.r.PostForm.Get(name)
	}
}

func (b *auditBody) fromMapping(l *vendorbill.Looked, m *vendorbill.Mapping) {
	c := &m.Lines.Columns
	for name, value := range map[string]string{"col.text": c.Text, "col.quantity": c.Quantity, "col.unit_price": c.UnitPrice, "col.amount": c.Amount,
		"head.number": m.Head.Number, "head.issued_on": m.Head.IssuedOn, "first": l.TextAt(m.Head.First), "last": l.TextAt(m.Head.Last)} {
		b.Fields[name] = value
	}
	for i, text := range l.Texts(c.Text) {
		it := itemView{Field: "item." + itoa(i), Text: text}
		at := slices.IndexFunc(m.Lines.Items, func(x vendorbill.Item) bool { return x.Text == text })
		if at >= 0 {
			it.Value = itemValue(&m.Lines.Items[at])
		}
		b.Items = append(b.Items, it)
	}
}

func (b *auditBody) fromCalls(c *vendorbill.Calls) {
	b.Fields["call.component"] = c.Component
	b.Fields["call.start"], b.Fields["call.to"], b.Fields["call.seconds"], b.Fields["call.amount"], b.Fields["call.id"] = c.Columns.Start, c.Columns.To, c.Columns.Seconds, c.Columns.Amount, c.Columns.ID
}

// itemValue is what a line is, in one word for a list to choose from.
func itemValue(it *vendorbill.Item) string {
	switch {
	case it.Component != "":
		return "component:" + it.Component
	case it.Usage != "":
		return "usage:" + it.Usage
	}
	return string(it.Is)
}

// Field is a field of the mapping as it stands.
func (b *auditBody) Field(name string) string { return b.Fields[name] }

func (s *Server) auditBill(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	b, err := s.auditBody(v, at)
	if err != nil {
		return err
	}
	if waited(w, v, b.Work) {
		return nil
	}
	s.auditPage(w, v, http.StatusOK, b)
	return nil
}

func (s *Server) auditPage(w http.ResponseWriter, v *visit, status int, b *auditBody) {
	here, crumbs := "/audit", []Link{{v.say("nav.audit_bill"), "/audit"}}
	if v.company != (id.Company{}) {
		here, crumbs = v.at("/audit"), v.crumbs(Link{v.say("nav.audit_bill"), v.at("/audit")})
	}
	s.render(w, v, status, "audit", &Page{Title: v.say("audit_page.title"), Here: here, Crumbs: crumbs, Island: "compare", Body: b})
}

func (s *Server) auditRecords(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		_, err := at.Add(name, part)
		return err
	})
	return s.auditBack(w, v, at, err, "files")
}

// auditPaper takes the bill, or the list of calls.
func (s *Server) auditPaper(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	paper := r.PathValue("paper")
	if paper != "bill" && paper != "calls" {
		return fault.New(fault.NotFound, "there is no such page")
	}
	_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error { return at.TakePaper(paper == "calls", name, part) })
	return s.auditBack(w, v, at, err, paper)
}

func (s *Server) auditContract(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	var texts []workspace.Text
	room := workspace.TextBytes
	fields, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		t, err := workspace.ReadText(name, part, &room)
		texts = append(texts, t)
		return err
	})
	switch named := fields.Get("contract"); {
	case err != nil:
	case named != "" && !access.Can(v.actor, access.ContractRead, at.Company):
		err = fault.New(fault.NotFound, "there is no such contract")
	case named != "":
		var i id.ID
		if i, err = id.ParseNamed("con", named); err == nil {
			err = at.AgreeOn(r.Context(), i)
		}
	default:
		for _, name := range []string{"contract.yaml", "plan.yaml"} {
			if text := fields.Get("text." + strings.TrimSuffix(name, ".yaml")); strings.TrimSpace(text) != "" {
				texts = append(texts, workspace.Text{Name: name, Text: text})
			}
		}
		if len(texts) == 0 {
			err = fault.New(fault.Invalid, "%s", v.say("compare_page.no_file"))
		} else {
			err = at.Agree(texts...)
		}
	}
	return s.auditBack(w, v, at, err, "contract")
}

// auditMapping takes what the columns and lines are.
func (s *Server) auditMapping(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	a := at.Audit()
	if a.Bill == nil || a.Agreed == nil {
		return s.auditBack(w, v, at, fault.New(fault.Invalid, "%s", v.say("audit_page.first_paper")), "mapping")
	}
	first, last := f.date("first"), f.date("last")
	if !f.OK() {
		return s.auditBack(w, v, at, fault.New(fault.Invalid, "%s", v.say("form.date")), "mapping")
	}
	m, err := mappingOf(f, &a)
	if err == nil {
		err = at.Map(m, first, last+1)
	}
	if err == nil {
		_, err = at.RunAudit(v.Tag)
	}
	return s.auditBack(w, v, at, err, "mapping")
}

// mappingOf reads the form of the mapping.
func mappingOf(f *form, a *workspace.Audit) (*vendorbill.Mapping, error) {
	m := &vendorbill.Mapping{Currency: a.Agreed.Plan.Currency, Head: vendorbill.Head{Number: f.Value("head.number"), IssuedOn: f.Value("head.issued_on")}}
	if code := f.Value("currency"); code != "" {
		c, err := money.ParseCurrency(code)
		if err != nil {
			return nil, err
		}
		m.Currency = c
	}
	if l := a.Bill.Looked; l != nil {
		m.Lines = &vendorbill.Lines{Header: l.Header, Columns: vendorbill.LineColumns{Text: f.Value("col.text"), Quantity: f.Value("col.quantity"), UnitPrice: f.Value("col.unit_price"), Amount: f.Value("col.amount")}}
		for i, text := range l.Texts(m.Lines.Columns.Text) {
			if it, ok := itemOf(text, f.Value("item."+itoa(i)), a.Agreed.Plan); ok {
				m.Lines.Items = append(m.Lines.Items, it)
			}
		}
	}
	if a.Calls != nil && f.Value("call.component") != "" {
		m.Calls = []vendorbill.Calls{{Component: f.Value("call.component"), Header: a.Calls.Looked.Header, Columns: vendorbill.CallColumns{ID: f.Value("call.id"), To: f.Value("call.to"), Start: f.Value("call.start"),
			Seconds: f.Value("call.seconds"), Amount: f.Value("call.amount")}}}
	}
	return m, nil
}

func itemOf(text, value string, p *catalog.Plan) (vendorbill.Item, bool) {
	it := vendorbill.Item{Text: text}
	if c, ok := strings.CutPrefix(value, "component:"); ok {
		it.Component = c
		return it, true
	}
	if u, ok := strings.CutPrefix(value, "usage:"); ok {
		it.Usage = u
		return it, true
	}
	if it.Is = vendorbill.Role(value); it.Is == vendorbill.TaxRow {
		it.Rate = vendorbill.GuessItem(text, p).Rate
	}
	return it, value != ""
}

func (s *Server) auditRun(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	_, err := at.RunAudit(v.Tag)
	return s.auditBack(w, v, at, err, "run")
}

// auditReport gives the audit as a document.
func (s *Server) auditReport(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form, err := workspace.FormOf(r.PathValue("form"))
	if err != nil {
		return err
	}
	a := at.Audit()
	d, err := a.Report(v.Tag)
	if err != nil {
		return err
	}
	return giveReport(w, form, v.say("audit_page.file"), d)
}

func (s *Server) auditLetter(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form := r.PathValue("form")
	data, err := at.Letter(form, v.Tag, timex.DateOf(time.Now()))
	if err != nil {
		return err
	}
	kind := "application/pdf"
	if form == "txt" {
		kind = "text/plain; charset=utf-8"
	}
	return give(w, kind, "letter."+form, data)
}

func (s *Server) auditEvidence(w http.ResponseWriter, r *http.Request, _ *visit, at *spaceAt) error {
	form := r.PathValue("form")
	data, err := at.Evidence(form)
	if err != nil {
		return err
	}
	return give(w, fileKind(form), "evidence."+form, data)
}

// give answers with a file to be saved.
func give(w http.ResponseWriter, kind, name string, data []byte) error {
	download(w, kind, name)
	_, _ = w.Write(data) // the client went away
	return nil
}

// FirstOf tells whether a finding is the first of its cause: what the sum of the
// cause leads to.
func (b *auditBody) FirstOf(i int) bool {
	list := b.Done.Result.Findings
	return !slices.ContainsFunc(list[:i], func(f audit.Finding) bool { return f.Cause == list[i].Cause })
}

package console

import (
	"net/http"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/vendorbill"
	"waihu/internal/workspace"
)

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

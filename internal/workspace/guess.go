package workspace

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/vendorbill"
)

// Usual is what the columns of the papers are: as somebody said, or as they
// seem to be. Nil without a bill and a contract.
func (a *Audit) Usual() *vendorbill.Mapping {
	if a.Bill == nil || a.Agreed == nil {
		return nil
	}
	m := &vendorbill.Mapping{Currency: a.Agreed.Plan.Currency}
	if a.Mapping != nil {
		own := *a.Mapping
		m = &own
	} else if l := a.Bill.Looked; l != nil {
		m.Head = vendorbill.Head{Number: l.HeadCell("number"), IssuedOn: l.HeadCell("issued_on"), First: l.HeadCell("first"), Last: l.HeadCell("last")}
		m.Lines = guessedLines(l, a.Agreed.Plan)
	}
	if a.Calls != nil && len(m.Calls) == 0 {
		m.Calls = []vendorbill.Calls{guessedCalls(a.Calls.Looked, a.Agreed.Plan)}
	}
	return m
}

func guessedLines(l *vendorbill.Looked, p *catalog.Plan) *vendorbill.Lines {
	out := &vendorbill.Lines{Header: l.Header, Columns: vendorbill.LineColumns{Text: l.Column("text"), Quantity: l.Column("quantity"), UnitPrice: l.Column("unit_price"), Amount: l.Column("amount")}}
	for _, text := range l.Texts(out.Columns.Text) {
		out.Items = append(out.Items, vendorbill.GuessItem(text, p))
	}
	return out
}

// guessedCalls takes a list of calls to be charged by the first component that
// counts talk time.
func guessedCalls(l *vendorbill.Looked, p *catalog.Plan) vendorbill.Calls {
	out := vendorbill.Calls{Header: l.Header, Columns: vendorbill.CallColumns{ID: l.Column("id"), To: l.Column("to"), Start: l.Column("start"), Seconds: l.Column("seconds"), Amount: l.Column("amount")}}
	for i := range p.Components {
		if p.Components[i].Measure == catalog.TalkTime {
			out.Component = p.Components[i].ID
			break
		}
	}
	return out
}

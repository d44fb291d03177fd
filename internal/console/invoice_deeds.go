package console

import (
	"context"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// linesOf reads the amounts that stand beside lines.
func (f *form) linesOf(x *invoiceAt) (out []dispute.Line) {
	for i := range x.Lines {
		l := &x.Lines[i]
		if strings.TrimSpace(f.Value(l.Field)) == "" {
			continue
		}
		a := f.amount(l.Field, x.Doc.Total.Currency())
		switch {
		case f.Error(l.Field) != "":
		case a.Sign() <= 0:
			f.wrong(l.Field, "form.above_zero")
		case a.Cmp(l.Left) > 0:
			f.wrong(l.Field, "money.more_than_left", "left", lang.Money(f.v.Tag, l.Left))
		}
		out = append(out, dispute.Line{Line: l.ID, Amount: a})
	}
	if len(out) == 0 {
		f.wrong("lines", "money.no_line")
	}
	return out
}

// above reads an amount above zero.
func (f *form) above(name string, c money.Currency) money.Amount {
	a := f.amount(name, c)
	if f.Error(name) == "" && a.Sign() <= 0 {
		f.wrong(name, "form.above_zero")
	}
	return a
}

// currency reads the word of a currency.
func (f *form) currency(name string) money.Currency {
	c, err := money.ParseCurrency(strings.ToUpper(strings.TrimSpace(f.Value(name))))
	if err != nil {
		f.wrong(name, "form.currency")
	}
	return c
}

func readPay(s *Server, v *visit, f *form, x *invoiceAt) *moneyDeed {
	c := f.currency("currency")
	if f.Error("currency") != "" {
		c = x.Doc.Total.Currency()
	}
	in := app.Pay{Key: "pay " + f.Value("once"), Invoice: x.Doc.ID, Amount: f.above("amount", c), On: f.date("on"), Note: f.optional("note", 500)}
	return &moneyDeed{do: func(ctx context.Context) (access.Deed, []string, error) {
		out, err := s.d.System.Pay(ctx, v.company, in)
		if err != nil {
			return access.Deed{}, nil, err
		}
		var said []string
		if out.At != nil {
			said = append(said, v.say("money.c_worth", "amount", lang.Money(v.Tag, in.Amount), "worth", lang.Money(v.Tag, out.At.Worth)))
		}
		switch {
		case out.Over.Sign() > 0:
			said = append(said, v.say("money.c_over", "over", lang.Money(v.Tag, out.Over)))
		case out.Open.Sign() > 0:
			said = append(said, v.say("money.c_part", "open", lang.Money(v.Tag, out.Open)))
		default:
			said = append(said, v.say("money.c_paid"))
		}
		return access.Deed{Action: "invoice.pay", Target: x.Doc.ID.Named("inv"), Reason: in.Note, After: out}, said, nil
	}}
}

func readDispute(s *Server, v *visit, f *form, x *invoiceAt) *moneyDeed {
	var reasons []string
	for _, r := range dispute.Reasons() {
		reasons = append(reasons, string(r))
	}
	in := app.RaiseDispute{Key: "dispute " + f.Value("once"), Invoice: x.Doc.ID, Lines: f.linesOf(x), Reason: dispute.Reason(f.choice("reason", reasons...)), Words: f.text("words", 600)}
	return &moneyDeed{do: func(ctx context.Context) (access.Deed, []string, error) {
		d, err := s.d.System.RaiseDispute(ctx, v.company, in)
		if err != nil {
			return access.Deed{}, nil, err
		}
		until := v.say("money.c_held_part", "date", d.AnswerBy.String())
		if d.Whole {
			until = v.say("money.c_held", "date", d.AnswerBy.String())
		}
		said := []string{v.say("money.c_dispute", "amount", lang.Money(v.Tag, d.Amount), "worth", lang.Money(v.Tag, d.Worth)), until}
		return access.Deed{Action: "dispute.raise", Target: d.ID.Named("dis"), Reason: d.Words, After: d}, said, nil
	}}
}

// creditInput is a credit note as the interface takes it.
type creditInput struct {
	Invoice string         `json:"invoice"`
	Items   []dispute.Line `json:"items"`
	Reason  string         `json:"reason"`
	On      string         `json:"on"`
}

func readCredit(s *Server, v *visit, f *form, x *invoiceAt) *moneyDeed {
	in := app.Credit{Key: "credit " + f.Value("once"), Invoice: x.Doc.ID, Reason: f.text("words", 600), On: f.date("on")}
	lines := f.linesOf(x)
	for _, l := range lines {
		in.Items = append(in.Items, app.CreditItem(l))
	}
	ask := &secondAsk{"invoice.credit", "a credit note on " + x.Doc.Number + ": " + in.Reason, creditInput{x.Doc.ID.Named("inv"), lines, in.Reason, f.Value("on")}}
	return &moneyDeed{ask: ask, do: func(ctx context.Context) (access.Deed, []string, error) {
		out, err := s.d.System.Credit(ctx, v.company, in)
		if err != nil {
			return access.Deed{}, nil, err
		}
		return access.Deed{Action: "invoice.credit", Target: x.Doc.ID.Named("inv"), Reason: in.Reason, After: out}, []string{v.say("money.c_credit", "number", out.Number, "total", lang.Money(v.Tag, out.Total))}, nil
	}}
}

func readWriteOff(s *Server, v *visit, f *form, x *invoiceAt) *moneyDeed {
	in := app.WriteOff{Key: "write off " + f.Value("once"), Invoice: x.Doc.ID, Reason: f.text("words", 600), Fx: f.Value("fx") != ""}
	return &moneyDeed{do: func(ctx context.Context) (access.Deed, []string, error) {
		out, err := s.d.System.WriteOff(ctx, v.company, in)
		said := v.say("money.c_write_off", "amount", lang.Money(v.Tag, x.Row.Open))
		if in.Fx {
			said = v.say("money.c_fx", "amount", lang.Money(v.Tag, x.Row.Open))
		}
		return access.Deed{Action: "invoice.write_off", Target: x.Doc.ID.Named("inv"), Reason: in.Reason, After: out}, []string{said}, err
	}}
}

func readVoid(s *Server, v *visit, f *form, x *invoiceAt) *moneyDeed {
	in := app.Void{Key: "void " + f.Value("once"), Invoice: x.Doc.ID, Reason: f.text("words", 600)}
	return &moneyDeed{do: func(ctx context.Context) (access.Deed, []string, error) {
		out, err := s.d.System.Void(ctx, v.company, in)
		said := []string{v.say("money.c_void", "number", x.Doc.Number), v.say("money.c_again", "dates", lang.Dates(v.Tag, x.Doc.First, x.Doc.After))}
		return access.Deed{Action: "invoice.void", Target: x.Doc.ID.Named("inv"), Reason: in.Reason, After: out}, said, err
	}}
}

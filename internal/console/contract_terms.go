package console

import (
	"cmp"
	"maps"
	"slices"

	"waihu/internal/app"
	"waihu/internal/charging/contract"
	"waihu/internal/document"
	"waihu/internal/lang"
)

// termsOf is what a contract says beside the prices of its plan.
func (v *visit) termsOf(c *app.ContractView) []document.Fact {
	k := c.Contract
	f := factList{v: v}
	f.add("start", lang.Date(v.Tag, k.Start))
	if !k.Term.IsZero() {
		f.add("term", v.term(k.Term))
	}
	if c.Agreement.Life.TermTo != 0 {
		f.add("term_to", lang.Date(v.Tag, c.Agreement.Life.TermTo-1))
	}
	f.add("renewal", v.renewal(k.Renewal))
	if c.Exit != nil {
		f.add("exit", lang.Date(v.Tag, c.Exit.On))
		if c.Exit.NoticeBy >= c.Today {
			f.add("notice_by", lang.Date(v.Tag, c.Exit.NoticeBy))
		}
	}
	if t := cmp.Or(k.Termination, c.Plan.Termination); t != nil {
		f.add("leaving", lang.Phrase(v.Tag, "clause.early_termination", map[string]string{"share": t.Share.Number.String(), "amount": given(t.Amount.IsGiven(), t.Amount.String())}))
	}
	f.add("payment", v.dayCount(k.PaymentTermsDays))
	f.add("objection", v.dayCount(k.ObjectionDays))
	f.add("price_notice", v.dayCount(k.PriceNoticeDays))
	names := priceNames{v.Tag, c.Plan}
	for _, name := range slices.Sorted(maps.Keys(k.Quantities)) {
		_, last, _ := k.HighestAndLast(name, max(c.Today, k.Start))
		f.list = append(f.list, document.Fact{Label: names.component(name), Value: lang.Number(v.Tag, last)})
	}
	var modules []string
	for _, m := range k.Modules {
		modules = append(modules, v.moduleName(c, m.Module))
	}
	if len(modules) > 0 {
		f.add("modules", lang.List(v.Tag, modules))
	}
	if n := len(k.Prices); n > 0 {
		var of []string
		for _, name := range slices.Sorted(maps.Keys(k.Prices)) {
			of = append(of, names.component(name))
		}
		f.add("prices", lang.List(v.Tag, of))
	}
	f.add("data_source", k.DataSource)
	f.add("document", c.Agreement.Life.Document)
	f.add("wallet", c.Agreement.Wallet)
	return f.list
}

// factList gathers facts that say something.
type factList struct {
	v    *visit
	list []document.Fact
}

func (f *factList) add(key, value string) {
	if value != "" {
		f.list = append(f.list, document.Fact{Label: f.v.say("contract.f_" + key), Value: value})
	}
}

func given(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

func (v *visit) dayCount(n int) string {
	if n == 0 {
		return ""
	}
	return v.say("contract.days", "n", itoa(n))
}

func (v *visit) term(t contract.Term) string {
	return v.say("contract.term_of", "n", itoa(t.Count), "unit", string(t.Unit))
}

func (v *visit) renewal(r *contract.Renewal) string {
	if r == nil {
		return ""
	}
	if !r.Auto {
		return v.say("contract.renews_not")
	}
	if r.Term.Count == 0 {
		return v.say("contract.renews_same", "days", itoa(r.NoticeDays))
	}
	return v.say("contract.renews", "days", itoa(r.NoticeDays), "term", v.term(r.Term))
}

func (v *visit) moduleName(c *app.ContractView, name string) string {
	if m, ok := c.Plan.Module(name); ok {
		return m.Name.Or(name).In(v.Tag)
	}
	return name
}

// party is a seller or buyer as facts.
func (v *visit) party(p contract.Party) []document.Fact {
	f := factList{v: v}
	if key := "doc.tax_id_" + p.Country; p.TaxID != "" && lang.Has(key) {
		f.list = append(f.list, document.Fact{Label: v.say(key), Value: p.TaxID}) // as the country's own law calls it
	} else {
		f.add("tax_id", p.TaxID)
	}
	f.add("address", p.Address)
	f.add("email", p.Email)
	f.add("phone", p.Phone)
	f.add("bank", p.Bank)
	f.add("country", p.Country)
	return f.list
}

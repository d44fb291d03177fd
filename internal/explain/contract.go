package explain

import (
	"maps"
	"slices"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/lang"
)

// Contract tells what a contract says beside its plan: term, notice, leaving,
// what it fixes, promises and prices otherwise, what later agreements change, and
// service levels. Both passed their checks. Clauses that no bill is made from are
// left to the check of the contract, which tells what each can cost.
func Contract(c *contract.Contract, p *catalog.Plan, tag lang.Tag) *Document {
	w := &writer{p: p, tag: tag}
	out := &Document{Language: tag, Title: w.say("agreed.title", "contract", w.name(c.Name, c.ID))}
	put := func(list ...Section) {
		for _, s := range list {
			if len(s.Sentences) > 0 || s.Table != nil {
				out.Sections = append(out.Sections, s)
			}
		}
	}
	put(w.bound(c), w.paid(c))
	put(w.agreement("", w.say("agreed.own"), &c.Agreement, p, c)...)
	for _, s := range w.later(c) {
		put(w.agreement(s.path, s.title, s.Agreement, c.PlanOn(p, s.on-1), c)...)
	}
	put(w.levels(c))
	return out
}

// term is a length of time in words; empty: none.
func (w *writer) term(t contract.Term) string {
	if t.IsZero() {
		return ""
	}
	return w.say("contract.term_of", "n", strconv.Itoa(t.Count), "unit", string(t.Unit))
}

// whole is a whole number for a phrase; 0 is none.
func whole(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// bound tells how long the contract binds and how it can be left.
func (w *writer) bound(c *contract.Contract) Section {
	s := Section{Path: "contract", Title: w.say("agreed.bound")}
	add := func(key string, pairs ...string) { s.Sentences = append(s.Sentences, w.say(key, pairs...)) }
	if c.Seller.Name+c.Buyer.Name != "" {
		add("agreed.parties", "seller", c.Seller.Name, "buyer", c.Buyer.Name)
	}
	start, end := c.Service()
	last := ""
	if end != 0 {
		last = (end - 1).String()
	}
	add("agreed.service", "start", start.String(), "last", last, "signed", date(c.SignedOn))
	if !c.Term.IsZero() {
		add("agreed.term", "term", w.term(c.Term))
	} else if end == 0 {
		add("agreed.no_term")
	}
	if r := c.Renewal; r != nil {
		add("agreed.renewal", "auto", yes(r.Auto), "term", w.term(r.Term), "days", strconv.Itoa(r.NoticeDays))
	}
	switch t := c.PlanOn(w.p, c.Start).Termination; {
	case t != nil:
		s.Sentences = append(s.Sentences, w.termination(t))
	case !c.Term.IsZero():
		add("agreed.no_termination")
	}
	if c.PriceNoticeDays > 0 {
		add("agreed.price_notice", "days", whole(c.PriceNoticeDays))
	} else {
		add("agreed.no_price_notice")
	}
	if c.Zone != "" {
		add("plan.zone", "zone", c.Zone)
	}
	return s
}

// paid tells when is paid, what is paid ahead, and how to object.
func (w *writer) paid(c *contract.Contract) Section {
	s := Section{Path: "payment", Title: w.say("agreed.payment")}
	add := func(key string, pairs ...string) { s.Sentences = append(s.Sentences, w.say(key, pairs...)) }
	if c.PaymentTermsDays > 0 {
		add("agreed.due", "days", whole(c.PaymentTermsDays))
	}
	if pre := c.Prepayment; pre != nil {
		off := ""
		if pre.Percent != nil {
			off = pre.Percent.Number.String()
		}
		add("agreed.ahead", "every", string(pre.Every), "amount", w.some(pre.Amount), "off", off, "of", w.names(pre.Components))
	}
	if t := c.Trial; t != nil {
		add("agreed.trial", "term", w.term(t.For), "of", w.names(t.Components))
		for _, id := range slices.Sorted(maps.Keys(t.Included)) {
			add("agreed.trial_included", "of", w.names([]string{id}), "quantity", t.Included[id].String(), "unit", w.unitOf(id))
		}
	}
	if c.ObjectionDays > 0 {
		add("agreed.objection", "days", whole(c.ObjectionDays))
	}
	if c.DataSource != "" {
		add("agreed.data_source", "source", c.DataSource)
	}
	return s
}

// levels tells the service levels and what is given back where one is missed.
func (w *writer) levels(c *contract.Contract) Section {
	s := Section{Path: "service_levels", Title: w.say("agreed.levels")}
	for i := range c.ServiceLevels {
		x := &c.ServiceLevels[i]
		most := ""
		if x.Maximum != nil {
			most = x.Maximum.Number.String()
		}
		s.Sentences = append(s.Sentences, w.say("agreed.level", "metric", x.Metric, "target", x.Target, "back", w.givenBack(x.Credit, w.some(x.Amount), x.Components),
			"steps", yes(len(x.Steps) > 0), "most", most, "days", whole(x.RequestDays)))
		for j := range x.Steps {
			st := &x.Steps[j]
			s.Sentences = append(s.Sentences, w.say("agreed.level_step", "metric", x.Metric, "bound", st.WorseThan, "back", w.givenBack(st.Credit, w.some(st.Amount), x.Components)))
		}
		if x.Note != "" {
			s.Sentences = append(s.Sentences, x.Note)
		}
	}
	return s
}

// givenBack is a credit in words: a share of the fees, an amount, or both.
func (w *writer) givenBack(share *catalog.Percent, amount string, of []string) string {
	part := ""
	if share != nil {
		part = share.Number.String()
	}
	if part+amount == "" {
		return ""
	}
	return w.say("agreed.given_back", "share", part, "of", w.names(of), "amount", amount)
}

// unitOf is the unit a component is priced by.
func (w *writer) unitOf(id string) string {
	if c, ok := w.p.Component(id); ok {
		return c.PricedUnit()
	}
	return "item"
}

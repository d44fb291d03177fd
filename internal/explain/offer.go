package explain

import (
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/lang"
)

// Offer tells what an offer says beside its plan: where it was read, the
// checklist of hidden fees, term, notice and support.
func Offer(o *offer.Offer, p *catalog.Plan, tag lang.Tag) *Document {
	w := &writer{p: p, tag: tag}
	d := &Document{Language: tag, Title: w.say("offer.title", "name", w.name(o.Name, o.ID))}
	for _, s := range []Section{w.origin(o), w.ranges(o), w.checklist(o), w.clauses(o), w.support(o), {Path: "notes", Title: w.say("offer.notes"), Sentences: o.Notes}} {
		if len(s.Sentences) > 0 || s.Table != nil {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

func (w *writer) origin(o *offer.Offer) Section {
	s := Section{Path: "source", Title: w.say("offer.origin")}
	if o.Vendor+o.Source != "" {
		s.Sentences = append(s.Sentences, w.say("offer.of", "vendor", o.Vendor, "source", o.Source, "on", date(o.ReadOn), "confidence", string(o.Confidence)))
	}
	if !o.Confidence.IsFact() {
		s.Sentences = append(s.Sentences, w.say("offer.illustrative"))
	}
	if o.ValidUntil != 0 {
		s.Sentences = append(s.Sentences, w.say("offer.valid_until", "date", date(o.ValidUntil)))
	}
	return s
}

func (w *writer) ranges(o *offer.Offer) Section {
	s := Section{Path: "prices", Title: w.say("offer.prices")}
	for _, r := range o.Prices {
		s.Sentences = append(s.Sentences, w.say("offer.range", "component", w.names([]string{r.Component}), "row", r.Row, "low", r.Low.String(), "high", r.High.String(),
			"currency", w.p.Currency.String(), "source", r.Source))
	}
	return s
}

// checklist is one row for each question.
func (w *writer) checklist(o *offer.Offer) Section {
	t := &Table{Head: []string{w.say("offer.head.category"), w.say("offer.head.answer"), w.say("offer.head.amount"), w.say("offer.head.note")}}
	known := 0
	for _, c := range offer.Categories() {
		f := o.FeeOf(c)
		if f.Answer != offer.Unknown {
			known++
		}
		t.Rows = append(t.Rows, []string{lang.Choice(w.tag, "fee_category", string(c)), lang.Choice(w.tag, "fee_answer", string(f.Answer)), w.feeAmount(f), f.Note})
	}
	return Section{Path: "fees", Title: w.say("offer.fees", "known", strconv.Itoa(known), "asked", strconv.Itoa(len(offer.Categories()))), Table: t}
}

func (w *writer) feeAmount(f offer.Fee) string {
	low, high := f.PriceAt(offer.Low), f.PriceAt(offer.High)
	switch {
	case f.Answer != offer.Charged || f.Category.IsRule() && !low.Set && f.Component == "":
		return "" // a rule has no amount of its own
	case f.Component != "":
		return w.say("offer.fee_in_plan", "component", w.names([]string{f.Component}))
	case f.Percent != nil:
		return w.say("offer.fee_share", "share", f.Percent.Number.String(), "per", string(f.Per))
	case !low.Set || low.Unknown:
		return w.say("offer.fee_unknown", "per", string(f.Per))
	case low.Number.Equal(high.Number):
		return w.say("offer.fee_amount", "currency", w.p.Currency.String(), "low", low.String(), "per", string(f.Per))
	}
	return w.say("offer.fee_amount", "currency", w.p.Currency.String(), "low", low.String(), "high", high.String(), "per", string(f.Per))
}

// clauses are term, notice, renewal, leaving and giving seats back; what is not
// said is told as not said.
func (w *writer) clauses(o *offer.Offer) Section {
	s := Section{Path: "term", Title: w.say("offer.terms")}
	add := func(line string) { s.Sentences = append(s.Sentences, line) }
	switch {
	case !o.Term.IsZero():
		add(w.say("offer.term", "term", w.term(o.Term)))
	case o.NoTerm:
		add(w.say("offer.no_term"))
	default:
		add(w.say("offer.term_unknown"))
	}
	if o.NoticeDays != nil {
		add(w.say("offer.notice", "days", strconv.Itoa(*o.NoticeDays)))
	} else {
		add(w.say("offer.notice_unknown"))
	}
	auto := ""
	if o.AutoRenew != nil {
		auto = strconv.FormatBool(*o.AutoRenew)
	}
	add(w.say("offer.renew", "auto", auto))
	if o.Termination != nil {
		add(w.termination(o.Termination))
	}
	if o.Downsize.When == "" {
		add(w.say("offer.downsize_unknown"))
		return s
	}
	days := ""
	if o.Downsize.NoticeDays > 0 {
		days = strconv.Itoa(o.Downsize.NoticeDays)
	}
	add(w.say("offer.downsize", "when", string(o.Downsize.When), "days", days))
	return s
}

func (w *writer) support(o *offer.Offer) Section {
	s := Section{Path: "service", Title: w.say("offer.service")}
	if a := o.Service.Availability; a != nil {
		s.Sentences = append(s.Sentences, w.say("offer.availability", "share", a.Number.String(), "credit", o.Service.Credit))
	}
	if o.Service.SupportHours != "" {
		response := ""
		if o.Service.Response > 0 {
			response = lang.Duration(w.tag, catalog.Span(o.Service.Response))
		}
		s.Sentences = append(s.Sentences, w.say("offer.support", "hours", string(o.Service.SupportHours), "response", response))
	}
	if len(s.Sentences) == 0 {
		s.Sentences = []string{w.say("offer.service_unknown")}
	}
	return s
}

package console

import (
	"net/http"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// callBody is one call with its charges.
type callBody struct {
	Facts     []document.Fact
	About     *callAbout // nil: the books know no more than the record
	Charges   []chargeRow
	Of        string // the contract's page
	Word      string
	Bill      Link   // the invoice it stands on, or the draft it would
	Other     string // the page of the leg it was bridged with
	Recording string // the page of its recording
	Player    *playerView
	Course    []document.Fact
}

// chargeRow is what a call came to at one price.
type chargeRow struct {
	Line             string // where the bill explains it; empty: the visitor sees no bill
	Name, Label, Why string
	Raw, Billed      int64
	Added            int64 // Billed less Raw
	Cost             money.Amount
	Priced           bool
	Sentences        []string
}

// oneCall shows a call as it was recorded and what it came to.
func (s *Server) oneCall(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	month, err := timex.ParseDate(q.Get("month"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such call")
	}
	k, err := s.d.System.LookAtCall(r.Context(), v.company, q.Get("source"), q.Get("id"), month)
	if err != nil {
		return err
	}
	deals, err := s.d.System.Deals(r.Context(), v.company)
	if err != nil {
		return err
	}
	c := k.ChargedCall
	d := dealByID(deals, c.Contract)
	if d != nil {
		v.zone = d.Loc // of all times on the page
	}
	b, loc := callBody{About: s.callAbout(v, &k)}, v.loc()
	names := priceNames{tag: v.Tag}
	if d != nil {
		names.plan = d.Plan
		b.Of, b.Word = given(v.may(access.ContractRead), v.contractAt(d.ID, "")), d.Contract
		b.Bill = v.billOf(&k, d)
	}
	b.Facts, b.Course = s.callFacts(v, c, loc), v.courseFacts(c.Call.Course, loc)
	if o := k.Other; o != nil {
		b.Other = v.callPage(o.Call.Source, o.Call.ID, o.Call.Start)
	}
	if len(k.Recordings) > 0 && v.may(access.RecordFind) {
		rec := &k.Recordings[0]
		b.Recording = v.at("/recordings/" + rec.ID.Named("rec"))
		if v.may(access.RecordHear) {
			b.Player = v.player(rec, b.Recording)
			hearing(w)
		}
	}
	for _, h := range c.Charges {
		row := v.chargeRow(names, h)
		if b.Bill.Href != "" {
			row.Line = b.Bill.Href + "#why-" + h.Component
		}
		b.Charges = append(b.Charges, row)
	}
	page := &Page{Title: v.say("usage.call_title", "to", c.Call.To), Lead: clockTime(c.Call.Start, loc) + " " + loc.String(), Here: v.at("/usage"), Crumbs: v.crumbs(Link{v.say("nav.usage"), v.at("/usage")}), Body: b}
	if b.Player != nil {
		page.Island = "player"
	}
	s.render(w, v, http.StatusOK, "call", page)
	return nil
}

// billOf leads to the invoice that charges a call, or to the draft that would.
func (v *visit) billOf(k *app.CallCase, d *app.Deal) Link {
	if k.Invoice != nil && v.may(access.InvoiceRead) {
		return Link{k.Invoice.Number, v.at("/invoices/" + k.Invoice.ID.Named("inv"))}
	}
	p, ok := d.PeriodOn(k.Call.Start.DateIn(d.Loc))
	if k.Invoice != nil || !ok || !v.may(access.InvoiceDraft) {
		return Link{}
	}
	return Link{v.say("usage.draft"), v.contractAt(d.ID, "/draft?day="+p.First.String())}
}

func dealByID(list []app.Deal, i id.ID) *app.Deal {
	for k := range list {
		if list[k].ID == i {
			return &list[k]
		}
	}
	return nil
}

// callFacts are the fields of a record that say something.
func (s *Server) callFacts(v *visit, c *store.ChargedCall, loc *time.Location) []document.Fact {
	k := &c.Call
	var out []document.Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, document.Fact{Label: v.say("usage.f_" + key), Value: value})
		}
	}
	add("direction", word(v.Tag, "direction", string(k.Direction)))
	add("result", word(v.Tag, "result", string(k.Result)))
	add("by", word(v.Tag, "answered_by", string(k.By)))
	add("from", k.From)
	add("to", k.To)
	add("line", word(v.Tag, "line", string(k.Line)))
	add("agent", s.agentName(v, k.Agent))
	add("campaign", s.campaignName(v, k.Campaign))
	add("trunk", k.Trunk)
	add("account", k.Account)
	add("outcome", k.Outcome)
	add("cause", k.Cause)
	add("start", clockTime(k.Start, loc))
	add("answer", clockTime(k.Answer, loc))
	add("end", clockTime(k.End, loc))
	add("talk", lang.Duration(v.Tag, k.Seconds()))
	add("source", k.Source)
	add("id", k.ID)
	add("session", k.Session)
	return out
}

// word is a choice in a language; nothing for nothing.
func word(tag lang.Tag, family, value string) string {
	if value == "" {
		return ""
	}
	return lang.Choice(tag, family, value)
}

// chargeRow explains a charge: what was talked, what was billed and why, the
// price that was taken.
func (v *visit) chargeRow(n priceNames, h store.Charge) chargeRow {
	out := chargeRow{Name: n.component(h.Component), Label: n.label(h.Component, h.Label), Raw: h.Raw, Billed: h.Billed, Added: h.Billed - h.Raw, Cost: h.Cost, Priced: !h.Cost.Currency().IsZero()}
	if h.Reason != "" {
		out.Why = lang.Choice(v.Tag, "unpriced", h.Reason)
		return out
	}
	if n.plan == nil {
		return out
	}
	c, ok := n.plan.Component(h.Component)
	if !ok || c.Measure != catalog.TalkTime {
		return out
	}
	inc := c.Increment
	_, row, _ := strings.Cut(h.Label, ":")
	for _, r := range c.Rates {
		if r.ID == row {
			out.Sentences = append(out.Sentences, v.say("usage.s_price", "price", lang.Number(v.Tag, r.UnitPrice.Number), "unit", word(v.Tag, "unit", string(orMinute(c.Unit))), "currency", n.plan.Currency.String()))
			if !r.Increment.IsZero() {
				inc = r.Increment
			}
		}
	}
	if c.UnitPrice.Set && !c.UnitPrice.Unknown {
		out.Sentences = append(out.Sentences, v.say("usage.s_price", "price", lang.Number(v.Tag, c.UnitPrice.Number), "unit", word(v.Tag, "unit", string(orMinute(c.Unit))), "currency", n.plan.Currency.String()))
	}
	if out.Added > 0 {
		out.Sentences = append(out.Sentences, v.say("usage.s_rounded", "added", lang.Duration(v.Tag, out.Added), "increment", orWhole(inc).String()))
	}
	return out
}

func orMinute(u catalog.UnitOf) catalog.UnitOf {
	if u == "" {
		return catalog.Minute
	}
	return u
}

// orWhole is an increment, whole minutes where none is given.
func orWhole(i catalog.Increment) catalog.Increment {
	if i.IsZero() {
		return catalog.Increment{First: 60, Next: 60}
	}
	return i
}

// priceNames are what components and their prices are called in a plan.
type priceNames struct {
	tag  lang.Tag
	plan *catalog.Plan
}

func (n priceNames) component(id string) string {
	if n.plan != nil {
		if c, ok := n.plan.Component(id); ok {
			return c.Name.Or(id).In(n.tag)
		}
	}
	return id
}

// label is the name of a price: a row of the plan by its name, a prefix as it is.
func (n priceNames) label(component, key string) string {
	kind, value, _ := strings.Cut(key, ":")
	value, from, banded := strings.Cut(value, "@")
	if n.plan != nil && kind == "row" {
		if c, ok := n.plan.Component(component); ok {
			if len(c.Rates) == 0 && value == component {
				value = "" // its one price has no name of its own
			}
			for _, r := range c.Rates {
				if r.ID == value {
					value = r.Name.Or(value).In(n.tag)
				}
			}
		}
	}
	if banded {
		value += " @ " + from + " s"
	}
	return strings.TrimSpace(value)
}

package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func (s *Server) usagePages() {
	s.page("GET /c/{company}/usage", access.UsageRead, s.usage)
	s.page("GET /c/{company}/usage/call", access.UsageRead, s.oneCall)
	s.page("GET /c/{company}/usage/calls.csv", access.UsageRead, s.usageFile)
	s.page("GET /c/{company}/usage/calls.xlsx", access.UsageRead, s.usageFile)
}

// usageDays bounds the days that one list goes over.
const usageDays = 92

// callRow is a call in the list.
type callRow struct {
	Href, Start, To, Agent, Campaign, Trunk string
	Result                                  usage.Result
	Talk, Billed                            int64
	Costs                                   []money.Amount // one a currency
	Why                                     string         // of the first charge without a price
}

// callPage is the address of a call's page.
func (v *visit) callPage(source, id string, start timex.Instant) string {
	q := url.Values{"source": {source}, "id": {id}, "month": {store.MonthOf(start).String()}}
	return v.at("/usage/call?") + q.Encode()
}

func (v *visit) callRow(c *store.ChargedCall, loc *time.Location) callRow {
	k := &c.Call
	out := callRow{Href: v.callPage(k.Source, k.ID, k.Start), Start: clockTime(k.Start, loc), To: k.To, Agent: k.Agent, Campaign: k.Campaign, Trunk: k.Trunk, Result: k.Result, Talk: k.Seconds()}
	for _, h := range c.Charges {
		out.Billed = max(out.Billed, h.Billed)
		if h.Reason != "" && out.Why == "" {
			out.Why = lang.Choice(v.Tag, "unpriced", h.Reason)
		}
		out.Costs = addCost(out.Costs, h.Cost)
	}
	return out
}

// addCost adds an amount to the sum of its currency.
func addCost(to []money.Amount, a money.Amount) []money.Amount {
	if a.Currency().IsZero() {
		return to
	}
	for i := range to {
		if sum, err := to[i].Add(a); err == nil {
			to[i] = sum
			return to
		}
	}
	return append(to, a)
}

// clockTime is a moment as a table shows it.
func clockTime(i timex.Instant, loc *time.Location) string {
	if i.IsZero() {
		return ""
	}
	return i.In(loc).Format("2006-01-02 15:04:05")
}

// usageBody is the page of usage.
type usageBody struct {
	Form                *form
	Rows                []callRow
	Order               *order
	Files               []Link
	Totals              []totalRow
	TotalsOf            string // dates
	Contracts           []option
	Components, Results []option
	Narrow              bool
	Deal                bool
	Draft               string // address of the running period's draft
}

// option is a choice of a list.
type option map[string]any

// values are what a list of options offers to choose.
func values(list []option) (out []string) {
	for _, o := range list {
		out = append(out, o["value"].(string))
	}
	return out
}

// totalRow is what a price of a component came to so far in a billing period.
type totalRow struct {
	Name, Label, Href string
	Calls             int64
	Raw, Billed       int64
	Cost              money.Amount
}

// usage lists calls and the totals of the running period.
func (s *Server) usage(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.usageFilter(v)
	if err != nil {
		return err
	}
	v.zone = f.loc()
	b := usageBody{Form: f.form, Order: f.order, Narrow: f.query.Narrow(), Deal: f.deal != nil, Files: f.order.files(v.at("/usage/calls"))}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	err = s.d.System.DB.View(r.Context(), func(tx store.Tx) error {
		f.query.Limit = pageRows + 1 // one more tells whether there are more
		page, err := tx.Usage().Calls(v.company, f.query)
		if err != nil {
			return err
		}
		if len(page.Calls) > pageRows {
			last := &page.Calls[pageRows-1]
			page.Calls, page.Next = page.Calls[:pageRows], store.CallCursor{Start: last.Call.Start, Position: last.Position}
		}
		for i := range page.Calls {
			b.Rows = append(b.Rows, v.callRow(&page.Calls[i], f.loc()))
		}
		if page.Next != (store.CallCursor{}) {
			f.order.goOn("", strconv.FormatInt(int64(page.Next.Start), 10)+"."+strconv.FormatInt(page.Next.Position, 10))
		}
		return s.totals(tx, v, f, &b)
	})
	if err != nil {
		return err
	}
	for i := range b.Rows {
		b.Rows[i].Agent, b.Rows[i].Campaign = s.agentName(v, b.Rows[i].Agent), s.campaignName(v, b.Rows[i].Campaign)
	}
	b.choices(v, f)
	s.render(w, v, status, "usage", &Page{Title: v.say("nav.usage"), Lead: lang.Dates(v.Tag, f.first, f.last+1), Here: v.at("/usage"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// totals are the tallies of the billing period that has the first day.
func (s *Server) totals(tx store.Tx, v *visit, f *usageFilter, b *usageBody) error {
	if f.deal == nil {
		return nil
	}
	p, ok := f.deal.PeriodOn(f.first)
	if !ok {
		return nil
	}
	list, err := tx.Usage().Tallies(v.company, f.deal.ID, p.First)
	if err != nil {
		return err
	}
	names := priceNames{v.Tag, f.deal.Plan}
	b.TotalsOf = lang.Dates(v.Tag, p.First, p.After)
	b.Draft = v.at("/contracts/" + f.deal.ID.Named("con") + "/draft?day=" + p.First.String())
	for _, t := range list {
		b.Totals = append(b.Totals, totalRow{Name: names.component(t.Component), Label: names.label(t.Component, t.Label), Calls: t.Calls, Raw: t.Raw, Billed: t.Billed, Cost: t.Cost,
			Href: "?" + url.Values{"contract": {f.deal.ID.Named("con")}, "first": {p.First.String()}, "last": {(p.After - 1).String()}, "component": {t.Component}, "label": {t.Label}}.Encode()})
	}
	return nil
}

// choices are the words the form offers.
func (b *usageBody) choices(v *visit, f *usageFilter) {
	b.Contracts = []option{{"value": "", "label": v.say("usage.any")}}
	for i := range f.deals {
		b.Contracts = append(b.Contracts, option{"value": f.deals[i].ID.Named("con"), "label": f.deals[i].Contract})
	}
	b.Components = []option{{"value": "", "label": v.say("usage.any")}}
	if f.deal != nil {
		names := priceNames{v.Tag, f.deal.Plan}
		for i := range f.deal.Plan.Components {
			if c := &f.deal.Plan.Components[i]; c.Measure.OfCalls() {
				b.Components = append(b.Components, option{"value": c.ID, "label": names.component(c.ID)})
			}
		}
	}
	b.Results = []option{{"value": "", "label": v.say("usage.any")}}
	for _, word := range usage.Result("").Choices() {
		b.Results = append(b.Results, option{"value": word, "label": lang.Choice(v.Tag, "result", word)})
	}
}

// callsOf is the address of the calls of a contract in a period.
func (v *visit) callsOf(contract id.ID, first, after timex.Date) string {
	return v.at("/usage?") + url.Values{"contract": {contract.Named("con")}, "first": {first.String()}, "last": {(after - 1).String()}}.Encode()
}

// Calls is the address of the calls behind a line, or behind the part of it that
// has a price of its own.
func (b invoiceBody) Calls(component, part string) string {
	q := url.Values{"component": {component}}
	if strings.HasPrefix(part, "row:") || strings.HasPrefix(part, "prefix:") {
		q.Set("label", part)
	}
	return b.Usage + "&" + q.Encode()
}

package console

import (
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) marginPages() {
	s.page("GET /c/{company}/margin", access.MarginRead, s.margin)
	s.page("GET /c/{company}/margin.csv", access.MarginRead, s.marginFile("csv"))
	s.page("GET /c/{company}/margin.xlsx", access.MarginRead, s.marginFile("xlsx"))
}

// marginBody is what is left of a period after carriers.
type marginBody struct {
	Contracts      []option
	Contract       string
	Deal           *app.Deal
	Margin         *app.Margin
	Dates          string
	Share          string
	Rows           []marginRow
	Order          *order
	Before, Behind string // addresses of the periods beside it; empty: there is none
	Files          []Link
	Invoiced       string // address of what explains it
	Calls          string
	Earned         money.Amount
	Why            string
}

// marginRow is the calls at one price.
type marginRow struct {
	app.Destination
	Name, Kind, Href string
	Left             money.Amount
	Share            string
}

// marginOf works out the margin of a contract's period, those of an address.
func (s *Server) marginOf(v *visit) (*marginBody, error) {
	b := &marginBody{}
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	q := v.r.URL.Query()
	served := func(d *app.Deal) bool { return d.BilledTo != 0 || d.Serves() }
	if b.Deal, b.Contracts = pickDeal(deals, q.Get("contract"), served); b.Deal == nil {
		if q.Get("contract") != "" {
			return nil, fault.New(fault.NotFound, "there is no such contract")
		}
		return b, nil
	}
	b.Contract = b.Deal.ID.Named("con")
	day := max(b.Deal.Terms.Start, min(b.Deal.Today, max(b.Deal.BilledTo-1, b.Deal.Terms.Start)))
	if word := q.Get("first"); word != "" {
		if day, err = timex.ParseDate(word); err != nil {
			return nil, fault.New(fault.NotFound, "there is no such period")
		}
	}
	return b, s.fillMargin(v, b, day)
}

func (s *Server) fillMargin(v *visit, b *marginBody, day timex.Date) error {
	d := b.Deal
	m, err := s.d.System.Margin(v.r.Context(), v.company, d.ID, day)
	if err != nil {
		if k := fault.KindOf(err); k == fault.Internal || k == fault.NotFound {
			return err
		}
		b.Why = err.Error()
		return nil
	}
	b.Margin, b.Dates, b.Earned = &m, lang.Dates(v.Tag, m.First, m.After), money.Zero(m.Invoiced.Currency())
	b.Invoiced, b.Calls = v.contractAt(d.ID, "/draft?day="+m.First.String()), v.callsOf(d.ID, m.First, m.After)
	b.Share = shareOf(v.Tag, m.Left, m.Invoiced)
	at := func(day timex.Date) string {
		if _, ok := d.PeriodOn(day); !ok || day > d.Today {
			return ""
		}
		return "?" + url.Values{"contract": {b.Contract}, "first": {day.String()}}.Encode()
	}
	b.Before, b.Behind = at(m.First-1), at(m.After)
	b.Order = v.order(url.Values{"contract": {b.Contract}, "first": {m.First.String()}}, "component", column{"component", "usage.component", false}, column{"calls", "usage.calls", true},
		column{"seconds", "usage.talked", true}, column{"earned", "margin.earned", true}, column{"carrier", "margin.carrier", true}, column{"left", "margin.left", false})
	b.Files = b.Order.files(v.at("/margin"))
	names := priceNames{v.Tag, d.Plan}
	for _, x := range m.Destinations {
		row := marginRow{Destination: x, Name: names.component(x.Component), Kind: x.Label, Href: b.Calls + "&" + url.Values{"component": {x.Component}}.Encode()}
		if x.Label == x.Component {
			row.Kind = "" // it has one price
		} else if row.Kind = names.label(x.Component, "row:"+x.Label); row.Kind == x.Label {
			row.Kind = lang.Choice(v.Tag, "unpriced", x.Label) // a reason, or a prefix, which stays as it is
		}
		if row.Left, err = x.Earned.Sub(x.Carrier); err == nil {
			b.Earned, err = b.Earned.Add(x.Earned)
		}
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		row.Share = shareOf(v.Tag, row.Left, x.Earned)
		b.Rows = append(b.Rows, row)
	}
	b.Rows = arranged(b.Order, b.Rows, len(b.Rows), func(r *marginRow) string { return r.Name + " " + r.Kind }, keys[marginRow]{
		"component": func(r *marginRow) string { return store.OrderText(r.Name) },
		"calls":     func(r *marginRow) string { return store.OrderInt(r.Calls) },
		"seconds":   func(r *marginRow) string { return store.OrderInt(r.Seconds) },
		"earned":    func(r *marginRow) string { return store.OrderMoney(r.Earned) },
		"carrier":   func(r *marginRow) string { return store.OrderMoney(r.Carrier) },
		"left":      func(r *marginRow) string { return store.OrderMoney(r.Left) },
	})
	return nil
}

// shareOf is a part of a whole in percent; empty where there is no whole.
func shareOf(tag lang.Tag, part, whole money.Amount) string {
	if whole.Sign() <= 0 {
		return ""
	}
	return lang.Percent(tag, part.Exact().Div(whole.Exact()).Round(exact.HalfAway, 3))
}

// margin shows what is left of a period of a contract.
func (s *Server) margin(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, err := s.marginOf(v)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "margin", &Page{Title: v.say("nav.margin"), Lead: v.say("margin.lead"), Here: v.at("/margin"), Crumbs: v.crumbs(), Body: b})
	return nil
}

func (s *Server) marginFile(ext string) handler {
	return func(w http.ResponseWriter, _ *http.Request, v *visit) error {
		b, err := s.marginOf(v)
		if err != nil {
			return err
		}
		if b.Margin == nil {
			return fault.New(fault.NotFound, "there is no margin to export")
		}
		t := v.sheet("usage.component", "margin.kind", "usage.calls", "margin.seconds", "margin.earned", "margin.carrier", "margin.left", "margin.unknown")
		for _, r := range b.Rows {
			t.add(r.Name, r.Kind, r.Calls, r.Seconds, r.Earned, r.Carrier, r.Left, r.Unknown)
		}
		return s.sendSheet(w, v, "margin-"+b.Margin.First.String(), ext, v.say("nav.margin")+" "+b.Dates, t)
	}
}

package console

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

func (s *Server) servicePages() {
	s.page("GET /c/{company}/service", access.ServiceRead, s.service)
	s.exports("/c/{company}/service", access.ServiceRead, "service-levels", "nav.service", s.serviceFile)
	s.page("GET /outages", access.ServiceWrite, s.outages)
	s.exports("/outages", access.ServiceWrite, "outages", "nav.outages", s.outagesFile)
	s.page("GET /trunks", access.Operate, s.trunks)
	s.page("POST /outages", access.ServiceWrite, s.reportOutage)
}

// servicePeriods is how many billing periods the page tells of.
const servicePeriods = 12

// serviceBody is what was promised and what was kept.
type serviceBody struct {
	Contracts []option
	Contract  string
	Promises  []promiseRow
	Periods   []periodRow
	Files     []Link
}

type promiseRow struct {
	Metric, Target, Credit, Note string
}

type periodRow struct {
	First, After timex.Date
	Levels       []levelRow
	Href         string // of the invoice or draft that gives the credits
	Billed       bool
	Why          string
}

type levelRow struct {
	Metric, Target, Measured string
	Tone, State              string
	Credit                   *money.Amount // positive: what is given back
}

// metric is the name of a measured figure, as far as it is a known one.
func (v *visit) metric(name string) string {
	if key := "service.m_" + name; lang.Has(key) {
		return phrase(v.Tag, key)
	}
	return name
}

func (v *visit) periodRow(p *app.ServicePeriod, contract id.ID) periodRow {
	row := periodRow{First: p.First, After: p.After, Billed: !p.Invoice.IsZero(), Why: p.Why, Href: v.contractAt(contract, "/draft?day="+p.First.String())}
	if row.Billed {
		row.Href = v.at("/invoices/" + p.Invoice.Named("inv"))
	}
	for _, a := range p.Attained {
		l := levelRow{Metric: v.metric(a.Metric), Target: a.Target, Measured: a.Measured, Tone: "", State: "unknown"}
		switch {
		case a.Known && a.Met:
			l.Tone, l.State = "good", "met"
		case a.Known:
			l.Tone, l.State = "bad", "missed"
		}
		for _, c := range p.Credits {
			if c.Metric == a.Metric {
				due := c.Amount.Neg()
				l.Credit = &due
			}
		}
		row.Levels = append(row.Levels, l)
	}
	return row
}

// findService is the page of the contract that is named, or of the first that
// runs.
func (s *Server) findService(v *visit) (*serviceBody, error) {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	b := &serviceBody{}
	name := v.r.URL.Query().Get("contract")
	d, list := pickDeal(deals, name, func(*app.Deal) bool { return true })
	if b.Contracts = list; d == nil {
		if name != "" {
			return nil, fault.New(fault.NotFound, "there is no such contract")
		}
		return b, nil
	}
	b.Contract, b.Files = d.ID.Named("con"), listFiles(v.at("/service"), "?contract="+d.ID.Named("con"), "csv", "xlsx")
	for i := range d.Terms.ServiceLevels {
		l := &d.Terms.ServiceLevels[i]
		row := promiseRow{Metric: v.metric(l.Metric), Target: l.Target, Note: l.Note}
		switch {
		case l.Credit != nil:
			row.Credit = l.Credit.String()
		case len(l.Steps) > 0:
			row.Credit = v.say("service.steps", "n", itoa(len(l.Steps)))
		case l.Amount.Sign() > 0:
			row.Credit = lang.Number(v.Tag, l.Amount) + " " + d.Plan.Currency.String()
		}
		b.Promises = append(b.Promises, row)
	}
	if len(b.Promises) == 0 {
		return b, nil
	}
	periods, err := s.d.System.ServicePeriods(v.r.Context(), v.company, d.ID, servicePeriods)
	for i := range periods {
		b.Periods = append(b.Periods, v.periodRow(&periods[i], d.ID))
	}
	return b, err
}

// service shows what was promised, what was kept and what is given back.
func (s *Server) service(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, err := s.findService(v)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "service", &Page{Title: v.say("nav.service"), Lead: v.say("service.lead"), Here: v.at("/service"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// serviceFile gives what was kept as a file.
func (s *Server) serviceFile(v *visit) (*sheet, error) {
	b, err := s.findService(v)
	if err != nil {
		return nil, err
	}
	t := v.sheet("invoice.period", "service.metric", "service.target", "service.measured", "companies.state", "money.currency", "service.credit")
	for _, p := range b.Periods {
		for _, l := range p.Levels {
			var credit money.Amount
			if l.Credit != nil {
				credit = *l.Credit
			}
			t.add(lang.Dates(v.Tag, p.First, p.After), l.Metric, l.Target, l.Measured, v.say("service.s_"+l.State), credit.Currency().String(), credit)
		}
	}
	return t, nil
}

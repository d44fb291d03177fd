package console

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	figures "waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// tryFields are the words of the form, in its order.
var tryFields = []string{"first", "last", "zone", "campaign", "list", "agent", "trunk", "number", "outcome"}

// tryRow is a try in a list.
type tryRow struct {
	ID                                                     string // of the try, as addresses have it
	Href, At, Lead, Number, Campaign, Agent, Trunk, Caller string
	Call                                                   string // page of what it was charged; empty: there is none, or the visitor may not see it
	Result, Tone                                           string
	Disposition, Notes                                     string
	Talk                                                   int64
	Ordinal                                                int
}

// triesBody is the page of tries.
type triesBody struct {
	Form     *form
	Rows     []tryRow
	Outcomes []option
	Next     string
	Narrow   bool
}

// tries lists what was dialed: where the cells of reports lead.
func (s *Server) tries(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := v.blank()
	asked := r.URL.Query()
	for _, name := range tryFields {
		f.Values.Set(name, asked.Get(name))
	}
	if err := s.byName(v, f, "agent", "campaign", "list", "trunk"); err != nil {
		return err
	}
	zone, err := s.dayZone(v, f)
	if err != nil {
		return err
	}
	now, err := s.d.System.Moment(r.Context())
	if err != nil {
		return err
	}
	first, after := f.someDays(now.DateIn(zone), 30, app.MaxReportDays)
	q := app.TryQuery{Period: timex.Days(first, after, zone), Agent: f.optional("agent", 200), Trunk: f.optional("trunk", 200), Caller: writtenNumber(f.optional("number", 40)), Limit: pageRows}
	b := triesBody{Form: f, Narrow: f.address(tryFields[3:]) != ""}
	if f.Value("outcome") != "" {
		q.Outcome = figures.Outcome(f.choice("outcome", figures.Outcome("").Choices()...))
	}
	q.Campaign, q.List, q.Before = optionalID(f, "campaign", "cmp"), optionalID(f, "list", "lst"), idOr(asked.Get("before"))
	b.Outcomes = []option{{"value": "", "label": v.say("calling_report.outcome.dialed")}}
	for _, word := range figures.Outcome("").Choices() {
		b.Outcomes = append(b.Outcomes, option{"value": word, "label": v.say("calling_report.outcome." + word)})
	}
	status := http.StatusUnprocessableEntity
	if f.OK() {
		status = http.StatusOK
		page, err := s.d.System.Tries(r.Context(), v.company, q)
		if err != nil {
			return err
		}
		for i := range page.Tries {
			a := &page.Tries[i]
			row := s.tryRow(v, a, func(i timex.Instant) string { return clockTime(i, zone) })
			row.Lead, row.Campaign, row.Href = page.Leads[a.Lead], page.Names[a.Campaign], v.at("/leads/"+a.Lead.Named("lead"))
			b.Rows = append(b.Rows, row)
		}
		if !page.Next.IsZero() {
			b.Next = "?" + f.address(tryFields, "before", page.Next.Named("try"))
		}
	}
	s.render(w, v, status, "tries", &Page{Title: v.say("calling_report.tries"), Lead: lang.Dates(v.Tag, first, after), Here: v.at("/reports"), Crumbs: append(v.crumbs(), Link{v.say("nav.reports"), v.at("/reports")}), Body: b})
	return nil
}

// optionalID is an identifier of the form; zero where there is none.
func optionalID(f *form, name, noun string) id.ID {
	if f.Value(name) == "" {
		return id.ID{}
	}
	return f.id(name, noun)
}

// idOr is the cursor of an address; what is none begins at the newest.
func idOr(text string) id.ID {
	i, err := id.ParseNamed("try", text)
	if err != nil {
		return id.ID{}
	}
	return i
}

// tryRow is what a try came to.
func (s *Server) tryRow(v *visit, a *attempt.Attempt, at func(timex.Instant) string) tryRow {
	out := tryRow{ID: a.ID.Named("try"), At: at(figures.When(a)), Number: shownNumber(a.Number), Agent: s.agentName(v, a.Agent), Trunk: a.Trunk, Caller: shownNumber(a.CallerID), Disposition: s.outcomeName(v, a.Campaign.Named("cmp"), a.Disposition), Notes: a.Notes, Ordinal: a.Ordinal, Result: v.say("calling_report.try." + string(a.State))}
	switch {
	case a.State == attempt.Withheld:
		packs, _ := rulePacks() // a rule nobody knows stands by its name
		out.Tone, out.Disposition = "warn", v.ruleSaid(packs, a.Rule)
	case a.State.Open():
		out.Tone = "info"
	case a.Answered.IsZero():
		out.Result = lang.Choice(v.Tag, "result", string(a.Result))
	case a.IsAbandoned() || a.Disposition == attempt.Abandoned:
		out.Tone, out.Result = "bad", v.say("calling_report.outcome.abandoned")
	case a.AnsweredBy != "":
		out.Tone, out.Result = "good", lang.Choice(v.Tag, "answered_by", string(a.AnsweredBy))
	default:
		out.Tone, out.Result = "good", lang.Choice(v.Tag, "result", string(a.Result))
	}
	if a.Call != "" && !a.Ended.IsZero() && v.may(access.UsageRead) {
		out.Call = v.callPage("waihu", a.Call, a.Dialed)
	}
	if !a.Joined.IsZero() && !a.Ended.IsZero() {
		out.Talk = int64(a.Ended.Sub(a.Joined).Seconds())
	}
	return out
}

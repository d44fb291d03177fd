package console

import (
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/explain"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

func (s *Server) leadPages() {
	s.page("GET /c/{company}/leads/{lead}", access.LeadRead, s.leadPage)
}

// leadBody is a person to be called, with why and why not.
type leadBody struct {
	*app.LeadCase
	State, Tone string
	CampaignOf  *Link
	Basis       string
	Why, Called []string
	Tries       []tryRow
	Reached     []numberRow
}

// numberRow is a number of the lead.
type numberRow struct {
	Number, Label, Note string
	Attempts            int
	Last                string
	Usable              bool
	CallsHref           string
}

// leadPage shows a lead with its history and explanation.
func (s *Server) leadPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, err := id.ParseNamed("lead", r.PathValue("lead"))
	if err != nil {
		return s.missing(w, r, v)
	}
	k, err := s.d.System.ExplainLead(r.Context(), v.company, i)
	if err != nil {
		return err
	}
	zone, err := s.dayZone(v, v.blank("zone", r.URL.Query().Get("zone")))
	if err != nil {
		return err
	}
	told := k.Told(zone)
	b := leadBody{LeadCase: &k, State: v.say("lead_case.state." + string(k.State)), Tone: leadTone(k.State), Why: explain.WhyLead(told, v.Tag), Called: explain.WhyCalled(told, v.Tag),
		Basis: v.say("lead_case.no_basis")}
	if k.Consent.Basis != "" {
		b.Basis = lang.Choice(v.Tag, "call_basis", string(k.Consent.Basis))
	}
	if k.Campaign != nil {
		b.CampaignOf = &Link{k.Campaign.Name, v.at("/reports/campaigns?") + url.Values{"campaign": {k.Campaign.ID.Named("cmp")}}.Encode()}
	}
	at := func(i timex.Instant) string { return clockTime(i, zone) }
	for i := range k.Tries {
		b.Tries = append(b.Tries, s.tryRow(v, &k.Tries[i], at))
	}
	for _, n := range k.Numbers {
		row := numberRow{Number: shownNumber(n.Number), Label: n.Label, Attempts: n.Attempts, Last: at(n.Last), Usable: n.Usable(), Note: n.Forbidden}
		if n.Unworkable != "" {
			row.Note = n.Unworkable
		}
		if v.may(access.UsageRead) {
			row.CallsHref = v.at("/usage?") + url.Values{"to": {n.Number.String()}}.Encode()
		}
		b.Reached = append(b.Reached, row)
	}
	title := k.Name
	if title == "" {
		title = shownNumber(k.Numbers[0].Number)
	}
	s.render(w, v, http.StatusOK, "lead", &Page{Title: title, Lead: v.say("lead_case.title"), Here: v.at("/reports"), Crumbs: append(v.crumbs(), Link{v.say("calling_report.tries"), v.at("/tries")}), Body: b})
	return nil
}

// Clock is the person's own time now, in each zone they may be in.
func (b leadBody) Clock() (out []string) {
	for _, name := range b.LeadCase.Zones(b.Number) {
		if zone, err := timex.LoadZone(name); err == nil {
			out = append(out, b.At.In(zone).Format("15:04")+" ("+name+")")
		}
	}
	return out
}

func leadTone(s lead.State) string {
	switch s {
	case lead.Executing, lead.Callback:
		return "info"
	case lead.Connected:
		return "good"
	case lead.Forbidden:
		return "bad"
	case lead.Exhausted, lead.Aborted:
		return "warn"
	}
	return ""
}

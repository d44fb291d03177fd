package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) callbackPages() {
	s.page("GET /c/{company}/callbacks", access.LeadRead, s.callbacks)
	s.page("GET /c/{company}/callbacks.csv", access.LeadRead, s.callbacksFile)
	s.page("GET /c/{company}/callbacks.xlsx", access.LeadRead, s.callbacksFile)
}

// callbackRow is a callback that was agreed.
type callbackRow struct {
	leadRow
	Campaign Link
	Theirs   string // the instant on the customer's clock, with its zone
	Agent    string
	Notes    string
	Missed   int
	Late     bool
	due      timex.Instant
}

// callbackSpans are how far ahead is looked, in days; 0: however far.
var callbackSpans = []struct {
	name string
	days int
}{{"due", -1}, {"today", 1}, {"week", 7}, {"all", 0}}

// callbacksMost bounds the callbacks of one campaign on a page.
const callbacksMost = 200

// findCallbacks are the callbacks of every campaign that may still call, the earliest
// first.
func (s *Server) findCallbacks(v *visit, agent, span string) (rows []callbackRow, err error) {
	now := timex.At(time.Now())
	until := timex.Instant(0)
	for _, x := range callbackSpans {
		if x.name == span && x.days != 0 {
			until = now.Add(time.Duration(max(x.days, 0)) * 24 * time.Hour)
		}
	}
	list, err := s.d.System.Campaigns(v.r.Context(), v.company, "", store.Page{Limit: store.MaxPage, Down: true})
	if err != nil {
		return nil, err
	}
	for i := range list {
		c := &list[i]
		if c.CanChange() != nil || c.Status.State == campaign.Draft {
			continue // it calls nobody any more, or not yet
		}
		leads, err := s.d.System.Callbacks(v.r.Context(), v.company, app.CallbackQuery{Campaign: c.ID, Agent: agent, Until: until, Limit: callbacksMost})
		if err != nil {
			return nil, err
		}
		for j := range leads {
			rows = append(rows, s.callbackRow(v, c, &leads[j], now))
		}
	}
	slices.SortStableFunc(rows, func(a, b callbackRow) int { return cmp.Compare(a.due, b.due) })
	return rows, nil
}

func (s *Server) callbackRow(v *visit, c *app.Campaign, l *store.Lead, now timex.Instant) callbackRow {
	row := callbackRow{leadRow: s.leadRow(v, l), Campaign: Link{c.Name, v.campaignAt(c, "")}, Late: l.Due < now, due: l.Due, Agent: v.say("callbacks.anyone")}
	if a := l.Callback; a != nil {
		loc, err := timex.LoadZone(a.Zone)
		if err != nil {
			loc = time.UTC // it was checked when it was agreed
		}
		row.Theirs, row.Notes, row.Missed = a.At.In(loc).Format("2006-01-02 15:04")+" "+loc.String(), a.Notes, a.Missed
		if a.Agent != "" {
			row.Agent = s.agentName(v, a.Agent)
		}
	}
	return row
}

func (s *Server) callbacks(w http.ResponseWriter, r *http.Request, v *visit) error {
	agent, span := strings.TrimSpace(r.URL.Query().Get("agent")), r.URL.Query().Get("span")
	spans := []option{}
	known := false
	for _, x := range callbackSpans {
		known = known || x.name == span
		spans = append(spans, option{"value": x.name, "label": v.say("callbacks.span_" + x.name)})
	}
	if !known {
		span = "week"
	}
	f := v.blank("agent", agent)
	if err := s.byName(v, f, "agent"); err != nil {
		return err
	}
	agent = f.Value("agent")
	rows, err := s.findCallbacks(v, agent, span)
	if err != nil {
		return err
	}
	query := "?span=" + span + "&agent=" + queryEscape(agent)
	b := map[string]any{"Rows": rows, "Form": f, "Span": span, "Spans": spans, "All": v.at("/callbacks"), "Files": listFiles(v.at("/callbacks"), query, "csv", "xlsx"), "Campaigns": v.at("/campaigns")}
	s.render(w, v, http.StatusOK, "callbacks", &Page{Title: v.say("nav.callbacks"), Lead: v.say("callbacks.lead"), Here: v.at("/callbacks"), Crumbs: v.crumbs(), Body: b})
	return nil
}

func (s *Server) callbacksFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, err := s.findCallbacks(v, strings.TrimSpace(r.URL.Query().Get("agent")), r.URL.Query().Get("span"))
	if err != nil {
		return err
	}
	t := v.sheet("callbacks.theirs", "leads.name", "leads.numbers", "callbacks.agent", "lists.campaign", "callbacks.missed", "callbacks.notes")
	for _, x := range rows {
		t.add(x.Theirs, x.Name, x.Numbers, x.Agent, x.Campaign.Text, int64(x.Missed), x.Notes)
	}
	return s.sendSheet(w, v, "callbacks", extOf(r), v.say("nav.callbacks"), t)
}

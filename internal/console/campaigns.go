package console

import (
	"net/http"
	"slices"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/store"
)

func (s *Server) campaignPages() {
	s.page("GET /c/{company}/campaigns", access.CampaignRead, s.campaigns)
	s.page("GET /c/{company}/campaigns.csv", access.CampaignRead, s.campaignsFile)
	s.page("GET /c/{company}/campaigns.xlsx", access.CampaignRead, s.campaignsFile)
	s.page("GET /c/{company}/campaigns/new", access.CampaignWrite, s.newCampaign)
	s.page("POST /c/{company}/campaigns/new", access.CampaignWrite, s.addCampaign)
	s.page("GET /c/{company}/campaigns/{campaign}", access.CampaignRead, s.campaign)
	for _, part := range campaignParts() {
		at := "/c/{company}/campaigns/{campaign}/" + part.name
		s.page("GET "+at, access.CampaignRead, s.campaignPart(part))
		s.page("POST "+at, access.CampaignWrite, s.setCampaignPart(part))
	}
	s.page("POST /c/{company}/campaigns/{campaign}/secret", access.CampaignWrite, s.newLaneSecret)
	for _, step := range campaignSteps() {
		s.page("POST /c/{company}/campaigns/{campaign}/"+step.verb, access.CampaignWrite, s.stepCampaign(step))
	}
}

// campaignRow is a campaign in the list.
type campaignRow struct {
	app.Campaign
	app.CampaignProgress
	Href    string
	Percent int
	Contact string // share of dialed tries a person answered; empty: none was dialed
	Convert string // share of conversations that were sales
	Agents  string
}

func (s *Server) campaignRow(v *visit, c *app.Campaign) (row campaignRow, err error) {
	row = campaignRow{Campaign: *c, Href: v.campaignAt(c, ""), Agents: v.say("campaigns.everybody")}
	if row.CampaignProgress, err = s.d.System.ProgressOf(v.r.Context(), v.company, c); err != nil {
		return row, err
	}
	if len(c.Groups) > 0 {
		row.Agents = lang.List(v.Tag, c.Groups)
	}
	if row.Total > 0 {
		row.Percent = int(row.Done * 100 / row.Total)
	}
	row.Contact, row.Convert = v.share(row.Humans, row.Dialed), v.share(row.Sales, row.Humans)
	return row, nil
}

// share is one count out of another as a percentage; empty: out of nothing.
func (v *visit) share(n, of int) string {
	if of == 0 {
		return ""
	}
	return lang.Percent(v.Tag, exact.Frac(int64(n), int64(of)).Round(exact.HalfAway, 3))
}

// campaignAt is the address of a campaign and of what is below it.
func (v *visit) campaignAt(c *app.Campaign, rest string) string {
	return v.at("/campaigns/" + c.ID.Named("cmp") + rest)
}

// findCampaigns are a company's campaigns in a state and of a purpose, newest first.
func (s *Server) findCampaigns(v *visit, most int) (rows []campaignRow, more bool, err error) {
	state := campaign.State(v.r.URL.Query().Get("state"))
	if !slices.Contains(campaign.States(), state) {
		state = ""
	}
	after, err := afterOf(v.r, "cmp")
	if err != nil {
		return nil, false, err
	}
	list, err := s.d.System.Campaigns(v.r.Context(), v.company, state, store.Page{After: after, Limit: most + 1, Down: true})
	if err != nil {
		return nil, false, err
	}
	for i := range list[:min(len(list), most)] {
		row, err := s.campaignRow(v, &list[i])
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, row)
	}
	return rows, len(list) > most, nil
}

func (s *Server) campaigns(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, more, err := s.findCampaigns(v, pageRows)
	if err != nil {
		return err
	}
	state := r.URL.Query().Get("state")
	b := map[string]any{"Rows": rows, "State": state, "States": campaign.States(), "All": v.at("/campaigns"), "Next": "", "Files": listFiles(v.at("/campaigns"), "?state="+queryEscape(state), "csv", "xlsx"),
		"New": given(v.may(access.CampaignWrite), v.at("/campaigns/new")), "Of": app.ProgressTries}
	if more {
		b["Next"] = "?state=" + queryEscape(state) + "&after=" + rows[len(rows)-1].ID.Named("cmp")
	}
	s.render(w, v, http.StatusOK, "campaigns", &Page{Title: v.say("nav.campaigns"), Lead: v.say("campaigns.lead"), Here: v.at("/campaigns"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// campaignsFile gives the list as a file.
func (s *Server) campaignsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, _, err := s.findCampaigns(v, store.MaxPage-1)
	if err != nil {
		return err
	}
	t := v.sheet("campaigns.name", "campaigns.h_purpose", "campaigns.h_mode", "companies.state", "nav.lists", "campaigns.leads", "campaigns.done", "campaigns.contact", "campaigns.conversion", "campaigns.agents")
	for i := range rows {
		c := &rows[i]
		t.add(c.Name, word(v.Tag, "purpose", string(c.Purpose)), word(v.Tag, "campaign_mode", string(c.Mode)), v.say("campaigns.s_"+string(c.Status.State)), int64(len(c.Lists)), c.Total, c.Done, c.Contact, c.Convert, c.Agents)
	}
	return s.sendSheet(w, v, "campaigns", extOf(r), v.say("nav.campaigns"), t)
}

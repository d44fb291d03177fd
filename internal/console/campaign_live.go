package console

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/calling/campaign"
)

func (s *Server) livePages() {
	s.page("GET /c/{company}/campaigns/{campaign}/live", access.FloorWatch, s.live)
}

// liveBody is the frame that the events of the floor are written into.
type liveBody struct {
	Campaign string
	Overview string
	State    campaign.State
	Figures  []string
	States   []string // of agents
	Lead     string   // beginning of addresses of leads
	Boot     island
}

// live shows a campaign while it dials: what is told by the floor, as it changes.
// The island live.js listens; without it the page says where the overview is.
func (s *Server) live(w http.ResponseWriter, _ *http.Request, v *visit) error {
	c, err := s.campaignOf(v)
	if err != nil {
		return err
	}
	boot, err := s.islandOf(w, v)
	if err != nil {
		return err
	}
	b := liveBody{Boot: boot, Campaign: c.ID.Named("cmp"), Overview: v.campaignAt(c, ""), State: c.Status.State, Lead: v.at("/leads/"),
		Figures: []string{"dialing", "waiting", "talking", "conversations", "sales", "abandoned", "spent", "cost_per_conversation"}, States: []string{"ready", "reserved", "talking", "wrap_up", "paused"}}
	s.render(w, v, http.StatusOK, "live", &Page{Title: v.say("live.of", "campaign", c.Name), Lead: v.say("live.lead"), Here: v.at("/campaigns"), Crumbs: v.crumbs(Link{v.say("nav.campaigns"), v.at("/campaigns")}, Link{c.Name, b.Overview}), Island: "live", Body: b})
	return nil
}

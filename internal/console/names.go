package console

import (
	"waihu/internal/id"
	"waihu/internal/store"
)

// agentName is how people read an agent that calls name: a person of the company by name,
// others as they are.
func (s *Server) agentName(v *visit, agent string) string {
	if name, known := v.people[agent]; known {
		return name
	}
	s.meet(v, agent)
	return v.people[agent]
}

// meet looks up the names of agents, all at once. Who is of another company, or gone, has
// no better name than the one they are called by.
func (s *Server) meet(v *visit, agents ...string) {
	if v.people == nil {
		v.people = map[string]string{}
	}
	users := map[string]id.ID{}
	for _, agent := range agents {
		v.people[agent] = agent
		if i, err := id.ParseNamed("user", agent); err == nil {
			users[agent] = i
		}
	}
	if len(users) == 0 {
		return
	}
	_ = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error { // books that are away: as they are called
		for agent, i := range users {
			if u, err := s.d.Gate.UserOf(tx, v.company, i); err == nil && u.Name != "" {
				v.people[agent] = u.Name
			}
		}
		return nil
	})
}

// campaignName is how people read a campaign that calls name: one of the company by name,
// others as they are.
func (s *Server) campaignName(v *visit, campaign string) string {
	i, err := id.ParseNamed("cmp", campaign)
	if err != nil {
		return campaign
	}
	if name, known := v.people[campaign]; known {
		return name
	}
	name := campaign
	if of, err := s.d.System.GetCampaign(v.r.Context(), v.company, i); err == nil {
		name = of.Name
	}
	if v.people == nil {
		v.people = map[string]string{}
	}
	v.people[campaign] = name
	return name
}

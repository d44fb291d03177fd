package console

import (
	"waihu/internal/id"
	"waihu/internal/store"
)

// agentName is how people read an agent that calls name: a person of the company by name,
// others as they are.
func (s *Server) agentName(v *visit, agent string) string {
	i, err := id.ParseNamed("user", agent)
	if err != nil {
		return agent
	}
	if name, known := v.people[agent]; known {
		return name
	}
	name := agent
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		u, err := s.d.Gate.UserOf(tx, v.company, i)
		if err == nil && u.Name != "" {
			name = u.Name
		}
		return err
	})
	if err != nil {
		name = agent // of another company, or gone: there is no better name
	}
	if v.people == nil {
		v.people = map[string]string{}
	}
	v.people[agent] = name
	return name
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

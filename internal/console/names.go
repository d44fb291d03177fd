package console

import (
	"cmp"
	"strings"

	"waihu/internal/calling/attempt"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// shownNumber is a number as every page writes it: with the plus of the world's plan.
func shownNumber(n phone.Number) string {
	if n.IsZero() {
		return ""
	}
	return "+" + n.String()
}

// agentName is how people read an agent that calls name: a person of the company by name, or
// by address who has none, others as they are.
func (s *Server) agentName(v *visit, agent string) string {
	if name, known := v.people[agent]; known {
		return name
	}
	s.meet(v, agent)
	return v.people[agent]
}

// doer is who did something, whether the floor or a page kept it.
func (s *Server) doer(v *visit, by string) string {
	if strings.HasPrefix(by, "user_") {
		return s.agentName(v, by)
	}
	return actorShown(by)
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
			if name, err := s.d.Gate.NameOf(tx, v.company, i); err == nil {
				v.people[agent] = name
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
	s.outcomes(v)
	if of, err := s.d.System.GetCampaign(v.r.Context(), v.company, i); err == nil {
		name = of.Name
		for k := range of.Dispositions {
			v.codes[campaign+" "+of.Dispositions[k].Code] = v.codeName(&of.Dispositions[k])
		}
	}
	if v.people == nil {
		v.people = map[string]string{}
	}
	v.people[campaign] = name
	return name
}

// outcomeName is how people read the outcome of a call of a campaign.
func (s *Server) outcomeName(v *visit, campaign, code string) string {
	if code == "" {
		return ""
	}
	s.campaignName(v, campaign)
	s.outcomes(v)
	return cmp.Or(v.codes[campaign+" "+code], v.codes[code], code)
}

// outcomes looks up what the company calls them, once a page.
func (s *Server) outcomes(v *visit) {
	if v.codes != nil {
		return
	}
	v.codes = map[string]string{}
	list, err := s.d.System.Dispositions(v.r.Context(), v.company)
	if err != nil {
		return // books that are away: as they are called
	}
	for _, d := range attempt.Over(attempt.Builtin(), list) {
		v.codes[d.Code] = v.codeName(&d)
	}
}

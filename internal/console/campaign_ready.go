package console

import (
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
)

// campaignCheck is a part of what a campaign needs before it can be started.
type campaignCheck struct {
	Name, Href string // Href is empty where the visitor can mend nothing
	State      string // done, missing, look
	Found      []fault.Problem
}

// missingFrom is what is wrong with a campaign that can still be changed: where it does
// not run, all that its start would ask for.
func (s *Server) missingFrom(v *visit, c *app.Campaign) (fault.Problems, error) {
	switch c.Status.State {
	case campaign.Draft, campaign.Paused:
		return s.d.System.Missing(v.r.Context(), v.company, c.ID)
	case campaign.Running:
		return c.Problems(), nil
	}
	return nil, nil
}

// checks tells what was found part by part, each with its page, and the trunks behind
// them.
func (v *visit) checks(b *campaignBody, found fault.Problems) (out []campaignCheck) {
	if st := b.C.Status.State; st != campaign.Draft && st != campaign.Paused {
		return nil
	}
	of := map[string][]fault.Problem{}
	for _, p := range found {
		part := partOf(p.Path)
		if p.Path == "trunks" {
			part = p.Path
		}
		of[part] = append(of[part], p)
	}
	for _, part := range campaignParts() {
		out = append(out, checked(v.say("campaigns.t_"+part.name), b.Base+"/"+part.name, of[part.name]))
	}
	return append(out, checked(v.say("ready.trunks"), "", of["trunks"]))
}

func checked(name, href string, found []fault.Problem) campaignCheck {
	c := campaignCheck{Name: name, Href: href, State: "done", Found: found}
	for _, p := range found {
		if c.State = "look"; !p.Warning {
			c.State = "missing"
			break
		}
	}
	return c
}

package app

import (
	"context"
	"slices"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/prompt"
)

// Missing tells what a campaign that does not run needs before it can be started, all
// of it at once, each with its path in the plan; trunks are the service's. A warning
// does not stop it. StartCampaign refuses what is no warning here, and nothing else.
func (s *System) Missing(ctx context.Context, c id.Company, of id.ID) (out fault.Problems, err error) {
	defer fault.Wrap(&err, "what a campaign misses")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		camp, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		out, err = s.missing(ctx, tx, c, &camp)
		return err
	})
	return out, err
}

func (s *System) missing(ctx context.Context, tx store.Tx, c id.Company, camp *Campaign) (out fault.Problems, err error) {
	out = camp.Problems()
	company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
	if err != nil {
		return nil, err
	}
	if err := company.mayServe(); err != nil {
		out = append(out, fault.Problem{Path: "contract", What: err.Error()})
	}
	unknown, err := s.unknownPrompts(tx, c, &camp.Campaign)
	if err != nil {
		return nil, err
	}
	out = append(out, unknown...)
	if _, err := s.license(ctx, tx, c, camp); err != nil { // at a log-in, where agents log in
		if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.NotFound {
			return nil, err
		}
		out = append(out, fault.Problem{Path: "contract", What: err.Error(), Warning: !camp.Mode.Alone()})
	} else if err := s.alone(ctx, tx, c, camp); err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return nil, err
		}
		out = append(out, fault.Problem{Path: "robot.secret", What: err.Error()})
	}
	empty, err := nobodyWaits(tx, c, &camp.Campaign)
	if err != nil {
		return nil, err
	}
	if empty {
		out = append(out, fault.Problem{Path: "lists", What: "nobody in its lists is waiting to be called", Warning: true})
	}
	if s.Reach == nil {
		out = append(out, fault.Problem{Path: "trunks", What: "this service has no trunk to call over", Warning: true})
	}
	if camp.Mode == campaign.Broadcast && !camp.Menu.Refusable() {
		out = append(out, fault.Problem{Path: "menu.steps", What: "no key lets people refuse further calls", Warning: true})
	}
	return out, nil
}

// nobodyWaits tells whether the lists of a plan hold nobody who is to be called.
func nobodyWaits(tx store.Tx, c id.Company, plan *campaign.Campaign) (bool, error) {
	for _, share := range plan.Lists {
		counts, err := tx.Leads().Counts(c, share.List)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(counts, func(n store.LeadCount) bool {
			return n.Count > 0 && (n.State == lead.Pending || n.State == lead.Callback)
		}) {
			return false, nil
		}
	}
	return len(plan.Lists) > 0, nil
}

// unknownPrompts are the places of a plan that say a prompt which is not there. A plan names
// a company's by its identifier alone: the name may be changed while calls go on.
func (s *System) unknownPrompts(tx store.Tx, c id.Company, plan *campaign.Campaign) (out fault.Problems, err error) {
	own := s.Prompts.All()
	for _, said := range plan.Prompts() {
		there := slices.Contains(own, prompt.Key(said.Prompt))
		if i, other := id.ParseNamed("prm", said.Prompt); other == nil {
			_, _, err := keptPrompt(tx, c, i) // not one that was removed
			if ignoreMissing(err) != nil {
				return nil, err
			}
			there = err == nil
		}
		if !there {
			out = append(out, fault.Problem{Path: said.Path, Value: said.Prompt, What: "there is no such prompt", Expected: "a prompt of the company, or one of the system's"})
		}
	}
	return out, nil
}

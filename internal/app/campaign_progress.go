package app

import (
	"context"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ProgressTries is how many of a campaign's newest tries its shares are reckoned from.
const ProgressTries = 500

// CampaignProgress is how far a campaign has come.
type CampaignProgress struct {
	Total, Done int64 // leads; those nothing is left to do for
	Waiting     int64
	Connected   int64 // reached, and done
	// Of the newest tries, ProgressTries at most: those that were dialed, that a
	// person answered, that were sales, that nobody spoke to.
	Dialed, Humans, Sales, Abandoned int
	Last                             timex.Instant // the newest try was decided
}

// ProgressOf tells it for one campaign.
func (s *System) ProgressOf(ctx context.Context, c id.Company, of *Campaign) (out CampaignProgress, err error) {
	defer fault.Wrap(&err, "campaign progress")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = CampaignProgress{}
		for _, share := range of.Lists {
			counts, err := tx.Leads().Counts(c, share.List)
			if err != nil {
				return err
			}
			for _, n := range counts {
				out.add(n)
			}
		}
		tries, err := tx.Attempts().List(c, store.AttemptQuery{Campaign: of.ID, Limit: ProgressTries})
		if err != nil {
			return err
		}
		for i := range tries {
			a := &tries[i]
			out.Last = max(out.Last, a.Decided)
			if a.Dialed.IsZero() {
				continue
			}
			out.Dialed++
			if a.Flags.Human {
				out.Humans++
			}
			if a.Flags.Sale {
				out.Sales++
			}
			if a.IsAbandoned() {
				out.Abandoned++
			}
		}
		return nil
	})
	return out, err
}

func (p *CampaignProgress) add(n store.LeadCount) {
	p.Total += n.Count
	switch {
	case n.State.Waits():
		p.Waiting += n.Count
	case n.State != lead.Executing:
		p.Done += n.Count
	}
	if n.State == lead.Connected {
		p.Connected += n.Count
	}
}

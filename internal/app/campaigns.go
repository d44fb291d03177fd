package app

import (
	"context"

	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// KindCampaign holds a Campaign; index "state", and "alone" of those that go on alone.
const KindCampaign store.Kind = "campaign"

// Campaign is a campaign that is kept.
type Campaign struct {
	ID       id.ID `json:"id"`
	Revision int64 `json:"revision"`
	campaign.Campaign
}

// AddCampaign keeps a new draft. Its lists must be there and in no other campaign
// that may still run.
func (s *System) AddCampaign(ctx context.Context, c id.Company, plan campaign.Campaign) (out Campaign, err error) {
	defer fault.Wrap(&err, "add campaign")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		if err := here(tx, c); err != nil {
			return err
		}
		out = Campaign{Campaign: plan}
		out.Status = campaign.Status{State: campaign.Draft, Since: tx.Now()}
		if err := out.DraftProblems().Err(); err != nil {
			return err
		}
		if err := s.checkGuide(tx, c, &out.Campaign); err != nil {
			return err
		}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		if err := s.takeLists(tx, c, out.ID, nil, out.Lists); err != nil {
			return err
		}
		return putCampaign(tx, &store.Record{Company: c, Kind: KindCampaign, ID: out.ID}, &out)
	})
	return out, err
}

// SetCampaign replaces the plan of a campaign that is not finished; its status
// stays. While it runs, the new plan must be one it could be started with. Revision
// is that of the version that was changed: another is a Conflict.
func (s *System) SetCampaign(ctx context.Context, c id.Company, in Campaign) (out Campaign, err error) {
	defer fault.Wrap(&err, "set campaign")
	err = s.changeCampaign(ctx, c, in.ID, &out, func(tx store.Tx, now *Campaign) error {
		if in.Revision != now.Revision {
			_, r, err := campaignOf(tx, c, in.ID)
			if err != nil {
				return err
			}
			return store.Outdated("the campaign", now.Revision, in.Revision, r.Updated)
		}
		if err := now.CanChange(); err != nil {
			return err
		}
		before := now.Lists
		status := now.Status
		now.Campaign, now.Status = in.Campaign, status
		problems := now.DraftProblems()
		if status.State == campaign.Running {
			unknown, err := s.unknownPrompts(tx, c, &now.Campaign)
			if err != nil {
				return err
			}
			problems = append(now.Problems(), unknown...)
		}
		if err := problems.Err(); err != nil {
			return err
		}
		if err := s.checkGuide(tx, c, &now.Campaign); err != nil {
			return err
		}
		return s.takeLists(tx, c, now.ID, before, now.Lists)
	})
	return out, err
}

// GetCampaign reads one.
func (s *System) GetCampaign(ctx context.Context, c id.Company, i id.ID) (out Campaign, err error) {
	defer fault.Wrap(&err, "campaign")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = campaignOf(tx, c, i)
		return err
	})
	return out, err
}

// Campaigns lists those in a state, or (empty) all.
func (s *System) Campaigns(ctx context.Context, c id.Company, state campaign.State, p store.Page) ([]Campaign, error) {
	key := store.Key{}
	if state != "" {
		key = store.Key{Name: "state", Value: string(state)}
	}
	return s.campaignsBy(ctx, c, key, p)
}

func (s *System) campaignsBy(ctx context.Context, c id.Company, key store.Key, p store.Page) (out []Campaign, err error) {
	defer fault.Wrap(&err, "campaigns")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Records().List(c, KindCampaign, key, p)
		if err != nil {
			return err
		}
		out = make([]Campaign, len(list))
		for i := range list {
			if out[i], _, err = loadCampaign(&list[i], nil); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// alone is the key of campaigns that go on though nobody is logged in.
var alone = store.Key{Name: "alone", Value: "yes"}

// LoneCampaigns lists those that are to be driven though nobody is logged in.
func (s *System) LoneCampaigns(ctx context.Context, c id.Company, p store.Page) ([]Campaign, error) {
	return s.campaignsBy(ctx, c, alone, p)
}

func campaignOf(tx store.Tx, c id.Company, i id.ID) (Campaign, *store.Record, error) {
	return loadCampaign(tx.Records().Get(c, KindCampaign, i))
}

func loadCampaign(r *store.Record, err error) (Campaign, *store.Record, error) {
	out, r, err := load[Campaign](r, err)
	if err == nil {
		out.Revision = r.Revision
	}
	return out, r, err
}

func putCampaign(tx store.Tx, r *store.Record, out *Campaign) error {
	r.Index = []store.Key{{Name: "state", Value: string(out.Status.State)}}
	if out.GoesOnAlone() {
		r.Index = append(r.Index, alone)
	}
	out.Revision = r.Revision + 1
	return save(tx, r, out)
}

// changeCampaign reads a campaign, lets it be changed and keeps it.
func (s *System) changeCampaign(ctx context.Context, c id.Company, i id.ID, out *Campaign, change func(store.Tx, *Campaign) error) error {
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		now, r, err := campaignOf(tx, c, i)
		if err != nil {
			return err
		}
		if err := change(tx, &now); err != nil {
			return err
		}
		*out = now
		return putCampaign(tx, r, out)
	})
}

package floor

import (
	"context"
	"errors"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// takeUp drives the campaigns that run without agents, or that wait for money: nobody's
// log-in begins them.
func (f *Floor) takeUp(ctx context.Context) error {
	return f.cfg.System.EachCompany(ctx, func(x app.Company) error {
		c := id.Company{ID: x.ID}
		return errors.Join(f.takeUpAll(ctx, c, campaign.Running), f.takeUpAll(ctx, c, campaign.Paused))
	})
}

func (f *Floor) takeUpAll(ctx context.Context, c id.Company, state campaign.State) error {
	page := store.Page{Limit: campaignsAtOnce}
	for {
		list, err := f.cfg.System.Campaigns(ctx, c, state, page)
		if err != nil {
			return err
		}
		for i := range list {
			if err := f.takeUpOne(ctx, c, &list[i]); err != nil {
				return err
			}
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = list[len(list)-1].ID
	}
}

// takeUpOne drives a campaign that goes on alone. Another node may have it; where it may
// not be dialed, it pauses and says why.
func (f *Floor) takeUpOne(ctx context.Context, c id.Company, of *app.Campaign) error {
	if !goesOnAlone(of) {
		return nil
	}
	f.logins.Lock()
	_, err := f.drive(ctx, which{c, of.ID})
	f.logins.Unlock()
	if err != nil && fault.KindOf(err) == fault.Conflict {
		err = f.stopAlone(ctx, c, of.ID)
	}
	if err != nil && fault.KindOf(err) == fault.Conflict { // somebody else paused it
		err = nil
	}
	return err
}

// goesOnAlone tells whether a campaign is to be driven though nobody is logged in.
func goesOnAlone(c *app.Campaign) bool {
	return c.Mode.Alone() && (c.Status.State == campaign.Running || c.Status.State == campaign.Paused && c.Status.Cause == campaign.ByBudget)
}

// lookAlone pauses a campaign nobody logs in to that its contract does not allow any more.
func (f *Floor) lookAlone(ctx context.Context, d *driver) error {
	err := f.cfg.System.MayDialAlone(ctx, d.c, d.of)
	if err == nil || fault.KindOf(err) != fault.Conflict {
		return err
	}
	d.post(func() { d.pause(campaign.BySystem, err.Error()) })
	return nil
}

// stopAlone pauses a campaign that cannot be taken up, so that people read why.
func (f *Floor) stopAlone(ctx context.Context, c id.Company, of id.ID) error {
	err := f.cfg.System.MayDialAlone(ctx, c, of)
	if err == nil || fault.KindOf(err) != fault.Conflict {
		return err
	}
	_, err = f.cfg.System.PauseCampaign(ctx, c, of, "", campaign.BySystem, fault.Shorten(err.Error(), campaign.MaxWhy))
	return err
}

package floor

import (
	"context"
	"errors"
	"maps"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// takeUp drives the campaigns that run without agents, or that wait for money: nobody's
// log-in begins them. One that cannot be taken up stops no other.
func (f *Floor) takeUp(ctx context.Context) error {
	var failed []error
	seen := map[which]bool{}
	err := f.cfg.System.EachCompany(ctx, func(x app.Company) error {
		if err := f.takeUpAll(ctx, id.Company{ID: x.ID}, seen); err != nil {
			failed = append(failed, err)
		}
		return ctx.Err()
	})
	if err = errors.Join(append(failed, err)...); err == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		maps.DeleteFunc(f.stuck, func(w which, _ string) bool { return !seen[w] }) // over, or switched to a mode with agents
	}
	return err
}

func (f *Floor) takeUpAll(ctx context.Context, c id.Company, seen map[which]bool) error {
	page := store.Page{Limit: campaignsAtOnce}
	for {
		list, err := f.cfg.System.LoneCampaigns(ctx, c, page)
		if err != nil {
			return err
		}
		for i := range list {
			seen[which{c, list[i].ID}] = true
			f.takeUpOne(ctx, c, &list[i])
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = list[len(list)-1].ID
	}
}

// takeUpOne drives a campaign that goes on alone. Why it cannot is kept with it, for those
// who ask why it does not dial, and logged once.
func (f *Floor) takeUpOne(ctx context.Context, c id.Company, of *app.Campaign) {
	w, why := which{c, of.ID}, ""
	if err := f.tryTakeUp(ctx, w, of); err != nil {
		if ctx.Err() != nil {
			return
		}
		why = err.Error()
	}
	f.mu.Lock()
	was := f.stuck[w]
	if f.stuck[w] = why; why == "" {
		delete(f.stuck, w)
	}
	f.mu.Unlock()
	if why != "" && why != was {
		f.log("a campaign cannot be taken up", "company", c.Named("co"), "campaign", of.ID.Named("cmp"), "error", why)
	}
}

// tryTakeUp drives a campaign, unless another node has it. Where it may not be dialed, it
// pauses and says why.
func (f *Floor) tryTakeUp(ctx context.Context, w which, of *app.Campaign) error {
	if !of.GoesOnAlone() {
		return nil
	}
	_, err := f.drive(ctx, w)
	var no *Refusal
	if err == nil || errors.As(err, &no) || fault.KindOf(err) != fault.Conflict {
		if no != nil { // another node has it, or this one stops
			err = nil
		}
		return err
	}
	may := f.cfg.System.MayDialAlone(ctx, w.c, w.of)
	if may == nil || fault.KindOf(may) != fault.Conflict {
		return errors.Join(err, may)
	}
	_, err = f.cfg.System.PauseCampaign(ctx, w.c, w.of, "", campaign.BySystem, fault.Shorten(may.Error(), campaign.MaxWhy))
	if err != nil && fault.KindOf(err) == fault.Conflict { // somebody else paused it
		err = nil
	}
	return err
}

// stuckFor is why a campaign cannot be taken up here; empty: nothing is known against it.
func (f *Floor) stuckFor(w which) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stuck[w]
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

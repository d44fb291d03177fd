package app

import (
	"context"
	"errors"

	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// StartCampaign lets a campaign run, by whom. A company that is held up or
// suspended starts none. One that nobody logs in to is refused here for what a log-in
// would be refused for: a contract or a module that is missing.
func (s *System) StartCampaign(ctx context.Context, c id.Company, i id.ID, by string) (out Campaign, err error) {
	defer fault.Wrap(&err, "start campaign")
	err = s.changeCampaign(ctx, c, i, &out, func(tx store.Tx, now *Campaign) error {
		company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil {
			return err
		}
		if err := company.mayServe(); err != nil {
			return err
		}
		if err := now.Start(by, tx.Now()); err != nil {
			return err
		}
		unknown, err := s.unknownPrompts(tx, c, &now.Campaign)
		if err := errors.Join(err, unknown.Err()); err != nil {
			return err
		}
		return s.alone(ctx, tx, c, now)
	})
	return out, err
}

// PauseCampaign stops its dialing, by whom and why; by is empty where the system
// does it for a cause.
func (s *System) PauseCampaign(ctx context.Context, c id.Company, i id.ID, by string, cause campaign.Cause, why string) (out Campaign, err error) {
	defer fault.Wrap(&err, "pause campaign")
	err = s.changeCampaign(ctx, c, i, &out, func(tx store.Tx, now *Campaign) error { return now.Pause(by, cause, why, tx.Now()) })
	return out, err
}

// ResumeCampaign starts what the system paused for a cause that is gone.
func (s *System) ResumeCampaign(ctx context.Context, c id.Company, i id.ID, cause campaign.Cause) (out Campaign, err error) {
	defer fault.Wrap(&err, "resume campaign")
	err = s.changeCampaign(ctx, c, i, &out, func(tx store.Tx, now *Campaign) error { return now.Resume(cause, tx.Now()) })
	return out, err
}

// FinishCampaign ends it for good; its lists are free for another.
func (s *System) FinishCampaign(ctx context.Context, c id.Company, i id.ID, by, why string) (out Campaign, err error) {
	defer fault.Wrap(&err, "finish campaign")
	err = s.changeCampaign(ctx, c, i, &out, func(tx store.Tx, now *Campaign) error {
		if err := now.Finish(by, why, tx.Now()); err != nil {
			return err
		}
		return s.takeLists(tx, c, now.ID, now.Lists, nil)
	})
	return out, err
}

// ArchiveCampaign puts away one that is finished or was never started.
func (s *System) ArchiveCampaign(ctx context.Context, c id.Company, i id.ID, by string) (out Campaign, err error) {
	defer fault.Wrap(&err, "archive campaign")
	err = s.changeCampaign(ctx, c, i, &out, func(tx store.Tx, now *Campaign) error {
		if err := now.Archive(by, tx.Now()); err != nil {
			return err
		}
		return s.takeLists(tx, c, now.ID, now.Lists, nil)
	})
	return out, err
}

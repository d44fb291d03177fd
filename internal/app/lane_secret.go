package app

import (
	"context"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// KindLaneSecret holds the secret of a robot lane, its identifier the campaign's.
const KindLaneSecret store.Kind = "lane_secret"

// laneSecret is what signs the turns of a lane. Who seals it has the key; the books have
// no plain word of it.
type laneSecret struct {
	Sealed     string        `json:"sealed"`
	Before     string        `json:"before,omitempty"` // sealed, too
	BeforeEnds timex.Instant `json:"before_ends,omitzero"`
	Made       timex.Instant `json:"made"`
}

// secretOverlap is how long the secret before still signs: so long there is to change it
// at the dialogue server.
const secretOverlap = 24 * time.Hour

// SetLaneSecret gives a campaign the secret that its turns are signed with, sealed. The
// one before signs as well for a day.
func (s *System) SetLaneSecret(ctx context.Context, c id.Company, of id.ID, sealed string) (err error) {
	defer fault.Wrap(&err, "secret of the robot lane")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		camp, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		if camp.Mode != campaign.Robot {
			return fault.New(fault.Conflict, "campaign %q asks no dialogue server: its mode is %s", camp.Name, camp.Mode)
		}
		kept, r, err := get[laneSecret](tx, c, KindLaneSecret, of)
		switch {
		case err == nil:
			kept.Before, kept.BeforeEnds = kept.Sealed, tx.Now().Add(secretOverlap)
		case fault.KindOf(err) == fault.NotFound:
			r = &store.Record{Company: c, Kind: KindLaneSecret, ID: of}
		default:
			return err
		}
		kept.Sealed, kept.Made = sealed, tx.Now()
		return save(tx, r, &kept)
	})
}

// LaneSecrets are those that sign now, sealed, the newest first; none: none was made.
func (s *System) LaneSecrets(ctx context.Context, c id.Company, of id.ID) (sealed []string, made timex.Instant, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		sealed = nil
		kept, _, err := get[laneSecret](tx, c, KindLaneSecret, of)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			return nil
		} else if err != nil {
			return err
		}
		sealed, made = append(sealed, kept.Sealed), kept.Made
		if kept.Before != "" && tx.Now() < kept.BeforeEnds {
			sealed = append(sealed, kept.Before)
		}
		return nil
	})
	return sealed, made, err
}

// alone tells what keeps a campaign from dialing that nobody logs in to: the module it
// needs is off, or its dialogue server could not tell who asks it.
func (s *System) alone(ctx context.Context, tx store.Tx, c id.Company, camp *Campaign) error {
	if !camp.Mode.Alone() {
		return nil
	}
	if _, err := s.license(ctx, tx, c, camp); err != nil {
		return err
	}
	if camp.Mode != campaign.Robot {
		return nil
	}
	_, _, err := get[laneSecret](tx, c, KindLaneSecret, camp.ID)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Conflict, "the robot lane of campaign %q has no secret, by which its dialogue server knows who asks: make one, then start it", camp.Name)
	}
	return err
}

// MayDialAlone tells what stands against a campaign that dials without anybody logged in.
func (s *System) MayDialAlone(ctx context.Context, c id.Company, of id.ID) error {
	return s.DB.View(ctx, func(tx store.Tx) error {
		camp, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		return s.alone(ctx, tx, c, &camp)
	})
}

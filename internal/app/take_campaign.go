package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// Dialing is what the dialer of a campaign begins with.
type Dialing struct {
	Campaign     Campaign
	Dispositions []attempt.Disposition // of the company
	Contract     id.ID
	Zone         *time.Location // of the contract, whose days the tally has
	Tally        Tally
	Past         []attempt.Attempt // the last tries, the oldest first, that laws are learned from
	Lost         int               // tries somebody who is gone left open
}

// mostPast bounds the tries laws are learned from when a campaign is taken up: they
// forget older ones anyway.
const mostPast = 2_000

// campaignLease names the right to dial for a campaign.
func campaignLease(c id.Company, of id.ID) string {
	return "campaign " + c.String() + " " + of.String()
}

// TakeCampaign gives this node the right to dial for a campaign, for so long, and what
// its dialer begins with. What a node that is gone left open is closed before. Another
// node that has the right is a Conflict.
func (s *System) TakeCampaign(ctx context.Context, c id.Company, of id.ID, length time.Duration) (out Dialing, err error) {
	defer fault.Wrap(&err, "take up the campaign")
	if err := s.HoldCampaign(ctx, c, of, length); err != nil {
		return out, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.LetGoCampaign(ctx, c, of))
		}
	}()
	if out.Lost, err = s.LoseTries(ctx, c, of); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out.Past = nil
		if err := s.dialingOf(ctx, tx, c, of, &out); err != nil {
			return err
		}
		if out.Tally, _, err = get[Tally](tx, c, KindTally, of); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		before := id.ID{}
		for len(out.Past) < mostPast {
			page, err := tx.Attempts().List(c, store.AttemptQuery{Campaign: of, Before: before, Limit: pageSize})
			if err != nil {
				return err
			}
			out.Past = append(out.Past, page...)
			if len(page) < pageSize {
				break
			}
			before = page[len(page)-1].ID
		}
		slices.Reverse(out.Past)
		return nil
	})
	return out, err
}

// VisitCampaign is what a node needs of a campaign that another one dials, to answer
// somebody who calls back: it gives no right to dial.
func (s *System) VisitCampaign(ctx context.Context, c id.Company, of id.ID) (out Dialing, err error) {
	defer fault.Wrap(&err, "visit the campaign")
	err = s.DB.View(ctx, func(tx store.Tx) error { return s.dialingOf(ctx, tx, c, of, &out) })
	return out, err
}

func (s *System) dialingOf(ctx context.Context, tx store.Tx, c id.Company, of id.ID, out *Dialing) (err error) {
	if out.Campaign, _, err = campaignOf(tx, c, of); err != nil {
		return err
	}
	if out.Dispositions, err = dispositionsOf(tx, c); err != nil {
		return err
	}
	h, err := s.license(ctx, tx, c, &out.Campaign)
	if err == nil {
		out.Contract, out.Zone = h.agreement.ID, h.of.loc
	}
	return err
}

// HoldCampaign takes or renews the right to dial for a campaign.
func (s *System) HoldCampaign(ctx context.Context, c id.Company, of id.ID, length time.Duration) error {
	return s.DB.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Leases().Take(campaignLease(c, of), s.Node, length)
		return err
	})
}

// LetGoCampaign ends the right to dial for a campaign.
func (s *System) LetGoCampaign(ctx context.Context, c id.Company, of id.ID) error {
	return s.DB.Update(ctx, func(tx store.Tx) error { return tx.Leases().Release(campaignLease(c, of), s.Node) })
}

// CampaignNode is the node that dials for a campaign; empty: none does.
func (s *System) CampaignNode(ctx context.Context, c id.Company, of id.ID) (node string, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		all, err := tx.Leases().List(campaignLease(c, of))
		for _, l := range all {
			if l.Name == campaignLease(c, of) && tx.Now() < l.Until {
				node = l.Node
			}
		}
		return err
	})
	return node, err
}

// LeftOpen are the campaigns of a company that have tries which are not over.
func (s *System) LeftOpen(ctx context.Context, c id.Company) (left []id.ID, err error) {
	defer fault.Wrap(&err, "campaigns with open tries")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		left = nil
		for _, state := range []campaign.State{campaign.Running, campaign.Paused, campaign.Finished} {
			err := each(tx, c, KindCampaign, store.Key{Name: "state", Value: string(state)}, func(x Campaign, r *store.Record) error {
				open, err := tx.Attempts().Open(c, r.ID, id.ID{}, 1)
				if len(open) > 0 {
					left = append(left, r.ID)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return left, err
}

// CloseLeft closes the tries of a campaign that a node which is gone left open, where
// no node that is alive looks after it. It tells how many.
func (s *System) CloseLeft(ctx context.Context, c id.Company, of id.ID, length time.Duration) (n int, err error) {
	if err := s.HoldCampaign(ctx, c, of, length); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			err = nil // somebody does
		}
		return 0, err
	}
	if n, err = s.LoseTries(ctx, c, of); err != nil {
		return n, err
	}
	return n, s.LetGoCampaign(ctx, c, of)
}

// Laws are what the last tries teach: who answers, how long it rings, how long
// conversations and writing up take.
func (d *Dialing) Laws(packs *compliance.Packs) *pacing.Laws {
	ring := d.Campaign.RingSeconds
	if ring == 0 {
		ring = campaign.DefaultRing
	}
	laws, last := pacing.NewLaws(float64(ring)), map[id.ID]string{}
	for i := range d.Past {
		a := &d.Past[i]
		learn(laws, packs, a, last[a.Lead])
		last[a.Lead] = a.Disposition
	}
	return laws
}

// learn tells the laws of one try, as the dialer that made it did.
func learn(laws *pacing.Laws, packs *compliance.Packs, a *attempt.Attempt, before string) {
	outcome, at := pacing.Person, a.Answered
	switch {
	case a.Dialed.IsZero() || a.Disposition == attempt.Lost || a.Inbound:
		return
	case !at.IsZero() && (a.AnsweredBy == usage.Machine || a.AnsweredBy == usage.Fax):
		outcome = pacing.Machine
	case !at.IsZero():
	case a.Result == usage.Canceled:
		outcome, at = pacing.Cancelled, a.Ended
	case a.Result == usage.Congestion || a.Result == usage.Failed:
		return // tells nothing about people
	default:
		outcome, at = pacing.Nobody, a.Ended
	}
	facts := pacing.Lead{Attempt: a.Ordinal, Area: area(a.Number), Last: before}
	if zones := phone.Zones(a.Number); len(zones) > 0 {
		if zone, err := packs.Zone(zones[0]); err == nil {
			t := a.Dialed.In(zone)
			facts.Hour, facts.Weekday = t.Hour(), int(t.Weekday())
		}
	}
	laws.Attempted(&pacing.Attempt{Lead: facts, At: at.Time(), Chance: laws.Chance(&facts), Outcome: outcome, Seconds: at.Sub(a.Dialed).Seconds()})
	if a.Agent != "" && !a.Joined.IsZero() {
		laws.Talked(a.Ended.Sub(a.Joined).Seconds())
		laws.Wrapped(a.Closed.Sub(a.Ended).Seconds())
	}
}

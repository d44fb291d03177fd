package app

import (
	"cmp"
	"context"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// CalledBack is somebody whom a campaign called and who calls back.
type CalledBack struct {
	Campaign Campaign
	Lead     store.Lead
	Zone     string        // of the lead; empty: not known
	Closed   bool          // outside the hours of the campaign, on the clock of the lead
	Shown    bool          // the number they dial was shown to them, or none of the campaign's was
	At       timex.Instant // of the try they answer

	exact bool
}

// maxCallers bounds the companies that called one number and are looked through.
const maxCallers = 100

// FindReturn is MatchReturn in whatever company called them with the number they dial: of
// several the one that named the number, then the last. A company that does not serve
// takes no calls.
func (s *System) FindReturn(ctx context.Context, from, to phone.Number) (c id.Company, out CalledBack, err error) {
	var callers []id.Company
	err = s.DB.View(ctx, func(tx store.Tx) error {
		callers, err = tx.Attempts().Callers(from, maxCallers)
		return err
	})
	if err != nil {
		return c, out, err
	}
	found := false
	for _, of := range callers {
		x, err := s.GetCompany(ctx, of)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue // of the others one may be meant
		}
		if err != nil {
			return c, out, err
		}
		if x.mayServe() != nil {
			continue
		}
		got, err := s.MatchReturn(ctx, of, from, to)
		switch {
		case fault.KindOf(err) == fault.NotFound && err != nil:
			continue
		case err != nil:
			return c, out, err
		case !got.Shown || found && (out.exact && !got.exact || out.exact == got.exact && got.At <= out.At):
			continue
		}
		found, c, out = true, of, got
	}
	if !found {
		err = fault.New(fault.NotFound, "nobody called %s from %s", from, to)
	}
	return c, out, err
}

// maxReturned bounds the tries that are looked through for a number.
const maxReturned = 50

// MatchReturn finds whom a call that comes in is from: the lead and the campaign of the
// last try of that number that showed the number they dial, else of its last try. A
// number nobody called is NotFound.
func (s *System) MatchReturn(ctx context.Context, c id.Company, from, to phone.Number) (out CalledBack, err error) {
	defer fault.Wrap(&err, "who calls back")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		tries, err := tx.Attempts().List(c, store.AttemptQuery{Number: from, Limit: maxReturned})
		if err != nil {
			return err
		}
		best := answered(tries, to)
		if best < 0 {
			return fault.New(fault.NotFound, "nobody of the company called %s", from)
		}
		out.At, out.exact = tries[best].Decided, tries[best].CallerID == to
		out.Shown = out.exact || tries[best].CallerID.IsZero() // then the trunk's own was
		if out.Campaign, _, err = campaignOf(tx, c, tries[best].Campaign); err != nil {
			return err
		}
		l, err := tx.Leads().Get(c, tries[best].Lead)
		if err != nil {
			return err
		}
		out.Lead = *l
		out.Zone, out.Closed, err = closedFor(&out.Campaign.Hours, &l.Lead, from, tx.Now())
		return err
	})
	return out, err
}

// answered is the try somebody answers who calls a number back, the newest first: one that
// showed it, else one that showed the trunk's own, else the last. -1: there is none.
func answered(tries []attempt.Attempt, to phone.Number) int {
	best, rank := -1, 0
	for i := range tries {
		is := 1
		switch {
		case tries[i].Dialed.IsZero():
			continue // they never heard of it
		case tries[i].CallerID == to:
			return i
		case tries[i].CallerID.IsZero():
			is = 2
		}
		if is > rank {
			best, rank = i, is
		}
	}
	return best
}

// closedFor tells whether the hours of a campaign are over on the clock of a lead.
func closedFor(h *campaign.Hours, l *lead.Lead, n phone.Number, at timex.Instant) (zone string, closed bool, err error) {
	if zones := l.Zones(n); len(zones) > 0 {
		zone = zones[0]
	}
	loc, err := timex.LoadZone(cmp.Or(zone, "UTC"))
	if err != nil {
		return zone, false, err
	}
	return zone, !h.Open(at.In(loc), nil), nil
}

// NumberToCall is a number somebody wants to be called, or that wants to be called.
type NumberToCall struct {
	Campaign id.ID
	Number   phone.Number
	Name     string
	Consent  lead.Consent // of a lead that is new
}

// LeadOfNumber is the lead of a campaign that has a number; where there is none, one is
// added to its first list. Whether it may be called is asked when it is dialed. A number
// on the do-not-call list is a Conflict. The database joins transactions (store.Joining).
func (s *System) LeadOfNumber(ctx context.Context, c id.Company, in NumberToCall) (out store.Lead, err error) {
	defer fault.Wrap(&err, "lead of a number")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		out, err = s.leadOfNumber(store.Within(ctx, tx), tx, c, &in)
		return err
	})
	return out, err
}

func (s *System) leadOfNumber(ctx context.Context, tx store.Tx, c id.Company, in *NumberToCall) (out store.Lead, err error) {
	of, _, err := campaignOf(tx, c, in.Campaign)
	if err != nil {
		return out, err
	}
	if err := of.CanChange(); err != nil {
		return out, err
	}
	barred, err := tx.DNC().Find(c, []phone.Number{in.Number})
	if err != nil {
		return out, err
	}
	if len(barred) > 0 {
		return out, fault.New(fault.Conflict, "%s is on the do-not-call list: %s", in.Number, barred[0].Rule)
	}
	known, err := tx.Leads().ByNumber(c, in.Number, maxReturned)
	if err != nil {
		return out, err
	}
	for i := range known {
		for _, share := range of.Lists {
			if known[i].List == share.List {
				return known[i], nil
			}
		}
	}
	if len(of.Lists) == 0 {
		return out, fault.New(fault.Conflict, "campaign %q has no list to keep the number in", of.Name)
	}
	return s.AddLead(ctx, c, lead.Lead{List: of.Lists[0].List, Name: in.Name, Numbers: []lead.Number{{Number: in.Number}}, Consent: in.Consent})
}

// AskCallback is somebody who asks to be called, as on a page of the company's.
type AskCallback struct {
	NumberToCall
	At       timex.Instant // zero: as soon as the rules allow
	Zone     string        // in which the instant was named; empty: that of the number
	Evidence string        // where the wish can be shown: the page and its form
	Notes    string
}

// AskCallback notes the wish: the lead of the number is called at the instant. That
// they asked is the basis for it where the list knew of none.
func (s *System) AskCallback(ctx context.Context, c id.Company, in AskCallback) (out store.Lead, err error) {
	defer fault.Wrap(&err, "ask for a callback")
	if len(in.Notes) > lead.MaxField || len(in.Evidence) > lead.MaxText {
		return out, fault.New(fault.Invalid, "notes and evidence of at most %d and %d bytes were expected", lead.MaxField, lead.MaxText)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		now := tx.Now()
		asked := lead.Consent{Basis: lead.Requested, Evidence: in.Evidence, Source: "callback", At: now}
		in.Consent = asked
		l, err := s.leadOfNumber(store.Within(ctx, tx), tx, c, &in.NumberToCall)
		if err != nil {
			return err
		}
		if !l.Consent.Holds(now) {
			l.Consent = asked
		}
		zone := in.Zone
		if zone == "" {
			zone = "UTC"
			if zones := l.Zones(in.Number); len(zones) > 0 {
				zone = zones[0]
			}
		} else if _, err := timex.LoadZone(zone); err != nil {
			return fault.New(fault.Invalid, "%q is no time zone: one as Asia/Shanghai was expected", fault.Shorten(zone, 40))
		}
		if err := l.Agree(lead.Appointment{At: max(in.At, now), Zone: zone, Number: in.Number, Notes: in.Notes}); err != nil {
			return err
		}
		out = l
		return tx.Leads().Put(c, &out)
	})
	return out, err
}

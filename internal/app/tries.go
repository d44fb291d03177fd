package app

import (
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

// Decide is the decision to try a number of a lead now.
type Decide struct {
	Campaign id.ID
	Lead     id.ID
	Number   phone.Number // zero: the one that is next
	CallerID phone.Number
	Agent    string // it is decided for, in a preview, or whose callback it is
	Early    bool   // a callback, before its instant, by its agent
}

// Decide begins a try: when it returns, the try and its lead, which is executing
// then, are on disk, and it may be dialed. A campaign that does not run, a lead
// that does not wait, a number on the do-not-call list are Conflicts. The law and
// the pace are the dialer's to ask before.
func (s *System) Decide(ctx context.Context, c id.Company, in Decide) (out attempt.Attempt, err error) {
	defer fault.Wrap(&err, "decide to call")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		of, _, err := campaignOf(tx, c, in.Campaign)
		if err != nil {
			return err
		}
		if of.Status.State != campaign.Running {
			return fault.New(fault.Conflict, "campaign %q is %s: it does not dial", of.Name, of.Status.State)
		}
		l, err := leadOf(tx, c, &of, in.Lead)
		if err != nil {
			return err
		}
		n := in.Number
		if n.IsZero() {
			n = l.Next()
		}
		barred, err := tx.DNC().Find(c, []phone.Number{n})
		if err != nil {
			return err
		}
		if len(barred) > 0 {
			return fault.New(fault.Conflict, "%s is on the do-not-call list: %s", n, barred[0].Rule)
		}
		out = attempt.Attempt{Campaign: of.ID, List: l.List, Lead: l.ID, Number: n, CallerID: in.CallerID, Agent: in.Agent, Mode: of.Mode.Usage(), Ordinal: l.Attempts + 1}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		if err := l.Begin(out.ID, n, tx.Now(), in.Early); err != nil {
			return err
		}
		if err := out.Decide(tx.Now()); err != nil {
			return err
		}
		if err := tx.Leads().Put(c, l); err != nil {
			return err
		}
		return tx.Attempts().Put(c, &out)
	})
	return out, err
}

// leadOf is a lead of one of a campaign's lists.
func leadOf(tx store.Tx, c id.Company, of *Campaign, i id.ID) (*store.Lead, error) {
	l, err := tx.Leads().Get(c, i)
	if err != nil {
		return nil, err
	}
	for _, share := range of.Lists {
		if share.List == l.List {
			return l, nil
		}
	}
	return nil, fault.New(fault.Conflict, "lead %s is in none of the lists of campaign %q", l.ID, of.Name)
}

// KeepTry keeps a try whose state changed on the way: dialed, ringing, answered,
// joined, ended. Its end for the lead is Conclude or WithholdTry.
func (s *System) KeepTry(ctx context.Context, c id.Company, a *attempt.Attempt) (err error) {
	defer fault.Wrap(&err, "keep try")
	if !a.State.Open() {
		return fault.New(fault.Invalid, "try %s is %s: what ends a try changes its lead too", a.ID, a.State)
	}
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error { return tx.Attempts().Put(c, a) })
}

// WithholdTry ends a try that was decided and may not be dialed after all, by a
// rule. The lead is due again at an instant; for good says that the rule forbids it.
func (s *System) WithholdTry(ctx context.Context, c id.Company, a *attempt.Attempt, rule string, due timex.Instant, forGood bool) (err error) {
	defer fault.Wrap(&err, "withhold try")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		now := *a
		if err := now.Withhold(rule, tx.Now()); err != nil {
			return err
		}
		l, err := tx.Leads().Get(c, a.Lead)
		if err != nil {
			return err
		}
		if !forGood {
			rule = ""
		}
		if err := l.Withhold(a.ID, rule, due); err != nil {
			return err
		}
		if err := tx.Leads().Put(c, l); err != nil {
			return err
		}
		*a = now
		return tx.Attempts().Put(c, a)
	})
}

// Conclude is the disposition of a try that has ended.
type Conclude struct {
	Code     string // of a disposition; empty: what the system proposes
	Notes    string
	By       string            // the agent; empty: the system
	Callback *lead.Appointment // needed with a disposition that is a callback
}

// Conclude closes a try and takes its outcome into its lead, in one transaction:
// when it returns, a refusal, a callback and everything else are on disk. A refusal
// puts every number of the lead on the company's do-not-call list, so that no
// campaign calls them from then on.
func (s *System) Conclude(ctx context.Context, c id.Company, a *attempt.Attempt, in Conclude) (err error) {
	defer fault.Wrap(&err, "conclude try")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		now := *a
		of, _, err := campaignOf(tx, c, now.Campaign)
		if err != nil {
			return err
		}
		company, err := dispositionsOf(tx, c)
		if err != nil {
			return err
		}
		code, by := in.Code, in.By
		if code == "" {
			code = now.Proposed()
		}
		if by == "" {
			by = attempt.System
		}
		d, known := attempt.Find(attempt.Over(company, of.Dispositions), code)
		if !known {
			return fault.New(fault.Invalid, "there is no disposition %q in campaign %q", fault.Shorten(code, 60), of.Name)
		}
		if err := now.Dispose(d, in.Notes, by, tx.Now()); err != nil {
			return err
		}
		if err := tx.Attempts().Put(c, &now); err != nil {
			return err
		}
		if err := s.conclude(tx, c, &of, &now, d, in.Callback); err != nil {
			return err
		}
		*a = now
		return nil
	})
}

// conclude takes the outcome into the lead.
func (s *System) conclude(tx store.Tx, c id.Company, of *Campaign, a *attempt.Attempt, d attempt.Disposition, callback *lead.Appointment) error {
	l, err := tx.Leads().Get(c, a.Lead)
	if err != nil {
		return err
	}
	if err := l.Conclude(lead.Outcome{At: a.Ended, Attempt: a.ID, Result: a.Result, SIP: a.SIP, Cause: a.Cause, Disposition: d, Callback: callback}, &of.Retry); err != nil {
		return err
	}
	if err := tx.Leads().Put(c, l); err != nil {
		return err
	}
	if err := s.tally(tx, c, of, a); err != nil || !d.Flags.Refuse {
		return err
	}
	list := make([]store.Barred, len(l.Numbers))
	for i, n := range l.Numbers {
		list[i] = store.Barred{Number: n.Number, Rule: lead.Refused, Source: "try " + a.ID.Named("try"), Reason: fault.Shorten(a.Notes, maxName), By: a.By, At: a.Ended}
	}
	_, err = bar(tx, c, list)
	return err
}

// LoseTries closes the tries of a campaign that nobody looks after any more, as
// when the process that did is gone; each counts. It tells how many.
func (s *System) LoseTries(ctx context.Context, c id.Company, of id.ID) (n int, err error) {
	defer fault.Wrap(&err, "lose tries")
	lost, _ := attempt.Find(nil, attempt.Lost)
	for { // each round closes what it reads
		round := 0
		err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
			campaign, _, err := campaignOf(tx, c, of)
			if err != nil {
				return err
			}
			open, err := tx.Attempts().Open(c, of, id.ID{}, pageSize)
			if err != nil {
				return err
			}
			for i := range open {
				a := &open[i]
				if err := a.Lose(tx.Now()); err != nil {
					return err
				}
				if err := tx.Attempts().Put(c, a); err != nil {
					return err
				}
				if err := s.conclude(tx, c, &campaign, a, lost, nil); err != nil {
					return err
				}
			}
			round = len(open)
			return nil
		})
		if n += round; err != nil || round < pageSize {
			return n, err
		}
	}
}

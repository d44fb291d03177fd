package app

import (
	"context"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// CallingSource is the source of sessions of agents in a campaign.
const CallingSource = "waihu.calling"

// notKept are rules of this use case: why a try the dialer decided was not kept.
const (
	leadChanged     = "lead_changed" // somebody called, refused or changed the lead in between
	campaignStopped = "campaign_stopped"
)

// KeepCalling keeps what a campaign's dialer decided, all of it in one transaction,
// with what agents' changes are as facts. Only when it has returned may any of it be
// done. A decision that no longer fits what is kept (another campaign called the
// person, a refusal came, rules hold it back by now) is not kept: refused names why,
// by try, and that try must not be dialed. The database joins transactions
// (store.Joining).
func (s *System) KeepCalling(ctx context.Context, c id.Company, of id.ID, rules *CallingRules, fx *dialer.Effects) (refused map[id.ID]dialer.Withheld, err error) {
	defer fault.Wrap(&err, "keep calling")
	if len(fx.Tries)+len(fx.Changes)+len(fx.Answers) == 0 {
		return nil, nil
	}
	var closed []*attempt.Attempt
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		refused, closed = nil, nil // it may be done again
		now, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		company, err := dispositionsOf(tx, c)
		if err != nil {
			return err
		}
		k := callKeeper{s: s, tx: tx, c: c, of: &now, codes: attempt.Over(company, now.Dispositions), rules: rules}
		for i := range fx.Tries {
			no, err := k.try(&fx.Tries[i], &fx.Leads[i])
			if err != nil {
				return err
			}
			if no.Rule != "" {
				if refused == nil {
					refused = map[id.ID]dialer.Withheld{}
				}
				refused[no.Try] = no
			}
		}
		closed = k.closed
		for i := range fx.Answers {
			if err := s.keepKeyed(tx, c, &now, &fx.Answers[i]); err != nil {
				return err
			}
		}
		if err := s.moveSittings(tx, c, of, fx.Changes); err != nil {
			return err
		}
		return s.keepSessions(store.Within(ctx, tx), c, fx.Changes)
	})
	if err == nil {
		for _, a := range closed {
			rules.saw(a)
		}
	}
	return refused, err
}

// keepSessions keeps the stretches agents spent in states, in the transaction of ctx.
func (s *System) keepSessions(ctx context.Context, c id.Company, changes []agent.Change) error {
	var facts []usage.Fact
	for i := range changes {
		if session, ok := changes[i].Session(CallingSource); ok {
			facts = append(facts, &session)
		}
	}
	if len(facts) == 0 {
		return nil
	}
	_, err := s.Ingest(ctx, c, facts)
	return err
}

// callKeeper is one transaction of KeepCalling.
type callKeeper struct {
	s      *System
	tx     store.Tx
	c      id.Company
	of     *Campaign
	codes  []attempt.Disposition
	rules  *CallingRules
	closed []*attempt.Attempt // what the rules learn of, once it is kept
}

// try keeps a try, and does to its lead, as that is kept, what the dialer did to its
// own copy.
func (k *callKeeper) try(a *attempt.Attempt, copied *lead.Lead) (no dialer.Withheld, err error) {
	kept, err := k.tx.Attempts().Get(k.c, a.ID)
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return no, err
	case err != nil && a.State == attempt.Withheld:
		return no, nil // it was refused when it was decided
	case err != nil && a.State == attempt.Decided:
		return k.decide(a)
	case err != nil && a.Inbound && !a.State.Open():
		return no, nil // it was refused when it came
	case err != nil && a.Inbound:
		err := k.receive(a)
		if fault.KindOf(err) == fault.Conflict { // another campaign calls them at this moment
			no, err = dialer.Withheld{Try: a.ID, Rule: leadChanged}, nil
		}
		return no, err
	case err != nil:
		return no, fault.New(fault.Internal, "try %s is %s and was never kept as decided", a.ID, a.State)
	case kept.State == a.State && kept.Disposition == a.Disposition && kept.Wish == a.Wish && kept.Pressed == a.Pressed:
		return no, nil
	}
	if err := k.tx.Attempts().Put(k.c, a); err != nil {
		return no, err
	}
	if a.State.Open() {
		return no, k.wish(kept, a)
	}
	k.rules.forget(a.Lead)
	if a.State == attempt.Closed {
		d, known := attempt.Find(k.codes, a.Disposition)
		if !known {
			return no, fault.New(fault.Internal, "try %s: there is no disposition %q", a.ID, a.Disposition)
		}
		k.closed = append(k.closed, a)
		if err := k.s.conclude(k.tx, k.c, k.of, a, d, copied.Callback); err != nil {
			return no, err
		}
		return no, k.later(a.Lead)
	}
	l, err := k.tx.Leads().Get(k.c, a.Lead)
	if err != nil {
		return no, err
	}
	if err := l.Withhold(a.ID, "", copied.Due); err != nil {
		return no, err
	}
	return no, k.tx.Leads().Put(k.c, l)
}

// wish lets a refusal hold at once that the called person gave by keys or to a
// dialogue; what an agent chose holds from the end of the call on.
func (k *callKeeper) wish(kept, a *attempt.Attempt) error {
	if !a.Wish.Final() || !a.Wish.Flags.Refuse || kept.Wish.Final() && kept.Wish.Flags.Refuse {
		return nil
	}
	l, err := k.tx.Leads().Get(k.c, a.Lead)
	if err != nil {
		return err
	}
	return barRefusal(k.tx, k.c, l, a.ID, a.Wish.Notes, a.Wish.By, k.tx.Now())
}

// receive keeps a try that the called person began by calling back.
func (k *callKeeper) receive(a *attempt.Attempt) error {
	l, err := leadOf(k.tx, k.c, k.of, a.Lead)
	if err != nil {
		return err
	}
	if err := l.Receive(a.ID, a.Number); err != nil {
		return err
	}
	if err := k.tx.Leads().Put(k.c, l); err != nil {
		return err
	}
	return k.tx.Attempts().Put(k.c, a)
}

// decide keeps a decision, if it still fits.
func (k *callKeeper) decide(a *attempt.Attempt) (no dialer.Withheld, err error) {
	no = dialer.Withheld{Try: a.ID}
	if k.of.Status.State != campaign.Running {
		no.Rule = campaignStopped
		return no, nil
	}
	l, err := leadOf(k.tx, k.c, k.of, a.Lead)
	if fault.KindOf(err) == fault.Conflict {
		no.Rule = leadChanged
		return no, nil
	} else if err != nil {
		return no, err
	}
	q, err := k.rules.query(k.tx, k.c, &l.Lead, a.Number)
	if err != nil {
		return no, err
	}
	if no.Rule, no.Again = k.rules.ask(&q, &l.Lead, k.tx.Now()); no.Rule != "" {
		return no, nil
	}
	early := l.Callback != nil && l.Callback.Agent != "" && l.Callback.Agent == a.Agent
	if l.Begin(a.ID, a.Number, a.Decided, early) != nil {
		no.Rule = leadChanged
		return no, nil
	}
	if err := k.tx.Leads().Put(k.c, l); err != nil {
		return no, err
	}
	return no, k.tx.Attempts().Put(k.c, a)
}

// OfferLeads answers a dialer's wish for leads of a list: those that are due and may
// be called now, callbacks first. One that the rules hold back until an instant is due
// then; one they hold back for good is forbidden by the rule. So no list is asked for
// the same leads again and again.
func (s *System) OfferLeads(ctx context.Context, c id.Company, rules *CallingRules, f dialer.Fetch) (out dialer.Offered, err error) {
	defer fault.Wrap(&err, "offer leads")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		out = dialer.Offered{List: f.List, Exhausted: true}
		o := offering{tx: tx, c: c, rules: rules, out: &out, want: min(f.Want, dialer.MaxOffered), left: maxOffer}
		for _, state := range []lead.State{lead.Callback, lead.Pending} {
			if err := o.in(f.List, state); err != nil || !out.Exhausted {
				return err
			}
		}
		return nil
	})
	return out, err
}

// maxOffer bounds the leads one wish looks at.
const maxOffer = 2_000

type offering struct {
	tx    store.Tx
	c     id.Company
	rules *CallingRules
	out   *dialer.Offered
	want  int
	left  int
}

// in looks at the leads of a list in a state, a page at a time.
func (o *offering) in(list id.ID, state lead.State) error {
	now, after := o.tx.Now(), store.DueCursor{}
	for {
		page, err := o.tx.Leads().Due(o.c, list, state, now, after, pageSize)
		if err != nil {
			return err
		}
		for i := range page {
			if len(o.out.Leads) == o.want || o.left == 0 {
				o.out.Exhausted = false
				return nil
			}
			o.left--
			after = store.DueCursor{Due: page[i].Due, ID: page[i].ID}
			if err := o.lead(&page[i], now); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return o.next(list, state, now)
		}
	}
}

// next is when the list has something due again.
func (o *offering) next(list id.ID, state lead.State, now timex.Instant) error {
	later, err := o.tx.Leads().Due(o.c, list, state, now.Add(dueAhead), store.DueCursor{Due: now, ID: lastID}, 1)
	if err == nil && len(later) > 0 && (o.out.Again.IsZero() || later[0].Due < o.out.Again) {
		o.out.Again = later[0].Due
	}
	return err
}

// dueAhead is how far ahead it is looked when a list has something due.
const dueAhead = 24 * time.Hour

// lastID is behind all others.
var lastID = id.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// lead offers a lead, or puts it off.
func (o *offering) lead(l *store.Lead, now timex.Instant) error {
	n := l.Next()
	if n.IsZero() {
		return nil // exhausted with the next look of whoever calls it
	}
	q, err := o.rules.query(o.tx, o.c, &l.Lead, n)
	if err != nil {
		return err
	}
	rule, again := o.rules.ask(&q, &l.Lead, now)
	switch {
	case rule == "":
		c, err := o.rules.offer(l, n, q)
		o.out.Leads = append(o.out.Leads, c)
		return err
	case again > now:
		err = l.Wait(again)
	default:
		err = l.Forbid(rule)
	}
	if err != nil {
		return err
	}
	return o.tx.Leads().Put(o.c, l)
}

// offer remembers what rules look at of a lead, and gives it as the dialer takes it.
func (r *CallingRules) offer(l *store.Lead, n phone.Number, q compliance.Query) (out dialer.Candidate, err error) {
	r.offered[l.ID] = q
	out = dialer.Candidate{Lead: l.Lead.Clone(), Area: area(n)}
	if zones := l.Zones(n); len(zones) > 0 {
		out.Zone, err = r.packs.Zone(zones[0])
	}
	return out, err
}

// OfferLead gives a dialer one lead of its campaign that somebody chose. Whether it may
// be called is asked when it is dialed.
func (s *System) OfferLead(ctx context.Context, c id.Company, rules *CallingRules, of, chosen id.ID) (out dialer.Candidate, err error) {
	defer fault.Wrap(&err, "offer lead")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		camp, _, err := campaignOf(tx, c, of)
		if err != nil {
			return err
		}
		l, err := leadOf(tx, c, &camp, chosen)
		if err != nil {
			return err
		}
		n := l.Next()
		if n.IsZero() {
			return fault.New(fault.Conflict, "lead %s has no number that may be called", l.ID)
		}
		q, err := rules.query(tx, c, &l.Lead, n)
		if err == nil {
			out, err = rules.offer(l, n, q)
		}
		return err
	})
	return out, err
}

// area is what answers are learned by: country and the first three digits behind it.
func area(n phone.Number) string {
	text := n.String()
	return text[:min(len(text), 6)]
}

package app

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// LeadHistory is a lead with what was tried, the newest first.
type LeadHistory struct {
	store.Lead
	Tries []attempt.Attempt
}

// maxHistory bounds the tries shown with a lead.
const maxHistory = 200

// GetLead reads a lead with its history.
func (s *System) GetLead(ctx context.Context, c id.Company, i id.ID) (out LeadHistory, err error) {
	defer fault.Wrap(&err, "lead")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		l, err := tx.Leads().Get(c, i)
		if err != nil {
			return err
		}
		out.Lead = *l
		out.Tries, err = tx.Attempts().List(c, store.AttemptQuery{Lead: i, Limit: maxHistory})
		return err
	})
	return out, err
}

// LeadQuery is which leads are looked for: those with a number, with the company's
// own key, or of a list in a state. The first that is given counts.
type LeadQuery struct {
	Number phone.Number
	Key    string
	List   id.ID
	State  lead.State
	After  store.DueCursor // of a list
	Limit  int
}

// FindLeads looks leads up.
func (s *System) FindLeads(ctx context.Context, c id.Company, q LeadQuery) (out []store.Lead, err error) {
	defer fault.Wrap(&err, "leads")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		switch {
		case !q.Number.IsZero():
			out, err = tx.Leads().ByNumber(c, q.Number, q.Limit)
		case q.Key != "":
			out, err = tx.Leads().ByKey(c, q.Key, q.Limit)
		case !q.List.IsZero() && q.State != "":
			out, err = tx.Leads().List(c, q.List, q.State, q.After, q.Limit)
		default:
			err = fault.New(fault.Invalid, "a number, a key, or a list and a state were expected: leads are too many to be listed all")
		}
		return err
	})
	return out, err
}

// AddLead keeps one lead in a list. A number on the do-not-call list is forbidden
// at once.
func (s *System) AddLead(ctx context.Context, c id.Company, l lead.Lead) (out store.Lead, err error) {
	defer fault.Wrap(&err, "add lead")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		if _, _, err := get[LeadList](tx, c, KindLeadList, l.List); err != nil {
			return err
		}
		fresh := l.Clone()
		if fresh.ID, err = s.newID(tx); err != nil {
			return err
		}
		fresh.State = lead.Pending
		lot, err := store.NewLeadLot([]lead.Lead{fresh})
		if err != nil {
			return err
		}
		if _, err := barLot(tx, c, lot); err != nil {
			return err
		}
		if err := tx.Leads().Add(c, lot); err != nil {
			return err
		}
		out = store.Lead{Lead: lot.Leads[0], Revision: 1}
		return nil
	})
	return out, err
}

// barLot forbids the numbers of new leads that are on the do-not-call list, and
// tells how many leads are forbidden by it.
func barLot(tx store.Tx, c id.Company, lot *store.LeadLot) (n int64, err error) {
	if any, err := tx.DNC().Any(c); err != nil || !any {
		return 0, err
	}
	var numbers []phone.Number
	for i := range lot.Leads {
		for _, x := range lot.Leads[i].Numbers {
			numbers = append(numbers, x.Number)
		}
	}
	barred := map[phone.Number]string{}
	for len(numbers) > 0 {
		now := numbers[:min(len(numbers), store.MaxNumbers)]
		numbers = numbers[len(now):]
		found, err := tx.DNC().Find(c, now)
		if err != nil {
			return 0, err
		}
		for _, b := range found {
			barred[b.Number] = b.Rule
		}
	}
	if len(barred) == 0 {
		return 0, nil
	}
	for i := range lot.Leads {
		l := lot.Leads[i].Clone()
		for _, x := range lot.Leads[i].Numbers {
			if rule := barred[x.Number]; rule != "" {
				if err := l.ForbidNumber(x.Number, rule); err != nil {
					return n, err
				}
			}
		}
		if l.State == lead.Forbidden && lot.Leads[i].State != lead.Forbidden {
			n++
		}
		if err := lot.Set(i, l); err != nil {
			return n, err
		}
	}
	return n, nil
}

// changeLead reads a lead, lets it be changed and keeps it.
func (s *System) changeLead(ctx context.Context, c id.Company, i id.ID, change func(*store.Lead) error) (out store.Lead, err error) {
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		l, err := tx.Leads().Get(c, i)
		if err != nil {
			return err
		}
		if err := change(l); err != nil {
			return err
		}
		if err := tx.Leads().Put(c, l); err != nil {
			return err
		}
		out = *l
		return nil
	})
	return out, err
}

// AbortLead takes a lead out, with a reason.
func (s *System) AbortLead(ctx context.Context, c id.Company, i id.ID, why string) (out store.Lead, err error) {
	defer fault.Wrap(&err, "abort lead")
	return s.changeLead(ctx, c, i, func(l *store.Lead) error { return l.Abort(why) })
}

// CallAgain puts a lead that has come to an end back, to be called from an instant on.
func (s *System) CallAgain(ctx context.Context, c id.Company, i id.ID, due timex.Instant) (out store.Lead, err error) {
	defer fault.Wrap(&err, "call again")
	return s.changeLead(ctx, c, i, func(l *store.Lead) error { return l.Again(due) })
}

// AgreeCallback notes or moves a callback: to an agent, or to anyone.
func (s *System) AgreeCallback(ctx context.Context, c id.Company, i id.ID, a lead.Appointment) (out store.Lead, err error) {
	defer fault.Wrap(&err, "callback")
	if _, err := timex.LoadZone(a.Zone); err != nil {
		return out, fault.New(fault.Invalid, "%v", err)
	}
	if len(a.Notes) > attempt.MaxNotes || len(a.Agent) > maxName {
		return out, fault.New(fault.Invalid, "notes of at most %d bytes were expected", attempt.MaxNotes)
	}
	return s.changeLead(ctx, c, i, func(l *store.Lead) error {
		if !a.Number.IsZero() && !l.Has(a.Number) {
			return fault.New(fault.Invalid, "%s is none of the lead's numbers", a.Number)
		}
		return l.Agree(a)
	})
}

// CallbackQuery is which callbacks are looked for.
type CallbackQuery struct {
	Campaign id.ID
	Agent    string        // their own and anyone's; empty: all
	Until    timex.Instant // zero: whenever
	Limit    int
}

// maxCallbacks bounds how many callbacks of a list one question looks at.
const maxCallbacks = 5_000

// Callbacks lists leads of a campaign that agreed to be called back, the earliest
// first.
func (s *System) Callbacks(ctx context.Context, c id.Company, q CallbackQuery) (out []store.Lead, err error) {
	defer fault.Wrap(&err, "callbacks")
	if err := store.CheckLimit(q.Limit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		of, _, err := campaignOf(tx, c, q.Campaign)
		if err != nil {
			return err
		}
		out = nil
		for _, share := range of.Lists {
			list, err := callbacksOf(tx, c, share.List, &q)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	sortDue(out)
	return out[:min(len(out), q.Limit)], err
}

// callbacksOf are those of a list, up to the limit.
func callbacksOf(tx store.Tx, c id.Company, list id.ID, q *CallbackQuery) (out []store.Lead, err error) {
	until := q.Until
	if until.IsZero() {
		until = timex.Instant(1<<63 - 1)
	}
	after := store.DueCursor{}
	for range maxCallbacks / pageSize {
		page, err := tx.Leads().Due(c, list, lead.Callback, until, after, pageSize)
		if err != nil {
			return nil, err
		}
		for i := range page {
			l := &page[i]
			if q.Agent == "" || l.Callback != nil && (l.Callback.Agent == "" || l.Callback.Agent == q.Agent) {
				out = append(out, *l)
			}
			after = store.DueCursor{Due: l.Due, ID: l.ID}
		}
		if len(page) < pageSize || len(out) >= q.Limit {
			break
		}
	}
	return out, nil
}

func sortDue(list []store.Lead) {
	slices.SortFunc(list, func(a, b store.Lead) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), bytes.Compare(a.ID[:], b.ID[:]))
	})
}

// LeadTotal is how many leads are in a state; those that are forbidden, by their rule.
type LeadTotal struct {
	State lead.State
	Rule  string
	Count int64
}

// CampaignLeads counts the leads of a campaign's lists.
func (s *System) CampaignLeads(ctx context.Context, c id.Company, of *Campaign) (out []LeadTotal, err error) {
	defer fault.Wrap(&err, "leads of the campaign")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		for _, share := range of.Lists {
			counts, err := tx.Leads().Counts(c, share.List)
			if err != nil {
				return err
			}
			for _, n := range counts {
				i := slices.IndexFunc(out, func(t LeadTotal) bool { return t.State == n.State && t.Rule == n.Rule })
				if i < 0 {
					i, out = len(out), append(out, LeadTotal{State: n.State, Rule: n.Rule})
				}
				out[i].Count += n.Count
			}
		}
		return nil
	})
	return out, err
}

// LeadsWith are the leads of a company that have one of some numbers.
func (s *System) LeadsWith(ctx context.Context, c id.Company, numbers []phone.Number) (out []id.ID, err error) {
	defer fault.Wrap(&err, "leads with numbers")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		found, err := tx.Leads().Numbers(c, id.ID{}, numbers)
		for _, at := range found {
			if !slices.Contains(out, at.Lead) {
				out = append(out, at.Lead)
			}
		}
		return err
	})
	return out, err
}

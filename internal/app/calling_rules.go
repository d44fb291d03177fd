package app

import (
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/reach"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// OutOfHours is the rule of a campaign's own calling hours.
const OutOfHours = "own.hours"

// noZone is the rule of a lead whose time nobody knows.
const noZone = "all.place"

// CallingRules are the rules one campaign calls under: those of the places of its
// leads, and its own hours. They belong to one goroutine, that of the campaign's
// dialer, and remember the leads that were offered to it.
type CallingRules struct {
	packs   *compliance.Packs
	book    *compliance.Book
	plan    campaign.Campaign
	asked   []compliance.Asked
	off     *timex.Calendar            // whose holidays the campaign keeps; nil: none
	offered map[id.ID]compliance.Query // by lead
	answer  compliance.Answer
	reach   reach.Book // when people answer, as far as this process has seen
}

// maxPast bounds the calls of one number that rules look back at.
const maxPast = 200

// NewCallingRules makes the rules of a campaign.
func NewCallingRules(packs *compliance.Packs, of *Campaign) (*CallingRules, error) {
	p := &of.Campaign
	c := compliance.Campaign{Purpose: compliance.Purpose(p.Purpose), Mode: compliance.Mode(p.Mode.Usage())}
	for _, l := range p.Lifted {
		c.Switches = append(c.Switches, compliance.Switch{Rule: l.Rule, Reason: l.Reason, By: of.ID.Named("cmp"), From: 1})
	}
	book, err := packs.For(c)
	if err != nil {
		return nil, err
	}
	r := &CallingRules{packs: packs, book: book, plan: *p, offered: map[id.ID]compliance.Query{}}
	calendars, err := holiday.Calendars()
	if err != nil {
		return nil, err
	}
	r.off = calendars[p.Hours.Holiday]
	for _, a := range p.Asked {
		r.asked = append(r.asked, compliance.Asked{List: a.List, At: a.At})
	}
	return r, nil
}

// May answers the dialer for a lead that was offered to it.
func (r *CallingRules) May(c *dialer.Candidate, n phone.Number, at timex.Instant) (string, timex.Instant) {
	q, known := r.offered[c.Lead.ID]
	if !known || q.Number != n {
		return "not_offered", 0
	}
	return r.ask(&q, &c.Lead, at)
}

// MustTellRecording tells whether somebody who is recorded must know it, by the rules of the
// places a lead may be in.
func (r *CallingRules) MustTellRecording(l id.ID, n phone.Number, at timex.Instant) bool {
	q, known := r.offered[l]
	if !known || q.Number != n {
		q = compliance.Query{Number: n, Line: compliance.Line(lineOf(n)), ByNumber: r.packs.OfNumber(n)}
	}
	return r.book.Terms(&q, at).Recording != ""
}

// forget lets go of a lead that is in no hands any more.
func (r *CallingRules) forget(l id.ID) { delete(r.offered, l) }

// ask names the first rule that holds a call back; empty: none does. When waiting
// helps, the instant is that at which none does.
func (r *CallingRules) ask(q *compliance.Query, l *lead.Lead, at timex.Instant) (string, timex.Instant) {
	r.book.Ask(q, at, &r.answer)
	open := at
	for _, name := range l.Zones(q.Number) {
		zone, err := r.packs.Zone(name)
		if err != nil {
			return noZone, 0
		}
		next := r.plan.Hours.Next(at, zone, r.off)
		if next.IsZero() {
			return OutOfHours, 0
		}
		open = max(open, next)
	}
	switch {
	case r.answer.OK && open == at:
		return "", 0
	case r.answer.OK:
		return OutOfHours, open
	case r.answer.Again == 0:
		return r.answer.Holds[0].Rule.Name, 0
	}
	return r.answer.Holds[0].Rule.Name, max(r.answer.Again, open)
}

// query is what the rules look at of a lead, with the calls its number had.
func (r *CallingRules) query(tx store.Tx, c id.Company, l *lead.Lead, n phone.Number) (q compliance.Query, err error) {
	byAddress, err := r.packs.OfAddress(l.Address.Country, l.Address.Region, l.Zone)
	if err != nil {
		return q, err
	}
	q = compliance.Query{Number: n, Line: compliance.Line(lineOf(n)), ByNumber: r.packs.OfNumber(n), ByAddress: byAddress, Asked: r.asked,
		Consent: compliance.Consent{Basis: compliance.Basis(l.Consent.Basis), Evidence: l.Consent.Evidence != "", At: l.Consent.At, Until: l.Consent.Until},
		Caller:  compliance.Caller{Shown: len(r.plan.CallerIDs) > 0, Owned: true, Callable: true}}
	if len(r.plan.CallerIDs) > 0 {
		q.Caller.Number = r.plan.CallerIDs[0].Number
	}
	barred, err := tx.DNC().Find(c, []phone.Number{n})
	if err != nil {
		return q, err
	}
	if len(barred) > 0 {
		q.Refused = compliance.Refused{Yes: true, At: barred[0].At, Source: barred[0].Source}
	}
	past, err := tx.Attempts().List(c, store.AttemptQuery{Number: n, Limit: maxPast})
	if err != nil {
		return q, err
	}
	for i := len(past) - 1; i >= 0; i-- { // the earliest first
		if a := &past[i]; !a.Dialed.IsZero() {
			q.Past = append(q.Past, compliance.Past{At: a.Dialed, Number: n, Talked: a.Flags.Human && !a.IsAbandoned(), Abandoned: a.IsAbandoned()})
		}
	}
	return q, nil
}

// lineOf is the kind of a line, as rules name it; empty: it is not known.
func lineOf(n phone.Number) string {
	switch phone.Classify(n).Kind {
	case phone.Mobile:
		return "mobile"
	case phone.Landline:
		return "landline"
	}
	return ""
}

// Become takes on rules that were made anew, as when the plan changed; what was offered
// stays offered, and is asked about by the new ones.
func (r *CallingRules) Become(other *CallingRules) {
	other.offered, other.reach = r.offered, r.reach
	*r = *other
}

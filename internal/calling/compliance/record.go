package compliance

import (
	"waihu/internal/timex"
)

// Entry is one line of the legal record: what was asked about one attempt, by which
// rules, and what the answer was. It is made when the question is asked, kept with
// the attempt and never changed. Identifiers are the caller's own.
type Entry struct {
	At        timex.Instant `json:"at"` // the instant that was asked about
	Company   string        `json:"company"`
	Campaign  string        `json:"campaign"`
	List      string        `json:"list,omitempty"`
	Lead      string        `json:"lead"`
	Attempt   string        `json:"attempt,omitempty"` // empty: no attempt was made of it
	Number    string        `json:"number"`            // E.164
	Line      Line          `json:"line,omitempty"`
	Caller    string        `json:"caller,omitempty"`
	Purpose   Purpose       `json:"purpose"`
	Mode      Mode          `json:"mode"`
	ByNumber  string        `json:"by_number"`  // place
	ByAddress string        `json:"by_address"` // place
	Zones     []string      `json:"zones"`
	Basis     Basis         `json:"basis,omitempty"`
	Edition   string        `json:"edition"` // Book.Edition
	Rules     []string      `json:"rules"`   // all that were asked, or bind the call
	Lifted    []Switch      `json:"lifted,omitempty"`
	Allowed   bool          `json:"allowed"`
	Until     timex.Instant `json:"until,omitzero"`
	Again     timex.Instant `json:"again,omitzero"`
	Holds     []Held        `json:"holds,omitempty"`
}

// Held is a Hold as it is recorded.
type Held struct {
	Rule   string        `json:"rule"`
	Cause  Cause         `json:"cause"`
	Zone   string        `json:"zone,omitempty"`
	Count  int           `json:"count,omitempty"`
	Source string        `json:"source,omitempty"`
	Since  timex.Instant `json:"since,omitzero"`
	Until  timex.Instant `json:"until,omitzero"`
}

// Entry is the record of a question and its answer. Company, campaign, list, lead
// and attempt are the caller's to fill in.
func (b *Book) Entry(q *Query, at timex.Instant, a *Answer) Entry {
	e := Entry{At: at, Number: q.Number.String(), Line: q.Line, Caller: q.Caller.Number.String(), Purpose: b.campaign.Purpose, Mode: b.campaign.Mode,
		ByNumber: q.ByNumber.Code, ByAddress: q.ByAddress.Code, Basis: q.Consent.Basis, Edition: b.edition,
		Lifted: b.Lifted(at), Allowed: a.OK, Until: a.Until, Again: a.Again}
	eye := b.eye(q)
	for _, w := range eye.zones[:eye.n] {
		e.Zones = append(e.Zones, w.loc.String())
	}
	for _, r := range b.Bound(q, at) {
		e.Rules = append(e.Rules, r.Name)
	}
	for i := range a.Holds {
		e.Holds = append(e.Holds, a.Holds[i].Held())
	}
	return e
}

// Held is the hold as it is recorded.
func (h *Hold) Held() Held {
	out := Held{Rule: h.Rule.Name, Cause: h.Cause, Count: h.Count, Source: h.Source, Since: h.Since, Until: h.Until}
	if h.Zone != nil {
		out.Zone = h.Zone.String()
	}
	if h.Place != "" {
		out.Source = h.Place
	}
	return out
}

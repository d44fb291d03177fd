package app

import (
	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// RecordingAbout is whom and what a recording is about, as it is searched by.
type RecordingAbout struct {
	Agent       string          `json:"agent,omitempty"`
	Campaign    string          `json:"campaign,omitempty"`
	Number      string          `json:"number,omitempty"` // of the customer
	Direction   usage.Direction `json:"direction,omitempty"`
	Lead        id.ID           `json:"lead,omitzero"`
	Disposition string          `json:"disposition,omitempty"` // known once the call was concluded
}

// heldKey finds recordings that a legal hold keeps.
var heldKey = store.Key{Name: "held", Value: "yes"}

// keys are what a recording is found by.
func (a *RecordingAbout) keys() (out []store.Key) {
	for _, k := range []store.Key{{Name: "agent", Value: a.Agent}, {Name: "campaign", Value: a.Campaign}, {Name: "number", Value: a.Number}, {Name: "disposition", Value: a.Disposition}} {
		if k.Value != "" {
			out = append(out, k)
		}
	}
	return out
}

// ofCall takes what a call tells: it knows better than whoever planned it.
func (a *RecordingAbout) ofCall(c *usage.Call) {
	number := c.To
	if c.Direction == usage.Inbound {
		number = c.From
	}
	for _, f := range []struct {
		to   *string
		from string
	}{{&a.Agent, c.Agent}, {&a.Campaign, c.Campaign}, {&a.Number, number}, {&a.Disposition, c.Outcome}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if c.Direction != "" {
		a.Direction = c.Direction
	}
}

// ofTry takes what a try of the dialer tells.
func (a *RecordingAbout) ofTry(t *attempt.Attempt) {
	if a.Lead = t.Lead; t.Disposition != "" {
		a.Disposition = t.Disposition
	}
	if a.Agent == "" {
		a.Agent = t.Agent
	}
	if a.Number == "" {
		a.Number = t.Number.String()
	}
}

// fillAbout fills in what the books know of the call of a recording: from its fact, or
// from the attempt where it has not ended in the books, and from the dialer's try.
func fillAbout(tx store.Tx, c id.Company, r *Recording) error {
	kept, err := tx.Usage().CallByID(c, ownSource, r.Call, store.MonthOf(r.Made))
	switch {
	case err == nil:
		r.About.ofCall(&kept.Call)
	case fault.KindOf(err) != fault.NotFound:
		return err
	default:
		a, _, err := find[Attempt](tx, c, KindAttempt, "call", r.Call)
		if err == nil {
			r.About.ofCall(a.call())
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	i, err := id.ParseNamed("call", r.Call)
	if err != nil {
		return nil // a call that is no try's
	}
	t, err := tx.Attempts().Get(c, i)
	if err == nil {
		r.About.ofTry(t)
	} else if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return err
}

// concludeRecordings tells the recordings of a try what it came to.
func concludeRecordings(tx store.Tx, c id.Company, t *attempt.Attempt) error {
	call := t.Call
	if call == "" {
		call = t.ID.Named("call")
	}
	return each(tx, c, KindRecording, store.Key{Name: "call", Value: call}, func(r Recording, rec *store.Record) error {
		r.About.ofTry(t)
		return putRecording(tx, rec, &r)
	})
}

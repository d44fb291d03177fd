package lead

import (
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// State is where calling a lead stands, in words a supervisor reads.
type State string

const (
	Pending   State = "pending"   // to be called, from Due on
	Executing State = "executing" // in a try, from its decision to its outcome
	Connected State = "connected" // reached, and nothing is left to do
	Callback  State = "callback"  // to be called at an instant that was agreed
	Exhausted State = "exhausted" // every try the rules allow was made, or no number is left
	Forbidden State = "forbidden" // by the rule it names
	Aborted   State = "aborted"   // taken out by a person
)

// States lists them in their order.
func States() []State {
	return []State{Pending, Executing, Connected, Callback, Exhausted, Forbidden, Aborted}
}

// Waits tells whether there may still be something to dial.
func (s State) Waits() bool { return s == Pending || s == Callback }

// Number is one line a lead can be reached at, in the order in which they are tried.
type Number struct {
	Number     phone.Number  `json:"number"`          // E.164
	Label      string        `json:"label,omitempty"` // mobile, home, work ..., as the list has it
	Attempts   int           `json:"attempts,omitempty"`
	Last       timex.Instant `json:"last,omitzero"`
	Result     usage.Result  `json:"result,omitempty"`     // of the last try
	Unworkable string        `json:"unworkable,omitempty"` // the disposition that said so; it is not tried again
	Forbidden  string        `json:"forbidden,omitempty"`  // by this rule: on a do-not-call list
}

// Usable tells whether the number may be tried.
func (n *Number) Usable() bool { return n.Unworkable == "" && n.Forbidden == "" }

// Address is where a lead lives, as far as the list tells.
type Address struct {
	Country  string `json:"country,omitempty"` // ISO 3166, two letters
	Region   string `json:"region,omitempty"`  // state or province
	City     string `json:"city,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Street   string `json:"street,omitempty"`
}

// Basis is why a person may be called at all.
type Basis string

const (
	NoBasis   Basis = ""          // nobody said
	Agreed    Basis = "consent"   // they agreed to be called
	Written   Basis = "written"   // in writing, for recorded and automatic calls
	Customer  Basis = "customer"  // an existing relation
	Requested Basis = "requested" // they asked for the call
	Published Basis = "published" // a business number they publish themselves
)

// Bases lists them; empty means nobody said.
func (Basis) Choices() []string {
	return []string{"consent", "written", "customer", "requested", "published"}
}

// Consent is the basis with what proves it.
type Consent struct {
	Basis    Basis         `json:"basis,omitempty"`
	Evidence string        `json:"evidence,omitempty"` // a file, a form, a recording: where it can be shown
	Source   string        `json:"source,omitempty"`   // where the number comes from
	At       timex.Instant `json:"at,omitzero"`
	Until    timex.Instant `json:"until,omitzero"` // zero: it does not run out
}

// Holds tells whether there is a basis at an instant.
func (c *Consent) Holds(at timex.Instant) bool {
	return c.Basis != NoBasis && (c.At.IsZero() || c.At <= at) && (c.Until.IsZero() || at < c.Until)
}

// Appointment is a callback that was agreed.
type Appointment struct {
	At     timex.Instant `json:"at"`
	Zone   string        `json:"zone"`             // in which the instant was named
	Agent  string        `json:"agent,omitempty"`  // only this one; empty: anyone
	Number phone.Number  `json:"number,omitempty"` // at this number; zero: at any
	Notes  string        `json:"notes,omitempty"`
	Missed int           `json:"missed,omitempty"` // tries for it that reached nobody
}

// Wished is the callback a try was told of while it went on; nil: none.
func Wished(w *attempt.Wish) *Appointment {
	if !w.Flags.Callback {
		return nil
	}
	return &Appointment{At: w.At, Zone: w.Zone, Agent: w.Agent, Number: w.Number, Notes: w.Notes}
}

// Lead is a person of one list.
type Lead struct {
	ID       id.ID             `json:"id,omitzero"`
	List     id.ID             `json:"list,omitzero"`
	Key      string            `json:"key,omitempty"` // the company's own identifier of this person
	Name     string            `json:"name,omitempty"`
	Numbers  []Number          `json:"numbers"` // 1 to MaxNumbers
	Address  Address           `json:"address,omitzero"`
	Zone     string            `json:"zone,omitempty"` // as the list says it; empty: it does not
	Language string            `json:"language,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // what else the list says
	Consent  Consent           `json:"consent,omitzero"`
	Owner    string            `json:"owner,omitempty"` // the agent whose customer this is
	Priority int               `json:"priority,omitempty"`

	State    State         `json:"state"`
	Rule     string        `json:"rule,omitempty"` // of Forbidden; while executing, of a refusal that waits for the end
	Why      string        `json:"why,omitempty"`  // of Exhausted and Aborted
	Due      timex.Instant `json:"due,omitzero"`   // of Pending and Callback: not before; zero: at once
	Attempt  id.ID         `json:"attempt,omitzero"`
	Trying   phone.Number  `json:"trying,omitempty"` // while executing
	Attempts int           `json:"attempts,omitempty"`
	Counts   Counts        `json:"counts,omitempty"`  // tries by outcome, for the retry rules
	Last     timex.Instant `json:"last,omitzero"`     // the last try ended
	Outcome  string        `json:"outcome,omitempty"` // its disposition
	Callback *Appointment  `json:"callback,omitempty"`
}

// Counts is how often a lead had an outcome, by the words of retry rules.
type Counts map[string]int

// Bounds of a lead.
const (
	MaxNumbers  = 10
	MaxFields   = 100
	MaxText     = 200  // bytes of a name, a key, a part of an address, a label
	MaxField    = 2000 // bytes of one custom field
	MaxLeadSize = 16 << 10
)

// Clone is a copy that shares nothing.
func (l *Lead) Clone() Lead {
	out := *l
	out.Numbers = slices.Clone(l.Numbers)
	if l.Fields != nil {
		out.Fields = make(map[string]string, len(l.Fields))
		for k, v := range l.Fields {
			out.Fields[k] = v
		}
	}
	if l.Counts != nil {
		out.Counts = make(Counts, len(l.Counts))
		for k, v := range l.Counts {
			out.Counts[k] = v
		}
	}
	if l.Callback != nil {
		c := *l.Callback
		out.Callback = &c
	}
	return out
}

// has is the place of a number, -1 if it is none of the lead's.
func (l *Lead) has(n phone.Number) int {
	return slices.IndexFunc(l.Numbers, func(x Number) bool { return x.Number == n })
}

// Has tells whether a number is one of the lead's.
func (l *Lead) Has(n phone.Number) bool { return l.has(n) >= 0 }

// Next is the number to try: that of a callback if it names one, else of the
// usable ones the one tried least, the first of those. Zero: none is left.
func (l *Lead) Next() phone.Number {
	if c := l.Callback; l.State == Callback && c != nil && !c.Number.IsZero() {
		if i := l.has(c.Number); i >= 0 && l.Numbers[i].Usable() {
			return c.Number
		}
	}
	best := -1
	for i := range l.Numbers {
		if l.Numbers[i].Usable() && (best < 0 || l.Numbers[i].Attempts < l.Numbers[best].Attempts) {
			best = i
		}
	}
	if best < 0 {
		return 0
	}
	return l.Numbers[best].Number
}

// Zones are the time zones a lead may be in: of the number to be called, and of
// the address or the list's own word. A call must be allowed in each. None: nobody
// can tell.
func (l *Lead) Zones(n phone.Number) []string {
	byAddress := []string{l.Zone}
	if l.Zone == "" {
		byAddress = phone.ZonesIn(l.Address.Country)
	}
	out := slices.Clone(phone.Zones(n))
	// A country of several zones tells nothing new about a number of that country.
	if len(byAddress) > 1 && len(out) > 0 && slices.Contains(byAddress, out[0]) {
		return out
	}
	for _, z := range byAddress {
		if z != "" && !slices.Contains(out, z) {
			out = append(out, z)
		}
	}
	return out
}

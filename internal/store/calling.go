package store

import (
	"encoding/json"
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Bounds of what calling asks of a database at once.
const (
	MaxLeads   = 50_000 // leads added in one transaction
	MaxNumbers = 50_000 // numbers looked up in one
)

// Lead is a lead with its revision: 0 where it is new, else that of the version read.
type Lead struct {
	lead.Lead
	Revision int64
}

// LeadLot is new leads, written out: that needs no transaction, so one lot is made
// ready while another is kept.
type LeadLot struct {
	Leads  []lead.Lead // to be changed by Set alone
	bodies [][]byte
}

// NewLeadLot makes up to MaxLeads leads ready.
func NewLeadLot(leads []lead.Lead) (*LeadLot, error) {
	lot := &LeadLot{make([]lead.Lead, 0, len(leads)), make([][]byte, 0, len(leads))}
	for _, l := range leads {
		if err := lot.Add(l); err != nil {
			return nil, err
		}
	}
	return lot, nil
}

// Add makes one more ready. What cannot be kept is Invalid and leaves the lot as it is.
func (lot *LeadLot) Add(l lead.Lead) error {
	if len(lot.Leads) >= MaxLeads {
		return fault.New(fault.Invalid, "more than %d leads at once", MaxLeads)
	}
	if l.ID.IsZero() || l.List.IsZero() || !slices.Contains(lead.States(), l.State) || len(l.Numbers) == 0 || len(l.Numbers) > lead.MaxNumbers {
		return fault.New(fault.Invalid, "a lead needs an identifier, a list, a state and 1 to %d numbers; it has %s, %s, %q and %d", lead.MaxNumbers, l.ID, l.List, l.State, len(l.Numbers))
	}
	body, err := LeadBody(&l)
	if err == nil {
		lot.Leads, lot.bodies = append(lot.Leads, l), append(lot.bodies, body)
	}
	return err
}

// Set puts another lead in a place.
func (lot *LeadLot) Set(i int, l lead.Lead) (err error) {
	lot.Leads[i] = l
	lot.bodies[i], err = LeadBody(&l)
	return err
}

// Only is a lot of those leads that keep says stay. Setting one of it leaves this
// lot as it is.
func (lot *LeadLot) Only(keep func(i int) bool) *LeadLot {
	out := &LeadLot{make([]lead.Lead, 0, len(lot.Leads)), make([][]byte, 0, len(lot.Leads))}
	for i := range lot.Leads {
		if keep(i) {
			out.Leads, out.bodies = append(out.Leads, lot.Leads[i]), append(out.bodies, lot.bodies[i])
		}
	}
	return out
}

// Body is a lead of the lot as it is stored.
func (lot *LeadLot) Body(i int) []byte { return lot.bodies[i] }

// LeadBody is a lead as it is stored: JSON without what stands in columns of its own.
func LeadBody(l *lead.Lead) ([]byte, error) {
	bare := *l
	bare.ID, bare.List = id.ID{}, id.ID{}
	b, err := json.Marshal(&bare)
	if err == nil && len(b) > lead.MaxLeadSize {
		return nil, fault.New(fault.Invalid, "lead %s has %d bytes: at most %d were expected", l.ID, len(b), lead.MaxLeadSize)
	}
	return b, err
}

// LeadCount is how many leads of a list are in a state; those that are forbidden
// are counted by their rule.
type LeadCount struct {
	List  id.ID
	State lead.State
	Rule  string
	Count int64
}

// DueCursor is the place of a lead among those that are due.
type DueCursor struct {
	Due timex.Instant
	ID  id.ID
}

// NumberInList is a number that a lead of a list has.
type NumberInList struct {
	Number phone.Number
	List   id.ID
	Lead   id.ID
}

// Leads keeps people to be called.
type Leads interface {
	// Add keeps new leads with identifiers nobody has: one that is there is a Conflict.
	Add(c id.Company, lot *LeadLot) error
	// Put keeps a changed lead. Revision must be what is stored, else somebody wrote
	// in between: Conflict. It sets Revision. A lead never changes its list.
	Put(c id.Company, l *Lead) error
	Get(c id.Company, i id.ID) (*Lead, error)
	// ByNumber gives leads of any list that have a number, the oldest first.
	ByNumber(c id.Company, n phone.Number, limit int) ([]Lead, error)
	// ByKey gives leads that the company's own identifier names, the oldest first.
	ByKey(c id.Company, key string, limit int) ([]Lead, error)
	// Numbers tells which of some numbers, up to MaxNumbers, leads have: of one list,
	// or (zero) of any; sorted by number, and by lead.
	Numbers(c id.Company, list id.ID, ns []phone.Number) ([]NumberInList, error)
	// Due gives leads of a list in a state that waits, due until an instant, those
	// behind a cursor, in the order of Due and identifiers.
	Due(c id.Company, list id.ID, s lead.State, until timex.Instant, after DueCursor, limit int) ([]Lead, error)
	// List gives leads of a list in a state in the order of Due and identifiers, behind
	// a cursor.
	List(c id.Company, list id.ID, s lead.State, after DueCursor, limit int) ([]Lead, error)
	// Counts are by list, state and rule; list zero: of all lists.
	Counts(c id.Company, list id.ID) ([]LeadCount, error)
}

// Barred is a number nobody of a company calls.
type Barred struct {
	Number phone.Number  `json:"number"`
	Rule   string        `json:"rule"`             // why: refused, dnc.company ...
	Source string        `json:"source"`           // the call, the file, the page or the person it comes from
	Reason string        `json:"reason,omitempty"` // words
	By     string        `json:"by,omitempty"`     // user or key
	At     timex.Instant `json:"at"`               // of the refusal, as far as the source tells
	Added  timex.Instant `json:"added"`
}

// DNC keeps the do-not-call list of each company: it holds for every campaign.
type DNC interface {
	// Add keeps numbers that are not there yet and tells how many; what is there
	// keeps its first entry. It sets Added.
	Add(c id.Company, list []Barred) (int, error)
	// Find gives those of some numbers, up to MaxNumbers, that are on the list, in
	// their order.
	Find(c id.Company, ns []phone.Number) ([]Barred, error)
	// List gives entries in the order of numbers, those behind one.
	List(c id.Company, after phone.Number, limit int) ([]Barred, error)
	Remove(c id.Company, n phone.Number) error
	// Any tells whether the list has an entry.
	Any(c id.Company) (bool, error)
}

// AttemptQuery asks for tries, the newest first: of a lead, a number or a campaign, or
// (none of the three) of the company.
type AttemptQuery struct {
	Lead     id.ID
	Number   phone.Number
	Campaign id.ID
	Before   id.ID // those older than this one; zero: from the newest on
	Limit    int   // 1 to MaxPage
}

// Attempts keeps tries. A try is put whenever its state changes.
type Attempts interface {
	// Put keeps a try. Its lead, campaign and number never change, and one that is
	// over never changes at all: Conflict.
	Put(c id.Company, a *attempt.Attempt) error
	Get(c id.Company, i id.ID) (*attempt.Attempt, error)
	List(c id.Company, q AttemptQuery) ([]attempt.Attempt, error)
	// Open gives tries of a campaign that are not over, the oldest first: what must
	// be looked after when somebody takes the campaign over.
	Open(c id.Company, campaign id.ID, after id.ID, limit int) ([]attempt.Attempt, error)
	// Dialed are the instants at which a number was dialed by any campaign, or decided
	// to be, since one, the oldest first, at most MaxPage.
	Dialed(c id.Company, n phone.Number, since timex.Instant) ([]timex.Instant, error)
	// Callers are the companies that have tries of a number, at most limit.
	Callers(n phone.Number, limit int) ([]id.Company, error)
}

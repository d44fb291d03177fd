package access

import (
	"encoding/json"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Approval is a change that waits for a second person, or what became of it.
type Approval struct {
	ID      id.ID           `json:"-"`
	Company id.Company      `json:"company"`
	Action  string          `json:"action"` // invoice.credit
	What    string          `json:"what"`   // for the person who decides
	Input   json.RawMessage `json:"input"`  // what is done once it is approved
	Maker   string          `json:"maker"`
	MakerID id.ID           `json:"maker_id"`
	Made    timex.Instant   `json:"made"`
	Ends    timex.Instant   `json:"ends"`
	State   ApprovalState   `json:"state"`
	Checker string          `json:"checker,omitempty"`
	Decided timex.Instant   `json:"decided,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// ApprovalState is where one is.
type ApprovalState string

const (
	Waiting  ApprovalState = "waiting"
	Approved ApprovalState = "approved" // and done, in one transaction
	Rejected ApprovalState = "rejected"
)

// approvalHolds is how long a change waits.
const approvalHolds = 7 * 24 * time.Hour

// Ask keeps a change until a second person decides.
func (g *Gate) Ask(tx store.Tx, a *Actor, c id.Company, action, what string, input any) (*Approval, error) {
	b, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	p := Approval{Company: c, Action: action, What: what, Input: b, Maker: a.Name, MakerID: person(a), Made: tx.Now(), Ends: tx.Now().Add(approvalHolds), State: Waiting}
	r, err := add(g, tx, approvalKind, p)
	if err != nil {
		return nil, err
	}
	return approvalShown(r), r.put(tx, nil, approvalIndex(&p))
}

// person is who must not be the second one: the same person, or the same key.
func person(a *Actor) id.ID {
	if a.User.IsZero() {
		return a.Key
	}
	return a.User
}

func approvalIndex(p *Approval) []store.Key {
	return []store.Key{memberKey(p.Company), {Name: "state", Value: string(p.State)}}
}

func approvalShown(r *row[Approval]) *Approval {
	out := r.Body
	out.ID = r.id()
	return &out
}

// ApprovalByID reads one.
func (g *Gate) ApprovalByID(tx store.Tx, i id.ID) (*Approval, error) {
	r, err := get[Approval](tx, approvalKind, i)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.New(fault.NotFound, "there is no change %s that waits for a second person", i.Named("apr"))
	}
	return approvalShown(r), nil
}

// Approvals are those of a company, or those of all that wait (id.Platform).
func (g *Gate) Approvals(tx store.Tx, c id.Company, p store.Page) ([]*Approval, error) {
	key := memberKey(c)
	if c == id.Platform {
		key = store.Key{Name: "state", Value: string(Waiting)}
	}
	rows, err := list[Approval](tx, approvalKind, key, p)
	if err != nil {
		return nil, err
	}
	out := make([]*Approval, len(rows))
	for i, r := range rows {
		out[i] = approvalShown(r)
	}
	return out, nil
}

// Decide approves or rejects one. What it lets happen is done by do, in the same
// transaction; its result is kept.
func (g *Gate) Decide(tx store.Tx, a *Actor, i id.ID, yes bool, reason string, do func(*Approval) (any, error)) (*Approval, error) {
	r, err := get[Approval](tx, approvalKind, i)
	if err != nil {
		return nil, err
	}
	switch {
	case r == nil:
		return nil, fault.New(fault.NotFound, "there is no change %s that waits for a second person", i.Named("apr"))
	case r.Body.State != Waiting:
		return nil, fault.New(fault.Conflict, "the change was %s already", r.Body.State)
	case tx.Now() >= r.Body.Ends:
		return nil, fault.New(fault.Conflict, "the change has waited too long: ask for it again")
	case person(a) == r.Body.MakerID && yes:
		return nil, refuse(SecondPerson, "who asked for a change cannot approve it: a second person must")
	}
	r.Body.Checker, r.Body.Decided, r.Body.Reason, r.Body.State = a.Name, tx.Now(), reason, Rejected
	if yes {
		r.Body.State = Approved
		result, err := do(approvalShown(r))
		if err != nil {
			return nil, err
		}
		if r.Body.Result, err = json.Marshal(result); err != nil {
			return nil, err
		}
	}
	return approvalShown(r), r.put(tx, nil, approvalIndex(&r.Body))
}

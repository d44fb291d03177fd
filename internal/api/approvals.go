package api

import (
	"context"
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Approval is a change that waits for a second person, or what became of it.
type Approval struct {
	ID      string               `json:"id" example:"apr_01jd8..."`
	Company string               `json:"company,omitempty"`
	Action  string               `json:"action" example:"invoice.credit"`
	What    string               `json:"what"`
	Input   json.RawMessage      `json:"input"`
	Maker   string               `json:"maker"`
	Made    Time                 `json:"made" format:"date-time"`
	Ends    Time                 `json:"ends" format:"date-time"`
	State   access.ApprovalState `json:"state" enum:"waiting,approved,rejected"`
	Checker string               `json:"checker,omitempty"`
	Decided Time                 `json:"decided,omitempty" format:"date-time"`
	Reason  string               `json:"reason,omitempty"`
	Result  json.RawMessage      `json:"result,omitempty" doc:"What the change came to, once it was approved."`
}

func approvalOf(p *access.Approval) Approval {
	return Approval{ID: p.ID.Named("apr"), Company: companyName(p.Company), Action: p.Action, What: p.What, Input: p.Input, Maker: p.Maker, Made: timeOf(p.Made),
		Ends: timeOf(p.Ends), State: p.State, Checker: p.Checker, Decided: timeOf(p.Decided), Reason: p.Reason, Result: p.Result}
}

// secondStep does what was approved.
type secondStep struct {
	may access.Permission // the checker needs it as well
	do  func(r *request, input json.RawMessage) (any, error)
}

// Maybe is the result of a change that may need a second person: the result, or
// the approval it waits for.
type Maybe[T any] struct {
	Result   *T        `json:"result,omitempty" doc:"What was done."`
	Approval *Approval `json:"approval,omitempty" doc:"What waits for a second person; nothing was done yet."`
}

// guarded adds a change that a second person must approve where needs says so
// and the installation asks for it. It tells what is asked in words for that
// person.
func guarded[B, O any](a *API, action string, may access.Permission, needs func(*request, *B) (string, bool, error), do func(*request, *B) (*O, error)) func(*request, *B) (*Maybe[O], error) {
	a.second[action] = secondStep{may, func(r *request, input json.RawMessage) (any, error) {
		var in B
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, err
		}
		return do(r, &in)
	}}
	return func(r *request, in *B) (*Maybe[O], error) {
		what, second, err := needs(r, in)
		if err != nil {
			return nil, err
		}
		if !second || !a.d.Gate.Policy.SecondPerson {
			out, err := do(r, in)
			return &Maybe[O]{Result: out}, err
		}
		p, err := a.d.Gate.Ask(r.tx, r.actor, r.company, action, what, in)
		if err != nil {
			return nil, err
		}
		out := approvalOf(p)
		return &Maybe[O]{Approval: &out}, r.did(access.Deed{Action: action + ".ask", Target: out.ID, After: out})
	}
}

func (a *API) approvalRoutes() {
	read(a, op{id: "approval-list", method: http.MethodGet, path: "/v1/approvals", what: "Changes that wait for a second person; of one company, also those that were decided.", may: access.ApprovalRead, either: true},
		func(r *request, in *PageIn) (*List[Approval], error) {
			p, err := in.page(false)
			if err != nil {
				return nil, err
			}
			rows, err := a.d.Gate.Approvals(r.tx, r.company, p)
			if err != nil {
				return nil, err
			}
			return paged(in, rows, func(p *access.Approval) id.ID { return p.ID }, approvalOf), nil
		})
	type decideIn struct {
		Approval string `path:"approval" maxLength:"40"`
		Body     struct {
			Approve bool   `json:"approve"`
			Reason  string `json:"reason,omitempty" maxLength:"1000"`
		}
	}
	change(a, op{id: "approval-decide", method: http.MethodPost, path: "/v1/approvals/{approval}", what: "Approve a change, which does it, or reject it. Who asked for it cannot approve it.", may: access.ApprovalDecide, either: true},
		func(r *request, in *decideIn) (*Approval, error) {
			i, err := inPath("apr", in.Approval)
			if err != nil {
				return nil, err
			}
			return a.decide(r, i, in.Body.Approve, in.Body.Reason)
		})
}

func (a *API) decide(r *request, i id.ID, yes bool, reason string) (*Approval, error) {
	before, p, err := a.decided(r, i, yes, reason)
	if err != nil {
		return nil, err
	}
	out := approvalOf(p)
	return &out, r.did(access.Deed{Action: "approval." + string(p.State), Target: out.ID, Reason: reason, Before: approvalOf(before), After: out})
}

// decided decides one, which does it where it is approved.
func (a *API) decided(r *request, i id.ID, yes bool, reason string) (before, after *access.Approval, err error) {
	if before, err = a.d.Gate.ApprovalByID(r.tx, i); err != nil {
		return nil, nil, err
	}
	if r.company != id.Platform && r.company != before.Company {
		return nil, nil, fault.New(fault.NotFound, "there is no such change")
	}
	r.company, r.key = before.Company, "approval "+i.String()
	after, err = a.d.Gate.Decide(r.tx, r.actor, i, yes, reason, func(p *access.Approval) (any, error) {
		step, ok := a.second[p.Action]
		if !ok {
			return nil, fault.New(fault.Internal, "nobody knows how to do %s", p.Action)
		}
		if !access.Can(r.actor, step.may, p.Company) {
			return nil, &access.Refusal{Code: access.Forbidden, Msg: "this needs the permission " + string(step.may)}
		}
		return step.do(r, p.Input)
	})
	return before, after, err
}

// Decide is what the interface does when a second person decides, for the pages
// that ask them. Its caller writes the decision into the audit log.
func (a *API) Decide(ctx context.Context, tx store.Tx, actor *access.Actor, approval id.ID, yes bool, reason string) (*access.Approval, error) {
	r := a.in(ctx, tx, &caller{actor: actor}, id.Platform)
	_, p, err := a.decided(r, approval, yes, reason)
	return p, err
}

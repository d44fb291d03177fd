package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Bounds of planned calls.
const (
	PlannedFor  = 5 * time.Minute // how long a planned call may be taken
	mostPlanned = 2_000           // of a company, those included that nobody took in time
)

// PlannedCall is a call an agent may place: the agent's telephone names it, and never
// sees or chooses what else it is.
type PlannedCall struct {
	ID       id.ID         `json:"id"`
	Contract id.ID         `json:"contract"`
	Agent    string        `json:"agent"` // who may place it
	To       string        `json:"to"`
	From     string        `json:"from,omitempty"`
	Campaign string        `json:"campaign,omitempty"`
	Record   bool          `json:"record,omitempty"`
	Until    timex.Instant `json:"until"`
}

// PlanCall lets an agent place a call within PlannedFor, once. The contract must be
// one under which calls may begin, and the number one that may be called; whether there
// is money and a free line is asked when it begins.
func (s *System) PlanCall(ctx context.Context, c id.Company, in PlannedCall) (out PlannedCall, err error) {
	defer fault.Wrap(&err, "plan call")
	for _, text := range []string{in.Agent, in.To, in.From, in.Campaign} {
		if len(text) > maxName {
			return out, fault.New(fault.Invalid, "at most %d characters of a name or number were expected", maxName)
		}
	}
	if in.Agent == "" || in.To == "" {
		return out, fault.New(fault.Invalid, "an agent and a number to call were expected")
	}
	if in.Record && s.Vault == nil { // else it would be refused when the agent calls, with nobody there who knows why
		return out, errNoVault
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		if err := here(tx, c); err != nil {
			return err
		}
		if _, _, err := s.serving(tx, c, in.Contract); err != nil {
			return err
		}
		if err := s.callable(tx, c, in.To); err != nil {
			return err
		}
		if err := forgetPlanned(tx, c); err != nil {
			return err
		}
		out = in
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		out.Until = tx.Now().Add(PlannedFor)
		return save(tx, &store.Record{Company: c, Kind: KindPlanned, ID: out.ID}, &out)
	})
	return out, err
}

// forgetPlanned takes away what nobody took in time, and refuses one more where too
// many wait.
func forgetPlanned(tx store.Tx, c id.Company) error {
	var gone []id.ID
	n := 0
	err := each(tx, c, KindPlanned, store.Key{}, func(p PlannedCall, _ *store.Record) error {
		if n++; p.Until < tx.Now() {
			gone = append(gone, p.ID)
		}
		return nil
	})
	if err == nil && n-len(gone) >= mostPlanned {
		err = fault.New(fault.Conflict, "%d calls are planned and not placed, as many as may be", n-len(gone))
	}
	for _, i := range gone {
		if err == nil {
			err = tx.Records().Delete(c, KindPlanned, i)
		}
	}
	return err
}

// TakePlannedCall gives a planned call to the agent it is of, once. One of somebody
// else, or that was taken, is not found; one that waited too long is of kind Conflict.
func (s *System) TakePlannedCall(ctx context.Context, c id.Company, call id.ID, agent string) (out PlannedCall, err error) {
	defer fault.Wrap(&err, "take call %s", call.Named("call"))
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		if out, _, err = get[PlannedCall](tx, c, KindPlanned, call); err != nil {
			return err
		}
		if out.Agent != agent {
			return fault.New(fault.NotFound, "there is no such call")
		}
		if out.Until < tx.Now() {
			return fault.New(fault.Conflict, "it was to be placed before %s: plan it again", out.Until)
		}
		return tx.Records().Delete(c, KindPlanned, call)
	})
	return out, err
}

// PlannedCalls are those that wait for an agent, the oldest first.
func (s *System) PlannedCalls(ctx context.Context, c id.Company, agent string) (out []PlannedCall, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		return each(tx, c, KindPlanned, store.Key{}, func(p PlannedCall, _ *store.Record) error {
			if p.Agent == agent && p.Until >= tx.Now() {
				out = append(out, p)
			}
			return nil
		})
	})
	return out, err
}

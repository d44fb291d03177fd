package app

import (
	"context"
	"errors"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Quote is a contract that is offered.
type Quote struct {
	File       string     `json:"file"`                 // YAML or JSON; its plan is id@version
	ValidUntil timex.Date `json:"valid_until,omitzero"` // day after the last it can be signed on
	Wallet     string     `json:"wallet,omitempty"`     // prepaid: calls and invoices are paid from it
	On         timex.Date `json:"on,omitzero"`          // today if absent
}

// maxContractBytes bounds the text of a contract.
const maxContractBytes = 4 << 20

// Quote keeps a contract that is offered on a published plan. The word a
// customer has for its contract is taken once.
func (s *System) Quote(ctx context.Context, c id.Company, in Quote) (out Agreement, err error) {
	defer fault.Wrap(&err, "quote")
	if len(in.File) > maxContractBytes {
		return out, fault.New(fault.Invalid, "the contract has %d bytes: at most %d", len(in.File), maxContractBytes)
	}
	draft, problems := readContract(in.File, nil)
	if err := problems.Err(); err != nil {
		return out, err
	}
	if err := printable(draft); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		if _, _, err := get[Company](tx, id.Platform, KindCompany, c.ID); err != nil {
			return err
		}
		v, _, err := find[PlanVersion](tx, id.Platform, KindPlan, "version", draft.Plan)
		if err != nil {
			return err
		}
		if v.Effective > draft.Start {
			return fault.New(fault.Conflict, "%s can be bought from %s on; the contract starts on %s", v.Name(), v.Effective, draft.Start)
		}
		a, err := s.agreedOn(tx, draft.Plan, in.File)
		if err != nil {
			return err
		}
		if in.Wallet != "" {
			if _, _, err := find[Purse](tx, c, KindWallet, "name", in.Wallet); err != nil {
				return err
			}
		}
		out = Agreement{Contract: draft.ID, File: in.File, Plan: draft.Plan, Wallet: in.Wallet, Life: life.Quote(today(tx, a, in.On), in.ValidUntil)}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		return putAgreement(tx, &store.Record{Company: c, Kind: KindContract, ID: out.ID}, &out)
	})
	return out, err
}

// printable refuses a party that could not be put on paper: better now than when
// its first invoice is due.
func printable(c *contract.Contract) error {
	return document.Printable(&invoice.Invoice{Contract: c.ID, Seller: invoice.Party(c.Seller), Buyer: invoice.Party(c.Buyer)}, lang.English)
}

// today is a day that was stated, or the local day of the transaction.
func today(tx store.Tx, a *agreed, stated timex.Date) timex.Date {
	if stated != 0 {
		return stated
	}
	return tx.Now().DateIn(a.loc)
}

// contractOf reads a contract with what its text says.
func (s *System) contractOf(tx store.Tx, c id.Company, i id.ID) (Agreement, *store.Record, *agreed, error) {
	out, r, err := get[Agreement](tx, c, KindContract, i)
	if err != nil {
		return out, nil, nil, err
	}
	out.Revision = r.Revision
	a, err := s.agreedOn(tx, out.Plan, out.File)
	return out, r, a, err
}

// putAgreement keeps a contract under its word and its state.
func putAgreement(tx store.Tx, r *store.Record, a *Agreement) error {
	r.Unique = []store.Key{{Name: "contract", Value: a.Contract}}
	r.Index = []store.Key{{Name: "state", Value: string(a.Life.State)}}
	a.Revision = r.Revision + 1
	if err := contractsChanged(tx, r.Company); err != nil {
		return err
	}
	return save(tx, r, a)
}

// errUnchanged says that there is nothing to keep.
var errUnchanged = errors.New("nothing changed")

// change reads a contract, lets f change it and keeps it.
func (s *System) change(ctx context.Context, c id.Company, i id.ID, f func(store.Tx, *Agreement, *agreed) error) (out Agreement, err error) {
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		a, r, of, err := s.contractOf(tx, c, i)
		if err != nil {
			return err
		}
		err = f(tx, &a, of)
		out = a
		if err == errUnchanged {
			return nil
		}
		if err != nil {
			return err
		}
		return putAgreement(tx, r, &out)
	})
	return out, err
}

// Contracts lists a company's contracts in a state; in any if none is named.
func (s *System) Contracts(ctx context.Context, c id.Company, state life.State) (out []Agreement, err error) {
	key := store.Key{}
	if state != "" {
		key = store.Key{Name: "state", Value: string(state)}
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []Agreement{}
		return each(tx, c, KindContract, key, func(a Agreement, r *store.Record) error {
			a.Revision = r.Revision
			out = append(out, a)
			return nil
		})
	})
	return out, err
}

// GetContract reads one.
func (s *System) GetContract(ctx context.Context, c id.Company, i id.ID) (out Agreement, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, _, err = s.contractOf(tx, c, i)
		return err
	})
	return out, err
}

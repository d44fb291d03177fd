package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Sign is what was signed, and when.
type Sign struct {
	Contract id.ID      `json:"contract"`
	Document string     `json:"document_sha256"` // of the signed document, 64 hexadecimal digits
	On       timex.Date `json:"on,omitzero"`
}

// Sign binds a quoted contract. Where its text names the hash of a document, it
// must be that one.
func (s *System) Sign(ctx context.Context, c id.Company, in Sign) (out Agreement, err error) {
	defer fault.Wrap(&err, "sign contract")
	return s.change(ctx, c, in.Contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		if want := of.contract.DocumentSHA256; want != "" && want != in.Document {
			return fault.New(fault.Mismatch, "the contract names the document %s, %s was signed", want, in.Document)
		}
		if err := a.Life.Sign(today(tx, of, in.On), in.Document); err != nil {
			return err
		}
		return s.tell(tx, c, "contract.signed", a.brief())
	})
}

// Start begins the service of a signed contract.
func (s *System) Start(ctx context.Context, c id.Company, contract id.ID, on timex.Date) (out Agreement, err error) {
	defer fault.Wrap(&err, "start contract")
	return s.change(ctx, c, contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		if err := a.Life.Begin(of.contract, today(tx, of, on)); err != nil {
			return err
		}
		return s.tell(tx, c, "contract.started", a.brief())
	})
}

// Withdraw takes a quote back.
func (s *System) Withdraw(ctx context.Context, c id.Company, contract id.ID, on timex.Date) (out Agreement, err error) {
	defer fault.Wrap(&err, "withdraw quote")
	return s.change(ctx, c, contract, func(tx store.Tx, a *Agreement, of *agreed) error {
		return a.Life.Withdraw(today(tx, of, on))
	})
}

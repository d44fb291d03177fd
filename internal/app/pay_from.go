package app

import (
	"waihu/internal/charging/ledger"
	"waihu/internal/charging/wallet"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// payFromWhatIsThere pays a new invoice from what the customer paid too much or
// ahead, then from its prepaid calls and wallet. A negative invoice, one that
// gives more back than it asks, becomes money of the customer's.
func (s *System) payFromWhatIsThere(tx store.Tx, x *issuing, doc *store.Document) error {
	cur := doc.Total.Currency()
	doc.Paid, doc.Credited = money.Zero(cur), money.Zero(cur)
	if doc.Total.Sign() < 0 {
		doc.Paid = doc.Total
		e, err := ledger.Applied(doc.ID.String(), doc.Total)
		e.Value = doc.IssuedOn
		settle(doc)
		return s.book(tx, x.company, e, err)
	}
	if x.a.Wallet != "" {
		if err := s.draw(tx, x, doc); err != nil {
			return err
		}
	}
	there, err := tx.Journal().Balance(x.company, ledger.Unapplied, cur)
	if err != nil {
		return err
	}
	use := min(max(-there.Micros(), 0), openOf(doc).Micros())
	doc.Paid = money.Micros(doc.Paid.Micros()+use, cur)
	settle(doc)
	e, err := ledger.Applied(doc.ID.String(), money.Micros(use, cur))
	e.Value = doc.IssuedOn
	return s.book(tx, x.company, e, err)
}

// draw pays from what the period's calls took already and then from the wallet;
// what they took beyond the invoice goes back.
func (s *System) draw(tx store.Tx, x *issuing, doc *store.Document) error {
	w, r, err := find[Purse](tx, x.company, KindWallet, "name", x.a.Wallet)
	if err != nil {
		return err
	}
	if w.Purse.Currency != doc.Total.Currency() {
		return nil // an invoice in another currency is paid by hand
	}
	taken, err := w.invoiced(x.taken)
	if err != nil {
		return err
	}
	consumed := min(taken.Micros(), doc.Total.Micros())
	balance, err := w.Purse.Balance(tx.Now())
	if err != nil {
		return err
	}
	cur := doc.Total.Currency()
	free, _, err := tx.Holds().Sum(x.company, w.Name, cur)
	if err != nil {
		return err
	}
	more := min(max(balance.Micros()-free.Micros(), 0), doc.Total.Micros()-consumed)
	if err := w.Purse.Take(money.Micros(more, cur), tx.Now()); err != nil {
		return err
	}
	e, err := ledger.Drawn(doc.ID.String(), w.Name, x.a.ID.String(), money.Micros(consumed, cur), money.Micros(more, cur))
	e.Value = doc.IssuedOn
	if err := s.book(tx, x.company, e, err); err != nil {
		return err
	}
	if back := money.Micros(taken.Micros()-consumed, cur); back.Sign() > 0 {
		if err := w.Purse.Add(wallet.Lot{ID: doc.ID.String(), Bought: true, Left: back}); err != nil {
			return err
		}
		e, err := ledger.Returned(doc.ID.String(), w.Name, x.a.ID.String(), back)
		if err := s.book(tx, x.company, e, err); err != nil {
			return err
		}
	}
	doc.Paid = money.Micros(consumed+more, cur)
	return save(tx, r, &w)
}

// seriesOf is the series a company's documents are numbered in.
func seriesOf(tx store.Tx, c id.Company) (string, error) {
	company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
	return InvoiceSeries(company.Series), err
}

// InvoiceSeries is the series of invoices of a company that has one of its own, or
// the one all others share.
func InvoiceSeries(own string) string {
	if own == "" {
		return usualSeries
	}
	return own
}

// NoteSeries is the series of credit notes beside a series of invoices.
func NoteSeries(series string) string { return "CN-" + series }

package app

import (
	"context"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// WalletView is a wallet as it stands: its rules and lots, and its funds.
type WalletView struct {
	Purse
	Funds Funds
	Low   *money.Amount // the lowest level the balance is below; nil: none
}

// Wallets lists a company's wallets with what is in them.
func (s *System) Wallets(ctx context.Context, c id.Company) (out []WalletView, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []WalletView{}
		return each(tx, c, KindWallet, store.Key{}, func(w Purse, r *store.Record) error {
			w.ID, w.Revision = r.ID, r.Revision
			x := WalletView{Purse: w}
			var err error
			if x.Funds, err = funds(tx, c, &w); err != nil {
				return err
			}
			for i, level := range w.Levels.At {
				if x.Funds.Balance.Cmp(level) < 0 && (x.Low == nil || level.Cmp(*x.Low) < 0) {
					x.Low = &w.Levels.At[i]
				}
			}
			out = append(out, x)
			return nil
		})
	})
	return out, err
}

// WalletEntry is what moved a balance.
type WalletEntry struct {
	Seq    int64
	Entry  ledger.Entry
	Amount money.Amount // above zero came in
}

// Bounds of a look into a wallet's past: how many entries of the journal are
// looked at once, and how often.
const (
	historyWindow = 1000
	historyLooks  = 50
)

// WalletHistory gives the newest movements of a wallet before a number of the
// journal (0: the newest of all), and the number to go on from; 0 there: there is
// nothing older among the newest 50,000 entries of the company before it.
func (s *System) WalletHistory(ctx context.Context, c id.Company, name string, before int64, limit int) (out []WalletEntry, next int64, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, next = []WalletEntry{}, 0
		w, _, err := find[Purse](tx, c, KindWallet, "name", name)
		if err != nil {
			return err
		}
		end := before
		if end == 0 {
			if end, _, err = tx.Journal().Head(c); err != nil {
				return err
			}
			end++
		}
		for look := 0; look < historyLooks && end > 1; look++ {
			from := max(end-1-historyWindow, 0)
			list, err := tx.Journal().Entries(c, ledger.Wallet(name), from, historyWindow)
			if err != nil {
				return err
			}
			for i := len(list) - 1; i >= 0; i-- {
				e := list[i]
				if e.Seq >= end {
					continue // behind the window
				}
				if len(out) == limit {
					next = out[limit-1].Seq
					return nil
				}
				x, err := onPurse(&e, name, w.Purse.Currency)
				if err != nil {
					return err
				}
				out = append(out, x)
			}
			end = from + 1
		}
		return nil
	})
	return out, next, err
}

// onPurse is what an entry put into a wallet.
func onPurse(e *ledger.Entry, name string, cur money.Currency) (WalletEntry, error) {
	sum := money.Zero(cur)
	for _, p := range e.Postings {
		if p.Account == ledger.Wallet(name) && p.Amount.Currency() == cur {
			var err error
			if sum, err = sum.Sub(p.Amount); err != nil {
				return WalletEntry{}, fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	return WalletEntry{e.Seq, *e, sum}, nil
}

package app

import (
	"context"
	"strings"

	"waihu/internal/charging/ledger"
	"waihu/internal/charging/wallet"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// OpenWallet opens a prepaid balance.
type OpenWallet struct {
	Name      string            `json:"name"`
	Currency  money.Currency    `json:"currency"`
	Overdraft money.Amount      `json:"overdraft,omitzero"` // calls may be begun down to so much below nought
	Rule      *wallet.TopUpRule `json:"top_up_rule,omitempty"`
	Levels    []money.Amount    `json:"levels,omitempty"` // balances below which somebody is told
}

// maxLevels bounds the levels of a wallet.
const maxLevels = 10

// OpenWallet opens a wallet, or changes the overdraft, rule and levels of one
// that is there. The currency stays.
func (s *System) OpenWallet(ctx context.Context, c id.Company, in OpenWallet) (out Purse, err error) {
	defer fault.Wrap(&err, "open wallet %q", fault.Shorten(in.Name, 40))
	if in.Overdraft.Currency().IsZero() {
		in.Overdraft = money.Zero(in.Currency)
	}
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		w, r, err := find[Purse](tx, c, KindWallet, "name", in.Name)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			w = Purse{Name: in.Name, Purse: wallet.NewPurse(in.Currency)}
			if w.ID, err = s.newID(tx); err != nil {
				return err
			}
			r = &store.Record{Company: c, Kind: KindWallet, ID: w.ID, Unique: []store.Key{{Name: "name", Value: in.Name}}}
		}
		if err != nil {
			return err
		}
		if w.Purse.Currency != in.Currency {
			return fault.New(fault.Conflict, "wallet %s is in %s", w.Name, w.Purse.Currency)
		}
		w.Overdraft, w.Rule, w.Levels.At = in.Overdraft, in.Rule, in.Levels
		out = w
		return save(tx, r, &w)
	})
	return out, err
}

func (in *OpenWallet) check() error {
	if len(in.Name) > 64 || in.Currency.IsZero() || len(in.Levels) > maxLevels {
		return fault.New(fault.Invalid, "a wallet needs a name of 1 to 64 characters and a currency, and has at most %d levels", maxLevels)
	}
	if strings.Trim(in.Name, ".") == "" { // . and .. lead elsewhere in an address
		return fault.New(fault.Invalid, "a wallet needs a name that is more than points")
	}
	if in.Overdraft.Currency() != in.Currency || in.Overdraft.Sign() < 0 {
		return fault.New(fault.Invalid, "an overdraft of %s: nought or more in %s", in.Overdraft, in.Currency)
	}
	for _, l := range in.Levels {
		if l.Currency() != in.Currency {
			return fault.New(fault.Invalid, "a level of %s in a wallet in %s", l, in.Currency)
		}
	}
	if in.Rule != nil {
		return in.Rule.Check(in.Currency)
	}
	return nil
}

// Fund is balance that is bought or given.
type Fund struct {
	Key     string        `json:"-"`
	Wallet  string        `json:"wallet"`
	Amount  money.Amount  `json:"amount"`
	Expires timex.Instant `json:"expires,omitzero"`
}

// Funds is a wallet's balance.
type Funds struct {
	Wallet    string       `json:"wallet"`
	Balance   money.Amount `json:"balance"`
	Held      money.Amount `json:"held"` // for running calls
	Available money.Amount `json:"available"`
	Lot       string       `json:"lot,omitempty"` // what was just put in
}

// TopUp puts balance in that was bought.
func (s *System) TopUp(ctx context.Context, c id.Company, in Fund) (out Funds, err error) {
	return s.fund(ctx, c, "top_up", in, true)
}

// Grant puts balance in that is given. It is used before what was bought.
func (s *System) Grant(ctx context.Context, c id.Company, in Fund) (out Funds, err error) {
	return s.fund(ctx, c, "grant", in, false)
}

func (s *System) fund(ctx context.Context, c id.Company, verb string, in Fund, bought bool) (out Funds, err error) {
	defer fault.Wrap(&err, "%s", verb)
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, verb, in.Key, in, func() (Funds, error) { return s.putIn(tx, c, &in, bought) })
		return err
	})
	return out, err
}

func (s *System) putIn(tx store.Tx, c id.Company, in *Fund, bought bool) (out Funds, err error) {
	if in.Expires != 0 && in.Expires <= tx.Now() {
		return out, fault.New(fault.Invalid, "balance that expired on %s already", in.Expires)
	}
	w, r, err := find[Purse](tx, c, KindWallet, "name", in.Wallet)
	if err != nil {
		return out, err
	}
	lot, err := s.newID(tx)
	if err != nil {
		return out, err
	}
	if err := w.Purse.Add(wallet.Lot{ID: lot.String(), Bought: bought, Left: in.Amount, Expires: in.Expires}); err != nil {
		return out, err
	}
	make := ledger.Given
	if bought {
		make = ledger.ToppedUp
	}
	e, err := make(lot.String(), w.Name, in.Amount)
	e.Note = in.Expires.String()
	if err := s.book(tx, c, e, err); err != nil {
		return out, err
	}
	out, err = s.keepPurse(tx, c, r, &w)
	out.Lot = lot.String()
	return out, err
}

// keepPurse writes a wallet, tells of low balances and asks for an automatic
// top-up where one is due.
func (s *System) keepPurse(tx store.Tx, c id.Company, r *store.Record, w *Purse) (out Funds, err error) {
	if out, err = funds(tx, c, w); err != nil {
		return out, err
	}
	if level, news := w.Levels.Cross(out.Balance); news {
		if err := s.tell(tx, c, "wallet.low", walletNews{w.Name, out.Balance, level}); err != nil {
			return out, err
		}
	}
	if day := wallet.Day(tx.Now()); w.Day != day {
		w.Day, w.TopUps = day, 0
	}
	if w.Rule != nil && w.Rule.Due(out.Available, w.TopUps) {
		w.TopUps++
		if err := s.tell(tx, c, "wallet.top_up_due", walletNews{w.Name, out.Balance, w.Rule.Amount}); err != nil {
			return out, err
		}
	}
	return out, save(tx, r, w)
}

// funds locks a wallet's holds and gives what is there.
func funds(tx store.Tx, c id.Company, w *Purse) (out Funds, err error) {
	out = Funds{Wallet: w.Name}
	if out.Balance, err = w.Purse.Balance(tx.Now()); err != nil {
		return out, err
	}
	if out.Held, _, err = tx.Holds().Sum(c, w.Name, w.Purse.Currency); err != nil {
		return out, err
	}
	if out.Available, err = out.Balance.Sub(out.Held); err != nil {
		return out, fault.New(fault.Overflow, "%v", err)
	}
	return out, nil
}

// Balance says what is in a wallet.
func (s *System) Balance(ctx context.Context, c id.Company, name string) (out Funds, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		w, _, err := find[Purse](tx, c, KindWallet, "name", name)
		if err != nil {
			return err
		}
		out, err = funds(tx, c, &w)
		return err
	})
	return out, err
}

// SweepWallets books what ran out of time, for one company, and gives back what
// is held for calls that were never heard of again. It tells how many amounts
// and holds there were.
func (s *System) SweepWallets(ctx context.Context, c id.Company) (lots, holds int, err error) {
	defer fault.Wrap(&err, "sweep wallets")
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		lots, holds = 0, 0
		gone, err := tx.Holds().Expired(c, tx.Now(), pageSize)
		if err != nil {
			return err
		}
		for _, h := range gone {
			if err := tx.Holds().Delete(c, h.Wallet, h.Call); err != nil {
				return err
			}
			holds++
		}
		return each(tx, c, KindWallet, store.Key{}, func(w Purse, r *store.Record) error {
			expired := w.Purse.Expire(tx.Now())
			lots += len(expired)
			for _, l := range expired {
				e, err := ledger.Expired(l.ID, w.Name, l.Left, l.Bought)
				if err := s.book(tx, c, e, err); err != nil {
					return err
				}
			}
			if len(expired) == 0 {
				return nil
			}
			_, err := s.keepPurse(tx, c, r, &w)
			return err
		})
	})
	return lots, holds, err
}
